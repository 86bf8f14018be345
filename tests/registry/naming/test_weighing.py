"""Features of pairs of invented names, what they weigh together, and what no machine may take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import codes
from registry.naming.features import FEATURES, About, Said, Side, compare, within
from registry.naming.normal import normal_form
from registry.naming.sounds import read_alike
from registry.naming.weighing import VETOES, weigh, weights

PIECES = ["济南市", "山东", "历下区", "天桥区", "华宇", "华雨", "盛达", "机械", "设备", "（集团）", "有限公司", "股份有限公司",
          "厂", "第二分公司", "3", "东"]  # fmt: skip
NAMES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=7).map("".join)
SYMMETRIC = ("town", "trade_name", "generic", "sound", "shape", "industry_word", "legal_form", "group", "branch", "number",
             "aside", "distance", "differences")  # fmt: skip


def levels(one: str, other: str, **more: str) -> dict[str, str]:
    return {said.feature: said.level for said in compare(Side(one), Side(other, **more), About())}


def weighed(one: Side | str, other: Side | str, bearers: int = 1) -> tuple[float, bool, set[str]]:
    sides = [side if isinstance(side, Side) else Side(side) for side in (one, other)]
    found = weigh(compare(*sides, About(bearers, "2026-03-01")))
    return found.score, found.certain(), {feature for feature, *_ in found.vetoes}


@pytest.mark.parametrize(
    "one, other, feature, level",
    [
        ("济南华宇机械有限公司", "济南市华宇机械有限公司", "region", "same"),
        ("济南华宇机械有限公司", "山东华宇机械有限公司", "region", "province"),
        ("济南华宇机械有限公司", "青岛华宇机械有限公司", "region", "apart"),
        ("济南搏远机械有限公司", "济南博远机械有限公司", "sound", "alike"),
        ("济南搏远机械有限公司", "济南博远机械有限公司", "trade_name", "sound"),
        ("济南凯盛隆达机械厂", "济南凯盛隆运机械厂", "trade_name", "one_of_many"),
        ("济南华远机械厂", "济南远华机械厂", "trade_name", "swapped"),
        ("济南华宇设备有限公司", "济南华宇装备有限公司", "industry_word", "alike"),
        ("济南华宇机械有限公司", "济南华宇机械股份有限公司", "legal_form", "family"),
        ("济南华宇机械一厂", "济南华宇机械二厂", "number", "apart"),
        ("济南华宇机械3厂", "济南华宇机械5厂", "number", "apart"),
    ],
)
def test_a_feature_names_what_it_sees(one: str, other: str, feature: str, level: str) -> None:
    assert levels(one, other)[feature] == level


def test_the_district_of_the_list_speaks_for_and_against() -> None:
    name = "济南华宇机械有限公司"
    found = [
        next(
            s for s in compare(Side(name, district), Side(name, "370102"), About()) if s.feature == "district"
        ).level
        for district in (None, "370102", "370100", "370105", "370200")
    ]
    assert found == ["unknown", "same", "within", "same_city", "apart"]


@pytest.mark.parametrize(
    "one, other, veto",
    [
        ("济南华宇机械一厂", "济南华宇机械二厂", "number"),
        ("济南华宇东区机械厂", "济南华宇西区机械厂", "number"),
        ("济南华宇机械有限公司", "济南华宇机械有限公司天桥分公司", "branch"),
        ("济南华宇机械有限公司", "济南华宇机械集团有限公司", "group"),
        ("山东华宇机械有限公司", "济南华宇机械有限公司", "region"),
        ("济南华宇机械有限公司", "青岛华宇机械有限公司", "region"),
        ("济南华宇机械有限公司", "济南华旺机械有限公司", "trade_name"),
        ("济南华宇机械有限公司", "济南华宇机械专业合作社", "legal_form"),
    ],
)
def test_sisters_are_never_taken_however_alike(one: str, other: str, veto: str) -> None:
    _, certain, vetoes = weighed(one, other)
    assert not certain
    assert veto in vetoes


def test_a_firm_founded_after_the_list_is_never_taken() -> None:
    found = weighed("济南凯盛隆机械厂", Side("济南市凯盛隆机械厂", founded_on="2026-04-01"))
    assert "founding_date" in found[2]


def test_another_district_is_never_taken() -> None:
    found = weighed(Side("济南凯盛隆机械厂", "370102"), Side("济南市凯盛隆机械厂", "370105"))
    assert not found[1]
    assert "district" in found[2]


def test_a_rare_name_with_a_dropped_suffix_of_the_city_is_taken() -> None:
    assert weighed("济南凯盛隆机械制造有限公司", "济南市凯盛隆机械制造有限公司")[1]


def test_a_common_trade_name_weighs_less() -> None:
    one, other = "济南华宇机械厂", "济南华宇机械加工厂"
    assert weighed(one, other, bearers=1)[0] > weighed(one, other, bearers=50)[0]


@given(NAMES, NAMES)
def test_what_compares_two_names_is_symmetric(one: str, other: str) -> None:
    there, back = levels(one, other), levels(other, one)
    assert {name: there[name] for name in SYMMETRIC} == {name: back[name] for name in SYMMETRIC}


@given(NAMES, NAMES)
def test_only_the_normal_form_counts(one: str, other: str) -> None:
    def bare(found: tuple[Said, ...]) -> list[tuple[str, str]]:
        return [(s.feature, s.level) for s in found]

    typed = compare(Side(f" {one}"), Side(other), About())
    assert bare(typed) == bare(compare(Side(normal_form(one)), Side(normal_form(other)), About()))


@given(NAMES, NAMES)
def test_every_value_and_score_lies_between_0_and_1(one: str, other: str) -> None:
    said = compare(Side(one), Side(other), About())
    assert all(s.value is None or 0 <= s.value <= 1 for s in said)
    assert 0 <= weigh(said).score <= 1


def test_every_feature_explains_itself_in_both_languages() -> None:
    said = compare(
        Side("济南华宇机械一厂", "370102", place=("Lixia", "历下")), Side("济南华雨机械集团二厂"), About()
    )
    assert [s.feature for s in said] == list(FEATURES)
    for each in said:
        assert FEATURES[each.feature].__doc__
        assert each.value is None or (each.en and each.zh and each.en != each.zh)


def test_weights_and_vetoes_speak_of_features_that_there_are() -> None:
    assert {feature for feature, _ in weights().by_level} == set(FEATURES)
    assert {feature for feature, _ in VETOES} <= set(FEATURES)
    assert 0 < weights().choose < weights().certain < 1
    assert any("Measured" in note for note in codes.load("codes/name_weights").notes)


def test_places_lie_within_their_cities_and_provinces() -> None:
    assert within("370102", "370100")
    assert within("370102", "370000")
    assert not within("370100", "370102")
    assert not within("370200", "370100")
    assert not within("area-qibu", "370200")


def test_characters_are_read_alike_by_sound() -> None:
    assert read_alike("博", "搏")
    assert not read_alike("博", "华")
    assert read_alike("森", "生", near=True)
    assert not read_alike("森", "生")
