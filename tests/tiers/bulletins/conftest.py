"""The sample city with published counts, for tests of bulletins. It is counted once per run."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from registry.house import House
from registry.kind import Record
from tests.sample_app import house_in, sample_file
from tests.tiers.bulletins.published import published
from tiers.bulletins.content import bulletin
from tiers.snapshot import Snapshot

Published = tuple[Snapshot, Callable[[str], Sequence[Record]]]


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("bulletins")
    shutil.copy(sample_file(), folder / "city.sqlite")
    house = house_in(folder)
    yield house
    house.store.dispose()


@pytest.fixture(scope="session")
def monthly(city: House) -> Published:
    return published(city, "monthly")


def named(given: Published, name: str) -> Published:
    """The same count published for another report."""
    return replace(given[0], name=name), given[1]


@pytest.fixture
def make(monthly: Published) -> Callable[..., Any]:
    """``make("quarterly", "en", unit=…)``: the bulletin."""

    def made(name: str = "monthly", language: str = "zh", **more: Any) -> Any:
        snapshot, firms = named(monthly, name)
        return bulletin(snapshot, snapshot.parts, firms, language, **more)

    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "out"
