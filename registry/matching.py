"""Names of a list against the register: the firm meant where it is certain, candidates where it is not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Literal

from sqlalchemy import Connection, select

from registry.house import House
from registry.naming.normal import normal_form
from registry.subjects import ENTERPRISE, bearers_of, contradicts, existing, on_day

MANY = 5


@dataclass(frozen=True)
class Given:
    row: int
    name: str
    uscc: str | None = None
    district: str | None = None
    area: str | None = None
    industry: str | None = None
    founded_on: str | None = None


@dataclass(frozen=True)
class Reason:
    feature: str
    score: float | None
    en: str
    zh: str


@dataclass(frozen=True)
class Candidate:
    uscc: str
    name: str
    matched: str
    by: str
    score: float
    reasons: tuple[Reason, ...]
    district: str | None
    area: str | None
    industry: str | None
    founded_on: str | None


@dataclass(frozen=True)
class Match:
    row: int
    given: Given
    decision: Literal["certain", "choose", "none"]
    uscc: str | None
    candidates: tuple[Candidate, ...]


def match(
    house: House, connection: Connection, given: Sequence[Given], day: str, unit: str | None = None
) -> list[Match]:
    """One answer for each row, in order."""
    bearers = bearers_of(connection, {normal_form(g.name) for g in given if g.name})
    known = existing(connection, [g.uscc for g in given if g.uscc])
    e = ENTERPRISE.c
    firms = {
        row.uscc: row
        for row in connection.execute(
            select(e.uscc, e.name, e.name_key, e.district, e.area, e.industry, e.founded_on).where(
                e.from_day <= date.fromisoformat(day), e.to_day > date.fromisoformat(day)
            )
        )
    }
    pairs = defaultdict(set)
    for code, firm in firms.items():
        for at in range(len(firm.name_key) - 1):
            pairs[firm.name_key[at : at + 2]].add(code)
    found = []
    for g in given:
        exact = on_day(bearers.get(normal_form(g.name), []), day) if g.name else []
        place = house.places.read_district(g.district) if g.district else None
        agreeing = [b for b in exact if not contradicts(b, day, place)]
        if g.uscc and g.uscc in known:
            found.append(Match(g.row, g, "certain", g.uscc, _some(g, [g.uscc], firms, "code")))
        elif len(agreeing) == 1 and len(exact) == 1:
            code = agreeing[0].uscc
            found.append(Match(g.row, g, "certain", code, _some(g, [code], firms, "name")))
        else:
            near = [b.uscc for b in exact] or _near(normal_form(g.name), firms, pairs)
            some = _some(g, near, firms, "name")
            found.append(Match(g.row, g, "choose" if some else "none", None, some))
    twice = Counter(m.uscc for m in found if m.decision == "certain")
    return [
        Match(m.row, m.given, "choose", None, m.candidates) if m.uscc and twice[m.uscc] > 1 else m
        for m in found
    ]


def _near(name, firms, pairs):  # type: ignore[no-untyped-def]
    counts = Counter(
        code
        for at in range(len(name) - 1)
        for code in pairs.get(name[at : at + 2], ())
        if len(pairs[name[at : at + 2]]) < 500
    )
    some = [code for code, _n in counts.most_common(40)]
    scored = sorted(((SequenceMatcher(None, name, firms[c].name_key).ratio(), c) for c in some), reverse=True)
    return [code for score, code in scored[:MANY] if score > 0.7]


def _some(g, codes, firms, by):  # type: ignore[no-untyped-def]
    found = []
    for code in codes:
        if firm := firms.get(code):
            score = SequenceMatcher(None, normal_form(g.name), firm.name_key).ratio()
            reasons = [
                Reason("edit", score, f"names alike to {score:.0%}", f"名称相似 {score:.0%}"),
            ]
            found.append(
                Candidate(code, firm.name, firm.name, by, round(score, 4), tuple(reasons), firm.district, firm.area,
                          firm.industry, firm.founded_on and firm.founded_on.isoformat())
            )  # fmt: skip
    return tuple(sorted(found, key=lambda c: -c.score))
