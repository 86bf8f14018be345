"""Days as documents write them, in digits or in Chinese numerals. Pure."""

from __future__ import annotations

import re
from datetime import date

_YEAR, _SMALL = r"[〇○０零一二三四五六七八九]{4}", r"[〇○零一二三四五六七八九十]{1,3}"
#: A day within a text, for use in patterns; it holds no group.
DAY = (
    r"(?:(?:19|20)\d\d\s*(?:年|[-./])\s*\d{1,2}\s*(?:月|[-./])\s*\d{1,2}(?!\d)\s*(?:日|号)?"
    rf"|{_YEAR}\s*年\s*{_SMALL}\s*月\s*{_SMALL}\s*日)"
)
_DIGITS = {c: str(at) for at, c in enumerate("零一二三四五六七八九")} | {"〇": "0", "○": "0", "０": "0"}


def days_in(text: str) -> list[str]:
    """The days that a text names, as YYYY-MM-DD; what is no day of the calendar is left out."""
    found = []
    for match in re.finditer(DAY, text):
        year, month, day = (part for part in re.split(r"[年月日号\s./-]+", match[0]) if part)
        try:
            found.append(date(_number(year), _number(month), _number(day)).isoformat())
        except ValueError:
            continue
    return found


def _number(text: str) -> int:
    if text.isascii():
        return int(text)
    if "十" in text:
        tens, _ten, ones = text.partition("十")
        return 10 * int(_DIGITS.get(tens, "1")) + int(_DIGITS.get(ones, "0"))
    return int("".join(_DIGITS[c] for c in text))
