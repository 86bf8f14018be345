"""Whom a row is about: firms not on the register, and names without codes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.conftest import HEAD, Lists, Register, code, firm
from tests.contract.title_lists import BY_CODE, BY_NAME, title_list, titles_of

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
