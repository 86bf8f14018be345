"""Which goal a forecast is judged by: filed before the plan's, of another plan, of the next one, or none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from registry.house import House
from tests.registry.house import Time, code, file_rows, open_test_house
from tiers import publishing
from tiers.bulletins.published import publish
from tiers.forecasting.aims import aims_of
from tiers.forecasting.asking import Wanted, ask_forecast, held_forecasts, months_ahead
from tiers.forecasting.candidates import ask_cultivation
from tiers.forecasting.glance import chances
from tiers.forecasting.part import forecast_part
from tiers.members import Question

NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
BEFORE, AFTER = date(2025, 6, 30), date(2026, 2, 28)
NEXT = "plans/plan-2026-2028"


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    house = open_test_house(database_url, tmp_path, Time(NOW))
    firms = [{"uscc": code(n), "name": f"济南{n}机械有限公司", "district": "历下区"} for n in range(1, 61)]
    file_rows(house, "enterprises", firms)
    titles = []
    for n in range(1, 61):
        year = 2018 + n % 6
        titles.append({"uscc": code(n), "tier": "srdi", "issued_on": f"{year}-07-01"})
        if n % 2 and year < 2022:
            titles.append(
                {"uscc": code(n), "tier": "srdi", "issued_on": f"{year + 3}-07-01", "basis": "review"}
            )
    file_rows(house, "titles", titles)
    yield house
    house.store.dispose()


def aim(house: House, period: str, goal: int) -> None:
    row = {"indicator": "quality-firms", "period": period, "goal": goal}
    file_rows(house, "targets", [row], f"goal-{period}-{goal}.csv")


def asked(house: House, day: date, plan: str | None = None, **more: Any) -> Any:
    return ask_forecast(house, Wanted("quality-firms", plan=plan, **more), day, None)


def test_a_goal_filed_for_the_city_goes_before_the_plans(house: House) -> None:
    assert asked(house, BEFORE)["chances"][0]["chance"] == "0.0000"
    aim(house, "2023-2025", 1)
    found = asked(house, BEFORE)
    assert (found["goal"], found["judged"]["goal"]) == (1, 1)
    assert [one["chance"] for one in found["chances"] if one["due"]] == ["1.0000"]
    assert found["needed"]["reached"]


def test_the_next_plan_without_a_goal_is_not_set_and_never_nought(house: House) -> None:
    for day in (BEFORE, AFTER):
        found = asked(house, day, NEXT)
        assert (found["plan"], found["period"], found["due"]) == ("plan-2026-2028", "2026-2028", "2028-12-31")
        assert (found["goal"], found["judged"], found["chances"], found["needed"]) == (None, None, [], None)
        assert found["drivers"]
    assert aims_of(house, "quality-firms", AFTER, None, NEXT).ahead is None


def test_with_a_filed_goal_the_next_plan_is_judged_on_its_own_day(house: House) -> None:
    aim(house, "2026-2028", 20)
    found = asked(house, AFTER, NEXT)
    due = [one for one in found["chances"] if one["due"]]
    assert [(one["day"], one["goal"]) for one in due] == [("2028-12-31", 20)]
    assert found["months"][-1]["day"] == "2028-12-31"
    assert found["needed"]["day"] == "2028-12-31"


def test_past_its_day_a_goal_says_what_came_and_the_next_one_counts(house: House) -> None:
    found = asked(house, AFTER)
    assert (found["past"]["reached"], found["next"]["goal"], found["judged"]["goal"]) == (False, None, 8000)
    assert not any(one["due"] for one in found["chances"])
    aim(house, "2026-2028", 20)
    found = asked(house, AFTER)
    assert (found["goal"], found["past"]["reached"]) == (8000, False)
    assert (found["next"]["goal"], found["judged"]) == (20, found["next"])
    assert [one["day"] for one in found["chances"] if one["due"]] == ["2028-12-31"]
    assert ask_cultivation(house, "quality-firms", AFTER)["goal"] == 20


def test_of_a_tier_no_plan_has_a_goal(house: House) -> None:
    found = ask_forecast(house, Wanted("srdi"), AFTER, None)
    assert (found["goal"], found["due"], found["past"], found["next"], found["judged"]) == (None,) * 5


def test_months_go_to_the_due_day_and_no_further() -> None:
    due = date(2028, 12, 31)
    assert months_ahead(24, date(2026, 2, 28), due) == 34
    assert months_ahead(24, date(2026, 2, 27), due) == 35
    assert months_ahead(24, date(2028, 6, 30), due) == 24
    assert months_ahead(24, due, due) == 24


def test_the_part_for_a_published_count_is_small_and_keeps_the_fan_of_one(house: House) -> None:
    aim(house, "2023-2025", 40)
    found = forecast_part(house, Question(BEFORE, house.settings), None)
    one, other = found["targets"]["quality-firms"], found["targets"]["above-scale"]
    assert [end["day"] for end in one["ends"]] == ["2025-12-31", "2026-12-31"]
    assert [end["due"] for end in one["ends"]] == [True, False]
    assert len(one["fan"]["months"]) == 24
    assert (other["enough"], other["ends"], "fan" in other) == (False, [], False)


def test_the_overview_takes_the_chance_only_from_what_was_worked_out(house: House) -> None:
    aim(house, "2023-2025", 20)
    assert chances(house, BEFORE, None) == {}
    assert held_forecasts(house, ["quality-firms"], BEFORE, None) == {}
    asked(house, BEFORE)
    found = chances(house, BEFORE, None)["quality-firms"]
    assert (found.goal, found.due, found.as_of) == (20, "2025-12-31", "2025-06-30")
    asked(house, AFTER)
    assert chances(house, AFTER, None) == {}  # the day is past, and the next goal not set


def test_the_overview_falls_back_to_the_last_published_count(house: House) -> None:
    aim(house, "2023-2025", 20)
    kept = publish(house, "monthly", BEFORE, "desk")
    assert set(kept.parts["forecast"]["targets"]) == {
        "quality-firms",
        "above-scale",
        "listed",
        "tech-sme",
        "high-tech",
    }
    found = chances(house, date(2025, 7, 20), None)["quality-firms"]
    assert (found.as_of, found.goal) == ("2025-06-30", 20)
    assert chances(house, date(2025, 12, 15), None) == {}  # half a year old
    assert chances(house, date(2025, 7, 20), datetime(2020, 1, 1, tzinfo=UTC)) == {}  # published later


def test_a_published_forecast_is_carried_over_when_the_count_is_run_again(house: House) -> None:
    aim(house, "2023-2025", 20)
    first = publish(house, "quarterly", BEFORE, "desk")
    aim(house, "2023-2025", 30)
    assert publishing.rerun(house, first) == publishing.content(house, first)
    assert not list(publishing.faults(house))
    again = publish(house, "quarterly", BEFORE, "desk", new=True)
    goals = [one.parts["forecast"]["targets"]["quality-firms"]["goal"] for one in (first, again)]
    assert goals == [20, 30]
