"""Names stand on record as they were written; the shape of brackets and the width of letters are no news."""

from __future__ import annotations

import pytest

from registry.find import find
from registry.house import House
from tests.registry.house import code, file_rows
from tests.registry.test_decisions import rows

WIDE = "济南样例（集团）有限公司"
NARROW = "济南样例(集团)有限公司"


@pytest.mark.parametrize("written", [WIDE, NARROW])
def test_brackets_stay_as_typed_and_either_form_finds_the_firm(house: House, written: str) -> None:
    file_rows(house, "enterprises", [{"uscc": code(1), "name": f" {written}\u3000", "district": "历下区"}])
    assert [row["name"] for row in rows(house, "enterprises")] == [written]
    for asked in (WIDE, NARROW):
        with house.store.read() as connection:
            assert [hit["uscc"] for hit in find(connection, asked, house.clock.today())] == [code(1)]


def test_other_brackets_change_nothing(house: House) -> None:
    file_rows(house, "enterprises", [{"uscc": code(1), "name": WIDE, "district": "历下区"}])
    again = file_rows(house, "enterprises", [{"uscc": code(1), "name": NARROW, "district": "历下区"}])
    assert again.fates["unchanged"] == 1
    assert [row["name"] for row in rows(house, "enterprises")] == [WIDE]


def test_rows_of_one_file_that_differ_in_brackets_agree(house: House) -> None:
    outcome = file_rows(
        house,
        "enterprises",
        [{"uscc": code(1), "name": name, "district": "历下区"} for name in (WIDE, NARROW)],
    )
    assert (outcome.fates["accepted"], outcome.fates["unchanged"], outcome.fates["review"]) == (1, 1, 0)


def test_one_batch_in_two_kinds_of_brackets_is_one_title(house: House) -> None:
    file_rows(house, "enterprises", [{"uscc": code(1), "name": WIDE, "district": "历下区"}])
    title = {"uscc": code(1), "tier": "srdi", "level": "provincial", "issued_on": "2024-06-01"}
    file_rows(house, "titles", [{**title, "batch": "2024年（第一批）"}])
    again = file_rows(house, "titles", [{**title, "batch": "2024年(第一批)"}])
    assert again.fates["unchanged"] == 1
    assert [row["batch"] for row in rows(house, "titles")] == ["2024年（第一批）"]


def test_full_width_letters_and_digits_become_the_usual_ones(house: House) -> None:
    name = "济南ＡＢ１２（科技）有限公司"
    file_rows(house, "enterprises", [{"uscc": code(1), "name": name, "district": "历下区"}])
    assert [row["name"] for row in rows(house, "enterprises")] == ["济南AB12（科技）有限公司"]
