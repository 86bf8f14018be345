"""Indicators and targets as departments file them: read, refused, filed, withdrawn, decided, taken away and back again."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click
import pytest
from sqlalchemy import select

from registry.decisions import Answer, decide
from registry.export import export_kind
from registry.filings import filing
from registry.house import House
from registry.importing import Wish, import_file
from registry.intake.rows import Reading, parse
from registry.intake.sheets import Grid
from registry.intake.workbooks import write_template
from registry.kind import Row
from registry.merging import merge, split
from registry.refusals import RefusedError
from registry.settings import load
from registry.show import show
from registry.store.known import faults, known
from registry.withdrawal import withdraw
from tests.registry.house import Time, code, file_rows, table
from tiers.filed import filed
from tiers.plan_kinds import plan_kinds


def say(
    house: House, *rows: dict[str, Any], kind: str = "indicators", name: str = "list.csv", **wish: Any
) -> Any:
    return file_rows(house, kind, rows, name, **wish)


def read(row: dict[str, Any]) -> Row:
    """A row as read and checked, before it meets a register."""
    kind = next(kind for kind in plan_kinds(load(environment={})) if kind.id == "indicators")
    parsed = parse(
        kind, [Grid("list", [list(row), list(row.values())])], Reading({name: name for name in row})
    )
    assert kind.check
    kind.check(parsed.rows[0], "2026-03-01")
    return parsed.rows[0]


def codes_of(done: Any) -> list[tuple[str, str | None, str]]:
    return [(note.code, note.field, note.fate) for _row, note in done.problems]


def held(house: House, kind: str = "indicators") -> set[tuple[str, str, str, str]]:
    """(indicator, period, unit, amount) of what is held."""
    columns = house.kinds.by_id[kind].table.c
    amount = columns["value" if kind == "indicators" else "goal"]
    with house.store.read() as connection:
        rows = connection.execute(select(columns.indicator, columns.period, columns.unit, amount))
        return {tuple(map(str, row)) for row in rows}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"indicator": "revenue-total", "period": "2025", "value": "10500亿元"}, ("2025", "None", "1050000000000")),
        ({"indicator": "规上工业营业收入", "period": "2025年", "value": 1050000000000}, ("2025", "None", "1050000000000")),
        ({"indicator": "advanced-share", "period": "2025年12月", "value": "68.5%"}, ("2025-12", "None", "0.685")),
        ({"indicator": "advanced-share", "period": "2025-Q4", "value": "0.7"}, ("2025-Q4", "None", "0.7")),
        ({"indicator": "energy-intensity", "period": 2025, "value": "-17.5%"}, ("2025", "None", "-0.175")),
        ({"indicator": "energy-intensity", "period": 2025, "value": "−17.5%"}, ("2025", "None", "-0.175")),
        ({"indicator": "base-stations", "period": "2025上半年", "value": "6.1万个"}, ("2025-06", "None", "61000")),
        ({"indicator": "renewables-capacity", "period": "2023-2025", "value": "430万千瓦"}, ("2023-2025", "None", "4300000")),
        ({"indicator": "computing", "period": date(2025, 12, 31), "value": "2500P"}, ("2025-12-31", "None", "2500")),
        ({"indicator": "tech-upgrades", "period": "2025", "unit": "莱城区", "value": 12}, ("2025", "370116", "12")),
        ({"indicator": "tech-upgrades", "period": "2025", "unit": "371202", "value": 12}, ("2025", "370116", "12")),
        ({"indicator": "tech-upgrades", "period": "2025", "unit": "高新区", "value": 12}, ("2025", "370171", "12")),
        ({"indicator": "tech-upgrades", "period": "2025", "unit": "全市", "value": 12}, ("2025", "None", "12")),
        ({"indicator": "green-projects", "period": "2025", "value": 30}, ("2025", "None", "30")),
    ],
)  # fmt: skip
def test_a_value_is_read_in_the_unit_of_its_indicator(row: dict[str, Any], expected: tuple[str, ...]) -> None:
    done = read(row)
    assert done.stopped is None
    assert tuple(str(done.values.get(name)) for name in ("period", "unit", "value")) == expected


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"indicator": "nothing", "period": "2025", "value": 1}, ("value_unknown", "indicator")),
        ({"indicator": "above-scale", "period": "2025", "value": 3100}, ("counted_here", "indicator")),
        ({"indicator": "platforms", "period": "2025", "value": 3100}, ("counted_here", "indicator")),
        ({"indicator": "srdi", "period": "2025", "value": 1}, ("value_unknown", "indicator")),
        ({"indicator": "tech-projects", "period": "some day", "value": 1}, ("period_unreadable", "period")),
        ({"indicator": "tech-projects", "period": "2025下半年", "value": 1}, ("period_unreadable", "period")),
        ({"indicator": "tech-projects", "period": "2026", "value": 1}, ("date_future", "period")),
        (
            {"indicator": "tech-projects", "period": "2025", "unit": "莱芜市", "value": 1},
            ("district_unknown", "unit"),
        ),
        (
            {"indicator": "tech-projects", "period": "2025", "unit": "青岛市", "value": 1},
            ("district_unknown", "unit"),
        ),
        ({"indicator": "tech-projects", "period": "2025", "value": "-1"}, ("negative", "value")),
        ({"indicator": "tech-projects", "period": "2025", "value": "1.5"}, ("number_unreadable", "value")),
        ({"indicator": "tech-projects", "period": "2025", "value": "约800"}, ("number_unreadable", "value")),
        ({"indicator": "tech-projects", "period": "2025", "value": "800亿元"}, ("wrong_unit", "value")),
        ({"indicator": "revenue-total", "period": "2025", "value": "9500"}, ("unit_unknown", "value")),
        ({"indicator": "revenue-total", "period": "2025", "value": "9500亿美元"}, ("wrong_unit", "value")),
        ({"indicator": "advanced-share", "period": "2025", "value": "170%"}, ("share_range", "value")),
        ({"indicator": "advanced-share", "period": "2025", "value": "7亿元"}, ("wrong_unit", "value")),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_field(
    row: dict[str, Any], problem: tuple[str, str]
) -> None:
    done = read(row)
    assert done.stopped == "refused"
    assert problem in [(note.code, note.field) for note in done.notes]


def test_a_bare_share_above_one_is_percent_and_says_so(house: House) -> None:
    done = say(house, {"indicator": "advanced-share", "period": "2025", "value": 68.5})
    assert codes_of(done) == [("read_as_percent", "value", "note")]
    assert held(house) == {("advanced-share", "2025", "None", "0.685")}


def test_a_former_name_of_a_district_is_noted_and_is_one_with_todays(house: House) -> None:
    row = {"indicator": "tech-upgrades", "period": "2025", "value": 12}
    done = say(house, {**row, "unit": "莱城区"})
    assert codes_of(done) == [("former_district", "unit", "note")]
    assert say(house, {**row, "unit": "莱芜区"}, name="again.csv").fates["unchanged"] == 1


def test_a_goal_may_be_set_for_a_tier_which_is_no_indicator_of_the_same_name(house: House) -> None:
    said = [
        {"indicator": name, "period": "2025", "goal": 10} for name in ("小巨人", "high_tech", "高新技术企业")
    ]
    assert say(house, *said, kind="targets").fates["accepted"] == 3
    assert {indicator for indicator, *_rest in held(house, "targets")} == {
        "little_giant",
        "high_tech",
        "high-tech",
    }


ROWS = [
    {"indicator": "revenue-total", "period": "2025", "value": "500000元", "reported_by": "市统计局", "document": "1号"},
    {"indicator": "revenue-total", "period": "2025", "unit": "莱芜区", "value": "12亿元", "reported_by": "市统计局"},
    {"indicator": "advanced-share", "period": "2025-Q4", "value": "68.5%"},
    {"indicator": "energy-intensity", "period": "2025", "value": "-17.5%"},
    {"indicator": "base-stations", "period": "2025-06", "value": 61000},
]  # fmt: skip
GOALS = [
    {"indicator": "quality-firms", "period": "2025", "unit": "历下区", "goal": 1200},
    {"indicator": "high_tech", "period": "2026-2028", "goal": 9000},
    {"indicator": "industrial-investment", "period": "2025", "unit": "高新区", "goal": "120亿元"},
]


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
@pytest.mark.parametrize(("kind", "rows"), [("indicators", ROWS), ("targets", GOALS)])
def test_what_is_exported_imports_back_unchanged(
    house: House, tmp_path: Path, kind: str, rows: list[Any], suffix: str
) -> None:
    say(house, *rows, kind=kind)
    out = tmp_path / f"out{suffix}"
    wanted = house.kinds.by_id[kind]
    assert export_kind(house, wanted, out, date(2026, 3, 1)) == len(rows)
    again = import_file(house, wanted, out, "test", Wish())
    assert (again.outcome.fates["unchanged"], again.outcome.problems) == (len(rows), [])


def test_an_export_can_be_narrowed_to_a_unit_but_not_to_holders_of_a_tier(
    house: House, tmp_path: Path
) -> None:
    say(house, *ROWS)
    wanted = house.kinds.by_id["indicators"]
    assert export_kind(house, wanted, tmp_path / "one.csv", date(2026, 3, 1), district="莱芜区") == 1
    with pytest.raises(click.UsageError, match="not about firms"):
        export_kind(house, wanted, tmp_path / "one.csv", date(2026, 3, 1), tier="srdi")


def test_units_stand_in_the_header_or_beside_the_file(house: House, tmp_path: Path) -> None:
    wanted = house.kinds.by_id["indicators"]
    for name, header, units, value in (
        ("a", "数值（亿元）", {}, "10500"),
        ("b", "数值", {"value": "亿元"}, "10600"),
    ):
        path = tmp_path / f"{name}.csv"
        path.write_text(f"指标,统计期,{header}\n规上工业营业收入,2025,{value}\n", encoding="utf-8")
        done = import_file(house, wanted, path, "test", Wish(Reading(units=units)))
        assert done.outcome.fates["accepted"] == 1, done.outcome.problems
    assert held(house) == {("revenue-total", "2025", "None", "1060000000000")}
    path.write_text("指标,统计期,数值（万千瓦）\n规上工业营业收入,2025,1\n", encoding="utf-8")
    assert codes_of(import_file(house, wanted, path, "test", Wish()).outcome)[0][0] == "wrong_unit"
    path.write_text("指标,统计期,数值（万千瓦）\nrenewables-capacity,2025,430\n", encoding="utf-8")
    assert import_file(house, wanted, path, "test", Wish()).outcome.fates["accepted"] == 1
    assert ("renewables-capacity", "2025", "None", "4300000") in held(house)


def test_templates_and_their_headers_are_understood(house: House, tmp_path: Path) -> None:
    for kind in ("indicators", "targets"):
        write_template(tmp_path / "t.xlsx", house.kinds.by_id[kind])
        assert (tmp_path / "t.xlsx").stat().st_size > 1000


def test_withdrawing_gives_back_what_was_held_and_the_tables_say_what_was_filed(
    house: House, time: Time
) -> None:
    say(house, *ROWS, *ROWS[:0])
    before = table(house, "indicators")
    time.pass_days(1)
    then = time.now
    more = say(
        house,
        {**ROWS[2], "value": "70%"},
        {"indicator": "computing", "period": "2025", "value": 2600},
        name="b.csv",
    )
    after = table(house, "indicators")
    time.pass_days(1)
    assert withdraw(house, more.filing or 0, "test") == []
    assert table(house, "indicators") == before
    assert list(faults(house.store, house.kinds.all, lambda _connection: None)) == []
    again = say(
        house,
        {**ROWS[2], "value": "70%"},
        {"indicator": "computing", "period": "2025", "value": 2600},
        name="b.csv",
    )
    assert again.fates["accepted"] == 2
    assert table(house, "indicators") == after
    with known(
        house.store, house.kinds.all, lambda _c: None, then.replace(hour=3), house.settings.var / "known"
    ) as view:
        assert {one.period for some in filed(view, ()).values.values() for one in some} == {
            "2025",
            "2025-Q4",
            "2025-06",
        }
        assert "computing" not in filed(view, ()).values


def test_rows_of_one_file_that_contradict_each_other_wait_and_one_is_taken(house: House) -> None:
    done = say(house, {"indicator": "revenue-total", "period": "2025", "value": "1亿元"},
               {"indicator": "revenue-total", "period": "2025年", "unit": "全市", "value": "2亿元"})  # fmt: skip
    assert done.fates["review"] == 2
    decided = decide(house, done.filing or 0, 3, Answer(take=True), "test")
    assert decided is not None
    assert held(house) == {("revenue-total", "2025", "None", "200000000")}
    withdraw(house, decided.filing or 0, "test")
    assert held(house) == set()
    with house.store.read() as connection:
        waiting = (filing(connection, done.filing or 0) or {})["waiting"]
    assert {row["row"] for row in waiting} == {2, 3}
    decide(house, done.filing or 0, 3, Answer(take=True), "test")
    assert held(house) == {("revenue-total", "2025", "None", "200000000")}


def test_a_district_files_its_own_figures_and_leaves_others_and_goals_to_the_city(house: House) -> None:
    row = {"indicator": "tech-upgrades", "period": "2025", "value": 12}
    done = say(house, {**row, "unit": "历下区"}, {**row, "unit": "市中区"}, row, unit="370102")
    assert (done.fates["accepted"], done.fates["review"]) == (1, 2)
    assert {code for code, *_rest in codes_of(done)} == {"other_unit"}
    goals = say(
        house,
        {"indicator": "srdi", "period": "2025", "unit": "历下区", "goal": 3},
        kind="targets",
        unit="370102",
    )
    assert goals.fates["review"] == 1
    city = decide(house, done.filing or 0, 3, Answer(take=True), "city")
    assert city is not None
    assert city.fates["accepted"] == 1


def test_a_district_does_not_withdraw_what_the_city_decided_on_its_list(house: House) -> None:
    row = {"indicator": "tech-upgrades", "period": "2025", "value": 12}
    filed = say(house, {**row, "unit": "历下区"}, row, unit="370102").filing or 0
    decide(house, filed, 3, Answer(take=True), "city")
    before = table(house, "indicators")
    with pytest.raises(RefusedError, match="taken by city; ask the city's desk"):
        withdraw(house, filed, "test", unit="370102")
    assert table(house, "indicators") == before != set()
    withdraw(house, filed, "city")
    assert table(house, "indicators") == set()


def test_firms_are_shown_merged_and_split_as_if_there_were_no_indicators(house: House) -> None:
    file_rows(
        house, "enterprises", [{"uscc": code(n), "name": "济南同名机械有限公司"} for n in (1, 2)], "firms.csv"
    )
    say(house, *ROWS)
    before = table(house, "indicators")
    merge(house, code(2), code(1), "test", yes=True)
    split(house, code(2), "test")
    assert table(house, "indicators") == before
    with house.store.read() as connection:
        document = show(house, connection, code(1), date(2026, 3, 1), None, "")
    assert document is not None
    assert "indicators" not in document


def test_a_value_that_was_taken_back_is_no_value(house: House) -> None:
    say(house, ROWS[2])
    say(house, {**ROWS[2], "value": "清空"}, name="back.csv")
    with house.store.read() as connection:
        assert filed(connection, ()).values == {}
