"""Numbers packed into blocks: what is put in comes out, few or many, in one go or several."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from registry.search import postings as p

OFFSETS = st.sets(st.integers(0, 65_535), max_size=60)
MANY = st.tuples(st.integers(0, 40_000), st.integers(1, 25_000), st.integers(1, 3)).map(
    lambda run: set(range(run[0], min(run[0] + run[1], 65_536), run[2]))
)
TEXTS = st.lists(st.text("甲乙丙丁AB\n", max_size=8), min_size=1, max_size=8)


def packed(offsets: set[int]) -> bytes:
    return p.packed(np.array(sorted(offsets), np.uint16))


@given(OFFSETS | MANY, OFFSETS | MANY)
def test_packed_numbers_come_out_as_they_went_in(one: set[int], other: set[int]) -> None:
    firms = packed(one)
    assert len(firms) <= p.BITMAP
    assert p.unpacked(firms).tolist() == sorted(one)
    together = p.joined(firms, np.array(sorted(other), np.uint16))
    assert p.unpacked(together).tolist() == sorted(one | other)


@given(st.lists(st.tuples(OFFSETS | MANY, OFFSETS | MANY), min_size=1, max_size=4))
def test_what_holds_all_tokens_is_in_all_of_their_blocks(held: list[tuple[set[int], set[int]]]) -> None:
    blocks = {
        p.place(token, block): packed(offsets)
        for token, pair in enumerate(held)
        for block, offsets in enumerate(pair)
    }
    first, second = (set.intersection(*(pair[block] for pair in held)) for block in (0, 1))
    found = p.holding(list(range(len(held))), blocks, 3)
    assert found.tolist() == sorted(first) + sorted(65_536 + offset for offset in second)


@given(TEXTS)
def test_every_gram_of_every_line_is_a_token_and_no_gram_reaches_over_lines(texts: list[str]) -> None:
    offsets = np.arange(len(texts), dtype=np.uint16) * 7
    found = {
        (token, offset)
        for token, numbers in p.grouped([p.text_pairs(p.NAME, texts, offsets)])
        for offset in numbers.tolist()
    }
    expected = {
        (p.text_tokens(p.NAME, line[at : at + 2])[0], 7 * n)
        for n, text in enumerate(texts)
        for line in text.split("\n")
        for at in range(len(line) - 1)
    }
    assert found == expected


def test_letters_are_tokens_from_the_first_on_and_up_to_a_digit() -> None:
    offsets = np.array([3], np.uint16)
    found = {token for token, _numbers in p.grouped([p.sound_pairs(["\nhyjxyx\nab1cd"], offsets)])}
    asked = ["h", "hy", "hyj", "hyjx", "hyjxyx", "a", "ab"]
    assert found == {p.sound_tokens(letters)[0] for letters in asked}
    assert p.sound_tokens("hyjxy") == p.sound_tokens("hyjx")


def test_names_products_and_sounds_are_never_taken_for_each_other() -> None:
    tokens = {*p.text_tokens(p.NAME, "AB"), *p.text_tokens(p.PRODUCT, "AB"), *p.sound_tokens("ab")}
    assert len(tokens) == 3


def test_a_long_text_is_looked_for_by_grams_from_all_over_it() -> None:
    text = "".join(chr(0x4E00 + n) for n in range(60))
    tokens = p.text_tokens(p.NAME, text)
    assert len(tokens) == p.MOST_GRAMS
    assert tokens[0] == p.text_tokens(p.NAME, text[:2])[0]
    assert tokens[-1] == p.text_tokens(p.NAME, text[-2:])[0]
