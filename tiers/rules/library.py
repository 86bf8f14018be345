"""All editions together: loaded once, checked against each other, chosen by tier, level, purpose and day, composed.

The selector (``choose``) answers (tier, level, purpose, day): a notice may send its round to an older base; a gap in
what is known of the law answers with an edition of status ``not_found``, which no firm can be judged by.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path

from registry.codes import DATA
from tiers.rules.editions import Edition, Item, PointClass, PointTable
from tiers.rules.reader import read_edition
from tiers.rules.spots import RuleError

FOLDER = DATA / "rules"


@dataclass(frozen=True)
class Composed:
    """The base that applies, with what stands over it, made one. ``edition.status`` not_found: nothing can be judged."""

    edition: Edition
    base: Edition
    overlays: tuple[Edition, ...]


class Library:
    """Editions by id, in the order of their files. Raises RuleError where they contradict each other."""

    def __init__(self, editions: Iterable[Edition]) -> None:
        self.editions: dict[str, Edition] = {}
        for edition in editions:
            if edition.id in self.editions:
                raise RuleError(f"{edition.file}:1: id: {edition.id} stands in two files")
            self.editions[edition.id] = edition
        self._check_references()
        self._check_times()

    def _check_references(self) -> None:
        for edition in self.editions.values():
            for key in ("supersedes", "over", "runs_on"):
                named = getattr(edition, key)
                for id in named.values() if key == "runs_on" else named:
                    self._check_reference(edition, key, id)
            if edition.over:
                self._check_changes(edition, [self.editions[id] for id in edition.over])

    def _check_reference(self, edition: Edition, key: str, id: str) -> None:
        if id not in self.editions:
            raise _wrong(edition, key, f"names {id}, of which there is no file")
        other = self.editions[id]
        if id == edition.id or (other.tier, other.level) != (edition.tier, edition.level):
            raise _wrong(edition, key, f"{id} is no other rule of {edition.tier} ({edition.level})")
        if key != "supersedes" and other.layer != "base":
            raise _wrong(edition, key, f"{id} is no base")

    def _check_changes(self, edition: Edition, bases: Sequence[Edition]) -> None:
        """What an overlay suspends or replaces is there; what it adds bears no id of the base; lines are worth the item."""
        asked = {criterion.id for base in bases for criterion in base.criteria}
        items = [
            {item.id: item.most for table in base.tables for part in table.classes for item in part.items}
            for base in bases
        ]
        known = {name for found in items for name in found}
        names = " and ".join(base.id for base in bases)
        for key, wanted, there in (
            ("suspends", edition.suspends, asked),
            ("replaces", edition.replaces, known),
        ):
            if missing := [name for name in wanted if name not in there]:
                raise _wrong(edition, key, f"{names}: has no {missing[0]!r} to change")
        if twice := [criterion.id for criterion in edition.criteria if criterion.id in asked]:
            raise _wrong(edition, "criteria", f"{names}: has the id {twice[0]!r} already")
        for most in items:
            for name, lines in edition.replaces.items():
                if name in most and sum(line.most for line in lines) != most[name]:
                    raise _wrong(edition, "replaces", f"{name}: the lines do not add up to {most[name]}")

    def _check_times(self) -> None:
        """Bases of one (tier, level, jurisdiction, purpose) neither overlap nor leave a hole that no file declares."""
        groups: dict[tuple[str, str, str, str], list[Edition]] = {}
        for edition in self.editions.values():
            if edition.layer == "base" and edition.status != "template":
                for purpose in edition.purposes:
                    key = (edition.tier, edition.level, edition.jurisdiction, purpose)
                    groups.setdefault(key, []).append(edition)
        for (tier, level, _place, purpose), group in groups.items():
            for before, after in pairwise(sorted(group, key=lambda edition: edition.starts)):
                if before.until is None or before.until >= after.starts:
                    raise RuleError(
                        f"{after.file}:1: in_force: {after.id} and {before.id} overlap for {tier} ({level}, {purpose}) on "
                        f"{after.starts}; let the older one end on {after.starts - timedelta(days=1)}"
                    )
                if before.until + timedelta(days=1) < after.starts:
                    raise RuleError(
                        f"{after.file}:1: in_force: nothing stands for {tier} ({level}, {purpose}) between {before.until} and "
                        f"{after.starts}; if the law of that time is not known, declare it in a file of status not_found"
                    )

        self._check_ends(groups)
        self._check_rounds()

    def _check_ends(self, groups: dict[tuple[str, str, str, str], list[Edition]]) -> None:
        """What ends is followed by something, of whatever place, were it a declared gap."""
        for (tier, level, _place, purpose), group in groups.items():
            last = max(group, key=lambda edition: edition.starts)
            if last.until is None:
                continue
            follows = last.until + timedelta(days=1)
            others = (
                e
                for (t, lv, _p, use), g in groups.items()
                if (t, lv, use) == (tier, level, purpose)
                for e in g
            )
            if not any(e.in_force(follows) for e in others):
                raise _wrong(
                    last,
                    "in_force",
                    f"nothing stands for {tier} ({level}, {purpose}) from {follows} on; if what follows is not known, "
                    "declare it in a file of status not_found",
                )

    def _check_rounds(self) -> None:
        """No two notices of one day send the same purpose somewhere."""
        rounds = [e for e in self.editions.values() if e.runs_on and e.status != "template"]
        for one, other in combinations(rounds, 2):
            same = (one.tier, one.level) == (
                other.tier,
                other.level,
            ) and one.runs_on.keys() & other.runs_on.keys()
            if same and (one.in_force(other.starts) or other.in_force(one.starts)):
                raise _wrong(
                    other, "in_force", f"{other.id} and {one.id} overlap; each says what its round runs on"
                )

    def tiers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(edition.tier for edition in self.editions.values()))

    def choose(
        self, tier: str, level: str, purpose: str, day: date, city: str | None = None
    ) -> Composed | None:
        """What applies to an application of that day from a firm of that city (six digits; None: of any); None where no
        file speaks of it at all."""
        standing = [
            e
            for e in self.editions.values()
            if (e.tier, e.level) == (tier, level) and e.in_force(day) and _reaches(e.jurisdiction, city)
        ]
        over = [e for e in standing if e.layer != "base" and e.status != "template" and purpose in e.purposes]
        sent = [e.runs_on[purpose] for e in over if purpose in e.runs_on]
        bases = [
            e for e in standing if e.layer == "base" and e.status != "template" and purpose in e.purposes
        ]
        if sent:
            base = self.editions[sent[-1]]
        elif bases:
            base = max(bases, key=_narrowness)
        else:
            return None
        return self.compose(base, [e for e in over if base.id in e.over])

    def compose(self, base: Edition, overlays: Sequence[Edition]) -> Composed:
        """The base with its overlays worked in: province before notice."""
        made = base
        ordered = sorted(overlays, key=lambda e: (e.layer == "notice", e.starts))
        for overlay in ordered:
            off = overlay.suspends
            criteria = tuple(
                replace(c, purposes=tuple(p for p in (c.purposes or made.purposes) if p not in off[c.id])) if c.id in off else c
                for c in made.criteria
            )  # fmt: skip
            made = replace(
                made,
                criteria=tuple(c for c in criteria if c.purposes or c.id not in off) + overlay.criteria,
                tables=tuple(_replaced(table, overlay) for table in made.tables) + overlay.tables,
                not_modelled=made.not_modelled + overlay.not_modelled,
            )
        return Composed(made, base, tuple(ordered))

    def standing(self, base: Edition, purpose: str, day: date) -> Composed:
        """A base, also one that does not apply on the day, with what stands over it for this purpose and day."""
        over = [
            e
            for e in self.editions.values()
            if e.layer != "base"
            and e.status != "template"
            and base.id in e.over
            and purpose in e.purposes
            and e.in_force(day)
        ]
        return self.compose(base, over)

    def by_id(self, id: str, overlays: bool = True) -> Composed | None:
        """One base edition with the overlays that stand over it on its last day, or as it is."""
        edition = self.editions.get(id)
        if edition is None:
            return None
        over = [
            e
            for e in self.editions.values()
            if overlays and e.layer == "province" and e.status != "template" and id in e.over
        ]
        return self.compose(edition, over)


def _wrong(edition: Edition, key: str, what: str) -> RuleError:
    return RuleError(f"{edition.file}:1: {key}: {what}")


def _reaches(jurisdiction: str, city: str | None) -> bool:
    """Whether rules of a place speak of a city's firms: the country's, its province's, its own, those of its areas."""
    if city is None or not jurisdiction.isdigit():
        return True
    digits = 2 if jurisdiction.endswith("0000") else 4
    return jurisdiction[:digits] == city[:digits]


def _narrowness(edition: Edition) -> int:
    """Where two places have a base of their own, the narrower one speaks: CN, a province, a city, an area."""
    place = edition.jurisdiction
    return 0 if place == "CN" else len(place.rstrip("0")) if place.isdigit() else 7


def _replaced(table: PointTable, overlay: Edition) -> PointTable:
    def lines(item: Item) -> tuple[Item, ...]:
        return overlay.replaces.get(item.id, (item,))

    return replace(
        table,
        classes=tuple(
            PointClass(c.id, c.zh, c.en, c.most, tuple(line for item in c.items for line in lines(item)))
            for c in table.classes
        ),
    )


def load(folder: Path = FOLDER) -> Library:
    """Read every rule file of a folder. Raises RuleError with file and place."""
    return Library(read_edition(path) for path in sorted(folder.glob("*.yaml")))


@cache
def library() -> Library:
    """The project's own editions, read once."""
    return load()
