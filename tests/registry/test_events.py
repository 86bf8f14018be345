"""Events of a firm by form: what they state, and that counts follow them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from registry.editing import NEEDED, NOTHING, Act, Proposal, file_form, lay_out, rehearse
from registry.events import EVENTS, NO_PLACE, SAME_FIRM, UNKNOWN_FIRM, gather
from registry.house import House
from registry.show import show
from registry.withdrawal import withdraw
from tests.registry.house import code, file_rows
from tiers.asking import ask_count

FIRM = {"uscc": code(1), "name": "济南甲机械有限公司", "district": "历下区", "area": "高新区", "street": "舜华路街道",
        "address": "济南市高新区舜华路1号", "status": "存续", "effective_on": "2015-01-01"}  # fmt: skip


@pytest.fixture
def house(house: House) -> House:
    file_rows(
        house, "enterprises", [FIRM, {"uscc": code(2), "name": "济南乙机械有限公司", "district": "历城区"}]
    )
    file_rows(
        house, "titles", [{"uscc": code(1), "tier": "srdi", "batch": "2025", "issued_on": "2025-07-01"}]
    )
    return house


def happen(house: House, event: str, day: str, *, dry: bool = False, **given: str) -> Proposal:
    kind = house.kinds.by_record["enterprise"]
    with house.store.read() as connection:
        sheet = lay_out(connection, kind, code(1), None, "2026-03-01")
        found = gather(house, connection, EVENTS[event], sheet, {**given, "effective_on": day})
    act = Act("clerk", f"form: {event}")
    return rehearse(house, sheet, found, act) if dry else file_form(house, sheet, found, act)


def profile(house: House, day: str) -> dict[str, Any]:
    with house.store.read() as connection:
        document = show(house, connection, code(1), date.fromisoformat(day), None, "")
    assert document is not None
    return {name: cell["value"] for name, cell in document["profile"].items()}


def counted(house: House, day: str) -> dict[str, int]:
    """Firms with a quality title by management unit."""
    document = ask_count(house, date.fromisoformat(day), None, None, "area")
    return {
        entry["name"]: entry["quality"]["firms_valid"]
        for entry in document["by"]
        if entry["quality"]["firms_valid"]
    }


def codes(found: Proposal) -> list[tuple[str | None, str]]:
    return [(field, what) for field, what, _note in found.errors]


def test_a_renamed_firm_keeps_its_old_name(house: House) -> None:
    assert happen(house, "rename", "2026-01-10", name="济南甲智能装备有限公司").filing is not None
    assert profile(house, "2026-01-09")["name"] == "济南甲机械有限公司"
    after = profile(house, "2026-01-10")
    assert (after["name"], after["former_names"]) == ("济南甲智能装备有限公司", "济南甲机械有限公司")


def test_a_firm_that_moves_is_counted_elsewhere_from_that_day(house: House) -> None:
    done = happen(house, "move", "2026-02-01", district="370112", address="济南市历城区工业北路2号")
    assert done.filing is not None, done
    assert {field.id: after for field, _before, after in done.changes} == {
        "district": "370112", "area": None, "street": None, "address": "济南市历城区工业北路2号",
    }  # fmt: skip
    assert counted(house, "2026-01-31") == {"济南高新技术产业开发区": 1}
    assert counted(house, "2026-02-01") == {"历城区": 1}
    withdraw(house, done.filing, "clerk")
    assert counted(house, "2026-02-01") == {"济南高新技术产业开发区": 1}


def test_a_firm_that_leaves_the_city_takes_its_district_with_it(house: House) -> None:
    assert happen(house, "move", "2026-02-01", city="青岛市").filing is not None
    after = profile(house, "2026-02-01")
    assert after["city"] == "370200"
    assert not {"district", "area", "street", "address"} & after.keys()
    assert counted(house, "2026-02-01") == {}
    assert counted(house, "2026-01-31") != {}


@pytest.mark.parametrize("status", ["cancelled", "revoked"])
def test_a_firm_struck_off_leaves_the_counts(house: House, status: str) -> None:
    assert happen(house, "strike-off", "2026-02-01", status=status).filing is not None
    assert profile(house, "2026-02-01")["status"] == status
    assert counted(house, "2026-01-31") != {}
    assert counted(house, "2026-02-01") == {}


def test_absorption_names_the_successor_and_passes_nothing_over(house: House) -> None:
    assert happen(house, "absorption", "2026-02-01", successor_uscc=code(2)).filing is not None
    after = profile(house, "2026-02-01")
    assert (after["status"], after["successor_uscc"]) == ("cancelled", code(2))
    with house.store.read() as connection:
        heir = show(house, connection, code(2), date(2026, 3, 1), None, "")
    assert heir is not None
    assert heir["titles"] == []
    assert counted(house, "2026-02-01") == {}


def test_events_say_what_they_lack(house: House) -> None:
    assert codes(happen(house, "rename", "")) == [("name", NEEDED), ("effective_on", NEEDED)]
    assert codes(happen(house, "rename", "2026-02-30", name="济南丙有限公司")) == [
        ("effective_on", "date_unreadable")
    ]
    assert codes(happen(house, "rename", "2026-02-01", name=FIRM["name"])) == [(None, NOTHING)]
    assert codes(happen(house, "move", "2026-02-01")) == [(None, NO_PLACE)]
    assert codes(happen(house, "move", "2026-02-01", city="某某地方")) == [("city", "district_unknown")]
    assert codes(happen(house, "strike-off", "2026-02-01", status="active")) == [("status", NEEDED)]
    assert codes(happen(house, "absorption", "2026-02-01", successor_uscc=code(9))) == [
        ("successor_uscc", UNKNOWN_FIRM)
    ]
    assert codes(happen(house, "absorption", "2026-02-01", successor_uscc=code(1))) == [
        ("successor_uscc", SAME_FIRM)
    ]
    assert codes(happen(house, "absorption", "2026-02-01", successor_uscc="9137")) == [
        ("successor_uscc", "uscc_damaged")
    ]


def test_a_look_files_nothing(house: House) -> None:
    found = happen(house, "rename", "2026-01-10", dry=True, name="济南甲智能装备有限公司")
    assert found.good
    assert found.filing is None
    assert profile(house, "2026-02-01")["name"] == "济南甲机械有限公司"
