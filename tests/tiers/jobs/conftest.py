"""A city whose schedule has not run yet, and a folder that takes what is delivered."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.house import House
from tests.sample_app import house_in, sample_file


@pytest.fixture
def city(tmp_path: Path) -> Iterator[House]:
    """The sample city on the morning of 1 July 2026; nothing is published, nobody gets anything."""
    shutil.copy(sample_file(), tmp_path / "city.sqlite")
    house = house_in(tmp_path)
    yield house
    house.store.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "taken").mkdir()
    return tmp_path / "taken"
