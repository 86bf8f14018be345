"""Firms as somebody types them into the form of invitations: credit codes and full names, one after the other."""

from __future__ import annotations

import re

from registry.house import House
from registry.naming.codes import read_code
from registry.naming.normal import normal_form
from registry.store.merges import merges_at
from registry.subjects import bearers_of, existing

_BETWEEN = re.compile(r"[\s,，;；、]+")


def firms_typed(house: House, text: str) -> tuple[list[str], list[str]]:
    """(codes of the firms that a text names, each once; what names none, or more than one, of the register). A name that a
    firm bore before is its name as well."""
    typed = dict.fromkeys(filter(None, _BETWEEN.split(text)))
    codes = {one: code for one in typed if (code := read_code(one).code)}
    with house.store.read() as connection:
        led = merges_at(connection)
        lead = {one: led.firm(code) for one, code in codes.items()}
        known = existing(connection, lead.values())
        bearers = bearers_of(connection, [normal_form(one) for one in typed if one not in codes])
    found: dict[str, None] = {}
    strange: list[str] = []
    for one in typed:
        meant = (
            {lead[one]} & known
            if one in lead
            else {led.firm(bearer.uscc) for bearer in bearers.get(normal_form(one), ())}
        )
        if len(meant) == 1:
            found.update(dict.fromkeys(meant))
        else:
            strange.append(one)
    return list(found), strange
