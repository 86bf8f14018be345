"""Twice the same firm: two codes become one firm, everything follows, and a split gives back exactly what was."""

from __future__ import annotations

from threading import Thread

import pytest
from sqlalchemy import select

from registry.house import House
from registry.merging import merge, preview, split
from registry.refusals import MisusedError, NeedsConfirmationError, RefusedError
from registry.store.merges import MERGE, resolved
from registry.store.statements import STATEMENT
from registry.withdrawal import withdraw
from tests.registry.house import code, file_rows
from tests.registry.merged_firms import (
    TODAY,
    A,
    B,
    C,
    check,
    contents,
    firms,
    found,
    holders,
    profile,
    title,
    two,
)

# What a merge makes of two firms ------------------------------------------------------------------------


def test_both_codes_and_all_names_lead_to_the_survivor(house: House) -> None:
    rows = [
        {"uscc": A, "name": "济南甲机械有限公司", "former_names": "济南老甲厂", "short_name": "甲机"},
        {"uscc": B, "name": "济南乙机械有限公司", "former_names": "济南老乙厂", "short_name": "乙机"},
    ]
    file_rows(house, "enterprises", rows, "firms.csv")
    merge(house, B, A, "test", "同一地址", yes=True)
    assert check(house) == []
    for typed in (A, B, *(name for row in rows for name in list(row.values())[1:])):
        assert [uscc for uscc, _matched, _by in found(house, typed)] == [A], typed
    assert found(house, B) == [(A, B, "code")]
    assert found(house, B[:17])[0] == (A, B, "code")
    assert found(house, "济南老乙厂") == [(A, "济南老乙厂", "former")]
    document = profile(house, B)
    assert document is not None
    assert document["uscc"] == A
    assert [(c["uscc"], c["name"], c["by"], c["reason"]) for c in document["merged_codes"]] == [
        (B, "济南乙机械有限公司", "test", "同一地址")
    ]


def test_lists_by_name_and_by_the_old_code_take_the_survivor(house: House) -> None:
    two(house)
    merge(house, B, A, "test", yes=True)
    by_name = {
        "name": "济南乙机械有限公司",
        "tier": "srdi",
        "batch": "1",
        "issued_on": "2024-05-01",
    }
    filed = file_rows(house, "titles", [by_name, title(B, "2"), title(A, "3")], "titles.csv")
    assert filed.fates["accepted"] == 3
    assert check(house) == []
    assert {row[0] for row in contents(house)["title"]} == {A}
    with house.store.read() as connection:
        s = STATEMENT.c
        filed_with = select(s.subject).where(s.kind == "title").order_by(s.row)
        assert connection.execute(filed_with).scalars().all() == [A, B, A]


def test_a_title_on_both_codes_counts_once(house: House) -> None:
    two(house)
    file_rows(house, "titles", [title(A), title(B), title(B, "2", issued_on="2025-05-01")], "titles.csv")
    assert holders(house) == 2
    merge(house, B, A, "test", yes=True)
    assert holders(house) == 1
    assert len(contents(house)["title"]) == 2
    assert {row[0] for row in contents(house)["standing"]} == {A}
    assert check(house) == []
    split(house, B, "test")
    assert holders(house) == 2
    assert check(house) == []


def test_what_either_code_says_is_no_news_of_the_other(house: House) -> None:
    two(house)
    file_rows(house, "titles", [title(A)], "a.csv")
    merge(house, B, A, "test", yes=True)
    again = file_rows(house, "titles", [title(B)], "b.csv")
    assert again.fates["unchanged"] == 1
    split(house, B, "test")
    assert {row[0] for row in contents(house)["title"]} == {A, B}, "it was said of both"


def test_a_list_that_names_both_codes_is_said_of_both(house: House) -> None:
    two(house)
    merge(house, B, A, "test", yes=True)
    filed = file_rows(house, "titles", [title(A), title(B)], "both.csv")
    assert (filed.fates["accepted"], filed.fates["unchanged"]) == (1, 1)
    assert check(house) == []
    split(house, B, "test")
    assert {row[0] for row in contents(house)["title"]} == {A, B}


def test_rows_of_one_list_that_contradict_each_other_across_codes_wait(house: House) -> None:
    two(house)
    merge(house, B, A, "test", yes=True)
    rows = [{"uscc": A, "year": "2024", "revenue": "100"}, {"uscc": B, "year": "2024", "revenue": "200"}]
    assert file_rows(house, "figures", rows, "figures.csv").fates["review"] == 2


def test_a_revocation_by_name_speaks_of_the_code_that_holds_the_title(house: House) -> None:
    two(house)
    file_rows(house, "titles", [title(B)], "titles.csv")
    merge(house, B, A, "test", yes=True)
    row = {"name": "济南甲机械有限公司", "tier": "srdi", "batch": "1", "revoked_on": "2025-01-01"}
    assert file_rows(house, "titles", [row], "revoked.csv").fates["accepted"] == 1
    assert holders(house) == 0
    split(house, B, "test")
    assert holders(house) == 0
    assert {row[0] for row in contents(house)["title"]} == {B}
    assert check(house) == []


def test_who_leaves_a_whole_list_leaves_under_the_code_that_entered(house: House) -> None:
    two(house)
    firms(house, c="济南丙机械有限公司")
    members = [{"uscc": uscc, "entered_on": "2024-01-01"} for uscc in (B, C)]
    file_rows(house, "above-scale", members, "members.csv")
    merge(house, B, A, "test", yes=True)
    left = file_rows(house, "above-scale", [{"uscc": C}], "2025.csv", complete_on="2025-01-01", yes=True)
    assert left.left == 1
    split(house, B, "test")
    assert check(house) == []
    assert {(row[0], row[3]) for row in contents(house)["above_scale"]} == {(B, "2025-01-01"), (C, "None")}


def test_a_whole_list_that_names_the_old_code_keeps_the_member(house: House) -> None:
    two(house)
    file_rows(house, "above-scale", [{"uscc": A, "entered_on": "2024-01-01"}], "members.csv")
    merge(house, B, A, "test", yes=True)
    kept = file_rows(house, "above-scale", [{"uscc": B}], "2025.csv", complete_on="2025-01-01", yes=True)
    assert kept.left == 0
    assert check(house) == []


def test_the_very_same_file_still_stands(house: House) -> None:
    two(house)
    rows = [title(A), title(B, "2")]
    file_rows(house, "titles", rows, "titles.csv")
    merge(house, B, A, "test", yes=True)
    assert file_rows(house, "titles", rows, "titles.csv").fates["unchanged"] == 2
    split(house, B, "test")
    assert file_rows(house, "titles", rows, "titles.csv").fates["unchanged"] == 2
    assert check(house) == []


def test_absorbing_another_firm_merges_nothing(house: House) -> None:
    """吸收合并 is an event on record; whether two codes are one firm is a judgement."""
    two(house)
    file_rows(house, "titles", [title(B)], "titles.csv")
    gone = {"uscc": B, "status": "cancelled", "successor_uscc": A, "effective_on": "2025-01-01"}
    file_rows(house, "enterprises", [{**gone, "name": "济南乙机械有限公司"}], "absorbed.csv")
    with house.store.read() as connection:
        assert connection.execute(select(MERGE)).first() is None
    document = profile(house, B)
    assert document is not None
    assert document["uscc"] == B
    assert {row[0] for row in contents(house)["title"]} == {B}
    assert {row[0] for row in contents(house)["enterprise"]} == {A, B}


# Chains, refusals, confirmation -------------------------------------------------------------------------


def test_a_chain_leads_to_its_end_and_comes_apart_link_by_link(house: House) -> None:
    firms(house, a="济南甲有限公司", b="济南乙有限公司", c="济南丙有限公司")
    apart = contents(house)
    merge(house, A, B, "test", yes=True)
    two_left = contents(house)
    merge(house, B, C, "test", yes=True)
    assert {row[0] for row in contents(house)["enterprise"]} == {C}
    assert [found(house, name)[0][0] for name in (A, B, "济南甲有限公司")] == [C] * 3
    assert check(house) == []
    assert split(house, B, "test") == C
    assert contents(house) == two_left
    merge(house, B, C, "test", yes=True)
    assert split(house, A, "test") == C
    assert {row[0] for row in contents(house)["enterprise"]} == {A, C}
    assert check(house) == []
    split(house, B, "test")
    assert contents(house) == apart


def test_resolving_follows_chains() -> None:
    led = resolved({"a": "b", "b": "c", "x": "c", "m": "n"})
    assert dict(led.leads) == {"a": "c", "b": "c", "x": "c", "m": "n"}
    assert dict(led.codes) == {"c": ("a", "b", "c", "x"), "n": ("m", "n")}
    assert led.codes_of(["a", "z"]) == {"a", "b", "c", "x", "z"}


@pytest.mark.parametrize(
    ("loser", "survivor", "error", "says"),
    [
        (A, A, MisusedError, "one code"),
        (A, code(99), MisusedError, "not on the register"),
        (code(99), A, MisusedError, "not on the register"),
        (B, A, RefusedError, "one firm already"),
        (A, B, RefusedError, "one firm already"),
        (B, C, RefusedError, f"split it first, or merge {A}"),
        (C, B, RefusedError, f"into {A}"),
    ],
)
def test_what_cannot_be_merged_is_refused_with_the_way_out(
    house: House, loser: str, survivor: str, error: type[Exception], says: str
) -> None:
    firms(house, a="济南甲有限公司", b="济南乙有限公司", c="济南丙有限公司")
    merge(house, B, A, "test", yes=True)
    before = contents(house)
    with pytest.raises(error, match=says):
        merge(house, loser, survivor, "test", yes=True)
    assert contents(house) == before
    assert check(house) == []


def test_a_firm_that_is_not_merged_cannot_be_split(house: House) -> None:
    two(house)
    with pytest.raises(RefusedError, match="not merged"):
        split(house, B, "test")
    merge(house, B, A, "test", yes=True)
    with pytest.raises(RefusedError, match=f"lead to it: {B}"):
        split(house, A, "test")
    split(house, B, "test")
    with pytest.raises(RefusedError, match="not merged"):
        split(house, B, "test")


def test_where_two_differ_somebody_has_to_say_yes(house: House) -> None:
    file_rows(house, "enterprises", [{"uscc": A, "name": "济南甲公司", "founded_on": "2010-01-01"}], "a.csv")
    file_rows(house, "enterprises", [{"uscc": B, "name": "济南甲公司", "founded_on": "2012-01-01"}], "b.csv")
    firms(house, c="济南甲公司")
    with pytest.raises(NeedsConfirmationError) as needed:
        merge(house, B, A, "test")
    assert needed.value.rows == ["founded_on: 2012-01-01 | 2010-01-01 → 2012-01-01"]
    assert {row[0] for row in contents(house)["enterprise"]} == {A, B, C}
    merge(house, B, A, "test", yes=True)
    assert (profile(house, A) or {})["profile"]["founded_on"]["value"] == "2012-01-01"


def test_two_that_say_the_same_need_no_yes(house: House) -> None:
    firms(house, a="济南甲公司", b="济南甲公司")
    merge(house, B, A, "test")
    assert {row[0] for row in contents(house)["enterprise"]} == {A}


def test_the_preview_says_what_differs_and_what_both_hold(house: House) -> None:
    two(house)
    file_rows(house, "titles", [title(A), title(B, certificate="甲1"), title(B, "2")], "titles.csv")
    figures = [{"uscc": A, "year": "2024", "revenue": "100"}, {"uscc": B, "year": "2024", "revenue": "200"}]
    file_rows(house, "figures", figures, "figures.csv")
    with house.store.read() as connection:
        seen = preview(house, connection, B, A, TODAY)
    assert [(line.field.id, line.loser and line.loser.value, line.survivor and line.survivor.value,
             line.after and line.after.value) for line in seen.differing] == [
        ("name", "济南乙机械有限公司", "济南甲机械有限公司", "济南乙机械有限公司"),
        ("revenue", 200, 100, 200),
    ]  # fmt: skip
    assert [(h.kind.id, h.loser, h.survivor, h.after, len(h.twice)) for h in seen.held] == [
        ("figures", 1, 1, 1, 1),
        ("titles", 2, 1, 2, 1),
    ]
    merge(house, B, A, "test", yes=True)
    document = profile(house, A)
    assert document is not None
    assert document["profile"]["name"]["value"] == "济南乙机械有限公司"
    assert len(document["titles"]) == 2


@pytest.mark.parametrize("act", ["merge", "split"])
def test_an_officer_merges_and_splits_only_firms_of_the_own_unit(house: House, act: str) -> None:
    file_rows(
        house,
        "enterprises",
        [
            {"uscc": A, "name": "济南甲公司", "district": "历下区"},
            {"uscc": B, "name": "济南甲公司", "district": "历城区"},
            {"uscc": C, "name": "济南甲公司", "district": "历下区"},
        ],
        "firms.csv",
    )
    own = house.places.read_district("历下区").district
    if act == "merge":
        with pytest.raises(RefusedError, match=f"{B} is not managed"):
            merge(house, B, A, "officer", yes=True, unit=own)
        merge(house, C, A, "officer", yes=True, unit=own)
        return
    merge(house, B, A, "city", yes=True)
    merge(house, C, A, "city", yes=True)
    merged = contents(house)
    with pytest.raises(RefusedError, match="not managed"):
        split(house, B, "officer", unit=own)
    assert contents(house) == merged


def test_of_two_who_merge_at_once_one_is_refused(house: House) -> None:
    """Two clerks see the same pair; one merges it one way, the other the other way."""
    two(house)
    said: list[BaseException | int] = []

    def run(loser: str, survivor: str) -> None:
        try:
            said.append(merge(house, loser, survivor, "test", yes=True))
        except BaseException as error:
            said.append(error)

    threads = [Thread(target=run, args=pair) for pair in ((A, B), (B, A), (A, B), (B, A))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(type(each).__name__ for each in said) == ["RefusedError"] * 3 + ["int"]
    assert len(contents(house)["enterprise"]) == 1
    assert check(house) == []


# Withdrawing while merged -------------------------------------------------------------------------------


def test_a_firm_that_its_other_code_still_names_loses_no_rows(house: House) -> None:
    firms(house, a="济南甲机械有限公司")
    filed = file_rows(house, "enterprises", [{"uscc": B, "name": "济南乙机械有限公司"}], "b.csv").filing
    file_rows(house, "titles", [title(B)], "titles.csv")
    merge(house, B, A, "test", yes=True)
    assert filed is not None
    assert withdraw(house, filed, "test") == []
    assert check(house) == []
    assert holders(house) == 1
    with pytest.raises(RefusedError, match=f"nothing on record names {B}"):
        split(house, B, "test")
    assert holders(house) == 1
    file_rows(house, "enterprises", [{"uscc": B, "name": "济南乙机械有限公司"}], "again.csv")
    split(house, B, "test")
    assert check(house) == []
    assert {row[0] for row in contents(house)["enterprise"]} == {A, B}


def test_when_nothing_names_any_of_its_codes_all_rows_return_to_review(house: House) -> None:
    two(house)
    file_rows(house, "titles", [title(A), title(B, "2")], "titles.csv")
    merge(house, B, A, "test", yes=True)
    with pytest.raises(NeedsConfirmationError):
        withdraw(house, 1, "test")
    assert len(withdraw(house, 1, "test", yes=True)) == 2
    assert check(house) == []
    assert not any(contents(house).values())
    firms(house, b="济南乙机械有限公司")
    assert {row[0] for row in contents(house)["enterprise"]} == {A}, "the judgement stands"
    assert check(house) == []
