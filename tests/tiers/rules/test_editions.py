"""The rule editions under data/rules: all there, each with its numbers, and each day answered by the right one.

The tables of numbers stand here by hand, beside the YAML and not taken from it: a slip in either shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from tiers.rules.editions import (
    AllOf,
    AnyOf,
    BestOf,
    Cases,
    Criterion,
    Edition,
    Gathered,
    Holds,
    Honoured,
    Item,
    Judged,
    JudgedItem,
    Located,
    Measured,
    Rungs,
    Scored,
    Steps,
    Trade,
    parts_of,
)
from tiers.rules.library import FOLDER, Library, library, load
from tiers.rules.quantities import SCALES

PROMISED = [
    "size-2011",
    "size-2017",
    "innovative-2022",
    "srdi-2022",
    "srdi-2022-shandong",
    "srdi-2026",
    "lg-2022",
    "lg-2026",
    "lg-notice-2025",
    "lg-notice-2026",
    "champion-2022",
    "champion-2023",
    "champion-shandong-2017",
    "gazelle-shandong-2020",
    "gazelle-jnhtz-2016",
    "unicorn-shandong-2018",
    "quasi-unicorn-shandong-2018",
    "hightech-2016",
    "techsme-2017",
    "techsme-notice-2026",
    "above-scale-2011",
    "doubling-template",
]
GAPS = ["srdi-2026-shandong-review", "unicorn-shandong-2020", "quasi-unicorn-shandong-2020"]
TEMPLATES = ["doubling-template", "above-scale-watch-template", "champion-2023-srdi-template"]
SIGNS = {"at_least": "≥", "more_than": ">", "at_most": "≤", "less_than": "<", "is": "="}

#: The base conditions that SRDI SMEs and Little Giants share.
COMMON = {
    "legal_person": "legal_person = yes",
    "sme": "sme = yes",
    "abnormal_list": "abnormal_list = no",
    "blacklist": "credit_blacklist = no",
    "clean": "no accident violation, 3 years",
}

#: Edition → criterion → what it asks: money in 10,000 yuan (USD: dollars), shares in per cent, the rest as it is.
CRITERIA: dict[str, dict[str, str]] = {
    "innovative-2022": {
        "evaluation": "any(all(total ≥ 60; total.innovation ≥ 20; total.growth ≥ 15; total.focus ≥ 15);"
        " science_award of national provincial, 3 years; any(holds high_tech; tech_demo ip_advantage ip_model);"
        " rd_institution ≥ provincial; equity_paid_in sum 3 ≥ 500)",
    },
    "srdi-2022": COMMON
    | {
        "own_title": "holds srdi provincial [review]",
        "niche_years": "niche_years ≥ 2",
        "rd": "all(rd_expense ≥ 100; rd_ratio ≥ 3)",
        "revenue": "any(revenue ≥ 1000; equity_paid_in sum 2 ≥ 2000)",
        "evaluation": "any(total ≥ 60; science_award of provincial, rank 3, 3 years; science_award of national, rank 5,"
        " 3 years; rd_expense mean 2 ≥ 1000; equity_paid_in sum 2 ≥ 6000; chuangke of national, rank 500, 3 years)",
    },
    "srdi-2026": COMMON
    | {
        "lower_title": "holds tech_sme innovative_sme",
        "niche_years": "niche_years ≥ 3",
        "revenue": "any(revenue ≥ 1500; equity_paid_in sum 2 ≥ 2000)",
        "main_share": "main_share ≥ 80",
        "product_share": "product_share > 50",
        "debt": "debt_ratio ≤ 80",
        "rd": "all(rd_expense each 2 ≥ 100; rd_ratio each 2 ≥ 3)",
        "ip": "any(ip1_count ≥ 1; science_award of national provincial, rank 3, 3 years; rd_institution ≥ provincial)",
        "market": "judged",
        "platform_score": "platform_score ≥ 50 [new]",
        "platform_score_review": "platform_score any 2 ≥ 50 [review]",
    },
    "lg-2022": COMMON
    | {
        "srdi_title": "holds srdi provincial",
        "own_title": "holds little_giant [review]",
        "niche_years": "any(niche_years ≥ 3; all(niche_years ≥ 2; judged))",
        "main_share": "main_share ≥ 70",
        "growth": "main_revenue_growth mean 2 ≥ 5",
        "information_system": "information_system = yes",
        "certificate": "any(management_certificate = yes; overseas_certificate = yes)",
        "debt": "debt_ratio ≤ 70",
        "market_share": "market_share ≥ 10",
        "brand": "own_brand = yes",
        "innovation": "any(all(by revenue(all(equity_paid_in sum 2 ≥ 8000; rd_expense ≥ 3000; rd_staff_share ≥ 50);"
        " from 5000: rd_ratio each 2 ≥ 6; from 10000: rd_ratio each 2 ≥ 3); rd_institution ≥ below; ip1_count ≥ 2);"
        " science_award of national, rank 3, 3 years; chuangke of national, rank 50, 3 years)",
        "chain": "judged",
        "field": "any(six_basics = yes; key_field = yes; judged)",
    },
    "lg-2026": COMMON
    | {
        "srdi_title": "holds srdi provincial",
        "own_title": "holds little_giant [review]",
        "niche_years": "niche_years ≥ 3",
        "revenue": "revenue ≥ 5000",
        "main_share": "main_share ≥ 90",
        "product_share": "product_share > 50",
        "growth": "revenue_growth compound 2 ≥ 5 [new]",
        "debt": "debt_ratio ≤ 75",
        "rd": "all(rd_expense sum 2 ≥ 1200; rd_ratio each 2 ≥ 3)",
        "ip": "any(ip1_count ≥ 4; science_award of national, rank 3, 3 years)",
        "market": "any(market_share ≥ 10; rank_national ≤ 3)",
        "chain": "judged",
        "platform_score": "platform_score ≥ 60 [new]",
        "platform_score_review": "platform_score any 2 ≥ 60 [review]",
    },
    "lg-notice-2025": {
        "notice_revenue": "revenue ≥ 5000",
        "notice_champion": "lacks single_champion national",
        "notice_control": "judged",
    },
    "lg-notice-2026": {"notice_champion": "lacks single_champion national", "notice_control": "judged"},
    "champion-2022": {"field_years": "any(new_product_years ≥ 3; judged)", "rest": "judged"},
    "champion-2023": {
        "field_years": "any(niche_years ≥ 10; new_product_years ≥ 5)",
        "main_revenue": "main_revenue mean 3 ≥ 40000",
        "world_rank": "rank_world ≤ 3",
        "technology": "judged",
        "innovation": "judged",
        "clean": "no accident violation, 3 years",
    },
    "champion-2023-srdi-template": {
        "main_revenue_srdi": "any(main_revenue mean 3 ≥ 40000;"
        " all(holds srdi little_giant; main_revenue mean 3 ≥ 20000))",
    },
    "champion-shandong-2017": {
        "place": "in 37",
        "field_years": "niche_years ≥ 3",
        "product_share": "any(product_of_main ≥ 70; judged)",
        "rank": "all(rank_national ≤ 5; rank_province ≤ 1)",
        "revenue": "any(revenue each 3 ≥ 40000; holds little_giant;"
        " all(holds srdi provincial; revenue each 3 ≥ 10000))",
    },
    "gazelle-shandong-2020": {
        "place": "in 37",
        "field": "any(strategic_emerging = yes; judged)",
        "trade": "outside J K701",
        "years": "accounting_years ≥ 3",
        "debt": "debt_ratio < 70",
        "unlisted": "all(listed = no; parent_listed = no)",
        "growth": "by revenue(revenue ≥ 1000;"
        " from 1000: any(revenue_growth compound 2 ≥ 25; profit_growth compound 2 ≥ 25);"
        " from 2000: any(revenue_growth compound 2 ≥ 20; profit_growth compound 2 ≥ 20);"
        " from 10000: any(revenue_growth compound 2 ≥ 15; profit_growth compound 2 ≥ 15);"
        " from 40000: any(revenue_growth compound 2 ≥ 10; profit_growth compound 2 ≥ 10))",
        "rd": "by revenue(rd_ratio each 2 ≥ 5; from 10000: rd_ratio each 2 ≥ 2.5)",
        "rights": "any(invention_patents ≥ 2; utility_and_software ≥ 8; standards_led ≥ 1)",
        "credit_score": "credit_score ≥ 75",
    },
    "gazelle-jnhtz-2016": {
        "place": "in 370171",
        "growth": "any(by revenue(revenue ≥ 1000;"
        " from 1000: any(revenue_growth compound 2 ≥ 20; profit_growth compound 2 ≥ 20);"
        " from 10000: any(revenue_growth compound 2 ≥ 15; profit_growth compound 2 ≥ 15);"
        " from 50000: any(revenue_growth compound 2 ≥ 10; profit_growth compound 2 ≥ 10));"
        " any(all(founded_years ≤ 6; revenue ≥ 50000); all(founded_years ≤ 7; revenue ≥ 60000);"
        " all(founded_years ≤ 8; revenue ≥ 70000); all(founded_years ≤ 9; revenue ≥ 80000);"
        " all(founded_years ≤ 10; revenue ≥ 90000); all(founded_years ≤ 11; revenue ≥ 100000)))",
        "innovation": "any(invention_patents ≥ 1; utility_models ≥ 6; talent; rd_institution ≥ city; judged)",
    },
    "unicorn-shandong-2018": {
        "place": "in 37",
        "age": "any(founded_years ≤ 10; judged)",
        "equity": "any(equity_paid_in any 3 > 0; judged)",
        "unlisted": "listed = no",
        "valuation": "valuation_usd > 1000000000",
        "credit_score": "credit_score ≥ 73",
    },
    "quasi-unicorn-shandong-2018": {
        "age": "any(founded_years ≤ 10; judged)",
        "valuation": "valuation_usd > 100000000",
        "credit_score": "credit_score ≥ 73",
    },
    "hightech-2016": {
        "registered": "registered_days ≥ 365",
        "field": "judged",
        "tech_staff": "tech_staff_share ≥ 10",
        "rd": "by revenue(rd_ratio pooled 3 ≥ 5; above 5000: rd_ratio pooled 3 ≥ 4;"
        " above 20000: rd_ratio pooled 3 ≥ 3)",
        "rd_domestic": "rd_domestic_share pooled 3 ≥ 60",
        "hitech_share": "hitech_share ≥ 60",
        "innovation": "total > 70",
        "clean": "no accident violation, 1 years",
    },
    "techsme-2017": {
        "employees": "employees ≤ 500",
        "revenue": "revenue ≤ 20000",
        "assets": "total_assets ≤ 20000",
        "abnormal_list": "abnormal_list = no",
        "blacklist": "credit_blacklist = no",
        "evaluation": "any(all(total ≥ 60; total.staff > 0); holds high_tech; science_award of national, rank 3,"
        " 5 years; rd_institution ≥ provincial; all(standards_led ≥ 1; judged))",
    },
    "techsme-notice-2026": {
        "site_check": "any(all(employees > 5; any(ip1_count ≥ 1; ip2_count ≥ 1); rd_expense ≥ 10;"
        " no violation, 3 years); judged)",
        "first_time": "judged [new]",
    },
    "above-scale-2011": {"trade": "under B C D", "main_revenue": "main_revenue ≥ 2000"},
    "above-scale-watch-template": {"main_revenue": "all(main_revenue ≥ 1500; main_revenue < 2000)"},
    "doubling-template": {
        "place": "in 3701",
        "trade": "any(under C I65; judged)",
        "revenue": "any(revenue ≥ 10000; all(under I65; revenue ≥ 3000))",
        "performance": "by revenue(all(tax_ratio ≥ 3; revenue_growth ≥ 20; tax_growth ≥ 10; net_profit > 0);"
        " from 30000: all(tax_ratio ≥ 2.5; revenue_growth ≥ 10; tax_growth ≥ 5; net_profit > 0);"
        " above 500000: all(tax_growth > 0; profit_growth > 0))",
    },
}

#: Edition → item → points: what gives them.
POINTS: dict[str, dict[str, str]] = {
    "innovative-2022": {
        "innovation.ip": "20: ip1_high_value_count ≥ 1, 15: ip1_self_count ≥ 1, 10: ip1_count ≥ 1, 5: ip2_count ≥ 1, 0",
        "innovation.rd": "20: rd_ratio ≥ 5, 15: rd_ratio ≥ 3, 10: rd_ratio ≥ 2, 5: rd_ratio ≥ 1, 0",
        "growth.main_growth": "20: main_revenue_growth ≥ 15, 15: main_revenue_growth ≥ 10, 10: main_revenue_growth ≥ 5,"
        " 5: main_revenue_growth ≥ 0, 0",
        "growth.debt": "10: debt_ratio ≤ 55, 5: debt_ratio ≤ 75, 0",
        "focus.field": "10: strategic_emerging = yes, 5",
        "focus.main_share": "20: main_share ≥ 70, 15: main_share ≥ 60, 10: main_share ≥ 55, 5: main_share ≥ 50, 0",
    },
    "srdi-2022": {
        "focus.main_share": "5: main_share ≥ 80, 3: main_share ≥ 70, 1: main_share ≥ 60, 0",
        "focus.main_growth": "10: main_revenue_growth mean 2 ≥ 10, 8: main_revenue_growth mean 2 ≥ 8,"
        " 6: main_revenue_growth mean 2 ≥ 6, 4: main_revenue_growth mean 2 ≥ 4, 2: main_revenue_growth mean 2 ≥ 0, 0",
        "focus.niche": "1 for every 2 of niche_years, to 5",
        "focus.field": "5: judged, 3: any(six_basics = yes; time_honoured; judged), 0",
        "refined.digital": "5: digital_level ≥ 3, 3: digital_level ≥ 2, 0",
        "refined.quality": "to 5: 3: quality_award of national provincial, 3: management_certificate = yes,"
        " 3: own_brand = yes, 3: standards_led ≥ 1",
        "refined.profit": "10: profit_ratio ≥ 10, 8: profit_ratio ≥ 8, 6: profit_ratio ≥ 6, 4: profit_ratio ≥ 4,"
        " 2: profit_ratio ≥ 2, 0",
        "refined.debt": "5: debt_ratio ≤ 50, 3: debt_ratio ≤ 60, 1: debt_ratio ≤ 70, 0",
        "feature.local": "judged to 15",
        "innovation.ip": "10: ip1_high_value_count ≥ 1, 8: ip1_self_count ≥ 1, 6: ip1_count ≥ 1, 2: ip2_count ≥ 1, 0",
        "innovation.rd": "10: any(rd_expense ≥ 500; rd_ratio ≥ 10), 8: any(rd_expense ≥ 400; rd_ratio ≥ 8),"
        " 6: any(rd_expense ≥ 300; rd_ratio ≥ 6), 4: any(rd_expense ≥ 200; rd_ratio ≥ 4),"
        " 2: any(rd_expense ≥ 100; rd_ratio ≥ 3), 0",
        "innovation.rd_staff": "5: rd_staff_share ≥ 20, 3: rd_staff_share ≥ 10, 1: rd_staff_share ≥ 5, 0",
        "innovation.institution": "10: rd_institution ≥ national, 8: rd_institution ≥ provincial,"
        " 4: rd_institution ≥ city, 2: rd_institution ≥ below, 0",
    },
    "hightech-2016": {
        "ip.rights": "to 30: 8: judged, 8: judged, 8: judged, 6: judged, 2: judged",
        "results.results": "judged to 30",
        "management.system": "judged to 6",
        "management.institution": "judged to 6",
        "management.incentives": "judged to 4",
        "management.talent": "judged to 4",
        "growth.net_assets_growth": "to 10: 1: net_assets_growth mean 2 > 0, 2: net_assets_growth mean 2 ≥ 5,"
        " 2: net_assets_growth mean 2 ≥ 15, 2: net_assets_growth mean 2 ≥ 25, 2: net_assets_growth mean 2 ≥ 35,"
        " 1: all(net_assets_growth mean 2 > 0; judged)",
        "growth.revenue_growth": "to 10: 1: revenue_growth mean 2 > 0, 2: revenue_growth mean 2 ≥ 5,"
        " 2: revenue_growth mean 2 ≥ 15, 2: revenue_growth mean 2 ≥ 25, 2: revenue_growth mean 2 ≥ 35,"
        " 1: all(revenue_growth mean 2 > 0; judged)",
    },
    "techsme-2017": {
        "staff.tech_staff": "20: tech_staff_share ≥ 30, 16: tech_staff_share ≥ 25, 12: tech_staff_share ≥ 20,"
        " 8: tech_staff_share ≥ 15, 4: tech_staff_share ≥ 10, 0",
        "rd.rd": "best(50: rd_ratio ≥ 6, 40: rd_ratio ≥ 5, 30: rd_ratio ≥ 4, 20: rd_ratio ≥ 3, 10: rd_ratio ≥ 2, 0 |"
        " 50: rd_cost_ratio ≥ 30, 40: rd_cost_ratio ≥ 25, 30: rd_cost_ratio ≥ 20, 20: rd_cost_ratio ≥ 15,"
        " 10: rd_cost_ratio ≥ 10, 0)",
        "results.rights": "30: ip1_count ≥ 1, 24: ip2_count ≥ 4, 18: ip2_count ≥ 3, 12: ip2_count ≥ 2,"
        " 6: ip2_count ≥ 1, 0",
    },
}
#: Shandong's lines in the place of the local indicators: 4 + 4 + 4 + 3.
SHANDONG = {
    "local_field": "4: judged, 3: judged, 2: judged, 1: judged, 0",
    "local_innovation": "to 4: 2: first_set first_batch first_software new_product of national provincial, 3 years,"
    " 2: any(governor_cup; chuangke of provincial), 2: judged, 2: judged, 2: judged, 2: judged",
    "local_share": "4: any(market_share > 10; rank_national ≤ 3), 3: any(rank_national ≤ 10; rank_province ≤ 3),"
    " 2: rank_province ≤ 10, 0",
    "local_listing": "best(3: listed = yes, 0 | judged to 3)",
}


def written(criterion: Criterion) -> str:
    """A criterion as the tables above write it."""
    return asked(criterion) + (f" [{' '.join(criterion.purposes)}]" if criterion.purposes else "")


def asked(criterion: Criterion) -> str:
    if isinstance(criterion, Measured):
        span = "" if criterion.how == "last" else f" {criterion.how} {criterion.years}"
        return (
            f"{criterion.metric}{span} {SIGNS[criterion.op]} {number(criterion.metric, criterion.threshold)}"
        )
    if isinstance(criterion, Scored):
        return f"{criterion.table} {SIGNS[criterion.op]} {criterion.threshold}"
    if isinstance(criterion, AllOf | AnyOf):
        return (
            f"{'all' if isinstance(criterion, AllOf) else 'any'}({'; '.join(map(written, criterion.parts))})"
        )
    if isinstance(criterion, Cases):
        bands = [
            ("" if c.bound is None else f"{'above' if c.above else 'from'} {number(criterion.by, c.bound)}: ")
            + written(c.then)
            for c in criterion.cases
        ]
        return f"by {criterion.by}({'; '.join(bands)})"
    if isinstance(criterion, Holds):
        level = f" {criterion.level}" if criterion.level else ""
        return f"{'lacks' if criterion.lacks else 'holds'} {' '.join(criterion.tiers)}{level}"
    if isinstance(criterion, Honoured):
        return (
            ("no " if criterion.lacks else "")
            + " ".join(criterion.honours)
            + (f" of {' '.join(criterion.levels)}" if criterion.levels else "")
            + (f", rank {criterion.rank_at_most}" if criterion.rank_at_most else "")
            + (f", {criterion.within} years" if criterion.within else "")
        )
    if isinstance(criterion, Located):
        return f"in {' '.join(criterion.places)}"
    if isinstance(criterion, Trade):
        return f"{'outside' if criterion.outside else 'under'} {' '.join(criterion.industries)}"
    assert isinstance(criterion, Judged)
    return "judged"


MONEY = {"revenue", "main_revenue", "rd_expense", "net_profit", "total_assets", "equity_paid_in"}
PLAIN = {"employees", "platform_score", "valuation_usd", "credit_score", "digital_level"}


def number(metric: str, value: Fraction) -> str:
    """Without asking the metric for its unit, so that a wrong unit shows too."""
    if metric in MONEY:
        value /= 10_000
    elif metric == "rd_institution":
        return SCALES["institution"][int(value)]
    elif metric.endswith(("_ratio", "_share", "_growth")) or metric == "product_of_main":
        value *= 100
    elif not (
        metric in PLAIN or metric.startswith("rank_") or metric.endswith(("_years", "_days", "_count"))
        or metric in {"invention_patents", "utility_models", "utility_and_software", "standards_led"}
    ):  # fmt: skip
        return SCALES["yes_no"][int(value)]
    return str(int(value)) if value.denominator == 1 else str(float(value))


def line(item: Item) -> str:
    if isinstance(item, JudgedItem):
        return f"judged to {item.most}"
    if isinstance(item, BestOf):
        return f"best({' | '.join(map(line, item.items))})"
    if isinstance(item, Steps):
        return f"{item.points} for every {item.every} of {item.metric}, to {item.most}"
    assert isinstance(item, Rungs | Gathered)
    rungs = ", ".join(
        f"{rung.points}" + (f": {written(rung.condition)}" if rung.condition else "") for rung in item.rungs
    )
    return f"to {item.most}: {rungs}" if isinstance(item, Gathered) else rungs


def all_criteria(edition: Edition) -> Iterator[Criterion]:
    waiting = list(edition.criteria)
    while waiting:
        criterion = waiting.pop()
        yield criterion
        waiting += parts_of(criterion)


# What is there --------------------------------------------------------------------------------------


def test_every_promised_edition_is_there() -> None:
    assert set(PROMISED) | set(GAPS) | set(TEMPLATES) == set(library().editions)
    assert len(load().editions) == len(list(FOLDER.glob("*.yaml")))


@pytest.mark.parametrize("id", sorted({*PROMISED, *GAPS, *TEMPLATES}))
def test_an_edition_says_where_it_is_written(id: str) -> None:
    edition = library().editions[id]
    assert edition.status == ("not_found" if id in GAPS else "template" if id in TEMPLATES else "in_force")
    assert edition.checked_on == date(2026, 8, 31)
    assert "http" not in (FOLDER / edition.file).read_text(encoding="utf-8")
    for criterion in edition.criteria:
        assert criterion.zh, criterion.id
        assert criterion.en, criterion.id
        assert criterion.clause, criterion.id


@pytest.mark.parametrize("id", GAPS)
def test_a_gap_says_what_was_looked_for(id: str) -> None:
    edition = library().editions[id]
    assert edition.looked_for
    assert not edition.criteria


@pytest.mark.parametrize("id", [id for id in (*PROMISED, *TEMPLATES) if library().editions[id].criteria])
def test_every_edition_has_its_numbers_below(id: str) -> None:
    assert id in CRITERIA


# The numbers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("id", "criterion"), [(id, name) for id, asks in CRITERIA.items() for name in asks])
def test_a_criterion_asks_what_the_text_asks(id: str, criterion: str) -> None:
    found = {c.id: written(c) for c in library().editions[id].criteria}
    assert found[criterion] == CRITERIA[id][criterion]


@pytest.mark.parametrize(
    "id", ["srdi-2022", "srdi-2026", "lg-2022", "lg-2026", "lg-notice-2025", "lg-notice-2026"]
)
def test_nothing_is_asked_that_the_text_does_not_ask(id: str) -> None:
    assert [c.id for c in library().editions[id].criteria] == list(CRITERIA[id])


@pytest.mark.parametrize("id", POINTS)
def test_points_are_given_as_the_text_gives_them(id: str) -> None:
    (table,) = library().editions[id].tables
    assert table.most == 100
    assert {f"{part.id}.{item.id}": line(item) for part in table.classes for item in part.items} == POINTS[id]


@pytest.mark.parametrize(
    ("id", "classes"),
    [
        ("innovative-2022", {"innovation": 40, "growth": 30, "focus": 30}),
        ("srdi-2022", {"focus": 25, "refined": 25, "feature": 15, "innovation": 35}),
        ("hightech-2016", {"ip": 30, "results": 30, "management": 20, "growth": 20}),
        ("techsme-2017", {"staff": 20, "rd": 50, "results": 30}),
    ],
)
def test_classes_weigh_what_the_text_says(id: str, classes: dict[str, int]) -> None:
    assert {part.id: int(part.most) for part in library().editions[id].tables[0].classes} == classes


def test_shandong_s_lines_stand_in_the_place_of_the_local_indicators() -> None:
    replaced = library().editions["srdi-2022-shandong"].replaces["local"]
    assert {item.id: line(item) for item in replaced} == SHANDONG
    assert [int(item.most) for item in replaced] == [4, 4, 4, 3]


def test_what_has_no_official_text_is_marked() -> None:
    editions = library().editions
    trust = {
        item.id: item.provenance for part in editions["srdi-2022"].tables[0].classes for item in part.items
    }
    assert trust["main_share"] == trust["main_growth"] == trust["niche"] == "official"
    assert trust["profit"] == trust["debt"] == trust["local"] == "unverified"
    for id in ("srdi-2026", "lg-2026", "srdi-2022-shandong", "champion-2023", "techsme-2017"):
        assert editions[id].provenance == "secondary"
    assert all(c.provenance == "unverified" for c in all_criteria(editions["champion-2023-srdi-template"]))


# Which one applies ----------------------------------------------------------------------------------

LAST_OF_2022, FIRST_OF_2026 = date(2026, 3, 31), date(2026, 4, 1)


@pytest.mark.parametrize(
    ("tier", "level", "purpose", "day", "base", "overlays"),
    [
        ("innovative_sme", "provincial", "new", FIRST_OF_2026, "innovative-2022", []),
        ("srdi", "provincial", "new", date(2022, 7, 31), None, []),
        ("srdi", "provincial", "new", date(2022, 8, 1), "srdi-2022", ["srdi-2022-shandong"]),
        ("srdi", "provincial", "new", LAST_OF_2022, "srdi-2022", ["srdi-2022-shandong"]),
        ("srdi", "provincial", "new", FIRST_OF_2026, "srdi-2026", []),
        ("srdi", "provincial", "review", LAST_OF_2022, "srdi-2022", ["srdi-2022-shandong"]),
        ("srdi", "provincial", "review", FIRST_OF_2026, "srdi-2026-shandong-review", []),
        ("little_giant", "national", "new", date(2024, 12, 31), "lg-2022", []),
        ("little_giant", "national", "new", date(2025, 1, 1), "lg-2022", ["lg-notice-2025"]),
        ("little_giant", "national", "review", date(2025, 12, 31), "lg-2022", ["lg-notice-2025"]),
        ("little_giant", "national", "review", date(2026, 1, 1), "lg-2022", []),
        ("little_giant", "national", "new", LAST_OF_2022, "lg-2022", []),
        ("little_giant", "national", "new", FIRST_OF_2026, "lg-2026", ["lg-notice-2026"]),
        ("little_giant", "national", "review", LAST_OF_2022, "lg-2022", []),
        ("little_giant", "national", "review", FIRST_OF_2026, "lg-2022", ["lg-notice-2026"]),
        ("little_giant", "national", "review", date(2026, 12, 31), "lg-2022", ["lg-notice-2026"]),
        ("little_giant", "national", "review", date(2027, 1, 1), "lg-2026", []),
        ("single_champion", "national", "new", date(2023, 8, 31), "champion-2022", []),
        ("single_champion", "national", "new", date(2023, 9, 1), "champion-2023", []),
        ("single_champion", "provincial", "review", date(2025, 12, 1), "champion-shandong-2017", []),
        ("gazelle", "provincial", "new", date(2020, 8, 31), None, []),
        ("gazelle", "provincial", "review", date(2024, 9, 1), "gazelle-shandong-2020", []),
        ("gazelle", "zone", "new", date(2024, 9, 1), "gazelle-jnhtz-2016", []),
        ("unicorn", "provincial", "new", date(2020, 8, 31), "unicorn-shandong-2018", []),
        ("unicorn", "provincial", "new", date(2020, 9, 1), "unicorn-shandong-2020", []),
        ("quasi_unicorn", "provincial", "new", date(2026, 8, 31), "quasi-unicorn-shandong-2020", []),
        ("high_tech", "national", "new", date(2026, 8, 31), "hightech-2016", []),
        ("tech_sme", "national", "new", date(2026, 5, 31), "techsme-2017", []),
        ("tech_sme", "national", "new", date(2026, 6, 1), "techsme-2017", ["techsme-notice-2026"]),
        ("tech_sme", "national", "new", date(2026, 9, 1), "techsme-2017", []),
        ("above_scale", "national", "new", date(2026, 8, 31), "above-scale-2011", []),
        ("above_scale", "city", "new", date(2026, 8, 31), None, []),
        ("doubling", "city", "new", date(2026, 8, 31), None, []),
    ],
)  # fmt: skip
def test_a_day_has_its_edition(
    tier: str, level: str, purpose: str, day: date, base: str | None, overlays: list[str]
) -> None:
    found = library().choose(tier, level, purpose, day)
    assert (found.base.id if found else None) == base
    if found:
        assert [overlay.id for overlay in found.overlays] == overlays


def criteria_on(purpose: str, day: date) -> dict[str, str]:
    found = library().choose("little_giant", "national", purpose, day)
    assert found
    return {c.id: written(c) for c in found.edition.criteria if not c.purposes or purpose in c.purposes}


def test_the_notice_of_2025_spares_reviews_the_growth_test_and_asks_for_revenue() -> None:
    new, review = (criteria_on(purpose, date(2025, 5, 20)) for purpose in ("new", "review"))
    assert "growth" in new
    assert "growth" not in review
    assert new["notice_revenue"] == review["notice_revenue"] == "revenue ≥ 5000"
    assert "notice_revenue" not in criteria_on("new", date(2024, 5, 20))
    assert "growth" in criteria_on("review", date(2024, 5, 20))


def test_a_review_of_2026_is_asked_the_shares_of_2022() -> None:
    new, review = (criteria_on(purpose, date(2026, 5, 20)) for purpose in ("new", "review"))
    assert (new["main_share"], review["main_share"]) == ("main_share ≥ 90", "main_share ≥ 70")
    assert "platform_score" in new
    assert "platform_score" not in review
    assert "notice_champion" in new
    assert "notice_champion" in review


def test_a_review_on_the_edition_of_2026_asks_no_growth() -> None:
    review = criteria_on("review", date(2027, 5, 20))
    assert "growth" not in review
    assert review["platform_score_review"] == "platform_score any 2 ≥ 60 [review]"


def test_shandong_s_lines_are_worked_in() -> None:
    found = library().choose("srdi", "provincial", "new", date(2025, 5, 20))
    assert found
    (feature,) = (part for part in found.edition.tables[0].classes if part.id == "feature")
    assert [item.id for item in feature.items] == list(SHANDONG)
    assert sum(item.most for item in feature.items) == feature.most == 15


def test_a_template_over_an_edition_is_never_applied_by_itself() -> None:
    found = library().choose("single_champion", "national", "new", date(2026, 8, 31))
    assert found
    assert "main_revenue" in {c.id for c in found.edition.criteria}
    assert "main_revenue_srdi" not in {c.id for c in found.edition.criteria}


def test_a_province_s_own_base_goes_before_the_country_s() -> None:
    editions = library().editions
    country = replace(editions["srdi-2026"], purposes=("new", "review"))
    kept = [editions[id] for id in ("srdi-2022", "srdi-2022-shandong", "srdi-2026-shandong-review")]
    for order in ([country, *kept], [*kept, country]):
        found = Library(order).choose("srdi", "provincial", "review", FIRST_OF_2026)
        assert found
        assert found.base.id == "srdi-2026-shandong-review"
