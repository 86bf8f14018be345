"""Forecasts of registers with known answers: all renew, none, half; the same seed, the same draws; more is never less."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tiers.forecasting.worlds import by_chance, records, rounds, term
from tiers.forecasting.fitting import Model, Season, dispersion, fit
from tiers.forecasting.history import Records, ends_after, known_on, number, presence, spans
from tiers.forecasting.paths import MOST_MONTHS, Paths, Scenario, _bits, gamma, simulate, year_sizes

DAY = date(2024, 6, 30)
MAX_DAYS = 365


def learnt(
    terms: list[tuple[int, str, date, date]], day: date = DAY, **more: object
) -> tuple[Model, Records]:
    known = known_on(records(terms, **more), number(day))  # type: ignore[arg-type]
    return fit(known, day, MAX_DAYS), known


def drawn(
    model: Model,
    known: Records,
    months: int = 12,
    sims: int = 400,
    seed: int = 1,
    scenario: Scenario | None = None,
) -> Paths:
    points = [number(end) for end in ends_after(model.day, months)]
    return simulate(model, known, points, sims=sims, seed=seed, scenario=scenario)


@pytest.mark.parametrize(("renewing", "low", "high"), [(1.0, 0.93, 1.0), (0.0, 0.0, 0.07), (0.5, 0.4, 0.6)])
def test_all_none_or_half_renew(renewing: float, low: float, high: float) -> None:
    """Twelve rounds of a hundred firms; in July 2024 the round of 2021 ends."""
    model, known = learnt(rounds(range(2012, 2024), 100, renewing))
    (renewal,) = model.renewals.values()
    assert low <= renewal.mean <= high
    good = sum(n for n, _bad in model.cohorts.values())
    assert good == pytest.approx(renewing * sum(map(sum, model.cohorts.values())), abs=3)
    paths = drawn(model, known)
    before = presence(spans(known), len(known.firms), [number(DAY)]).sum()
    ending = {1.0: 400, 0.0: 100, 0.5: 187}[renewing]
    assert before == 3 * ending
    kept = (paths.held[0].mean() - (before - ending)) / ending
    assert low - 0.03 <= kept <= high + 0.03


def test_firms_of_a_cohort_fail_together() -> None:
    """With one p for a cohort the spread of what remains is far wider than chance alone would make it."""
    terms = []
    for at, year in enumerate(range(2012, 2024)):
        rate = 0.9 if at % 2 else 0.4
        for n in range(200):
            terms.append(term(at * 200 + n, date(year, 7, 1)))
            if n < rate * 200 and year <= 2020:
                terms.append(term(at * 200 + n, date(year + 3, 7, 1)))
    model, known = learnt(terms)
    paths = drawn(model, known, sims=2000)
    kept = paths.held[0]
    alone = np.sqrt(200 * 0.25)
    assert kept.std() > 2 * alone


def test_new_firms_come_in_the_months_in_which_they_came() -> None:
    model, known = learnt(rounds(range(2012, 2024), 50, 0.8, month=9))
    season = model.entries["srdi"]
    assert season.mean == pytest.approx(50)
    assert season.windows[:, 2].tolist() == [50] * 5
    fresh = drawn(model, known, sims=1000).fresh
    assert np.median(fresh[1]) == 0  # July and August
    assert 35 <= np.median(fresh[2]) <= 60  # September, and the odd year in which it comes at another time


def test_exits_come_at_the_rate_of_the_past() -> None:
    terms = [term(firm, date(2019 + firm % 5, 7, 1)) for firm in range(3000)]
    gone = {firm: date(2023, 1 + firm % 12, 15) for firm in range(0, 3000, 60)}
    model, known = learnt(terms, gone=gone)
    assert model.exits.sum() == pytest.approx(50 / 60 / 60 * 1.0, rel=2.5)
    paths = drawn(model, known, months=1)
    left = paths.held[0]
    assert (left <= presence(spans(known), len(known.firms), [number(DAY)]).sum()).all()


def test_a_renewal_on_record_is_not_left_to_chance() -> None:
    terms = rounds(range(2012, 2024), 40, 0.5)
    upcoming = date(2024, 6, 30)
    end = date(2024, 8, 31)
    terms += [(10_000, "srdi", date(2021, 9, 1), end), (10_000, "srdi", upcoming, date(2027, 6, 29))]
    model, known = learnt(terms)
    paths = drawn(model, known, months=24)
    alone = drawn(*learnt([t for t in terms if t[0] != 10_000]), months=24)
    # Of other draws for exits the middle may differ by one.
    assert abs(np.median(paths.held[20]) - np.median(alone.held[20]) - 1) <= 2


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    model, known = learnt(rounds(range(2012, 2024), 40, 0.6))
    first, again, other = (drawn(model, known, seed=seed).total for seed in (5, 5, 6))
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()


def test_the_firms_beyond_a_chunk_are_drawn_too() -> None:
    """Firms are drawn some hundreds at a time."""
    model, known = learnt(rounds(range(2017, 2024), 1200, 0.5))
    paths = drawn(model, known, months=2, sims=60)
    assert paths.held.max() <= presence(spans(known), len(known.firms), [number(DAY)]).sum()
    assert np.median(paths.held[0]) > 2400


@settings(max_examples=15, deadline=None)
@given(
    st.floats(0, 0.3), st.floats(0, 0.3), st.integers(0, 200), st.integers(0, 200), st.integers(0, 3),
    st.integers(0, 1000),
)  # fmt: skip
def test_more_is_never_less(low: float, more: float, near: int, nearer: int, fewer: int, seed: int) -> None:
    """Higher renewal rates, more firms over the line, fewer exits: under the same chances no draw falls."""
    gone = {firm: date(2023, 3, 1) for firm in range(0, 400, 25)}
    model, known = learnt(rounds(range(2014, 2024), 40, 0.6), gone=gone)
    base = drawn(model, known, 24, 50, seed, Scenario(renewals=low, near={"srdi": near}))
    other = Scenario(renewals=low + more, near={"srdi": near + nearer}, exits=fewer)
    better = drawn(model, known, 24, 50, seed, other)
    assert (better.held >= base.held).all()
    assert (better.fresh >= base.fresh - 1e-9).all()


def test_a_scenario_without_change_changes_nothing() -> None:
    model, known = learnt(rounds(range(2014, 2024), 40, 0.6))
    assert (drawn(model, known).total == drawn(model, known, scenario=Scenario(near={"srdi": 0})).total).all()


def test_intervals_cover_what_comes() -> None:
    """In forty worlds made by chance the 90 % interval a year ahead holds the truth most of the time, the 50 % about half."""
    day, ahead = date(2023, 12, 31), date(2024, 12, 31)
    wide, narrow, worlds = 0, 0, 40
    for seed in range(worlds):
        whole = records(by_chance(seed, ahead))
        known = known_on(whole, number(day))
        values = drawn(fit(known, day, MAX_DAYS), known, sims=300, seed=seed).total[-1]
        actual = presence(spans(whole), len(whole.firms), [number(ahead)]).sum()
        low, lower, upper, high = np.quantile(values, (0.05, 0.25, 0.75, 0.95))
        wide += low <= actual <= high
        narrow += lower <= actual <= upper
    assert 0.78 * worlds <= wide
    assert 0.3 * worlds <= narrow <= 0.85 * worlds


def test_an_empty_and_a_tiny_register_are_no_error() -> None:
    model, known = learnt([])
    assert not model.enough
    assert drawn(model, known).total.tolist() == np.zeros((12, 400)).tolist()
    model, known = learnt([term(0, date(2023, 7, 1))])
    assert not model.enough
    assert drawn(model, known).held[-1].max() <= 1


def test_at_most_five_years_ahead() -> None:
    model, known = learnt(rounds(range(2014, 2024), 5, 0.6))
    assert len(drawn(model, known, MOST_MONTHS).total) == MOST_MONTHS
    with pytest.raises(ValueError, match="61 months are more than 60"):
        drawn(model, known, MOST_MONTHS + 1)


def years_of(*totals: int) -> Season:
    """A season with such numbers of new firms, the latest year first."""
    windows = np.array([[n / 12] * 12 for n in totals])
    weights = 0.7 ** np.arange(len(totals), dtype=float)
    weights = weights / weights.sum()
    found = np.array(totals, dtype=float)
    return Season(windows, weights, float(weights @ found), dispersion(found, weights))


def test_few_years_leave_room_for_one_unlike_all_of_them() -> None:
    few, many = years_of(980, 600, 670), years_of(980, 600, 670, 800, 700)
    drawn = year_sizes(np.random.default_rng(1), few, 40_000)
    plain = few.mean * gamma(np.random.default_rng(1), few.varies, 40_000)
    low, high = np.quantile(drawn, (0.05, 0.95))
    assert high > 1.3 * np.quantile(plain, 0.95)
    assert 0.15 <= (drawn > few.most).mean() <= 0.35  # one year in four, of three seen
    assert (drawn > 4 * few.most).mean() < 0.03
    # The middle moves little, and more years narrow the range.
    assert np.median(drawn) == pytest.approx(np.median(plain), rel=0.1)
    narrower = np.quantile(year_sizes(np.random.default_rng(1), many, 40_000), (0.05, 0.95))
    assert narrower[1] - narrower[0] < high - low


def test_nothing_ever_stays_nothing() -> None:
    assert year_sizes(np.random.default_rng(1), years_of(0, 0, 0), 100).tolist() == [0.0] * 100


@pytest.mark.parametrize(("kind", "months"), [(np.uint32, 24), (np.uint64, 60)])
def test_months_are_added_up_as_bits(kind: type, months: int) -> None:
    words = np.random.default_rng(3).integers(0, 2**months, (700, 5), dtype=kind)
    one = kind(1)
    counted = np.array([((words >> kind(at)) & one).sum(axis=0) for at in range(months)])
    assert (_bits(words, months) == counted).all()
