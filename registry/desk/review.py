"""The rows of a list against the register: matched once, then decided by people, each decision kept as it is made."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, update

from registry.desk import drafts
from registry.desk.drafts import DRAFT, DRAFT_ROW, Found
from registry.desk.reading import list_day
from registry.house import House
from registry.intake.rows import Parsed
from registry.kind import Kind, Row
from registry.matching import Given, Match, match
from registry.naming.codes import read_code
from registry.naming.normal import normal_form
from registry.refusals import RefusedError
from registry.store.bulk import among, chunks, insert_rows
from registry.store.merges import Merges, merges_at
from registry.subjects import ENTERPRISE

#: What a list of rows may be narrowed to.
SHOWN = ("waiting", "choose", "none", "certain", "all")
CANDIDATES = 5
_COLUMNS = ("draft_id", "row", "name", "place", "code", "cells", "found", "found_uscc", "candidates", "decision", "uscc",
            "place_given", "by", "at", "revision")  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One row of a list as it stands; see ``models.DraftRow``."""

    row: int
    name: str
    place: str | None
    code: str | None
    cells: Mapping[str, Any]
    found: str
    found_uscc: str | None
    candidates: Sequence[Mapping[str, Any]]
    decision: str
    uscc: str | None
    place_given: str | None
    by: str | None
    at: datetime | None
    revision: int


@dataclass(frozen=True)
class Answer:
    """What a person decides about a row: ``choose`` the firm ``uscc``, ``create`` it with that code in ``place``,
    ``leave`` it open (it waits in the filing), ``drop`` it (it is not filed), or ``undo`` what was decided."""

    action: str
    uscc: str | None = None
    place: str | None = None


@dataclass(frozen=True)
class Counts:
    """``found``: what matching said → rows; ``decided``: decision → rows; ``waiting``: found → rows still open."""

    found: Mapping[str, int] = field(default_factory=dict)
    decided: Mapping[str, int] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(self.found.values())

    @property
    def open(self) -> int:
        return self.decided.get("open", 0)


# Matching ------------------------------------------------------------------------------------------------


def given(kind: Kind, row: Row) -> Given:
    values = row.values
    return Given(
        row.number,
        values.get("name") or "",
        values.get(kind.subject),
        values.get("district"),
        values.get("area"),
        values.get("industry"),
        values.get("founded_on"),
    )


def matched(house: House, connection: Connection, kind: Kind, parsed: Parsed) -> list[Match]:
    """One match for each row, in order. A row whose code cannot be read is never certain: somebody looks at it."""
    day = list_day(kind, parsed.rows, house.clock.today().isoformat())
    asked = [given(kind, row) for row in parsed.rows]
    named = [one for one in asked if one.name or one.uscc]
    found = {one.row: one for one in match(house, connection, named, day)} if named else {}
    damaged = {
        row.number for row in parsed.rows
        if any(note.field == kind.subject and note.fate == "refused" for note in row.notes)
    }  # fmt: skip
    answers = (found.get(one.row) or Match(one.row, one, "none", None, ()) for one in asked)
    return [
        replace(one, decision="choose", uscc=None)
        if one.row in damaged and one.decision == "certain"
        else one
        for one in answers
    ]


def begin(house: House, draft: Found, kind: Kind, parsed: Parsed) -> None:
    """Match the rows of a list and lay them on the desk. What people decided about a row stays with it where the row
    still names the same firm in the same place."""
    with house.store.read() as connection:
        matches = matched(house, connection, kind, parsed)
    cells = {row.number: parsed.cells_of(row) for row in parsed.rows}
    reading = replace(draft.how, matched=drafts.reading_of(kind.id, draft.how))
    with house.store.note() as connection:
        drafts.touch(connection, house, draft.id, kind=kind.id, options=drafts.text_of(reading))
        before = {line.row: line for line in _lines(connection, draft.id, DRAFT_ROW.c.by.is_not(None))}
        revision = connection.execute(select(DRAFT.c.revision).where(DRAFT.c.id == draft.id)).scalar_one()
        connection.execute(DRAFT_ROW.delete().where(DRAFT_ROW.c.draft_id == draft.id))
        rows = []
        for one in matches:
            line = _fresh(one, cells[one.row], revision)
            old = before.get(one.row)
            if old and (old.name, old.place, old.code) == (line.name, line.place, line.code):
                line = replace(
                    line, decision=old.decision, uscc=old.uscc, place_given=old.place_given, by=old.by, at=old.at
                )  # fmt: skip
            rows.append(_values(draft.id, line, house))
        insert_rows(connection, DRAFT_ROW, _COLUMNS, rows)


def _fresh(one: Match, cells: Mapping[str, Any], revision: int) -> Line:
    certain = one.decision == "certain"
    return Line(
        one.row, one.given.name, one.given.district or one.given.area, one.given.uscc, cells, one.decision, one.uscc,
        [asdict(candidate) for candidate in one.candidates[:CANDIDATES]], "certain" if certain else "open",
        one.uscc if certain else None, None, None, None, revision,
    )  # fmt: skip


def _values(draft: int, line: Line, house: House) -> tuple[Any, ...]:
    def text(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, default=str)

    at = DRAFT_ROW.c.at.type.process_bind_param(line.at, house.store.engine.dialect)
    return (draft, line.row, line.name, line.place, line.code, text(line.cells), line.found, line.found_uscc,
            text(list(line.candidates)), line.decision, line.uscc, line.place_given, line.by, at, line.revision)  # fmt: skip


# Reading -------------------------------------------------------------------------------------------------


def _lines(
    connection: Connection, draft: int, where: Any, limit: int | None = None, offset: int = 0
) -> list[Line]:
    r = DRAFT_ROW.c
    query = select(DRAFT_ROW).where(r.draft_id == draft, where).order_by(r.row).limit(limit).offset(offset)
    return [_line(row) for row in connection.execute(query)]


def _line(row: Any) -> Line:
    return Line(
        row.row, row.name, row.place, row.code, json.loads(row.cells), row.found, row.found_uscc,
        json.loads(row.candidates), row.decision, row.uscc, row.place_given, row.by, row.at, row.revision,
    )  # fmt: skip


def _shown(show: str) -> Any:
    """The condition of a narrowing. What waits is what matching left to people, decided meanwhile or not: a row stays
    where it is when it is decided."""
    r = DRAFT_ROW.c
    if show == "waiting":
        return or_(r.found != "certain", r.decision == "open")
    return r.found == show if show in ("choose", "none", "certain") else r.row.is_not(None)


def lines(connection: Connection, draft: int, show: str, limit: int, offset: int) -> list[Line]:
    return _lines(connection, draft, _shown(show), limit, offset)


def every(connection: Connection, draft: int) -> list[Line]:
    return _lines(connection, draft, DRAFT_ROW.c.row.is_not(None))


def line(connection: Connection, draft: int, row: int) -> Line | None:
    return next(iter(_lines(connection, draft, DRAFT_ROW.c.row == row)), None)


def counts(connection: Connection, draft: int) -> Counts:
    r = DRAFT_ROW.c
    query = select(r.found, r.decision, func.count()).where(r.draft_id == draft).group_by(r.found, r.decision)
    found: dict[str, int] = {}
    decided: dict[str, int] = {}
    waiting: dict[str, int] = {}
    for said, decision, rows in connection.execute(query):
        found[said] = found.get(said, 0) + rows
        decided[decision] = decided.get(decision, 0) + rows
        if decision == "open":
            waiting[said] = waiting.get(said, 0) + rows
    return Counts(found, decided, waiting)


def number_of(connection: Connection, draft: int, show: str, before: int | None = None) -> int:
    """How many rows a narrowing holds; with ``before`` how many stand ahead of that row."""
    r = DRAFT_ROW.c
    query = select(func.count()).where(r.draft_id == draft, _shown(show))
    return connection.execute(query if before is None else query.where(r.row < before)).scalar() or 0


def next_open(connection: Connection, draft: int, after: int = 0) -> int | None:
    """The next row that nobody has decided, from the top again where none follows."""
    r = DRAFT_ROW.c
    query = select(func.min(r.row)).where(r.draft_id == draft, r.decision == "open")
    following = connection.execute(query.where(r.row > after)).scalar()
    return following if following is not None else connection.execute(query).scalar()


def beside(connection: Connection, draft: int, show: str, row: int) -> tuple[int | None, int | None]:
    """The rows before and after one in a narrowing."""
    r = DRAFT_ROW.c
    here = (r.draft_id == draft, _shown(show))
    before = connection.execute(select(func.max(r.row)).where(*here, r.row < row)).scalar()
    after = connection.execute(select(func.min(r.row)).where(*here, r.row > row)).scalar()
    return before, after


def firms(connection: Connection, codes: Iterable[str], day: date) -> dict[str, Any]:
    """Credit code → the firm's name, place, industry and founding on a day, for the firms that rows speak of. A code that
    leads to another firm since the row was matched stands for that one."""
    asked, led = set(codes), merges_at(connection)
    e = ENTERPRISE.c
    unit = func.coalesce(e.area, e.district).label("unit")
    query = select(e.uscc, e.name, e.district, e.area, e.city, e.industry, e.founded_on, e.status, unit)
    found: dict[str, Any] = {}
    for chunk in chunks(sorted({led.firm(code) for code in asked})):
        on_day = and_(e.from_day <= day, e.to_day > day)
        for row in connection.execute(query.where(among(connection, e.uscc, chunk), on_day)):
            found[row.uscc] = row
    return {code: found[led.firm(code)] for code in asked if led.firm(code) in found}


# Deciding ------------------------------------------------------------------------------------------------


def decide(
    house: House, draft: Found, number: int, answer: Answer, revision: int, by: str
) -> tuple[Line, bool]:
    """Keep a decision. Gives the row as it stands then, and whether the decision was taken: False where somebody else
    decided the row since it was shown. Raises RefusedError where the answer cannot stand."""
    with house.store.note() as connection:
        before = line(connection, draft.id, number)
        if before is None:
            raise RefusedError(f"the list has no row {number} any more", f"名单里已没有第 {number} 行")
        if before.revision != revision:
            return before, False
        values = _decided(house, connection, draft.id, before, answer)
        r = DRAFT_ROW.c
        values |= {"revision": revision + 1, "by": None if answer.action == "undo" else by}
        values["at"] = None if answer.action == "undo" else house.clock.now()
        same = (r.draft_id == draft.id, r.row == number, r.revision == revision)
        done = connection.execute(update(DRAFT_ROW).where(*same).values(values))
        if done.rowcount == 1:
            drafts.touch(connection, house, draft.id)
        after = line(connection, draft.id, number)
    assert after is not None
    return after, done.rowcount == 1


def _decided(
    house: House, connection: Connection, draft: int, before: Line, answer: Answer
) -> dict[str, Any]:
    match answer.action:
        case "choose":
            return {
                "decision": "chosen",
                "uscc": _known(house, connection, before, answer),
                "place_given": None,
            }
        case "create":
            return {"decision": "create", **_new(house, connection, draft, before, answer)}
        case "leave":
            return {"decision": "left_open", "uscc": None, "place_given": None}
        case "drop":
            return {"decision": "dropped", "uscc": None, "place_given": None}
        case "undo":
            certain = before.found == "certain"
            decision = "certain" if certain else "open"
            return {"decision": decision, "uscc": before.found_uscc if certain else None, "place_given": None}
    raise RefusedError("the form says nothing about what to do with the row", "表单没有说明怎样处理这一行")


def _code(number: int, typed: str | None) -> str:
    code = read_code(typed or "").code
    if code is None:
        raise RefusedError(
            f"row {number}: “{typed or ''}” is no credit code that checks; give all 18 characters as on the licence",
            f"第 {number} 行：“{typed or ''}”不是校验通过的统一社会信用代码；请按营业执照填写 18 位",
        )
    return code


def _known(house: House, connection: Connection, before: Line, answer: Answer) -> str:
    code = _code(before.row, answer.uscc)
    if code not in firms(connection, [code], house.clock.today()):
        raise RefusedError(
            f"row {before.row}: no firm on the register has the code {code}; create it, or check the code",
            f"第 {before.row} 行：企业库里没有代码为 {code} 的企业；请新建，或核对代码",
        )
    return code


def _new(house: House, connection: Connection, draft: int, before: Line, answer: Answer) -> dict[str, Any]:
    code = _code(before.row, answer.uscc)
    if not before.name:
        raise RefusedError(
            f"row {before.row} gives no name; a firm needs one: mend the list",
            f"第 {before.row} 行没有企业名称，不能新建；请补正名单",
        )
    if held := firms(connection, [code], house.clock.today()).get(code):
        raise RefusedError(
            f"row {before.row}: {code} is on the register already as {held.name}; choose it instead",
            f"第 {before.row} 行：{code} 已在企业库，名称为“{held.name}”；请直接选用该企业",
        )
    r = DRAFT_ROW.c
    founds = (r.draft_id == draft, r.row != before.row, r.decision == "create", r.uscc == code)
    for other in connection.execute(select(r.row, r.name).where(*founds).order_by(r.row)):
        if normal_form(other.name) != normal_form(before.name):
            raise RefusedError(
                f"row {before.row}: row {other.row} puts “{other.name}” on the register under {code}; "
                "two firms cannot share a code: check both rows",
                f"第 {before.row} 行：第 {other.row} 行已用 {code} 新建“{other.name}”；两家企业不能共用一个代码，请核对这两行",
            )
    place = (answer.place or "").strip() or None
    if place and not house.places.read_district(place).city:
        raise RefusedError(
            f"row {before.row}: “{place}” is no place that the register knows; choose a district or leave it empty",
            f"第 {before.row} 行：“{place}”不是认识的区县；请选择区县或留空",
        )
    return {"uscc": code, "place_given": place}


def twice(lines: Iterable[Line], led: Merges) -> dict[str, list[int]]:
    """Firms that several rows speak of, by whichever of their codes: credit code → rows."""
    rows: dict[str, list[int]] = {}
    for one in lines:
        if one.uscc and one.decision in ("certain", "chosen", "create"):
            rows.setdefault(led.firm(one.uscc), []).append(one.row)
    return {code: numbers for code, numbers in rows.items() if len(numbers) > 1}


def same_names(lines: Iterable[Line]) -> dict[str, list[int]]:
    """Names that stand on a list more than once: name → rows."""
    rows: dict[str, tuple[str, list[int]]] = {}
    for one in lines:
        if one.name and one.decision != "dropped":
            rows.setdefault(normal_form(one.name), (one.name, []))[1].append(one.row)
    return {name: numbers for name, numbers in rows.values() if len(numbers) > 1}
