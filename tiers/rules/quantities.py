"""Amounts as a rule writes them (``1000万元``, ``3%``, ``2年``), read exactly; and as a reader wants to see them. Pure."""

from __future__ import annotations

import re
from fractions import Fraction

#: How a unit is typed: what it measures, and how many of its base one is.
TYPED: dict[str, tuple[str, Fraction]] = {
    typed: (unit, Fraction(size))
    for typed, unit, size in (
        ("元", "yuan", 1), ("万元", "yuan", 10_000), ("亿元", "yuan", 100_000_000), ("美元", "usd", 1),
        ("万美元", "usd", 10_000), ("亿美元", "usd", 100_000_000), ("%", "ratio", Fraction(1, 100)), ("年", "years", 1),
        ("天", "days", 1), ("人", "persons", 1), ("件", "items", 1), ("项", "items", 1), ("分", "points", 1),
        ("名", "rank", 1), ("级", "grade", 1),
    )
}  # fmt: skip
#: Facts that are words: their values in order, as numbers a comparison can use.
SCALES = {
    "yes_no": ("no", "yes"),
    "institution": ("none", "below", "city", "provincial", "national"),
}
UNITS = {unit for unit, _size in TYPED.values()} | SCALES.keys()
_AMOUNT = re.compile(r"^(-?\d+(?:\.\d+)?)\s*(\D+)$")


def read_amount(text: str, unit: str) -> Fraction:
    """A threshold in ``unit``'s base. Raises ValueError when it is no amount, or one of another unit."""
    if unit in SCALES:
        if text not in SCALES[unit]:
            raise ValueError(f"{text!r} is none of {', '.join(SCALES[unit])}")
        return Fraction(SCALES[unit].index(text))
    match = _AMOUNT.match(text)
    if not match or match[2] not in TYPED:
        raise ValueError(f"{text!r} is no amount with a unit; write one such as {_example(unit)}")
    measures, size = TYPED[match[2]]
    if measures != unit:
        raise ValueError(f"{text!r} is in {measures}, wanted is {unit}, such as {_example(unit)}")
    return Fraction(match[1]) * size


def _example(unit: str) -> str:
    return next((f"3{typed}" for typed, (measures, _size) in TYPED.items() if measures == unit), unit)


def plain(value: Fraction | float | None, unit: str) -> int | str | None:
    """As JSON has it: money, counts and years as integers where whole, ratios as decimal strings, words as words."""
    if value is None:
        return None
    exact = value if isinstance(value, Fraction) else Fraction(repr(value))
    if unit in SCALES:
        return SCALES[unit][int(exact)]
    if unit != "ratio" and exact.denominator == 1:
        return int(exact)
    return decimal(exact)


def decimal(value: Fraction, places: int = 6) -> str:
    """Decimal text, exact where it ends within ``places``, else rounded to them."""
    whole, part = divmod(abs(round(value * 10**places)), 10**places)
    text = f"{whole}.{part:0{places}d}".rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 and text != "0" else text
