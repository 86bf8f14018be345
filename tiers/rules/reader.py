"""One rule file becomes an edition, or is refused with file, line and what was expected. The shape of the files stands
in ``data/rules/README.md``."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

from registry import codes, industries, words
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
from tiers.rules.spots import NAME, Spot, read_spots

PURPOSES = ("new", "review", "statistics")
OPERATORS = get_args(Operator)
PROVENANCES = get_args(Provenance)
#: Most years that a rule looks back over figures.
LONGEST = 3
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
        "jurisdiction": _place(top.need("jurisdiction"), whole=True),
        "purposes": _purposes(top.need("purposes")),
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
            "what was looked for (looked_for) belongs to status not_found, and only there"
        )
    found["looked_for"] = looked.text() if looked else ""
    if (found["layer"] == "base") == bool(found["over"]):
        raise top.wrong(
            "over: the rules that it stands over belong to layers province and notice, and only there"
        )
    runs = top.take("runs_on")
    if runs and found["layer"] != "notice":
        raise runs.wrong("only a notice sends its round to another base")
    found["runs_on"] = _by_purpose(runs) if runs else {}
    reader = _Reader(trust)
    found["tables"] = reader.tables(top.take("tables"))
    groups = top.take("groups")
    found["groups"] = tuple(reader.size_group(id, part) for id, part in groups.pairs()) if groups else ()
    criteria = top.take("criteria")
    if gap and (criteria or groups or found["tables"]):
        raise (criteria or groups or top).wrong("what is not found asks nothing: no criteria, no tables")
    if not (criteria and criteria.each()) and groups is None and not gap and found["layer"] == "base":
        raise top.wrong("lacks 'criteria'")
    found["criteria"] = tuple(reader.criterion(spot, "") for spot in criteria.each()) if criteria else ()
    for key in ("suspends", "replaces"):
        if found["layer"] == "base" and (spot := top.take(key)):
            raise spot.wrong("a base changes nothing; layers province and notice do")
    found["suspends"], found["replaces"] = reader.changes(top.take("suspends"), top.take("replaces"))
    top.done()
    if criteria:
        _unique(found["criteria"], criteria)
    reader.check_scores(found["tables"])
    return Edition(**found)


def _known(spot: Spot, vocabulary: str, more: tuple[str, ...] = ()) -> str:
    return spot.one_of(*words.vocabulary(vocabulary), *more)


def _purposes(spot: Spot) -> tuple[str, ...]:
    found = tuple(part.one_of(*PURPOSES) for part in spot.each())
    if not found or len(set(found)) < len(found):
        raise spot.wrong(f"wants each purpose once, of {', '.join(PURPOSES)}")
    return found


def _by_purpose(runs: Spot) -> dict[str, str]:
    found = {}
    for purpose, spot in runs.pairs():
        if purpose not in PURPOSES:
            raise spot.wrong(f"{purpose!r} is none of {', '.join(PURPOSES)}")
        found[purpose] = spot.text()
    return found


def _place(spot: Spot, whole: bool = False) -> str:
    """Digits of a place (``whole``: all six, or CN), or the id of a district or area."""
    text = spot.text()
    digits = text.isascii() and text.isdigit() and (len(text) == 6 or (not whole and 2 <= len(text) <= 6))
    if not digits and not (whole and text == "CN") and text not in _places():
        raise spot.wrong(f"{text!r} is no place: digits of its code, or an id of data/codes/places.csv")
    return text


def _places() -> set[str]:
    return {row["id"] for row in codes.load("codes/places").rows}


def _industry(spot: Spot) -> str:
    text = spot.text()
    if industries.read(text) != text:
        raise spot.wrong(f"{text!r} is no code of GB/T 4754 such as C or I65")
    return text


def _whole(spot: Spot, unit: str) -> int:
    """A number of years or a rank: whole, from one on."""
    value = spot.read(lambda text: read_amount(text, unit))
    if value.denominator != 1 or value < 1:
        raise spot.wrong(f"{spot.text()!r}: wants a whole number from one on")
    return int(value)


def _several(spot: Spot) -> list[Spot]:
    """One or a list of at least one."""
    parts = spot.each() if isinstance(spot.value, list) else [spot]
    if not parts:
        raise spot.wrong("is empty")
    return parts


def _named(spot: Spot) -> list[tuple[str, Spot]]:
    """Keys that are ids, with their values; at least one."""
    found = list(spot.pairs())
    if not found:
        raise spot.wrong("is empty")
    for name, part in found:
        if not NAME.match(name):
            raise part.wrong(f"{name!r} is no id; write small letters, digits and _")
    return found


def _unique(criteria: tuple[Criterion, ...], spot: Spot) -> None:
    seen: set[str] = set()
    for criterion, part in zip(criteria, spot.each(), strict=True):
        if criterion.id in seen:
            raise part.wrong(f"the id {criterion.id!r} stands twice")
        seen.add(criterion.id)


class _Reader:
    """Reads criteria and point tables; ``trust`` is the file's provenance, which a value may override."""

    def __init__(self, trust: Provenance) -> None:
        self.trust = trust
        self.scored: list[tuple[Spot, str, Fraction]] = []

    # Criteria ----------------------------------------------------------------------------------------

    def criterion(self, spot: Spot, over: str, order: int = 0) -> Criterion:
        """A criterion under the one called ``over``; without an id of its own it is numbered."""
        given = spot.take("id")
        if not over and given is None:
            raise spot.wrong("a criterion wants an 'id'")
        id = given.id() if given else str(order)
        said: dict[str, Any] = {"id": f"{over}.{id}" if over else id}
        for key in ("zh", "en", "clause"):
            part = spot.take(key)
            if part is None and not over:
                raise spot.wrong(f"lacks {key!r}")
            said[key] = part.text() if part else ""
        trust = spot.take("provenance")
        said["provenance"] = trust.one_of(*PROVENANCES) if trust else self.trust
        purposes = spot.take("purposes")
        said["purposes"] = _purposes(purposes) if purposes else ()
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
            # Shares are pooled, growth is compounded, plain facts are added up.
            plain = metric.under is None and not metric.growth
            fits = {"pooled": metric.under is not None, "compound": metric.growth, "sum": plain}
            if not fits.get(span, True):
                raise part.wrong(f"{metric.id} cannot be taken as {span}")
            how, years = span, _whole(part, "years")
            if years > LONGEST:
                raise part.wrong(f"one to {LONGEST} years")
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
        if len(cases) < 2:
            raise spot.wrong("cases want at least two bands")
        return Cases(**said, by=metric.id, cases=tuple(cases))

    def _holds(self, spot: Spot, kind: str, said: dict[str, Any]) -> Criterion:
        level = spot.take("level")
        tiers = spot.need(kind)
        return Holds(**said, tiers=tuple(_known(part, "tier") for part in _several(tiers)),
                     level=_known(level, "level") if level else None, lacks=kind == "lacks")  # fmt: skip

    def _honoured(self, spot: Spot, kind: str, said: dict[str, Any]) -> Criterion:
        inner = spot.need(kind)
        which = inner.need("is")
        levels, rank, within = inner.take("levels"), inner.take("rank_at_most"), inner.take("within")
        made = Honoured(
            **said,
            honours=tuple(_known(part, "honour") for part in _several(which)),
            levels=tuple(_known(part, "level") for part in _several(levels)) if levels else (),
            rank_at_most=_whole(rank, "rank") if rank else None,
            within=_whole(within, "years") if within else None,
            lacks=kind == "no_honour",
        )  # fmt: skip
        inner.done()
        return made

    def _located(self, spot: Spot, kind: str, said: dict[str, Any]) -> Criterion:
        return Located(**said, places=tuple(_place(part) for part in _several(spot.need(kind))))

    def _trade(self, spot: Spot, kind: str, said: dict[str, Any]) -> Criterion:
        found = tuple(_industry(part) for part in _several(spot.need(kind)))
        return Trade(**said, industries=found, outside=kind == "industry_outside")

    def _judged(self, spot: Spot, kind: str, said: dict[str, Any]) -> Criterion:
        spot.need(kind).one_of("yes")
        return Judged(**said)

    def _scored(self, spot: Spot, kind: str, said: dict[str, Any]) -> Criterion:
        table = spot.need(kind)
        op, threshold = self._threshold(spot, "points")
        if op not in ("at_least", "more_than"):
            raise spot.wrong("points are at_least or more_than")
        self.scored.append((table, table.text(), threshold))
        return Scored(**said, table=table.text(), op=op, threshold=threshold)

    # Point tables ------------------------------------------------------------------------------------

    def tables(self, spot: Spot | None) -> tuple[PointTable, ...]:
        return tuple(self._table(id, part) for id, part in _named(spot)) if spot else ()

    def _table(self, id: str, spot: Spot) -> PointTable:
        most = self._points(spot.need("most"))
        classes = tuple(self._class(name, part) for name, part in _named(spot.need("classes")))
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
        items = tuple(self.item(name, part) for name, part in _named(spot.need("items")))
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
            lines = tuple(self.item(name, part) for name, part in _named(best))
            if len(lines) < 2 or max(line.most for line in lines) != said["most"]:
                raise best.wrong(f"wants two lines or more, the best of them worth {said['most']}")
            return BestOf(**said, items=lines)
        if steps := spot.take("steps"):
            metric = self._metric(steps.need("metric"))
            every = steps.need("every").read(lambda text: read_amount(text, metric.unit))
            made = Steps(**said, metric=metric.id, every=every, points=self._points(steps.need("points")))
            if made.points > said["most"]:
                raise steps.wrong(f"more than the item's maximum of {said['most']}")
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
        bare = [rung.condition is None for rung in rungs]
        if falling and (not rungs or not bare[-1] or any(bare[:-1])):
            raise spot.wrong("the last rung, and only it, has no 'if': what else is given")
        if not falling and any(bare):
            raise spot.wrong("each of them has an 'if'")
        if (rungs[0].points if falling else sum(rung.points for rung in rungs)) < most:
            raise spot.wrong(f"the item's maximum of {most} cannot be reached")
        return tuple(rungs)

    def _points(self, spot: Spot) -> Fraction:
        points = spot.read(lambda text: read_amount(text, "points"))
        if points < 0:
            raise spot.wrong("points are not below zero")
        return points

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
        off = {id: _purposes(part) for id, part in suspends.pairs()} if suspends else {}
        new = (
            {id: tuple(self.item(name, line) for name, line in part.pairs()) for id, part in replaces.pairs()}
            if replaces
            else {}
        )
        return off, new

    def check_scores(self, tables: tuple[PointTable, ...]) -> None:
        known = {table.id: table.most for table in tables}
        known |= {f"{table.id}.{part.id}": part.most for table in tables for part in table.classes}
        for spot, name, threshold in self.scored:
            if name not in known:
                raise spot.wrong(
                    f"there is no point table {name!r}; known: {', '.join(sorted(known)) or 'none'}"
                )
            if threshold > known[name]:
                raise spot.wrong(f"{threshold} points of at most {known[name]} cannot be reached")
