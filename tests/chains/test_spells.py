"""Years in a row are one relation."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from chains.spells import SPELL_COLUMNS, spells

COLUMNS = ["supplier", "buyer", "product", "share", "since", "until", "filing", "row"]


def past(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """(supplier, buyer, product, share, since, until) each, filed in this order."""
    return pd.DataFrame([(*row, 1, at) for at, row in enumerate(rows, start=2)], columns=COLUMNS)


def year(supplier: int, buyer: int, of: int, share: float = math.nan, product: str = "") -> tuple[Any, ...]:
    return (supplier, buyer, product, share, f"{of}-01-01", f"{of}-12-31")


def shown(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    found = spells(frame)
    assert tuple(found.columns) == SPELL_COLUMNS
    return [
        tuple(None if pd.isna(value) else value for value in row) for row in found.itertuples(index=False)
    ]


def test_years_in_a_row_are_one_and_a_gap_parts_them() -> None:
    rows = past(year(1, 2, 2019, 0.1), year(1, 2, 2017, 0.3), year(1, 2, 2018, 0.2), year(1, 2, 2021, 0.4))
    assert shown(rows) == [
        (1, 2, "", "2017-01-01", "2019-12-31", 3, 0.1),
        (1, 2, "", "2021-01-01", "2021-12-31", 1, 0.4),
    ]


def test_other_ends_and_other_products_are_other_relations() -> None:
    rows = past(year(1, 2, 2018), year(2, 1, 2019), year(1, 2, 2019, product="轴承"), year(1, 3, 2019))
    assert [row[:3] for row in shown(rows)] == [(1, 2, ""), (1, 2, "轴承"), (1, 3, ""), (2, 1, "")]


def test_an_open_link_takes_in_all_that_follows() -> None:
    rows = past(
        (1, 2, "", 0.2, "2018-05-01", None), year(1, 2, 2021), (1, 3, "", math.nan, None, "2019-12-31")
    )
    assert shown(rows) == [(1, 2, "", "2018-05-01", None, 2, 0.2), (1, 3, "", None, "2019-12-31", 1, None)]


def test_a_long_link_reaches_over_a_short_one_to_the_next() -> None:
    rows = past(
        (1, 2, "", 0.1, "2015-01-01", "2020-12-31"),
        (1, 2, "", math.nan, "2016-01-01", "2016-12-31"),
        year(1, 2, 2021, 0.5),
        (1, 2, "", 0.6, "2022-01-02", "2022-12-31"),
    )
    assert [row[3:6] for row in shown(rows)] == [
        ("2015-01-01", "2021-12-31", 3),
        ("2022-01-02", "2022-12-31", 1),
    ]


def test_two_sources_for_one_year_the_later_filed_share_speaks() -> None:
    rows = past(year(1, 2, 2020, 0.1), year(1, 2, 2020, 0.3))
    assert shown(rows) == [(1, 2, "", "2020-01-01", "2020-12-31", 2, 0.3)]


def test_no_links_are_no_spells() -> None:
    assert shown(past()) == []
