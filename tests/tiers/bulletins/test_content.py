"""What the four bulletins hold: every number with its list, Chinese numbering, unknown said as unknown."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.sample_app import house_in, sample_file
from tests.tiers.bulletins.conftest import Published
from tiers.bulletins.blocks import Heading, PageBreak, Paragraph, Table
from tiers.bulletins.content import bulletin
from tiers.bulletins.frozen import parts
from tiers.bulletins.reports import REPORTS, UnknownReportError
from tiers.publishing import publish, snapshot_firms
from tiers.targets import planned

Make = Callable[..., Any]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", REPORTS)
def test_every_reference_leads_to_a_sheet(make: Make, name: str, language: str) -> None:
    made = make(name, language)
    names = {sheet.id for sheet in made.sheets}
    assert names
    for block in made.blocks:
        if isinstance(block, Table):
            widths = {len(row) for row in block.rows}
            assert widths <= {len(block.columns)}
            assert {cell.sheet for row in block.rows for cell in row} - {None} <= names
        elif isinstance(block, Paragraph):
            assert {run.sheet for run in block.runs} - {None} <= names


@pytest.mark.parametrize("name", REPORTS)
def test_english_bulletins_hold_no_chinese_sentence(make: Make, name: str) -> None:
    made = make(name, "en")
    told = [block.text for block in made.blocks if isinstance(block, Heading | Paragraph)]
    assert [text for text in told if re.search(r"[一-鿿]{4}", text)] == []


def test_a_number_is_the_length_of_its_list(make: Make, monthly: Published) -> None:
    made, (snapshot, firms) = make(), monthly
    for entry in snapshot.count["targets"]:
        if entry["source"] == "firms" and entry["value"]:
            assert len(made.listed[f"target:{entry['id']}"].rows) == entry["value"] == len(firms(entry["id"]))
    titles = sum(1 for one in made.sheets if one.id == "expiring" for _ in one.rows)
    assert titles == len(snapshot.parts["expiring"]["titles"])
    table = made.tables["table_tiers"]
    for row in table.rows:
        for cell in row[1:4]:
            if cell.sheet and cell.sheet.endswith(("firms_valid", "new_this_year")):
                assert len({line[0] for line in made.listed[cell.sheet].rows}) == cell.value


def test_headings_are_numbered_as_official_documents_do(make: Make) -> None:
    headings = [block for block in make("quarterly").blocks if isinstance(block, Heading)]
    first = [one.text for one in headings if one.level == 1]
    assert [text.partition("、")[0] for text in first] == ["一", "二", "三", "四", "五"]
    assert [one.text[:3] for one in headings if one.level == 2][:5] == [
        "（一）",
        "（二）",
        "（三）",
        "（一）",
        "（二）",
    ]


def test_it_is_signed_on_the_day_of_publishing(make: Make) -> None:
    told = {block.style: block.text for block in make().blocks if isinstance(block, Paragraph)}
    assert told["signer"] == "济南市工业和信息化局"
    assert told["day"] == "2026年7月1日"
    assert told["to"].endswith("：")
    assert "统计快照第7号" in told["note"]


def test_invented_firms_are_marked(make: Make, monthly: Published) -> None:
    assert make().mark == "样例数据，不作统计依据"
    snapshot, firms = monthly
    real = {**snapshot.parts, "names": {**snapshot.parts["names"], "sample": False}}
    assert bulletin(snapshot, real, firms).mark == ""


def test_each_unit_gets_a_letter_on_a_page_of_its_own(make: Make, monthly: Published) -> None:
    made = make("district")
    letters = [one for one in made.blocks if isinstance(one, Paragraph) and one.style == "to"]
    breaks = [one for one in made.blocks if isinstance(one, PageBreak)]
    signed = [one for one in made.blocks if isinstance(one, Paragraph) and one.style == "signer"]
    assert len(letters) == len(signed) == len(breaks) + 1 > 5


def test_a_single_letter_names_only_the_units_firms(make: Make) -> None:
    made = make("district", unit="370171")
    assert made.stem == "district-2026-06-30-370171"
    assert [one.text for one in made.blocks if isinstance(one, Paragraph) and one.style == "to"] == [
        "济南高新技术产业开发区工业和信息化主管部门："
    ]
    assert {row[2] for sheet in made.sheets for row in sheet.rows} == {"济南高新技术产业开发区"}


def test_lists_name_the_own_firms_only(make: Make, monthly: Published) -> None:
    own = {firm["uscc"] for firm in monthly[1]("quality-firms")[:5]}
    for name in REPORTS:
        made = make(name, own=own)
        assert {row[0] for sheet in made.sheets for row in sheet.rows} <= own, name
        # and the numbers are the city's all the same
    assert make(own=own).values["n"]["quality_firms"] == make().values["n"]["quality_firms"]


def test_a_unit_without_anything_is_told_that_nothing_is_known(make: Make) -> None:
    texts = [one.text for one in make("district", unit="nowhere").blocks if isinstance(one, Paragraph)]
    assert any("企业数不详" in text for text in texts)


def test_without_an_earlier_count_the_bulletin_says_so(monthly: Published) -> None:
    snapshot, firms = monthly
    made = bulletin(replace(snapshot, bridges={}), snapshot.parts, firms)
    assert "table_changes" not in made.tables
    assert any(isinstance(one, Paragraph) and "没有可供比较的上期数据" in one.text for one in made.blocks)


def test_figures_that_nobody_filed_are_unknown_and_not_zero(monthly: Published) -> None:
    snapshot, firms = monthly
    bare = [
        t | {"value": None, "rate": None, "state": "overdue"} if t["source"] == "filed" else t
        for t in snapshot.count["targets"]
    ]
    count = {**snapshot.count, "targets": bare}
    made = bulletin(replace(snapshot, name="quarterly", count=count), snapshot.parts, firms)
    table = made.tables["table_departments"]
    assert {(row[3].text, row[3].value) for row in table.rows} == {("不详", None)}
    assert {row[4].text for row in table.rows} == {"逾期未报"}


@pytest.mark.parametrize(
    ("plan", "day", "state"),
    [("plan-2026-2028", date(2026, 6, 30), "未设目标"), ("plan-2023-2025", date(2024, 6, 30), "推进中")],
)
def test_a_plan_without_goals_and_one_under_way_make_their_bulletins(
    tmp_path: Path, plan: str, day: date, state: str
) -> None:
    shutil.copy(sample_file(), tmp_path / "city.sqlite")
    city = house_in(tmp_path)
    house = replace(city, settings=planned(city.settings, f"plans/{plan}"))
    snapshot = publish(
        house, "quarterly", day, "desk", parts=lambda at, bridges: parts(house, day, at, bridges)
    )
    made = bulletin(snapshot, snapshot.parts, lambda id: snapshot_firms(house, snapshot.id, id))
    states = {row[5].text for row in made.tables["table_targets"].rows}
    assert state in states
    assert "未达到" not in states
    told = [one.text for one in made.blocks if isinstance(one, Paragraph)]
    assert [text for text in told if f"{day:%m-%d}年度" in text] == []
    house.store.dispose()


def test_an_unknown_report_is_refused_with_the_list(monthly: Published) -> None:
    with pytest.raises(UnknownReportError, match="monthly, quarterly, district, expiry"):
        bulletin(replace(monthly[0], name="weekly"), {}, monthly[1])


def test_firms_without_a_place_are_said(monthly: Published) -> None:
    snapshot, firms = monthly
    by = [dict(row) for row in snapshot.count["by"]]
    by[-1] = {**by[-1], "targets": {**by[-1]["targets"], "quality-firms": {"value": 3, "unknown": 0}}}
    made = bulletin(replace(snapshot, count={**snapshot.count, "by": by}), snapshot.parts, firms)
    assert any(isinstance(one, Paragraph) and "另有3家管理单位不详" in one.text for one in made.blocks)
    assert made.tables["table_units"].rows[-2][1].text == "区县不详"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", REPORTS)
def test_a_plan_whose_goals_are_not_set_yet_has_its_bulletins(
    monthly: Published, name: str, language: str
) -> None:
    """As the plan 2026–2028 before its goals are filed: the quarterly review failed with an error."""
    snapshot, firms = monthly
    bare = [t | {"goal": None, "rate": None, "state": "not_set"} for t in snapshot.count["targets"]]
    count = {**snapshot.count, "targets": bare}
    made = bulletin(replace(snapshot, name=name, count=count), snapshot.parts, firms, language)
    if name == "quarterly":
        states = {row[4].text for row in made.tables["table_departments"].rows}
        assert states == {"未设目标" if language == "zh" else "no goal set"}
