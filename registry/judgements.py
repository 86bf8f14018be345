"""What people judged: that a name on a list means a firm, or that it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from registry.store.engine import Write

Verdict = Literal["same", "different", "unsure"]


@dataclass(frozen=True)
class Judged:
    """A judgement to be recorded. ``place``: the district and area as the list gives them, see ``place_of``."""

    given_name: str
    place: str
    uscc: str
    verdict: Verdict
    filing_id: int | None = None


def place_of(*typed: str | None) -> str:
    """The place of a list's row as one text: district and area, whichever are given."""
    return "/".join(part for part in typed if part)


def record(_unit: Write, _judged: Sequence[Judged]) -> None:
    """Write judgements in a running unit of work."""
