"""Names taken apart: what is stripped is kept, and typing makes no difference."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.naming.normal import normal_form
from registry.naming.parts import take_apart

PIECES = ["济南市", "山东", "历下区", "开发区", "华宇", "盛达", "机械", "制造", "（集团）", "(济南)", "集团", "有限公司",
          "股份有限公司", "厂", "第二分公司", "3号", "东", " ", "　", "Ａ", "1"]  # fmt: skip
NAMES = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


@pytest.mark.parametrize(
    "name, regions, places, core, industry, form",
    [
        ("济南市历下区华宇机械有限公司", ("370100", "370102"), (), "华宇", ("机械",), "有限公司"),
        ("山东省济南华宇机械股份有限公司", ("370000", "370100"), (), "华宇", ("机械",), "股份有限公司"),
        ("华宇精密机械（济南）有限公司", ("370100",), (), "华宇精密", ("机械",), "有限公司"),
        ("章丘市华宇铸造厂", ("370114",), (), "华宇", ("铸造",), "厂"),
        ("济南开发区华宇模具有限公司", ("370100",), ("开发区",), "华宇", ("模具",), "有限公司"),
        ("商河县玉皇庙镇华宇木业", ("370126",), ("玉皇庙镇",), "华宇", ("木业",), ""),
        ("华宇机械有限公司", (), (), "华宇", ("机械",), "有限公司"),
        ("上海华宇机械有限公司", ("310000",), (), "华宇", ("机械",), "有限公司"),
        ("红旗机械有限公司", (), (), "红旗", ("机械",), "有限公司"),
    ],
)
def test_place_trade_name_industry_and_form(
    name: str,
    regions: tuple[str, ...],
    places: tuple[str, ...],
    core: str,
    industry: tuple[str, ...],
    form: str,
) -> None:
    parts = take_apart(name)
    assert (parts.regions, parts.places, parts.core, parts.industry, parts.form) == (
        regions, places, core, industry, form,
    )  # fmt: skip


def test_a_group_and_a_branch_are_kept_apart_from_the_trade_name() -> None:
    parts = take_apart("济南华宇机械（集团）有限公司第二分公司")
    assert (parts.core, parts.group, parts.form, parts.branch) == ("华宇", True, "有限公司", "第二分公司")
    assert take_apart("济南华宇集团建材有限公司").branch == "建材有限公司"
    assert take_apart("济南华宇集团有限公司").branch == ""


def test_what_brackets_hold_besides_places_and_forms_is_kept() -> None:
    parts = take_apart("济南华宇机械厂（普通合伙）")
    assert (parts.form, parts.family) == ("厂", "works") or parts.form == "普通合伙"
    assert take_apart("济南华宇机械厂（新址）").asides == ("新址",)


@pytest.mark.parametrize("name", ["济南", "济南市", "有限公司", "厂", "济南有限公司", "1", "（济南）"])
def test_a_name_of_nothing_but_place_or_form_is_not_emptied(name: str) -> None:
    parts = take_apart(name)
    assert parts.core or parts.regions or parts.form or parts.asides


@given(NAMES)
def test_no_character_is_lost(name: str) -> None:
    parts = take_apart(name)
    assert parts.name == normal_form(name)
    kept = "".join((parts.core, *parts.industry, *parts.places, parts.form, parts.branch, *parts.asides))
    assert not Counter(kept) - Counter(parts.name)


@given(NAMES)
def test_typing_in_other_forms_gives_the_same_parts(name: str) -> None:
    assert take_apart(name) == take_apart(normal_form(name)) == take_apart(f" {name}　")
