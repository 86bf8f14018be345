"""Totals and footnotes are no rows of data; a firm is never taken for one."""

from __future__ import annotations

from typing import Any

import pytest

from registry.intake.asides import aside
from tests.contract.conftest import code


@pytest.mark.parametrize(
    "cells",
    [
        ["合计"],
        ["合 计", None, 500],
        ["", "总计", "", 3.0],
        ["小计：20家"],
        ["共计20家", ""],
        ["合计（20家）", "", "12.5"],
        ["历下区小计", "", 9],
        ["注：1.本表由济南甲机械有限公司填报"],
        ["注1．数据为快报数"],
        ["*注：不含分公司"],
        ["备注"],
        ["说明：", "以上为公示名单"],
        ["填表人：张三", "审核人：李四", "填表日期：2026-06-30"],
        ["填表人 张三"],
        ["单位盖章"],
        ["单位（盖章）："],
        ["填报单位（盖章）：济南市工信局"],
    ],
)
def test_totals_and_footnotes(cells: list[Any]) -> None:
    assert aside(cells)


@pytest.mark.parametrize(
    "cells",
    [
        ["合计科技有限公司"],
        ["合计生物"],
        ["济南总计算技术有限公司"],
        ["共计科技"],
        ["注册会计师事务所"],
        ["说明书印刷厂"],
        ["备注 科技有限公司"],
        ["填表人 科技有限公司"],
        ["负责人力资源有限公司"],
        ["合计", code(1)],
        ["小计", "济南甲机械有限公司", 3],
        ["总计", "历城区甲厂"],
        ["备注：延期", "济南甲机械有限公司"],
        ["说明：更名", "济南甲机械", "历下区"],
        [1, "合计"],
        [None, ""],
    ],
)
def test_whatever_may_be_a_firm_stays(cells: list[Any]) -> None:
    assert aside(cells) is None
