"""Asking the rules about firms: facts read, editions chosen, answers as documents (the ``assess`` of command line and API)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import Connection

from registry import words
from registry.filing import MisusedError
from registry.house import House
from registry.kind import Record
from registry.store import statements
from registry.store.fold import speaking
from tiers.facts import load_facts
from tiers.rules.evaluation import Evaluation
from tiers.rules.explain import Asked, Source
from tiers.rules.library import Composed, Library, library

PURPOSES = ("new", "review")
#: Where the home city lies, the narrowest last: rules of these places apply.
CHUNK = 2_000


def questions(
    tier: str | None, level: str | None, purpose: str, day: date, rules: Library | None = None
) -> list[Composed]:
    """The editions that apply, in the order of the ladder. Raises MisusedError for a tier without any rule."""
    rules = rules or library()
    pairs = dict.fromkeys((e.tier, e.level) for e in rules.editions.values())
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
    chosen = [rules.choose(t, lv, purpose, day) for t, lv in wanted]
    return [composed for composed in chosen if composed]


def assess(
    house: House, connection: Connection, firms: Sequence[str], day: date, tier: str | None = None, level: str | None = None,
    purpose: str = "new",
) -> list[Record]:  # fmt: skip
    """Full answers about some firms, by code and then by the order of the ladder."""
    asked = questions(tier, level, purpose, day)
    facts = load_facts(house, connection, day, firms)
    evaluation = Evaluation(facts)
    source = sources(house, connection, list(facts.firms), day)
    return [
        Asked(evaluation, composed, purpose).document(at, source)
        for at in range(len(facts))
        for composed in asked
    ]


def assess_all(
    house: House,
    connection: Connection,
    day: date,
    tier: str | None = None,
    level: str | None = None,
    purpose: str = "new",
) -> tuple[int, Iterator[Record]]:
    """(number of answers, answers about every firm of the city), with the criteria themselves but not their parts."""
    asked = questions(tier, level, purpose, day)
    evaluation = Evaluation(load_facts(house, connection, day))
    number = len(evaluation.facts)

    def answers() -> Iterator[Record]:
        each = [Asked(evaluation, composed, purpose) for composed in asked]
        for at in range(number):
            for one in each:
                yield one.document(at, parts=False)

    return number * len(asked), answers()


def sources(house: House, connection: Connection, firms: Sequence[str], day: date) -> Source:
    """Which statement speaks for a fact of a firm: its record, filing and row."""
    found: dict[tuple[str, str, int | None], Record] = {}
    for record in ("figures", "evidence", "enterprise"):
        kind = house.kinds.by_record[record]
        for uscc, keys in statements.held(connection, kind, firms).items():
            for key, about in keys.items():
                year = int(key.rpartition("|")[2]) if record == "figures" else None
                for name, spoken in speaking(about, day.isoformat()).items():
                    found[uscc, name, year] = {"record": record, "filing": spoken.filing, "row": spoken.row}
    #: Facts that are worked out, and what they are worked out from.
    behind = {
        "niche_years": "niche_since", "new_product_years": "new_product_since", "founded_years": "founded_on",
        "registered_days": "founded_on", "accounting_years": "founded_on", "legal_person": "enterprise_type", "sme": "industry",
    }  # fmt: skip

    def source(uscc: str, fact: str, year: int | None) -> Record | None:
        return found.get((uscc, behind.get(fact, fact), year))

    return source
