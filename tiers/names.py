"""Names of tiers and indicators as pages show them, and the step of the ladder that colours a tier."""

from __future__ import annotations

from functools import cache

from flask_babel import gettext as _

from registry import codes, words
from registry.shell.languages import language
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
    name = target.responsible[0]
    return _bodies()[name] if language() == "en" else name


@cache
def _bodies() -> dict[str, str]:
    return {row["name"]: row["name_en"] for row in codes.load("codes/bodies").rows}


def target_short(id: str) -> str:
    """A column's head for an indicator, where its name is too long for one."""
    short = {"above-scale": _("Above scale"), "listed": _("Listed"), "high-tech": short_name("high_tech"),
             "tech-sme": short_name("tech_sme"), "quality-firms": _("Quality firms")}  # fmt: skip
    return str(short.get(id, id))
