"""The cache of counts: an answer is given again only while nothing that it rests on has changed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from registry import codes, words
from registry.house import House
from tests.registry.house import code, file_rows
from tiers import asking
from tiers.asking import CACHE, ask_count

DAY = date(2026, 2, 1)
FIRM = {"uscc": code(1), "name": "济南1机械有限公司", "district": "历下区", "ownership": "private"}
#: What stands in the cache instead of the answer, so that whoever gets it was answered from there.
KEPT = {"as_of": "from the cache"}


@pytest.fixture
def house(house: House) -> House:
    file_rows(house, "enterprises", [FIRM])
    return house


def forget() -> None:
    """What a process knows of the tables, it read once: forgetting is starting anew."""
    for reader in (codes.load, asking._tables, words.vocabulary):
        reader.cache_clear()


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of ``data/`` that is read instead of it, to be edited."""
    copy = tmp_path / "data"
    shutil.copytree(codes.DATA, copy)
    monkeypatch.setattr(codes, "DATA", copy)
    forget()
    yield copy
    monkeypatch.undo()
    forget()


def edit(table: Path, change: Callable[[str], str]) -> None:
    """Change the first row of a table that can be changed so, and start anew."""
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    header = next(at for at, line in enumerate(lines) if not line.startswith("#"))
    for at in range(header + 1, len(lines)):
        if (changed := change(lines[at])) != lines[at]:
            lines[at] = changed
            break
    else:
        pytest.fail(f"{table}: no row to change")
    table.write_text("".join(lines), encoding="utf-8")
    forget()


def kept(house: House) -> int:
    """Puts ``KEPT`` in the place of every answer in the cache; gives how many."""
    with house.store.engine.connect().execution_options(tidu_write=True) as connection, connection.begin():
        connection.execute(update(CACHE).values(document=json.dumps(KEPT)))
        return len(connection.execute(select(CACHE.c.id)).all())


def from_cache(house: House, **wish: Any) -> bool:
    return bool(ask_count(house, DAY, None, **wish)["as_of"] == KEPT["as_of"])


def test_an_answer_is_given_again_until_something_is_filed(house: House) -> None:
    assert not from_cache(house)
    assert kept(house) == 1
    assert from_cache(house)
    file_rows(house, "enterprises", [{**FIRM, "niche": "阀门"}], "later.csv")
    assert not from_cache(house)


def test_another_question_gets_another_answer(house: House) -> None:
    assert not from_cache(house)
    kept(house)
    assert not from_cache(house, by="district")
    assert not from_cache(house, year=2020)
    assert from_cache(house)


def names(line: str) -> str:
    """The row with another Chinese character in its first name."""
    return re.sub(r"[\u4e00-\u9fff]", "某", line, count=1)


@pytest.mark.parametrize(
    "table",
    [
        "plans/plan-2023-2025",
        "codes/tiers",
        "codes/boards",
        "codes/digital_core",
        "codes/industries",
        "codes/places",
        "codes/words",
    ],
)
def test_an_edited_table_asks_anew(house: House, tables: Path, table: str) -> None:
    assert not from_cache(house)
    kept(house)
    forget()
    assert from_cache(house), "a new start with the same tables finds the old answer"
    edit(tables / f"{table}.csv", names)
    assert not from_cache(house)


def test_a_new_word_stands_in_the_breakdown_at_once(house: House, tables: Path) -> None:
    def ownership() -> list[str]:
        return [row["name"] for row in ask_count(house, DAY, None, by="ownership")["by"]]

    old = words.label("ownership", "private")
    assert old in ownership()
    edit(
        tables / "codes/words.csv", lambda line: line.replace(old, "民间投资") if "private" in line else line
    )
    assert "民间投资" in ownership()
    assert old not in ownership()
