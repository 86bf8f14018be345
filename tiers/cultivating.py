"""The five figures of cultivation for each tier: firms under way, target, done, rate, new this year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Connection

from registry import codes, words
from registry.house import House
from registry.kind import Record
from registry.periods import last_day
from tiers.asking import ask_count, view
from tiers.entries import number
from tiers.filed import Filed, filed
from tiers.members import BELONGED, IN_FORCE, Question, titles, total, word
from tiers.targets import plan_period, planned, rate

#: Instead of a level: whichever. For tiers that have no level of their own, such as champions.
ANY = "all"
#: Firms with an open application ``new`` for a tier and level that they do not hold.
UNDER_WAY = f"""
  select distinct a.uscc, a.tier, a.level, 'application' as record, a.filing, a.row
  from application a
  where a.purpose = 'new' and a.stage not in ('recognised', 'rejected', 'withdrawn')
    and a.from_day <= :day and a.to_day > :day
    and not exists (select 1 from title t where t.uscc = a.uscc and t.tier = a.tier and t.level = a.level
                    and {IN_FORCE})"""
NEW = f"""
  select t.uscc, t.tier, t.level, 'title' as record, t.filing, t.row from title t
  where t.basis = 'new' and t.issued >= :january and t.issued <= :day and {BELONGED}"""
FIGURES = ("firms", "done", "new_this_year")


@dataclass(frozen=True)
class Figures:
    """``target`` None: no goal is filed for the tier, or the row is of a level that has none of its own."""

    tier: str
    level: str
    firms: int
    target: Decimal | None
    done: int
    new_this_year: int
    source: Record | None
    #: The row that a goal for the tier stands in.
    has_goal: bool

    @property
    def document(self) -> Record:
        return {
            "tier": self.tier,
            "level": self.level,
            "firms": self.firms,
            "target": number(self.target),
            "done": self.done,
            "rate": rate(self.done, self.target),
            "new_this_year": self.new_this_year,
        }


def membership(tier: str, level: str, figure: str) -> str:
    """The membership query behind one of ``FIGURES``: what is counted is what is listed."""
    same = f"t.tier = '{word(tier)}'" + ("" if level == ANY else f" and t.level = '{word(level)}'")
    match figure:
        case "firms":
            return f"select t.uscc, t.record, t.filing, t.row from ({UNDER_WAY}) t where {same}"
        case "new_this_year":
            return f"select t.uscc, t.record, t.filing, t.row from ({NEW}) t where {same}"
    return titles(same)


def five_figures(
    house: House, day: date, known_at: datetime | None, plan_name: str | None = None
) -> list[Figures]:
    """A row for each tier at its own level (any level where it has none), and one for each further level with firms.

    A goal is filed for a tier, and for the plan's last day whatever the period is called.
    """
    settings = planned(house.settings, plan_name)
    question = Question(day, settings)
    counted = {
        (entry["tier"], entry["level"]): entry
        for entry in ask_count(house, day, known_at, None, "area", plan_name)["tiers"]
    }
    with view(house, known_at) as connection:
        said = filed(connection, house.places.names)
        under_way = _under_way(connection, question)
        anyhow = {
            tier: {
                figure: _distinct(
                    connection, question, membership(tier, ANY, figure), figure == "new_this_year"
                )
                for figure in FIGURES
            }
            for tier, level in _own_levels()
            if level == ANY
        }
    rows = []
    ends = last_day(plan_period(settings.targets.plan))
    for tier, own in _own_levels():
        goal = _goal(said, tier, ends)
        for level in _levels(tier, own, {*counted, *under_way}):
            entry = counted.get((tier, level), {})
            done, new = entry.get("firms_valid", 0), entry.get("new_this_year", 0)
            firms = under_way.get((tier, level), 0)
            if level == ANY:
                firms, done, new = (anyhow[tier][figure] for figure in FIGURES)
            first = level == own
            target, source = goal if first and goal else (None, None)
            rows.append(Figures(tier, level, firms, target, done, new, source, first))
    return rows


def _own_levels() -> list[tuple[str, str]]:
    return [(row["id"], row["level"] or ANY) for row in codes.load("codes/tiers").rows]


def _levels(tier: str, own: str, seen: Iterable[tuple[str, str]]) -> list[str]:
    held = {level for one, level in seen if one == tier} - {own}
    return [own, *(level for level in words.vocabulary("level") if level in held)]


def _under_way(connection: Connection, question: Question) -> dict[tuple[str, str], int]:
    sql = f"""select m.tier, m.level, count(distinct m.uscc) from ({UNDER_WAY}) m
              where m.uscc not in (select uscc from away) group by 1, 2"""
    return {(tier, level): int(firms) for tier, level, firms in question.ask(connection, sql)}


def _distinct(connection: Connection, question: Question, sql: str, anywhere: bool = False) -> int:
    """How many firms a query gives; ``anywhere``: also those that have left since."""
    asked = f"select '', count(distinct m.uscc) from ({sql}) m" if anywhere else total(sql)
    return sum(int(firms) for _key, firms in question.ask(connection, asked))


def _goal(said: Filed, tier: str, ends: date) -> tuple[Decimal, Record] | None:
    goals = [one for one in said.goals.get(tier, ()) if one.unit is None and one.last == ends]
    return (goals[-1].amount, goals[-1].why) if goals else None
