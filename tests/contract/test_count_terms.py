"""From when to when a title counts: every figure here is small enough to be counted by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.counting import Register, codes, firm, problems, title_shown, valid

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
