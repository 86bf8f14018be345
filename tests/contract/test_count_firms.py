"""Firms that count by what they are: above scale, listed, and by their revenue."""

from __future__ import annotations

import pytest

from tests.contract.counting import Register, codes, firm, listing, problems

# --- above-scale ---------------------------------------------------------------------------------------


def test_an_above_scale_firm_counts_up_to_the_day_before_it_leaves(register_on_both: Register) -> None:
    register = register_on_both
    register.firms(1, 2)
    register.file("above-scale", [{"uscc": firm(1), "entered_on": "2022-01-01", "left_on": "2024-02-01"}])
    register.file("above-scale", [{"uscc": firm(2), "entered_on": "2022-03-01"}])
    days = ("2021-12-31", "2022-01-01", "2022-03-01", "2024-01-31", "2024-02-01")
    assert [register.target(d, "above-scale")["value"] for d in days] == [0, 1, 2, 2, 1]
    assert register.behind("2024-02-01", "above-scale") == codes(2)


def test_a_firm_that_comes_back_above_scale_counts_once_on_each_day(register: Register) -> None:
    register.firms(1)
    register.file("above-scale", [{"uscc": firm(1), "entered_on": "2020-01-01", "left_on": "2022-01-01"}])
    register.file("above-scale", [{"uscc": firm(1), "entered_on": "2023-01-01"}])
    days = ("2021-12-31", "2022-06-01", "2023-01-01")
    assert [register.target(d, "above-scale")["value"] for d in days] == [1, 0, 1]


def test_revenue_alone_makes_no_above_scale_firm(register: Register) -> None:
    register.firms(1, industry="C3511")
    register.file("figures", [{"uscc": firm(1), "year": 2024, "营业收入（万元）": 90000}])
    assert register.target("2026-01-01", "above-scale")["value"] == 0


# --- listed --------------------------------------------------------------------------------------------


def listed(register: Register, day: str = "2024-01-01") -> tuple[int, int]:
    target = register.target(day, "listed")
    return target["value"], target["unknown"]


def test_a_listed_manufacturer_counts_from_listing_until_delisting(register_on_both: Register) -> None:
    register = register_on_both
    register.firms(1, industry="C3511")
    listing(register, 1)
    listing(register, 1, stage="delisted", stage_on="2024-05-10")
    days = ("2020-06-30", "2020-07-01", "2024-05-09", "2024-05-10")
    assert [listed(register, d)[0] for d in days] == [0, 1, 1, 0]


@pytest.mark.parametrize(
    "board", ["sse_main", "sse_star", "szse_main", "szse_chinext", "bse", "hkex", "us", "overseas"]
)
def test_every_listed_board_counts(register: Register, board: str) -> None:
    register.firms(1, industry="C3511")
    listing(register, 1, board)
    assert listed(register) == (1, 0)


@pytest.mark.parametrize("board", ["neeq_innovation", "neeq_base", "regional"])
def test_quoted_is_not_listed(register: Register, board: str) -> None:
    register.firms(1, industry="C3511")
    listing(register, 1, board, stage="quoted")
    assert listed(register) == (0, 0)


def test_a_pipeline_stage_is_not_listed(register: Register) -> None:
    register.firms(1, industry="C3511")
    for stage, day in (("tutoring", "2022-01-05"), ("registered", "2023-06-01"), ("issued", "2023-06-10")):
        listing(register, 1, stage=stage, stage_on=day)
    assert listed(register) == (0, 0)


def test_a_firm_on_two_boards_counts_once_and_until_it_has_left_both(register: Register) -> None:
    register.firms(1, industry="C3511")
    listing(register, 1, "sse_main")
    listing(register, 1, "hkex", stage_on="2021-07-01")
    assert listed(register, "2022-01-01") == (1, 0)
    listing(register, 1, "hkex", stage="delisted", stage_on="2023-01-01")
    assert listed(register, "2023-06-01") == (1, 0)
    listing(register, 1, "sse_main", stage="delisted", stage_on="2024-01-01")
    assert listed(register, "2024-01-01") == (0, 0)


@pytest.mark.parametrize(
    ("industry", "flag", "expected"),
    [
        ("C1311", "", (1, 0)),  # first and last class of manufacturing
        ("C4390", "", (1, 0)),
        ("C39", "no", (1, 0)),  # a manufacturer needs no digital core
        ("B0610", "", (0, 0)),
        ("D4411", "", (0, 0)),
        ("6513", "", (1, 0)),  # core by its class, the letter is optional
        ("I65", "", (1, 0)),  # every class under the division is core
        ("F5211", "", (0, 0)),  # no class is core or starred
        ("F52", "", (0, 1)),  # some are: the code does not say
        ("F52", "yes", (1, 0)),
        ("F52", "no", (0, 0)),
        ("L7213", "", (0, 1)),  # starred: only part of the class
        ("L7213", "yes", (1, 0)),
        ("L7213", "no", (0, 0)),
        ("I6513", "no", (0, 0)),  # a flag wins against a clear code
        ("F5211", "yes", (1, 0)),
        ("", "", (0, 1)),
        ("", "yes", (1, 0)),
        ("", "no", (0, 1)),  # still it may be a manufacturer
    ],
)
def test_manufacturing_or_digital_core_by_code(
    register: Register, industry: str, flag: str, expected: tuple[int, int]
) -> None:
    register.firms(1, industry=industry, digital_core=flag)
    listing(register, 1)
    assert listed(register) == expected


@pytest.mark.parametrize(("industry", "flag"), [("I6513", "no"), ("F5211", "yes")])
def test_a_flag_against_a_clear_code_is_a_finding(register: Register, industry: str, flag: str) -> None:
    report = register.firms(1, industry=industry, digital_core=flag)
    assert "digital_core_differs" in problems(report, "note")


@pytest.mark.parametrize(
    ("industry", "flag"), [("I6513", "yes"), ("F5211", "no"), ("L7213", "no"), ("F52", "yes")]
)
def test_a_flag_that_agrees_or_decides_is_no_finding(register: Register, industry: str, flag: str) -> None:
    assert problems(register.firms(1, industry=industry, digital_core=flag)) == []


def test_only_listed_firms_can_be_unknown_for_the_listed_target(register: Register) -> None:
    register.firms(1, 2)
    listing(register, 1)
    assert listed(register) == (0, 1)


def test_an_offshore_issuer_counts_through_its_local_firm(register: Register) -> None:
    register.firms(1, industry="C2762")
    listing(register, 1, "hkex", listed_entity="Sample Holdings Limited")
    assert listed(register) == (1, 0)
    assert register.show(1)["listings"][0]["listed_entity"] == "Sample Holdings Limited"


# --- revenue -------------------------------------------------------------------------------------------


def test_the_revenue_year_changes_on_the_closing_day(register: Register) -> None:
    days = {"2025-12-31": "2024", "2026-01-01": "2024", "2026-06-29": "2024", "2026-06-30": "2025"}
    assert {day: str(register.count(day)["revenue"]["period"]) for day in days} == days
    assert {day: str(register.target(day, "revenue-1bn")["period"]) for day in days} == days


def test_the_closing_day_is_a_setting(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDU_FIGURES_CLOSING_DAY", "04-30")
    assert [str(register.count(d)["revenue"]["period"]) for d in ("2026-04-29", "2026-04-30")] == [
        "2024",
        "2025",
    ]


def test_a_corrected_revenue_is_corrected_for_every_day(register: Register) -> None:
    register.firms(1)
    register.file("figures", [{"uscc": firm(1), "year": 2024, "营业收入（亿元）": 9}], at="2025-07-01")
    register.file("figures", [{"uscc": firm(1), "year": 2024, "营业收入（亿元）": 11}], at="2026-03-01")
    for day in ("2025-12-31", "2026-06-29"):
        revenue = register.count(day)["revenue"]
        assert (revenue["1bn"], revenue["100m"]) == (1, 0), day


def test_year_overrides_the_revenue_year(register: Register) -> None:
    register.firms(1)
    register.file("figures", [{"uscc": firm(1), "year": 2022, "营业收入（亿元）": 12}])
    assert register.count("2026-01-01")["revenue"]["1bn"] == 0
    overridden = register.count("2026-01-01", "--year", "2022")["revenue"]
    assert (str(overridden["period"]), overridden["1bn"]) == ("2022", 1)


def test_revenue_classes_at_their_boundaries(register_on_both: Register) -> None:
    register = register_on_both
    revenues = [10**11, 10**11 - 1, 10**10, 10**10 - 1, 10**9, 10**9 - 1, 10**8, 10**8 - 1, 0]
    register.firms(*range(1, 11))  # the tenth says nothing
    rows = [
        {"uscc": firm(n), "year": 2024, "营业收入（元）": value} for n, value in enumerate(revenues, start=1)
    ]
    register.file("figures", rows)
    revenue = register.count("2026-01-01")["revenue"]
    assert {k: v for k, v in revenue.items() if k != "period"} == {
        "100bn": 1,
        "10bn": 2,
        "1bn": 2,
        "100m": 2,
        "below": 2,
        "unknown": 1,
    }
    ten, one = register.target("2026-01-01", "revenue-10bn"), register.target("2026-01-01", "revenue-1bn")
    assert (ten["value"], one["value"]) == (3, 5)  # counted upwards
    assert register.behind("2026-01-01", "revenue-10bn") == codes(1, 2, 3)
    assert (ten["rate"], ten["unknown"]) == ("0.1500", 1)
    assert register.show(2, "--as-of", "2026-01-01")["derived"]["revenue_class"] == "10bn"


def test_an_older_revenue_does_not_stand_in_for_the_missing_year(register: Register) -> None:
    register.firms(1)
    register.file("figures", [{"uscc": firm(1), "year": 2023, "营业收入（亿元）": 120}])
    register.file("figures", [{"uscc": firm(1), "year": 2024, "employees": 50}])
    revenue = register.count("2026-01-01")["revenue"]
    assert (revenue["10bn"], revenue["unknown"]) == (0, 1)
    assert register.show(1, "--as-of", "2026-01-01")["derived"]["revenue_class"] == "unknown"
