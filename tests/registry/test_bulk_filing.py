"""One thing said of many firms: what the rehearsal shows is what is filed, and one withdrawal undoes it."""

from __future__ import annotations

from typing import Any

import pytest

from registry.bulk_filing import (
    NOT_YOURS,
    Act,
    ChangedError,
    Rehearsed,
    file_act,
    profile_fields,
    rehearse,
    tags,
)
from registry.filing import file_list
from registry.filings import filings
from registry.forms import listed_from_form
from registry.house import House
from registry.refusals import OvertakenError, RefusedError
from registry.saved_views import save_view
from registry.withdrawal import withdraw
from tests.registry.house import code, file_rows, table

BY = "web:ann"
TITLE = Act("titles", {"tier": "专精特新中小企业", "batch": "2026-1", "issued_on": "2026-01-01"})
MOVE = Act("enterprises", {"district": "历城区"}, "change", "2026-02-01")


@pytest.fixture
def house(house: House) -> House:
    places = {1: "历下区", 2: "历下区", 3: "历城区"}
    file_rows(
        house,
        "enterprises",
        [{"uscc": code(n), "name": f"济南{n}机械有限公司", "district": place} for n, place in places.items()],
    )
    return house


CODES = [code(n) for n in (1, 2, 3)]


def seen_by(house: House, act: Act, unit: str | None = None, codes: list[str] = CODES) -> Rehearsed:
    return rehearse(house, act, codes, unit, BY)


def confirm(house: House, act: Act, seen: Rehearsed, **options: Any) -> int:
    filing = file_act(house, act, seen, CODES, None, BY, "批量", options).filing
    assert filing is not None
    return filing


def test_a_rehearsal_says_what_changes_and_writes_nothing(house: House) -> None:
    before = table(house, "enterprises")
    seen = seen_by(house, MOVE)
    assert [(line[0], line[2]) for line in seen.changed] == [
        (code(n), [("district", "370102", "370112", None)]) for n in (1, 2)
    ]
    assert seen.changed[0][1] == "济南1机械有限公司"
    assert (seen.unchanged, seen.refused) == (1, [])
    assert table(house, "enterprises") == before


def test_one_filing_holds_the_firms_that_change_and_withdrawing_it_undoes_all(house: House) -> None:
    before = table(house, "enterprises")
    filing = confirm(house, MOVE, seen_by(house, MOVE), filter="place=370102")
    with house.store.read() as connection:
        newest = filings(connection)[0]
    assert (newest["id"], newest["rows"], newest["accepted"], newest["by"]) == (filing, 2, 2, BY)
    assert seen_by(house, MOVE).unchanged == 3
    withdraw(house, filing, BY)
    assert table(house, "enterprises") == before


def test_a_title_is_new_to_each_and_unchanged_the_second_time(house: House) -> None:
    seen = seen_by(house, TITLE)
    assert len(seen.changed) == 3
    said = {field: (before, after) for field, before, after, _later in seen.changed[0][2]}
    assert said["tier"] == (None, "srdi")
    assert said["level"] == (None, "provincial")
    confirm(house, TITLE, seen)
    assert len(table(house, "titles")) == 3
    again = seen_by(house, TITLE)
    assert (again.changed, again.unchanged) == ([], 3)
    with pytest.raises(RefusedError, match="nothing to file"):
        confirm(house, TITLE, again)


def test_a_title_held_shows_what_would_become_of_it(house: House) -> None:
    confirm(house, TITLE, seen_by(house, TITLE))
    longer = Act("titles", {**TITLE.values, "valid_to": "2028-06-30"})
    assert seen_by(house, longer).changed[0][2] == [("valid_to", "2028-12-31", "2028-06-30", None)]


def test_what_cannot_be_taken_is_left_out_with_its_reason(house: House) -> None:
    seen = seen_by(house, Act("titles", {"tier": "专精特新中小企业", "batch": "1"}))
    assert [why[0][0] for _code, _name, why in seen.refused] == ["term_missing"] * 3
    assert (seen.changed, seen.unchanged) == ([], 0)


def test_a_correction_takes_the_day_of_what_it_corrects(house: House) -> None:
    act = Act("enterprises", {"district": "历城区"}, "correction")
    confirm(house, act, seen_by(house, act))
    rows = [row for row in table(house, "enterprises") if row[0] == code(1)]
    assert len(rows) == 1  # no second span


def test_no_value_takes_a_value_away(house: House) -> None:
    act = Act("enterprises", {"district": "清空"}, "correction")
    assert seen_by(house, act).changed[2][2] == [("district", "370112", None, None)]


def test_others_filing_meanwhile_elsewhere_disturbs_nothing(house: House) -> None:
    seen = seen_by(house, MOVE)
    file_rows(house, "enterprises", [{"uscc": code(9), "name": "济南9机械有限公司"}], "other.csv")
    save_view(house, "web:bob", "视图", "tier=srdi")
    assert confirm(house, MOVE, seen)


def test_two_clerks_on_the_same_firms(house: House) -> None:
    """The second is shown again what the confirmation would do now, and nothing is written."""
    seen = seen_by(house, MOVE)
    file_rows(house, "enterprises", [{"uscc": code(1), "district": "市中区"}], "other.csv")
    before = table(house, "enterprises")
    with pytest.raises(ChangedError) as refused:
        confirm(house, MOVE, seen)
    assert table(house, "enterprises") == before
    assert refused.value.now.digest != seen.digest
    confirm(house, MOVE, refused.value.now)


def test_a_change_for_an_earlier_day_says_what_stands_after_it(house: House) -> None:
    file_rows(
        house,
        "enterprises",
        [{"uscc": code(1), "district": "市中区", "effective_on": "2026-02-15"}],
        "other.csv",
    )
    seen = seen_by(house, MOVE)
    assert seen.changed[0][2] == [("district", "370102", "370112", ("2026-02-15", "370103"))]
    assert seen.changed[1][2] == [("district", "370102", "370112", None)]


def test_a_list_made_upon_an_older_register_is_not_filed(house: House) -> None:
    """Whoever writes between look and lock is noticed under the lock."""
    with house.store.read() as connection:
        since = house.store.last_write(connection)
    file_rows(house, "enterprises", [{"uscc": code(9), "name": "济南后来机械有限公司"}], "later.csv")
    listed = listed_from_form(
        house, house.kinds.by_id["enterprises"], [{"uscc": code(1), "status": "注销"}], "表单"
    )
    with pytest.raises(OvertakenError):
        file_list(house, listed, BY, since=since)
    with house.store.read() as connection:
        assert len(filings(connection)) == 2


def test_an_officer_changes_firms_of_the_own_unit_only(house: House) -> None:
    seen = seen_by(house, TITLE, unit="370102")
    assert [line[0] for line in seen.changed] == [code(1), code(2)]
    assert seen.refused == [(code(3), "", [(NOT_YOURS, None, None, None)])]
    file_act(house, TITLE, seen, CODES, "370102", BY, "批量", {})
    assert len(table(house, "titles")) == 2


def test_a_firm_that_moves_away_before_the_confirmation_is_not_written(house: House) -> None:
    seen = seen_by(house, TITLE, unit="370102")
    file_rows(house, "enterprises", [{"uscc": code(2), "district": "历城区"}], "move.csv")
    with pytest.raises(ChangedError):
        file_act(house, TITLE, seen, CODES, "370102", BY, "批量", {})
    assert table(house, "titles") == set()


def test_nobody_s_firms_are_nobody_s(house: House) -> None:
    seen = seen_by(house, TITLE, codes=[code(77)])
    assert (seen.changed, len(seen.refused)) == ([], 1)


def test_what_can_be_said_of_many_follows_from_the_kinds(house: House) -> None:
    assert {kind.id for kind in tags(house)} == {
        "titles", "honours", "applications", "listings", "above-scale", "doubling", "roles", "offers", "actions"
    }  # fmt: skip
    fields = {field.id for field in profile_fields(house)}
    assert {"district", "area", "industry", "ownership", "pillar", "status"} <= fields
    assert not fields & {"uscc", "name", "contact_name", "contact_phone"}
