"""Names of tiers and indicators as pages show them, and the step of the ladder that colours a tier."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from flask_babel import gettext as _

from registry import codes, words
from registry.shell.languages import language
from tiers.lifecycle import Finding
from tiers.targets import Target

#: Beside the ladder: these say nothing about the step above or below.
ASIDE = {"tech_sme": 1, "high_tech": 2}
RUNGS = {
    "innovative_sme": 3,
    "gazelle": 4,
    "srdi": 4,
    "quasi_unicorn": 5,
    "little_giant": 5,
    "unicorn": 6,
    "single_champion": 7,
}


@cache
def _tiers() -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in codes.load("codes/tiers").rows}


def short_name(tier: str) -> str:
    """``小巨人``; in English ``Little Giant``."""
    row = _tiers().get(tier)
    return tier if row is None else row["short_en" if language() == "en" else "short"]


def full_name(tier: str, level: str | None = None) -> str:
    """The tier's name, with the level where a tier has several."""
    name = words.label("tier", tier, language())
    row = _tiers().get(tier)
    if level and row and len(codes.several(row["levels"])) > 1:
        known = words.label("level", level, language())
        return f"{name} ({known})" if language() == "en" else f"{name}（{known}）"
    return name


def rung(tier: str) -> int:
    """1 to 7: the colour of the ramp."""
    return ASIDE.get(tier) or RUNGS.get(tier, 1)


def indicator_name(target: dict[str, str]) -> str:
    return target["name_en"] if language() == "en" else target["name"]


def clause(target: Target) -> str:
    """Where the plan says so: ``三(三)8``; in English ``Part 3 (3), item 8``."""
    return target.clause_en if language() == "en" else target.clause


def lead(target: Target) -> str:
    """The first of the responsible bodies, which leads; empty where the plan names none."""
    if not target.responsible:
        return ""
    return body_name(target.responsible[0])


def body_name(name: str) -> str:
    """A responsible body as the plan calls it; in English by its name there."""
    return _bodies().get(name, name) if language() == "en" else name


@cache
def _bodies() -> dict[str, str]:
    return {row["name"]: row["name_en"] for row in codes.load("codes/bodies").rows}


def target_short(id: str) -> str:
    """A column's head for an indicator, where its name is too long for one."""
    short = {"above-scale": _("Above scale"), "listed": _("Listed"), "high-tech": short_name("high_tech"),
             "tech-sme": short_name("tech_sme"), "quality-firms": _("Quality firms")}  # fmt: skip
    return str(short.get(id, id))


#: How a target stands, see ``pace.Stand``.
STATES: dict[str, Callable[[], str]] = {
    "met": lambda: _("goal met"),
    "on_pace": lambda: _("on course"),
    "behind": lambda: _("lagging"),
    "open": lambda: _("not reached"),
    "missed": lambda: _("goal missed"),
    "pending": lambda: _("pending"),
    "unknown": lambda: _("unknown"),
    "overdue": lambda: _("figure overdue"),
    "unset": lambda: _("no goal set"),
}


def state_name(state: str) -> str:
    return STATES[state]()


#: A finding by what it is and, where that says more, by its state or way.
FINDINGS: dict[str, Callable[[], str]] = {
    "banned_until": lambda: _("No application allowed"),
    "banned_until:unknown": lambda: _("Revoked, no reason on record: perhaps no application allowed"),
    "cancellation_due": lambda: _("Updates missed: to be cancelled by rule"),
    "review_right_lost": lambda: _("Right of review lost"),
    "update_missed": lambda: _("Yearly update missed"),
    "update_unrecorded": lambda: _("No yearly update on record"),
    "nesting_missing": lambda: _("The title beneath is missing"),
    "nesting_missing:pending": lambda: _("The title beneath is in review"),
    "review_pending": lambda: _("Review pending"),
    "expires": lambda: _("Expires"),
    "review_due": lambda: _("Continuation: no rule known"),
    "review_due:review": lambda: _("Review"),
    "review_due:recognition": lambda: _("Recognition anew"),
    "review_due:yearly": lambda: _("Yearly registration"),
    "update_due": lambda: _("Yearly update due"),
    "update_due:done": lambda: _("Yearly update made"),
    "held_beside": lambda: _("Champion and little giant side by side"),
}


def finding_name(one: Finding) -> str:
    """What a finding is called on pages."""
    for more in (one.way, one.state):
        if f"{one.what}:{more}" in FINDINGS:
            return FINDINGS[f"{one.what}:{more}"]()
    return FINDINGS[one.what]()
