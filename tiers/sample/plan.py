"""What the departments file about the plan: yearly and half-yearly figures, goals broken down by district, goals of tiers.

The figures are invented and run towards the plan's goals; some departments are late, so the sample shows that too.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date

from registry.sample import Row
from tiers.sample.filing import Scale, Step

#: Indicator, department, value at the end of 2022, value at the end of 2025, decimals; yuan in 亿元, shares in percent.
FIGURES: tuple[tuple[str, str, float, float, int], ...] = (
    ("revenue-total", "统计局", 8400, 9650, 0),
    ("advanced-share", "统计局", 58.2, 68.9, 1),
    ("digital-gdp", "统计局", 44.3, 50.6, 1),
    ("digital-core-gdp", "统计局", 16.8, 20.4, 1),
    ("software-revenue", "工信局", 4260, 6610, 0),
    ("electronics-revenue", "工信局", 1180, 1890, 0),
    ("base-stations", "工信局", 29800, 66200, 0),
    ("computing", "工信局", 1050, 2730, 0),
    ("clusters-sme", "工信局", 2, 7, 0),
    ("tech-projects", "工信局", 742, 861, 0),
    ("renewables-capacity", "发展改革委", 2510000, 4460000, -3),
    ("non-fossil-share", "发展改革委", 4.1, 6.8, 1),
)
MONEY = frozenset({"revenue-total", "software-revenue", "electronics-revenue"})
SHARES = frozenset({"advanced-share", "digital-gdp", "digital-core-gdp", "non-fossil-share"})
#: A figure for each calendar year, which has no half-year.
YEARLY = frozenset({"tech-projects"})
#: Departments that have not filed the last year when the sample ends.
LATE = frozenset({"electronics-revenue", "clusters-sme"})
#: Management unit → its share of the city's quality firms and above-scale firms that it is to have, in percent.
SHARES_OF_UNITS = (
    ("历下区", 12), ("市中区", 8), ("槐荫区", 6), ("天桥区", 5), ("历城区", 11), ("长清区", 4), ("章丘市", 9), ("济阳县", 4),
    ("莱城区", 6), ("钢城区", 2), ("平阴县", 3), ("商河县", 2), ("高新区", 22), ("起步区", 2), ("莱芜高新区", 1),
)  # fmt: skip
GOALS = (("quality-firms", 8000), ("above-scale", 3000))
TIER_GOALS = (
    ("innovative_sme", 6500),
    ("srdi", 2600),
    ("little_giant", 240),
    ("gazelle", 700),
    ("single_champion", 90),
)


def plan_steps(scale: Scale) -> list[Step]:
    """Filings of kinds ``indicators`` and ``targets``."""
    rng = scale.rng("plan")
    steps = [
        Step(
            date(2023, 12, 20),
            "targets-units",
            "targets",
            "任务分解表（2023—2025年，样例）.xlsx",
            _unit_goals(scale),
        ),
        Step(date(2024, 1, 15), "targets-tiers", "targets", "梯度培育目标（样例）.xlsx", _tier_goals(scale)),
    ]
    for department in dict.fromkeys(figure[1] for figure in FIGURES):
        own = [figure for figure in FIGURES if figure[1] == department]
        for year, month in ((2023, 12), (2024, 6), (2024, 12), (2025, 6), (2025, 12)):
            filed = date(year + 1, 2, 20) if month == 12 else date(year, 8, 12)
            period = str(year) if month == 12 else f"{year}-06"
            steps.append(
                Step(filed, f"indicators-{department}-{period}", "indicators", f"{period}主要指标（{department}，样例）.xlsx",
                     _values(own, year, month, department, rng.random()))
            )  # fmt: skip
    return steps


def _unit_goals(scale: Scale) -> Callable[[], list[Row]]:
    """The breakdown leaves a remainder; it still uses some former names of districts."""

    def rows() -> list[Row]:
        return [
            {"indicator": indicator, "period": "2023-2025", "unit": unit, "goal": scale.n(city * share // 100),
             "document": "任务分解（样例）"}
            for indicator, city in GOALS
            for unit, share in SHARES_OF_UNITS
        ]  # fmt: skip

    return rows


def _tier_goals(scale: Scale) -> Callable[[], list[Row]]:
    return lambda: [
        {"indicator": tier, "period": "2025", "goal": scale.n(goal), "document": "梯度培育（样例）"}
        for tier, goal in TIER_GOALS
    ]


def _values(figures: list[tuple[str, str, float, float, int]], year: int, month: int, department: str,
            seed: float) -> Callable[[], list[Row]]:  # fmt: skip
    def rows() -> list[Row]:
        rng = random.Random(seed)
        made: list[Row] = []
        for indicator, _department, before, after, decimals in figures:
            noise = rng.uniform(-0.006, 0.006)
            if (month != 12 and indicator in YEARLY) or (year == 2025 and month == 12 and indicator in LATE):
                continue
            done = (year - 2023 + month / 12) / 3
            value = round((before + (after - before) * done) * (1 + noise), decimals)
            text = f"{value:.{max(decimals, 0)}f}"
            unit = "亿元" if indicator in MONEY else "%" if indicator in SHARES else ""
            made.append({"indicator": indicator, "period": str(year) if month == 12 else f"{year}-{month:02d}",
                         "value": text + unit, "reported_by": department, "document": f"{department}（样例）"})  # fmt: skip
        return made

    return rows
