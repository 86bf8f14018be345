"""Two versions of a firm: what differs, who said it, and that nothing else is called different."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from registry.house import House
from registry.versions import Compared, compare, version
from registry.withdrawal import withdraw
from tests.registry.house import Time, code, file_rows

TODAY = date(2026, 3, 1)


@pytest.fixture
def house(house: House) -> House:
    firm = {"uscc": code(1), "name": "济南甲机械有限公司", "district": "历下区", "products": "机床"}
    file_rows(house, "enterprises", [firm])
    file_rows(
        house, "titles", [{"uscc": code(1), "tier": "srdi", "batch": "2025", "issued_on": "2025-07-01"}]
    )
    return house


def compared(
    house: House,
    left: tuple[date, datetime | None],
    right: tuple[date, datetime | None],
) -> dict[str, Compared]:
    """The records that differ, by kind."""
    with house.store.read() as connection:
        one, other = (version(house, connection, code(1), *side) for side in (left, right))
    return {found.kind.id: found for found in compare(house, one, other) if found.mark != "same"}


def told(found: Compared) -> dict[str, tuple[object, object, str]]:
    return {
        line.field.id: (line.left and line.left.value, line.right and line.right.value, line.mark)
        for line in found.lines
        if line.mark != "same"
    }


def test_a_version_is_the_same_as_itself(house: House) -> None:
    assert compared(house, (TODAY, None), (TODAY, None)) == {}


def test_two_days_differ_by_what_changed_between_them(house: House) -> None:
    row = {"uscc": code(1), "name": "济南甲智能有限公司", "effective_on": "2026-02-01"}
    third = file_rows(house, "enterprises", [row]).filing
    found = compared(house, (date(2026, 1, 31), None), (date(2026, 2, 1), None))
    assert told(found["enterprises"]) == {
        "name": ("济南甲机械有限公司", "济南甲智能有限公司", "changed"),
        "former_names": (None, "济南甲机械有限公司", "only_right"),
    }
    name = next(line for line in found["enterprises"].lines if line.field.id == "name")
    assert name.left is not None
    assert name.right is not None
    assert (name.left.filing, name.right.filing) == (1, third)


def test_two_instants_differ_by_what_was_learnt_between_them(house: House, time: Time) -> None:
    time.pass_days(1)
    before = time.now
    time.pass_days(1)
    row = {"uscc": code(1), "tier": "srdi", "batch": "2025", "certificate": "ZS-1"}
    third = file_rows(
        house,
        "titles",
        [row, {"uscc": code(1), "tier": "gazelle", "level": "provincial", "issued_on": "2025-01-01"}],
    )
    after = time.now
    with house.store.read() as connection:
        records = compare(
            house,
            version(house, connection, code(1), TODAY, before),
            version(house, connection, code(1), TODAY, after),
        )
    marks = sorted((found.key.split("|")[1], found.mark) for found in records if found.kind.id == "titles")
    assert marks == [("gazelle", "only_right"), ("srdi", "changed")]
    srdi = next(found for found in records if found.mark == "changed")
    assert told(srdi) == {"certificate": (None, "ZS-1", "only_right")}
    valid_to = next(line for line in srdi.lines if line.field.id == "valid_to")
    assert valid_to.right is not None
    assert (valid_to.right.value, valid_to.right.filing) == ("2028-06-30", None)  # computed: nobody said it
    time.pass_days(1)
    assert third.filing is not None
    withdraw(house, third.filing, "test")
    assert compared(house, (TODAY, before), (TODAY, None)) == {}
    assert set(compared(house, (TODAY, after), (TODAY, None))) == {"titles"}
