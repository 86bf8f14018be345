"""The records that forecasts are made of, read in a few set-based queries from a view of the register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection

from tiers import members
from tiers.forecasting.history import EPOCH, FAR, Ints, Records
from tiers.members import Question, word
from tiers.terms import LIST_MONTHS, term_of

_DAYS: dict[str, int] = {}
TERM_MONTHS = {"3y": 36, "year": 12, "list": LIST_MONTHS}
#: A membership lasts until the firm leaves.
ENDLESS = 2400


def _number(day: Any) -> int:
    """Days are ISO text on SQLite and dates on PostgreSQL; few differ, so each is read once."""
    if day is None:
        return FAR
    if isinstance(day, date):
        return (day - EPOCH).days
    found = _DAYS.get(day)
    if found is None:
        found = _DAYS[day] = max(min((date.fromisoformat(day) - EPOCH).days, FAR), -FAR)
    return found


def _days(column: Sequence[Any]) -> Ints:
    return _mapped(column, {day: _number(day) for day in set(column)})


def _mapped(column: Sequence[Any], to: Mapping[Any, int]) -> Ints:
    return np.fromiter(map(to.__getitem__, column), dtype=np.int64, count=len(column))


def _places(values: Iterable[Any]) -> dict[Any, int]:
    """Each different value with its place in the order of coming."""
    return {value: at for at, value in enumerate(dict.fromkeys(values))}


def read_titles(connection: Connection, question: Question, condition: str) -> Records:
    """Every term of the titles that meet a condition on ``t``, whenever it was in force."""
    rows = question.tuples(
        connection,
        f"""select t.uscc, t.tier, t.level, t.kind, t.valid_from, t.valid_to, t.issued, t.revoked_on
            from title t where {condition} order by t.uscc, t.tier, t.level, t.kind, t.valid_from, t.issued, t.key""",
    )
    usccs, tiers, levels, kinds, *days = list(zip(*rows, strict=True)) or [()] * 8
    pairs = list(zip(tiers, levels, strict=True))
    named = {pair: f"{pair[0]}:{pair[1]}" for pair in set(pairs)}
    groups = sorted(named.values())
    months = [TERM_MONTHS[term_of(group.partition(":")[0])] for group in groups]
    of = _places(groups)
    group = _mapped(pairs, {pair: of[name] for pair, name in named.items()})
    firms, firm = _firms(usccs)
    # The terms of one title come one after another.
    title = _runs(firm, group, _mapped(kinds, _places(kinds)))
    terms = Terms(firms, firm, group, title, *(_days(one) for one in days))
    return _records(connection, question, groups, months, terms, "home")


def read_above_scale(connection: Connection, question: Question) -> Records:
    rows = question.tuples(
        connection, "select m.uscc, m.entered_on, m.left_on from above_scale m order by m.uscc, m.entered_on"
    )
    usccs, entered, left = list(zip(*rows, strict=True)) or [()] * 3
    firms, firm = _firms(usccs)
    started, endless = _days(entered), np.full(len(firm), FAR - 1, dtype=np.int64)
    terms = Terms(
        firms, firm, np.zeros_like(firm), np.arange(len(firm)), started, endless, started, _days(left)
    )
    return _records(connection, question, ["above_scale:"], [ENDLESS], terms, "resident")


class Terms(NamedTuple):
    """Columns of ``Records``, one place a term; ``firms``: the codes."""

    firms: tuple[str, ...]
    firm: Ints
    group: Ints
    title: Ints
    start: Ints
    last: Ints
    issued: Ints
    revoked: Ints


def _firms(usccs: Sequence[str]) -> tuple[tuple[str, ...], Ints]:
    """Each code once, in order, and the place of each."""
    firms = tuple(sorted(set(usccs)))
    return firms, _mapped(usccs, _places(firms))


def _runs(*columns: Ints) -> Ints:
    """A number for each row, the same as long as all columns stay the same."""
    other = np.zeros(len(columns[0]), dtype=bool)
    for column in columns:
        other[1:] |= column[1:] != column[:-1]
    return np.cumsum(other)


def _records(
    connection: Connection, question: Question, groups: Sequence[str], months: Sequence[int], terms: Terms, whose: str,
) -> Records:  # fmt: skip
    firms, *columns = terms
    stays = _stays(connection, question, _places(firms), whose) if firms else [columns[0]] * 3
    return Records(firms, tuple(groups), tuple(months), *columns, *stays)


def _stays(
    connection: Connection, question: Question, place: Mapping[str, int], whose: str
) -> tuple[Ints, Ints, Ints]:
    """When firms were the city's (``home``: and in business); spans that touch are one."""
    if whose == "home":
        where = "city = :home and (status is null or status = 'active')"
        begins = (
            "case when founded_on is not null and founded_on > from_day then founded_on else from_day end"
        )
    else:
        where, begins = "city = :home", "from_day"
    rows = question.tuples(
        connection,
        f"select uscc, {begins}, to_day from enterprise where {where} order by uscc, from_day",
    )
    usccs, firsts, lasts = list(zip(*rows, strict=True)) or [()] * 3
    firm = np.fromiter((place.get(uscc, -1) for uscc in usccs), dtype=np.int64, count=len(usccs))
    begin, end = _days(firsts), np.minimum(_days(lasts), FAR)
    some = (firm >= 0) & (begin < end)
    firm, begin, end = firm[some], begin[some], end[some]
    # A firm's spans come in their order and never overlap: one goes on where the one before it ends.
    alone = (firm[1:] != firm[:-1]) | (begin[1:] > end[:-1])
    new, over = np.append(True, alone), np.append(alone, True)
    new, over = new[: len(firm)], over[: len(firm)]
    return firm[new], begin[new], end[over]


def read_recognised(connection: Connection, question: Question) -> dict[str, tuple[int, int]]:
    """Tier → (recognised, rejected) of the new applications decided by the day: how many that apply are recognised."""
    found: dict[str, list[int]] = {}
    for tier, stage, firms in question.ask(
        connection,
        """select a.tier, a.stage, count(distinct a.key) from application a
           where a.purpose = 'new' and a.stage in ('recognised', 'rejected') and a.from_day <= :day group by 1, 2""",
    ):
        found.setdefault(tier, [0, 0])[stage == "rejected"] = firms
    return {tier: (good, bad) for tier, (good, bad) in sorted(found.items())}


def condition_of(tier: str, level: str = "") -> str:
    """The titles of one tier (and level) as a condition on ``t``."""
    return f"t.tier = '{word(tier)}'" + (f" and t.level = '{word(level)}'" if level else "")


def read_rounds(connection: Connection, question: Question) -> dict[int, dict[str, int]]:
    """Year of the yearly round of technology SMEs → firm → the day of its first registration in that year."""
    found: dict[int, dict[str, int]] = {}
    for uscc, year, first in question.ask(
        connection,
        """select t.uscc, substr(cast(t.issued as varchar), 1, 4) as year, min(t.issued) from title t
           where t.tier = 'tech_sme' and t.uscc not in (select uscc from away) group by 1, 2 order by 1, 2""",
    ):
        found.setdefault(int(year), {})[uscc] = _number(first)
    return found


def read_listings(
    connection: Connection, question: Question
) -> list[tuple[str, str, str, int, str | None, str | None]]:
    """(firm, board, stage, day, industry, mark) of the city's firms on the boards that count, by firm, board and day."""
    boards = members.words(question.settings.listed.boards)
    rows = question.ask(
        connection,
        f"""select l.uscc, l.board, l.stage, l.stage_on, h.industry, h.digital_core from listing l
            join home h on h.uscc = l.uscc where l.board in ({boards}) order by l.uscc, l.board, l.stage_on""",
    )
    return [(r[0], r[1], r[2], _number(r[3]), r[4], r[5]) for r in rows]
