"""Targets in the count: filed values, goals of units, what is judged when, two clocks, another plan."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from registry.house import House
from registry.kind import Record
from registry.withdrawal import withdraw
from tests.registry.house import Time, code, file_rows, open_test_house
from tiers.asking import ask_count
from tiers.cultivating import five_figures, membership
from tiers.judging import met, state
from tiers.lists import behind_titles
from tiers.members import Question
from tiers.progress import narrowed, progress, waiting
from tiers.targets import plan, plan_named, plans

DUE = date(2025, 12, 31)
LATER = date(2026, 3, 1)


def say(house: House, indicator: str, period: str, value: Any, unit: str = "", **more: Any) -> Any:
    row = {"indicator": indicator, "period": period, "unit": unit, "value": value, **more}
    return file_rows(house, "indicators", [row], f"{indicator}-{period}-{unit}-{value}.csv")


def aim(house: House, indicator: str, period: str, goal: Any, unit: str = "") -> Any:
    row = {"indicator": indicator, "period": period, "unit": unit, "goal": goal}
    return file_rows(house, "targets", [row], f"{indicator}-{period}-{unit}-{goal}.csv")


def entry(house: House, id: str, day: date = LATER, **more: Any) -> Record:
    document = ask_count(
        house, day, more.pop("known_at", None), None, more.pop("by", None), more.pop("plan", None)
    )
    return next(target for target in document["targets"] if target["id"] == id)


def cell(house: House, id: str, unit: str, day: date = LATER) -> Record:
    document = ask_count(house, day, None, None, "area")
    found: Record = next(row for row in document["by"] if row["key"] == unit)["targets"][id]
    return found


# Judging -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("direction", "goal", "reached", "short"),
    [
        ("at_least", "45", ("45", "46"), ("44",)),
        ("more_than", "3000", ("3001",), ("3000", "2999")),
        ("at_most", "10", ("10", "9"), ("11",)),
        ("about", "20", ("19", "20", "21"), ("18", "22")),
        ("about", "-0.17", ("-0.17", "-0.1785", "-0.1615"), ("-0.16", "-0.18")),
    ],
)
def test_when_a_goal_is_met(
    direction: str, goal: str, reached: tuple[str, ...], short: tuple[str, ...]
) -> None:
    assert [met(Decimal(value), Decimal(goal), direction) for value in reached] == [True] * len(reached)
    assert [met(Decimal(value), Decimal(goal), direction) for value in short] == [False] * len(short)


def test_states_before_on_and_after_the_due_day() -> None:
    days = (date(2025, 12, 30), DUE, date(2026, 1, 1))
    said = {
        value: [
            state(None if value is None else Decimal(value), Decimal(10), "at_least", day, DUE)
            for day in days
        ]
        for value in (None, 9, 10)
    }
    assert said == {
        None: ["missing", "missing", "overdue"],
        9: ["pending", "unmet", "unmet"],
        10: ["met", "met", "met"],
    }
    assert state(Decimal(9), None, "at_least", DUE, DUE) == "not_set"


# Filed values ------------------------------------------------------------------------------------------


def test_a_filed_figure_names_its_period_and_who_reported_it(house: House) -> None:
    assert entry(house, "revenue-total", DUE)["value"] is None
    done = say(house, "revenue-total", "2025", "10500亿元", reported_by="市统计局", document="1号")
    found = entry(house, "revenue-total")
    assert (found["value"], found["period"], found["rate"], found["state"]) == (
        1050000000000,
        "2025",
        "1.0500",
        "met",
    )
    assert (found["reported_by"], found["document"]) == ("市统计局", "1号")
    assert found["why"] == [{"record": "indicator", "filing": done.filing, "row": 2}]
    assert (found["source"], found["unknown"]) == ("filed", None)


def test_a_stock_takes_the_newest_period_that_was_over_on_the_day(house: House) -> None:
    for period, value in (("2024", 5000), ("2025-06", 5500), ("2025", 6100), ("2026-01", 6300)):
        say(house, "base-stations", period, value)
    days = {
        date(2024, 12, 30): None,
        date(2024, 12, 31): 5000,
        date(2025, 7, 1): 5500,
        DUE: 6100,
        LATER: 6300,
    }
    assert {day: entry(house, "base-stations", day)["value"] for day in days} == days


def test_of_two_names_of_one_end_the_later_filing_speaks(house: House) -> None:
    say(house, "computing", "2025", 2400)
    say(house, "computing", "2025-12-31", 2600)
    assert entry(house, "computing")["value"] == 2600
    say(house, "computing", "2025-Q4", 2500)
    assert (entry(house, "computing")["value"], entry(house, "computing")["period"]) == (2500, "2025-Q4")


def test_a_yearly_figure_is_judged_on_its_own_year_and_pending_until_it_closes(house: House) -> None:
    say(house, "tech-projects", "2024", 820)
    say(house, "tech-projects", "2025-06", 400)
    in_june = entry(house, "tech-projects", date(2025, 6, 30))
    assert (in_june["value"], in_june["period"], in_june["state"], in_june["pending"]) == (
        400,
        "2025-06",
        "pending",
        True,
    )
    closed = entry(house, "tech-projects", date(2024, 12, 31))
    assert (closed["value"], closed["state"], closed["pending"]) == (820, "met", False)
    after = entry(house, "tech-projects")  # the plan's last year is what is judged after its end
    assert (after["value"], after["period"], after["state"]) == (400, "2025-06", "unmet")


def test_a_yearly_figure_that_nobody_filed_is_overdue_once_a_year_of_the_plan_is_over(house: House) -> None:
    assert entry(house, "tech-projects", date(2023, 6, 30))["state"] == "missing"
    assert entry(house, "tech-projects", date(2024, 6, 30))["state"] == "overdue"
    say(house, "tech-projects", "2023", 700)
    assert entry(house, "tech-projects", date(2024, 6, 30))["state"] == "missing"
    assert entry(house, "tech-projects", LATER)["state"] == "overdue"


def test_a_figure_filed_by_every_unit_adds_up_and_shares_do_not(house: House) -> None:
    units = list(house.places.names)
    rows = [{"indicator": "tech-upgrades", "period": "2025", "unit": unit, "value": 20} for unit in units]
    file_rows(house, "indicators", rows[:-1], "most.csv")
    found = entry(house, "tech-upgrades")
    assert (found["value"], found["missing_units"], found["state"]) == (None, [units[-1]], "overdue")
    file_rows(house, "indicators", rows[-1:], "last.csv")
    found = entry(house, "tech-upgrades")
    assert (found["value"], found["state"], len(found["why"])) == (20 * len(units), "met", len(units))
    shares = [
        {"indicator": "advanced-share", "period": "2025", "unit": unit, "value": "60%"} for unit in units
    ]
    file_rows(house, "indicators", shares, "shares.csv")
    assert entry(house, "advanced-share")["value"] is None
    assert cell(house, "advanced-share", units[0])["value"] == "0.6"


def test_a_newer_sum_of_units_goes_before_an_older_figure_of_the_city(house: House) -> None:
    say(house, "computing", "2024", 1000)
    rows = [
        {"indicator": "computing", "period": "2025-06", "unit": unit, "value": 100}
        for unit in house.places.names
    ]
    file_rows(house, "indicators", rows, "units.csv")
    assert entry(house, "computing", date(2025, 6, 29))["value"] == 1000
    assert entry(house, "computing")["value"] == 100 * len(rows)
    say(house, "computing", "2025", 2600)
    assert entry(house, "computing")["value"] == 2600


def test_green_pilots_are_counted_and_filed_and_both_are_shown(house: House) -> None:
    file_rows(house, "enterprises", [{"uscc": code(1), "name": "济南甲公司"}], "firms.csv")
    file_rows(
        house,
        "honours",
        [{"uscc": code(1), "honour": "green_factory", "level": "city", "on": "2024-05-01"}],
        "h.csv",
    )
    assert (entry(house, "green-projects")["value"], entry(house, "green-projects")["filed"]) == (1, None)
    say(house, "green-projects", "2025", 30)
    found = entry(house, "green-projects")
    assert (found["value"], found["counted"], found["filed"], found["source"]) == (31, 1, 30, "tags")


# Goals -------------------------------------------------------------------------------------------------


def test_goals_of_units_stand_in_the_breakdown_and_the_rest_is_unallocated(house: House) -> None:
    file_rows(
        house, "enterprises", [{"uscc": code(1), "name": "济南甲公司", "district": "莱芜区"}], "firms.csv"
    )
    file_rows(house, "titles", [{"uscc": code(1), "tier": "srdi", "issued_on": "2024-01-01"}], "t.csv")
    assert entry(house, "quality-firms")["unallocated"] is None
    aim(house, "quality-firms", "2025", 4, "莱城区")  # renamed in mid-period
    aim(house, "quality-firms", "2023-2025", 3000, "高新区")
    found = cell(house, "quality-firms", "370116")
    assert (found["value"], found["goal"], found["rate"]) == (1, 4, "0.2500")
    assert (
        cell(house, "quality-firms", "370102")["goal"],
        cell(house, "quality-firms", "370102")["rate"],
    ) == (None, None)
    city = entry(house, "quality-firms")
    assert (city["allocated"], city["unallocated"]) == (3004, 4996)
    aim(house, "quality-firms", "2025-12", 6000, "历下区")
    assert entry(house, "quality-firms")["unallocated"] == -1004


def test_goals_for_another_day_are_not_the_plans(house: House) -> None:
    aim(house, "quality-firms", "2024", 7000)
    aim(house, "quality-firms", "2024", 700, "历下区")
    found = entry(house, "quality-firms")
    assert (found["goal"], found["goal_why"], found["allocated"]) == (8000, None, None)


def test_a_goal_filed_for_the_city_goes_before_the_plans_own_and_says_so(house: House) -> None:
    done = aim(house, "quality-firms", "2025", 8500)
    found = entry(house, "quality-firms")
    assert (found["goal"], found["goal_why"]) == (8500, {"record": "target", "filing": done.filing, "row": 2})
    withdraw(house, done.filing or 0, "test")
    assert entry(house, "quality-firms")["goal"] == 8000


def test_values_and_goals_as_known_at_an_instant(house: House, time: Time) -> None:
    say(house, "computing", "2025", 2400)
    aim(house, "computing", "2025", 100, "历下区")
    then = time.now
    time.pass_days(1)
    say(house, "computing", "2025", 2600)
    aim(house, "computing", "2025", 200, "历下区")
    assert (entry(house, "computing")["value"], entry(house, "computing")["allocated"]) == (2600, 200)
    before = entry(house, "computing", known_at=then.replace(hour=23))
    assert (before["value"], before["allocated"], before["state"]) == (2400, 100, "unmet")
    assert entry(house, "computing", known_at=then.replace(hour=1))["value"] is None


def test_the_next_plan_has_no_goals_until_they_are_filed(house: House) -> None:
    name = plan_named("2026-2028")
    assert name is not None
    assert name == plan_named("plan-2026-2028")
    assert plan_named("1999") is None
    assert [target.id for target in plan(name)] == [target.id for target in plan(plans()[0])]
    found = entry(house, "quality-firms", plan=name)
    assert (found["goal"], found["rate"], found["state"], found["due"]) == (
        None,
        None,
        "not_set",
        "2028-12-31",
    )
    assert entry(house, "computing", plan=name)["state"] == "missing"
    aim(house, "quality-firms", "2026-2028", 9500)
    assert (entry(house, "quality-firms", plan=name)["goal"], entry(house, "quality-firms")["goal"]) == (
        9500,
        8000,
    )


def test_the_plan_in_the_settings_can_be_another(sqlite_url: str, tmp_path: Path) -> None:
    house = open_test_house(sqlite_url, tmp_path, targets={"plan": "plans/plan-2026-2028"})
    document = ask_count(house, LATER, None)
    assert (document["plan"], {target["goal"] for target in document["targets"]}) == (
        "plan-2026-2028",
        {None},
    )
    house.store.dispose()


# Progress ----------------------------------------------------------------------------------------------


def test_a_target_of_the_past_is_judged_on_its_due_day_too(house: House) -> None:
    file_rows(house, "enterprises", [{"uscc": code(n), "name": f"济南{n}公司"} for n in (1, 2)], "firms.csv")
    file_rows(
        house,
        "titles",
        [{"uscc": code(1), "tier": "srdi", "issued_on": "2023-01-01", "valid_to": "2025-12-31"}],
        "a.csv",
    )
    file_rows(house, "titles", [{"uscc": code(2), "tier": "srdi", "issued_on": "2024-01-01"}], "b.csv")
    say(house, "computing", "2025-06", 2600)
    lines = {line.id: line for line in progress(house, LATER, None)}
    quality = lines["quality-firms"]
    assert quality.at_due is not None
    assert (quality.entry["value"], quality.at_due["value"], quality.at_due["state"]) == (1, 2, "unmet")
    computing = lines["computing"]
    assert (computing.state, computing.stale, computing.owed) == ("met", True, True)
    overdue = lines["nev-scale"]
    assert overdue.at_due is not None
    assert (overdue.state, overdue.at_due["state"]) == ("overdue", "overdue")
    assert lines["benchmark-factories"].state == "unmet"  # by the plan's last year, not by the open one
    assert all(line.at_due is None for line in progress(house, DUE, None))


def test_what_departments_owe_is_grouped_by_who_leads(house: House) -> None:
    say(house, "computing", "2025", 2600)
    lines = progress(house, LATER, None)
    owed = waiting(lines)
    assert {line.id for line in owed["领导小组办公室"]} == {"district-weight", "department-weight"}
    assert "computing" not in {line.id for some in owed.values() for line in some}
    assert {line.id for line in narrowed(lines, "overdue", "发展改革委")} >= {
        "renewables-capacity",
        "nev-scale",
    }
    assert "above-scale" not in {line.id for line in narrowed(lines, "owed")}


# Cultivation -------------------------------------------------------------------------------------------


def test_the_five_figures_of_a_tier_each_lead_to_their_firms(house: House) -> None:
    file_rows(
        house, "enterprises", [{"uscc": code(n), "name": f"济南{n}公司"} for n in range(1, 6)], "firms.csv"
    )
    titles = [
        {"uscc": code(1), "tier": "srdi", "issued_on": "2024-01-01"},
        {"uscc": code(2), "tier": "srdi", "issued_on": "2026-02-01"},
    ]
    file_rows(house, "titles", titles, "t.csv")
    champion = {"uscc": code(1), "tier": "single_champion", "issued_on": "2024-01-01"}
    file_rows(
        house, "titles", [{**champion, "level": level} for level in ("national", "provincial")], "c.csv"
    )
    step = {"tier": "srdi", "round": "2026", "stage": "filed", "stage_on": "2026-02-10"}
    steps = [
        {**step, "uscc": code(3)},
        {**step, "uscc": code(4), "stage": "rejected"},
        {**step, "uscc": code(1)},  # holds it already
        {**step, "uscc": code(5), "purpose": "review"},
    ]
    file_rows(house, "applications", steps, "a.csv")
    aim(house, "srdi", "2025", 4)
    found = {(row.tier, row.level): row for row in five_figures(house, LATER, None)}
    assert found["srdi", "provincial"].document == {
        "tier": "srdi", "level": "provincial", "firms": 1, "target": 4, "done": 2, "rate": "0.5000", "new_this_year": 1,
    }  # fmt: skip
    assert found["little_giant", "national"].document["target"] is None
    assert (found["single_champion", "all"].done, found["single_champion", "national"].done) == (1, 1)
    question = Question(LATER, house.settings)
    for figure, firms in (("firms", [3]), ("done", [1, 2]), ("new_this_year", [2])):
        listed = behind_titles(house, question, None, membership("srdi", "provincial", figure))
        assert [firm["uscc"] for firm in listed.firms] == [code(n) for n in firms]


# What was seen ------------------------------------------------------------------------------------------


def test_units_that_call_one_year_by_several_names_still_add_up(house: House) -> None:
    names = ("2025", "2025-12", "2025-12-31")
    rows = [
        {"indicator": "tech-upgrades", "period": names[at % 3], "unit": unit, "value": 20}
        for at, unit in enumerate(house.places.names)
    ]
    file_rows(house, "indicators", rows, "units.csv")
    found = entry(house, "tech-upgrades")
    assert (found["value"], found["period"], found["missing_units"]) == (20 * len(rows), "2025", [])


def test_a_goal_of_a_unit_for_one_year_leaves_the_citys_filed_goal_standing(house: House) -> None:
    aim(house, "tech-projects", "2023-2025", 900)
    aim(house, "tech-projects", "2025", 100, "历下区")
    aim(house, "tech-projects", "2023-2025", 200, "历城区")
    found = entry(house, "tech-projects")
    assert (found["goal"], found["allocated"], found["unallocated"]) == (900, 300, 600)


def test_what_only_the_city_filed_beside_the_counted_stands_in_the_row_without_a_place(house: House) -> None:
    firm = {"uscc": code(1), "name": "济南一公司", "district": "历下区"}
    file_rows(house, "enterprises", [firm], "firm.csv")
    green = {"uscc": code(1), "honour": "green_factory", "level": "city", "title": "厂", "on": "2024-01-01"}
    file_rows(house, "honours", [green], "green.csv")
    say(house, "green-projects", "2025", 50)
    say(house, "green-projects", "2025", 7, "历下区")
    for by, cells in (("area", {"370102": 8, "unknown": 43}), ("district", {"370102": 1, "unknown": 50}),
                      ("industry", {"unknown": 51})):  # fmt: skip
        document = ask_count(house, LATER, None, None, by)
        total = next(t["value"] for t in document["targets"] if t["id"] == "green-projects")
        rows = {row["key"]: row["targets"]["green-projects"]["value"] for row in document["by"]}
        assert {key: value for key, value in rows.items() if value} == cells
        assert total == sum(cells.values()) == 51


def test_a_firm_on_the_above_scale_list_twice_has_its_revenue_summed_once(house: House) -> None:
    file_rows(house, "enterprises", [{"uscc": code(1), "name": "济南一公司"}], "firm.csv")
    members = [{"uscc": code(1), "entered_on": day} for day in ("2020-01-01", "2022-01-01")]
    file_rows(house, "above-scale", members, "members.csv")
    file_rows(house, "figures", [{"uscc": code(1), "year": 2024, "revenue": "200000000"}], "figures.csv")
    assert entry(house, "revenue-total", DUE)["register_sum"] == 200000000
