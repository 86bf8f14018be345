"""What becomes of a row: accepted, unchanged, in review or refused, each with its reason and its way back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.contract.conftest import Lists, Register, Said, code

HEAD = ("统一社会信用代码", "企业名称", "区县")


def firm(number: int, district: str = "历下区") -> tuple[str, str, str]:
    return (code(number), f"济南甲{number}机械有限公司", district)


@pytest.fixture
def five(cli: Register, lists: Lists) -> Register:
    """A register of five firms in 历下区, filed as filing 1."""
    cli.filed("enterprises", lists.csv(HEAD, *map(firm, range(1, 6))))
    return cli


def titles_of(cli: Register, number: int) -> list[Any]:
    titles = cli.show(code(number))["titles"]
    assert isinstance(titles, list)
    return titles


def title_list(
    cli: Register, lists: Lists, *rows: tuple[Any, ...], head: tuple[str, ...], words: tuple[str, ...] = ()
) -> Said:
    """A list of provincial SRDI firms of batch 2024, as announced."""
    return cli.load("titles", lists.csv(head, *rows), "--set", "tier=srdi", "--set", "batch=2024", *words)


BY_NAME = ("企业名称", "认定日期")
BY_CODE = ("统一社会信用代码", "企业名称", "认定日期")


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


# --- firms not on the register -----------------------------------------------------------------------------


def test_unknown_firm_with_a_good_code_waits_in_review(five: Register, lists: Lists) -> None:
    said = title_list(five, lists, (code(9), "济南甲9机械有限公司", "2024-07-01"), head=BY_CODE)
    assert said.exit == 0
    assert said.fates == (0, 0, 1, 0)
    assert said.codes("review") == ["unknown_firm"]
    assert not five.holds(code(9))


def test_create_puts_it_on_the_register(five: Register, lists: Lists) -> None:
    said = title_list(
        five, lists, (code(9), "济南甲9机械有限公司", "2024-07-01"), head=BY_CODE, words=("--create",)
    )
    assert said.fates == (1, 0, 0, 0)
    assert five.values(code(9))["name"] == "济南甲9机械有限公司"
    assert [each["tier"] for each in titles_of(five, 9)] == ["srdi"]
    assert five.checked()


def test_create_with_two_rows_of_one_new_firm(five: Register, lists: Lists) -> None:
    head = ("统一社会信用代码", "企业名称", "年度", "职工人数")
    said = five.load(
        "figures", lists.csv(head, (code(9), "济南甲9机械有限公司", 2023, 5), (code(9), "济南甲9机械有限公司", 2024, 6)),
        "--create",
    )  # fmt: skip
    assert said.fates == (2, 0, 0, 0)
    assert len(five.show(code(9))["figures"]) == 2


def test_create_without_a_name_makes_no_firm(five: Register, lists: Lists) -> None:
    said = title_list(five, lists, (code(9), "", "2024-07-01"), head=BY_CODE, words=("--create",))
    assert said.fates[0] == 0
    assert said.codes(), "and says why"
    assert not five.holds(code(9))


def test_create_never_makes_a_firm_from_a_bad_code(five: Register, lists: Lists) -> None:
    bad = code(9)[:-1] + ("0" if code(9)[-1] != "0" else "1")
    said = title_list(
        five, lists, (bad, "济南甲9机械有限公司", "2024-07-01"), head=BY_CODE, words=("--create",)
    )
    assert said.fates == (0, 0, 0, 1)
    assert five("find", "济南甲9机械有限公司", "--json").exit == 1


# --- names without codes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["济南甲1机械有限公司", " 济南甲１机械有限公司　", "济南甲1 机械 有限公司", "济南甲1机械有限公司\n"],
)
def test_name_finds_its_firm_in_the_normal_form(five: Register, lists: Lists, typed: str) -> None:
    assert title_list(five, lists, (typed, "2024-07-01"), head=BY_NAME).fates == (1, 0, 0, 0)
    assert len(titles_of(five, 1)) == 1


@pytest.mark.parametrize(
    "typed", ["山东甲(集团)有限公司", "山东甲（集团）有限公司", "山东甲﹙集团﹚有限公司"]
)
def test_brackets_of_any_width_are_one(cli: Register, lists: Lists, typed: str) -> None:
    cli.filed("enterprises", lists.csv(HEAD, (code(1), "山东甲（集团）有限公司", "历下区")))
    assert title_list(cli, lists, (typed, "2024-07-01"), head=BY_NAME).fates == (1, 0, 0, 0)


def test_name_that_is_only_alike_is_never_guessed(five: Register, lists: Lists) -> None:
    said = title_list(five, lists, ("济南甲1机械股份有限公司", "2024-07-01"), head=BY_NAME)
    assert said.codes("review") == ["unknown_firm"]


def rename(cli: Register, lists: Lists, number: int, name: str, day: str) -> None:
    cli.filed("enterprises", lists.csv(("uscc", "name", "effective_on"), (code(number), name, day)))


def test_name_borne_then_is_taken_and_names_find_for_ever(five: Register, lists: Lists) -> None:
    rename(five, lists, 1, "济南新名科技有限公司", "2024-01-01")
    before = title_list(five, lists, ("济南甲1机械有限公司", "2023-07-01"), head=BY_NAME)
    assert before.fates == (1, 0, 0, 0)
    (held,) = titles_of(five, 1)
    assert held["issued_on"] == "2023-07-01"
    assert five("find", "济南甲1机械有限公司", "--json").json[0]["uscc"] == code(1)


def test_former_name_after_the_rename_still_leads_to_the_firm(five: Register, lists: Lists) -> None:
    rename(five, lists, 1, "济南新名科技有限公司", "2024-01-01")
    assert title_list(five, lists, ("济南甲1机械有限公司", "2024-07-01"), head=BY_NAME).fates == (1, 0, 0, 0)
    assert len(titles_of(five, 1)) == 1


def test_recorded_former_name_leads_to_the_firm(cli: Register, lists: Lists) -> None:
    cli.filed(
        "enterprises",
        lists.csv((*HEAD, "曾用名"), (*firm(1), "济南旧一有限公司；济南旧二有限公司"), (*firm(2), "")),
    )
    assert title_list(cli, lists, ("济南旧二有限公司", "2024-07-01"), head=BY_NAME).fates == (1, 0, 0, 0)
    assert len(titles_of(cli, 1)) == 1


@pytest.mark.parametrize("day, bearer", [("2023-07-01", 1), ("2024-07-01", 2)])
def test_name_handed_on_means_who_bore_it_on_the_day_of_the_list(
    five: Register, lists: Lists, day: str, bearer: int
) -> None:
    rename(five, lists, 1, "济南新名科技有限公司", "2024-01-01")
    rename(five, lists, 2, "济南甲1机械有限公司", "2024-03-01")
    assert title_list(five, lists, ("济南甲1机械有限公司", day), head=BY_NAME).fates == (1, 0, 0, 0)
    assert len(titles_of(five, bearer)) == 1
    assert titles_of(five, 3 - bearer) == []


def test_two_bearers_of_one_name_go_to_review(cli: Register, lists: Lists) -> None:
    cli.filed("enterprises", lists.csv(HEAD, firm(1), (code(2), firm(1)[1], "历下区")))
    said = title_list(cli, lists, (firm(1)[1], "2024-07-01"), head=BY_NAME)
    assert said.fates == (0, 0, 1, 0)
    assert said.codes("review") == ["ambiguous_name"]


def test_district_that_contradicts_goes_to_review(five: Register, lists: Lists) -> None:
    said = title_list(
        five, lists, (*firm(1)[1:2], "天桥区", "2024-07-01"), head=("企业名称", "区县", "认定日期")
    )
    assert said.codes("review") == ["ambiguous_name"]


def test_district_that_agrees_is_taken(five: Register, lists: Lists) -> None:
    head = ("企业名称", "推荐单位", "认定日期")
    assert title_list(five, lists, (firm(1)[1], "济南市历下区", "2024-07-01"), head=head).fates == (
        1,
        0,
        0,
        0,
    )


def test_firm_founded_after_the_list_goes_to_review(cli: Register, lists: Lists) -> None:
    cli.filed("enterprises", lists.csv((*HEAD, "成立日期"), (*firm(1), "2024-07-02")))
    said = title_list(cli, lists, (firm(1)[1], "2024-07-01"), head=BY_NAME)
    assert said.codes("review") == ["ambiguous_name"]


def test_code_speaks_where_the_name_is_a_former_one(five: Register, lists: Lists) -> None:
    rename(five, lists, 1, "济南新名科技有限公司", "2024-01-01")
    said = title_list(five, lists, (code(1), firm(1)[1], "2023-07-01"), head=BY_CODE)
    assert said.fates == (1, 0, 0, 0)


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


# --- deciding rows -----------------------------------------------------------------------------------------


def test_decided_row_is_a_filing_of_its_own_and_known_from_the_decision(five: Register, lists: Lists) -> None:
    said = title_list(five, lists, (code(9), "济南甲9机械有限公司", "2024-07-01"), head=BY_CODE)
    last = five("filings", "list", "--json").json[0]["id"]
    assert five("filings", "decide", said.json["filing"], 2, "--create").exit == 0
    (held,) = titles_of(five, 9)
    assert held["issued_on"] == "2024-07-01"
    assert five("filings", "list", "--json").json[0]["id"] > last
    assert five("show", code(9), "--known-at", last, "--json").exit == 1
    assert five.checked()


def test_row_by_name_is_decided_for_a_firm(five: Register, lists: Lists) -> None:
    said = title_list(five, lists, ("济南简称厂", "2024-07-01"), ("济南另一厂", "2024-07-01"), head=BY_NAME)
    assert five("filings", "decide", said.json["filing"], 2, "--uscc", code(3)).exit == 0
    assert len(titles_of(five, 3)) == 1
    waiting = five("filings", "show", said.json["filing"], "--json").json
    assert "济南另一厂" in str(waiting)


def test_rejected_row_files_nothing(five: Register, lists: Lists) -> None:
    said = title_list(five, lists, (code(9), "济南甲9机械有限公司", "2024-07-01"), head=BY_CODE)
    assert five("filings", "decide", said.json["filing"], 2, "--reject").exit == 0
    assert not five.holds(code(9))
    assert five("filings", "decide", said.json["filing"], 2, "--create").exit != 0
    assert not five.holds(code(9))


def test_row_is_decided_only_once(five: Register, lists: Lists) -> None:
    said = title_list(five, lists, ("济南简称厂", "2024-07-01"), head=BY_NAME)
    decide = ("filings", "decide", said.json["filing"], 2, "--uscc")
    assert five(*decide, code(3)).exit == 0
    assert five(*decide, code(4)).exit != 0
    assert titles_of(five, 4) == []


def test_wrong_filing_or_row_to_decide_is_exit_2(five: Register, lists: Lists) -> None:
    said = title_list(five, lists, ("济南简称厂", "2024-07-01"), head=BY_NAME)
    assert five("filings", "decide", 999, 2, "--reject").exit == 2
    assert five("filings", "decide", said.json["filing"], 77, "--reject").exit == 2


def test_row_decided_for_an_unknown_code_stays_in_review(five: Register, lists: Lists) -> None:
    said = title_list(five, lists, ("济南简称厂", "2024-07-01"), head=BY_NAME)
    assert five("filings", "decide", said.json["filing"], 2, "--uscc", code(99)).exit != 0
    assert "济南简称厂" in str(five("filings", "show", said.json["filing"], "--json").json)


def test_rows_in_review_keep_what_was_typed(five: Register, lists: Lists) -> None:
    said = title_list(
        five, lists, ("济南简称厂", "2024年7月1日", "自编备注"), head=("企业名称", "认定日期", "备注")
    )
    shown = five("filings", "show", said.json["filing"], "--json")
    assert "济南简称厂" in shown.out
    assert "2024年7月1日" in shown.out


def test_decided_row_of_the_same_file_again_is_unchanged(five: Register, lists: Lists) -> None:
    file = lists.csv(("企业名称", "称号", "认定日期"), ("济南简称厂", "专精特新中小企业", "2024-07-01"))
    said = five.load("titles", file)
    assert five("filings", "decide", said.json["filing"], 2, "--uscc", code(3)).exit == 0
    assert five.load("titles", file).fates == (0, 1, 0, 0)


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


# --- whole lists -------------------------------------------------------------------------------------------


@pytest.fixture
def forty(cli: Register, lists: Lists) -> Register:
    """Forty firms, all above scale since 2023-01-01."""
    cli.filed("enterprises", lists.csv(HEAD, *map(firm, range(1, 43))))
    cli.filed(
        "above-scale", lists.csv(("uscc", "entered_on"), *((code(n), "2023-01-01") for n in range(1, 41)))
    )
    return cli


def above(cli: Register, number: int) -> list[tuple[Any, Any, Any]]:
    """(entered_on, left_on, exit_reason) of each membership, the earliest first."""
    memberships = cli.show(code(number))["above_scale"]
    return [(each["entered_on"], each.get("left_on"), each.get("exit_reason")) for each in memberships]


def counted(cli: Register, day: str) -> Any:
    (target,) = [
        each for each in cli("count", "--as-of", day, "--json").json["targets"] if each["id"] == "above-scale"
    ]
    return target["value"]


def whole(cli: Register, lists: Lists, numbers: list[int], *words: str) -> Said:
    rows = [(code(number), firm(number)[1]) for number in numbers]
    return cli.load(
        "above-scale",
        lists.csv(("统一社会信用代码", "企业名称"), *rows),
        "--complete-on",
        "2025-01-01",
        *words,
    )


def test_whole_list_lets_firms_in_and_out(forty: Register, lists: Lists) -> None:
    said = whole(forty, lists, [*range(2, 41), 41, 42])
    assert said.exit == 0
    assert said.fates == (2, 39, 0, 0)
    assert above(forty, 1) == [("2023-01-01", "2025-01-01", "unknown")]
    assert above(forty, 2) == [("2023-01-01", None, None)]
    assert above(forty, 41)[0][:2] == ("2025-01-01", None)
    assert counted(forty, "2024-12-31") == 40
    assert counted(forty, "2025-01-01") == 41
    assert forty.checked()


def test_five_per_cent_leavers_go_without_asking(forty: Register, lists: Lists) -> None:
    assert whole(forty, lists, [*range(3, 41)]).exit == 0
    assert counted(forty, "2025-01-01") == 38


def test_more_leavers_want_yes_and_until_then_nothing_is_filed(forty: Register, lists: Lists) -> None:
    said = whole(forty, lists, [*range(4, 41)])
    assert said.exit == 1
    assert "--yes" in said.err
    assert counted(forty, "2025-01-01") == 40
    assert len(forty("filings", "list", "--json").json) == 2
    assert whole(forty, lists, [*range(4, 41)], "--yes").exit == 0
    assert counted(forty, "2025-01-01") == 37


def test_whole_list_withdrawn_brings_the_leavers_back(forty: Register, lists: Lists) -> None:
    filing = whole(forty, lists, [*range(2, 42)]).json["filing"]
    assert forty("filings", "withdraw", filing, "--yes").exit == 0
    assert counted(forty, "2025-06-01") == 40
    assert above(forty, 41) == []
    assert above(forty, 1) == [("2023-01-01", None, None)]
    assert forty.checked()


def test_same_whole_list_again_changes_nothing(forty: Register, lists: Lists) -> None:
    file = lists.csv(("uscc",), *((code(n),) for n in [*range(2, 41), 41]))
    words = ("--complete-on", "2025-01-01")
    assert forty.load("above-scale", file, *words).fates == (1, 39, 0, 0)
    assert forty.load("above-scale", file, *words).fates == (0, 40, 0, 0)
    assert counted(forty, "2025-01-01") == 40


def test_firm_back_on_a_later_whole_list_enters_again(forty: Register, lists: Lists) -> None:
    whole(forty, lists, [*range(2, 41)])
    rows = [(code(number),) for number in range(1, 41)]
    assert forty.load("above-scale", lists.csv(("uscc",), *rows), "--complete-on", "2026-01-01").fates == (
        1,
        39,
        0,
        0,
    )
    assert above(forty, 1) == [("2023-01-01", "2025-01-01", "unknown"), ("2026-01-01", None, None)]


def test_whole_list_of_titles_revokes_nothing(five: Register, lists: Lists) -> None:
    rows = [(code(number), "srdi", "provincial", "2024", "2024-07-01") for number in range(1, 6)]
    head = ("uscc", "tier", "level", "batch", "issued_on")
    five.filed("titles", lists.csv(head, *rows))
    said = five.load("titles", lists.csv(head, *rows[:4]), "--complete-on", "2025-01-01", "--yes")
    assert said.exit == 0
    assert said.fates == (0, 4, 0, 0)
    (held,) = five.show(code(5), "--as-of", "2025-06-01")["titles"]
    assert held["state"] == "in_force"
    assert code(5) in said.out, "the firm that the list lacks is named as a finding"


def test_complete_on_a_kind_without_memberships_is_exit_2(five: Register, lists: Lists) -> None:
    assert five.load("enterprises", lists.csv(HEAD, firm(1)), "--complete-on", "2025-01-01").exit == 2


def test_complete_on_an_unreadable_day_is_exit_2(forty: Register, lists: Lists) -> None:
    assert forty.load("above-scale", lists.csv(("uscc",), (code(1),)), "--complete-on", "soon").exit == 2


def test_lists_of_titles_by_name_on_both_databases(
    both: Register, lists: Lists, at: Callable[[str], None]
) -> None:
    at("2026-06-15")
    both.filed("enterprises", lists.csv(HEAD, *map(firm, range(1, 4))))
    said = title_list(both, lists, (firm(1)[1], "2024-07-01"), ("济南简称厂", "2024-07-01"), head=BY_NAME)
    assert said.fates == (1, 0, 1, 0)
    assert both("filings", "decide", said.json["filing"], 3, "--uscc", code(2)).exit == 0
    assert len(titles_of(both, 1)) == len(titles_of(both, 2)) == 1
    assert both("filings", "withdraw", said.json["filing"], "--yes").exit == 0
    assert both.checked()
