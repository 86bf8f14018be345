"""Who climbed, stayed, fell, entered and left between two days: firms by their highest quality tier on both.

A firm is in one *state* a day: its highest tier in the configured order (``other`` for a quality title that the order
does not name), ``none`` (of the city, without a quality title in force) or ``outside`` (not founded yet, gone, or
elsewhere). Row and column sums of the tiers are ``firms_by_highest_tier`` of ``count``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from registry.kind import Record
from tiers import members
from tiers.members import Question, word

NONE, OUTSIDE, OTHER = "none", "outside", "other"
#: What can happen to a firm's highest tier, as SQL on ``s``: {none} is the place of the first state without a title.
WAYS = {
    "climbed": "s.became < s.was and s.was < {none}",
    "fell": "s.became > s.was and s.became < {none}",
    "entered": "s.was >= {none} and s.became < {none}",
    "left": "s.was < {none} and s.became >= {none}",
    "stayed": "s.was = s.became and s.was < {none}",
}
#: Groups of states: any tier, and everybody who is or was of the city.
HELD, ALL = "held", "all"


@dataclass(frozen=True)
class Flows:
    """``moves``: (state before, state after) → firms, without those outside on both days. ``states``: in their order."""

    before: date
    after: date
    states: tuple[str, ...]
    moves: Mapping[tuple[str, str], int]

    def total(self, side: int, state: str) -> int:
        """Firms in a state before (0) or after (1)."""
        return sum(firms for move, firms in self.moves.items() if move[side] == state)

    def way(self, move: tuple[str, str]) -> str:
        """One of ``WAYS``, the first state of the order being the highest; empty between the states without a title."""
        was, became = (self.states.index(state) for state in move)
        none = self.states.index(NONE)
        if was >= none or became >= none:
            return "" if was >= none and became >= none else "entered" if was >= none else "left"
        return "stayed" if was == became else "climbed" if became < was else "fell"


def states(question: Question) -> tuple[str, ...]:
    return (*question.settings.quality.order, OTHER, NONE, OUTSIDE)


def flows(connection: Connection, question: Question, before: date) -> Flows:
    """The moves from ``before`` to the question's day, in one pass over the firms."""
    rows = question.ask(
        connection,
        f"select s.was, s.became, count(*) as firms from ({_both(question)}) s group by 1, 2",
        before=before,
    )
    order = states(question)
    moves = Counter({(order[row.was], order[row.became]): row.firms for row in rows})
    used = tuple(s for s in order if s != OTHER or any(OTHER in move for move in moves))
    return Flows(before, question.day, used, moves)


def cell(question: Question, was: str, became: str) -> str:
    """The condition of one cell of the matrix; either side may be a group."""
    order = states(question)
    return f"s.was in ({_among(order, was)}) and s.became in ({_among(order, became)})"


def way(question: Question, id: str) -> str:
    return WAYS[id].format(none=states(question).index(NONE))


def left_pending(question: Question) -> str:
    """Of those who left: whose review is pending, so that they may be back."""
    return (
        f"{way(question, 'left')} and s.uscc in (select p.uscc from ({members.quality_pending(question)}) p)"
    )


def counted(connection: Connection, question: Question, before: date, condition: str) -> int:
    """How many firms meet a condition on ``s``."""
    sql = f"select count(*) from ({_both(question)}) s where {condition}"
    return int(question.ask(connection, sql, before=before)[0][0])


def movers(connection: Connection, question: Question, before: date, condition: str) -> list[Record]:
    """The firms of a condition on ``s``, with the titles in force that made their states on either day."""
    rows = question.ask(
        connection,
        f"""select s.uscc, e.name, e.district, e.area, t.filing, t.row
            from ({_both(question)}) s join enterprise e on e.uscc = s.uscc
            left join title t on t.uscc = s.uscc and {question.quality}
              and (({_on(members.IN_FORCE, ":before")}) or ({members.IN_FORCE}))
            where {condition} and {LATEST} order by s.uscc, t.filing, t.row""",
        before=before,
    )
    found: dict[str, Record] = {}
    for row in rows:
        firm = {"uscc": row.uscc, "name": row.name, "district": row.district, "area": row.area, "why": []}
        held = found.setdefault(row.uscc, firm)
        if row.filing is not None:
            held["why"].append({"record": "title", "filing": row.filing, "row": row.row})
    return list(found.values())


#: The firm as it is on the later day, or as it last was.
LATEST = (
    """e.from_day = (select max(l.from_day) from enterprise l where l.uscc = s.uscc and l.from_day <= :day)"""
)


def _both(question: Question) -> str:
    """uscc, was, became: places in ``states`` of every firm that is of the city on either day."""
    order = states(question)
    none, outside = order.index(NONE), order.index(OUTSIDE)

    def state(side: str) -> str:
        return f"case when {side}h.uscc is null then {outside} else coalesce({side}q.best, {none}) end"

    return f"""
        select f.uscc, {state("b")} as was, {state("a")} as became
        from (select uscc from ({_on(members.HOME, ":before")}) x union select uscc from ({members.HOME}) y) f
        left join ({_on(members.HOME, ":before")}) bh on bh.uscc = f.uscc
        left join ({members.HOME}) ah on ah.uscc = f.uscc
        left join ({_on(_best(question), ":before")}) bq on bq.uscc = f.uscc
        left join ({_best(question)}) aq on aq.uscc = f.uscc"""


def _on(sql: str, name: str) -> str:
    return sql.replace(":day", name)


def _best(question: Question) -> str:
    order = question.settings.quality.order
    ranks = " ".join(f"when '{word(tier)}' then {rank}" for rank, tier in enumerate(order))
    return f"""select t.uscc, min(case t.tier {ranks} else {len(order)} end) as best from title t
               where {members.IN_FORCE} and {question.quality} group by t.uscc"""


def _among(order: Sequence[str], state: str) -> str:
    groups: dict[str, Collection[int]] = {
        ALL: range(len(order)),
        HELD: range(order.index(NONE)),
    }
    places = groups.get(state) or (order.index(state),)
    return ", ".join(str(place) for place in places)


def as_json(found: Flows) -> Record:
    """Flows as a document: the matrix without empty cells, in the order of the states."""
    order = {state: place for place, state in enumerate(found.states)}
    cells = sorted(found.moves.items(), key=lambda cell: (order[cell[0][0]], order[cell[0][1]]))
    return {
        "from": found.before.isoformat(),
        "to": found.after.isoformat(),
        "moves": [{"from": was, "to": became, "firms": firms, "way": found.way((was, became))} for (was, became), firms in cells],
    }  # fmt: skip


def sums(found: Flows) -> dict[str, int]:
    """Firms with a quality title before and after, and how many went which way."""
    ways = Counter(dict.fromkeys(WAYS, 0))
    for move, firms in found.moves.items():
        ways[found.way(move)] += firms
    tiers = [state for state in found.states if state not in (NONE, OUTSIDE)]
    before, after = (sum(found.total(side, state) for state in tiers) for side in (0, 1))
    return {"before": before, "after": after, **{way: ways[way] for way in WAYS}}
