"""Who stands at the end of a link: a credit code, a stock code or a name, read into a *node*.

A node is the credit code of a firm on the register, or an outside party: ``~`` and the normal form of what was typed and fits
no firm of the day. Nothing is guessed: what fits several firms waits for a decision; a placeholder is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Connection, select

from registry import codes, judgements
from registry.kind import Record, Row
from registry.naming.codes import looks_like_code, read_code
from registry.naming.normal import normal_form
from registry.places import Places
from registry.store.bulk import among, chunks
from registry.store.merges import Merges
from registry.subjects import ENTERPRISE, Bearer, bearers_of, contradicts, existing, on_day
from tiers.models import Listing

LISTING: Any = Listing.__table__  # type: ignore[attr-defined]
#: What the id of an outside party begins with.
OUTSIDE = "~"
_STOCK = re.compile(r"(\d{4,6})\s*[.．]\s*([A-Z]{2,3})")

_BETWEEN = re.compile(r"[,、/;；+|]")
_FIRM = re.compile(r"..(公司|厂|集团|中心|研究院|研究所|经营部)(\([^()]*\))?$")

Resolve = Callable[[Connection, Sequence[Row], str, Places, Merges], None]


def is_outside(node: str) -> bool:
    return node.startswith(OUTSIDE)


def outside(name: str) -> str:
    """The node of a party that is not on the register."""
    return OUTSIDE + normal_form(name.removeprefix(OUTSIDE))


@cache
def _placeholders() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{row['pattern']})" for row in codes.load("codes/placeholders").rows))


def is_placeholder(name: str) -> bool:
    """第一名, 供应商A, 其他, 合计 …: what a report writes where it does not name a firm."""
    return bool(_placeholders().fullmatch(normal_form(name)))


def names_several(text: str) -> bool:
    """Firms written into one cell, as far as their names end like names of firms: 甲公司/乙公司."""
    return sum(bool(_FIRM.search(part.strip())) for part in _BETWEEN.split(normal_form(text))) > 1


def stock_code(text: str) -> tuple[str, str] | None:
    """Digits and exchange of ``603221.SH``; None for what is no stock code."""
    found = _STOCK.fullmatch(unicodedata.normalize("NFKC", text).strip().upper())
    return (found[1], found[2]) if found else None


@cache
def _boards_of(exchange: str) -> frozenset[str]:
    """The counted boards whose codes bear this suffix."""
    return frozenset(
        row["id"]
        for row in codes.load("codes/boards").rows
        if row["listed"] == "yes" and exchange in codes.several(row["suffix"])
    )


def listed_firms(connection: Connection, typed: Iterable[tuple[str, str]]) -> dict[tuple[str, str], set[str]]:
    """Stock code → the firms that are or were listed under it."""
    asked = set(typed)
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    t = LISTING.c
    for chunk in chunks(
        sorted({form for digits, exchange in asked for form in (digits, f"{digits}.{exchange}")})
    ):
        rows = connection.execute(select(t.uscc, t.board, t.code).where(t.code.in_(chunk)).distinct())
        for uscc, board, code in rows:
            digits, _, said = code.upper().partition(".")
            for exchange in (e for d, e in asked if d == digits):
                if board in _boards_of(exchange) and said in ("", exchange):
                    found[digits, exchange].add(uscc)
    return found


def ends(*fields: str, subject: str, day: str = "from", until: str = "", share: str = "") -> Resolve:
    """How rows settle the ``fields`` that name a party, and then their ``subject``. ``day``: the field that says on which
    day names are to be read; today where it is empty. ``until``: the field with the last day on which the row holds (none:
    it holds today); a firm that had ended by then is noted. ``share``: the field whose values are parts of a whole."""

    def resolve(connection: Connection, rows: Sequence[Row], today: str, _home: Places, led: Merges) -> None:
        reading = _Reading(connection, rows, fields, led)
        for row in rows:
            for field in fields:
                reading.settle(row, field, row.values.get(day) or today)
            if len(fields) == 2 and not row.stopped:
                one, other = (led.firm(row.values[field]) for field in fields)
                if one == other:
                    row.note("self_supply", fields[0], row.values[fields[1]], "refused")
            typed = row.values.get(subject)
            if typed is None:
                if not row.stopped:
                    row.note("value_unknown", subject, None, "refused")
                continue
            row.subject = led.firm(typed)
            if row.subject != typed:
                row.filed_under = typed
        _note_ended(connection, rows, fields, until, today, led)
        if share:
            note_shares(rows, day, share, led)

    return resolve


def _note_ended(
    connection: Connection, rows: Sequence[Row], fields: Sequence[str], until: str, today: str, led: Merges
) -> None:
    """A firm that was cancelled or revoked while the row still holds: on record, and said."""
    e = ENTERPRISE.c
    named = {
        led.firm(code) for row in rows for f in fields if (code := row.values.get(f)) and not is_outside(code)
    }
    spans: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for chunk in chunks(sorted(named)):
        over = e.status.is_not(None) & (e.status != "active")
        query = select(e.uscc, e.name, e.from_day, e.to_day).where(among(connection, e.uscc, chunk), over)
        for uscc, name, first, end in connection.execute(query):
            spans[uscc].append((name, first.isoformat(), end.isoformat()))
    for row in rows if spans else ():
        held = min(row.values.get(until) or today, today)
        for field in fields:
            for name, first, end in spans.get(led.firm(row.values.get(field) or ""), ()):
                if first <= held < end and not row.stopped:
                    row.note("firm_ended", field, name)


def note_shares(rows: Sequence[Row], day: str, share: str, led: Merges) -> None:
    """Note the rows of a buyer and year whose shares, each supplier, product and day once, add up to more than all it
    spends."""
    groups: dict[tuple[str, str], dict[tuple[Any, ...], Row]] = defaultdict(dict)
    for row in rows:
        values = row.values
        if values.get(share) is not None and not row.stopped and row.subject:
            since = values.get(day) or ""
            said = (led.firm(values["supplier"]), values.get("product"), since)
            groups[row.subject, since[:4]].setdefault(said, row)
    for some in groups.values():
        whole = sum((Decimal(row.values[share]) for row in some.values()), Decimal(0))
        for row in some.values() if whole > 1 else ():
            row.note("shares_above_whole", share, row.values[share], detail=f"{whole * 100:.2f}%")


def _outside(row: Row, field: str, name: str) -> None:
    row.values[field] = outside(name)
    row.values.setdefault(f"{field}_name", name)


class _Reading:
    """The parties of one list against the register: a few statements, however many rows."""

    def __init__(
        self, connection: Connection, rows: Sequence[Row], fields: Sequence[str], led: Merges
    ) -> None:
        self.led = led
        typed = {row.values[f] for row in rows for f in fields if row.values.get(f)}
        self.read = {text: read_code(text) for text in typed if looks_like_code(text)}
        self.known = existing(connection, (led.firm(r.code) for r in self.read.values() if r.code))
        self.stocks = {text: stock for text in typed - self.read.keys() if (stock := stock_code(text))}
        self.listed = listed_firms(connection, self.stocks.values())
        keys = {normal_form(t.removeprefix(OUTSIDE)) for t in typed - self.read.keys() - self.stocks.keys()}
        self.bearers: Mapping[str, Sequence[Bearer]] = bearers_of(connection, keys)
        self.judged = judgements.known(connection, keys)

    def settle(self, row: Row, field: str, day: str) -> None:
        """Put the node in place of what was typed, or note why there is none."""
        typed = row.values.get(field)
        if typed is None:
            row.note("end_missing", field, None, "refused")
        elif typed in self.read:
            self._code(row, field, typed)
        elif typed in self.stocks:
            found = {self.led.firm(code) for code in self.listed.get(self.stocks[typed], ())}
            self._one(row, field, typed, found)
        elif is_placeholder(typed.removeprefix(OUTSIDE)):
            row.note("placeholder", field, typed, "refused")
        else:
            self._name(row, field, typed, day)

    def _code(self, row: Row, field: str, typed: str) -> None:
        reading = self.read[typed]
        if reading.code is None:
            row.note(reading.problem or "uscc_check", field, typed, "refused", reading.hint)
        elif self.led.firm(reading.code) in self.known:
            row.values[field] = reading.code
        else:
            _outside(row, field, reading.code)

    def _one(self, row: Row, field: str, typed: str, firms: Collection[str]) -> None:
        if len(firms) == 1:
            row.values[field] = next(iter(firms))
        elif firms:
            row.note("ambiguous_name", field, typed, "review", ", ".join(sorted(firms)))
        else:
            _outside(row, field, typed)

    def _name(self, row: Row, field: str, typed: str, day: str) -> None:
        name = typed.removeprefix(OUTSIDE)
        if row.values.get("as_named"):
            _outside(row, field, name)
            return
        key = normal_form(name)
        same = {self.led.firm(j.uscc) for j in self.judged.get(key, ()) if j.verdict == "same"}
        fitting = on_day(self.bearers.get(key, ()), day)
        if not fitting and not same:
            if names_several(name):
                row.note("several_names", field, name)
            _outside(row, field, name)
            return
        agreeing = [b for b in fitting if not contradicts(b, day, None)]
        firms = same or {self.led.firm(b.uscc) for b in agreeing}
        if len(firms) == 1 and (same or len(fitting) == len(agreeing)):
            row.values[field] = next(iter(firms))
        else:
            offered = sorted({self.led.firm(b.uscc) for b in fitting} | same)
            row.note("ambiguous_name", field, name, "review", ", ".join(offered))


def written(*fields: str) -> Callable[[Record], Record]:
    """A record as it is exported: an outside party by the name that it was given."""

    def as_named(record: Record) -> Record:
        names = {f: record.get(f"{f}_name") or record[f].removeprefix(OUTSIDE)
                 for f in fields if is_outside(record.get(f) or "")}  # fmt: skip
        return {**record, **names}

    return as_named


def firms(*fields: str, subject: str) -> Resolve:
    """How rows about no firm settle the ``fields`` that hold credit codes: all of them must be on the register."""

    def resolve(connection: Connection, rows: Sequence[Row], _today: str, _home: Places, led: Merges) -> None:
        typed = {led.firm(row.values[f]) for row in rows for f in fields if row.values.get(f)}
        known = existing(connection, typed)
        for row in rows:
            row.subject = row.values.get(subject)
            if row.subject is None:
                row.note("value_unknown", subject, None, "refused")
            for field in fields:
                code = row.values.get(field)
                if code and led.firm(code) not in known:
                    row.note("unknown_firm", field, code, "review")

    return resolve
