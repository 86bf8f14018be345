"""Cells told many at a time are told as each would be alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.intake.cells import Cell, as_they_stand, reader
from registry.kind import Field, FieldType
from tests.registry.house import code

TYPED = st.one_of(
    st.text(max_size=12),
    st.text(alphabet="济南Ａ（）()ab12 '’;、|\u3000\u200b\u0301\u1100\u1161-无", max_size=8),
    st.sampled_from(
        [
            code(7),
            code(8).lower(),
            code(9)[:17] + "0",
            "91370100MA00000O0X",
            "",
            "N/A",
            "清空",
            "甲乙丙丁\x85",
            "甲乙丙丁\x1f",
        ]
    ),
)


@pytest.mark.parametrize("type_", ["text", "names", "code"])
@given(st.lists(TYPED, max_size=12))
def test_text_told_to_stand_is_read_as_itself(type_: FieldType, texts: list[str]) -> None:
    field = Field("x", type_, "字段", "field")
    read = reader(field, None)
    for text in as_they_stand(field, texts):
        assert read(text) == Cell(True, text)


@pytest.mark.parametrize(
    ("type_", "text"), [("text", "济南基准科技有限公司"), ("names", "旧名有限公司"), ("code", code(1))]
)
def test_one_bad_neighbour_costs_nobody_else(type_: FieldType, text: str) -> None:
    told = as_they_stand(Field("x", type_, "字段", "field"), [text, " （甲）；乙 ", text, "\u0301甲乙丙丁 "])
    assert list(told) == [text, text]
