"""Asking for counts: the right view of the register for the instant, and the cache of answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import DBAPIError

from registry import codes
from registry.house import House
from registry.kind import Record
from registry.settings import Settings
from registry.store.clock import instant_text
from registry.store.engine import TICK_AT
from registry.store.known import known
from tiers.after_fold import TITLE, end_lists
from tiers.count import DIMENSIONS, count, counts_as_listed
from tiers.members import Question, members, whose
from tiers.models import CountCache
from tiers.targets import plan, planned

CACHE: Any = CountCache.__table__  # type: ignore[attr-defined]
#: Changes when the meaning of a count does, so that old answers are not taken for new ones.
DEFINITION = 2
#: The tables behind a count, beside its plan.
COUNT_TABLES = (
    "codes/tiers",
    "codes/boards",
    "codes/digital_core",
    "codes/industries",
    "codes/places",
    "codes/words",
)


def _views(house: House) -> Path:
    """Where views as known at an instant are kept; a firm without a place is read as the home city's."""
    return house.settings.var / "known" / house.settings.city.code


@contextmanager
def view(house: House, known_at: datetime | None) -> Iterator[Connection]:
    """The register as known at an instant; None is now."""
    # Counts read records only, so of what lies beside the fold just the ends of market lists have to be settled.
    with known(house.store, house.kinds.all, end_lists, known_at, _views(house)) as connection:
        yield connection


def dimensions(house: House) -> tuple[str, ...]:
    """What counts can be broken down by: columns of the firm, and what rooms add."""
    return (*DIMENSIONS, *house.breakdowns)


def ask_count(
    house: House, day: date, known_at: datetime | None, year: int | None = None, by: str | None = None,
    plan_name: str | None = None,
) -> Record:  # fmt: skip
    """The count document, from the cache where nothing was filed since. ``plan_name``: what to judge by, the plan of the
    settings by default (``targets.plan_named``)."""
    settings = planned(house.settings, plan_name)
    question = Question(day, settings, year, house.breakdowns.get(by or ""))
    printed = instant_text(known_at or house.clock.now())

    def counted() -> Record:
        with view(house, known_at) as connection:
            return count(connection, question, printed, by)

    asked = (day, known_at, year, by)
    return {**remembered(house, asked, counted, settings), "known_at": printed}


def remembered(
    house: House, asked: Sequence[Any], compute: Callable[[], Record], settings: Settings | None = None
) -> Record:
    """A document that depends on the records and the definition of the count only, computed once after each write.

    ``asked``: what it answers; parts that print differently for different questions. ``settings``: those it is asked
    with, the house's by default.
    """
    id = _definition(settings or house.settings, *asked)
    with house.store.read() as connection:
        kept = select(CACHE.c.document).where(CACHE.c.id == id, CACHE.c.after == TICK_AT).scalar_subquery()
        last, held = connection.execute(select(TICK_AT, kept)).first() or (None, None)
    if held:
        document: Record = json.loads(held)
        return document
    document = compute()
    _keep(house, id, last, document)
    return document


def _definition(s: Settings, *parts: Any) -> str:
    """What was asked, with everything in the settings that the answer depends on."""
    asked = [DEFINITION, *map(str, parts), s.city.code, s.targets.plan, _tables(s.targets.plan)]
    asked += [section.model_dump_json() for section in (s.quality, s.listed, s.figures, s.review)]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


@cache
def _tables(plan_name: str) -> str:
    """What the tables behind a count say, so that an edited plan or code table asks anew."""
    names = (plan_name, *COUNT_TABLES)
    return hashlib.sha256(repr([codes.load(name).rows for name in names]).encode()).hexdigest()


def _keep(house: House, id: str, last: datetime | None, document: Record) -> None:
    """Keep an answer. Caching is no filing: it takes no instant, and is given up where the database is busy."""
    if last is None:
        return
    engine = house.store.engine
    with (
        suppress(DBAPIError),
        engine.connect().execution_options(tidu_at_once=True) as connection,
        connection.begin(),
    ):
        connection.execute(delete(CACHE).where((CACHE.c.after != last) | (CACHE.c.id == id)))
        connection.execute(
            insert(CACHE).values(id=id, after=last, document=json.dumps(document, ensure_ascii=False))
        )


def ask_firms(
    house: House, day: date, known_at: datetime | None, target_id: str, year: int | None = None
) -> list[Record]:
    """The firms behind a target, each with the records that made it count ."""
    target = next((t for t in plan(house.settings.targets.plan) if t.id == target_id), None)
    if target is None:
        raise click.UsageError(f"--firms {target_id}: there is no such target")
    question = Question(day, house.settings, year)
    if members(target, question) is None:
        raise click.UsageError(
            f"--firms {target_id}: this figure is filed by a department, not counted from firms"
        )
    with view(house, known_at) as connection:
        sql = members(target, question) or ""
        rows = question.ask(
            connection,
            f"""select h.uscc, h.name, h.industry, h.digital_core, m.record, m.filing, m.row
                from ({sql}) m join {whose(sql)} h on h.uscc = m.uscc order by h.uscc, m.filing, m.row""",
        )
    firms: dict[str, Record] = {}
    for row in rows:
        if target.id == "listed" and counts_as_listed(row.industry, row.digital_core) != "yes":
            continue
        firm = firms.setdefault(row.uscc, {"uscc": row.uscc, "name": row.name, "why": []})
        firm["why"].append({"record": row.record, "filing": row.filing, "row": row.row})
    return list(firms.values())


def holders(_house: House, tier: str, day: date) -> Any:
    """A subquery of the firms that hold a tier on a day, for exports."""
    t = TITLE.c
    return select(t.uscc).where(t.tier == tier, t.valid_from <= day, t.ends_on > day)
