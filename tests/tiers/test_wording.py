"""Rules in words: amounts, thresholds of a form, criteria in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

import pytest

from tiers import wording
from tiers.rules.editions import Criterion, Item, Judged, parts_of
from tiers.rules.library import library
from tiers.rules.quantities import read_amount
from tiers.thresholds import changes, thresholds

EDITIONS = list(library().editions.values())


@pytest.mark.parametrize(
    "value, unit, zh, en",
    [
        (15_000_000, "yuan", "1500万元", "15m yuan"),
        (200_000_000, "yuan", "2亿元", "200m yuan"),
        (100_000, "yuan", "10万元", "100,000 yuan"),
        (1_000_000_000, "usd", "10亿美元", "US$1bn"),
        (Fraction(3, 100), "ratio", "3%", "3%"),
        (Fraction(25, 1000), "ratio", "2.5%", "2.5%"),
        (1, "items", "1件", "1 item"),
        (3, "years", "3年", "3 years"),
        (3, "rank", "3名", "3"),
        (1, "yes_no", "是", "Yes"),
        (3, "institution", "省级", "Provincial"),
    ],
)
def test_amounts_read_in_both_languages(value: int | Fraction, unit: str, zh: str, en: str) -> None:
    assert wording.amount(Fraction(value), unit, "zh") == zh
    assert wording.amount(Fraction(value), unit, "en") == en


def every(criterion: Criterion) -> Iterator[Criterion]:
    yield criterion
    for part in parts_of(criterion):
        yield from every(part)


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.id)
def test_every_criterion_has_words(edition: object) -> None:
    for top in edition.criteria:  # type: ignore[attr-defined]
        for criterion in every(top):
            zh, en = (wording.heading(criterion, spoken, edition.tables) for spoken in ("zh", "en"))  # type: ignore[attr-defined]
            assert zh
            assert en
            if not isinstance(criterion, Judged):
                said = wording.says(criterion, "en", edition.tables)  # type: ignore[attr-defined]
                assert said
                assert not re.search(r"[\u4e00-\u9fff]", said.replace("房地产开发经营", "")), said


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.id)
def test_every_line_of_a_point_table_says_what_it_gives(edition: object) -> None:
    def lines(item: Item) -> Iterator[Item]:
        yield item
        for part in wording.lines(item):
            yield from lines(part)

    for table in edition.tables:  # type: ignore[attr-defined]
        for item in (line for part in table.classes for top in part.items for line in lines(top)):
            assert wording.name(item, "en")
            bands = wording.bands(item, "zh")
            assert bands or wording.lines(item)
            assert all(condition and points for condition, points in bands)


def test_the_first_of_several_cases_ends_where_the_next_begins() -> None:
    growth = next(c for c in library().editions["gazelle-shandong-2020"].criteria if c.id == "growth")
    names = wording.case_names(growth, "zh")  # type: ignore[arg-type]
    assert names["growth.none"] == "营业收入 < 1000万元"
    assert names["growth.first"] == "营业收入 ≥ 1000万元"


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.id)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_form_shows_thresholds_as_they_can_be_typed(edition: object, language: str) -> None:
    for purpose in ("new", "review"):
        shown = thresholds(edition, purpose, language, {})  # type: ignore[arg-type]
        assert changes(shown) == {}
        known = {c.id: c for top in edition.criteria for c in every(top)}  # type: ignore[attr-defined]
        for one in shown:
            from tiers.rules.editions import Measured
            from tiers.rules.metrics import METRICS

            criterion = known[one.id]
            unit = METRICS[criterion.metric].unit if isinstance(criterion, Measured) else "points"
            assert read_amount(f"{one.number}{one.unit}", unit) == criterion.threshold  # type: ignore[attr-defined]
            assert one.text


@pytest.mark.parametrize(
    "typed, wrong",
    [("2.5", False), (" 2,5 ", False), ("", False), ("x", True), ("nan", True), ("1e999", True)],
)
def test_what_is_typed_is_a_number_or_wrong(typed: str, wrong: bool) -> None:
    shown = thresholds(library().editions["srdi-2026"], "new", "zh", {"rd.ratio": typed})
    one = next(one for one in shown if one.id == "rd.ratio")
    assert one.wrong == wrong
    assert changes(shown) == (
        {"rd.ratio": "2.5%"} if typed == "2.5" else {"rd.ratio": "25%"} if "," in typed else {}
    )


def test_facts_have_names() -> None:
    assert wording.fact("rd_expense@2025", "zh") == "2025年研发费用"
    assert wording.fact("rd_expense@2025", "en") == "R&D expense of 2025"
    assert wording.fact("ip1_count", "en")
