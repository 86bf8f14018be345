"""``deliveries`` on the command line, what a backup takes along, and what a restored register does not send."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import cli
from registry.delivery import outbox
from registry.delivery.sending import Sent, send_due
from registry.settings import SettingsError, load
from tests.registry.delivery.parcels import FILES, house_with, put_in, row, rows
from tests.registry.house import Time


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    place = tmp_path / "inbox"
    place.mkdir()
    return place


@pytest.fixture
def tidu(
    sqlite_url: str, tmp_path: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("TIDU_PATHS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("TIDU_DELIVERY_FOLDER", str(inbox))

    def run(*words: str) -> Result:
        result = CliRunner().invoke(cli.main, list(words))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


def test_list_send_retry_and_test(
    tidu: Callable[..., Result], sqlite_url: str, tmp_path: Path, inbox: Path
) -> None:
    house = house_with(sqlite_url, tmp_path / "var", folder=str(inbox))
    put_in(house)
    house.store.dispose()
    (listed,) = json.loads(tidu("deliveries", "list", "--json").output)
    assert (listed["status"], listed["tries"], listed["receipt"]) == ("waiting", 0, None)
    assert [file["name"] for file in listed["files"]] == [name for name, _content in FILES]
    inbox.rmdir()
    failed = tidu("deliveries", "send", "--json")
    assert (failed.exit_code, json.loads(failed.stdout)) == (1, {"sent": 0, "failed": 1, "given_up": 0})
    assert "the folder cannot be written" in tidu("deliveries").stdout
    inbox.mkdir()
    assert tidu("deliveries", "retry", "1").exit_code == 0
    assert tidu("deliveries", "retry", "1").exit_code == 1
    assert tidu("deliveries", "retry", "8").exit_code == 2
    assert json.loads(tidu("deliveries", "list", "--status", "failed", "--json").output) == []
    tested = tidu("deliveries", "test", "--channel", "folder")
    assert (tested.exit_code, "sha256:" in tested.output) == (0, True)
    assert tidu("deliveries", "test", "--channel", "mail").exit_code == 1


def test_a_backup_takes_along_what_has_not_arrived_and_a_restored_register_sends_nothing_unasked(
    tidu: Callable[..., Result], sqlite_url: str, tmp_path: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = house_with(sqlite_url, tmp_path / "var", folder=str(inbox))
    put_in(house)
    house.store.dispose()
    copy = str(tmp_path / "copy.backup")
    assert tidu("db", "backup", copy).exit_code == 0
    other = f"sqlite:///{tmp_path / 'other.sqlite'}"
    monkeypatch.setenv("DATABASE_URL", other)
    monkeypatch.setenv("TIDU_PATHS_VAR", str(tmp_path / "other"))
    assert tidu("db", "restore", copy).exit_code == 0
    assert tidu("deliveries", "send").output.startswith("0 sent")
    (held,) = json.loads(tidu("deliveries", "list", "--json").output)
    assert (held["status"], held["reason"]) == ("given_up", "restored")
    assert tidu("deliveries", "retry", "1").exit_code == 0, "its files came along"
    assert {path.name: path.read_bytes() for path in inbox.iterdir()} == dict(FILES)


def test_files_are_checked_while_they_are_needed_and_tidied_when_they_have_arrived(
    tidu: Callable[..., Result], sqlite_url: str, tmp_path: Path, inbox: Path
) -> None:
    house = house_with(sqlite_url, tmp_path / "var", Time(), folder=str(inbox))
    put_in(house)
    assert tidu("db", "tidy").output == "0 files removed\n"
    first, second = sorted(outbox.folder(house).glob("*/*"))
    first.write_bytes(b"other")
    kept = second.read_bytes()
    second.unlink()
    checked = tidu("db", "check")
    assert checked.exit_code == 1
    assert "its bytes were altered" in checked.output
    assert "its bytes are missing" in checked.output
    assert "not in the copy" in tidu("db", "backup", str(tmp_path / "copy")).output
    second.write_bytes(kept)
    first.write_bytes(next(c for _n, c in FILES if c != kept))
    assert send_due(house) == Sent(sent=1)
    assert tidu("db", "tidy").output == "2 files removed\n"
    assert tidu("db", "check").exit_code == 0
    assert row(house).receipt
    assert json.loads(rows(house)[0].files)[0]["sha256"], "what was sent stays on record"
    house.store.dispose()


WRONG: dict[str, dict[str, str]] = {
    "LIST=ADDRESS": {"TIDU_DELIVERY_MAIL": "desk@example.org"},
    "not 'everybody=": {"TIDU_DELIVERY_MAIL": "everybody=desk@example.org"},
    "smtp_host and sender": {"TIDU_DELIVERY_MAIL": "bulletins=desk@example.org"},
    "expected a mail address": {"TIDU_DELIVERY_SENDER": "the bureau"},
    "number 2 is none": {"TIDU_DELIVERY_WEBHOOKS": "bulletins=http://a.example, bulletins=ftp://u:p4ss@example.org/"},
    "number 1 is none": {"TIDU_DELIVERY_WEBHOOKS": "bulletins=http:///x"},
    "no user, password or query": {"TIDU_DELIVERY_WEBHOOKS": "bulletins=https://u:p4ss@example.org/"},
    "a secret stands in TIDU": {"TIDU_DELIVERY_WEBHOOKS": "bulletins=https://example.org/?key=1"},
    "does not cross the network": {
        "TIDU_DELIVERY_SMTP_HOST": "mail.example.org", "TIDU_DELIVERY_SMTP_SECURITY": "none",
        "TIDU_DELIVERY_SMTP_USER": "tidu",
    },
}  # fmt: skip


@pytest.mark.parametrize("said", WRONG)
def test_wrong_settings_stop_the_start_and_say_why(said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(environment=WRONG[said])
    assert said in str(caught.value)
    assert "p4ss" not in str(caught.value)


def test_good_settings() -> None:
    given: dict[str, Any] = {
        "TIDU_DELIVERY_MAIL": "bulletins=desk@example.org, districts:370102=lixia@example.org",
        "TIDU_DELIVERY_WEBHOOKS": "notices=http://[::1]:8080/take",
        "TIDU_DELIVERY_SMTP_HOST": "mail.example.org",
        "TIDU_DELIVERY_SENDER": "梯度 <tidu@example.org>",
    }
    assert len(load(environment=given).delivery.mail) == 2
