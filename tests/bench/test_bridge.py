"""A month's count with its breakdown and bridges, and a series of eight years, over a hundred thousand firms.

The peers: one plain SQL count of the quality firms of a day with who they are, and our own count of everything on a day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from registry.house import House
from tests.bench.city import fill
from tests.bench.report import say, timed
from tests.registry.house import open_test_house
from tiers.bridge import End, bridge
from tiers.count import count
from tiers.frames import City, counted_targets
from tiers.members import Question
from tiers.publishing import prepare
from tiers.series import courses, month_ends

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]
BEFORE, DAY = date(2024, 11, 30), date(2024, 12, 31)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
PLAIN = """select count(distinct t.uscc) from title t join enterprise e on e.uscc = t.uscc
    where t.tier in ('innovative_sme', 'srdi', 'little_giant', 'single_champion', 'gazelle', 'unicorn')
      and t.valid_from <= '2024-12-31' and t.ends_on > '2024-12-31' and e.from_day <= '2024-12-31' and e.to_day > '2024-12-31'
      and e.city = '370100' and (e.status is null or e.status = 'active')"""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("city")
    house = open_test_house(f"sqlite:///{folder / 'register.sqlite'}", folder)
    fill(house, 100_000)
    yield house
    house.store.dispose()


def test_a_month_with_its_bridges(city: House) -> None:
    question = Question(DAY, city.settings)
    with city.store.read() as connection:
        plain, answer = timed(lambda: connection.execute(text(PLAIN)).scalar_one(), repeat=3)
        whole, document = timed(lambda: count(connection, question, "now", "area"))
        quality, *others = counted_targets(question)
        one, found = timed(lambda: bridge(connection, question, quality, End(BEFORE, NOW), End(DAY, NOW)))
        then, now = City(connection, Question(BEFORE, city.settings)), City(connection, question)

        def all_others() -> None:
            for each in others:
                frames = {"now": now.frame(each), "base": then.frame(each)}
                bridge(connection, question, each, End(BEFORE, NOW), End(DAY, NOW), **frames)

        every, _ = timed(all_others)
    assert found.now.value == answer == document["quality"]["firms_valid"]
    print(
        f"\n{answer:,} quality firms, {sum(len(step['firms']) for step in found.steps()):,} of them in steps"
    )
    peers = {"one plain SQL count": plain}
    say("count of everything with breakdown", whole, peers)
    say("the bridge of quality firms", one, peers)
    say("the bridges of all other targets", every, peers)
    say("count, breakdown and all bridges", whole + one + every, peers)
    ready, prepared = timed(lambda: prepare(city, "monthly", DAY, "bench"))

    def write() -> None:
        with city.store.write("bench") as unit:
            prepared.write(unit)

    written, _ = timed(write)
    say("a published count made ready, the register free", ready, peers)
    say("and written, under the lock", written, peers)


def test_a_series_of_96_months(city: House) -> None:
    days = month_ends(date(2018, 1, 1), date(2025, 12, 31))
    assert len(days) == 96
    question = Question(days[-1], city.settings)
    with city.store.read() as connection:
        once, document = timed(lambda: count(connection, question, "now"), repeat=3)
        quality, _ = timed(lambda: courses(connection, question, days, "quality-firms"), repeat=3)
        swept, found = timed(lambda: courses(connection, question, days), repeat=3)
    assert found["targets"]["quality-firms"][-1] == document["quality"]["firms_valid"]
    peers = {"one count of everything": once}
    say("96 months of quality firms", quality, peers, ("one count of everything", 3.0))
    say("96 months of all targets and tiers", swept, peers, ("one count of everything", 3.0))
