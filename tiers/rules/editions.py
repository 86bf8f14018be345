"""An edition of a rule: what it asks, of whom, since when, and where it is written. Plain frozen data.

A criterion is one node of a tree; its leaves measure, look at titles, honours, place or trade, or are left to people.
Three layers compose (``library.py``): the base measure, a province's rules over it, a year's notice over both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

Provenance = Literal["official", "secondary", "unverified"]
Operator = Literal["at_least", "more_than", "at_most", "less_than", "is"]
How = Literal["last", "each", "any", "sum", "mean", "pooled", "compound"]


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """What every criterion says of itself. ``purposes`` empty: for all that the edition serves."""

    id: str
    zh: str
    en: str
    clause: str
    provenance: Provenance
    purposes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Measured(Criterion):
    """A metric (``metrics.py``) against a threshold in its unit's base; ``years`` with ``how`` other than last."""

    metric: str
    op: Operator
    threshold: Fraction
    how: How = "last"
    years: int = 1


@dataclass(frozen=True, kw_only=True)
class AllOf(Criterion):
    parts: tuple[Criterion, ...]


@dataclass(frozen=True, kw_only=True)
class AnyOf(Criterion):
    """Alternatives, waivers among them."""

    parts: tuple[Criterion, ...]


@dataclass(frozen=True)
class Case:
    """``then`` holds from ``bound`` of the cases' metric on (``above``: only beyond it); the first has no bound."""

    bound: Fraction | None
    above: bool
    then: Criterion


@dataclass(frozen=True, kw_only=True)
class Cases(Criterion):
    """What is asked depends on a metric of the last year. Cases rise; each ends where the next begins."""

    by: str
    cases: tuple[Case, ...]


@dataclass(frozen=True, kw_only=True)
class Holds(Criterion):
    """A title in force, one of ``tiers``; ``level`` None: of any level. ``lacks``: none of them."""

    tiers: tuple[str, ...]
    level: str | None = None
    lacks: bool = False


@dataclass(frozen=True, kw_only=True)
class Honoured(Criterion):
    """An honour on record (``data/codes/honours``) granted in the last ``within`` years. ``lacks``: none is.

    Honours are events that the register keeps: where there is no record, there was none that we know of.
    """

    honours: tuple[str, ...]
    levels: tuple[str, ...] = ()
    rank_at_most: int | None = None
    within: int | None = None
    lacks: bool = False


@dataclass(frozen=True, kw_only=True)
class Located(Criterion):
    """Registered under one of these: leading digits of the city, or ids of districts and areas."""

    places: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Trade(Criterion):
    """Industry under one of these codes; ``outside``: under none."""

    industries: tuple[str, ...]
    outside: bool = False


@dataclass(frozen=True, kw_only=True)
class Judged(Criterion):
    """Only people can tell: experts, a platform, an inspection on the spot."""


@dataclass(frozen=True, kw_only=True)
class Scored(Criterion):
    """Points of a table, or of one of its classes (``table.class``), against a threshold."""

    table: str
    op: Operator
    threshold: Fraction


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of a point table. ``most``: its maximum."""

    id: str
    zh: str
    en: str
    most: Fraction
    provenance: Provenance


@dataclass(frozen=True)
class Rung:
    """``points`` if the condition holds and no better rung did; None holds always."""

    points: Fraction
    condition: Criterion | None


@dataclass(frozen=True, kw_only=True)
class Rungs(Item):
    """The first rung whose condition holds gives the points; they fall from the best to the last."""

    rungs: tuple[Rung, ...]


@dataclass(frozen=True, kw_only=True)
class Gathered(Item):
    """Points of all conditions that hold, up to the item's maximum."""

    rungs: tuple[Rung, ...]


@dataclass(frozen=True, kw_only=True)
class BestOf(Item):
    """The better of several lines."""

    items: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True)
class Steps(Item):
    """``points`` for every full ``every`` of a metric, up to the item's maximum."""

    metric: str
    every: Fraction
    points: Fraction


@dataclass(frozen=True, kw_only=True)
class JudgedItem(Item):
    """Anything from nothing to the maximum, as people judge."""


@dataclass(frozen=True)
class PointClass:
    id: str
    zh: str
    en: str
    most: Fraction
    items: tuple[Item, ...]


@dataclass(frozen=True)
class PointTable:
    id: str
    zh: str
    en: str
    most: Fraction
    classes: tuple[PointClass, ...]


@dataclass(frozen=True)
class SizeGroup:
    """One group of industries of a size standard. ``limits``: fact → lower limits of large, medium and small."""

    id: str
    zh: str
    en: str
    industries: tuple[str, ...]
    limits: Mapping[str, tuple[Fraction, Fraction, Fraction]]
    provenance: Provenance


@dataclass(frozen=True)
class Edition:
    """One dated text. ``until`` is its last day, inclusive. ``layer``: base, province or notice.

    status: in_force; not_found (a gap in what is known of the law: ``looked_for`` says what was looked for);
    template (never applied by itself). runs_on (notices): purpose → the base edition of that round.
    suspends: criterion id → purposes; replaces: item id → the lines that stand in its place.
    """

    id: str
    tier: str
    level: str
    zh: str
    en: str
    document: str
    issuer: str
    jurisdiction: str
    purposes: tuple[str, ...]
    starts: date
    until: date | None
    layer: Literal["base", "province", "notice"]
    status: Literal["in_force", "not_found", "template"]
    provenance: Provenance
    checked_on: date
    supersedes: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    runs_on: Mapping[str, str] = field(default_factory=dict)
    criteria: tuple[Criterion, ...] = ()
    tables: tuple[PointTable, ...] = ()
    groups: tuple[SizeGroup, ...] = ()
    suspends: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    replaces: Mapping[str, tuple[Item, ...]] = field(default_factory=dict)
    not_modelled: tuple[str, ...] = ()
    looked_for: str = ""
    notes: tuple[str, ...] = ()
    file: str = ""

    def in_force(self, day: date) -> bool:
        return self.starts <= day and (self.until is None or day <= self.until)

    def table(self, id: str) -> PointTable:
        return next(table for table in self.tables if table.id == id)


def left_to_people(criterion: Criterion, tables: tuple[PointTable, ...]) -> bool:
    """Whether the text itself leaves the criterion, or something under it, to people's judgement."""
    if isinstance(criterion, Judged) or any(left_to_people(part, tables) for part in parts_of(criterion)):
        return True
    if not isinstance(criterion, Scored):
        return False
    name, _dot, part = criterion.table.partition(".")
    classes = [c for table in tables if table.id == name for c in table.classes if part in ("", c.id)]
    return any(_item_left(item, tables) for c in classes for item in c.items)


def _item_left(item: Item, tables: tuple[PointTable, ...]) -> bool:
    if isinstance(item, BestOf):
        return any(_item_left(part, tables) for part in item.items)
    if isinstance(item, Rungs | Gathered):
        return any(
            rung.condition is not None and left_to_people(rung.condition, tables) for rung in item.rungs
        )
    return isinstance(item, JudgedItem)


def parts_of(criterion: Criterion) -> tuple[Criterion, ...]:
    """The criteria directly under one."""
    if isinstance(criterion, AllOf | AnyOf):
        return criterion.parts
    if isinstance(criterion, Cases):
        return tuple(case.then for case in criterion.cases)
    return ()
