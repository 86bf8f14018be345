"""The names in memory follow the register, whether few have changed or many."""

from __future__ import annotations

import random

import pytest

from registry import known_names
from registry.known_names import EMPTY, Names
from registry.naming.candidates import Entry
from registry.naming.normal import normal_form

TRADE = "华宇盛达凯隆恒泰金鑫瑞丰博远明德嘉禾力诺天成"


def entry(n: int) -> Entry:
    chance = random.Random(n)
    name = f"济南{''.join(chance.sample(TRADE, 4))}机械有限公司"
    return Entry(str(n), normal_form(name), "present", name)


def nearest(names: Names, one: Entry) -> list[Entry]:
    [found] = names.near([one.key], 3)
    return [each for each, _ in found]


def test_what_came_and_went_is_as_in_an_index_built_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_names, "SMALL", 10)
    monkeypatch.setattr(known_names, "ADDED", 0.5)
    held = EMPTY.with_names(frozenset(map(entry, range(100))))
    came = held.with_names(frozenset(map(entry, range(5, 110))))
    assert came.base is held.base
    assert len(came.later) == 10
    assert nearest(came, entry(105))[0] == entry(105)
    assert entry(2) not in nearest(came, entry(2))
    back = came.with_names(frozenset(map(entry, range(105))))
    assert back.base is held.base
    assert nearest(back, entry(2))[0] == entry(2)
    assert entry(107) not in nearest(back, entry(107))
    anew = EMPTY.with_names(back.entries)
    for n in range(0, 105, 7):
        assert nearest(back, entry(n))[0] == nearest(anew, entry(n))[0]


def test_many_changes_build_the_index_anew() -> None:
    held = EMPTY.with_names(frozenset(map(entry, range(50))))
    grown = held.with_names(frozenset(map(entry, range(90))))
    assert len(grown.base) == 90
    assert len(grown.later) == 0


def test_the_bearers_of_a_trade_name_count_what_came_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_names, "SMALL", 1)
    monkeypatch.setattr(known_names, "ADDED", 1.0)
    one, two = (Entry(str(n), f"济南华宇{n}厂", "present", f"济南华宇{n}厂") for n in (1, 2))
    held = EMPTY.with_names(frozenset([one, entry(1), entry(2)]))
    assert held.bearers("华宇") + 1 == held.with_names(held.entries | {two}).bearers("华宇")
