"""Asking for a bridge between two days or published counts: each end in the right view of the register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from registry.filings import filing_at
from registry.house import House
from registry.kind import Record
from registry.refusals import MisusedError
from registry.store.clock import parse_instant
from tiers.asking import remembered, view
from tiers.bridge import Bridge, End, bridge
from tiers.definition import differences, settings_of
from tiers.frames import Frame, frame
from tiers.members import Question
from tiers.publishing import frozen_frames, snapshot, target_named
from tiers.snapshot import Snapshot

QUALITY = "quality-firms"


@dataclass(frozen=True)
class Place:
    """One end as it is asked for: a day as known at an instant (None: now), or a published count."""

    day: date
    known_at: datetime | None = None
    snapshot: Snapshot | None = None

    def end(self, now: datetime) -> End:
        return End(self.day, self.known_at or now, self.snapshot.id if self.snapshot else None)

    @property
    def typed(self) -> str:
        """As it is typed: ``2025-12-31``, ``2025-12-31@2026-01-05T10:00:00Z``, ``#12``."""
        if self.snapshot is not None:
            return f"#{self.snapshot.id}"
        if self.known_at is None:
            return self.day.isoformat()
        return f"{self.day.isoformat()}@{self.known_at.isoformat().replace('+00:00', 'Z')}"


def place_of(house: House, text: str, known_at: datetime | None = None) -> Place:
    """Read ``DAY``, ``DAY@INSTANT`` (an instant, a day or a filing) or ``#SNAPSHOT``. Raises MisusedError.

    ``known_at``: for a day that names no instant.
    """
    typed = text.strip()
    if typed.startswith("#"):
        if not (typed[1:].isascii() and typed[1:].isdigit() and len(typed) < 11):
            raise _unreadable(typed)
        published = snapshot(house, int(typed[1:]))
        return Place(published.as_of, published.known_at, published)
    day, mark, instant = typed.partition("@")
    try:
        read = date.fromisoformat(day)
        if len(day) != 10 or not 1949 <= read.year < 2200:
            raise ValueError(day)
        if not mark:
            return Place(read, known_at)
        if instant.isascii() and instant.isdigit() and len(instant) < 10:
            with house.store.read() as connection:
                at = filing_at(connection, int(instant))
            if at is None:
                raise MisusedError(f"there is no filing {instant}", f"没有入库记录 {instant}")
            return Place(read, at)
        return Place(read, parse_instant(instant))
    except (ValueError, OverflowError) as error:
        raise _unreadable(typed) from error


def _unreadable(typed: str) -> MisusedError:
    return MisusedError(
        f"“{typed}” is no end of a bridge; write a day like 2025-12-31, a day as known at an instant like "
        "2025-12-31@2026-01-05, or a published count like #12",
        f"“{typed}”无法读取；请写 2025-12-31 这样的日期、2025-12-31@2026-01-05 这样的日期与掌握时刻，或 #12 这样的发布编号",
    )


def bridge_between(house: House, before: Place, after: Place, target_id: str) -> Bridge:
    """The bridge of one target. A published count is taken as it was published, and counted on by its own settings.

    Raises MisusedError where the target is not counted from firms, or the ends are in the wrong order.
    """
    if before.day > after.day:
        raise MisusedError(
            f"a bridge goes forward in time: {before.day} lies after {after.day}",
            f"变动桥须由早到晚：{before.day} 晚于 {after.day}",
        )
    settings = settings_of(house.settings, after.snapshot.versions) if after.snapshot else house.settings
    target = target_named(settings, target_id)
    now = house.clock.now()
    question = Question(after.day, settings)
    frozen = _frozen(house, after.snapshot, target_id) if after.snapshot else None
    was: Frame | None = None
    if before.snapshot:
        was = _frozen(house, before.snapshot, target_id)
    elif before.known_at != after.known_at:
        with view(house, before.known_at) as connection:
            was = frame(connection, Question(before.day, house.settings), target)
    with view(house, after.known_at) as connection:
        return bridge(connection, question, target, before.end(now), after.end(now), was, frozen)


def _frozen(house: House, published: Snapshot, target: str) -> Frame:
    counted = {entry["id"]: entry["source"] for entry in published.count["targets"]}
    if counted.get(target, "filed") == "filed":
        raise MisusedError(
            f"{target} was not counted in published count {published.id}",
            f"编号 {published.id} 的发布中没有统计“{target}”",
        )
    with house.store.read() as connection:
        frames = frozen_frames(connection, house.settings, published.id, target)
    return frames.get(target, Frame({}, counted[target] == "tags"))


def bridge_document(
    house: House, before: Place, after: Place, target_id: str, unit: str | None = None
) -> Record:
    """The document of ``bridge --json``, with a row for each management unit (``by``); of one unit without them."""

    def made() -> Record:
        found = bridge_between(house, before, after, target_id)
        if unit is not None:
            return found.document(unit)
        return found.document() | {"by": found.by_unit(house.places.label)}

    if before.snapshot or after.snapshot or before.known_at or after.known_at:
        return made()
    document = remembered(house, ("bridge", before.day, after.day, target_id, unit), made)
    now = End(before.day, house.clock.now()).document(0)["known_at"]
    return document | {end: document[end] | {"known_at": now} for end in ("from", "to")}


def comparison(a: Snapshot, b: Snapshot) -> Record:
    """Two published counts side by side: ``{"a", "b", "definition", "targets": [{"id", "name", "a", "b", "delta"}]}``.

    ``definition``: what they define otherwise, as paths. A value that is not in both is null, and so is its difference.
    """
    values: list[Mapping[str, Any]] = [{t["id"]: t for t in one.count["targets"]} for one in (a, b)]
    rows = []
    for id in {**values[0], **values[1]}:
        either = values[1].get(id) or values[0][id]
        before, after = (side.get(id, {}).get("value") for side in values)
        both = isinstance(before, int) and isinstance(after, int)
        rows.append({
            "id": id, "name": either["name"], "name_en": either["name_en"], "unit": either["unit"],
            "source": either["source"], "a": before, "b": after, "delta": after - before if both else None,
        })  # fmt: skip
    return {
        "a": head_document(a),
        "b": head_document(b),
        "definition": differences(a.versions, b.versions),
        "targets": rows,
    }


def head_document(published: Any) -> Record:
    """What names a published count: a ``Snapshot`` or a ``Head``."""
    end = End(published.as_of, published.known_at).document(0)
    at = End(published.as_of, published.published_at).document(0)["known_at"]
    return {
        "id": published.id, "name": published.name, "as_of": end["as_of"], "known_at": end["known_at"], "published_at": at,
        "by": published.by, "definition": published.definition, "supersedes": published.supersedes,
    }  # fmt: skip
