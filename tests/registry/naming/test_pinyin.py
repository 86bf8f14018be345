"""Names by their sound: keys in the order of an index, letters as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.naming.normal import normal_form
from registry.naming.pinyin import LETTERS, TWO_WAYS, beginnings, sort_key, typed_forms


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("山东华宇机械有限公司", ["sdhyjxyxgs", "hyjxyxgs", "huayujixieyouxiangongsi"]),
        ("章丘鼓风机厂", ["zqgfjc", "gfjc", "gufengjichang"]),
        ("TCL科技", ["tclkj", "tclkeji"]),
        ("(山东)3M泵业", ["sd3mby", "3mby", "3mbengye"]),
        ("重庆银行", ["cqyh", "yh", "yinhang"]),
        ("é·&", []),
    ],
)
def test_what_one_may_type_for_a_name(name: str, forms: list[str]) -> None:
    assert typed_forms(name) == forms


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("山东省济南市历下区长城公司", "长城公司"),
        ("济南高新区软件园公司", "软件园公司"),
        ("莱芜钢铁", "钢铁"),
        ("北京", "北京"),
        ("东方红", "东方红"),
    ],
)
def test_a_name_begins_behind_its_regions_too(name: str, rest: str) -> None:
    assert beginnings(name)[0] == name
    assert beginnings(name)[-1] == rest


def test_names_stand_by_syllable_then_tone_then_character() -> None:
    names = [
        "1号",
        "AB",
        "啊",
        "安康",
        "鞍山",
        "成都",
        "重庆",
        "长安",
        "花雨",
        "华宇",
        "华语",
        "化雨",
        "先锋",
        "西安",
        "曾氏",
    ]
    expected = [
        "1号",
        "AB",
        "啊",
        "安康",
        "鞍山",
        "长安",
        "成都",
        "重庆",
        "花雨",
        "华宇",
        "华语",
        "化雨",
        "西安",
        "先锋",
        "曾氏",
    ]
    assert sorted(names, key=sort_key) == expected


@pytest.mark.parametrize("character", TWO_WAYS)
def test_both_readings_of_a_doubtful_character_may_be_typed(character: str) -> None:
    forms = typed_forms(f"济南{character}氏")
    for syllable in TWO_WAYS[character]:
        assert any(form.startswith(syllable[0]) for form in forms)
        assert f"{syllable}shi" in forms


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_has_a_place_and_only_letters_and_digits_are_typed(one: str, other: str) -> None:
    one, other = normal_form(one), normal_form(other)
    assert (sort_key(one) == sort_key(other)) <= (typed_forms(one) == typed_forms(other))
    for form in typed_forms(one):
        assert 0 < len(form) <= LETTERS
        assert set(form) <= set("abcdefghijklmnopqrstuvwxyz0123456789")
