"""Reads what is on record on a day into the columns that rules ask (``tiers/rules/facts.py``): a few queries, whatever
the number of firms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, and_, or_, select

from registry.fields import EVIDENCE, FIGURES
from registry.house import House
from registry.models import Enterprise, Evidence, Figures, Honour
from registry.store.bulk import among
from tiers.members import Question, listed
from tiers.models import AboveScale, Title
from tiers.rules.facts import Facts, Honours, Numbers, Words, full_years
from tiers.rules.metrics import METRICS
from tiers.rules.quantities import SCALES
from tiers.rules.verdicts import Mask

FIRM: Any = Enterprise.__table__  # type: ignore[attr-defined]
FIGURE: Any = Figures.__table__  # type: ignore[attr-defined]
EVIDENCE_TABLE: Any = Evidence.__table__  # type: ignore[attr-defined]
HONOUR: Any = Honour.__table__  # type: ignore[attr-defined]
TITLE: Any = Title.__table__  # type: ignore[attr-defined]
ABOVE: Any = AboveScale.__table__  # type: ignore[attr-defined]
#: How many years before the year of the day rules can look back: growth over three years needs four.
YEARS_BACK = 4
ASKED = {name for metric in METRICS.values() for name in metric.facts}
_FIGURES = tuple(f.id for f in FIGURES if f.id in ASKED)
_EVIDENCE = tuple(f.id for f in EVIDENCE if f.id in ASKED)
_WORDS = {
    f.id: SCALES["institution" if f.vocabulary == "rd_institution" else "yes_no"]
    for f in EVIDENCE
    if f.type == "word"
}
#: Bodies that are legal persons, and those that are none; "other" may be either.
LEGAL_PERSON = {"company": 1.0, "cooperative": 1.0, "branch": 0.0, "sole_trader": 0.0}


def load_facts(house: House, connection: Connection, day: date, firms: Sequence[str] | None = None) -> Facts:
    """The facts of ``firms``, or (None) of all that belong to the city on the day and are in business."""
    e = FIRM.c
    query = select(
        e.uscc, e.city, e.district, e.area, e.industry, e.legal_form, e.founded_on, e.parent_listed
    ).where(e.from_day <= day, e.to_day > day)
    if firms is None:
        query = query.where(e.city == house.settings.city.code, or_(e.status.is_(None), e.status == "active"))
    else:
        query = query.where(among(connection, e.uscc, firms))
    rows = connection.execute(query.order_by(e.uscc)).all()
    columns = list(zip(*rows, strict=True)) if rows else [()] * 8
    usccs, city, district, area, industry = (_words(column) for column in columns[:5])
    reader = _Reader(connection, day, usccs, firms is None)
    figures = reader.figures()
    evidence = reader.evidence(columns[6])
    evidence["legal_person"] = np.array([LEGAL_PERSON.get(form, np.nan) for form in columns[5]], dtype=float)
    evidence["parent_listed"] = np.array([_place(SCALES["yes_no"], word) for word in columns[7]], dtype=float)
    evidence["listed"] = reader.among_firms(reader.listed(Question(day, house.settings)))
    evidence["above_scale"] = reader.among_firms(reader.above_scale())
    sme, outside = _sizes(industry, figures, day.year - 1, len(usccs))
    evidence["sme"] = sme
    return Facts(
        day,
        usccs,
        figures,
        evidence,
        reader.titles(),
        reader.honours(),
        city,
        district,
        area,
        industry,
        {"sme": outside},
    )


def _words(column: Iterable[Any]) -> Words:
    listed_ = list(column)
    found = np.empty(len(listed_), dtype=object)
    found[:] = listed_
    return found


def _place(scale: tuple[str, ...], word: str | None) -> float:
    return float(scale.index(word)) if word in scale else np.nan


def _sizes(
    industry: Words, figures: dict[tuple[str, int], Numbers], year: int, number: int
) -> tuple[Numbers, Mask]:
    """(small or medium as 0 and 1, where no size class exists for the industry)."""
    import pandas as pd

    from tiers.size import size_classes

    missing = np.full(number, np.nan)
    parts = {name: figures.get((name, year), missing) for name in ("revenue", "employees", "total_assets")}
    sizes = size_classes(pd.DataFrame({"industry": industry, **parts}))
    # The highest class that missing figures still allow: below large it is small or medium, whatever they are.
    most = {name: np.where(np.isnan(column), np.inf, column) for name, column in parts.items()}
    highest = size_classes(pd.DataFrame({"industry": industry, **most}))
    below = {"medium": 1.0, "small": 1.0, "micro": 1.0}
    found = np.array([below.get(size, np.nan) for size in highest], dtype=float)
    return np.where(np.equal(sizes, "large"), 0.0, found), np.equal(sizes, "not_applicable")


class _Reader:
    """Fills columns for the firms of one question."""

    def __init__(self, connection: Connection, day: date, firms: Words, everyone: bool) -> None:
        self.connection, self.day, self.firms = connection, day, firms
        self.everyone = everyone
        self.place = {uscc: at for at, uscc in enumerate(firms)}

    def _rows(self, query: Select[Any], column: Any) -> list[Any]:
        """Rows of the firms asked for; the first column is their code."""
        if not self.everyone:
            query = query.where(among(self.connection, column, [str(uscc) for uscc in self.firms]))
        return [row for row in self.connection.execute(query) if row[0] in self.place]

    def above_scale(self) -> list[str]:
        a = ABOVE.c
        query = select(a.uscc).where(a.entered_on <= self.day, or_(a.left_on.is_(None), a.left_on > self.day))
        return [row[0] for row in self._rows(query, a.uscc)]

    def listed(self, question: Question) -> list[str]:
        # Boards have few firms, so the whole list costs little even where one firm is asked about.
        return [row.uscc for row in question.ask(self.connection, listed(question))]

    def among_firms(self, codes: Iterable[str]) -> Numbers:
        """1 for the firms named, 0 for the others: lists that the register keeps whole."""
        found = np.zeros(len(self.firms))
        for uscc in codes:
            if (at := self.place.get(uscc)) is not None:
                found[at] = 1.0
        return found

    def _spread(self, at: Any, values: Sequence[Any]) -> Numbers:
        column = np.full(len(self.firms), np.nan)
        column[at] = np.array(values, dtype=float)
        return column

    def figures(self) -> dict[tuple[str, int], Numbers]:
        f = FIGURE.c
        years = range(self.day.year - YEARS_BACK, self.day.year + 1)
        query = select(f.uscc, f.year, *(f[name] for name in _FIGURES))
        found: dict[tuple[str, int], Numbers] = {}
        # All firms by the year, which bounds memory; some firms at once, which is one query.
        for part in [[year] for year in years] if self.everyone else [list(years)]:
            of_years: dict[int, list[Any]] = {}
            for row in self._rows(query.where(f.year.in_(part)), f.uscc):
                of_years.setdefault(row[1], []).append(row)
            for year, rows in of_years.items():
                codes, _years, *columns = zip(*rows, strict=True)
                at = [self.place[uscc] for uscc in codes]
                found |= {
                    (name, year): self._spread(at, column)
                    for name, column in zip(_FIGURES, columns, strict=True)
                }
        return found

    def evidence(self, founded: Sequence[date | None]) -> dict[str, Numbers]:
        """Evidence as of the day, and what follows from its days: years in the niche, years since founding."""
        v = EVIDENCE_TABLE.c
        days = (v.niche_since, v.new_product_since)
        query = select(v.uscc, *days, *(v[name] for name in _EVIDENCE)).where(
            v.from_day <= self.day, v.to_day > self.day
        )
        rows = self._rows(query, v.uscc)
        found: dict[str, Numbers] = {}
        since = {
            name: np.full(len(self.firms), "NaT", dtype="datetime64[D]") for name in ("niche", "new_product")
        }
        if rows:
            codes, niche, product, *columns = zip(*rows, strict=True)
            at = [self.place[uscc] for uscc in codes]
            since["niche"][at] = np.array(niche, dtype="datetime64[D]")
            since["new_product"][at] = np.array(product, dtype="datetime64[D]")
            for name, column in zip(_EVIDENCE, columns, strict=True):
                if scale := _WORDS.get(name):
                    column = tuple(_place(scale, word) for word in column)
                found[name] = self._spread(at, column)
        born = np.array(list(founded), dtype="datetime64[D]")
        year_end = date(self.day.year - 1, 12, 31)
        early = since["niche"] < born
        found["niche_before_founding"] = early.astype(float)
        found["niche_years"] = np.where(early, np.nan, full_years(since["niche"], year_end))
        found["new_product_years"] = full_years(since["new_product"], year_end)
        found["founded_years"] = full_years(born, self.day)
        found["registered_days"] = np.where(
            np.isnat(born), np.nan, (np.datetime64(self.day, "D") - born).astype(float)
        )
        found["accounting_years"] = _accounting_years(born, self.day.year)
        return found

    def titles(self) -> dict[tuple[str, str], Mask]:
        t = TITLE.c
        held: dict[tuple[str, str], Mask] = {}
        in_force = and_(t.valid_from <= self.day, t.ends_on > self.day)
        for uscc, tier, level in self._rows(select(t.uscc, t.tier, t.level).where(in_force), t.uscc):
            holders = held.setdefault((tier, level), np.zeros(len(self.firms), dtype=bool))
            holders[self.place[uscc]] = True
        return held

    def honours(self) -> Honours:
        h = HONOUR.c
        rows = self._rows(
            select(h.uscc, h.honour, h.level, h.rank, h.on, h.until).where(h.on <= self.day), h.uscc
        )
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * 6
        codes, honour, level, rank, on, until = columns
        return Honours(
            np.array([self.place[uscc] for uscc in codes], dtype=np.intp), _words(honour), _words(lv or "" for lv in level),
            np.array(rank, dtype=float), np.array(on, dtype="datetime64[D]"), np.array(until, dtype="datetime64[D]"),
        )  # fmt: skip


def _accounting_years(born: Any, year: int) -> Numbers:
    """Complete years of accounts before the year: the year of founding counts only from 1 January."""
    first = born.astype("datetime64[Y]")
    begun = first.astype(float) + 1970 + (born > first.astype("datetime64[D]"))
    return np.where(np.isnat(born), np.nan, np.maximum(year - begun, 0))
