"""Answers about every firm at once: the same documents as ``Asked.document`` without the parts of criteria, column by column.
Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tiers.rules.editions import Criterion, Measured, Scored
from tiers.rules.explain import Asked
from tiers.rules.metrics import METRICS
from tiers.rules.verdicts import NAMES, Mask

BATCH = 5_000


def answers(asked: Asked) -> Iterator[dict[str, Any]]:
    """One document for each firm, in the order of the firms."""
    edition, evaluation = asked.edition, asked.evaluation
    if edition.status == "not_found" or evaluation.number == 0:
        yield from (asked.document(at, parts=False) for at in range(evaluation.number))
        return
    verdict, computed = evaluation.judge(edition, asked.purpose)
    shape = {
        k: v
        for k, v in asked.document(0, parts=False).items()
        if k not in ("uscc", "verdict", "computed", "score")
    }
    tops = [criterion for criterion, _of in asked.tops()]
    for start in range(0, evaluation.number, BATCH):
        batch = range(start, min(start + BATCH, evaluation.number))
        columns = [_column(asked, criterion, batch) for criterion in tops]
        missing = _listed(asked.wanted, batch)
        findings = _listed(evaluation.odd, batch)
        scores = _scores(asked, batch)
        for n, at in enumerate(batch):
            yield {
                "uscc": evaluation.facts.firms[at], **shape, "verdict": NAMES[verdict[at]], "computed": NAMES[computed[at]],
                "score": scores[n], "criteria": [column[n] for column in columns], "missing": missing[n],
                "findings": findings[n],
            }  # fmt: skip


def _scores(asked: Asked, batch: range) -> list[dict[str, Any] | None]:
    """The score of each firm; few differ, so each distinct one is made once."""
    scored = asked.scored
    if not scored:
        return [None] * len(batch)
    found = asked.evaluation.points(asked.edition, scored[0].table.partition(".")[0], asked.purpose)
    sides = [side[batch.start : batch.stop].tolist() for side in (found.low, found.high)]
    verdicts = [
        asked.evaluation.verdicts(c, asked.edition, asked.purpose)[batch.start : batch.stop].tolist()
        for c in scored
    ]
    made: dict[Any, dict[str, Any] | None] = {}
    keys = list(zip(*sides, *verdicts, strict=True))
    for at, key in zip(batch, keys, strict=True):
        if key not in made:
            made[key] = asked.score(at)
    return [made[key] for key in keys]


def _column(asked: Asked, criterion: Criterion, batch: range) -> list[dict[str, Any]]:
    """One criterion's answers. What has no value of its own repeats itself, so each distinct answer is made once."""
    verdicts = asked.evaluation.verdicts(criterion, asked.edition, asked.purpose)[batch.start : batch.stop]
    key: Sequence[Any] = verdicts.tolist()
    if isinstance(criterion, Measured):
        key = list(zip(key, _values(asked, criterion, batch), strict=True))
    elif isinstance(criterion, Scored):
        found = asked.evaluation.points(asked.edition, criterion.table, asked.purpose)
        sides = (found.low[batch.start : batch.stop].tolist(), found.high[batch.start : batch.stop].tolist())
        key = list(zip(key, *sides, strict=True))
    elif asked.evaluation.facts.titles and hasattr(criterion, "tiers"):
        held = [who[batch.start : batch.stop].tolist() for who in asked.evaluation.facts.titles.values()]
        key = list(zip(key, *held, strict=True))
    made: dict[Any, dict[str, Any]] = {}
    for at, one in zip(batch, key, strict=True):
        if one not in made:
            made[one] = asked.criterion(criterion, None, at)
    return [made[one] for one in key]


def _values(asked: Asked, criterion: Measured, batch: range) -> list[Any]:
    """The number compared, None where it is unknown (NaN is not equal to itself)."""
    metric, evaluation = METRICS[criterion.metric], asked.evaluation
    if criterion.how in ("each", "any"):
        years = np.array(
            [
                evaluation.measures.yearly(metric, back).value[batch.start : batch.stop]
                for back in range(criterion.years)
            ]
        )
        rows = [tuple(row) for row in np.where(np.isnan(years), -np.inf, years).T.tolist()]
        return list(rows)
    found = evaluation.measures.over(metric, criterion.how, criterion.years)
    value = found.value[batch.start : batch.stop]
    if criterion.how == "sum":
        value = np.where(np.isnan(value), found.low[batch.start : batch.stop], value)
    return [None if number != number else number for number in value.tolist()]


def _listed(masks: Any, batch: range) -> list[list[str]]:
    """Names whose mask is true, for each firm."""
    found: list[list[str]] = [[] for _ in batch]
    for name, mask in masks.items():
        here: Mask = mask[batch.start : batch.stop]
        for n in np.flatnonzero(here).tolist():
            found[n].append(name)
    return found
