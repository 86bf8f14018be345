"""What the numbers of a count depend on beside the records: settings, plan, goals, code tables, editions of rules.

``versions`` says it in full, part by part, and ``digest`` is its one hash. A published count keeps both, so that years
later it can be counted again by its own settings, and two counts can be told apart by what they meant.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import orjson

from registry import codes
from registry.kind import Record
from registry.settings import Settings
from tiers.asking import COUNT_TABLES, DEFINITION
from tiers.rules.library import FOLDER

#: The sections of the settings that a count depends on.
SECTIONS = ("quality", "listed", "figures", "review", "targets")


def canonical(document: Any) -> bytes:
    """JSON in one way only: keys in order, no spaces, UTF-8. Whoever writes it, in whatever language, it is the same."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def digest(document: Any) -> str:
    return hashlib.sha256(canonical(document)).hexdigest()


def versions(settings: Settings, targets: Iterable[Record]) -> Record:
    """``{"settings", "plan", "goals", "tables", "rules", "meaning"}``. ``targets``: those of the count's document."""
    goals = [[t["id"], t["goal"], t["direction"], t["due"], t["basis"]] for t in targets]
    return {
        "settings": {
            "city": settings.city.code,
            **{section: getattr(settings, section).model_dump(mode="json") for section in SECTIONS},
        },
        "plan": {"name": settings.targets.plan, "sha256": _table(settings.targets.plan)},
        "goals": digest(goals),
        "tables": {name: _table(name) for name in COUNT_TABLES},
        "rules": editions(),
        "meaning": DEFINITION,
    }


def settings_of(present: Settings, frozen: Mapping[str, Any]) -> Settings:
    """The present settings with those sections as a published count had them; keys that came later keep their value."""
    held = frozen["settings"]
    changes: dict[str, Any] = {
        "city": present.city.model_copy(update={"code": held["city"]}),
    }
    for section in SECTIONS:
        now = getattr(present, section)
        known = now.model_dump(mode="json")
        changes[section] = type(now).model_validate(
            known | {key: value for key, value in held[section].items() if key in known}
        )
    return present.model_copy(update=changes)


def differences(a: Record, b: Record) -> list[str]:
    """What two definitions say otherwise, as paths such as ``settings.review.grace_days`` or ``rules.srdi-2026``. Pure."""
    return list(_paths((), a, b))


def _paths(at: Sequence[str], a: Any, b: Any) -> Iterable[str]:
    if a == b:
        return
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(a.keys() | b.keys()):
            yield from _paths((*at, str(key)), a.get(key), b.get(key))
    else:
        yield ".".join(at)


@cache
def _table(name: str) -> str:
    return digest([list(row.items()) for row in codes.load(name).rows])


@cache
def editions() -> dict[str, str]:
    """Edition → hash of its file."""
    return {
        path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(FOLDER.glob("*.yaml"))
    }
