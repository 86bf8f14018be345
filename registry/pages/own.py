"""The firm that a page writes about: on the register, and managed by the acting person's own unit."""

from __future__ import annotations

from flask import abort
from flask_babel import gettext as _
from sqlalchemy import select

from registry.scope import manages
from registry.shell.access import actor
from registry.shell.serving import house
from registry.subjects import ENTERPRISE


def own_name(uscc: str) -> str:
    """The present name of a firm. 404 where the register does not know it, 403 where another unit manages it."""
    here, e = house(), ENTERPRISE.c
    with here.store.read() as connection:
        name: str | None = connection.execute(
            select(e.name).where(e.uscc == uscc).order_by(e.from_day.desc()).limit(1)
        ).scalar()
        if name is None:
            abort(404, description=_("There is no firm with the code %(code)s on the register.", code=uscc))
        if not manages(connection, uscc, actor().unit, here.clock.today()):
            abort(403, description=_("This firm is managed by another unit."))
    return name
