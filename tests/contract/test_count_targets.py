"""The targets of the plan: their values, and the firms behind each."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.counting import Register, codes, firm, listing, valid

# --- targets -------------------------------------------------------------------------------------------


def honour(register: Register, number: int, what: str, on: str, **fields: Any) -> None:
    register.file("honours", [{"uscc": firm(number), "honour": what, "on": on, **fields}])


def test_a_stock_of_honours_counts_what_stands_and_only_from_provincial_up(register: Register) -> None:
    register.firms(1, 2, industry="C3511")
    honour(register, 1, "platform", "2020-01-10", level="provincial", title="工程研究中心")
    honour(register, 1, "platform", "2021-01-10", level="national", title="企业技术中心", until="2024-01-09")
    honour(register, 2, "platform", "2021-02-10", level="city", title="工程实验室")
    days = ("2020-01-09", "2020-01-10", "2021-03-01", "2024-01-09", "2024-01-10")
    assert [register.target(d, "platforms")["value"] for d in days] == [0, 1, 2, 2, 1]


def test_a_cumulative_honour_is_kept_after_it_ran_out(register: Register) -> None:
    register.firms(1, industry="C3511")
    honour(register, 1, "smart_pilot", "2020-01-10", level="provincial", until="2023-01-09")
    assert [
        register.target(d, "smart-pilots")["value"] for d in ("2020-01-09", "2020-01-10", "2024-01-01")
    ] == [0, 1, 1]


def test_a_yearly_honour_counts_in_its_own_year(register: Register) -> None:
    register.firms(1, 2, 3, industry="C3511")
    honour(register, 1, "iiot_factory", "2024-12-31", level="provincial")
    honour(register, 2, "factory_5g", "2025-01-01", level="provincial")
    honour(register, 3, "morning_star_factory", "2025-08-01", level="provincial")
    values = {
        d: register.target(d, "benchmark-factories")["value"]
        for d in ("2024-12-31", "2025-06-30", "2025-12-31")
    }
    assert values == {"2024-12-31": 1, "2025-06-30": 1, "2025-12-31": 2}


def test_a_yearly_target_is_pending_until_its_year_closes(register: Register) -> None:
    target = register.target("2025-06-30", "benchmark-factories")
    assert (target["basis"], str(target["period"]), target["pending"]) == ("year", "2025", True)
    stock = register.target("2025-06-30", "quality-firms")
    assert (stock["basis"], stock["pending"]) == ("stock", False)


def test_an_honour_of_a_firm_elsewhere_does_not_count(register: Register) -> None:
    register.firms(1, city="370200", district="", industry="C3511")
    honour(register, 1, "platform", "2020-01-10", level="provincial")
    assert register.target("2024-01-01", "platforms")["value"] == 0


def test_the_technology_sme_target_counts_the_latest_complete_round(register: Register) -> None:
    register.firms(1, 2, 3)
    register.file(
        "titles",
        [{"uscc": firm(n), "tier": "tech_sme"} for n in (1, 2)],
        issued_on="2024-07-01",
        batch="2024年第1批",
    )
    register.file(
        "titles", [{"uscc": firm(1), "tier": "tech_sme"}], issued_on="2024-10-01", batch="2024年第2批"
    )
    register.file(
        "titles", [{"uscc": firm(3), "tier": "tech_sme"}], issued_on="2025-06-01", batch="2025年第1批"
    )
    target = register.target("2025-06-30", "tech-sme")
    assert (target["value"], str(target["period"])) == (2, "2024")  # firm 1 counts once
    assert valid(register, "2025-06-30", "tech_sme") == 1
    assert register.target("2026-02-01", "tech-sme")["value"] == 1


def test_a_figure_that_nobody_filed_is_null(register: Register) -> None:
    register.firms(1)
    filed = [t for t in register.count("2026-01-01")["targets"] if t["source"] == "filed"]
    assert len(filed) == 27
    assert all(t["value"] is None and t["rate"] is None for t in filed)


def test_a_target_says_goal_direction_due_and_rate(register: Register) -> None:
    register.firms(1, 2)
    register.file("titles", [{"uscc": firm(n), "tier": "srdi"} for n in (1, 2)], issued_on="2023-05-12")
    target = register.target("2024-01-01", "quality-firms")
    expected = {
        "name": "优质企业总数",
        "goal": 8000,
        "direction": "at_least",
        "due": "2025-12-31",
        "basis": "stock",
        "value": 2,
        "source": "firms",
    }
    assert {key: target[key] for key in expected} == expected
    assert isinstance(target["rate"], str)
    assert float(target["rate"]) == pytest.approx(2 / 8000, abs=1e-4)


# --- the list behind a number --------------------------------------------------------------------------


def test_firms_behind_a_target_name_the_record_filing_and_row(register: Register) -> None:
    register.firms(1, 2)
    report = register.file(
        "titles", [{"uscc": firm(n), "tier": "srdi"} for n in (2, 1)], issued_on="2023-05-12"
    )
    behind = register.ask("count", "--as-of", "2024-01-01", "--firms", "quality-firms")
    assert [f["uscc"] for f in behind] == codes(1, 2)
    assert [f["name"] for f in behind] == ["济南试样1号有限公司", "济南试样2号有限公司"]
    assert [(w["filing"], w["row"]) for f in behind for w in f["why"]] == [
        (report["filing"], 3),
        (report["filing"], 2),
    ]


def test_every_firm_target_has_as_many_firms_behind_it_as_its_value(register: Register) -> None:
    register.firms(1, 2, 3, industry="C3511")
    register.file(
        "titles",
        [{"uscc": firm(n), "tier": t} for n in (1, 2) for t in ("srdi", "high_tech", "tech_sme")],
        issued_on="2023-05-12",
    )
    register.file("above-scale", [{"uscc": firm(3), "entered_on": "2022-01-01"}])
    listing(register, 2)
    register.file("figures", [{"uscc": firm(3), "year": 2022, "营业收入（亿元）": 120}])
    for target in register.count("2024-01-01")["targets"]:
        if target["source"] == "firms":
            assert len(register.behind("2024-01-01", target["id"])) == target["value"] > 0, target["id"]


@pytest.mark.parametrize(
    "wrong",
    [
        ["--as-of", "2024-13-01"],
        ["--as-of", "someday"],
        ["--firms", "no-such-target"],
        ["--by", "weather"],
        ["--year", "last"],
    ],
)
def test_a_question_that_cannot_be_understood_is_exit_2(register: Register, wrong: list[str]) -> None:
    answer = register.run("count", *wrong, "--json")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err


def test_an_empty_register_counts_zero(register_on_both: Register) -> None:
    answer = register_on_both.count("2026-01-01")
    assert answer["quality"]["firms_valid"] == 0
    assert sum(answer["quality"]["firms_by_highest_tier"].values()) == 0
    assert answer["outside"] == 0
