"""What becomes of a row: accepted, unchanged, in review or refused, each with its reason and its way back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.contract.conftest import HEAD, Lists, Register, code, firm
from tests.contract.title_lists import BY_NAME, title_list

# --- fates add up ------------------------------------------------------------------------------------------


def test_every_row_has_one_fate_and_refusals_are_exit_1(five: Register, lists: Lists) -> None:
    said = five.load(
        "enterprises",
        lists.csv(
            HEAD,
            firm(1),
            firm(6),
            (code(2), "济南甲2机械有限公司", "天桥区"),
            ("370100228012345", "济南旧号有限公司", "历下区"),
            firm(7),
            (code(7), "济南另一名称有限公司", "历下区"),
        ),
    )
    assert said.exit == 1
    assert said.fates == (2, 1, 2, 1)
    assert said.problems("refused") == [(5, "uscc", "uscc_old_number")]
    assert {row for row, _, _ in said.problems("review")} == {6, 7}


def test_rows_in_review_alone_are_exit_0(five: Register, lists: Lists) -> None:
    said = title_list(five, lists, ("济南无人知晓有限公司", "2024-07-01"), head=BY_NAME)
    assert said.exit == 0
    assert said.fates == (0, 0, 1, 0)


def test_problems_carry_row_field_code_value_message_and_fate(five: Register, lists: Lists) -> None:
    said = five.load("enterprises", lists.csv(HEAD, ("370100228012345", "济南旧号有限公司", "")))
    (told,) = said.json["problems"]
    assert set(told) >= {"row", "field", "code", "value", "message", "fate"}
    assert told["value"] == "370100228012345"


def test_filings_list_repeats_the_fates(five: Register, lists: Lists) -> None:
    said = five.load("enterprises", lists.csv(HEAD, firm(1), firm(6), ("", "无码公司", "")))
    (listed,) = [each for each in five("filings", "list", "--json").json if each["id"] == said.json["filing"]]
    for key in ("kind", "rows", "accepted", "unchanged", "review", "refused"):
        assert listed[key] == said.json[key], key
    assert len(listed["sha256"]) == 64
    assert listed["withdrawn_at"] is None
    assert listed["recorded_at"].endswith("Z")


# --- repeated rows -----------------------------------------------------------------------------------------


def test_repeated_row_that_agrees_is_unchanged(cli: Register, lists: Lists) -> None:
    assert cli.load("enterprises", lists.csv(HEAD, firm(1), firm(2), firm(1))).fates == (2, 1, 0, 0)


def test_repeated_row_that_adds_a_field_does_not_contradict(cli: Register, lists: Lists) -> None:
    said = cli.load("enterprises", lists.csv(HEAD, (*firm(1)[:2], ""), firm(1)))
    assert said.fates[2:] == (0, 0)
    assert cli.values(code(1))["district"] == "370102"


def test_one_title_by_code_and_by_name_agrees_or_contradicts(five: Register, lists: Lists) -> None:
    head = ("统一社会信用代码", "企业名称", "认定日期", "证书编号")
    agreeing = title_list(
        five, lists, (code(1), "", "2024-07-01", "A1"), ("", firm(1)[1], "2024-07-01", "A1"), head=head
    )
    assert agreeing.fates == (1, 1, 0, 0)
    contradicting = title_list(
        five, lists, (code(2), "", "2024-07-01", "A1"), ("", firm(2)[1], "2024-07-01", "B2"), head=head
    )
    assert contradicting.fates == (0, 0, 2, 0)
    assert set(contradicting.codes("review")) == {"conflict_in_file"}


def test_rows_that_contradict_all_go_to_review_and_nothing_is_stored(cli: Register, lists: Lists) -> None:
    said = cli.load("enterprises", lists.csv(HEAD, firm(1), firm(2), firm(1, "天桥区"), firm(1)))
    assert said.exit == 0
    assert said.fates == (1, 0, 3, 0)
    assert set(said.codes("review")) == {"conflict_in_file"}
    assert not cli.holds(code(1))


def test_figures_of_two_years_do_not_contradict_but_of_one_year_do(five: Register, lists: Lists) -> None:
    head = ("统一社会信用代码", "年度", "营业收入（万元）")
    said = five.load(
        "figures",
        lists.csv(head, (code(1), 2023, 5), (code(1), 2024, 6), (code(2), 2024, 7), (code(2), 2024, 8)),
    )
    assert said.fates == (2, 0, 2, 0)
    assert five.show(code(2))["figures"] == []


def test_one_of_two_contradicting_rows_can_be_taken(cli: Register, lists: Lists) -> None:
    said = cli.load("enterprises", lists.csv(HEAD, firm(1), firm(1, "天桥区")))
    assert cli("filings", "decide", said.json["filing"], 3, "--take").exit == 0
    assert cli.values(code(1))["district"] == "370105"
    assert cli.checked()


# --- the same file again -----------------------------------------------------------------------------------


def test_same_file_again_is_unchanged_without_a_word(cli: Register, lists: Lists) -> None:
    file = lists.csv(HEAD, *map(firm, range(1, 6)))
    assert cli.load("enterprises", file).fates == (5, 0, 0, 0)
    again = cli.load("enterprises", file)
    assert again.exit == 0
    assert again.fates == (0, 5, 0, 0)
    assert again.codes() == []


@pytest.mark.parametrize(
    "kind, head, row",
    [
        ("figures", ("uscc", "year", "营业收入（万元）"), (code(1), 2024, 12)),
        ("evidence", ("uscc", "发明专利"), (code(1), 3)),
        ("titles", ("uscc", "tier", "issued_on"), (code(1), "srdi", "2024-07-01")),
        ("applications", ("uscc", "tier", "round", "stage", "stage_on"), (code(1), "srdi", "2024", "filed", "2024-03-01")),
        ("honours", ("uscc", "honour", "level", "on"), (code(1), "platform", "provincial", "2023-05-05")),
        ("listings", ("uscc", "board", "stage", "stage_on"), (code(1), "bse", "listed", "2023-05-05")),
        ("above-scale", ("uscc", "entered_on"), (code(1), "2023-01-01")),
        ("doubling", ("uscc", "programme", "base_year", "entered_on"), (code(1), "2023计划", 2022, "2023-01-01")),
    ],
)  # fmt: skip
def test_same_list_of_any_kind_again_is_unchanged_and_nothing_was_overtaken(
    five: Register, lists: Lists, kind: str, head: tuple[str, ...], row: tuple[Any, ...]
) -> None:
    file = lists.csv(head, row)
    assert five.load(kind, file).fates == (1, 0, 0, 0)
    again = five.load(kind, file)
    assert again.fates == (0, 1, 0, 0)
    assert again.codes() == []


def test_same_list_by_name_again_is_unchanged_and_nothing_was_overtaken(five: Register, lists: Lists) -> None:
    file = lists.csv(
        ("企业名称", "称号", "级别", "认定日期", "有效期止"),
        (firm(1)[1], "专精特新中小企业", "省级", "2024-07-01", "2027-06-30"),
    )
    assert five.load("titles", file).fates == (1, 0, 0, 0)
    again = five.load("titles", file)
    assert again.fates == (0, 1, 0, 0)
    assert again.codes() == []


def test_old_file_after_a_newer_one_is_overtaken_and_undoes_nothing(cli: Register, lists: Lists) -> None:
    head = (*HEAD, "细分市场")
    old = lists.csv(head, (*firm(1), "阀门"), (*firm(2), "水泵"))
    cli.filed("enterprises", old)
    cli.filed("enterprises", lists.csv(head, (*firm(1), "高压阀门")))
    again = cli.load("enterprises", old)
    assert again.exit == 0
    assert again.fates == (0, 2, 0, 0)
    assert [(row, problem) for row, _, problem in again.problems("note")] == [(2, "overtaken")]
    assert cli.values(code(1))["niche"] == "高压阀门"


def test_another_file_that_says_the_old_thing_is_heard(cli: Register, lists: Lists) -> None:
    head = (*HEAD, "细分市场")
    cli.filed("enterprises", lists.csv(head, (*firm(1), "阀门"), (*firm(2), "水泵")))
    cli.filed("enterprises", lists.csv(head, (*firm(1), "高压阀门")))
    said = cli.load("enterprises", lists.csv(head, (*firm(1), "阀门")))
    assert said.fates == (1, 0, 0, 0)
    assert cli.values(code(1))["niche"] == "阀门"


def test_overtaken_figures_stay(five: Register, lists: Lists) -> None:
    head = ("uscc", "year", "营业收入（万元）")
    old = lists.csv(head, (code(1), 2024, 12))
    five.filed("figures", old)
    five.filed("figures", lists.csv(head, (code(1), 2024, 13)))
    again = five.load("figures", old)
    assert again.fates == (0, 1, 0, 0)
    assert again.codes("note") == ["overtaken"]
    assert five.show(code(1))["figures"][0]["revenue"] == 130_000


def test_withdrawn_file_is_accepted_again(cli: Register, lists: Lists) -> None:
    file = lists.csv(HEAD, firm(1), firm(2))
    filing = cli.filed("enterprises", file)
    assert cli("filings", "withdraw", filing, "--yes").exit == 0
    assert not cli.holds(code(1))
    again = cli.load("enterprises", file)
    assert again.fates == (2, 0, 0, 0)
    assert again.codes() == []
    assert cli.checked()


# --- dry run, rejects --------------------------------------------------------------------------------------


def test_dry_run_says_all_and_changes_nothing(five: Register, lists: Lists) -> None:
    file = lists.csv(HEAD, firm(1), firm(6), ("", "无码公司", ""))
    dry = five.load("enterprises", file, "--dry-run")
    assert dry.exit == 1
    assert dry.json["filing"] is None
    assert dry.fates == (1, 1, 0, 1)
    assert not five.holds(code(6))
    assert len(five("filings", "list", "--json").json) == 1
    wet = five.load("enterprises", file)
    assert {**dry.json, "filing": 0} == {**wet.json, "filing": 0}


def test_refused_rows_come_out_in_their_own_columns_and_go_back_in_when_mended(
    five: Register, lists: Lists, tmp_path: Path
) -> None:
    head = ("序号", "单位\n名称", "代码（18位）", "自编列", "营业收入（万元）", "年度")
    file = lists.xlsx(
        ("2024年度经营情况",),
        head,
        (1, firm(1)[1], code(1), "甲", 100, 2024),
        (2, firm(2)[1], code(2).replace("0", "O", 1), "乙", 200.5, 2024),
        (3, firm(3)[1], code(3), "丙", -300, 2024),
    )
    out = tmp_path / "rejects.xlsx"
    mapping = ("--map", "代码（18位）=uscc", "--map", "单位名称=name")
    said = five.load("figures", file, *mapping, "--rejects", out)
    assert said.exit == 1
    assert said.fates == (1, 0, 0, 2)
    book = openpyxl.load_workbook(out)
    page: Any = book.worksheets[0]
    table = [[cell.value for cell in row] for row in page.iter_rows()]
    (header_at,) = [place for place, row in enumerate(table) if "自编列" in row]
    header = table[header_at]
    plain = ["".join(str(each).split()) for each in header]
    assert plain[: len(head)] == ["".join(each.split()) for each in head], (
        "the original columns, in their order"
    )
    body = table[header_at + 1 :]
    assert len(body) == 2
    text = [" ".join(str(cell) for cell in row) for row in body]
    assert firm(2)[1] in text[0]
    assert "乙" in text[0]
    assert any("uscc_letter" in line or "字母" in line for line in text[:1]), (
        "the reason stands beside the row"
    )
    first = header_at + 2
    page.cell(first, header.index("代码（18位）") + 1).value = code(2)
    page.cell(first + 1, header.index("营业收入（万元）") + 1).value = 300
    book.save(out)
    mended = five.load("figures", out, *mapping)
    assert mended.fates == (2, 0, 0, 0), mended.json
    assert five.show(code(2))["figures"][0]["revenue"] == 2_005_000
    assert five.show(code(3))["figures"][0]["revenue"] == 3_000_000


def test_rejects_hold_strings_that_look_like_formulas_as_strings(
    cli: Register, lists: Lists, tmp_path: Path
) -> None:
    out = tmp_path / "rejects.xlsx"
    said = cli.load("enterprises", lists.csv(HEAD, ("", "=cmd()|' /C calc'!A0", "+1")), "--rejects", out)
    assert said.fates == (0, 0, 0, 1)
    page: Any = openpyxl.load_workbook(out).worksheets[0]
    assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)
