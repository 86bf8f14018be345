"""What the text around a list says about the list. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import NamedTuple


class Guess(NamedTuple):
    """A value as a form would take it (an id, a day as YYYY-MM-DD, text), and the text that it rests on."""

    value: str
    text: str


@dataclass(frozen=True)
class Guesses:
    """What a list says about itself; None where nothing is said plainly enough.

    ``publicity``: the list is a publicity list (公示), so its rows are applications at that stage and no titles; its value
    is the stage. ``firms``: how many firms the text claims. All others bear the ids of the fields that they fill;
    ``issued_on`` is the day under the signature, which for a publicity list is given as ``stage_on`` too.
    """

    publicity: Guess | None = None
    tier: Guess | None = None
    level: Guess | None = None
    kind: Guess | None = None
    batch: Guess | None = None
    document: Guess | None = None
    issuer: Guess | None = None
    issued_on: Guess | None = None
    valid_from: Guess | None = None
    valid_to: Guess | None = None
    basis: Guess | None = None
    purpose: Guess | None = None
    round: Guess | None = None
    stage: Guess | None = None
    stage_on: Guess | None = None
    firms: Guess | None = None

    def given(self) -> Mapping[str, Guess]:
        """The guesses that there are, by field id."""
        return {one.name: guess for one in fields(self) if (guess := getattr(self, one.name)) is not None}


def read(
    name: str, around: Sequence[str], rows: Sequence[Sequence[object]], today: date | None = None
) -> Guesses:
    """What a file's name, the lines around its lists and the rows above a header say. ``rows`` are the best grid's."""
    return Guesses()
