"""The fields of the register's own kinds: ids are the contract, headers are what people type."""

from __future__ import annotations

from registry.kind import Field, FieldType

USCC = Field("uscc", "code", "统一社会信用代码", "Credit code",
             ("信用代码", "社会信用代码", "统一信用代码", "统一代码", "企业信用代码", "机构代码", "纳税人识别号", "credit code"))  # fmt: skip
NAME = Field("name", "text", "企业名称", "Name",
             ("名称", "单位名称", "企业全称", "公司名称", "申报企业", "申报单位", "机构名称", "企业", "单位", "公司", "firm", "company"),
             changes=True)  # fmt: skip
DISTRICT = Field("district", "district", "区县", "District",
                 ("所属区县", "县区", "区（县）", "县（市、区）", "县市区", "区市县", "所在区县", "所属县区", "所在县区", "推荐单位", "辖区", "行政区", "所属区域"),
                 changes=True)  # fmt: skip

ENTERPRISES: tuple[Field, ...] = (
    USCC,
    NAME,
    Field("former_names", "names", "曾用名", "Former names", ("原名称", "原企业名称", "曾用名称", "变更前名称")),
    Field("short_name", "text", "简称", "Short name", ("企业简称", "公司简称", "股票简称")),
    Field("city", "city", "所在市", "City", ("城市", "市", "地市", "所属市", "地区", "所属地区", "所在城市", "所属地市"), changes=True),
    DISTRICT,
    Field("area", "area", "功能区", "Functional area", ("开发区", "所属功能区", "管理单元", "所在功能区"), changes=True),
    Field("street", "street", "街道（镇）", "Street", ("街道", "镇街", "乡镇街道", "街镇", "所属街道")),
    Field("address", "text", "注册地址", "Address", ("地址", "住所", "企业地址", "注册地", "企业住所", "经营地址", "住址"), changes=True),
    Field("industry", "industry", "行业代码", "Industry", ("国民经济行业代码", "行业", "行业类别", "所属行业", "行业类别代码", "国民经济行业", "行业分类")),
    Field("ownership", "word", "所有制", "Ownership", ("企业性质", "控股情况", "经济性质", "所有制性质"), vocabulary="ownership", changes=True),
    Field("enterprise_type", "text", "企业类型", "Type as registered", ("类型", "市场主体类型", "登记类型", "公司类型", "登记注册类型")),
    Field("founded_on", "day", "成立日期", "Founded on", ("注册日期", "注册时间", "成立时间", "登记日期", "设立日期", "成立年月")),
    Field("registered_capital", "capital", "注册资本", "Registered capital", ("注册资金", "注册资本金", "认缴资本", "注册资本（金）")),
    Field("status", "word", "登记状态", "Status", ("经营状态", "企业状态", "存续状态", "状态"), vocabulary="status", changes=True),
    Field("business_scope", "text", "经营范围", "Business scope", ("业务范围", "经营（业务）范围")),
    Field("products", "text", "主导产品", "Products", ("主要产品", "产品", "主营产品", "主导产品名称", "主要产品名称")),
    Field("niche", "text", "细分市场", "Niche market", ("细分领域", "特定细分市场", "所属细分领域")),
    Field("pillar", "text", "支柱产业", "Pillar industry", ("主导产业", "所属产业", "四大主导产业", "产业领域")),
    Field("digital_core", "word", "数字经济核心产业", "Digital core", ("数字核心产业", "是否数字经济核心产业"), vocabulary="yes_no"),
    Field("predecessor_uscc", "code", "个转企前代码", "Predecessor", ("原个体工商户代码", "转企前信用代码")),
    Field("successor_uscc", "code", "承继企业代码", "Successor", ("吸收合并后代码", "承继单位代码")),
    Field("parent_uscc", "code", "控股企业代码", "Parent", ("母公司代码", "控股股东代码")),
    Field("parent_listed", "word", "控股企业是否上市", "Parent listed", ("母公司是否上市",), vocabulary="yes_no"),
    Field("contact_name", "text", "联系人", "Contact", ("联系人姓名", "企业联系人"), personal=True),
    Field("contact_phone", "text", "联系电话", "Phone", ("联系方式", "手机", "手机号", "电话", "联系人电话", "联系人手机"), personal=True),
    Field("effective_on", "day", "生效日期", "Effective on", ("变更日期", "变更时间", "生效时间"), ahead=True, vital=True),
)  # fmt: skip


def _figure(id: str, type: FieldType, zh: str, en: str, *headers: str, signed: bool = False) -> Field:
    return Field(id, type, zh, en, headers, signed=signed)


FIGURES: tuple[Field, ...] = (
    USCC,
    NAME,
    Field("year", "year", "年度", "Year", ("年份", "会计年度", "所属年度", "统计年度", "数据年度", "所属期"), vital=True),
    _figure("revenue", "money", "营业收入", "Revenue", "营业总收入", "收入", "营收", "销售收入", "营业额"),
    _figure("main_revenue", "money", "主营业务收入", "Main revenue", "主营收入"),
    _figure("product_revenue", "money", "主导产品收入", "Main product revenue", "主导产品销售收入", "主导产品营业收入"),
    _figure("hitech_revenue", "money", "高新技术产品收入", "High-tech revenue", "高新技术产品（服务）收入", "高新收入"),
    _figure("export_revenue", "money", "出口收入", "Export revenue", "出口额", "出口交货值", "出口销售收入"),
    _figure("rd_expense", "money", "研发费用", "R&D expense", "研发投入", "研发经费", "研究开发费用", "研发费用总额"),
    _figure("rd_domestic", "money", "境内研发费用", "Domestic R&D", "中国境内研发费用", "境内研发投入"),
    _figure("total_cost", "money", "成本费用总额", "Total cost", "营业成本费用", "成本费用", "营业总成本"),
    _figure("net_profit", "money", "净利润", "Net profit", "净利润总额", "利润", signed=True),
    _figure("tax_paid", "money", "上缴税金", "Tax paid", "纳税总额", "税收", "实缴税金", "上缴税收", "纳税额", signed=True),
    _figure("total_assets", "money", "资产总额", "Total assets", "资产总计", "总资产"),
    _figure("total_liabilities", "money", "负债总额", "Total liabilities", "负债合计", "总负债", "负债总计"),
    _figure("net_assets", "money", "净资产", "Net assets", "所有者权益", "所有者权益合计", signed=True),
    _figure("employees", "integer", "从业人员", "Employees", "职工人数", "员工人数", "从业人数", "职工总数", "从业人员期末人数", "员工总数", "全职员工数量"),
    _figure("rd_staff", "integer", "研发人员", "R&D staff", "研发人员数", "研发人数", "研发人员数量"),
    _figure("tech_staff", "integer", "科技人员", "Technical staff", "科技人员数", "科技人员数量"),
    _figure("equity_paid_in", "money", "股权融资实缴额", "Equity paid in", "新增股权融资", "股权融资", "新增股权融资实缴额"),
    _figure("valuation_usd", "money", "估值（美元）", "Valuation (USD)", "估值", "企业估值"),
    _figure("value_added", "money", "工业增加值", "Value added", "增加值", signed=True),
    _figure("energy_tce", "number", "能耗（吨标准煤）", "Energy (tce)", "综合能耗", "能源消费量", "能耗"),
    _figure("land_mu", "number", "用地面积（亩）", "Land (mu)", "占地面积", "用地面积", "土地面积"),
    _figure("platform_score", "number", "专精特新发展评价得分", "Platform score", "评价得分", "平台得分", "质效评价得分"),
)  # fmt: skip


def _count(id: str, zh: str, en: str, *headers: str) -> Field:
    return Field(id, "integer", zh, en, headers)


def _yes_no(id: str, zh: str, en: str, *headers: str) -> Field:
    return Field(id, "word", zh, en, headers, vocabulary="yes_no")


EVIDENCE: tuple[Field, ...] = (
    USCC,
    NAME,
    Field("niche_since", "day", "从事细分市场起始", "In the niche since", ("从事特定细分市场起始日期", "从事细分市场时间", "细分市场起始")),
    Field("new_product_since", "day", "新产品起始", "New product since", ("新产品投产日期",)),
    _count("ip1_count", "I类知识产权", "Class I rights", "Ⅰ类知识产权", "I类知识产权数量", "Ⅰ类知识产权数量", "一类知识产权"),
    _count("ip1_self_count", "自主研发I类知识产权", "Class I, self-developed", "自主研发Ⅰ类知识产权"),
    _count("ip1_high_value_count", "I类高价值知识产权", "Class I, high value", "Ⅰ类高价值知识产权", "高价值知识产权"),
    _count("ip2_count", "II类知识产权", "Class II rights", "Ⅱ类知识产权", "II类知识产权数量", "二类知识产权"),
    _count("invention_patents", "发明专利", "Invention patents", "发明专利数", "发明专利数量", "有效发明专利"),
    _count("utility_models", "实用新型", "Utility models", "实用新型专利", "实用新型专利数"),
    _count("software_copyrights", "软件著作权", "Software copyrights", "软著", "软件著作权数"),
    Field("market_share", "ratio", "市场占有率", "Market share", ("主导产品市场占有率", "国内市场占有率", "全国市场占有率")),
    _count("rank_world", "全球排名", "World rank", "国际排名", "全球市场排名"),
    _count("rank_national", "全国排名", "National rank", "国内排名", "全国市场排名"),
    _count("rank_province", "全省排名", "Provincial rank", "省内排名", "全省市场排名"),
    Field("rd_institution", "word", "研发机构", "R&D institution", ("研发机构级别", "研发机构等级", "研发机构层级"), vocabulary="rd_institution"),
    _count("standards_led", "主持标准数", "Standards led", "牵头标准数", "主导制定标准数", "参与制定标准数"),
    _yes_no("own_brand", "自主品牌", "Own brand", "是否有自主品牌", "拥有自主品牌"),
    _yes_no("management_certificate", "管理体系认证", "Management certificate", "质量管理体系认证", "是否通过管理体系认证"),
    _yes_no("overseas_certificate", "发达国家产品认证", "Overseas certificate", "发达国家或地区产品认证", "国际认证"),
    _yes_no("information_system", "信息系统支撑", "Information system", "核心业务信息系统", "业务系统云端迁移"),
    _count("digital_level", "数字化水平", "Digital level", "数字化水平等级", "数字化等级", "数字化水平级别"),
    _yes_no("strategic_emerging", "战略性新兴产业", "Strategic emerging", "是否战略性新兴产业", "属于战略性新兴产业"),
    _yes_no("six_basics", "工业六基", "Six basics", "六基领域", "属于工业六基"),
    _yes_no("key_field", "重点领域", "Key field", "属于重点领域"),
    Field("credit_score", "number", "信用评分", "Credit score", ("信用得分", "信用评价得分")),
    _yes_no("credit_blacklist", "严重失信", "On the dishonest list", "严重失信主体", "列入严重失信名单"),
    _yes_no("abnormal_list", "经营异常", "On the abnormal list", "经营异常名录", "列入经营异常名录"),
    Field("effective_on", "day", "生效日期", "Effective on", ("数据日期", "截止日期"), ahead=True, vital=True),
)  # fmt: skip

HONOURS: tuple[Field, ...] = (
    USCC,
    NAME,
    DISTRICT,
    Field("honour", "word", "荣誉", "Honour", ("荣誉类型", "荣誉类别", "类型", "类别", "平台类型"), vocabulary="honour", vital=True),
    Field("level", "word", "级别", "Level", ("等级", "层级"), vocabulary="level"),
    _count("rank", "位次", "Rank", "排名", "名次"),
    Field("title", "text", "名目", "Title", ("名称（荣誉）", "荣誉名称", "平台名称", "项目名称", "产品名称")),
    Field("document", "text", "文号", "Document", ("文件", "文件号", "认定文号", "发文字号", "公告文号")),
    Field("on", "day", "授予日期", "On", ("认定日期", "获得日期", "发生日期", "日期", "认定时间", "授予时间"), vital=True),
    Field("until", "day", "有效期至", "Until", ("到期日期", "有效期止", "截止日期"), ahead=True, end=True, vital=True),
)  # fmt: skip
