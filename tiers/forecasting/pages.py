"""The pages of forecasts: the fan, what would have to be true, what if, the back-test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext as _

from registry.house import House
from registry.kind import Record
from registry.pages.asked import Asked, asked
from registry.room import NavItem, Panel
from registry.said import SaidError
from registry.shell import charts
from registry.shell.access import allow
from registry.shell.languages import language
from registry.shell.serving import house
from tiers.forecasting.answers import NAMES, grade
from tiers.forecasting.asking import CHANGES, LINES, Wanted, ask_backtest, ask_forecast, scenario_of
from tiers.forecasting.candidates import CULTIVATED
from tiers.forecasting.part import ends
from tiers.forecasting.subjects import TARGETS, tiers_known
from tiers.names import full_name, short_name, target_short
from tiers.target_pages import carried, plan_asked
from tiers.targets import indicators, plan_id, plan_period, plans
from tiers.views import blueprint

CARD = 120  # pixels of the small fan's height


@blueprint.get("/forecast")
@allow("counts.read")
def forecast() -> str:
    """How a count may go on, the chance of reaching its goal, and what would have to be true."""
    here, question, target, plan_name = house(), asked(house()), _target(), plan_asked(house())
    wrong, changes = None, _changes(target)
    wanted = Wanted(target, _months(here), plan=plan_name)
    try:
        wanted = replace(wanted, scenario=scenario_of(changes, target, here.settings.quality.titles))
    except SaidError as error:
        wrong = error.in_language(language())
    document = ask_forecast(here, wanted, question.day, question.known_at)
    return render_template(
        "tiers/forecast.html",
        asked=question,
        kept=carried(here, question, plan_name),
        plan_name=plan_name,
        plan_names=[(plan_id(one), plan_period(one)) for one in plans()] if target in TARGETS else [],
        found=document,
        ends=ends(document),
        title=_("Forecast: %(name)s", name=name_of(target)),
        name=name_of(target),
        target=target,
        targets=[(id, name_of(id)) for id in (*TARGETS, *tiers_known())],
        drawn=_drawn(document),
        what_if=_drawn(document, document["what_if"]["months"], CARD) if document["what_if"] else None,
        typed=request.args,
        wrong=wrong,
        lines=_lines(here, target),
        rate_name=rate_name,
        cultivated=target in (*CULTIVATED, *tiers_known()),
        months=wanted.months,
    )


@blueprint.get("/forecast/backtest")
@allow("counts.read")
def forecast_backtest() -> str:
    """Forecasts from past half-years and what came; the page of the forecast fetches it, as it takes its time."""
    here, question, target = house(), asked(house()), _target()
    document = ask_backtest(here, target, question.day, question.known_at)
    ends = [v for trial in document["trials"] for v in (trial["p05"], trial["p95"], trial["actual"])]
    low, high = (min(ends), max(ends)) if ends else (0, 1)
    rows = [
        (trial, charts.interval([trial[name] for name in NAMES], trial["actual"], low, high))
        for trial in document["trials"]
    ]
    return render_template(
        "tiers/backtest.html",
        asked=question,
        title=_("Back-test: %(name)s", name=name_of(target)),
        target=target,
        found=document,
        rows=rows,
        low=low,
        high=high,
    )


@blueprint.get("/forecast/card")
@allow("counts.read")
def forecast_card() -> str:
    """The small fan of quality firms that the overview fetches."""
    here, question = house(), asked(house())
    document = ask_forecast(here, Wanted(), question.day, question.known_at)
    return render_template(
        "tiers/forecast_card.html",
        asked=question,
        found=document,
        drawn=_drawn(document, height=CARD),
    )


def trend_card(_house: House, _asked: Asked) -> Mapping[str, Any]:
    """Drawing thousands of ways takes a second, so the card comes after the page."""
    return {}


def _target() -> str:
    target = request.args.get("target", "").strip() or "quality-firms"
    if target not in TARGETS and target not in tiers_known():
        abort(404, description=_("There is no forecast of “%(id)s”.", id=target))
    return target


def _months(here: House) -> int:
    text = request.args.get("months", "").strip()
    if not text:
        return here.settings.forecast.months
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= 60):
        abort(400, description=_("A forecast looks 1 to 60 months ahead."))
    return int(text)


def _changes(target: str) -> dict[str, str]:
    """What the form asks to do differently; what is empty or nothing is left out."""
    found = {name: request.args.get(name, "").strip() for name in CHANGES}
    line = request.args.get("line", "").strip()
    if line and found["near"] and target == "quality-firms":
        found["near"] += f":{line}"
    if found["exits"] and not found["exits"].startswith("-"):
        found["exits"] = f"-{found['exits']}"  # the form asks how many fewer
    return {name: text for name, text in found.items() if text and text not in ("0", "-0")}


def _lines(here: House, target: str) -> list[tuple[str, str]]:
    """The tiers over whose line near-miss firms can be lifted."""
    if target == "quality-firms":
        tiers = dict.fromkeys(entry.partition(":")[0] for entry in here.settings.quality.titles)
        return [(tier, short_name(tier)) for tier in tiers]
    own = LINES.get(target, target.partition(":")[0])
    return [] if target == "listed" else [(own, name_of(target))]


def name_of(target: str) -> str:
    """A target's or tier's name in the language of the request."""
    if target in indicators():
        return target_short(target) if target in TARGETS else indicators()[target].name
    tier, _colon, level = target.partition(":")
    return full_name(tier, level or None)


def rate_name(cohort: Record) -> str:
    return full_name(cohort["tier"], cohort["level"]) if cohort["tier"] != "above_scale" else ""


def chance_words(chance: str) -> str:
    """``about 7 in 10``; near the ends in hundredths."""
    how, n = grade(chance)
    said = {
        "under": lambda: _("less than 1 in 100"),
        "over": lambda: _("more than 99 in 100"),
        "hundredths": lambda: _("about %(n)s in 100", n=n),
        "tenths": lambda: _("about %(n)s in 10", n=n),
    }
    return str(said[how]())


def _drawn(document: Record, months: Any = None, height: int = 260) -> charts.Fan | None:
    rays = [
        (date.fromisoformat(month["day"]), [month[name] for name in NAMES])
        for month in months or document["months"]
    ]
    past = [(date.fromisoformat(one["day"]), one["value"]) for one in document["history"]]
    today = date.fromisoformat(document["as_of"])
    if not past or past[-1][0] < today:
        past.append((today, document["value"]))
    judged = document["judged"] or {"goal": None, "due": document["due"]}
    due = date.fromisoformat(judged["due"]) if judged["due"] else None
    return charts.fan(past, rays, judged["goal"], due, height)


@blueprint.app_context_processor
def _forecast_targets() -> dict[str, Any]:
    return {"forecast_targets": TARGETS}


blueprint.add_app_template_filter(chance_words, "chance_words")

NAVIGATION = (NavItem("forecast", "tiers.forecast", "graph-up-arrow", lambda: _("Forecast"), 32),)
CARDS = (Panel("trend", "tiers/_trend.html", trend_card, 27, 12),)
