"""How many titles and firms: the four counts, firms that move or close, and titles under review."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.counting import Register, codes, firm, title_shown, valid

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
