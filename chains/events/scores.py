"""How well the firms of an event suit its demands: what the choice of pairs is made from."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, select

from chains.events.assignment import Pair
from chains.events.reading import Occasion
from chains.models import MatchAnswer, Offer
from registry.store.bulk import among, chunks
from registry.store.merges import merges_at
from registry.subjects import ENTERPRISE

OFFER: Any = Offer.__table__  # type: ignore[attr-defined]
ANSWER: Any = MatchAnswer.__table__  # type: ignore[attr-defined]
#: Below this a firm does not suit; what people chose themselves suits at least so well.
LEAST, CHOSEN = 0.3, 0.6
#: Of the firms that suit a demand so many are considered.
CONSIDERED = 40
DECLINED = "declined"


def pairs_of(connection: Connection, held: Occasion) -> list[Pair]:
    """The pairs of an event that suit, with scores from 0 to 1, best first for each demand. A firm that was invited for a
    demand or shortlisted for it suits it; one that was declined does not."""
    firms = held.coming()
    products = _products(connection, firms)
    said = _answers(connection, held.demands, firms)
    found: list[Pair] = []
    for demand in held.demands:
        wanted = grams(f"{held.wanted[demand].title} {held.wanted[demand].detail}")
        scores = {firm: likeness(wanted, products.get(firm, ())) for firm in firms}
        for firm in firms:
            answer = said.get((demand, firm))
            if answer == DECLINED:
                scores[firm] = 0.0
            elif answer or demand in held.firms[firm].wanted_by:
                scores[firm] = max(scores[firm], CHOSEN)
        suiting = sorted(
            (Pair(demand, firm, round(score, 3)) for firm, score in scores.items() if score >= LEAST),
            key=lambda pair: (-pair.score, pair.firm),
        )
        found += suiting[:CONSIDERED]
    return found


def grams(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters, without blanks and punctuation."""
    plain = [c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum()]
    return frozenset(a + b for a, b in pairwise(plain))


def likeness(wanted: Collection[str], products: Iterable[frozenset[str]]) -> float:
    """How much of what a firm makes stands in what is wanted: the best of its products."""
    return max((len(product & set(wanted)) / len(product) for product in products if product), default=0.0)


def _products(connection: Connection, firms: Collection[str]) -> Mapping[str, list[frozenset[str]]]:
    """Firm → its products, as offered and as on its profile."""
    led = merges_at(connection)
    found: dict[str, list[frozenset[str]]] = defaultdict(list)
    e, o = ENTERPRISE.c, OFFER.c
    for chunk in chunks(sorted(led.codes_of(firms))):
        said = [
            *connection.execute(select(o.uscc, o.product).where(among(connection, o.uscc, chunk))),
            *connection.execute(
                select(e.uscc, e.products).where(among(connection, e.uscc, chunk), e.products.is_not(None))
            ),
        ]
        for code, text in said:
            parts = unicodedata.normalize("NFKC", text).replace(",", ";").replace("、", ";").split(";")
            found[led.firm(code)] += [grams(part) for part in parts if part.strip()]
    return found


def _answers(
    connection: Connection, demands: Collection[str], firms: Collection[str]
) -> Mapping[tuple[str, str], str]:
    led, a = merges_at(connection), ANSWER.c
    asked = set(firms)
    found: dict[tuple[str, str], str] = {}
    for chunk in chunks(sorted(demands)):
        query = select(a.demand, a.uscc, a.answer).where(among(connection, a.demand, chunk))
        for demand, code, answer in connection.execute(query.order_by(a.filing, a.row)):
            if led.firm(code) in asked:
                found[demand, led.firm(code)] = answer
    return found
