"""Asking the rules about firms: facts read, editions chosen, answers as documents (the ``assess`` of command line and API)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from sqlalchemy import Connection, select

from registry import words
from registry.house import House
from registry.kind import Record
from registry.refusals import MisusedError
from registry.store import statements
from registry.store.bulk import among
from registry.store.fold import speaking
from tiers.facts import FIRM, load_facts
from tiers.rules.bulk import answers
from tiers.rules.climb import way_up
from tiers.rules.evaluation import Evaluation
from tiers.rules.explain import Asked, Source
from tiers.rules.facts import Facts
from tiers.rules.layout import laid_out
from tiers.rules.library import Composed, Library, library
from tiers.rules.metrics import RESTS_ON
from tiers.rules.simulation import Change, compare, edited
from tiers.rules.spots import RuleError
from tiers.rules.verdicts import Mask
from tiers.standing import highest_tier

PURPOSES = ("new", "review")


def known_rules() -> Library:
    """All editions. Raises MisusedError with file and place when one of the files cannot be used."""
    try:
        return library()
    except RuleError as error:
        raise MisusedError(f"data/rules/{error}", f"规则文件有误：data/rules/{error}") from error


def questions(
    tier: str | None,
    level: str | None,
    purpose: str,
    day: date,
    city: str | None,
    rules: Library | None = None,
) -> list[Composed]:
    """The editions that apply to firms of a city, in the order of the ladder. Raises MisusedError for a tier without any
    rule."""
    rules = rules or known_rules()
    # Size standards sort firms into classes; nobody applies for one.
    pairs = dict.fromkeys((e.tier, e.level) for e in rules.editions.values() if not e.groups)
    order = {id: at for at, id in enumerate(words.vocabulary("tier"))}
    wanted = [
        (t, lv) for t, lv in pairs
        if ((tier is None and t in order) or t == tier) and level in (None, lv)
    ]  # fmt: skip
    if not wanted:
        known = ", ".join(sorted({f"{t} ({lv})" for t, lv in pairs}))
        raise MisusedError(
            f"there are no rules for {tier} {level or ''}; there are for {known}",
            f"没有“{tier} {level or ''}”的规则",
        )
    wanted.sort(key=lambda pair: (order.get(pair[0], 99), pair[1]))
    chosen = [rules.choose(t, lv, purpose, day, city) for t, lv in wanted]
    return [composed for composed in chosen if composed]


def assess(
    house: House, connection: Connection, firms: Sequence[str], day: date, tier: str | None = None, level: str | None = None,
    purpose: str = "new",
) -> list[Record]:  # fmt: skip
    """Full answers about some firms, by code and then by the order of the ladder; ``up``: the way there (climb.py)."""
    questions(tier, level, purpose, day, None)  # a tier without rules is refused, whoever is asked about
    facts = load_facts(house, connection, day, firms)
    evaluation = Evaluation(facts)
    source = sources(house, connection, list(facts.firms), day)
    of_city = {
        city: [
            Asked(evaluation, composed, purpose) for composed in questions(tier, level, purpose, day, city)
        ]
        for city in set(facts.city)
    }
    return [
        {**one.document(at, source), "up": way_up(one, at)}
        for at in range(len(facts))
        for one in of_city[facts.city[at]]
    ]


def assess_all(
    house: House,
    connection: Connection,
    day: date,
    tier: str | None = None,
    level: str | None = None,
    purpose: str = "new",
) -> tuple[int, Iterator[Record]]:
    """(number of answers, answers about every firm of the city, tier by tier), with criteria but without their parts."""
    asked = questions(tier, level, purpose, day, house.settings.city.code)
    evaluation = Evaluation(load_facts(house, connection, day))
    number = len(evaluation.facts)

    each = (answer for composed in asked for answer in answers(Asked(evaluation, composed, purpose)))
    return number * len(asked), each


#: What a list of editions tells of each.
HEAD = ("id", "tier", "level", "document", "from", "until", "layer", "status", "provenance")


def edition_heads() -> list[Record]:
    """Every edition with its document and the days on which it is in force."""
    told = (
        (e.id, e.tier, e.level, e.document, e.starts.isoformat(), e.until and e.until.isoformat(), e.layer, e.status,
         e.provenance)
        for e in known_rules().editions.values()
    )  # fmt: skip
    return [dict(zip(HEAD, row, strict=True)) for row in told]


def edition_document(id: str) -> Record:
    """An edition laid out. Raises MisusedError for an unknown one."""
    found = known_rules().editions.get(id)
    if found is None:
        raise MisusedError(f"there is no edition {id}", f"没有规则版本“{id}”", "see: cli.py rules list")
    return laid_out(found)


def sources(house: House, connection: Connection, firms: Sequence[str], day: date) -> Source:
    """Which statement speaks for a fact of a firm: its record, filing and row."""
    return spoken_in(
        {
            record: statements.held(connection, house.kinds.by_record[record], firms)
            for record in ("figures", "evidence", "enterprise")
        },
        day,
    )


def spoken_in(held: Mapping[str, Mapping[str, statements.Held]], day: date) -> Source:
    """The same from statements at hand: record word → firm → key → statements in fold order."""
    found: dict[tuple[str, str, int | None], Record] = {}
    for record, firms in held.items():
        for uscc, keys in firms.items():
            for key, about in keys.items():
                year = int(key.rpartition("|")[2]) if record == "figures" else None
                for name, spoken in speaking(about, day.isoformat()).items():
                    found[uscc, name, year] = {"record": record, "filing": spoken.filing, "row": spoken.row}

    def source(uscc: str, fact: str, year: int | None) -> Record | None:
        return found.get((uscc, RESTS_ON.get(fact, (fact,))[0], year))

    return source


@dataclass(frozen=True)
class Outcome:
    """The city's firms under the rules that apply (``now``; None: no rule does) and under others (``then``)."""

    now: Composed | None
    then: Composed
    facts: Facts
    change: Change

    @property
    def units(self) -> list[str]:
        """The management unit of each firm."""
        return [
            area or district or "unknown"
            for area, district in zip(self.facts.area, self.facts.district, strict=True)
        ]

    def by_unit(self) -> dict[str, list[int]]:
        """Management unit → how many gain, lose, stay undecided; units of which nobody does are left out."""
        units, by = self.units, dict[str, list[int]]()
        for side, mask in enumerate((self.change.gain, self.change.lose, self.change.undecided)):
            for at in np.flatnonzero(mask):
                by.setdefault(units[at], [0, 0, 0])[side] += 1
        return dict(sorted(by.items()))


def simulate_on(facts: Facts, id: str, changes: Mapping[str, str], purpose: str = "new") -> Outcome:
    """Facts under an edition, perhaps with other thresholds, instead of the one that applies on their day. Raises
    MisusedError for an unknown edition or threshold."""
    base = known_rules().editions.get(id)
    if base is None:
        raise MisusedError(
            f"there is no edition {id}; there are {', '.join(known_rules().editions)}", f"没有规则版本“{id}”"
        )
    if base.layer != "base":
        raise MisusedError(
            f"{id} stands over {', '.join(base.over)}; simulate one of those",
            f"“{id}”是附加规则，请模拟其基础版本",
        )
    if not base.criteria:
        raise MisusedError(f"nobody is judged by {id}", f"“{id}”不作判定，无从模拟")
    now = known_rules().choose(base.tier, base.level, purpose, facts.day, facts.home)
    # The year's notice stands over the other edition as it does over this one.
    then = now if now and now.base.id == id else known_rules().standing(base, purpose, facts.day)
    try:
        then = replace(then, edition=edited(then.edition, changes))
    except ValueError as error:
        raise MisusedError(f"this is no threshold: {error}", f"门槛有误：{error}", "--set") from error
    return Outcome(now, then, facts, compare(Evaluation(facts), now, then, purpose))


def simulate(
    house: House, connection: Connection, id: str, day: date, changes: Mapping[str, str], purpose: str = "new"
) -> Record:
    """The document of ``simulate``: the city's firms under an edition instead of the one that applies."""
    facts = load_facts(house, connection, day)
    done = simulate_on(facts, id, changes, purpose)
    change = done.change
    changed = {"gain": change.gain, "lose": change.lose, "undecided": change.undecided}
    names = names_of(connection, [str(u) for u in facts.firms[change.gain | change.lose]], day)
    return {
        "edition": id, "instead_of": done.now.base.id if done.now else None, "as_of": day.isoformat(), "changed": dict(changes),
        "gain": [str(uscc) for uscc in facts.firms[change.gain]], "lose": [str(uscc) for uscc in facts.firms[change.lose]],
        "undecided": int(change.undecided.sum()), "names": names,
        "by": [*_by("unit", done.units, changed, house.places.label), *_by("tier", _highest(house, facts), changed, _tier)],
    }  # fmt: skip


def _highest(house: House, facts: Facts) -> list[str]:
    """Each firm's highest tier in force, ``none`` without one."""
    held: list[set[str]] = [set() for _ in range(len(facts))]
    for (tier, _level), holders in facts.titles.items():
        for at in np.flatnonzero(holders):
            held[at].add(tier)
    return [highest_tier(tiers, house.settings.quality.order) or "none" for tiers in held]


def _tier(id: str) -> str:
    return words.label("tier", id)


def _by(
    dimension: str, keys: Sequence[str], changed: Mapping[str, Mask], label: Callable[[str], str]
) -> list[Record]:
    """How many gain, lose or wait, by one property of the firms: ``unit`` (management unit) or ``tier`` (highest held)."""
    rows: dict[str, Record] = {}
    for side, mask in changed.items():
        for at in np.flatnonzero(mask):
            row = rows.setdefault(keys[int(at)], dict.fromkeys(changed, 0))
            row[side] += 1
    return [
        {"dimension": dimension, "key": key, "name": label(key) or key, **rows[key]} for key in sorted(rows)
    ]


def names_of(connection: Connection, codes: Sequence[str], day: date) -> dict[str, str]:
    """Code → the name on the day."""
    e = FIRM.c
    query = select(e.uscc, e.name).where(among(connection, e.uscc, codes), e.from_day <= day, e.to_day > day)
    return {row.uscc: row.name for row in connection.execute(query)}
