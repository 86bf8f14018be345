"""The sentences are right in every case: up, down, unchanged, unknown, pending, overdue, met, about."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tiers.bulletins.facts import Facts, state_of
from tiers.bulletins.on_targets import met_sentence
from tiers.bulletins.saying import Speech
from tiers.bulletins.wording import bridge_sentence, continuation, state_name, value_sentence
from tiers.snapshot import Snapshot

DAY, AT = date(2026, 6, 30), datetime(2026, 7, 1, 1, tzinfo=UTC)
ENTRY = {
    "id": "quality-firms", "name": "优质企业总数", "name_en": "Quality firms", "goal": 8000, "unit": "firms",
    "direction": "at_least", "due": "2026-12-31", "basis": "stock", "period": "2026-06-30", "value": 7000,
    "rate": "0.8750", "unknown": 0, "review_pending": 0, "pending": False, "source": "firms",
}  # fmt: skip
NAMES: dict[str, Any] = {"counts_pending": False}


def facts(*entries: dict[str, Any], bridge: dict[str, Any] | None = None, language: str = "zh") -> Facts:
    bridges = {} if bridge is None else {entries[0]["id"]: bridge}
    snapshot = Snapshot(
        1,
        "monthly",
        DAY,
        AT,
        AT,
        "desk",
        "d",
        {},
        {"targets": list(entries), "tiers": [], "by": []},
        bridges,
        {},
    )
    return Facts(snapshot, {"names": NAMES, "plan": {}}, lambda _target: [], Speech(language))


def bridge(first: int, last: int, *steps: tuple[str, int]) -> dict[str, Any]:
    return {
        "target": "quality-firms", "from": {"as_of": "2026-05-31", "value": first}, "to": {"as_of": "2026-06-30", "value": last},
        "steps": [{"reason": reason, "delta": delta, "firms": ["x"] * abs(delta)} for reason, delta in steps], "held": {},
    }  # fmt: skip


def said(entry: dict[str, Any], language: str = "zh", **more: Any) -> str:
    given = {**ENTRY, **entry}
    return value_sentence(facts(given, language=language, **more), given)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({}, "优质企业总数7000家，完成目标8000家的87.5%，距目标差1000家"),
        ({"value": 8000, "rate": "1.0000"}, "优质企业总数8000家，达到目标（8000家）"),
        ({"value": 8012, "rate": "1.0015"}, "优质企业总数8012家，达到目标（8000家），超出12家"),
        ({"due": "2025-12-31"}, "优质企业总数7000家，完成目标8000家的87.5%，距目标差1000家（规划期限2025年12月31日已过）"),
        ({"direction": "more_than", "value": 8000, "rate": "1.0000"},
         "优质企业总数8000家，完成目标8000家以上的100%，与目标持平，须超过目标方为达到"),
        ({"direction": "about", "goal": 20, "value": 19, "rate": "0.9500"}, "优质企业总数19家，达到目标（20家左右）"),
        ({"direction": "about", "goal": 20, "value": 18, "rate": "0.9000"},
         "优质企业总数18家，完成目标20家左右的90%，偏差2家，超出5%的允许范围"),
        ({"direction": "about", "goal": 20, "value": 22, "rate": "1.1000"},
         "优质企业总数22家，完成目标20家左右的110%，偏差2家，超出5%的允许范围"),
        ({"direction": "at_most", "value": 8001, "rate": "1.0001"}, "优质企业总数8001家，目标为不超过8000家，超过上限1家"),
        ({"pending": True, "period": "2026"}, "优质企业总数（2026年度）7000家，为目标8000家的87.5%，待2026年度结束后判定"),
        ({"unknown": 30}, "优质企业总数7000家，完成目标8000家的87.5%，距目标差1000家；另有30家因数据不详无法判定，未计入"),
        ({"value": None, "rate": None, "source": "filed"}, "优质企业总数尚无填报数据，数值不详"),
        ({"value": None, "rate": None, "source": "filed", "due": "2025-12-31"},
         "优质企业总数已过期限（2025年12月31日），仍无填报数据"),
        ({"goal": None, "rate": None}, "优质企业总数7000家，未设目标"),
        ({"goal": "-0.17", "value": "-0.16", "unit": "ratio", "direction": "about", "rate": "0.9412"},
         "优质企业总数−16%，目标为−17%左右，偏差1%，超出5%的允许范围"),
    ],
)  # fmt: skip
def test_a_target_in_words(entry: dict[str, Any], told: str) -> None:
    assert said(entry) == told


@pytest.mark.parametrize(
    ("first", "told"), [(6990, "比上月末增加10家"), (7010, "比上月末减少10家"), (7000, "与上月末持平")]
)
def test_a_change_is_said_as_what_it_is(first: int, told: str) -> None:
    assert said({}, bridge=bridge(first, 7000)).startswith(f"优质企业总数7000家，{told}，")


def test_without_an_earlier_count_no_change_is_claimed() -> None:
    assert "比" not in said({})
    unknown = bridge(0, 7000)
    unknown["from"]["value"] = None
    assert "比" not in said({}, bridge=unknown)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (bridge(7000, 7000), "2026年5月31日至2026年6月30日，优质企业总数没有变动，均为7000家"),
        (bridge(6980, 7000, ("new", 30), ("moved_in", 2), ("expired", -12)),
         "2026年5月31日至2026年6月30日，优质企业总数由6980家变为7000家，其中增加32家（新增30家、迁入2家）；减少12家（到期退出12家）；净增加20家"),
        (bridge(7000, 7000, ("new", 3), ("cancelled", -3)),
         "2026年5月31日至2026年6月30日，优质企业总数由7000家变为7000家，其中增加3家（新增3家）；减少3家（注销或吊销3家）；增减相抵，总数持平"),
        (bridge(7001, 7000, ("corrected", -1)),
         "2026年5月31日至2026年6月30日，优质企业总数由7001家变为7000家，其中减少1家（数据更正1家）；净减少1家"),
    ],
)  # fmt: skip
def test_a_bridge_in_words(given: dict[str, Any], told: str) -> None:
    assert bridge_sentence(facts(ENTRY, bridge=given), "quality-firms") == told


def test_english_says_the_same() -> None:
    assert said({"due": "2025-12-31"}, "en") == (
        "Quality firms: 7,000 firms; 87.5% of the goal of 8,000 firms, 1,000 firms short of it "
        "(its day, 31 December 2025, is past)"
    )


def test_the_summary_names_who_is_not_there_yet() -> None:
    entries = [
        {**ENTRY, "value": 8000, "rate": "1.0000"},
        {**ENTRY, "id": "listed", "name": "上市企业", "value": 3, "goal": 45},
        {**ENTRY, "id": "x", "name": "某项", "pending": True},
        {**ENTRY, "id": "y", "name": "另项", "goal": None, "rate": None},
    ]
    assert met_sentence(facts(*entries)) == (
        "由登记库直接统计的4项指标中，已达到目标1项，尚未达到1项（上市企业），待年度结束后判定1项，未设定目标1项。"
    )


def test_a_state_that_the_count_says_is_taken() -> None:
    assert state_of({**ENTRY, "state": "pending", "pending": True}, DAY) == "pending"
    assert state_of({**ENTRY, "state": "unmet"}, DAY) == "unmet"
    assert state_of({**ENTRY, "value": None, "due": "2026-06-30"}, DAY) == "missing"
    assert state_of({**ENTRY, "value": None, "due": "2026-06-29"}, DAY) == "overdue"


def test_a_goal_whose_day_is_to_come_does_not_wait_for_the_end_of_a_year() -> None:
    entry = {**ENTRY, "state": "pending"}
    assert said(entry) == "优质企业总数7000家，完成目标8000家的87.5%，距目标差1000家"
    assert state_name(facts(entry), entry) == "推进中"
    assert "尚未达到1项（优质企业总数）" in met_sentence(facts(entry))


def test_a_plan_without_goals_says_so_in_every_sentence() -> None:
    entry = {**ENTRY, "goal": None, "rate": None, "state": "not_set"}
    assert said(entry) == "优质企业总数7000家，未设目标"
    assert state_name(facts(entry), entry) == "未设目标"
    assert "未设定目标1项" in met_sentence(facts(entry))


TITLE = {
    "last": "2026-11-23",
    "way": "review",
    "state": "unknown",
    "from": None,
    "until": None,
    "document": "",
}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, ("到期前申请复核", "以当年通知为准")),
        ({"state": "filed"}, ("已提交申请，待认定部门决定", "已提交")),
        ({"way": ""}, ("接续办法不详，请向认定部门核实", "以当年通知为准")),
        ({"way": "recognition"}, ("到期前重新申请认定", "以当年通知为准")),
        ({"state": "open", "from": "2026-04-25", "until": "2026-05-25"},
         ("申请复核（4月25日起受理）", "2026-05-25")),
        ({"state": "closed", "from": "2026-04-25", "until": "2026-05-25"}, ("申报期已过，请向认定部门核实", "2026-05-25")),
    ],
)  # fmt: skip
def test_what_to_do_about_a_title_that_ends(given: dict[str, Any], told: tuple[str, str]) -> None:
    assert continuation(facts(ENTRY).speech, {**TITLE, **given}) == told


def test_a_change_of_firms_is_not_told_as_that_of_a_number_with_a_filed_part() -> None:
    entry = {
        **ENTRY,
        "id": "green-projects",
        "name": "绿色制造示范项目",
        "value": 51,
        "counted": 1,
        "filed": 50,
    }
    given = facts(entry, bridge=bridge(1, 1))
    assert value_sentence(given, entry).startswith("绿色制造示范项目51家，完成目标")
    told = bridge_sentence(given, "green-projects")
    assert told == "2026年5月31日至2026年6月30日，绿色制造示范项目（企业部分）没有变动，均为1家"


def test_in_english_a_line_about_a_change_names_its_target() -> None:
    given = facts(ENTRY, bridge=bridge(7000, 7002, ("new", 2)), language="en")
    assert (bridge_sentence(given, "quality-firms") or "").startswith("Quality firms from 31 May 2026 to")
