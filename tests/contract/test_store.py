"""What the register remembers: dated statements, and what was known when."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.contract.conftest import Lists, Register, code
from tests.contract.one_firm import Clock, field, say

# --- changes and corrections -------------------------------------------------------------------------------

CHANGES = [
    ("name", "济南甲机械有限公司", "济南新名科技有限公司"),
    ("district", "370102", "370105"),
    ("area", "370171", "area-qibu"),
    ("address", "历下区某路1号", "历下区某路2号"),
    ("status", "active", "revoked"),
    ("ownership", "private", "state"),
]
CORRECTIONS = [
    ("niche", "阀门", "高压阀门"),
    ("industry", "C2921", "C3011"),
    ("founded_on", "2001-01-01", "2001-02-01"),
    ("registered_capital", 5_000_000, 6_000_000),
    ("digital_core", "yes", "no"),
]


@pytest.mark.parametrize("name, old, new", CHANGES)
def test_later_value_of_a_changing_field_holds_from_the_day_of_filing(
    cli: Register, lists: Lists, at: Clock, name: str, old: Any, new: Any
) -> None:
    at("2026-03-10")
    say(cli, lists, **{name: old})
    at("2026-04-20")
    second = say(cli, lists, **{name: new})
    assert field(cli, name, "--as-of", "2026-04-19") == old
    assert field(cli, name, "--as-of", "2026-04-20") == new
    cell = cli.show(code(1))["profile"][name]
    assert cell == {"value": new, "valid_from": "2026-04-20", "filing": second, "row": 2}


def test_move_to_another_city_is_a_change(cli: Register, lists: Lists, at: Clock) -> None:
    at("2026-03-10")
    say(cli, lists)
    at("2026-04-20")
    cli.filed("enterprises", lists.csv(("uscc", "所在市"), (code(1), "苏州市")))
    assert field(cli, "city", "--as-of", "2026-04-19") == "370100"
    assert field(cli, "city", "--as-of", "2026-04-20") == "320500"


@pytest.mark.parametrize("name, old, new", CORRECTIONS)
def test_later_value_of_any_other_field_corrects_from_the_beginning(
    cli: Register, lists: Lists, at: Clock, name: str, old: Any, new: Any
) -> None:
    at("2026-03-10")
    first = say(cli, lists, **{name: old})
    at("2026-04-20")
    say(cli, lists, **{name: new})
    for day in ("2020-01-01", "2026-04-19", "2026-04-20"):
        assert field(cli, name, "--as-of", day) == new
    assert field(cli, name, "--known-at", first) == old
    assert cli.show(code(1))["profile"][name]["valid_from"] is None


def test_correction_takes_over_the_day_of_what_it_replaces(cli: Register, lists: Lists) -> None:
    say(cli, lists, niche="阀门")
    say(cli, lists, niche="水泵", effective_on="2024-01-01")
    say(cli, lists, niche="潜水泵")
    assert field(cli, "niche", "--as-of", "2023-12-31") == "阀门"
    assert field(cli, "niche", "--as-of", "2024-01-01") == "潜水泵"
    assert cli.show(code(1))["profile"]["niche"]["valid_from"] == "2024-01-01"


def test_effective_on_in_the_row_dates_every_field_of_the_row(cli: Register, lists: Lists) -> None:
    say(cli, lists, name="济南甲机械有限公司", niche="阀门")
    say(cli, lists, name="济南新名科技有限公司", niche="水泵", effective_on="2024-01-01")
    for name, old, new in (("name", "济南甲机械有限公司", "济南新名科技有限公司"), ("niche", "阀门", "水泵")):
        assert field(cli, name, "--as-of", "2023-12-31") == old
        assert field(cli, name, "--as-of", "2024-01-01") == new


def test_effective_on_for_the_whole_list(cli: Register, lists: Lists) -> None:
    say(cli, lists)
    say(cli, lists, "--set", "effective_on=2024-01-01", district="天桥区")
    assert field(cli, "district", "--as-of", "2023-12-31") == "370102"
    assert field(cli, "district", "--as-of", "2024-01-01") == "370105"


def test_older_fact_filed_late_does_not_displace_a_newer_one(cli: Register, lists: Lists) -> None:
    say(cli, lists)
    say(cli, lists, district="天桥区", effective_on="2024-01-01")
    say(cli, lists, district="商河县", effective_on="2022-01-01")
    days = ("2021-12-31", "2022-01-01", "2023-12-31", "2024-01-01")
    assert [field(cli, "district", "--as-of", day) for day in days] == [
        "370102",
        "370126",
        "370126",
        "370105",
    ]
    assert field(cli, "district") == "370105"


def test_future_change_waits_for_its_day(cli: Register, lists: Lists, at: Clock) -> None:
    at("2026-06-15")
    say(cli, lists)
    say(cli, lists, district="天桥区", effective_on="2026-07-01")
    assert field(cli, "district") == "370102"
    assert field(cli, "district", "--as-of", "2026-07-01") == "370105"
    at("2026-07-02")
    assert field(cli, "district") == "370105"


def test_meaning_change_dates_a_field_that_would_correct(cli: Register, lists: Lists, at: Clock) -> None:
    at("2026-03-10")
    say(cli, lists, niche="阀门")
    at("2026-04-20")
    say(cli, lists, "--set", "meaning=change", niche="水泵")
    assert field(cli, "niche", "--as-of", "2026-04-19") == "阀门"
    assert field(cli, "niche", "--as-of", "2026-04-20") == "水泵"


def test_meaning_correction_mends_a_name_from_the_beginning(cli: Register, lists: Lists, at: Clock) -> None:
    at("2026-03-10")
    say(cli, lists, name="济南曱机械有限公司")
    at("2026-04-20")
    say(cli, lists, "--set", "meaning=correction", name="济南甲机械有限公司")
    assert field(cli, "name", "--as-of", "2020-01-01") == "济南甲机械有限公司"


def test_unknown_meaning_is_exit_2(cli: Register, lists: Lists) -> None:
    said = cli.load(
        "enterprises", lists.csv(("uscc", "name"), (code(1), "济南甲")), "--set", "meaning=perhaps"
    )
    assert said.exit == 2


def test_first_value_holds_from_the_beginning(cli: Register, lists: Lists) -> None:
    filing = say(cli, lists)
    cell = cli.show(code(1), "--as-of", "2001-01-01")["profile"]["name"]
    assert (cell["value"], cell["valid_from"], cell["filing"], cell["row"]) == (
        "济南甲机械有限公司",
        None,
        filing,
        2,
    )


def test_each_field_names_the_filing_and_row_that_said_it(cli: Register, lists: Lists) -> None:
    first = cli.filed(
        "enterprises",
        lists.csv(
            ("uscc", "name", "niche"), (code(2), "济南乙", ""), (code(1), "济南甲机械有限公司", "阀门")
        ),
    )
    second = cli.filed("enterprises", lists.csv(("uscc", "niche"), (code(1), "水泵")))
    profile = cli.show(code(1))["profile"]
    assert (profile["name"]["filing"], profile["name"]["row"]) == (first, 3)
    assert (profile["niche"]["filing"], profile["niche"]["row"]) == (second, 2)


def test_evidence_and_figures_correct(cli: Register, lists: Lists, at: Clock) -> None:
    at("2026-03-10")
    say(cli, lists)
    cli.filed("evidence", lists.csv(("uscc", "发明专利", "实用新型"), (code(1), 3, 8)))
    before = cli.filed(
        "figures", lists.csv(("uscc", "year", "营业收入（元）", "职工人数"), (code(1), 2024, 100, 7))
    )
    at("2026-04-20")
    cli.filed("evidence", lists.csv(("uscc", "发明专利"), (code(1), 4)))
    cli.filed("figures", lists.csv(("uscc", "year", "营业收入（元）"), (code(1), 2024, 200)))
    now, then = cli.show(code(1), "--as-of", "2026-04-01"), cli.show(code(1), "--known-at", before)
    assert now["evidence"]["invention_patents"]["value"] == 4
    assert now["evidence"]["utility_models"]["value"] == 8
    assert then["evidence"]["invention_patents"]["value"] == 3
    assert (now["figures"][0]["revenue"], now["figures"][0]["employees"]) == (200, 7)
    assert then["figures"][0]["revenue"] == 100


# --- known at ----------------------------------------------------------------------------------------------


def test_known_at_as_filing_day_and_instant(both: Register, lists: Lists, at: Clock) -> None:
    at("2026-03-10T15:00")  # 23:00 of the 10th in Jinan
    first = say(both, lists, niche="阀门")
    at("2026-03-10T16:30")  # half past midnight of the 11th in Jinan
    second = say(both, lists, niche="水泵")
    at("2026-06-15")
    for moment, niche in [
        (first, "阀门"),
        (second, "水泵"),
        ("2026-03-10", "阀门"),
        ("2026-03-11", "水泵"),
        ("2026-03-10T16:00:00Z", "阀门"),
        ("2026-03-10T23:59:00+08:00", "阀门"),
        ("2026-03-10T17:00:00Z", "水泵"),
    ]:
        assert field(both, "niche", "--known-at", moment) == niche, moment
    assert both("show", code(1), "--known-at", "2026-03-09", "--json").exit == 1
    assert both.show(code(1), "--known-at", "2026-03-10T17:00:00Z")["known_at"].startswith(
        "2026-03-10T17:00:00"
    )


def test_known_at_before_a_filing_is_blind_to_it_in_counts_too(
    both: Register, lists: Lists, at: Clock
) -> None:
    at("2026-06-15")
    firms = say(both, lists)
    titled = both.filed("titles", lists.csv(("uscc", "tier", "issued_on"), (code(1), "srdi", "2024-07-01")))

    def firms_valid(*words: object) -> Any:
        return both("count", *words, "--json").json["quality"]["firms_valid"]

    assert firms_valid() == 1
    assert firms_valid("--known-at", titled) == 1
    assert firms_valid("--known-at", firms) == 0
    assert firms_valid("--as-of", "2024-06-30") == 0
    assert both("filings", "withdraw", titled).exit == 0
    assert firms_valid() == 0
    assert firms_valid("--known-at", titled) == 1


@pytest.mark.parametrize("moment", ["999", "soon", "2026-13-01"])
def test_unknown_moment_is_exit_2(cli: Register, lists: Lists, moment: str) -> None:
    say(cli, lists)
    assert cli("show", code(1), "--known-at", moment, "--json").exit == 2


def test_recorded_at_grows_even_when_the_clock_goes_back(both: Register, lists: Lists, at: Clock) -> None:
    for moment in ("2026-05-01", "2026-04-01", "2026-05-01", "2026-05-01"):
        at(moment)
        say(both, lists, niche=f"阀门{random.random()}")
    listed = sorted(both("filings", "list", "--json").json, key=lambda each: each["id"])
    instants = [each["recorded_at"] for each in listed]
    assert instants == sorted(set(instants))
    assert len(set(instants)) == 4
