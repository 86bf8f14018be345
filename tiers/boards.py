"""Boards of exchanges, and what a bare 主板 means: the main board of the exchange that stands behind the code. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from registry import codes, words

#: How a main board is written without its exchange.
MAIN = ("主板", "主板市场", "A股主板", "main board")
_CODE = re.compile(r"\d+\s*[.．]\s*([A-Z]{1,2})")


@cache
def _main_boards() -> dict[str, str]:
    """Suffix of a code → the main board of that exchange."""
    rows = codes.load("codes/boards").rows
    return {
        suffix: row["id"] for row in rows if row["main"] == "yes" for suffix in codes.several(row["suffix"])
    }


@cache
def is_vague(typed: str) -> bool:
    return words.fold(typed) in map(words.fold, MAIN)


def main_board(code: str) -> str | None:
    """The main board of the exchange that a code names (``603221.SH``); None where it names none."""
    found = _CODE.fullmatch(unicodedata.normalize("NFKC", code).strip().upper())
    return _main_boards().get(found[1]) if found else None
