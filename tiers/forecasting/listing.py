"""Listings: firms on their way through the stages to a board. Few, so the intervals are wide. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from tiers.forecasting.fitting import Floats
from tiers.forecasting.history import number
from tiers.forecasting.paths import SEED, SIMULATIONS, Scenario, streams

STAGES = (
    "reserve", "restructured", "tutoring", "tutoring_passed", "filed", "inquiry", "committee_passed", "submitted",
    "registered", "issued", "listed",
)  # fmt: skip
LISTED = STAGES.index("listed")
#: Assumed before anything is seen: a stage takes a year and a half.
EVENTS, MONTHS = 1.0, 18.0
MONTH = 30.44


@dataclass(frozen=True)
class Pipeline:
    """``steps`` and ``drops``: (events, firm-months) by stage; ``waiting``: the stage of each firm under way;
    ``listed``: firms listed now; ``delisted``: (events, firm-months)."""

    steps: tuple[tuple[int, float], ...]
    drops: tuple[tuple[int, float], ...]
    waiting: tuple[int, ...]
    listed: int
    delisted: tuple[int, float]

    @property
    def enough(self) -> bool:
        return self.steps[LISTED - 1][0] > 0


def fit_pipeline(rows: Iterable[tuple[str, str, str, int]], day: date) -> Pipeline:
    """Learn from stages (firm, board, stage, day), in the order of their days within a firm and board."""
    today = number(day)
    moved: Counter[int] = Counter()
    dropped: Counter[int] = Counter()
    months: dict[int, float] = dict.fromkeys(range(len(STAGES)), 0.0)
    now: dict[str, int] = {}
    on_board: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for firm, board, stage, on in rows:
        if on <= today:
            on_board.setdefault((firm, board), []).append((stage, on))
    gone = 0
    for (firm, _board), stages in on_board.items():
        stages = sorted(stages, key=lambda s: (s[1], STAGES.index(s[0]) if s[0] in STAGES else 99))
        at: int | None = None
        since = 0
        for stage, on in stages:
            place = STAGES.index(stage) if stage in STAGES else None
            if at is not None and stage != "suspended":
                months[at] += (on - since) / MONTH
                if at < LISTED and place is not None and place > at:
                    for passed in range(at, place):
                        moved[passed] += 1
                elif at < LISTED:
                    dropped[at] += 1
                elif stage == "delisted":
                    gone += 1
            if stage != "suspended":
                at, since = place, on
        if at is not None:
            months[at] += (today - since) / MONTH
            now[firm] = max(now.get(firm, -1), at)
    waiting = tuple(sorted(at for at in now.values() if at < LISTED))
    return Pipeline(
        tuple((moved[at], months[at]) for at in range(LISTED)),
        tuple((dropped[at], months[at]) for at in range(LISTED)),
        waiting, sum(at == LISTED for at in now.values()), (gone, months[LISTED]),
    )  # fmt: skip


def simulate_pipeline(
    model: Pipeline,
    points: Sequence[int],
    *,
    sims: int = SIMULATIONS,
    seed: int = SEED,
    scenario: Scenario | None = None,
) -> Floats:
    """Months × simulations: firms listed at each month's end. Firms that nobody has in the pipeline yet are left out."""
    scenario = scenario or Scenario()
    draw = streams(seed)

    def chances(rates: Sequence[tuple[int, float]], events: float) -> Floats:
        drawn = [draw["rates"].gamma(n + events, 1 / (months + MONTHS), sims) for n, months in rates]
        found: Floats = 1 - np.exp(-np.stack(drawn))
        return found

    step, drop = chances(model.steps, EVENTS), chances(model.drops, 0.2)
    leave = chances([model.delisted], 0.2)[0]
    if scenario.exits:
        leave = leave * max(0.0, 1 - scenario.exits / max(leave.mean() * 12 * max(model.listed, 1), 1e-9))
    firms = len(model.waiting)
    at = np.repeat(np.array(model.waiting, dtype=np.int64)[:, None], sims, axis=1)
    gone = np.zeros((firms, sims), dtype=bool)
    stays = np.ones((model.listed, sims), dtype=bool)
    found = np.zeros((len(points), sims))
    column = np.arange(sims)[None, :]
    for place in range(len(points)):
        stays &= draw["exits"].random((model.listed, sims)) >= leave
        # A firm may pass several stages within a month, as it does at the end of the way.
        chance = draw["new"].random((firms, sims))
        under = (at < LISTED) & ~gone
        stage = np.minimum(at, LISTED - 1)
        up = under & (chance < step[stage, column])
        gone |= under & ~up & (chance > 1 - drop[stage, column])
        at = at + up
        found[place] = stays.sum(axis=0) + ((at == LISTED) & ~gone).sum(axis=0)
    return found
