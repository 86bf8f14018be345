"""What must hold whatever is filed, in whatever order: the laws of the store, checked by generated histories."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from registry.house import House
from registry.store.known import faults, known
from registry.waiting import FILING
from registry.withdrawal import withdraw
from tests.registry.house import Time, code, file_rows, open_test_house, table

NAMES = st.sampled_from(["甲", "乙", "丙"])
FIRM = st.integers(1, 3)
DAYS = st.sampled_from([None, "2020-01-01", "2024-06-30", "2026-02-01"])
ENTERPRISE_ROW = st.fixed_dictionaries(
    {"uscc": FIRM.map(code), "name": NAMES.map(lambda n: f"济南{n}有限公司")},
    optional={
        "industry": st.sampled_from(["C39", "I65", "清空"]),
        "district": st.sampled_from(["历下区", "历城区", "清空"]),
        "effective_on": DAYS,
        "former_names": st.sampled_from(["济南丁有限公司", "清空"]),
    },
)
TITLE_ROW = st.fixed_dictionaries(
    {
        "uscc": FIRM.map(code),
        "tier": st.sampled_from(["srdi", "innovative_sme"]),
        "batch": st.sampled_from(["1", "2"]),
    },
    optional={
        "issued_on": st.sampled_from(["2022-05-01", "2024-05-01"]),
        "valid_to": st.sampled_from(["2025-12-31", "2027-04-30"]),
        "revoked_on": st.sampled_from(["2025-03-01"]),
    },
)
FILINGS = st.lists(
    st.one_of(
        st.tuples(st.just("enterprises"), st.lists(ENTERPRISE_ROW, min_size=1, max_size=4)),
        st.tuples(st.just("titles"), st.lists(TITLE_ROW, min_size=1, max_size=4)),
    ),
    min_size=1,
    max_size=6,
)
KINDS = ("enterprises", "titles", "figures")
fixture_once = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def empty(house: House) -> None:
    with house.store.write("test") as unit:
        tables = [kind.table.name for kind in house.kinds.all]
        for name in [
            *tables,
            "known_name",
            "standing",
            "count_cache",
            "statement",
            "problem",
            "filing_row",
            "filing",
        ]:
            unit.connection.execute(text(f"delete from {name}"))


def file_all(house: House, filings: list[tuple[str, list[dict[str, Any]]]]) -> list[int]:
    ids = []
    for number, (kind, rows) in enumerate(filings):
        filed = file_rows(house, kind, rows, f"{number}.csv", yes=True).filing
        assert filed is not None
        ids.append(filed)
    return ids


def check(house: House) -> list[str]:
    everything = dict.fromkeys(kind.record for kind in house.kinds.all)
    return list(faults(house.store, house.kinds.all, lambda c: house.after_fold(c, everything)))


@fixture_once
@given(filings=FILINGS, data=st.data())
def test_the_tables_are_the_fold_of_the_statements(house: House, filings: Any, data: st.DataObject) -> None:
    empty(house)
    ids = file_all(house, filings)
    assert check(house) == []
    withdraw(house, data.draw(st.sampled_from(ids)), "test", yes=True)
    assert check(house) == []


@fixture_once
@given(before=FILINGS, wrong=FILINGS.map(lambda f: f[:1]))
def test_withdrawing_leaves_what_was_there_before(house: House, before: Any, wrong: Any) -> None:
    empty(house)
    file_all(house, before)
    held = {kind: table(house, kind) for kind in KINDS}
    filed = file_rows(house, wrong[0][0], wrong[0][1], "wrong.csv").filing
    assert filed is not None
    withdraw(house, filed, "test", yes=True)
    assert {kind: table(house, kind) for kind in KINDS} == held


@fixture_once
@given(before=FILINGS, again=FILINGS.map(lambda f: f[:1]))
def test_withdrawing_and_filing_again_is_as_if_never_withdrawn(house: House, before: Any, again: Any) -> None:
    empty(house)
    file_all(house, before)
    kind, rows = again[0]
    first = file_rows(house, kind, rows, "again.csv")
    held = {kind: table(house, kind) for kind in KINDS}
    assert first.filing is not None
    withdraw(house, first.filing, "test", yes=True)
    second = file_rows(house, kind, rows, "again.csv")
    assert {kind: table(house, kind) for kind in KINDS} == held
    assert second.fates == first.fates


@fixture_once
@given(before=FILINGS, later=FILINGS)
def test_what_was_known_before_a_filing_is_blind_to_it(
    house: House, before: Any, later: Any, tmp_path: Path
) -> None:
    empty(house)
    ids = file_all(house, before)
    held = {kind: table(house, kind) for kind in KINDS}
    with house.store.read() as connection:
        then = connection.execute(select(FILING.c.recorded_at).where(FILING.c.id == ids[-1])).scalar_one()
    withdraw(house, file_all(house, later)[0], "test", yes=True)
    with known(house.store, house.kinds.all, lambda _c: None, then, tmp_path / str(then.timestamp())) as view:
        for kind in KINDS:
            found = house.kinds.by_id[kind].table
            columns = [c for c in found.columns if c.name not in ("filing", "row")]
            rows = {tuple(map(str, row)) for row in view.execute(found.select().with_only_columns(*columns))}
            assert rows == held[kind]


def test_filings_are_ordered_by_their_instants_even_when_the_clock_runs_backwards(
    database_url: str, tmp_path: Path
) -> None:
    time = Time(datetime(2026, 3, 1, tzinfo=UTC))
    house = open_test_house(database_url, tmp_path, time)
    for number in range(5):
        time.now -= timedelta(hours=number)
        file_rows(
            house, "enterprises", [{"uscc": code(number), "name": f"济南{number}公司"}], f"{number}.csv"
        )
    with house.store.read() as connection:
        instants = connection.execute(select(FILING.c.recorded_at).order_by(FILING.c.id)).scalars().all()
    assert instants == sorted(set(instants))
    house.store.dispose()
