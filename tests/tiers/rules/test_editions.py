"""The rule editions under data/rules: all there, each with its numbers, and each day answered by the right one.

The tables of numbers stand here by hand, beside the YAML and not taken from it: a slip in either shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from tests.tiers.rules.numbers import CRITERIA, POINTS, SHANDONG
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
