"""Size classes against a table that an official can read; every limit of every group is tried on it and just below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
import pytest

from registry import words
from tests.rules.firms import FIGURE, amount
from tests.rules.tables import FOLDER, read
from tiers.rules.library import library
from tiers.size import group_of, groups, size_classes

TABLE = read(FOLDER / "sizes.yaml")
CLASSES = {**{word.zh: word.id for word in words.vocabulary("size").values()}, "数据不足": "unknown"}


def firms() -> Iterator[tuple[str, Mapping[str, str], str]]:
    for group in TABLE["groups"]:
        for industry in group["industries"]:
            for fact, scale in group["scales"].items():
                for value, size in scale.items():
                    yield (
                        f"{industry} {fact} {value}",
                        {"行业": industry, **group["given"], fact: value},
                        size,
                    )
    for row in TABLE["rows"]:
        yield row["why"], row["given"], row["then"]


def numbers(firm: Mapping[str, str]) -> dict[str, Any]:
    of: dict[str, Any] = {
        "industry": firm.get("行业"),
        "employees": None,
        "revenue": None,
        "total_assets": None,
    }
    return of | {FIGURE[fact]: amount(text) for fact, text in firm.items() if fact != "行业" and text != "无"}


@pytest.mark.parametrize("firm,size", [pytest.param(firm, size, id=name) for name, firm, size in firms()])
def test_row(firm: Mapping[str, str], size: str) -> None:
    assert list(size_classes(pd.DataFrame([numbers(firm)]))) == [CLASSES[size]]


def test_many_firms_at_once_are_each_judged_alone() -> None:
    every = list(firms())
    frame = pd.DataFrame([numbers(firm) for _name, firm, _size in every])
    assert list(size_classes(frame)) == [CLASSES[size] for _name, _firm, size in every]


def test_every_limit_is_tried_on_it_and_just_below() -> None:
    tried: dict[tuple[str | None, str], set[float]] = {}
    for _name, firm, _size in firms():
        for fact, value in numbers(firm).items():
            if fact != "industry" and value is not None and firm.get("行业"):
                tried.setdefault((group_of(firm["行业"]), fact), set()).add(value)
    for group in groups():
        for fact, limits in group.limits.items():
            for limit in map(float, limits):
                assert {limit, limit - 1} <= tried[group.id, fact], (group.id, fact, limit)


def test_both_size_standards_have_the_same_limits() -> None:
    """300号 has no class large: below its upper limits is small or medium, which says the same."""
    editions = library().editions
    assert [(g.id, g.industries, g.limits) for g in editions["size-2011"].groups] == [
        (g.id, g.industries, g.limits) for g in editions["size-2017"].groups
    ]
