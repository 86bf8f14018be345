"""A model of meaning beside the characters: its vectors are stored, and what has none is judged by characters alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select

from chains.matching import embedding
from chains.matching.facts import facts
from chains.matching.ranking import Wanted, ranked
from registry.house import House
from tests.registry.house import code, file_rows, open_test_house

SENSES = {"马达": 0, "电动机": 0, "糕点": 1, "螺栓": 2}


class Tiny:
    """Knows four words, two of which are one."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: list[str]) -> np.ndarray:
        self.asked += texts
        return np.eye(8, dtype=np.float32)[[SENSES.get(text, 3 + len(text) % 5) for text in texts]]


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    found = open_test_house(database_url, tmp_path)
    for n, products in enumerate(("电动机", "糕点", "螺栓")):
        file_rows(found, "enterprises", [
            {"uscc": code(n), "name": f"济南{'甲乙丙'[n]}有限公司", "products": products, "city": "370100"}
        ], f"{n}.csv")  # fmt: skip
    yield found
    found.store.dispose()


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Tiny:
    model = Tiny()
    monkeypatch.setattr(embedding, "installed", lambda: ("tiny-1", model))
    return model


def stored(house: House) -> int:
    with house.store.read() as connection:
        return connection.execute(select(func.count()).select_from(embedding.VECTOR)).scalar_one()


def test_another_word_for_the_same_is_found_by_the_model_only(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "installed", lambda: None)
    assert ranked(house, Wanted("马达")) == []
    monkeypatch.setattr(embedding, "installed", lambda: ("tiny-1", Tiny()))
    assert [one.uscc for one in ranked(house, Wanted("马达"))] == [code(0)]


def test_vectors_are_stored_once(house: House, tiny: Tiny) -> None:
    ranked(house, Wanted("马达"))
    assert stored(house) == 3
    assert tiny.asked.count("电动机") == 1
    file_rows(house, "offers", [{"uscc": code(1), "product": "面包"}])
    ranked(house, Wanted("马达"))
    assert stored(house) == 4
    assert tiny.asked.count("电动机") == 1
    assert embedding.learn(house, facts(house)) == 0


def test_a_vector_is_nearly_the_same_after_it_was_stored() -> None:
    drawn = np.random.default_rng(1).normal(size=512).astype(np.float32)
    drawn /= np.linalg.norm(drawn)
    again = embedding.unpacked(embedding.packed(drawn))
    assert float(drawn @ again) > 0.999
    assert not embedding.unpacked(embedding.packed(np.zeros(4, np.float32))).any()


@pytest.mark.skipif(
    embedding.installed() is None, reason="no model of meaning is installed (the extra meaning)"
)
def test_the_installed_model_knows_other_words_for_the_same(house: House) -> None:
    assert ranked(house, Wanted("电机"))[0].uscc == code(0)
