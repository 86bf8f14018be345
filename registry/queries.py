"""Reads for the register's pages, in SQL: the list of firms, a firm's history, the rows of a filing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Integer, Select, and_, bindparam, case, func, or_, select

from registry.house import House
from registry.kind import Record
from registry.naming.normal import normal_form
from registry.personal import veiled
from registry.room import Column, Facet, RegisterPart
from registry.scope import own, own_firms
from registry.search.index import FIRM
from registry.search.sought import Sought, plain
from registry.store.bulk import among
from registry.store.merges import NONE, Merges, rekeyed
from registry.store.statements import STATEMENT
from registry.subjects import ENTERPRISE
from registry.waiting import FILING, FILING_ROW, PROBLEM

#: More firms than this are not counted where something is looked for: "more than 200". So many times more of those
#: that may be meant are looked at to find them.
COUNTED, LOOKED_AT = 200, 3
HOME, OUTSIDE, ALL = "home", "outside", "all"


@dataclass(frozen=True)
class Narrowed:
    """What the list of firms is narrowed to and sorted by. ``chosen``: facet id → values, any of which fits.

    ``place``: a district or area, whichever it is. ``unit``: the management unit that the reader is limited to.
    ``sought``: what ``text`` was looked up as (without it the text is looked for slowly, and by no sound);
    ``ordered``: every firm has its place in the order of pinyin.
    """

    text: str = ""
    where: str = HOME
    place: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    sort: str = "name"
    unit: str | None = None
    sought: Sought | None = None
    ordered: bool = False


def parts(house: House) -> tuple[RegisterPart, ...]:
    return tuple(room.register for room in house.rooms if room.register)


def facets(house: House) -> tuple[Facet, ...]:
    """All rooms' facets, in the order of the bar."""
    return tuple(sorted((f for part in parts(house) for f in part.facets), key=lambda facet: facet.order))


def columns(house: House) -> tuple[Column, ...]:
    return tuple(column for part in parts(house) for column in part.columns)


def firms(house: House, narrowed: Narrowed, day: date) -> Select[Any]:
    """The firms on the register on ``day`` that fit, in order, with what the rooms' columns read."""
    e = ENTERPRISE.c
    base = (e.uscc, e.name, e.district, e.area, e.city, e.industry, e.status)
    reads = [read for column in columns(house) for read in column.reads]
    sought = narrowed.sought
    by_name = (
        narrowed.ordered and narrowed.sort.removeprefix("-") == "name" and not (sought and sought.by_code)
    )
    query = _fitting(house, select(*base, *reads), narrowed, day, joined=by_name)
    if by_name:
        # From the index to the firms: SQLite is kept from joining the other way round.
        onwards = sought is None or sought.texts_alone
        query = query.join(FIRM, e.uscc == (FIRM.c.uscc + "" if onwards else FIRM.c.uscc))
    return query.order_by(*_order(house, narrowed))


def page_of_firms(
    connection: Connection, house: House, narrowed: Narrowed, day: date, limit: int, offset: int
) -> Sequence[Any]:
    """``limit`` rows of ``firms`` from ``offset`` on. Of many that are looked for by text only the first are looked at."""
    looks: Iterable[Sought | None] = [narrowed.sought]
    if narrowed.sought and narrowed.ordered and narrowed.sort == "name":
        looks = narrowed.sought.looks(limit + offset)
    rows: Sequence[Any] = []
    for look in looks:
        asked = replace(narrowed, sought=look)
        query = _paged(firms(house, asked, day)) if look else _pages(house, asked, day)
        rows = connection.execute(query, {"limit": limit, "offset": offset}).all()
        if len(rows) == limit:
            break
    return rows


@lru_cache(maxsize=100)
def _pages(house: House, narrowed: Narrowed, day: date) -> Select[Any]:
    """Where no text is looked for, most ask the same: to put the statement together takes longer than to answer it."""
    return _paged(firms(house, narrowed, day))


def _paged(listed: Select[Any]) -> Select[Any]:
    return listed.limit(bindparam("limit", type_=Integer)).offset(bindparam("offset", type_=Integer))


def number_at_most(
    connection: Connection, house: House, narrowed: Narrowed, day: date, most: int = COUNTED
) -> int:
    """How many firms fit; ``most + 1`` where there are more than ``most``."""
    sought, number = narrowed.sought, 0
    # Nothing but a text: the index alone can tell, and three times faster.
    text_only = narrowed == Narrowed(narrowed.text, ALL, sort=narrowed.sort, sought=sought, ordered=True)
    for look in sought.looks(LOOKED_AT * most) if sought else [None]:
        if look and look.texts_alone and text_only:
            few = look.texts(day)
        else:
            asked = replace(narrowed, sought=look)
            few = _fitting(house, select(ENTERPRISE.c.uscc), asked, day, whole=False)
        number = connection.execute(_number_of(few.limit(most + 1))).scalar() or 0
        if number > most:
            break
    return number


def _number_of(few: Select[Any]) -> Select[Any]:
    return select(func.count()).select_from(few.subquery())


def number_of_firms(connection: Connection, house: House, narrowed: Narrowed, day: date) -> int:
    counted = _fitting(house, select(func.count()).select_from(ENTERPRISE), narrowed, day, whole=False)
    return connection.execute(counted).scalar() or 0


def codes_of_firms(
    connection: Connection, house: House, narrowed: Narrowed, day: date, most: int
) -> list[str]:
    """The codes of the firms that fit, in the list's order, ``most`` of them at most."""
    found = firms(house, narrowed, day).with_only_columns(ENTERPRISE.c.uscc)
    return list(connection.execute(found.limit(most)).scalars())


def firms_of_codes(
    connection: Connection, house: House, codes: Sequence[str], unit: str | None, day: date
) -> Select[Any]:
    """The firms of these codes as ``firms`` reads them, by name, wherever they are."""
    listed = firms(house, Narrowed(where=ALL, unit=unit), day)
    return listed.where(among(connection, ENTERPRISE.c.uscc, codes))


def chosen_firms(connection: Connection, codes: Sequence[str], unit: str | None, day: date) -> list[str]:
    """Those of the codes whose firms are on the register on the day, and in the unit, in their order."""
    e = ENTERPRISE.c
    on_day = and_(e.from_day <= day, e.to_day > day, own(unit))
    found = set(connection.execute(select(e.uscc).where(among(connection, e.uscc, codes), on_day)).scalars())
    return [code for code in dict.fromkeys(codes) if code in found]


def groups_of_firms(connection: Connection, house: House, narrowed: Narrowed, day: date) -> Sequence[Any]:
    """The firms that fit, whatever facets are chosen, in groups that no facet tells apart: rows of the number of
    firms and of each facet's group, in the order of ``facets``."""
    open_ = replace(narrowed, chosen={})
    grouped = [facet.by(day).label(f"facet_{at}") for at, facet in enumerate(facets(house))]
    # In a table of its own: a group is named by its column there, whatever parameters made it.
    each = _fitting(house, select(*grouped), open_, day).subquery()
    return connection.execute(select(func.count(), *each.c).group_by(*each.c)).all()


def _fitting(
    house: House, query: Select[Any], narrowed: Narrowed, day: date, whole: bool = True, joined: bool = False
) -> Select[Any]:
    """Join the rooms' tables (for a count only those that the facets ask) and add the conditions. ``joined``: the caller
    joins the rows of the search's index."""
    e = ENTERPRISE.c
    source: Any = ENTERPRISE
    for part in parts(house):
        if part.table is not None and (whole or any(narrowed.chosen.get(f.id) for f in part.facets)):
            source = source.outerjoin(part.table, part.table.c.uscc == e.uscc)
    query = query.select_from(source).where(e.from_day <= day, e.to_day > day)
    if narrowed.unit is not None:
        query = query.where(own(narrowed.unit))
    # Hidden from the planner's index on cities: nearly all firms are at home, and the order's own index gives a
    # page of them at once.
    here = func.coalesce(e.city, "") == house.settings.city.code
    if narrowed.where == HOME:
        query = query.where(here)
    elif narrowed.where == OUTSIDE:
        query = query.where(~here)
    if narrowed.place:
        query = query.where(or_(e.district == narrowed.place, e.area == narrowed.place))
    if narrowed.text:
        query = query.where(
            narrowed.sought.condition(joined) if narrowed.sought else plain(normal_form(narrowed.text))
        )
    for facet in facets(house):
        if values := narrowed.chosen.get(facet.id):
            query = query.where(or_(*(facet.fits(value, day) for value in values)))
    return query


def sortable(house: House) -> set[str]:
    return {"name", "uscc"} | {column.id for column in columns(house) if column.order is not None}


def _order(house: House, narrowed: Narrowed) -> tuple[Any, ...]:
    e = ENTERPRISE.c
    down, id = narrowed.sort.startswith("-"), narrowed.sort.removeprefix("-")
    if id == "name" and narrowed.sought and narrowed.sought.by_code:
        id = "uscc"
    if id == "uscc":
        return (e.uscc.desc() if down else e.uscc,)
    by = next((column.order for column in columns(house) if column.id == id), None)
    if by is not None:
        return ((by.desc() if down else by.asc()).nulls_last(), e.uscc)
    # The stored key, not a collation: databases do not agree on the order of Chinese text.
    name = FIRM.c.sort_key if narrowed.ordered else e.name_key
    if narrowed.ordered and narrowed.sought:
        # Hidden from the planner, which would walk along the whole order in search of a few firms.
        name = func.coalesce(name, name)
    return (name.desc() if down else name, e.uscc)


def changes(connection: Connection, firm: str, led: Merges = NONE) -> list[Record]:
    """Everything ever stated about a firm, in filing order: per statement the fields with what they replaced.

    ``led``: the merges that stand; what was filed with another of its codes says so in ``code``.
    Statements of withdrawn filings are kept and marked ``closed``; they count as never said for what came after.
    """
    s, f = STATEMENT.c, FILING.c
    query = (
        select(s.filing_id, s.row, s.kind, s.subject, s.key, s.valid_from, s.payload, s.closed_at,
               f.recorded_at, f.file, f.by, f.withdrawn_at, f.parent_id)
        .join_from(STATEMENT, FILING, f.id == s.filing_id)
        .where(s.subject.in_(sorted(led.codes_of([firm]))))
        .order_by(s.filing_id, s.row, s.id)
    )  # fmt: skip
    said: dict[tuple[str, str], Record] = {}
    found: list[Record] = []
    for row in connection.execute(query):
        payload = json.loads(row.payload)
        key = rekeyed(row.key, row.subject, firm)
        before = said.setdefault((row.kind, key), {})
        fields = [
            (name, before.get(name), value) for name, value in payload.items() if value != before.get(name)
        ]
        found.append({
            "filing": row.filing_id, "row": row.row, "record": row.kind, "key": key, "code": row.subject,
            "valid_from": row.valid_from,
            "recorded_at": row.recorded_at, "file": row.file, "by": row.by, "closed": row.closed_at,
            "first": not before, "fields": fields, "parent": row.parent_id, "parent_row": row.row,
        })  # fmt: skip
        if row.closed_at is None:
            before.update(payload)
    return found


def rows_of(filing: int, unit: str, today: date) -> Any:
    """The numbers of a filing's rows about the unit's own firms, as a query: what an officer may see of it."""
    r = FILING_ROW.c
    return select(r.row).where(r.filing_id == filing, r.subject.in_(own_firms(unit, today)))


def problem_codes(connection: Connection, filing: int, only: Any = None) -> list[Any]:
    """(code, fate, rows) of one filing: what stops rows before what is only noted, the most frequent first.

    ``only``, here and below: a query of the rows that may be seen; None: all.
    """
    p = PROBLEM.c
    rank = case((p.fate == "refused", 0), (p.fate == "review", 1), else_=2)
    rows = func.count(p.row.distinct())
    query = select(p.code, p.fate, rows.label("rows")).where(p.filing_id == filing)
    if only is not None:
        query = query.where(p.row.in_(only))
    return list(connection.execute(query.group_by(p.code, p.fate).order_by(rank, rows.desc(), p.code)))


def problem_rows(
    connection: Connection, filing: int, code: str | None, limit: int, offset: int, only: Any = None
) -> Sequence[Any]:
    p = PROBLEM.c
    query = select(p.row, p.field, p.code, p.value, p.fate, p.detail).where(p.filing_id == filing)
    if code:
        query = query.where(p.code == code)
    if only is not None:
        query = query.where(p.row.in_(only))
    return connection.execute(query.order_by(p.row, p.id).limit(limit).offset(offset)).all()


def number_of_problems(connection: Connection, filing: int, code: str | None, only: Any = None) -> int:
    query = select(func.count()).select_from(PROBLEM).where(PROBLEM.c.filing_id == filing)
    if code:
        query = query.where(PROBLEM.c.code == code)
    if only is not None:
        query = query.where(PROBLEM.c.row.in_(only))
    return connection.execute(query).scalar() or 0


def kept_rows(
    connection: Connection,
    filing: int,
    fate: str,
    limit: int | None = None,
    offset: int = 0,
    only: Any = None,
) -> list[Record]:
    """Rows in review or refused, with what was typed and why they stopped, in the sheet's order."""
    r, p = FILING_ROW.c, PROBLEM.c
    query = select(r.row, r.subject, r.cells).where(r.filing_id == filing, r.fate == fate).order_by(r.row)
    if only is not None:
        query = query.where(r.row.in_(only))
    rows = connection.execute(query.limit(limit).offset(offset) if limit else query).all()
    if not rows:
        return []
    why: dict[int, list[Any]] = {}
    reasons = select(p.row, p.field, p.code, p.value, p.fate, p.detail).where(
        p.filing_id == filing, p.row >= rows[0].row, p.row <= rows[-1].row
    )
    for reason in connection.execute(reasons.order_by(p.row, p.id)):
        why.setdefault(reason.row, []).append(reason)
    return [
        {
            "row": row.row,
            "subject": row.subject,
            "cells": veiled(json.loads(row.cells or "{}")),
            "why": why.get(row.row, []),
        }
        for row in rows
    ]


def decided_rows(connection: Connection, filing: int) -> Sequence[Any]:
    """(row, fate, deciding filing) of rows that a person decided."""
    r = FILING_ROW.c
    query = select(r.row, r.fate, r.decided_by).where(r.filing_id == filing, r.decided_by.is_not(None))
    return connection.execute(query.order_by(r.row).limit(200)).all()


def subjects_of(connection: Connection, filing: int, day: date, unit: str | None) -> list[tuple[str, str]]:
    """(code, name) of the firms that the rows of a short filing are about; of one unit's where limited."""
    r = FILING_ROW.c
    query = select(r.subject).where(r.filing_id == filing, r.subject.is_not(None)).distinct()
    named = firms_named(connection, list(connection.execute(query).scalars()), day)
    return [
        (code, firm.name)
        for code, firm in sorted(named.items())
        if unit is None or (firm.area or firm.district) == unit
    ]


def firms_named(connection: Connection, codes: Sequence[str], day: date) -> dict[str, Any]:
    """Code → the firm's row on a day, for lists of candidates."""
    e = ENTERPRISE.c
    query = select(e.uscc, e.name, e.district, e.area, e.city, e.status).where(
        e.uscc.in_(codes), e.from_day <= day, e.to_day > day
    )
    return {row.uscc: row for row in connection.execute(query)}


def _spoken_of(filing: int, day: date, unit: str | None) -> Any:
    """Rows of a filing, and of the decisions on it, that stand for a firm; of the firms of one unit where limited."""
    r, e, f = FILING_ROW.c, ENTERPRISE.c, FILING.c
    by = select(f.id).where(or_(f.id == filing, f.parent_id == filing))
    return and_(
        r.filing_id.in_(by), r.fate.in_(("accepted", "unchanged")), e.uscc == r.subject,
        e.from_day <= day, e.to_day > day, own(unit),
    )  # fmt: skip


def firms_of(
    connection: Connection, filing: int, day: date, unit: str | None, limit: int | None = None, page: int = 1
) -> Sequence[Any]:
    """The firms that a filing's rows stand for, with row and fate, in the list's order."""
    r, e = FILING_ROW.c, ENTERPRISE.c
    query = select(r.row, func.min(r.fate).label("fate"), e.uscc, e.name, e.district, e.area, e.city).where(
        _spoken_of(filing, day, unit)
    )
    query = query.group_by(r.row, e.uscc, e.name, e.district, e.area, e.city).order_by(r.row, e.uscc)
    return connection.execute(query.limit(limit).offset((page - 1) * (limit or 0))).all()


def number_of_firms_of(connection: Connection, filing: int, day: date, unit: str | None) -> int:
    r, e = FILING_ROW.c, ENTERPRISE.c
    rows = select(r.row, e.uscc).where(_spoken_of(filing, day, unit)).distinct().subquery()
    return connection.execute(select(func.count()).select_from(rows)).scalar() or 0


def statements_of(connection: Connection, filing: int, record: str) -> list[tuple[str, Record]]:
    """What a filing states of one kind: firm and fields, in the list's order; decisions on its rows among them."""
    s, f = STATEMENT.c, FILING.c
    by = select(f.id).where(or_(f.id == filing, f.parent_id == filing))
    query = select(s.subject, s.payload).where(s.filing_id.in_(by), s.kind == record, s.closed_at.is_(None))
    return [(row.subject, json.loads(row.payload)) for row in connection.execute(query.order_by(s.row, s.id))]


def size_of_register(connection: Connection, home: str, day: date) -> tuple[int, int]:
    """(firms at home, firms elsewhere) on the register on a day, whatever their status."""
    e = ENTERPRISE.c
    here = func.coalesce(func.sum(case((e.city == home, 1), else_=0)), 0)
    row = connection.execute(select(here, func.count()).where(and_(e.from_day <= day, e.to_day > day))).one()
    return int(row[0]), int(row[1] - row[0])


def waiting_lists(connection: Connection, by: str | None = None) -> Sequence[Any]:
    """Filings that stand and hold rows in review, newest first; ``by``: those that this person filed."""
    f = FILING.c
    query = select(f.id, f.file, f.kind, f.review).where(f.review > 0, f.withdrawn_at.is_(None))
    if by is not None:
        query = query.where(f.by == by)
    return connection.execute(query.order_by(f.id.desc())).all()


def last_filed(connection: Connection) -> datetime | None:
    return connection.execute(select(func.max(FILING.c.recorded_at))).scalar()


def in_batches(connection: Connection, query: Select[Any], size: int = 5_000) -> Iterator[Any]:
    """The rows of a long list without holding them all."""
    yield from connection.execute(query, execution_options={"yield_per": size})
