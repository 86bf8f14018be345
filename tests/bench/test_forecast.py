"""A forecast of quality firms over 100,000 firms, read, learnt and drawn a thousand times: against one count of the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import process_time

import pytest

from registry.house import House
from tests.bench.city import fill
from tests.bench.report import say, timed
from tests.registry.house import open_test_house
from tiers.count import count
from tiers.forecasting.aims import Aim, Aims
from tiers.forecasting.asking import Wanted, backtested, forecast
from tiers.forecasting.subjects import read_subject
from tiers.members import Question
from tiers.targets import plan

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]
DAY = date(2025, 6, 30)
FIRMS, PLAN = 100_000, "plans/plan-2023-2025"
MOST_SECONDS = 10.0


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("forecast")
    house = open_test_house(f"sqlite:///{folder / 'register.sqlite'}", folder)
    fill(house, FIRMS)
    yield house
    house.store.dispose()


def test_forecast(city: House) -> None:
    question = Question(DAY, city.settings)
    with city.store.read() as connection:
        counted, document = timed(lambda: count(connection, question, None))
        start = process_time()
        reading, subject = timed(lambda: read_subject(connection, question, "quality-firms"))
    aims = Aims(Aim(PLAN, plan(PLAN)[0], plan(PLAN)[0].goal))
    drawing, found = timed(lambda: forecast(city, subject, Wanted(), DAY, aims))
    computed = process_time() - start
    testing, trials = timed(lambda: backtested(city, subject, DAY))
    assert found["value"] == document["quality"]["firms_valid"]
    assert len(found["months"]) == 24
    say(
        f"forecast of {found['value']:,} quality firms among {FIRMS:,}, 24 months, {found['simulations']:,} draws",
        reading + drawing,
        {
            "one count of the day": counted,
            "of it reading": reading,
            "the same in processor time": computed,
            "beside it the back-test": testing,
        },
    )
    assert trials["trials"]
    assert computed < MOST_SECONDS  # of one processor, whoever else uses the machine
