"""What people write as the value of an indicator, as a plain number in the indicator's own unit. Pure.

Plain: whole yuan, ratios (0.705 is 70.5 %), whole firms, items and sites, kilowatts, petaflops; exact decimal text.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from registry.intake.cells import OWN_UNIT, PERCENT, decimal_text, scale

YUAN, RATIO = "yuan", "ratio"
_PIECES = {"": 1, "个": 1, "项": 1, "家": 1, "户": 1, "座": 1, "处": 1, "件": 1, "万": 10_000}
_PIECES |= {f"万{piece}": 10_000 for piece in _PIECES if piece not in ("", "万")}
#: Own unit → what may be written → how many of the own unit that is; what is written is folded to lower case.
SCALES: Mapping[str, Mapping[str, int]] = {
    "firms": _PIECES,
    "items": _PIECES,
    "sites": _PIECES,
    "kw": {"": 1, "千瓦": 1, "kw": 1, "万千瓦": 10_000, "兆瓦": 1_000, "mw": 1_000},
    "pflops": {"": 1, "p": 1, "pflops": 1},
}
#: What to write, said in a refusal.
WRITTEN = {
    YUAN: "元、万元、亿元 (yuan)",
    RATIO: "%",
    "firms": "家 (firms)",
    "items": "个、项 (items)",
    "sites": "个、万个 (sites)",
    "kw": "千瓦、万千瓦 (kW)",
    "pflops": "P (PFLOPS)",
}
#: Values of units are added up to the city's; shares are not.
ADDS_UP = frozenset({YUAN, *SCALES})
#: A bare number of yuan below this is none: nobody means it, but many forget to write 亿元.
LEAST_BARE_YUAN = 1_000_000


class Amount(NamedTuple):
    """``value``: exact decimal text, None where it cannot be taken; ``code`` then says why, else it may be a note.
    ``detail``: what to write."""

    value: str | None
    code: str | None = None
    detail: str | None = None


def read_amount(written: str, unit: str, signed: bool = False) -> Amount:
    """``12.5 亿元`` (a number and perhaps a unit, as ``cells`` gives it) for an indicator in ``unit``.

    A bare number is in the own unit, as one of the column ``指标本身单位`` always is; but yuan below a million and shares
    above 1 are not taken as they stand: the first are refused, the second are percent, which is noted.
    """
    text, _blank, said = written.partition(" ")
    number, own = Decimal(text), said in (OWN_UNIT, unit)
    said = "" if own else said
    if number < 0 and not signed:
        return Amount(None, "negative")
    if unit == YUAN:
        return _yuan(number, said, own)
    if unit == RATIO:
        return _ratio(number, said, own)
    factor = SCALES[unit].get(said)
    if factor is None:
        return Amount(None, "wrong_unit", WRITTEN[unit])
    number *= factor
    if unit in ("firms", "items", "sites") and number != number.to_integral_value():
        return Amount(None, "number_unreadable")
    return Amount(decimal_text(number))


def _yuan(number: Decimal, said: str, own: bool) -> Amount:
    if not said and not own and 0 < abs(number) < LEAST_BARE_YUAN:
        return Amount(None, "unit_unknown")
    factor = scale(said) if said else 1
    if factor is None or "美元" in said or "usd" in said:
        return Amount(None, "wrong_unit", WRITTEN[YUAN])
    return Amount(decimal_text((number * factor).quantize(Decimal(1))))


def _ratio(number: Decimal, said: str, own: bool) -> Amount:
    if said and said not in PERCENT:
        return Amount(None, "wrong_unit", WRITTEN[RATIO])
    percent = bool(said) or (not own and abs(number) > 1)
    value = number / 100 if percent else number
    if abs(value) > 1:
        return Amount(None, "share_range")
    return Amount(decimal_text(value), "read_as_percent" if percent and not said else None)
