"""What can be wrong with a row, and what to say: what, why, and how to mend it. One sentence in each language."""

from __future__ import annotations

#: code, or code and field with a dot between → (Chinese, English); ``{value}``, ``{field}`` and ``{detail}`` are filled in.
MESSAGES: dict[str, tuple[str, str]] = {
    "uscc_missing": ("没有统一社会信用代码；请补上 18 位代码", "No credit code; give the 18 characters"),
    "uscc_old_number": ("“{value}”是 15 位旧注册号或 9 位机构代码，不是统一社会信用代码；请查换照后的 18 位代码", "“{value}” is an old registration number, not a credit code; look up the 18 characters"),
    "uscc_damaged": ("“{value}”不完整：表格软件把代码当数字存，末几位已丢失；请把该列设为文本后重新录入", "“{value}” is incomplete: a spreadsheet stored the code as a number and lost digits; format the column as text and type it again"),
    "uscc_check": ("“{value}”的校验位不符，至少有一位录错；请对照营业执照更正", "The check character of “{value}” does not fit, so at least one character is wrong; compare it with the licence"),
    "uscc_letter": ("“{value}”含代码中不用的字母（I O S V Z），多半是数字之误：{detail}", "“{value}” holds a letter that codes never use (I O S V Z), most likely for a digit: {detail}"),
    "uscc_misplaced": ("“{value}”不在该在的列：名称与代码两列可能颠倒；请核对表头，或指定哪一列是什么", "“{value}” stands in the wrong column: name and code may be swapped; check the header, or say which column is which"),
    "name_missing": ("登记库里没有这家企业，而本行没有企业名称；请补上名称", "The register does not know this firm and the row gives no name; add the name"),
    "unknown_firm": ("登记库里没有“{value}”；可新建或改选", "The register has no “{value}”; create it or choose another firm"),
    "ambiguous_name": ("“{value}”可能是不止一家，或与区县、成立日期不符：{detail}；请选定", "“{value}” fits several firms, or contradicts district or founding date: {detail}; choose"),
    "other_unit": ("“{value}”的管理单元（{detail}）不是本单元，本行转市级审核", "“{value}” is not managed by this unit (but by: {detail}); the row waits for the city's desk"),
    "conflict_in_file": ("同一文件里另有一行对同一记录说法不同（{detail}）；请选定以哪行为准", "Another row of this file says otherwise about the same record ({detail}); choose which one holds"),
    "term_missing": ("既无发证日期也无有效期起始，无法确定称号期限；请补认定（发证）日期或有效期起", "Neither a day of issue nor a first day, so the term is open; give one of them"),
    "date_unreadable": ("“{value}”读不成日期，或早于 1840 年；请写成 2025-06-30 这样", "“{value}” cannot be read as a day, or lies before 1840; write it like 2025-06-30"),
    "period_unreadable": ("“{value}”读不成统计期；请写成 2025、2025-Q4、2025-12、2025-12-31 或 2023-2025，上半年写 2025-06", "“{value}” cannot be read as a period; write 2025, 2025-Q4, 2025-12, 2025-12-31 or 2023-2025, the first half-year as 2025-06"),
    "date_future": ("“{value}”晚于今天；请核对", "“{value}” lies in the future; check it"),
    "date_order": ("起止日期颠倒（{value}）；请核对", "It ends before it begins ({value}); check the days"),
    "number_unreadable": ("“{value}”读不成一个准数；请只写数字和单位，不写“约、左右、多、以上、+”", "“{value}” cannot be read as one exact number; write digits and a unit, without about, more than or +"),
    "negative": ("“{value}”是负数，这一栏不会为负；请核对", "“{value}” is negative, which this column cannot be; check it"),
    "wrong_unit": ("“{value}”的单位与该指标不符；请用{detail}", "“{value}” is not in a unit of this indicator; use {detail}"),
    "counted_here": ("“{value}”由登记库自行统计，不接受填报；请导入其所依据的企业、称号、荣誉等名单", "“{value}” is counted from the register and is not filed; import the lists that it is counted from: firms, titles, honours"),
    "unit_unknown": ("“{value}”没有可识别的单位（元、万元、亿元）；请在表头注明，或为这一列选定单位", "“{value}” has no known unit (元, 万元, 亿元); put it into the header or choose one for the column"),
    "value_unknown": ("“{value}”不是这一栏认识的词；可用的词见“可识别的列”", "“{value}” is not a word that this column knows; the help on columns lists the words"),
    "district_unknown": ("“{value}”不是本市的区县或功能区", "“{value}” is not a district or functional area of the city"),
    "placeholder": ("“{value}”是占位名，不是企业；请写明企业名称，不知道就不录这一行", "“{value}” is a placeholder, not a firm; write who it is, or leave the row out"),
    "self_supply": ("供应方与采购方是同一家；请核对两端", "Supplier and buyer are the same firm; check both ends"),
    "end_missing": ("没有写明是哪家企业；请填信用代码、名称或证券代码", "The row does not say which firm; give a credit code, a name or a stock code"),
    "end_missing.supplier": ("没有写明供应方；请填信用代码、名称或证券代码", "The row names no supplier; give a credit code, a name or a stock code"),
    "end_missing.buyer": ("没有写明采购方（需求方）；请填信用代码、名称或证券代码", "The row names no buyer; give a credit code, a name or a stock code"),
    "cell_empty": ("这一栏必填，却是空的；请补上（合并的单元格请逐行填写）", "This cell is needed and empty; fill it in (in every row, where cells are merged)"),
    "stage_missing": ("产品“{value}”没有写明所属环节；请补上环节", "The product “{value}” stands in no stage; name the stage"),
    "demand_without_words": ("需求“{value}”没有名称也没有说明，无法匹配；请补上需求名称", "The demand “{value}” has neither title nor detail, so nothing can be matched; add a title"),
    "slash_in_number": ("编号“{value}”中有“/”，网址里用不了；请改用“-”", "The number “{value}” holds a “/”, which no address can; write “-” instead"),
    "several_names": ("“{value}”像是几家企业写在一格，现按一个外部主体入库；请每家一行", "“{value}” looks like several firms in one cell and is kept as one outside party; give each its own row"),
    "number_unknown.demand": ("没有编号为“{value}”的需求，本行不会计入任何需求；请核对编号，或先登记该需求", "No demand has the number “{value}”, so this row counts for none; check the number, or put the demand on record first"),
    "number_unknown.event": ("没有编号为“{value}”的活动，本行不会计入任何活动；请核对编号，或先登记该活动", "No event has the number “{value}”, so this row counts for none; check the number, or put the event on record first"),
    "number_unknown": ("没有编号“{value}”的记录；请核对编号", "Nothing on record has the number “{value}”; check it"),
    "offer_for_everything": ("“{value}”不是产品；请逐项写明能供应什么", "“{value}” is no product; write what can be supplied, one product a row"),
    "nobody_invited": ("本行既没有需求编号也没有信用代码；请填邀请谁", "The row names neither a demand nor a firm; say who is invited"),
    "shares_above_whole": ("本文件中该采购方当年各供应方占比合计 {detail}，超过 100%；请核对", "The shares of this buyer and year in this file add up to {detail}, more than 100 %; check them"),
    "firm_ended": ("“{value}”已注销或吊销，而本行所述关系仍在期内；请核对终止日期", "“{value}” was cancelled or revoked while this row still holds; check the last day"),
    "share_range": ("“{value}”不在 0 到 100% 之间", "“{value}” is not between 0 and 100 %"),
    "outside_source": ("来源不在本市", "The source lies outside the city"),
    "orphaned": ("本行所依据的企业已随申报 {value} 的撤回而消失；请重新选定企业或放弃本行", "The firm that this row speaks of went with the withdrawal of filing {value}; choose a firm again or drop the row"),
    "reopened": ("原先的处理（入库记录 {value}）已撤回；请重新处理本行", "The decision on this row (filing {value}) was withdrawn; decide it again"),
    "rejected": ("经人工审核，不予采用", "Turned down in review"),
    "overtaken": ("本文件的这一行早已入库，其后另有更新，不予回退", "This row of this file was filed before and newer facts have come since; nothing is undone"),
    "read_as_percent": ("“{value}”大于 1，已按百分比处理", "“{value}” is above 1 and was read as percent"),
    "city_assumed": ("本行没有写明所在地，按本市企业处理", "The row names no place; taken as a firm of this city"),
    "case_folded": ("“{value}”中的小写字母已按大写处理", "Lower-case letters in “{value}” were read as upper case"),
    "former_district": ("“{value}”是旧名或旧代码，已按现行区划处理", "“{value}” is a former name or code, read as today's"),
    "currency_kept": ("“{value}”不是人民币，按原币种保留", "“{value}” is not in yuan; kept in its currency"),
    "digital_core_differs": ("所填“{value}”与行业代码的数字经济核心产业归类不一致，以所填为准", "The mark “{value}” differs from what the industry code says; the mark holds"),
    "absent_from_list": ("完整名单里没有这家，登记库里有（{value}）", "Held on the register but absent from the complete list ({value})"),
    "not_a_row": ("“{value}”是合计或表注，不是企业，未作为数据行", "“{value}” is a total or a remark, not a firm; it is no row of data"),
    "left_out": ("“{value}”在比对时由经办人剔除，未入库", "“{value}” was taken off the list in review and is not filed"),
    "nothing_given": ("本行除主键外没有可用内容", "Apart from its key the row says nothing"),
}  # fmt: skip

#: How the same is mended on the command line; no page shows it.
OPTIONS = {
    "uscc_misplaced": "--map HEADER=FIELD",
    "unknown_firm": "--create",
    "term_missing": "--set issued_on=DAY",
    "unit_unknown": "--unit {field}=万元",
    "value_unknown": "cli.py fields KIND",
}
#: What a required cell that is empty is noted as.
_EMPTY = ("value_unknown", "date_unreadable")


def message(code: str, value: str | None, field: str | None, detail: str | None, language: str = "zh") -> str:
    """The sentence for a problem code in ``zh`` or ``en``. A cell that holds nothing is not said to be a strange word."""
    if not value and code in _EMPTY:
        code = "cell_empty"
    zh, en = MESSAGES.get(f"{code}.{field}") or MESSAGES[code]
    return (en if language.startswith("en") else zh).format(
        value=value or "", field=field or "", detail=detail or ""
    )


def with_option(said: str, code: str, field: str | None) -> str:
    """The sentence as the command line prints it: with the option that mends the problem there, in brackets."""
    if code not in OPTIONS or said in MESSAGES["cell_empty"]:
        return said
    return f"{said} ({OPTIONS[code].format(field=field or 'FIELD')})"
