"""What is a placeholder, what is a name, what is a stock code. Pure."""

from __future__ import annotations

import pytest

from chains.ends import is_outside, is_placeholder, names_several, outside, stock_code, written
from chains.kinds import chain_name

PLACEHOLDERS = [
    "第一名", "第1名", "第五大", "第3位", "供应商1", "供应商A", "供应商一", "供应商甲", "客户B", "客户二",
    "第一大供应商", "第一大客户", "前五名供应商合计", "前五大客户合计", "合计", "总计", "小计", "其他", "其它",
    "其他供应商", "其余客户", "A", "B1", "甲", "乙", "1", "12", "一", "A公司", "甲公司", "供应商", "客户", "供应商（1）",
    "供应商-1", "供应商:A", "单位一", "公司A", "境外客户1", "原材料供应商A", "供应商第一名", "不适用", "保密", "未披露",
    "略", "不详", "/", "--", "＊＊＊", "XX公司", "XXX", "供应商ＡＢ", "客户#1", "供应商NO.1", "厂商3",
    "某供应商", "某某供应商", "某公司A", "某国有企业", "某客户1", "某某", "某厂",
]  # fmt: skip
NAMES = [
    "三一", "3M", "SKC", "LG化学", "三星", "TCL", "ABB", "BOE", "AMD", "一汽", "一拖", "二重", "三一重工股份有限公司",
    "中国一拖集团有限公司", "上海A股份有限公司", "甲骨文", "乙烯公司", "客户通信技术有限公司", "供应链管理有限公司",
    "济南供应商网络有限公司", "合计信息科技有限公司", "其他利科技有限公司", "第一汽车", "第一拖拉机股份有限公司",
    "总计算力科技有限公司", "单位器材厂", "企业号信息有限公司", "品牌之家", "一品一码科技有限公司", "保密柜厂",
    "某某科技有限公司", "某县农机厂",
    "略阳钢铁",
]  # fmt: skip


@pytest.mark.parametrize("typed", PLACEHOLDERS)
def test_what_stands_instead_of_a_name_is_a_placeholder(typed: str) -> None:
    assert is_placeholder(typed)


@pytest.mark.parametrize("typed", NAMES)
def test_a_name_is_no_placeholder_however_short(typed: str) -> None:
    assert not is_placeholder(typed)


@pytest.mark.parametrize(
    ("typed", "several"),
    [
        ("济南鑫源铸造有限公司/济南明远电子有限公司", True),
        ("济南鑫源铸造有限公司、 明远电子厂", True),
        ("上海甲化工有限公司（上海），苏州乙化工有限公司", True),
        ("山东恒力轴承（集团）有限公司", False),
        ("DOWA ELECTRONICS MATERIALS CO.,LTD", False),
        ("台塑+台化", False),
        ("中煤能源股份有限公司及其下属子公司", False),
        ("济南公司", False),
    ],
)
def test_several_firms_in_one_cell_are_seen(typed: str, several: bool) -> None:
    assert names_several(typed) == several


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("603221.SH", ("603221", "SH")),
        (" 002608 . sz ", ("002608", "SZ")),
        ("０７００．ＨＫ", ("0700", "HK")),
        ("830799.BJ", ("830799", "BJ")),
        ("603221", None),
        ("603221.SHANGHAI", None),
        ("A.SH", None),
        ("91370199MA0000001X", None),
    ],
)
def test_a_stock_code_names_its_exchange(typed: str, read: tuple[str, str] | None) -> None:
    assert stock_code(typed) == read


def test_an_outside_party_is_one_however_its_name_is_spaced() -> None:
    assert outside("ＬＧ 化学（中国）") == outside("LG化学(中国)") == outside("~LG化学(中国)")
    assert is_outside(outside("SKC"))


def test_an_outside_party_is_exported_by_the_name_that_it_was_given() -> None:
    record = {
        "supplier": "~LG化学",
        "supplier_name": "LG 化学",
        "buyer": "~SKC",
        "buyer_name": None,
        "product": "膜",
    }
    assert written("supplier", "buyer")(record) == {**record, "supplier": "LG 化学", "buyer": "SKC"}


@pytest.mark.parametrize(
    ("typed", "name"),
    [("氢能产业链", "氢能"), ("氢能", "氢能"), (" 高端数控机床标志性产业链 ", "高端数控机床"),
     ("新能源汽车产业链群", "新能源汽车"), ("产业链", "产业链")],
)  # fmt: skip
def test_one_chain_has_one_name(typed: str, name: str) -> None:
    assert chain_name(typed) == name
