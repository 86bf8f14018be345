"""Two names laid over each other, character by character, so that a reader sees at once where they differ.

Compared is what ``normal_form`` compares; shown is what was typed: brackets of another shape, blanks and full-width
forms are no difference.
"""

from __future__ import annotations

from typing import Literal

from rapidfuzz.distance import Levenshtein

from registry.naming.normal import normal_form

#: ``extra``: only the given name has it; ``missing``: only the other name has it; ``changed``: both, differently.
Kind = Literal["same", "changed", "missing", "extra"]
Marks = list[tuple[str, Kind]]


def marks(given: str, name: str) -> tuple[Marks, Marks]:
    """Both names in runs of (text, kind); the texts of a side joined give the name as it was typed.

    The side of ``given`` has same, changed and extra runs, that of ``name`` same, changed and missing ones.
    """
    if normal_form(given) == normal_form(name):
        return _runs([(given, "same")]), _runs([(name, "same")])
    left, right = _pieces(given), _pieces(name)
    ours: Marks = []
    theirs: Marks = []
    steps = Levenshtein.opcodes([key for _, key in left], [key for _, key in right])
    for step in steps:
        tag, a, b, c, d = step.tag, step.src_start, step.src_end, step.dest_start, step.dest_end
        kind: Kind = "same" if tag == "equal" else "changed"
        ours.append((_text(left[a:b]), "extra" if tag == "delete" else kind))
        theirs.append((_text(right[c:d]), "missing" if tag == "insert" else kind))
    return _runs(ours), _runs(theirs)


def _pieces(text: str) -> list[tuple[str, str]]:
    """What is typed beside what is compared; what is not compared (a blank) goes with the character before it."""
    found: list[tuple[str, str]] = []
    ahead = ""
    for character in text:
        key = normal_form(character)
        if key:
            found.append((ahead + character, key))
            ahead = ""
        elif found:
            found[-1] = (found[-1][0] + character, found[-1][1])
        else:
            ahead += character
    return found or ([(ahead, "")] if ahead else [])


def _text(pieces: list[tuple[str, str]]) -> str:
    return "".join(typed for typed, _ in pieces)


def _runs(marked: Marks) -> Marks:
    """Neighbours of one kind joined, empty ones left out."""
    runs: Marks = []
    for text, kind in marked:
        if runs and runs[-1][1] == kind:
            runs[-1] = (runs[-1][0] + text, kind)
        elif text:
            runs.append((text, kind))
    return runs
