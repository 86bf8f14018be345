"""The rules against tables that an official can read and check against the law's text; and the tables against the rules:
every number that an edition asks for is tried where it decides."""

from __future__ import annotations

import pytest

from tests.rules.edges import untouched
from tests.rules.tables import Row, answer, expected, files, rows
from tiers.rules.library import library


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{row.file}: {row.name}") for row in rows()])
def test_row(row: Row) -> None:
    if row.then == {"版本": "-"}:
        assert row.composed() is None
        return
    asked = row.asked()
    assert {target: answer(asked, target) for target in row.then} == {
        target: expected(text) for target, text in row.then.items()
    }


def test_every_number_of_every_edition_is_tried_where_it_decides() -> None:
    assert not (missed := untouched()), "\n".join(missed)


def test_every_edition_has_a_table() -> None:
    """A new edition comes with its table; what is not found in the law has none to compare with."""
    named = {row.file for row in rows()} | {path.stem for path in files()}
    spoken = {
        edition
        for row in rows()
        for edition in (row.file, *row.apply, *row.then.get("版本", "").split(" + "))
    }
    ids = {e.id for e in library().editions.values() if not e.groups}
    assert ids <= named | spoken
