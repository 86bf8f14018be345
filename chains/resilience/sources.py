"""Where a buyer has one supplier of a product, and how much of a product few suppliers hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from chains.resilience.scope import Part
from chains.resilience.shares import Shares


@dataclass(frozen=True)
class Source:
    """A link on which a buyer's supply of a product hangs. ``essential``: None where nobody said. ``share`` of the buyer's
    spend, None where nobody said; ``weight`` orders: yuan a year as far as known."""

    link: int
    buyer: int
    supplier: int
    product: str
    essential: bool | None
    share: float | None
    weight: float


def alone(part: Part) -> np.ndarray:
    """The links through which a buyer has a product from one supplier. Links that name no product are left out: nothing says
    that another one brings the same."""
    named = np.flatnonzero(part.product > 0)
    bought = part.buyer[named] * len(part.products) + part.product[named]
    _pairs, first, times = np.unique(bought, return_index=True, return_counts=True)
    links: np.ndarray = named[np.sort(first[times == 1])]
    return links


def single_sources(part: Part, shares: Shares) -> list[Source]:
    """The products that a buyer has from one supplier alone, as far as links are on record: essential ones first, then by what
    is spent on them."""
    worth = shares.share * shares.spend[part.buyer]
    found = [
        Source(
            link,
            int(part.buyer[link]),
            int(part.supplier[link]),
            part.products[part.product[link]],
            _flag(part.essential[link]),
            _known(part.share[link]),
            float(worth[link]),
        )
        for link in alone(part).tolist()
    ]
    return sorted(found, key=lambda s: (s.essential is not True, -s.weight, s.buyer, s.product))


def _flag(value: float) -> bool | None:
    return None if np.isnan(value) else bool(value)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


@dataclass(frozen=True)
class Concentration:
    """How few suppliers hold a product, or a tier of suppliers (``depth`` links from a leader). ``hhi``: the sum of squared
    shares, from 1/suppliers to 1. ``assumed``: how many of its links have no share on record."""

    product: str | None
    depth: int | None
    suppliers: int
    buyers: int
    hhi: float
    largest: int
    largest_share: float
    assumed: int


def concentration(part: Part, shares: Shares, depth: np.ndarray) -> list[Concentration]:
    """Per product and per tier, the most concentrated first; a supplier's share is by the worth of its links. ``depth``: per
    firm its steps to the nearest leader, -1 where no way leads there. A tier's links are those to a buyer one step nearer."""
    worth = shares.share * shares.spend[part.buyer]
    frame = pd.DataFrame(
        {
            "supplier": part.supplier, "buyer": part.buyer, "worth": worth,
            "product": part.product, "open": np.isnan(part.share),
            "depth": np.where(depth[part.supplier] == depth[part.buyer] + 1, depth[part.supplier], -1),
        }
    )  # fmt: skip
    products = _held(frame[frame["product"] > 0], "product")
    tiers = _held(frame[(frame["depth"] > 0) & (depth[part.buyer] >= 0)], "depth")
    found = [_entry(row, part.products[int(row["key"])], None) for row in products]
    found += [_entry(row, None, int(row["key"])) for row in tiers]
    return sorted(found, key=lambda c: (-round(c.hhi, 9), -c.buyers, c.product or "", c.depth or 0))


def _held(frame: pd.DataFrame, key: str) -> list[dict[str, Any]]:
    if frame.empty:
        return []
    by = frame.groupby([key, "supplier"], sort=True)["worth"].sum().reset_index()
    total = by.groupby(key)["worth"].transform("sum")
    many = by.groupby(key)["supplier"].transform("size")
    by["part"] = np.where(total > 0, by["worth"] / total.where(total > 0, 1.0), 1.0 / many)
    by["square"] = by["part"] ** 2
    first = by.sort_values([key, "part", "supplier"], ascending=[True, False, True]).drop_duplicates(key)
    sums = by.groupby(key).agg(hhi=("square", "sum"), suppliers=("supplier", "size"))
    of = frame.groupby(key).agg(buyers=("buyer", "nunique"), assumed=("open", "sum"))
    joined = sums.join(of).join(first.set_index(key)[["supplier", "part"]])
    rows: list[dict[str, Any]] = joined.rename_axis("key").reset_index().to_dict("records")  # type: ignore[assignment]
    return rows


def _entry(row: dict[str, Any], product: str | None, depth: int | None) -> Concentration:
    return Concentration(
        product, depth, int(row["suppliers"]), int(row["buyers"]), min(1.0, float(row["hhi"])), int(row["supplier"]),
        float(row["part"]), int(row["assumed"]),
    )  # fmt: skip
