"""What the numbers mean: every figure here is small enough to be counted by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.contract.counting import Register, codes, firm, new_register, problems


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return new_register(tmp_path)


@pytest.fixture
def register_on_both(tmp_path: Path, database_url: str) -> Register:
    """The same tests on SQLite and on PostgreSQL."""
    return new_register(tmp_path, database_url)


def valid(register: Register, day: str, tier: str = "srdi") -> int:
    numbers = register.tier(day, tier)
    assert numbers["titles_valid"] == numbers["firms_valid"]
    return int(numbers["titles_valid"])


def title_shown(register: Register, number: int, *options: str) -> dict[str, Any]:
    (title,) = register.show(number, *options)["titles"]
    return dict(title)


# --- in force on a day ---------------------------------------------------------------------------------


def test_a_title_counts_on_its_first_and_on_its_last_day(register_on_both: Register) -> None:
    register = register_on_both
    register.firms(1)
    register.title(1, issued_on="2023-05-12", valid_from="2023-06-01", valid_to="2026-05-31")
    days = ("2023-05-31", "2023-06-01", "2026-05-31", "2026-06-01")
    assert [valid(register, day) for day in days] == [0, 1, 1, 0]


def test_a_revoked_title_no_longer_counts_from_the_day_of_revocation(register: Register) -> None:
    register.firms(1)
    register.title(1, issued_on="2023-05-12", valid_to="2026-12-31", revoked_on="2024-06-01")
    assert [valid(register, day) for day in ("2024-05-31", "2024-06-01")] == [1, 0]


def test_an_upcoming_title_is_shown_but_not_counted(register: Register) -> None:
    register.firms(1)
    register.title(1, issued_on="2024-11-20", valid_from="2025-01-01", valid_to="2027-12-31")
    numbers = register.tier("2024-12-31", "srdi")
    assert (numbers["titles_valid"], numbers["firms_valid"]) == (0, 0)
    assert register.behind("2024-12-31", "quality-firms") == []
    assert title_shown(register, 1, "--as-of", "2024-12-31")["valid_from"] == "2025-01-01"
    assert valid(register, "2025-01-01") == 1


def test_today_is_the_day_in_shanghai(register: Register) -> None:
    assert register.ask("count", at="2026-05-01T15:59:00+00:00")["as_of"] == "2026-05-01"
    assert register.ask("count", at="2026-05-01T16:01:00+00:00")["as_of"] == "2026-05-02"


# --- terms ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("issued", "last"),
    [
        ("2023-05-12", "2026-05-11"),
        ("2024-02-29", "2027-02-28"),
        ("2024-02-28", "2027-02-27"),
        ("2021-03-01", "2024-02-29"),
        ("2023-01-01", "2025-12-31"),
    ],
)
def test_a_three_year_title_ends_the_day_before_the_same_date(
    register: Register, issued: str, last: str
) -> None:
    register.firms(1)
    register.title(1, "gazelle", issued_on=issued)
    title = title_shown(register, 1)
    assert (title["valid_from"], title["valid_to"]) == (issued, last)


def test_what_is_printed_wins_over_the_default_term(register: Register) -> None:
    register.firms(1)
    register.title(1, issued_on="2023-05-12", valid_to="2026-12-31")
    assert [valid(register, day) for day in ("2026-12-31", "2027-01-01")] == [1, 0]


def test_a_printed_term_needs_no_date_of_issue(register: Register) -> None:
    register.firms(1)
    register.title(1, valid_from="2023-07-01", batch="第五批")
    assert [valid(register, day) for day in ("2023-06-30", "2023-07-01", "2026-06-30", "2026-07-01")] == [
        0,
        1,
        1,
        0,
    ]


def test_a_title_with_neither_date_is_refused(register: Register) -> None:
    register.firms(1)
    answer = register.send("titles", [{"uscc": firm(1), "tier": "srdi", "batch": "2023"}])
    assert answer.code == 1
    assert answer.json["refused"] == 1
    assert problems(answer.json, "refused") == ["term_missing"]


def test_a_technology_sme_is_registered_for_its_calendar_year(register: Register) -> None:
    register.firms(1)
    register.title(1, "tech_sme", issued_on="2024-06-20")
    assert title_shown(register, 1)["valid_to"] == "2024-12-31"
    assert [valid(register, day, "tech_sme") for day in ("2024-12-31", "2025-01-01")] == [1, 0]


def test_a_market_list_stands_until_the_day_before_its_next_list(register: Register) -> None:
    register.firms(1, 2)
    for year, day, members in (("2023", "2023-04-18", (1, 2)), ("2024", "2024-04-09", (1,))):
        rows = [{"uscc": firm(n), "tier": "unicorn", "batch": year} for n in members]
        register.file("titles", rows, level="provincial", list_source="胡润全球独角兽榜", issued_on=day)
    assert [valid(register, d, "unicorn") for d in ("2023-04-18", "2024-04-08", "2024-04-09")] == [2, 2, 1]
    assert register.behind("2024-04-09", "quality-firms") == codes(1)


def test_another_list_does_not_end_a_market_list(register: Register) -> None:
    register.firms(1, 2)
    register.title(1, "unicorn", list_source="胡润全球独角兽榜", issued_on="2023-04-18")
    register.title(2, "unicorn", list_source="长城战略榜单", issued_on="2023-09-01")
    assert valid(register, "2023-09-02", "unicorn") == 2


def test_a_market_list_without_a_next_one_stands_for_24_months(register: Register) -> None:
    register.firms(1)
    register.title(1, "unicorn", list_source="胡润全球独角兽榜", issued_on="2023-04-18")
    assert [valid(register, d, "unicorn") for d in ("2025-04-17", "2025-04-18")] == [1, 0]


def test_a_next_list_after_more_than_24_months_does_not_stretch_the_old_one(register: Register) -> None:
    register.firms(1, 2)
    register.title(1, "unicorn", list_source="胡润全球独角兽榜", issued_on="2022-04-18")
    register.title(2, "unicorn", list_source="胡润全球独角兽榜", issued_on="2025-04-09")
    assert [valid(register, d, "unicorn") for d in ("2024-04-17", "2024-04-18", "2025-04-09")] == [1, 0, 1]


def test_the_next_list_is_seen_only_once_it_is_known(register: Register) -> None:
    register.firms(1, 2)
    first = {"tier": "unicorn", "list_source": "胡润全球独角兽榜"}
    register.file("titles", [{"uscc": firm(1), **first, "issued_on": "2023-04-18"}], at="2023-05-01")
    register.file("titles", [{"uscc": firm(2), **first, "issued_on": "2024-04-09"}], at="2024-06-01")
    assert register.tier("2024-05-01", "unicorn", None, "--known-at", "2024-05-01")["titles_valid"] == 1
    assert register.behind("2024-05-01", "quality-firms", "--known-at", "2024-05-01") == codes(1)
    assert register.behind("2024-05-01", "quality-firms") == codes(2)


def test_an_exported_title_imports_back_without_a_printed_term(register: Register) -> None:
    """A default term that came back as a printed one would outlive the next list of the same source."""
    register.firms(1, 2)
    register.title(1, "unicorn", list_source="胡润全球独角兽榜", issued_on="2024-04-09", batch="2024")
    path = register.folder / "titles.csv"
    assert register.run("export", "titles", "--out", str(path)).code == 0
    report = register.ask("import", "titles", str(path))
    assert (report["accepted"], report["unchanged"]) == (0, 1)
    register.title(2, "unicorn", list_source="胡润全球独角兽榜", issued_on="2025-04-09", batch="2025")
    assert register.behind("2025-04-09", "quality-firms") == codes(2)


# --- one title -----------------------------------------------------------------------------------------


def first_and_review(register: Register, **review: Any) -> None:
    """A title of 2021-08-01 to 2024-07-31 and its review, issued in May 2024 for 2024-06-01 to 2027-05-31."""
    register.firms(1)
    register.title(1, batch="2021", issued_on="2021-08-01", basis="new")
    given = {"valid_from": "2024-06-01", "valid_to": "2027-05-31"} | review
    register.title(1, batch="2024", issued_on="2024-05-10", basis="review", **given)


def test_a_review_continues_the_title_and_is_not_counted_beside_it(register_on_both: Register) -> None:
    register = register_on_both
    first_and_review(register)
    for day in ("2024-05-31", "2024-06-15", "2024-08-01", "2027-05-31"):
        numbers = register.tier(day, "srdi")
        assert (numbers["titles_cumulative"], numbers["titles_valid"], numbers["firms_valid"]) == (1, 1, 1), (
            day
        )
    assert valid(register, "2027-06-01") == 0


def test_where_terms_overlap_the_later_issued_speaks_from_its_first_day(register: Register) -> None:
    first_and_review(register)
    assert register.tier("2024-05-31", "srdi")["expiring_180d"] == 1
    assert register.tier("2024-06-01", "srdi")["expiring_180d"] == 0


def test_a_revoked_renewal_ends_the_title_though_the_first_term_still_runs(register: Register) -> None:
    first_and_review(register, revoked_on="2024-07-01")
    assert [valid(register, day) for day in ("2024-06-30", "2024-07-01", "2024-08-01")] == [1, 0, 0]


def test_a_first_title_filed_after_its_review_is_the_same_title(register: Register) -> None:
    """The order of filing says nothing about the order of the documents."""
    register.firms(1)
    register.title(1, batch="2024", issued_on="2024-05-10", valid_from="2024-06-01", basis="review")
    register.title(1, batch="2021", issued_on="2021-08-01", basis="new")
    numbers = register.tier("2024-06-15", "srdi")
    assert (numbers["titles_cumulative"], numbers["titles_valid"], numbers["expiring_180d"]) == (1, 1, 0)
    assert register.tier("2021-12-31", "srdi")["titles_valid"] == 1


def test_a_title_won_again_after_a_gap_is_still_one_title(register: Register) -> None:
    register.firms(1)
    register.title(1, batch="2019", issued_on="2019-08-01", basis="new")
    register.title(1, batch="2024", issued_on="2024-08-01", basis="new")
    assert [valid(register, d) for d in ("2022-07-31", "2022-08-01", "2024-07-31", "2024-08-01")] == [
        1,
        0,
        0,
        1,
    ]
    assert register.tier("2025-01-01", "srdi")["titles_cumulative"] == 1


def test_the_same_title_of_two_documents_is_held_once(register: Register) -> None:
    register.firms(1)
    register.title(1, document="鲁工信发〔2023〕1号", issued_on="2023-05-12")
    register.title(1, document="鲁工信发〔2023〕2号", issued_on="2023-05-15")
    numbers = register.tier("2024-01-01", "srdi")
    assert (numbers["titles_cumulative"], numbers["titles_valid"], numbers["firms_valid"]) == (1, 1, 1)


def test_kinds_and_levels_are_titles_of_their_own(register: Register) -> None:
    register.firms(1)
    champion = {"issued_on": "2023-05-12"}
    register.title(1, "single_champion", level="provincial", kind="enterprise", **champion)
    register.title(1, "single_champion", level="provincial", kind="product", **champion)
    register.title(1, "single_champion", level="national", kind="enterprise", **champion)
    provincial = register.tier("2024-01-01", "single_champion", "provincial")
    assert (provincial["titles_valid"], provincial["firms_valid"]) == (2, 1)
    assert register.tier("2024-01-01", "single_champion", "national")["titles_valid"] == 1
    quality = register.count("2024-01-01")["quality"]
    assert (quality["titles_valid"], quality["firms_valid"]) == (3, 1)


# --- the four counts -----------------------------------------------------------------------------------


def test_four_counts_of_quality_firms(register_on_both: Register) -> None:
    register = register_on_both
    register.firms(1, 2, 3, 4)
    for tier in ("innovative_sme", "srdi", "little_giant"):
        register.title(1, tier, issued_on="2023-05-12")
    register.title(2, "gazelle", issued_on="2023-05-12")
    register.title(3, "srdi", issued_on="2019-05-12")  # expired
    register.title(4, "high_tech", issued_on="2023-05-12")  # no quality firm
    register.title(4, "tech_sme", issued_on="2024-05-12")
    answer = register.count("2024-06-30")
    assert answer["quality"] == {
        "titles_cumulative": 5,
        "titles_valid": 4,
        "firms_valid": 2,
        "firms_by_highest_tier": {
            "single_champion": 0,
            "unicorn": 0,
            "little_giant": 1,
            "gazelle": 1,
            "srdi": 0,
            "innovative_sme": 0,
        },
    }
    assert register.target("2024-06-30", "quality-firms")["value"] == 2
    assert register.target("2024-06-30", "high-tech")["value"] == 1
    assert register.behind("2024-06-30", "quality-firms") == codes(1, 2)


def test_the_highest_tier_follows_the_order_of_the_settings(register: Register) -> None:
    ladder = ["single_champion", "unicorn", "little_giant", "gazelle", "srdi", "innovative_sme"]
    register.firms(*range(1, 7))
    rows = [
        {
            "uscc": firm(n),
            "tier": tier,
            "level": "provincial" if tier in ("single_champion", "unicorn") else "",
        }
        for n in range(1, 7)
        for tier in ladder[n - 1 :]  # firm 1 holds all six, firm 6 only the lowest
    ]
    register.file("titles", rows, issued_on="2023-05-12")
    quality = register.count("2024-01-01")["quality"]
    assert list(quality["firms_by_highest_tier"].items()) == [(tier, 1) for tier in ladder]
    assert sum(quality["firms_by_highest_tier"].values()) == quality["firms_valid"] == 6
    assert quality["titles_valid"] == 21
    assert register.show(2, "--as-of", "2024-01-01")["derived"]["highest_tier"] == "unicorn"


def test_a_missing_lower_title_is_never_invented(register: Register) -> None:
    register.firms(1)
    register.title(1, "little_giant", issued_on="2023-07-01")
    assert valid(register, "2024-01-01", "little_giant") == 1
    assert valid(register, "2024-01-01", "srdi") == 0
    assert valid(register, "2024-01-01", "innovative_sme") == 0


def test_new_this_year_counts_new_titles_issued_from_january_to_the_day(register: Register) -> None:
    register.firms(*range(1, 6))
    for number, issued, basis in (
        (1, "2023-12-31", "new"),
        (2, "2024-01-01", "new"),
        (3, "2024-06-30", "new"),
        (4, "2024-07-01", "new"),
        (5, "2024-03-01", "review"),
    ):
        register.title(number, issued_on=issued, basis=basis)
    assert register.tier("2024-06-30", "srdi")["new_this_year"] == 2
    assert register.tier("2024-12-31", "srdi")["new_this_year"] == 3
    assert register.tier("2025-01-01", "srdi")["new_this_year"] == 0


def test_expiring_180d_looks_179_days_ahead(register: Register) -> None:
    register.firms(*range(1, 6))
    # 2026-01-01 + 179 days = 2026-06-29
    for number, last in enumerate(("2025-12-31", "2026-01-01", "2026-06-29", "2026-06-30"), start=1):
        register.title(number, issued_on="2023-05-12", valid_to=last)
    numbers = register.tier("2026-01-01", "srdi")
    assert (numbers["titles_valid"], numbers["expiring_180d"]) == (3, 2)


def test_cumulative_titles_keep_the_expired_and_the_revoked(register: Register) -> None:
    register.firms(1, 2, 3)
    register.title(1, issued_on="2019-05-12")
    register.title(2, issued_on="2023-05-12", revoked_on="2023-09-01")
    register.title(3, issued_on="2024-05-12")
    assert register.tier("2024-01-01", "srdi")["titles_cumulative"] == 2
    assert register.tier("2024-05-12", "srdi")["titles_cumulative"] == 3


# --- firms that move, close, or live elsewhere ---------------------------------------------------------


def move(register: Register, number: int, city: str, day: str) -> None:
    register.file(
        "enterprises", [{"uscc": firm(number), "city": city, "effective_on": day}], meaning="change"
    )


def test_a_firm_that_moves_out_leaves_the_valid_titles_and_stays_in_the_cumulative(
    register_on_both: Register,
) -> None:
    register = register_on_both
    register.firms(1)
    register.title(1, issued_on="2022-05-12")
    move(register, 1, "370200", "2023-03-01")
    before, after = register.tier("2023-02-28", "srdi"), register.tier("2023-03-01", "srdi")
    assert (before["titles_cumulative"], before["titles_valid"]) == (1, 1)
    assert (after["titles_cumulative"], after["titles_valid"]) == (1, 0)
    assert register.count("2023-02-28")["outside"] == 0
    assert register.count("2023-03-01")["outside"] == 1


def test_a_firm_that_moves_in_brings_its_title_along(register: Register) -> None:
    register.firms(1, city="青岛市", district="")
    register.title(1, issued_on="2022-05-12")
    move(register, 1, "370100", "2023-03-01")
    before, after = register.tier("2023-02-28", "srdi"), register.tier("2023-03-01", "srdi")
    assert (before["titles_cumulative"], before["titles_valid"]) == (0, 0)
    assert (after["titles_cumulative"], after["titles_valid"]) == (1, 1)


def test_a_title_won_after_leaving_the_city_is_never_counted(register: Register) -> None:
    register.firms(1)
    move(register, 1, "370200", "2020-03-01")
    register.title(1, issued_on="2022-05-12")
    numbers = register.tier("2024-01-01", "srdi")
    assert (numbers["titles_cumulative"], numbers["titles_valid"]) == (0, 0)


def test_a_firm_that_left_and_came_back_brings_what_it_won_elsewhere(register: Register) -> None:
    register.firms(1)
    move(register, 1, "370200", "2020-03-01")
    register.title(1, issued_on="2021-05-12", valid_to="2024-05-11")
    move(register, 1, "370100", "2022-03-01")
    numbers = [register.tier(d, "srdi") for d in ("2020-02-29", "2022-02-28", "2022-03-01", "2024-05-12")]
    assert [(n["titles_cumulative"], n["titles_valid"]) for n in numbers] == [(0, 0), (0, 0), (1, 1), (1, 0)]


def test_nothing_passes_over_by_itself_in_an_absorption(register: Register) -> None:
    """The successor holds the title from the authority's change document on; it is no new title of the year."""
    register.firms(1, 2)
    register.title(1, issued_on="2023-05-12", basis="new")
    gone = {"uscc": firm(1), "status": "cancelled", "successor_uscc": firm(2), "effective_on": "2024-03-01"}
    register.file("enterprises", [gone], meaning="change")
    document = {"issued_on": "2024-06-10", "valid_to": "2026-05-11", "basis": "change"}
    register.title(2, document="鲁工信函〔2024〕9号", **document)
    behind = [register.behind(d, "quality-firms") for d in ("2024-02-29", "2024-03-01", "2024-06-10")]
    assert behind == [codes(1), [], codes(2)]
    assert register.tier("2024-06-10", "srdi")["new_this_year"] == 0


def test_a_firm_that_moves_between_districts_takes_its_title_along(register: Register) -> None:
    register.firms(1)
    register.title(1, issued_on="2022-05-12")
    register.file(
        "enterprises",
        [{"uscc": firm(1), "district": "槐荫区", "effective_on": "2023-03-01"}],
        meaning="change",
    )
    for day, home in (("2023-02-28", "370102"), ("2023-03-01", "370104")):
        rows = register.count(day, "--by", "district")["by"]
        held = {row["key"]: row["targets"]["quality-firms"]["value"] for row in rows}
        assert {key for key, value in held.items() if value} == {home}
    assert valid(register, "2023-03-01") == 1


def test_a_cancelled_firm_holds_nothing_from_that_day(register: Register) -> None:
    register.firms(1)
    register.title(1, issued_on="2022-05-12")
    register.file(
        "enterprises", [{"uscc": firm(1), "status": "注销", "effective_on": "2024-03-01"}], meaning="change"
    )
    assert [valid(register, d) for d in ("2024-02-29", "2024-03-01")] == [1, 0]
    assert register.tier("2024-03-01", "srdi")["titles_cumulative"] == 1


def test_firms_elsewhere_enter_no_count_but_are_named_as_outside(register: Register) -> None:
    register.firms(1)
    register.firms(2, 3, city="370200", district="")
    register.file("titles", [{"uscc": firm(n), "tier": "srdi"} for n in (1, 2)], issued_on="2023-05-12")
    register.file("above-scale", [{"uscc": firm(2), "entered_on": "2022-01-01"}])
    register.file("figures", [{"uscc": firm(2), "year": 2024, "营业收入（亿元）": 200}])
    answer = register.count("2026-01-01")
    assert answer["outside"] == 2
    assert answer["quality"]["firms_valid"] == 1
    assert answer["quality"]["titles_cumulative"] == 1
    assert register.target("2026-01-01", "above-scale")["value"] == 0
    assert answer["revenue"]["10bn"] == 0
    assert answer["revenue"]["unknown"] == 1
    assert register.ask("find", firm(2))[0]["uscc"] == firm(2)


# --- review pending ------------------------------------------------------------------------------------


def expired_with_review(register: Register, *stages: tuple[str, str], number: int = 1, **fields: Any) -> None:
    """Firm ``number`` held an SRDI title to 2025-12-31; its review application went through ``stages``."""
    register.firms(number)
    register.title(number, issued_on="2022-12-30", valid_to="2025-12-31", basis="new")
    told = {"uscc": firm(number), "tier": "srdi", "level": "provincial", "purpose": "review", "round": "2026"}
    for stage, day in stages:
        register.file("applications", [told | {"stage": stage, "stage_on": day} | fields])


def pending(register: Register, day: str) -> int:
    return int(register.tier(day, "srdi")["review_pending"])


def test_a_review_filed_in_time_keeps_the_title_pending_not_valid(register_on_both: Register) -> None:
    register = register_on_both
    expired_with_review(register, ("filed", "2025-11-20"))
    assert [pending(register, d) for d in ("2025-12-31", "2026-01-01", "2026-06-30")] == [0, 1, 1]
    assert valid(register, "2026-01-01") == 0
    target = register.target("2026-01-01", "quality-firms")
    assert (target["value"], target["review_pending"]) == (0, 1)


@pytest.mark.parametrize(("filed", "expected"), [("2026-03-31", 1), ("2026-04-01", 0)])
def test_a_review_may_be_filed_up_to_90_days_late(register: Register, filed: str, expected: int) -> None:
    expired_with_review(register, ("filed", filed))
    assert pending(register, "2026-04-02") == expected


def test_before_the_late_review_was_filed_the_title_is_expired(register: Register) -> None:
    expired_with_review(register, ("filed", "2026-02-10"))
    assert [pending(register, d) for d in ("2026-02-09", "2026-02-10")] == [0, 1]


def test_the_days_of_grace_are_a_setting(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    expired_with_review(register, ("filed", "2026-02-10"))  # 41 days late
    monkeypatch.setenv("TIDU_REVIEW_GRACE_DAYS", "40")
    assert pending(register, "2026-02-11") == 0
    monkeypatch.setenv("TIDU_REVIEW_GRACE_DAYS", "41")
    assert pending(register, "2026-02-11") == 1


@pytest.mark.parametrize("final", ["recognised", "rejected", "withdrawn"])
def test_a_final_stage_ends_the_review(register: Register, final: str) -> None:
    expired_with_review(
        register, ("filed", "2025-11-20"), ("publicised", "2026-03-01"), (final, "2026-04-15")
    )
    assert [pending(register, d) for d in ("2026-04-14", "2026-04-15")] == [1, 0]
    assert valid(register, "2026-04-15") == 0


def test_a_rejected_title_is_expired_not_revoked(register: Register) -> None:
    expired_with_review(register, ("filed", "2025-11-20"), ("rejected", "2026-04-15"))
    title = title_shown(register, 1)
    assert title.get("revoked_on") is None
    assert title["valid_to"] == "2025-12-31"


def test_a_review_is_pending_for_a_year_at_most(register: Register) -> None:
    expired_with_review(register, ("filed", "2025-11-20"))
    assert [pending(register, d) for d in ("2026-12-31", "2027-01-01")] == [1, 0]


@pytest.mark.parametrize(
    "other", [{"purpose": "new"}, {"purpose": "update"}, {"tier": "gazelle"}, {"level": "city"}]
)
def test_only_a_review_of_the_same_title_keeps_it_pending(register: Register, other: dict[str, Any]) -> None:
    expired_with_review(register, ("filed", "2025-11-20"), **other)
    assert pending(register, "2026-01-01") == 0


def test_a_firm_whose_review_passed_is_valid_and_no_longer_pending(register: Register) -> None:
    expired_with_review(register, ("filed", "2025-11-20"))
    register.title(1, issued_on="2026-02-10", basis="review", batch="2026")
    numbers = register.tier("2026-02-10", "srdi")
    assert (numbers["titles_valid"], numbers["review_pending"], numbers["titles_cumulative"]) == (1, 0, 1)


def test_a_firm_that_left_the_city_is_not_pending_there(register: Register) -> None:
    expired_with_review(register, ("filed", "2025-11-20"))
    move(register, 1, "370200", "2026-02-01")
    assert [pending(register, d) for d in ("2026-01-31", "2026-02-01")] == [1, 0]


def test_pending_firms_join_the_target_only_where_the_settings_say_so(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Firm 1 has only the pending title, firm 2 holds another one as well: it is never counted twice."""
    expired_with_review(register, ("filed", "2025-11-20"), number=1)
    expired_with_review(register, ("filed", "2025-11-20"), number=2)
    register.title(2, "innovative_sme", issued_on="2025-05-12")
    assert pending(register, "2026-01-01") == 2
    assert register.target("2026-01-01", "quality-firms")["value"] == 1
    monkeypatch.setenv("TIDU_REVIEW_INCLUDE_REVIEW_PENDING", "true")
    assert register.target("2026-01-01", "quality-firms")["value"] == 2
    assert register.count("2026-01-01")["quality"]["firms_valid"] == 1


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


def listing(register: Register, number: int, board: str = "sse_main", **fields: Any) -> Any:
    given = {"stage": "listed", "stage_on": "2020-07-01"} | fields
    return register.file("listings", [{"uscc": firm(number), "board": board, **given}])


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
