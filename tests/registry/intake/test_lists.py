"""A list from whatever it came in: the best table first, and what does not add up is said."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import docx
import pytest

import cli
from registry import settings
from registry.intake.headers import HeaderError
from registry.intake.lists import read_list, read_pasted
from registry.intake.rows import Parsed, Reading, parse
from registry.intake.sheets import Grid
from tests.registry.house import code
from tests.registry.intake.papers import word_list, word_table

SETTINGS = settings.load(environment={})
KINDS = {kind.id: kind for room in cli.ROOMS for kind in room.kinds(SETTINGS)}
HEAD = ["序号", "企业名称", "区县"]


def firm(number: int) -> str:
    return f"济南虚构{number}号精密机械有限公司"


def test_the_best_table_comes_first_and_the_others_stay(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("关于公布第五批瞪羚企业和通过复核的第二批瞪羚企业名单的通知")
    word_table(document, ["联系人", "电话"], [("张某", "1"), ("李某", "2"), ("王某", "3"), ("赵某", "4")])
    document.add_paragraph("附件1：第五批瞪羚企业名单（4家）")
    word_table(document, HEAD, [(str(n), firm(n), "") for n in range(1, 4)])
    document.add_paragraph("附件2：通过复核的第二批瞪羚企业名单")
    word_table(document, ["序号", "单位名称", "备注"], [("1", firm(9), "无"), ("2", firm(8), "")])
    path = tmp_path / "list1234.docx"
    document.save(str(path))
    read = read_list(path, "通知.docx", SETTINGS.limits)
    assert read.name == "通知.docx"
    assert [grid.name for grid in read.grids] == ["表2", "表1", "表3"]
    assert read.guesses.batch == ("第五批", "附件1：第五批瞪羚企业名单（4家）")
    assert read.guesses.basis is None
    assert len(read.warnings) == 1
    assert "4 firms" in read.warnings[0].en
    assert "读到 3 家" in read.warnings[0].zh
    second = read.guesses_on(read.grids[2])
    assert second.basis is not None
    assert second.basis.value == "review"


def test_a_number_of_firms_that_fits_is_no_warning(tmp_path: Path) -> None:
    rows = [(str(n), firm(n), "历下区") for n in range(1, 4)]
    path = word_list(
        tmp_path / "a.docx", "2025年度瞪羚企业名单（共3家）", [], HEAD, [*rows, ("合计", "3家", "")]
    )
    assert read_list(path, "a.docx", SETTINGS.limits).warnings == ()


def test_a_list_of_a_hundred_thousand_rows_is_looked_over_in_a_moment(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "企业名称,产品\n" + "".join(f"{firm(n)},轴承\n" for n in range(100_000)), encoding="utf-8"
    )
    read = read_list(path, "a.csv", SETTINGS.limits)
    assert len(read.grids[0].rows) == 100_001


def parsed(rows: list[list[str]], mapping: Mapping[str, str] = {}, kind: str = "titles") -> Parsed:
    sets = {"tier": "瞪羚"} if kind == "titles" else {}
    return parse(KINDS[kind], [Grid("表", rows)], Reading(mapping, sets))


def fields(read: Parsed) -> dict[str, str | None]:
    return {header: column["field"] if column else None for header, column in read.columns.items()}


def test_names_without_a_header_are_known_by_their_looks() -> None:
    read = parsed([["1", firm(1), "历下区"], ["2", firm(2), "天桥区"], ["3", firm(2), "天桥区"]])
    assert fields(read) == {"第 1 列": None, "第 2 列": "name", "第 3 列": "district"}
    assert [row.number for row in read.rows] == [1, 2, 3]


def test_codes_without_a_header_are_known_too() -> None:
    read = parsed([["瞪羚企业"], [firm(1), code(1)], [firm(2), code(2)]], kind="enterprises")
    assert fields(read) == {"第 1 列": "name", "第 2 列": "uscc"}
    assert [row.number for row in read.rows] == [2, 3]


def test_the_columns_of_a_list_without_header_can_be_bound_by_hand() -> None:
    rows = [["1", firm(1), "第五批"], ["2", firm(2), "第六批"]]
    read = parsed(rows, {"第 3 列": "batch"})
    assert [row.values["batch"] for row in read.rows] == ["第五批", "第六批"]
    with pytest.raises(HeaderError, match="第 1 列"):
        parsed(rows, {"批次": "batch"})


def test_a_column_of_names_under_an_unknown_header_is_taken() -> None:
    read = parsed([["序号", "参评对象", "区县"], ["1", firm(1), "历下区"], ["2", firm(2), "天桥区"]])
    assert fields(read) == {"序号": None, "参评对象": "name", "区县": "district"}
    read = parsed([["序号", "", "区县"], ["1", firm(1), "历下区"]])
    assert fields(read) == {"序号": None, "第 2 列": "name", "区县": "district"}


def test_two_columns_of_names_are_not_guessed() -> None:
    with pytest.raises(HeaderError):
        parsed([[firm(1), firm(2)], [firm(3), firm(4)]])
    with pytest.raises(HeaderError):
        parsed([["甲方", "乙方", "区县"], [firm(1), firm(2), "历下区"]])


def test_a_header_that_names_the_firm_is_never_overruled() -> None:
    read = parsed([["企业名称", "帮扶对象"], ["虚构大药房", firm(1)], ["虚构学校", firm(2)]])
    assert fields(read) == {"企业名称": "name", "帮扶对象": None}


def test_an_ignored_column_stays_ignored() -> None:
    with pytest.raises(HeaderError):
        parsed([["参评对象", "区县"], [firm(1), "历下区"]], {"参评对象": ""})


def test_pasted_text_is_called_so() -> None:
    read = read_pasted(f"2025年度瞪羚企业名单\n{firm(1)}\n{firm(2)}")
    assert read.name == "粘贴的文字"
    assert len(read.sha256) == 64
    assert read.guesses.tier == ("gazelle", "2025年度瞪羚企业名单")
