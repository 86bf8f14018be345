"""A district officer and the firms of others, on every page and address of the API that names a firm.

An address with another unit's firm in it is refused with its name and unit only, whichever room serves it; of a firm that
moved away the pages marked ``@shows_past`` show what was known up to the move.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar

from flask import current_app, g, request
from flask_babel import gettext as _
from sqlalchemy import Connection

from registry.naming.codes import read_code
from registry.pages.asked import Asked
from registry.pages.blueprint import blueprint
from registry.scope import Managed, known_until, last_own_day, managed, own_firms
from registry.shell.access import NotAllowedError, actor
from registry.shell.languages import language
from registry.shell.serving import house
from registry.store.clock import instant_text
from registry.store.merges import merges_at

Handler = TypeVar("Handler", bound=Callable[..., Any])


def shows_past(view: Handler) -> Handler:
    """Mark a page that shows nothing later than ``last_day()``; beneath ``@allow``."""
    view.__dict__["shows_past"] = True
    return view


@blueprint.before_app_request
def keep_to_own_firms() -> None:
    """Every ``<uscc>`` of an address, and every ``uscc=`` behind it, must be the officer's own."""
    unit = g.actor.unit
    if unit is None or request.endpoint is None:
        return
    named = [str((request.view_args or {}).get("uscc") or "")]
    named += [code for given in request.args.getlist("uscc") for code in given.split(",")]
    codes = {read_code(code).code or code.strip().upper() for code in named if code.strip()}
    if not codes:
        return
    here = house()
    today = here.clock.today()
    past = getattr(current_app.view_functions[request.endpoint], "shows_past", False)
    with here.store.read() as connection:
        led = merges_at(connection)  # a code that leads to another firm shows that firm
        for code, firm in _others(connection, map(led.firm, codes)).items():
            g.last_day = last_own_day(connection, code, unit, today) if past else None
            if g.last_day is None:
                raise _elsewhere(firm)
            g.known_until = known_until(connection, code, g.last_day)


def refuse_others(connection: Connection, codes: Iterable[str]) -> None:
    """Raises NotAllowedError where one of the firms is another unit's: for firms that no address names, such as the one
    that a code led to at the instant asked for."""
    for firm in _others(connection, codes).values():
        raise _elsewhere(firm)


def _others(connection: Connection, codes: Iterable[str]) -> dict[str, Managed]:
    """Of the firms those that are managed elsewhere; none for an account of the whole city."""
    unit = actor().unit
    if unit is None:
        return {}
    found = managed(connection, codes, house().clock.today())
    return {code: firm for code, firm in found.items() if firm.unit != unit}


def _elsewhere(firm: Managed) -> NotAllowedError:
    zh, en = (house().places.label(firm.unit, spoken) for spoken in ("zh", "en"))
    return NotAllowedError(
        None,
        f"{firm.name} is managed by {en or 'another unit'}; its records are seen there and by the city",
        f"{firm.name}由{zh or '其他单位'}管理，其记录由该单位和市级查看",
    )


def last_day() -> date | None:
    """The last day that this page may speak of; None: no limit."""
    day: date | None = g.get("last_day")
    return day


def capped(asked: Asked) -> Asked:
    """What is asked, kept to the time before the firm moved away."""
    until = last_day()
    if until is None:
        return asked
    known_at = known_by(asked.known_at)
    typed = asked.typed if known_at == asked.known_at else instant_text(g.known_until)
    return replace(asked, day=min(asked.day, until), known_at=known_at, typed=typed)


def known_by(known_at: datetime | None) -> datetime | None:
    if last_day() is None:
        return known_at
    latest: datetime = g.known_until
    return latest if known_at is None else min(known_at, latest)


def own_codes() -> frozenset[str] | None:
    """The credit codes of the officer's firms now; None for an account of the whole city."""
    unit = actor().unit
    if unit is None:
        return None
    here = house()
    with here.store.read() as connection:
        return frozenset(connection.execute(own_firms(unit, here.clock.today())).scalars())


@blueprint.app_template_global()
def own_unit() -> str | None:
    """The name of the unit that the reader is limited to."""
    unit = actor().unit if "actor" in g else None
    return house().places.label(unit, language()) if unit else None


def only_own() -> str | None:
    """The line above a list that was cut to the own firms."""
    unit = own_unit()
    return _("only firms of %(unit)s", unit=unit) if unit else None
