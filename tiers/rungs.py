"""The ladder of one firm: for each tier and level what it holds or could hold, clause by clause, and the way up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from registry import words
from registry.house import House
from registry.kind import Record
from registry.pages.asked import Asked as Question
from registry.room import Panel
from registry.shell.languages import language
from registry.show import statements_about
from tiers import wording
from tiers.asking import view
from tiers.assessing import PURPOSES, questions, spoken_in
from tiers.facts import load_facts
from tiers.rules.climb import gaps_of, way_up
from tiers.rules.editions import Cases, Criterion, Edition, Holds
from tiers.rules.evaluation import Evaluation
from tiers.rules.explain import Asked, Source
from tiers.rules.oddities import ODDITIES

#: So many gaps are near, each missing no more than this share of its threshold or a title; more are a longer way.
NEAR, SHARE = 2, 0.5


@dataclass(frozen=True)
class Line:
    """One clause as it is read: its answer, its words, and how deep it lies. ``case``: when it is asked; ``spare``:
    not met, and not needed, because another way is."""

    answer: Record
    text: str
    says: str
    depth: int
    case: str
    spare: bool


@dataclass(frozen=True)
class Rung:
    """One tier and level. ``state``: held met near far barred unknown gap. ``until``: the last day of what is held.
    ``edition`` None: a title is held of which there are no rules."""

    tier: str
    level: str
    state: str
    until: str | None
    edition: Edition | None
    overlays: Sequence[Edition]
    answer: Record
    lines: Sequence[Line]
    way: Record
    threshold: str | None

    @property
    def id(self) -> str:
        return f"rung-{self.tier}-{self.level}"


def ladder_panel(house: House, asked: Question, document: Record) -> Mapping[str, Any] | None:
    """Every tier and level that has rules, in the order of the ladder, for the purpose that the address names."""
    purpose = request.args.get("purpose", "")
    purpose = purpose if purpose in PURPOSES else "new"
    return {
        "rungs": rungs(house, asked, document, purpose),
        "purpose": purpose,
        "purposes": PURPOSES,
        "oddities": {id: text[language() == "en"] for id, text in ODDITIES.items()},
    }


PANEL = Panel("ladder", "tiers/_ladder.html", ladder_panel, 20)


def rungs(house: House, asked: Question, document: Record, purpose: str) -> list[Rung]:
    """The firm of a ``show`` document as the page's day and instant have it."""
    uscc = document["uscc"]
    with view(house, asked.known_at) as connection:
        evaluation = Evaluation(load_facts(house, connection, asked.day, [uscc]))
    if not evaluation.number:
        return []
    with house.store.read() as connection:
        about = statements_about(connection, uscc, asked.known_at)
    kinds = ("figures", "evidence", "enterprise")
    source = spoken_in({kind: {uscc: about[kind]} for kind in kinds if kind in about}, asked.day)
    found = [
        _rung(Asked(evaluation, composed, purpose), document, source)
        for composed in questions(None, None, purpose, asked.day, evaluation.facts.home)
    ]
    return _in_order([*found, *_beside(document, {(rung.tier, rung.level) for rung in found})])


def _beside(document: Record, known: set[tuple[str, str]]) -> list[Rung]:
    """Titles in force of a level for which there are no rules: held, and nothing to judge."""
    answer: Record = {"edition": None, "computed": "unknown", "findings": []}
    way: Record = {"gaps": [], "collect": [], "judged": []}
    held = {(t["tier"], t["level"]): t["valid_to"] for t in document["titles"] if t["state"] == "in_force"}
    return [
        Rung(tier, level, "held", until, None, (), answer, (), way, None)
        for (tier, level), until in held.items()
        if (tier, level) not in known
    ]


def _in_order(rungs: list[Rung]) -> list[Rung]:
    order = {id: at for at, id in enumerate(words.vocabulary("tier"))}
    return sorted(rungs, key=lambda rung: (order.get(rung.tier, 99), rung.level))


def _rung(asked: Asked, document: Record, source: Source) -> Rung:
    answer, way = asked.document(0, source), way_up(asked, 0)
    until = max(
        (
            title["valid_to"]
            for title in document["titles"]
            if (title["tier"], title["level"], title["state"])
            == (answer["tier"], answer["level"], "in_force")
        ),
        default=None,
    )
    total = asked.scored[0] if asked.scored else None
    return Rung(
        answer["tier"],
        answer["level"],
        "held" if until else _state(asked, answer, way),
        until,
        asked.composed.base,
        asked.composed.overlays,
        answer,
        lines(asked, answer),
        way,
        wording.amount(total.threshold, "points", language()) if total else None,
    )


def _state(asked: Asked, answer: Record, way: Record) -> str:
    if answer["edition"] is None:
        return "gap"
    if answer["computed"] in ("met", "unknown"):
        return str(answer["computed"])
    if answer["computed"] == "not_applicable":
        return "met"
    if way["barred"]:
        return "barred"
    gaps = [gap for criterion, _of in asked.tops() for gap in gaps_of(asked, criterion, 0)]
    near = len(gaps) <= NEAR and all(
        isinstance(gap.criterion, Holds) or gap.distance <= SHARE for gap in gaps
    )
    return "near" if near else "far"


def lines(asked: Asked, answer: Record) -> list[Line]:
    """The clauses of an answer in words, parts beneath what they belong to, cases that can apply only."""
    spoken, tables = language(), asked.edition.tables
    above: dict[str, Line] = {}
    parents = {criterion.id: criterion for criterion, _of in asked.nodes()}
    found = []
    for (criterion, of), said in zip(asked.nodes(), answer["criteria"], strict=False):
        over, parent = above.get(of or ""), parents.get(of or "")
        if (of and over is None) or (isinstance(parent, Cases) and not _applies(asked, parent, criterion)):
            continue  # a case of other firms, with all that lies in it
        case = wording.case_names(parent, spoken).get(criterion.id, "") if isinstance(parent, Cases) else ""
        text, says = wording.heading(criterion, spoken, tables), wording.says(criterion, spoken, tables)
        waived = over is not None and (over.spare or over.answer["verdict"] == "met")
        line = Line(
            said,
            text,
            "" if says == text else says,
            over.depth + 1 if over else 0,
            case,
            waived and said["verdict"] != "met",
        )
        above[criterion.id] = line
        found.append(line)
    return found


def _applies(asked: Asked, cases: Cases, then: Criterion) -> bool:
    """Is a case still possible for the firm?"""
    masks = list(asked.evaluation.bands(cases))
    return any(bool(mask[0]) for case, mask in zip(cases.cases, masks, strict=True) if case.then is then)
