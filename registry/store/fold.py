"""The fold: from the statements about one key to what held when. Pure.

Field by field, of the statements with ``valid_from <= D`` the latest ``valid_from`` speaks; among equals the one
filed last. So applying statements in the order (valid_from, filing, row) and letting later ones
overwrite is the fold, and each distinct ``valid_from`` opens a new span.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from registry.store.clock import FOREVER_TEXT


class Stated(NamedTuple):
    """One statement as the fold sees it. Tuple order is fold order; ``valid_from`` is ISO text."""

    valid_from: str
    filing: int
    row: int
    payload: dict[str, Any]


class Span(NamedTuple):
    """What held on the days ``from_day <= D < to_day``, and the statement that spoke last."""

    from_day: str
    to_day: str
    fields: dict[str, Any]
    filing: int
    row: int


class Spoken(NamedTuple):
    """A field's value on a day and the statement that it comes from."""

    value: Any
    valid_from: str
    filing: int
    row: int


def in_order(statements: Iterable[Stated]) -> list[Stated]:
    return sorted(statements, key=lambda s: s[:3])


def fold(statements: Sequence[Stated]) -> list[Span]:
    """Spans without gaps from the first ``valid_from`` on. ``statements`` must be in order."""
    if len(statements) == 1:  # most keys, always
        only = statements[0]
        return [Span(only.valid_from, FOREVER_TEXT, only.payload, only.filing, only.row)]
    spans: list[Span] = []
    state: dict[str, Any] = {}
    filing = row = 0
    last = len(statements) - 1
    for index, (valid_from, filing_, row_, payload) in enumerate(statements):
        state.update(payload)
        # The newest filing among those that speak names the record's source.
        if filing_ >= filing:
            filing, row = filing_, row_
        if index < last and statements[index + 1].valid_from == valid_from:
            continue
        to_day = statements[index + 1].valid_from if index < last else FOREVER_TEXT
        spans.append(Span(valid_from, to_day, dict(state), filing, row))
    return _joined(spans)


def _joined(spans: list[Span]) -> list[Span]:
    """Neighbouring spans that say the same are one: a confirmation is not a new version."""
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].fields == span.fields:
            joined[-1] = joined[-1]._replace(to_day=span.to_day, filing=span.filing, row=span.row)
        else:
            joined.append(span)
    return joined


def speaking(statements: Sequence[Stated], day: str) -> dict[str, Spoken]:
    """Each field's value on ``day`` with its source; fields set to "no value" are kept with None."""
    spoken: dict[str, Spoken] = {}
    for valid_from, filing, row, payload in statements:
        if valid_from > day:
            break
        for name, value in payload.items():
            spoken[name] = Spoken(value, valid_from, filing, row)
    return spoken
