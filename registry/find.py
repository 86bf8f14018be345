"""Find firms by what was typed: a credit code, a name, a former or short name, its initials, a product, or a part of one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, or_, select

from registry.kind import Record
from registry.naming.normal import normal_form
from registry.naming.pinyin import typed_forms
from registry.search.sought import LETTERS, Sought, code_part, code_range, look_up
from registry.store.bulk import among, chunks
from registry.subjects import ENTERPRISE, KNOWN_NAME

E, K = ENTERPRISE.c, KNOWN_NAME.c
#: By what a firm is found, the plainest first.
WAYS = ("code", "name", "former", "short", "pinyin", "product")
#: Where very many fit by name, by sound or by product, so many of them are ranked: the first in the order of names.
RANKED = 300
_BETWEEN_PRODUCTS = re.compile(r"[、，,；;/\n]")


class Hit(NamedTuple):
    """By what one firm is found, and which of its texts; ``exact``: the whole of it was typed."""

    by: str
    matched: str
    exact: bool = False

    @property
    def rank(self) -> tuple[bool, int, int]:
        return (not self.exact, WAYS.index(self.by), len(self.matched))


def on_day(day: date) -> Any:
    return and_(E.from_day <= day, E.to_day > day)


def find(connection: Connection, text: str, day: date, limit: int = 20) -> list[Record]:
    """Firms in order of how well they fit: exact before part, present name before former before short before pinyin
    before product, short texts before long ones, then by code."""
    sought = look_up(connection, text)
    if not sought.typed:
        return []
    codes = {
        *_borne_exactly(connection, sought.typed),
        *_candidates(connection, sought, day, max(limit, RANKED)),
    }
    found = hits(connection, sought.typed, day, codes)
    best = sorted(found, key=lambda uscc: (found[uscc].rank, uscc))
    firms: dict[str, Any] = {}
    columns = select(E.uscc, E.name, E.district, E.area)
    for row in connection.execute(columns.where(among(connection, E.uscc, best), on_day(day))):
        firms[row.uscc] = row
    return [
        {
            "uscc": uscc,
            "name": firms[uscc].name,
            "matched": found[uscc].matched,
            "by": found[uscc].by,
            "district": firms[uscc].district,
            "area": firms[uscc].area,
        }
        for uscc in best
        if uscc in firms
    ][:limit]


def _borne_exactly(connection: Connection, typed: str) -> Iterator[str]:
    """Firms that bear, bore or go by exactly this; among very many of which it is a part they could be missed."""
    for query in (
        select(E.uscc).where(or_(E.uscc == typed, E.name_key == typed)),
        select(K.uscc).where(K.key == typed),
    ):
        yield from connection.execute(query.limit(RANKED)).scalars()


def _candidates(connection: Connection, sought: Sought, day: date, enough: int) -> Collection[str]:
    codes: set[str] = set()
    firms = select(E.uscc).where(on_day(day))
    if sought.coded:
        codes.update(
            connection.execute(firms.where(code_range(sought.typed)).order_by(E.uscc).limit(enough)).scalars()
        )
    if not sought.ordered:  # not all is indexed: everything that fits, slowly
        query = firms.where(sought.condition()).order_by(E.uscc).limit(10 * enough)
        return codes.union(connection.execute(query).scalars())
    for part in sought.apart():
        for look in part.looks(enough):
            found = list(connection.execute(firms.where(look.condition())).scalars())
            if len(found) >= enough:
                break
        codes.update(found)
        if len(codes) >= enough:
            break
    return codes


def hits(connection: Connection, typed: str, day: date, codes: Collection[str]) -> dict[str, Hit]:
    """Credit code → by what the firm is found best, of those that are. ``typed``: in normal form."""
    found: dict[str, Hit] = {}

    def take(uscc: str, *fitting: Hit) -> None:
        best = min((*fitting, found[uscc]) if uscc in found else fitting, key=lambda hit: hit.rank)
        found[uscc] = best

    for chunk in chunks(sorted(codes)):
        columns = select(E.uscc, E.from_day, E.to_day, E.name, E.name_key, E.products, E.niche)
        here = among(connection, E.uscc, chunk)
        spans = connection.execute(columns.where(here).order_by(E.uscc, E.from_day)).all()
        for row in spans:
            if row.uscc.startswith(typed) and code_part(typed):
                take(row.uscc, Hit("code", row.uscc, row.uscc == typed))
            role = "name" if row.from_day <= day < row.to_day else "former"
            for hit in _by_name(typed, role, row.name, row.name_key):
                take(row.uscc, hit)
        known = select(K.uscc, K.role, K.key, K.name).where(among(connection, K.uscc, chunk))
        for uscc, role, key, name in connection.execute(known.order_by(K.uscc, K.key)):
            for hit in _by_name(typed, role, name, key):
                take(uscc, hit)
        for row in spans:
            if row.uscc not in found or found[row.uscc].by == "product":
                for text in (row.products, row.niche):
                    if text and typed in normal_form(text):
                        take(row.uscc, Hit("product", _phrase(text, typed)))
    return found


def _by_name(typed: str, role: str, name: str, key: str) -> Iterator[Hit]:
    if typed == key:
        yield Hit(role, name, exact=True)
    elif len(typed) > 1 and typed in key:
        yield Hit(role, name)
    elif LETTERS.fullmatch(typed) and any(form.startswith(typed.lower()) for form in typed_forms(key)):
        yield Hit("pinyin", name)


def _phrase(text: str, typed: str) -> str:
    """The product that holds what was typed, out of a list of them."""
    parts = (part.strip() for part in _BETWEEN_PRODUCTS.split(text))
    return next((part for part in parts if typed in normal_form(part)), text)
