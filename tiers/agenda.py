"""What every firm of the city has to do as of a day: the findings of ``lifecycle`` for all, held until the next filing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping
from datetime import date, datetime
from threading import Lock
from typing import Any

from sqlalchemy import Connection, select

from registry.house import House
from registry.subjects import ENTERPRISE
from tiers.after_fold import TITLE
from tiers.asking import view
from tiers.findings import APPLICATION, grace_of, recorded_rounds
from tiers.lifecycle import Finding, Step, findings
from tiers.members import Question
from tiers.terms import Term

#: Credit code → what is due and found, the gravest first; firms of which nothing is are left out.
Agenda = Mapping[str, list[Finding]]
HELD = 2
_agendas: dict[Hashable, Agenda] = {}
_lock = Lock()


def agenda_on(house: House, day: date) -> Agenda:
    """The agenda of a day as the register has it now."""
    with house.store.read() as connection:
        key = (house.store.engine.url, house.store.last_write(connection), day, house.settings.city.code)
        with _lock:
            if key not in _agendas:
                while len(_agendas) >= HELD:
                    _agendas.pop(next(iter(_agendas)))
                _agendas[key] = _agenda(house, connection, day)
            return _agendas[key]


def agenda_known(house: House, day: date, known_at: datetime) -> Agenda:
    """The agenda of a day as it was known at an instant; not held."""
    with view(house, known_at) as connection:
        return _agenda(house, connection, day)


def _agenda(house: House, connection: Connection, day: date) -> Agenda:
    question = Question(day, house.settings)
    with question.prepared(connection):
        recorded = recorded_rounds(connection, question)
    grace = grace_of(question)
    e, t, a = ENTERPRISE.c, TITLE.c, APPLICATION.c
    at_home = select(e.uscc).where(
        e.from_day <= day, e.to_day > day, e.city == house.settings.city.code, e.status.is_distinct_from("cancelled"),
        e.status.is_distinct_from("revoked"),
    )  # fmt: skip
    terms: dict[str, list[Term]] = defaultdict(list)
    rows = select(t.uscc, *(t[name] for name in Term._fields)).where(t.uscc.in_(at_home))
    for uscc, *parts in connection.execute(rows.order_by(t.uscc, t.valid_from, t.key)):
        terms[uscc].append(Term(*parts))
    steps: dict[str, list[Step]] = defaultdict(list)
    taken: Any = select(a.uscc, *(a[name] for name in Step._fields)).where(a.uscc.in_(at_home))
    for uscc, *parts in connection.execute(taken.order_by(a.uscc, a.from_day, a.key)):
        steps[uscc].append(Step(*parts))
    found = {uscc: findings(day, held, steps.get(uscc, ()), recorded, grace) for uscc, held in terms.items()}
    return {uscc: some for uscc, some in found.items() if some}
