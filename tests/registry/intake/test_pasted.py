"""Pasted text: tables, names by line or mark, numbering, places in brackets; whatever is pasted stays text."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import settings as effort
from hypothesis import strategies as st

import cli
from registry import settings
from registry.intake.headers import HeaderError
from registry.intake.lists import read_pasted
from registry.intake.rows import Reading, parse
from registry.intake.sheets import UnreadableError

KINDS = {kind.id: kind for room in cli.ROOMS for kind in room.kinds(settings.load(environment={}))}
A, B, C = "济南虚构甲机械有限公司", "济南虚构乙（集团）股份有限公司", "济南虚构丙合伙企业（有限合伙）"


def rows(text: str) -> list[tuple[str | None, str | None]]:
    """Name and district of each row, as they would be filed."""
    parsed = parse(KINDS["titles"], read_pasted(text).grids, Reading({}, {"tier": "瞪羚"}))
    return [(row.values.get("name"), row.values.get("district")) for row in parsed.rows]


@pytest.mark.parametrize(
    "text",
    [
        f"{A}\n{B}\n{C}",
        f"{A}\r\n\r\n  {B}  \r\n{C}\r\n",
        f"{A}、{B}、{C}",
        f"{A}；{B}；{C}。",
        f"{A}，{B}，{C}",
        f"1.{A}\n2.{B}\n3.{C}",
        f"（1）{A}\n（2）{B}\n（3）{C}",
        f"1、{A}、2、{B}、3、{C}",
        f"1 {A}\n2 {B}\n3 {C}",
        f"1{A}\n2{B}\n3{C}",
        f"1\t{A}\n2\t{B}\n3\t{C}",
        f"序号\t企业名称\n1\t{A}\n2\t{B}\n3\t{C}",
        f"1  {A}\n2  {B}\n3  {C}",
        f"{A}    {B}\n{C}",
        f"2025年度虚构名单（3家）\n{A}\n{B}\n{C}",
        f"序号  企业名称\n1  {A}\n2  {B}\n3  {C}",
    ],
)
def test_three_names_however_they_are_pasted(text: str) -> None:
    assert [name for name, _district in rows(text)] == [A, B, C]


@pytest.mark.parametrize(
    "text",
    [
        f"{A}（历下区）\n{B}（济南高新区）",
        f"1.{A}（历下区）\n2.{B}（济南高新区）",
        f"{A}，历下区\n{B}，济南高新区",
        f"{A} 历下区\n{B} 济南高新区",
        f"{A}\t历下区\n{B}\t济南高新区",
        f"企业名称\t区县\n{A}\t历下区\n{B}\t济南高新区",
        f"企业名称,区县\n{A},历下区\n{B},济南高新区",
        f'序号，企业名称，区县\n1，"{A}"，历下区\n2，{B}，济南高新区',
        f"一、历下区（1家）\n{A}\n二、济南高新区（1家）\n{B}",
        f"历下区（1家）：{A}\n济南高新区（1家）：{B}",
        f"历下区\n1\t{A}\n济南高新区\n2\t{B}",
    ],
)
def test_the_district_however_it_is_pasted(text: str) -> None:
    (first, here), (second, there) = rows(text)
    assert (first, second) == (A, B)
    assert here == "历下区"
    assert there
    assert "高新区" in there


def test_names_that_end_like_no_firm_are_rows_too() -> None:
    assert [name for name, _ in rows(f"{A}\n虚构大药房\n虚构学校")] == [A, "虚构大药房", "虚构学校"]


def test_a_pasted_script_tag_is_just_text() -> None:
    tag = "<script>alert(1)</script>"
    assert rows(tag) == [(tag, None)]
    assert rows(f"企业名称\n{tag}\n{A}") == [(tag, None), (A, None)]


def test_rows_say_on_which_line_they_stand() -> None:
    (grid,) = read_pasted(f"名单\n\n{A}\n{B}").grids
    assert grid.place(2) == ("line 3", "第 3 行")
    assert grid.place(3) == ("line 4", "第 4 行")
    assert grid.place(4) is None


@pytest.mark.parametrize("text", ["", " \n\t\n", "、、", "名单\n公示"])
def test_text_that_names_nothing_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_pasted(text)
    assert "没有找到名单" in caught.value.zh


PLACES = ["历下区", "（", "）", "一、", "1.", "、", "\t", "  ", "\n"]


@pytest.mark.parametrize(
    "text",
    [" " * 300_000 + A, f"{A}{' ' * 300_000}{B}", "（" * 200_000 + A, "、" * 300_000 + A, "1." * 200_000],
)
def test_long_odd_text_takes_no_time(text: str) -> None:
    with suppress(UnreadableError, HeaderError):
        rows(text)


SNIPPETS = st.sampled_from(
    [*PLACES, A, B, "序号", "企业名称", "区县", "共3家", "2025年3月1日", "=1+1", "\x00"]
)


@effort(deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(SNIPPETS, max_size=30).map("".join)))
@example("\t\n\t\t\n\t")
@example("①②③")
@example("历下区（１家）：" + A)
def test_whatever_is_pasted_is_read_or_refused(text: str) -> None:
    with suppress(UnreadableError, HeaderError):
        parse(KINDS["titles"], read_pasted(text).grids, Reading({}, {"tier": "瞪羚"}))
