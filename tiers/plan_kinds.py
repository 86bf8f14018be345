"""Indicators and targets: what departments file about the plan. Their subject is an indicator, not a firm."""

from __future__ import annotations

from collections.abc import Callable

from registry.kind import Kind, Row
from registry.periods import last_day
from registry.places import Places, places
from registry.settings import Settings
from tiers.amounts import read_amount
from tiers.fields import INDICATORS, TARGETS
from tiers.models import Goal, Indicator
from tiers.targets import indicators, plan, plans

#: What the city as a whole is called where a management unit may stand; an empty cell says the same.
WHOLE_CITY = ("全市", "市本级", "市级", "全市合计", "city")


def plan_kinds(settings: Settings) -> tuple[Kind, ...]:
    at_home = places(settings.city.code)
    city = frozenset({*WHOLE_CITY, settings.city.code, settings.city.name, settings.city.name_en})
    return (
        Kind("indicators", "indicator", "indicators", "指标值", "Indicators", Indicator, INDICATORS, "dates",
             key=("period", "unit"), key_says=False, subject="indicator", about="indicator", unit="unit",
             required=("period", "value"), check=_value_check(at_home, city)),
        Kind("targets", "target", "targets", "任务目标", "Targets", Goal, TARGETS, "dates",
             key=("period", "unit"), key_says=False, subject="indicator", about="indicator",
             required=("period", "goal"), check=_goal_check(at_home, city)),
    )  # fmt: skip


def _value_check(at_home: Places, city: frozenset[str]) -> Callable[[Row, str], None]:
    def check(row: Row, today: str) -> None:
        _key(row, at_home, city)
        values = row.values
        target = indicators().get(values.get("indicator") or "")
        if target is not None and not target.is_filed:
            row.note("counted_here", "indicator", target.name, "refused")
            return
        if values.get("period") and last_day(values["period"]).isoformat() > today:
            row.note("date_future", "period", values["period"], "refused")
        if target is not None:
            _amount(row, "value", target.unit, signed=_may_fall(target.id))

    return check


def _goal_check(at_home: Places, city: frozenset[str]) -> Callable[[Row, str], None]:
    def check(row: Row, _today: str) -> None:
        _key(row, at_home, city)
        if row.values.get("indicator"):
            target = indicators().get(row.values["indicator"])
            _amount(
                row, "goal", target.unit if target else "firms", signed=bool(target and _may_fall(target.id))
            )

    return check


def _may_fall(id: str) -> bool:
    """Whether the value is a change that may be below zero: some plan's goal for it is."""
    return any(
        target.goal is not None and target.goal < 0
        for name in plans()
        for target in plan(name)
        if target.id == id
    )


def _key(row: Row, at_home: Places, city: frozenset[str]) -> None:
    """Refuse a row without a period, and settle its management unit: an id, or no field at all for the whole city."""
    values, noted = row.values, {note.field for note in row.notes}
    if values.get("period") is None and "period" not in noted:
        row.note("period_unreadable", "period", None, "refused")
    if values.get("indicator") is None and "indicator" not in noted:
        row.note("value_unknown", "indicator", None, "refused")
    typed = values.pop("unit", None)
    if typed is None or typed.strip() in city:
        return
    place = at_home.read_district(typed)
    unit = place.area or place.district
    if unit is None:
        row.note("district_unknown", "unit", typed, "refused")
        return
    if place.former:
        row.note("former_district", "unit", typed)
    values["unit"] = unit


def _amount(row: Row, field: str, unit: str, signed: bool) -> None:
    written = row.values.get(field)
    if written is None:  # not given, or taken back
        return
    read = read_amount(written, unit, signed)
    if read.value is None:
        row.note(read.code or "number_unreadable", field, row.values.pop(field), "refused", read.detail)
        return
    if read.code:
        row.note(read.code, field, written)
    row.values[field] = read.value
