"""What a rule may measure, by name: which facts, of which years, and how they make one number. Pure.

A metric is a fact, a sum of facts, a share of one in another, or the growth of a fact over the year before. A rule takes
it of the last complete year (上年度, year(D) − 1), or over several: each, any, sum, mean, pooled (sum over sum), compound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

YEARLY_SPANS = ("each", "any", "sum", "mean", "pooled", "compound")


@dataclass(frozen=True)
class Metric:
    """``over`` facts are added up; ``under`` makes it a share of that fact; ``growth``: over the year before.

    yearly: the facts are of years (figures); else as of the day. whole: no part can exceed its whole, so a share above
    one is a slip of the pen and says nothing; judged: a share above one is possible but wants a person's judgement.
    first: how many years before year(D) the latest year lies (1 last year, 0 this year).
    """

    id: str
    zh: str
    en: str
    unit: str
    over: tuple[str, ...]
    under: str | None = None
    growth: bool = False
    yearly: bool = True
    whole: bool = False
    judged: bool = False
    first: int = 1

    @property
    def facts(self) -> tuple[str, ...]:
        return (*self.over, *((self.under,) if self.under else ()))


def _figure(id: str, zh: str, en: str, unit: str = "yuan") -> Metric:
    return Metric(id, zh, en, unit, (id,))


def _share(
    id: str, zh: str, en: str, over: str, under: str, whole: bool = True, judged: bool = False
) -> Metric:
    return Metric(id, zh, en, "ratio", (over,), under, whole=whole, judged=judged)


def _growth(id: str, zh: str, en: str, over: str) -> Metric:
    return Metric(id, zh, en, "ratio", (over,), growth=True)


def _of_day(id: str, zh: str, en: str, unit: str, *over: str) -> Metric:
    return Metric(id, zh, en, unit, over or (id,), yearly=False)


_ALL = (
    _figure("revenue", "营业收入", "Revenue"),
    _figure("main_revenue", "主营业务收入", "Main revenue"),
    _figure("rd_expense", "研发费用", "R&D expense"),
    _figure("net_profit", "净利润", "Net profit"),
    _figure("tax_paid", "上缴税金", "Tax paid"),
    _figure("total_assets", "资产总额", "Total assets"),
    _figure("equity_paid_in", "新增股权融资实缴额", "New equity paid in"),
    _figure("valuation_usd", "估值", "Valuation", "usd"),
    _figure("employees", "从业人员", "Employees", "persons"),
    Metric("platform_score", "专精特新发展评价得分", "Platform score", "points", ("platform_score",), first=0),
    _share("rd_ratio", "研发费用占营业收入比重", "R&D to revenue", "rd_expense", "revenue", whole=False, judged=True),
    _share("rd_cost_ratio", "研发费用占成本费用比重", "R&D to total cost", "rd_expense", "total_cost"),
    _share("rd_domestic_share", "境内研发费用占比", "Domestic share of R&D", "rd_domestic", "rd_expense"),
    _share("main_share", "主营业务收入占营业收入比重", "Main revenue to revenue", "main_revenue", "revenue"),
    _share("product_share", "主导产品收入占营业收入比重", "Main product's share of revenue", "product_revenue", "revenue"),
    _share("product_of_main", "主导产品收入占主营业务收入比重", "Main product's share of main revenue", "product_revenue",
           "main_revenue"),
    _share("hitech_share", "高新技术产品收入占比", "High-tech products' share", "hitech_revenue", "revenue"),
    _share("profit_ratio", "净利润率", "Net profit to revenue", "net_profit", "revenue", whole=False),
    _share("tax_ratio", "税收贡献率", "Tax to revenue", "tax_paid", "revenue", whole=False),
    _share("debt_ratio", "资产负债率", "Liabilities to assets", "total_liabilities", "total_assets", whole=False),
    _share("rd_staff_share", "研发人员占比", "R&D staff share", "rd_staff", "employees"),
    _share("tech_staff_share", "科技人员占比", "Technical staff share", "tech_staff", "employees"),
    _growth("revenue_growth", "营业收入增长率", "Revenue growth", "revenue"),
    _growth("main_revenue_growth", "主营业务收入增长率", "Main revenue growth", "main_revenue"),
    _growth("profit_growth", "净利润增长率", "Net profit growth", "net_profit"),
    _growth("net_assets_growth", "净资产增长率", "Net assets growth", "net_assets"),
    _growth("tax_growth", "税收增长率", "Tax growth", "tax_paid"),
    _of_day("niche_years", "从事细分市场年限", "Years in the niche", "years"),
    _of_day("new_product_years", "新产品年限", "Years since the new product", "years"),
    _of_day("founded_years", "成立年限", "Years since founding", "years"),
    _of_day("accounting_years", "完整会计年度数", "Full accounting years", "years"),
    _of_day("registered_days", "注册天数", "Days since registration", "days"),
    _of_day("ip1_count", "Ⅰ类知识产权", "Class I rights", "items"),
    _of_day("ip1_self_count", "自主研发Ⅰ类知识产权", "Class I rights, self-developed", "items"),
    _of_day("ip1_high_value_count", "Ⅰ类高价值知识产权", "Class I rights, high value", "items"),
    _of_day("ip2_count", "Ⅱ类知识产权", "Class II rights", "items"),
    _of_day("invention_patents", "发明专利", "Invention patents", "items"),
    _of_day("utility_models", "实用新型专利", "Utility models", "items"),
    _of_day("utility_and_software", "实用新型与软件著作权", "Utility models and software copyrights", "items",
            "utility_models", "software_copyrights"),
    _of_day("standards_led", "主导制定标准", "Standards led", "items"),
    _of_day("market_share", "市场占有率", "Market share", "ratio"),
    _of_day("rank_world", "全球排名", "World rank", "rank"),
    _of_day("rank_national", "全国排名", "National rank", "rank"),
    _of_day("rank_province", "全省排名", "Provincial rank", "rank"),
    _of_day("rd_institution", "研发机构级别", "Level of the R&D institution", "institution"),
    _of_day("digital_level", "数字化水平", "Digital level", "grade"),
    _of_day("credit_score", "信用评分", "Credit score", "points"),
    _of_day("own_brand", "自主品牌", "Own brand", "yes_no"),
    _of_day("management_certificate", "管理体系认证", "Management certificate", "yes_no"),
    _of_day("overseas_certificate", "发达国家产品认证", "Overseas product certificate", "yes_no"),
    _of_day("information_system", "信息系统支撑", "Information system", "yes_no"),
    _of_day("strategic_emerging", "战略性新兴产业", "Strategic emerging industry", "yes_no"),
    _of_day("six_basics", "工业“六基”", "Six basics of industry", "yes_no"),
    _of_day("key_field", "重点领域", "Key field", "yes_no"),
    _of_day("credit_blacklist", "严重失信主体", "On the dishonest list", "yes_no"),
    _of_day("abnormal_list", "经营异常名录", "On the abnormal list", "yes_no"),
    _of_day("parent_listed", "母公司已上市", "Controlled by a listed firm", "yes_no"),
    _of_day("legal_person", "独立法人资格", "Legal person", "yes_no"),
    _of_day("sme", "符合中小企业划型", "Small or medium by size class", "yes_no"),
    _of_day("listed", "已上市", "Listed", "yes_no"),
    _of_day("above_scale", "规模以上工业", "On the above-scale list", "yes_no"),
)  # fmt: skip
METRICS: Mapping[str, Metric] = {metric.id: metric for metric in _ALL}

#: Facts that are worked out, and what they rest on; ``@1``: a figure of the last year.
RESTS_ON: Mapping[str, tuple[str, ...]] = {
    "niche_years": ("niche_since",), "new_product_years": ("new_product_since",), "founded_years": ("founded_on",),
    "registered_days": ("founded_on",), "accounting_years": ("founded_on",), "legal_person": ("enterprise_type",),
    "sme": ("industry", "revenue@1", "employees@1", "total_assets@1"),
}  # fmt: skip
