"""Rounds of applications: who applied, whom district and city recommended, who was publicised, recognised or rejected,
and whose yearly update is missing. In SQL, each number and its list from the same condition.

A round is told by tier, level, purpose and its name; rounds of yearly updates by their year, whatever they were called.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection

from registry.house import House
from tiers.duties import Rule, rules
from tiers.findings import ROUND_YEAR, among, made
from tiers.lists import Firms, behind_records
from tiers.members import Question, word

STAGES = ("filed", "district_recommended", "city_recommended", "publicised", "recognised", "rejected")
#: Numbers of a round that lead to a list; ``applied`` is everybody of whom anything is on record in it.
MEASURES = ("applied", *STAGES, "missing")
NAMED = f"(case when a.purpose = 'update' then {ROUND_YEAR} else coalesce(a.round, '') end)"
#: Firms that a question may speak of: an officer's own ones, else everybody.
OWN = "(:unit = '' or coalesce(e.area, e.district) = :unit)"


@dataclass(frozen=True)
class Key:
    tier: str
    level: str
    purpose: str
    round: str


@dataclass(frozen=True)
class Round:
    """``numbers``: measure → firms; a stage of which nothing is on record is missing there, which is not zero.
    ``due``: the day of a yearly update, where the rules know one. ``last``: the newest day on record."""

    key: Key
    numbers: Mapping[str, int] = field(default_factory=dict)
    last: date | None = None
    due: date | None = None


def rounds(connection: Connection, question: Question, unit: str | None) -> list[Round]:
    """Every round that is on record or due, by tier and level, the newest ahead."""
    numbers: dict[Key, dict[str, int]] = defaultdict(dict)
    last: dict[Key, date] = {}
    for row in question.ask(
        connection, _reached("count(distinct a.uscc) as firms, max(a.from_day) as last"), unit=unit or ""
    ):
        key = Key(row.tier, row.level, row.purpose, row.round)
        numbers[key][row.stage or "applied"] = int(row.firms)
        day = row.last if isinstance(row.last, date) else date.fromisoformat(row.last)
        last[key] = max(day, last.get(key, day))
    due: dict[Key, date] = {}
    for by, year, on in updates_due(question.day):
        missing = _missing(by, year, on, question.day)
        sql = f"select m.tier, m.level, count(distinct m.uscc) as firms from ({missing}) m group by m.tier, m.level"
        for row in question.ask(connection, sql, unit=unit or ""):
            key = Key(row.tier, row.level, "update", str(year))
            numbers[key]["missing"] = int(row.firms)
            due[key] = on
    found = [Round(key, said, last.get(key), due.get(key)) for key, said in numbers.items()]
    return sorted(found, key=lambda r: (r.key.tier, r.key.level, _newest(r), r.key.purpose))


def _newest(one: Round) -> tuple[int, str]:
    day = one.last or one.due
    return (-day.toordinal() if day else 0, one.key.round)


def _reached(counted: str) -> str:
    """Firms that reached a stage by the day; with stage null all of a round. Rejected are those that still are."""
    here = f"""from application a join enterprise e on e.uscc = a.uscc and e.from_day <= :day and e.to_day > :day
               where a.from_day <= :day and {OWN}"""
    columns = f"a.tier, a.level, a.purpose, {NAMED} as round"
    return f"""select {columns}, a.stage as stage, {counted} {here} and (a.stage <> 'rejected' or a.to_day > :day)
               group by a.tier, a.level, a.purpose, {NAMED}, a.stage
               union all select {columns}, null, {counted} {here} group by a.tier, a.level, a.purpose, {NAMED}"""


def updates_due(day: date) -> list[tuple[Rule, int, date]]:
    """The yearly updates of this year and the last: rule, year and due day."""
    found = [(by, year, by.due(year)) for year in (day.year - 1, day.year) for by in rules("update")]
    return [(by, year, due) for by, year, due in found if due]


def _missing(by: Rule, year: int, due: date, day: date) -> str:
    """Titles in force on the due day, or today where it is still to come, without the update of the year."""
    on = min(due, day).isoformat()
    return f"""select t.uscc, t.tier, t.level, 'title' as record, t.filing, t.row from title t
               join enterprise e on e.uscc = t.uscc and e.from_day <= :day and e.to_day > :day
               where {among(by.titles)} and t.valid_from <= '{on}' and t.ends_on > '{on}' and e.city = :home and {OWN}
                 and t.uscc not in ({made(by, year)})"""


def behind_round(house: House, key: Key, measure: str, question: Question, unit: str | None) -> Firms:
    """The firms of one number of a round, with the records that put them there."""
    more: dict[str, Any] = {"unit": unit or "", "round": key.round}
    same = f"tier = '{word(key.tier)}' and {{0}}.level = '{word(key.level)}'"
    if measure == "missing":
        parts = [
            f"select m.uscc, m.record, m.filing, m.row from ({_missing(by, year, on, question.day)}) m where m.{same.format('m')}"
            for by, year, on in updates_due(question.day) if str(year) == key.round
        ]  # fmt: skip
        if not parts:
            return Firms([])
        return behind_records(house, question, " union ".join(parts), {"unit": unit or ""})
    stage = "" if measure == "applied" else f" and a.stage = '{word(measure)}'"
    still = " and a.to_day > :day" if measure == "rejected" else ""
    sql = f"""select a.uscc, 'application' as record, a.filing, a.row from application a
              join enterprise e on e.uscc = a.uscc and e.from_day <= :day and e.to_day > :day
              where a.{same.format("a")} and a.purpose = '{word(key.purpose)}' and {NAMED} = :round
                and a.from_day <= :day and {OWN}{stage}{still}"""
    return behind_records(house, question, sql, more)
