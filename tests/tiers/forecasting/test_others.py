"""The yearly round, listings, back-tests and the words of an answer."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tests.tiers.forecasting.worlds import records, rounds
from tiers.forecasting.answers import chance, crossing, difference, new_a_month, reaches
from tiers.forecasting.backtest import Trial, document, months_on, origins, pinball
from tiers.forecasting.history import ends_after, number
from tiers.forecasting.listing import fit_pipeline, simulate_pipeline
from tiers.forecasting.paths import Scenario
from tiers.forecasting.rounds import fit_rounds, simulate_rounds
from tiers.forecasting.subjects import Stages, Titles, YearlyRound, draw_ahead


def yearly(until: int, size: int = 1000, again: float = 0.9, new: int = 150) -> dict[int, dict[str, int]]:
    """Rounds of firms on 1 September: a part comes again each year, others come new."""
    found: dict[int, dict[str, int]] = {}
    firms = [f"firm{n}" for n in range(size)]
    for year in range(2019, until + 1):
        found[year] = dict.fromkeys(firms, number(date(year, 9, 1)))
        firms = firms[: round(len(firms) * again)] + [f"new{year}-{n}" for n in range(new)]
    return found


def test_a_round_is_counted_from_its_last_day_on() -> None:
    model = fit_rounds(yearly(2024), date(2024, 6, 30))
    assert sorted(model.full) == [2019, 2020, 2021, 2022, 2023]
    assert model.again == pytest.approx(0.9, abs=0.01)
    assert model.new == pytest.approx(150)
    points = [number(end) for end in ends_after(model.day, 12)]
    drawn = simulate_rounds(model, points, sims=800)
    last = model.full[2023]
    assert (drawn[:5] == last).all()
    assert np.median(drawn[6]) == pytest.approx(last * 0.9 + 150, rel=0.06)


def test_who_registered_this_year_counts_whatever_comes() -> None:
    rounds_ = yearly(2024)
    rounds_[2024] = dict.fromkeys(
        [*rounds_[2024], *(f"more{n}" for n in range(900))], number(date(2024, 9, 1))
    )
    model = fit_rounds(rounds_, date(2024, 10, 31))
    drawn = simulate_rounds(model, [number(end) for end in ends_after(model.day, 3)], sims=500)
    assert drawn[-1].min() >= len(rounds_[2024])


def test_a_single_round_is_no_history() -> None:
    assert not fit_rounds({2023: {"a": number(date(2023, 9, 1))}}, date(2024, 6, 30)).enough
    assert not YearlyRound({}).enough(date(2024, 6, 30))


def stages(firm: str, *days: tuple[str, date]) -> list[tuple[str, str, str, int]]:
    return [(firm, "bse", stage, number(day)) for stage, day in days]


WAY = ("tutoring", "filed", "inquiry", "committee_passed", "submitted", "registered", "issued", "listed")


def listed_in_a_year(firm: str, year: int) -> list[tuple[str, str, str, int]]:
    return stages(firm, *((stage, date(year, 1 + at, 10)) for at, stage in enumerate(WAY)))


def test_firms_far_on_their_way_are_listed_sooner() -> None:
    day = date(2024, 6, 30)
    past = [row for n in range(30) for row in listed_in_a_year(f"old{n}", 2015 + n % 9)]
    points = [number(end) for end in ends_after(day, 12)]
    near_end = past + stages("a", ("registered", date(2024, 6, 1)))
    at_start = past + stages("a", ("tutoring", date(2024, 6, 1)))
    early, late = (
        simulate_pipeline(fit_pipeline(rows, day), points, sims=2000)[3].mean()
        for rows in (near_end, at_start)
    )
    assert early > late
    assert fit_pipeline(past, day).listed == 30


def test_a_delisted_firm_and_a_withdrawn_one_are_not_under_way() -> None:
    day = date(2024, 6, 30)
    rows = listed_in_a_year("a", 2019) + stages("a", ("delisted", date(2022, 1, 1)))
    rows += stages("b", ("tutoring", date(2023, 1, 1)), ("withdrawn", date(2023, 9, 1)))
    rows += stages("c", ("filed", date(2024, 1, 1)), ("suspended", date(2024, 3, 1)))
    model = fit_pipeline(rows, day)
    assert (model.listed, len(model.waiting)) == (0, 1)
    assert model.delisted[0] == 1
    assert Stages(rows).values([date(2021, 1, 1), day]) == [1, 0]


def test_half_years_that_can_be_judged() -> None:
    found = origins(date(2026, 6, 15), date(2020, 1, 1))
    assert found[-1] == date(2025, 6, 30)
    assert found[0] == date(2020, 12, 31)
    assert len(found) == 10
    assert origins(date(2026, 6, 30), date(2025, 12, 1)) == [date(2025, 12, 31)]
    assert origins(date(2026, 6, 30), date(2026, 1, 1)) == []
    assert (months_on(date(2025, 6, 30), 6), months_on(date(2025, 12, 31), 6)) == (
        date(2025, 12, 31),
        date(2026, 6, 30),
    )
    assert months_on(date(2025, 6, 30), 12) == date(2026, 6, 30)


def test_a_backtest_counts_hits_and_losses() -> None:
    values = np.arange(1, 101, dtype=float)
    trials = [
        Trial(date(2024, 6, 30), date(2024, 12, 31), 6, values, actual, 50, 40)
        for actual in (50, 20, 97, 400)
    ]
    found = document(trials)
    assert [(row["in_50"], row["in_90"]) for row in found["trials"]] == [
        (True, True), (False, True), (False, False), (False, False),
    ]  # fmt: skip
    score = found["scores"][0]
    assert (score["ahead"], score["forecasts"], score["in_50"], score["in_90"]) == (6, 4, "0.2500", "0.5000")
    assert found["trials"][0]["last_change"] == 55
    assert pinball([10] * 5, 10) == 0
    assert pinball([10] * 5, 20) == pytest.approx(5)
    assert document([]) == {"trials": [], "scores": []}


def test_an_origin_sees_nothing_of_what_came_later() -> None:
    """The same past with another future gives the same forecast."""
    past = rounds(range(2012, 2023), 40, 0.6)
    more = [*past, *((5000 + n, "srdi", date(2023, 7, 1), date(2026, 6, 30)) for n in range(500))]
    ends = [date(2023, 12, 31)]
    drawn = [
        draw_ahead(Titles(records(terms), 365, {}), date(2022, 12, 31), ends, 100) for terms in (past, more)
    ]
    assert drawn[0] is not None
    assert drawn[1] is not None
    assert (drawn[0] == drawn[1]).all()


def test_goals_are_judged_as_targets_are() -> None:
    values = np.array([94.0, 96.0, 100.0, 101.0])
    assert reaches(values, 100, "at_least").tolist() == [False, False, True, True]
    assert reaches(values, 100, "more_than").tolist() == [False, False, False, True]
    assert reaches(values, 100, "about").tolist() == [False, True, True, True]
    assert reaches(values, 100, "at_most").tolist() == [True, True, True, False]
    assert chance(values, 100, "at_least") == "0.5000"


def test_what_would_have_to_be_true() -> None:
    assert crossing(lambda x: 100 + 50 * x, 120, 1.0, 3) == pytest.approx(0.4)
    assert crossing(lambda x: 100 + 50 * x * x, 120, 1.0, 30) == pytest.approx(0.4**0.5, abs=0.02)
    assert crossing(lambda x: 100 + 50 * x, 200, 1.0, 3) is None
    assert crossing(lambda x: 100 + 50 * x, 90, 1.0, 3) == 0
    subject = Titles(records(rounds(range(2012, 2024), 60, 0.6)), 365, {})
    day = date(2024, 6, 30)
    points = [number(end) for end in ends_after(day, 6)]
    paths = subject.paths(day, points, Scenario(), 300, 1)
    goal = float(np.median(paths.held[5])) + 60
    found = new_a_month(paths, 5, goal)
    assert found is not None
    assert found == pytest.approx(10, rel=0.1)


def test_differences_are_draw_by_draw() -> None:
    base = np.array([100.0, 200.0, 300.0])
    assert difference(base, base + 7) == {"p05": 7, "p50": 7, "p95": 7, "mean": 7}
