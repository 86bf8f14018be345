"""What bulletins say of the days to come: right in every case, marked as a projection, and the same again."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from registry.house import House
from registry.kind import Record
from tests.tiers.bulletins.conftest import Published
from tiers.bulletins import charts
from tiers.bulletins.blocks import Heading, Paragraph
from tiers.bulletins.book import book
from tiers.bulletins.content import bulletin
from tiers.bulletins.frozen import missing_parts
from tiers.bulletins.pdf import pdf

GOAL = {
    "plan": "plan-2023-2025",
    "period": "2023-2025",
    "due": "2025-12-31",
    "goal": 8000,
    "direction": "at_least",
}
NEXT = {
    "plan": "plan-2026-2028",
    "period": "2026-2028",
    "due": "2028-12-31",
    "goal": 12000,
    "direction": "at_least",
}
END = {
    "day": "2025-12-31",
    "due": True,
    "p05": 6900,
    "p25": 7600,
    "p50": 8100,
    "p75": 8400,
    "p95": 9000,
    "chance": "0.6100",
}
NEEDED = {
    "day": "2025-12-31", "reached": False, "renewal_rate": {"now": "0.497", "needed": "0.700"},
    "new_a_month": {"now": "144.4", "needed": "191.9"},
}  # fmt: skip
AHEAD = {
    "value": 7000, **GOAL, "past": None, "next": None, "judged": GOAL, "enough": True, "limited": None, "needed": NEEDED,
    "ends": [END],
}  # fmt: skip
PAST = {"due": "2025-12-31", "value": 7138, "reached": False}
LATER = {**END, "day": "2028-12-31", "chance": "0.0040"}
CASES: dict[str, tuple[Record, str, str]] = {
    "ahead": (
        {},
        "预计到2025年12月31日为8100家左右（6900家至9000家）；届时达到目标（8000家）的可能性约6成；"
        "要达到，需到期称号续认率由49.7%提高到70%，或每月新增由144.4家提高到191.9家",
        "the chance of the goal (8,000 firms) by then about 6 in 10",
    ),
    "the median reaches it": (
        {"needed": {**NEEDED, "reached": True}},
        "照此趋势，中位数可达到目标",
        "as things go the median reaches it",
    ),
    "nothing alone would do": (
        {"needed": {**NEEDED, "renewal_rate": {"now": "0.497", "needed": None}, "new_a_month": {"now": "1.0", "needed": None}}},
        "仅靠续认或新增均难以达到",
        "neither renewals nor new firms alone would do",
    ),
    "met already": (
        {"value": 8001},
        "现已达到目标（8000家），届时仍达到的可能性约6成",
        "is met now, the chance to meet it then about 6 in 10",
    ),
    "hardly": ({"ends": [{**END, "chance": "0.0000"}]}, "的可能性不足1%", "less than 1 in 100"),
    "not set": (
        {"goal": None, "judged": None, "needed": None, "ends": [{**END, "chance": None}]},
        "9000家）；目标未设定，不测算达到的可能性。",
        "no goal is set, so no chance is told.",
    ),
    "past, the next not set": (
        {"past": PAST, "next": {**NEXT, "goal": None}, "needed": None, "ends": [{**END, "day": "2026-12-31", "due": False}]},
        "规划期限2025年12月31日已过，当日7138家，未达到目标，2026—2028年目标尚未设定；预计到2026年12月31日为8100家左右"
        "（6900家至9000家）；届时达到原目标（8000家）的可能性约6成",
        "the goal of 2026–2028 is not set yet",
    ),
    "past, the next set": (
        {"past": {**PAST, "reached": True}, "next": NEXT, "judged": NEXT, "needed": None, "ends": [LATER]},
        "当日7138家，达到目标；预计到2028年12月31日为8100家左右（6900家至9000家）；届时达到目标（12000家）的可能性不足1%",
        "the goal was met; about 8,100 firms on 31 December 2028",
    ),
    "past without a goal": (
        {"past": {**PAST, "reached": None}, "goal": None, "judged": None, "needed": None},
        "当日7138家，未设目标；预计",
        "no goal was set",
    ),
    "too little history": (
        {"enough": False, "ends": [], "needed": None},
        "：在库历史不足一年，不作测算。",
        "less than a year of history",
    ),
    "never renewed": (
        {"ends": [], "needed": None, "limited": "2025-07-31"},
        "能否续认尚无先例，不作测算。",
        "how many will renew was never seen",
    ),
}  # fmt: skip


def said(given: Published, one: Record, language: str, name: str = "monthly", **more: Any) -> str:
    """The paragraphs about days to come, with quality firms as given."""
    snapshot, firms = given
    part = {**snapshot.parts["forecast"], "targets": {"quality-firms": one}, **more}
    made = bulletin(replace(snapshot, name=name), {**snapshot.parts, "forecast": part}, firms, language)
    blocks = list(made.blocks)
    at = next(
        n
        for n, block in enumerate(blocks)
        if isinstance(block, Heading) and ("测算" in block.text or "projection" in block.text)
    )
    found = []
    for block in blocks[at + 1 :]:
        if not isinstance(block, Paragraph):
            break
        found.append(block.text)
    return "\n".join(found)


@pytest.mark.parametrize("case", CASES)
def test_the_sentence_is_right_in_every_case(monthly: Published, case: str) -> None:
    change, zh, en = CASES[case]
    for name in ("monthly", "quarterly"):
        chinese, english = (said(monthly, {**AHEAD, **change}, language, name) for language in ("zh", "en"))
        assert zh in chinese
        assert en in english
        assert not any(
            doubled in chinese + english for doubled in ("；；", "。。", "..", "None", "; ;", "，，")
        )


def test_a_projection_says_that_it_is_one_and_the_sample_that_it_is_invented(monthly: Published) -> None:
    text = said(monthly, AHEAD, "zh")
    assert "以下为测算，不是统计结果" in text
    assert "只说明方法" in text
    assert "只说明方法" not in said(monthly, AHEAD, "zh", sample=False)
    assert "is a projection and no count" in said(monthly, AHEAD, "en")


def test_every_forecast_of_the_published_count_is_told(make: Any, monthly: Published) -> None:
    text = "\n".join(block.text for block in make("monthly").blocks if isinstance(block, Paragraph))
    assert "5. " in text
    for target in monthly[0].parts["forecast"]["targets"]:
        assert target in {entry["id"] for entry in monthly[0].count["targets"]}
    assert make("quarterly").values["outlook"].startswith("优质企业")
    assert make("monthly").values["n"]["quality_firms"]["chance"] == "—"  # its day is past


def test_the_quarter_shows_the_fan_in_black_and_white(make: Any) -> None:
    one = make("quarterly").pictures["chart_forecast"]
    assert len(one.chart.labels) == len(one.chart.values) + len(one.chart.rays)
    assert "扇形图" in one.alt
    assert charts.svg(one.chart) == charts.svg(one.chart)
    assert charts.png(one.chart)[:4] == b"\x89PNG"
    assert "chart_forecast" not in make("monthly").pictures
    without = charts.svg(replace(one.chart, goal=None))
    assert without != charts.svg(one.chart)
    assert b"fill: #" in without
    colours = {
        part[:6]
        for part in charts.svg(one.chart).decode().split("#")[1:]
        if all(c in "0123456789abcdef" for c in part[:6])
    }
    assert all(one[:2] == one[2:4] == one[4:6] for one in colours if len(one) == 6)


def test_the_files_with_a_fan_are_the_same_again(make: Any) -> None:
    first, again = make("quarterly", "en"), make("quarterly", "en")
    assert book(first) == book(again)
    assert pdf(first) == pdf(again)


def test_a_count_published_without_a_forecast_says_what_it_said(city: House, monthly: Published) -> None:
    snapshot, firms = monthly
    old = replace(snapshot, parts={name: part for name, part in snapshot.parts.items() if name != "forecast"})
    assert missing_parts(city, old) == {}
    for name in ("monthly", "quarterly"):
        made = bulletin(replace(old, name=name), old.parts, firms)
        assert "chart_forecast" not in made.pictures
        assert not any(isinstance(block, Heading) and "测算" in block.text for block in made.blocks)
        assert made.values["outlook"] == ""


def test_the_part_is_plain_json_of_a_bearable_size(monthly: Published) -> None:
    part = monthly[0].parts["forecast"]
    assert json.loads(json.dumps(part)) == part
    assert len(json.dumps(part)) < 20_000
