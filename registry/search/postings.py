"""Which firms' texts hold a gram: numbers packed into bytes, put together, laid over each other. Pure.

A *token* is a gram of a name, a gram of a product, or the first letters of what is typed for a name. The firms of a
token stand by blocks of 65,536 numbers: as a list of two-byte offsets where they are few, as one bit for each number
where they are many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.uint32]
Offsets: TypeAlias = npt.NDArray[np.uint16]
Pairs: TypeAlias = npt.NDArray[np.uint64]

BLOCK_BITS = 16
BITMAP = (1 << BLOCK_BITS) // 8  # bytes; a list of offsets as long is written as bits
#: Blocks of one token: room for 268 million numbers.
PLACE_BITS = 12
NAME, PRODUCT, SOUND = 0, 1, 2
_CODE_BITS = 21  # of a character
_LINE = 10
#: So many first letters of a sound are tokens; of longer ones the longest, and the text decides.
FIRST_LETTERS = (1, 2, 3, 4, 6)
#: A long text is looked for by so many of its grams.
MOST_GRAMS = 8


def _token(kind: int, value: int) -> int:
    return kind << (2 * _CODE_BITS) | value


def _of_letters(letters: str) -> int:
    value = 0
    for letter in letters:
        value = value * 27 + ord(letter) - 96
    return value


def text_tokens(kind: int, text: str) -> list[int]:
    """The tokens that a text of two or more characters is looked for by."""
    grams = list(dict.fromkeys(pairwise(text)))
    if len(grams) > MOST_GRAMS:  # spread over the text: its head is mostly a region, its tail a legal form
        grams = [grams[at * (len(grams) - 1) // (MOST_GRAMS - 1)] for at in range(MOST_GRAMS)]
    return [_token(kind, ord(a) << _CODE_BITS | ord(b)) for a, b in grams]


def sound_tokens(letters: str) -> list[int]:
    """The token that small Latin letters are looked for by."""
    longest = max(n for n in FIRST_LETTERS if n <= len(letters))
    return [_token(SOUND, _of_letters(letters[:longest]))]


def place(token: int, block: int) -> int:
    return token << PLACE_BITS | block


def text_pairs(kind: int, texts: Sequence[str], offsets: Offsets) -> Pairs:
    """(token, offset) of every gram of every text, packed into one number each; lines of a text do not touch."""
    joined = "\n".join([*texts, ""])
    characters = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    if len(characters) < 2:
        return np.empty(0, np.uint64)
    owners = np.repeat(offsets, [len(text) + 1 for text in texts]).astype(np.uint64)
    first, second = characters[:-1], characters[1:]
    inside = (first != _LINE) & (second != _LINE)
    tokens = np.uint64(_token(kind, 0)) | first[inside] << np.uint64(_CODE_BITS) | second[inside]
    pairs: Pairs = tokens << np.uint64(BLOCK_BITS) | owners[:-1][inside]
    return pairs


def sound_pairs(texts: Sequence[str], offsets: Offsets) -> Pairs:
    """(token, offset) of the first letters of every line of every text."""
    longest = FIRST_LETTERS[-1]
    lines = [
        (line[:longest], offset) for text, offset in zip(texts, offsets, strict=True) for line in text.split()
    ]
    if not lines:
        return np.empty(0, np.uint64)
    heads = "".join([head.ljust(longest, "`") for head, _offset in lines]).encode("ascii")
    letters = np.frombuffer(heads, np.uint8).reshape(-1, longest).astype(np.int64) - 96
    owners = np.array([offset for _head, offset in lines], np.uint64)
    found = []
    value = np.zeros(len(lines), np.int64)
    good = np.ones(len(lines), bool)  # until a digit, or the end
    for at in range(longest):
        good = good & (letters[:, at] > 0) & (letters[:, at] <= 26)
        value = value * 27 + letters[:, at]
        if at + 1 in FIRST_LETTERS:
            tokens = np.uint64(_token(SOUND, 0)) | value[good].astype(np.uint64)
            found.append(tokens << np.uint64(BLOCK_BITS) | owners[good])
    return np.concatenate(found)


def _once(ordered: Any) -> Any:
    """``np.unique`` of what is in order; it would hash, which takes ten times as long."""
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))] if len(ordered) else ordered


def merged(*parts: Any) -> Any:
    """Arrays of numbers in order put together, in order, each once."""
    parts = tuple(part for part in parts if len(part)) or parts
    if len(parts) == 1:
        return parts[0]
    return _once(
        np.sort(np.concatenate(parts), kind="stable")
    )  # stable: runs that are in order are only merged


def grouped(pairs: Iterable[Pairs]) -> Iterator[tuple[int, Offsets]]:
    """Token → its offsets in order, each once; tokens in order."""
    together = _once(np.sort(np.concatenate(list(pairs))))
    if not len(together):
        return
    tokens = together >> np.uint64(BLOCK_BITS)
    offsets = (together & np.uint64((1 << BLOCK_BITS) - 1)).astype(np.uint16)
    ends = [*np.flatnonzero(np.diff(tokens)).tolist(), len(tokens) - 1]
    start = 0
    for token, end in zip(tokens[ends].tolist(), ends, strict=True):
        yield token, offsets[start : end + 1]
        start = end + 1


def packed(offsets: Offsets) -> bytes:
    """Offsets in order, each once, as bytes."""
    if 2 * len(offsets) < BITMAP:
        return offsets.astype("<u2").tobytes()
    marks = np.zeros(1 << BLOCK_BITS, np.uint8)
    marks[offsets] = 1
    return np.packbits(marks, bitorder="little").tobytes()


def unpacked(firms: bytes) -> Offsets:
    if len(firms) < BITMAP:
        return np.frombuffer(firms, "<u2").astype(np.uint16)
    marks = np.unpackbits(np.frombuffer(firms, np.uint8), bitorder="little")
    return np.flatnonzero(marks.view(np.bool_)).astype(np.uint16)


def joined(firms: bytes, offsets: Offsets) -> bytes:
    """With further offsets."""
    return packed(merged(unpacked(firms), offsets))


def _in_all(parts: Sequence[bytes]) -> Offsets:
    """Offsets that stand in all of some parts of one block."""
    lists = sorted((part for part in parts if len(part) < BITMAP), key=len)
    bits = [np.frombuffer(part, np.uint8) for part in parts if len(part) == BITMAP]
    together = np.bitwise_and.reduce(bits) if bits else None
    if not lists:
        assert together is not None
        return unpacked(together.tobytes())
    offsets = unpacked(lists[0])
    for part in lists[1:]:
        offsets = np.intersect1d(offsets, unpacked(part), assume_unique=True)
    if together is not None:
        marks = together[offsets >> 3] >> (offsets & 7).astype(np.uint8)
        offsets = offsets[(marks & 1).astype(bool)]
    return offsets


def holding(tokens: Sequence[int], held: Mapping[int, bytes], blocks: int) -> Numbers:
    """The numbers of the firms that hold all ``tokens``, in order; of no tokens, none. ``held``: place → firms."""
    found: list[Any] = []
    for block in range(blocks if tokens else 0):
        parts = [held.get(place(token, block), b"") for token in tokens]
        if not all(parts):
            continue
        found.append(_in_all(parts).astype(np.uint32) + np.uint32(block << BLOCK_BITS))
    return np.concatenate(found) if found else np.empty(0, np.uint32)
