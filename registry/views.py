"""The register's pages joined into the room's blueprint, with its navigation, cards and panels."""

from __future__ import annotations

from flask import Blueprint
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _

from registry.jobs import pages as jobs
from registry.naming.difference import marks
from registry.pages import (
    chosen,
    deliveries,
    desk,
    desk_confirm,
    desk_review,
    documents,
    duplicates,
    editing,
    events,
    fields,
    filings,
    merging,
    overview,
    own_firms,
    profile,
    register,
    saved_views,
    todo,
    upload,
    values,
    versions,
)
from registry.pages.blueprint import blueprint
from registry.room import NavItem, Panel, Permission
from registry.shell import roles
from registry.shell.serving import house

for _name, _filter in values.TEMPLATE_FILTERS.items():
    blueprint.add_app_template_filter(_filter, _name)


@blueprint.app_context_processor
def home() -> dict[str, str]:
    return {"home": house().settings.city.code}


@blueprint.record_once
def names(state: BlueprintSetupState) -> None:
    """Macros are imported without the page's context, so what they call is a global."""
    state.app.jinja_env.globals["name_marks"] = marks


PERMISSIONS = (
    Permission("register.read", lambda: _("See firms and their records"), roles.EVERYBODY),
    Permission("filings.read", lambda: _("See what was put on record, by whom"), roles.EVERYBODY),
    Permission(
        "filings.write", lambda: _("Put lists and records on record, decide and withdraw"), roles.WRITERS
    ),
    Permission("views.save", lambda: _("Save views of the register"), roles.EVERYBODY),
    Permission(
        "views.share",
        lambda: _("Share views with everybody and delete shared ones"),
        frozenset({roles.ADMINISTRATOR, roles.EDITOR}),
    ),
    *jobs.PERMISSIONS,
    Permission(
        "deliveries.read",
        lambda: _("See what was delivered where, and what did not arrive"),
        frozenset({roles.ADMINISTRATOR, roles.EDITOR, roles.REPORTING}),
    ),
    Permission(
        "deliveries.send", lambda: _("Deliver again and send test messages"), frozenset({roles.ADMINISTRATOR})
    ),
)

NAVIGATION = (
    NavItem("overview", "registry.overview", "speedometer2", lambda: _("Overview"), 10),
    NavItem("todo", "registry.todo", "check2-square", lambda: _("To do"), 15),
    NavItem("register", "registry.register", "buildings", lambda: _("Register of firms"), 20),
    NavItem("intake", "registry.intake", "inbox", lambda: _("Intake"), 22),
    NavItem("filings", "registry.filing_list", "journal-check", lambda: _("Filings"), 80),
    NavItem("duplicates", "registry.duplicates", "intersect", lambda: _("Twice the same?"), 82),
    NavItem("upload", "registry.upload", "cloud-arrow-up", lambda: _("Upload"), 81),
    NavItem("accounts", "accounts.listing", "people", lambda: _("Accounts"), 85),
    NavItem("deliveries", "registry.deliveries", "send", lambda: _("Deliveries"), 84),
    NavItem("merges", "registry.merges", "union", lambda: _("Merged firms"), 83),
    *jobs.NAVIGATION,
    NavItem("fields", "registry.fields", "question-circle", lambda: _("Columns understood"), 90),
)

CARDS = (
    Panel("decisions", "registry/_decisions.html", overview.decisions_card, 22, 4),
    Panel("register", "registry/_card.html", overview.register_card, 90),
)

PANELS = (
    Panel("profile", "registry/_profile.html", profile.profile_panel, 40, 7),
    Panel("figures", "registry/_figures.html", profile.figures_panel, 30),
    Panel("evidence", "registry/_evidence.html", profile.evidence_panel, 50, 5),
    Panel("honours", "registry/_records.html", profile.honours_panel, 60),
    Panel("documents", "registry/_documents.html", documents.documents_panel, 80),
)

#: Importing a page's module hangs its routes on the blueprint.
PAGES = (
    overview, todo, register, saved_views, chosen, profile, editing, events, versions, documents, merging, duplicates, filings,
    desk, desk_review, desk_confirm, upload, fields, own_firms, jobs, deliveries,
)  # fmt: skip

TODO = (todo.DESK, todo.WAITING, jobs.TODO, deliveries.UNDELIVERED)


def registry_blueprint() -> Blueprint:
    return blueprint
