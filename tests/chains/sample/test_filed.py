"""The sample city's chains on record: every row was taken, and the graph of the day holds them."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from chains.asking import network
from registry.house import House
from registry.waiting import FILING
from tests.chains.sample.test_generator import KINDS
from tests.sample_app import house_in, sample_file
from tiers.sampling import file_sample


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    folder = tmp_path_factory.mktemp("city")
    shutil.copy(sample_file(), folder / "city.sqlite")
    return house_in(folder)


def all_are_taken(house: House) -> bool:
    with house.store.read() as connection:
        filings = connection.execute(select(FILING).where(FILING.c.kind.in_(KINDS))).all()
    left = [(f.file, f.review, f.refused) for f in filings if f.review or f.refused]
    assert left == []
    return {filing.kind for filing in filings} == KINDS


def test_every_row_of_the_chains_is_taken(house: House) -> None:
    assert all_are_taken(house)


def test_a_very_small_city_has_chains_on_either_database(tmp_path: Path, database_url: str) -> None:
    house = house_in(tmp_path, url=database_url)
    file_sample(house, 60, 3)
    assert all_are_taken(house)
    today = network(house)
    assert len(today.links) > 50
    assert any(chain.of("leader") for chain in today.chains.values())
    house.store.dispose()


def test_the_graph_of_today_has_the_chains_and_outside_parties(house: House) -> None:
    today = network(house)
    assert len(today.chains) == 10
    assert any(chain.of("leader") for chain in today.chains.values())
    assert len(today.links) > 100
    assert today.nodes["uscc"].isna().any()
    assert today.nodes.loc[today.nodes["uscc"].isna(), "name"].str.contains("样例").all()


def test_the_graph_of_an_earlier_day_is_smaller_and_states_get_better(house: House) -> None:
    before, today = network(house, date(2021, 12, 31)), network(house)
    assert 0 < len(before.links) < len(today.links)
    states = [
        state for chain in today.chains.values() for stage in chain.stages for _, state in stage.products
    ]
    assert {*states} == {"built", "strong", "missing"}
