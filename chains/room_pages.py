"""All pages and routes of this room's API: importing a page's module hangs its routes on the blueprint."""

from __future__ import annotations

from flask import Blueprint

from chains import events_api, firm_pages, party_pages, risk_api, risk_pages, views
from chains.api import blueprint as api_blueprint
from chains.blueprint import chains_blueprint
from chains.events import lists as event_lists
from chains.events import pages as event_pages
from chains.events import results_pages
from chains.matching import api as matching_api
from chains.matching import demand_form
from chains.matching import pages as matching_pages

PAGES = (
    demand_form, event_lists, event_pages, events_api, firm_pages, matching_api, matching_pages, party_pages,
    results_pages, risk_api, risk_pages, views,
)  # fmt: skip


def pages() -> Blueprint:
    return chains_blueprint()


def api() -> Blueprint:
    return api_blueprint
