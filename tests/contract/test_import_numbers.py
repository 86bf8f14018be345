"""Money, headcounts and shares as people type them: what each becomes, and which complaint it earns."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.conftest import Lists, Register, code
from tests.contract.one_firm import NAME, enterprise, figures, stored_figure

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
