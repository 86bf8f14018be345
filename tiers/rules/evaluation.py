"""What firms' facts answer to an edition's criteria: vectorised, five-valued, sound. Pure.

Every measure is an interval of what it can still turn out to be: a known number is a point, a missing one reaches as far
as such a number can. A criterion is met where the whole interval passes, unmet where none of it does, else unknown; so
what is answered with facts missing stays whatever they turn out to be. Points add up as intervals in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

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
    left_to_people,
)
from tiers.rules.facts import Facts, Numbers
from tiers.rules.measures import Measure, Measures, passes_exactly
from tiers.rules.metrics import METRICS
from tiers.rules.oddities import oddities
from tiers.rules.verdicts import (
    MANUAL,
    MET,
    OUT,
    UNKNOWN,
    UNMET,
    Mask,
    Verdicts,
    all_of,
    any_of,
    decided,
    none_of,
    same,
)

#: How near to a threshold a rounded number is looked at again with exact fractions.
NEAR = 1e-9


@dataclass(frozen=True)
class Points:
    """What a line, class or table can still give. ``open``: facts are missing; ``judge``: people have to judge."""

    low: Numbers
    high: Numbers
    open: Mask
    judge: Mask


class Evaluation:
    """Answers about one set of facts; what criteria of several editions share is measured once."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.number = len(facts)
        self.measures = Measures(facts)
        # By identity: criteria are large trees, and the editions asked live as long as this.
        self._asked: list[Any] = []
        self._verdicts: dict[tuple[int, int, str], Verdicts] = {}
        self._judged: dict[tuple[int, str], tuple[Verdicts, Verdicts]] = {}
        self._points: dict[tuple[int, str], Points] = {}
        self._industries: dict[tuple[str, ...], tuple[Mask, Mask]] = {}

    @cached_property
    def odd(self) -> Mapping[str, Mask]:
        """Findings on the facts of the years that rules look at."""
        last = self.facts.last_year
        return oddities(self.facts, range(last - 2, last + 1))

    # An edition --------------------------------------------------------------------------------------

    def criteria(self, edition: Edition, purpose: str) -> Iterator[tuple[Criterion, Verdicts]]:
        """The criteria that this purpose asks, each with its verdicts."""
        for criterion in edition.criteria:
            if asked(criterion, purpose):
                yield criterion, self.verdicts(criterion, edition, purpose)

    def judge(self, edition: Edition, purpose: str) -> tuple[Verdicts, Verdicts]:
        """(verdict over all criteria, computed over those that data can decide)."""
        key = (id(edition), purpose)
        if key not in self._judged:
            self._asked.append(edition)
            self._judged[key] = self._judge(edition, purpose)
        return self._judged[key]

    def _judge(self, edition: Edition, purpose: str) -> tuple[Verdicts, Verdicts]:
        if edition.status == "not_found":
            return same(UNKNOWN, self.number), same(UNKNOWN, self.number)
        asked_of = list(self.criteria(edition, purpose))
        answers = [verdicts for _criterion, verdicts in asked_of]
        # What the text leaves to people drops out; what is odd in the facts does not: data would decide, were it right.
        data = (
            np.where(verdicts == MANUAL, OUT, verdicts).astype(np.int8)
            if left_to_people(criterion, edition.tables)
            else verdicts
            for criterion, verdicts in asked_of
        )
        return all_of(answers, self.number), all_of(data, self.number)

    # A criterion -------------------------------------------------------------------------------------

    def verdicts(self, criterion: Criterion, edition: Edition, purpose: str) -> Verdicts:
        """One criterion of an edition; the edition has the point tables."""
        # Points differ by edition: one with its province's indicators shares criteria with the one without.
        key = (id(edition), id(criterion), purpose)
        if key not in self._verdicts:
            self._asked += (edition, criterion)
            self._verdicts[key] = self._answer(criterion, edition, purpose)
        return self._verdicts[key]

    def _answer(self, criterion: Criterion, edition: Edition, purpose: str) -> Verdicts:
        if not asked(criterion, purpose):
            return same(OUT, self.number)
        if isinstance(criterion, AllOf):
            return all_of((self.verdicts(part, edition, purpose) for part in criterion.parts), self.number)
        if isinstance(criterion, AnyOf):
            return any_of((self.verdicts(part, edition, purpose) for part in criterion.parts), self.number)
        if isinstance(criterion, Cases):
            return self._cases(criterion, edition, purpose)
        if isinstance(criterion, Measured):
            return self._measured(criterion)
        if isinstance(criterion, Scored):
            return self._scored(criterion, edition, purpose)
        if isinstance(criterion, Judged):
            return same(MANUAL, self.number)
        return self._on_record(criterion)

    def _measured(self, criterion: Measured) -> Verdicts:
        metric = METRICS[criterion.metric]
        if criterion.how in ("each", "any"):
            years = (
                self._compare(criterion, self.measures.yearly(metric, back))
                for back in range(criterion.years)
            )
            verdicts = (all_of if criterion.how == "each" else any_of)(years, self.number)
        else:
            verdicts = self._compare(criterion, self.measures.over(metric, criterion.how, criterion.years))
        for fact in metric.facts:
            if fact in self.facts.outside:
                verdicts = np.where(self.facts.outside[fact], OUT, verdicts).astype(np.int8)
        return verdicts

    def _compare(self, criterion: Measured, found: Measure) -> Verdicts:
        limit = float(criterion.threshold)
        low, high = found.low, found.high
        with np.errstate(invalid="ignore"):
            if criterion.op == "at_least":
                sure, never = low >= limit, high < limit
            elif criterion.op == "more_than":
                sure, never = low > limit, high <= limit
            elif criterion.op == "at_most":
                sure, never = high <= limit, low > limit
            elif criterion.op == "less_than":
                sure, never = high < limit, low >= limit
            else:
                sure, never = (low == limit) & (high == limit), (low > limit) | (high < limit)
        verdicts = decided(sure, never)
        if criterion.how in ("mean", "compound"):
            near = np.flatnonzero(np.abs(found.value - limit) <= NEAR)
            for at in near:
                verdicts[at] = MET if passes_exactly(self.facts, criterion, int(at)) else UNMET
        verdicts[found.judge] = MANUAL
        return verdicts

    def _cases(self, criterion: Cases, edition: Edition, purpose: str) -> Verdicts:
        """The verdict on which all cases that are still possible agree."""
        by = self.measures.over(METRICS[criterion.by], "last", 1)
        least, most = same(OUT, self.number), same(UNMET, self.number)
        for case, here in zip(criterion.cases, self.bands(criterion), strict=True):
            then = self.verdicts(case.then, edition, purpose)
            least = np.where(here, np.minimum(least, then), least)
            most = np.where(here, np.maximum(most, then), most)
        agreed = np.where(least == most, least, UNKNOWN)
        agreed[by.judge] = MANUAL
        return agreed.astype(np.int8)

    def bands(self, criterion: Cases) -> Iterator[Mask]:
        """For each case the firms that may be in it; a firm whose number is known is in exactly one."""
        by = self.measures.over(METRICS[criterion.by], "last", 1)
        for case, after in zip(criterion.cases, (*criterion.cases[1:], None), strict=True):
            here = self._reaches(by.high, case.bound, case.above)
            if after is not None:
                here &= ~self._reaches(by.low, after.bound, after.above)
            yield here

    def _reaches(self, value: Numbers, bound: Fraction | None, above: bool) -> Mask:
        if bound is None:
            return np.ones(self.number, dtype=bool)
        return value > float(bound) if above else value >= float(bound)

    def _on_record(self, criterion: Criterion) -> Verdicts:
        if isinstance(criterion, Holds):
            held = np.zeros(self.number, dtype=bool)
            for (tier, level), holders in self.facts.titles.items():
                if tier in criterion.tiers and criterion.level in (None, level):
                    held |= holders
            return none_of(decided(held, ~held)) if criterion.lacks else decided(held, ~held)
        if isinstance(criterion, Honoured):
            return self._honoured(criterion)
        if isinstance(criterion, Located):
            return self._located(criterion)
        if isinstance(criterion, Trade):
            inside, maybe = self._trade(criterion.industries)
            verdicts = decided(inside, ~inside & ~maybe)
            return none_of(verdicts) if criterion.outside else verdicts
        raise TypeError(f"no way to judge a {type(criterion).__name__}")

    def _honoured(self, criterion: Honoured) -> Verdicts:
        records = self.facts.honours
        here = np.isin(records.honour, criterion.honours)
        if criterion.within is not None:
            here &= records.on > np.datetime64(years_before(self.facts.day, criterion.within), "D")
        elif not criterion.lacks:
            here &= np.isnat(records.until) | (records.until >= np.datetime64(self.facts.day, "D"))
        sure = here.copy()
        if criterion.levels:
            here &= np.isin(records.level, (*criterion.levels, ""))
            sure &= np.isin(records.level, criterion.levels)
        if criterion.rank_at_most is not None:
            here &= np.isnan(records.rank) | (records.rank <= criterion.rank_at_most)
            sure &= records.rank <= criterion.rank_at_most
        certain, perhaps = (np.zeros(self.number, dtype=bool) for _ in range(2))
        certain[records.firm[sure]] = True
        perhaps[records.firm[here]] = True
        verdicts = decided(certain, ~perhaps)
        return none_of(verdicts) if criterion.lacks else verdicts

    def _located(self, criterion: Located) -> Verdicts:
        inside = np.zeros(self.number, dtype=bool)
        for place in criterion.places:
            if place.isdigit():
                known = {city: str(city).startswith(place) for city in set(self.facts.city)}
                inside |= np.array([known[city] for city in self.facts.city], dtype=bool)
            inside |= (self.facts.district == place) | (self.facts.area == place)
        nowhere = np.equal(self.facts.city, None)  # type: ignore[call-overload]
        # A firm with a district and no area is in none; one with neither may be anywhere in its city.
        anywhere = np.equal(self.facts.district, None) & np.equal(self.facts.area, None)  # type: ignore[call-overload]
        for place in criterion.places:
            if len(place) == 6 and place.isdigit() and not place.endswith("00"):
                nowhere |= anywhere & np.array(
                    [str(city).startswith(place[:4]) for city in self.facts.city], dtype=bool
                )
        return decided(inside, ~inside & ~nowhere)

    def _trade(self, prefixes: tuple[str, ...]) -> tuple[Mask, Mask]:
        """(under one of the codes, too short a code to tell or none)."""
        if prefixes not in self._industries:
            under: dict[Any, tuple[bool, bool]] = {}
            for code in set(self.facts.industry):
                forms = (code or "", (code or "")[1:])
                inside = any(form and form.startswith(prefix) for form in forms for prefix in prefixes)
                short = not code or any(
                    prefix.startswith(form) for form in forms for prefix in prefixes if form
                )
                under[code] = inside, short and not inside
            told = np.array([under[code] for code in self.facts.industry], dtype=bool).reshape(-1, 2)
            self._industries[prefixes] = told[:, 0], told[:, 1]
        return self._industries[prefixes]

    # Points ------------------------------------------------------------------------------------------

    def _scored(self, criterion: Scored, edition: Edition, purpose: str) -> Verdicts:
        found = self.points(edition, criterion.table, purpose)
        limit = float(criterion.threshold)
        if criterion.op == "more_than":
            verdicts = decided(found.low > limit, found.high <= limit)
        else:
            verdicts = decided(found.low >= limit, found.high < limit)
        # Where only people's judgement is missing, the score is theirs to settle.
        verdicts[(verdicts == UNKNOWN) & found.judge & ~found.open] = MANUAL
        return verdicts

    def points(self, edition: Edition, table: str, purpose: str) -> Points:
        """Of a table (``total``) or one of its classes (``total.innovation``)."""
        key = (id(edition), f"{table}|{purpose}")
        if key not in self._points:
            self._asked.append(edition)
            name, _dot, part = table.partition(".")
            classes = [c for c in edition.table(name).classes if part in ("", c.id)]
            self._points[key] = _added(
                _capped(_added(self.line(item, edition, purpose) for item in c.items), float(c.most))
                for c in classes
            )
        return self._points[key]

    def line(self, item: Item, edition: Edition, purpose: str) -> Points:
        """What one line of a point table can give."""
        key = (id(item), purpose)
        if key not in self._points:
            self._asked.append(item)
            self._points[key] = self._line(item, edition, purpose)
        return self._points[key]

    def _line(self, item: Item, edition: Edition, purpose: str) -> Points:
        most = float(item.most)
        never = np.zeros(self.number, dtype=bool)
        if isinstance(item, JudgedItem):
            return Points(np.zeros(self.number), np.full(self.number, most), never, ~never)
        if isinstance(item, BestOf):
            lines = [self.line(part, edition, purpose) for part in item.items]
            low = np.maximum.reduce([line.low for line in lines])
            high = np.maximum.reduce([line.high for line in lines])
            wide = high > low
            return Points(low, high, wide & _any(lines, "open"), wide & _any(lines, "judge"))
        if isinstance(item, Steps):
            found = self.measures.over(METRICS[item.metric], "last", 1)
            with np.errstate(invalid="ignore"):
                low, high = (
                    np.minimum(np.floor(side / float(item.every)) * float(item.points), most)
                    for side in (found.low, found.high)
                )
            return Points(low, high, high > low, never)
        assert isinstance(item, Rungs | Gathered)
        return (
            self._rungs(item, edition, purpose)
            if isinstance(item, Rungs)
            else self._gathered(item, edition, purpose)
        )

    def _rungs(self, item: Rungs, edition: Edition, purpose: str) -> Points:
        low, high = np.full(self.number, np.inf), np.full(self.number, -np.inf)
        settled, open_, judge = (np.zeros(self.number, dtype=bool) for _ in range(3))
        for rung in item.rungs:
            points = float(rung.points)
            holds = (
                same(MET, self.number)
                if rung.condition is None
                else self.verdicts(rung.condition, edition, purpose)
            )
            possible = ~settled & (holds != UNMET) & (holds != OUT)
            low[possible] = points  # rungs fall, so the last possible one is the least
            high = np.where(possible & np.isneginf(high), points, high)
            open_ |= possible & (holds == UNKNOWN)
            judge |= possible & (holds == MANUAL)
            settled |= possible & (holds == MET)
        wide = high > low
        return Points(low, high, wide & open_, wide & judge)

    def _gathered(self, item: Gathered, edition: Edition, purpose: str) -> Points:
        low, high = np.zeros(self.number), np.zeros(self.number)
        open_, judge = (np.zeros(self.number, dtype=bool) for _ in range(2))
        for rung in item.rungs:
            assert rung.condition is not None
            holds = self.verdicts(rung.condition, edition, purpose)
            low += np.where(holds == MET, float(rung.points), 0.0)
            high += np.where((holds != UNMET) & (holds != OUT), float(rung.points), 0.0)
            open_ |= holds == UNKNOWN
            judge |= holds == MANUAL
        return _capped(Points(low, high, open_, judge), float(item.most))


def asked(criterion: Criterion, purpose: str) -> bool:
    return not criterion.purposes or purpose in criterion.purposes


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _any(lines: Sequence[Points], part: str) -> Mask:
    return np.asarray(np.logical_or.reduce([getattr(line, part) for line in lines]))


def _added(lines: Iterator[Points] | Sequence[Points]) -> Points:
    found = list(lines)
    low = np.add.reduce([line.low for line in found])
    high = np.add.reduce([line.high for line in found])
    return Points(low, high, _any(found, "open"), _any(found, "judge"))


def _capped(points: Points, most: float) -> Points:
    low, high = np.minimum(points.low, most), np.minimum(points.high, most)
    wide = high > low
    return Points(low, high, wide & points.open, wide & points.judge)
