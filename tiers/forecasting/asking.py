"""Asking for a forecast: what was read is kept until something is filed, and so are the answers."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock
from typing import Any, TypeVar

import numpy as np

from registry.house import House
from registry.kind import Record
from registry.refusals import MisusedError
from registry.store.clock import instant_text
from tiers.asking import view
from tiers.forecasting import answers, backtest
from tiers.forecasting.aims import Aim, Aims, aims_of
from tiers.forecasting.fitting import Floats
from tiers.forecasting.history import ends_after, ends_before, month_end, number
from tiers.forecasting.paths import MOST_MONTHS, Paths, Scenario
from tiers.forecasting.subjects import TARGETS, Subject, Titles, draw_ahead, read_subject, tiers_known
from tiers.members import Question
from tiers.sampling import is_sample
from tiers.targets import indicators

T = TypeVar("T")
HELD = 48
FEW, STEPS = 200, 3  # draws that suffice to find a median, and how often it is sought
#: What the page shows of the past beside a forecast, in months.
PAST = 36
HALF_YEAR = 180
_held: dict[Hashable, Any] = {}
_lock = Lock()


class UnknownTargetError(MisusedError):
    def __init__(self, target: str) -> None:
        known = ", ".join((*TARGETS, *tiers_known()))
        super().__init__(
            f"{target}: there is no forecast of it; known are {known}", f"“{target}”没有预测；可用：{known}"
        )


@dataclass(frozen=True)
class Wanted:
    """What is asked: a target's id (or ``tier``, ``tier:level``), how many months, what is done differently, and the plan
    to judge by (the settings' by default)."""

    target: str = "quality-firms"
    months: int | None = None
    scenario: Scenario = field(default_factory=Scenario)
    plan: str | None = None


def kept(house: House, known_at: datetime | None, *key: Hashable, make: Callable[[], T]) -> T:
    """An answer, held until something is filed or the settings change."""
    whole = _whole(house, known_at, *key)
    with _lock:
        if whole in _held:
            found: T = _held[whole]
            return found
    made = make()
    with _lock:
        while len(_held) >= HELD:
            _held.pop(next(iter(_held)))
        _held[whole] = made
    return made


def held(house: House, known_at: datetime | None, *key: Hashable) -> Any:
    """An answer that is held; None where there is none."""
    whole = _whole(house, known_at, *key)
    with _lock:
        return _held.get(whole)


def _whole(house: House, known_at: datetime | None, *key: Hashable) -> tuple[Hashable, ...]:
    """What is asked with all that the answer depends on."""
    with house.store.read() as connection:
        last = house.store.last_write(connection)
    return (str(house.store.engine.url), last, known_at, _settings(house), *key)


def _settings(house: House) -> str:
    """The settings that a forecast depends on."""
    s = house.settings
    return repr([s.city.code, s.targets, s.quality, s.listed, s.review, s.forecast])


def subject_of(house: House, target: str, day: date, known_at: datetime | None) -> Subject:
    """The records behind a target as known at an instant. Raises UnknownTargetError."""

    def read() -> Subject:
        with view(house, known_at) as connection:
            try:
                return read_subject(connection, Question(day, house.settings), target)
            except KeyError as error:
                raise UnknownTargetError(target) from error

    return kept(house, known_at, "subject", target, day, make=read)


def ask_forecast(house: House, wanted: Wanted, day: date, known_at: datetime | None) -> Record:
    """The forecast as a document; see README, "Forecasts". Raises UnknownTargetError."""

    def made() -> Record:
        subject = subject_of(house, wanted.target, day, known_at)
        aims = aims_of(house, wanted.target, day, known_at, wanted.plan)
        return forecast(house, subject, wanted, day, aims)

    document = kept(house, known_at, *_key(house, wanted, day), make=made)
    return {**document, "known_at": instant_text(known_at or house.clock.now()), "sample": is_sample(house)}


def held_forecasts(
    house: House, targets: Sequence[str], day: date, known_at: datetime | None
) -> dict[str, Record]:
    """The forecasts that were worked out since the last filing, by target. Computes nothing, and asks the register once."""
    whole = _whole(house, known_at)
    with _lock:
        found = {target: _held.get((*whole, *_key(house, Wanted(target), day))) for target in targets}
    return {target: document for target, document in found.items() if document is not None}


def _key(house: House, wanted: Wanted, day: date) -> tuple[Hashable, ...]:
    done = wanted.scenario
    scenario = (done.renewals, tuple(sorted(done.near.items())), done.exits, done.new)
    months = wanted.months or house.settings.forecast.months
    return "forecast", wanted.target, months, scenario, wanted.plan or house.settings.targets.plan, day


def forecast(house: House, subject: Subject, wanted: Wanted, day: date, aims: Aims) -> Record:
    """One target's forecast from its records. ``aims``: the goals that it is judged by."""
    settings = house.settings.forecast
    asked, following, ahead = aims.asked, aims.following, aims.ahead
    known = indicators().get(wanted.target)
    due = ahead.due if ahead else asked.due if asked else None
    months = months_ahead(wanted.months or settings.months, day, due)
    ends = ends_after(day, months)
    limited = _limit(subject, day, ends)
    ends = [end for end in ends if limited is None or end <= limited]
    now = subject.values([day])[0]
    document: Record = {
        "target": wanted.target,
        "name": known.name if known else None,
        "name_en": known.name_en if known else None,
        "as_of": day.isoformat(),
        "seed": settings.seed,
        "simulations": settings.simulations,
        "value": now,
        "plan": None, "period": None, "goal": None, "direction": None, "due": None,
        **(asked.document() if asked else {}),
        "next": following.document() if following else None,
        "judged": ahead.document() if ahead else None,
        "enough": subject.enough(day),
        "limited": limited.isoformat() if limited else None,
        "past": _past(subject, asked, day),
        "history": _history(subject, day),
        "months": [], "chances": [], "needed": None, "drivers": None, "cohorts": [], "what_if": None,
    }  # fmt: skip
    if not document["enough"] or not ends:
        return document
    points = [number(end) for end in ends]
    base = subject.paths(day, points, Scenario(), settings.simulations, settings.seed)
    document["months"] = answers.by_month(points, base.total)
    if ahead:
        document["chances"] = [_chance(base.total, ends.index(end), end, ahead) for end in _judged(ends, due)]
    last = judged_on(day, due, ends)
    at = ends.index(last)
    if isinstance(subject, Titles):
        document["drivers"] = _drivers(subject, day, last, base, at)
        document["cohorts"] = _cohorts(subject, day, ends[-1])
        if ahead:
            document["needed"] = _needed(subject, ahead, base, day, points[: at + 1], settings.seed)
    if not wanted.scenario.plain:
        document["what_if"] = _what_if(subject, wanted.scenario, day, points, base, ahead, at, settings)
    return document


def months_ahead(wanted: int, day: date, due: date | None) -> int:
    """So many months, or up to the due day where that is later."""
    to_due = 0
    if due and due > day:
        begun = month_end(day.year, day.month) != day
        to_due = (due.year - day.year) * 12 + due.month - day.month + begun
    return min(max(wanted, to_due), MOST_MONTHS)


def judged_on(day: date, due: date | None, ends: Sequence[date]) -> date:
    """The day that a goal is looked at: when it is due; where that is past or not said, the first end of a year half a
    year on or later, as far as ``ends`` go."""
    if due is not None and due in ends:
        return due
    years = [end for end in ends if end.month == 12]
    return next((end for end in years if (end - day).days >= HALF_YEAR), years[-1] if years else ends[-1])


def _limit(subject: Subject, day: date, ends: list[date]) -> date | None:
    """Where titles end and none was ever up for renewal, the last month end before the first of them."""
    if not isinstance(subject, Titles) or not subject.enough(day) or subject.model(day)[0].renewals:
        return None
    rows = subject.open_ends(day, ends[-1])
    if not rows:
        return None
    first = int(subject.model(day)[1].last[rows].min())
    before = [end for end in ends if number(end) <= first]
    return before[-1] if before else day


def _past(subject: Subject, asked: Aim | None, day: date) -> Record | None:
    """What came of a goal whose day is over; whether it was reached is not said where none was set."""
    if asked is None or asked.due > day:
        return None
    value = subject.values([asked.due])[0]
    reached = None if asked.goal is None else _reached(float(value), asked)
    return {"due": asked.target.due, "value": value, "reached": reached}


def _reached(value: float, aim: Aim) -> bool:
    return aim.goal is not None and bool(answers.reaches(value, float(aim.goal), aim.direction))


def _history(subject: Subject, day: date) -> list[Record]:
    first = subject.first()
    ends = [end for end in ends_before(day, PAST) if first and end >= first]
    return [{"day": end.isoformat(), "value": n} for end, n in zip(ends, subject.values(ends), strict=True)]


def _judged(ends: list[date], due: date | None) -> list[date]:
    """The due day where it lies ahead, and the end of each year."""
    return [end for end in ends if end == due or (end.month, end.day) == (12, 31)]


def _chance(total: Floats, at: int, end: date, aim: Aim) -> Record:
    values, goal = total[at], int(aim.goal or 0)
    spread = answers.spread(values)
    return {
        "day": end.isoformat(), "due": end == aim.due, "goal": goal,
        "chance": answers.chance(values, float(goal), aim.direction),
        "short": max(goal - spread["p50"], 0), **spread,
    }  # fmt: skip


def _drivers(subject: Titles, day: date, last: date, base: Paths, at: int) -> Record:
    model, known = subject.model(day)
    rows = subject.open_ends(day, last)
    return {
        "until": last.isoformat(),
        "ending_titles": len(rows),
        "ending_firms": len(set(known.firm[rows].tolist())),
        "entries_a_year": {tier: round(s.mean) for tier, s in model.entries.items()},
        "exits_a_year": round(float(model.exits.sum()) * subject.values([day])[0]),
        "held": answers.spread(base.held[at]),
        "new": answers.spread(base.fresh[at]),
    }


def _cohorts(subject: Titles, day: date, until: date) -> list[Record]:
    model, known = subject.model(day)
    return answers.cohorts(model, known, subject.ending(day, until))


def _needed(subject: Titles, aim: Aim, base: Paths, day: date, points: list[int], seed: int) -> Record:
    """What would have to be true for the median to reach the goal on the last of ``points``."""
    goal, at = float(aim.wanted or 0), len(points) - 1
    found: Record = {"day": _day(points[at]), "reached": bool(np.median(base.total[at]) >= goal)}
    months = len(points)
    fresh = float(np.median(base.fresh[at]))
    found["new_a_month"] = {
        "now": answers.decimal(fresh / months, 1),
        "needed": _text(answers.new_a_month(base, at, goal), 1),
    }
    model = subject.model(day)[0]
    if subject.open_ends(day, date.fromisoformat(found["day"])) and model.renewals:

        def median(rate: float) -> float:
            drawn = subject.paths(day, points, Scenario(rate=rate), FEW, seed)
            return float(np.median(drawn.total[at]))

        found["renewal_rate"] = {
            "now": _text(_expected_rate(subject, day, date.fromisoformat(found["day"])), 3),
            "needed": _text(answers.crossing(median, goal, 1.0, STEPS), 3),
        }
    return found


def _expected_rate(subject: Titles, day: date, until: date) -> float | None:
    """The expected renewal rate of the titles that end by a day, all cohorts together."""
    found = [
        (entry["ending"], float(entry["expected"]))
        for entry in _cohorts(subject, day, until)
        if entry["ending"] and entry["expected"] is not None
    ]
    titles = sum(n for n, _rate in found)
    return sum(n * rate for n, rate in found) / titles if titles else None


def _text(value: float | None, places: int) -> str | None:
    return None if value is None else answers.decimal(value, places)


def _day(point: int) -> str:
    return str(np.array(point, dtype="datetime64[D]"))


def _what_if(
    subject: Subject, scenario: Scenario, day: date, points: list[int], base: Paths, aim: Aim | None, at: int,
    settings: Any,
) -> Record:  # fmt: skip
    other = subject.paths(day, points, scenario, settings.simulations, settings.seed)
    found: Record = {
        "asked": {
            "renewals": answers.decimal(scenario.renewals, 4), "near": dict(scenario.near), "exits": scenario.exits,
            "new": answers.decimal(scenario.new, 4),
        },
        "day": _day(points[at]),
        "months": answers.by_month(points, other.total),
        "difference": answers.difference(base.total[at], other.total[at]),
        "chance": None,
    }  # fmt: skip
    if aim and aim.goal is not None:
        found["chance"] = answers.chance(other.total[at], float(aim.goal), aim.direction)
    return found


def ask_backtest(house: House, target: str, day: date, known_at: datetime | None) -> Record:
    """Forecasts from past half-years against what came. Raises UnknownTargetError."""
    subject = subject_of(house, target, day, known_at)
    document = kept(house, known_at, "backtest", target, day, make=lambda: backtested(house, subject, day))
    return {"target": target, "as_of": day.isoformat(), **document, "sample": is_sample(house)}


def backtested(house: House, subject: Subject, day: date) -> Record:
    settings = house.settings.forecast
    trials: list[backtest.Trial] = []
    first = subject.first()
    for origin in backtest.origins(day, first) if first else []:
        ends = [end for end in (backtest.months_on(origin, n) for n in backtest.AHEAD) if end <= day]
        drawn = draw_ahead(subject, origin, ends, min(settings.simulations, 500), settings.seed)
        if drawn is None:
            continue
        before, last = subject.values([origin.replace(year=origin.year - 1), origin])
        for end, ahead, values, actual in zip(
            ends, backtest.AHEAD, drawn, subject.values(ends), strict=False
        ):
            trials.append(backtest.Trial(origin, end, ahead, values, actual, last, before))
    return backtest.document(trials)


#: Whose line near-miss firms are lifted over where no tier is named.
LINES = {
    "quality-firms": "innovative_sme",
    "high-tech": "high_tech",
    "tech-sme": "tech_sme",
    "above-scale": "above_scale",
}
#: What may be done differently, between which amounts.
CHANGES = {"renewals": (-100, 100), "near": (0, 100_000), "exits": (-100_000, 0), "new": (-100, 1000)}


def scenario_of(asked: Mapping[str, str], target: str, quality: Sequence[str] = ()) -> Scenario:
    """``renewals=+5`` (points), ``near=300`` or ``near=300:srdi``, ``exits=-20`` (a year), ``new=+10`` (percent);
    ``quality``: the tiers of quality firms. Raises MisusedError for anything else."""
    parts: dict[str, Any] = {}
    own = LINES.get(target, target.partition(":")[0])
    lines = {entry.partition(":")[0] for entry in quality} if target == "quality-firms" else {own}
    for name, text in asked.items():
        amount, _, tier = text.strip().partition(":")
        try:
            value = float(amount)
        except ValueError:
            value = float("nan")
        low, high = CHANGES.get(name, (1, 0))
        if not low <= value <= high or (tier and (name != "near" or tier not in lines)):
            raise MisusedError(
                f"{name}={text}: give renewals (points), near (firms, or firms:tier with one of {', '.join(sorted(lines))}), "
                "exits (fewer a year, e.g. -20) or new (percent), such as renewals=+5",
                f"{name}={text}：可写 renewals（续认率增减的百分点）、near（过线企业数，可加 :称号，"
                f"如 {'、'.join(sorted(lines))}）、exits（每年少退出的企业数，如 -20）、new（新认定增减的百分比），"
                "如 renewals=+5",
            )
        if name == "renewals":
            parts["renewals"] = value / 100
        elif name == "near":
            parts["near"] = {tier or own: int(value)} if value else {}
        elif name == "exits":
            parts["exits"] = -value
        else:
            parts["new"] = 1 + value / 100
    return Scenario(**parts)
