"""The way up: the smallest set of gaps between a firm and a tier, what each takes, and which facts would decide. Pure.

Only what data can decide is counted (``computed``); what people judge is listed beside it. An all-of needs all its gaps
closed, an any-of the alternative with the fewest (then the nearest), a score the fewest lines that lift it over.
"""

from __future__ import annotations

import math
import operator
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import accumulate
from typing import Any

import numpy as np

from tiers.rules.editions import (
    AllOf,
    AnyOf,
    BestOf,
    Cases,
    Criterion,
    Gathered,
    Holds,
    Honoured,
    Item,
    Located,
    Measured,
    Rung,
    Rungs,
    Scored,
    Trade,
)
from tiers.rules.evaluation import years_before
from tiers.rules.explain import Asked
from tiers.rules.metrics import METRICS
from tiers.rules.quantities import plain
from tiers.rules.verdicts import MANUAL, UNKNOWN, UNMET, Mask

#: What a gap tells of its criterion.
SHOWN = ("id", "clause", "value", "threshold", "unit", "period", "short_by", "op", "asks", "zh", "en")
#: Metrics that grow by themselves as time passes.
WITH_TIME = {"niche_years", "new_product_years", "founded_years", "accounting_years", "registered_days"}


@dataclass(frozen=True)
class Gap:
    """One thing to close. ``distance`` is relative to the threshold; ``barred``: nothing the firm does can close it.

    ``more``: (fact, year, how much more in the fact's own unit, negative for less). ``earliest``: the first day on which it
    can be closed, None where that cannot be told.
    """

    criterion: Criterion
    distance: float
    barred: bool = False
    more: tuple[str, int | None, int] | None = None
    earliest: date | None = None
    points: tuple[Item, Fraction, Fraction] | None = None


Gaps = tuple[Gap, ...]


def cost(gaps: Gaps) -> tuple[bool, int, float]:
    return any(gap.barred for gap in gaps), len(gaps), sum(gap.distance for gap in gaps)


def gaps_of(asked: Asked, criterion: Criterion, at: int) -> Gaps:
    """The smallest set of gaps under a criterion; none where it is met, left to judgement or not decided."""
    if asked.verdict_of(criterion, at) != UNMET:
        return ()
    if isinstance(criterion, AllOf):
        return tuple(gap for part in criterion.parts for gap in gaps_of(asked, part, at))
    if isinstance(criterion, AnyOf):
        ways = [gaps_of(asked, part, at) for part in criterion.parts if asked.verdict_of(part, at) == UNMET]
        return min(ways, key=cost)
    if isinstance(criterion, Cases):
        bands = zip(criterion.cases, asked.evaluation.bands(criterion), strict=True)
        return min((gaps_of(asked, case.then, at) for case, here in bands if here[at]), key=cost)
    if isinstance(criterion, Measured):
        return (_measured(asked, criterion, at),)
    if isinstance(criterion, Scored):
        return _scored(asked, criterion, at)
    if isinstance(criterion, Holds) and not criterion.lacks:
        return (Gap(criterion, 1.0),)
    if isinstance(criterion, Honoured):
        # An award is farther away than any number; what should not have happened passes with time alone.
        return (
            Gap(criterion, math.inf, earliest=_forgotten(asked, criterion, at))
            if criterion.lacks
            else Gap(criterion, 2.0),
        )
    return (Gap(criterion, math.inf, barred=isinstance(criterion, Holds | Located | Trade)),)


def _forgotten(asked: Asked, criterion: Honoured, at: int) -> date | None:
    """The first day on which none of a firm's records is within the years asked."""
    records = asked.evaluation.facts.honours
    if criterion.within is None:
        return None
    days = records.on[(records.firm == at) & np.isin(records.honour, criterion.honours)]
    last: date = days.max().item()
    then = years_before(last, -criterion.within)
    return then if then.day == last.day else then + timedelta(days=1)


def _measured(asked: Asked, criterion: Measured, at: int) -> Gap:
    metric, day = METRICS[criterion.metric], asked.evaluation.facts.day
    value, limit = asked.value(criterion, at), criterion.threshold
    if value is None:
        return Gap(criterion, math.inf)
    distance = float(abs(limit - value) / abs(limit)) if limit else float(abs(value))
    if metric.id in WITH_TIME:
        if criterion.op in ("at_most", "less_than"):
            return Gap(criterion, math.inf, barred=True)  # nobody grows younger
        years = math.ceil(limit - value) if metric.unit == "years" else 0
        return Gap(criterion, distance, earliest=date(day.year + years, 1, 1) if years else None)
    if metric.unit in ("yes_no", "institution", "rank", "grade") or not metric.yearly:
        return Gap(criterion, distance)
    year, back = _worst(asked, criterion, at)
    earliest = date(year + back + metric.first, 1, 1)
    return Gap(criterion, distance, more=_more(asked, criterion, year, at), earliest=earliest)


def _worst(asked: Asked, criterion: Measured, at: int) -> tuple[int, int]:
    """(the newest year that fails, how many years must pass until the rule no longer looks at it)."""
    metric = METRICS[criterion.metric]
    last = asked.evaluation.facts.day.year - metric.first
    if criterion.how != "each":
        return last, 1
    for back in range(criterion.years):
        value, limit = asked.evaluation.measures.yearly(metric, back).value[at], float(criterion.threshold)
        fails = {"at_least": value < limit, "more_than": value <= limit, "at_most": value > limit,
                 "less_than": value >= limit, "is": value != limit}  # fmt: skip
        if fails[criterion.op]:
            return last - back, criterion.years
    return last, 1


def _more(asked: Asked, criterion: Measured, year: int, at: int) -> tuple[str, int | None, int] | None:
    """How much more (or less) of which fact of the year would have done: in the firm's own numbers."""
    metric, facts = METRICS[criterion.metric], asked.evaluation.facts

    def fact(name: str, of: int) -> Fraction | None:
        number = float(facts.figure(name, of)[at])
        return Fraction(repr(number)) if math.isfinite(number) else None

    if len(metric.over) != 1 or criterion.how in ("sum", "mean", "pooled", "compound"):
        return None
    name = metric.over[0]
    over, limit = fact(name, year), criterion.threshold
    if metric.under:
        under = fact(metric.under, year)
        need = None if over is None or under is None else limit * under - over
    elif metric.growth:
        before = fact(name, year - 1)
        need = None if over is None or before is None else (1 + limit) * before - over
    else:
        need = None if over is None else limit - over
    if need is None:
        return None
    if criterion.op == "more_than":
        return name, year, math.floor(need) + 1
    if criterion.op == "less_than":
        return name, year, math.ceil(need) - 1
    return name, year, math.ceil(need) if need > 0 else math.floor(need)


def _scored(asked: Asked, criterion: Scored, at: int) -> Gaps:
    """The fewest lines of the table whose next rungs lift the score over its threshold."""
    evaluation, edition = asked.evaluation, asked.edition
    name, _dot, part = criterion.table.partition(".")
    found = evaluation.points(edition, criterion.table, asked.purpose)
    lacking = criterion.threshold - Fraction(float(found.high[at]))
    steps = [
        step
        for c in edition.table(name).classes
        if part in ("", c.id)
        for item in c.items
        for step in _steps(asked, item, at)
    ]
    steps.sort(key=lambda step: (-step[0], step[1].distance))
    reached = list(accumulate(gain for gain, _gap in steps))
    over = operator.gt if criterion.op == "more_than" else operator.ge
    enough = next((n for n, points in enumerate(reached, start=1) if over(points, lacking)), None)
    if enough is None:
        return (Gap(criterion, math.inf, barred=True),)
    return tuple(gap for _gain, gap in steps[:enough])


Step = tuple[Fraction, Gap]


def _steps(asked: Asked, item: Item, at: int) -> Iterator[Step]:
    """What a line could still give, and what that takes: of rungs the best one in reach, of the better of several lines
    the best of theirs, of gathered points each that is lacking."""
    have = Fraction(float(asked.evaluation.line(item, asked.edition, asked.purpose).high[at]))
    if isinstance(item, Rungs | BestOf):
        lines = [
            line for line in (item.items if isinstance(item, BestOf) else (item,)) if isinstance(line, Rungs)
        ]
        ways = [step for line in lines if (step := _best_rung(asked, line, have, at))]
        if ways:
            yield min(ways, key=lambda step: (-step[0], step[1].distance))
    elif isinstance(item, Gathered):
        ways = [(rung.points, gap) for rung in item.rungs if (gap := _rung_gap(asked, item, rung, have, at))]
        for points, gap in sorted(ways, key=lambda way: (-way[0], way[1].distance)):
            if (gain := min(points, item.most - have)) > 0:
                yield gain, replace(gap, points=(item, have, have + gain))
                have += gain


def _best_rung(asked: Asked, item: Rungs, have: Fraction, at: int) -> Step | None:
    for rung in item.rungs:
        if rung.points <= have:
            return None
        if gap := _rung_gap(asked, item, rung, have, at):
            return rung.points - have, gap
    return None


def _rung_gap(asked: Asked, item: Item, rung: Rung, have: Fraction, at: int) -> Gap | None:
    """What a rung's condition takes, as one gap; None where it holds, is not decided, or cannot be closed."""
    gaps = gaps_of(asked, rung.condition, at) if rung.condition is not None else ()
    if not gaps or any(gap.barred for gap in gaps):
        return None
    first, distance = gaps[0], sum(gap.distance for gap in gaps)
    return replace(first, distance=distance, points=(item, have, rung.points))


def way_up(asked: Asked, at: int) -> dict[str, Any]:
    """What stands between a firm and a tier, as a document."""
    if asked.edition.status == "not_found":
        return {"tier": asked.composed.base.tier, "level": asked.composed.base.level, "edition": None, "gaps": [],
                "collect": [], "judged": [], "earliest": None, "barred": False}  # fmt: skip
    tops = [criterion for criterion, _of in asked.tops()]
    gaps = tuple(gap for criterion in tops for gap in gaps_of(asked, criterion, at))
    days = [gap.earliest for gap in gaps]
    base = asked.composed.base
    return {
        "tier": base.tier, "level": base.level, "edition": base.id,
        "gaps": [_document(asked, gap, at) for gap in gaps],
        "collect": collect(asked, at),
        "judged": [criterion.id for criterion in tops if asked.verdict_of(criterion, at) == MANUAL],
        "earliest": max(day for day in days if day).isoformat() if days and all(days) else None,
        "barred": any(gap.barred for gap in gaps),
    }  # fmt: skip


def _document(asked: Asked, gap: Gap, at: int) -> dict[str, Any]:
    answer = asked.criterion(gap.criterion, None, at)
    shown = {key: answer[key] for key in SHOWN}
    shown["metric"] = gap.criterion.metric if isinstance(gap.criterion, Measured) else None
    shown["more"] = {"fact": gap.more[0], "year": gap.more[1], "amount": gap.more[2]} if gap.more else None
    shown["earliest"] = gap.earliest.isoformat() if gap.earliest else None
    shown["barred"] = gap.barred
    if gap.points:
        line, have, then = gap.points
        shown["points"] = {
            "line": line.zh, "line_en": line.en, "from": plain(have, "points"), "to": plain(then, "points"),
        }  # fmt: skip
    return shown


def collect(asked: Asked, at: int) -> list[dict[str, Any]]:
    """Missing facts, those first that alone would settle a criterion (``decides``), then those most criteria wait for."""
    waiting: Counter[str] = Counter()
    alone: set[str] = set()
    for facts in asked.waiting.values():
        names = [name for name, mask in facts.items() if mask[at]]
        waiting.update(names)
        if len(names) == 1:
            alone.add(names[0])
    order = {name: n for n, name in enumerate(waiting)}
    ranked = sorted(waiting, key=lambda name: (name not in alone, -waiting[name], order[name]))
    return [{"fact": name, "criteria": waiting[name], "decides": name in alone} for name in ranked]


def near_misses(asked: Asked, open_: bool = False) -> dict[str, list[int]]:
    """Criterion id → places of the firms that miss this one alone and nothing else that data can decide, nearest first.
    ``open_``: also those for which other criteria still wait for facts."""
    return {id: list(distances) for id, distances in near_distances(asked, open_).items()}


def near_distances(asked: Asked, open_: bool = False) -> dict[str, dict[int, float]]:
    """The same with the distance of each."""
    number = asked.evaluation.number
    unmet, unknown = np.zeros(number, dtype=int), np.zeros(number, dtype=int)
    tops = [
        (criterion, asked.evaluation.verdicts(criterion, asked.edition, asked.purpose))
        for criterion, _of in asked.tops()
    ]
    for _criterion, verdicts in tops:
        unmet += verdicts == UNMET
        unknown += verdicts == UNKNOWN
    alone: Mask = (unmet == 1) & ((unknown == 0) | open_)
    found: dict[str, dict[int, float]] = {}
    for criterion, verdicts in tops:
        places = np.flatnonzero(alone & (verdicts == UNMET))
        near = [(cost(gaps_of(asked, criterion, int(at))), int(at)) for at in places]
        if reachable := [(price, at) for price, at in near if not price[0]]:
            found[criterion.id] = {at: price[2] for price, at in sorted(reachable)}
    return found


def gap_documents(asked: Asked, criterion: Criterion, at: int) -> list[dict[str, Any]]:
    """The gaps under one criterion, as ``way_up`` has them."""
    return [_document(asked, gap, at) for gap in gaps_of(asked, criterion, at)]
