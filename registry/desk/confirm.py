"""A reviewed list becomes one filing: every row with what was decided about it, through the ordinary action."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from registry import judgements
from registry.desk import drafts
from registry.desk.drafts import Found
from registry.desk.review import Line, firms
from registry.filing import Listed, Outcome, file_list
from registry.house import House
from registry.intake.rows import Parsed
from registry.judgements import Judged
from registry.kind import Kind, Note, Row
from registry.scope import managed
from registry.store.engine import Write
from registry.store.merges import NONE, Merges, merges_at

TAKEN = ("certain", "chosen", "create")


def listed(
    kind: Kind,
    parsed: Parsed,
    lines: Iterable[Line],
    file: str,
    sha256: str,
    options: Mapping[str, Any],
    foreign: Mapping[str, str] | None = None,
) -> Listed:
    """The list as it is to be filed.

    Rows that nobody decided, or that were left open, wait for a decision in the filing; dropped ones are left out and
    noted; rows about ``foreign`` firms (credit code → who manages it) wait for the city's desk.
    """
    decided = {line.row: line for line in lines}
    rows: list[Row] = []
    asides = list(parsed.asides)
    for row in parsed.rows:
        line = decided.get(row.number)
        if line is not None and line.decision == "dropped":
            asides.append((row.number, Note("left_out", None, line.name, "note")))
            continue
        if line is not None:
            _apply(kind, row, line, foreign or {})
        rows.append(row)

    def cells_of(row: Row) -> Mapping[str, Any]:
        """The cells as typed, and what a person gave to found the firm: who decides the row later needs it."""
        line, cells = decided.get(row.number), parsed.cells_of(row)
        if line is None or line.decision != "create":
            return cells
        given = {kind.subject: line.uscc, "district": line.place_given}
        return {**cells, **{_header(parsed, field): said for field, said in given.items() if said}}

    how = {"columns": parsed.columns, "create": False, "complete_on": None, **options}
    return Listed(kind, rows, file, sha256, parsed.sheet, how, cells_of, asides=asides)


def _header(parsed: Parsed, field: str) -> str:
    """The header of a field's column; its id where the list has none."""
    return next((h for h, column in parsed.columns.items() if column and column["field"] == field), field)


def _apply(kind: Kind, row: Row, line: Line, foreign: Mapping[str, str]) -> None:
    if line.decision not in TAKEN:
        codes = [candidate["uscc"] for candidate in line.candidates]
        if line.name and codes:
            row.note("ambiguous_name", "name", line.name, "review", ", ".join(codes))
        elif line.name or line.code:
            row.note("unknown_firm", "name", line.name or line.code, "review")
        return
    if line.decision != "certain" and row.values.get(kind.subject) != line.uscc:
        # A code that could not be read, or was another one, gives way to what a person decided.
        row.notes = [
            Note(note.code, note.field, note.value, "note", note.detail)
            if note.field == kind.subject
            else note
            for note in row.notes
        ]
    if line.decision != "certain" or not row.values.get(kind.subject):
        row.values[kind.subject] = line.uscc  # a code as typed that leads to the firm stays what is filed
    if line.decision == "create" and line.place_given:
        row.values["district"] = line.place_given
    if line.uscc and line.uscc in foreign:
        row.subject = line.uscc
        row.note("other_unit", "name", line.name, "review", foreign[line.uscc])


def foreign_firms(house: House, lines: Sequence[Line], unit: str | None) -> dict[str, str]:
    """Of the firms that rows speak of those that another unit manages than the one that an officer is limited to, each
    with the name of that unit."""
    if unit is None:
        return {}
    with house.store.read() as connection:
        found = firms(connection, [line.uscc for line in lines if line.uscc], house.clock.today())
    return {code: house.places.label(firm.unit) for code, firm in found.items() if firm.unit != unit}


def founding(lines: Iterable[Line]) -> set[int]:
    """The rows whose firm is to be put on the register; no other row may."""
    return {line.row for line in lines if line.decision == "create"}


def rehearse(house: House, ready: Listed, lines: Iterable[Line], by: str, unit: str | None = None) -> Outcome:
    """What would become of every row; nothing is filed. Raises what ``file_list`` raises."""
    return file_list(house, ready, by, create=founding(lines), dry_run=True, unit=unit)


def file(
    house: House, draft: Found, ready: Listed, lines: Sequence[Line], by: str, unit: str | None = None
) -> Outcome:
    """Put the list on record, with the judgements that people made, and take it off the desk: all or nothing."""

    def also(work: Write, outcome: Outcome) -> None:
        assert outcome.filing is not None
        drafts.filed(work.connection, draft, outcome.filing)
        said = judged(lines, outcome.filing, merges_at(work.connection))
        if unit is not None:  # of other units' firms the city's desk judges
            firms = managed(work.connection, {one.uscc for one in said}, house.clock.today())
            said = [one for one in said if one.uscc in firms and firms[one.uscc].unit == unit]
        judgements.record(work, said)

    return file_list(house, ready, by, create=founding(lines), also=also, unit=unit)


def judged(lines: Iterable[Line], filing: int | None, led: Merges = NONE) -> list[Judged]:
    """What people said about names: the firm chosen is the same, the other candidates that they saw are different, unless
    they are that firm under another code."""
    found = []
    for line in lines:
        if line.by is None or line.decision not in ("chosen", "create") or not line.name:
            continue
        place = judgements.place_of(line.place)
        if line.decision == "chosen" and line.uscc:
            found.append(Judged(line.name, place, line.uscc, "same", filing))
        mine = led.firm(line.uscc) if line.uscc else None
        others = [c["uscc"] for c in line.candidates if led.firm(c["uscc"]) != mine]
        found += [Judged(line.name, place, code, "different", filing) for code in others]
    return found
