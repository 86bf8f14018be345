"""What the past says: renewal rates by cohort, lags, new firms by season, exits. Pure.

A cohort is the titles of one group (tier and level) issued in one year: its firms meet the same rules and are reviewed in
the same round, so they fail together. Rates of a cohort vary around its group's; the group's is learnt from its past
cohorts and, where those are few, leans on all groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from tiers.forecasting.history import (
    FAR,
    Ints,
    Mask,
    Records,
    Spans,
    day_of,
    ends_before,
    following,
    number,
    presence,
    spans,
)

Floats = NDArray[np.float64]
WINDOWS = 5  # years of the past that are looked at
RECENCY = 0.7  # how much less each year further back says than the one after it
#: Assumed before anything is seen, and worth so many years or cohorts: how much a year's number varies (CV²), how much
#: cohorts of one group vary (1 / (κ + 1)).
VARIES, VARIES_WORTH = 0.25, 2.0
APART, APART_WORTH = 1 / 9, 2.0
REPLACED = 366  # a term that another takes over so many days before its end was not up for renewal
SEASON = 12


@dataclass(frozen=True)
class Renewal:
    """A group's rate: ``mean`` known as if from ``worth`` trials; single cohorts vary as Beta(mean·κ, (1−mean)·κ).

    ``lags``: days from the end of a term to the next one, sorted; ``limit``: after so many days hardly any comes.
    """

    mean: float
    worth: float
    kappa: float
    lags: Ints
    limit: int
    cohorts: int


@dataclass(frozen=True)
class Season:
    """Numbers by month of year in past years: ``windows`` years × 12 (the month after the day is the first), the latest
    first; ``weights`` of the years; a coming year's number is ``mean`` times a Gamma variable of variance ``varies``, which
    itself is known as if from ``worth`` years."""

    windows: Floats
    weights: Floats
    mean: float
    varies: float

    @property
    def worth(self) -> float:
        return max(1 / float(self.weights @ self.weights) - 1, 0.0) + VARIES_WORTH

    @property
    def most(self) -> float:
        """The largest year so far."""
        return float(self.windows.sum(axis=1).max(initial=0.0))

    @property
    def shapes(self) -> Floats:
        """Each year's shares by month; a year without any has the average shape."""
        total = self.windows.sum(axis=1, keepdims=True)
        every = self.windows.sum(axis=0)
        average = every / every.sum() if every.sum() else np.full(SEASON, 1 / SEASON)
        return np.where(total > 0, self.windows / np.maximum(total, 1), average)


@dataclass(frozen=True)
class Model:
    """Everything learnt up to ``day``. ``cohorts``: (group, year of issue) → (renewed, not); ``entries``: tier → season;
    ``exits`` and ``upgrades``: chance per firm and month, 12 months from the one after the day, with their variation.
    ``recognised``: tier → (recognised, rejected) of new applications. ``enough`` is False with less than a year of past."""

    day: date
    renewals: Mapping[int, Renewal]
    cohorts: Mapping[tuple[int, int], tuple[int, int]]
    entries: Mapping[str, Season]
    exits: Floats
    exits_vary: float
    upgrades: Floats
    upgrades_vary: float
    history: tuple[tuple[date, int], ...]
    enough: bool
    recognised: Mapping[str, tuple[int, int]]

    def expected(self, group: int, year: int) -> float | None:
        """A cohort's expected renewal rate; None where nothing of any group ever came up."""
        renewal = self.renewals.get(group)
        if renewal is None:
            return None
        good, bad = self.cohorts.get((group, year), (0, 0))
        return (renewal.mean * renewal.kappa + good) / (renewal.kappa + good + bad)

    def renewed_by(self, group: int, year: int, end: int, day: int) -> float:
        """The chance that a title that ends on ``end`` (perhaps already) is renewed and counts again on ``day``."""
        rate, today = self.expected(group, year), number(self.day)
        if rate is None:
            return 0.0
        lags = self.renewals[group].lags
        by = float((lags <= day - end).mean()) if len(lags) else 1.0
        gone = float((lags <= today - end).mean()) if len(lags) and end <= today else 0.0
        return max(rate * (by - gone), 0.0) / max(1 - rate * gone, 1e-9)


def fit(
    records: Records, day: date, max_days: int, recognised: Mapping[str, tuple[int, int]] | None = None
) -> Model:
    """Learn from what ``records`` knew on ``day`` (``known_on``). ``max_days``: a later term is no renewal any more."""
    today = number(day)
    past = spans(records)
    started = int(past.start.min()) if len(past.start) else FAR
    age = (day.year - day_of(started).year) * 12 + day.month - day_of(started).month if started < FAR else 0
    years = min(WINDOWS, max(1, -(-age // 12)))
    ends = ends_before(day, years * 12 + 1)
    points = np.array([number(end) for end in ends], dtype=np.int64)
    held = presence(past, len(records.firms), points.tolist())
    renews = _renews(records, max_days)
    tiers = [group.partition(":")[0] for group in records.groups]
    entered, upgraded = _arrivals(records, past, held, points, renews)
    entries = {}
    for tier in dict.fromkeys(tiers):
        mine = np.isin(entered[1], [at for at, name in enumerate(tiers) if name == tier])
        counts = np.bincount(entered[0][mine], minlength=len(points))[1:]
        first = _first_start(past, records, [at for at, name in enumerate(tiers) if name == tier])
        entries[tier] = season(counts, points, first)
    before = held[:, :-1].sum(axis=0)
    left = np.bincount(_exits(past, held, points), minlength=len(points))[1:]
    exits, exits_vary = hazard(left, before, years)
    upgrades, upgrades_vary = hazard(np.bincount(upgraded, minlength=len(points))[1:], before, years)
    cohorts, lags = outcomes(records, today, max_days)
    history = tuple((end, int(n)) for end, n in zip(ends, held.sum(axis=0), strict=True))
    return Model(
        day, renewal_rates(cohorts, lags, len(records.groups)), cohorts, entries, exits, exits_vary, upgrades,
        upgrades_vary, history, age >= SEASON, recognised or {},
    )  # fmt: skip


def _renews(records: Records, max_days: int) -> Mask:
    """Which terms continue an earlier one of their title."""
    found = np.zeros(len(records.firm), dtype=bool)
    after = following(records)
    has = after >= 0
    in_time = records.start[after[has]] <= records.last[has] + 1 + max_days
    found[after[has][in_time]] = True
    return found


def _first_start(past: Spans, records: Records, groups: list[int]) -> int:
    starts = past.start[np.isin(records.group[past.row], groups)]
    return int(starts.min()) if len(starts) else FAR


def _arrivals(
    records: Records, past: Spans, held: Mask, points: Ints, renews: Mask
) -> tuple[tuple[Ints, Ints], Ints]:
    """((point, group) of each firm that began to count other than by a renewal, points of new titles of firms that
    counted already)."""
    at = np.searchsorted(points, past.start)
    inside = (at > 0) & (at < len(points))
    row, firm, at = past.row[inside], past.firm[inside], at[inside]
    was, now = held[firm, at - 1], held[firm, at]
    # One firm begins once a month; where it renews as well it has not begun.
    order = np.lexsort((records.group[row], ~renews[row], at, firm))
    key = firm[order] * len(points) + at[order]
    first = order[np.append(True, key[1:] != key[:-1])] if len(order) else order
    new = first[(~was & now & ~renews[row])[first]]
    up = first[(was & now & ~renews[row] & (past.start[inside] == records.start[row]))[first]]
    return (at[new], records.group[row[new]]), at[up]


def _exits(past: Spans, held: Mask, points: Ints) -> Ints:
    """The point of each exit after which a firm counted no more."""
    at = np.searchsorted(points, past.end)
    inside = past.gone & (at > 0) & (at < len(points))
    firm, at = past.firm[inside], at[inside]
    lost = held[firm, at - 1] & ~held[firm, at]
    key = np.unique(firm[lost] * len(points) + at[lost])
    found: Ints = key % len(points)
    return found


def season(counts: Ints, points: Ints, first: int) -> Season:
    """``counts`` of each month after the first point, the latest last; ``first``: the day of the first ever."""
    years = counts.reshape(-1, SEASON)[::-1].astype(float)
    ends = points[1:].reshape(-1, SEASON)[::-1][:, -1]
    used = max(int((ends >= first).sum()), 1)
    windows = years[:used]
    weights: Floats = RECENCY ** np.arange(used, dtype=float)
    weights = weights / weights.sum()
    totals = windows.sum(axis=1)
    return Season(windows, weights, float(weights @ totals), dispersion(totals, weights))


def dispersion(totals: Floats, weights: Floats) -> float:
    """CV² of yearly numbers beyond chance, leaning on VARIES where years are few; with what is not known of the mean."""
    mean = float(weights @ totals)
    years = 1 / float(weights @ weights)
    spare = max(years - 1, 0.0)
    seen = 0.0
    if mean > 0 and spare > 0:
        variance = float(weights @ (totals - mean) ** 2) * years / max(spare, 1e-9)
        seen = max(variance - mean, 0.0) / mean**2
    varies = (spare * min(seen, 4.0) + VARIES_WORTH * VARIES) / (spare + VARIES_WORTH)
    return varies * (1 + 1 / years)


def hazard(events: Ints, exposed: Ints, years: int) -> tuple[Floats, float]:
    """Chance per firm and month of the coming season, and the variation of a year's. Half an event in all years, spread
    as exposed, stands for what was not seen."""
    happened = events.reshape(years, SEASON).sum(axis=0).astype(float)
    at_risk = exposed.reshape(years, SEASON).sum(axis=0).astype(float)
    total = at_risk.sum()
    if not total:
        return np.zeros(SEASON), VARIES
    happened += 0.5 / SEASON
    rates = np.where(at_risk > 0, happened / np.maximum(at_risk, 1), happened.sum() / total)
    weights = np.full(years, 1 / years)
    return np.minimum(rates, 0.5), dispersion(
        events.reshape(years, SEASON).sum(axis=1).astype(float), weights
    )


def outcomes(
    records: Records, today: int, max_days: int
) -> tuple[dict[tuple[int, int], tuple[int, int]], dict[int, Ints]]:
    """Of terms that came up for renewal and are decided: (group, year) → (renewed, not), and group → lags in days.

    Not up for renewal: revoked, of a firm that had gone by then, replaced long before its end. Not decided: ended so
    lately that renewals of its group may still come.
    """
    after = following(records)
    has = after >= 0
    end = records.last + 1
    lag = np.full(len(end), FAR)
    lag[has] = records.start[after[has]] - end[has]
    renewed = lag <= max_days
    replaced = lag < -REPLACED
    due = (records.last < FAR - 1) & ~replaced & (records.revoked > records.last) & (renewed | (end <= today))
    due &= renewed | _at_home(records, np.minimum(end - 1, today))
    lags = {}
    limits = np.full(len(records.groups), max_days)
    for group in range(len(records.groups)):
        mine = np.sort(lag[due & renewed & (records.group == group)])
        lags[group] = mine
        limits[group] = limit(mine, max_days)
    # While renewals may still come, those that came say nothing without those that will fail.
    decided = due & (end + limits[records.group] <= today)
    years = _years(records.issued)
    cohorts: dict[tuple[int, int], tuple[int, int]] = {}
    for group, year in np.unique(np.stack((records.group[decided], years[decided]), axis=1), axis=0):
        mine = decided & (records.group == group) & (years == year)
        good = int((mine & renewed).sum())
        cohorts[int(group), int(year)] = good, int(mine.sum()) - good
    return cohorts, lags


def limit(lags: Ints, max_days: int) -> int:
    """Days after which a renewal hardly comes any more: 31 beyond the 98 % of the past; without a past the longest."""
    if len(lags) < 5:
        return max_days
    return int(min(max(np.quantile(lags, 0.98), 0) + 31, max_days))


def _at_home(records: Records, day: Ints) -> Mask:
    """Whether the firm of each term was the city's on a day of its own."""
    order = np.lexsort((records.stay_from, records.stay_firm))
    firm, first, to = (a[order] for a in (records.stay_firm, records.stay_from, records.stay_to))
    key = firm * (4 * FAR) + first
    at = np.searchsorted(key, records.firm * (4 * FAR) + day, side="right") - 1
    inside = at >= 0
    at = np.maximum(at, 0)
    if not len(firm):
        return np.zeros(len(day), dtype=bool)
    found: Mask = inside & (firm[at] == records.firm) & (day < to[at])
    return found


def _years(days: Ints) -> Ints:
    years: Ints = days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    return years


def renewal_rates(
    cohorts: Mapping[tuple[int, int], tuple[int, int]], lags: Mapping[int, Ints], groups: int
) -> dict[int, Renewal]:
    """Group → rate; empty where nothing ever came up for renewal, in any group."""
    if not cohorts:
        return {}
    latest = max(year for _group, year in cohorts)
    weights = np.array([RECENCY ** (latest - year) for _group, year in cohorts])
    of = np.array([group for group, _year in cohorts])
    every = np.array(list(cohorts.values()), dtype=float)
    said = every * weights[:, None]
    whole, apart = _pooled(every, weights, float((said[:, 0].sum() + 0.5) / (said.sum() + 1)), APART)
    all_lags = np.sort(np.concatenate(list(lags.values()))) if lags else np.zeros(0, dtype=np.int64)
    found = {}
    for group in range(groups):
        mine = every[of == group]
        mean, spread = _pooled(mine, weights[of == group], whole, apart)
        kappa = 1 / spread - 1
        # What a cohort says about its group is worth at most κ + 1 trials, since it varies by itself.
        sizes = mine.sum(axis=1)
        worth = 2.0 + float(weights[of == group] @ (sizes * (kappa + 1) / (sizes + kappa)))
        own = lags.get(group, all_lags)
        used = own if len(own) >= 5 else all_lags
        found[group] = Renewal(mean, worth, kappa, used, limit(used, 10**4), len(mine))
    return found


def _pooled(trials: Floats, weights: Floats, lean: float, apart: float) -> tuple[float, float]:
    """(mean rate of weighted trials, leaning on ``lean`` as on two, spread 1 / (κ + 1) of cohorts leaning on ``apart``)."""
    if not len(trials):
        return lean, apart
    sizes = trials.sum(axis=1)
    mean = float((weights @ trials[:, 0] + 2 * lean) / (weights @ sizes + 2))
    if len(trials) < 2:
        return mean, apart
    rates = trials[:, 0] / sizes
    weights = weights * sizes / (weights @ sizes)
    middle = float(weights @ rates)
    room = max(middle * (1 - middle), 1e-4)
    chance = room * float((weights / sizes).sum())
    spare = 1 - float(weights @ weights)
    variance = float(weights @ (rates - middle) ** 2) / max(spare, 0.1)
    seen = min(max(variance - chance, 0.0) / room, 0.8)
    count = len(trials) - 1
    spread = (count * seen + APART_WORTH * apart) / (count + APART_WORTH)
    return mean, min(max(spread, 0.004), 0.6)
