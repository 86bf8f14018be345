"""What rule files may say and no edition says yet: spans of judged shares, equality, losses, records without a limit of years."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from tests.rules.firms import facts_of
from tiers.rules.editions import AnyOf, Case, Cases, Criterion, Holds, Honoured, Located, Measured, Trade
from tiers.rules.evaluation import Evaluation
from tiers.rules.library import library
from tiers.rules.metrics import METRICS
from tiers.rules.verdicts import NAMES

DAY = date(2026, 6, 1)
SAID: dict[str, Any] = {"zh": "", "en": "", "clause": "", "provenance": "official"}


def measured(metric: str, op: Any, limit: Fraction | float, how: Any = "last", years: int = 1) -> Measured:
    return Measured(**SAID, id="it", metric=metric, op=op, threshold=Fraction(limit), how=how, years=years)


def said(criterion: Criterion, *firms: dict[str, Any], purpose: str = "new") -> str:
    edition = library().editions["srdi-2026"]
    return " ".join(NAMES[v] for v in Evaluation(facts_of(firms, DAY)).verdicts(criterion, edition, purpose))


THIRD = Fraction(3, 100)


@pytest.mark.parametrize("how", ["mean", "pooled", "each", "any"])
def test_research_above_revenue_in_any_year_is_judged(how: Any) -> None:
    criterion = measured("rd_ratio", "at_least", THIRD, how, 2)
    fine = {"营业收入": "100元", "前年营业收入": "100元", "研发费用": "4元", "前年研发费用": "4元"}
    one = {**fine, "前年研发费用": "101元"}
    both = {**one, "研发费用": "101元"}
    low = {**one, "研发费用": "1元"}
    expected = {"each": "met manual_review manual_review unmet", "any": "met met manual_review manual_review"}
    assert said(criterion, fine, one, both, low) == expected.get(
        how, "met manual_review manual_review manual_review"
    )


def test_a_mean_of_shares_is_exact() -> None:
    firm = {"营业收入": "100元", "前年营业收入": "200元", "研发费用": "1元", "前年研发费用": "10元"}
    assert (
        said(measured("rd_ratio", "at_least", THIRD, "mean", 2), firm, {**firm, "研发费用": "0元"})
        == "met unmet"
    )
    for op, verdict in [("more_than", "unmet"), ("at_most", "met"), ("less_than", "unmet"), ("is", "met")]:
        assert said(measured("rd_ratio", op, THIRD, "mean", 2), firm) == verdict


@pytest.mark.parametrize(
    "op,two,three,four,missing",
    [
        ("at_least", "unmet", "met", "met", "unknown"), ("more_than", "unmet", "unmet", "met", "unknown"),
        ("at_most", "met", "met", "unmet", "unknown"), ("less_than", "met", "unmet", "unmet", "unknown"),
        ("is", "unmet", "met", "unmet", "unknown"),
    ],
)  # fmt: skip
def test_each_operator(op: str, two: str, three: str, four: str, missing: str) -> None:
    firms = [{"Ⅰ类知识产权": "2件"}, {"Ⅰ类知识产权": "3件"}, {"Ⅰ类知识产权": "4件"}, {}]
    assert said(measured("ip1_count", op, 3), *firms) == f"{two} {three} {four} {missing}"


def test_the_least_that_can_be_decides_without_the_number() -> None:
    """Rights are no fewer than none, profit may be any loss; a sum of which one part suffices needs no other."""
    assert said(measured("ip1_count", "at_least", 0), {}) == "met"
    assert said(measured("net_profit", "at_least", 0), {}) == "unknown"
    assert said(measured("profit_ratio", "at_least", 0), {}) == "unknown"
    assert said(measured("rd_ratio", "at_least", 0), {}) == "met"
    assert said(measured("rd_expense", "less_than", 0), {}) == "unmet"
    total = measured("rd_expense", "at_least", 10, "sum", 2)
    assert said(total, {"研发费用": "10元"}, {"研发费用": "9元"}) == "met unknown"
    assert said(measured("net_profit", "at_least", 10, "sum", 2), {"净利润": "10元"}) == "unknown"
    assert (
        said(measured("rd_expense", "at_most", 10, "sum", 2), {"研发费用": "11元"}, {"研发费用": "10元"})
        == "unmet unknown"
    )
    assert (
        said(measured("rd_expense", "at_least", 5, "mean", 2), {"研发费用": "10元"}, {"研发费用": "9元"})
        == "met unknown"
    )


def test_a_year_above_its_whole_does_not_hide_in_the_sum() -> None:
    criterion = measured("rd_domestic_share", "at_least", Fraction(6, 10), "pooled", 3)
    fine = {f"{y}{n}": "100元" for y in ("", "前年", "大前年") for n in ("研发费用", "境内研发费用")}
    assert (
        said(criterion, fine, {**fine, "前年境内研发费用": "101元"}, {**fine, "研发费用": "0元"})
        == "met unknown unknown"
    )
    nothing = dict.fromkeys(fine, "0元")
    assert said(criterion, nothing) == "unknown"


def test_growth_from_a_loss_or_nothing_is_unknown() -> None:
    rate = measured("profit_growth", "at_least", Fraction(1, 10))
    two = measured("profit_growth", "at_least", Fraction(1, 10), "compound", 2)
    gone: dict[str, str] = {"净利润": "110元", "前年净利润": "100元", "大前年净利润": "1元"}
    assert (
        said(rate, gone, {**gone, "前年净利润": "0元"}, {**gone, "前年净利润": "-5元"})
        == "met unknown unknown"
    )
    assert said(rate, {**gone, "净利润": "-5元"}) == "unmet", (
        "a loss after a profit is a decline of more than all"
    )
    assert said(two, gone, {**gone, "净利润": "0元"}, {**gone, "净利润": "-1元"}) == "met unmet unmet"
    assert said(two, {**gone, "大前年净利润": "0元"}, {**gone, "大前年净利润": "-1元"}) == "unknown unknown"
    one = measured("profit_growth", "at_least", Fraction(1, 10), "compound", 1)
    assert said(one, gone, {**gone, "净利润": "-1元"}, {**gone, "前年净利润": "-1元"}) == "met unmet unknown"


def test_bands_of_an_unknown_number_decide_where_they_agree() -> None:
    low, high = measured("ip1_count", "at_least", 1), measured("ip1_count", "at_least", 3)
    criterion = Cases(
        **SAID, id="c", by="revenue", cases=(Case(None, False, low), Case(Fraction(100), True, high))
    )
    rights = [{"Ⅰ类知识产权": f"{n}件"} for n in (0, 2, 3)]
    assert said(criterion, *rights) == "unmet unknown met"
    assert said(criterion, *({**firm, "营业收入": "100元"} for firm in rights)) == "unmet met met"
    assert said(criterion, *({**firm, "营业收入": "101元"} for firm in rights)) == "unmet unmet met"
    bands = list(
        Evaluation(facts_of([{"营业收入": "100元"}, {"营业收入": "101元"}, {}], DAY)).bands(criterion)
    )
    assert [band.tolist() for band in bands] == [[True, False, True], [False, True, True]]
    judged = replace(
        criterion, by="rd_ratio", cases=(Case(None, False, low), Case(Fraction(1, 2), False, low))
    )
    assert said(judged, {"研发费用": "2元", "营业收入": "1元", "Ⅰ类知识产权": "5件"}) == "manual_review"


def test_records_without_a_limit_of_years() -> None:
    ever = Honoured(**SAID, id="h", honours=("accident",), lacks=True)
    over = {"荣誉": ["安全事故 2010-01-01 至2011-01-01"]}
    assert said(ever, {}, over) == "met unmet"
    assert said(replace(ever, lacks=False), {}, over, {"荣誉": ["安全事故 2010-01-01"]}) == "unmet unmet met"
    ranked = Honoured(
        **SAID, id="h", honours=("science_award",), levels=("national",), rank_at_most=3, lacks=True
    )
    firms = [{"荣誉": [f"{text} 2025-01-01"]} for text in ("国家级 科学技术奖 第3名", "国家级 科学技术奖", "科学技术奖 第3名",
                                                        "国家级 科学技术奖 第4名", "省级 科学技术奖")]  # fmt: skip
    assert said(ranked, *firms) == "unmet unknown unknown met met"


def test_titles_places_and_trades() -> None:
    firms: list[dict[str, Any]] = [
        {"称号": ["省级 单项冠军"]},
        {"称号": ["国家级 单项冠军", "省级 瞪羚"]},
        {},
    ]
    assert said(Holds(**SAID, id="t", tiers=("single_champion", "gazelle")), *firms) == "met met unmet"
    assert (
        said(Holds(**SAID, id="t", tiers=("single_champion",), level="national", lacks=True), *firms)
        == "met unmet met"
    )
    places = [
        {"注册地": "370100"},
        {"注册地": "110000"},
        {"区县": "370102"},
        {"功能区": "370171", "注册地": "110000"},
        {},
    ]
    assert (
        said(Located(**SAID, id="p", places=("3701", "370171")), *places) == "met unmet unknown met unknown"
    )
    assert said(Located(**SAID, id="p", places=("370102",)), *places) == "unknown unmet met unmet unknown"
    trades = [{"行业": code} for code in ("C3911", "I6513", "I", "C")] + [{}]
    assert said(Trade(**SAID, id="i", industries=("C", "I65")), *trades) == "met met unknown met unknown"
    assert said(Trade(**SAID, id="i", industries=("65",), outside=True), *trades[:2]) == "met unmet"


def test_what_a_purpose_does_not_ask_is_left_out() -> None:
    only = replace(measured("ip1_count", "at_least", 1), purposes=("review",))
    criterion = AnyOf(**SAID, id="a", parts=(only, replace(measured("ip2_count", "at_least", 1), id="b")))
    firm = {"Ⅰ类知识产权": "5件", "Ⅱ类知识产权": "0件"}
    assert said(only, firm) == "not_applicable"
    assert (said(criterion, firm), said(criterion, firm, purpose="review")) == ("unmet", "met")


def test_a_span_that_is_none_is_refused() -> None:
    measures = Evaluation(facts_of([{}], DAY)).measures
    with pytest.raises(ValueError, match="median"):
        measures.over(METRICS["revenue"], "median", 2)


def test_what_is_measured_is_kept_by_firm_and_year() -> None:
    evaluation = Evaluation(
        facts_of([{"营业收入": "5元", "前年营业收入": "7元", "大前年营业收入": "9元"}], DAY)
    )
    found = [evaluation.measures.yearly(METRICS["revenue"], back).value[0] for back in (0, 1, 2, 0)]
    assert found == [5, 7, 9, 5]
    assert np.isnan(evaluation.measures.yearly(METRICS["revenue"], 3).value[0])


def test_findings_are_those_of_the_three_years_that_rules_look_at() -> None:
    for year, found in [("今年", False), ("上年", True), ("前年", True), ("大前年", True), ("前三年", False)]:
        odd = Evaluation(facts_of([{f"{year}营业收入": "0元"}, {}], DAY)).odd
        assert odd["zero_revenue"].tolist() == [found, False], year
