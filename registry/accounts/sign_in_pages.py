"""Signing in and out: by password, or by the bureau's identity provider where one is set."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.accounts import oidc, sessions, signing
from registry.accounts.blueprint import blueprint, enter
from registry.accounts.queries import any_account
from registry.shell.access import PUBLIC, actor, allow
from registry.shell.languages import language
from registry.shell.local_paths import safe
from registry.shell.serving import house
from registry.store.clock import SHANGHAI

#: What the browser keeps between leaving for the provider and coming back.
LEFT_KEY = "left_for_provider"


@blueprint.get("/sign-in")
@allow(PUBLIC)
def sign_in() -> str | Response:
    if actor().person is not None:
        return redirect(safe(request.args.get("next")))
    return _form()


@blueprint.post("/sign-in")
@allow(PUBLIC)
def enter_by_password() -> Any:
    """422 with the reason beside the field; 429 with Retry-After where the next try must wait."""
    login, password = request.form.get("login", "").strip(), request.form.get("password", "")
    errors = {}
    if not login:
        errors["login"] = _("Give your sign-in name.")
    if not password:
        errors["password"] = _("Give your password.")
    if errors:
        return _form(login, errors), 422
    here = house()
    done = signing.sign_in(here, login, password, request.user_agent.string, request.remote_addr or "")
    if done.token is not None:
        enter(done.token)
        following = safe(request.form.get("next"))
        return redirect(url_for("accounts.password") if done.must_change else following, 303)
    if done.until is not None:
        seconds = max(1, int((done.until - here.clock.now()).total_seconds()) + 1)
        errors["password"] = _(
            "Too many wrong passwords. The next try is possible at %(time)s.", time=_wall_clock(done.until)
        )
        return _form(login, errors), 429, {"Retry-After": str(seconds)}
    errors["password"] = _("Sign-in name and password do not belong together.")
    return _form(login, errors), 422


@blueprint.post("/sign-out")
@allow(PUBLIC)
def sign_out() -> Response:
    """Ends the session here and on the server; also for somebody whose session has ended."""
    person = actor().person
    if person is not None and person.session is not None:
        here = house()
        with here.store.note() as connection:
            sessions.end(connection, person.id, here.clock.now(), only=person.session)
    session.clear()
    flash(_("You are signed out."), "good")
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.post("/sign-in/provider")
@allow(PUBLIC)
def leave_for_provider() -> Response:
    """To the identity provider, with what must come back from there kept in the browser's own cookie."""
    here = house()
    try:
        left = oidc.leave(here.settings.oidc, url_for("accounts.back_from_provider", _external=True))
    except oidc.ProviderError as error:
        return _refused(error)
    session[LEFT_KEY] = {**left.kept, "next": safe(request.form.get("next"))}
    return redirect(left.address, 303)


@blueprint.get("/sign-in/provider/done")
@allow(PUBLIC)
def back_from_provider() -> Response:
    kept = session.pop(LEFT_KEY, None) or {}
    here = house()
    try:
        account = oidc.come_back(
            here, kept, request.args, url_for("accounts.back_from_provider", _external=True)
        )
    except oidc.ProviderError as error:
        return _refused(error)
    enter(signing.begin_session(here, account, request.user_agent.string, request.remote_addr or ""))
    return redirect(safe(kept.get("next")), 303)


def _refused(error: oidc.ProviderError) -> Response:
    flash(error.in_language(language()), "bad")
    return redirect(url_for("accounts.sign_in"), 303)


def _form(login: str = "", errors: dict[str, str] | None = None) -> str:
    here = house()
    with here.store.read() as connection:
        empty = not any_account(connection)
    wanted = here.settings.oidc
    return render_template(
        "accounts/sign_in.html",
        login=login,
        errors=errors or {},
        following=safe(request.values.get("next")),
        empty=empty,
        provider=(wanted.label_en if language() == "en" else wanted.label) if wanted.issuer else None,
    )


def _wall_clock(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).strftime("%H:%M:%S")
