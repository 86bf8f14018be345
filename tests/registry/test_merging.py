"""Twice the same firm: two codes become one firm, everything follows, and a split gives back exactly what was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, text

from registry.find import find
from registry.house import House
from registry.kind import Record
from registry.merging import merge, preview, split
from registry.refusals import MisusedError, NeedsConfirmationError, RefusedError
from registry.show import show
from registry.store.backup import backup, restore
from registry.store.known import faults, known
from registry.store.merges import MERGE, resolved
from registry.store.statements import STATEMENT
from registry.subjects import KNOWN_NAME
from registry.withdrawal import withdraw
from tests.registry.house import NOON, Time, code, file_rows, open_test_house
from tiers.asking import ask_count

A, B, C, D = (code(n) for n in range(1, 5))
TODAY = date(2026, 3, 1)
KINDS = ("enterprises", "titles", "figures", "above-scale", "evidence")


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def house(database_url: str, tmp_path: Path, time: Time) -> Iterator[House]:
    house = open_test_house(database_url, tmp_path, time)
    yield house
    house.store.dispose()


def firms(house: House, **names: str) -> None:
    rows = [
        {"uscc": {"a": A, "b": B, "c": C, "d": D}[key], "name": name, "district": "历下区"}
        for key, name in names.items()
    ]
    file_rows(house, "enterprises", rows, "firms.csv")


def two(house: House) -> None:
    firms(house, a="济南甲机械有限公司", b="济南乙机械有限公司")


def title(uscc: str, batch: str = "1", **more: Any) -> Record:
    return {"uscc": uscc, "tier": "srdi", "batch": batch, "issued_on": "2024-05-01", **more}


def check(house: House) -> list[str]:
    everything = dict.fromkeys(kind.record for kind in house.kinds.all)
    return list(faults(house.store, house.kinds.all, lambda c: house.after_fold(c, everything)))


def contents(house: House) -> dict[str, set[tuple[str, ...]]]:
    """Every typed table whole, sources included, the tables beside them, and what pages filter by."""
    tables: list[Any] = []
    for kind in house.kinds.all:
        tables += [kind.table, *(side.table for side in kind.beside)]
    parts = [room.register for room in house.rooms if room.register]
    tables += [part.table for part in parts if part.table is not None]
    with house.store.read() as connection:
        return {t.name: {tuple(map(str, row)) for row in connection.execute(select(t))} for t in tables}


def profile(house: House, uscc: str, day: date = TODAY, known_at: Any = None) -> Record | None:
    with house.store.read() as connection:
        return show(house, connection, uscc, day, known_at, "")


def found(house: House, typed: str) -> list[tuple[str, str, str]]:
    with house.store.read() as connection:
        return [(firm["uscc"], firm["matched"], firm["by"]) for firm in find(connection, typed, TODAY)]


def holders(house: House) -> int:
    tiers = ask_count(house, TODAY, None)["tiers"]
    return sum(row["firms_valid"] for row in tiers if row["tier"] == "srdi")


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


# The two clocks -----------------------------------------------------------------------------------------


def test_what_was_known_before_a_merge_is_blind_to_it_and_after_a_split_it_is_still_known(
    house: House, time: Time
) -> None:
    two(house)
    file_rows(house, "titles", [title(A), title(B)], "titles.csv")
    time.pass_days(1)
    merge(house, B, A, "test", yes=True)
    time.pass_days(1)
    split(house, B, "test")
    for days, firms_then, shown in ((0, 2, B), (1, 1, A), (2, 2, B)):
        then = NOON + timedelta(days=days, hours=1)
        answer = ask_count(house, TODAY, then)["tiers"]
        assert sum(row["firms_valid"] for row in answer if row["tier"] == "srdi") == firms_then, days
        document = profile(house, B, known_at=then)
        assert document is not None
        assert document["uscc"] == shown
        assert ("merged_codes" in document) == (shown == A)


def test_a_backup_keeps_merges(house: House, tmp_path: Path) -> None:
    firms(house, a="济南甲有限公司", b="济南乙有限公司", c="济南丙有限公司")
    merge(house, B, A, "test", "同一法定代表人", yes=True)
    merge(house, C, A, "test", yes=True)
    split(house, C, "test")
    before = contents(house)
    backup(house.store, tmp_path / "copy.backup")
    copy = open_test_house(f"sqlite:///{tmp_path / 'restored.sqlite'}", tmp_path)
    restore(copy.store, tmp_path / "copy.backup")
    assert contents(copy) == before
    assert check(copy) == []
    split(copy, B, "test")
    assert {row[0] for row in contents(copy)["enterprise"]} == {A, B, C}
    merge(copy, C, A, "test", yes=True)
    copy.store.dispose()


# Speed --------------------------------------------------------------------------------------------------


def queries_of(house: House, act: Any) -> list[str]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(house.store.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(house.store.engine, "before_cursor_execute", note)
    return seen


def test_a_filing_asks_once_for_merges_and_the_number_of_merged_firms_changes_no_number_of_queries(
    house: House,
) -> None:
    rows = [{"uscc": code(n), "name": f"济南{n}机械有限公司"} for n in range(1, 61)]
    file_rows(house, "enterprises", rows, "firms.csv")

    def filed(name: str) -> list[str]:
        titles = [title(code(n), name) for n in range(1, 61)]
        return queries_of(house, lambda: file_rows(house, "titles", titles, f"{name}.csv"))

    filed("0")
    without = filed("1")
    assert sum("FROM merge" in query for query in without) == 1
    merge(house, code(2), code(1), "test", yes=True)
    one = filed("2")
    for n in range(4, 61, 2):
        merge(house, code(n), code(n - 1), "test", yes=True)
    many = filed("3")
    assert sum("FROM merge" in query for query in many) == 1
    assert len(one) == len(many)
    assert len(many) == len(without) + 1


# Whatever is filed, in whatever order -------------------------------------------------------------------

FIRM = st.sampled_from([A, B, C])
NAMES = st.sampled_from(["济南甲有限公司", "济南乙有限公司", "济南丙有限公司"])
DAY = st.sampled_from(["2020-01-01", "2024-06-30", "2026-02-01"])
ENTERPRISE = {"uscc": FIRM, "name": NAMES}
MORE = {
    "industry": st.sampled_from(["C39", "I65", "清空"]),
    "district": st.sampled_from(["历下区", "历城区", "清空"]),
    "former_names": st.sampled_from(["济南丁有限公司", "清空"]),
    "short_name": st.sampled_from(["甲", "乙"]),
}
TITLE = {"uscc": FIRM, "tier": st.sampled_from(["srdi", "innovative_sme"]), "batch": st.sampled_from("12")}
DATES = {"issued_on": st.sampled_from(["2022-05-01", "2024-05-01"])}
LATER = {"valid_to": st.sampled_from(["2025-12-31", "2027-04-30"]), "revoked_on": st.just("2025-03-01")}
EVIDENCE = {"uscc": FIRM, "invention_patents": st.sampled_from(["1", "2", "清空"])}
YEAR = {
    "uscc": FIRM,
    "year": st.sampled_from(["2023", "2024"]),
    "revenue": st.sampled_from(["100", "300000000"]),
}


def lists(kind: str, rows: Any) -> Any:
    return st.tuples(st.just(kind), st.lists(rows, min_size=1, max_size=4))


ANY = st.lists(
    st.one_of(
        lists("enterprises", st.fixed_dictionaries(ENTERPRISE, optional={**MORE, "effective_on": DAY})),
        lists("titles", st.fixed_dictionaries(TITLE, optional={**DATES, **LATER})),
        lists("evidence", st.fixed_dictionaries(EVIDENCE, optional={"effective_on": DAY})),
        lists("figures", st.fixed_dictionaries(YEAR)),
    ),
    max_size=4,
)
#: Rows that say themselves from when they hold, so that what else is held makes no difference to what they say.
WHOLE = st.lists(
    st.one_of(
        lists("enterprises", st.fixed_dictionaries({**ENTERPRISE, "effective_on": DAY}, optional={
            key: value for key, value in MORE.items() if key != "former_names"})),
        lists("titles", st.fixed_dictionaries({**TITLE, **DATES, "valid_to": LATER["valid_to"]})),
        lists("evidence", st.fixed_dictionaries({**EVIDENCE, "effective_on": DAY})),
        lists("figures", st.fixed_dictionaries(YEAR)),
    ).map(lambda each: (each[0], each[1][:1])),
    max_size=4,
)  # fmt: skip
law = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
FOUNDING = [{"uscc": uscc, "name": f"济南{n}有限公司"} for uscc, n in ((A, "甲"), (B, "乙"), (C, "丙"))]


def empty(house: House) -> None:
    names = [kind.table.name for kind in house.kinds.all]
    more = ["known_name", "standing", "count_cache", "statement", "problem", "filing_row", "filing", "merge"]
    with house.store.write("test") as unit:
        for name in [*names, *more]:
            unit.connection.execute(text(f"delete from {name}"))


def start(house: House, before: Any) -> None:
    empty(house)
    file_rows(house, "enterprises", FOUNDING, "founding.csv")
    file_all(house, before, "before")


def file_all(house: House, filings: Any, when: str) -> None:
    for number, (kind, rows) in enumerate(filings):
        file_rows(house, kind, rows, f"{when}{number}.csv", yes=True)


@law
@given(before=ANY, between=WHOLE, after=ANY)
def test_merged_and_split_is_as_if_never_merged(house: House, before: Any, between: Any, after: Any) -> None:
    def told(merged: bool) -> dict[str, Any]:
        start(house, before)
        if merged:
            merge(house, B, A, "test", yes=True)
            assert check(house) == []
        file_all(house, between, "between")
        assert check(house) == []
        if merged:
            split(house, B, "test")
            assert check(house) == []
        file_all(house, after, "after")
        assert check(house) == []
        return numbered(house)

    assert told(True) == told(False)


def numbered(house: House) -> dict[str, Any]:
    """All tables, with filings numbered from one."""
    with house.store.read() as connection:
        first = connection.execute(text("select min(id) from filing")).scalar_one() - 1
        found: dict[str, Any] = {}
        for kind in house.kinds.all:
            rows = connection.execute(select(kind.table)).mappings()
            found[kind.id] = sorted(
                str({key: value - first if key == "filing" else value for key, value in row.items()})
                for row in rows
            )
        found["names"] = sorted(map(str, connection.execute(select(KNOWN_NAME))))
        found["standing"] = contents(house)["standing"]
        return found


@law
@given(before=ANY, between=ANY, data=st.data())
def test_whatever_is_filed_and_withdrawn_while_merged_the_tables_are_the_fold(
    house: House, tmp_path: Path, before: Any, between: Any, data: st.DataObject
) -> None:
    start(house, before)
    apart = contents(house)
    with house.store.read() as connection:
        then = house.store.last_write(connection)
    merge(house, B, A, "test", yes=True)
    assert check(house) == []
    file_all(house, between, "between")
    assert check(house) == []
    with house.store.read() as connection:
        ids = connection.execute(text("select id from filing order by id")).scalars().all()
    withdraw(house, data.draw(st.sampled_from(ids)), "test", yes=True)
    assert check(house) == []
    assert B not in {row[0] for rows in contents(house).values() for row in rows}
    assert then is not None
    folder = tmp_path / str(then.timestamp())
    everything = dict.fromkeys(kind.record for kind in house.kinds.all)
    with known(house.store, house.kinds.all, lambda c: house.after_fold(c, everything), then, folder) as view:
        for kind in house.kinds.all:
            rows = {tuple(map(str, row)) for row in view.execute(select(kind.table))}
            assert rows == apart[kind.table.name]
    try:
        split(house, B, "test")
    except RefusedError as refused:
        assert "nothing on record names" in str(refused)  # noqa: PT017
    assert check(house) == []
