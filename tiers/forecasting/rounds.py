"""Technology SMEs: a yearly round. Who registered last year mostly does so again; new ones come beside. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from tiers.forecasting.fitting import RECENCY, Floats, dispersion
from tiers.forecasting.history import day_of, number
from tiers.forecasting.paths import SEED, SIMULATIONS, Scenario, beta, gamma, streams

Rounds = Mapping[int, Mapping[str, int]]


@dataclass(frozen=True)
class RoundModel:
    """``full``: year → firms of the complete rounds; ``so_far``: those of this year by the day, and what share of a year
    is usually in by then. ``again``: rate of coming again, and what it is worth; ``new``: others a year."""

    day: date
    full: Mapping[int, int]
    so_far: int
    share: float
    again: float
    worth: float
    new: float
    varies: float

    @property
    def enough(self) -> bool:
        return len(self.full) >= 2


def fit_rounds(rounds: Rounds, day: date) -> RoundModel:
    """Learn from the rounds up to ``day``; a year is complete on its last day."""
    last = day.year if (day.month, day.day) == (12, 31) else day.year - 1
    full = {year: dict(firms) for year, firms in rounds.items() if year <= last}
    years = sorted(full)
    pairs = [(a, b) for a, b in pairwise(years) if b == a + 1]
    kept = np.array([len(full[a].keys() & full[b].keys()) for a, b in pairs], dtype=float)
    before = np.array([len(full[a]) for a, _b in pairs], dtype=float)
    new = np.array([len(full[b].keys() - full[a].keys()) for a, b in pairs], dtype=float)
    weights = np.array([RECENCY ** (last - b) for _a, b in pairs])
    weights = weights / weights.sum() if len(weights) else weights
    again = float((weights @ kept + 1) / (weights @ before + 2)) if len(pairs) else 0.5
    # Rounds differ from each other by more than chance: few rounds are worth few trials.
    worth = 12.0 * len(pairs) + 2
    so_far = sum(first <= number(day) for first in rounds.get(last + 1, {}).values())
    passed = number(day) - number(date(day.year, 1, 1))
    shares = [
        sum(first - number(date(year, 1, 1)) <= passed for first in firms.values()) / len(firms)
        for year, firms in full.items()
        if firms
    ]
    return RoundModel(
        day, {year: len(firms) for year, firms in full.items()}, so_far, float(np.mean(shares)) if shares else 0.0,
        again, worth, float(weights @ new) if len(new) else 0.0, dispersion(new, weights) if len(new) else 0.3,
    )  # fmt: skip


def simulate_rounds(
    model: RoundModel,
    points: Sequence[int],
    *,
    sims: int = SIMULATIONS,
    seed: int = SEED,
    scenario: Scenario | None = None,
) -> Floats:
    """Months × simulations: firms of the latest complete round at each month's end."""
    scenario = scenario or Scenario()
    draw = streams(seed)
    last = max(model.full, default=model.day.year - 1)
    value = np.full(sims, float(model.full.get(last, 0)))
    found = np.zeros((len(points), sims))
    year = last
    again = beta(draw["rates"], model.again, model.worth, sims)
    again = (
        np.full(sims, scenario.rate)
        if scenario.rate is not None
        else np.clip(again + scenario.renewals, 0, 1)
    )
    for place, point in enumerate(points):
        on = day_of(point)
        if (on.month, on.day) == (12, 31) and on.year > year:
            year = on.year
            new = draw["new"].poisson(model.new * gamma(draw["new"], model.varies, sims)) * scenario.new
            value = value * again + new + scenario.near.get("tech_sme", 0)
            if year == model.day.year:
                # Who registered already counts; the part of a year that usually comes later is still open.
                value = np.maximum(value, model.so_far)
                if model.share > 0.5:
                    hint = model.so_far / model.share
                    value = np.maximum(model.so_far, hint + (value - hint) * (1 - model.share))
        found[place] = value
    return found
