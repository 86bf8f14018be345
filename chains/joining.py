"""Saying which firm an outside party is, or that a firm is not it.

Both are judgements of its name: nothing that was filed changes, and the links follow from then on. What was known before
stays known as it was.
"""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Connection

from chains.ends import OUTSIDE
from chains.outside import NAME, outside_parties
from registry import judgements
from registry.house import House
from registry.judgements import Judged
from registry.naming.codes import read_code
from registry.naming.normal import normal_form
from registry.refusals import MisusedError, RefusedError
from registry.store.merges import merges_at
from registry.subjects import existing

Verdict = Literal["same", "different"]


def judge_party(house: House, node: str, uscc: str, verdict: Verdict, by: str) -> str:
    """Record that an outside party is a firm of the register (``same``), or that it is not (``different``). Gives the firm.

    Raises MisusedError for what is no outside party or no firm, RefusedError for a party that is written by a code.
    """
    with house.store.write(by) as unit:
        party = next((one for one in outside_parties(unit.connection) if one.node == _node(node)), None)
        if party is None:
            raise MisusedError(
                f"there is no outside party {node!r}", f"没有外部主体“{node}”", "chain parties"
            )
        firm = _firm(unit.connection, uscc)
        if party.written != NAME:
            raise RefusedError(
                f"{party.names[0]} is a code: the links follow by themselves when a firm with it comes onto the register; "
                "put that firm or its listing on record",
                f"“{party.names[0]}”是代码：登记相应企业或其上市信息后，供应关系自动归到该企业",
            )
        judgements.record(unit, [Judged(party.names[0], "", firm, verdict)])
        return firm


def _node(typed: str) -> str:
    return typed if typed.startswith(OUTSIDE) else OUTSIDE + normal_form(typed)


def _firm(connection: Connection, typed: str) -> str:
    code = read_code(typed).code
    firm = merges_at(connection).firm(code) if code else None
    if firm is None or not existing(connection, [firm]):
        raise MisusedError(f"{typed!r} is no firm of the register", f"登记库里没有“{typed}”")
    return firm
