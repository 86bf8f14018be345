"""Rows in review: what was typed is kept, one person decides, a decision can be taken back."""

from __future__ import annotations

import json
from threading import Barrier, Thread
from typing import Any

from sqlalchemy import select

from registry.decisions import Answer, decide
from registry.filings import waiting
from registry.house import House
from registry.personal import PERSONAL
from registry.refusals import RefusedError
from registry.waiting import FILING, FILING_ROW
from registry.withdrawal import withdraw
from tests.registry.house import code, file_rows

FIRMS = [{"uscc": code(n), "name": f"济南{n}机械有限公司", "district": "历下区"} for n in (1, 2)]


def rows(house: House, kind: str) -> list[dict[str, Any]]:
    with house.store.read() as connection:
        return [dict(row) for row in connection.execute(house.kinds.by_id[kind].table.select()).mappings()]


def counts(house: House, filing: int) -> tuple[int, ...]:
    f = FILING.c
    with house.store.read() as connection:
        return tuple(
            connection.execute(
                select(f.accepted, f.unchanged, f.review, f.refused).where(f.id == filing)
            ).one()
        )


def test_an_orphaned_row_keeps_its_yuan(house: House) -> None:
    firms = file_rows(house, "enterprises", FIRMS[:1]).filing
    figures = file_rows(house, "figures", [{"uscc": code(1), "year": 2024, "revenue": "1234万元"}]).filing
    assert firms is not None
    assert figures is not None
    withdraw(house, firms, "test", yes=True)
    assert rows(house, "figures") == []
    file_rows(house, "enterprises", FIRMS[:1], "again.csv")
    decide(house, figures, 2, Answer(take=True), "test")
    assert [row["revenue"] for row in rows(house, "figures")] == [12_340_000]


def test_a_decision_taken_back_returns_the_row_with_all_it_said(house: House) -> None:
    file_rows(house, "enterprises", FIRMS)
    title = {
        "name": "济南1机械有限公司",
        "district": "天桥区",
        "tier": "srdi",
        "batch": "2024",
        "issued_on": "2024-05-01",
    }
    filed = file_rows(house, "titles", [title]).filing
    assert filed is not None
    first = decide(house, filed, 2, Answer(uscc=code(1)), "test")
    held = [{**row, "filing": 0} for row in rows(house, "titles")]
    assert first is not None
    assert first.filing is not None
    withdraw(house, first.filing, "test")
    assert rows(house, "titles") == []
    assert counts(house, filed) == (0, 0, 1, 0)
    decide(house, filed, 2, Answer(take=True), "test")
    assert [{**row, "filing": 0} for row in rows(house, "titles")] == held
    assert counts(house, filed) == (1, 0, 0, 0)


def test_of_two_people_who_decide_one_row_one_is_told(house: House) -> None:
    file_rows(house, "enterprises", FIRMS)
    title = {"name": "济南1机械有限公司", "district": "天桥区", "tier": "srdi", "issued_on": "2024-05-01"}
    filed = file_rows(house, "titles", [title]).filing
    assert filed is not None
    start, told = Barrier(2), []

    def choose(number: int) -> None:
        start.wait()
        try:
            decide(house, filed, 2, Answer(uscc=code(number)), f"desk {number}")
        except RefusedError as error:
            told.append(str(error))

    desks = [Thread(target=choose, args=(number,)) for number in (1, 2)]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join()
    assert len(told) == 1
    assert len(rows(house, "titles")) == 1
    assert counts(house, filed) == (1, 0, 0, 0)


def test_personal_cells_of_a_row_that_waits_stand_apart_and_come_back(house: House) -> None:
    waits = {"uscc": code(7), "name": "", "contact_name": "王小明", "contact_phone": "13812345678"}
    filed = file_rows(house, "enterprises", [waits]).filing
    assert filed is not None
    with house.store.read() as connection:
        kept = connection.execute(
            select(FILING_ROW.c.cells).where(FILING_ROW.c.filing_id == filed)
        ).scalar_one()
        shown = json.dumps(
            [waiting(connection, filed, fate) for fate in ("review", "refused")], ensure_ascii=False
        )
        apart = set(connection.execute(select(PERSONAL.c.value)).scalars())
    for secret in ("王小明", "13812345678"):
        assert secret not in kept
        assert secret not in shown
        assert secret in apart


def test_a_share_decided_alone_keeps_the_columns_unit(house: House) -> None:
    file_rows(house, "enterprises", FIRMS)
    listed = [
        {"uscc": code(1), "market_share": "35"},
        {"name": "济南无此公司", "market_share": "0.5"},
    ]
    filed = file_rows(house, "evidence", listed).filing
    assert filed is not None
    decide(house, filed, 3, Answer(uscc=code(2)), "test")
    assert {row["uscc"]: row["market_share"] for row in rows(house, "evidence")} == {
        code(1): "0.35",
        code(2): "0.005",
    }
