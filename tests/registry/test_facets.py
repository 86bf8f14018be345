"""The number behind each choice of the register is what choosing it gives; every firm is somewhere in every facet."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, event

from registry.facet_counts import _making, facet_counts
from registry.facets import NONE, UNKNOWN
from registry.house import House
from registry.queries import ALL, HOME, OUTSIDE, Narrowed, codes_of_firms, facets, number_of_firms
from registry.room import Facet
from registry.shell.app import create_app
from tests.sample_app import house_in
from tests.signed_in import signing_in
from tiers.sampling import file_sample

FIRMS, SEED = 60, 3


@pytest.fixture(scope="module")
def sqlite_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from a_city(tmp_path_factory.mktemp("facets"))


@pytest.fixture(scope="module")
def postgres_city(
    tmp_path_factory: pytest.TempPathFactory, new_postgres_database_of_file: Callable[..., str]
) -> Iterator[House]:
    yield from a_city(tmp_path_factory.mktemp("facets"), new_postgres_database_of_file())


def a_city(folder: Path, url: str | None = None) -> Iterator[House]:
    house = house_in(folder, url=url)
    file_sample(house, FIRMS, SEED)
    yield house
    house.store.dispose()


@pytest.fixture
def city(request: pytest.FixtureRequest, database: str) -> House:
    """A small sample city, on one of the databases."""
    house: House = request.getfixturevalue(f"{database}_city")
    return house


@pytest.fixture
def asked(city: House) -> Iterator[Flask]:
    """Labels are in the language of a request."""
    app = create_app(city.settings, city.store, city.rooms, city.clock)
    with app.test_request_context("/firms"):
        yield app


BOTH = pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], scope="function"
)


def options(house: House, facet: Facet) -> list[str]:
    return [value for value, _label in facet.options(house)]


def counted(connection: Connection, house: House, narrowed: Narrowed, day: date) -> dict[str, dict[str, int]]:
    counts = facet_counts(connection, house, narrowed, day)
    assert counts is not None
    return counts


def some_choice(house: House, draw: random.Random) -> Narrowed:
    """Up to three facets with up to three values each, over one of the places to look."""
    some = draw.sample(facets(house), draw.randint(0, 3))
    chosen = {}
    for facet in some:
        values = options(house, facet)
        chosen[facet.id] = tuple(draw.sample(values, min(len(values), draw.randint(1, 3))))
    return Narrowed(where=draw.choice([HOME, HOME, OUTSIDE, ALL]), chosen=chosen)


@BOTH
def test_a_number_is_what_choosing_the_value_gives(city: House, asked: Flask) -> None:
    draw, day = random.Random(11), city.clock.today()
    with city.store.read() as connection:
        for _attempt in range(8):
            narrowed = some_choice(city, draw)
            counts = counted(connection, city, narrowed, day)
            for facet in facets(city):
                for value in options(city, facet):
                    alone = replace(narrowed, chosen={**narrowed.chosen, facet.id: (value,)})
                    gives = number_of_firms(connection, city, alone, day)
                    assert counts[facet.id].get(value, 0) == gives, (narrowed, facet.id, value)


@BOTH
def test_every_firm_has_a_value_that_is_offered(city: House, asked: Flask) -> None:
    """Unknown and none are values: all of a facet together give the whole list. Only expiry has firms without."""
    day = city.clock.today()
    with city.store.read() as connection:
        everyone = number_of_firms(connection, city, Narrowed(where=ALL), day)
        counts = counted(connection, city, Narrowed(where=ALL), day)
        for facet in facets(city):
            offered = options(city, facet)
            assert set(counts[facet.id]) <= set(offered), facet.id
            whole = Narrowed(where=ALL, chosen={facet.id: tuple(offered)})
            assert (number_of_firms(connection, city, whole, day) == everyone) == (facet.id != "expiring")


@BOTH
def test_several_values_widen_and_several_facets_narrow(city: House, asked: Flask) -> None:
    day = city.clock.today()

    def codes(**chosen: tuple[str, ...]) -> set[str]:
        with city.store.read() as connection:
            return set(codes_of_firms(connection, city, Narrowed(chosen=chosen), day, 1000))

    large, small = codes(size=("medium",)), codes(size=("small",))
    assert large
    assert small
    assert codes(size=("medium", "small")) == large | small
    assert codes(size=("medium", "small"), tier=("srdi",)) == (large | small) & codes(tier=("srdi",))


@BOTH
def test_numbers_take_one_question_and_turning_none(city: House, asked: Flask) -> None:
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SELECT tick", "SELECT pg_", "ROLLBACK")):
            sent.append(statement)

    day = date(2026, 5, 5)  # asked for by nobody else
    event.listen(city.store.engine, "before_cursor_execute", note)
    try:
        with city.store.read() as connection:
            counted(connection, city, Narrowed(where=ALL), day)
            first = len(sent)
            counted(connection, city, Narrowed(where=ALL, chosen={"tier": ("srdi",)}), day)
    finally:
        event.remove(city.store.engine, "before_cursor_execute", note)
    assert (first, len(sent)) == (1, 1)


@BOTH
def test_an_officer_is_told_numbers_of_the_own_unit_only(city: House, asked: Flask) -> None:
    day = city.clock.today()
    with city.store.read() as connection:
        counts = counted(connection, city, Narrowed(), day)
        unit = max((u for u in counts["area"] if u != UNKNOWN), key=lambda u: counts["area"][u])
        own = counted(connection, city, Narrowed(unit=unit), day)
        number = number_of_firms(connection, city, Narrowed(unit=unit), day)
    assert own["area"] == {unit: counts["area"][unit]} == {unit: number}
    assert sum(own["size"].values()) == number


def test_a_part_of_a_tier_id_is_not_the_tier() -> None:
    """unicorn is not quasi_unicorn."""
    from tiers.register import REGISTER

    tier = next(facet for facet in REGISTER.facets if facet.id == "tier")
    assert tier.of("quasi_unicorn,srdi") == ["quasi_unicorn", "srdi"]
    assert tuple(tier.of(None)) == (NONE,)
    compiled = str(tier.fits("unicorn", date(2026, 1, 1)).compile(compile_kwargs={"literal_binds": True}))
    assert ",unicorn," in compiled


def test_who_asks_while_others_count_is_told_to_ask_again(
    sqlite_city: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.facet_counts.PATIENCE_SECONDS", 0.01)
    app = signing_in(
        create_app(sqlite_city.settings, sqlite_city.store, sqlite_city.rooms, sqlite_city.clock)
    )
    asked = {"path": "/firms/facets?tier=srdi&city=outside", "headers": {"HX-Request": "true"}}
    monkeypatch.setattr("registry.facet_counts._held", {})
    with _making:
        html = app.test_client().get(**asked).text
    assert 'hx-trigger="load delay:1s"' in html
    assert '<input type="hidden" name="tier" value="srdi">' in html
    assert 'id="facet-tier"' in app.test_client().get(**asked).text
