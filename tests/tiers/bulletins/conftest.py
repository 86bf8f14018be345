"""The sample city with published counts, for tests of bulletins. It is counted once per run."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from registry.house import House
from registry.kind import Record
from tests.sample_app import house_in, sample_file
from tests.tiers.bulletins.published import published
from tiers.bulletins import published as shelf
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


@dataclass(frozen=True)
class Frozen:
    known_at: Any
    bridges: Any
    parts: Any


@dataclass(frozen=True)
class Prepared:
    shelf: Any
    made: Snapshot
    frozen: Frozen
    published: Snapshot | None = None

    def write(self, _unit: Any) -> Snapshot:
        made = self.shelf.held[self.made.id] = replace(self.made, parts=self.frozen.parts)
        return made  # type: ignore[no-any-return]


class Shelf:
    """Published counts in memory, with the face of ``tiers.publishing``."""

    def __init__(self, given: Published) -> None:
        self.given = given
        self.held: dict[int, Snapshot] = {}

    def prepare(self, house: House, name: str, day: Any, by: str, *, new: bool, parts: Any) -> Any:
        held = next(
            (one for one in reversed(self.held.values()) if (one.name, one.as_of) == (name, day)), None
        )
        if held is not None and not new:
            return SimpleNamespace(published=held)
        id = len(self.held) + 1
        made = replace(self.given[0], id=id, name=name, by=by, supersedes=held and held.id)
        with house.store.read() as connection:
            last = house.store.last_write(connection)
        return Prepared(self, made, Frozen(last, self.given[0].bridges, parts))

    def snapshots(self, _house: House) -> list[Snapshot]:
        return list(reversed(self.held.values()))

    def snapshot(self, _house: House, id: int) -> Snapshot:
        from registry.refusals import MisusedError

        if id not in self.held:
            raise MisusedError(f"there is no published count {id}", f"没有编号为 {id} 的统计发布")
        return self.held[id]

    def snapshot_firms(self, _house: House, _id: int, target: str) -> Sequence[Record]:
        return self.given[1](target)


@pytest.fixture
def in_memory(monthly: Published, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    held = Shelf(monthly)
    monkeypatch.setattr(shelf, "_publishing", lambda: held)
    return held


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "out"
