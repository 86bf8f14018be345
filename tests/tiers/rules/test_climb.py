"""The way up: the smallest set of gaps, amounts in the firm's own numbers, the earliest day, and who misses one thing only."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from tests.rules.firms import facts_of
from tiers.rules.climb import _steps, gaps_of, near_misses, way_up
from tiers.rules.editions import Measured
from tiers.rules.evaluation import Evaluation
from tiers.rules.explain import Asked
from tiers.rules.library import library

SRDI = {
    "独立法人资格": "是", "符合中小企业划型": "是", "经营异常名录": "否", "严重失信主体": "否", "称号": ["省级 创新型中小企业"],
    "从事细分市场年限": "3年", "营业收入": "10000万元", "前年营业收入": "10000万元", "主营业务收入": "8000万元",
    "主导产品收入": "6000万元", "资产总额": "10000万元",
    "负债总额": "8000万元", "研发费用": "300万元", "前年研发费用": "300万元",
    "Ⅰ类知识产权": "1件", "研发机构": "没有", "今年专精特新发展评价得分": "50", "新增股权融资实缴额": "0元",
    "前年新增股权融资实缴额": "0元",
}  # fmt: skip
INNOVATIVE = {
    "独立法人资格": "是", "符合中小企业划型": "是", "经营异常名录": "否", "严重失信主体": "否", "营业收入": "10000万元",
    "主营业务收入": "7000万元", "前年主营业务收入": "6000万元", "研发费用": "300万元", "资产总额": "10000万元",
    "负债总额": "5500万元", "战略性新兴产业": "是", "Ⅰ类高价值知识产权": "0件", "自主研发Ⅰ类知识产权": "0件",
    "Ⅰ类知识产权": "0件", "Ⅱ类知识产权": "1件",
    "研发机构": "没有", "新增股权融资实缴额": "0元", "前年新增股权融资实缴额": "0元",
    "大前年新增股权融资实缴额": "0元",
}  # fmt: skip
GAZELLE = {
    "独立法人资格": "是", "注册地": "370100", "严重失信主体": "否",
    "战略性新兴产业": "是", "行业": "C3911", "完整会计年度数": "3年",
    "资产总额": "10000万元", "负债总额": "5000万元", "已上市": "否", "母公司已上市": "否", "营业收入": "14400万元",
    "前年营业收入": "12000万元", "大前年营业收入": "10000万元",
    "净利润": "100万元", "前年净利润": "100万元", "大前年净利润": "100万元",
    "研发费用": "720万元", "前年研发费用": "600万元", "发明专利": "2项", "实用新型专利": "0项", "软件著作权": "0项",
    "主导制定标准": "0项", "信用评分": "75",
}  # fmt: skip
TECHSME = {
    "独立法人资格": "是", "经营异常名录": "否", "严重失信主体": "否",
    "从业人员": "500人", "科技人员": "50人", "营业收入": "20000万元",
    "资产总额": "20000万元", "成本费用总额": "10000万元", "研发费用": "800万元", "Ⅰ类知识产权": "1项", "Ⅱ类知识产权": "0项",
    "研发机构": "没有", "主导制定标准": "0项",
}  # fmt: skip


def asked(
    firms: list[dict[str, Any]], *ids: str, day: date = date(2026, 6, 1), purpose: str = "new"
) -> Asked:
    rules = library()
    base, *over = (rules.editions[id] for id in ids)
    return Asked(Evaluation(facts_of(firms, day)), rules.compose(base, over), purpose)


def way(firm: dict[str, Any], *ids: str, **more: Any) -> dict[str, Any]:
    return way_up(asked([firm], *ids, **more), 0)


def gaps(document: dict[str, Any]) -> list[str]:
    return [gap["id"] for gap in document["gaps"]]


def test_no_gap_where_the_data_pass() -> None:
    document = way(SRDI, "srdi-2026")
    assert document == {
        "tier": "srdi", "level": "provincial", "edition": "srdi-2026", "gaps": [], "collect": [], "judged": ["market"],
        "earliest": None, "barred": False,
    }  # fmt: skip


def test_research_is_lacking_in_the_firm_s_own_numbers() -> None:
    """R&D 2.7 % of revenue; 3 % needs 340,000 yuan more."""
    firm = {**SRDI, "营业收入": "11333.33万元", "主营业务收入": "9100万元", "研发费用": "305.9999万元"}
    document = way(firm, "srdi-2026")
    (gap,) = document["gaps"]
    # 3 % of 113,333,300 are 3,399,999 yuan, 340,000 more than 3,059,999.
    assert gap["more"] == {"fact": "rd_expense", "year": 2025, "amount": 340_000}
    assert (gap["id"], gap["value"], gap["threshold"], gap["metric"]) == (
        "rd.ratio",
        "0.027",
        "0.03",
        "rd_ratio",
    )
    assert (gap["short_by"], gap["op"], gap["period"], gap["barred"]) == (
        "0.003",
        "at_least",
        "2024–2025",
        False,
    )
    # Each of the last two years is asked, so 2025 is behind from 2028 on.
    assert gap["earliest"] == document["earliest"] == "2028-01-01"


@pytest.mark.parametrize(
    "change,id,more,earliest",
    [
        ({"负债总额": "8000.0001万元"}, "debt", ("total_liabilities", 2025, -1), "2027-01-01"),
        ({"主导产品收入": "5000万元"}, "product_share", ("product_revenue", 2025, 1), "2027-01-01"),
        ({"主导产品收入": "4999.9999万元"}, "product_share", ("product_revenue", 2025, 2), "2027-01-01"),
        ({"主营业务收入": "7999.9999万元"}, "main_share", ("main_revenue", 2025, 1), "2027-01-01"),
        ({"今年专精特新发展评价得分": "48.5"}, "platform_score", ("platform_score", 2026, 2), "2027-01-01"),
        ({"前年研发费用": "299.9999万元"}, "rd.ratio", ("rd_expense", 2024, 1), "2027-01-01"),
        ({"从事细分市场年限": "1年"}, "niche_years", None, "2028-01-01"),
        ({"Ⅰ类知识产权": "0件"}, "ip.rights", None, None),
        ({"称号": []}, "lower_title", None, None),
    ],
)
def test_one_gap(change: dict[str, Any], id: str, more: Any, earliest: str | None) -> None:
    document = way({**SRDI, **change}, "srdi-2026")
    (gap,) = document["gaps"]
    assert gap["id"] == id
    assert gap["more"] == (dict(zip(("fact", "year", "amount"), more, strict=True)) if more else None)
    assert gap["earliest"] == document["earliest"] == earliest


def test_the_nearest_of_several_ways_is_taken() -> None:
    """Revenue lacks one part in 15, equity all of its 20 million."""
    firm = {
        **SRDI,
        "营业收入": "1400万元",
        "主营业务收入": "1200万元",
        "主导产品收入": "1000万元",
        "研发费用": "150万元",
    }
    (gap,) = way(firm, "srdi-2026")["gaps"]
    assert (gap["id"], gap["more"]["amount"]) == ("revenue.revenue", 1_000_000)
    nearer = {**firm, "营业收入": "1000万元", "主营业务收入": "900万元", "新增股权融资实缴额": "1900万元"}
    (gap,) = way(nearer, "srdi-2026")["gaps"]
    assert (gap["id"], gap["short_by"], gap["more"]) == ("revenue.equity", 1_000_000, None)


def test_gaps_of_an_all_of_are_all_listed_and_the_last_day_counts() -> None:
    document = way(
        {**SRDI, "从事细分市场年限": "2年", "负债总额": "9000万元", "Ⅰ类知识产权": "0件"}, "srdi-2026"
    )
    assert gaps(document) == ["niche_years", "debt", "ip.rights"]
    assert document["earliest"] is None, "nobody knows when a right is granted"
    document = way({**SRDI, "从事细分市场年限": "0年", "负债总额": "9000万元"}, "srdi-2026")
    assert document["earliest"] == "2029-01-01"


def test_awards_are_farther_than_numbers() -> None:
    assert gaps(way({**SRDI, "Ⅰ类知识产权": "0件"}, "srdi-2026")) == ["ip.rights"]


def test_an_accident_is_forgotten_after_its_years() -> None:
    firm = {**SRDI, "荣誉": ["安全事故 2025-06-01"]}
    document = way(firm, "srdi-2026")
    assert (gaps(document), document["barred"], document["earliest"]) == (["clean"], False, "2028-06-01")
    two = way({**SRDI, "荣誉": ["安全事故 2024-02-29", "违法违规 2023-07-01"]}, "srdi-2026")
    assert two["earliest"] == "2027-03-01"


def test_only_the_own_records_of_that_kind_are_waited_for() -> None:
    firms = [
        {**SRDI, "荣誉": ["安全事故 2025-06-01", "省级 科学技术奖 2026-01-01"]},
        {**SRDI, "荣誉": ["安全事故 2026-05-01"]},
    ]
    one = asked(firms, "srdi-2026")
    assert [way_up(one, at)["earliest"] for at in (0, 1)] == ["2028-06-01", "2029-05-01"]


def test_a_year_on_a_strict_limit_is_the_one_that_fails() -> None:
    """Below 50 per cent in each of two years: 2025 is exactly 50, and behind from 2028 on."""
    criterion = Measured(
        id="it", zh="", en="", clause="", provenance="official", metric="debt_ratio", op="less_than", threshold=Fraction(1, 2),
        how="each", years=2,
    )  # fmt: skip
    firm = {"资产总额": "100元", "负债总额": "50元", "前年资产总额": "100元", "前年负债总额": "70元"}
    (gap,) = gaps_of(asked([firm], "srdi-2026"), criterion, 0)
    assert (gap.more, gap.earliest) == (("total_liabilities", 2025, -1), date(2028, 1, 1))
    (gap,) = gaps_of(asked([{**firm, "负债总额": "49元"}], "srdi-2026"), criterion, 0)
    assert (gap.more, gap.earliest) == (("total_liabilities", 2024, -21), date(2027, 1, 1))


def test_what_nothing_can_close_is_barred() -> None:
    gazelle = way({**GAZELLE, "行业": "J6620"}, "gazelle-shandong-2020", day=date(2024, 6, 1))
    assert (gaps(gazelle), gazelle["barred"]) == (["trade"], True)
    champion = way({"称号": ["国家级 单项冠军"]}, "lg-2026", "lg-notice-2026")
    assert champion["barred"]
    elsewhere = way({**GAZELLE, "注册地": "110000"}, "gazelle-shandong-2020", day=date(2024, 6, 1))
    assert (gaps(elsewhere), elsewhere["barred"]) == (["place"], True)


def test_a_firm_is_measured_in_its_own_band() -> None:
    """At 50 to 100 million yuan the Little Giant of 2022 wants 6 %; 3 % of larger firms would be nearer."""
    firm = {"营业收入": "6000万元", "前年营业收入": "6000万元",
    "研发费用": "100万元", "前年研发费用": "360万元", "研发机构": "国家级",
            "Ⅰ类知识产权": "2件"}  # fmt: skip
    document = way(firm, "lg-2022", day=date(2024, 6, 1))
    found = {gap["id"]: gap for gap in document["gaps"]}
    assert "innovation.general.rd.middle" in found
    assert "innovation.general.rd.upper" not in found
    assert found["innovation.general.rd.middle"]["more"] == {
        "fact": "rd_expense",
        "year": 2023,
        "amount": 2_600_000,
    }


def test_growth_is_lacking_in_yuan() -> None:
    """Of all routes the yearly one: main revenue of 10 % more than last year."""
    firm = {"营业收入": "20000万元", "前年营业收入": "20000万元",
    "上缴税金": "1000万元", "前年上缴税金": "100万元", "净利润": "1万元",
            "注册地": "370100", "行业": "C3911"}  # fmt: skip
    (gap,) = way(firm, "doubling-template")["gaps"]
    assert gap["id"] == "performance.lower.revenue_growth"
    assert gap["more"] == {"fact": "revenue", "year": 2025, "amount": 40_000_000}


def test_time_alone_does_not_make_younger() -> None:
    """Above the age of 5+N no day will do; growth is the way."""
    firm = {"注册地": "370100", "功能区": "370171", "成立年限": "12年", "营业收入": "14400万元", "前年营业收入": "14000万元",
            "大前年营业收入": "14000万元", "净利润": "100万元", "大前年净利润": "100万元", "发明专利": "1项"}  # fmt: skip
    document = way(firm, "gazelle-jnhtz-2016")
    assert gaps(document) == ["growth.rate.second.revenue"]
    assert document["gaps"][0]["more"] is None, "a compound rate is no sum of one year"
    assert not document["barred"]


def test_a_score_takes_the_fewest_lines() -> None:
    """55 points of 60: the line that gains most lifts it alone."""
    firm = {
        **INNOVATIVE,
        "主营业务收入": "5999.9999万元",
        "前年主营业务收入": "5714.2856万元",
        "战略性新兴产业": "否",
    }
    document = way(firm, "innovative-2022", day=date(2026, 6, 1))
    (gap,) = document["gaps"]
    # Class II rights give 5 of 20 points; one Class I right of high value gives all.
    assert gap["points"] == {
        "line": "与企业主导产品相关的有效知识产权数量",
        "line_en": "Valid rights related to the main product",
        "from": 5,
        "to": 20,
    }
    assert gap["id"] == "ip.1"
    assert document["earliest"] is None


def test_a_score_takes_several_lines_where_one_is_not_enough() -> None:
    """25 of 60 points: rights 20, research 20, growth 20 lift it over; the fewest lines are two of them."""
    firm = {**INNOVATIVE, "研发费用": "0元", "Ⅱ类知识产权": "0件", "负债总额": "9000万元", "主营业务收入": "6000万元",
            "前年主营业务收入": "7000万元"}  # fmt: skip
    one = asked([firm], "innovative-2022")
    total = next(c for c, _of in one.nodes() if c.id == "evaluation.points.total")
    found = gaps_of(one, total, 0)
    assert sum(one.evaluation.points(one.edition, "total", "new").high) == 25
    assert [gap.points[1:] if gap.points else None for gap in found] == [(0, 20), (0, 20)]
    innovation = next(c for c, _of in one.nodes() if c.id == "evaluation.points.innovation")
    assert len(gaps_of(one, innovation, 0)) == 1
    # Where one thing does it, the three classes that are short are not asked for.
    assert len(way_up(one, 0)["gaps"]) == 1


def test_the_better_of_two_lines_is_a_way_too() -> None:
    """30 points of research are 10 short; more research gives up to 50."""
    firm = {**TECHSME, "Ⅰ类知识产权": "0项", "Ⅱ类知识产权": "3项"}
    document = way(firm, "techsme-2017")
    (gap,) = document["gaps"]
    assert gap["points"]["to"] - gap["points"]["from"] >= 8
    assert gap["id"] in {"sales.1", "rights.1", "tech_staff.1"}
    short = way(
        {**TECHSME, "科技人员": "200人", "研发费用": "0元", "Ⅰ类知识产权": "0项", "Ⅱ类知识产权": "4项"},
        "techsme-2017",
    )
    (gap,) = short["gaps"]
    assert (gap["id"], gap["points"]) == (
        "sales.1",
        {"line": "研发费用占销售收入比例", "line_en": "R&D to sales", "from": 0, "to": 50},
    )
    assert gap["more"] == {"fact": "rd_expense", "year": 2025, "amount": 12_000_000}


def test_gathered_points_are_gained_one_by_one() -> None:
    """Six points short with everything else full: quality gives three and, capped at five, two more."""
    firm = {"管理体系认证": "否", "自主品牌": "否", "主导制定标准": "0项"}
    one = asked([firm], "srdi-2022", day=date(2025, 6, 1))
    item = next(i for c in one.edition.tables[0].classes for i in c.items if i.id == "quality")
    steps = list(_steps(one, item, 0))
    assert [(int(gain), gap.points[1:] if gap.points else None) for gain, gap in steps] == [
        (3, (0, 3)),
        (2, (3, 5)),
    ]
    full = asked([{**firm, "管理体系认证": "是", "自主品牌": "是"}], "srdi-2022", day=date(2025, 6, 1))
    assert list(_steps(full, item, 0)) == []


def test_nothing_is_known_where_the_law_was_not_found() -> None:
    document = way({}, "unicorn-shandong-2020", day=date(2024, 1, 1))
    assert (document["edition"], document["gaps"], document["collect"], document["barred"]) == (
        None,
        [],
        [],
        False,
    )


# What to ask for first ---------------------------------------------------------------------------------


def test_what_decides_alone_is_asked_for_first() -> None:
    """Main revenue alone settles the share; for research two facts are missing."""
    firm = {**SRDI, "主营业务收入": "无", "研发费用": "无", "前年研发费用": "无"}
    assert way(firm, "srdi-2026")["collect"] == [
        {"fact": "main_revenue@2025", "criteria": 1, "decides": True},
        {"fact": "rd_expense@2024", "criteria": 1, "decides": False},
        {"fact": "rd_expense@2025", "criteria": 1, "decides": False},
    ]


def test_what_most_criteria_wait_for_is_asked_for_first() -> None:
    firm = {**SRDI, "营业收入": "无", "负债总额": "无", "前年营业收入": "无"}
    asked_for = way(firm, "srdi-2026")["collect"]
    assert [(one["fact"], one["criteria"], one["decides"]) for one in asked_for] == [
        ("revenue@2025", 4, True), ("total_liabilities@2025", 1, True), ("revenue@2024", 1, False),
    ]  # fmt: skip


def test_a_compound_rate_waits_for_both_ends_only() -> None:
    one = asked([{"营业收入": "无", "前年营业收入": "无", "大前年营业收入": "100万元"}], "lg-2026")
    assert "revenue@2024" not in one.waiting["growth"]
    assert set(one.waiting["growth"]) == {"revenue@2023", "revenue@2025"}


# Near misses -------------------------------------------------------------------------------------------


def test_near_misses_lack_one_thing_that_can_be_closed_nearest_first() -> None:
    firms: list[dict[str, Any]] = [
        SRDI,
        {**SRDI, "负债总额": "9000万元"},
        {**SRDI, "负债总额": "8100万元"},
        {**SRDI, "从事细分市场年限": "2年"},
        {**SRDI, "从事细分市场年限": "2年", "负债总额": "8100万元"},
        {**SRDI, "从事细分市场年限": "2年", "Ⅰ类知识产权": "无"},
        {**SRDI, "荣誉": ["安全事故 2025-06-01"]},
        {**SRDI, "独立法人资格": "否"},
    ]
    assert near_misses(asked(firms, "srdi-2026")) == {
        "legal_person": [7], "clean": [6], "niche_years": [3], "debt": [2, 1],
    }  # fmt: skip
