"""Twice the same firm: merging two codes into one firm, and splitting them again.

A merge is a judgement, not a fact: it adds nothing to what was said and takes nothing away. The statements of both codes
fold under the survivor while it stands; a split ends it, and each code is again what was filed with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select, update

from registry.comparing import Preview, preview
from registry.house import House
from registry.refusals import MisusedError, NeedsConfirmationError, RefusedError
from registry.scope import own
from registry.store import statements
from registry.store.bulk import among
from registry.store.clock import day_of
from registry.store.engine import Write
from registry.store.merges import MERGE, Merges, merges_at
from registry.subjects import ENTERPRISE, existing
from registry.withdrawal import named_codes

__all__ = ["Preview", "merge", "preview", "split"]


def merge(
    house: House,
    loser: str,
    survivor: str,
    by: str,
    reason: str = "",
    *,
    yes: bool = False,
    unit: str | None = None,
) -> int:
    """Let ``loser`` lead to ``survivor`` from now on. Gives the number of the merge.

    Where the two differ the act wants ``yes`` (NeedsConfirmationError lists the fields). ``unit``: the management unit
    that the actor is limited to; both firms must be its own. Raises MisusedError for codes that are not on the register
    or the same, RefusedError where one of them leads to another firm already.
    """
    with house.store.write(by) as work:
        connection, day = work.connection, day_of(work.at)
        led = merges_at(connection)
        check(connection, loser, survivor, led)
        _check_unit(connection, (loser, survivor), unit, day)
        differing = preview(house, connection, loser, survivor, day).differing
        if differing and not yes:
            raise NeedsConfirmationError(
                f"{loser} and {survivor} differ in {len(differing)} fields; look at them before they become one",
                f"{loser} 与 {survivor} 有 {len(differing)} 项不一致，请先核对再合并",
                [
                    f"{line.field.id}: {line.loser and line.loser.value} | {line.survivor and line.survivor.value}"
                    f" → {line.after and line.after.value}"
                    for line in differing
                ],
            )
        made: Any = connection.execute(
            insert(MERGE).values(loser=loser, survivor=survivor, by=by, at=work.at, reason=reason.strip())
        )
        _fold_again(house, work, (loser, survivor))
        return int(made.inserted_primary_key[0])


def check(connection: Connection, loser: str, survivor: str, led: Merges) -> None:
    """Refuse two codes that cannot be merged, and say what to do instead."""
    if loser == survivor:
        raise MisusedError(f"{loser} is one code; name two", f"两边都是 {loser}，请给出两个不同的信用代码")
    if (firm := led.firm(loser)) == led.firm(survivor):
        raise RefusedError(
            f"{loser} and {survivor} are one firm already; both lead to {firm}",
            f"{loser} 与 {survivor} 已合并为同一企业，均归入 {firm}",
        )
    if loser in led.leads:
        raise RefusedError(
            f"{loser} leads to {led.firm(loser)} already; split it first, or merge {led.firm(loser)}",
            f"{loser} 已并入 {led.firm(loser)}；请先拆分，或改为合并 {led.firm(loser)}",
        )
    if survivor in led.leads:
        raise RefusedError(
            f"{survivor} leads to {led.firm(survivor)} itself; merge {loser} into {led.firm(survivor)}",
            f"{survivor} 本身已并入 {led.firm(survivor)}；请将 {loser} 并入 {led.firm(survivor)}",
        )
    known = existing(connection, (loser, survivor))
    for code in (loser, survivor):
        if code not in known:
            raise MisusedError(f"{code} is not on the register", f"登记库里没有 {code}")


def split(house: House, loser: str, by: str, *, unit: str | None = None) -> str:
    """End the merge of ``loser``: it is a firm of its own again, with the codes that lead to it. Gives the firm that it
    led to.

    Raises RefusedError where it is not merged, or where nothing names one of the two any more.
    """
    with house.store.write(by) as work:
        connection, day = work.connection, day_of(work.at)
        led = merges_at(connection)
        if loser not in led.leads:
            raise RefusedError(
                f"{loser} is not merged into another firm{_leading('; these lead to it: ', loser, led)}",
                f"{loser} 没有并入其他企业{_leading('；并入它的有：', loser, led)}",
            )
        firm = led.leads[loser]
        m = MERGE.c
        connection.execute(
            update(MERGE).where(m.loser == loser, m.split_at.is_(None)).values(split_at=work.at, split_by=by)
        )
        _fold_again(house, work, (loser, firm))
        _check_unit(connection, (loser, firm), unit, day)
        apart = merges_at(connection)
        for code in (loser, firm):
            _check_named(connection, code, apart.codes_of((code,)))
        return firm


def _fold_again(house: House, work: Write, codes: Iterable[str]) -> None:
    touched = set(codes)
    house.refold(work, {kind.record: touched for kind in house.kinds.all}, {})


def _leading(said: str, code: str, led: Merges) -> str:
    """What to say of the codes that lead to one; nothing where there are none."""
    others = [other for other in led.codes.get(code, ()) if other != code]
    return said + ", ".join(others) if others else ""


def _check_named(connection: Connection, code: str, codes: Collection[str]) -> None:
    """A firm that nothing names is none: its other records would hang in the air."""
    s = statements.STATEMENT.c
    speaks = connection.execute(
        select(s.id).where(among(connection, s.subject, codes), s.closed_at.is_(None)).limit(1)
    ).first()
    if speaks and not named_codes(connection, codes):
        raise RefusedError(
            f"nothing on record names {code} any more, but other records were filed with it; "
            "file its code and name in a list of enterprises, then split",
            f"{code} 名下仍有其他记录，但已没有登记其名称的记录；请先用“企业”名单登记该代码与名称，再拆分",
        )


def _check_unit(connection: Connection, firms: Iterable[str], unit: str | None, day: date) -> None:
    if unit is None:
        return
    e = ENTERPRISE.c
    asked = list(firms)
    owned = select(e.uscc).where(e.uscc.in_(asked), e.from_day <= day, e.to_day > day, own(unit))
    mine = set(connection.execute(owned).scalars())
    for code in asked:
        if code not in mine:
            raise RefusedError(
                f"{code} is not managed by your unit; ask the city desk",
                f"{code} 不属于本单位管理，请交市级处理",
            )
