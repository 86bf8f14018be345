"""Periods that a figure speaks of: a year, years, a quarter, a month, a day. Pure.

The text kept is one of ``2025``, ``2023-2025``, ``2025-Q4``, ``2025-12``, ``2025-12-31``. What runs from January is called
by the month that it runs to: the first half-year is ``2025-06``, the first three quarters are ``2025-09``. A second
half-year by itself is no period here, since half of those who write it mean the whole year.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

_NUMERALS = str.maketrans("一二三四", "1234")
_TO = r"[-—–－~～至到]"
_YEARS = re.compile(rf"(\d{{4}})年?{_TO}(\d{{4}})年?")
_YEAR = re.compile(r"(\d{4})(?:年度|年|全年|年全年)?")
_END = re.compile(r"(\d{4})年?(?:底|末)")
_QUARTER = re.compile(r"(\d{4})[-年/ ]?(?:Q|第)?([1-4])(?:季度|季)?", re.IGNORECASE)
_MONTH = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})月?|(\d{2}))份?")
_UP_TO = re.compile(
    rf"(\d{{4}})年?(?:0?1{_TO}(\d{{1,2}})月份?|前([1-4])个?季度|(上)半年|-?H(1))", re.IGNORECASE
)
_DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))")
_FIRST_YEAR, _LAST_YEAR = 1949, 2100


@lru_cache(maxsize=2_000)
def read_period(text: str) -> str | None:
    """The period that ``text`` names (half-width, as ``cells.plain`` gives it); None for what names none."""
    bare = re.sub(r"\s", "", text).translate(_NUMERALS)
    for pattern, make in ((_YEARS, _years), (_YEAR, _year), (_END, _end), (_UP_TO, _up_to), (_DAY, _day), (_MONTH, _month),
                          (_QUARTER, _quarter)):  # fmt: skip
        if match := pattern.fullmatch(bare):
            found = make(match)
            if found and _FIRST_YEAR <= int(found[:4]) <= _LAST_YEAR:
                return found
    return None


def _years(match: re.Match[str]) -> str | None:
    return f"{match[1]}-{match[2]}" if match[1] < match[2] else match[1] if match[1] == match[2] else None


def _year(match: re.Match[str]) -> str:
    return match[1]


def _end(match: re.Match[str]) -> str:
    return f"{match[1]}-12-31"


def _up_to(match: re.Match[str]) -> str | None:
    year, month, quarters, half, english = match.groups()
    last = int(month or 0) or 3 * int(quarters or 0) or (6 if half or english else 0)
    return f"{year}-{last:02d}" if 1 <= last <= 12 else None


def _day(match: re.Match[str]) -> str | None:
    try:
        return date(int(match[1]), int(match[2] or match[4]), int(match[3] or match[5])).isoformat()
    except ValueError:
        return None


def _month(match: re.Match[str]) -> str | None:
    month = int(match[2] or match[3])
    return f"{match[1]}-{month:02d}" if 1 <= month <= 12 else None


def _quarter(match: re.Match[str]) -> str:
    return f"{match[1]}-Q{match[2]}"


def first_day(period: str) -> date:
    """The first day of a period as ``read_period`` gives it."""
    if "Q" in period:
        return date(int(period[:4]), 3 * int(period[-1]) - 2, 1)
    parts = [int(part) for part in period.split("-")]
    if len(parts) == 2 and parts[1] > 12:  # years
        return date(parts[0], 1, 1)
    return date(parts[0], *[*parts[1:], 1, 1][:2])


def last_day(period: str) -> date:
    """The last day of a period: what it says holds on that day."""
    if "Q" in period:
        return _month_end(int(period[:4]), 3 * int(period[-1]))
    parts = [int(part) for part in period.split("-")]
    if len(parts) == 3:
        return date(*parts)
    if len(parts) == 2:
        return _month_end(*parts) if parts[1] <= 12 else date(parts[1], 12, 31)
    return date(parts[0], 12, 31)


def _month_end(year: int, month: int) -> date:
    return (date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
