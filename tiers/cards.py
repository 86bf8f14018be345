"""The count that the overview's cards share, and this room's panels on the profile: terms, duties, records."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask import g
from sqlalchemy import Connection

from registry.house import House
from registry.kind import Kind, Record
from registry.pages.asked import Asked
from registry.pages.profile import records_panel
from registry.shell.charts import Span, strip
from tiers.asking import ask_count, view
from tiers.duties import Rule, rule
from tiers.findings import Round, grace_of, of_firm, recorded_rounds
from tiers.lifecycle import findings
from tiers.members import Question
from tiers.names import full_name

SOON = timedelta(days=180)


def counted(house: House, asked: Asked, by: str | None = "area") -> Record:
    """The count of the page's question, by management unit; one answer serves all cards of a request."""
    held: dict[tuple[Asked, str | None], Record] = g.setdefault("counted", {})
    if (asked, by) not in held:
        held[asked, by] = ask_count(house, asked.day, asked.known_at, asked.year, by)
    return held[asked, by]


# Profile -----------------------------------------------------------------------------------------------


def titles_panel(_house: House, asked: Asked, document: Record) -> Mapping[str, Any]:
    """Terms over the years and as a table, the latest first."""
    titles = sorted(document["titles"], key=lambda t: (t["valid_from"], t["tier"]), reverse=True)
    rows: dict[str, list[Span]] = {}
    for title in sorted(titles, key=lambda t: (t["tier"], t["level"], t["valid_from"])):
        rows.setdefault(full_name(title["tier"], title["level"]), []).append(_span(title, asked.day))
    return {"titles": titles, "strip": strip(list(rows.items()), asked.day)}


def _span(title: Record, day: date) -> Span:
    first, printed = date.fromisoformat(title["valid_from"]), date.fromisoformat(title["valid_to"])
    last = printed
    if title["state"] == "revoked":
        last = max(first, min(printed, date.fromisoformat(title["revoked_on"]) - timedelta(days=1)))
    tone = {"upcoming": "next", "revoked": "revoked", "expired": "past", "overtaken": "past"}.get(
        title["state"], "now"
    )
    if tone == "now" and printed < day + SOON:
        tone = "soon"
    return Span(first, last, f"{first.isoformat()} – {last.isoformat()}", tone)


_rounds: dict[Hashable, frozenset[Round]] = {}
REMEMBERED = 32


def _rounds_on_record(
    house: House, connection: Connection, question: Question, known_at: datetime | None
) -> frozenset[Round]:
    """Which update rounds are on record says the same about every firm, so it is asked once after each filing."""
    with house.store.read() as now:
        key = (
            house.store.engine.url,
            house.store.last_write(now),
            known_at,
            question.day,
            house.settings.city.code,
        )
    if key not in _rounds:
        while len(_rounds) >= REMEMBERED:
            _rounds.pop(next(iter(_rounds)), None)
        _rounds[key] = recorded_rounds(connection, question)
    return _rounds[key]


def duties_panel(house: House, asked: Asked, document: Record) -> Mapping[str, Any] | None:
    """What the titles ask of the firm and what is found, with the document behind each."""
    if not document["titles"]:
        return None
    question = Question(asked.day, house.settings)
    with view(house, asked.known_at) as connection:
        terms, steps = of_firm(connection, document["uscc"])
        recorded = _rounds_on_record(house, connection, question, asked.known_at)
    found = findings(asked.day, terms, steps, recorded, grace_of(question))
    held = [term for term in terms if term.valid_from <= asked.day < term.ends_on]
    changes: dict[str, list[Rule]] = {}
    for by in dict.fromkeys(rule("change", term.tier, term.level, asked.day) for term in held):
        if by:
            changes.setdefault(by.value, []).append(by)
    return {"found": found, "changes": list(changes.items())}


def applications_panel(house: House, _asked: Asked, document: Record) -> Mapping[str, Any] | None:
    return _records(house, "application", document)


def listings_panel(house: House, _asked: Asked, document: Record) -> Mapping[str, Any] | None:
    return _records(house, "listing", document)


def above_scale_panel(house: House, _asked: Asked, document: Record) -> Mapping[str, Any] | None:
    return _records(house, "above_scale", document)


def doubling_panel(house: House, _asked: Asked, document: Record) -> Mapping[str, Any] | None:
    return _records(house, "doubling", document)


def _records(house: House, record: str, document: Record) -> Mapping[str, Any] | None:
    kind: Kind = house.kinds.by_record[record]
    return records_panel(kind, document)
