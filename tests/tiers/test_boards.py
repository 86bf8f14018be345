"""A bare 主板 is the main board of the exchange behind the code, and of nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.registry.house import code, file_rows, open_test_house
from tiers.boards import is_vague, main_board


@pytest.mark.parametrize(
    ("typed", "board"),
    [
        ("603221.SH", "sse_main"),
        ("002608.sz", "szse_main"),
        (" ６００００１．ＳＨ ", "sse_main"),
        ("0700.HK", "hkex"),
        ("830799.BJ", None),
        ("603221", None),
        ("", None),
        ("SH", None),
    ],
)
def test_the_exchange_behind_a_code_has_one_main_board(typed: str, board: str | None) -> None:
    assert main_board(typed) == board


def test_only_bare_words_are_vague() -> None:
    assert is_vague("主板")
    assert is_vague("Main board")
    assert not is_vague("沪市主板")
    assert not is_vague("科创板")


def test_a_bare_main_board_is_read_by_the_code_and_refused_without_one(
    sqlite_url: str, tmp_path: Path
) -> None:
    house = open_test_house(sqlite_url, tmp_path)
    file_rows(house, "enterprises", [{"uscc": code(n), "name": f"济南{n}股份有限公司"} for n in range(1, 7)])
    typed = [("主板", "603221.SH"), ("主板", "000001.SZ"), ("主板", "603222"), ("主板", None), ("创业板", "300001.SZ"),
             ("甲板", "600003.SH")]  # fmt: skip
    rows = [
        {"uscc": code(n), "board": board, "code": stock, "stage": "上市", "stage_on": "2020-01-01"}
        for n, (board, stock) in enumerate(typed, start=1)
    ]
    said = file_rows(house, "listings", rows)
    assert said.fate_of == {
        2: "accepted",
        3: "accepted",
        4: "refused",
        5: "refused",
        6: "accepted",
        7: "refused",
    }
    assert [(row, note.field, note.code, note.value) for row, note in said.problems] == [
        (4, "board", "value_unknown", "主板"),
        (5, "board", "value_unknown", "主板"),
        (7, "board", "value_unknown", "甲板"),
    ]
    with house.store.read() as connection:
        table = house.kinds.by_id["listings"].table
        held = sorted(row.board for row in connection.execute(table.select()))
    assert held == ["sse_main", "szse_chinext", "szse_main"]
    house.store.dispose()


def test_a_whole_list_may_say_main_board_once(sqlite_url: str, tmp_path: Path) -> None:
    house = open_test_house(sqlite_url, tmp_path)
    file_rows(house, "enterprises", [{"uscc": code(1), "name": "济南一股份有限公司"}])
    row = {"uscc": code(1), "code": "603221.SH", "stage": "listed", "stage_on": "2020-01-01"}
    assert file_rows(house, "listings", [row], sets={"board": "主板"}).fates["accepted"] == 1
    house.store.dispose()
