"""Who counts, in SQL: for each counted thing one query of firms with the records that made them count.

The same query gives the total, the breakdown and the list of firms, so a number and its list cannot differ.
``home`` is the city's firms on the day; every membership query has the columns ``uscc, record, filing, row``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import Connection, CursorResult, Date, bindparam, text

from registry import codes
from registry.room import Breakdown
from registry.settings import Settings
from registry.store.clock import BEGINNING
from tiers.targets import REVENUE_FLOORS, Target, complete_round, revenue_year

_RESIDENT = "from_day <= :day and to_day > :day and city = :home"
_AT_HOME = f"""{_RESIDENT}
    and (status is null or status = 'active') and (founded_on is null or founded_on <= :day)"""
#: The city's firms on :day – existing, not cancelled, with their place and trade on that day.
_FIRM = "select uscc, name, district, area, industry, ownership, digital_core from enterprise where "
HOME = _FIRM + _AT_HOME
#: Everybody else on the register. Totals leave these few out instead of joining the many.
AWAY = f"select uscc from enterprise group by uscc having max(case when {_AT_HOME} then 1 else 0 end) = 0"
#: Whoever belongs to the city, also after the licence ended: the above-scale list is the statistics bureau's word, and
#: a member counts until that bureau lets it go.
RESIDENT = _FIRM + _RESIDENT
ELSEWHERE = (
    f"select uscc from enterprise group by uscc having max(case when {_RESIDENT} then 1 else 0 end) = 0"
)
#: Firms that were not simply here all the time: only they have to be asked where they were.
ROAMING = "select distinct uscc from enterprise where city <> :home or from_day > :beginning"
PARTS = {"home": HOME, "away": AWAY, "resident": RESIDENT, "elsewhere": ELSEWHERE, "roaming": ROAMING}
#: Asked for by nearly every query of a count, so a whole count makes them once (``prepared``).
SHARED = ("away", "roaming")
PREPARED = "tidu-prepared"
#: What can be asked of a record that makes a firm count, beside its filing and row; days as text.
DETAILS = {
    "title": ("tier", "level", "kind", "valid_from", "valid_to"),
    "listing": ("board", "stage_on"),
    "above_scale": ("entered_on",),
    "figures": ("year", "revenue"),
    "honour": ("honour", "level", "title", "on"),
}
_DAYS = ("valid_from", "valid_to", "stage_on", "entered_on", "on")
IN_FORCE = "t.valid_from <= :day and t.ends_on > :day"
#: The firm belonged to the city on any day from the title's issue to :day.
BELONGED = """(t.uscc not in (select uscc from roaming) or exists (
    select 1 from enterprise e where e.uscc = t.uscc and e.city = :home and e.from_day <= :day and e.to_day > t.issued))"""
#: Past its last day, not revoked or taken over, with a review filed in time and not decided on :day.
REVIEW_PENDING = """
  select distinct t.uscc, t.tier, t.level, 'title' as record, t.filing, t.row
  from application a cross join title t
  where a.purpose = 'review' and a.stage not in ('recognised', 'rejected', 'withdrawn')
    and a.from_day <= :day and a.to_day > :day
    and t.uscc = a.uscc and t.tier = a.tier and t.level = a.level
    and t.valid_to < :day and t.valid_to >= :oldest and (t.revoked_on is null or t.revoked_on > :day)
    and (t.overtaken_on is null or t.overtaken_on > :day)
    and exists (select 1 from application f where f.uscc = a.uscc and f.key = a.key
                and f.from_day > t.valid_from and f.from_day <= :day and f.from_day <= grace_end(t.valid_to))"""


@dataclass(frozen=True)
class Question:
    """What is asked of the register: a day, and the year of accounts if the default does not suit."""

    day: date
    settings: Settings
    year: int | None = None
    #: The breakdown that a room adds, where the count is broken down by it.
    added: Breakdown | None = None

    @property
    def revenue_year(self) -> int:
        return self.year if self.year is not None else revenue_year(self.day, self.settings)

    @cached_property
    def quality(self) -> str:
        """The condition "a title that makes a quality firm" on ``t``, from ``[quality] titles``."""
        parts = []
        for entry in self.settings.quality.titles:
            tier, _, level = entry.partition(":")
            parts.append(f"(t.tier = '{word(tier)}'" + (f" and t.level = '{word(level)}')" if level else ")"))
        return "(" + " or ".join(parts or ["1 = 0"]) + ")"

    def is_quality(self, tier: str, level: str) -> bool:
        """Does this title make a quality firm?"""
        return any(entry in (tier, f"{tier}:{level}") for entry in self.settings.quality.titles)

    def ask(self, connection: Connection, sql: str, **more: Any) -> Sequence[Any]:
        """Run ``sql`` with ``home`` at hand and the parameters that it names."""
        return self._ask(connection, sql, more).all()

    def tuples(self, connection: Connection, sql: str, **more: Any) -> list[tuple[Any, ...]]:
        """The same without names, as the driver gives them: for hundreds of thousands of rows."""
        cursor: Any = self._ask(connection, sql, more).cursor
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def _ask(self, connection: Connection, sql: str, more: Mapping[str, Any]) -> CursorResult[Any]:
        held = SHARED if connection.info.get(PREPARED) == self.day else ()
        used = [name for name in PARTS if name not in held and (f" {name} " in sql or f" {name})" in sql)]
        parts = [f"{name} as ({PARTS[name]})" for name in used]
        return self._run(connection, f"with {', '.join(parts)}\n{sql}" if parts else sql, more)

    @contextmanager
    def prepared(self, connection: Connection) -> Iterator[None]:
        """Hold the parts that most queries share in temporary tables while a whole count is asked."""
        for name in SHARED:
            connection.execute(text(f"create temporary table {name} (uscc varchar primary key)"))
            self._run(connection, f"insert into {name} {PARTS[name]}", {})
        connection.info[PREPARED] = self.day
        try:
            yield
        finally:
            del connection.info[PREPARED]
            for name in SHARED:
                connection.execute(text(f"drop table {name}"))

    def _run(self, connection: Connection, sql: str, more: Mapping[str, Any]) -> CursorResult[Any]:
        values: dict[str, Any] = {
            "day": self.day,
            "home": self.settings.city.code,
            "beginning": BEGINNING,
            "january": date(self.day.year, 1, 1),
            "soon": self.day + timedelta(days=179),
            "oldest": self.day - timedelta(days=self.settings.review.max_days),
            "revenue_year": self.revenue_year,
            **more,
        }
        # Adding days to a day is the one thing that the two databases say differently.
        grace = self.settings.review.grace_days
        sqlite = connection.dialect.name == "sqlite"
        ends = f"date(t.valid_to, '+{grace} days')" if sqlite else f"(t.valid_to + {grace})"
        statement = text(sql.replace("grace_end(t.valid_to)", ends))
        named = statement._bindparams
        typed = [
            bindparam(k, values[k], type_=Date() if isinstance(values[k], date) else None) for k in named
        ]
        return connection.execute(statement.bindparams(*typed))


class Dimension(NamedTuple):
    """What a breakdown goes by: an expression on the firm ``h``, and what has to be joined to ``h`` for it."""

    key: str
    join: str = ""


def word(id: str) -> str:
    """An id from the settings, safe inside SQL. Raises ValueError for anything else."""
    if not id.replace("_", "").replace("-", "").isalnum():
        raise ValueError(f"not an id: {id!r}")
    return id


def words(ids: Iterable[str]) -> str:
    return ", ".join(f"'{word(id)}'" for id in ids) or "''"


def whose(sql: str) -> str:
    """Whose memberships a query gives: ``home`` firms, or every ``resident``."""
    return "resident" if sql == ABOVE_SCALE else "home"


def total(sql: str, counted: str = "count(distinct m.uscc)") -> str:
    """How many of the city's firms (or of their records: ``count(*)``) a membership query gives."""
    left_out = {"home": "away", "resident": "elsewhere"}[whose(sql)]
    return f"select '', {counted} from ({sql}) m where m.uscc not in (select uscc from {left_out})"


def by(sql: str, dimension: Dimension, counted: str = "count(distinct m.uscc)") -> str:
    """The same, by a dimension of the firm ``h``."""
    firms = f"{whose(sql)} h on h.uscc = m.uscc{dimension.join}"
    return f"select {dimension.key}, {counted} from ({sql}) m join {firms} group by 1"


def picked(alias: str, record: str, detailed: bool) -> str:
    """The columns of a membership query, with those of ``DETAILS`` where they are asked for."""
    more = [
        f'cast({alias}."{name}" as varchar)' if name in _DAYS else f'{alias}."{name}"'
        for name in (DETAILS[record] if detailed else ())
    ]
    return ", ".join([f"{alias}.uscc", f"'{record}' as record", f"{alias}.filing", f"{alias}.row", *more])


def quality_pending(question: Question, detailed: bool = False) -> str:
    """Firms without a valid quality title whose review of one is pending."""
    term = """ join title d on d.uscc = t.uscc and d.tier = t.tier and d.level = t.level and d.filing = t.filing
               and d.row = t.row""" if detailed else ""  # fmt: skip
    return f"""
    select {picked("d" if detailed else "t", "title", detailed)} from ({REVIEW_PENDING}) t{term}
    where {question.quality} and not exists (
      select 1 from ({titles(question.quality)}) v where v.uscc = t.uscc)"""


def titles(condition: str, detailed: bool = False) -> str:
    """Firms by titles in force on :day that meet ``condition`` on ``t``."""
    return f"select {picked('t', 'title', detailed)} from title t where {IN_FORCE} and {condition}"


def ever_issued(condition: str) -> str:
    """Titles issued by :day to firms of the city that meet ``condition`` on ``t``, each once, also those that are over."""
    return f"""select t.uscc, 'title' as record, t.filing, t.row from title t
               where t.issued <= :day and t.first = 1 and {condition} and {BELONGED}"""


def listed(question: Question, detailed: bool = False) -> str:
    """Firms listed on :day on a counted board, whatever their trade."""
    boards = words(question.settings.listed.boards)
    columns = picked("l", "listing", True) if detailed else f"{picked('l', 'listing', False)}, l.board"
    return f"""
    select {columns} from listing l
    where l.stage = 'listed' and l.stage_on <= :day and l.board in ({boards})
      and not exists (select 1 from listing d where d.uscc = l.uscc and d.board = l.board and d.stage = 'delisted'
                      and d.stage_on <= :day and d.stage_on >= l.stage_on)"""


_ON_THE_LIST = "from above_scale m where m.entered_on <= :day and (m.left_on is null or m.left_on > :day)"
ABOVE_SCALE = f"select {picked('m', 'above_scale', False)} {_ON_THE_LIST}"


def honours(target: Target, detailed: bool = False) -> str:
    """Honours counted for a target: stock (in force), year (granted this year) or cumulative (ever granted)."""
    kinds = []
    for honour, levels in target.tags:
        level = f" and h.level in ({words(levels)})" if levels else ""
        kinds.append(f"(h.honour = '{word(honour)}'{level})")
    when = {
        "stock": 'h."on" <= :day and (h.until is null or h.until >= :day)',
        "year": 'h."on" >= :january and h."on" <= :day',
        "cumulative": 'h."on" <= :day',
    }[target.basis]
    return f"select {picked('h', 'honour', detailed)} from honour h where {when} and ({' or '.join(kinds)})"


def revenue(floor: int, detailed: bool = False) -> str:
    return f"""
    select {picked("f", "figures", detailed)} from figures f
    where f.year = :revenue_year and f.revenue >= {int(floor)}"""


REVENUE_CLASSES = (*REVENUE_FLOORS, "below", "unknown")


def revenue_class(name: str) -> str:
    """Firms of one class of revenue, as the count has them: each is in exactly one."""
    accounts = "from figures f where f.year = :revenue_year and f.revenue is not null"
    if name == "unknown":
        return f"""select e.uscc, 'enterprise' as record, e.filing, e.row from enterprise e
                   where e.from_day <= :day and e.to_day > :day and e.uscc not in (select f.uscc {accounts})"""
    at = REVENUE_CLASSES.index(name)
    floors = list(REVENUE_FLOORS.values())
    least = f" and f.revenue >= {floors[at]}" if at < len(floors) else ""
    below = f" and f.revenue < {floors[at - 1]}" if at else ""
    return f"select f.uscc, 'figures' as record, f.filing, f.row {accounts}{least}{below}"


def members(target: Target, question: Question, detailed: bool = False) -> str | None:
    """The membership query of a target; None where its value is filed by a department. ``detailed``: with what
    ``DETAILS`` names of each record.

    The listed ones still have to be asked for their trade (``count.listed_answers``).
    """
    match target.id:
        case "quality-firms":
            if question.settings.review.include_review_pending:
                pending = quality_pending(question, detailed)
                return f"{titles(question.quality, detailed)} union all {pending}"
            return titles(question.quality, detailed)
        case "above-scale":
            return f"select {picked('m', 'above_scale', True)} {_ON_THE_LIST}" if detailed else ABOVE_SCALE
        case "listed":
            return listed(question, detailed)
        case "high-tech":
            return titles("t.tier = 'high_tech'", detailed)
        case "tech-sme":
            return tech_round(complete_round(question.day), detailed)
        case "revenue-10bn" | "revenue-1bn":
            return revenue(REVENUE_FLOORS[target.id.removeprefix("revenue-")], detailed)
    return honours(target, detailed) if target.source == "tags" and target.tag else None


def record_of(target: Target) -> str:
    """The record word of what makes firms count for a target."""
    if target.source == "tags":
        return "honour"
    fixed = {"above-scale": "above_scale", "listed": "listing"}
    return fixed.get(target.id, "figures" if target.id.startswith("revenue-") else "title")


def tech_round(year: int, detailed: bool = False) -> str:
    return f"""
    select {picked("t", "title", detailed)} from title t
    where t.tier = 'tech_sme' and t.issued >= '{year:04d}-01-01' and t.issued <= '{year:04d}-12-31' and t.issued <= :day"""


def boards_abroad() -> frozenset[str]:
    return frozenset(row["id"] for row in codes.load("codes/boards").rows if row["abroad"] == "yes")
