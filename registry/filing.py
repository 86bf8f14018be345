"""The only way to change the register: put a list on record. Form, file, API and command line all come here.

Parsing and checking happen before the lock; matching, comparing and writing happen under it, in one transaction, so a
filing is committed whole or not at all.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, String, cast, insert, select

from registry.house import House
from registry.intake.fates import contradictions, differs, judge, payload_of
from registry.intake.problems import message
from registry.intake.rows import Progress
from registry.kind import Kind, Note, Record, Row
from registry.personal import MARK, PERSONAL
from registry.places import places
from registry.refusals import MisusedError, NeedsConfirmationError, OvertakenError, RefusedError
from registry.store import statements
from registry.store.bulk import among, chunks, insert_rows
from registry.store.clock import BEGINNING_TEXT, day_of
from registry.store.engine import Write
from registry.store.fold import Stated, in_order
from registry.store.merges import merges_at, rekeyed
from registry.subjects import resolve
from registry.units import keep_to_unit
from registry.waiting import FILING, FILING_ROW, PROBLEM, shift, take_from_review

FATES = ("accepted", "unchanged", "review", "refused")


class _DryRunError(Exception):
    """Rolls a rehearsal back."""


@dataclass(frozen=True)
class Listed:
    """A list ready to be filed: rows as read, where they come from, and how they were read.

    ``asides`` are notes about what stood between the rows: totals, footnotes. ``only_if`` is asked under the lock,
    before anything is written: it raises where what the list rests on has changed meanwhile.
    """

    kind: Kind
    rows: Sequence[Row]
    file: str
    sha256: str
    sheet: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    cells_of: Callable[[Row], Mapping[str, Any]] = lambda _row: {}
    parent_id: int | None = None
    asides: Sequence[tuple[int, Note]] = ()
    only_if: Callable[[Connection], None] | None = None

    def notes(self) -> list[tuple[int, Note]]:
        """Every note with its row, in the order of the sheet."""
        notes = [(row.number, note) for row in self.rows for note in row.notes]
        return sorted([*notes, *self.asides], key=lambda said: said[0]) if self.asides else notes


@dataclass
class Outcome:
    """What became of a list. ``filing`` is None after a rehearsal."""

    filing: int | None
    kind: str
    rows: int
    fates: Counter[str]
    problems: list[tuple[int, Note]]
    left: int = 0
    fate_of: dict[int, str] = field(default_factory=dict)


def file_list(house: House, listed: Listed, by: str, *, create: bool | Collection[int] = False, complete_on: str | None = None,
              yes: bool = False, dry_run: bool = False, progress: Progress | None = None,
              also: Callable[[Write, Outcome], None] | None = None, unit: str | None = None,
              since: datetime | None = None) -> Outcome:  # fmt: skip
    """Put a list on record. Raises NeedsConfirmationError when a complete list would end many memberships.

    ``create``: whether rows may put firms on the register, or which rows may, by number.
    ``also(unit, outcome)`` writes in the same transaction what belongs to the filing, before it is committed; where it
    raises, nothing is filed. Not called in a rehearsal.
    ``unit``: the management unit that the filer is limited to. Rows about firms of others wait for the city's desk
    (``other_unit``), firms that the list brings onto the register become the unit's own.
    ``since``: the last write that the list was made upon; OvertakenError where there is a later one.
    """
    kind = listed.kind
    if unit is not None and complete_on is not None:
        raise RefusedError(
            "a whole list of the city speaks of other units' firms too; the city's desk files it",
            "完整名单涉及其他区县的企业，请由市级入库",
        )
    _check_rows(kind, listed.rows, house.store.clock.today().isoformat(), complete_on)
    outcome: Outcome | None = None
    try:
        with house.store.write(by) as work:
            if since is not None and work.since != since:
                raise OvertakenError
            outcome = _Filer(house, listed, work, create, complete_on, yes, progress, unit).run()
            if listed.parent_id is not None:
                _settle_parent(work.connection, listed.parent_id, outcome)
            if dry_run:
                raise _DryRunError
            if also:
                also(work, outcome)
    except _DryRunError:
        assert outcome is not None
        outcome.filing = None
    assert outcome is not None
    return outcome


def _settle_parent(connection: Connection, parent: int, outcome: Outcome) -> None:
    """A decision moves its rows out of review in the filing that they came with; an answer that does not settle them
    is refused and nothing is filed."""
    for number, fate in outcome.fate_of.items():
        if fate in ("review", "refused"):
            stops = [n for row, n in outcome.problems if row == number and n.fate != "note"]
            en, zh = (
                "; ".join(message(n.code, n.value, n.field, n.detail, language) for n in stops)
                for language in ("en", "zh")
            )
            raise RefusedError(f"row {number} still cannot be taken: {en}", f"第 {number} 行仍不能采用：{zh}")
        take_from_review(connection, parent, number, fate=fate, cells=None, decided_by=outcome.filing)
        shift(connection, parent, {"review": -1, fate: 1})


def _check_rows(kind: Kind, rows: Iterable[Row], today: str, complete_on: str | None) -> None:
    days = [f.id for f in kind.fields if f.type == "day" and not f.ahead]
    for row in rows:
        if complete_on:
            row.values["complete_on"] = complete_on
        if kind.check:
            kind.check(row, today)
        for name in days:
            if (row.values.get(name) or "") > today:
                row.note("date_future", name, row.values[name], "refused")


class _Filer:
    """One filing under the lock. Its steps are the methods, in the order of ``run``."""

    def __init__(self, house: House, listed: Listed, unit: Write, create: bool | Collection[int],
                 complete_on: str | None, yes: bool, progress: Progress | None,
                 limited_to: str | None = None) -> None:  # fmt: skip
        self.limited_to = limited_to
        self.house, self.listed, self.unit = house, listed, unit
        self.create, self.complete_on, self.yes = create, complete_on, yes
        self.progress: Progress = progress or (lambda _stage, _done, _total: None)
        self.kind = listed.kind
        self.connection: Connection = unit.connection
        self.today = day_of(unit.at).isoformat()
        self.led = merges_at(self.connection)
        self.fates: dict[int, str] = {}
        #: row, firm, key under the firm, valid_from, payload, code to file under
        self.written: list[tuple[Row | None, str, str, str, Record, str]] = []
        self.held: dict[str, statements.Held] = {}  # open statements about the rows' subjects
        self.again: list[tuple[Row, Record]] = []
        self.new: set[str] = set()  # subjects of whom nothing was held before
        self.left = 0
        self.records: dict[str, list[Record]] = {}  # typed rows held, for kinds that settle against them

    def run(self) -> Outcome:
        if self.listed.only_if:
            self.listed.only_if(self.connection)
        rows = self.listed.rows
        at_home = places(self.house.settings.city.code)
        self._seal_personal(rows)
        before = self._filed_before()
        asked = [row for row in rows if not self._stands(row, before)]
        created = resolve(self.connection, self.kind, asked, self.today, at_home, self.create, self.led)
        if self.limited_to is not None:
            keep_to_unit(
                self.connection, self.house.places, self.kind, asked, created, self.limited_to, self.today
            )
        leavers = self._complete(asked)
        self._note_assumed(created)
        self.progress("match", len(rows), len(rows))
        self._judge([row for row in asked if not row.stopped], leavers)
        filing = self._write_filing()
        touched = self._write_statements(filing, created)
        self.progress("write", len(rows), len(rows))
        self.house.refold(self.unit, touched, {self.kind.record: self.held}, self.new, self.led)
        counts = Counter(dict.fromkeys(FATES, 0))
        counts.update(self.fates.values())
        return Outcome(
            filing, self.kind.id, len(rows), counts, self.listed.notes(), self.left, dict(self.fates)
        )

    # Personal values stand apart; the row keeps only their token -------------------------------------

    def _seal_personal(self, rows: Iterable[Row]) -> None:
        sealed = [f.id for f in self.kind.fields if f.personal]
        wanted = [(row, name) for name in sealed for row in rows if row.values.get(name) and not row.stopped]
        if not wanted:
            return
        known: dict[tuple[str, str, str], str] = {}
        subjects = {row.values.get(self.kind.subject) or "" for row, _name in wanted}
        for chunk in chunks(sorted(subjects)):
            for token, subject, name, value in self.connection.execute(
                select(PERSONAL.c.id, PERSONAL.c.subject, PERSONAL.c.field, PERSONAL.c.value).where(
                    among(self.connection, PERSONAL.c.subject, chunk)
                )
            ):
                known[subject, name, value] = token
        fresh = []
        for row, name in wanted:
            place = (row.values.get(self.kind.subject) or "", name, row.values[name])
            if place not in known:
                known[place] = self.house.new_token()
                fresh.append((known[place], *place))
            row.values[name] = known[place]
        insert_rows(self.connection, PERSONAL, ("id", "subject", "field", "value"), fresh)

    # The same file again -----------------------------------------------------------------------------

    def _filed_before(self) -> dict[int, tuple[str, str, Record, set[str]]]:
        """Row number → subject, key, payload and days of the same row of the same file, where it still stands."""
        if not self.listed.sha256 or self.listed.parent_id:
            return {}
        s = statements.STATEMENT.c
        filed = select(FILING.c.id).where(
            FILING.c.sha256 == self.listed.sha256, FILING.c.withdrawn_at.is_(None)
        )
        query = select(s.row, s.subject, s.key, s.payload, cast(s.valid_from, String)).where(
            s.filing_id.in_(filed), s.kind == self.kind.record, s.closed_at.is_(None)
        )
        again: dict[int, tuple[str, str, Record, set[str]]] = {}
        for number, subject, key, payload, day in self.connection.execute(query):
            _subject, _key, merged, days = again.setdefault(number, (subject, key, {}, set()))
            days.add(day)
            merged.update(json.loads(payload))
        return again

    def _stands(self, row: Row, again: Mapping[int, tuple[str, str, Record, set[str]]]) -> bool:
        """Mark a row that this very file already has on record: unchanged, and nothing newer is undone."""
        if row.number not in again or row.stopped:
            return False
        subject, key, before, days = again[row.number]
        effective = row.values.get(self.kind.effective or "")
        if effective and days != {effective}:
            return False  # the same file, but read as of another day
        payload = payload_of(self.kind, row)
        if row.values.get(self.kind.subject) not in (None, subject) or {**before, **payload} != before:
            return False
        row.subject, row.filed_under = self.led.firm(subject), subject
        row.key = rekeyed(key, subject, row.subject)
        self.fates[row.number] = "unchanged"
        self.again.append((row, payload))
        return True

    # Complete lists ----------------------------------------------------------------------------------

    def _complete(self, rows: Sequence[Row]) -> list[Row]:
        if self.complete_on is None:
            return []
        if self.kind.whole_list is None:
            raise MisusedError(
                f"{self.kind.en}: such a list cannot be the whole list",
                f"“{self.kind.zh}”不能作为完整名单",
                f"--complete-on {self.complete_on}",
            )
        again = [row for row, _payload in self.again]
        live = [*(row for row in rows if not row.stopped), *again]
        named = {row.subject for row in live if row.subject}
        # A row that waits for a decision may name any of its candidates: nobody leaves because of a doubt.
        doubts = [note.detail or "" for row in rows for note in row.notes if note.code == "ambiguous_name"]
        named.update(code for detail in doubts for code in detail.split(", ") if code)
        leavers: list[Row]
        leavers, members = self.kind.whole_list(self.connection, live, named, self.complete_on)
        self.left = len(leavers)
        share = self.house.settings.membership.confirm_leavers
        if leavers and len(leavers) > share * max(members, 1) and not self.yes:
            raise NeedsConfirmationError(
                f"{len(leavers)} of {members} members on {self.complete_on} are not on this list and would leave",
                f"{self.complete_on} 在册的 {members} 家中有 {len(leavers)} 家不在这份名单里，将退出",
                [row.subject or "" for row in leavers[:20]],
            )
        return leavers

    def _note_assumed(self, created: Sequence[Row]) -> None:
        enterprise = self.house.kinds.by_record["enterprise"]
        for row in created:
            if self.kind is enterprise and row.values.get("city") is None:
                row.values["city"] = self.house.settings.city.code
                row.note("city_assumed", "city")

    # Fates -------------------------------------------------------------------------------------------

    def _judge(self, live: Sequence[Row], leavers: Sequence[Row]) -> None:
        again = self.again
        subjects = {row.subject for row in (*live, *leavers, *(r for r, _p in again)) if row.subject}
        held = self.held = statements.held(self.connection, self.kind, subjects, self.led)
        self.new = subjects - held.keys()
        live = self._settle(live, held)
        payloads = {row.number: payload_of(self.kind, row) for row in live}
        # What names a firm without a code, and who leaves a list, speaks of the record where it stands.
        without = []
        for row in (*live, *leavers):
            assert row.subject
            row.key = self.kind.key_of(row.subject, row.values)
            if row.values.get(self.kind.subject) is None:
                without.append(row)
        filed = statements.filed_with(
            self.connection, self.kind, (row.subject or "" for row in without), self.led
        )
        for row in without:
            if row.subject not in filed.get(row.key, (row.subject,)):
                row.filed_under = filed[row.key][0]
        clashes = contradictions(self.kind, live, payloads)
        for row in live if clashes else ():
            if row.number in clashes:
                row.note(
                    "conflict_in_file",
                    None,
                    row.values.get("name") or row.subject,
                    "review",
                    clashes[row.number],
                )
        for row, payload in again:
            if (
                row.subject
                and judge(
                    self.kind, row, payload, held.get(row.subject, {}).get(row.key, []), self.today
                ).changes
            ):
                row.note("overtaken", None, row.subject)
        # A twin of a row that stands already says nothing more than that row.
        effective = self.kind.effective or ""
        said: dict[tuple[str, Any], Record] = {
            (row.key, row.values.get(effective)): payload for row, payload in again
        }
        under = {
            (row.key, row.values.get(effective), row.filed_under or row.subject) for row, _payload in again
        }
        for row in live:
            if row.stopped:
                continue
            payload, subject = payloads[row.number], row.subject or ""
            if not (payload if self.kind.key_says else payload.keys() - self.kind.key):
                self._nothing(row)
                continue
            group = (row.key, row.values.get(effective))
            code = row.filed_under or subject
            before = said.get(group)
            agrees = before is not None and not differs(payload, before)  # a repeated row
            if agrees and (*group, code) in under:
                self.fates[row.number] = "unchanged"
                continue
            under.add((*group, code))
            said[group] = {**before, **payload} if before else payload
            about = held.get(subject, {}).get(row.key, [])
            judged = judge(self.kind, row, self._without_derived(row, payload, about), about, self.today)
            news = not agrees and (judged.changes or before is not None)
            self.fates[row.number] = "accepted" if news else "unchanged"
            self._state(row, subject, row.key, judged.statements, code)
        for row in leavers:
            assert row.subject
            for code in filed.get(row.key, (row.subject,)):  # no code of a firm stays a member alone
                said_once = [(BEGINNING_TEXT, payload_of(self.kind, row))]
                self._state(None, row.subject, row.key, said_once, code)
        for row in self.listed.rows:
            if row.stopped:
                self.fates[row.number] = row.stopped

    def _settle(self, live: Sequence[Row], held: Mapping[str, statements.Held]) -> Sequence[Row]:
        """Let the kind settle what depends on the records held; gives the rows that may still go on."""
        if self.kind.settle is None:
            return live
        self.records = statements.current(self.connection, self.kind, held)
        for row in live:
            self.kind.settle(row, self.records.get(row.subject or "", []), self.today)
        return [row for row in live if not row.stopped]

    def _without_derived(self, row: Row, payload: Record, about: Sequence[Stated]) -> Record:
        """Leave out what we derive ourselves and the row merely repeats, as our own export does: a term's last day,
        names that the firm bore before."""
        if self.kind.repeats and about:
            again = self.kind.repeats(payload, about, self.today)
            payload = {k: v for k, v in payload.items() if k not in again} if again else payload
        if not self.records:
            return payload
        held = next((r for r in self.records.get(row.subject or "", ()) if r.get("key") == row.key), None)
        if held is None:
            return payload
        stated = {name for statement in about for name in statement.payload}
        return {k: v for k, v in payload.items() if k in stated or held.get(k) != v}

    def _nothing(self, row: Row) -> None:
        dropped = [
            note
            for note in row.notes
            if note.fate == "note" and note.code not in ("case_folded", "city_assumed")
        ]
        if dropped:  # all that it said could not be taken
            first = dropped[0]
            row.notes.remove(first)
            row.notes.append(Note(first.code, first.field, first.value, "refused", first.detail))
        else:
            row.note("nothing_given", None, row.subject)
            self.fates[row.number] = "unchanged"

    def _state(
        self, row: Row | None, firm: str, key: str, stated: Iterable[tuple[str, Record]], code: str
    ) -> None:
        self.written += [(row, firm, key, valid_from, payload, code) for valid_from, payload in stated]

    # Writing -----------------------------------------------------------------------------------------

    def _write_filing(self) -> int:
        listed, counts = self.listed, Counter(self.fates.values())
        key: Any = self.connection.execute(
            insert(FILING).values(
                kind=self.kind.id, file=listed.file, sha256=listed.sha256, by=self.unit.by, recorded_at=self.unit.at,
                parent_id=listed.parent_id, sheet=listed.sheet, options=json.dumps(dict(listed.options), ensure_ascii=False),
                rows=len(listed.rows), **{fate: counts[fate] for fate in FATES},
            )
        ).inserted_primary_key  # fmt: skip
        filing = int(key[0])
        kept = []
        for row in listed.rows:
            fate = self.fates[row.number]
            cells = None
            if fate in ("review", "refused"):
                cells = json.dumps(self._kept(row), ensure_ascii=False)
            kept.append((filing, row.number, fate, row.filed_under or row.subject, cells))
        insert_rows(self.connection, FILING_ROW, ("filing_id", "row", "fate", "subject", "cells"), kept)
        notes = [
            (filing, number, note.field, note.code, note.value, note.fate, note.detail)
            for number, note in listed.notes()
        ]  # fmt: skip
        insert_rows(
            self.connection, PROBLEM, ("filing_id", "row", "field", "code", "value", "fate", "detail"), notes
        )
        return filing

    def _kept(self, row: Row) -> dict[str, Any]:
        """What was typed in a row that waits or was refused; personal cells go apart and leave a token."""
        cells = dict(self.listed.cells_of(row))
        columns = self.listed.options.get("columns", {})
        for header in cells.keys() & columns.keys():
            field = str((columns[header] or {}).get("field"))
            if field in self.kind.by_id and self.kind.by_id[field].personal:
                token = self.house.new_token()
                sealed = (token, row.subject or "", field, str(cells[header]))
                insert_rows(self.connection, PERSONAL, ("id", "subject", "field", "value"), [sealed])
                cells[header] = MARK + token
        return cells

    def _write_statements(self, filing: int, created: Sequence[Row]) -> dict[str, set[str]]:
        """Append the statements; gives the touched subjects by record word."""
        touched: dict[str, set[str]] = defaultdict(set)
        rows = []
        record = self.kind.record
        added: set[tuple[str, str]] = set()
        for row, subject, key, valid_from, payload, code in self.written:
            number = row.number if row else 0
            filed = key if code == subject else rekeyed(key, subject, code)
            rows.append((filing, number, record, code, filed, valid_from, payload))
            touched[record].add(subject)
            about = self.held.setdefault(subject, {}).setdefault(key, [])
            about.append(Stated(valid_from, filing, number, payload))
            if len(about) > 1:
                added.add((subject, key))
        for subject, key in added:
            self.held[subject][key] = in_order(self.held[subject][key])
        if not self.kind.founding:
            for row in created:
                if not row.stopped and row.subject:
                    payload = self.house.founding_payload(row)
                    code = row.filed_under or row.subject
                    rows.append((filing, row.number, "enterprise", code, code, BEGINNING_TEXT, payload))
                    touched["enterprise"].add(row.subject)
        statements.write(self.connection, rows)
        return touched
