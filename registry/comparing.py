"""Two firms side by side: where they differ, what both hold, and what would speak if they were one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from registry.former import spoken_with_former
from registry.house import House
from registry.intake.fates import alike
from registry.kind import Field, Kind
from registry.show import statements_about
from registry.store import statements
from registry.store.fold import Spoken, speaking
from registry.store.merges import merges_at


@dataclass(frozen=True)
class Line:
    """One field of one record as either firm says it, and as it would speak afterwards. ``of``: what tells the record
    apart, as (field, value) pairs; empty for the profile."""

    kind: Kind
    of: tuple[tuple[Field, Any], ...]
    field: Field
    loser: Spoken | None
    survivor: Spoken | None
    after: Spoken | None

    @property
    def differs(self) -> bool:
        if self.loser is None or self.survivor is None:
            return False
        one, other = self.loser.value, self.survivor.value
        return one != other and not alike(one, other)


@dataclass(frozen=True)
class Held:
    """How many records of a kind either firm has and both would have as one; ``twice``: those that both have."""

    kind: Kind
    loser: int
    survivor: int
    after: int
    twice: tuple[tuple[tuple[Field, Any], ...], ...]


@dataclass(frozen=True)
class Preview:
    """``profile``: every field that either gives. ``records``: fields in which records that both have differ."""

    loser: str
    survivor: str
    profile: Sequence[Line]
    records: Sequence[Line]
    held: Sequence[Held]

    @property
    def differing(self) -> list[Line]:
        return [line for line in (*self.profile, *self.records) if line.differs]

    def name(self, code: str) -> str | None:
        """What a side is called."""
        line = next((line for line in self.profile if line.field.id == "name"), None)
        spoken = line and (line.loser if code == self.loser else line.survivor)
        return str(spoken.value) if spoken and spoken.value else None


def preview(house: House, connection: Connection, loser: str, survivor: str, day: date) -> Preview:
    """What merging ``loser`` into ``survivor`` would make of them; writes nothing. Personal fields stay out."""
    led, today = merges_at(connection), day.isoformat()
    sides = [statements_about(connection, code, None, led) for code in (loser, survivor)]
    lines: dict[bool, list[Line]] = {True: [], False: []}
    held = []
    for kind in house.kinds.of_firms:
        theirs, ours = (side.get(kind.record, {}) for side in sides)
        both = statements.joined(survivor, {loser: theirs, survivor: ours})
        mine = statements.joined(survivor, {loser: theirs})
        is_profile = not kind.key
        twice = []
        for key in sorted(both if is_profile else mine.keys() & ours.keys()):
            about = [_speaking(kind, part.get(key, ()), today) for part in (mine, ours, both)]
            of = _told_apart(kind, about[2])
            twice.append(of)
            found = [
                Line(kind, of, f, *(_said(spoken, f) for spoken in about))
                for f in kind.fields
                if f.id in kind.stated and not f.personal
            ]
            lines[is_profile] += [line for line in found if line.differs or (is_profile and line.after)]
        if not is_profile and both:
            one, other, together = (
                len(statements.records_of(kind, code, part))
                for code, part in ((loser, theirs), (survivor, ours), (survivor, both))
            )
            held.append(Held(kind, one, other, together, tuple(twice)))
    return Preview(loser, survivor, lines[True], lines[False], held)


def _speaking(kind: Kind, held: Sequence[Any], day: str) -> Mapping[str, Spoken]:
    return spoken_with_former(held, day) if kind.record == "enterprise" else speaking(held, day)


def _said(spoken: Mapping[str, Spoken], field: Field) -> Spoken | None:
    return spoken[field.id] if field.id in spoken and spoken[field.id].value is not None else None


def _told_apart(kind: Kind, spoken: Mapping[str, Spoken]) -> tuple[tuple[Field, Any], ...]:
    return tuple(
        (kind.by_id[part], spoken[part].value)
        for part in kind.key
        if part in kind.by_id and part in spoken and spoken[part].value is not None
    )
