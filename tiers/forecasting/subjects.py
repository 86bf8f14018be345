"""What can be forecast, and how each is put together: read once, cut to a day, drawn, and counted as it came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
from sqlalchemy import Connection

from registry import codes
from tiers.count import counts_as_listed
from tiers.forecasting import reading
from tiers.forecasting.fitting import Floats, Model, fit
from tiers.forecasting.history import (
    Records,
    Spans,
    day_of,
    ends_after,
    following,
    known_on,
    number,
    overtaken,
    presence,
    spans,
)
from tiers.forecasting.listing import fit_pipeline, simulate_pipeline
from tiers.forecasting.paths import SEED, SIMULATIONS, Paths, Scenario, Standing, simulate, standing
from tiers.forecasting.rounds import Rounds, fit_rounds, simulate_rounds
from tiers.members import Question

#: Targets of the plan that have a forecast. Revenue classes have none: a firm's growth is not modelled.
TARGETS = ("quality-firms", "above-scale", "listed", "tech-sme", "high-tech")


def tiers_known() -> list[str]:
    """Tiers, and tiers with a level where they have several, as ids of what can be forecast."""
    found = []
    for row in codes.load("codes/tiers").rows:
        if row["id"] in ("tech_sme", "high_tech"):
            continue
        levels = codes.several(row["levels"])
        found.append(row["id"])
        found += [f"{row['id']}:{level}" for level in levels if len(levels) > 1]
    return found


@dataclass(frozen=True, eq=False)
class Titles:
    """Quality firms, a tier, or members above scale: firms that hold any of the terms."""

    records: Records
    max_days: int
    recognised: Mapping[str, tuple[int, int]]
    _models: dict[date, tuple[Model, Records]] = field(default_factory=dict)
    _ready: dict[tuple[date, tuple[int, ...]], Standing] = field(default_factory=dict)

    def model(self, day: date) -> tuple[Model, Records]:
        if day not in self._models:
            known = known_on(self.records, number(day))
            self._models[day] = fit(known, day, self.max_days, self.recognised), known
        return self._models[day]

    def enough(self, day: date) -> bool:
        return self.model(day)[0].enough

    def paths(self, day: date, points: Sequence[int], scenario: Scenario, sims: int, seed: int) -> Paths:
        model, known = self.model(day)
        key = (day, tuple(points))
        if key not in self._ready:
            self._ready.clear()
            self._ready[key] = standing(model, known, points)
        ready = self._ready[key]
        return simulate(model, known, points, sims=sims, seed=seed, scenario=scenario, ready=ready)

    @cached_property
    def _spans(self) -> Spans:
        return spans(self.records)

    def values(self, days: Sequence[date]) -> list[int]:
        held = presence(self._spans, len(self.records.firms), [number(day) for day in days])
        return [int(n) for n in held.sum(axis=0)]

    def first(self) -> date | None:
        found = self._spans.start
        return day_of(int(found.min())) if len(found) else None

    def at_stake(self, day: date, until: date) -> dict[str, tuple[float, int]]:
        """Firms that count now, or whose review may still come, and hold nothing beyond ``until``: credit code → (chance
        that a renewal makes them count on that day, place of the title that ends first among the records known)."""
        model, known = self.model(day)
        today, last = number(day), number(until)
        natural = np.minimum(known.last + 1, overtaken(known))
        home = np.zeros(len(known.firms), dtype=bool)
        home[known.stay_firm[(known.stay_from <= today) & (known.stay_to > today)]] = True
        alive = (known.revoked > today) & home[known.firm]
        safe = set(known.firm[alive & (natural > last) & (known.start <= last)].tolist())
        ending = alive & (natural <= last) & (known.start <= today) & (following(known) < 0)
        found: dict[int, tuple[float, int]] = {}
        for row in np.flatnonzero(ending)[np.argsort(natural[ending], kind="stable")].tolist():
            firm = int(known.firm[row])
            chance = model.renewed_by(
                int(known.group[row]), day_of(int(known.issued[row])).year, int(natural[row]), last
            )
            if firm in safe or (natural[row] <= today and not chance):
                continue
            before, first = found.get(firm, (0.0, row))
            found[firm] = 1 - (1 - before) * (1 - chance), first
        return {known.firms[firm]: entry for firm, entry in sorted(found.items())}

    def ending(self, day: date, until: date) -> dict[tuple[int, int], int]:
        """(group, year of issue) → titles in force on ``day`` that end by ``until`` and are not renewed yet."""
        known, rows = self.model(day)[1], self.open_ends(day, until)
        years = known.issued[rows].astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
        return dict(Counter(zip(known.group[rows].tolist(), years.tolist(), strict=True)))

    def open_ends(self, day: date, until: date) -> list[int]:
        """The rows of those titles among the records known on ``day``."""
        known = self.model(day)[1]
        now = spans(known)
        today, last = number(day), number(until)
        inside = (now.start <= today) & (now.end > today) & (known.last[now.row] < last)
        rows = now.row[inside]
        found: list[int] = rows[following(known)[rows] < 0].tolist()
        return found


@dataclass(frozen=True)
class YearlyRound:
    """Technology SMEs: the firms of the latest complete round."""

    rounds: Rounds

    def enough(self, day: date) -> bool:
        return fit_rounds(self.rounds, day).enough

    def paths(self, day: date, points: Sequence[int], scenario: Scenario, sims: int, seed: int) -> Paths:
        drawn = simulate_rounds(fit_rounds(self.rounds, day), points, sims=sims, seed=seed, scenario=scenario)
        return Paths(drawn, np.zeros_like(drawn), np.zeros_like(drawn))

    def values(self, days: Sequence[date]) -> list[int]:
        years = [day.year if (day.month, day.day) == (12, 31) else day.year - 1 for day in days]
        return [len(self.rounds.get(year, ())) for year in years]

    def first(self) -> date | None:
        return date(min(self.rounds), 12, 31) if self.rounds else None


@dataclass(frozen=True)
class Stages:
    """Listed firms in manufacturing or the digital economy: (firm, board, stage, day)."""

    rows: Sequence[tuple[str, str, str, int]]

    def enough(self, day: date) -> bool:
        return fit_pipeline(self.rows, day).enough

    def paths(self, day: date, points: Sequence[int], scenario: Scenario, sims: int, seed: int) -> Paths:
        drawn = simulate_pipeline(
            fit_pipeline(self.rows, day), points, sims=sims, seed=seed, scenario=scenario
        )
        return Paths(drawn, np.zeros_like(drawn), np.zeros_like(drawn))

    def values(self, days: Sequence[date]) -> list[int]:
        return [fit_pipeline(self.rows, day).listed for day in days]

    def first(self) -> date | None:
        days = [on for *_rest, on in self.rows]
        return day_of(min(days)) if days else None


Subject = Titles | YearlyRound | Stages


def read_subject(connection: Connection, question: Question, target: str) -> Subject:
    """Read what a forecast of ``target`` needs: an id of TARGETS or of ``tiers_known()``. Raises KeyError for others."""
    most = question.settings.review.max_days
    if target == "tech-sme":
        return YearlyRound(reading.read_rounds(connection, question))
    if target == "listed":
        rows = reading.read_listings(connection, question)
        return Stages([row[:4] for row in rows if counts_as_listed(row[4], row[5]) == "yes"])
    if target == "above-scale":
        return Titles(reading.read_above_scale(connection, question), most, {})
    recognised = reading.read_recognised(connection, question)
    if target == "quality-firms":
        condition = question.quality
    elif target == "high-tech":
        condition = reading.condition_of("high_tech")
    elif target in tiers_known():
        tier, _, level = target.partition(":")
        condition = reading.condition_of(tier, level)
    else:
        raise KeyError(target)
    return Titles(reading.read_titles(connection, question, condition), most, recognised)


def draw_ahead(
    subject: Subject, day: date, ends: Sequence[date], sims: int = SIMULATIONS, seed: int = SEED
) -> Floats | None:
    """Draws for a few month ends after ``day``; None where too little is known by then."""
    if not subject.enough(day):
        return None
    months = (ends[-1].year - day.year) * 12 + ends[-1].month - day.month
    points = ends_after(day, months)
    total = subject.paths(day, [number(p) for p in points], Scenario(), sims, seed).total
    found: Floats = total[[points.index(end) for end in ends]]
    return found
