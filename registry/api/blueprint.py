"""The blueprint of this room's part of the API."""

from registry.shell.api import api_blueprint

blueprint = api_blueprint("registry")
