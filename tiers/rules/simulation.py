"""The register under another edition, or under one with edited thresholds: who gains, who loses. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from tiers.rules.editions import Criterion, Edition, Measured, Scored, parts_of
from tiers.rules.evaluation import Evaluation
from tiers.rules.library import Composed
from tiers.rules.metrics import METRICS
from tiers.rules.quantities import read_amount
from tiers.rules.verdicts import MET, UNKNOWN, UNMET, Mask, same


@dataclass(frozen=True)
class Change:
    """Firms by what the other rules would change for them. ``undecided``: one of the two answers waits for facts."""

    gain: Mask
    lose: Mask
    undecided: Mask


def compare(evaluation: Evaluation, now: Composed | None, then: Composed, purpose: str) -> Change:
    """By what data can decide. Gains are firms that fail now and would pass; losses pass now and would fail. Where no rule
    applies now, nobody passes."""
    before = evaluation.judge(now.edition, purpose)[1] if now else same(UNMET, evaluation.number)
    after = evaluation.judge(then.edition, purpose)[1]
    return Change(
        (before == UNMET) & (after == MET),
        (before == MET) & (after == UNMET),
        ((before == UNKNOWN) | (after == UNKNOWN)) & (before != after),
    )


def edited(edition: Edition, changes: Mapping[str, str]) -> Edition:
    """The edition with other thresholds: criterion id → amount with its unit. Raises ValueError for an id that has no
    threshold, or an amount of another unit."""
    known = {c.id: c for top in edition.criteria for c in _all(top) if isinstance(c, Measured | Scored)}
    for id, text in changes.items():
        criterion = known.get(id)
        if criterion is None:
            raise ValueError(f"{edition.id} has no threshold called {id!r}; it has {', '.join(known)}")
        unit = METRICS[criterion.metric].unit if isinstance(criterion, Measured) else "points"
        try:
            amount = read_amount(text, unit)
        except ValueError as error:
            raise ValueError(f"{id}: {error}") from error
        edition = _swapped(edition, criterion, replace(criterion, threshold=amount))
    return edition


def _all(criterion: Criterion) -> list[Criterion]:
    return [criterion, *(inner for part in parts_of(criterion) for inner in _all(part))]


def _swapped(node: Any, old: Criterion, new: Criterion) -> Any:
    """The same frozen tree with one criterion in another's place."""
    if node is old:
        return new
    if isinstance(node, tuple):
        return tuple(_swapped(part, old, new) for part in node)
    if is_dataclass(node) and not isinstance(node, type):
        changed = {
            f.name: made
            for f in fields(node)
            if isinstance(value := getattr(node, f.name), tuple) or is_dataclass(value)
            if (made := _swapped(value, old, new)) is not value
        }
        return replace(node, **changed) if changed else node
    return node
