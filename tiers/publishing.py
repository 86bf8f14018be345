"""Publishing a count: freezing its numbers, its firms with why they count, its definition and both clocks. Never edited.

Publishing files nothing, it is bookkeeping of a derived number; but it says who and when. ``prepare`` computes outside the
register's lock, ``Prepared.write`` writes in a unit of work, which may be that of a job's ledger.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, cast

import orjson
from sqlalchemy import Connection, insert, select

from registry.house import House
from registry.kind import Record
from registry.refusals import MisusedError
from registry.settings import Settings
from registry.store.bulk import insert_rows
from registry.store.clock import instant_text
from registry.store.engine import Write
from tiers.asking import view
from tiers.bridge import End, bridge
from tiers.count import count
from tiers.definition import canonical, differences, digest, settings_of, versions
from tiers.frames import City, Counted, Frame, counted_targets
from tiers.members import Question
from tiers.published import PublishedCount, PublishedFirm, PublishedSource
from tiers.snapshot import Snapshot
from tiers.targets import Target, plan

SNAPSHOT: Any = PublishedCount.__table__  # type: ignore[attr-defined]
FIRM: Any = PublishedFirm.__table__  # type: ignore[attr-defined]
SOURCE: Any = PublishedSource.__table__  # type: ignore[attr-defined]
DOCUMENTS = ("versions", "count", "bridges", "parts")
#: Months from the end of the period before to the day, by what is published; one for everything else.
MONTHS = {"quarterly": 3}


#: What else is frozen with a count: its instant and its bridges → name → document.
Parts = Callable[[datetime, Mapping[str, Record]], Mapping[str, Record]]


@dataclass(frozen=True)
class Head:
    """A published count without its documents: for lists."""

    id: int
    name: str
    as_of: date
    known_at: datetime
    published_at: datetime
    by: str
    definition: str
    sha256: str
    before_id: int | None
    supersedes: int | None


HEAD = [SNAPSHOT.c[name] for name in Head.__dataclass_fields__]


@dataclass(frozen=True)
class Frozen:
    """Everything that a published count freezes. ``frames``: target → who counts, with why."""

    name: str
    as_of: date
    known_at: datetime
    definition: str
    versions: Record
    count: Record
    bridges: Mapping[str, Record]
    parts: Mapping[str, Record]
    frames: Mapping[str, Frame]
    before_id: int | None

    def content(self) -> bytes:
        """Canonical JSON of it all: what ``sha256`` is the hash of."""
        head = {name: getattr(self, name) for name in ("name", "definition", *DOCUMENTS)}
        head |= {"as_of": self.as_of.isoformat(), "known_at": instant_text(self.known_at)}
        firms = {
            target: [[firm.uscc, firm.name, firm.unit, list(firm.why)] for firm in each.firms.values()]
            for target, each in self.frames.items()
            if each.firms
        }
        return canonical({**head, "firms": firms})


@dataclass(frozen=True)
class Prepared:
    """A count that is ready to be published: ``frozen``, or the ``published`` one that is reused in its place; ``exact``: only
    one that was known at the same instant is."""

    house: House
    by: str
    frozen: Frozen | None
    new: bool
    published: Snapshot | None = None
    exact: bool = False

    @property
    def count(self) -> Record:
        """The document of the count."""
        return self.published.count if self.published else self._frozen.count

    @property
    def bridges(self) -> Mapping[str, Record]:
        return self.published.bridges if self.published else self._frozen.bridges

    @property
    def _frozen(self) -> Frozen:
        assert self.frozen is not None
        return self.frozen

    def write(self, unit: Write) -> Snapshot:
        """Write it in a running unit of work, or give the one that stands for the same name, day and definition.

        Looks again under the lock: of two who prepare the same at once, one publishes.
        """
        if self.published is not None:
            return self.published
        frozen = self._frozen
        known_at = frozen.known_at if self.exact else None
        same = _same(unit.connection, frozen.name, frozen.as_of, frozen.definition, known_at)
        if not self.new and (held := same):
            return snapshot(self.house, held, unit.connection)
        content = frozen.content()
        values: Record = {
            "name": frozen.name,
            "as_of": frozen.as_of,
            "known_at": frozen.known_at,
            "published_at": unit.at,
            "by": self.by,
            "definition": frozen.definition,
            **{name: canonical(getattr(frozen, name)).decode() for name in DOCUMENTS},
            "before_id": frozen.before_id,
            "supersedes": _latest(unit.connection, frozen.name, frozen.as_of),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        made: Any = unit.connection.execute(insert(SNAPSHOT).values(**values))
        id = int(made.inserted_primary_key[0])
        rows = []
        sources: dict[int, set[str]] = defaultdict(set)
        for target, each in frozen.frames.items():
            for firm in each.firms.values():
                rows.append((id, target, firm.uscc, firm.name, firm.unit, canonical(list(firm.why)).decode()))
                for one in firm.why:
                    sources[one["filing"]].add(firm.uscc)
        for filing in behind_figures(frozen.count):
            sources.setdefault(filing, set())  # no firm of the register stands behind a filed figure
        insert_rows(unit.connection, FIRM, ("snapshot_id", "target", "uscc", "name", "unit", "why"), rows)
        leaning = [(id, filing, len(firms)) for filing, firms in sorted(sources.items())]
        insert_rows(unit.connection, SOURCE, ("snapshot_id", "filing_id", "firms"), leaning)
        return snapshot(self.house, id, unit.connection)


def prepare(
    house: House,
    name: str,
    day: date,
    by: str,
    *,
    new: bool = False,
    known_at: datetime | None = None,
    parts: Parts | None = None,
) -> Prepared:
    """Count ``day`` as known at ``known_at`` (now) and make it ready to be published as ``name``.

    Where the same name, day and definition is published already (and as known then, if ``known_at`` is given), that one is
    reused unless ``new``. ``parts``: makes further documents to freeze, by name. Raises MisusedError for a day to come.
    """
    if day > house.clock.today():
        raise MisusedError(
            f"{day} has not come yet; a count is published for a day that has",
            f"{day} 尚未到来，不能发布当日的统计",
        )
    with house.store.read() as connection:
        known = _known_at(house, connection, known_at)
    question = Question(day, house.settings)
    with view(house, known) as connection:
        document = count(connection, question, instant_text(known), "area")
        said = versions(house.settings, document["targets"])
        definition = digest(said)
        with house.store.read() as live:
            held = None if new else _same(live, name, day, definition, known if known_at else None)
            before = None if held else _before(live, name, day)
            published = None if held is None else snapshot(house, held, live)
        if published is not None:
            return Prepared(house, by, None, new, published)
        frozen = _freeze(house, connection, question, name, known, document, said, before,
                         parts or _nothing_else)  # fmt: skip
    return Prepared(house, by, frozen, new, exact=known_at is not None)


def _nothing_else(_known_at: datetime, _bridges: Mapping[str, Record]) -> Mapping[str, Record]:
    return {}


def publish(
    house: House,
    name: str,
    day: date,
    by: str,
    *,
    new: bool = False,
    known_at: datetime | None = None,
    parts: Parts | None = None,
) -> Snapshot:
    """``prepare`` and write; nothing is written where a published count is reused."""
    prepared = prepare(house, name, day, by, new=new, known_at=known_at, parts=parts)
    if prepared.published is not None:
        return prepared.published
    with house.store.write(by) as unit:
        return prepared.write(unit)


def rerun(house: House, published: Snapshot) -> bytes:
    """The content computed afresh, by the count's own settings, from the statements known at its ``known_at``.

    Parts that were handed in are carried over as they are. The same bytes as ``content`` unless code, plan or code tables
    changed meanwhile.
    """
    settings = settings_of(house.settings, published.versions)
    question = Question(published.as_of, settings)
    with house.store.read() as live:
        before = live.execute(select(SNAPSHOT.c.before_id).where(SNAPSHOT.c.id == published.id)).scalar()
    with view(replace(house, settings=_placed(house, settings)), published.known_at) as connection:
        document = count(connection, question, instant_text(published.known_at), "area")
        frozen = _freeze(house, connection, question, published.name, published.known_at, document,
                         published.versions, before, lambda _known_at, _bridges: published.parts)  # fmt: skip
    return frozen.content()


def changed_since(house: House, published: Snapshot) -> list[str]:
    """What a rerun cannot bring back: the plan's and code tables, rules and the way of counting that are others now."""
    settings = settings_of(house.settings, published.versions)
    present = versions(settings, published.count["targets"])
    return [path for path in differences(published.versions, present) if not path.startswith("settings.")]


def content(house: House, published: Snapshot) -> bytes:
    """Canonical JSON of all that is frozen, from the tables."""
    return _frozen(house, published).content()


def faults(house: House) -> Iterator[str]:
    """One line for each published count that does not say any more what it was published with."""
    for head in heads(house):
        held = hashlib.sha256(content(house, snapshot(house, head.id))).hexdigest()
        if held != head.sha256:
            yield f"snapshot {head.id}: holds other numbers or firms than it was published with"


# Reading ------------------------------------------------------------------------------------------------


def heads(house: House, connection: Connection | None = None) -> list[Head]:
    """All published counts, the newest first."""
    if connection is None:
        with house.store.read() as connection:
            return heads(house, connection)
    rows = connection.execute(select(*HEAD).order_by(SNAPSHOT.c.id.desc()))
    return [Head(*row) for row in rows]


def snapshots(house: House) -> list[Head]:
    """All published counts without their documents, the newest first."""
    return heads(house)


def snapshot(house: House, id: int, connection: Connection | None = None) -> Snapshot:
    """One published count. Raises MisusedError where there is none of that number."""
    if connection is None:
        with house.store.read() as connection:
            return snapshot(house, id, connection)
    row = connection.execute(select(SNAPSHOT).where(SNAPSHOT.c.id == id)).first() if 0 < id < 2**31 else None
    if row is None:
        raise MisusedError(f"there is no published count {id}", f"没有编号为 {id} 的统计发布")
    documents = [orjson.loads(getattr(row, name)) for name in DOCUMENTS]
    frozen, counted, bridges, parts = documents
    return Snapshot(row.id, row.name, row.as_of, row.known_at, row.published_at, row.by, row.definition, frozen, counted,
                    bridges, parts, row.supersedes)  # fmt: skip


def snapshot_firms(house: House, id: int, target: str | None = None) -> list[Record]:
    """The frozen firms of a target (or of all): ``{"target", "uscc", "name", "unit", "why"}`` by target and code."""
    with house.store.read() as connection:
        return [
            {"target": target, "uscc": uscc, "name": name, "unit": unit, "why": orjson.loads(why)}
            for target, uscc, name, unit, why in _firm_rows(connection, id, target)
        ]


def frozen_frames(
    connection: Connection, settings: Settings, id: int, target: str | None = None
) -> dict[str, Frame]:
    """The firms of a published count as frames, by target; of all targets that the plan counts, or of one."""
    counts_records = {t.id: t.source == "tags" for t in plan(settings.targets.plan)}
    firms: dict[str, dict[str, Counted]] = defaultdict(dict)
    for of, uscc, name, unit, why in _firm_rows(connection, id, target):
        firms[of][uscc] = Counted(uscc, name, unit, tuple(orjson.loads(why)))
    return {id: Frame(held, counts_records.get(id, False)) for id, held in firms.items()}


def _firm_rows(connection: Connection, id: int, target: str | None) -> list[tuple[str, str, str, str, str]]:
    """Target, code, name, unit and why (JSON) of each frozen firm, by target and code (not by the database: collations
    differ)."""
    f = FIRM.c
    query = select(f.target, f.uscc, f.name, f.unit, f.why).where(f.snapshot_id == id)
    cursor: Any = connection.execute(query if target is None else query.where(f.target == target)).cursor
    return sorted(cursor.fetchall())


# Making -------------------------------------------------------------------------------------------------


def _known_at(house: House, connection: Connection, given: datetime | None) -> datetime:
    """The instant of the newest commit, or the given one if that is earlier: a writer at work commits later than both,
    though its instant may lie before the present."""
    last = house.store.last_write(connection)
    if last is None:
        return given or house.clock.now()
    return last if given is None else min(given, last)


def _freeze(house: House, connection: Connection, question: Question, name: str, known_at: datetime, document: Record,
            said: Record, before_id: int | None, parts: Parts) -> Frozen:  # fmt: skip
    """``connection`` holds the register as known at ``known_at``."""
    was: dict[str, Frame] = {}
    counted_then: set[str] = set()
    first, known_then = period_before(name, question.day), known_at
    if before_id is not None:
        with house.store.read() as live:
            earlier = snapshot(house, before_id, live)
            was = frozen_frames(live, question.settings, before_id)
        first, known_then = earlier.as_of, earlier.known_at
        counted_then = {entry["id"] for entry in earlier.count["targets"] if entry["source"] != "filed"}
    frames, bridges = dict[str, Frame](), dict[str, Record]()
    city, then = (City(connection, Question(day, question.settings)) for day in (question.day, first))
    for target in counted_targets(question):
        now, base = city.frame(target), then.frame(target)
        frames[target.id] = now
        before, published = (
            End(first, known_at),
            None,
        )  # also where the earlier count did not count this target
        if target.id in counted_then:
            before = End(first, known_then, before_id)
            published = was.get(target.id, Frame({}, now.records))
        after = End(question.day, known_at)
        made = bridge(connection, question, target, before, after, published, now, base)
        bridges[target.id] = made.document() | {"by": made.by_unit(house.places.label)}
    # Through JSON and back, so that what was just counted and what is read again are the same.
    plain = cast(
        Record,
        orjson.loads(
            canonical(
                {"count": document, "bridges": bridges, "parts": dict(parts(known_at, bridges)), "said": said}
            )
        ),
    )
    return Frozen(name, question.day, known_at, digest(said), plain["said"], plain["count"], plain["bridges"], plain["parts"],
                  frames, before_id)  # fmt: skip


def _frozen(house: House, published: Snapshot) -> Frozen:
    with house.store.read() as connection:
        before = connection.execute(
            select(SNAPSHOT.c.before_id).where(SNAPSHOT.c.id == published.id)
        ).scalar()
        frames = frozen_frames(connection, settings_of(house.settings, published.versions), published.id)
    return Frozen(published.name, published.as_of, published.known_at, published.definition, published.versions,
                  published.count, published.bridges, published.parts, frames, before)  # fmt: skip


def period_before(name: str, day: date) -> date:
    """The last day of the period before the one that ``day`` lies in: the month's, or the quarter's for ``quarterly``."""
    months = MONTHS.get(name, 1)
    return date(day.year, (day.month - 1) // months * months + 1, 1) - timedelta(days=1)


def _before(connection: Connection, name: str, day: date) -> int | None:
    """The last count published under the same name for the period before."""
    last = period_before(name, day)
    s = SNAPSHOT.c
    query = select(s.id).where(s.name == name, s.as_of <= last, s.as_of > period_before(name, last))
    return connection.execute(query.order_by(s.as_of.desc(), s.id.desc()).limit(1)).scalar()


def behind_figures(document: Record) -> set[int]:
    """The filings that figures and goals of a count come from: of the city, and of units."""
    said = [
        one for entry in document["targets"] for one in (*(entry.get("why") or ()), entry.get("goal_why"))
    ]
    for row in document.get("by", ()):
        said += [one for cell in row["targets"].values() for one in cell.get("why") or ()]
    return {one["filing"] for one in said if one}


def _same(connection: Connection, name: str, day: date, definition: str,
          known_at: datetime | None = None) -> int | None:  # fmt: skip
    s = SNAPSHOT.c
    query = select(s.id).where(s.name == name, s.as_of == day, s.definition == definition)
    if known_at is not None:
        query = query.where(s.known_at == known_at)
    return connection.execute(query.order_by(s.id.desc()).limit(1)).scalar()


def _latest(connection: Connection, name: str, day: date) -> int | None:
    s = SNAPSHOT.c
    query = select(s.id).where(s.name == name, s.as_of == day).order_by(s.id.desc()).limit(1)
    return connection.execute(query).scalar()


def _placed(house: House, settings: Settings) -> Settings:
    return house.settings.model_copy(update={"city": settings.city})


def target_named(settings: Settings, id: str) -> Target:
    """A target that is counted from firms or tags. Raises MisusedError for any other."""
    question = Question(date.max, settings)
    known = counted_targets(question)
    found = next((target for target in known if target.id == id), None)
    if found is None:
        raise MisusedError(
            f"{id} is not counted from firms; counted are {', '.join(t.id for t in known)}",
            f"“{id}”不由企业统计得出；可统计的有：{'、'.join(t.id for t in known)}",
        )
    return found
