"""What forecasts read is what counts count, on both databases, also for firms that moved, left or lost a title."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from registry.house import House
from tests.registry.house import Time, code, file_rows, open_test_house
from tiers.asking import ask_count
from tiers.forecasting.asking import Wanted, ask_backtest, ask_forecast, subject_of
from tiers.forecasting.candidates import ask_cultivation
from tiers.forecasting.history import day_of
from tiers.forecasting.subjects import TARGETS, Titles

NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    house = open_test_house(database_url, tmp_path, Time(NOW))
    firms = [
        {"uscc": code(n), "name": f"济南{n}机械有限公司", "district": "历下区", "industry": "C3411"}
        for n in range(1, 41)
    ]
    file_rows(house, "enterprises", firms)
    file_rows(
        house,
        "enterprises",
        [
            {"uscc": code(1), "city": "370200", "effective_on": "2024-03-01"},
            {"uscc": code(2), "status": "cancelled", "effective_on": "2024-06-15"},
        ],
        "left.csv",
    )
    titles = []
    for n in range(1, 41):
        year = 2019 + n % 5
        titles.append({"uscc": code(n), "tier": "srdi", "issued_on": f"{year}-07-01"})
        if n % 2 and year < 2023:
            titles.append(
                {"uscc": code(n), "tier": "srdi", "issued_on": f"{year + 3}-08-01", "basis": "review"}
            )
    titles[4]["revoked_on"] = "2023-01-01"
    titles += [
        {"uscc": code(n), "tier": "tech_sme", "issued_on": f"{y}-09-01"}
        for n in (1, 3, 5)
        for y in (2023, 2024)
    ]
    file_rows(house, "titles", titles)
    file_rows(
        house,
        "above-scale",
        [
            {"uscc": code(n), "entered_on": "2022-01-01", "left_on": "2025-01-01" if n == 2 else None}
            for n in range(1, 9)
        ],
    )
    file_rows(
        house,
        "listings",
        [
            {"uscc": code(3), "board": "bse", "stage": stage, "stage_on": day}
            for stage, day in (
                ("filed", "2022-01-01"),
                ("registered", "2023-01-01"),
                ("listed", "2023-05-01"),
            )
        ],
    )
    yield house
    house.store.dispose()


def test_values_are_those_of_the_count(house: House) -> None:
    for day in (
        date(2022, 7, 31),
        date(2024, 2, 29),
        date(2024, 3, 1),
        date(2024, 12, 31),
        date(2025, 8, 31),
    ):
        counted = {t["id"]: t["value"] for t in ask_count(house, day, None)["targets"]}
        for target in TARGETS:
            assert subject_of(house, target, day, None).values([day]) == [counted[target]], (target, day)


def test_a_forecast_and_its_back_test_can_be_asked(house: House) -> None:
    found = ask_forecast(house, Wanted("quality-firms", 6), date(2025, 6, 30), None)
    assert found["enough"]
    assert [month["day"] for month in found["months"]][:2] == ["2025-07-31", "2025-08-31"]
    assert found["chances"][0]["chance"] == "0.0000"
    assert found["drivers"]["ending_titles"] > 0
    assert ask_backtest(house, "srdi", date(2025, 12, 31), None)["trials"]
    listed = ask_cultivation(house, "quality-firms", date(2025, 6, 30))
    renewals = [firm for firm in listed["firms"] if firm["what"] == "renewal"]
    assert len({firm["uscc"] for firm in renewals}) == len(renewals) > 0


def test_nothing_is_known_of_titles_that_were_filed_later(house: House) -> None:
    day = date(2025, 6, 30)
    with house.store.read() as connection:
        before = house.store.last_write(connection)
    more = [{"uscc": code(n), "tier": "srdi", "issued_on": "2025-01-15"} for n in (2, 4, 6, 8, 10)]
    held = subject_of(house, "srdi", day, None).values([day])[0]
    file_rows(house, "titles", more, "later.csv")
    now, then = (subject_of(house, "srdi", day, at).values([day])[0] for at in (None, before))
    assert now > held == then > 0


def test_titles_that_end_before_any_was_up_for_renewal_cut_the_outlook(
    database_url: str, tmp_path: Path
) -> None:
    house = open_test_house(database_url, tmp_path / "young", Time(NOW))
    file_rows(
        house,
        "enterprises",
        [{"uscc": code(n), "name": f"济南{n}机械有限公司", "district": "历下区"} for n in (50, 51)],
    )
    file_rows(house, "titles", [{"uscc": code(50), "tier": "srdi", "issued_on": "2023-07-01"},
                                {"uscc": code(51), "tier": "srdi", "issued_on": "2024-07-01"}])  # fmt: skip
    subject = subject_of(house, "srdi", date(2025, 6, 30), None)
    assert isinstance(subject, Titles)
    assert subject.model(date(2025, 6, 30))[0].renewals == {}
    found = ask_forecast(house, Wanted("srdi", 24), date(2025, 6, 30), None)
    assert found["limited"] == "2026-06-30"
    assert found["months"][-1]["day"] == "2026-06-30"
    house.store.dispose()


def test_a_firm_that_only_changed_stayed_and_one_that_came_back_stayed_twice(house: House) -> None:
    moves = [
        {"uscc": code(3), "district": "章丘区", "effective_on": "2024-05-01"},
        {"uscc": code(4), "city": "370200", "effective_on": "2022-05-01"},
    ]
    file_rows(house, "enterprises", moves, "moved.csv")
    back = [{"uscc": code(4), "city": "370100", "effective_on": "2023-05-01"}]
    file_rows(house, "enterprises", back, "back.csv")
    subject = subject_of(house, "quality-firms", date(2025, 12, 31), None)
    assert isinstance(subject, Titles)
    records = subject.records

    def stays(n: int) -> list[tuple[bool, str, str, bool]]:
        """From the beginning on?, first day, first day without, without an end?"""
        rows = np.flatnonzero(records.stay_firm == records.firms.index(code(n)))
        spans = [(int(records.stay_from[row]), int(records.stay_to[row])) for row in rows]
        return [(a < 0, str(day_of(max(a, 0))), str(day_of(min(b, 40_000))), b > 40_000) for a, b in spans]

    since, ever = "1970-01-01", str(day_of(40_000))
    assert stays(3) == [(True, since, ever, True)]
    assert stays(4) == [(True, since, "2022-05-01", False), (False, "2023-05-01", ever, True)]
    assert stays(1) == [(True, since, "2024-03-01", False)]
    assert records.stay_firm.tolist() == sorted(records.stay_firm.tolist())
