"""Accounts from the command line, and what serving says before the first request."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli import main
from registry.accounts.queries import accounts
from registry.shell.server import welcome
from registry.store.engine import StoreError
from tests.registry.house import open_test_house

GOOD = "correct horse battery"


class Line:
    def __init__(self, url: str, folder: Path) -> None:
        self.environment = {
            "DATABASE_URL": url,
            "TIDU_PATHS_VAR": str(folder),
            "TIDU_ACCOUNTS_HASHING": "scrypt:256:8:1",
        }

    def __call__(self, *words: str, typed: str = "") -> Result:
        return CliRunner().invoke(main, ["user", *words], env=self.environment, input=typed)


@pytest.fixture
def user(database_url: str, tmp_path: Path) -> Line:
    return Line(database_url, tmp_path)


def test_an_account_is_made_listed_disabled_and_enabled(user: Line) -> None:
    made = user(
        "add",
        "wang.li",
        "--role",
        "district",
        "--unit",
        "高新区",
        "--display",
        "王丽",
        typed=f"{GOOD}\n{GOOD}\n",
    )
    assert made.exit_code == 0, made.output
    assert GOOD not in made.output
    listed = json.loads(user("list", "--json").stdout)
    assert [(one["login"], one["role"], one["unit"], one["active"]) for one in listed] == [
        ("wang.li", "district", "370171", True)
    ]
    assert user("disable", "Wang.Li").exit_code == 0
    assert not json.loads(user("list", "--json").stdout)[0]["active"]
    assert user("enable", "wang.li").exit_code == 0
    assert "王丽" in user("list").stdout


def test_a_generated_password_is_printed_and_must_be_changed(user: Line) -> None:
    made = user("add", "chief", "--role", "administrator", "--generate")
    assert re.search(r"(\w{4}-){4}\w{4}", made.stdout)
    assert json.loads(user("list", "--json").stdout)[0]["must_change"]
    assert user("passwd", "chief", typed=f"{GOOD}\n{GOOD}\n").exit_code == 0
    assert not json.loads(user("list", "--json").stdout)[0]["must_change"]


@pytest.mark.parametrize(
    ("words", "typed", "exit_code", "said"),
    [
        (("add", "x", "--role", "king"), "", 2, "king"),
        (("add", "x", "--role", "reader", "--password", "y"), "", 2, "--password"),
        (("add", "x", "--role", "district"), f"{GOOD}\n{GOOD}\n", 1, "district"),
        (("add", "x", "--role", "reader", "--unit", "高新区"), f"{GOOD}\n{GOOD}\n", 1, "unit"),
        (("add", "x", "--role", "district", "--unit", "某某区"), "", 1, "某某区"),
        (("add", "x", "--role", "reader"), "short\nshort\n", 1, "10 or more"),
        (("add", "a b", "--role", "reader", "--generate"), "", 1, "sign-in name"),
        (("passwd", "nobody", "--generate"), "", 2, "nobody"),
        (("disable", "nobody"), "", 2, "nobody"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_made(
    sqlite_url: str, tmp_path: Path, words: tuple[str, ...], typed: str, exit_code: int, said: str
) -> None:
    user = Line(sqlite_url, tmp_path)
    answer = user(*words, typed=typed)
    assert answer.exit_code == exit_code, answer.output
    assert said in answer.stderr + answer.output
    assert json.loads(user("list", "--json").stdout) == []


def test_the_first_start_on_loopback_makes_the_administrator_once(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house = open_test_house(database_url, tmp_path)
    welcome(house, "127.0.0.1")
    assert re.search(
        r"sign in as admin with the password (\w{4}-){4}\w{4}; it will ask", capsys.readouterr().out
    )
    welcome(house, "127.0.0.1")
    assert capsys.readouterr().out == ""
    with house.store.read() as connection:
        made: Any = accounts(connection)
    assert [(one.login, one.role, bool(one.must_change)) for one in made] == [
        ("admin", "administrator", True)
    ]
    house.store.dispose()


def test_other_addresses_are_served_once_somebody_can_sign_in(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house = open_test_house(sqlite_url, tmp_path)
    with pytest.raises(StoreError, match="user add"):
        welcome(house, "0.0.0.0")
    welcome(house, "127.0.0.1")
    welcome(house, "0.0.0.0")
    said = capsys.readouterr().err
    assert "unencrypted" in said
    assert "hosts" in said
    house.store.dispose()
