"""What happened since a count was published: it stands as it is and says by what it was overtaken."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, or_, select

from registry.house import House
from registry.kind import Record
from registry.said import Said
from registry.store.bulk import among
from registry.store.clock import day_of, instant_text
from registry.store.known import last_event
from registry.store.merges import MERGE, merges_at
from registry.store.statements import STATEMENT
from registry.waiting import FILING
from tiers.asking import ask_count, remembered, view
from tiers.bridge import corrections
from tiers.count import count
from tiers.definition import canonical, differences, digest, editions, settings_of, versions
from tiers.frames import City, Frame, counted_targets
from tiers.members import Question, record_of
from tiers.publishing import FIRM, SNAPSHOT, SOURCE, frozen_frames
from tiers.snapshot import Snapshot
from tiers.targets import plan

#: In the order in which they are told.
WHATS = ("superseded", "withdrawn", "merged", "split", "corrected", "numbers", "definition")


def overtaken(house: House, published: Snapshot) -> list[Record]:
    """What happened since, each with ``what``; empty where the count is what would be published today.

    ``superseded``: ``snapshot``. ``withdrawn``: a filing behind its firms was: ``filing``, ``kind``, ``file``, ``at``,
    ``by``, ``firms``. ``merged``, ``split``: ``loser``, ``survivor``, ``at``, ``by``, of its firms. ``corrected``: a
    target's value for its day is another as known now: ``target``, ``published``, ``value``, ``delta``, ``added``,
    ``removed``, ``moved`` (firms), ``filings`` (that did it); of a figure that a department filed nobody is added or removed,
    and ``delta`` is null where either value is. ``numbers``: others of its numbers would be others today: ``parts``
    (``tiers.srdi.provincial``, ``revenue``, ``by.370102`` …). ``definition``: ``parts`` (settings, plan, tables, rules).
    """
    asked = ("overtaken", published.id, digest(editions()))
    found = remembered(house, asked, lambda: {"list": _overtaken(house, published)})
    listed: list[Record] = found["list"]
    return listed


def _overtaken(house: House, published: Snapshot) -> list[Record]:
    with house.store.read() as connection:
        told = [*_superseded(connection, published), *_withdrawn(connection, published)]
        # Whatever the clock says: one that was set back must not hide what was filed since.
        later = last_event(connection, datetime.max.replace(tzinfo=UTC)) or published.known_at
        newer = later > published.known_at
        if newer:
            told += _judged(connection, published)
    if newer:
        told += _corrected(house, published)
    present = versions(house.settings, ask_count(house, published.as_of, None)["targets"])
    if parts := differences(published.versions, present):
        told.append({"what": "definition", "parts": parts})
    return told


def _superseded(connection: Connection, published: Snapshot) -> list[Record]:
    s = SNAPSHOT.c
    ids = connection.execute(select(s.id).where(s.supersedes == published.id).order_by(s.id)).scalars()
    return [{"what": "superseded", "snapshot": id} for id in ids]


def _withdrawn(connection: Connection, published: Snapshot) -> list[Record]:
    f = FILING.c
    query = (
        select(f.id, f.kind, f.file, f.withdrawn_at, f.withdrawn_by, SOURCE.c.firms)
        .join_from(SOURCE, FILING, SOURCE.c.filing_id == f.id)
        .where(SOURCE.c.snapshot_id == published.id, f.withdrawn_at.is_not(None))
        .order_by(f.withdrawn_at)
    )
    return [
        {"what": "withdrawn", "filing": row.id, "kind": row.kind, "file": row.file, "at": instant_text(row.withdrawn_at),
         "by": row.withdrawn_by, "firms": row.firms}
        for row in connection.execute(query)
    ]  # fmt: skip


def _judged(connection: Connection, published: Snapshot) -> list[Record]:
    """Merges and splits since, of firms that the count names."""
    m = MERGE.c
    since = or_(m.at > published.known_at, m.split_at > published.known_at)
    rows = connection.execute(select(MERGE).where(since).order_by(m.at)).all()
    codes = {code for row in rows for code in (row.loser, row.survivor)}
    named = connection.execute(
        select(FIRM.c.uscc).distinct().where(FIRM.c.snapshot_id == published.id, among(connection, FIRM.c.uscc, codes))
    ).scalars() if codes else ()  # fmt: skip
    known = set(named)
    found = []
    for row in rows:
        if not known & {row.loser, row.survivor}:
            continue
        codes_of = {"loser": row.loser, "survivor": row.survivor}
        for what, at, by in (("merged", row.at, row.by), ("split", row.split_at, row.split_by)):
            if at is not None and at > published.known_at:
                found.append({"what": what, **codes_of, "at": instant_text(at), "by": by})
    return found


def _corrected(house: House, published: Snapshot) -> list[Record]:
    """By the count's own settings: its firms against those that would count for its day as known now."""
    settings = settings_of(house.settings, published.versions)
    question = Question(published.as_of, settings)
    found: list[Record] = []
    with view(house, None) as connection:
        document = json.loads(canonical(count(connection, question, None, "area")))
        frozen = frozen_frames(connection, settings, published.id)
        city = City(connection, question)
        for target in counted_targets(question):
            now = city.frame(target)
            was = frozen.get(target.id, Frame({}, now.records))
            changes = list(corrections(was, now))
            if changes:
                sides: dict[str, int] = defaultdict(int)
                for change in changes:
                    sides[change.uscc] += change.delta
                found.append({
                    "what": "corrected", "target": target.id, "published": was.value, "value": now.value,
                    "delta": now.value - was.value,
                    "added": sorted(uscc for uscc, delta in sides.items() if delta > 0),
                    "removed": sorted(uscc for uscc, delta in sides.items() if delta < 0),
                    "moved": sorted(uscc for uscc, delta in sides.items() if not delta),
                })  # fmt: skip
        records = {target.id: record_of(target) for target in plan(settings.targets.plan)}
        touched = {uscc for one in found for side in ("added", "removed", "moved") for uscc in one[side]}
        behind = _since(connection, published, touched, {*records.values(), "enterprise"})
    for one in found:
        firms = [uscc for side in ("added", "removed", "moved") for uscc in one[side]]
        about = ("enterprise", records[one["target"]])
        one["filings"] = sorted({id for u in firms for record in about for id in behind.get((u, record), ())})
    _with_figures(found, published.count, document)
    if parts := _other_numbers(published.count, document, {one["target"] for one in found}):
        found.append({"what": "numbers", "parts": parts})
    return found


def _with_figures(found: list[Record], published: Record, document: Record) -> None:
    """Add the figures that departments filed otherwise since, or withdrew; beside what is counted, or by themselves."""
    told = {one["target"]: one for one in found}
    present = {entry["id"]: entry for entry in document["targets"]}
    for then in published["targets"]:
        now = present.get(then["id"])
        if now is None or "why" not in then or "why" not in now or then["value"] == now["value"]:
            continue
        sides = [{(one["filing"], one["row"]) for one in entry["why"]} for entry in (then, now)]
        one = told.get(then["id"])
        if one is None:
            one = {
                "what": "corrected",
                "target": then["id"],
                "added": [],
                "removed": [],
                "moved": [],
                "filings": [],
            }
            found.append(one)
        one.update(published=then["value"], value=now["value"], delta=_less(now["value"], then["value"]))
        one["filings"] = sorted({*one["filings"], *(filing for filing, _row in sides[0] ^ sides[1])})


def _less(now: int | str | None, then: int | str | None) -> int | str | None:
    if now is None or then is None:
        return None
    delta = Decimal(now) - Decimal(then)
    return int(delta) if isinstance(now, int) and isinstance(then, int) else str(delta)


#: What tells where a number comes from, or is told as a correction or as another definition.
_TOLD = frozenset({"why", "goal_why", "reported_by", "document", "goal", "rate", "state", "name", "name_en"})


def _other_numbers(published: Record, document: Record, corrected: Collection[str]) -> list[str]:
    """What else of the count would be another number today; numbers of units only where nothing else says why. Pure."""
    then, now = ({t["id"]: _beside(t) for t in each["targets"]} for each in (published, document))
    parts = [f"targets.{id}" for id in then if id in now and id not in corrected and then[id] != now[id]]
    sides = [{(one["tier"], one["level"]): one for one in each["tiers"]} for each in (published, document)]
    parts += [f"tiers.{tier}.{level}" for tier, level in {**sides[0], **sides[1]}
              if sides[0].get((tier, level)) != sides[1].get((tier, level))]  # fmt: skip
    parts += [name for name in ("quality", "revenue", "outside") if published[name] != document[name]]
    if not parts and not corrected:
        rows = [{row["key"]: _bare(row) for row in each.get("by", ())} for each in (published, document)]
        parts = [f"by.{key}" for key in rows[0] if rows[0][key] != rows[1].get(key)]
    return parts


def _beside(entry: Record) -> Any:
    """A target's numbers; whose revenue is unknown stands among the classes of revenue."""
    bare = _bare(entry)
    return bare if not entry["id"].startswith("revenue-") else {**bare, "unknown": None}


def _bare(held: Any) -> Any:
    """A part of a count without what is ``_TOLD``."""
    if isinstance(held, dict):
        return {key: _bare(value) for key, value in held.items() if key not in _TOLD}
    return held


def _since(connection: Connection, published: Snapshot, firms: Collection[str],
           records: Collection[str]) -> dict[tuple[str, str], set[int]]:  # fmt: skip
    """(firm, record word) → filings made or withdrawn since the count that speak of it."""
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    if not firms:
        return found
    led, s = merges_at(connection), STATEMENT.c
    query = (
        select(s.subject, s.kind, s.filing_id)
        .distinct()
        .join_from(STATEMENT, FILING, s.filing_id == FILING.c.id)
        .where(
            among(connection, s.subject, led.codes_of(firms)),
            s.kind.in_(sorted(records)),
            or_(FILING.c.recorded_at > published.known_at, s.closed_at > published.known_at),
        )
    )
    for subject, record, filing in connection.execute(query):
        for firm in {subject, led.firm(subject)}:
            found[firm, record].add(filing)
    return found


def leaning(connection: Connection, filings: Sequence[int]) -> list[Said]:
    """The published counts that stand on any of these filings, a sentence for each."""
    s = SNAPSHOT.c
    query = (
        select(s.id, s.name, s.as_of, s.published_at)
        .distinct()
        .join_from(SOURCE, SNAPSHOT, SOURCE.c.snapshot_id == s.id)
        .where(SOURCE.c.filing_id.in_(list(filings)))
        .order_by(s.id)
    )
    return [_lean(row) for row in connection.execute(query)]


def _lean(row: Any) -> Said:
    day = day_of(row.published_at)
    return Said(
        f"published count #{row.id} ({row.name}, as of {row.as_of}, published on {day}): it stands and is marked overtaken",
        f"统计发布 #{row.id}（{row.name}，截至 {row.as_of}，{day} 发布）：保持原样，并标明已被更新",
    )
