"""Series: one sweep over events says of every day what the count of that day says."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.house import House
from registry.refusals import MisusedError
from tests.registry.house import file_rows, open_test_house
from tests.sample_app import sample_file
from tests.tiers.counted_city import firms, one_of_each
from tests.tiers.test_bridge import LISTS, code, empty
from tiers.asking import ask_count, view
from tiers.count import count
from tiers.members import Question
from tiers.series import courses, month_ends, series

#: Days on which much begins or ends, and their neighbours: closing days, rounds, years, terms.
CORNERS = [
    date(year, month, day) + timedelta(days=shift)
    for year in (2020, 2023, 2024, 2025, 2026)
    for month, day in ((1, 1), (6, 30), (12, 31))
    for shift in (-1, 0, 1)
]


def agree(house: House, days: list[date], **sections: Any) -> None:
    """The sweep's values of these days are those of the count of each."""
    with house.store.read() as connection:
        found = courses(connection, Question(days[-1], house.settings), days)
        for place, day in enumerate(days):
            document = count(connection, Question(day, house.settings), None)
            counted = {t["id"]: t["value"] for t in document["targets"] if t["source"] != "filed"}
            assert {id: values[place] for id, values in found["targets"].items()} == counted, day
            swept = {(one["tier"], one["level"]): one["firms_valid"][place] for one in found["tiers"]}
            tiers = {(one["tier"], one["level"]): one["firms_valid"] for one in document["tiers"]}
            for key in swept.keys() | tiers.keys():
                assert swept.get(key, 0) == tiers.get(key, 0), (day, key)


@pytest.mark.parametrize("pending", [False, True])
def test_the_sample_city_swept_is_the_sample_city_counted(tmp_path: Path, pending: bool) -> None:
    (tmp_path / "city.sqlite").write_bytes(sample_file().read_bytes())
    url = f"sqlite:///{tmp_path / 'city.sqlite'}"
    house = open_test_house(url, tmp_path, review={"include_review_pending": pending})
    days = sorted({*CORNERS, *(date(2023, 1, 15) + timedelta(days=23 * n) for n in range(55))})
    agree(house, days)
    house.store.dispose()


def test_everything_that_can_happen_to_a_firm_is_swept(house: House) -> None:
    one_of_each(house)
    billion = 1_000_000_000
    file_rows(
        house,
        "figures",
        [{"uscc": code(n), "year": 2020 + n % 5, "revenue": str(n * billion)} for n in range(1, 15)],
    )
    file_rows(house, "titles", [{"uscc": code(n), "tier": "tech_sme", "batch": str(y), "issued_on": f"{y}-0{n}-11"}
                                for n in range(1, 8) for y in (2022, 2024, 2025) if (n + y) % 3])  # fmt: skip
    file_rows(house, "listings", [
        {"uscc": code(3), "board": "sse_main", "stage": "listed", "stage_on": "2020-01-15"},
        {"uscc": code(3), "board": "hkex", "stage": "listed", "stage_on": "2023-01-15"},
        {"uscc": code(3), "board": "sse_main", "stage": "delisted", "stage_on": "2024-01-15"},
        {"uscc": code(10), "board": "bse", "stage": "listed", "stage_on": "2023-01-15"},
    ])  # fmt: skip
    file_rows(
        house,
        "enterprises",
        [{"uscc": code(3), "industry": "C39"}, {"uscc": code(10), "industry": "H61"}],
        "i.csv",
    )
    file_rows(house, "enterprises", [{"uscc": code(10), "industry": "C35"}], "j.csv",
              sets={"effective_on": "2024-05-05", "meaning": "change"})  # fmt: skip
    file_rows(house, "honours", [
        {"uscc": code(n), "honour": honour, "level": "provincial", "on": "2023-05-05", "until": until}
        for n in (3, 5, 7) for honour in ("platform", "smart_pilot", "benchmark_factory")
        for until in ("2024-12-31" if n == 5 else None,)
    ])  # fmt: skip
    agree(house, sorted(CORNERS))


EVENTS = st.lists(
    st.one_of(*(st.tuples(st.just(kind), st.lists(rows, min_size=1, max_size=4)) for kind, rows in LISTS.items())),
    min_size=2, max_size=6,
)  # fmt: skip


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(events=EVENTS)
def test_whatever_is_filed_the_sweep_and_the_count_agree(house: House, events: Any) -> None:
    empty(house)
    file_rows(house, "enterprises", firms(*(code(n) for n in range(1, 5))))
    for number, (kind, rows) in enumerate(events):
        file_rows(house, kind, rows, f"{number}.csv", yes=True)
    agree(house, [date(2022, 12, 15) + timedelta(days=97 * n) for n in range(12)])


def test_a_series_has_the_ends_of_its_months_and_its_last_day(house: House) -> None:
    assert month_ends(date(2025, 11, 3), date(2026, 1, 15)) == [
        date(2025, 11, 30), date(2025, 12, 31), date(2026, 1, 15),
    ]  # fmt: skip
    assert month_ends(date(2025, 12, 31), date(2025, 12, 31)) == [date(2025, 12, 31)]
    one_of_each(house)
    document = series(house, date(2025, 1, 1), date(2025, 12, 31))
    assert (len(document["days"]), document["days"][1]) == (12, "2025-02-28")
    assert (
        document["targets"]["quality-firms"][-1]
        == ask_count(house, date(2025, 12, 31), None)["quality"]["firms_valid"]
    )
    alone = series(house, date(2025, 1, 1), date(2025, 12, 31), None, "high-tech")
    assert (set(alone["targets"]), alone["tiers"]) == ({"high-tech"}, [])
    with pytest.raises(MisusedError):
        series(house, date(2025, 1, 1), date(2025, 12, 31), None, "pillar-scale")


def test_an_empty_register_has_a_course_of_nothing(house: House) -> None:
    with view(house, None) as connection:
        found = courses(connection, Question(date(2025, 12, 31), house.settings), [date(2025, 12, 31)])
    assert set(map(tuple, found["targets"].values())) == {(0,)}
