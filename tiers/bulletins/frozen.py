"""What a bulletin needs beside the count, to be frozen with it: titles that end, names, responsible bodies.

All of it is read as of the snapshot's day and as known at its instant, so it can be asked again with the same answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from registry import codes, words
from registry.house import House
from registry.kind import Record
from registry.store.bulk import among, chunks
from registry.subjects import ENTERPRISE
from tiers import members
from tiers.after_fold import TITLE
from tiers.asking import view
from tiers.bulletins.reports import AHEAD_DAYS
from tiers.findings import APPLICATION
from tiers.forecasting.part import forecast_part
from tiers.lifecycle import Finding, Step, endings
from tiers.members import Question
from tiers.sampling import is_sample
from tiers.snapshot import Snapshot
from tiers.targets import plan
from tiers.terms import Term

#: Measures of the table of tiers whose firms are frozen with it.
TIER_LISTS = ("new_this_year", "review_pending")


PARTS = frozenset({"expiring", "tiers", "plan", "names", "moved"})


def parts(
    house: House, day: date, known_at: datetime | None, bridges: Mapping[str, Record]
) -> dict[str, Record]:
    """What a bulletin says besides the count. ``moved``: the firms that bridges name, ``{uscc: {"name", "was", "is"}}``,
    with the units that managed them on the two days."""
    question = Question(day, house.settings)
    with view(house, known_at) as connection:
        ending = expiring(connection, question)
        lists = {measure: _tier_list(connection, question, measure) for measure in TIER_LISTS}
        moved = _moved(connection, day, bridges)
    return {
        "expiring": {"days": AHEAD_DAYS, "titles": ending},
        "tiers": lists,
        "plan": indicators(house),
        "names": names(house),
        "moved": moved,
    }


def with_forecast(
    house: House, day: date, known_at: datetime | None, bridges: Mapping[str, Record]
) -> dict[str, Record]:
    """``parts`` and the ``forecast``, as a count is published with them."""
    found = parts(house, day, known_at, bridges)
    return {**found, "forecast": forecast_part(house, Question(day, house.settings), known_at)}


def missing_parts(house: House, snapshot: Snapshot) -> Mapping[str, Record]:
    """The parts that a snapshot was published without, as they were on its day and known at its instant. The forecast is
    not among them: what a count was published without, its bulletin never said."""
    if snapshot.parts.keys() >= PARTS:
        return {}
    return parts(house, snapshot.as_of, snapshot.known_at, snapshot.bridges)


def expiring(connection: Connection, question: Question) -> list[Record]:
    """Titles in force whose last day lies within the next days and that nothing continues yet, by firm: ``uscc, name, unit,
    tier, level, last, way, state, from, until, document``; the last five say how they go on (see ``lifecycle``)."""
    day, t, a, e = question.day, TITLE.c, APPLICATION.c, ENTERPRISE.c
    soon = day + timedelta(days=AHEAD_DAYS - 1)
    at_home = select(e.uscc).where(
        e.from_day <= day, e.to_day > day, e.city == question.settings.city.code,
        e.status.is_distinct_from("cancelled"), e.status.is_distinct_from("revoked"),
    )  # fmt: skip
    candidates = select(t.uscc).where(
        t.valid_from <= day, t.ends_on > day, t.valid_to <= soon, t.uscc.in_(at_home)
    )
    firms = {
        row.uscc: row
        for row in connection.execute(
            select(e.uscc, e.name, e.district, e.area).where(
                e.from_day <= day, e.to_day > day, e.uscc.in_(candidates)
            )
        )
    }
    terms: dict[str, list[Term]] = defaultdict(list)
    held = select(t.uscc, *(t[name] for name in Term._fields)).where(t.uscc.in_(candidates))
    for uscc, *values in connection.execute(held.order_by(t.uscc, t.valid_from, t.key)):
        terms[uscc].append(Term(*values))
    steps: dict[str, list[Step]] = defaultdict(list)
    taken: Any = select(a.uscc, *(a[name] for name in Step._fields)).where(a.uscc.in_(candidates))
    for uscc, *values in connection.execute(taken.order_by(a.uscc, a.from_day, a.key)):
        steps[uscc].append(Step(*values))
    found = []
    for uscc, firm in sorted(firms.items()):
        said = endings(day, terms[uscc], steps.get(uscc, ()))
        found += [_title(firm, one, said) for one in said
                  if one.what == "expires" and one.days is not None and 0 <= one.days < AHEAD_DAYS]  # fmt: skip
    return sorted(found, key=lambda one: (one["last"], one["uscc"], one["tier"], one["level"]))


def _title(firm: Any, ends: Finding, said: Iterable[Finding]) -> Record:
    tier, level = ends.titles[0]
    due = next((one for one in said if one.what == "review_due" and one.titles == ends.titles), None)
    return {
        "uscc": firm.uscc, "name": firm.name, "unit": firm.area or firm.district, "tier": tier, "level": level,
        "last": ends.last.isoformat() if ends.last else None,
        "way": due.way if due else "", "state": due.state if due else "",
        "from": due.first.isoformat() if due and due.first else None,
        "until": due.last.isoformat() if due and due.last else None,
        "document": due.document if due else "",
    }  # fmt: skip


def _tier_list(connection: Connection, question: Question, measure: str) -> Record:
    """``tier:level`` → ``[[uscc, name, unit]]`` of a measure whose firms no target lists; as the count has them."""
    day = "e.from_day <= :day and e.to_day > :day"
    if measure == "review_pending":
        sql = f"""select distinct m.tier, m.level, h.uscc, h.name, h.district, h.area
                  from ({members.REVIEW_PENDING}) m join home h on h.uscc = m.uscc order by m.tier, m.level, h.uscc"""
    else:
        sql = f"""select distinct t.tier, t.level, e.uscc, e.name, e.district, e.area
                  from title t join enterprise e on e.uscc = t.uscc and {day}
                  where t.basis = 'new' and t.issued >= :january and t.issued <= :day and {members.BELONGED}
                  order by t.tier, t.level, e.uscc"""
    found: Record = {}
    for tier, level, uscc, name, district, area in question.tuples(connection, sql):
        found.setdefault(f"{tier}:{level}", []).append([uscc, name, area or district])
    return found


def _moved(connection: Connection, day: date, bridges: Mapping[str, Record]) -> Record:
    e = ENTERPRISE.c
    found: Record = {}
    for bridge in bridges.values():
        named = sorted({uscc for step in bridge["steps"] for uscc in step["firms"]})
        for at, on in (("was", date.fromisoformat(bridge["from"]["as_of"])), ("is", day)):
            for chunk in chunks(named):
                for row in connection.execute(
                    select(e.uscc, e.name, e.district, e.area).where(
                        among(connection, e.uscc, chunk), e.from_day <= on, e.to_day > on
                    )
                ):
                    firm = found.setdefault(row.uscc, {"name": row.name, "was": None, "is": None})
                    firm["name"], firm[at] = row.name, row.area or row.district
    return dict(sorted(found.items()))


def indicators(house: House) -> Record:
    """Indicator → responsible bodies and the plan's clause, in both languages."""
    bodies = {row["name"]: row["name_en"] for row in codes.load("codes/bodies").rows}
    return {
        target.id: {
            "responsible": [[name, bodies.get(name, name)] for name in target.responsible],
            "clause": [target.clause, target.clause_en],
        }
        for target in plan(house.settings.targets.plan)
    }


def names(house: House) -> Record:
    """What the bulletin calls things, ``[zh, en]`` each, and who signs it. ``counts_pending``: firms in review
    are counted; ``sample``: the firms are invented."""
    settings, at_home = house.settings, house.places
    tiers = codes.load("codes/tiers").rows
    return {
        "city": [settings.city.name, settings.city.name_en],
        "issuer": [settings.bulletins.issuer, settings.bulletins.issuer_en],
        "addressee": [settings.bulletins.addressee, settings.bulletins.addressee_en],
        "units": {id: [at_home.label(id, "zh"), at_home.label(id, "en")] for id in at_home.names},
        "order": list(at_home.names),
        "tiers": {row["id"]: [row["name"], row["name_en"]] for row in tiers},
        "shorts": {row["id"]: [row["short"], row["short_en"]] for row in tiers},
        "levelled": [row["id"] for row in tiers if len(codes.several(row["levels"])) > 1],
        "levels": {id: [word.zh, word.en] for id, word in words.vocabulary("level").items()},
        "records": {kind.record: [kind.zh, kind.en] for kind in house.kinds.all},
        "counts_pending": settings.review.include_review_pending,
        "sample": is_sample(house),
    }
