"""Deciding a row in review: it is read again with the answer and filed as a filing of its own.

So a row decided later is known from the decision on, the decision names who took it, and withdrawing it gives the row
back to review.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select

from registry import judgements
from registry.filing import Listed, Outcome, file_list
from registry.house import House
from registry.intake.cells import OWN_UNIT
from registry.intake.rows import Reading, parse
from registry.intake.sheets import Grid
from registry.judgements import Judged
from registry.kind import Kind, Row
from registry.naming.codes import read_code
from registry.personal import revealed
from registry.refusals import MisusedError, RefusedError
from registry.scope import managed, same_person
from registry.store.engine import Write
from registry.waiting import FILING, FILING_ROW, PROBLEM, shift, take_from_review

#: Problems of rows that came back to review from what they had stated.
STORED = {"orphaned", "reopened"}
#: Doubts about which firm is a party.
PARTY_DOUBTS = {"ambiguous_name", "unknown_firm"}
#: A row about another unit's firm: taking it as it stands may put that firm on the register.
SENT_ON = "other_unit"
STORED_UNITS = {"money": "元", "capital": "元", "ratio": "ratio", "amount": OWN_UNIT}


@dataclass(frozen=True)
class Answer:
    """One of: the firm meant (``uscc``), create the firm (``create``), take the row as it stands (``take``),
    turn it down (``reject``). ``fields`` mends single cells by field id.

    Of records with several parties ``uscc`` is the first one that waits, ``fields`` may say the others; ``take`` says
    that a name means none of the firms that it fits.
    """

    uscc: str | None = None
    create: bool = False
    take: bool = False
    reject: bool = False
    fields: dict[str, str] | None = None


def decide(
    house: House, filing_id: int, number: int, answer: Answer, by: str, unit: str | None = None
) -> Outcome | None:
    """Decide one waiting row. None when it was turned down. Raises RefusedError when the answer does not settle it.

    ``unit``: who is limited to one decides rows of the own filings and rows about the own firms, for own firms only.
    """
    with house.store.read() as connection:
        filing = connection.execute(select(FILING).where(FILING.c.id == filing_id)).first()
        row = connection.execute(
            select(FILING_ROW).where(FILING_ROW.c.filing_id == filing_id, FILING_ROW.c.row == number)
        ).first()
    if filing is None or row is None:
        raise MisusedError(
            f"filing {filing_id} has no row {number}", f"入库记录 {filing_id} 没有第 {number} 行"
        )
    if row.fate != "review" or filing.withdrawn_at is not None:
        raise RefusedError(
            f"row {number} of filing {filing_id} does not wait for a decision (it is {row.fate})",
            f"入库记录 {filing_id} 第 {number} 行不在待核之列",
        )
    if unit is not None and not same_person(filing.by, by) and not _is_own(house, row.subject, unit):
        raise RefusedError(
            f"row {number} of filing {filing_id} is for its filer and the city's desk to decide",
            f"入库记录 {filing_id} 第 {number} 行由其申报人或市级处理",
        )
    if answer.reject:
        _reject(house, filing_id, number, by)
        return None
    kind = house.kinds.by_id[filing.kind]
    return _file_again(house, kind, filing, row, answer, by, unit)


def _is_own(house: House, subject: str | None, unit: str) -> bool:
    if subject is None:
        return False
    with house.store.read() as connection:
        firm = managed(connection, [subject], house.clock.today()).get(subject)
    return firm is not None and firm.unit == unit


def _file_again(house: House, kind: Kind, filing: Any, row: Any, answer: Answer, by: str,
                unit: str | None) -> Outcome:  # fmt: skip
    options = json.loads(filing.options)
    with house.store.read() as connection:
        cells = revealed(connection, json.loads(row.cells or "{}"))
        said = connection.execute(
            select(PROBLEM)
            .where(PROBLEM.c.filing_id == filing.id, PROBLEM.c.row == row.row)
            .order_by(PROBLEM.c.id)
        ).all()
    codes = {problem.code for problem in said}
    doubts = open_parties(kind, said)
    columns = {header: column for header, column in options.get("columns", {}).items() if column}
    mapping = {header: columns[header]["field"] for header in cells if header in columns}
    units = {column["field"]: column["unit"] for column in columns.values() if column["unit"]}
    if codes & STORED:  # kept as it was stated, under field ids: yuan, ratios
        units = {f.id: STORED_UNITS[f.type] for f in kind.fields if f.type in STORED_UNITS}
    for field, value in (answer.fields or {}).items():
        _answer_cell(cells, mapping, field, value)
    # Whom the row is about may have been decided before it was sent on; its cells need not say so.
    kept = (
        row.subject
        if (answer.take or answer.create) and kind.subject not in (answer.fields or {}) and not kind.parties
        else None
    )
    meant = answer.uscc or kept
    if meant:
        _answer_cell(cells, mapping, next(iter(doubts), kind.subject), meant)
    grid = Grid(filing.sheet or "", [list(cells), list(cells.values())])
    parsed = parse(kind, [grid], Reading(mapping, options.get("set", {}), units, asides=False))
    for read in parsed.rows:
        read.number = row.row
        if answer.take and doubts:
            read.values["as_named"] = True
        if options.get("complete_on"):
            read.values["complete_on"] = options["complete_on"]
    listed = Listed(
        kind, parsed.rows, filing.file, filing.sha256, filing.sheet, options, lambda _row: cells, filing.id
    )
    founding = answer.create or (answer.take and SENT_ON in codes)

    def also(work: Write, outcome: Outcome) -> None:
        judgements.record(work, _judged(kind, parsed.rows, answer.uscc, outcome.filing))
        judgements.record(work, _judged_parties(doubts, parsed.rows, answer.take, outcome.filing))

    return file_list(house, listed, by, create=founding, also=also, unit=unit)


def _judged(kind: Kind, rows: Sequence[Row], uscc: str | None, filing: int | None) -> list[Judged]:
    """Who says which firm a row means has judged its name."""
    named = [row for row in rows if kind.by_name and row.values.get("name")] if uscc else []
    return [
        Judged(
            row.values["name"],
            judgements.place_of(row.values.get("district"), row.values.get("area")),
            str(uscc),
            "same",
            filing,
        )
        for row in named
    ]


def open_parties(kind: Kind, said: Sequence[Any]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Of records with parties: field → (name as typed, firms that it fits) where it waits for a decision which is meant."""
    return {
        problem.field: (problem.value or "", tuple(filter(None, (problem.detail or "").split(", "))))
        for problem in said
        if problem.fate == "review" and problem.field in kind.parties and problem.code in PARTY_DOUBTS
    }


def _judged_parties(
    doubts: Mapping[str, tuple[str, tuple[str, ...]]],
    rows: Sequence[Row],
    none: bool,
    filing: int | None,
) -> list[Judged]:
    """Who says which firm a name means has judged it, for all rows to come; so has who says that it is none of them."""
    judged = []
    for field, (name, firms) in doubts.items():
        if not name or read_code(name).code:
            continue
        if none:
            judged += [Judged(name, "", code, "different", filing) for code in firms]
        else:
            judged += [
                Judged(name, "", code, "same", filing)
                for row in rows
                if (code := read_code(str(row.values.get(field) or "")).code)
            ]
    return judged


def _answer_cell(cells: dict[str, Any], mapping: dict[str, str], field: str, value: str) -> None:
    """Put an answer where the field's column is, or beside the columns."""
    header = next((h for h, f in mapping.items() if f == field), field)
    cells[header] = value
    mapping[header] = field


def _reject(house: House, filing_id: int, number: int, by: str) -> None:
    with house.store.write(by) as unit:
        take_from_review(unit.connection, filing_id, number, fate="refused", cells=None)
        unit.connection.execute(
            insert(PROBLEM).values(filing_id=filing_id, row=number, code="rejected", value=by, fate="refused")
        )
        shift(unit.connection, filing_id, Counter(review=-1, refused=1))
