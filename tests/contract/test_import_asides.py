"""Totals and footnotes of a list are no rows of data."""

from __future__ import annotations

from tests.contract.conftest import Lists, Register, code


def test_totals_and_footnotes_are_left_out_and_announced(cli: Register, lists: Lists) -> None:
    head = ("序号", "企业名称", "统一社会信用代码", "注册资本（万元）")
    said = cli.load(
        "enterprises",
        lists.xlsx(
            head,
            (1, "济南甲机械有限公司", code(1), 500),
            ("小计", "", "", 500),
            (2, "合计科技有限公司", code(2), 300),
            ("合计", "", "", 800),
            ("注：注册资本以营业执照为准",),
            ("填表人：张三", "审核人：李四"),
        ),
    )
    assert said.exit == 0
    assert said.json["rows"] == 2
    assert said.fates == (2, 0, 0, 0)
    left_out = [p for p in said.json["problems"] if p["code"] == "not_a_row"]
    assert [(p["row"], p["value"], p["fate"]) for p in left_out] == [
        (3, "小计", "note"),
        (5, "合计", "note"),
        (6, "注：注册资本以营业执照为准", "note"),
        (7, "填表人：张三", "note"),
    ]
    kept = cli("filings", "show", said.json["filing"], "--json").json["problems"]
    assert [p["row"] for p in kept if p["code"] == "not_a_row"] == [3, 5, 6, 7]
    assert cli.values(code(2))["name"] == "合计科技有限公司"


def test_a_row_in_review_is_decided_even_if_it_reads_like_a_remark(cli: Register, lists: Lists) -> None:
    """A row in review keeps its mapped cells only: what is left of it may look like a footnote."""
    cli.filed("enterprises", lists.csv(("统一社会信用代码", "企业名称"), (code(1), "济南甲机械")))
    rows = [(f"说明：补发{n}", "济南甲机械", n) for n in (1, 2)]
    shared = ("--set", "tier=little_giant", "--set", "batch=6", "--set", "issued_on=2024-01-01")
    said = cli.load("titles", lists.csv(("文号", "企业名称", "序号"), *rows), *shared)
    assert said.fates == (0, 0, 2, 0)
    assert cli("filings", "decide", 2, 3, "--take").exit == 0
    assert [title["document"] for title in cli.show(code(1))["titles"]] == ["说明：补发2"]
