"""Evidence of titled firms (what accounts do not show) and honours by the yearly lists of ``data/sample/honours.csv``."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

from registry.sample import Row
from tiers.sample.filing import Scale, Step
from tiers.sample.firms import Firm
from tiers.sample.tables import load
from tiers.sample.titles import Held, Ledger, choose


def evidence_steps(scale: Scale, ledger: Ledger) -> list[Step]:
    """Each autumn for the firms whose first quality title is of that year; in 2024 and 2025 an update of the SRDI firms."""
    first = ledger.first_quality()
    srdi, giants = ledger.ever("srdi", "provincial"), ledger.ever("little_giant", "national")
    steps = []
    for year in range(2019, 2026):
        some = [
            f for f, day in first.items() if max(day.year, 2019) == year and f.standing(date(year, 12, 30))
        ]
        steps.append(
            Step(
                date(year, 12, 30),
                f"evidence-{year}",
                "evidence",
                f"{year}年优质企业佐证材料汇总（样例）.xlsx",
                _rows(scale, some, year, srdi, giants),
            )
        )
    for year in (2024, 2025):
        day = date(year + 1, 5, 12)
        some = [f for f in srdi if first[f].year < year and f.standing(day)]
        steps.append(
            Step(
                day,
                f"evidence-{year}-update",
                "evidence",
                f"{year}年度专精特新企业佐证更新（样例）.xlsx",
                _rows(scale, some, year, srdi, giants),
                {"effective_on": f"{year}-12-31"},
            )
        )
    return steps


def _rows(
    scale: Scale, some: list[Firm], year: int, srdi: dict[Firm, list[Held]], giants: dict[Firm, list[Held]]
) -> Callable[[], list[Row]]:
    def rows() -> list[Row]:
        return [
            evidence_row(
                scale.rng(f"evidence-{firm.uscc}"),
                firm,
                year,
                2 if firm in giants else 1 if firm in srdi else 0,
            )
            for firm in some
        ]

    return rows


def evidence_row(rng: random.Random, firm: Firm, year: int, rank: int) -> Row:
    """Counts grow with the years from a draw that is the firm's own, so that an update never loses a patent."""
    grown = 1 + 0.12 * (year - 2019)
    inventions = round((1 + 2 * rank) * rng.uniform(0.3, 2.6) * grown)
    soft = firm.trade.market == "soft"
    since = max(firm.founded, date(firm.founded.year + rng.randrange(0, 4), 1, 1))
    row: Row = {
        "uscc": firm.uscc,
        "name": firm.name(date(year, 12, 30)),
        "niche_since": min(since, date(year - 1, 1, 1)) if firm.founded.year < year - 1 else firm.founded,
        "ip1_count": inventions,
        "ip1_self_count": round(inventions * rng.uniform(0.6, 1)),
        "ip1_high_value_count": round(inventions * rng.uniform(0, 0.4)),
        "ip2_count": round((6 + 4 * rank) * rng.uniform(0.4, 2) * grown),
        "invention_patents": inventions,
        "utility_models": round((0.5 if soft else 6) * rng.uniform(0.3, 2.2) * grown),
        "software_copyrights": round((14 if soft else 2) * rng.uniform(0.2, 2) * grown),
        "rd_institution": rng.choices(
            ("national", "provincial", "city", "below", "none"),
            ((1, 12, 22, 15, 50), (2, 38, 30, 10, 20), (10, 66, 16, 4, 4))[rank],
        )[0],
        "standards_led": rng.choices((0, 1, 2, 4), (70 - 25 * rank, 20, 8, 2 + rank * 3))[0],
        "own_brand": "yes" if rng.random() < 0.6 + 0.18 * rank else "no",
        "management_certificate": "yes" if rng.random() < 0.75 + 0.11 * rank else "no",
        "overseas_certificate": "yes" if rng.random() < 0.08 + 0.1 * rank else "no",
        "information_system": "yes" if rng.random() < 0.7 + 0.14 * rank else "no",
        "digital_level": rng.choices((1, 2, 3, 4), ((30, 45, 22, 3), (10, 42, 40, 8), (2, 25, 55, 18))[rank])[
            0
        ],
        "strategic_emerging": "yes" if rng.random() < 0.55 + 0.2 * rank else "no",
        "six_basics": "yes" if rng.random() < 0.2 + 0.25 * rank else "no",
        "key_field": "yes" if rng.random() < 0.3 + 0.28 * rank else "no",
        "credit_score": round(min(98, max(55, rng.gauss(80, 6)))),
        "credit_blacklist": "no",
        "abnormal_list": "yes" if rng.random() < 0.006 else "no",
    }
    share = (
        rng.uniform(0.002, 0.08)
        if rank == 0
        else rng.uniform(0.02, 0.22)
        if rank == 1
        else rng.uniform(0.08, 0.45)
    )
    row["market_share"] = f"{share:.3f}"
    if share > 0.1:
        row["rank_national"], row["rank_province"] = rng.choice((1, 2, 3, 3, 5, 8)), rng.choice((1, 1, 1, 2))
    for key in (
        "market_share",
        "credit_score",
        "standards_led",
        "digital_level",
        "overseas_certificate",
        "key_field",
        "six_basics",
    ):
        if rng.random() < 0.1 - 0.03 * rank:
            row.pop(key, None)
    return row


def honour_steps(scale: Scale, firms: list[Firm], ledger: Ledger) -> list[Step]:
    """One filing for each announced list of honours, two weeks after its day."""
    rng = scale.rng("honours")
    had: dict[tuple[str, str], set[Firm]] = {}
    steps = []
    for index, line in enumerate(sorted(load("honours"), key=lambda one: one["on"])):
        day = date.fromisoformat(line["on"])
        filed = max(day + timedelta(days=14), date(2019, 2, 20))
        # A firm may have several honours of a kind over the years (software, platforms), but one of each list.
        barred: set[Firm] = had.setdefault((line["honour"], line["title"]), set())
        good = ledger.first_quality() if line["pool"] == "good" else {}
        able = [
            f
            for f in firms
            if f.legal_person
            and f not in barred
            and f.standing(filed, 2)
            and (line["pool"] == "any" or f in good or f.trade.market == line["pool"])
        ]
        some = choose(rng, able, scale.n(int(line["count"])), 0.35, lambda f: 1.1 * f.score)
        if line["honour"] not in ("first_software", "first_set", "talent", "violation"):
            barred.update(some)
        steps.append(
            Step(
                filed,
                f"honours-{line['honour']}-{line['on']}",
                "honours",
                f"{line['title']}名单{day.year}（样例）.xlsx",
                _honour_rows(some, filed, index),
                {
                    "honour": line["honour"],
                    "level": line["level"],
                    "title": line["title"],
                    "on": line["on"],
                    "document": f"{day.year}年{line['title']}名单",
                },
            )
        )
    return steps


def _honour_rows(some: list[Firm], filed: date, index: int) -> Callable[[], list[Row]]:
    # Every fifth list names its firms without codes.
    def rows() -> list[Row]:
        return [
            {"uscc": f.uscc, "name": f.name(filed)} if index % 5 else {"name": f.name(filed)} for f in some
        ]

    return rows
