"""The blueprint of the accounts' pages, their permissions, and what they share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, make_response, session
from flask_babel import gettext as _

from registry.accounts.sessions import Person
from registry.room import Permission
from registry.shell import roles
from registry.shell.access import SESSION_KEY, actor

blueprint = Blueprint("accounts", __name__)

PERMISSIONS = (
    Permission("account.own", lambda: _("Own account: password, sessions, tokens"), roles.EVERYBODY),
    Permission("permissions.read", lambda: _("See who may do what"), roles.EVERYBODY),
    Permission(
        "accounts.write",
        lambda: _("Add accounts, set roles, disable, reset passwords"),
        frozenset({roles.ADMINISTRATOR}),
    ),
)


def me() -> Person:
    """The account that asks; pages behind a permission always have one."""
    person = actor().person
    assert person is not None
    return person


def enter(token: str) -> None:
    """Make the browser's cookie speak of a session: everything else that it held goes, also the token of its forms."""
    session.clear()
    session[SESSION_KEY] = token


def unkept(html: str) -> Response:
    """A page with a secret on it that is shown once."""
    answer: Any = make_response(html)
    answer.headers["Cache-Control"] = "no-store"
    assert isinstance(answer, current_app.response_class)
    return answer
