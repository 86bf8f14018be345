"""Registers made by hand or by chance, for tests of forecasts: titles as (firm, tier, first day, last day, more)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np

from tiers.forecasting.history import FAR, Records, number
from tiers.terms import ONE_DAY, years_on

Term = tuple[int, str, date, date]


def records(
    terms: Iterable[Term], gone: dict[int, date] | None = None, revoked: dict[int, date] | None = None
) -> Records:
    """Records of terms; ``gone``: firm → the first day on which it is the city's no more; ``revoked``: place → day."""
    rows = list(terms)
    groups = sorted({f"{tier}:" for _firm, tier, _first, _last in rows})
    firms = max((firm for firm, *_rest in rows), default=-1) + 1
    titles: dict[tuple[int, str], int] = {}
    left = [number(gone[firm]) if gone and firm in gone else FAR for firm in range(firms)]

    def column(values: Iterable[int]) -> np.ndarray:
        return np.array(list(values), dtype=np.int64)

    return Records(
        tuple(f"firm{firm:06d}" for firm in range(firms)), tuple(groups), tuple(36 for _group in groups),
        column(firm for firm, *_rest in rows),
        column(groups.index(f"{tier}:") for _firm, tier, *_rest in rows),
        column(titles.setdefault((firm, tier), len(titles)) for firm, tier, *_rest in rows),
        column(number(first) for _firm, _tier, first, _last in rows),
        column(number(last) for *_rest, last in rows),
        column(number(first) for _firm, _tier, first, _last in rows),
        column(number(revoked[at]) if revoked and at in revoked else FAR for at in range(len(rows))),
        column(range(firms)), column([-FAR] * firms), column(left),
    )  # fmt: skip


def term(firm: int, first: date, tier: str = "srdi") -> Term:
    return firm, tier, first, years_on(first, 3) - ONE_DAY


def rounds(years: Iterable[int], size: int, renewing: float, month: int = 7) -> list[Term]:
    """A round every year on the first of a month: ``size`` new firms, of whom a part renews every three years."""
    found: list[Term] = []
    years = list(years)
    for at, year in enumerate(years):
        for n in range(size):
            firm, first = at * size + n, date(year, month, 1)
            found.append(term(firm, first))
            left = size * renewing
            while n < round(left) and years_on(first, 3).year <= years[-1]:
                first = years_on(first, 3)
                found.append(term(firm, first))
                left *= renewing
    return found


def by_chance(seed: int, until: date, size: float = 60.0, renewing: float = 0.7) -> list[Term]:
    """Rounds whose sizes and renewal rates vary from year to year, from 2014 on."""
    chance = np.random.default_rng(seed)
    found: list[Term] = []
    firm = 0
    for year in range(2014, until.year + 1):
        for _n in range(chance.poisson(chance.gamma(8, size / 8))):
            found.append(term(firm, date(year, 7, 1)))
            firm += 1
    queue = list(found)
    rates: dict[int, float] = {}
    while queue:
        one, _tier, first, _last = queue.pop(0)
        again = years_on(first, 3)
        rate = rates.setdefault(first.year, chance.beta(renewing * 12, (1 - renewing) * 12))
        if again <= until and chance.random() < rate:
            found.append(term(one, again))
            queue.append(found[-1])
    return found
