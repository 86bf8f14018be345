"""The forecasts of a day as they are frozen with its count: little, plain JSON, the same for the same data, day and seed."""

from __future__ import annotations

from datetime import datetime

from registry.house import House
from registry.kind import Record
from tiers.forecasting.answers import NAMES
from tiers.forecasting.asking import Wanted, ask_forecast
from tiers.forecasting.subjects import TARGETS
from tiers.members import Question
from tiers.sampling import is_sample

#: Of this one the whole fan is kept, to be drawn; of the others what sentences say.
DRAWN = "quality-firms"
KEPT = (
    "value",
    "plan",
    "period",
    "goal",
    "direction",
    "due",
    "past",
    "next",
    "judged",
    "enough",
    "limited",
    "needed",
)


def forecast_part(house: House, question: Question, known_at: datetime | None) -> Record:
    """All targets of the plan that have a forecast: ``{"as_of", "seed", "simulations", "sample", "targets": {id: …}}``."""
    day, settings = question.day, house.settings.forecast
    found = {}
    for target in TARGETS:
        wanted = Wanted(target, plan=question.settings.targets.plan)
        found[target] = frozen(ask_forecast(house, wanted, day, known_at), target == DRAWN)
    return {
        "as_of": day.isoformat(), "seed": settings.seed, "simulations": settings.simulations,
        "sample": is_sample(house), "targets": found,
    }  # fmt: skip


def frozen(document: Record, drawn: bool) -> Record:
    """What is kept of one forecast: ``ends`` (the due day and the ends of years, with quantiles and ``chance``), and with
    ``drawn`` also ``fan``: the past as [day, value], the months to come as [day, five quantiles]."""
    found: Record = {name: document[name] for name in KEPT} | {"ends": ends(document)}
    if drawn:
        found["fan"] = {
            "past": [[one["day"], one["value"]] for one in document["history"]],
            "months": [[month["day"], *(month[name] for name in NAMES)] for month in document["months"]],
        }
    return found


def ends(document: Record) -> list[Record]:
    """The day that the goal is due and the ends of years ahead, with quantiles; ``chance`` is None where no goal is set."""
    chances = {one["day"]: one["chance"] for one in document["chances"]}
    due = document["judged"]["due"] if document["judged"] else document["due"]
    return [
        {"day": month["day"], "due": month["day"] == due, **{name: month[name] for name in NAMES},
         "chance": chances.get(month["day"])}
        for month in document["months"]
        if month["day"] == due or month["day"].endswith("-12-31")
    ]  # fmt: skip
