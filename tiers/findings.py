"""What is found over the whole register, in SQL: the same findings as ``lifecycle`` gives for one firm, set-based.

Membership queries like those of ``members``: columns ``uscc, record, filing, row``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from registry import codes
from tiers import members
from tiers.after_fold import TITLE
from tiers.duties import Rule, rules
from tiers.lifecycle import NOT_MADE, Grace, Step
from tiers.members import Question, word, words
from tiers.models import Application
from tiers.terms import Term

APPLICATION: Any = Application.__table__  # type: ignore[attr-defined]
Round = tuple[str, str, int]
#: The year of an application's round: what it begins with, else that of the step; as ``lifecycle.Step.year``.
ROUND_YEAR = """case when substr(a.round, 1, 4) between '1901' and '9999' then substr(a.round, 1, 4)
                     else substr(cast(a.from_day as varchar), 1, 4) end"""


def among(titles: Iterable[str], alias: str = "t") -> str:
    """The condition "one of these titles" on ``t``; each is ``tier`` or ``tier:level``."""
    parts = []
    for entry in titles:
        tier, _, level = entry.partition(":")
        at = f" and {alias}.level = '{word(level)}'" if level else ""
        parts.append(f"({alias}.tier = '{word(tier)}'{at})")
    return "(" + " or ".join(parts) + ")"


def made(by: Rule, year: int) -> str:
    """The firms whose update of a year stands on record under a rule, as ``lifecycle.made``."""
    return f"""select a.uscc from application a where a.purpose = 'update' and {among(by.titles, "a")}
               and a.stage not in ({words(NOT_MADE)}) and a.from_day <= :day and a.to_day > :day
               and {ROUND_YEAR} = '{int(year):04d}'"""


def due_days(day: date) -> Iterator[tuple[Rule, int, date]]:
    """The updates that were due before ``day``."""
    for by in rules("update"):
        for year in range(by.first.year, day.year + 1):
            due = by.due(year)
            if due and due < day:
                yield by, year, due


def recorded_rounds(connection: Connection, question: Question) -> frozenset[Round]:
    """The update rounds wholly on record: of so large a share of a title's holders that an absent firm missed it."""
    years = [row.year for row in question.ask(
        connection, f"""select distinct {ROUND_YEAR} as year from application a
                        where a.purpose = 'update' and a.from_day <= :day""")]  # fmt: skip
    found: set[Round] = set()
    for by, year, due in due_days(question.day):
        if str(year) not in years:
            continue
        for tier, level, holders, updated in question.ask(
            connection,
            f"""select t.tier, t.level, count(*), sum(case when t.uscc in ({made(by, year)}) then 1 else 0 end)
                from title t where {among(by.titles)} and t.valid_from <= :due and t.ends_on > :due
                  and exists (select 1 from enterprise e where e.uscc = t.uscc and e.city = :home
                              and e.from_day <= :due and e.to_day > :due)
                group by t.tier, t.level""",
            due=due,
        ):
            if updated >= holders * question.settings.review.whole_round:
                found.add((tier, level, year))
    return frozenset(found)


def missed(question: Question, recorded: frozenset[Round], effect: str) -> str:
    """Titles in force of which so many updates were missed that the effect follows."""
    parts = []
    for by, days in _updates(question.day, effect):
        misses = " union all ".join(_without(by, year, due, recorded, told=True) for year, due in days)
        parts.append(
            f"""select m.uscc, 'title' as record, m.filing, m.row from ({misses}) m
                group by m.uscc, m.filing, m.row having count(*) >= {by.misses}"""
        )
    return " union ".join(parts)


def untold(question: Question, recorded: frozenset[Round], effect: str) -> str:
    """Titles in force of which nobody can tell whether the effect follows: an update is not on record, nor is its round."""
    parts = []
    for by, days in _updates(question.day, effect):
        some = " union all ".join(_without(by, year, due, recorded, told=False) for year, due in days)
        parts.append(f"select distinct m.uscc, 'title' as record, m.filing, m.row from ({some}) m")
    return " union ".join(parts)


def _updates(day: date, effect: str) -> list[tuple[Rule, list[tuple[int, date]]]]:
    """Rules of the effect with the due days that are past."""
    past = [(by, year, due) for by, year, due in due_days(day) if by.effect == effect]
    return [
        (by, [(year, due) for one, year, due in past if one is by])
        for by in dict.fromkeys(by for by, _year, _due in past)
    ]


def _without(by: Rule, year: int, due: date, recorded: frozenset[Round], *, told: bool) -> str:
    """Titles in force now and on a due day without the update. ``told``: the round is on record for every title of the
    rule that the firm then held; else for one of them it is not."""
    on = due.isoformat()
    whole = [
        f"(h.tier = '{word(t)}' and h.level = '{word(lv)}')" for t, lv, y in sorted(recorded) if y == year
    ]
    return f"""
      select t.uscc, t.filing, t.row from title t
      where {members.IN_FORCE} and {among(by.titles)} and t.valid_from <= '{on}'
        and t.uscc not in ({made(by, year)})
        and {"not " if told else ""}exists (
          select 1 from title h where h.uscc = t.uscc and {among(by.titles, "h")}
            and h.valid_from <= '{on}' and h.ends_on > '{on}' and not ({" or ".join(whole) or "1 = 0"}))"""


@dataclass(frozen=True)
class Gap:
    """A title that must rest on a lower one: ``below`` are those of which one is enough, all as ``tier`` or ``tier:level``."""

    title: str
    below: tuple[str, ...]


def gaps(day: date) -> list[Gap]:
    return [
        Gap(entry, codes.several(by.value)) for by in rules("below") if by.holds(day) for entry in by.titles
    ]


def nesting(gap: Gap, *, pending: bool) -> str:
    """Titles without the one beneath; ``pending``: whose lower title's review is pending, else those with none at all."""
    waiting = f"select p.uscc from ({members.REVIEW_PENDING}) p where {among(gap.below, 'p')}"
    titles = members.titles(
        f"""{among([gap.title])} and not exists (
            select 1 from title l where l.uscc = t.uscc and {among(gap.below, "l")}
              and l.valid_from <= :day and l.ends_on > :day)"""
    )
    return f"select n.* from ({titles}) n where n.uscc {'in' if pending else 'not in'} ({waiting})"


def of_firm(connection: Connection, uscc: str) -> tuple[list[Term], list[Step]]:
    """One firm's terms and applications as ``lifecycle.findings`` takes them."""
    t, a = TITLE.c, APPLICATION.c
    terms = select(*(t[name] for name in Term._fields)).where(t.uscc == uscc).order_by(t.valid_from, t.key)
    steps = select(*(a[name] for name in Step._fields)).where(a.uscc == uscc).order_by(a.from_day, a.key)
    return (
        [Term(*row) for row in connection.execute(terms)],
        [Step(*row) for row in connection.execute(steps)],
    )


def grace_of(question: Question) -> Grace:
    return Grace(question.settings.review.grace_days, question.settings.review.max_days)
