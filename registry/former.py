"""曾用名: the names that a firm was filed with as former ones, and those that it bore before its present one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, select

from registry.kind import Record
from registry.naming.normal import normal_form, split_names
from registry.store.fold import Spoken, Stated, speaking
from registry.subjects import ENTERPRISE


def former_names(filed: str | None, borne: Iterable[str], present: str | None) -> str | None:
    """All earlier names in one cell, each once and without the present one; None where there is none."""
    found: dict[str, str] = {}
    for name in (*split_names(filed or ""), *borne):
        found.setdefault(normal_form(name), name)
    found.pop(normal_form(present or ""), None)
    return ";".join(found.values()) or None


def borne(held: Sequence[Stated], day: str) -> list[str]:
    """The names that a firm bore up to a day, in order; a corrected name was never borne. ``held``: in fold order."""
    by_day = {s.valid_from: s.payload["name"] for s in held if s.valid_from <= day and s.payload.get("name")}
    return list(by_day.values())


def spoken_with_former(held: Sequence[Stated], day: str) -> Mapping[str, Spoken]:
    """What speaks on a day, with all earlier names under ``former_names``; those that were not filed come from the
    statement of the present name, which made them former."""
    spoken = speaking(held, day)
    filed, present = spoken.get("former_names"), spoken.get("name")
    if present is None:
        return spoken
    said = former_names(filed and filed.value, (), present.value)
    names = former_names(said, borne(held, day), present.value)
    if names:
        source = filed if filed and names == said else present
        spoken["former_names"] = source._replace(value=names)
    return spoken


def repeated(payload: Record, held: Sequence[Stated], today: str) -> frozenset[str]:
    """``former_names`` where a row merely repeats what we would print: nothing filed left out, nothing new said."""
    typed = payload.get("former_names")
    spoken = speaking(held, today)
    present = spoken["name"].value if "name" in spoken else None
    if not typed or payload.get("name", present) != present:
        return frozenset()
    filed = spoken["former_names"].value if "former_names" in spoken else None
    said, least, most = (
        {normal_form(name) for name in split_names(names or "")}
        for names in (
            typed,
            former_names(filed, (), present),
            former_names(filed, borne(held, today), present),
        )
    )
    return frozenset({"former_names"}) if least <= said <= most and typed != filed else frozenset()


def renamed(connection: Connection, day: date) -> dict[str, list[str]]:
    """Credit code → names borne before the one of ``day``, of the firms that were ever renamed."""
    now, before = ENTERPRISE, ENTERPRISE.alias()
    query = (
        select(before.c.uscc, before.c.name)
        .join(now, now.c.uscc == before.c.uscc)
        .where(now.c.from_day <= day, now.c.to_day > day)
        .where(before.c.from_day < now.c.from_day, before.c.name != now.c.name)
    )
    found: dict[str, list[str]] = {}
    for uscc, name in connection.execute(query.order_by(before.c.uscc, before.c.from_day)):
        found.setdefault(uscc, []).append(name)
    return found
