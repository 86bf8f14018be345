"""Merged and split over time: both clocks, backups, what it costs, and whatever is filed in whatever order."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, text

from registry.house import House
from registry.merging import merge, split
from registry.refusals import RefusedError
from registry.store.backup import backup, restore
from registry.store.known import known
from registry.subjects import KNOWN_NAME
from registry.withdrawal import withdraw
from tests.registry.house import NOON, Time, code, file_rows, open_test_house
from tests.registry.merged_firms import (
    TODAY,
    A,
    B,
    C,
    check,
    contents,
    firms,
    profile,
    title,
    two,
)
from tiers.asking import ask_count

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
    max_examples=8,
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
