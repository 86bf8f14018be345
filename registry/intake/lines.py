"""Characters of a page, by where they stand, become lines and the pieces that wide blanks keep apart. Pure.

Lengths are points from the top left of the page.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

#: A blank of so many character heights parts two pieces; a smaller one stands between words or is none.
APART, BLANK = 0.7, 0.17
_RADICALS = "\u2e80", "\u2fdf"


class Char(NamedTuple):
    text: str
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True)
class Page:
    """One page as the program that opens PDFs gives it (pages_of_pdf). ``rules`` are boxes of straight lines."""

    number: int
    width: float
    height: float
    chars: Sequence[Char]
    rules: Sequence[tuple[float, float, float, float]] = ()
    images: int = 0


@dataclass(frozen=True)
class Piece:
    """A run of characters of one line without a wide blank in it."""

    text: str
    x0: float
    x1: float


@dataclass(frozen=True)
class Line:
    pieces: tuple[Piece, ...]
    y0: float
    y1: float

    @property
    def text(self) -> str:
        return " ".join(piece.text for piece in self.pieces)

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2


def lines_of(chars: Iterable[Char], apart: float = APART) -> list[Line]:
    """Lines from top to bottom. Characters are of one line where their middles lie within half a height."""
    found: list[list[Char]] = []
    middle = 0.0
    for char in sorted(chars, key=lambda c: (c.y0 + c.y1, c.x0)):
        at, height = (char.y0 + char.y1) / 2, char.y1 - char.y0
        if found and abs(at - middle) <= 0.4 * max(height, 1.0):
            found[-1].append(char)
        else:
            found.append([char])
            middle = at
    return [_line(chars, apart) for chars in found]


def _line(chars: list[Char], apart: float) -> Line:
    chars.sort(key=lambda c: c.x0)
    height = median(c.y1 - c.y0 for c in chars) or 1.0
    pieces: list[Piece] = []
    text, start, end = "", chars[0].x0, chars[0].x0
    before: Char | None = None
    for char in chars:
        if before is not None and char.text == before.text and abs(char.x0 - before.x0) < 0.15 * height:
            continue  # printed twice to look bold
        gap = char.x0 - end
        if before is not None and gap > apart * height:
            pieces.append(Piece(text, start, end))
            text, start = "", char.x0
        elif before is not None and gap > BLANK * height and _word(before.text) and _word(char.text):
            text += " "
        text += plain(char.text)
        end = max(char.x1, end) if text else char.x1
        before = char
    pieces.append(Piece(text, start, end))
    return Line(tuple(pieces), min(c.y0 for c in chars), max(c.y1 for c in chars))


def _word(text: str) -> bool:
    return text.isascii() and (text.isalnum() or text in ",.;:)&")


def plain(text: str) -> str:
    """Characters of the Kangxi radicals, which some programs write for the ideographs, as the ideographs."""
    return unicodedata.normalize("NFKC", text) if _RADICALS[0] <= text <= _RADICALS[1] else text


def text_of(chars: Iterable[Char]) -> str:
    """The text of a cell, one line of text for each line in it."""
    return "\n".join("".join(piece.text for piece in line.pieces) for line in lines_of(chars, apart=1e9))
