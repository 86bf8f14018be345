"""Which firms belong to which chain on a day: by a role in force. For counts, and for the list of firms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Connection, and_, exists, func, or_, select

from chains.models import ChainRole, ChainStage
from registry import words
from registry.facets import NONE
from registry.house import House
from registry.room import Breakdown, Facet, RegisterPart
from registry.shell.languages import language
from registry.subjects import ENTERPRISE

ROLE: Any = ChainRole.__table__  # type: ignore[attr-defined]
STAGE: Any = ChainStage.__table__  # type: ignore[attr-defined]
#: Between the values of a firm that has several: no name of a chain holds it.
_BETWEEN = "\x1f"
_MEMBERSHIPS = """select distinct r.uscc, r.chain as key from chain_role r
    where (r."from" is null or r."from" <= :day) and (r."to" is null or r."to" >= :day)"""


def chains_of_record(connection: Connection) -> Sequence[str]:
    """The names of all chains, in their order, whether or not anybody has a role in them."""
    named = select(STAGE.c.chain).union(select(ROLE.c.chain))
    return sorted(connection.execute(named).scalars())


def _in_force(day: date) -> Any:
    since, until = ROLE.c["from"], ROLE.c["to"]
    return and_(or_(since.is_(None), since <= day), or_(until.is_(None), until >= day))


def _facet(id: str, label: Any, column: Any, options: Any, order: int) -> Facet:
    """A firm has each value that ``column`` takes in its roles of the day; ``none`` where it has no role."""

    def fits(wanted: str, day: date) -> Any:
        held = exists().where(ROLE.c.uscc == ENTERPRISE.c.uscc, _in_force(day))
        return ~held if wanted == NONE else held.where(column == wanted)

    def by(day: date) -> Any:
        several = func.aggregate_strings(column, _BETWEEN)
        return select(several).where(ROLE.c.uscc == ENTERPRISE.c.uscc, _in_force(day)).scalar_subquery()

    def of(group: str | None) -> Sequence[str]:
        return tuple(dict.fromkeys(group.split(_BETWEEN))) if group else (NONE,)

    return Facet(id, label, options, fits, by, of, order)


def _chains(house: House) -> Sequence[tuple[str, str]]:
    with house.store.read() as connection:
        named = [(name, name) for name in chains_of_record(connection)]
    return [*named, (NONE, _("in no chain"))]


def _roles(_house: House) -> Sequence[tuple[str, str]]:
    known = [(id, words.label("role", id, language())) for id in words.vocabulary("role")]
    return [*known, (NONE, _("no role in a chain"))]


BREAKDOWNS = (Breakdown("chain", _MEMBERSHIPS, chains_of_record),)
REGISTER = RegisterPart(
    table=None,
    facets=(
        _facet("chain", lambda: _("Chain"), ROLE.c.chain, _chains, 50),
        _facet("chain_role", lambda: _("Chain role"), ROLE.c.role, _roles, 51),
    ),
    columns=(),
)
