"""Supply links on record: the offices' yearly survey, the listed firms' yearly reports (a link for that year), lists of
relations that ended, and visits in 2026 that find other shares than those that were filed."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from chains.sample.makers import Makers, there
from chains.sample.parts import SECOND, sheet
from chains.sample.web import End, Link, name_or_code
from registry.sample import Row
from tiers.sample.filing import Step
from tiers.sample.firms import OPENING, Firm

SURVEYS = (date(2022, 7, 19), date(2023, 7, 18), date(2024, 7, 16), date(2025, 7, 15), date(2026, 4, 21))
_ENDED = (date(2023, 11, 14), date(2024, 11, 12), date(2025, 11, 11), date(2026, 5, 19))
VISITED = date(2026, 5, 28)
_YEARS = range(2022, 2026)
_REPORTED = 5


def link_steps(makers: Makers, links: list[Link]) -> list[Step]:
    """All filings of kind ``links``."""
    desk = _Desk(makers)
    for link in _mark_yearly(links, desk.stocks):
        if link.yearly:
            desk.report(link)
        else:
            desk.survey(link)
    steps = [
        sheet(d, f"links-{d.year}", "links", f"{d.year}年供应关系调查", rows)
        for d, rows in desk.surveyed.items()
    ]
    for day, rows in desk.ended.items():
        steps.append(sheet(day, f"links-ended-{day.year}", "links", f"{day.year}年终止的供应关系", rows))
    for year, rows in desk.reported.items():
        title = f"上市公司{year}年报前五名供应商"
        steps.append(sheet(date(year + 1, 5, 8), f"links-reports-{year}", "links", title, rows))
    return [*steps, sheet(VISITED, "links-visits", "links", "链办走访核实的供应关系", desk.visits)]  # fmt: skip


class _Desk:
    """Puts links on the lists that speak of them."""

    def __init__(self, makers: Makers) -> None:
        self.rng: random.Random = makers.scale.rng("chains/surveys")
        self.stocks = makers.stocks
        self.surveyed: dict[date, list[Row]] = {day: [] for day in SURVEYS}
        self.ended: dict[date, list[Row]] = {day: [] for day in _ENDED}
        self.reported: dict[int, list[Row]] = {year: [] for year in _YEARS}
        self.visits: list[Row] = []

    def survey(self, link: Link) -> None:
        """On the first survey that finds it, on a later list its end, now and then a visit that finds another share."""
        days = [day for day in SURVEYS if day > link.since and _filable(link, day)]
        if not days:
            return
        # What the first survey did not find, the next ones do.
        day = next((d for d in days if d != SURVEYS[0] or self.rng.random() < 0.6), days[-1])
        row = self._row(link)
        self.surveyed[day].append(row)
        if link.until:
            later = next((d for d in _ENDED if d > link.until and d > day and _filable(link, d)), None)
            if later:
                key = {name: row[name] for name in ("supplier", "buyer", "product", "from")}
                self.ended[later].append(key | {"to": link.until})
        elif link.share and self.rng.random() < 0.008 and _filable(link, VISITED):
            self.visits.append(row | {"share_of_buyer_spend": _otherwise(link.share)})

    def report(self, link: Link) -> None:
        """One row for each year's report, which bears the buyer's stock code and leaves a supplier out now and then; for
        the year that has no report yet the survey has it."""
        assert isinstance(link.buyer, Firm)
        assert link.share
        for year in _YEARS:
            share = (link.share * self.rng.randrange(85, 116) / 100).quantize(Decimal("0.0001"))
            if link.since.year > year or self.rng.random() < 0.12 or not _filable(link, date(year, 1, 1)):
                continue
            row: Row = {
                "supplier": _by_name(link.supplier, date(year, 1, 1)),
                "buyer": self.stocks[link.buyer],
                "product": link.product.name,
                "share_of_buyer_spend": f"{max(share, Decimal('0.0001')):f}",
                "from": str(year),
            }
            self.reported[year].append(row)
            if year == _YEARS[-1] and self.rng.random() < 0.12:
                self.visits.append(row | {"share_of_buyer_spend": _otherwise(share)})
        if self.rng.random() < 0.85:
            self.survey(replace(link, since=date(2026, 1, 1), until=None))

    def _row(self, link: Link) -> Row:
        named = self.rng.random() < 0.25
        row: Row = {
            "supplier": _by_name(link.supplier, link.since) if named else name_or_code(link.supplier),
            "buyer": name_or_code(link.buyer),
            "product": link.product.name,
            "share_of_buyer_spend": f"{link.share:f}" if link.share else None,
            "essential": link.essential,
            "from": link.since,
        }
        return {key: value for key, value in row.items() if value is not None}


def _mark_yearly(links: list[Link], stocks: dict[Firm, str]) -> list[Link]:
    """Of each listed buyer the largest suppliers by share are what its yearly reports name."""
    of_buyer: dict[Firm, list[Link]] = {}
    for link in links:
        if isinstance(link.buyer, Firm) and link.buyer in stocks and link.share and link.since < SECOND:
            of_buyer.setdefault(link.buyer, []).append(link)
    largest = {
        (*link.ends, link.product.name)
        for some in of_buyer.values()
        for link in sorted(some, key=lambda one: (-(one.share or 0), one.ends))[:_REPORTED]
    }
    return [replace(one, yearly=(*one.ends, one.product.name) in largest) for one in links]


def _otherwise(share: Decimal) -> str:
    """The share that a visit finds: no longer what was said."""
    return f"{(share * Decimal('0.6')).quantize(Decimal('0.0001')) + Decimal('0.0120'):f}"


def _filable(link: Link, day: date) -> bool:
    return all(there(end, day) for end in (link.supplier, link.buyer) if isinstance(end, Firm))


def _by_name(end: End, on: date) -> str:
    """The name, where the register knew it on that day and the firm bears no other; else the code."""
    if isinstance(end, str):
        return end
    plain = end.registered == OPENING and len(end.names) == 1 and on - end.founded > timedelta(days=400)
    return end.names[0][2] if plain else end.uscc
