"""Why a firm's verdict is what it is: criterion by criterion, with value, threshold, period, and how far short. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from tiers.rules.editions import (
    AllOf,
    AnyOf,
    BestOf,
    Cases,
    Criterion,
    Gathered,
    Holds,
    Honoured,
    Item,
    Located,
    Measured,
    Rungs,
    Scored,
    Steps,
    Trade,
    parts_of,
)
from tiers.rules.evaluation import Evaluation, asked
from tiers.rules.library import Composed
from tiers.rules.metrics import METRICS, RESTS_ON, Metric
from tiers.rules.quantities import decimal, plain
from tiers.rules.verdicts import MANUAL, NAMES, OUT, UNKNOWN, UNMET, Mask

#: (firm's code, fact, year or None) → {"record", "filing", "row"} of the statement that it comes from
Source = Callable[[str, str, int | None], dict[str, Any] | None]
#: Decimal places of a value that is next to its threshold.
FINE = 12


@dataclass(frozen=True)
class Asked:
    """One question: an edition as composed, put to all firms of an evaluation for one purpose."""

    evaluation: Evaluation
    composed: Composed
    purpose: str

    @property
    def edition(self) -> Any:
        return self.composed.edition

    # Whole answers -----------------------------------------------------------------------------------

    def document(self, at: int, source: Source | None = None, parts: bool = True) -> dict[str, Any]:
        """The answer about the firm at a place, as the command line's JSON has it. ``parts``: also what lies within
        all-of, any-of and cases; ``of`` names the criterion above."""
        edition, base = self.edition, self.composed.base
        gap = edition.status == "not_found"
        verdict, computed = self.evaluation.judge(edition, self.purpose)
        nodes = [] if gap else list(self.nodes() if parts else self.tops())
        criteria = [self.criterion(node, of, at, source) for node, of in nodes]
        return {
            "uscc": self.evaluation.facts.firms[at],
            "tier": base.tier,
            "level": base.level,
            "edition": None if gap else base.id,
            "overlays": [overlay.id for overlay in self.composed.overlays],
            "purpose": self.purpose,
            "verdict": NAMES[verdict[at]],
            "computed": NAMES[computed[at]],
            "score": self.score(at),
            "verified": self.verified,
            "criteria": criteria,
            "missing": ["no_edition"] if gap else self.missing(at),
            "not_modelled": list(edition.not_modelled),
            "findings": self.findings(at),
        }

    def tops(self) -> Iterator[tuple[Criterion, str | None]]:
        for criterion in self.edition.criteria:
            if asked(criterion, self.purpose):
                yield criterion, None

    def nodes(self) -> Iterator[tuple[Criterion, str | None]]:
        """Every criterion and part that this purpose asks, with the id of the one above it."""

        def under(criterion: Criterion, of: str | None) -> Iterator[tuple[Criterion, str | None]]:
            yield criterion, of
            for part in parts_of(criterion):
                if asked(part, self.purpose):
                    yield from under(part, criterion.id)

        for criterion, _none in self.tops():
            yield from under(criterion, None)

    @cached_property
    def scored(self) -> list[Scored]:
        """The criteria that ask for points, the table's total first."""
        return [c for c, _of in self.nodes() if isinstance(c, Scored)] if self.edition.tables else []

    @cached_property
    def verified(self) -> bool:
        """Whether every document, criterion and line asked was read in the official text."""
        trusts = [self.composed.base.provenance, *(o.provenance for o in self.composed.overlays)]
        trusts += [criterion.provenance for criterion, _of in self.nodes()]
        if self.scored:
            trusts += [item.provenance for t in self.edition.tables for c in t.classes for item in c.items]
        return set(trusts) == {"official"}

    def verdict_of(self, criterion: Criterion, at: int) -> int:
        return int(self.evaluation.verdicts(criterion, self.edition, self.purpose)[at])

    # One criterion -----------------------------------------------------------------------------------

    def criterion(
        self, criterion: Criterion, of: str | None, at: int, source: Source | None = None
    ) -> dict[str, Any]:
        verdict = self.verdict_of(criterion, at)
        answer: dict[str, Any] = {
            "id": criterion.id, "clause": criterion.clause or None, "verdict": NAMES[verdict], "value": None, "threshold": None,
            "unit": None, "period": None, "short_by": None, "source": None, "of": of, "op": None,
            "asks": asks(criterion), "zh": criterion.zh or None, "en": criterion.en or None,
            "provenance": criterion.provenance,
        }  # fmt: skip
        if isinstance(criterion, Measured):
            self._measured(criterion, verdict, at, source, answer)
        elif isinstance(criterion, Scored):
            found = self.evaluation.points(self.edition, criterion.table, self.purpose)
            low, high = Fraction(float(found.low[at])), Fraction(float(found.high[at]))
            answer |= {
                "value": plain(low, "points") if low == high else f"{decimal(low)}–{decimal(high)}",
                "threshold": plain(criterion.threshold, "points"), "unit": "points", "op": criterion.op,
            }  # fmt: skip
            if verdict == UNMET:
                answer["short_by"] = plain(criterion.threshold - high, "points")
        elif isinstance(criterion, Holds):
            held = {
                f"{t}:{lv}"
                for (t, lv), who in self.evaluation.facts.titles.items()
                if who[at] and t in criterion.tiers
            }
            answer |= {
                "value": ", ".join(sorted(held)) or None,
                "threshold": ", ".join(criterion.tiers),
                "unit": "title",
            }
            answer["period"] = self.evaluation.facts.day.isoformat()
        elif isinstance(criterion, Honoured):
            answer |= {"threshold": ", ".join(criterion.honours), "unit": "honour"}
        return answer

    def _measured(
        self, criterion: Measured, verdict: int, at: int, source: Source | None, answer: dict[str, Any]
    ) -> None:
        metric, facts = METRICS[criterion.metric], self.evaluation.facts
        found = self.value(criterion, at)
        answer |= {
            "value": plain(found, metric.unit), "threshold": plain(criterion.threshold, metric.unit), "unit": metric.unit,
            "op": criterion.op,
        }  # fmt: skip
        if found is not None and found != criterion.threshold and answer["value"] == answer["threshold"]:
            answer["value"] = decimal(found, FINE)  # beside the line, however near
        years = self.years(criterion)
        answer["period"] = (
            "–".join(dict.fromkeys((str(years[0]), str(years[-1])))) if years else facts.day.isoformat()
        )
        if verdict == UNMET and found is not None and metric.unit not in ("yes_no", "institution"):
            gap = abs(criterion.threshold - found)
            answer["short_by"] = plain(gap, metric.unit) if decimal(gap) != "0" else decimal(gap, FINE)
        if source:
            uscc = facts.firms[at]
            seen: list[dict[str, Any]] = []
            for fact in metric.facts:
                for year in years or (None,):
                    if (one := source(uscc, fact, year)) and one not in seen:
                        seen.append(one)
            answer["source"] = seen or None

    def years(self, criterion: Measured) -> list[int]:
        """The years that a criterion looks at, the earliest first; none for a fact of the day."""
        metric = METRICS[criterion.metric]
        if not metric.yearly:
            return []
        last = self.evaluation.facts.day.year - metric.first
        back = criterion.years - 1 + (1 if metric.growth or criterion.how == "compound" else 0)
        return list(range(last - back, last + 1))

    def value(self, criterion: Measured, at: int) -> Fraction | None:
        """The number compared: of several years the one that decides, the worst for each, the best for any."""
        metric = METRICS[criterion.metric]
        if criterion.how in ("each", "any"):
            of_years = [
                self.evaluation.measures.yearly(metric, back).value[at] for back in range(criterion.years)
            ]
            known = [value for value in of_years if not np.isnan(value)]
            if not known:
                return None
            worst = (criterion.op in ("at_least", "more_than", "is")) == (criterion.how == "each")
            return Fraction(repr(float(min(known) if worst else max(known))))
        found = self.evaluation.measures.over(metric, criterion.how, criterion.years)
        value = found.value[at]
        if np.isnan(value) and criterion.how == "sum" and found.low[at] > 0:
            value = found.low[at]  # what the known years give already
        return None if np.isnan(value) else Fraction(repr(float(value)))

    # The score, the missing, the odd -----------------------------------------------------------------

    def score(self, at: int) -> dict[str, Any] | None:
        """The first point table: what it can still give, and whether that passes where it is asked."""
        scored = self.scored
        if not scored:
            return None
        total = scored[0]
        found = self.evaluation.points(self.edition, total.table.partition(".")[0], self.purpose)
        verdicts = [self.verdict_of(c, at) for c in scored]
        worst = min(verdicts)
        return {
            "low": plain(float(found.low[at]), "points"), "high": plain(float(found.high[at]), "points"),
            "pass": None if worst in (UNKNOWN, MANUAL, OUT) else worst != UNMET,
        }  # fmt: skip

    @cached_property
    def waiting(self) -> Mapping[str, Mapping[str, Mask]]:
        """Criterion → missing fact (``fact`` or ``fact@year``) → the firms for which the criterion waits for it."""
        found: dict[str, dict[str, Mask]] = {}
        everyone = np.ones(self.evaluation.number, dtype=bool)
        for criterion, _of in self.tops():
            undecided = self.evaluation.verdicts(criterion, self.edition, self.purpose) == UNKNOWN
            facts = found.setdefault(criterion.id, {})
            for name, mask in self._wanting(criterion, everyone & undecided):
                facts[name] = facts[name] | mask if name in facts else mask
        return found

    @cached_property
    def wanted(self) -> Mapping[str, Mask]:
        """Missing fact → the firms for which any criterion waits for it, in the order in which they are asked."""
        found: dict[str, Mask] = {}
        for facts in self.waiting.values():
            for name, mask in facts.items():
                found[name] = found[name] | mask if name in found else mask
        return found

    def missing(self, at: int) -> list[str]:
        """Facts that undecided criteria wait for."""
        return [name for name, mask in self.wanted.items() if mask[at]]

    def _wanting(self, criterion: Criterion, active: Mask) -> Iterator[tuple[str, Mask]]:
        """The missing facts under a criterion that is not decided for ``active`` firms; always all of them, in the order
        of the text, so that an answer does not depend on who else is asked about."""
        if not asked(criterion, self.purpose):
            return
        verdicts = self.evaluation.verdicts(criterion, self.edition, self.purpose)
        active = active & ((verdicts == UNKNOWN) | (verdicts == MANUAL))
        if isinstance(criterion, Measured):
            years = self.years(criterion)
            # A compound rate looks at both ends of its span and at nothing between.
            ends = [years[0], years[-1]] if criterion.how == "compound" else years
            yield from self._absent(METRICS[criterion.metric], ends, active)
        elif isinstance(criterion, Cases):
            metric = METRICS[criterion.by]
            yield from self._absent(metric, [self.evaluation.facts.day.year - metric.first], active)
        elif isinstance(criterion, Scored):
            name, _dot, part = criterion.table.partition(".")
            for c in self.edition.table(name).classes:
                for item in c.items if part in ("", c.id) else ():
                    yield from self._wanting_line(item, active)
        elif isinstance(criterion, Located | Trade):
            yield ("city" if isinstance(criterion, Located) else "industry"), active
        for part_ in parts_of(criterion):
            yield from self._wanting(part_, active)

    def _wanting_line(self, item: Item, active: Mask) -> Iterator[tuple[str, Mask]]:
        active = active & self.evaluation.line(item, self.edition, self.purpose).open
        if isinstance(item, BestOf):
            for part in item.items:
                yield from self._wanting_line(part, active)
        elif isinstance(item, Steps):
            yield from self._absent(METRICS[item.metric], [], active)
        elif isinstance(item, Rungs | Gathered):
            for rung in item.rungs:
                if rung.condition is not None:
                    yield from self._wanting(rung.condition, active)

    def _absent(self, metric: Metric, years: list[int], active: Mask) -> Iterator[tuple[str, Mask]]:
        facts = self.evaluation.facts
        for name in metric.facts:
            if metric.yearly:
                for year in years:
                    yield f"{name}@{year}", active & np.isnan(facts.figure(name, year))
            else:
                unknown = active & np.isnan(facts.of_day(name))
                for part in RESTS_ON.get(name, (name,)):
                    yield self._behind(part, unknown)

    def _behind(self, part: str, unknown: Mask) -> tuple[str, Mask]:
        """A fact on record that a worked out one rests on."""
        facts = self.evaluation.facts
        fact, _at, back = part.partition("@")
        if back:
            year = facts.day.year - int(back)
            return f"{fact}@{year}", unknown & np.isnan(facts.figure(fact, year))
        if fact == "industry":
            return fact, unknown & np.equal(facts.industry, None)  # type: ignore[call-overload]
        return fact, unknown

    def findings(self, at: int) -> list[str]:
        """Facts that cannot be or hardly can: see ``oddities.py``."""
        return [code for code, mask in self.evaluation.odd.items() if mask[at]]


def asks(criterion: Criterion) -> str:
    """What kind of question a criterion is, in a word."""
    kinds = {Measured: "metric", AllOf: "all", AnyOf: "any", Cases: "cases", Holds: "title", Honoured: "honour",
             Located: "place", Trade: "industry", Scored: "score"}  # fmt: skip
    return kinds.get(type(criterion), "judgement")
