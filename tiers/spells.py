"""From when to when each firm counts for a target: its memberships, cut to the time that it is of the city.

What ``members`` asks of one day is asked here of all days at once, so that ``spells`` on any day are that day's count
(tests compare them). Days are whole numbers: days since 1970-01-01, as numpy counts them; ends are exclusive.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from registry.store.clock import FOREVER
from tiers.count import counts_as_listed
from tiers.members import Question, word, words
from tiers.targets import REVENUE_FLOORS, Target

Days = NDArray[np.int64]
LAST = int(np.datetime64(FOREVER, "D").astype(np.int64))
#: When a firm is of the city and exists; of the above-scale list also after its licence ended.
_OF_THE_CITY = "p.city = :home"
EXISTS = f"{_OF_THE_CITY} and (p.status is null or p.status = 'active')"
SINCE = "case when p.founded_on > p.from_day then p.founded_on else p.from_day end"


@dataclass(frozen=True)
class Spells:
    """One entry for each stretch of days: the firm, the record's filing and row, first day, first day no longer."""

    firms: NDArray[np.object_]
    filings: Days
    rows: Days
    begins: Days
    ends: Days

    @classmethod
    def read(
        cls, firms: Sequence[str], filings: Sequence[int], rows: Sequence[int], begins: Days, ends: Days
    ) -> Spells:
        """From columns; stretches without a day are left out."""
        some = begins < ends
        columns = (
            np.array(firms, object),
            np.array(filings, np.int64),
            np.array(rows, np.int64),
            begins,
            ends,
        )
        return cls(*columns) if some.all() else cls(*columns).picked(some)

    def picked(self, chosen: NDArray[np.bool_]) -> Spells:
        return Spells(
            self.firms[chosen],
            self.filings[chosen],
            self.rows[chosen],
            self.begins[chosen],
            self.ends[chosen],
        )


#: Of nobody.
NONE = Spells.read((), (), (), np.zeros(0, np.int64), np.zeros(0, np.int64))


def day_number(day: date) -> int:
    return int(np.datetime64(day, "D").astype(np.int64))


def spells(
    connection: Connection, question: Question, target: Target, among: Collection[str] | None = None
) -> Spells:
    """All spells of a target that its members are counted by; those of review pending are not among them.

    ``among``: only these firms. The question's day does not matter.
    """
    sql, reading = _memberships(question, target)
    since, of_the_city = ("p.from_day", _OF_THE_CITY) if target.id == "above-scale" else (SINCE, EXISTS)
    trade = ", p.industry, p.digital_core" if target.id == "listed" else ""
    narrowed, more = within(connection, "s.uscc", among)
    rows = question.tuples(
        connection,
        f"""select s.uscc, s.filing, s.row, cast(s.a as varchar), cast(s.b as varchar),
                   cast({since} as varchar), cast(p.to_day as varchar){trade}
            from ({sql}) s join enterprise p on p.uscc = s.uscc where {of_the_city}{narrowed}""",
        **more,
    )
    if trade:
        rows = [row for row in rows if counts_as_listed(row[7], row[8]) == "yes"]
    if not rows:
        return NONE
    uscc, filing, row, a, b, first, last = list(zip(*rows, strict=True))[:7]
    begins, ends = reading(a, b)
    begins, ends = np.maximum(begins, days_of(first)), np.minimum(ends, days_of(last))
    return Spells.read(uscc, filing, row, begins, ends)


def within(connection: Connection, column: str, codes: Collection[str] | None) -> tuple[str, dict[str, Any]]:
    """The condition, to be added to others, that a column is one of ``codes``; None: any."""
    if codes is None:
        return "", {}
    each = (
        "json_each(:codes)"
        if connection.dialect.name == "sqlite"
        else "json_array_elements_text(cast(:codes as json))"
    )
    return f" and {column} in (select value from {each})", {"codes": json.dumps(sorted(codes))}


def _memberships(question: Question, target: Target) -> tuple[str, Any]:
    """SQL with ``uscc, filing, row, a, b``, and how ``a`` and ``b`` are read as first day and first day no longer."""
    if target.source == "tags":
        kinds = " or ".join(
            f"(h.honour = '{word(honour)}'" + (f" and h.level in ({words(levels)}))" if levels else ")")
            for honour, levels in target.tags
        )
        readings = {"stock": _until, "year": _that_year, "cumulative": _from_then}
        return (
            f'select h.uscc, h.filing, h.row, h."on" as a, h.until as b from honour h where {kinds}',
            readings[target.basis],
        )
    match target.id:
        case "above-scale":
            return (
                "select m.uscc, m.filing, m.row, m.entered_on as a, m.left_on as b from above_scale m",
                _between,
            )
        case "listed":
            return (
                f"""select l.uscc, l.filing, l.row, l.stage_on as a, (
                        select min(d.stage_on) from listing d where d.uscc = l.uscc and d.board = l.board
                         and d.stage = 'delisted' and d.stage_on >= l.stage_on) as b
                    from listing l where l.stage = 'listed' and l.board in ({words(question.settings.listed.boards)})""",
                _between,
            )
        case "tech-sme":
            return (
                "select t.uscc, t.filing, t.row, t.issued as a, null as b from title t where t.tier = 'tech_sme'",
                _round,
            )
        case "revenue-10bn" | "revenue-1bn":
            floor = REVENUE_FLOORS[target.id.removeprefix("revenue-")]
            return (
                f"select f.uscc, f.filing, f.row, f.year as a, null as b from figures f where f.revenue >= {floor}",
                lambda a, _b: _accounts(a, question.settings.figures.closing_day),
            )
    return titles(title_condition(question, target) or "1 = 0"), _between


def titles(condition: str) -> str:
    """Spells of titles in force that meet a condition on ``t``."""
    return f"select t.uscc, t.filing, t.row, t.valid_from as a, t.ends_on as b from title t where {condition}"


def title_condition(question: Question, target: Target) -> str | None:
    """The condition on ``t`` of a target that titles in force make; None for every other target."""
    return {"quality-firms": question.quality, "high-tech": "t.tier = 'high_tech'"}.get(target.id)


def days_of(texts: Any, empty: int = LAST) -> Days:
    found = np.array(texts, dtype="M8[D]")
    numbers = found.astype(np.int64)
    numbers[np.isnat(found)] = empty
    return numbers


def _between(a: Any, b: Any) -> tuple[Days, Days]:
    return days_of(a), days_of(b)


def _until(a: Any, b: Any) -> tuple[Days, Days]:
    """``b`` is the last day, inclusive."""
    return days_of(a), np.minimum(days_of(b, LAST - 1) + 1, LAST)


def _from_then(a: Any, _b: Any) -> tuple[Days, Days]:
    begins = days_of(a)
    return begins, np.full_like(begins, LAST)


def _that_year(a: Any, _b: Any) -> tuple[Days, Days]:
    """Until the year of ``a`` is over."""
    begins = days_of(a)
    years = np.array(a, dtype="M8[D]").astype("M8[Y]")
    return begins, (years + 1).astype("M8[D]").astype(np.int64)


def _round(a: Any, _b: Any) -> tuple[Days, Days]:
    """A yearly round speaks from the last day of its year until the next one is complete."""
    years = np.array(a, dtype="M8[D]").astype("M8[Y]")
    return tuple((years + n).astype("M8[D]").astype(np.int64) - 1 for n in (1, 2))  # type: ignore[return-value]


def _accounts(years: Any, closing_day: str) -> tuple[Days, Days]:
    """A year's accounts speak from the closing day of the next year until that of the one after."""
    month, _, day = closing_day.partition("-")
    found = {}
    for year in {int(text) for text in years}:
        found[year] = (_closing(year + 1, int(month), int(day)), _closing(year + 2, int(month), int(day)))
    pairs = np.array([found[int(text)] for text in years], dtype=np.int64)
    return pairs[:, 0], pairs[:, 1]


def _closing(year: int, month: int, day: int) -> int:
    """The first day of a year that is not before the closing day (which may be one that the month does not have)."""
    while True:
        try:
            return day_number(date(year, month, day))
        except ValueError:
            month, day = (month, day + 1) if day < 31 else (month + 1, 1)
