"""What people judged: that a name on a list means a firm, that it does not, or that nobody can say.

Judgements are kept for ever; a later one on the same pair ends the one before it. "Different" holds while the facts that
it was made on stand: the names and places of the firm, and the place that the list gives. "Same" holds until somebody
judges otherwise. A pair of two firms of the register is kept under ``firm_key`` of the smaller code.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import Column, Connection, Index, String, Text, and_, insert, or_, select, tuple_, update
from sqlmodel import Field, SQLModel

from registry import codes
from registry.naming.normal import normal_form
from registry.store.bulk import among, chunks
from registry.store.engine import Write
from registry.store.models import Instant
from registry.subjects import ENTERPRISE, KNOWN_NAME

Verdict = Literal["same", "different", "unsure"]
VERDICTS: tuple[Verdict, ...] = ("same", "different", "unsure")
FIRM = "uscc:"


class Judgement(SQLModel, table=True):
    """One judgement. ``given_key`` is the normal form of the name or ``uscc:<code>``; ``place`` ids or folded text, '' for
    none; ``facts`` the digest of what it was made on; ``ended_at`` when a later one took its place."""

    __tablename__ = "judgement"

    id: int | None = Field(default=None, primary_key=True)
    given_key: str = Field(sa_column=Column(Text, nullable=False))
    given_name: str = Field(sa_column=Column(Text, nullable=False))
    place: str = ""
    uscc: str = Field(index=True)
    verdict: str = Field(sa_column=Column(String(16), nullable=False))
    by: str
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    filing_id: int | None = Field(default=None, foreign_key="filing.id")
    facts: str
    ended_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    __table_args__ = (Index("ix_judgement_given_key", "given_key", "uscc"),)


JUDGEMENT: Any = Judgement.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Judged:
    """A judgement to be recorded. ``place``: the district and area as the list gives them, see ``place_of``."""

    given_name: str
    place: str
    uscc: str
    verdict: Verdict
    filing_id: int | None = None


@dataclass(frozen=True)
class Known:
    """A judgement that speaks. ``stands``: the firm's facts are still those that it was made on."""

    given_key: str
    given_name: str
    place: str
    uscc: str
    verdict: Verdict
    by: str
    at: datetime
    stands: bool


def place_of(*typed: str | None) -> str:
    """The place of a list's row as one text: district and area, whichever are given."""
    return "/".join(part for part in typed if part)


def place_key(place: str) -> str:
    """What places are compared by: the ids of those that the register knows, the folded text of others; '' for none."""
    parts = (normal_form(part) for part in place.split("/"))
    return "/".join(sorted({_ids().get(part, part) for part in parts if part}))


@cache
def _ids() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for row in codes.load("codes/places").rows:
        for form in (
            row["id"],
            row["name"],
            row["short"],
            *codes.several(row["aliases"] + ";" + row["former"]),
        ):
            found.setdefault(normal_form(form), row["id"])
    return found


def firm_key(uscc: str) -> str:
    """The key under which the judgements on pairs of firms are kept."""
    return FIRM + uscc


def record(unit: Write, judged: Sequence[Judged]) -> None:
    """Write judgements in a running unit of work; of several on one pair the last speaks.

    A name in a place means one firm: judged the same as another one, it is no longer the same as the one before.
    """
    last = {(normal_form(j.given_name), place_key(j.place), j.uscc): j for j in judged}
    _write(unit, [(key, place, j) for (key, place, _), j in last.items()])


def record_pair(unit: Write, one: str, other: str, verdict: Verdict, filing_id: int | None = None) -> None:
    """Judge two firms of the register, in whichever order they are named."""
    first, second = sorted((one, other))
    _write(unit, [(firm_key(first), "", Judged(first, "", second, verdict, filing_id))])


def _write(unit: Write, rows: Sequence[tuple[str, str, Judged]]) -> None:
    if not rows:
        return
    c = JUDGEMENT.c
    connection = unit.connection
    about = facts_of(connection, {code for key, _, j in rows for code in _codes(key, j.uscc)})
    same = [(key, place) for key, place, j in rows if j.verdict == "same" and not key.startswith(FIRM)]
    for chunk in chunks([(key, place, j.uscc) for key, place, j in rows], 300):
        pair = and_(c.ended_at.is_(None), tuple_(c.given_key, c.place, c.uscc).in_(chunk))
        connection.execute(update(JUDGEMENT).where(pair).values(ended_at=unit.at))
    for names in chunks(same, 300):
        meant = and_(c.ended_at.is_(None), c.verdict == "same", tuple_(c.given_key, c.place).in_(names))
        connection.execute(update(JUDGEMENT).where(meant).values(ended_at=unit.at))
    connection.execute(
        insert(JUDGEMENT),
        [
            {
                "given_key": key, "given_name": j.given_name, "place": place, "uscc": j.uscc, "verdict": j.verdict,
                "by": unit.by, "at": unit.at, "filing_id": j.filing_id, "facts": _facts(about, key, j.uscc),
            }
            for key, place, j in rows
        ],
    )  # fmt: skip


def take_back(unit: Write, filings: Sequence[int]) -> None:
    """End the judgements that were made with filings which are withdrawn: they speak no more, and those that they had
    ended speak again. They stay on record."""
    c = JUDGEMENT.c
    made = select(c.given_key, c.place, c.at).where(c.filing_id.in_(filings), c.ended_at.is_(None))
    going = unit.connection.execute(made.distinct()).all()
    ours = and_(c.filing_id.in_(filings), c.ended_at.is_(None))
    unit.connection.execute(update(JUDGEMENT).where(ours).values(ended_at=unit.at))
    for chunk in chunks([tuple(row) for row in going], 300):
        ended = tuple_(c.given_key, c.place, c.ended_at).in_(chunk)
        again = and_(ended, or_(c.filing_id.is_(None), c.filing_id.not_in(filings)))
        unit.connection.execute(update(JUDGEMENT).where(again).values(ended_at=None))


def known(connection: Connection, keys: Iterable[str]) -> dict[str, list[Known]]:
    """Given key (normal form, or ``firm_key``) → the judgements that speak on it, newest first."""
    c = JUDGEMENT.c
    rows: list[Any] = []
    for chunk in chunks(sorted(set(keys))):
        query = select(JUDGEMENT).where(among(connection, c.given_key, chunk), c.ended_at.is_(None))
        rows += connection.execute(query.order_by(c.at.desc(), c.id.desc())).all()
    about = facts_of(connection, {code for row in rows for code in _codes(row.given_key, row.uscc)})
    found: dict[str, list[Known]] = defaultdict(list)
    for row in rows:
        stands = row.facts == _facts(about, row.given_key, row.uscc)
        found[row.given_key].append(
            Known(row.given_key, row.given_name, row.place, row.uscc, row.verdict, row.by, row.at, stands)
        )
    return dict(found)


def judged_pairs(connection: Connection) -> dict[tuple[str, str], Known]:
    """All judgements on pairs of firms, by the two codes in order."""
    c = JUDGEMENT.c
    keys = connection.execute(
        select(c.given_key).where(c.given_key.startswith(FIRM), c.ended_at.is_(None)).distinct()
    ).scalars()
    return {
        (key.removeprefix(FIRM), each.uscc): each
        for key, all in known(connection, keys).items()
        for each in all
    }


def facts_of(connection: Connection, subjects: Iterable[str]) -> dict[str, str]:
    """Credit code → the names and places that the firm has or had, as one text. A firm not on the register is missing."""
    e, k = ENTERPRISE.c, KNOWN_NAME.c
    names: dict[str, set[str]] = defaultdict(set)
    for chunk in chunks(sorted(set(subjects))):
        borne = select(e.uscc, e.name_key, e.district, e.area).where(among(connection, e.uscc, chunk))
        for uscc, key, district, area in connection.execute(borne):
            names[uscc].update((f"n{key}", f"d{district or ''}", f"a{area or ''}"))
        for uscc, key in connection.execute(select(k.uscc, k.key).where(among(connection, k.uscc, chunk))):
            names[uscc].add(f"n{key}")
    return {uscc: "\n".join(sorted(found)) for uscc, found in names.items()}


def _codes(key: str, uscc: str) -> tuple[str, ...]:
    return (key.removeprefix(FIRM), uscc) if key.startswith(FIRM) else (uscc,)


def _facts(about: Mapping[str, str], key: str, uscc: str) -> str:
    said = "\n\n".join(about.get(code, "") for code in _codes(key, uscc))
    return hashlib.sha256(said.encode()).hexdigest()[:16]
