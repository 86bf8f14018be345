"""Facts that contradict each other or hardly can be: each is a finding for people, and no criterion passes on it. Pure.

What cannot be (a negative number of staff, a part above its whole, a niche older than the firm, debts without assets) says
nothing, so criteria on it are unknown; what can be but is odd (R&D above revenue) is left to judgement
(``metrics.Metric.whole`` and ``judged``).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tiers.rules.facts import Facts, Numbers
from tiers.rules.verdicts import Mask

#: part, whole: the part cannot exceed the whole.
PARTS = (
    ("main_revenue", "revenue"), ("product_revenue", "revenue"), ("product_revenue", "main_revenue"),
    ("hitech_revenue", "revenue"), ("rd_domestic", "rd_expense"), ("rd_staff", "employees"), ("tech_staff", "employees"),
    ("rd_expense", "total_cost"),
)  # fmt: skip
#: Facts that may be below zero: a missing one may be anything.
SIGNED = {"net_profit", "tax_paid", "net_assets", "value_added"}
RANKS = {"rank_world", "rank_national", "rank_province"}
#: Beyond it whole numbers are not exact any more; no firm's yuan, persons or rights come near.
BEYOND = float(2**53)
#: part, whole: facts of the day that count some of another.
COUNTED_IN = {"ip1_self_count": "ip1_count", "ip1_high_value_count": "ip1_count"}
#: id → (Chinese, English)
ODDITIES = {
    "zero_revenue": ("营业收入为零，比例无从计算", "Revenue is zero, so shares of it say nothing"),
    "rd_above_revenue": ("研发费用高于营业收入", "R&D expense exceeds revenue"),
    "debts_without_assets": ("有负债而无资产", "Liabilities without assets"),
    "debts_above_assets": ("资不抵债", "Liabilities exceed assets"),
    "part_above_whole": ("部分大于整体（如主营业务收入大于营业收入）", "A part exceeds its whole, as main revenue above revenue"),
    "niche_before_founding": ("从事细分市场的起始早于企业成立", "In the niche before the firm was founded"),
    "impossible_number": ("不可能的数值（如负数、名次为零）", "A number that cannot be, such as below zero"),
    "class_one_rights": ("Ⅰ类知识产权的分项多于总数", "More Class I rights of a kind than Class I rights"),
}  # fmt: skip


def oddities(facts: Facts, years: range) -> Mapping[str, Mask]:
    """Finding → the firms that show it in one of the years or on the day."""
    found = {code: np.zeros(len(facts), dtype=bool) for code in ODDITIES}
    with np.errstate(invalid="ignore"):
        for year in years:
            revenue, assets = facts.figure("revenue", year), facts.figure("total_assets", year)
            debts = facts.figure("total_liabilities", year)
            found["zero_revenue"] |= revenue == 0
            found["rd_above_revenue"] |= (facts.figure("rd_expense", year) > revenue) & (revenue >= 0)
            found["debts_without_assets"] |= (debts > 0) & ~(assets > 0)
            found["debts_above_assets"] |= (assets > 0) & (debts > assets)
            for part, whole in PARTS:
                found["part_above_whole"] |= facts.figure(part, year) > facts.figure(whole, year)
        found["niche_before_founding"] |= facts.of_day("niche_before_founding") == 1
        for part, whole in COUNTED_IN.items():
            found["class_one_rights"] |= facts.of_day(part) > facts.of_day(whole)
    columns = [*((fact, column) for (fact, _year), column in facts.figures.items()), *facts.evidence.items()]
    for fact, column in columns:
        found["impossible_number"] |= impossible(fact, column)
    return found


def impossible(fact: str, column: Numbers) -> Mask:
    """Where a number cannot be what the fact is."""
    least = -BEYOND if fact in SIGNED else 1.0 if fact in RANKS else 0.0
    most = {"market_share": 1.0, "platform_score": 100.0, "credit_score": 1000.0}.get(fact, BEYOND)
    return np.asarray((column < least) | (column > most))


#: Parts of revenue: more than the whole is no number for any criterion, not only for their share.
INCOME = ("main_revenue", "product_revenue", "hitech_revenue")


def credible(facts: Facts, fact: str, column: Numbers, year: int | None) -> Numbers:
    """The column without numbers that cannot be. ``year`` None: a fact of the day."""
    bad = impossible(fact, column)
    if fact in INCOME and year is not None:
        bad |= column > facts.figure("revenue", year)
    if fact in COUNTED_IN:
        bad |= column > facts.of_day(COUNTED_IN[fact])
    return np.where(bad, np.nan, column) if bad.any() else column
