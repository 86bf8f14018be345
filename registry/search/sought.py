"""What was typed into the box, looked up: the firms that may be meant, and the condition that decides.

The index proposes candidates by their numbers; whether a text really holds what was typed is asked of the text itself.
So an index that lags or still names firms of yesterday misleads nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, and_, false, or_, select, union

from registry.naming.normal import normal_form
from registry.search import postings
from registry.search.index import FIRM, GRAM, SEGMENT, waiting
from registry.store.bulk import among_values
from registry.subjects import ENTERPRISE, KNOWN_NAME

E, K, F = ENTERPRISE.c, KNOWN_NAME.c, FIRM.c
MIN_PART = 2
#: The third to eighth character of a credit code are digits: no word is taken for one.
CODE = re.compile(r"[0-9A-Y]{2}(\d{2,5}|\d{6}[0-9A-Y]{0,10})")
LETTERS = re.compile(r"[A-Z]+")
#: In an ordered list so many of each segment are looked at first, then so many times more.
FIRST_LOOK, FURTHER = 64, 12


def code_part(typed: str) -> bool:
    """Whether a text in normal form can be the beginning of a credit code, or a whole one."""
    return CODE.fullmatch(typed) is not None


def code_range(typed: str) -> Any:
    """The condition "the credit code begins so", as a range that every index serves."""
    return and_(E.uscc >= typed, E.uscc <= typed.ljust(18, "Z"))


def plain(typed: str) -> Any:
    """The condition without the index: by name, code, or product as written."""
    exact = or_(E.name_key == typed, E.uscc.in_(select(K.uscc).where(K.key == typed)))
    if len(typed) < MIN_PART:
        return exact
    part = E.uscc.in_(
        union(
            select(E.uscc).where(
                or_(
                    *(column.contains(typed, autoescape=True) for column in (E.name_key, E.products, E.niche))
                )
            ),
            select(K.uscc).where(K.key.contains(typed, autoescape=True)),
        )
    )
    return or_(part, code_range(typed)) if code_part(typed) else part


@dataclass(frozen=True, eq=False)
class Sought:
    """``numbers``: candidates in order, or None where nothing is indexed; ``kinds``: the same apart by names, sounds and
    products. ``late``: firms that are not indexed as they stand. ``coded``: credit codes begin so. ``bounds``: of each
    segment that was cut short the last candidate; what lies behind any of them is left out. ``ordered``: every firm is
    indexed, so that names can be had in the order of pinyin."""

    typed: str
    sqlite: bool
    numbers: postings.Numbers | None = None
    kinds: tuple[postings.Numbers, ...] = ()
    segments: tuple[int, ...] = ()
    late: frozenset[str] = frozenset()
    coded: bool = False
    bounds: tuple[int, ...] = ()
    ordered: bool = False

    @property
    def by_code(self) -> bool:
        """Nothing but codes fits, so that they are the order."""
        return self.coded and self.numbers is not None and not len(self.numbers)

    def looks(self, wanted: int) -> Iterator[Sought]:
        """Ever more of the candidates in the order of names, from a few more than ``wanted`` on; the last are all."""
        size = max(FIRST_LOOK, wanted + wanted // 10)
        while (cut := self._first(size)) is not None:
            yield cut
            size *= FURTHER
        yield self

    def apart(self) -> Iterator[Sought]:
        """The same for names alone, then sounds, then products."""
        for numbers in self.kinds:
            yield replace(self, numbers=numbers, coded=False)

    def _first(self, size: int) -> Sought | None:
        """The first of each segment; None where that is everything, or candidates do not stand in order."""
        if self.numbers is None or not self.ordered or self.coded:
            return None
        parts = np.split(self.numbers, np.searchsorted(self.numbers, self.segments[1:]))
        bounds = tuple(int(part[size - 1]) for part in parts if len(part) > size)
        if not bounds:
            return None
        return replace(self, numbers=np.concatenate([part[:size] for part in parts]), bounds=bounds)

    def condition(self, joined: bool = False) -> Any:
        """On rows of ``enterprise``, or where they are ``joined`` to their rows of the index, on both."""
        if joined and self.texts_alone:
            return and_(*self._fitting())
        if self.numbers is None:
            return plain(self.typed)
        parts: list[Any] = [E.uscc.in_(self._indexed())] if len(self.numbers) else []
        if len(self.typed) < MIN_PART:
            parts.append(E.uscc.in_(_exact(self.typed)))
        if self.coded:
            parts.append(code_range(self.typed))
        if self.late:
            parts = [and_(or_(false(), *parts), ~self._is_late()), and_(self._is_late(), plain(self.typed))]
        return or_(false(), *parts)

    @property
    def texts_alone(self) -> bool:
        """Nothing but the candidates' texts can fit."""
        return self.numbers is not None and not self.late and not self.coded and len(self.typed) >= MIN_PART

    def texts(self, day: date) -> Select[Any]:
        """One row for each candidate that is on the register on ``day`` and holds what was typed, out of the index alone."""
        return select(F.number).where(*self._fitting(), F.from_day <= day, F.to_day > day)

    def _is_late(self) -> Any:
        return among_values(self.sqlite, E.uscc, sorted(self.late))

    def _indexed(self) -> Select[Any]:
        """Credit codes of the candidates whose texts hold what was typed."""
        return select(F.uscc).where(*self._fitting())

    def _fitting(self) -> Iterator[Any]:
        """The conditions on rows of the index."""
        assert self.numbers is not None
        holds = (
            [F.sounds.contains("\n" + self.typed.lower(), autoescape=True)] if _is_sound(self.typed) else []
        )
        if len(self.typed) >= MIN_PART:
            holds += [text.contains(self.typed, autoescape=True) for text in (F.names, F.products)]
        yield among_values(self.sqlite, F.number, self.numbers.tolist())
        yield or_(*holds)
        for bound in self.bounds:
            last = FIRM.alias()
            yield F.sort_key < select(last.c.sort_key).where(last.c.number == bound).scalar_subquery()


def _exact(typed: str) -> Any:
    return union(select(E.uscc).where(E.name_key == typed), select(K.uscc).where(K.key == typed))


def _is_sound(typed: str) -> bool:
    return LETTERS.fullmatch(typed) is not None


def look_up(connection: Connection, text: str) -> Sought:
    """Look typed text up in the index: three small queries, whatever the size of the register."""
    typed = normal_form(text)
    sqlite = connection.dialect.name == "sqlite"
    coded = (
        code_part(typed)
        and connection.execute(select(E.uscc).where(code_range(typed)).limit(1)).first() is not None
    )
    segments = connection.execute(select(SEGMENT.c.first, SEGMENT.c.size).order_by(SEGMENT.c.first)).all()
    late = waiting(connection)
    if late is None or not segments:
        return Sought(typed, sqlite, coded=coded)
    end = segments[-1].first + segments[-1].size
    kinds = _candidates(connection, typed, sqlite, -(-end // (1 << postings.BLOCK_BITS)))
    return Sought(
        typed,
        sqlite,
        postings.merged(*kinds),
        kinds,
        tuple(segment.first for segment in segments),
        frozenset(late),
        coded,
        ordered=not late,
    )


def _candidates(
    connection: Connection, typed: str, sqlite: bool, blocks: int
) -> tuple[postings.Numbers, postings.Numbers, postings.Numbers]:
    """By names, by sounds, by products."""
    names, sounds, products = [], [], []
    if len(typed) >= MIN_PART:
        names, products = (postings.text_tokens(kind, typed) for kind in (postings.NAME, postings.PRODUCT))
    if _is_sound(typed):
        sounds = postings.sound_tokens(typed.lower())
    tokens = (*names, *sounds, *products)
    places = [postings.place(token, block) for token in tokens for block in range(blocks)]
    rows = connection.execute(select(GRAM).where(among_values(sqlite, GRAM.c.place, places)))
    held = {row.place: bytes(row.firms) for row in rows}
    return tuple(postings.holding(part, held, blocks) for part in (names, sounds, products))  # type: ignore[return-value]
