"""Two clocks: what was true on a day, and what the register held at an instant."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.contract.counting import Register, codes, firm, new_register


@pytest.fixture
def register(tmp_path: Path, database_url: str) -> Register:
    """Each of these runs on SQLite and on PostgreSQL."""
    return new_register(tmp_path, database_url)


ROW = {"uscc": firm(1), "tier": "srdi", "batch": "2023", "issued_on": "2023-05-12", "valid_to": "2026-12-31"}


def held(register: Register, known_at: str | int, day: str = "2024-02-01") -> int:
    return int(register.tier(day, "srdi", None, "--known-at", str(known_at))["titles_valid"])


def recorded(register: Register, filing: int) -> str:
    (found,) = [f for f in register.ask("filings", "list") if f["id"] == filing]
    return str(found["recorded_at"])


def shift(moment: str, microseconds: int) -> str:
    return (datetime.fromisoformat(moment) + timedelta(microseconds=microseconds)).isoformat()


def test_a_count_is_blind_to_what_was_filed_later(register: Register) -> None:
    """By filing, by instant and by day."""
    first = register.firms(1, at="2024-05-01")["filing"]
    second = register.title(
        1, at="2024-05-10", **{k: v for k, v in ROW.items() if k not in ("uscc", "tier")}
    )["filing"]
    assert [held(register, f) for f in (first, second)] == [0, 1]
    moment = recorded(register, second)
    assert [held(register, shift(moment, n)) for n in (-1, 0, 1)] == [0, 1, 1]
    assert [held(register, day) for day in ("2024-05-09", "2024-05-10", "2024-05-11")] == [0, 1, 1]


@pytest.mark.parametrize(
    ("filed", "seen"),
    [("2024-05-10T15:59:00+00:00", 1), ("2024-05-10T16:00:00+00:00", 0)],
)
def test_a_day_ends_in_shanghai(register: Register, filed: str, seen: int) -> None:
    register.firms(1, at="2024-05-01")
    register.file("titles", [ROW], at=filed)
    assert held(register, "2024-05-10") == seen
    assert held(register, "2024-05-11") == 1


def test_without_known_at_everything_held_now_speaks(register: Register) -> None:
    register.firms(1, at="2024-05-01")
    register.file("titles", [ROW], at="2024-05-10")
    answer = register.ask("count", "--as-of", "2024-02-01", at="2024-06-01T02:00:00+00:00")
    assert answer["quality"]["firms_valid"] == 1
    assert answer["known_at"].startswith("2024-06-01T02:00:0")
    assert answer["known_at"].endswith("Z")
    assert answer["as_of"] == "2024-02-01"


def test_a_correction_is_visible_only_from_its_filing_on(register: Register) -> None:
    """The list printed the wrong last day; it was put right in September, for every day of the term."""
    register.firms(1, at="2024-05-01")
    wrong = register.file("titles", [{**ROW, "valid_to": "2024-06-30"}], at="2024-05-10")["filing"]
    right = register.file("titles", [ROW], at="2024-09-02")["filing"]
    assert held(register, wrong, "2024-12-31") == 0
    assert held(register, right, "2024-12-31") == 1
    assert held(register, "2024-09-01", "2024-12-31") == 0
    assert held(register, "2024-09-02", "2024-12-31") == 1
    assert held(register, wrong, "2024-06-30") == 1


def test_a_withdrawn_list_is_still_seen_before_its_withdrawal(register: Register) -> None:
    register.firms(1, at="2024-05-01")
    filing = register.file("titles", [ROW], at="2024-05-10")["filing"]
    assert register.run("filings", "withdraw", str(filing), at="2024-05-20").code == 0
    assert [held(register, d) for d in ("2024-05-09", "2024-05-10", "2024-05-19", "2024-05-20")] == [
        0,
        1,
        1,
        0,
    ]
    assert register.count("2024-02-01")["quality"]["firms_valid"] == 0
    assert register.count("2024-02-01")["quality"]["titles_cumulative"] == 0
    (withdrawn,) = [f for f in register.ask("filings", "list") if f["id"] == filing]
    assert withdrawn["withdrawn_at"].startswith("2024-05-20T04:00:0")
    assert held(register, shift(withdrawn["withdrawn_at"], -1)) == 1
    assert held(register, withdrawn["withdrawn_at"]) == 0


def test_withdrawing_a_correction_brings_the_first_word_back(register: Register) -> None:
    register.firms(1, at="2024-05-01")
    register.file("titles", [ROW], at="2024-05-10")
    wrong = register.file("titles", [{**ROW, "valid_to": "2024-01-31"}], at="2024-09-02")["filing"]
    assert held(register, "2024-09-30") == 0
    register.run("filings", "withdraw", str(wrong), at="2024-10-08")
    assert held(register, "2024-09-30") == 0
    assert held(register, "2024-10-08") == 1
    assert register.count("2024-02-01")["quality"]["firms_valid"] == 1


def test_known_at_goes_for_breakdowns_firms_and_revenue_too(register: Register) -> None:
    register.firms(1, 2, at="2024-05-01")
    rows: list[dict[str, Any]] = [{"uscc": firm(1), "year": 2022, "营业收入（亿元）": 9}]
    register.file("figures", rows, at="2024-05-10")
    register.file("titles", [ROW, {**ROW, "uscc": firm(2)}], at="2024-06-01")
    register.file(
        "enterprises", [{"uscc": firm(2), "district": "章丘区"}], at="2024-07-01", meaning="correction"
    )
    register.file("figures", [{**rows[0], "营业收入（亿元）": 11}], at="2024-09-02")

    def answer(known_at: str) -> Any:
        return register.count("2024-02-01", "--by", "district", "--known-at", known_at)

    before, after = answer("2024-06-30"), answer("2024-09-30")
    assert (before["revenue"]["1bn"], after["revenue"]["1bn"]) == (0, 1)
    assert (before["revenue"]["100m"], after["revenue"]["100m"]) == (1, 0)
    firms = [{r["key"]: r["quality"]["firms_valid"] for r in a["by"]} for a in (before, after)]
    assert [(f["370102"], f["370114"]) for f in firms] == [(2, 0), (1, 1)]
    assert register.behind("2024-02-01", "quality-firms", "--known-at", "2024-05-31") == []
    assert register.behind("2024-02-01", "quality-firms", "--known-at", "2024-06-01") == codes(1, 2)


def test_show_says_what_was_held_then(register: Register) -> None:
    first = register.firms(1, at="2024-05-01", short_name="旧简称")["filing"]
    later = register.file("enterprises", [{"uscc": firm(1), "short_name": "新简称"}], at="2024-07-01")[
        "filing"
    ]
    then, now = register.show(1, "--known-at", str(first)), register.show(1, "--known-at", str(later))
    assert (then["profile"]["short_name"]["value"], then["profile"]["short_name"]["filing"]) == (
        "旧简称",
        first,
    )
    assert (now["profile"]["short_name"]["value"], now["profile"]["short_name"]["filing"]) == (
        "新简称",
        later,
    )


def test_a_firm_is_not_found_before_it_was_first_named(register: Register) -> None:
    register.firms(1, at="2024-05-01")
    answer = register.run("show", firm(1), "--known-at", "2024-04-30", "--json")
    assert answer.code == 1
    assert register.run("show", firm(1), "--known-at", "2024-05-01", "--json").code == 0


def test_a_change_of_name_is_dated_from_its_filing_a_correction_from_what_it_replaces(
    register: Register,
) -> None:
    register.firms(1, at="2024-05-01", niche="旧领域")
    row = {"uscc": firm(1), "name": "济南改名有限公司", "niche": "新领域"}
    register.file("enterprises", [row], at="2024-07-01")
    june, july = register.show(1, "--as-of", "2024-06-30"), register.show(1, "--as-of", "2024-07-01")
    assert june["profile"]["name"]["value"] == "济南试样1号有限公司"
    assert july["profile"]["name"]["value"] == "济南改名有限公司"
    assert july["profile"]["name"]["valid_from"] == "2024-07-01"
    assert june["profile"]["niche"]["value"] == july["profile"]["niche"]["value"] == "新领域"


def test_recorded_at_always_moves_on_though_the_clock_goes_back(register: Register) -> None:
    one = register.firms(1, at="2024-05-10")["filing"]
    two = register.firms(2, at="2024-05-01")["filing"]
    assert recorded(register, one) < recorded(register, two)


@pytest.mark.parametrize("wrong", ["999", "yesterday", "2024-02-30"])
def test_an_unknown_filing_or_an_unreadable_instant_is_exit_2(register: Register, wrong: str) -> None:
    register.firms(1)
    answer = register.run("count", "--known-at", wrong, "--json")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err


def test_the_store_folds_to_the_same_after_all_this(register: Register) -> None:
    register.firms(1, 2, at="2024-05-01")
    filing = register.file("titles", [ROW], at="2024-05-10")["filing"]
    register.file("titles", [{**ROW, "valid_to": "2025-12-31"}], at="2024-06-10")
    register.run("filings", "withdraw", str(filing), at="2024-07-01")
    assert register.run("db", "check").code == 0
