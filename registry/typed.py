"""A value of a record as a person would type it, so that a form can show it and read it back unchanged. Pure."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Any

from registry import codes
from registry.intake.cells import decimal_text, plain
from registry.kind import Field

YUAN = ("元", "万元", "亿元")
DOLLARS = ("美元", "万美元", "亿美元")
#: One of each unit in the smallest.
SIZES = (1, 10_000, 100_000_000)
_BARE = re.compile(r"[-+()\d,.\s]+")


def units(field: Field) -> tuple[str, ...]:
    """The units to choose from, the smallest first; none where a field has no unit."""
    if field.type == "money":
        return DOLLARS if field.id.endswith("_usd") else YUAN
    return YUAN if field.type == "capital" else ()


def typed(value: Any, field: Field) -> tuple[str, str]:
    """Text and unit of a plain value; ("", "") for None. Money stands in the largest unit that keeps two decimals."""
    if value is None:
        return "", ""
    known = units(field)
    if known and str(value).lstrip("-").isdigit():
        amount = int(value)
        fitting = [
            i for i, size in enumerate(SIZES) if abs(amount) >= size and amount % (size // 100 or 1) == 0
        ]
        at = fitting[-1] if fitting else 0
        return decimal_text(Decimal(amount) / SIZES[at]), known[at]
    if field.type == "city":
        return _cities().get(str(value), str(value)), ""
    if field.type == "ratio":
        return f"{decimal_text(Decimal(str(value)) * 100)}%", ""
    return str(value), ""


@cache
def _cities() -> dict[str, str]:
    """Code → name of the prefectures, as people write them."""
    return {
        row["code"]: row["name"] for row in codes.load("codes/regions").rows if row["level"] == "prefecture"
    }


def with_unit(text: str, unit: str) -> str:
    """What was typed with the unit chosen beside it; a unit typed with the number wins."""
    return f"{text}{unit}" if unit and text and _BARE.fullmatch(plain(text)) else text
