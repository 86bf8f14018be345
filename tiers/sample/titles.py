"""Who holds which title: the announced lists of ``data/sample/lists.csv``, filled with firms.

Published figures that the lists reproduce for 20,000 firms: 950 provincial SRDI titles by August 2021, 767 rows in the
SRDI list of 2023, 720 new and 362 reviewed in 2024 (1,971 cumulative before, 2,691 after); 2,885 innovative SMEs
cumulative in July 2024, 1,189 of 2024; little giants 35, 85, 135, 166.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from tiers.sample.filing import Scale
from tiers.sample.firms import Firm
from tiers.sample.membership import Member
from tiers.sample.tables import Announced, announced

MISPRINTED = "srdi-2023-s"
MISPRINT_MEANT = date(2026, 12, 31)
_QUALITY = ("innovative_sme", "srdi", "little_giant", "single_champion", "gazelle", "unicorn")


@dataclass(eq=False)
class Held:
    """A title of a firm as one list gave it; ``end`` is the last day that was meant, ``basis`` new, review or change."""

    firm: Firm
    list: Announced
    basis: str
    end: date
    revoked_on: date | None = None
    reason: str = ""

    def on(self, day: date) -> bool:
        return self.list.start <= day <= self.end and (self.revoked_on is None or self.revoked_on > day)


@dataclass
class Ledger:
    """All titles, by list and by (tier, level, kind)."""

    by_list: dict[str, list[Held]] = field(default_factory=dict)
    by_title: dict[tuple[str, str, str], dict[Firm, list[Held]]] = field(default_factory=dict)

    def add(self, held: Held) -> None:
        self.by_list.setdefault(held.list.label, []).append(held)
        key = (held.list.tier, held.list.level, held.list.kind)
        self.by_title.setdefault(key, {}).setdefault(held.firm, []).append(held)

    def ever(self, tier: str, level: str, kind: str = "") -> dict[Firm, list[Held]]:
        return self.by_title.get((tier, level, kind), {})

    def holders(self, day: date, tier: str, level: str, kind: str = "") -> set[Firm]:
        """Firms whose title of this tier is in force that day (as the lists give it)."""
        found: set[Firm] = set()
        for some in self.by_list.values():
            item = some[0].list
            if (item.tier, item.level, item.kind) == (tier, level, kind) and item.start <= day <= some[0].end:
                found.update(held.firm for held in some if held.revoked_on is None or held.revoked_on > day)
        return found

    def first_quality(self) -> dict[Firm, date]:
        """The day on which each firm first held a title that counts as quality."""
        first: dict[Firm, date] = {}
        for (tier, _, _), firms in self.by_title.items():
            if tier in _QUALITY:
                for firm, all_held in firms.items():
                    start = min(held.list.issued_on for held in all_held)
                    first[firm] = min(start, first.get(firm, start))
        return first


def award(scale: Scale, firms: list[Firm], members: list[Member]) -> Ledger:
    """Fill every announced list, in the order of issue, then revoke a few titles."""
    rng = scale.rng("titles")
    ledger = Ledger()
    strong = {m.firm for m in members}
    able = [f for f in firms if f.trade.market in ("make", "soft", "lab") and f.legal_person]
    for item in announced():
        review(scale, rng, ledger, item)
        count = scale.n(item.new)
        taken: list[Firm] = []
        weight = _weight(item, ledger)
        for pool, share in _pools(item, ledger, able, strong):
            ever = ledger.ever(item.tier, item.level, item.kind) if item.tier != "tech_sme" else {}
            barred = set(ever) | set(taken)
            wanted = max(0, round(count * share) - len(taken))
            age = _AGE.get(item.tier, 2)
            if len(pool) > 6_000 > 20 * wanted:  # a small list need not look at everybody
                pool = rng.sample(pool, 6_000)
            fit = [f for f in pool if f not in barred and f.standing(item.filed_on, age)]
            taken += choose(rng, fit, wanted, item.zone, weight)
        for firm in taken[:count]:
            ledger.add(Held(firm, item, "new", _meant_end(item)))
    _revoke(scale, rng, ledger)
    return ledger


_AGE = {
    "tech_sme": 1,
    "high_tech": 1,
    "innovative_sme": 1,
    "gazelle": 3,
    "srdi": 3,
    "little_giant": 4,
    "single_champion": 6,
}


def _meant_end(item: Announced) -> date:
    return MISPRINT_MEANT if item.label == MISPRINTED else item.end


def review(scale: Scale, rng: random.Random, ledger: Ledger, item: Announced) -> None:
    """Holders of earlier lists whose review this list passes: those of its ``review_of`` that still can."""
    if not item.review:
        return
    again = {h.firm for h in ledger.by_list.get(item.label, [])}
    later = {
        h.firm
        for label in ledger.by_list
        for h in ledger.by_list[label]
        if h.basis == "review" and set(h.list.review_of) & set(item.review_of)
    }
    old = [h.firm for label in item.review_of for h in ledger.by_list.get(label, ())]
    able = [f for f in dict.fromkeys(old) if f not in again and f not in later and f.standing(item.filed_on)]
    for firm in choose(rng, able, scale.n(item.review), item.zone, lambda f: f.score * 0.7):
        ledger.add(Held(firm, item, "review", _meant_end(item)))


def _pools(
    item: Announced, ledger: Ledger, able: list[Firm], strong: set[Firm]
) -> Iterable[tuple[list[Firm], float]]:
    """Where a list's new names come from: pools with the share that each gives, the last one all the rest."""
    day, tier = item.issued_on, item.tier
    small = [f for f in able if not f.giant]
    if tier == "srdi" and item.level == "provincial" and day.year >= 2023:
        inner = ledger.holders(day, "innovative_sme", "provincial")
        if (
            item.label == MISPRINTED
        ):  # whose lower title ends with 2025: the misprint then costs a firm, not only a title
            inner = {h.firm for h in ledger.by_list.get("innovative-2022", ())}
        # Those of the first list who aimed higher were on the SRDI list of 2023; later ones come from younger lists.
        first = {h.firm for h in ledger.by_list.get("innovative-2022", ())} if day.year > 2023 else set()
        return [
            ([f for f in small if f in inner and f not in first], 0.9),
            ([f for f in small if f in inner], 0.97),
            (small, 1),
        ]
    if tier == "little_giant":
        inner = ledger.holders(day, "srdi", "provincial")
        return [([f for f in small if f in inner], 1), (small, 1)]
    if tier == "gazelle":
        inner = ledger.holders(day, "innovative_sme", "provincial") | ledger.holders(
            day, "srdi", "provincial"
        )
        fast = [f for f in small if f.growth > -0.02]
        return [([f for f in fast if f in inner], 0.42), ([f for f in fast if f not in inner], 1), (small, 1)]
    if tier in ("unicorn", "quasi_unicorn"):
        return [
            (
                [
                    f
                    for f in small
                    if f.founded.year >= 2008 and f.trade.code[:2] in ("27", "39", "65", "64", "36")
                ],
                1,
            ),
            (small, 1),
        ]
    if tier == "single_champion":
        makers = [f for f in able if f.trade.manufacturing]
        return [([f for f in makers if f in strong], 1), (makers, 1)]
    return [(able if tier == "high_tech" else small, 1)]


def _weight(item: Announced, ledger: Ledger) -> Callable[[Firm], float]:
    """What makes a firm likely to be on a list, in standard deviations of quality."""
    day, tier = item.issued_on, item.tier
    srdi = ledger.holders(day, "srdi", "provincial")
    hitech = ledger.holders(day, "high_tech", "national")
    if tier == "innovative_sme":
        return lambda f: 0.7 * f.score + (2.2 if f in srdi else 0) + (0.5 if f in hitech else 0)
    if tier == "tech_sme":
        held = {
            f
            for f, all_held in ledger.ever("tech_sme", "national").items()
            if all_held[-1].list.issued_on.year >= day.year - 1
        }
        now = {
            f
            for f, all_held in ledger.ever("tech_sme", "national").items()
            if all_held[-1].list.issued_on.year == day.year
        }
        return lambda f: (
            -99.0 if f in now else 0.3 * f.score + (2.0 if f in held else 0) + (0.6 if f in hitech else 0)
        )
    if tier in ("gazelle", "unicorn", "quasi_unicorn"):
        return lambda f: 0.5 * f.score + 14 * f.growth
    if tier == "high_tech":
        return lambda f: 0.5 * f.score + (1.0 if f in srdi else 0)
    if tier == "single_champion":
        return lambda f: 1.5 * f.score + (1.5 if f in srdi or f.giant else 0)
    return lambda f: 1.3 * f.score


def choose(
    rng: random.Random, pool: list[Firm], count: int, zone: float, weight: Callable[[Firm], float]
) -> list[Firm]:
    """``count`` firms of the pool by weight and chance, ``zone`` of them from the high-tech zone if it has so many."""
    # Gumbel noise turns the order by weight into a draw without replacement.
    keyed = [(weight(f) - math.log(-math.log(rng.random() or 0.5)), i) for i, f in enumerate(pool)]
    keyed = sorted((pair for pair in keyed if pair[0] > -50), reverse=True)
    inside = [i for _, i in keyed if pool[i].zone]
    outside = [i for _, i in keyed if not pool[i].zone]
    first = min(len(inside), max(round(count * zone), count - len(outside)))
    return [pool[i] for i in inside[:first] + outside[: count - first]]


def _revoke(scale: Scale, rng: random.Random, ledger: Ledger) -> None:
    """A few titles a year are cancelled; a little giant that forged its data loses the lower titles with it."""
    for year in range(2021, 2026):
        day = date(year, 11, 6)
        for tier, level, count in (
            ("innovative_sme", "provincial", 9),
            ("srdi", "provincial", 7),
            ("gazelle", "provincial", 2),
            ("high_tech", "national", 16),
        ):
            able = [
                h
                for all_held in ledger.ever(tier, level).values()
                for h in all_held
                if h.on(day) and h.list.filed_on < day
            ]
            for held in rng.sample(able, min(len(able) // 3, scale.n(count))):
                held.revoked_on = day
                held.reason = rng.choice(
                    ("未按规定报送年度信息更新", "申报数据不实", "发生重大变更未报告", "严重失信")
                )
    day = date(2024, 12, 3)
    for held in [
        h for all_held in ledger.ever("little_giant", "national").values() for h in all_held if h.on(day)
    ][:1]:
        for tier, level in (
            ("little_giant", "national"),
            ("srdi", "provincial"),
            ("innovative_sme", "provincial"),
        ):
            for lower in ledger.ever(tier, level).get(held.firm, []):
                if lower.on(day):
                    lower.revoked_on, lower.reason = day, "数据造假，取消全部称号"
