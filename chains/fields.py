"""The fields of this room's records: ids are the contract, headers are what people type above a column."""

from __future__ import annotations

from registry.fields import DISTRICT, NAME, USCC
from registry.kind import Field

CHAIN = Field(
    "chain",
    "text",
    "产业链",
    "Chain",
    ("产业链名称", "链条", "所属产业链", "链名", "标志性产业链", "产业链群"),
    vital=True,
)
_ENDS = ("链主企业", "核心企业")
FROM = Field(
    "from",
    "day",
    "起始日期",
    "From",
    (
        "开始日期",
        "起始时间",
        "开始时间",
        "起",
        "自",
        "合作起始",
        "供应起始",
        "报告年度",
        "报告期",
        "年度",
        "年份",
    ),
    vital=True,
    whole_year="to",
)
TO = Field(
    "to",
    "day",
    "终止日期",
    "To",
    ("结束日期", "截止日期", "终止时间", "结束时间", "止", "至", "合作终止", "供应终止"),
    ahead=True,
    end=True,
    vital=True,
)

CHAINS: tuple[Field, ...] = (
    CHAIN,
    Field("stage", "text", "环节", "Stage", ("产业环节", "链条环节", "所处环节", "产业链环节", "细分环节")),
    Field("order", "integer", "环节次序", "Order", ("环节顺序", "次序", "顺序", "上下游次序")),
    Field("product", "text", "产品", "Product", ("产品名称", "关键产品", "重点产品", "核心产品", "细分产品")),
    Field("state", "word", "状态", "State", ("建强补延", "环节状态", "现状", "强弱项", "补链状态"), vocabulary="chain_state"),
)  # fmt: skip

ROLES: tuple[Field, ...] = (
    CHAIN,
    USCC,
    NAME,
    DISTRICT,
    Field("role", "word", "链上角色", "Role", ("角色", "链上地位", "企业角色", "类型"), vocabulary="role", vital=True),
    FROM,
    TO,
)  # fmt: skip

LINKS: tuple[Field, ...] = (
    Field("supplier", "text", "供应方", "Supplier", ("供应商", "供应商名称", "供方", "供货方", "供应企业", "卖方", "配套企业", "供应方名称", "供应商代码"), vital=True),
    Field("buyer", "text", "采购方", "Buyer", ("采购商", "采购方名称", "需方", "买方", "客户", "客户名称", "采购企业", *_ENDS), vital=True),
    Field("product", "text", "产品", "Product", ("产品名称", "供应产品", "配套产品", "采购内容", "物料", "供货产品")),
    Field("share_of_buyer_spend", "ratio", "占采购额比例", "Share of the buyer's spend", ("采购占比", "占年度采购总额比例", "占比", "采购额占比", "采购比例", "供应占比")),
    Field("essential", "word", "关键投入", "Essential", ("是否关键", "关键物料", "是否必需", "不可替代", "关键"), vocabulary="yes_no"),
    FROM,
    TO,
    Field("supplier_name", "text", "供应方原名", "Supplier as named", ()),
    Field("buyer_name", "text", "采购方原名", "Buyer as named", ()),
)  # fmt: skip

DEMANDS: tuple[Field, ...] = (
    Field("id", "text", "需求编号", "Demand", ("编号", "需求号", "需求ID"), vital=True),
    Field("buyer", "text", "需求方", "Buyer", ("需求企业", "采购方", "发布企业", "企业名称", "单位名称", "企业", "采购企业", "需求单位"), vital=True),
    Field("chain", "text", "产业链", "Chain", CHAIN.headers),
    Field("title", "text", "需求名称", "Title", ("需求", "需求标题", "标题", "需求产品", "产品名称", "采购产品")),
    Field("detail", "text", "需求说明", "Detail", ("说明", "需求描述", "描述", "技术要求", "需求内容", "具体要求", "备注")),
    Field("quantity", "text", "数量", "Quantity", ("需求数量", "年需求量", "需求量", "采购量")),
    Field("amount", "money", "金额", "Amount", ("采购金额", "预计金额", "年采购额", "预算", "需求金额")),
    Field("tiers_wanted", "names", "要求称号", "Titles wanted", ("资质称号", "希望称号", "梯度要求", "企业层级要求")),
    Field("districts", "names", "限定区县", "Districts", ("区县", "区域要求", "地域要求", "意向区县")),
    Field("certificates", "names", "要求资质证书", "Certificates", ("证书", "资质", "认证要求", "资质要求", "资质证书")),
    Field("due_on", "day", "截止日期", "Due on", ("有效期", "截止时间", "需求截止", "期限", "截至日期"), ahead=True, end=True),
    Field("closed_on", "day", "关闭日期", "Closed on", ("关闭时间", "办结日期")),
    Field("buyer_name", "text", "需求方原名", "Buyer as named", ()),
)  # fmt: skip

OFFERS: tuple[Field, ...] = (
    USCC,
    NAME,
    DISTRICT,
    Field("product", "text", "产品", "Product", ("产品名称", "供应产品", "可供产品", "主要产品", "能力名称", "供给产品"), vital=True),
    Field("detail", "text", "能力说明", "Detail", ("说明", "描述", "产品说明", "技术参数", "供给说明")),
    Field("capacity", "text", "产能", "Capacity", ("年产能", "供应能力", "富余产能", "可供数量")),
    Field("certificates", "names", "资质证书", "Certificates", ("证书", "资质", "认证", "体系认证")),
    Field("until", "day", "有效至", "Until", ("有效期至", "截止日期", "有效期"), ahead=True, end=True),
)  # fmt: skip

ANSWERS: tuple[Field, ...] = (
    Field("demand", "text", "需求编号", "Demand", ("编号", "需求"), vital=True),
    USCC,
    Field("answer", "word", "答复", "Answer", ("结果", "意见", "匹配结果"), vocabulary="match_answer", vital=True),
    Field("reason", "text", "原因", "Reason", ("理由", "说明")),
    Field("on", "day", "日期", "On", ("答复日期", "时间")),
)  # fmt: skip

EVENTS: tuple[Field, ...] = (
    Field("event", "text", "活动编号", "Event", ("编号", "对接会编号"), vital=True),
    Field("title", "text", "活动名称", "Title", ("名称", "对接会名称", "主题")),
    Field("chain", "text", "产业链", "Chain", CHAIN.headers),
    Field("held_on", "day", "举办日期", "Held on", ("日期", "活动日期", "时间"), ahead=True),
    Field("starts_at", "text", "开始时间", "Starts at", ("开始时刻",)),
    Field("place", "text", "地点", "Place", ("举办地点", "会场")),
    Field("tables", "integer", "桌数", "Tables", ("洽谈桌数", "桌位数")),
    Field("slots", "integer", "场次", "Slots", ("时段数", "轮次")),
    Field("slot_minutes", "integer", "每场分钟数", "Minutes per slot", ("每轮分钟", "时长")),
    Field("meetings_per_firm", "integer", "每家场次上限", "Meetings per firm", ("每企业场次", "每家最多场次")),
    Field("state", "word", "状态", "State", ("活动状态",), vocabulary="event_state"),
)  # fmt: skip

INVITATIONS: tuple[Field, ...] = (
    Field("event", "text", "活动编号", "Event", ("编号", "对接会编号"), vital=True),
    Field("demand", "text", "需求编号", "Demand", ("需求",)),
    USCC,
    Field("state", "word", "状态", "State", ("回执", "参会状态"), vocabulary="invitation_state", vital=True),
    Field("on", "day", "日期", "On", ("回执日期",)),
)  # fmt: skip

MEETINGS: tuple[Field, ...] = (
    Field("event", "text", "活动编号", "Event", ("编号", "对接会编号"), vital=True),
    Field("demand", "text", "需求编号", "Demand", ("需求",), vital=True),
    USCC,
    Field("table", "integer", "桌号", "Table", ("洽谈桌",)),
    Field("slot", "integer", "场次序号", "Slot", ("轮次", "时段")),
    Field("state", "word", "状态", "State", ("洽谈状态",), vocabulary="meeting_state"),
    Field("note", "text", "备注", "Note", ("说明",)),
)  # fmt: skip

ACTIONS: tuple[Field, ...] = (
    USCC,
    NAME,
    DISTRICT,
    Field("resource", "word", "开放资源", "Resource", ("开放内容", "资源类型", "资源", "携手行动类型"), vocabulary="opened_resource", vital=True),
    Field("title", "text", "事项", "Title", ("名称", "事项名称", "场景名称", "资源名称"), vital=True),
    Field("chain", "text", "产业链", "Chain", CHAIN.headers),
    Field("detail", "text", "说明", "Detail", ("内容", "描述", "资源说明")),
    Field("opened_on", "day", "开放日期", "Opened on", ("起始日期", "发布日期", "开始日期")),
    Field("closed_on", "day", "结束日期", "Closed on", ("终止日期", "截止日期"), ahead=True, end=True),
)  # fmt: skip

OUTCOMES: tuple[Field, ...] = (
    Field("supplier", "text", "供应方", "Supplier", ("供应商", "供应商名称", "中小企业", "供方"), vital=True),
    Field("buyer", "text", "采购方", "Buyer", ("采购商", "采购方名称", "大企业", "需方", *_ENDS), vital=True),
    Field("product", "text", "产品", "Product", ("产品名称", "合作产品", "合作内容", "对接内容")),
    Field("stage", "word", "进展阶段", "Stage", ("阶段", "进展", "合作阶段", "成效阶段"), vocabulary="outcome_stage", vital=True),
    Field("stage_on", "day", "阶段日期", "Stage on", ("日期", "签约日期", "时间"), vital=True),
    Field("amount", "money", "金额", "Amount", ("合同金额", "意向金额", "合作金额")),
    Field("demand", "text", "需求编号", "Demand", ("需求",)),
    Field("event", "text", "活动编号", "Event", ("活动", "对接会编号")),
    Field("action", "text", "携手事项", "Action", ("行动", "融通事项")),
    Field("document", "text", "依据", "Document", ("文件", "合同编号", "来源")),
    Field("supplier_name", "text", "供应方原名", "Supplier as named", ()),
    Field("buyer_name", "text", "采购方原名", "Buyer as named", ()),
)  # fmt: skip
