"""The pages of this room hang here; importing a page's module adds its routes."""

from __future__ import annotations

from functools import cache

from flask import Blueprint


@cache
def chains_blueprint() -> Blueprint:
    return Blueprint("chains", __name__, template_folder="templates")
