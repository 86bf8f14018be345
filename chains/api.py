"""This room's part of the API."""

from __future__ import annotations

from flask import Blueprint

from registry.shell.api import api_blueprint

blueprint = api_blueprint("chains")


def chains_api() -> Blueprint:
    return blueprint
