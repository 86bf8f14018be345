"""Days as people type them: what each becomes, and which complaint it earns."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from tests.contract.conftest import Lists, Register, code
from tests.contract.one_firm import NAME, enterprise, title


@pytest.mark.parametrize(
    "typed",
    [
        "2015-06-30",
        "2015/6/30",
        "2015/06/30",
        "2015.6.30",
        "2015.06.30",
        "20150630",
        20150630,
        "2015年6月30日",
        "2015年06月30日",
        " 2015 年 6 月 30 日 ",
        "２０１５年６月３０日",
        "2015－06－30",
        "2015-06-30 00:00:00",
        "2015/6/30 0:00",
        "2015-06-30T00:00:00",
        date(2015, 6, 30),
        datetime(2015, 6, 30, 0, 0),  # noqa: DTZ001  a cell of Excel knows no time zone
        42185,
        "42185",
        42185.0,
    ],
)
def test_a_day_in_all_usual_forms(cli: Register, lists: Lists, typed: Any) -> None:
    said = enterprise(cli, lists, "成立日期", typed)
    assert said.fates == (1, 0, 0, 0), said.json["problems"]
    assert cli.values(code(1))["founded_on"] == "2015-06-30"


def test_serial_numbers_and_dates_in_old_xls(cli: Register, lists: Lists) -> None:
    head = ("统一社会信用代码", "企业名称", "成立日期")
    cli.filed(
        "enterprises", lists.xls(head, (code(1), NAME, 42185), (code(2), "济南乙有限公司", "2015-06-30"))
    )
    assert cli.values(code(1))["founded_on"] == cli.values(code(2))["founded_on"] == "2015-06-30"


@pytest.mark.parametrize("typed", ["2015-02-30", "2015年13月1日", "上个月", "31/31/2015", "20159999"])
def test_unreadable_optional_day_is_a_note_and_the_row_is_taken(
    cli: Register, lists: Lists, typed: str
) -> None:
    said = enterprise(cli, lists, "成立日期", typed)
    assert said.fates == (1, 0, 0, 0)
    assert (2, "founded_on", "date_unreadable") in said.problems("note")
    assert "founded_on" not in cli.values(code(1))


@pytest.mark.parametrize("since, until", [("2023", "2025"), (2023, 2025), ("2023年", "2025年")])
def test_bare_years_are_first_and_last_of_the_year(
    cli: Register, lists: Lists, since: Any, until: Any
) -> None:
    assert title(cli, lists, valid_from=since, valid_to=until).fates == (1, 0, 0, 0)
    (held,) = cli.show(code(1), "--as-of", "2024-06-01")["titles"]
    assert (held["valid_from"], held["valid_to"]) == ("2023-01-01", "2025-12-31")


@pytest.mark.usefixtures("today")
def test_future_day_of_issue_is_refused(cli: Register, lists: Lists) -> None:
    said = title(cli, lists, issued_on="2026-06-16")
    assert said.exit == 1
    assert said.problems("refused") == [(2, "issued_on", "date_future")]


@pytest.mark.usefixtures("today")
def test_issued_today_in_jinan_is_fine_and_so_is_a_future_start(cli: Register, lists: Lists) -> None:
    assert title(cli, lists, issued_on="2026-06-15", valid_from="2027-01-01").fates == (1, 0, 0, 0)


def test_issued_today_counts_by_the_clock_of_jinan(cli: Register, lists: Lists, at: Any) -> None:
    at("2026-06-15T16:30")  # half past midnight of the 16th in Jinan
    assert title(cli, lists, issued_on="2026-06-16").fates == (1, 0, 0, 0)


def test_title_that_ends_before_it_begins_is_refused(cli: Register, lists: Lists) -> None:
    said = title(cli, lists, valid_from="2024-07-01", valid_to="2024-06-30")
    assert said.exit == 1
    assert said.codes("refused") == ["date_order"]


def test_title_of_one_day_is_fine(cli: Register, lists: Lists) -> None:
    assert title(cli, lists, valid_from="2024-07-01", valid_to="2024-07-01").fates == (1, 0, 0, 0)


def test_title_without_any_day_is_refused(cli: Register, lists: Lists) -> None:
    said = title(cli, lists)
    assert said.exit == 1
    assert said.codes("refused") == ["term_missing"]


def test_above_scale_firm_that_left_before_it_entered_is_refused(cli: Register, lists: Lists) -> None:
    cli.filed("enterprises", lists.csv(("uscc", "name"), (code(1), NAME)))
    said = cli.load(
        "above-scale", lists.csv(("uscc", "entered_on", "left_on"), (code(1), "2024-01-01", "2023-12-31"))
    )
    assert said.codes("refused") == ["date_order"]


@pytest.mark.parametrize("typed", ["0001-01-01", "1839-12-31", "1700年"])
def test_a_founding_day_before_any_firm_is_left_out_and_noted(
    cli: Register, lists: Lists, typed: str
) -> None:
    said = enterprise(cli, lists, "成立日期", typed)
    assert said.fates == (1, 0, 0, 0)
    assert (2, "founded_on", "date_unreadable") in said.problems("note")
    assert "founded_on" not in cli.values(code(1))
    assert enterprise(cli, lists, "成立日期", "1872-06-01").fates == (1, 0, 0, 0)


def test_an_issue_day_before_any_firm_refuses_the_row(cli: Register, lists: Lists) -> None:
    said = title(cli, lists, issued_on="0001-01-01", valid_to="2027-06-30")
    assert said.problems("refused") == [(2, "issued_on", "date_unreadable")]
