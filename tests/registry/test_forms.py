"""What is typed into a form is read, checked and filed like a list."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from registry.filing import Outcome, file_list
from registry.forms import listed_from_form
from registry.house import House
from registry.intake.headers import HeaderError
from registry.refusals import MisusedError
from tests.registry.house import code, file_rows, table

FIRMS = [{"uscc": code(n), "name": f"济南{n}机械有限公司", "district": "历下区"} for n in (1, 2)]


@pytest.fixture
def house(house: House) -> House:
    file_rows(house, "enterprises", FIRMS)
    return house


def say(house: House, kind: str, rows: list[dict[str, str]], **options: Any) -> Outcome:
    return file_list(
        house, listed_from_form(house, house.kinds.by_id[kind], rows, "表单", options), "web:test"
    )


def profile(house: House, number: int) -> dict[str, Any]:
    """The firm's profile as it holds last."""
    e = house.kinds.by_id["enterprises"].table
    with house.store.read() as connection:
        rows = connection.execute(select(e).where(e.c.uscc == code(number)).order_by(e.c.from_day)).mappings()
        return dict(rows.all()[-1])


def test_words_are_read_as_in_a_list(house: House) -> None:
    outcome = say(
        house, "enterprises", [{"uscc": code(1), "industry": "2912", "registered_capital": "3000万元"}]
    )
    assert outcome.fates["accepted"] == 1
    assert profile(house, 1)["industry"] == "C2912"
    assert profile(house, 1)["registered_capital"] == "30000000"


def test_a_bare_number_is_yuan(house: House) -> None:
    say(house, "figures", [{"uscc": code(1), "year": "2024", "revenue": "1250"}])
    assert any("1250" in row for row in table(house, "figures"))


def test_rows_are_numbered_from_one_and_keep_what_was_typed(house: House) -> None:
    outcome = say(
        house, "enterprises", [{"uscc": code(1), "status": "注销"}, {"uscc": "91", "status": "注销"}]
    )
    assert [(row, note.field) for row, note in outcome.problems] == [(2, "uscc")]
    listed = listed_from_form(
        house, house.kinds.by_id["enterprises"], [{"uscc": code(1), "name": "甲"}], "表单"
    )
    assert listed.cells_of(listed.rows[0]) == {"uscc": code(1), "name": "甲"}


def test_the_same_words_speak_again_after_somebody_said_otherwise(house: House) -> None:
    for ownership in ("国有", "民营", "国有"):
        assert say(house, "enterprises", [{"uscc": code(1), "ownership": ownership}]).fates["accepted"] == 1
    assert profile(house, 1)["ownership"] == "state"


def test_one_value_and_one_meaning_for_all_rows(house: House) -> None:
    sets = {"district": "历城区", "effective_on": "2025-01-01"}
    say(house, "enterprises", [{"uscc": code(1)}, {"uscc": code(2)}], set=sets)
    assert {profile(house, n)["district"] for n in (1, 2)} == {"370112"}
    assert str(profile(house, 1)["from_day"]) == "2025-01-01"


def test_a_field_that_is_none_is_refused_by_name(house: House) -> None:
    with pytest.raises(MisusedError, match="colour"):
        listed_from_form(
            house, house.kinds.by_id["enterprises"], [{"uscc": code(1), "colour": "red"}], "表单"
        )


def test_an_unreadable_value_for_all_rows_is_refused(house: House) -> None:
    with pytest.raises(HeaderError, match="Effective on"):
        say(house, "enterprises", [{"uscc": code(1)}], set={"effective_on": "soon"})
