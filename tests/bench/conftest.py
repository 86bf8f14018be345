from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.house import House
from tests.bench.city import fill
from tests.registry.house import open_test_house


@pytest.fixture(scope="session")
def million(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house over a register of a million firms (BENCH_FIRMS changes that)."""
    folder: Path = tmp_path_factory.mktemp("million")
    house = open_test_house(f"sqlite:///{folder / 'register.sqlite'}", folder)
    fill(house)
    yield house
    house.store.dispose()
