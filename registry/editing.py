"""One record as a form: what is held and who said it, what a person typed over it, and what that would change.

Only what was changed is filed, by the same reading and checks as a list. Two clerks at one record do not overwrite each
other: a form carries the mark of what it showed, and under the lock the mark must still be the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, select

from registry import words
from registry.filing import Listed, Outcome, file_list
from registry.forms import listed_from_form
from registry.house import House
from registry.intake.cells import read_day
from registry.intake.fates import payload_of
from registry.intake.headers import HeaderError
from registry.kind import Field, Kind, Note, Record, Row
from registry.said import SaidError
from registry.scope import manages
from registry.store import statements
from registry.store.clock import BEGINNING_TEXT, FOREVER_TEXT
from registry.store.engine import Write
from registry.store.fold import Spoken, Stated, speaking
from registry.store.merges import merges_at, rekeyed
from registry.typed import typed, with_unit

CLEARED = "清空"
#: The first row below the header of a form's list.
ROW = 2
#: Errors of the form itself; those of cells are problems and notes of the intake.
NEEDED, BOTH, NOTHING, OTHER_RECORD, EXISTS, SAY_MEANING = (
    "needed", "cleared_and_typed", "nothing_changed", "other_record", "exists", "say_meaning",
)  # fmt: skip


class ChangedMeanwhileError(SaidError):
    """Somebody changed the record after the form was opened."""


class NotOwnError(SaidError):
    """The firm is managed by another unit now."""


class _NotTakenError(Exception):
    """Rolls a filing back whose row is not wholly taken."""


@dataclass(frozen=True)
class Cell:
    """A field of a form. ``text`` and ``unit``: the value held as it would be typed; ``computed``: what follows where
    nothing was filed; ``fixed``: it tells this record from the firm's others and cannot be changed."""

    field: Field
    value: Any = None
    text: str = ""
    unit: str = ""
    source: Spoken | None = None
    computed: Any = None
    fixed: bool = False

    @property
    def was(self) -> str:
        return with_unit(self.text, self.unit)


@dataclass(frozen=True)
class Sheet:
    """A record laid out to be edited. ``key`` None: a new one. ``mark``: what was held when it was laid out."""

    kind: Kind
    uscc: str
    key: str | None
    mark: str
    cells: tuple[Cell, ...]
    held: Sequence[Stated] = ()
    others: frozenset[str] = frozenset()  # keys of the firm's records of this kind
    today: str = ""

    @property
    def by_id(self) -> Mapping[str, Cell]:
        return {cell.field.id: cell for cell in self.cells}

    @property
    def dated(self) -> bool:
        """Whether a different value is a change from a day or a correction; other records are corrected as a whole."""
        return self.kind.effective == "effective_on"


@dataclass(frozen=True)
class Typed:
    """What a form sent: texts (with units), what it had shown, ticks, and what a different value means."""

    texts: Mapping[str, str]
    was: Mapping[str, str] = field(default_factory=dict)
    cleared: frozenset[str] = frozenset()
    meaning: str = ""
    day: str = ""


@dataclass
class Proposal:
    """What would be filed, or why it cannot be. ``errors``: (field id or None, code, note of the intake or None);
    ``changes``: (field, before, after); ``remarks``: what was noted; ``emptied``: fields that were emptied but not
    cleared, which says nothing; ``filing`` once it is on record."""

    row: dict[str, str]
    sets: dict[str, str]
    errors: list[tuple[str | None, str, Note | None]] = field(default_factory=list)
    changes: list[tuple[Field, Any, Any]] = field(default_factory=list)
    remarks: list[Note] = field(default_factory=list)
    emptied: list[Field] = field(default_factory=list)
    from_day: str = ""
    filing: int | None = None
    refused: SaidError | None = None

    @property
    def good(self) -> bool:
        return not self.errors and self.refused is None

    @property
    def digest(self) -> str:
        """Tells whether what is filed is what was shown."""
        said = json.dumps([self.row, self.sets], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()[:24]


# What is held ---------------------------------------------------------------------------------------------


def key_at(connection: Connection, kind: Kind, uscc: str, filing: int, row: int) -> str | None:
    """The key of the firm's record of a kind that a row of a filing spoke of."""
    s, codes = statements.STATEMENT.c, merges_at(connection).codes_of((uscc,))
    query = select(s.subject, s.key).where(
        s.filing_id == filing, s.row == row, s.kind == kind.record, s.subject.in_(sorted(codes))
    )
    found = connection.execute(query.limit(1)).first()
    return None if found is None else rekeyed(found.key, found.subject, uscc)


def mark_of(connection: Connection, kind: Kind, uscc: str, key: str | None) -> str:
    """Changes with every statement about the record and with every withdrawal of one. Where records of a kind depend
    on each other, of all of the firm's."""
    s, codes = statements.STATEMENT.c, sorted(merges_at(connection).codes_of((uscc,)))
    query = select(s.id).where(s.subject.in_(codes), s.kind == kind.record, s.closed_at.is_(None))
    if key is not None and kind.settle is None:
        query = query.where(s.key.in_([rekeyed(key, uscc, code) for code in codes]))
    found = sorted(connection.execute(query).scalars())
    return f"{len(found)}-{found[-1] if found else 0}"


def lay_out(connection: Connection, kind: Kind, uscc: str, key: str | None, today: str) -> Sheet:
    """The form of a record, or of a new one where ``key`` is None."""
    keys = statements.held(connection, kind, (uscc,)).get(uscc, {})
    if key is None and not kind.key:
        key = uscc
    held = keys.get(key or "", [])
    day = today if kind.effective == "effective_on" else FOREVER_TEXT
    spoken = speaking(held, day)
    state = {name: said.value for name, said in spoken.items() if said.value is not None}
    records = statements.records_of(kind, uscc, keys) if keys else []
    folded = next((r for r in reversed(records) if r.get("key") == key), {})
    fixed = set(kind.key) | set(naming(kind, uscc, key, state, records, today)) if key and held else set()
    if not kind.key:
        fixed = set()
    cells = []
    for each_field in kind.fields:
        id = each_field.id
        if id not in kind.stated:
            continue
        value = state.get(id)
        text, unit = ("", "") if each_field.personal else typed(value, each_field)
        computed = folded.get(id) if value is None and kind.timing == "dates" else None
        cells.append(Cell(each_field, value, text, unit, spoken.get(id), computed, id in fixed))
    mark = mark_of(connection, kind, uscc, key)
    return Sheet(
        kind, uscc, key if held or not kind.key else None, mark, tuple(cells), held, frozenset(keys), today
    )


def naming(
    kind: Kind, uscc: str, key: str | None, state: Record, records: Sequence[Record], today: str
) -> tuple[str, ...]:
    """The fields that a row must give so that it speaks of the record with ``key``: the fewest that do."""
    named = [part for part in kind.key if part in kind.stated and part in state]
    singles = [(name,) for name in kind.payload_order if name in state and name not in named]
    for settled in (False, True):
        for more in ((), *singles):
            row = Row(ROW, {kind.subject: uscc, **{name: state[name] for name in (*named, *more)}})
            if kind.check:
                kind.check(row, today)
            if settled and kind.settle:
                kind.settle(row, records, today)
            if kind.key_of(uscc, row.values) == key:
                return (*named, *more)
    return tuple(name for name in kind.payload_order if name in state)


# What was typed -------------------------------------------------------------------------------------------


def gather(sheet: Sheet, said: Typed) -> Proposal:
    """The row that a form makes: who and which record, and of the other fields only those that were changed."""
    row: dict[str, str] = {}
    found = Proposal(row, {})
    overwritten = False
    for cell in sheet.cells:
        id, text = cell.field.id, said.texts.get(cell.field.id, "").strip()
        was = said.was.get(id, "")
        if cell.fixed:
            continue
        if id in said.cleared:
            if text and text != was:
                found.errors.append((id, BOTH, None))
            elif cell.value is not None:
                row[id], overwritten = CLEARED, True
        elif not text:
            if was:
                found.emptied.append(cell.field)
        elif text != was:
            row[id] = text
            overwritten = overwritten or cell.value is not None
    if not row and not found.errors:
        found.errors.append((None, NOTHING, None))
    _name_record(sheet, found)
    if sheet.dated and row:
        _date(said, found, overwritten)
    return found


def _name_record(sheet: Sheet, found: Proposal) -> None:
    kind, row = sheet.kind, found.row
    wanted = dict.fromkeys((*kind.required, *([kind.effective] if kind.effective in kind.stated else [])))
    for cell in sheet.cells:
        id = cell.field.id
        if id in row or not (cell.fixed or id in wanted):
            continue
        if cell.text and sheet.key is not None:
            row[id] = cell.was
        elif id in wanted:
            found.errors.append((id, NEEDED, None))
    row[kind.subject] = sheet.uscc


def _date(said: Typed, found: Proposal, overwritten: bool) -> None:
    if said.meaning == "change":
        if said.day.strip():
            found.row["effective_on"] = said.day.strip()
            found.from_day = read_day(said.day) or ""
        else:
            found.errors.append(("effective_on", NEEDED, None))
    elif said.meaning == "correction" or not overwritten:
        found.sets["meaning"] = "correction"
    else:
        found.errors.append(("meaning", SAY_MEANING, None))


# What it would change, and filing it ----------------------------------------------------------------------


@dataclass(frozen=True)
class Act:
    """Who files a form, called what, limited to which management unit; ``options`` are kept with the filing."""

    by: str
    file: str
    unit: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


def rehearse(house: House, sheet: Sheet, found: Proposal, act: Act) -> Proposal:
    """Run the row through a filing that is rolled back, and say what it would change."""
    return _run(house, sheet, found, act, dry_run=True)


def file_form(house: House, sheet: Sheet, found: Proposal, act: Act) -> Proposal:
    """Put the row on record; nothing is filed where it is not accepted. Raises ChangedMeanwhileError, NotOwnError."""
    return _run(house, sheet, found, act, dry_run=False)


def _run(house: House, sheet: Sheet, found: Proposal, act: Act, dry_run: bool) -> Proposal:
    if found.errors:
        return _with_cells(house, sheet, found, act)
    try:
        listed = listed_from_form(
            house, sheet.kind, [found.row], act.file, {**act.options, "set": dict(found.sets)}, {}
        )
    except HeaderError as error:
        return replace(found, refused=error)
    listed = replace(listed, only_if=lambda connection: _still(house, connection, sheet, act.unit))

    def agree(_unit: Write, outcome: Outcome) -> None:
        _look(sheet, found, listed, outcome)
        if found.errors:
            raise _NotTakenError

    try:
        outcome = file_list(house, listed, act.by, dry_run=dry_run, also=None if dry_run else agree)
    except _NotTakenError:
        return found
    if dry_run:
        _look(sheet, found, listed, outcome)
    found.filing = outcome.filing
    return found


def _with_cells(house: House, sheet: Sheet, found: Proposal, act: Act) -> Proposal:
    """Beside what the form itself lacks, which of its cells cannot be read: all is said at once."""
    try:
        listed = listed_from_form(house, sheet.kind, [found.row], act.file, {})
    except HeaderError:
        return found  # a key is missing, which is said already
    remarks = words.vocabulary("note")
    for _number, note in listed.notes():
        if note.code not in remarks:
            found.errors.append((note.field, note.code, note))
    return found


def _still(house: House, connection: Connection, sheet: Sheet, unit: str | None) -> None:
    if not manages(connection, sheet.uscc, unit, house.clock.today()):
        raise NotOwnError(
            f"{sheet.uscc} is managed by another unit now", f"{sheet.uscc} 现由其他管理单元管理"
        )
    key = sheet.key
    if mark_of(connection, sheet.kind, sheet.uscc, key) != sheet.mark:
        raise ChangedMeanwhileError("the record was changed meanwhile", "这条记录刚刚有了新的内容")


def _look(sheet: Sheet, found: Proposal, listed: Listed, outcome: Outcome) -> None:
    """Errors at their fields, remarks, and before and after."""
    row, kind = listed.rows[0], sheet.kind
    remarks = words.vocabulary("note")
    for _number, note in outcome.problems:
        if note.code in remarks and note.fate == "note":
            found.remarks.append(note)
        elif note.code != "nothing_given":
            found.errors.append((note.field, note.code, note))
    if sheet.key is not None and any(code == "term_missing" for _field, code, _note in found.errors):
        found.errors = [
            (None, OTHER_RECORD, None)
        ]  # a record on the register has its term; this speaks of none
    if found.errors:
        return
    if outcome.fate_of[row.number] != "accepted":
        found.errors.append((None, NOTHING, None))
    elif sheet.key is not None and row.key != sheet.key:
        found.errors.append((None, OTHER_RECORD, None))
    elif sheet.key is None and row.key in sheet.others:
        found.errors.append((None, EXISTS, None))
    else:
        day = found.from_day or (sheet.today if sheet.dated else FOREVER_TEXT)
        before = {name: said.value for name, said in speaking(sheet.held, day).items()}
        found.changes = [
            (kind.by_id[name], before.get(name), value)
            for name, value in payload_of(kind, row).items()
            if value != before.get(name) and (sheet.key is None or not sheet.by_id[name].fixed)
        ]


def beginning(source: Spoken | None) -> bool:
    """Does a value hold from the beginning, because the first one ever filed had no date?"""
    return source is not None and source.valid_from == BEGINNING_TEXT
