"""Twice the same firm on the register? Pairs of codes that a person should look at, likeliest first.

Two codes with one name, two with one address and near names, and near names in one district. Pairs that were judged are
left out: "different" and "unsure" until the facts change, "same" for ever (merging is another act). Telephone numbers are
personal and never compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations, groupby

from sqlalchemy import Connection, select

from registry.house import House
from registry.judgements import judged_pairs
from registry.known_names import known_names
from registry.matching import Reason, explained
from registry.naming.candidates import QUICK
from registry.naming.features import About, Side, compare
from registry.naming.normal import normal_form
from registry.naming.weighing import weigh
from registry.scope import own
from registry.store.known import last_event
from registry.store.models import Tick
from registry.subjects import ENTERPRISE, existing

#: Names looked at for each firm, how alike they must be, and the score from which a pair is worth a look.
NEAR, ALIKE, WORTH = 4, 0.7, 0.2
#: Among this many firms of one address (a business park, an agent's office) it says nothing.
SHARED = 8
#: Pairs remembered of one register, and registers.
MOST, KEPT = 2_000, 8
_kept: dict[tuple[str, str | None, str | None], tuple[object, tuple[Pair, ...]]] = {}


@dataclass(frozen=True)
class Twin:
    """One of the two firms of a pair, as it stands today."""

    uscc: str
    name: str
    city: str
    district: str | None
    area: str | None
    address: str | None
    industry: str | None
    founded_on: str | None
    status: str | None


@dataclass(frozen=True)
class Pair:
    """Two firms, the smaller code first; ``score`` 0 to 1."""

    a: Twin
    b: Twin
    score: float
    reasons: tuple[Reason, ...]


SAME_NAME = Reason("name", 1.0, "two codes under this very name", "两个信用代码，名称完全一致")
SAME_ADDRESS = Reason("address", 1.0, "registered at the same address", "登记地址相同")


def pairs(house: House, connection: Connection, unit: str | None = None, limit: int = 100) -> list[Pair]:
    """At most ``limit`` pairs, likeliest first; of an officer's ``unit`` only those with both firms in it."""
    judged = judged_pairs(connection)
    away = {codes for codes, known in judged.items() if known.stands or known.verdict == "same"}
    left = [pair for pair in _all(house, connection, unit) if (pair.a.uscc, pair.b.uscc) not in away]
    here = existing(connection, {code for pair in left for code in (pair.a.uscc, pair.b.uscc)})
    return [pair for pair in left if {pair.a.uscc, pair.b.uscc} <= here][:limit]


def _all(house: House, connection: Connection, unit: str | None) -> Sequence[Pair]:
    """The likeliest pairs before judgements. Kept until the next filing: a judgement, which comes after each look at the
    list, changes no firm."""
    day = house.clock.today()
    filed = last_event(connection, datetime.max.replace(tzinfo=UTC))
    register = connection.execute(select(Tick.__table__.c.identity)).scalar()  # type: ignore[attr-defined]
    key = (str(house.store.engine.url), register, unit)
    held = _kept.get(key)
    if held is None or held[0] != (filed, day):
        firms = {firm.uscc: firm for firm in _firms(house, connection, unit)}
        suspected = _suspected(house, connection, firms).items()
        weighed = (_weighed(house, firms[a], firms[b], reasons) for (a, b), reasons in suspected)
        found = sorted(filter(None, weighed), key=lambda pair: (-pair.score, pair.a.uscc, pair.b.uscc))
        while len(_kept) >= KEPT:
            _kept.pop(next(iter(_kept)), None)
        held = _kept[key] = ((filed, day), tuple(found[:MOST]))
    return held[1]


def _firms(house: House, connection: Connection, unit: str | None) -> Iterator[Twin]:
    e, today = ENTERPRISE.c, house.clock.today()
    query = select(
        e.uscc, e.name, e.city, e.district, e.area, e.address, e.industry, e.founded_on, e.status
    ).where(e.from_day <= today, e.to_day > today, own(unit))  # fmt: skip
    for row in connection.execute(query.order_by(e.uscc)):
        founded = row.founded_on and row.founded_on.isoformat()
        yield Twin(*row[:7], founded, row.status)


def _suspected(
    house: House, connection: Connection, firms: dict[str, Twin]
) -> dict[tuple[str, str], tuple[Reason, ...]]:
    """Pairs of codes worth comparing, with what is plain of them already."""
    found: dict[tuple[str, str], tuple[Reason, ...]] = {}
    keys = {uscc: normal_form(firm.name) for uscc, firm in firms.items()}
    for a, b in _sharing(keys, SHARED * 8):
        found[a, b] = (SAME_NAME,)
    addresses = {uscc: normal_form(firm.address) for uscc, firm in firms.items() if firm.address}
    for a, b in _sharing(addresses, SHARED):
        found[a, b] = (*found.get((a, b), ()), SAME_ADDRESS)
    register = known_names(house, connection)
    order = list(firms)
    for uscc, near in zip(order, register.near([keys[code] for code in order], NEAR, QUICK), strict=True):
        for entry, likeness in near:
            if entry.uscc != uscc and entry.uscc in firms and likeness >= ALIKE and entry.role != "short":
                one, other = sorted((uscc, entry.uscc))
                same_place = not _apart(firms[one], firms[other])
                if same_place and (entry.role == "present" or entry.key == keys[uscc]):
                    found.setdefault((one, other), ())
    return found


def _sharing(keys: dict[str, str], most: int) -> Iterator[tuple[str, str]]:
    """Pairs of codes with one key, where no more than ``most`` share it."""
    by_key = sorted(keys, key=lambda code: (keys[code], code))
    for _, group in groupby(by_key, key=lambda code: keys[code]):
        codes = list(group)
        if 1 < len(codes) <= most:
            yield from combinations(codes, 2)


def _weighed(house: House, a: Twin, b: Twin, reasons: tuple[Reason, ...]) -> Pair | None:
    said = compare(_side(house, a), _side(house, b), About())
    weighed = weigh(said)
    score = weighed.score
    if SAME_NAME in reasons:
        score = max(score, 0.9 if not weighed.vetoes else 0.5)
    if SAME_ADDRESS in reasons:
        score = (1 + score) / 2 if score >= WORTH / 2 else score
    elif SAME_NAME not in reasons and (weighed.vetoes or _apart(a, b)):
        return None
    if score < WORTH:
        return None
    return Pair(a, b, round(score, 4), (*reasons, *explained(weighed, said)))


def _apart(a: Twin, b: Twin) -> bool:
    return (a.area or a.district) != (b.area or b.district)


def _side(house: House, firm: Twin) -> Side:
    held = firm.area or firm.district or firm.city
    label = house.places.label
    return Side(
        firm.name, firm.district, firm.area, firm.industry, None, place=(label(held, "en"), label(held))
    )
