"""Matches as the command line and the API tell them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chains.matching.demands import Sought
from chains.matching.wanted import Found, Ranked
from chains.matching.weights import weights
from registry.kind import Record


def ranked_document(firms: Iterable[Ranked], language: str = "zh") -> list[Record]:
    """``[{"uscc", "name", "score", "weak", "reasons": [{"feature", "score", "detail"}]}]``; ``weak``: it hardly
    meets the words; near misses say what they miss."""
    return [_firm(one, language) for one in firms]


def _firm(one: Ranked, language: str) -> Record:
    said: dict[str, Any] = {
        "uscc": one.uscc,
        "name": one.name,
        "score": one.score,
        "weak": one.reasons[0].score < weights()["weak"],
        "reasons": [
            {"feature": r.feature, "score": r.score, "detail": r.in_language(language)} for r in one.reasons
        ],
    }
    if one.misses:
        said["misses"] = [{"condition": m.condition, "detail": m.in_language(language)} for m in one.misses]
    return said


def found_document(found: Found, language: str = "zh") -> Record:
    """Ranked firms beside who just misses a condition, and how many fail which."""
    return {
        "ranked": ranked_document(found.ranked, language),
        "number": found.number,
        "near": ranked_document(found.near, language),
        "excluded": found.excluded,
    }


def demand_document(one: Sought, open_: bool) -> Record:
    return {
        "id": one.id,
        "title": one.title or None,
        "detail": one.detail or None,
        "buyer": one.buyer,
        "buyer_name": one.buyer_name,
        "chain": one.chain,
        "quantity": one.quantity,
        "amount": one.amount,
        "tiers_wanted": list(one.tiers),
        "districts": list(one.districts),
        "certificates": list(one.certificates),
        "due_on": one.due_on and one.due_on.isoformat(),
        "closed_on": one.closed_on and one.closed_on.isoformat(),
        "open": open_,
    }
