"""A kind of record, declared as data: its fields, its key, its time, its table.

Import, fold, show, export, templates and documentation all read these declarations; nothing else in the
house knows what columns a list may have.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal
from unicodedata import normalize

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlmodel import SQLModel

    from registry.places import Places
    from registry.store.merges import Merges

FieldType = Literal[
    "text", "names", "code", "day", "year", "integer", "money", "capital", "ratio", "number", "word",
    "city", "district", "area", "street", "industry", "period", "amount",
]  # fmt: skip

#: What most kinds are about; see ``Kind.about``.
FIRM = "firm"
#: A record as it is folded: field → plain value (ISO day text, int, str); None says "no value".
Record = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One field. ``id`` is the contract, ``headers`` are what people type above the column.

    whole_year: a bare year in this day means all of it; the field named here is then its last day, if the row gives none.

    changes: a later different value without a date is a change from the day of filing, not a correction.
    signed: negative numbers are meaningful. personal: stored apart, masked, erasable.
    ahead: a day after the filing's day is fine. end: a bare year means its last day.
    vital: a cell that cannot be read refuses the row instead of being noted and left out.
    vague: words that alone name none of the vocabulary (主板: which exchange's?). They are taken as typed, and the kind's
    check settles them by the row's other fields or refuses them.
    """

    id: str
    type: FieldType
    zh: str
    en: str
    headers: tuple[str, ...] = ()
    vocabulary: str = ""
    changes: bool = False
    signed: bool = False
    personal: bool = False
    ahead: bool = False
    end: bool = False
    vital: bool = False
    whole_year: str = ""
    vague: tuple[str, ...] = ()


@dataclass(frozen=True)
class Note:
    """Something to say about a row. ``fate``: refused, review, or note (the row goes on)."""

    code: str
    field: str | None = None
    value: str | None = None
    fate: Literal["refused", "review", "note"] = "refused"
    detail: str | None = None


@dataclass(slots=True)
class Row:
    """One data row on its way to a fate. ``number`` is the sheet's row number as people see it."""

    number: int
    values: Record
    notes: list[Note] = field(default_factory=list)
    subject: str | None = None
    key: str = ""
    #: The code to file the row under, where the firm (``subject``) has several.
    filed_under: str | None = None

    def note(self, code: str, field: str | None = None, value: Any = None, fate: Any = "note",
             detail: str | None = None) -> None:  # fmt: skip
        self.notes.append(Note(code, field, None if value is None else str(value), fate, detail))

    @property
    def stopped(self) -> str | None:
        """The worst fate among the notes: refused before review; None when the row may go on."""
        if not self.notes:
            return None
        fates = [note.fate for note in self.notes]
        return "refused" if "refused" in fates else "review" if "review" in fates else None


Check = Callable[[Row, str], None]
Finish = Callable[[list[Record]], None]
Repeats = Callable[[Record, Sequence[Any], str], Collection[str]]
Settle = Callable[[Row, Sequence[Record], str], None]
#: (connection, rows not stopped, today, places of the city, merges): settles subjects, or notes why there is none.
Resolve = Callable[["Connection", Sequence[Row], str, "Places", "Merges"], None]
SeveralCodes = Callable[[Sequence[Record], Mapping[str, Sequence[Record]]], Sequence[Record]]


@dataclass(frozen=True)
class Beside:
    """A table that is filled from one subject's folded records, beside their own: names that find a firm.

    ``rows`` gives tuples in the order of ``columns``; the first column is the subject.
    """

    model: type[SQLModel]
    columns: tuple[str, ...]
    rows: Callable[[Sequence[Record]], list[tuple[Any, ...]]]

    @property
    def table(self) -> Any:
        return self.model.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Kind:
    """A record kind.

    id: the word on the command line. record: the word in statements. shown: the key in ``show``.
    key: field ids that, after the subject, tell records of one subject apart.
    timing: ``spans`` – fields change over time (``effective`` names the row's day);
            ``dates`` – the record carries its own dates and is corrected as a whole.
    check(row, today): refuses, notes and fills defaults; pure. settle(row, records of its subject, today): the same
            where it depends on what is held, such as which term a revocation speaks of; pure.
    repeats(payload, statements held in fold order, today): the fields that merely repeat what we derive ourselves and
            print, so that our own export says nothing new; pure.
    finish(records of one subject): fills derived columns in place; pure. beside: further tables filled from them.
    several_codes(records, code → its own records): of a firm with several codes, the records that the tables beside are
            filled from, so that each code and its names lead there; pure.
    resolve: for records about no firm, how rows that name firms in other fields settle these and their subject; without
            one the subject is what its field has read.
    subject: the field that holds the subject; by_name: a row may name the firm instead.
    about: what its records speak of. Only those of a ``firm`` are looked for on the register, shown on its page, merged
            with it and narrowed to its management unit; others (``indicator``) have ids that their own field reads.
    parties: of records that are about no firm, the fields that name one; what waits for a decision there is which firm is
            meant. ``as_named`` in a row's values says that somebody decided: none of those that fit.
    unit: of records that are about no firm, the field that says which management unit they are of; who is limited to a
            unit files those, and leaves the others to the city's desk.
    written: a record as it is exported, so that it reads back; pure. None: as it is held.
    list_day: the fields that tell the day on which a name is to be read.
    announced: lists of it are announced, often by name only: who holds, applied for or entered something. 1 is what a
            list is taken for that says nothing else, 2 what a publicity list is; 0: not announced.
    """

    id: str
    record: str
    shown: str
    zh: str
    en: str
    model: type[SQLModel]
    fields: tuple[Field, ...]
    timing: Literal["spans", "dates"]
    key: tuple[str, ...] = ()
    key_says: bool = True  # a row with nothing but its key still says something: a title is held
    effective: str | None = None
    subject: str = "uscc"
    about: str = "firm"
    parties: tuple[str, ...] = ()
    unit: str | None = None
    by_name: bool = False
    founding: bool = False  # filing this kind may put a new subject on the register
    check: Check | None = None
    settle: Settle | None = None
    resolve: Resolve | None = None
    repeats: Repeats | None = None
    finish: Finish | None = None
    beside: tuple[Beside, ...] = ()
    several_codes: SeveralCodes | None = None
    list_day: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    #: (connection, rows, named subjects, day) → (rows that end memberships, number of members): ``--complete-on``
    whole_list: Callable[..., Any] | None = None
    written: Callable[[Record], Record] | None = None
    announced: int = 0

    @cached_property
    def by_id(self) -> Mapping[str, Field]:
        return {f.id: f for f in self.fields}

    @property
    def table(self) -> Any:
        """The typed table that holds this kind's current fold."""
        return self.model.__table__  # type: ignore[attr-defined]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The typed table's columns, in its order."""
        return tuple(column.name for column in self.table.columns)

    @cached_property
    def blank(self) -> Record:
        """A record of which nothing is said: every column of the typed table."""
        return dict.fromkeys(self.columns)

    @cached_property
    def stated(self) -> frozenset[str]:
        """Fields that a statement's payload may hold: all but who it is about and from when."""
        aside = {self.subject, "meaning"} | ({"name", "district"} if self.by_name else set())
        if self.effective == "effective_on":
            aside.add("effective_on")
        return frozenset(f.id for f in self.fields) - aside

    @cached_property
    def payload_order(self) -> tuple[str, ...]:
        return tuple(f.id for f in self.fields if f.id in self.stated)

    def key_of(self, subject: str, values: Mapping[str, Any]) -> str:
        """One text for what tells records apart; （） and () are one."""
        parts = [normalize("NFKC", str(values.get(part) or "")) for part in self.key]
        return "|".join([subject, *parts])


class Kinds:
    """The kinds of all gathered rooms, found by command word or record word."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        self.all = tuple(kinds)
        self.by_id = {kind.id: kind for kind in self.all}
        self.by_record = {kind.record: kind for kind in self.all}
        #: Fields that name a firm or, with ~ before its name, a party that is not on the register.
        self.parties = frozenset(field for kind in self.all for field in kind.parties)
        self.of_firms = tuple(kind for kind in self.all if kind.about == FIRM)
        if len(self.by_id) != len(self.all) or len(self.by_record) != len(self.all):
            raise ValueError("two rooms declare the same kind")
