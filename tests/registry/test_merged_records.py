"""What was filed with, or attached to, a code that leads to another firm is that firm's, on every page of it."""

from __future__ import annotations

import io
from typing import Any

import pytest

from registry.documents import Attached, attach, document_of, documents_of, remove
from registry.editing import Act, Sheet, Typed, file_form, gather, key_at, lay_out
from registry.house import House
from registry.merging import merge, split
from registry.show import show
from registry.versions import version
from tests.registry.house import code, file_rows

KEPT, LED = code(1), code(2)


@pytest.fixture
def house(house: House) -> House:
    firms = [{"uscc": KEPT, "name": "济南甲机械有限公司", "district": "历下区", "products": None},
             {"uscc": LED, "name": "济南甲机械有限公司", "district": "历下区", "products": "机床"}]  # fmt: skip
    file_rows(house, "enterprises", firms, "firms.csv")
    return house


def titled(house: House) -> int:
    row = {"uscc": LED, "tier": "srdi", "level": "provincial", "batch": "9", "issued_on": "2025-06-01"}
    filed = file_rows(house, "titles", [row], "titles.csv").filing
    merge(house, LED, KEPT, "desk", yes=True)
    return filed or 0


def titles_in(house: House, uscc: str) -> int:
    with house.store.read() as connection:
        return len(version(house, connection, uscc, house.clock.today(), None).get("title", {}))


def sheet_of(house: House, kind: str, filing: int = 0) -> Sheet:
    wanted = house.kinds.by_id[kind]
    with house.store.read() as connection:
        key = key_at(connection, wanted, KEPT, filing, 2) if filing else None
        return lay_out(connection, wanted, KEPT, key, house.clock.today().isoformat())


def test_versions_and_exports_hold_what_was_filed_with_the_other_code(house: House) -> None:
    titled(house)
    assert titles_in(house, KEPT) == 1
    split(house, LED, "desk")
    assert (titles_in(house, KEPT), titles_in(house, LED)) == (0, 1)


def test_a_form_shows_and_changes_what_was_filed_with_the_other_code(house: House) -> None:
    sheet = sheet_of(house, "titles", titled(house))
    assert sheet.by_id["batch"].value == "9"
    assert sheet_of(house, "enterprises").by_id["products"].value == "机床"
    was = {cell.field.id: cell.was for cell in sheet.cells}
    typed = {cell.field.id: cell.text for cell in sheet.cells} | {"certificate": "甲1"}
    done = file_form(house, sheet, gather(sheet, Typed(typed, was)), Act("clerk", "form: titles"))
    assert done.filing is not None
    with house.store.read() as connection:
        found: Any = show(house, connection, KEPT, house.clock.today(), None, "")
    assert [(one["batch"], one["certificate"]) for one in found["titles"]] == [("9", "甲1")]


def test_a_document_of_the_other_code_is_the_firms(house: House) -> None:
    id = attach(house, LED, Attached(io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "certificate.pdf"), "desk")
    merge(house, LED, KEPT, "desk", yes=True)
    with house.store.read() as connection:
        assert [row.id for row in documents_of(connection, KEPT)] == [id]
        assert document_of(connection, KEPT, id) is not None
    assert remove(house, KEPT, id, "desk")
    split(house, LED, "desk")
    with house.store.read() as connection:
        assert documents_of(connection, KEPT, removed=True) == []
        assert [row.id for row in documents_of(connection, LED, removed=True)] == [id]
