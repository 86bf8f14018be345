"""Bridges: every reason, corrections, units, tags; and whatever happens, the steps add up and each firm is told once."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text

import cli
from registry.house import House
from registry.merging import merge, split
from registry.refusals import MisusedError
from registry.withdrawal import withdraw
from tests.registry.house import Time, code, file_rows, open_test_house
from tests.tiers.counted_city import (
    AFTER,
    BACK,
    BEFORE,
    CANCELLED,
    DEMOTED,
    EXPIRED,
    HERE,
    LATER,
    LICENCE,
    MERGED,
    MOVED,
    MOVED_IN,
    MOVED_OUT,
    NEW,
    OVER,
    PROMOTED,
    RENEWED,
    REVOKED,
    STAYED,
    THERE,
    adds_up,
    bridged,
    change,
    deltas,
    firms,
    one_of_each,
    title,
)
from tiers.asking import ask_count
from tiers.bridging import Place, bridge_document, place_of
from tiers.frames import counted_targets
from tiers.members import Question


def moment(time: Time) -> datetime:
    """An instant after everything filed so far; what comes is filed a day later."""
    then = time.now + timedelta(hours=1)
    time.pass_days(1)
    return then


def test_each_firm_has_the_first_reason_that_fits(house: House) -> None:
    one_of_each(house)
    document = bridged(house, BEFORE, AFTER).document()
    assert {step["reason"]: step["firms"] for step in document["steps"]} == {
        "moved_out": [MOVED_OUT],
        "merged": [MERGED],
        "cancelled": [CANCELLED],
        "revoked": sorted([LICENCE, REVOKED]),
        "expired": [EXPIRED],
        "moved_in": [MOVED_IN],
        "new": [NEW],
        "renewed": [BACK],
    }
    assert document["held"] == {"renewed": [RENEWED], "promoted": [PROMOTED], "demoted": [DEMOTED]}
    assert (document["from"]["value"], document["to"]["value"]) == (11, 8)
    adds_up(document)
    for day, end in ((BEFORE, "from"), (AFTER, "to")):
        assert ask_count(house, day, None)["quality"]["firms_valid"] == document[end]["value"]


def test_within_the_city_a_firm_leaves_one_unit_and_enters_another(house: House) -> None:
    one_of_each(house)
    found = bridged(house, BEFORE, AFTER)
    assert "moved_within" not in deltas(found.document())
    here, there = (found.document(unit) for unit in (HERE, THERE))
    assert (deltas(here)["moved_within"], deltas(there)["moved_within"]) == (-1, 1)
    (step,) = there["steps"]
    assert (step["firms"], step["added"], there["from"]["value"], there["to"]["value"]) == (
        [MOVED],
        [MOVED],
        0,
        1,
    )
    for unit in (here, there):
        adds_up(unit)
    rows = {row["key"]: row for row in found.by_unit(house.places.label)}
    assert (rows[THERE]["name"], rows[THERE]["from"], rows[THERE]["to"]) == ("历城区", 0, 1)
    adds_up(found.document() | {"by": list(rows.values())})


def test_what_is_learnt_later_of_the_first_day_is_a_correction_and_the_firm_may_leave_besides(
    house: House, time: Time
) -> None:
    file_rows(house, "enterprises", firms(*(code(n) for n in range(1, 5))))
    wrong = file_rows(house, "titles", [title(code(1))], "wrong.csv").filing
    file_rows(house, "titles", [title(code(2))], "right.csv")
    then = moment(time)
    assert wrong
    withdraw(house, wrong, "test", yes=True)
    file_rows(house, "titles", [title(code(3), **OVER), title(code(4))], "late.csv")
    document = bridged(house, Place(BEFORE, then), AFTER).document()
    corrected, expired = document["steps"]
    assert (corrected["added"], corrected["removed"]) == ([code(3), code(4)], [code(1)])
    assert (corrected["delta"], expired["reason"], expired["firms"]) == (1, "expired", [code(3)])
    assert (document["from"]["value"], document["to"]["value"]) == (2, 2)
    adds_up(document)


def test_two_codes_that_turn_out_to_be_one_firm_are_a_correction(house: House, time: Time) -> None:
    file_rows(house, "enterprises", firms(code(1), code(2)))
    file_rows(house, "titles", [title(code(1)), title(code(2))])
    apart = moment(time)
    merge(house, code(1), code(2), "test", yes=True)
    one = moment(time)
    document = bridged(house, Place(BEFORE, apart), AFTER).document()
    assert (deltas(document), document["to"]["value"]) == ({"corrected": -1}, 1)
    assert document["steps"][0]["removed"] == [code(1)]
    split(house, code(1), "test")
    document = bridged(house, Place(BEFORE, one), AFTER).document()
    assert (deltas(document), document["from"]["value"]) == ({"corrected": 1}, 1)


def test_a_corrected_district_moves_the_firm_between_units_and_not_in_the_city(
    house: House, time: Time
) -> None:
    file_rows(house, "enterprises", firms(code(1)))
    file_rows(house, "titles", [title(code(1))])
    then = moment(time)
    rows = [{"uscc": code(1), "district": "历城区"}]
    file_rows(house, "enterprises", rows, "d.csv", sets={"effective_on": "2020-01-01"})
    found = bridged(house, Place(BEFORE, then), AFTER)
    assert found.document()["steps"] == []
    assert [deltas(found.document(unit)) for unit in (HERE, THERE)] == [{"corrected": -1}, {"corrected": 1}]


def test_a_firm_that_comes_home_after_its_title_was_issued_elsewhere_moved_in(house: House) -> None:
    file_rows(house, "enterprises", firms(code(1), city="青岛市", district=None))
    change(house, "2025-05-01", {"uscc": code(1), "city": "济南市", "district": "历下区"})
    file_rows(house, "titles", [title(code(1))])
    assert deltas(bridged(house, BEFORE, AFTER).document()) == {"moved_in": 1}


def test_a_title_that_lapsed_while_the_firm_was_elsewhere_makes_no_return(house: House) -> None:
    file_rows(house, "enterprises", firms(code(1), city="青岛市", district=None))
    change(house, "2024-01-01", {"uscc": code(1), "city": "济南市", "district": "历下区"})
    past = {"issued_on": "2019-07-01", "valid_to": "2022-06-30"}
    file_rows(house, "titles", [title(code(1), **past), title(code(1), **LATER)])
    assert deltas(bridged(house, BEFORE, AFTER).document()) == {"new": 1}


def test_the_above_scale_list_says_who_leaves_it(house: House) -> None:
    file_rows(house, "enterprises", firms(*(code(n) for n in range(1, 6))))
    change(house, "2024-06-01", {"uscc": code(2), "status": "cancelled"})
    change(house, "2025-02-01", {"uscc": code(3), "status": "cancelled"})
    member = {"entered_on": "2020-01-01"}
    file_rows(house, "above-scale", [
        {"uscc": code(1), **member, "left_on": "2025-01-01"},
        {"uscc": code(2), **member, "left_on": "2025-01-01"},  # struck off before: that is not why it left now
        {"uscc": code(3), **member, "left_on": "2025-06-01"},
        {"uscc": code(4), "entered_on": "2025-01-01"},
        {"uscc": code(5), **member, "left_on": "2023-01-01"},
        {"uscc": code(5), "entered_on": "2025-01-01"},
    ])  # fmt: skip
    document = bridged(house, BEFORE, AFTER, "above-scale").document()
    assert {step["reason"]: step["firms"] for step in document["steps"]} == {
        "cancelled": [code(3)], "expired": [code(1), code(2)], "new": [code(4)], "renewed": [code(5)],
    }  # fmt: skip


def test_revenue_is_bridged_by_its_years(house: House) -> None:
    file_rows(house, "enterprises", firms(*(code(n) for n in range(1, 5))))
    billion = 1_000_000_000
    figures = [
        (1, 2023, 2 * billion), (1, 2024, 11 * billion),
        (2, 2023, 2 * billion), (2, 2024, billion // 2),
        (3, 2022, 2 * billion), (3, 2024, 2 * billion),
        (4, 2024, 2 * billion),
    ]  # fmt: skip
    file_rows(
        house, "figures", [{"uscc": code(n), "year": year, "revenue": str(sum)} for n, year, sum in figures]
    )
    document = bridged(house, BEFORE, AFTER, "revenue-1bn").document()
    assert {step["reason"]: step["firms"] for step in document["steps"]} == {
        "expired": [code(2)], "new": [code(4)], "renewed": [code(3)],
    }  # fmt: skip
    assert document["held"]["promoted"] == [code(1)]
    assert (document["from"]["value"], document["to"]["value"]) == (2, 3)


def test_tags_are_bridged_record_by_record(house: House) -> None:
    file_rows(house, "enterprises", firms(code(1), code(2)))
    platform = {"honour": "platform", "level": "provincial"}
    file_rows(house, "honours", [
        {"uscc": code(1), **platform, "title": "工程研究中心", "on": "2020-01-01", "until": "2025-06-30"},
        {"uscc": code(1), **platform, "title": "技术中心", "on": "2020-01-02"},
        {"uscc": code(1), **platform, "title": "重点实验室", "on": "2025-03-01"},
        {"uscc": code(2), **platform, "title": "技术中心", "on": "2020-01-02"},
    ])  # fmt: skip
    document = bridged(house, BEFORE, AFTER, "platforms").document()
    assert (deltas(document), document["from"]["value"]) == ({"expired": -1, "new": 1}, 3)
    adds_up(document)


def test_pending_reviews_count_where_the_settings_say_so(database_url: str, tmp_path: Path) -> None:
    house = open_test_house(database_url, tmp_path, review={"include_review_pending": True})
    file_rows(house, "enterprises", firms(code(1), code(2)))
    file_rows(house, "titles", [title(code(n), **OVER) for n in (1, 2)])
    review = {
        "tier": "srdi",
        "purpose": "review",
        "round": "2025",
        "stage": "filed",
        "stage_on": "2025-05-01",
    }
    file_rows(house, "applications", [{"uscc": code(1), **review}])
    document = bridged(house, BEFORE, date(2025, 8, 1)).document()
    assert (deltas(document), document["to"]["value"]) == ({"expired": -1}, 1)
    house.store.dispose()


def test_the_answer_is_remembered_until_something_is_filed(house: House) -> None:
    one_of_each(house)
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "from title" in statement:
            asked.append(statement)

    def ask() -> Any:
        return bridge_document(house, Place(BEFORE), Place(AFTER), "quality-firms")

    first = ask()
    event.listen(house.store.engine, "before_cursor_execute", note)
    assert ask() == first
    assert asked == []
    file_rows(house, "titles", [title(MOVED, "gazelle", **LATER)], "gazelle.csv")
    assert ask() != first
    event.remove(house.store.engine, "before_cursor_execute", note)


# Whatever happens -----------------------------------------------------------------------------------------

FIRM = st.integers(1, 4).map(code)
DAY = st.dates(date(2023, 1, 1), date(2026, 2, 1)).map(date.isoformat)
ENTERPRISE = st.fixed_dictionaries(
    {"uscc": FIRM, "name": st.sampled_from(["济南甲有限公司", "济南乙有限公司"])},
    optional={
        "district": st.sampled_from(["历下区", "历城区", "清空"]),
        "city": st.sampled_from(["济南市", "青岛市"]),
        "status": st.sampled_from(["active", "cancelled", "revoked"]),
        "effective_on": DAY,
    },
)
TITLE = st.fixed_dictionaries(
    {"uscc": FIRM, "tier": st.sampled_from(["srdi", "little_giant", "high_tech"]), "issued_on": DAY},
    optional={"valid_to": st.sampled_from(["2024-06-30", "2025-06-30", "2027-06-30"]), "revoked_on": DAY},
)
MEMBER = st.fixed_dictionaries({"uscc": FIRM, "entered_on": DAY}, optional={"left_on": DAY})
HONOUR = st.fixed_dictionaries(
    {"uscc": FIRM, "honour": st.just("platform"), "level": st.just("national"), "on": DAY},
    optional={"until": DAY, "title": st.sampled_from(["甲", "乙"])},
)
LISTS = {"enterprises": ENTERPRISE, "titles": TITLE, "above-scale": MEMBER, "honours": HONOUR}
EVENTS = st.lists(
    st.one_of(
        *(st.tuples(st.just(kind), st.lists(rows, min_size=1, max_size=4)) for kind, rows in LISTS.items()),
        st.tuples(st.just("withdraw"), st.integers(0, 9)),
        st.tuples(st.just("merge"), st.tuples(FIRM, FIRM)),
    ),
    min_size=3,
    max_size=9,
)


BESIDE = ("known_name", "standing", "count_cache", "merge", "statement", "problem", "filing_row", "filing")


def empty(house: House) -> None:
    with house.store.write("test") as unit:
        for name in (*(kind.table.name for kind in house.kinds.all), *BESIDE):
            unit.connection.execute(text(f"delete from {name}"))


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(events=EVENTS, known=st.integers(0, 9), days=st.tuples(DAY, DAY))
def test_from_and_all_steps_make_to_and_nobody_is_told_twice(
    house: House, time: Time, events: Any, known: int, days: tuple[str, str]
) -> None:
    empty(house)
    file_rows(house, "enterprises", firms(*(code(n) for n in range(1, 5))))
    instants, filed = [time.now], []
    for number, (what, said) in enumerate(events):
        time.now += timedelta(hours=1)
        try:
            if what == "withdraw" and filed:
                withdraw(house, filed.pop(said % len(filed)), "test", yes=True)
            elif what == "merge":
                merge(house, *said, "test", yes=True)
            elif what in LISTS and (id := file_rows(house, what, said, f"{number}.csv", yes=True).filing):
                filed.append(id)
        except MisusedError:
            pass
        except Exception as error:
            if type(error).__name__ != "RefusedError":
                raise
        instants.append(time.now)
    first, last = (date.fromisoformat(day) for day in sorted(days))
    then = instants[known % len(instants)]
    before, after = (ask_count(house, first, then, by="area"), ask_count(house, last, None, by="area"))
    for target in counted_targets(Question(last, house.settings)):
        found = bridged(house, Place(first, then), last, target.id)
        document = found.document() | {"by": found.by_unit(house.places.label)}
        adds_up(document)
        values = [
            next(t["value"] for t in side["targets"] if t["id"] == target.id) for side in (before, after)
        ]
        assert [document["from"]["value"], document["to"]["value"]] == values, target.id
        for row in document["by"]:
            counted = [
                next((b["targets"][target.id]["value"] for b in side["by"] if b["key"] == row["key"]), 0)
                for side in (before, after)
            ]
            assert [row["from"], row["to"]] == counted, (target.id, row)
        if target.source == "firms":
            told = [
                uscc for step in document["steps"] if step["reason"] != "corrected" for uscc in step["firms"]
            ]
            assert len(told) == len(set(told)), document
            held = [uscc for one in document["held"].values() for uscc in one]
            assert not set(held) & set(told)


# How it is asked ------------------------------------------------------------------------------------------


def test_ends_are_read_as_they_are_typed(house: House) -> None:
    file_rows(house, "enterprises", firms(code(1)))
    place = place_of(house, "2025-12-31@1")
    assert place.day == AFTER
    assert place.known_at is not None
    assert place_of(house, place.typed) == place
    assert place_of(house, "2025-12-31").known_at is None
    for wrong in ("gestern", "2025-12-31@never", "2025-12-31@99", "#7", "#x", "0001-01-01", "20251231"):
        with pytest.raises(MisusedError):
            place_of(house, wrong)


@pytest.fixture
def tidu(house: House, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(cli, "open_house", lambda **_more: house)

    def run(*words: str) -> tuple[int, Any, str]:
        result = CliRunner().invoke(cli.main, words, catch_exceptions=False)
        out = json.loads(result.stdout) if "--json" in words and not result.exit_code else result.stdout
        return result.exit_code, out, result.stderr

    return run


def test_the_command_answers_the_contract(house: House, tidu: Any) -> None:
    one_of_each(house)
    status, document, _err = tidu("bridge", str(BEFORE), str(AFTER), "--json")
    assert status == 0
    assert (document["target"], document["from"]["as_of"], document["to"]["value"]) == (
        "quality-firms",
        str(BEFORE),
        8,
    )
    assert document["from"]["known_at"].endswith("Z")
    assert set(document["held"]) == {"renewed", "promoted", "demoted"}
    assert "revoked" in tidu("bridge", str(BEFORE), str(AFTER))[1]


@pytest.mark.parametrize(
    "words",
    [
        ("2025-12-31", "2024-12-31"),
        ("2024-12-31", "soon"),
        ("2024-12-31", "2025-12-31", "--target", "nothing"),
        ("2024-12-31", "2025-12-31", "--target", "pillar-scale"),
        ("#5", "2025-12-31"),
    ],
)
def test_a_wrong_question_is_used_wrongly(tidu: Any, words: tuple[str, ...]) -> None:
    status, _out, said = tidu("bridge", *words)
    assert status == 2
    assert said.startswith(("error:", "Usage:"))


def test_nothing_happened_to_who_stayed(house: House) -> None:
    one_of_each(house)
    found = bridged(house, BEFORE, AFTER)
    told = {u for step in found.document()["steps"] for u in step["firms"]}
    told |= {u for one in found.document()["held"].values() for u in one}
    assert STAYED not in told
    assert found.firm(STAYED).unit == HERE
