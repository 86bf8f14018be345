"""Cells as people type them: what each becomes, and which complaint it earns."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from tests.contract.conftest import Lists, Register, Said, code

NAME = "济南甲机械有限公司"


def enterprise(cli: Register, lists: Lists, header: str, value: Any, *words: str) -> Said:
    """A one-row list of enterprises (a workbook, so that numbers stay numbers) with one more column."""
    return cli.load(
        "enterprises", lists.xlsx(("统一社会信用代码", "企业名称", header), (code(1), NAME, value)), *words
    )


def figures(cli: Register, lists: Lists, header: str, value: Any, *words: str) -> Said:
    """One more row of figures for 2024 of a firm on the register, with its number of employees."""
    if not cli.holds(code(1)):
        cli.filed("enterprises", lists.csv(("uscc", "name"), (code(1), NAME)))
    head = ("统一社会信用代码", "年度", "职工人数", header)
    return cli.load("figures", lists.xlsx(head, (code(1), 2024, 120, value)), *words)


def stored_figure(cli: Register, field: str) -> Any:
    records = cli.show(code(1))["figures"]
    return records[0].get(field) if records else None


def title(cli: Register, lists: Lists, **cells: Any) -> Said:
    """One provincial SRDI title of a firm on the register; ``cells`` override."""
    if not cli.holds(code(1)):
        cli.filed("enterprises", lists.csv(("uscc", "name"), (code(1), NAME)))
    row = {"uscc": code(1), "tier": "srdi", "batch": "2024", **cells}
    return cli.load("titles", lists.xlsx(tuple(row), tuple(row.values())))


# --- credit codes ------------------------------------------------------------------------------------------


def swapped_letter(text: str) -> str:
    return text.replace("0", "O", 1)


@pytest.mark.parametrize(
    "typed, problem",
    [
        pytest.param("370100228012345", "uscc_old_number", id="fifteen digits"),
        pytest.param("3.70100228012345E+14", "uscc_damaged", id="fifteen digits in scientific notation"),
        pytest.param("9.13701E+17", "uscc_damaged", id="scientific notation"),
        pytest.param(913701991234567890, "uscc_damaged", id="a number cell"),
        pytest.param(
            "913701991234567000", "uscc_damaged", id="digits that end in zeros as Excel leaves them"
        ),
        pytest.param(
            code(1)[:-1] + ("0" if code(1)[-1] != "0" else "1"), "uscc_check", id="wrong check character"
        ),
        pytest.param(swapped_letter(code(1)), "uscc_letter", id="letter O for zero"),
        pytest.param(code(1).replace("MA", "MI"), "uscc_letter", id="letter I"),
        pytest.param(NAME, "uscc_misplaced", id="a name in the code column"),
        pytest.param("", "uscc_missing", id="empty"),
        pytest.param("-", "uscc_missing", id="dash"),
        pytest.param("N/A", "uscc_missing", id="N/A"),
        pytest.param("无", "uscc_missing", id="none"),
    ],
)
def test_each_bad_code_gets_its_own_refusal(cli: Register, lists: Lists, typed: Any, problem: str) -> None:
    said = cli.load(
        "enterprises", lists.xlsx(("统一社会信用代码", "企业名称"), (typed, "济南丁纺织有限公司"))
    )
    assert said.exit == 1
    assert said.fates == (0, 0, 0, 1)
    assert said.problems("refused") == [(2, "uscc", problem)]
    (told,) = said.json["problems"]
    assert told["message"]
    assert told["fate"] == "refused"


def test_name_and_code_swapped_are_told_as_misplaced(cli: Register, lists: Lists) -> None:
    said = cli.load("enterprises", lists.csv(("统一社会信用代码", "企业名称"), (NAME, code(1))))
    assert said.fates == (0, 0, 0, 1)
    assert set(said.codes("refused")) == {"uscc_misplaced"}


def test_code_in_the_name_column_of_a_list_of_names(cli: Register, lists: Lists) -> None:
    cli.filed("enterprises", lists.csv(("uscc", "name"), (code(1), NAME)))
    said = cli.load(
        "titles", lists.csv(("企业名称", "称号", "认定日期"), (code(1), "专精特新中小企业", "2024-07-01"))
    )
    assert said.codes("refused") == ["uscc_misplaced"]


def test_lower_case_code_is_taken_and_noted(cli: Register, lists: Lists) -> None:
    said = cli.load("enterprises", lists.csv(("统一社会信用代码", "企业名称"), (code(1).lower(), NAME)))
    assert said.fates == (1, 0, 0, 0)
    assert "case_folded" in said.codes("note")
    assert cli.holds(code(1))


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(f"  {code(1)}　", id="blanks around"),
        pytest.param(f"{code(1)}\n", id="line break behind"),
        pytest.param("".join(chr(ord(letter) + 0xFEE0) for letter in code(1)), id="full width"),
        pytest.param(f"\u200b{code(1)}\ufeff", id="invisible characters"),
    ],
)
def test_code_is_trimmed_and_folded(cli: Register, lists: Lists, typed: str) -> None:
    said = cli.load("enterprises", lists.xlsx(("统一社会信用代码", "企业名称"), (typed, NAME)))
    assert said.fates == (1, 0, 0, 0)
    assert cli.holds(code(1))


def test_all_digit_code_as_text_is_fine(cli: Register, lists: Lists) -> None:
    # 913701990000000 + check: a code without letters; only as a number cell does Excel lose digits
    from stdnum.cn import uscc

    digits = next(
        body + uscc.calc_check_digit(body)
        for body in (f"9137019912345{number:04d}" for number in range(9000))
        if uscc.calc_check_digit(body).isdigit() and uscc.calc_check_digit(body) != "0"
    )
    said = cli.load("enterprises", lists.xlsx(("统一社会信用代码", "企业名称"), (digits, NAME)))
    assert said.fates == (1, 0, 0, 0)
    assert cli.holds(digits)


# --- days --------------------------------------------------------------------------------------------------


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


# --- money -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header, typed, words, yuan",
    [
        ("营业收入", "3.2亿元", (), 320_000_000),
        ("营业收入", "3.2亿", (), 320_000_000),
        ("营业收入", "1,234.56万元", (), 12_345_600),
        ("营业收入", "1234万", (), 12_340_000),
        ("营业收入", "12345678元", (), 12_345_678),
        ("营业收入", "１，２３４．５万元", (), 12_345_000),
        ("营业收入（元）", 12345678, (), 12_345_678),
        ("营业收入（万元）", 28.35, (), 283_500),
        ("营业收入(万元)", "0.07", (), 700),
        ("营业收入（亿元）", 1.005, (), 100_500_000),
        ("营业收入（单位：万元）", 5, (), 50_000),
        ("营业收入\n万元", 5, (), 50_000),
        ("2024年营业收入（万元）", 5, (), 50_000),
        ("营业收入", 5, ("--unit", "revenue=万元"), 50_000),
        ("营业收入", 5, ("--unit", "revenue=元"), 5),
        ("营业收入（万元）", "3亿元", (), 300_000_000),
        ("营业收入（亿元）", 5, ("--unit", "revenue=万元"), 500_000_000),
        ("营业收入", "3亿元", ("--unit", "revenue=万元"), 300_000_000),
        ("营业收入（万元）", 0, (), 0),
    ],
)
def test_money_takes_its_unit_from_cell_then_header_then_option(
    cli: Register, lists: Lists, header: str, typed: Any, words: tuple[str, ...], yuan: int
) -> None:
    if header.startswith("2024"):
        words = (*words, "--map", f"{header}=revenue")
    said = figures(cli, lists, header, typed, *words)
    assert said.fates == (1, 0, 0, 0), said.json["problems"]
    assert stored_figure(cli, "revenue") == yuan


def test_money_without_any_unit_refuses_the_column(cli: Register, lists: Lists) -> None:
    said = figures(cli, lists, "营业收入", 1200)
    assert "unit_unknown" in said.codes()
    assert {each["field"] for each in said.json["problems"]} == {"revenue"}
    assert stored_figure(cli, "revenue") is None


def test_other_columns_are_taken_where_a_money_column_is_refused(cli: Register, lists: Lists) -> None:
    assert figures(cli, lists, "营业收入", 1200).fates == (1, 0, 0, 0)
    assert stored_figure(cli, "employees") == 120


@pytest.mark.parametrize(
    "header, typed, stored",
    [
        ("注册资本", "700万人民币", 7_000_000),
        ("注册资本", "700万元人民币", 7_000_000),
        ("注册资本", "人民币700万元", 7_000_000),
        ("注册资本", "26万元", 260_000),
        ("注册资本", "1.5亿元", 150_000_000),
        ("注册资本", "7,000,000元", 7_000_000),
        ("注册资本", "700.000000万人民币", 7_000_000),
        ("注册资本", 5_000_000, 5_000_000),
        ("注册资本", "5000000", 5_000_000),
        ("注册资本", 1_000_000, 1_000_000),
        ("注册资本（万元）", 500, 5_000_000),
        ("注册资金(万元)", "500", 5_000_000),
    ],
)
def test_registered_capital_in_yuan(
    cli: Register, lists: Lists, header: str, typed: Any, stored: int
) -> None:
    said = enterprise(cli, lists, header, typed)
    assert said.fates == (1, 0, 0, 0)
    assert set(said.codes()) <= {"city_assumed"}
    assert cli.values(code(1))["registered_capital"] == stored


@pytest.mark.parametrize("typed", [500, "500", 999_999])
def test_small_bare_registered_capital_is_left_out_and_noted(cli: Register, lists: Lists, typed: Any) -> None:
    said = enterprise(cli, lists, "注册资本", typed)
    assert said.exit == 0
    assert said.fates == (1, 0, 0, 0)
    assert (2, "registered_capital", "unit_unknown") in said.problems("note")
    assert "registered_capital" not in cli.values(code(1))


@pytest.mark.parametrize("typed", ["50万美元", "50万元美元", "50.00万美元"])
def test_capital_in_dollars_keeps_its_currency(cli: Register, lists: Lists, typed: str) -> None:
    said = enterprise(cli, lists, "注册资本", typed)
    assert said.fates == (1, 0, 0, 0)
    assert (2, "registered_capital", "currency_kept") in said.problems("note")
    stored = str(cli.values(code(1)).get("registered_capital"))
    assert "USD" in stored or "美元" in stored
    assert "500000" in stored or "50万" in stored


def test_negative_revenue_is_refused_but_a_loss_is_fine(cli: Register, lists: Lists) -> None:
    said = figures(cli, lists, "营业收入（万元）", -5)
    assert said.exit == 1
    assert said.problems("refused") == [(2, "revenue", "negative")]
    assert figures(cli, lists, "净利润（万元）", -5).fates == (1, 0, 0, 0)
    assert stored_figure(cli, "net_profit") == -50_000


def test_negative_net_assets_are_fine_and_negative_employees_are_not_stored(
    cli: Register, lists: Lists
) -> None:
    assert figures(cli, lists, "净资产（元）", "-1,000").fates == (1, 0, 0, 0)
    assert stored_figure(cli, "net_assets") == -1000
    said = figures(cli, lists, "研发人员数", -3)
    assert "negative" in said.codes()
    assert stored_figure(cli, "rd_staff") is None


@pytest.mark.parametrize("typed", ["约五千", "十几万元", "1.2.3万元", "万元"])
def test_unreadable_money_is_a_note(cli: Register, lists: Lists, typed: str) -> None:
    said = figures(cli, lists, "营业收入（万元）", typed)
    assert said.fates == (1, 0, 0, 0)
    assert (2, "revenue", "number_unreadable") in said.problems("note")
    assert stored_figure(cli, "revenue") is None


@pytest.mark.parametrize(
    "typed", ["约500", "500左右", "500多", ">500", "＞500", "500+", "500余人", "近500", "500以上"]
)
@pytest.mark.parametrize(
    "header, field", [("研发人员数", "rd_staff"), ("营业收入（万元）", "revenue"), ("能耗", "energy_tce")]
)
def test_about_a_number_is_no_number(
    cli: Register, lists: Lists, header: str, field: str, typed: str
) -> None:
    said = figures(cli, lists, header, typed)
    assert said.problems("note") == [(2, field, "number_unreadable")]
    assert typed in said.json["problems"][0]["message"]
    assert stored_figure(cli, field) is None


@pytest.mark.parametrize("typed, stored", [("120人", 120), ("1,234", 1234), ("１２０", 120), (120.0, 120)])
def test_headcounts(cli: Register, lists: Lists, typed: Any, stored: int) -> None:
    cli.filed("enterprises", lists.csv(("uscc", "name"), (code(1), NAME)))
    cli.filed("figures", lists.xlsx(("uscc", "年度", "职工人数"), (code(1), "2024年", typed)))
    assert stored_figure(cli, "employees") == stored


@pytest.mark.parametrize("typed", ["", "去年", "24", "N/A"])
def test_figures_without_a_readable_year_are_refused(cli: Register, lists: Lists, typed: str) -> None:
    cli.filed("enterprises", lists.csv(("uscc", "name"), (code(1), NAME)))
    said = cli.load("figures", lists.csv(("uscc", "年度", "职工人数"), (code(1), typed, 5)))
    assert said.exit == 1
    assert said.fates == (0, 0, 0, 1)


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


# --- shares ------------------------------------------------------------------------------------------------


def shares(cli: Register, lists: Lists, header: str, *typed: Any) -> tuple[list[str], Any]:
    """Market shares of firms 1, 2, … as stored, and what the answer says about the column."""
    firms = [(code(number), f"济南甲{number}有限公司") for number in range(1, len(typed) + 1)]
    cli.filed("enterprises", lists.csv(("uscc", "name"), *firms))
    rows = [(firm[0], share) for firm, share in zip(firms, typed, strict=True)]
    said = cli.load("evidence", lists.xlsx(("uscc", header), *rows))
    stored = [cli.show(firm[0])["evidence"].get("market_share", {}).get("value") for firm in firms]
    return stored, said.json["columns"][header]["unit"]


def test_share_column_with_a_value_above_one_is_percent(cli: Register, lists: Lists) -> None:
    stored, unit = shares(cli, lists, "市场占有率", 12.5, 0.8, 1)
    assert [float(each) for each in stored] == [0.125, 0.008, 0.01]
    assert unit in ("%", "percent")


def test_share_column_without_one_is_a_ratio(cli: Register, lists: Lists) -> None:
    stored, unit = shares(cli, lists, "市场占有率", 0.125, 0.8, 1)
    assert [float(each) for each in stored] == [0.125, 0.8, 1]
    assert unit == "ratio"


def test_share_column_with_percent_in_the_header(cli: Register, lists: Lists) -> None:
    stored, unit = shares(cli, lists, "市场占有率（%）", 0.5, 1)
    assert [float(each) for each in stored] == [0.005, 0.01]
    assert unit in ("%", "percent")


def test_percent_signs_in_cells(cli: Register, lists: Lists) -> None:
    stored, _ = shares(cli, lists, "市场占有率", "35%", "０．５％")
    assert [float(each) for each in stored] == [0.35, 0.005]


def test_shares_are_decimal_strings(cli: Register, lists: Lists) -> None:
    stored, _ = shares(cli, lists, "市场占有率", 0.1)
    assert isinstance(stored[0], str)
    assert float(stored[0]) == 0.1
    assert len(stored[0]) <= 5


def test_share_above_the_whole_is_a_note_and_not_stored(cli: Register, lists: Lists) -> None:
    cli.filed("enterprises", lists.csv(("uscc", "name"), (code(1), NAME)))
    said = cli.load("evidence", lists.csv(("uscc", "市场占有率", "发明专利"), (code(1), "135%", 3)))
    assert said.fates == (1, 0, 0, 0)
    assert "share_range" in said.codes("note")
    assert "market_share" not in cli.show(code(1))["evidence"]


# --- empty, cleared, unknown -------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["", "-", "—", "N/A", "n/a", "无", " ", "　", None])
def test_every_kind_of_empty_says_nothing(cli: Register, lists: Lists, typed: Any) -> None:
    cli.filed("enterprises", lists.csv(("uscc", "name", "细分市场"), (code(1), NAME, "阀门")))
    said = enterprise(cli, lists, "细分市场", typed)
    assert said.fates == (0, 1, 0, 0)
    assert cli.values(code(1))["niche"] == "阀门"


@pytest.mark.parametrize("typed", ["N/A", "#N/A", "-", "无"])
def test_empty_marks_in_money_days_and_numbers_are_no_complaints(
    cli: Register, lists: Lists, typed: str
) -> None:
    said = cli.load(
        "enterprises",
        lists.xlsx(
            ("统一社会信用代码", "企业名称", "区县", "注册资本", "成立日期"),
            (code(1), NAME, "历下区", typed, typed),
        ),
    )
    assert said.fates == (1, 0, 0, 0)
    assert said.codes() == []
    assert not {"registered_capital", "founded_on"} & set(cli.values(code(1)))


def test_clearing_word_says_no_value(cli: Register, lists: Lists) -> None:
    cli.filed("enterprises", lists.csv(("uscc", "name", "细分市场"), (code(1), NAME, "阀门")))
    said = enterprise(cli, lists, "细分市场", "清空")
    assert said.fates == (1, 0, 0, 0)
    assert cli.values(code(1)).get("niche") is None
    assert enterprise(cli, lists, "细分市场", "清空 ").fates == (0, 1, 0, 0)


def test_clearing_a_figure(cli: Register, lists: Lists) -> None:
    figures(cli, lists, "营业收入（万元）", 5)
    assert figures(cli, lists, "营业收入（万元）", "清空").fates == (1, 0, 0, 0)
    assert stored_figure(cli, "revenue") is None
    assert stored_figure(cli, "employees") == 120


def test_unknown_word_is_a_note_and_the_row_is_taken(cli: Register, lists: Lists) -> None:
    said = enterprise(cli, lists, "所有制", "外星资本")
    assert said.fates == (1, 0, 0, 0)
    assert (2, "ownership", "value_unknown") in said.problems("note")
    assert "ownership" not in cli.values(code(1))


@pytest.mark.parametrize("typed", ["private", "民营", " Private ", "民营企业"])
def test_words_by_id_or_chinese_term(cli: Register, lists: Lists, typed: str) -> None:
    assert enterprise(cli, lists, "所有制", typed).fates == (1, 0, 0, 0)
    assert cli.values(code(1))["ownership"] == "private"


def test_unknown_tier_refuses_the_row(cli: Register, lists: Lists) -> None:
    said = title(cli, lists, tier="外星企业", issued_on="2024-07-01")
    assert said.exit == 1
    assert said.problems("refused") == [(2, "tier", "value_unknown")]


def test_unknown_district_is_noted(cli: Register, lists: Lists) -> None:
    said = enterprise(cli, lists, "区县", "火星区")
    assert said.fates == (1, 0, 0, 0)
    assert (2, "district", "district_unknown") in said.problems("note")


@pytest.mark.parametrize(
    "typed, today", [("章丘市", "370114"), ("莱城区", "370116"), ("济阳县", "370115"), ("370181", "370114")]
)
def test_district_that_no_longer_exists_is_read_as_todays(
    cli: Register, lists: Lists, typed: str, today: str
) -> None:
    said = enterprise(cli, lists, "区县", typed)
    assert said.fates == (1, 0, 0, 0)
    assert (2, "district", "former_district") in said.problems("note")
    assert cli.values(code(1))["district"] == today


def test_row_that_names_no_place_is_noted_as_of_the_city(cli: Register, lists: Lists) -> None:
    said = cli.load("enterprises", lists.csv(("uscc", "name"), (code(1), NAME)))
    assert said.codes("note") == ["city_assumed"]
    assert cli.values(code(1))["city"] == "370100"
    assert cli("count", "--json").json["outside"] == 0


def test_row_that_names_no_place_moves_nobody_home(cli: Register, lists: Lists) -> None:
    cli.filed("enterprises", lists.csv(("uscc", "name", "所在市"), (code(1), NAME, "320500")))
    said = enterprise(cli, lists, "细分市场", "阀门")
    assert said.fates == (1, 0, 0, 0)
    assert cli.values(code(1))["city"] == "320500"
    assert cli("count", "--json").json["outside"] == 1


def test_export_of_a_firm_without_a_place_imports_back_unchanged(
    cli: Register, lists: Lists, tmp_path: Path
) -> None:
    cli.filed("enterprises", lists.csv(("uscc", "name"), (code(1), NAME)))
    out = tmp_path / "out.csv"
    assert cli("export", "enterprises", "--out", out).exit == 0
    assert cli.load("enterprises", out).fates == (0, 1, 0, 0)


@pytest.mark.parametrize("typed", ["C2921", "2921", "C-C29--", "C29", "29", "Ｃ２９２１"])
def test_industry_with_and_without_letter(cli: Register, lists: Lists, typed: str) -> None:
    assert enterprise(cli, lists, "行业代码", typed).fates == (1, 0, 0, 0)
    assert "29" in cli.values(code(1))["industry"]


def test_industry_with_empty_parts_is_the_division(cli: Register, lists: Lists) -> None:
    assert enterprise(cli, lists, "行业代码", "C-C29--").fates == (1, 0, 0, 0)
    assert cli.values(code(1))["industry"] == "C29"


# --- formulas ----------------------------------------------------------------------------------------------


def test_result_of_a_formula_is_read_not_the_formula(cli: Register, lists: Lists, tmp_path: Path) -> None:
    cli.filed("enterprises", lists.csv(("uscc", "name"), (code(1), NAME)))
    path = tmp_path / "formula.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["uscc", "年度", "营业收入（万元）"])
        page.write_row(1, 0, [code(1), 2024])
        page.write_formula(1, 2, "=600*2", value=1200)
    assert cli.load("figures", path).fates == (1, 0, 0, 0)
    assert stored_figure(cli, "revenue") == 12_000_000


def test_formula_never_calculated_is_no_value(cli: Register, lists: Lists) -> None:
    said = enterprise(cli, lists, "细分市场", "=1+1")
    assert said.fates == (1, 0, 0, 0)
    assert not str(cli.values(code(1)).get("niche", "")).startswith("=")


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#VALUE!", "#N/A"])
def test_error_values_of_excel_are_not_stored(
    cli: Register, lists: Lists, tmp_path: Path, error: str
) -> None:
    cli.filed("enterprises", lists.csv(("uscc", "name"), (code(1), NAME)))
    path = tmp_path / "error.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["uscc", "年度", "职工人数", "营业收入（万元）"])
        page.write_row(1, 0, [code(1), 2024, 9])
        page.write_formula(1, 3, "=A1/0", value=error)
    assert cli.load("figures", path).fates == (1, 0, 0, 0)
    assert stored_figure(cli, "revenue") is None


DANGEROUS = ["=cmd()|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "＝1+1"]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_strings_like_formulas_go_out_as_strings_and_come_back_unchanged(
    cli: Register, lists: Lists, tmp_path: Path, suffix: str
) -> None:
    rows = [(code(n), f"济南甲{n}有限公司", text, "历下区") for n, text in enumerate(DANGEROUS, start=1)]
    cli.filed("enterprises", lists.csv(("uscc", "name", "经营范围", "区县"), *rows))
    before = {row[0]: cli.values(row[0])["business_scope"] for row in rows}
    out = tmp_path / f"out.{suffix}"
    assert cli("export", "enterprises", "--out", out).exit == 0
    if suffix == "csv":
        for line in out.read_text("utf-8-sig").splitlines():
            assert not any(cell.strip('"').startswith(("=", "+", "-", "@", "＝")) for cell in line.split(","))
    else:
        page: Any = openpyxl.load_workbook(out).worksheets[0]
        assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)
    assert cli.load("enterprises", out).fates == (0, len(rows), 0, 0)
    assert {row[0]: cli.values(row[0])["business_scope"] for row in rows} == before


# --- keys --------------------------------------------------------------------------------------------------

KEYS = {
    "figures": {"year": 2024},
    "titles": {"tier": "srdi", "issued_on": "2024-07-01"},
    "applications": {"tier": "srdi", "round": "2024", "stage": "filed", "stage_on": "2024-03-01"},
    "honours": {"honour": "platform", "on": "2023-05-05"},
    "listings": {"board": "bse", "stage": "listed", "stage_on": "2023-05-05"},
    "above-scale": {"entered_on": "2023-01-01"},
    "doubling": {"programme": "2023计划", "entered_on": "2023-01-01"},
}


# Round and programme are free text: anything but an empty mark is a key.
BAD_KEYS = [
    (kind, key, typed)
    for kind, row in KEYS.items()
    for key in row
    for typed in ("", "N/A", *(() if key in ("programme", "round") else ("乱写",)))
]


@pytest.mark.parametrize("kind, key, typed", BAD_KEYS)
def test_row_with_a_bad_or_empty_key_is_refused_and_the_next_one_taken(
    cli: Register, lists: Lists, kind: str, key: str, typed: str
) -> None:
    cli.filed("enterprises", lists.csv(("uscc", "name"), (code(1), NAME), (code(2), "济南乙有限公司")))
    row = {**KEYS[kind], **({"employees": 8} if kind == "figures" else {})}
    bad = [typed if field == key else value for field, value in row.items()]
    said = cli.load(kind, lists.csv(("uscc", *row), (code(1), *bad), (code(2), *row.values())))
    assert said.exit == 1
    assert said.fates == (1, 0, 0, 1)
    assert {row for row, _, _ in said.problems("refused")} == {2}
    assert cli.checked()
