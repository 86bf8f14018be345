"""One's own account: password, where one is signed in, tokens for programs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.accounts import actions, passwords, sessions, signing, tokens
from registry.accounts.blueprint import blueprint, enter, me, unkept
from registry.accounts.passwords import PasswordError
from registry.accounts.queries import account, by_login
from registry.pages.asked import day_of
from registry.shell.access import actor, allow
from registry.shell.languages import language
from registry.shell.serving import house

#: A token's first suggestion: long enough to be of use, short enough to be thought of again.
TOKEN_DAYS = 90


@blueprint.get("/account")
@allow("account.own")
def own() -> str:
    return _own()


@blueprint.get("/account/password")
@allow("account.own")
def password() -> str:
    return _password({})


@blueprint.post("/account/password")
@allow("account.own")
def change_password() -> Any:
    """The present password, the new one twice. Other sessions end; this one goes on under a new token."""
    here, person = house(), me()
    present, new = request.form.get("present", ""), request.form.get("new", "")
    done = signing.sign_in(here, person.login, present, request.user_agent.string, request.remote_addr or "")
    errors: dict[str, str] = {}
    if done.until is not None:
        errors["present"] = _("Too many wrong passwords. Wait a while and try again.")
    elif done.token is None:
        errors["present"] = _("This is not the present password.")
    if new != request.form.get("again", ""):
        errors["again"] = _("It was typed differently the second time.")
    if new == present:
        errors["new"] = _("It must differ from the present one.")
    if not errors and done.token is not None:
        new_session = sessions.find(here.store, done.token, here.clock.now(), here.settings.accounts)
        try:
            actions.set_password(
                here, person.id, actor().id, new, keep_session=new_session.session if new_session else None
            )
        except PasswordError as error:
            errors["new"] = error.in_language(language())
        else:
            enter(done.token)
            flash(_("The password is changed. Everywhere else you are signed out."), "good")
            return redirect(url_for("shell.home" if person.must_change else "accounts.own"), 303)
    if done.token is not None:  # looked at only to see that the password is right
        _end(done.token)
    return _password(errors), 422


@blueprint.post("/account/sessions/end")
@allow("account.own")
def end_all() -> Response:
    """Sign out everywhere, here too."""
    actions.end_sessions(house(), me().id, actor().id)
    flash(_("You are signed out everywhere."), "good")
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.post("/account/sessions/<int:id>/end")
@allow("account.own")
def end_one(id: int) -> Response:
    here = house()
    with here.store.note() as connection:
        ended = sessions.end(connection, me().id, here.clock.now(), only=id)
    if not ended:
        abort(404, description=_("There is no such session any more."))
    flash(_("The session was ended."), "good")
    return redirect(url_for("accounts.own"), 303)


@blueprint.post("/account/tokens")
@allow("account.own")
def make_token() -> Any:
    """A token is shown whole in this one answer."""
    here = house()
    until = day_of(request.form.get("expires_on", "").strip()) or here.clock.today() + timedelta(
        days=TOKEN_DAYS
    )
    try:
        token = actions.make_token(
            here, me().id, actor().id, request.form.get("name", ""), until,
            request.form.get("reads_only") == "yes",
        )  # fmt: skip
    except actions.AccountError as error:
        return _own({error.field: error.in_language(language())}), 422
    return unkept(_own(token=token))


@blueprint.post("/account/tokens/<int:id>/revoke")
@allow("account.own")
def revoke_token(id: int) -> Response:
    if not actions.revoke_token(house(), me().id, actor().id, id):
        abort(404, description=_("There is no such token any more."))
    flash(_("The token was revoked."), "good")
    return redirect(url_for("accounts.own"), 303)


def _own(errors: dict[str, str] | None = None, token: str | None = None) -> str:
    here, person = house(), me()
    now, today = here.clock.now(), here.clock.today()
    with here.store.read() as connection:
        row = account(connection, person.id)
        open_sessions = sessions.open_sessions(connection, person.id, now, here.settings.accounts)
        held = tokens.held(connection, person.id)
    return render_template(
        "accounts/own.html",
        row=row,
        present=person.session,
        sessions=open_sessions,
        tokens=held,
        today=today,
        suggested=today + timedelta(days=min(TOKEN_DAYS, here.settings.accounts.token_days)),
        token=token,
        errors=errors or {},
        typed=request.form if errors else {},
        unit=here.places.label(row.unit, language()) if row and row.unit else None,
    )


def _password(errors: dict[str, str]) -> str:
    here, person = house(), me()
    with here.store.read() as connection:
        row = by_login(connection, person.login)
    if row is None or row.password_hash is None:
        abort(404, description=_("This account has no password here; it signs in by the identity provider."))
    return render_template(
        "accounts/password.html",
        errors=errors,
        must_change=person.must_change,
        least=here.settings.accounts.min_length,
        most=passwords.LONGEST,
        login=person.login,
    )


def _end(token: str) -> None:
    here = house()
    now = here.clock.now()
    found = sessions.find(here.store, token, now, here.settings.accounts)
    if found is not None and found.session is not None:
        with here.store.note() as connection:
            sessions.end(connection, found.id, now, only=found.session)
