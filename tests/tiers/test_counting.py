"""Numbers and the lists behind them agree, also in the corners: pending reviews, complete lists, views of two registers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import select

from registry.house import House
from registry.store.models import FilingRow
from tests.registry.house import NOON, Time, code, file_rows, open_test_house
from tiers.asking import ask_count, ask_firms
from tiers.models import AboveScale

FIRMS = [{"uscc": code(n), "name": f"济南{n}机械有限公司", "district": "历下区"} for n in range(1, 41)]


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    house = open_test_house(database_url, tmp_path, review={"include_review_pending": True})
    file_rows(house, "enterprises", FIRMS)
    yield house
    house.store.dispose()


def title(number: int, **more: str) -> dict[str, str]:
    return {"uscc": code(number), "tier": "srdi", "issued_on": "2022-07-01", "valid_to": "2025-06-30", **more}


def review(number: int, stage_on: str) -> dict[str, str]:
    return {
        "uscc": code(number),
        "tier": "srdi",
        "purpose": "review",
        "round": stage_on[:4],
        "stage": "filed",
        "stage_on": stage_on,
    }


def test_a_pending_firm_is_in_the_total_the_breakdown_and_the_list(house: House) -> None:
    file_rows(house, "titles", [title(1), title(2)])
    file_rows(house, "applications", [review(1, "2025-06-01")])
    day = date(2025, 8, 1)
    document = ask_count(house, day, None, by="area")
    total = next(t for t in document["targets"] if t["id"] == "quality-firms")
    assert (total["value"], total["review_pending"]) == (1, 1)
    assert sum(row["targets"]["quality-firms"]["value"] for row in document["by"]) == 1
    assert [firm["uscc"] for firm in ask_firms(house, day, None, "quality-firms")] == [code(1)]


def test_a_review_of_an_earlier_term_keeps_no_later_one_pending(house: House) -> None:
    """The review of 2022 was answered by the title of 2022; nobody filed its last stage."""
    file_rows(house, "titles", [title(1, basis="review")])
    file_rows(house, "applications", [review(1, "2022-03-01")])
    (tier,) = ask_count(house, date(2025, 8, 1), None)["tiers"]
    assert tier["review_pending"] == 0


def members(house: House) -> dict[str, date | None]:
    table = AboveScale.__table__  # type: ignore[attr-defined]
    with house.store.read() as connection:
        return {row.uscc: row.left_on for row in connection.execute(table.select())}


def test_the_same_complete_list_again_changes_nothing(house: House) -> None:
    listed = [{"uscc": firm["uscc"], "entered_on": "2023-01-01"} for firm in FIRMS]
    file_rows(house, "above-scale", listed)
    for _again in range(2):
        file_rows(house, "above-scale", listed[1:], "complete.csv", complete_on="2024-01-01")
        assert [uscc for uscc, left in members(house).items() if left] == [code(1)]
    programme = [{"uscc": code(n), "programme": "倍增", "entered_on": "2023-01-01"} for n in (1, 2)]
    for fates in ("accepted", "unchanged"):
        assert file_rows(house, "doubling", programme, "d.csv", complete_on="2024-01-01").fates[fates] == 2


def test_nobody_leaves_a_complete_list_because_of_a_doubt(house: House) -> None:
    file_rows(house, "above-scale", [{"uscc": firm["uscc"], "entered_on": "2023-01-01"} for firm in FIRMS])
    listed = [{"uscc": firm["uscc"]} for firm in FIRMS[1:]] + [
        {"name": FIRMS[0]["name"], "district": "天桥区"}
    ]
    done = file_rows(house, "above-scale", listed, complete_on="2024-01-01")
    assert done.fates["review"] == 1
    assert set(members(house).values()) == {None}


def test_a_name_is_read_with_the_place_of_the_lists_day(house: House) -> None:
    file_rows(
        house,
        "enterprises",
        [{"uscc": code(1), "district": "历城区", "effective_on": "2025-01-01"}],
        "move.csv",
    )
    for place, issued in (("历下区", "2022-05-01"), ("历城区", "2025-05-01")):
        listed = [{"name": FIRMS[0]["name"], "district": place, "tier": "srdi", "issued_on": issued}]
        assert file_rows(house, "titles", listed, f"{issued}.csv").fates["accepted"] == 1


def test_the_same_file_read_as_of_another_day_says_something_else(house: House) -> None:
    rows = [{"uscc": code(1), "niche": "阀门"}]
    file_rows(house, "enterprises", rows, "n.csv", sets={"effective_on": "2024-01-01"})
    file_rows(
        house, "enterprises", [{"uscc": code(1), "niche": "泵"}], "m.csv", sets={"effective_on": "2024-06-01"}
    )
    assert (
        file_rows(house, "enterprises", rows, "n.csv", sets={"effective_on": "2025-01-01"}).fates["accepted"]
        == 1
    )


def test_two_registers_with_one_clock_and_folder_keep_their_views_apart(tmp_path: Path) -> None:
    found = []
    for number in (1, 2):
        time = Time()
        house = open_test_house(f"sqlite:///{tmp_path / f'{number}.sqlite'}", tmp_path / "var", time)
        file_rows(house, "enterprises", FIRMS[:number])
        file_rows(house, "titles", [title(n, valid_to="2027-06-30") for n in range(1, number + 1)])
        then = time.now
        time.pass_days(1)
        file_rows(house, "enterprises", FIRMS, "later.csv")
        found.append(ask_count(house, date(2026, 3, 1), NOON.replace(hour=12))["quality"]["firms_valid"])
        assert then == NOON
        house.store.dispose()
    assert found == [1, 2]


def test_counting_does_not_wait_for_a_writer(house: House) -> None:
    if not house.store.is_sqlite:
        return  # readers never wait for writers there
    go, held = Event(), Event()

    def write() -> None:
        with house.store.write("slow"):
            held.set()
            go.wait(20)

    writer = Thread(target=write)
    writer.start()
    held.wait(5)
    start = time.perf_counter()
    ask_count(house, date(2025, 8, 1), None)
    waited = time.perf_counter() - start
    go.set()
    writer.join()
    assert waited < 10


def test_absurd_numbers_are_refused_cell_by_cell(house: House) -> None:
    rows = [
        {"uscc": code(1), "year": 2024, "revenue": "1e30元", "employees": 12},
        {"uscc": code(2), "year": 2024, "revenue": "99999999999999999999", "employees": "1e12"},
        {"uscc": code(3), "year": 2024, "revenue": 1e300, "net_profit": "-5000"},
    ]
    done = file_rows(house, "figures", rows)
    assert {note.code for _row, note in done.problems} <= {"number_unreadable"}
    assert done.fates["accepted"] == 2
    with house.store.read() as connection:
        fates = connection.execute(select(FilingRow.__table__.c.fate)).scalars().all()  # type: ignore[attr-defined]
    assert fates.count("refused") == 1
