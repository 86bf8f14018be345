"""A file that is the whole list on a day: who is on it enters, who is missing leaves."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.conftest import HEAD, Lists, Register, Said, code, firm


@pytest.fixture
def forty(cli: Register, lists: Lists) -> Register:
    """Forty firms, all above scale since 2023-01-01."""
    cli.filed("enterprises", lists.csv(HEAD, *map(firm, range(1, 43))))
    cli.filed(
        "above-scale", lists.csv(("uscc", "entered_on"), *((code(n), "2023-01-01") for n in range(1, 41)))
    )
    return cli


def above(cli: Register, number: int) -> list[tuple[Any, Any, Any]]:
    """(entered_on, left_on, exit_reason) of each membership, the earliest first."""
    memberships = cli.show(code(number))["above_scale"]
    return [(each["entered_on"], each.get("left_on"), each.get("exit_reason")) for each in memberships]


def counted(cli: Register, day: str) -> Any:
    (target,) = [
        each for each in cli("count", "--as-of", day, "--json").json["targets"] if each["id"] == "above-scale"
    ]
    return target["value"]


def whole(cli: Register, lists: Lists, numbers: list[int], *words: str) -> Said:
    rows = [(code(number), firm(number)[1]) for number in numbers]
    return cli.load(
        "above-scale",
        lists.csv(("统一社会信用代码", "企业名称"), *rows),
        "--complete-on",
        "2025-01-01",
        *words,
    )


def test_whole_list_lets_firms_in_and_out(forty: Register, lists: Lists) -> None:
    said = whole(forty, lists, [*range(2, 41), 41, 42])
    assert said.exit == 0
    assert said.fates == (2, 39, 0, 0)
    assert above(forty, 1) == [("2023-01-01", "2025-01-01", "unknown")]
    assert above(forty, 2) == [("2023-01-01", None, None)]
    assert above(forty, 41)[0][:2] == ("2025-01-01", None)
    assert counted(forty, "2024-12-31") == 40
    assert counted(forty, "2025-01-01") == 41
    assert forty.checked()


def test_five_per_cent_leavers_go_without_asking(forty: Register, lists: Lists) -> None:
    assert whole(forty, lists, [*range(3, 41)]).exit == 0
    assert counted(forty, "2025-01-01") == 38


def test_more_leavers_want_yes_and_until_then_nothing_is_filed(forty: Register, lists: Lists) -> None:
    said = whole(forty, lists, [*range(4, 41)])
    assert said.exit == 1
    assert "--yes" in said.err
    assert counted(forty, "2025-01-01") == 40
    assert len(forty("filings", "list", "--json").json) == 2
    assert whole(forty, lists, [*range(4, 41)], "--yes").exit == 0
    assert counted(forty, "2025-01-01") == 37


def test_whole_list_withdrawn_brings_the_leavers_back(forty: Register, lists: Lists) -> None:
    filing = whole(forty, lists, [*range(2, 42)]).json["filing"]
    assert forty("filings", "withdraw", filing, "--yes").exit == 0
    assert counted(forty, "2025-06-01") == 40
    assert above(forty, 41) == []
    assert above(forty, 1) == [("2023-01-01", None, None)]
    assert forty.checked()


def test_same_whole_list_again_changes_nothing(forty: Register, lists: Lists) -> None:
    file = lists.csv(("uscc",), *((code(n),) for n in [*range(2, 41), 41]))
    words = ("--complete-on", "2025-01-01")
    assert forty.load("above-scale", file, *words).fates == (1, 39, 0, 0)
    assert forty.load("above-scale", file, *words).fates == (0, 40, 0, 0)
    assert counted(forty, "2025-01-01") == 40


def test_firm_back_on_a_later_whole_list_enters_again(forty: Register, lists: Lists) -> None:
    whole(forty, lists, [*range(2, 41)])
    rows = [(code(number),) for number in range(1, 41)]
    assert forty.load("above-scale", lists.csv(("uscc",), *rows), "--complete-on", "2026-01-01").fates == (
        1,
        39,
        0,
        0,
    )
    assert above(forty, 1) == [("2023-01-01", "2025-01-01", "unknown"), ("2026-01-01", None, None)]


def test_whole_list_of_titles_revokes_nothing(five: Register, lists: Lists) -> None:
    rows = [(code(number), "srdi", "provincial", "2024", "2024-07-01") for number in range(1, 6)]
    head = ("uscc", "tier", "level", "batch", "issued_on")
    five.filed("titles", lists.csv(head, *rows))
    said = five.load("titles", lists.csv(head, *rows[:4]), "--complete-on", "2025-01-01", "--yes")
    assert said.exit == 0
    assert said.fates == (0, 4, 0, 0)
    (held,) = five.show(code(5), "--as-of", "2025-06-01")["titles"]
    assert held["state"] == "in_force"
    assert code(5) in said.out, "the firm that the list lacks is named as a finding"


def test_complete_on_a_kind_without_memberships_is_exit_2(five: Register, lists: Lists) -> None:
    assert five.load("enterprises", lists.csv(HEAD, firm(1)), "--complete-on", "2025-01-01").exit == 2


def test_complete_on_an_unreadable_day_is_exit_2(forty: Register, lists: Lists) -> None:
    assert forty.load("above-scale", lists.csv(("uscc",), (code(1),)), "--complete-on", "soon").exit == 2
