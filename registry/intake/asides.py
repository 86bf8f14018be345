"""Rows of a list that speak of no firm: totals between and below the firms, remarks and signatures at the foot. Pure.

The words are data (data/codes/asides). In doubt a row is a row of data: it then waits or is refused with its reason,
which is seen, while a firm that was left out is missed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any

from registry import codes
from registry.intake.sheets import is_empty
from registry.naming.codes import looks_like_code

#: Longer cells are no totals; remarks may be of any length.
_TOTAL_LENGTH = 24


def aside(cells: Sequence[Any]) -> str | None:
    """The first filled cell of a row that is a total or a footnote; None for a row of data."""
    first = next((cell for cell in cells if not is_empty(cell)), None)
    if not isinstance(first, str) or not _may_begin(first):
        return None
    filled = [_folded(cell) for cell in cells if not is_empty(cell)]
    total, footnote, firm = _patterns()
    if any(looks_like_code(cell) for cell in filled) or any(firm.search(cell) for cell in filled[1:]):
        return None
    if len(filled[0]) <= _TOTAL_LENGTH and total.fullmatch(re.sub(r"\s", "", filled[0])):
        return first
    if footnote.match(filled[0]) and (len(filled) <= 2 or all(map(footnote.match, filled))):
        return first
    return None


def _folded(cell: Any) -> str:
    return unicodedata.normalize("NFKC", str(cell)).strip()


def _may_begin(text: str) -> bool:
    """Nearly no cell holds any of the words: the cheap question comes first, as lists are long."""
    return _hints().search(text) is not None


@cache
def _hints() -> re.Pattern[str]:
    """One character of each word, whatever blanks stand between: 合 计."""
    words = [row["word"] for row in codes.load("codes/asides").rows if row["kind"] != "firm"]
    return re.compile("|".join(r"\s*".join(map(re.escape, word.strip("()"))) for word in words))


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Totals, footnotes (remarks and footers), and names of firms, over folded text."""
    words: dict[str, list[str]] = {}
    for row in codes.load("codes/asides").rows:
        words.setdefault(row["kind"], []).append(r"\s*".join(map(re.escape, row["word"])))
    of = {kind: "|".join(sorted(forms, key=len, reverse=True)) for kind, forms in words.items()}
    total = re.compile(
        rf"\(?.{{0,6}}(?:{of['total']})\)?[:(]?[\d,.]*(?:家|户|个|项|条|人|名|件|万元|亿元|元)?\)?"
    )
    footnote = re.compile(
        rf"\*?(?:(?:{of['remark']})\s*\d*\s*(?:[:]|(?<=\d)[.、]|$)|(?:{of['footer']})(?:[:(]|$|\s(?!.*(?:{of['firm']})$)))"
    )
    return total, footnote, re.compile(rf"(?:{of['firm']})$")
