"""Reads the tables ``tests/rules/*.yaml`` and puts each of their rows to the rules.

A file has ``edition``, ``tier``, ``level``, ``day``, perhaps ``purpose`` and ``apply`` (these editions exactly: templates,
and texts read without what stands over them), a ``base`` firm, and ``rows``. A row is either
``{given: {…}, then: {target: answer}}`` or a scale ``{of: field, judges: target, at: {amount: answer}, given: {…}}``; both
may have ``day``, ``purpose``, ``apply`` of their own and ``why``. A target is a criterion's id, ``结论``, ``数据结论`` (by
data alone), ``得分 total``, ``得分 total.class``, ``得分 item``, ``版本`` (which editions apply), ``缺`` (missing facts)
or ``提示`` (findings).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.rules.firms import facts_of
from tiers.rules.editions import BestOf, Item
from tiers.rules.evaluation import Evaluation, Points
from tiers.rules.explain import Asked
from tiers.rules.library import Composed, library
from tiers.rules.quantities import decimal
from tiers.rules.verdicts import NAMES

FOLDER = Path(__file__).parent
ANSWERS = {
    "符合": "met",
    "不符合": "unmet",
    "数据不足": "unknown",
    "需人工判定": "manual_review",
    "不适用": "not_applicable",
}


@dataclass(frozen=True)
class Row:
    """One firm under one question, and what the law answers."""

    file: str
    name: str
    firm: Mapping[str, Any]
    day: date
    purpose: str
    tier: str
    level: str
    apply: tuple[str, ...]
    then: Mapping[str, str]

    def composed(self) -> Composed | None:
        rules = library()
        if not self.apply:
            return rules.choose(self.tier, self.level, self.purpose, self.day)
        base, *over = (rules.editions[id] for id in self.apply)
        return rules.compose(base, over)

    def asked(self) -> Asked:
        composed = self.composed()
        assert composed is not None, "no edition applies"
        return Asked(Evaluation(facts_of([self.firm], self.day)), composed, self.purpose)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Everything stays text, so that ``10%`` and ``2026-04-01`` are read by those who know what they mean."""


_Loader.yaml_implicit_resolvers = {}


def files() -> list[Path]:
    return sorted(FOLDER.glob("*.yaml"))


@cache
def rows() -> tuple[Row, ...]:
    return tuple(row for path in files() if path.stem != "sizes" for row in _rows(path))


def read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)


def _rows(path: Path) -> Iterator[Row]:
    whole = read(path)
    bases = {"": whole["base"], **whole.get("bases", {})}

    def one(row: Any, firm: Any, then: Any, name: str) -> Row:
        of = {**whole, **row}
        return Row(
            path.stem, name, {**whole["base"], **bases[row.get("base", "")], **firm},
            date.fromisoformat(of["day"]), of.get("purpose", "new"), whole["tier"], whole["level"],
            tuple(of.get("apply") or ()), then,
        )  # fmt: skip

    for row in whole["rows"]:
        given = row.get("given", {})
        why = f"{row['why']}: " if "why" in row else ""
        if "at" in row:
            for amount, answer in row["at"].items():
                name = f"{why}{row['of']}={amount} → {row['judges']}"
                yield one(row, {**given, row["of"]: amount}, {row["judges"]: answer}, name)
        else:
            said = "、".join(f"{key}={value}" for key, value in given.items()) or row.get("day", "base")
            yield one(row, given, row["then"], f"{why}{said} → {'、'.join(row['then'])}")


def answer(asked: Asked, target: str) -> str:
    """What the rules say to one target, in the words of the tables."""
    evaluation, edition, purpose = asked.evaluation, asked.edition, asked.purpose
    if target == "结论":
        return NAMES[evaluation.judge(edition, purpose)[0][0]]
    if target == "数据结论":
        return NAMES[evaluation.judge(edition, purpose)[1][0]]
    if target == "版本":
        return " + ".join(e.id for e in (asked.composed.base, *asked.composed.overlays))
    if target == "缺":
        return " ".join(asked.document(0)["missing"]) or "-"
    if target == "提示":
        return " ".join(asked.findings(0)) or "-"
    if target.startswith("得分 "):
        return _points(_scored(asked, target.removeprefix("得分 ")))
    node = next((c for c, _of in asked.nodes() if c.id == target), None)
    return NAMES[asked.verdict_of(node, 0)] if node else "not asked"


def _scored(asked: Asked, name: str) -> Points:
    evaluation, edition, purpose = asked.evaluation, asked.edition, asked.purpose
    for table in edition.tables:
        if name in (table.id, *(f"{table.id}.{part.id}" for part in table.classes)):
            return evaluation.points(edition, name, purpose)
        for part in table.classes:
            for item in lines(part.items):
                if item.id == name:
                    return evaluation.line(item, edition, purpose)
    raise AssertionError(f"no line of points is called {name!r}")


def lines(items: tuple[Item, ...]) -> Iterator[Item]:
    """Lines of points with those within a best-of."""
    for item in items:
        yield item
        if isinstance(item, BestOf):
            yield from lines(item.items)


def _points(found: Points) -> str:
    low, high = (decimal_of(side[0]) for side in (found.low, found.high))
    return low if low == high else f"{low}–{high}"


def decimal_of(number: float) -> str:
    return decimal(Fraction(float(number)))


def expected(text: str) -> str:
    return ANSWERS.get(text, text)
