"""The fields of titles, applications, listings and memberships."""

from __future__ import annotations

from registry.fields import DISTRICT, NAME, USCC
from registry.kind import Field
from tiers import boards

TIER = Field(
    "tier",
    "word",
    "称号",
    "Tier",
    ("认定类别", "称号类别", "梯度", "企业类别", "认定类型", "称号名称", "类别"),
    vocabulary="tier",
    vital=True,
)
LEVEL = Field("level", "word", "级别", "Level", ("认定级别", "层级", "等级"), vocabulary="level", vital=True)
DOCUMENT = Field(
    "document",
    "text",
    "文号",
    "Document",
    ("文件", "文件号", "认定文号", "发文字号", "公告文号", "公布文件", "认定文件"),
)

TITLES: tuple[Field, ...] = (
    USCC,
    NAME,
    DISTRICT,
    TIER,
    LEVEL,
    Field("kind", "word", "类型", "Kind", ("称号类型", "冠军类型", "企业或产品"), vocabulary="kind", vital=True),
    Field("batch", "text", "批次", "Batch", ("认定批次", "年度批次", "所属批次", "批次年度")),
    DOCUMENT,
    Field("issuer", "text", "认定部门", "Issuer", ("发证机关", "认定单位", "批准部门", "公布单位")),
    Field("list_source", "text", "榜单来源", "List source", ("榜单", "名单来源", "来源榜单")),
    Field("issued_on", "day", "认定日期", "Issued on", ("发证日期", "公布日期", "认定时间", "发布日期", "公告日期", "入库日期", "发文日期"), vital=True),
    Field("valid_from", "day", "有效期起", "Valid from", ("有效期开始", "有效期自", "起始日期", "有效期起始", "有效起始日期", "开始日期"), ahead=True, vital=True),
    Field("valid_to", "day", "有效期止", "Valid to", ("有效期至", "有效期截止", "到期日期", "截止日期", "有效期终止", "到期时间", "有效截止日期", "有效期"), ahead=True, end=True, vital=True),
    Field("basis", "word", "认定方式", "Basis", ("新认定或复核", "认定性质", "新认定/复核"), vocabulary="basis", vital=True),
    Field("revoked_on", "day", "撤销日期", "Revoked on", ("取消日期", "撤销时间", "取消时间"), vital=True),
    Field("revoke_reason", "text", "撤销原因", "Reason of revocation", ("取消原因",)),
    Field("certificate", "text", "证书编号", "Certificate", ("证书号", "登记编号", "入库登记编号", "证书号码")),
)  # fmt: skip

APPLICATIONS: tuple[Field, ...] = (
    USCC,
    NAME,
    DISTRICT,
    TIER,
    LEVEL,
    Field("purpose", "word", "申报类型", "Purpose", ("申报类别", "申请类型", "新申报或复核"), vocabulary="purpose", vital=True),
    Field("round", "text", "申报批次", "Round", ("批次", "轮次", "申报年度", "年度")),
    Field("stage", "word", "申报阶段", "Stage", ("阶段", "进度", "状态", "申报状态"), vocabulary="stage_application", vital=True),
    Field("stage_on", "day", "阶段日期", "Stage on", ("日期", "申报日期", "推荐日期", "公示日期", "受理日期"), vital=True),
    DOCUMENT,
)  # fmt: skip

LISTINGS: tuple[Field, ...] = (
    USCC,
    NAME,
    Field("board", "word", "板块", "Board", ("上市板块", "交易所", "上市地点", "挂牌板块", "市场"), vocabulary="board", vital=True, vague=boards.MAIN),
    Field("code", "text", "证券代码", "Securities code", ("股票代码", "挂牌代码", "代码")),
    Field("short_name", "text", "证券简称", "Short name", ("股票简称", "挂牌简称")),
    Field("listed_entity", "text", "上市主体", "Listed entity", ("境外上市主体", "发行主体")),
    Field("stage", "word", "上市阶段", "Stage", ("阶段", "进度", "状态", "上市进度"), vocabulary="stage_listing", vital=True),
    Field("stage_on", "day", "阶段日期", "Stage on", ("日期", "上市日期", "挂牌日期", "上市时间", "挂牌时间"), vital=True),
)  # fmt: skip

ABOVE_SCALE: tuple[Field, ...] = (
    USCC,
    NAME,
    DISTRICT,
    Field("entered_on", "day", "入规日期", "Entered on", ("纳统日期", "入库日期", "入统日期", "纳统时间", "入规时间", "升规日期"), vital=True),
    Field("entry_reason", "word", "入规原因", "Entry reason", ("纳统原因", "入库类型", "入统原因", "入库原因"), vocabulary="entry_reason"),
    Field("left_on", "day", "退规日期", "Left on", ("退库日期", "退出日期", "退统日期", "退规时间"), vital=True),
    Field("exit_reason", "word", "退规原因", "Exit reason", ("退库原因", "退出原因", "退统原因"), vocabulary="exit_reason_above_scale"),
)  # fmt: skip

DOUBLING: tuple[Field, ...] = (
    USCC,
    NAME,
    DISTRICT,
    Field("programme", "text", "计划", "Programme", ("倍增计划", "计划名称", "培育计划"), vital=True),
    Field("base_year", "year", "基准年", "Base year", ("基期", "基年", "基准年度")),
    Field("horizon_years", "integer", "年限", "Horizon (years)", ("期限", "倍增年限", "培育年限")),
    Field("multiple", "number", "倍数", "Multiple", ("目标倍数", "倍增倍数")),
    Field("entered_on", "day", "入选日期", "Entered on", ("纳入日期", "入库日期", "入选时间"), vital=True),
    Field("left_on", "day", "退出日期", "Left on", ("退库日期", "调出日期"), vital=True),
    Field("exit_reason", "word", "退出原因", "Exit reason", ("调出原因",), vocabulary="exit_reason_doubling"),
    Field("officer", "text", "服务专员", "Officer", ("专员", "责任人")),
)  # fmt: skip

PERIOD = Field("period", "period", "统计期", "Period", ("期间", "时期", "所属期", "年度", "年份", "报告期", "时间", "统计时间", "年月", "目标期", "考核期"), vital=True)  # fmt: skip
UNIT = Field("unit", "district", "管理单元", "Management unit", ("区县", "所属区县", "区县（功能区）", "区县功能区", "区（县）", "县区", "县市区", "功能区"), vital=True)  # fmt: skip
_INDICATOR_NAMES = ("指标名称", "指标项", "指标代码", "任务指标")

INDICATORS: tuple[Field, ...] = (
    Field("indicator", "word", "指标", "Indicator", _INDICATOR_NAMES, vocabulary="indicator", vital=True),
    PERIOD,
    UNIT,
    Field("value", "amount", "数值", "Value", ("指标值", "完成值", "实际值", "完成数", "实际完成", "值", "完成情况", "本期值"), signed=True, vital=True),
    Field("reported_by", "text", "填报部门", "Reported by", ("报送部门", "填报单位", "报送单位", "数据来源", "来源", "部门", "统计部门")),
    DOCUMENT,
)  # fmt: skip

TARGETS: tuple[Field, ...] = (
    Field("indicator", "word", "指标", "Indicator", _INDICATOR_NAMES, vocabulary="goal", vital=True),
    PERIOD,
    UNIT,
    Field("goal", "amount", "目标", "Goal", ("目标值", "任务数", "任务目标", "目标任务", "目标数", "任务", "计划数"), signed=True, vital=True),
    DOCUMENT,
)  # fmt: skip
