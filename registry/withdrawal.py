"""Withdrawing a filing: its statements are closed, the touched keys folded again, and what leaned on it is listed."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select, update

from registry import judgements
from registry.house import House
from registry.kind import FIRM, Kinds
from registry.refusals import MisusedError, NeedsConfirmationError, RefusedError
from registry.said import Said
from registry.scope import managed, same_person
from registry.store import statements
from registry.store.bulk import among, chunks
from registry.store.clock import day_of
from registry.store.merges import Merges, merges_at
from registry.waiting import FILING, FILING_ROW, PROBLEM, shift

#: Tokens of personal values mean nothing in a row that is typed again.
PERSONAL_FIELDS = {"contact_name", "contact_phone"}


def withdraw(
    house: House, filing_id: int, by: str, *, yes: bool = False, unit: str | None = None
) -> list[str]:
    """Close a filing's statements and fold the touched keys again. Gives what leaned on it, as lines.

    Decisions on its rows go with it. Rows of other filings about firms that only this one named return to review as
    ``orphaned``. With such rows, or where a room says that something of its own leans on the filing (``Room.leans``), the
    act wants ``yes`` (NeedsConfirmationError otherwise). ``unit``: who is limited to one
    withdraws own filings, as long as they speak of own firms only.
    """
    with house.store.write(by) as work:
        connection = work.connection
        filing = connection.execute(select(FILING).where(FILING.c.id == filing_id)).first()
        if filing is None:
            raise MisusedError(f"there is no filing {filing_id}", f"没有入库记录 {filing_id}")
        if filing.withdrawn_at is not None:
            raise RefusedError(f"filing {filing_id} was withdrawn before", f"入库记录 {filing_id} 早已撤回")
        going = [filing_id, *connection.execute(
            select(FILING.c.id).where(FILING.c.parent_id == filing_id, FILING.c.withdrawn_at.is_(None))
        ).scalars()]  # fmt: skip
        s = statements.STATEMENT.c
        touched: dict[str, set[str]] = defaultdict(set)
        for record, subject in connection.execute(
            select(s.kind, s.subject).where(s.filing_id.in_(going), s.closed_at.is_(None)).distinct()
        ):
            touched[record].add(subject)
        led = merges_at(connection)
        if unit is not None:
            firms = {led.firm(code) for codes in touched.values() for code in codes}
            _keep_to_own(connection, filing, by, firms, unit, day_of(work.at))
            if house.kinds.by_id[filing.kind].about != FIRM:
                _keep_to_answers(connection, filing.id, by)
        close = update(statements.STATEMENT).values(closed_at=work.at)
        connection.execute(close.where(s.filing_id.in_(going), s.closed_at.is_(None)))
        orphans = _orphans(connection, touched["enterprise"], led)
        lines = [
            f"{record} {subject}: filing {by_filing}, row {row}"
            for _id, record, subject, by_filing, row, _payload in orphans
        ]
        leaning = [said for room in house.rooms if room.leans for said in room.leans(connection, going)]
        if (orphans or leaning) and not yes:
            raise _leaned_on(filing_id, lines, leaning)
        for id_chunk in chunks([orphan[0] for orphan in orphans]):
            connection.execute(close.where(s.id.in_(id_chunk)))
        _return_to_review(connection, house.kinds, filing_id, orphans)
        for _id, record, subject, *_rest in orphans:
            touched[record].add(subject)
        connection.execute(
            update(FILING).where(FILING.c.id.in_(going)).values(withdrawn_at=work.at, withdrawn_by=by)
        )
        judgements.take_back(work, going)
        if filing.parent_id is not None:
            _reopen(connection, filing, house.kinds.by_id[filing.kind].subject)
        house.refold(work, touched, {}, led=led)
        return lines


def _leaned_on(filing: int, orphans: Sequence[str], leaning: Sequence[Said]) -> NeedsConfirmationError:
    """What leans on a filing: rows of other filings about firms that only it names, and what rooms have made of it."""
    en, zh = [], []
    if orphans:
        en.append(
            f"{len(orphans)} rows of other filings speak of firms that only filing {filing} names; "
            "they would return to review as orphaned"
        )
        zh.append(
            f"其他入库记录有 {len(orphans)} 行所涉企业只由入库记录 {filing} 登记，撤回后这些行将退回待核"
        )
    if leaning:
        en.append(f"published results that stand on filing {filing}: {len(leaning)}")
        zh.append(f"以入库记录 {filing} 为依据的已发布结果：{len(leaning)} 项")
    return NeedsConfirmationError("; ".join(en), "；".join(zh), [*leaning[:50], *orphans[:50]])


def _keep_to_own(connection: Connection, filing: Any, by: str, touched: Iterable[str], unit: str,
                 today: date) -> None:  # fmt: skip
    if not same_person(filing.by, by):
        raise RefusedError(
            f"filing {filing.id} is not yours; its filer or the city's desk withdraws it",
            f"入库记录 {filing.id} 不是您提交的，由其申报人或市级撤回",
        )
    firms = managed(connection, touched, today)
    others = [firm for firm in firms.values() if firm.unit != unit]
    if others:
        raise RefusedError(
            f"filing {filing.id} speaks of {len(others)} firms of other units, such as {others[0].name}; "
            "ask the city's desk to withdraw it",
            f"入库记录 {filing.id} 涉及其他管理单元的企业 {len(others)} 家（如 {others[0].name}），请市级撤回",
        )


def _keep_to_answers(connection: Connection, filing: int, by: str) -> None:
    """Of rows that are about no firm those were the filer's own to file that nobody else decided."""
    decided = select(FILING.c.by).where(FILING.c.parent_id == filing, FILING.c.withdrawn_at.is_(None))
    if others := [who for who in connection.execute(decided).scalars() if not same_person(who, by)]:
        raise RefusedError(
            f"rows of filing {filing} were taken by {others[0]}; ask the city's desk to withdraw it",
            f"入库记录 {filing} 中有由 {others[0]} 核定的行，请市级撤回",
        )


def _orphans(
    connection: Connection, subjects: Iterable[str], led: Merges
) -> list[tuple[int, str, str, int, int, str]]:
    """Open statements about firms that no open statement names any more; any of a firm's codes names it."""
    s = statements.STATEMENT.c
    codes = led.codes_of(subjects)
    named = {led.firm(code) for code in named_codes(connection, codes)}
    found: list[tuple[int, str, str, int, int, str]] = []
    for chunk in chunks(sorted(code for code in codes if led.firm(code) not in named)):
        query = select(s.id, s.kind, s.subject, s.filing_id, s.row, s.payload).where(
            among(connection, s.subject, chunk), s.closed_at.is_(None)
        )
        found += [tuple(row) for row in connection.execute(query.order_by(s.filing_id, s.row))]
    return found


def named_codes(connection: Connection, codes: Iterable[str]) -> set[str]:
    """Those of ``codes`` under which an open statement gives a name."""
    s = statements.STATEMENT.c
    return {
        subject
        for chunk in chunks(sorted(codes))
        for subject, payload in connection.execute(
            select(s.subject, s.payload).where(
                among(connection, s.subject, chunk), s.kind == "enterprise", s.closed_at.is_(None)
            )
        )
        if json.loads(payload).get("name")
    }


def _return_to_review(
    connection: Connection,
    kinds: Kinds,
    withdrawn: int,
    orphans: Iterable[tuple[int, str, str, int, int, str]],
) -> None:
    """Rows that lost their firm: what they said is kept by field id until somebody decides."""
    rows: dict[tuple[int, int], dict[str, Any]] = defaultdict(dict)
    for _id, record, subject, filing, row, payload in orphans:
        rows[filing, row].update({kinds.by_record[record].subject: subject, **_public(payload)})
    moved: dict[int, Counter[str]] = defaultdict(Counter)
    for (filing, row), cells in rows.items():
        here = (FILING_ROW.c.filing_id == filing, FILING_ROW.c.row == row)
        before = connection.execute(select(FILING_ROW.c.fate).where(*here)).scalar()
        if before is None:
            continue
        moved[filing][before] += 1
        kept = json.dumps(cells, ensure_ascii=False)
        connection.execute(update(FILING_ROW).where(*here).values(fate="review", cells=kept))
        _say(connection, filing, row, "orphaned", withdrawn)
    for filing, fates in moved.items():
        moves = Counter({fate: -n for fate, n in fates.items()})
        moves["review"] += fates.total()
        shift(connection, filing, moves)


def _reopen(connection: Connection, decision: Any, subject_field: str) -> None:
    """A withdrawn decision gives its row back to review, with what it had stated. ``subject_field`` names what it is about."""
    rows = connection.execute(select(FILING_ROW).where(FILING_ROW.c.decided_by == decision.id)).all()
    s = statements.STATEMENT.c
    for row in rows:
        stated = connection.execute(
            select(s.subject, s.payload).where(s.filing_id == decision.id, s.row == row.row).order_by(s.id)
        )
        cells: dict[str, Any] = {}
        for subject, payload in stated:
            cells.update({subject_field: subject, **_public(payload)})
        shift(connection, row.filing_id, {"review": 1, row.fate: -1})
        here = (FILING_ROW.c.filing_id == row.filing_id, FILING_ROW.c.row == row.row)
        kept = json.dumps(cells, ensure_ascii=False)
        connection.execute(update(FILING_ROW).where(*here).values(fate="review", cells=kept, decided_by=None))
        _say(connection, row.filing_id, row.row, "reopened", decision.id)


def _public(payload: str) -> dict[str, Any]:
    return {name: value for name, value in json.loads(payload).items() if name not in PERSONAL_FIELDS}


def _say(connection: Connection, filing: int, row: int, code: str, by: int) -> None:
    connection.execute(
        insert(PROBLEM).values(filing_id=filing, row=row, code=code, value=str(by), fate="review")
    )
