"""Metrics measured: each an interval of what it can still turn out to be, over one year or several. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from tiers.rules.editions import Measured
from tiers.rules.facts import Facts, Numbers
from tiers.rules.metrics import METRICS, Metric
from tiers.rules.oddities import SIGNED, credible
from tiers.rules.verdicts import Mask


@dataclass(frozen=True)
class Measure:
    """``value`` NaN where unknown; it lies in ``low`` … ``high``. ``judge``: possible, but a person has to look."""

    value: Numbers
    low: Numbers
    high: Numbers
    judge: Mask


class Measures:
    """Metrics over one set of facts; each is measured once, whichever criteria ask for it."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.number = len(facts)
        self._spans: dict[tuple[str, str, int], Measure] = {}
        self._years: dict[tuple[str, int], Measure] = {}
        self._credible: dict[tuple[str, int | None], Numbers] = {}

    def over(self, metric: Metric, how: str, years: int) -> Measure:
        """A metric over years; ``last`` of the latest one."""
        key = (metric.id, how, years)
        if key not in self._spans:
            self._spans[key] = self._measure(metric, how, years)
        return self._spans[key]

    def _measure(self, metric: Metric, how: str, years: int) -> Measure:
        if how == "last":
            return self.yearly(metric, 0)
        with np.errstate(all="ignore"):
            if how in ("sum", "mean"):
                found = [self.yearly(metric, back) for back in range(years)]
                by = years if how == "mean" else 1
                value, low, high = (
                    np.add.reduce([getattr(one, part) for one in found]) / by
                    for part in ("value", "low", "high")
                )
                return Measure(value, low, high, np.logical_or.reduce([one.judge for one in found]))
            if how == "pooled":
                return self._pooled(metric, years)
            if how == "compound":
                first, last = self._fact(metric.over, years, metric), self._fact(metric.over, 0, metric)
                # From a profit to a loss is no rate, but less than any: everything was lost.
                grown = np.where(first > 0, np.maximum(last, 0) / first, np.nan)
                return _point(np.power(grown, 1 / years) - 1, -np.inf)
        raise ValueError(how)

    def yearly(self, metric: Metric, back: int) -> Measure:
        """A metric of one year, ``back`` years before its latest; of the day where it is no figure."""
        key = (metric.id, back)
        if key not in self._years:
            with np.errstate(all="ignore"):
                over = self._fact(metric.over, back, metric)
                if metric.under:
                    self._years[key] = self._share(metric, over, self._fact((metric.under,), back, metric))
                elif metric.growth:
                    before = self._fact(metric.over, back + 1, metric)
                    grown = np.where(before > 0, (over - before) / before, np.nan)
                    self._years[key] = _point(grown, -np.inf)
                else:
                    self._years[key] = _point(over, -np.inf if SIGNED & set(metric.over) else 0.0)
        return self._years[key]

    def _fact(self, names: Sequence[str], back: int, metric: Metric) -> Numbers:
        """The sum of facts, unknown where one of them is or cannot be."""
        year = self.facts.day.year - metric.first - back if metric.yearly else None
        found = [self._said(name, year) for name in names]
        return found[0] if len(found) == 1 else np.asarray(np.add.reduce(found))

    def _said(self, fact: str, year: int | None) -> Numbers:
        key = (fact, year)
        if key not in self._credible:
            column = self.facts.of_day(fact) if year is None else self.facts.figure(fact, year)
            self._credible[key] = credible(self.facts, fact, column, year)
        return self._credible[key]

    def _pooled(self, metric: Metric, years: int) -> Measure:
        """The sum over the sum; a year whose part exceeds its whole does not hide in the others."""
        parts, wholes = (
            [self._fact(names, back, metric) for back in range(years)]
            for names in (metric.over, (metric.under or "",))
        )
        above = np.logical_or.reduce([part > whole for part, whole in zip(parts, wholes, strict=True)])
        found = self._share(metric, np.add.reduce(parts), np.add.reduce(wholes))
        if metric.judged:
            return Measure(found.value, found.low, found.high, found.judge | above)
        return _point(np.where(above, np.nan, found.value), 0.0) if metric.whole else found

    def _share(self, metric: Metric, over: Numbers, under: Numbers) -> Measure:
        value = np.where(under > 0, over / under, np.nan)
        judge = np.zeros(self.number, dtype=bool)
        if metric.whole:
            value = np.where(value > 1, np.nan, value)
        if metric.judged:
            judge = (over > under) & (under >= 0)
        found = _point(value, -np.inf if SIGNED & set(metric.over) else 0.0)
        return Measure(found.value, found.low, found.high, judge)


def _point(value: Numbers, floor: float) -> Measure:
    missing = ~np.isfinite(value)  # also what a denominator next to nothing makes of a share
    value = np.where(missing, np.nan, value)
    low, high = np.where(missing, floor, value), np.where(missing, np.inf, value)
    return Measure(value, low, high, np.zeros(len(value), dtype=bool))


def passes_exactly(facts: Facts, criterion: Measured, at: int) -> bool:
    """A mean or a compound rate against its threshold in exact fractions, for a firm whose rounded value lies on it."""
    metric = METRICS[criterion.metric]

    def fact(name: str, back: int) -> Fraction:
        return Fraction(repr(float(facts.figure(name, facts.day.year - metric.first - back)[at])))

    def level(back: int) -> Fraction:
        return sum((fact(name, back) for name in metric.over), Fraction(0))

    def of_year(back: int) -> Fraction:
        if metric.under:
            return level(back) / fact(metric.under, back)
        if metric.growth:
            return (level(back) - level(back + 1)) / level(back + 1)
        return level(back)

    if criterion.how == "compound":
        value = level(0) / level(criterion.years)
        limit = (1 + criterion.threshold) ** criterion.years
    else:
        value = sum((of_year(back) for back in range(criterion.years)), Fraction(0)) / criterion.years
        limit = criterion.threshold
    compare: dict[str, Callable[[], bool]] = {
        "at_least": lambda: value >= limit,
        "more_than": lambda: value > limit,
        "at_most": lambda: value <= limit,
        "less_than": lambda: value < limit,
        "is": lambda: value == limit,
    }
    return compare[criterion.op]()
