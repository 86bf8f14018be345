"""曾用名: what was filed joined with the names that a firm bore, on the profile and in the export."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from tests.contract.conftest import Lists, Register, code

FIRST, SECOND, THIRD = "济南甲机械厂", "济南甲机械有限公司", "山东甲机械集团有限公司"


def renamed(cli: Register, lists: Lists, *rows: tuple[str, ...]) -> None:
    for row in rows:
        cli.filed("enterprises", lists.csv(("uscc", "企业名称", "变更日期", "曾用名"), (code(1), *row)))


def exported(cli: Register, folder: Path, *words: str) -> tuple[Path, str | None]:
    out = folder / "firms.xlsx"
    assert cli("export", "enterprises", "--out", out, *words).exit == 0
    head, row = list(openpyxl.load_workbook(out).active.iter_rows(values_only=True))[:2]
    return out, row[head.index("曾用名")]


def test_every_earlier_name_is_shown_once_and_not_the_present_one(
    cli: Register, lists: Lists, tmp_path: Path
) -> None:
    renamed(
        cli,
        lists,
        (FIRST, "2019-01-01", "历城机械社；济南甲机械厂"),
        (SECOND, "2021-05-01", ""),
        (THIRD, "2024-03-01", ""),
    )
    assert cli.values(code(1))["former_names"] == f"历城机械社;{FIRST};{SECOND}"
    assert cli.values(code(1), "--as-of", "2022-01-01")["former_names"] == f"历城机械社;{FIRST}"
    assert cli.values(code(1), "--as-of", "2020-01-01")["former_names"] == "历城机械社"
    source = cli.show(code(1))["profile"]["former_names"]
    assert (source["filing"], source["row"]) == (3, 2)
    assert exported(cli, tmp_path)[1] == f"历城机械社;{FIRST};{SECOND}"
    assert exported(cli, tmp_path, "--as-of", "2022-01-01")[1] == f"历城机械社;{FIRST}"


def test_the_export_of_renamed_firms_imports_back_and_says_nothing_new(
    cli: Register, lists: Lists, tmp_path: Path
) -> None:
    renamed(cli, lists, (FIRST, "", ""), (SECOND, "2021-05-01", ""))
    file, _names = exported(cli, tmp_path)
    before = cli.values(code(1))
    for _again in range(2):
        said = cli.load("enterprises", file)
        assert said.fates == (0, 1, 0, 0)
        assert said.json["problems"] == []
    assert cli.values(code(1)) == before
    assert cli.checked()


def test_a_name_that_is_news_is_taken(cli: Register, lists: Lists) -> None:
    renamed(cli, lists, (FIRST, "", ""), (SECOND, "2021-05-01", ""))
    head = ("uscc", "企业名称", "曾用名")
    news = cli.load("enterprises", lists.csv(head, (code(1), SECOND, f"{FIRST};历城机械社")))
    assert news.fates == (1, 0, 0, 0)
    assert set(cli.values(code(1))["former_names"].split(";")) == {FIRST, "历城机械社"}


def test_a_rename_that_names_the_old_name_keeps_it_beyond_the_older_filing(
    cli: Register, lists: Lists
) -> None:
    renamed(cli, lists, (FIRST, "", ""), (SECOND, "2021-05-01", FIRST))
    assert cli("filings", "withdraw", 1).exit == 0
    assert cli.values(code(1))["former_names"] == FIRST


def test_a_corrected_name_was_never_borne(cli: Register, lists: Lists) -> None:
    renamed(cli, lists, ("济南申机械有限公司", "2021-05-01", ""), (SECOND, "2021-05-01", ""))
    assert "former_names" not in cli.values(code(1))
