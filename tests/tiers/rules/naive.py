"""The rules asked of one firm by plain recursion in exact fractions: what the columns have to agree with.

Written for reading, not for speed, and for complete facts only: a number that is None here is one that nobody can work out
(growth from nothing, a share of nothing, a part above its whole).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

import numpy as np

from tiers.rules.editions import (
    AllOf,
    AnyOf,
    Cases,
    Criterion,
    Edition,
    Gathered,
    Holds,
    Honoured,
    Item,
    JudgedItem,
    Located,
    Measured,
    Rungs,
    Scored,
    Steps,
    Trade,
    left_to_people,
)
from tiers.rules.facts import Facts
from tiers.rules.metrics import METRICS, Metric

EXCHANGED = {"met": "unmet", "unmet": "met"}
Range = tuple[Fraction, Fraction, bool, bool]


def all_of(parts: Iterable[str]) -> str:
    """Any unmet decides, then any unknown, then any judgement; what does not apply is left out."""
    found = [part for part in parts if part != "not_applicable"]
    for verdict in ("unmet", "unknown", "manual_review"):
        if verdict in found:
            return verdict
    return "met" if found else "not_applicable"


def any_of(parts: Iterable[str]) -> str:
    """Any met decides, then any unknown, then any judgement."""
    return none_of(all_of(none_of(part) for part in parts))


def none_of(verdict: str) -> str:
    return EXCHANGED.get(verdict, verdict)


class Firm:
    """One firm of some complete facts under one edition."""

    def __init__(self, facts: Facts, at: int, edition: Edition, purpose: str) -> None:
        self.facts, self.at, self.edition, self.purpose = facts, at, edition, purpose

    def edition_says(self) -> tuple[str, str]:
        """(verdict, by data alone)."""
        asked = [c for c in self.edition.criteria if not c.purposes or self.purpose in c.purposes]
        answers = [self.ask(c) for c in asked]
        data = [
            answer
            for criterion, answer in zip(asked, answers, strict=True)
            if answer != "manual_review" or not left_to_people(criterion, self.edition.tables)
        ]
        return all_of(answers), all_of(data)

    def ask(self, criterion: Criterion) -> str:
        if criterion.purposes and self.purpose not in criterion.purposes:
            return "not_applicable"
        if isinstance(criterion, AllOf | AnyOf):
            parts = [self.ask(part) for part in criterion.parts]
            return all_of(parts) if isinstance(criterion, AllOf) else any_of(parts)
        if isinstance(criterion, Cases):
            return self._cases(criterion)
        if isinstance(criterion, Measured):
            return self._measured(criterion)
        if isinstance(criterion, Scored):
            return self._scored(criterion)
        if isinstance(criterion, Holds):
            held = any(
                who[self.at] for (tier, level), who in self.facts.titles.items()
                if tier in criterion.tiers and criterion.level in (None, level)
            )  # fmt: skip
            return "met" if held != criterion.lacks else "unmet"
        if isinstance(criterion, Honoured):
            return "met" if self._honoured(criterion) != criterion.lacks else "unmet"
        if isinstance(criterion, Located):
            city, district, area = (
                of[self.at] for of in (self.facts.city, self.facts.district, self.facts.area)
            )
            here = any(
                p in (district, area) or (p.isdigit() and str(city).startswith(p)) for p in criterion.places
            )
            return "met" if here else "unmet"
        if isinstance(criterion, Trade):
            code = self.facts.industry[self.at]
            under = any(form.startswith(p) for form in (code, code[1:]) for p in criterion.industries)
            return "met" if under != criterion.outside else "unmet"
        return "manual_review"

    def _honoured(self, criterion: Honoured) -> bool:
        records, today = self.facts.honours, self.facts.day
        for n in np.flatnonzero(records.firm == self.at):
            on, until = records.on[n].item(), records.until[n].item()
            if criterion.within is not None:
                fits = (on.year + criterion.within, on.month, on.day) > (today.year, today.month, today.day)
            else:
                fits = criterion.lacks or until is None or until >= today
            fits = fits and records.honour[n] in criterion.honours
            fits = fits and (not criterion.levels or records.level[n] in criterion.levels)
            if fits and (criterion.rank_at_most is None or records.rank[n] <= criterion.rank_at_most):
                return True
        return False

    # Numbers -----------------------------------------------------------------------------------------

    def fact(self, name: str, year: int | None) -> Fraction:
        column = self.facts.of_day(name) if year is None else self.facts.figure(name, year)
        return Fraction(repr(float(column[self.at])))  # as typed: 0.1 is a tenth

    def level(self, metric: Metric, back: int) -> Fraction:
        year = self.facts.day.year - metric.first - back if metric.yearly else None
        return sum((self.fact(name, year) for name in metric.over), Fraction(0))

    def under(self, metric: Metric, back: int) -> Fraction:
        assert metric.under
        return self.fact(metric.under, self.facts.day.year - metric.first - back)

    def number(self, metric: Metric, back: int = 0) -> Fraction | None:
        over = self.level(metric, back)
        if metric.under:
            whole = self.under(metric, back)
            return None if whole <= 0 or (metric.whole and over > whole) else over / whole
        if metric.growth:
            before = self.level(metric, back + 1)
            return None if before <= 0 else (over - before) / before
        return over

    def _measured(self, criterion: Measured) -> str:
        metric, how, years = METRICS[criterion.metric], criterion.how, criterion.years
        for name in metric.facts:
            if name in self.facts.outside and self.facts.outside[name][self.at]:
                return "not_applicable"
        limit = criterion.threshold
        # R&D above revenue: people look at it.
        odd = [metric.judged and self.level(metric, back) > self.under(metric, back) for back in range(years)]
        if how in ("each", "any"):
            each = [
                "manual_review"
                if odd[back]
                else self._compare(self.number(metric, back), criterion.op, limit)
                for back in range(years)
            ]
            return all_of(each) if how == "each" else any_of(each)
        if any(odd):
            return "manual_review"
        of_years = [self.number(metric, back) for back in range(years)]
        value: Fraction | None
        if how == "pooled":
            wholes = [self.under(metric, back) for back in range(years)]
            total = sum(wholes, Fraction(0))
            parts = sum((self.level(metric, back) for back in range(years)), Fraction(0))
            value = parts / total if total > 0 else None
        elif how == "compound":
            first, last = self.level(metric, years), self.level(metric, 0)
            # Both sides are raised to the power, so that no root is drawn.
            value, limit = (max(last, 0) / first, (1 + limit) ** years) if first > 0 else (None, limit)
        elif how in ("sum", "mean"):
            known = [one for one in of_years if one is not None]
            value = sum(known, Fraction(0)) / (years if how == "mean" else 1) if len(known) == years else None
        else:
            value = of_years[0]
        return self._compare(value, criterion.op, limit)

    def _compare(self, value: Fraction | None, op: str, limit: Fraction) -> str:
        if value is None:
            return "unknown"
        return "met" if _holds(value, op, limit) else "unmet"

    def _cases(self, criterion: Cases) -> str:
        by = self.number(METRICS[criterion.by])
        assert by is not None
        fitting = criterion.cases[0]
        for case in criterion.cases[1:]:
            assert case.bound is not None
            if by > case.bound or (by == case.bound and not case.above):
                fitting = case
        return self.ask(fitting.then)

    # Points ------------------------------------------------------------------------------------------

    def _scored(self, criterion: Scored) -> str:
        low, high, open_, judge = self.points(criterion.table)
        sure, perhaps = (_holds(side, criterion.op, criterion.threshold) for side in (low, high))
        if sure:
            return "met"
        return "unmet" if not perhaps else "manual_review" if judge and not open_ else "unknown"

    def points(self, table: str) -> Range:
        name, _dot, part = table.partition(".")
        classes = [of for of in self.edition.table(name).classes if part in ("", of.id)]
        return _added([_capped(_added([self.line(item) for item in of.items]), of.most) for of in classes])

    def line(self, item: Item) -> Range:
        """(least, most, facts are missing, people judge)."""
        zero = Fraction(0)
        if isinstance(item, JudgedItem):
            return zero, item.most, False, True
        if isinstance(item, Steps):
            value = self.number(METRICS[item.metric])
            assert value is not None
            points = min(value // item.every * item.points, item.most)
            return points, points, False, False
        if isinstance(item, Gathered):
            found = []
            for rung in item.rungs:
                assert rung.condition is not None
                answer = self.ask(rung.condition)
                low = rung.points if answer == "met" else zero
                high = rung.points if answer in ("met", "unknown", "manual_review") else zero
                found.append((low, high, answer == "unknown", answer == "manual_review"))
            return _capped(_added(found), item.most)
        if isinstance(item, Rungs):
            reached: list[tuple[Fraction, str]] = []
            for rung in item.rungs:
                answer = self.ask(rung.condition) if rung.condition is not None else "met"
                if answer not in ("unmet", "not_applicable"):
                    reached.append((rung.points, answer))
                if answer == "met":
                    break
            answers = [answer for _points, answer in reached]
            low, high = reached[-1][0], reached[0][0]
            return low, high, "unknown" in answers, "manual_review" in answers
        lines = [self.line(one) for one in getattr(item, "items")]  # noqa: B009 - only a best-of is left
        low, high = max(line[0] for line in lines), max(line[1] for line in lines)
        return (
            low,
            high,
            high > low and any(line[2] for line in lines),
            high > low and any(line[3] for line in lines),
        )


def _holds(value: Fraction, op: str, limit: Fraction) -> bool:
    holds: dict[str, Callable[[Any, Any], bool]] = {
        "at_least": lambda a, b: a >= b, "more_than": lambda a, b: a > b, "at_most": lambda a, b: a <= b,
        "less_than": lambda a, b: a < b, "is": lambda a, b: a == b,
    }  # fmt: skip
    return holds[op](value, limit)


def _added(lines: list[Range]) -> Range:
    low, high = sum((line[0] for line in lines), Fraction(0)), sum((line[1] for line in lines), Fraction(0))
    return low, high, any(line[2] for line in lines), any(line[3] for line in lines)


def _capped(line: Range, most: Fraction) -> Range:
    low, high = min(line[0], most), min(line[1], most)
    return low, high, line[2] and high > low, line[3] and high > low
