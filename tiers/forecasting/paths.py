"""Ways that a count may go: draws of renewals, exits and new firms, month by month. Pure; the same seed, the same ways.

Every source of chance has a stream of its own, drawn in the order of the firms, so that two scenarios differ by what they
change and by nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiers.forecasting.fitting import SEASON, Floats, Model, Renewal, Season
from tiers.forecasting.history import FAR, Ints, Records, day_of, following, number, overtaken

MOST_MONTHS = 60  # months are the bits of one word
SIMULATIONS, SEED = 1000, 2023
CHUNK = 1500  # firms at a time: what is drawn for them stays in the processor's cache
#: A year beyond all of the past: the index of the Pareto factor (2: the heaviest tail of which four times the largest year
#: is still rare), and where it is cut; how much more than estimated a year may vary.
TAIL, MOST_JUMP, MOST_VARIED = 2.0, 10.0, 8.0
STREAMS = ("rates", "lags", "renewals", "again", "exits", "upgrades", "new", "near")


@dataclass(frozen=True)
class Scenario:
    """What is done differently. ``renewals``: points added to every renewal rate (0.05 is five); ``rate``: one renewal
    rate for all instead; ``near``: tier → firms lifted over its line that apply next; ``exits``: so many fewer a year;
    ``new``: new firms times this."""

    renewals: float = 0.0
    near: Mapping[str, int] = field(default_factory=dict)
    exits: float = 0.0
    new: float = 1.0
    rate: float | None = None

    @property
    def plain(self) -> bool:
        return self == Scenario()


@dataclass(frozen=True)
class Paths:
    """months × simulations: firms that count now and still do, and firms that are new since. ``lasting``: of one new firm
    a month, how many still count (for "what would have to be true")."""

    held: Floats
    fresh: Floats
    lasting: Floats

    @property
    def total(self) -> Floats:
        return self.held + self.fresh


@dataclass(frozen=True)
class Stake:
    """The titles of firms that hold none beyond the horizon, by firm: months from which they count (``begin``), end, and
    could come back; ``combo``: the cohort and day of end that draws are shared by."""

    firm: Ints
    begin: Ints
    end: Ints
    second: Ints
    combo: Ints
    combos: Sequence[tuple[int, int, int, bool]]


@dataclass(frozen=True)
class Standing:
    """How things stand on the model's day, the same for every scenario: firms that hold a title beyond the months, and
    the titles of all others."""

    stay: int
    stake: Stake


def streams(seed: int) -> dict[str, np.random.Generator]:
    made = np.random.SeedSequence(seed).spawn(len(STREAMS))
    return {name: np.random.Generator(np.random.PCG64(one)) for name, one in zip(STREAMS, made, strict=True)}


def simulate(
    model: Model,
    records: Records,
    points: Sequence[int],
    *,
    sims: int = SIMULATIONS,
    seed: int = SEED,
    scenario: Scenario | None = None,
    ready: Standing | None = None,
) -> Paths:
    """``records`` as known on the model's day; ``points``: the month ends to come, as days, MOST_MONTHS at most.
    ``ready``: what ``standing`` gives for them, where several scenarios are drawn."""
    if len(points) > MOST_MONTHS:
        raise ValueError(f"{len(points)} months are more than {MOST_MONTHS}")
    scenario = scenario or Scenario()
    draw = streams(seed)
    months = len(points)
    whole = np.array(points, dtype=np.int64)
    ready = ready or standing(model, records, points)
    stay, stake = ready.stay, ready.stake
    noise = gamma(draw["exits"], model.exits_vary, sims)
    season = np.arange(months) % SEASON
    exits = model.exits[season] * _fewer(scenario, model, stay + len(np.unique(stake.firm)))
    exits[0] *= _part_of_first(model, points)
    leaving = np.cumsum(-np.log1p(-exits))
    held = _stayers(stay, leaving, noise, months, draw["exits"])
    held += _at_stake(model, stake, whole, leaving, noise, scenario, draw, sims)
    surviving = np.exp(-leaving[:, None] * noise[None, :])
    arrivals = _arrivals(model, points, scenario, draw, sims)
    renewed = _typical_rate(model, scenario, draw["rates"], sims)
    terms = dict(zip((g.partition(":")[0] for g in records.groups), records.months, strict=True))
    fresh = np.zeros((months, sims))
    for tier, arriving in arrivals.items():
        fresh += _kept(arriving, surviving, terms.get(tier, FAR), renewed)
    one = np.ones((months, sims))
    return Paths(held, fresh, _kept(one, surviving, FAR, renewed))


def _part_of_first(model: Model, points: Sequence[int]) -> float:
    """How much of the first month is still to come."""
    today = number(model.day)
    return min(max((points[0] - today) / day_of(points[0]).day, 0.0), 1.0)


def _fewer(scenario: Scenario, model: Model, firms: int) -> float:
    expected = float(model.exits.sum()) * firms
    return 1.0 if not scenario.exits or not expected else max(0.0, 1 - scenario.exits / expected)


def gamma(draw: np.random.Generator, varies: float, sims: int) -> Floats:
    """A year's number as a multiple of what is expected."""
    return draw.gamma(1 / varies, varies, sims) if varies > 0 else np.ones(sims)


def standing(model: Model, records: Records, days: Sequence[int]) -> Standing:
    """Firms with a title that outlasts the months, and the titles of all others that count or may come back."""
    points = np.array(days, dtype=np.int64)
    today, months = number(model.day), len(points)
    home = np.zeros(len(records.firms), dtype=bool)
    home[records.stay_firm[(records.stay_from <= today) & (records.stay_to > today)]] = True
    natural = np.minimum(records.last + 1, overtaken(records))
    after = following(records)
    alive = (records.revoked > today) & home[records.firm]
    limits = np.array(
        [r.limit for _g, r in sorted(model.renewals.items())] or [0] * len(records.groups), dtype=np.int64
    )
    open_ = alive & (natural > today)
    pending = alive & (records.last + 1 <= today) & (after < 0)
    pending &= records.last + 1 + limits[records.group] > today
    rows = np.flatnonzero(open_ | pending)
    begin = np.where(records.start[rows] <= today, 0, np.searchsorted(points, records.start[rows]) + 1)
    end = np.where(pending[rows], 0, np.searchsorted(points, natural[rows]) + 1)
    firm = records.firm[rows]
    safe = np.zeros(len(records.firms), dtype=bool)
    safe[firm[(begin == 0) & (end > months)]] = True
    keep = ~safe[firm] & (begin <= months)
    rows, firm, begin, end = rows[keep], firm[keep], begin[keep], end[keep]
    order = np.argsort(firm, kind="stable")
    rows, firm, begin, end = rows[order], firm[order], begin[order], end[order]
    years = records.issued[rows].astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    # Where the next term is on record already, nothing is left to chance. Ends within a month share their draws.
    settled = after[rows] >= 0
    month = natural[rows].astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    keyed = ((records.group[rows] * 10_000 + years) * 100_000 + np.maximum(month, 0)) * 2 + settled
    _keys, first, combo = np.unique(keyed, return_index=True, return_inverse=True)
    length = np.array(records.months, dtype=np.int64)[records.group[rows]]
    later = (natural[rows].astype("datetime64[D]").astype("datetime64[M]") + length).astype("datetime64[D]")
    second = np.searchsorted(points, later.astype(np.int64)) + 1
    combos = [
        (int(records.group[rows[at]]), int(years[at]), int(natural[rows[at]]), bool(settled[at]))
        for at in first
    ]
    return Standing(int(safe.sum()), Stake(firm, begin, end, second, combo.reshape(-1), combos))


def _stayers(stay: int, leaving: Floats, noise: Floats, months: int, draw: np.random.Generator) -> Floats:
    """Of firms that only leave: how many remain, months × simulations."""
    sims = len(noise)
    gone = np.zeros(months * sims)
    for size in _sizes(stay):
        month, sim = _events(draw, size, leaving, noise)[1:]
        gone += np.bincount(month * sims + sim, minlength=months * sims)
    return stay - np.cumsum(gone.reshape(months, sims), axis=0)


def _sizes(firms: int) -> Iterator[int]:
    yield from (min(CHUNK, firms - at) for at in range(0, firms, CHUNK))


def _events(
    draw: np.random.Generator, firms: int, cumulated: Floats, noise: Floats
) -> tuple[Ints, Ints, Ints]:
    """When something happens to each of some firms for the first time, by a cumulated hazard: (firm, month, simulation)
    of those to whom it does."""
    # Compared as chances, so that only who is hit needs a logarithm.
    chance = draw.random((firms, len(noise)), dtype=np.float32)
    hit = np.flatnonzero((chance < -np.expm1(-noise * cumulated[-1]).astype(np.float32)).ravel())
    firm, sim = np.divmod(hit, len(noise))
    patience = -np.log1p(-chance.ravel()[hit].astype(np.float64))
    month = np.searchsorted(cumulated, patience / noise[sim])
    return firm, np.minimum(month, len(cumulated) - 1), sim


def _at_stake(
    model: Model, stake: Stake, points: Ints, leaving: Floats, noise: Floats, scenario: Scenario,
    draw: Mapping[str, np.random.Generator], sims: int,
) -> Floats:  # fmt: skip
    """Months × simulations: how many of the firms whose titles all end count."""
    months = len(points)
    rates, back = _cohort_draws(model, stake, points, scenario, draw, sims)
    # Months are bits of the smallest word that holds them.
    word: Any = np.uint32 if months < 30 else np.uint64
    one, nothing = word(1), word(0)
    lower = (one << np.arange(months + 2, dtype=word)) - one
    whole = lower[months]
    returns = whole & ~lower[np.maximum(back, 1) - 1]  # of each cohort and draw the months after a renewal
    rising = model.upgrades[np.arange(months) % SEASON]
    rising = np.cumsum(-np.log1p(-rising))
    better = gamma(draw["upgrades"], model.upgrades_vary, sims)
    count = np.zeros((months, sims))
    first_rows = stake.firm[1:] != stake.firm[:-1]
    edges: Ints = np.flatnonzero(np.concatenate(([len(stake.firm) > 0], first_rows, [True])))
    for at in range(0, len(edges) - 1, CHUNK // 5):
        first = edges[at : at + CHUNK // 5 + 1]
        rows = slice(int(first[0]), int(first[-1]))
        firms = len(first) - 1
        combo, end, begin = stake.combo[rows], stake.end[rows], stake.begin[rows]
        chance = draw["renewals"].random((len(combo), sims), dtype=np.float32)
        renewed = chance < rates[combo]
        again = np.minimum(stake.second[rows], months + 1)
        counted = np.where(renewed, returns[combo], nothing)
        if (again <= months).any():
            lapsed = draw["again"].random((len(combo), sims), dtype=np.float32) >= rates[combo]
            counted = np.where(lapsed, counted & lower[np.maximum(again, 1) - 1][:, None], counted)
        first_term = lower[np.minimum(np.maximum(end, 1) - 1, months)] & ~lower[np.maximum(begin, 1) - 1]
        counted |= first_term[:, None]
        held = np.bitwise_or.reduceat(counted, first[:-1] - first[0], axis=0)
        # A further title keeps a firm that counts; one that counts no more is among the new ones.
        now = np.logical_or.reduceat((begin == 0) & (end > 0), first[:-1] - first[0])
        firm, month, sim = _events(draw["upgrades"], firms, rising, better)
        before = held[firm, sim] >> (np.maximum(month, 1).astype(word) - one)
        so = np.where(month > 0, (before & one).astype(bool), now[firm])
        firm, month, sim = firm[so], month[so], sim[so]
        held[firm, sim] |= whole & ~lower[month]
        firm, month, sim = _events(draw["exits"], firms, leaving, noise)
        held[firm, sim] &= lower[month]
        count += _bits(held, months)
    return count


def _bits(words: Any, months: int) -> Ints:
    """Of each column how many words have each of the lowest bits: months × columns. Every eighth bit is added up at once,
    in lanes of a byte, which hold 255 rows."""
    kind = words.dtype.type
    lanes = words.dtype.itemsize
    ones = kind(int.from_bytes(b"\x01" * lanes, "little"))
    found = np.zeros((8 * lanes, words.shape[1]), dtype=np.int64)
    for first in range(0, len(words), 255):
        part = words[first : first + 255]
        for bit in range(8):
            summed = ((part >> kind(bit)) & ones).sum(axis=0, dtype=kind)
            for lane in range(lanes):
                found[bit + 8 * lane] += ((summed >> kind(8 * lane)) & kind(255)).astype(np.int64)
    return found[:months]


def _cohort_draws(
    model: Model, stake: Stake, points: Ints, scenario: Scenario, draw: Mapping[str, np.random.Generator], sims: int
) -> tuple[NDArray[np.float32], Ints]:  # fmt: skip
    """For each cohort and day of end: the renewal rate, and the month from which renewed titles count again."""
    today, months = number(model.day), len(points)
    means = {group: beta(draw["rates"], r.mean, r.worth, sims) for group, r in sorted(model.renewals.items())}
    drawn: dict[tuple[int, int], Floats] = {}
    rates = np.zeros((len(stake.combos), sims))
    back = np.full((len(stake.combos), sims), months + 1)
    for place, (group, year, end, settled) in enumerate(stake.combos):
        renewal = model.renewals.get(group)
        if settled:
            continue
        at = draw["lags"].random(sims)
        if (group, year) not in drawn:
            drawn[group, year] = _cohort_rate(model, renewal, (group, year), means, draw["rates"], sims)
        rate = drawn[group, year]
        rate = (
            np.full(sims, scenario.rate)
            if scenario.rate is not None
            else np.clip(rate + scenario.renewals, 0, 1)
        )
        lags = renewal.lags if renewal is not None and len(renewal.lags) else np.zeros(1, dtype=np.int64)
        waited = today - end
        if waited >= 0:
            # Some who would renew had done so by now: what is left is the part of those that come late.
            late = lags[lags > waited]
            share = len(late) / len(lags)
            rate = rate * share / np.maximum(1 - rate * (1 - share), 1e-9)
            lags = late if len(late) else np.array([waited + 31])
        rates[place] = rate
        came = end + np.maximum(lags[np.minimum((at * len(lags)).astype(int), len(lags) - 1)], 0)
        back[place] = np.searchsorted(points, np.maximum(came, today + 1)) + 1
    return rates.astype(np.float32), np.minimum(back, months + 1)


def beta(draw: np.random.Generator, mean: float, worth: float, sims: int) -> Floats:
    return draw.beta(max(mean * worth, 1e-3), max((1 - mean) * worth, 1e-3), sims)


def _cohort_rate(
    model: Model, renewal: Renewal | None, cohort: tuple[int, int], means: Mapping[int, Floats],
    draw: np.random.Generator, sims: int,
) -> Floats:  # fmt: skip
    """A cohort's rate: around its group's, and by what has come of its own ends so far."""
    if renewal is None:  # nothing was ever up for renewal: any rate is as good as another
        return draw.random(sims)
    good, bad = model.cohorts.get(cohort, (0, 0))
    mean = np.clip(means[cohort[0]], 1e-4, 1 - 1e-4)
    return draw.beta(mean * renewal.kappa + good, (1 - mean) * renewal.kappa + bad)


def _arrivals(
    model: Model,
    points: Sequence[int],
    scenario: Scenario,
    draw: Mapping[str, np.random.Generator],
    sims: int,
) -> dict[str, Floats]:
    """Tier → new firms, months × simulations: a year of the past gives the timing, a Gamma variable the size."""
    months = len(points)
    years = -(-months // SEASON)
    part = np.ones(months)
    part[0] = _part_of_first(model, points)
    found = {}
    for tier, season in model.entries.items():
        shapes = season.shapes
        arriving, first = np.zeros((years * SEASON, sims)), np.zeros((SEASON, sims))
        for year in range(years):
            which = draw["new"].choice(len(season.weights), sims, p=season.weights)
            size = year_sizes(draw["new"], season, sims)
            # After n years the next one is unlike all of them with a chance of 1 in n + 1: its rounds come at other times.
            other = draw["new"].random(sims) < 1 / (len(shapes) + 1)
            late = np.where(other, draw["new"].integers(0, SEASON, sims), 0)
            shares = shapes[which[:, None], (np.arange(SEASON) - late[:, None]) % SEASON].T
            arriving[year * SEASON : (year + 1) * SEASON] = draw["new"].poisson(shares * size)
            first = shares if year == 0 else first
        arriving = arriving[:months] * part[:, None] * scenario.new
        if lifted := scenario.near.get(tier, 0):
            good, bad = _recognised(model, tier)
            rate = draw["near"].beta(good + 1, bad + 1, sims)
            arriving[: min(SEASON, months)] += lifted * rate * first[: min(SEASON, months)]
        found[tier] = arriving
    return found


def year_sizes(draw: np.random.Generator, season: Season, sims: int) -> Floats:
    """How many new firms a coming year brings, before chance.

    A few years tell their own variation badly, so it is drawn as well (as from the years and the prior behind it: the mixture
    is to a Gamma what Student's t is to a normal). Lists jump when a programme is widened, and then further than years
    without jumps could tell: a year beyond all of the past exceeds the largest by a Pareto factor.
    """
    unsure = np.minimum(season.worth / draw.chisquare(season.worth, sims), MOST_VARIED)
    varies = np.maximum(season.varies * unsure, 1e-6)
    size: Floats = season.mean * draw.gamma(1 / varies, varies)
    jump = np.minimum((1 - draw.random(sims)) ** (-1 / TAIL), MOST_JUMP)
    most = season.most
    return np.where(size > most, most * jump, size) if most else size


def _recognised(model: Model, tier: str) -> tuple[float, float]:
    """(recognised, rejected) applications of a tier; where none was decided, all tiers together are worth ten."""
    if tier in model.recognised:
        return model.recognised[tier]
    good, bad = (float(sum(pair[at] for pair in model.recognised.values())) for at in (0, 1))
    worth = 10 / (good + bad) if good + bad else 0.0
    return good * worth, bad * worth


def _typical_rate(model: Model, scenario: Scenario, draw: np.random.Generator, sims: int) -> Floats:
    """What share of new firms renews once their own term ends within the months."""
    if scenario.rate is not None:
        return np.full(sims, scenario.rate)
    rates = [r.mean for r in model.renewals.values()]
    base = beta(draw, float(np.mean(rates)), 20.0, sims) if rates else draw.random(sims)
    return np.clip(base + scenario.renewals, 0, 1)


def _kept(arriving: Floats, surviving: Floats, term: int, renewed: Floats) -> Floats:
    """New firms that still count, months × simulations: less exits, and after their term those that do not renew."""
    found = np.zeros_like(arriving)
    held = np.zeros(arriving.shape[1])
    for month in range(len(arriving)):
        step = surviving[month] / (surviving[month - 1] if month else 1.0)
        held = held * step + arriving[month]
        if month >= term:
            over = arriving[month - term] * surviving[month] / surviving[month - term]
            held = held - over * (1 - renewed)
        found[month] = held
    return found
