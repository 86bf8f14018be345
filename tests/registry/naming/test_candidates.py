"""Near names are found without comparing with each, and found alike however the index came about."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from registry.naming.candidates import Entry, NameIndex
from registry.naming.normal import normal_form

TRADE = "华宇盛达凯隆恒泰金鑫瑞丰博远明德嘉禾力诺天成"
WORDS = ["机械", "纺织", "食品", "电子科技", "建材", "新材料", "物流"]


def names(n: int, seed: int = 3) -> list[str]:
    chance = random.Random(seed)
    found = dict.fromkeys(
        f"{chance.choice(['济南', '山东', '济南市', '青岛'])}{''.join(chance.sample(TRADE, 3))}{chance.choice(WORDS)}有限公司"
        for _ in range(n)
    )
    return list(found)


def index(listed: list[str]) -> NameIndex:
    return NameIndex(Entry(str(n), normal_form(name), "present", name) for n, name in enumerate(listed))


def nearest(found: NameIndex, name: str, k: int = 5) -> list[str]:
    [hits] = found.search([normal_form(name)], k)
    return [found.entries[hit.entry].name for hit in hits]


def test_a_name_is_nearest_to_itself_and_one_wrong_character_still_leads_to_it() -> None:
    listed = names(3000)
    found = index(listed)
    for name in listed[:50]:
        assert nearest(found, name)[0] == name
        broken = name[:3] + "璧" + name[4:]
        assert name in nearest(found, broken), broken


def test_an_empty_index_and_an_empty_name_find_nothing() -> None:
    assert list(NameIndex(()).search(["济南华宇"], 5)) == [[]]
    assert list(index(["济南华宇机械厂"]).search(["", "华"], 5)) == [[], []]


def test_the_bearers_of_a_trade_name_are_counted() -> None:
    found = index(["济南华宇机械厂", "山东华宇建材厂", "济南盛达机械厂"])
    assert [found.bearers(core) for core in ("华宇", "盛达", "凯隆", "华")] == [2, 1, 0, 0]


@settings(max_examples=50)
@given(st.lists(st.text(alphabet="华宇盛达机械（)A\U00020000 ", max_size=8), max_size=6), st.text(max_size=6))
def test_any_text_is_searched_without_a_fault_and_scores_are_ordered(listed: list[str], asked: str) -> None:
    found = index(listed)
    [hits] = found.search([normal_form(asked)], 5)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1.0001 for score in scores)
    assert len({hit.entry for hit in hits}) == len(hits)
