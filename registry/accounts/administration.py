"""The administrator's pages: all accounts, one account, and who may do what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.accounts import actions, passwords, sessions, tokens
from registry.accounts.blueprint import blueprint, unkept
from registry.accounts.queries import account, accounts, events, holders
from registry.said import SaidError
from registry.shell import roles
from registry.shell.access import actor, allow, declared
from registry.shell.languages import language
from registry.shell.serving import house


@blueprint.get("/accounts")
@allow("accounts.write")
def listing() -> str:
    return _listing()


@blueprint.post("/accounts")
@allow("accounts.write")
def add() -> Any:
    """A new account with a password of ours, shown in this one answer, which it must change; or, where the identity
    provider signs people in, one without."""
    here, form = house(), request.form
    login = form.get("login", "")
    password = None if form.get("by_provider") == "yes" else passwords.generated()
    try:
        id = actions.add(
            here, login, form.get("role", ""), actor().id, display=form.get("display", ""),
            unit=form.get("unit") or None, password=password, must_change=password is not None,
        )  # fmt: skip
    except SaidError as error:
        return _listing(_by_field(error, "login")), 422
    assert id is not None
    if password is None:
        flash(_("The account is made."), "good")
        return redirect(url_for("accounts.one", id=id), 303)
    return unkept(_one(id, password=password))


@blueprint.get("/accounts/<int:id>")
@allow("accounts.write")
def one(id: int) -> str:
    return _one(id)


@blueprint.post("/accounts/<int:id>")
@allow("accounts.write")
def change(id: int) -> Any:
    form = request.form
    try:
        actions.change(
            house(), id, actor().id, display=form.get("display", ""), role=form.get("role", ""),
            unit=form.get("unit") or None,
        )  # fmt: skip
    except SaidError as error:
        return _one(id, errors=_by_field(error, "role")), 422
    flash(_("The account was changed."), "good")
    return redirect(url_for("accounts.one", id=id), 303)


@blueprint.post("/accounts/<int:id>/active")
@allow("accounts.write")
def set_active(id: int) -> Response:
    wanted = request.form.get("active") == "yes"
    try:
        actions.set_active(house(), id, actor().id, wanted)
    except SaidError as error:
        flash(error.in_language(language()), "bad")
    else:
        flash(
            _("The account may sign in again.") if wanted else _("The account was disabled and signed out."),
            "good",
        )
    return redirect(url_for("accounts.one", id=id), 303)


@blueprint.post("/accounts/<int:id>/password")
@allow("accounts.write")
def reset_password(id: int) -> Response:
    """A random password, shown in this one answer; the account must change it."""
    _row_or_404(id)
    password = passwords.generated()
    actions.set_password(house(), id, actor().id, password, must_change=True)
    return unkept(_one(id, password=password))


@blueprint.post("/accounts/<int:id>/sessions/end")
@allow("accounts.write")
def end_sessions(id: int) -> Response:
    _row_or_404(id)
    ended = actions.end_sessions(house(), id, actor().id)
    flash(_("%(n)s sessions were ended.", n=ended), "good")
    return redirect(url_for("accounts.one", id=id), 303)


@blueprint.post("/accounts/<int:id>/tokens/<int:token>/revoke")
@allow("accounts.write")
def revoke(id: int, token: int) -> Response:
    if not actions.revoke_token(house(), id, actor().id, token):
        abort(404, description=_("There is no such token any more."))
    flash(_("The token was revoked."), "good")
    return redirect(url_for("accounts.one", id=id), 303)


@blueprint.get("/permissions")
@allow("permissions.read")
def permissions() -> str:
    """One table: each permission, the roles that have it, and the accounts that hold those roles."""
    with house().store.read() as connection:
        held = holders(connection)
    return render_template(
        "accounts/permissions.html",
        permissions=list(declared(current_app).values()),
        roles=[(role, roles.role_name(role)) for role in roles.ROLES],
        held=held,
    )


def what_was_done(what: str) -> str:
    """The word for an event, in the language of the request."""
    known: dict[str, str] = {
        "made": _("account made"),
        "display": _("name changed"),
        "role": _("role changed"),
        "unit": _("management unit changed"),
        "disabled": _("disabled"),
        "enabled": _("enabled"),
        "password_reset": _("password reset"),
        "password_changed": _("password changed"),
        "sessions_ended": _("signed out everywhere"),
        "token_made": _("token made"),
        "token_revoked": _("token revoked"),
        "linked": _("linked with the identity provider"),
    }
    return known.get(what, what)


def _row_or_404(id: int) -> Any:
    with house().store.read() as connection:
        row = account(connection, id)
    if row is None:
        abort(404, description=_("There is no such account."))
    return row


def _by_field(error: SaidError, otherwise: str) -> dict[str, str]:
    return {getattr(error, "field", "") or otherwise: error.in_language(language())}


def _listing(errors: Mapping[str, str] | None = None) -> str:
    here = house()
    with here.store.read() as connection:
        rows = accounts(connection)
    return render_template(
        "accounts/listing.html",
        rows=rows,
        errors=errors or {},
        typed=request.form if errors else {},
        provider=bool(here.settings.oidc.issuer),
        **_choices(),
    )


def _one(id: int, *, errors: Mapping[str, str] | None = None, password: str | None = None) -> str:
    here, row = house(), _row_or_404(id)
    with here.store.read() as connection:
        done = events(connection, id)
        open_sessions = sessions.open_sessions(connection, id, here.clock.now(), here.settings.accounts)
        held = tokens.held(connection, id)
    return render_template(
        "accounts/one.html",
        row=row,
        events=done,
        sessions=open_sessions,
        tokens=held,
        password=password,
        errors=errors or {},
        typed=request.form if errors else {},
        what_was_done=what_was_done,
        today=here.clock.today(),
        **_choices(),
    )


def _choices() -> dict[str, Any]:
    places = house().places
    return {
        "roles": [(role, roles.role_name(role)) for role in roles.ROLES],
        "units": [(id, places.label(id, language())) for id in places.names],
        "unit_names": {id: places.label(id, language()) for id in places.names},
        "district": roles.DISTRICT,
    }
