"""The ids that sheets may use: a sheet may use the id or the Chinese term; ids are never renamed."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.contract.counting import Register, firm, problems

ROOT = Path(__file__).parents[2]


def ids(text: str) -> list[str]:
    return text.split()


TIERS = {
    "innovative_sme": "创新型中小企业",
    "tech_sme": "科技型中小企业",
    "srdi": "专精特新中小企业",
    "little_giant": "专精特新“小巨人”企业",
    "single_champion": "制造业单项冠军企业",
    "gazelle": "瞪羚企业",
    "quasi_unicorn": "准独角兽企业",
    "unicorn": "独角兽企业",
    "high_tech": "高新技术企业",
}
LEVELS_OF_CHAMPIONS = {"national": "国家级", "provincial": "省级", "city": "市级"}
LEVELS_OF_GAZELLES = {"provincial": "省级", "city": "市级", "zone": "区级"}
BASIS = {"new": "新认定", "review": "复核通过", "change": "变更"}
BOARDS = {
    "sse_main": "上交所主板",
    "sse_star": "科创板",
    "szse_main": "深交所主板",
    "szse_chinext": "创业板",
    "bse": "北交所",
    "hkex": "港交所",
    "us": "美股",
    "overseas": "境外",
    "neeq_innovation": "新三板创新层",
    "neeq_base": "新三板基础层",
    "regional": "区域性股权市场",
}
STAGES = {
    "reserve": "储备",
    "restructured": "股改",
    "tutoring": "辅导",
    "tutoring_passed": "辅导验收",
    "filed": "受理",
    "inquiry": "问询",
    "suspended": "中止",
    "committee_passed": "过会",
    "submitted": "提交注册",
    "registered": "注册生效",
    "issued": "发行",
    "listed": "上市",
    "delisted": "退市",
    "quoted": "挂牌",
    "unquoted": "摘牌",
    "withdrawn": "撤回",
    "refused": "不予注册",
}
APPLICATION_STAGES = {
    "filed": "已申报",
    "district_recommended": "区县推荐",
    "city_recommended": "市级推荐",
    "publicised": "公示",
    "recognised": "认定",
    "rejected": "未通过",
    "withdrawn": "撤回",
}
PURPOSES = {"new": "新申报", "review": "复核", "update": "信息更新"}
STATUS = {"active": "存续", "cancelled": "注销", "revoked": "吊销"}
OWNERSHIP = {
    "private": "民营",
    "state": "国有",
    "collective": "集体",
    "foreign": "外资",
    "hmt": "港澳台",
    "mixed": "混合所有制",
    "unknown": "未知",
}
TARGETS = ids("""
    quality-firms above-scale listed tech-sme high-tech revenue-10bn revenue-1bn revenue-total pillar-scale
    advanced-share digital-gdp digital-core-gdp energy-intensity tech-projects platforms brands
    clusters-advanced clusters-wild-goose clusters-sme industrial-investment tech-upgrades
    new-projects-share software-parks software-centres first-software software-revenue electronics-revenue
    smart-pilots benchmark-factories id-nodes iiot-parks base-stations computing renewables-capacity
    renewables-capacity-share renewables-output-share non-fossil-share energy-equipment nev-scale
    green-projects district-weight department-weight
""")
HONOURS = ids("""
    science_award quality_award chuangke platform brand first_set smart_pilot benchmark_factory id_node
    software_centre first_software green talent accident violation
""")
PROBLEMS = ids("""
    uscc_missing uscc_old_number uscc_damaged uscc_check uscc_letter uscc_misplaced name_missing
    unknown_firm ambiguous_name conflict_in_file term_missing date_unreadable date_future date_order
    number_unreadable negative unit_unknown value_unknown district_unknown placeholder self_supply
    share_range outside_source orphaned
""")
NOTES = ids("""
    overtaken city_assumed case_folded former_district currency_kept digital_core_differs
""")


def said_twice(
    register: Register, kind: str, field: str, words: dict[str, str], **common: str
) -> tuple[list[Any], list[Any]]:
    """Imports each id for one firm and its Chinese term for the next; gives what the two are read as."""
    register.firms(*range(1, 2 * len(words) + 1))
    by_id = [{"uscc": firm(2 * n + 1), field: word, **common} for n, word in enumerate(words)]
    by_term = [{"uscc": firm(2 * n + 2), field: word, **common} for n, word in enumerate(words.values())]
    report = register.file(kind, by_id + by_term)
    assert report["accepted"] == 2 * len(words)
    assert report["problems"] == []
    name = kind.replace("-", "_")

    def read(number: int) -> Any:
        shown = register.show(number)
        if kind == "enterprises":
            return shown["profile"][field]["value"]
        return shown[name][0][field]

    numbers = range(len(words))
    return [read(2 * n + 1) for n in numbers], [read(2 * n + 2) for n in numbers]


@pytest.mark.parametrize(
    ("kind", "field", "words", "common"),
    [
        ("titles", "tier", TIERS, {"level": "provincial", "issued_on": "2024-05-12"}),
        ("titles", "level", LEVELS_OF_CHAMPIONS, {"tier": "single_champion", "issued_on": "2024-05-12"}),
        ("titles", "level", LEVELS_OF_GAZELLES, {"tier": "gazelle", "issued_on": "2024-05-12"}),
        ("titles", "basis", BASIS, {"tier": "srdi", "issued_on": "2024-05-12"}),
        ("listings", "board", BOARDS, {"stage": "filed", "stage_on": "2024-05-12"}),
        ("listings", "stage", STAGES, {"board": "bse", "stage_on": "2024-05-12"}),
        (
            "applications",
            "stage",
            APPLICATION_STAGES,
            {
                "tier": "srdi",
                "level": "provincial",
                "purpose": "new",
                "round": "2024",
                "stage_on": "2024-05-12",
            },
        ),
        (
            "applications",
            "purpose",
            PURPOSES,
            {
                "tier": "srdi",
                "level": "provincial",
                "round": "2024",
                "stage": "filed",
                "stage_on": "2024-05-12",
            },
        ),
        ("enterprises", "status", STATUS, {}),
        ("enterprises", "ownership", OWNERSHIP, {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_id_and_its_chinese_term_are_read_alike(
    register: Register, kind: str, field: str, words: dict[str, str], common: dict[str, str]
) -> None:
    if field == "tier":  # levels differ by tier: leave the level to each tier where it has one
        words = {
            tier: zh for tier, zh in words.items() if tier not in ("tech_sme", "little_giant", "high_tech")
        }
    by_id, by_term = said_twice(register, kind, field, words, **common)
    assert by_id == list(words)
    assert by_term == list(words)


def test_national_tiers_by_id_and_by_term(register: Register) -> None:
    words = {tier: TIERS[tier] for tier in ("tech_sme", "little_giant", "high_tech")}
    by_id, by_term = said_twice(register, "titles", "tier", words, issued_on="2024-05-12", level="国家级")
    assert by_id == by_term == list(words)


@pytest.mark.parametrize("kind", ["enterprise", "product", "企业", "产品"])
def test_kinds_of_single_champions(register: Register, kind: str) -> None:
    register.firms(1)
    register.title(1, "single_champion", level="省级", kind=kind, issued_on="2024-05-12")
    (title,) = register.show(1)["titles"]
    assert title["kind"] == {"企业": "enterprise", "产品": "product"}.get(kind, kind)


def test_honours_by_id(register: Register) -> None:
    register.firms(*range(1, len(HONOURS) + 1))
    rows = [
        {"uscc": firm(n), "honour": what, "level": "provincial", "on": "2024-05-12"}
        for n, what in enumerate(HONOURS, start=1)
    ]
    assert register.file("honours", rows)["accepted"] == len(HONOURS)
    assert [register.show(n)["honours"][0]["honour"] for n in range(1, len(HONOURS) + 1)] == HONOURS


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("titles", {"tier": "super_firm", "issued_on": "2024-05-12"}),
        ("listings", {"board": "moon", "stage": "listed", "stage_on": "2024-05-12"}),
        ("listings", {"board": "bse", "stage": "dreamt", "stage_on": "2024-05-12"}),
    ],
)
def test_a_word_outside_the_table_in_a_key_is_refused(
    register: Register, kind: str, row: dict[str, str]
) -> None:
    register.firms(1)
    answer = register.send(kind, [{"uscc": firm(1), **row}])
    assert answer.code == 1
    assert problems(answer.json, "refused") == ["value_unknown"]


def test_targets_are_those_of_the_plan_in_its_order(register: Register) -> None:
    assert len(TARGETS) == 42
    assert [t["id"] for t in register.count("2026-01-01")["targets"]] == TARGETS


def test_goals_directions_and_sources_are_those_of_the_plan(register: Register) -> None:
    told = {t["id"]: t for t in register.count("2026-01-01")["targets"]}
    expected = {
        "quality-firms": (8000, "at_least", "stock", "firms"),
        "above-scale": (3000, "more_than", "stock", "firms"),
        "listed": (45, "at_least", "stock", "firms"),
        "tech-sme": (10000, "more_than", "stock", "firms"),
        "high-tech": (8000, "more_than", "stock", "firms"),
        "revenue-10bn": (20, "about", "stock", "firms"),
        "revenue-1bn": (150, "about", "stock", "firms"),
        "platforms": (1000, "at_least", "stock", "tags"),
        "brands": (50, "at_least", "cumulative", "tags"),
        "smart-pilots": (350, "at_least", "cumulative", "tags"),
        "benchmark-factories": (30, "at_least", "year", "tags"),
        "id-nodes": (15, "at_least", "cumulative", "tags"),
        "tech-projects": (800, "at_least", "year", "filed"),
        "tech-upgrades": (300, "at_least", "year", "filed"),
        "software-centres": (100, "at_least", "stock", "tags"),
        "first-software": (800, "at_least", "stock", "tags"),
    }
    found = {i: tuple(told[i][k] for k in ("goal", "direction", "basis", "source")) for i in expected}
    assert found == expected
    assert {t["due"] for t in told.values()} == {"2025-12-31"}


def test_money_goals_are_integers_and_ratio_goals_decimal_strings(register: Register) -> None:
    told = {t["id"]: t["goal"] for t in register.count("2026-01-01")["targets"]}
    assert told["revenue-total"] == 1_000_000_000_000
    assert told["software-revenue"] == 650_000_000_000
    ratios = {name: told[name] for name in ("advanced-share", "digital-core-gdp", "energy-intensity")}
    assert all(isinstance(goal, str) for goal in ratios.values())
    assert {name: float(goal) for name, goal in ratios.items()} == {
        "advanced-share": 0.70,
        "digital-core-gdp": 0.21,
        "energy-intensity": -0.17,
    }


def test_tiers_are_listed_in_the_order_of_the_ids(register: Register) -> None:
    register.firms(1)
    rows = [{"uscc": firm(1), "tier": tier, "issued_on": "2024-05-12"} for tier in reversed(TIERS)]
    for row in rows:
        level = "国家级" if row["tier"] in ("tech_sme", "little_giant", "high_tech") else "省级"
        register.file("titles", [row | {"level": level}])
    listed = [line["tier"] for line in register.count("2024-06-01")["tiers"] if line["titles_valid"]]
    assert listed == list(TIERS)


@pytest.mark.parametrize(("vocabulary", "wanted"), [("problem", PROBLEMS), ("note", NOTES)])
def test_every_problem_and_note_can_be_said_in_both_languages(vocabulary: str, wanted: list[str]) -> None:
    with (ROOT / "data" / "codes" / "words.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(line for line in source if not line.startswith("#")))
    said = {row["id"]: row for row in rows if row["vocabulary"] == vocabulary}
    assert [i for i in wanted if i not in said] == []
    assert [i for i in wanted if not (said[i]["zh"] and said[i]["en"])] == []


def test_a_problem_speaks_in_words(register: Register) -> None:
    register.firms(1)
    answer = register.send("titles", [{"uscc": firm(1), "tier": "srdi"}])
    (problem,) = answer.json["problems"]
    assert set(problem) >= {"row", "field", "code", "value", "message", "fate"}
    assert (problem["row"], problem["code"], problem["fate"]) == (2, "term_missing", "refused")
    assert problem["message"]
    assert problem["message"] != problem["code"]
