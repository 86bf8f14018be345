"""The firms behind a number of the overview: one query for each counted thing, the same conditions as the count's.

Each gives firms with the records that made them count, ordered by credit code; ``records`` is how many they are,
which for titles and tags is the number that was counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from registry.house import House
from registry.kind import Record
from tiers import members
from tiers.asking import view
from tiers.count import counts_as_listed, dimension_sql
from tiers.members import Question, word
from tiers.targets import Target

#: Measures of the table of tiers whose number leads to a list, and what each counts.
MEASURES = (
    "titles_valid", "firms_valid", "titles_cumulative", "new_this_year", "expiring_180d", "review_pending",
)  # fmt: skip
#: The same of the card of quality firms; ``expiring`` asks for its days besides.
QUALITY_MEASURES = ("titles_valid", "titles_cumulative", "review_pending", "expiring")


@dataclass(frozen=True)
class Firms:
    """``firms``: credit code, name, place and ``why`` (record, filing, row). ``records``: how many whys in all."""

    firms: list[Record]

    @property
    def records(self) -> int:
        return sum(len(firm["why"]) for firm in self.firms)


def behind_target(
    house: House,
    target: Target,
    question: Question,
    known_at: datetime | None,
    unit: str = "",
    highest: str = "",
) -> Firms | None:
    """The firms of a target, perhaps of one management unit or with one highest tier; None where nobody counts firms."""
    sql = members.members(target, question)
    if sql is None:
        return None
    more: Record = {}
    where = "1 = 1"
    if unit:
        where += f" and {dimension_sql('area')} = :unit"
        more["unit"] = unit
    if highest:
        where += f" and h.uscc in ({_with_highest(question)})"
        more["rank"] = question.settings.quality.order.index(highest)
    keep = counts_as_listed if target.id == "listed" else None
    return _ask(house, question, known_at, sql, where, keep, more)


def behind_tier(
    house: House, tier: str, level: str, measure: str, question: Question, known_at: datetime | None
) -> Firms:
    """The firms of one number of the table of tiers."""
    same = f"t.tier = '{word(tier)}' and t.level = '{word(level)}'"
    if measure == "review_pending":
        return _ask(house, question, known_at, f"select * from ({members.REVIEW_PENDING}) t where {same}")
    if measure == "new_this_year":
        sql = f"""select t.uscc, 'title' as record, t.filing, t.row from title t
                  where t.basis = 'new' and t.issued >= :january and t.issued <= :day and {same} and {members.BELONGED}"""
        return _ask(house, question, known_at, sql, anywhere=True)
    if measure == "titles_cumulative":
        return _ask(house, question, known_at, members.ever_issued(same), anywhere=True)
    soon = " and t.valid_to <= :soon" if measure == "expiring_180d" else ""
    return _ask(house, question, known_at, members.titles(same + soon))


def behind_quality(
    house: House,
    measure: str,
    question: Question,
    known_at: datetime | None,
    days: tuple[date, date] | None = None,
) -> Firms:
    """The firms of one number about quality titles. ``days``: titles in force whose last day lies between the two."""
    if measure == "titles_cumulative":
        return _ask(house, question, known_at, members.ever_issued(question.quality), anywhere=True)
    if measure == "review_pending":
        return _ask(house, question, known_at, members.quality_pending(question))
    if days is None:
        return _ask(house, question, known_at, members.titles(question.quality))
    ending = f"{question.quality} and t.valid_to >= :first and t.valid_to <= :last"
    more = dict(zip(("first", "last"), days, strict=True))
    return _ask(house, question, known_at, members.titles(ending), more=more)


def behind_revenue(house: House, name: str, question: Question, known_at: datetime | None) -> Firms:
    """The firms of one revenue class; those of ``unknown`` with their profile, for want of accounts."""
    return _ask(house, question, known_at, members.revenue_class(name))


def behind_titles(house: House, question: Question, known_at: datetime | None, sql: str) -> Firms:
    """The city's firms of any membership query of titles."""
    return _ask(house, question, known_at, sql)


def behind_new_titles(house: House, question: Question, known_at: datetime | None, sql: str) -> Firms:
    """The firms of a query of titles that belonged to the city then, wherever they are now."""
    return _ask(house, question, known_at, sql, anywhere=True)


def behind_records(house: House, question: Question, sql: str, more: Record) -> Firms:
    """The firms of any membership query, wherever they are; ``more``: its parameters."""
    return _ask(house, question, None, sql, more=more, anywhere=True)


def _with_highest(question: Question) -> str:
    order = question.settings.quality.order
    ranks = " ".join(f"when '{word(tier)}' then {rank}" for rank, tier in enumerate(order))
    return f"""select t.uscc from title t where {members.IN_FORCE} and {question.quality}
               group by t.uscc having min(case t.tier {ranks} else {len(order)} end) = :rank"""


def _ask(house: House, question: Question, known_at: datetime | None, sql: str,
         where: str = "1 = 1", keep: Any = None, more: Record | None = None, anywhere: bool = False) -> Firms:  # fmt: skip
    """Run a membership query and gather its records by firm."""
    everyone = "(select e.* from enterprise e where e.from_day <= :day and e.to_day > :day)"
    with view(house, known_at) as connection:
        firms = everyone if anywhere else members.whose(sql)
        rows = question.ask(
            connection,
            f"""select h.uscc, h.name, h.district, h.area, h.industry, h.digital_core, m.record, m.filing, m.row
                from ({sql}) m join {firms} h on h.uscc = m.uscc where {where} order by h.uscc, m.filing, m.row""",
            **(more or {}),
        )
    found: dict[str, Record] = {}
    for row in rows:
        if keep and keep(row.industry, row.digital_core) != "yes":
            continue
        firm = found.setdefault(
            row.uscc,
            {"uscc": row.uscc, "name": row.name, "district": row.district, "area": row.area, "why": []},
        )
        firm["why"].append({"record": row.record, "filing": row.filing, "row": row.row})
    return Firms(list(found.values()))
