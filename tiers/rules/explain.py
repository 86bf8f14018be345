"""Why a firm's verdict is what it is: criterion by criterion, with value, threshold, period, and how far short. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
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
    JudgedItem,
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
from tiers.rules.metrics import METRICS, Metric
from tiers.rules.quantities import decimal, plain
from tiers.rules.verdicts import MANUAL, NAMES, OUT, UNKNOWN, UNMET

#: (firm's code, fact, year or None) → {"record", "filing", "row"} of the statement that it comes from
Source = Callable[[str, str, int | None], dict[str, Any] | None]


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
            "verified": base.provenance == "official"
            and all(o.provenance == "official" for o in self.composed.overlays),
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
                "value": decimal(low) if low == high else f"{decimal(low)}–{decimal(high)}",
                "threshold": decimal(criterion.threshold), "unit": "points", "op": criterion.op,
            }  # fmt: skip
            if verdict == UNMET:
                answer["short_by"] = decimal(criterion.threshold - high)
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
        years = self.years(criterion)
        answer["period"] = (
            "–".join(dict.fromkeys((str(years[0]), str(years[-1])))) if years else facts.day.isoformat()
        )
        if verdict == UNMET and found is not None and metric.unit not in ("yes_no", "institution"):
            answer["short_by"] = plain(abs(criterion.threshold - found), metric.unit)
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
            of_years = [self.evaluation.yearly(metric, back).value[at] for back in range(criterion.years)]
            known = [value for value in of_years if not np.isnan(value)]
            if not known:
                return None
            worst = (criterion.op in ("at_least", "more_than", "is")) == (criterion.how == "each")
            return Fraction(repr(float(min(known) if worst else max(known))))
        value = self.evaluation.measure(metric, criterion.how, criterion.years).value[at]
        return None if np.isnan(value) else Fraction(repr(float(value)))

    # The score, the missing, the odd -----------------------------------------------------------------

    def score(self, at: int) -> dict[str, Any] | None:
        """The first point table: what it can still give, and whether that passes where it is asked."""
        scored = [c for c, _of in self.nodes() if isinstance(c, Scored)] if self.edition.tables else []
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

    def missing(self, at: int) -> list[str]:
        """Facts that undecided criteria wait for, as ``fact`` or ``fact@year``, in the order in which they are asked."""
        found: dict[str, None] = {}
        for criterion, _of in self.tops():
            if self.verdict_of(criterion, at) == UNKNOWN:
                found.update(dict.fromkeys(self.wanting(criterion, at)))
        return list(found)

    def wanting(self, criterion: Criterion, at: int) -> list[str]:
        """The missing facts under one criterion that is not decided."""
        if not asked(criterion, self.purpose) or self.verdict_of(criterion, at) not in (UNKNOWN, MANUAL):
            return []
        if isinstance(criterion, Measured):
            return self._absent(METRICS[criterion.metric], self.years(criterion), at)
        if isinstance(criterion, Cases):
            metric = METRICS[criterion.by]
            own = self._absent(metric, [self.evaluation.facts.day.year - metric.first], at)
            return own + [name for case in criterion.cases for name in self.wanting(case.then, at)]
        if isinstance(criterion, Scored):
            name, _dot, part = criterion.table.partition(".")
            classes = [c for c in self.edition.table(name).classes if part in ("", c.id)]
            return [fact for c in classes for item in c.items for fact in self._wanting_item(item, at)]
        if isinstance(criterion, Located):
            return ["city"]
        if isinstance(criterion, Trade):
            return ["industry"]
        return [name for part in parts_of(criterion) for name in self.wanting(part, at)]

    def _wanting_item(self, item: Item, at: int) -> list[str]:
        line = self.evaluation.line(item, self.edition, self.purpose)
        if not line.open[at]:
            return []
        if isinstance(item, BestOf):
            return [name for part in item.items for name in self._wanting_item(part, at)]
        if isinstance(item, Steps):
            return self._absent(METRICS[item.metric], [], at)
        if isinstance(item, JudgedItem):
            return []
        assert isinstance(item, Rungs | Gathered)
        return [name for rung in item.rungs if rung.condition for name in self.wanting(rung.condition, at)]

    def _absent(self, metric: Metric, years: list[int], at: int) -> list[str]:
        facts = self.evaluation.facts
        if metric.yearly:
            return [
                f"{name}@{year}"
                for name in metric.facts
                for year in years
                if np.isnan(facts.figure(name, year)[at])
            ]
        return [name for name in metric.facts if np.isnan(facts.of_day(name)[at])]

    def findings(self, at: int) -> list[str]:
        """Facts that cannot be or hardly can: see ``oddities.py``."""
        return [code for code, mask in self.evaluation.odd.items() if mask[at]]


def asks(criterion: Criterion) -> str:
    """What kind of question a criterion is, in a word."""
    kinds = {Measured: "metric", AllOf: "all", AnyOf: "any", Cases: "cases", Holds: "title", Honoured: "honour",
             Located: "place", Trade: "industry", Scored: "score"}  # fmt: skip
    return kinds.get(type(criterion), "judgement")
