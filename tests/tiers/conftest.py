"""What the tests of this room share."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from cli import main
from tests.sample_app import house_of


@pytest.fixture
def said(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The JSON that a command prints about the same register."""
    house = house_of(app)
    monkeypatch.setenv("DATABASE_URL", str(house.store.engine.url))
    monkeypatch.setenv("TIDU_PATHS_VAR", str(house.settings.var))

    def run(*arguments: str) -> Any:
        answer = CliRunner().invoke(main, [*arguments, "--json"])
        assert answer.exit_code == 0, answer.output
        return json.loads(answer.stdout)

    return run
