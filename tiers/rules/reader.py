"""One rule file becomes an edition, or is refused with file, line and what was expected. The shape of the files stands
in ``data/rules/README.md``."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

from registry import words
from tiers.rules.editions import (
    AllOf,
    AnyOf,
    BestOf,
    Case,
    Cases,
    Criterion,
    Edition,
    Gathered,
    Holds,
    Honoured,
    Item,
    Judged,
    JudgedItem,
    Located,
    Measured,
    Operator,
    PointClass,
    PointTable,
    Provenance,
    Rung,
    Rungs,
    Scored,
    SizeGroup,
    Steps,
    Trade,
)
from tiers.rules.metrics import METRICS, YEARLY_SPANS, Metric
from tiers.rules.quantities import read_amount
from tiers.rules.spots import RuleError, Spot, read_spots

PURPOSES = ("new", "review", "statistics")
OPERATORS = get_args(Operator)
PROVENANCES = get_args(Provenance)
#: Tiers that are no titles but have rules of their own.
BESIDE = ("above_scale", "doubling", "size")


def read_edition(path: Path) -> Edition:
    """The edition of one file. Raises RuleError."""
    top = read_spots(path)
    status = top.need("status").one_of("in_force", "not_found", "template")
    trust: Any = top.need("provenance").one_of(*PROVENANCES)
    gap = status == "not_found"
    found: dict[str, Any] = {
        "id": top.need("id").text(),
        "tier": _known(top.need("tier"), "tier", BESIDE),
        "level": _known(top.need("level"), "level"),
        "zh": top.need("zh").text(),
        "en": top.need("en").text(),
        "document": top.need("document").text(),
        "issuer": top.need("issuer").text(),
        "jurisdiction": top.need("jurisdiction").text(),
        "purposes": tuple(part.one_of(*PURPOSES) for part in top.need("purposes").each()),
        "layer": top.need("layer").one_of("base", "province", "notice"),
        "status": status,
        "provenance": trust,
        "checked_on": top.need("checked_on").day(),
        "file": path.name,
    }
    if found["id"] != path.stem:
        raise top.need("id").wrong(f"the file is called {path.name}; an edition's file bears its id")
    force = top.need("in_force")
    found["starts"] = force.need("from").day()
    until = force.take("until")
    found["until"] = until.day() if until else None
    if until and found["until"] < found["starts"]:
        raise until.wrong("ends before it begins")
    force.done()
    for key in ("supersedes", "over", "notes", "not_modelled"):
        spot = top.take(key)
        found[key] = spot.texts() if spot else ()
    looked = top.take("looked_for")
    if gap != (looked is not None):
        raise (looked or top).wrong(
            "looked_for: what was looked for belongs to status not_found, and only there"
        )
    found["looked_for"] = looked.text() if looked else ""
    if (found["layer"] == "base") == bool(found["over"]):
        raise top.wrong(
            "over: the rules that it stands over belong to layers province and notice, and only there"
        )
    runs = top.take("runs_on")
    found["runs_on"] = {purpose: spot.text() for purpose, spot in runs.pairs()} if runs else {}
    reader = _Reader(trust)
    found["tables"] = reader.tables(top.take("tables"))
    groups = top.take("groups")
    found["groups"] = tuple(reader.size_group(id, part) for id, part in groups.pairs()) if groups else ()
    criteria = top.take("criteria")
    if criteria is None and groups is None and not gap and found["layer"] == "base":
        raise top.wrong("lacks 'criteria'")
    found["criteria"] = tuple(reader.criterion(spot, "") for spot in criteria.each()) if criteria else ()
    found["suspends"], found["replaces"] = reader.changes(top.take("suspends"), top.take("replaces"))
    top.done()
    _unique(found["criteria"], path)
    reader.check_scores(found["tables"])
    return Edition(**found)


def _known(spot: Spot, vocabulary: str, more: tuple[str, ...] = ()) -> str:
    return spot.one_of(*words.vocabulary(vocabulary), *more)


def _unique(criteria: tuple[Criterion, ...], path: Path) -> None:
    seen: set[str] = set()
    for criterion in criteria:
        if criterion.id in seen:
            raise RuleError(f"{path.name}:1: criteria: the id {criterion.id!r} stands twice")
        seen.add(criterion.id)


class _Reader:
    """Reads criteria and point tables; ``trust`` is the file's provenance, which a value may override."""

    def __init__(self, trust: Provenance) -> None:
        self.trust = trust
        self.scored: list[tuple[Spot, str]] = []

    # Criteria ----------------------------------------------------------------------------------------

    def criterion(self, spot: Spot, over: str, order: int = 0) -> Criterion:
        """A criterion under the one called ``over``; without an id of its own it is numbered."""
        given = spot.take("id")
        if not over and given is None:
            raise spot.wrong("a criterion wants an 'id'")
        id = given.text() if given else str(order)
        said: dict[str, Any] = {"id": f"{over}.{id}" if over else id}
        for key in ("zh", "en", "clause"):
            part = spot.take(key)
            if part is None and not over:
                raise spot.wrong(f"lacks {key!r}")
            said[key] = part.text() if part else ""
        trust = spot.take("provenance")
        said["provenance"] = trust.one_of(*PROVENANCES) if trust else self.trust
        purposes = spot.take("purposes")
        said["purposes"] = tuple(p.one_of(*PURPOSES) for p in purposes.each()) if purposes else ()
        kinds = {
            "metric": self._measured, "all": self._all, "any": self._any, "cases": self._cases, "holds": self._holds,
            "lacks": self._holds, "honour": self._honoured, "no_honour": self._honoured, "located": self._located,
            "industry": self._trade, "industry_outside": self._trade, "judged": self._judged, "score": self._scored,
        }  # fmt: skip
        # Under a metric, any is a span of years.
        named = [kind for kind in kinds if spot.has(kind) and not (kind == "any" and spot.has("metric"))]
        if len(named) != 1:
            raise spot.wrong(f"wants exactly one of {', '.join(kinds)}; has {', '.join(named) or 'none'}")
        made = kinds[named[0]](spot, named[0], said)
        spot.done()
        return made

    def _parts(self, spot: Spot, over: str) -> tuple[Criterion, ...]:
        parts = tuple(self.criterion(part, over, n) for n, part in enumerate(spot.each(), start=1))
        if not parts:
            raise spot.wrong("is empty")
        if len({part.id for part in parts}) < len(parts):
            raise spot.wrong("two parts bear one id")
        return parts

    def _all(self, spot: Spot, kind: str, said: dict[str, Any]) -> Criterion:
        return AllOf(**said, parts=self._parts(spot.need(kind), said["id"]))

    def _any(self, spot: Spot, kind: str, said: dict[str, Any]) -> Criterion:
        return AnyOf(**said, parts=self._parts(spot.need(kind), said["id"]))

    def _metric(self, spot: Spot) -> Metric:
        name = spot.text()
        if name not in METRICS:
            raise spot.wrong(f"there is no metric {name!r}; metrics are listed by: cli.py rules metrics")
        return METRICS[name]

    def _measured(self, spot: Spot, kind: str, said: dict[str, Any]) -> Criterion:
        metric = self._metric(spot.need(kind))
        op, threshold = self._threshold(spot, metric.unit)
        how, years = "last", 1
        for span in YEARLY_SPANS:
            part = spot.take(span)
            if part is None:
                continue
            if how != "last":
                raise part.wrong("only one of " + ", ".join(YEARLY_SPANS))
            if not metric.yearly:
                raise part.wrong(f"{metric.id} is a fact of the day, not of years")
            if (span == "pooled") != (metric.under is not None) and span in ("pooled", "sum", "compound"):
                raise part.wrong(f"{metric.id} cannot be taken as {span}")
            how, years = span, int(part.read(lambda text: read_amount(text, "years")))
            if not 1 <= years <= 3:
                raise part.wrong("one to three years")
        return Measured(**said, metric=metric.id, op=op, threshold=threshold, how=how, years=years)  # type: ignore[arg-type]

    def _threshold(self, spot: Spot, unit: str) -> tuple[Operator, Fraction]:
        given: list[Operator] = [op for op in OPERATORS if spot.has(op)]
        if len(given) != 1:
            raise spot.wrong(f"wants exactly one of {', '.join(OPERATORS)}")
        value = spot.need(given[0])
        return given[0], value.read(lambda text: read_amount(text, unit))

    def _cases(self, spot: Spot, kind: str, said: dict[str, Any]) -> Criterion:
        inner = spot.need(kind)
        metric = self._metric(inner.need("by"))
        cases: list[Case] = []
        for order, part in enumerate(inner.need("bands").each(), start=1):
            bound, above = None, False
            for word in ("from", "above"):
                if limit := part.take(word):
                    if bound is not None:
                        raise limit.wrong("from or above, not both")
                    bound, above = limit.read(lambda text: read_amount(text, metric.unit)), word == "above"
            if (order == 1) != (bound is None):
                raise part.wrong("the first band has no bound, every other one has 'from' or 'above'")
            if cases and cases[-1].bound is not None and bound is not None and bound <= cases[-1].bound:
                raise part.wrong("bands rise")
            cases.append(Case(bound, above, self.criterion(part.need("then"), said["id"], order)))
            part.done()
        inner.done()
        return Cases(**said, by=metric.id, cases=tuple(cases))

    def _holds(self, spot: Spot, kind: str, said: dict[str, Any]) -> Criterion:
        level = spot.take("level")
        tiers = spot.need(kind)
        parts = tiers.each() if isinstance(tiers.value, list) else [tiers]
        return Holds(**said, tiers=tuple(_known(part, "tier") for part in parts),
                     level=_known(level, "level") if level else None, lacks=kind == "lacks")  # fmt: skip

    def _honoured(self, spot: Spot, kind: str, said: dict[str, Any]) -> Criterion:
        inner = spot.need(kind)
        which = inner.need("is")
        levels, rank, within = inner.take("levels"), inner.take("rank_at_most"), inner.take("within")
        made = Honoured(
            **said,
            honours=tuple(_known(part, "honour") for part in (which.each() if isinstance(which.value, list) else [which])),
            levels=tuple(_known(part, "level") for part in levels.each()) if levels else (),
            rank_at_most=int(rank.read(lambda text: read_amount(text, "rank"))) if rank else None,
            within=int(within.read(lambda text: read_amount(text, "years"))) if within else None,
            lacks=kind == "no_honour",
        )  # fmt: skip
        inner.done()
        return made

    def _located(self, spot: Spot, kind: str, said: dict[str, Any]) -> Criterion:
        return Located(**said, places=spot.need(kind).texts())

    def _trade(self, spot: Spot, kind: str, said: dict[str, Any]) -> Criterion:
        return Trade(**said, industries=spot.need(kind).texts(), outside=kind == "industry_outside")

    def _judged(self, spot: Spot, kind: str, said: dict[str, Any]) -> Criterion:
        spot.need(kind).one_of("yes")
        return Judged(**said)

    def _scored(self, spot: Spot, kind: str, said: dict[str, Any]) -> Criterion:
        table = spot.need(kind)
        self.scored.append((table, table.text()))
        op, threshold = self._threshold(spot, "points")
        return Scored(**said, table=table.text(), op=op, threshold=threshold)

    # Point tables ------------------------------------------------------------------------------------

    def tables(self, spot: Spot | None) -> tuple[PointTable, ...]:
        return tuple(self._table(id, part) for id, part in spot.pairs()) if spot else ()

    def _table(self, id: str, spot: Spot) -> PointTable:
        most = self._points(spot.need("most"))
        classes = tuple(self._class(name, part) for name, part in spot.need("classes").pairs())
        if sum(part.most for part in classes) != most:
            raise spot.wrong(f"the classes add up to {sum(part.most for part in classes)}, not {most}")
        table = PointTable(id, spot.need("zh").text(), spot.need("en").text(), most, classes)
        spot.done()
        ids = [item.id for part in classes for item in part.items]
        if len(set(ids)) < len(ids):
            raise spot.wrong("two items bear one id")
        return table

    def _class(self, id: str, spot: Spot) -> PointClass:
        most = self._points(spot.need("most"))
        items = tuple(self.item(name, part) for name, part in spot.need("items").pairs())
        if sum(item.most for item in items) != most:
            raise spot.wrong(f"the items add up to {sum(item.most for item in items)}, not {most}")
        made = PointClass(id, spot.need("zh").text(), spot.need("en").text(), most, items)
        spot.done()
        return made

    def item(self, id: str, spot: Spot) -> Item:
        trust = spot.take("provenance")
        said: dict[str, Any] = {
            "id": id, "zh": spot.need("zh").text(), "en": spot.need("en").text(), "most": self._points(spot.need("most")),
            "provenance": trust.one_of(*PROVENANCES) if trust else self.trust,
        }  # fmt: skip
        made = self._item(id, spot, said)
        spot.done()
        return made

    def _item(self, id: str, spot: Spot, said: dict[str, Any]) -> Item:
        if rungs := spot.take("rungs"):
            return Rungs(**said, rungs=self._rungs(id, rungs, said["most"], falling=True))
        if gathered := spot.take("gathers"):
            return Gathered(**said, rungs=self._rungs(id, gathered, said["most"], falling=False))
        if best := spot.take("best_of"):
            return BestOf(**said, items=tuple(self.item(name, part) for name, part in best.pairs()))
        if steps := spot.take("steps"):
            metric = self._metric(steps.need("metric"))
            every = steps.need("every").read(lambda text: read_amount(text, metric.unit))
            made = Steps(**said, metric=metric.id, every=every, points=self._points(steps.need("points")))
            if metric.yearly or every <= 0:
                raise steps.wrong("steps count full parts of a fact of the day")
            steps.done()
            return made
        if judged := spot.take("judged"):
            judged.one_of("yes")
            return JudgedItem(**said)
        raise spot.wrong("wants one of rungs, gathers, best_of, steps, judged")

    def _rungs(self, id: str, spot: Spot, most: Fraction, falling: bool) -> tuple[Rung, ...]:
        rungs: list[Rung] = []
        for order, part in enumerate(spot.each(), start=1):
            condition = part.take("if")
            points = self._points(part.need("points"))
            if falling and rungs and points >= rungs[-1].points:
                raise part.wrong("rungs fall from the best to the last")
            if points > most:
                raise part.wrong(f"more than the item's maximum of {most}")
            rungs.append(Rung(points, self.criterion(condition, id, order) if condition else None))
            part.done()
        if falling and (rungs[-1].condition is not None or any(r.condition is None for r in rungs[:-1])):
            raise spot.wrong("the last rung, and only it, has no 'if': what else is given")
        return tuple(rungs)

    def _points(self, spot: Spot) -> Fraction:
        return spot.read(lambda text: read_amount(text, "points"))

    # Size standards ----------------------------------------------------------------------------------

    def size_group(self, id: str, spot: Spot) -> SizeGroup:
        trust = spot.take("provenance")
        limits: dict[str, tuple[Fraction, Fraction, Fraction]] = {}
        for fact, unit in (("employees", "persons"), ("revenue", "yuan"), ("total_assets", "yuan")):
            if part := spot.take(fact):
                large, medium, small = (
                    part.need(size).read(lambda text, unit=unit: read_amount(text, unit))  # type: ignore[misc]
                    for size in ("large", "medium", "small")
                )
                part.done()
                if not large > medium >= small:
                    raise part.wrong("limits fall from large to small")
                limits[fact] = large, medium, small
        if not limits:
            raise spot.wrong("wants limits of employees, revenue or total_assets")
        made = SizeGroup(id, spot.need("zh").text(), spot.need("en").text(), spot.need("industries").texts(), limits,
                         trust.one_of(*PROVENANCES) if trust else self.trust)  # type: ignore[arg-type]  # fmt: skip
        spot.done()
        return made

    # Overlays ----------------------------------------------------------------------------------------

    def changes(
        self, suspends: Spot | None, replaces: Spot | None
    ) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[Item, ...]]]:
        off = (
            {id: tuple(p.one_of(*PURPOSES) for p in part.each()) for id, part in suspends.pairs()}
            if suspends
            else {}
        )
        new = (
            {id: tuple(self.item(name, line) for name, line in part.pairs()) for id, part in replaces.pairs()}
            if replaces
            else {}
        )
        return off, new

    def check_scores(self, tables: tuple[PointTable, ...]) -> None:
        known = {table.id for table in tables} | {f"{t.id}.{c.id}" for t in tables for c in t.classes}
        for spot, name in self.scored:
            if name not in known:
                raise spot.wrong(
                    f"there is no point table {name!r}; known: {', '.join(sorted(known)) or 'none'}"
                )
