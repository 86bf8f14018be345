"""This room's cards on the overview, and what each says as a table."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import gettext as _

from registry import words
from registry.house import House
from registry.kind import Record
from registry.pages.asked import Asked
from registry.period_ends import month_end, year_end
from registry.room import Panel, Sheet
from registry.shell.access import actor
from registry.shell.languages import language
from tiers.asking import view
from tiers.cards import counted
from tiers.expiring import LATER, QUALITY, Calendar, Cliff, calendar
from tiers.forecasting.glance import Chance, chances
from tiers.members import REVENUE_CLASSES, Question
from tiers.names import indicator_name, short_name, state_name, target_short
from tiers.pace import Stand, eve, stand
from tiers.queries import windows
from tiers.ranking import HIGHEST, UNKNOWN, Ranking, ranking
from tiers.ranking import QUALITY as QUALITY_FIRMS
from tiers.targets import plan

#: So many targets stand on the overview, in the plan's order; the rest are folded.
MAIN = 12
#: The columns of the table of units beside quality firms.
UNIT_TARGETS = ("above-scale", "listed", "high-tech", "tech-sme")
#: What the cells of those columns show.
SHOWN = ("number", "share", "month", "year")
YEAR_AHEAD = 12


def compared(day: date) -> tuple[date, date]:
    """The days that numbers are compared with: the ends of the last month and of the last year."""
    return month_end(day), year_end(day)


def _on(house: House, asked: Asked, day: date) -> Record:
    """The count of another day, known at the same instant; by units only for the days that units are compared on."""
    by = "area" if day in (asked.day, *compared(asked.day)) else None
    return counted(house, replace(asked, day=day), by)


def _entry(document: Record, id: str) -> Record | None:
    return next((target for target in document["targets"] if target["id"] == id), None)


# Quality firms -----------------------------------------------------------------------------------------------


def quality_card(house: House, asked: Asked) -> Mapping[str, Any] | None:
    document = counted(house, asked)
    target = _entry(document, QUALITY_FIRMS)
    if target is None:
        return None
    then = [(day, _entry(_on(house, asked, day), QUALITY_FIRMS)) for day in compared(asked.day)]
    since = [(day, target["value"] - entry["value"]) for day, entry in then if entry]
    return {"quality": document["quality"], "target": target, "since": since}


def quality_sheet(house: House, asked: Asked) -> Sheet | None:
    loaded = quality_card(house, asked)
    if loaded is None:
        return None
    quality, target = loaded["quality"], loaded["target"]
    rows = [
        [_("Firms in force"), quality["firms_valid"]],
        [_("Goal"), _plain(target["goal"])],
        *([_("change since %(day)s", day=day), n] for day, n in loaded["since"]),
        [_("Titles in force"), quality["titles_valid"]],
        [_("Titles ever issued"), quality["titles_cumulative"]],
        [_("Review pending"), target["review_pending"]],
        *(
            [_("highest tier %(name)s", name=short_name(tier)), n]
            for tier, n in quality["firms_by_highest_tier"].items()
        ),
    ]
    return Sheet(_("Quality firms"), ["", asked.day.isoformat()], rows)


# Targets -----------------------------------------------------------------------------------------------------


def stands(house: House, asked: Asked) -> list[tuple[Record, Stand]]:
    """Every target with how it stands; earlier counts are asked for only where a target needs them."""
    targets = counted(house, asked)["targets"]
    indicators = plan(house.settings.targets.plan)
    first = eve(indicators[0]) if indicators else None
    found = []
    for target in targets:
        due = date.fromisoformat(target["due"])
        at_due = opening = None
        if asked.day > due:
            at_due = (_entry(_on(house, asked, due), target["id"]) or {}).get("value")
        elif first is not None and first < asked.day:
            opening = (_entry(_on(house, asked, first), target["id"]) or {}).get("value")
        found.append((target, stand(target, asked.day, first, opening, at_due)))
    return found


def targets_card(house: House, asked: Asked) -> Mapping[str, Any]:
    """Targets with a value, in the plan's order; those that wait for a department's figure as a number."""
    every = stands(house, asked)
    known = [(target, how) for target, how in every if target["value"] is not None]
    judged = {target["due"] for target, how in every if how.judged}
    return {
        "main": known[:MAIN],
        "more": known[MAIN:],
        "waiting": len(every) - len(known),
        "overdue": sum(how.state == "overdue" for _target, how in every),
        "met": sum(how.state == "met" for _target, how in known),
        "judged": max(judged) if judged else None,
        "chances": _chances(house, asked, every),
        "paced": any(how.expected is not None for _target, how in known[:MAIN]),
    }


def _chances(house: House, asked: Asked, every: Sequence[tuple[Record, Stand]]) -> Mapping[str, Chance]:
    """Chances that were worked out before, of the goals that hold today."""
    known = chances(house, asked.day, asked.known_at)
    goals = {target["id"]: (target["goal"], target["due"]) for target, _how in every}
    return {id: one for id, one in known.items() if goals.get(id) == (one.goal, one.due)}


def targets_sheet(house: House, asked: Asked) -> Sheet:
    header = [_("Indicator"), _("Value"), _("Goal"), _("Unit"), _("Rate"), _("State"), _("Pace"), _("On the due day"),
              _("Due"), _("Period"), _("Unknown")]  # fmt: skip
    rows = [
        [indicator_name(target), _plain(target["value"]), _plain(target["goal"]), target["unit"], _plain(target["rate"]),
         state_name(how.state), _plain(how.expected), _plain(how.final), target["due"], target["period"], target["unknown"]]
        for target, how in stands(house, asked)
    ]  # fmt: skip
    return Sheet(_("Targets"), header, rows)


def _plain(value: Any) -> int | float | None:
    """A number of a count document as a cell."""
    if value is None or isinstance(value, int):
        return value
    number = Decimal(value)
    return int(number) if number == number.to_integral_value() else round(float(number), 4)


# Management units --------------------------------------------------------------------------------------------


def units_card(house: House, asked: Asked) -> Mapping[str, Any]:
    """Management units against the things that the plan counts, ranked, each column coloured by its own largest."""
    show = request.args.get("show", "")
    ranked = _ranked(house, asked, request.args.get("sort", ""))
    return {
        "ranked": ranked,
        "compared": compared(asked.day),
        "show": show if show in SHOWN else SHOWN[0],
        "shown": SHOWN,
        "own": actor().unit,
        "order": house.settings.quality.order,
        "heads": {column: column_head(column) for column in ranked.columns},
    }


def _ranked(house: House, asked: Asked, sort: str) -> Ranking:
    document = counted(house, asked)
    earlier = [_on(house, asked, day) for day in compared(asked.day)]
    ids = [target["id"] for target in document["targets"]]
    shown = [id for id in UNIT_TARGETS if id in ids]
    return ranking(document, earlier, shown, house.settings.quality.order, sort)


def column_head(column: str) -> str:
    """What a column of the table of units is called."""
    return short_name(column.removeprefix(HIGHEST)) if column.startswith(HIGHEST) else target_short(column)


def units_sheet(house: House, asked: Asked) -> Sheet:
    ranked = _ranked(house, asked, "")
    days = compared(asked.day)
    header = [_("Rank"), _("Unit")]
    for column in ranked.columns:
        name = column_head(column)
        header += [name, f"{name}: {_('share of the city')}"]
        header += [f"{name}: {_('change since %(day)s', day=day)}" for day in days]
    rows: list[list[Any]] = []
    for line in ranked.lines:
        unknown = _("place unknown")
        name = unknown if line.key == UNKNOWN else house.places.label(line.key, language())
        rows.append([line.rank, name, *_cells(ranked, line.cells)])
    rows.append([None, _("Total"), *_cells(ranked, ranked.total)])
    return Sheet(_("By management unit"), header, rows)


def _cells(ranked: Ranking, cells: Mapping[str, Any]) -> list[Any]:
    found: list[Any] = []
    for column in ranked.columns:
        cell = cells[column]
        found += [cell.value, _plain(cell.share), *cell.since]
    return found


# What expires ------------------------------------------------------------------------------------------------


def expiries_card(house: House, asked: Asked) -> Mapping[str, Any]:
    """Quality titles in force by the month of their last day, and the days on which many end at once."""
    ends, soon = _ends(house, asked)
    row = ends.rows.get(QUALITY, {})
    numbers = [row.get(month, 0) for month in ends.months]
    cliffs = _cliffs(house, ends)
    return {
        "months": list(zip(ends.months, numbers, strict=True)),
        "numbers": numbers,
        "steep": {cliff.last.isoformat()[:7] for cliff in cliffs},
        "cliffs": cliffs,
        "later": row.get(LATER, 0),
        "ahead": sum(numbers[:YEAR_AHEAD]),
        "all": sum(row.values()),
        "windows": soon,
    }


Ends = tuple[Calendar, Sequence[tuple[int, int, int]]]
_held: dict[Hashable, Ends] = {}
REMEMBERED = 16


def _ends(house: House, asked: Asked) -> Ends:
    """The expiry calendar and the windows, held until something is filed."""
    question = Question(asked.day, house.settings, asked.year)
    with house.store.read() as now:
        last = house.store.last_write(now)
    key = (
        house.store.engine.url,
        last,
        asked.day,
        asked.known_at,
        house.settings.city.code,
        question.quality,
    )
    if key not in _held:
        with view(house, asked.known_at) as connection:
            found = calendar(connection, question), windows(connection, question)
        while len(_held) >= REMEMBERED:
            _held.pop(next(iter(_held)), None)
        _held[key] = found
    return _held[key]


def _cliffs(house: House, ends: Calendar) -> list[Cliff]:
    """Those of quality titles."""
    tiers = {entry.partition(":")[0] for entry in house.settings.quality.titles}
    return [cliff for cliff in ends.cliffs if cliff.tier in tiers]


def expiries_sheet(house: House, asked: Asked) -> Sheet:
    ends, _soon = _ends(house, asked)
    named = [tier for tier in ends.rows if tier != QUALITY]
    header = [_("Month"), _("Quality titles"), *(words.label("tier", tier, language()) for tier in named)]
    tiers = [QUALITY, *named]
    rows = [
        [_("later") if month == LATER else month, *(ends.rows.get(tier, {}).get(month, 0) for tier in tiers)]
        for month in (*ends.months, LATER)
    ]
    return Sheet(_("What expires"), header, rows)


# Tiers and revenue -------------------------------------------------------------------------------------------


def highest_card(house: House, asked: Asked) -> Mapping[str, Any]:
    return {"quality": counted(house, asked)["quality"]}


def tiers_card(house: House, asked: Asked) -> Mapping[str, Any]:
    """Tiers of which anything is held or was ever issued."""
    return {"tiers": counted(house, asked)["tiers"]}


def tiers_sheet(house: House, asked: Asked) -> Sheet:
    fields = ("firms_valid", "titles_valid", "titles_cumulative", "new_this_year", "expiring_180d", "review_pending")  # fmt: skip
    header = [_("Tier"), _("Level"), _("Firms in force"), _("Titles in force"), _("Ever issued"), _("New this year"),
              _("Expire in 180 days"), _("Review pending")]  # fmt: skip
    rows = [
        [
            words.label("tier", entry["tier"], language()),
            words.label("level", entry["level"], language()),
            *(entry[field] for field in fields),
        ]
        for entry in counted(house, asked)["tiers"]
    ]
    return Sheet(_("Tiers"), header, rows)


def revenue_card(house: House, asked: Asked) -> Mapping[str, Any]:
    return {"revenue": counted(house, asked)["revenue"]}


def revenue_sheet(house: House, asked: Asked) -> Sheet:
    revenue = counted(house, asked)["revenue"]
    rows = [[words.label("revenue_class", name, language()), revenue[name]] for name in REVENUE_CLASSES]
    return Sheet(_("Revenue classes"), ["", _("accounts of %(year)s", year=revenue["period"])], rows)


CARDS = (
    Panel("quality", "tiers/_quality.html", quality_card, 10, sheet=quality_sheet),
    Panel("targets", "tiers/_targets.html", targets_card, 20, 8, sheet=targets_sheet),
    Panel("highest", "tiers/_highest.html", highest_card, 23, 4, beneath=True),
    Panel("expiries", "tiers/_expiries.html", expiries_card, 24, 8, sheet=expiries_sheet),
    Panel("revenue", "tiers/_revenue.html", revenue_card, 25, 4, sheet=revenue_sheet),
    Panel("units", "tiers/_units.html", units_card, 40, sheet=units_sheet),
    Panel("tiers", "tiers/_tiers.html", tiers_card, 50, sheet=tiers_sheet),
)
