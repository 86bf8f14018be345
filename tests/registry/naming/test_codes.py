"""Credit codes: our check character is the standard's, and every way of getting a code wrong has its own answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as standard

from registry.naming.codes import ALPHABET, check_character, good_codes, looks_like_code, read_code
from tests.registry.house import code


@given(st.text(alphabet=ALPHABET, min_size=17, max_size=17))
def test_the_check_character_is_the_one_of_the_standard(first: str) -> None:
    assert check_character(first) == standard.calc_check_digit(first)


@given(st.text(alphabet=ALPHABET, min_size=17, max_size=17), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(first: str, at: int, other: str) -> None:
    good = first + check_character(first)
    wrong = good[:at] + other + good[at + 1 :]
    assert read_code(good).code == good
    assert (read_code(wrong).code == wrong) == (wrong == good)


@given(
    st.lists(
        st.one_of(
            st.text(max_size=20), st.integers(0, 99).map(code), st.from_regex(rf"[{ALPHABET}]{{18}}\n?")
        )
    )
)
def test_a_list_of_codes_is_told_like_each_alone(typed: list[str]) -> None:
    assert good_codes(typed) == [text for text in typed if read_code(text) == (text, None, None, False)]


@pytest.mark.parametrize(
    "number", ["91370199MA0000015T", "91370199MA0000023M", "91370199MA00000X7X", "91370199MB1234562L"]
)
def test_published_vectors(number: str) -> None:
    assert read_code(number).code == number
    assert read_code(number.lower()) == (number, None, None, True)
    assert read_code(f" {number[:6]} {number[6:]}　").code == number


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        (9.13701e17, "uscc_damaged"),
        (370681018019402, "uscc_old_number"),
        ("370681018019402", "uscc_old_number"),
        ("9.13701E+17", "uscc_damaged"),
        ("913701000000000000", "uscc_damaged"),
        ("91370199MA000001", "uscc_damaged"),
        ("91370199MAO000015T", "uscc_letter"),
        ("91370199MA0000015U", "uscc_check"),
        ("济南某某有限公司", "uscc_misplaced"),
    ],
)
def test_each_way_of_getting_it_wrong_has_its_own_answer(typed: object, problem: str) -> None:
    assert read_code(typed).problem == problem
    assert read_code(typed).code is None


def test_a_letter_o_is_answered_with_the_mended_code() -> None:
    good = code(1)
    assert good in (read_code(good.replace("0", "O", 1)).hint or "")


def test_a_code_in_a_name_column_is_recognised() -> None:
    assert looks_like_code(code(5))
    assert not looks_like_code("济南1953茶文化有限公司")
