"""Error pages: what happened, and how to mend it."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, current_app, flash, redirect, render_template, request, url_for
from flask import Response as Answer
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import BadRequest, HTTPException, InternalServerError, NotFound
from werkzeug.wrappers import Response

from registry.accounts.queries import holders
from registry.refusals import MisusedError
from registry.shell.access import ChangePasswordError, NotAllowedError, NotSignedInError
from registry.shell.api import PREFIX, refusal_of
from registry.shell.languages import language
from registry.shell.local_paths import here_or_before
from registry.shell.roles import ADMINISTRATOR, ROLES, role_name
from registry.shell.security import SAFE_METHODS
from registry.shell.serving import house, serving
from registry.store.engine import is_out_of_range

log = logging.getLogger(__name__)


def words(error: HTTPException) -> tuple[str, str]:
    """Title and remedy for a status code, in the language of the request."""
    if isinstance(error, CSRFError):
        return _("This form is out of date"), _("Go back, reload the page and send the form again.")
    titles = {
        400: (_("The request could not be read"), _("Check the address or what was typed, then try again.")),
        403: (
            _("Not allowed"),
            _("Ask for the permission, or use another account.")
            if isinstance(error, NotAllowedError)
            else _("Open the page from within this system and do it there."),
        ),
        404: (_("No such page"), _("Check the address, or start from the overview or a search.")),
        405: (_("This address does not do that"), _("Go back and use the buttons on the page.")),
        413: (
            _("The file is too large"),
            _(
                "At most %(n)s MB are taken in a file and %(m)s MB in a form. Split the list into several files, then try again.",
                n=house().settings.web.max_upload_mb,
                m=(current_app.config["MAX_FORM_MEMORY_SIZE"] or 0) // 1_048_576,
            ),
        ),
        500: (
            _("Something went wrong on our side"),
            _(
                "Nothing was filed halfway. Try again; if it happens again, pass the time and address below on."
            ),
        ),
    }
    title, remedy = titles.get(error.code or 500) or (error.name, _("Go back and try again."))
    if error.code == 413 and request.endpoint:
        # A view that takes other files than lists says itself how theirs are made smaller.
        own = current_app.view_functions[request.endpoint].__dict__.get("too_large")
        remedy = own() if own else remedy
    return title, remedy


def page(error: HTTPException) -> Response | tuple[str, int, Any]:
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    if request.path.startswith(f"{PREFIX}/"):
        return refusal_of(error)  # an address or method that no route of the API has
    if isinstance(error, NotSignedInError):
        if request.method not in SAFE_METHODS:
            flash(_("You were signed out meanwhile. Sign in and send the form again."), "warn")
        return lead_to(url_for("accounts.sign_in", next=here_or_before()))
    if isinstance(error, ChangePasswordError):
        return lead_to(url_for("accounts.password"))
    title, remedy = words(error)
    # Werkzeug's stock descriptions are English prose; ours are translated where they are raised.
    stock = type(error).description
    detail = None if error.description == stock or isinstance(error, CSRFError) else error.description
    if isinstance(error, NotAllowedError):
        detail = lacking(error)
    html = render_template(
        "shell/error.html",
        code=error.code,
        title=title,
        remedy=remedy,
        detail=detail,
        path=request.path,
        now=serving().clock.now(),
    )
    kept = [(name, value) for name, value in error.get_headers() if name in {"Allow", "Retry-After"}]
    return html, error.code, kept


def lead_to(address: str) -> Response:
    """A redirect; for a part of a page that htmx asks for, one of the whole page."""
    if "HX-Request" in request.headers:
        return Answer(status=204, headers={"HX-Redirect": address})
    return redirect(address, 303)


def lacking(error: NotAllowedError) -> str:
    """Which permission is wanting, which roles have it, and who can give it."""
    if error.permission is None:
        return error.en if language() == "en" else error.zh
    with house().store.read() as connection:
        administrators = [row.display for row in holders(connection).get(ADMINISTRATOR, ())]
    said: str = _(
        "This needs the permission “%(permission)s”, which these roles have: %(roles)s. It is given by: %(who)s.",
        permission=error.permission.label(),
        roles=_(", ").join(role_name(role) for role in ROLES if role in error.permission.roles) or "–",
        who=_(", ").join(administrators) or "–",
    )
    return said


def init(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def known(error: HTTPException) -> Response | tuple[str, int, Any]:
        return page(error)

    @app.errorhandler(MisusedError)
    def unheard_of(error: MisusedError) -> Response | tuple[str, int, Any]:
        return page(NotFound(error.in_language(language())))

    @app.errorhandler(OverflowError)
    def out_of_range(_error: OverflowError) -> Response | tuple[str, int, Any]:
        return page(BadRequest(_("A number or a day in the address is out of range.")))

    @app.errorhandler(DataError)
    def beyond_the_column(error: DataError) -> Response | tuple[str, int, Any]:
        return out_of_range(OverflowError()) if is_out_of_range(error) else unexpected(error)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response | tuple[str, int, Any]:
        log.exception("unexpected error at %s %s", request.method, request.path, exc_info=error)
        return page(InternalServerError())
