"""Yearly figures 2018-2025 for about six firms in ten, filed each spring, with gaps and a few corrections.

Calibration for 2024: about 150 firms of one billion yuan and more, 17 of ten billion, one of a hundred; the industrial
members together near one trillion. All money is a multiple of 100 yuan: rounding that coarse makes the last bit of a
logarithm, which differs between machines, invisible.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from registry.sample import Row
from tiers.sample.filing import Scale, Step
from tiers.sample.firms import Firm
from tiers.sample.membership import Member
from tiers.sample.titles import Ledger

YEARS = range(2018, 2026)
LINE = 20_000_000
_CITY_GROWTH = {2019: 0.05, 2020: 0.02, 2021: 0.13, 2022: 0.04, 2023: 0.055, 2024: 0.044, 2025: 0.058}
# revenue per head, asset turnover (assets/revenue), mean margin, R&D share, share of R&D staff, energy per million yuan (tce)
_MARKETS = {
    "make": (950_000, 1.15, 0.060, 0.042, 0.13, 9.0),
    "soft": (620_000, 1.25, 0.085, 0.105, 0.38, 0.6),
    "lab": (520_000, 1.30, 0.090, 0.080, 0.32, 0.8),
    "other": (2_300_000, 0.80, 0.030, 0.008, 0.04, 3.0),
}


@dataclass(eq=False)
class Account:
    """A firm's path: revenue by year, where it is known, and how much the sheet says."""

    firm: Firm
    revenue: dict[int, int]
    group: str  # above-scale, quality, other: the sheet that carries the firm
    tier: int  # 0 none, 1 innovative, 2 srdi, 3 little giant


def money(value: float) -> int:
    return round(value / 100) * 100


def accounts(scale: Scale, firms: list[Firm], members: list[Member], ledger: Ledger) -> list[Account]:
    """Revenue paths of all firms that file figures."""
    rng = scale.rng("revenue")
    spans: dict[Firm, list[Member]] = {}
    for member in members:
        spans.setdefault(member.firm, []).append(member)
    quality, hitech = ledger.first_quality(), ledger.ever("high_tech", "national")
    tiers = {
        firm: level
        for level, (tier, at) in enumerate(
            (("innovative_sme", "provincial"), ("srdi", "provincial"), ("little_giant", "national")), 1
        )
        for firm in ledger.ever(tier, at)
    }
    giants = sum(1 for f in firms if f.giant)
    wanted = scale.firms * 3 // 5
    made: list[Account] = []
    plain = []
    for firm in firms:
        if not (firm in spans or firm in quality or firm in hitech or firm.giant):
            plain.append(firm)
            continue
        made.append(_account(rng, firm, spans.get(firm, []), quality.get(firm), tiers.get(firm, 0), giants))
    plain = [firm for firm in plain if firm.legal_person]
    chosen = rng.sample(plain, max(0, min(len(plain), wanted - len(made))))
    return made + [_account(rng, firm, [], None, 0, giants) for firm in chosen]


def _account(
    rng: random.Random, firm: Firm, spans: list[Member], quality: date | None, tier: int, giants: int
) -> Account:
    revenue = _path(rng, firm, spans, tier, giants)
    if spans or firm.giant:
        first, group = 2018, "above-scale" if spans else "quality"
    elif quality:
        first, group = max(2018, quality.year - 2), "quality"
    else:
        first, group = rng.randrange(2021, 2024), "other"
    gap = 0.015 if firm.giant else 0.04 if spans else 0.10 if quality else 0.3
    last = min(2025, (firm.gone_on.year - 1) if firm.gone_on else 2025)
    known = {
        year: value
        for year, value in revenue.items()
        if first <= year <= last
        and year >= firm.founded.year
        and (rng.random() > gap or (firm.giant and year == 2024))
        and firm.home(date(year + 1, 3, 1))
    }
    return Account(firm, known, group, tier)


def _base(rng: random.Random, firm: Firm, spans: list[Member], tier: int, giants: int) -> float:
    """Revenue of 2024 by rank for the giants, lognormal below them."""
    if firm.giant:
        # The calibrated ranks are for 168 giants; a smaller city keeps the ends of the curve.
        rank = 1 + (firm.giant - 1) * 167 / max(1, giants - 1)
        if rank < 2:
            return 104e9
        if rank <= 17:
            return 31e9 * math.pow(10.2 / 31, (rank - 2) / 15)
        if rank <= 150:
            return 9.6e9 * math.pow(1.03 / 9.6, math.pow((max(18, rank) - 18) / 132, 0.55))
        return 0.97e9 * math.pow(0.62 / 0.97, (rank - 150) / 18)
    if spans:
        median, sigma = 50e6 * (1 + 0.35 * tier), 0.95
    elif tier:
        median, sigma = {1: 13e6, 2: 27e6, 3: 78e6}[tier], 0.8
    else:
        median, sigma = (5e6 if firm.trade.market != "other" else 12e6), 1.1
    return min(9.3e8, median * math.exp(rng.gauss(0.12 * firm.score, sigma)))


def _path(rng: random.Random, firm: Firm, spans: list[Member], tier: int, giants: int) -> dict[int, int]:
    base = {2024: _base(rng, firm, spans, tier, giants)}
    own = firm.growth + 0.02 * tier if not firm.giant else 0.015
    noise = 0.05 if firm.giant else 0.12
    factors = {year: max(0.45, 1 + _CITY_GROWTH[year] + own + rng.gauss(0, noise)) for year in _CITY_GROWTH}
    for year in range(2023, 2017, -1):
        base[year] = base[year + 1] / factors[year + 1]
    base[2025] = base[2024] * factors[2025]
    if not firm.giant:
        base = {year: min(value, 9.8e8) for year, value in base.items()}
    if firm.trade.industrial and not firm.giant:
        for year in base:
            base[year] = _by_the_line(rng, base[year], spans, year)
    return {year: money(base[year]) for year in YEARS}


def _by_the_line(rng: random.Random, value: float, spans: list[Member], year: int) -> float:
    """Members are above 20 million, leavers fell below it the year before, firms that grow in were just above it."""
    end, start = date(year, 12, 31), date(year + 1, 1, 1)
    inside = any(m.on(end) for m in spans)
    leaving = any(m.left_on == start and m.exit_reason == "below_line" for m in spans)
    entering = any(m.entered_on == start and m.entry_reason == "grown" for m in spans)
    if leaving:
        return LINE * rng.uniform(0.5, 0.985)
    if inside or entering:
        return max(value, LINE * rng.uniform(1.005, 1.4))
    if spans and value > LINE:
        return LINE * rng.uniform(0.7, 0.99)
    return min(value, LINE * rng.uniform(0.6, 0.995)) if value > LINE else value


def figure_steps(scale: Scale, made: list[Account]) -> list[Step]:
    """Three sheets each spring: the above-scale annual report, the yearly update of titled firms, the others; and corrections."""
    steps = []
    for year in YEARS:
        for group, month, day, title in (
            ("above-scale", 4, 12, "规上工业企业年报"),
            ("quality", 5, 8, "优质中小企业信息更新"),
            ("other", 5, 24, "科技企业年度数据"),
        ):
            some = [a for a in made if a.group == group and year in a.revenue]
            if some:
                steps.append(
                    Step(
                        date(year + 1, month, day),
                        f"figures-{year}-{group}",
                        "figures",
                        f"{year}年度{title}（样例）.xlsx",
                        _rows(scale, some, year, group),
                        {"year": str(year)},
                    )
                )
    return [*steps, *_corrections(scale, made), _platform_scores(scale, made)]


def _rows(scale: Scale, some: list[Account], year: int, group: str) -> Callable[[], list[Row]]:
    def rows() -> list[Row]:
        rng = scale.rng(f"figures-{year}-{group}")
        return [figure_row(rng, account, year) for account in some]

    return rows


def figure_row(rng: random.Random, account: Account, year: int) -> Row:
    """A firm's year: the short form of eight figures for ordinary firms, the long one for titled and above-scale firms."""
    firm, revenue = account.firm, account.revenue[year]
    per_head, turnover, margin, rd, rd_people, energy = _MARKETS[firm.trade.market]
    growth_years = year - 2018
    heads = max(
        3,
        round(
            revenue
            / (
                per_head
                * (1 + 0.03 * growth_years)
                * math.exp(0.35 * math.sin(firm.capital % 97 + firm.score * 5))
            )
        ),
    )
    rd_share = (
        max(0.0, rd * (1 + 0.25 * account.tier) * math.exp(rng.gauss(0, 0.3)))
        if account.group != "other" or rng.random() < 0.8
        else 0.0
    )
    if firm.giant:
        rd_share, heads = min(rd_share, 0.035), max(heads // 2, 320)
    if account.tier >= 2:
        rd_share = max(rd_share, rng.uniform(0.028, 0.05))
    assets = money(revenue * turnover * math.exp(0.3 * math.cos(firm.score * 7)) * rng.uniform(0.93, 1.07))
    debts = money(assets * min(0.97, max(0.12, 0.47 + 0.16 * math.sin(firm.score * 11) + rng.gauss(0, 0.04))))
    profit = money(revenue * (margin + 0.012 * account.tier + rng.gauss(0, 0.045)))
    main = money(revenue * min(1.0, rng.uniform(0.82, 1.02) if account.tier else rng.uniform(0.6, 1.05)))
    row: Row = {
        "uscc": firm.uscc,
        "name": firm.name(date(year + 1, 4, 1)),
        "revenue": revenue,
        "main_revenue": main,
        "rd_expense": money(revenue * rd_share),
        "employees": heads,
        "rd_staff": min(heads, round(heads * rd_people * rng.uniform(0.6, 1.4))),
        "total_assets": assets,
        "total_liabilities": debts,
        "net_profit": profit,
    }
    if account.group == "other":
        return row
    row |= {
        "net_assets": assets - debts,
        "total_cost": money(revenue - profit * 1.15),
        "tax_paid": money(revenue * rng.uniform(0.018, 0.062)),
        "tech_staff": min(heads, round(heads * rd_people * rng.uniform(1.0, 1.8))),
    }
    if int(firm.uscc[12:16], 36) % 4 == 0:
        row["export_revenue"] = money(main * rng.uniform(0.03, 0.45))
    if account.tier:
        row |= {
            "product_revenue": money(main * rng.uniform(0.55, 0.97)),
            "hitech_revenue": money(revenue * rng.uniform(0.5, 0.95)),
            "rd_domestic": money(revenue * rd_share * rng.uniform(0.85, 1.0)),
        }
        if rng.random() < 0.05 * account.tier:
            row["equity_paid_in"] = money(rng.choice((3e6, 5e6, 8e6, 2e7, 5e7, 1e8)))
        if year >= 2024 and account.tier >= 2:
            row["platform_score"] = _score(rng, account.tier)
    if account.group == "above-scale":
        row |= {
            "value_added": money(revenue * rng.uniform(0.17, 0.31)),
            "energy_tce": max(1, round(revenue / 1e6 * energy * rng.uniform(0.4, 1.6))),
            "land_mu": max(1, round(revenue / 1e6 * rng.uniform(0.1, 0.6))),
        }
    # Sheets have holes: an empty cell says nothing.
    if rng.random() < 0.08:
        row.pop(rng.choice(("tax_paid", "rd_staff", "net_profit", "total_cost", "tech_staff")), None)
    return row


def _corrections(scale: Scale, made: list[Account]) -> list[Step]:
    """Audited accounts that come late: corrected revenues, one of which falls below a billion."""
    rng = scale.rng("corrections")
    steps = []
    for year, filed, count in (
        (2021, date(2022, 11, 15), 24),
        (2023, date(2024, 11, 18), 42),
        (2024, date(2025, 11, 17), 36),
    ):
        able = [a for a in made if year in a.revenue and a.group != "other" and not a.firm.giant]
        rows: list[Row] = [
            {"uscc": a.firm.uscc, "revenue": money(a.revenue[year] * rng.uniform(0.9, 1.08))}
            for a in rng.sample(able, min(len(able), scale.n(count)))
        ]
        fallen = [a for a in made if 1_000_000_000 <= a.revenue.get(year, 0) < 1_150_000_000]
        rows += [{"uscc": a.firm.uscc, "revenue": 985_000_000} for a in fallen[:1]]
        steps.append(
            Step(
                filed,
                f"figures-{year}-corrected",
                "figures",
                f"{year}年度数据更正（样例）.xlsx",
                _fixed(rows),
                {"year": str(year)},
            )
        )
    return steps


def _platform_scores(scale: Scale, made: list[Account]) -> Step:
    """The platform's scores of 2026, which new applications of that year are asked for."""
    rng, filed = scale.rng("platform"), date(2026, 6, 12)
    rows: list[Row] = [
        {"uscc": a.firm.uscc, "platform_score": _score(rng, a.tier)}
        for a in made
        if a.tier and 2025 in a.revenue and a.firm.home(filed) and rng.random() < 0.5 + 0.15 * a.tier
    ]
    file = "2026年专精特新发展评价得分（样例）.xlsx"
    return Step(filed, "figures-2026-scores", "figures", file, _fixed(rows), {"year": "2026"})


def _score(rng: random.Random, tier: int) -> int:
    return min(96, max(28, round(rng.gauss(54 + 7 * tier, 9))))


def _fixed(rows: list[Row]) -> Callable[[], list[Row]]:
    return lambda: rows
