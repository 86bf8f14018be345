"""Editions of the rules shaped for reading: over time, one laid out, two side by side. In the language of the request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from registry import words
from registry.shell.charts import Span, Strip, strip
from registry.shell.languages import language
from tiers import wording
from tiers.answers import fact_name, purpose_name
from tiers.names import full_name, short_name
from tiers.rules.editions import Cases, Criterion, Edition, Item, parts_of
from tiers.rules.layout import LIMITED, SIZES
from tiers.rules.library import Library


@dataclass(frozen=True)
class Line:
    """A requirement, or a line of a point table: ``says`` in signs and numbers, ``bands`` (condition, points)."""

    id: str
    number: str
    depth: int
    text: str
    says: str = ""
    clause: str = ""
    case: str = ""
    purposes: tuple[str, ...] = ()
    provenance: str = ""
    most: str = ""
    bands: Sequence[tuple[str, str]] = ()
    joins: bool = False  # only gathers parts, so its numbers stand in its text

    @property
    def whole(self) -> str:
        """All that it asks, to be compared; wording and numbers."""
        bands = "; ".join(f"{condition}: {points}" for condition, points in self.bands)
        return " ".join(filter(None, (self.case, self.text, self.says, self.most, bands)))

    @property
    def numbers(self) -> str:
        """What it asks in numbers alone."""
        return f"{self.text if self.joins or not self.says else self.says} {self.most} {self.bands}"


@dataclass(frozen=True)
class Pair:
    """One requirement in two editions. ``mark``: same worded changed added dropped."""

    a: Line | None
    b: Line | None

    @property
    def mark(self) -> str:
        if self.a is None or self.b is None:
            return "added" if self.a is None else "dropped"
        if self.a.whole == self.b.whole:
            return "same"
        return "worded" if self.a.numbers == self.b.numbers else "changed"

    @property
    def depth(self) -> int:
        line = self.a or self.b
        return line.depth if line else 0


# Over time ---------------------------------------------------------------------------------------------


def in_order(rules: Library) -> list[Edition]:
    """All editions, by the order of the ladder, then the newest first; what stands over a base after it."""
    order = {id: at for at, id in enumerate(words.vocabulary("tier"))}
    return sorted(
        rules.editions.values(),
        key=lambda e: (
            order.get(e.tier, 99),
            e.tier,
            e.level,
            e.layer != "base",
            -e.starts.toordinal(),
            e.id,
        ),
    )


def group_name(edition: Edition) -> str:
    """A tier with its level where it has several; what is no tier by its own word."""
    if edition.tier in words.vocabulary("tier"):
        return full_name(edition.tier, edition.level)
    return wording.subject(edition.tier, language())


def row_name(edition: Edition) -> str:
    """The same in few words."""
    if edition.tier in words.vocabulary("tier"):
        return f"{short_name(edition.tier)} {words.label('level', edition.level, language())}"
    return wording.subject(edition.tier, language())


def timeline(rules: Library, today: date) -> Strip | None:
    """A row of bars for each tier and level; what overlaps (a review's own rule, what stands over a base) has its own row."""
    rows: list[tuple[str, list[Span]]] = []
    last: dict[str, Edition] = {}
    for edition in sorted(in_order(rules), key=lambda e: (row_name(e), e.starts)):
        if edition.status == "template":
            continue
        name = row_name(edition)
        if edition.layer != "base":
            name += " +"
        elif name in last and (last[name].until is None or last[name].until >= edition.starts):  # type: ignore[operator]
            name += f" · {'/'.join(map(purpose_name, edition.purposes))}"
        last[name] = edition
        row = next((spans for held, spans in rows if held == name), None)
        if row is None:
            rows.append((name, row := []))
        row.append(_span(edition, today))
    order = {row_name(edition): at for at, edition in reversed(list(enumerate(in_order(rules))))}
    rows.sort(key=lambda row: (min(at for name, at in order.items() if row[0].startswith(name)), row[0]))
    return strip(rows, today)


def _span(edition: Edition, today: date) -> Span:
    ends = edition.until.isoformat() if edition.until else ""
    tone = "gap" if edition.status == "not_found" else "now" if edition.in_force(today) else "past"
    if edition.starts > today and tone != "gap":
        tone = "next"
    said = f"{edition.document} {edition.starts.isoformat()} – {ends}"
    return Span(edition.starts, edition.until, said, tone)


# One edition -------------------------------------------------------------------------------------------


def requirements(edition: Edition) -> list[Line]:
    """Criteria with their parts, numbered: 1, 1.1, 1.2, 2 …"""
    return [
        line for at, c in enumerate(edition.criteria, start=1) for line in _criterion(edition, c, str(at))
    ]


def _criterion(edition: Edition, criterion: Criterion, number: str, case: str = "") -> Iterator[Line]:
    spoken = language()
    text, says = (told(criterion, spoken, edition.tables) for told in (wording.heading, wording.says))
    yield Line(
        criterion.id,
        number,
        number.count("."),
        text,
        "" if says == text else says,
        criterion.clause,
        case,
        criterion.purposes,
        criterion.provenance,
        joins=bool(parts_of(criterion)),
    )
    cases = wording.case_names(criterion, spoken) if isinstance(criterion, Cases) else {}
    for at, part in enumerate(parts_of(criterion), start=1):
        yield from _criterion(edition, part, f"{number}.{at}", cases.get(part.id, ""))


def points(edition: Edition) -> list[tuple[Line, list[Line]]]:
    """Each point table with its classes and lines."""
    spoken, found = language(), []
    for table in edition.tables:
        lines = []
        for part in table.classes:
            most = wording.amount(part.most, "points", spoken)
            lines.append(Line(f"{table.id}.{part.id}", "", 0, wording.name(part, spoken), most=most))
            lines += [line for item in part.items for line in item_lines(item, 1)]
        most = wording.amount(table.most, "points", spoken)
        found.append((Line(table.id, "", 0, wording.name(table, spoken), most=most), lines))
    return found


def item_lines(item: Item, depth: int) -> Iterator[Line]:
    """A line of a point table; beneath it those of which the best counts."""
    spoken = language()
    most = wording.amount(item.most, "points", spoken)
    yield Line(
        item.id, "", depth, wording.name(item, spoken), provenance=item.provenance, most=most,
        bands=wording.bands(item, spoken),
    )  # fmt: skip
    for line in wording.lines(item):
        yield from item_lines(line, depth + 1)


# Two editions ------------------------------------------------------------------------------------------


def side_by_side(a: Edition, b: Edition) -> tuple[list[Pair], list[Pair]]:
    """(requirements, lines of point tables) by their ids; those that only the second has after those before them."""
    return (
        _paired(requirements(a), requirements(b)),
        _paired(*([line for table, lines in points(one) for line in (table, *lines)] for one in (a, b))),
    )


def _paired(left: Sequence[Line], right: Sequence[Line]) -> list[Pair]:
    ours, theirs = ({line.id: line for line in side} for side in (left, right))
    order = list(ours)
    at = 0
    for id in theirs:
        if id in ours:
            at = order.index(id) + 1
        else:
            order.insert(at, id)
            at += 1
    return [Pair(ours.get(id), theirs.get(id)) for id in order]


def sizes(edition: Edition) -> list[tuple[str, str, list[list[str]], str]]:
    """Each group of a size standard: its name, its codes, the limits of large, medium and small by fact, its provenance."""
    spoken = language()
    return [
        (
            wording.name(group, spoken),
            " ".join(group.industries),
            [
                [
                    f"{fact_name(fact)} ≥ {wording.amount(limit[at], LIMITED[fact][1], spoken)}"
                    for fact, limit in group.limits.items()
                ]
                for at in range(len(SIZES))
            ],
            group.provenance,
        )
        for group in edition.groups
    ]
