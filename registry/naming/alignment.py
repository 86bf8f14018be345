"""Two names in columns, so that one stands exactly above the other. Pure."""

from __future__ import annotations

from rapidfuzz.distance import Levenshtein

from registry.naming.difference import Kind, _pieces, _text

BLANK = "\u3000"
_KINDS: dict[str, Kind] = {"equal": "same", "delete": "extra", "insert": "missing", "replace": "changed"}


def aligned(given: str, name: str) -> list[tuple[str, str, Kind]]:
    """(text of ``given``, text of ``name``, kind), each pair padded to one width with wide blanks."""
    left, right = _pieces(given), _pieces(name)
    found: list[tuple[str, str, Kind]] = []
    for step in Levenshtein.opcodes([key for _, key in left], [key for _, key in right]):
        ours = _text(left[step.src_start : step.src_end])
        theirs = _text(right[step.dest_start : step.dest_end])
        width = max(len(ours), len(theirs))
        found.append((ours.ljust(width, BLANK), theirs.ljust(width, BLANK), _KINDS[step.tag]))
    return found
