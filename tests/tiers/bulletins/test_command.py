"""``report`` makes the files of the published count, publishes once, and refuses what it does not know."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli import main
from registry.house import House
from tests.sample_app import house_in, sample_file
from tiers import publishing

Run = Callable[..., Result]


@pytest.fixture
def city(tmp_path: Path) -> Iterator[House]:
    """A city in which nothing is published yet."""
    shutil.copy(sample_file(), tmp_path / "city.sqlite")
    house = house_in(tmp_path)
    yield house
    house.store.dispose()


@pytest.fixture
def run(city: House, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DATABASE_URL", str(city.store.engine.url))
    monkeypatch.setenv("TIDU_PATHS_VAR", str(city.settings.var))

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["report", *arguments])

    return invoke


def said(answer: Result) -> Any:
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def test_the_same_report_twice_is_the_same_bytes_of_one_published_count(run: Run, tmp_path: Path) -> None:
    first, second = (
        said(run("monthly", "--as-of", "2026-06-30", "--out", str(tmp_path / name), "--json"))
        for name in "ab"
    )
    assert first["snapshot"] == second["snapshot"] == 1
    names = ["monthly-2026-06-30.docx", "monthly-2026-06-30.pdf", "monthly-2026-06-30.xlsx"]
    assert sorted(one.name for one in (tmp_path / "a").iterdir()) == names
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert [one["sha256"] for one in first["files"]] == [one["sha256"] for one in second["files"]]


def test_new_publishes_again_and_supersedes(run: Run, folder: Path, city: House) -> None:
    run("monthly", "--as-of", "2026-06-30", "--out", str(folder))
    again = said(run("monthly", "--as-of", "2026-06-30", "--new", "--out", str(folder), "--json"))
    assert again["snapshot"] == 2
    assert publishing.snapshot(city, 2).supersedes == 1


def test_a_single_letter_in_english(run: Run, folder: Path) -> None:
    made = said(
        run(
            "district",
            "--as-of",
            "2026-06-30",
            "--unit",
            "高新区",
            "--lang",
            "en",
            "--out",
            str(folder),
            "--json",
        )
    )
    assert made["unit"] == "370171"
    assert (folder / "district-2026-06-30-370171.pdf").read_bytes().startswith(b"%PDF")


def test_an_unknown_name_is_exit_2_with_the_list(run: Run, folder: Path) -> None:
    answer = run("weekly", "--out", str(folder))
    assert answer.exit_code == 2
    assert "there is no report weekly; there are: monthly, quarterly, district, expiry" in answer.stderr
    assert not folder.exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["monthly"], "--out DIR"),
        (["monthly", "--out", "x", "--as-of", "junk"], "write a day like 2025-12-31"),
        (["district", "--out", "x", "--unit", "火星"], "not a district or functional area"),
    ],
)
def test_what_is_wrong_is_exit_2(run: Run, arguments: list[str], told: str) -> None:
    answer = run(*arguments)
    assert answer.exit_code == 2
    assert told in answer.stderr


def test_a_folder_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    answer = run("monthly", "--as-of", "2026-06-30", "--out", str(tmp_path / "file" / "out"))
    assert answer.exit_code == 2
    assert "cannot be written" in answer.stderr


def test_a_template_to_edit_comes_out_and_is_checked(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "mine.docx"
    assert run("monthly", "--template-out", str(out)).exit_code == 0
    assert run("monthly", "--template-check", str(out)).exit_code == 0
    out.write_bytes(b"nonsense")
    wrong = run("monthly", "--template-check", str(out))
    assert wrong.exit_code == 2
    assert "no Word document" in wrong.stderr


def test_the_placeholders_are_listed(run: Run) -> None:
    found = {one["placeholder"] for one in said(run("placeholders", "--json"))}
    assert {"{{ title }}", "{{ body }}", "{{ n.quality_firms.value }}"} <= found
