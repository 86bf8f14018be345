"""How much of a buyer's spend each link is, where it is said and where it is not.

A said share stands. Of the rest of a buyer's spend (what the said ones leave of 1) each product of whose links none has a
share takes an equal part, and its suppliers take equal parts of that: so a second supplier of a product takes from the first
and from nobody else. Where a product has both, a link without a share counts as the mean of the said ones. Shares of a buyer
that add up to more than 1 are scaled down to 1. What is left of 1 after that is bought from nobody on record and is taken to
come whatever happens. A firm whose spend is unknown counts as the median of the known ones; where none is known, all are equal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chains.resilience.scope import Part


@dataclass(frozen=True)
class Shares:
    """``share``: per link, of the buyer's spend, filled in; those of a buyer add up to 1 at most. ``spend``: per firm, filled
    in. The numbers of what had to be assumed: links without a share, buyers scaled down, links of which nobody said whether
    they are essential, links without a product, firms without a spend."""

    share: np.ndarray
    spend: np.ndarray
    without_share: int
    scaled: int
    without_essential: int
    without_product: int
    without_spend: int

    @property
    def assumed(self) -> dict[str, int]:
        return {
            "shares_unknown": self.without_share,
            "shares_scaled": self.scaled,
            "essential_unknown": self.without_essential,
            "products_unnamed": self.without_product,
            "spend_unknown": self.without_spend,
        }


def filled(part: Part) -> Shares:
    """The part's shares and spends with nothing left open."""
    n = part.size
    share = part.share.copy()
    open_ = np.isnan(share)
    # A link without a product stands for itself: nothing says that two of them bring the same.
    alone = part.product == 0
    own = np.where(alone, len(part.products) + np.arange(len(share)), part.product)
    _pairs, group = np.unique(part.buyer * (len(part.products) + len(share) + 1) + own, return_inverse=True)
    many = int(group.max()) + 1 if len(group) else 0
    said = np.bincount(group, np.where(open_, 0.0, share), many)
    told, untold = np.bincount(group, ~open_, many), np.bincount(group, open_, many)
    buyer_of = np.zeros(many, dtype=np.int64)
    buyer_of[group] = part.buyer
    rest = np.clip(1.0 - np.bincount(part.buyer, np.where(open_, 0.0, share), n), 0.0, None)
    silent = told == 0
    silents = np.bincount(buyer_of[silent], minlength=n)
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(silent, rest[buyer_of] / silents[buyer_of] / untold, said / told)
    share[open_] = each[group[open_]]
    total = np.bincount(part.buyer, share, n)
    over = total > 1.0 + 1e-9
    share = share / np.where(over, total, 1.0)[part.buyer]
    spend, unknown = part.spend.copy(), np.isnan(part.spend)
    spend[unknown] = np.median(spend[~unknown]) if (~unknown).any() else 1.0
    if not spend.any():
        spend[:] = 1.0
    return Shares(
        share,
        spend,
        int(open_.sum()),
        int(over.sum()),
        int(np.isnan(part.essential).sum()),
        int(alone.sum()),
        int(unknown.sum()),
    )
