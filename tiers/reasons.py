"""Why firms left a count or entered it between two days: the first reason that fits, asked of all firms at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import Connection

from registry.kind import Record
from tiers.frames import Counted
from tiers.members import Question
from tiers.spells import day_number, spells, title_condition, within
from tiers.targets import REVENUE_FLOORS, Target

LEAVING = ("moved_out", "merged", "cancelled", "revoked", "expired")
ENTERING = ("moved_in", "new", "renewed")
HELD = ("renewed", "promoted", "demoted")
_ON = "{0}.from_day <= {1} and {0}.to_day > {1}"
#: A title that was taken away within the two days, before its last day and before another term took over.
_REVOKED = """select t.uscc from title t where {condition} and t.revoked_on > :before and t.revoked_on <= :day
    and t.revoked_on <= t.valid_to and (t.overtaken_on is null or t.overtaken_on > t.revoked_on)"""


def why_left(
    connection: Connection, question: Question, before: date, target: Target, firms: Collection[str]
) -> dict[str, str]:
    """Firm → one of ``LEAVING``, for firms that counted on ``before`` and do not on the question's day.

    A status counts as the reason only where it came between the two days. ``revoked`` is a licence or a title of the
    target taken away; ``expired`` is everything else: the term, membership, listing or year of accounts is over.
    """
    if not firms:
        return {}
    narrowed, more = within(connection, "e.uscc", firms)
    rows = question.ask(
        connection,
        f"""select e.uscc, e.city, e.status, e.successor_uscc, b.status as was from enterprise e
            left join enterprise b on b.uscc = e.uscc and {_ON.format("b", ":before")}
            where {_ON.format("e", ":day")}{narrowed}""",
        before=before,
        **more,
    )
    revoked: set[str] = set()
    if condition := title_condition(question, target):
        among, more = within(connection, "t.uscc", firms)
        asked = _REVOKED.format(condition=condition) + among
        revoked = {row.uscc for row in question.ask(connection, asked, before=before, **more)}
    found = {}
    for uscc, city, status, successor, was in rows:
        ended = status if status not in (None, "active", was) else None
        if city != question.settings.city.code:
            found[uscc] = "moved_out"
        elif ended and successor:
            found[uscc] = "merged"
        elif ended == "cancelled":
            found[uscc] = "cancelled"
        elif ended == "revoked" or uscc in revoked:
            found[uscc] = "revoked"
    return {uscc: found.get(uscc, "expired") for uscc in firms}


def why_entered(
    connection: Connection,
    question: Question,
    before: date,
    target: Target,
    items: Mapping[tuple[str, ...], str],
) -> dict[tuple[str, ...], str]:
    """Item → one of ``ENTERING``, for items that count on the question's day and did not on ``before``.

    An item is a firm, or a record of one where records are counted (``items``: item → its firm). ``renewed``: it had
    counted before, and after a gap it is back.
    """
    if not items:
        return {}
    firms = set(items.values())
    narrowed, more = within(connection, "e.uscc", firms)
    came = {
        row.uscc
        for row in question.ask(
            connection,
            f"select e.uscc from enterprise e where {_ON.format('e', ':before')} and e.city <> :home{narrowed}",
            before=before,
            **more,
        )
    }
    held = spells(connection, question, target, firms)
    earlier = held.picked(held.begins < day_number(before))
    counted: set[tuple[str, ...]] = {(uscc,) for uscc in earlier.firms}
    counted |= set(zip(earlier.firms, map(str, earlier.filings), map(str, earlier.rows), strict=True))
    return {
        item: "moved_in" if uscc in came else "renewed" if item in counted else "new"
        for item, uscc in items.items()
    }


def how_held(was: Counted, now: Counted, order: Collection[str]) -> str | None:
    """One of ``HELD`` for a firm that counts on both days, None where nothing happened to it.

    promoted, demoted: its highest tier in ``order`` is another, its revenue class for revenue; else renewed: a title,
    membership or year that it counted by was followed by a later one.
    """
    if was.why == now.why:
        return None
    before, after = (_rank(firm.why, list(order)) for firm in (was, now))
    if before is not None and after is not None and before != after:
        return "promoted" if after < before else "demoted"
    ids = {(one["filing"], one["row"]) for one in was.why}
    kept = {_series(one) for one in was.why}
    for one in now.why:
        if one["record"] != "listing" and (one["filing"], one["row"]) not in ids and _series(one) in kept:
            return "renewed"
    return None


def _rank(why: Collection[Record], order: list[str]) -> int | None:
    """The place of the highest tier or revenue class, 0 the highest; None where there is no such order."""
    ranks = []
    for one in why:
        if one["record"] == "title":
            ranks.append(order.index(one["tier"]) if one["tier"] in order else len(order))
        elif one["record"] == "figures":
            floors = list(REVENUE_FLOORS.values())
            ranks.append(next(at for at, floor in enumerate([*floors, 0]) if one["revenue"] >= floor))
    return min(ranks, default=None)


def _series(one: Record) -> tuple[str, ...]:
    """What stays the same from one term to the next."""
    if one["record"] == "title":
        return one["tier"], one["level"], one["kind"]
    return (one["record"],)
