"""Facts of a few firms drawn by chance, many of them exactly on the rules' thresholds; one seed gives one draw.

``consistent`` facts contradict nothing: no part above its whole, no niche before the founding, no number that cannot be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from tiers.rules.editions import Edition
from tiers.rules.facts import Facts, Honours
from tiers.rules.library import Composed, library

WAN = 10_000
REVENUES = [
    0,
    500,
    999.9999,
    1000,
    1500,
    2000,
    3000,
    5000,
    5000.0001,
    10000,
    20000,
    20000.0001,
    40000,
    50000,
    100000,
    600000,
]
GROWTHS = [-0.5, -0.1, 0, 0, 0.01, 0.05, 0.05, 0.08, 0.09, 0.1, 0.15, 0.2, 0.25, 0.35, 1]
SHARES = [0, 0.02, 0.03, 0.05, 0.1, 0.3, 0.5, 0.55, 0.6, 0.7, 0.8, 0.9, 1]
SMALL = [0, 0.01, 0.02, 0.025, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.3, 0.6]
DEBTS = [0, 0.5, 0.55, 0.6, 0.7, 0.75, 0.8, 1.2]
COUNTS = [0, 0, 1, 2, 3, 4, 6, 8]
YES_NO = ["legal_person", "sme", "own_brand", "management_certificate", "overseas_certificate", "information_system",
          "strategic_emerging", "six_basics", "key_field", "credit_blacklist", "abnormal_list", "parent_listed", "listed",
          "above_scale"]  # fmt: skip
HONOURS = [
    "science_award",
    "chuangke",
    "quality_award",
    "accident",
    "violation",
    "talent",
    "first_set",
    "time_honoured",
]
TITLES = [("srdi", "provincial"), ("srdi", "city"), ("little_giant", "national"), ("innovative_sme", "provincial"),
          ("tech_sme", "national"), ("high_tech", "national"), ("single_champion", "national")]  # fmt: skip
DAYS = [
    date(2020, 8, 31),
    date(2023, 2, 1),
    date(2024, 2, 29),
    date(2025, 6, 1),
    date(2026, 3, 31),
    date(2026, 6, 15),
]


def drawn(seed: int, number: int = 6) -> Facts:
    """Consistent and complete facts."""
    chance = np.random.default_rng(seed)
    day = DAYS[chance.integers(len(DAYS))]

    def pick(of: list[Any]) -> Any:
        return np.array(of, dtype=float)[chance.integers(len(of), size=number)]

    figures: dict[tuple[str, int], Any] = {}
    revenue = np.round(pick(REVENUES) * WAN)
    main, profit, net = (
        (revenue * pick(SHARES)).round(),
        np.round(pick([-100, 0, 50, 100, 1000]) * WAN),
        revenue + WAN,
    )
    for year in range(day.year - 4, day.year + 1):
        cost, staff = (revenue * pick([0.5, 1, 2])).round() + WAN, pick([1, 5, 6, 20, 100, 500, 501, 10000])
        rd = np.minimum((revenue * pick(SMALL)).round() + pick([0, 0, 100 * WAN]), cost)
        assets = np.round(pick([1, 1000, 10000, 20000, 20001]) * WAN)
        values = {
            "revenue": revenue, "main_revenue": main, "product_revenue": (main * pick(SHARES)).round(),
            "hitech_revenue": (revenue * pick(SHARES)).round(), "rd_expense": rd, "rd_domestic": (rd * pick(SHARES)).round(),
            "total_cost": cost, "net_profit": profit, "tax_paid": (revenue * pick(SMALL)).round() * pick([-1, 1, 1]),
            "total_assets": assets, "total_liabilities": (assets * pick(DEBTS)).round(), "net_assets": net,
            "employees": staff, "rd_staff": np.floor(staff * pick(SHARES)), "tech_staff": np.floor(staff * pick(SHARES)),
            "equity_paid_in": pick([0, 0, 500, 1000, 2000, 4000, 6000]) * WAN,
            "valuation_usd": pick([0, 1e8, 1e8 + 1, 1e9, 2e9]), "platform_score": pick([0, 49.9, 50, 59.9, 60, 90]),
        }  # fmt: skip
        figures |= {(fact, year): column for fact, column in values.items()}
        revenue, profit, net = ((of * (1 + pick(GROWTHS))).round() for of in (revenue, profit, net))
        main = np.minimum((main * (1 + pick(GROWTHS))).round(), revenue)
    rights = pick(COUNTS)
    evidence: dict[str, Any] = {name: pick([0, 1]) for name in YES_NO}
    evidence |= {
        "niche_years": pick([0, 1, 2, 3, 4, 5, 9, 10, 11]), "new_product_years": pick([0, 2, 3, 4, 5]),
        "founded_years": pick([1, 6, 7, 8, 10, 11, 12]), "accounting_years": pick([0, 2, 3, 9]),
        "registered_days": pick([1, 364, 365, 4000]), "ip1_count": rights, "ip1_self_count": np.floor(rights * pick([0, 0.5, 1])),
        "ip1_high_value_count": np.floor(rights * pick([0, 0, 1])), "ip2_count": pick(COUNTS), "invention_patents": pick(COUNTS),
        "utility_models": pick(COUNTS), "software_copyrights": pick(COUNTS), "standards_led": pick([0, 0, 1, 2]),
        "market_share": pick([0, 0.05, 0.1, 0.11, 1]), "rank_world": pick([1, 3, 4, 50]),
        "rank_national": pick([1, 3, 4, 5, 6, 10, 11]), "rank_province": pick([1, 2, 3, 4, 10, 11]),
        "rd_institution": pick([0, 1, 2, 3, 4]), "digital_level": pick([1, 2, 3, 4]),
        "credit_score": pick([72, 73, 74.9, 75, 90]),
    }  # fmt: skip
    titles = {title: chance.random(number) < 0.4 for title in TITLES}
    return Facts(
        day, words([f"firm {n}" for n in range(number)]), figures, evidence, titles, _honours(chance, day, number),
        chosen(chance, ["370100", "370200", "110000"], number), chosen(chance, ["370102", "370112"], number),
        chosen(chance, ["370171", None], number), chosen(chance, ["C3911", "I6513", "J6620", "K7010", "K7020", "B0610"], number),
        {"sme": chance.random(number) < 0.1},
    )  # fmt: skip


def words(values: list[Any]) -> Any:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def chosen(chance: Any, of: list[Any], number: int) -> Any:
    return words([of[at] for at in chance.integers(len(of), size=number)])


def _honours(chance: Any, day: date, number: int) -> Honours:
    rows = int(chance.integers(0, 2 * number))
    back = chance.choice([0, 1, 364, 365, 366, 1094, 1095, 1096, 1826, 4000], size=rows)
    on = np.datetime64(day, "D") - back.astype(int)
    until = np.where(
        chance.random(rows) < 0.5, np.datetime64("NaT"), on + chance.choice([1, 365, 9000], size=rows)
    )
    return Honours(
        chance.integers(number, size=rows).astype(np.intp), chosen(chance, HONOURS, rows),
        chosen(chance, ["national", "provincial", "city"], rows), chance.choice([1.0, 3, 4, 5, 6, 50, 51, 500, 501], size=rows),
        on, until.astype("datetime64[D]"),
    )  # fmt: skip


def hidden(facts: Facts, seed: int) -> Facts:
    """The same firms with some facts not known."""
    chance = np.random.default_rng(seed)
    share = float(chance.choice([0.02, 0.1, 0.3, 0.7]))

    def hide(column: Any) -> Any:
        return np.where(chance.random(len(column)) < share, np.nan, column)

    def silence(column: Any, nothing: Any = None) -> Any:
        return words([nothing if chance.random() < share else word for word in column])

    honours = replace(facts.honours, level=silence(facts.honours.level, ""), rank=hide(facts.honours.rank))
    return replace(
        facts, figures={key: hide(column) for key, column in facts.figures.items()},
        evidence={key: hide(column) for key, column in facts.evidence.items()}, honours=honours,
        city=silence(facts.city), industry=silence(facts.industry),
    )  # fmt: skip


def only(facts: Facts, order: list[int]) -> Facts:
    """The firms at these places, in this order."""
    at = np.array(order)
    places = {old: new for new, old in enumerate(order)}
    rows = np.array([n for n, firm in enumerate(facts.honours.firm) if int(firm) in places], dtype=int)
    h = facts.honours
    honours = Honours(
        np.array([places[int(h.firm[n])] for n in rows], dtype=np.intp), h.honour[rows], h.level[rows], h.rank[rows], h.on[rows],
        h.until[rows],
    )  # fmt: skip

    def take(of: Mapping[Any, Any]) -> dict[Any, Any]:
        return {key: column[at] for key, column in of.items()}

    return Facts(
        facts.day, facts.firms[at], take(facts.figures), take(facts.evidence), take(facts.titles), honours, facts.city[at],
        facts.district[at], facts.area[at], facts.industry[at], take(facts.outside),
    )  # fmt: skip


def changed(facts: Facts, **columns: Any) -> Facts:
    """With other columns: ``revenue_1`` is the figure of last year, a plain name evidence."""
    figures, evidence = dict(facts.figures), dict(facts.evidence)
    for name, column in columns.items():
        fact, _line, back = name.rpartition("_")
        if back.isdigit():
            figures[fact, facts.day.year - int(back)] = np.asarray(column, dtype=float)
        else:
            evidence[name] = np.asarray(column, dtype=float)
    return replace(facts, figures=figures, evidence=evidence)


def questions() -> Iterator[tuple[Composed, str]]:
    """Every edition alone and with all that may stand over it, for each purpose it serves."""
    rules = library()
    for edition in rules.editions.values():
        if edition.groups or edition.status == "not_found":
            continue
        over = [e for e in rules.editions.values() if edition.id in e.over]
        sets: list[list[Edition]] = [[]] if edition.layer != "base" or not over else [[], over]
        for overlays in sets:
            for purpose in edition.purposes:
                yield rules.compose(edition, overlays), purpose
