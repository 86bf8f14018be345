"""Saved views of the register: keep the present one under a name, rename, share, delete."""

from __future__ import annotations

from urllib.parse import parse_qsl

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from registry.pages.blueprint import blueprint
from registry.pages.narrowing import conditions, narrowed_by, query_of
from registry.refusals import MisusedError, RefusedError
from registry.saved_views import change_view, delete_view, save_view, views_of
from registry.shell.access import actor, allow, may
from registry.shell.languages import language
from registry.shell.serving import house


@blueprint.get("/firms/views")
@allow("register.read")
def saved_views() -> str:
    """The views that a person has and those that others share. The address's arguments are the view to be saved."""
    return _page(query_of(narrowed_by(house(), request.args, actor().unit)))


def _page(query: str, name: str = "", error: str = "") -> str:
    here = house()
    with here.store.read() as connection:
        views = views_of(connection, actor().id)
    return render_template(
        "registry/views.html",
        query=query,
        present=_said(query),
        views=[(view, _said(view.query), view.owner == actor().id) for view in views],
        name=name,
        error=error,
    )


def _said(query: str) -> list[str]:
    """What a view narrows to, in words, and how it is sorted."""
    here = house()
    narrowed = narrowed_by(here, MultiDict(parse_qsl(query)), None)
    return [said for said, _rest in conditions(here, narrowed)]


@blueprint.post("/firms/views")
@allow("views.save")
def keep_view() -> str | Response:
    here, form = house(), request.form
    query = query_of(narrowed_by(here, MultiDict(parse_qsl(form.get("query", ""))), actor().unit))
    name = form.get("name", "")
    shared = form.get("shared") == "yes"
    if shared and not may("views.share"):
        abort(403)
    try:
        save_view(here, actor().id, name, query, shared)
    except RefusedError as error:
        return _page(query, name, error.in_language(language()))
    flash(_("The view “%(name)s” is saved.", name=" ".join(name.split())), "good")
    return redirect(f"{url_for('registry.register')}?{query}", code=303)


@blueprint.post("/firms/views/<int:id>")
@allow("views.save")
def alter_view(id: int) -> Response:
    """Rename an own view, share it or keep it to oneself again."""
    form = request.form
    shared = {"yes": True, "no": False}.get(form.get("shared", ""))
    if shared and not may("views.share"):
        abort(403)
    try:
        change_view(house(), id, actor().id, name=form.get("name"), shared=shared)
    except MisusedError as error:
        abort(404, description=error.in_language(language()))
    except RefusedError as error:
        flash(error.in_language(language()), "bad")
    else:
        flash(_("The view is changed."), "good")
    return redirect(url_for("registry.saved_views"), code=303)


@blueprint.post("/firms/views/<int:id>/delete")
@allow("views.save")
def drop_view(id: int) -> Response:
    try:
        name = delete_view(house(), id, actor().id, shared_too=may("views.share"))
    except MisusedError as error:
        abort(404, description=error.in_language(language()))
    flash(_("The view “%(name)s” is deleted.", name=name), "calm")
    return redirect(url_for("registry.saved_views"), code=303)
