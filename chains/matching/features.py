"""What speaks for a firm beside the words: one function for each feature, over all firms at once. Pure.

Each gives a score from 0 to 1 for every firm, NaN where the firm's facts do not tell, or None where what is wanted does not
ask; and a sentence about one firm, in both languages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from chains.matching.certificates import certificate
from chains.matching.facts import Facts, quantity
from chains.matching.meaning import Characters
from chains.matching.wanted import Wanted
from registry import industries, words

#: Firms whose goods are nearest to the words vote for the industries that make such goods.
VOTERS = 20
#: From which likeness on two names of goods are taken for one.
SAME = 0.5
#: How far firms came with others, at best.
CAME = {"contact": 0.6, "sample": 0.7, "certification": 0.8, "small_batch": 0.9, "contract": 1.0}


class Asked(NamedTuple):
    """What features are asked: ``goods``, ``offers``: how well each firm's goods and offers meet the words; ``texts``: the
    same for each phrase of the corpus; ``unit``: the management unit of the buyer; ``place``: a unit's name."""

    wanted: Wanted
    goods: np.ndarray
    offers: np.ndarray
    texts: np.ndarray
    unit: str | None
    place: Callable[[str | None, str], str]


Score = Callable[[Facts, Asked], np.ndarray | None]
Sentence = Callable[[Facts, Asked, int], tuple[str, str]]


class Feature(NamedTuple):
    score: Score
    say: Sentence


def _industry(facts: Facts, asked: Asked) -> np.ndarray | None:
    top = np.argsort(-asked.goods, kind="stable")[:VOTERS]
    votes = asked.goods[top] ** 2
    if not votes.any():
        return None
    found = np.zeros(len(facts))
    for numbers in facts.industries:
        # −1, unknown, is the last place and gets no vote.
        share = np.bincount(numbers[top] + 1, votes, minlength=int(numbers.max(initial=0)) + 2)
        share[0] = 0
        found += share[numbers + 1]
    if not found.any():
        return None
    found /= found.max()
    found[facts.industries[0] < 0] = np.nan
    return found


def _say_industry(facts: Facts, _asked: Asked, at: int) -> tuple[str, str]:
    code: Any = facts.frame["industry"].iat[at]
    if not code:
        return "its industry is not on record", "所属行业未登记"
    return (
        f"of the industry {code} {industries.name_of(code, 'en')}",
        f"所属行业 {code} {industries.name_of(code)}",
    )


def _offer(facts: Facts, asked: Asked) -> np.ndarray | None:
    # Who offers something else may make this as well.
    return np.where(asked.offers >= SAME / 2, asked.offers, np.nan) if facts.offers else None


def _say_offer(facts: Facts, asked: Asked, at: int) -> tuple[str, str]:
    offers = facts.offers.get(at, ())
    if not offers:
        return "offers nothing by itself", "未登记供给能力"
    number = {text: place for place, text in enumerate(facts.corpus.texts)}
    best = max(offers, key=lambda offer: max((asked.texts[number[p]] for p in offer.phrases), default=0.0))
    return f"offers {best.product}", f"登记供给能力：{best.product}"


def _tier(facts: Facts, _asked: Asked) -> np.ndarray | None:
    found: np.ndarray = facts.frame["standing"].to_numpy(dtype=float)
    return found


def _say_tier(facts: Facts, _asked: Asked, at: int) -> tuple[str, str]:
    held = facts.titles.get(at, ())
    if not held:
        return "holds no title in force", "无有效称号"
    last = {one.tier: one.valid_to for one in sorted(held, key=lambda one: one.valid_to)}
    en = ", ".join(f"{words.label('tier', tier, 'en')} until {day}" for tier, day in last.items())
    zh = "、".join(f"{words.label('tier', tier)}（至 {day}）" for tier, day in last.items())
    return f"holds {en}", f"持有{zh}"


def _certificates(facts: Facts, asked: Asked) -> np.ndarray | None:
    wanted = {certificate(one) for one in asked.wanted.wished}
    if not wanted:
        return None
    found: np.ndarray = np.mean([facts.certified(one) for one in sorted(wanted)], axis=0)
    return found


def _say_certificates(facts: Facts, asked: Asked, at: int) -> tuple[str, str]:
    held = facts.certificates.get(at, frozenset())
    have = [one for one in asked.wanted.wished if certificate(one) in held]
    if not have:
        return "none of the certificates is on record", "未登记所要求的资质证书"
    return f"holds {', '.join(have)}", f"持有{'、'.join(have)}"


def _capacity(facts: Facts, asked: Asked) -> np.ndarray | None:
    said, known = quantity(asked.wanted.quantity), facts.capacities
    if said is None or not said[0] or known.empty:
        return None
    fits = known[(known["unit"] == said[1]) & (asked.texts[known["phrase"].to_numpy()] >= SAME)]
    found = np.full(len(facts), np.nan)
    found[fits["firm"]] = 0.0
    np.maximum.at(
        found, fits["firm"].to_numpy(), np.minimum(1.0, fits["amount"].to_numpy(dtype=float) / said[0])
    )
    return found


def _say_capacity(facts: Facts, asked: Asked, at: int) -> tuple[str, str]:
    said = [offer.capacity for offer in facts.offers.get(at, ()) if quantity(offer.capacity)]
    if not said:
        return "its capacity is not on record", "产能未登记"
    return (
        f"capacity {said[0]}, wanted {asked.wanted.quantity}",
        f"产能 {said[0]}，需求 {asked.wanted.quantity}",
    )


def _district(facts: Facts, asked: Asked) -> np.ndarray | None:
    if asked.wanted.districts:
        near = np.isin(facts.units, list(asked.wanted.districts))
    elif asked.unit:
        near = facts.units == asked.unit
    else:
        return None
    found = np.where(near, 1.0, 0.4)
    found[facts.units == ""] = np.nan
    return found


def _say_district(facts: Facts, asked: Asked, at: int) -> tuple[str, str]:
    unit = facts.units[at]
    if not unit:
        return "its place is not on record", "所在区县未登记"
    same = unit == asked.unit
    en, zh = asked.place(unit, "en"), asked.place(unit, "zh")
    if not asked.unit:
        return f"in {en}", f"位于{zh}"
    if same:
        return f"in {en}, as the buyer", f"位于{zh}，与需求方同区"
    return (
        f"in {en}, the buyer in {asked.place(asked.unit, 'en')}",
        f"位于{zh}，需求方在{asked.place(asked.unit, 'zh')}",
    )


def _size(facts: Facts, asked: Asked) -> np.ndarray | None:
    amount = asked.wanted.amount
    if not amount or amount < 0:
        return None
    revenue = facts.revenue
    with np.errstate(divide="ignore", invalid="ignore"):
        share = amount / revenue
    # Up to a third of a year's revenue is an ordinary order; more than the whole of it is too much.
    found = np.clip((1 - share) / (2 / 3), 0, 1)
    found[~(revenue > 0)] = np.where(np.isnan(revenue[~(revenue > 0)]), np.nan, 0.0)
    return found


def _say_size(facts: Facts, asked: Asked, at: int) -> tuple[str, str]:
    revenue = float(facts.revenue[at])
    if np.isnan(revenue):
        return "its revenue is not on record", "营业收入未登记"
    if revenue <= 0:
        return "had no revenue", "无营业收入"
    share = (asked.wanted.amount or 0) / revenue
    return f"the order is {share:.1%} of a year's revenue", f"需求金额相当于年营业收入的 {share:.1%}"


def _links(facts: Facts, asked: Asked) -> np.ndarray | None:
    buyer = asked.wanted.buyer
    if not buyer:
        return None
    found = np.full(len(facts), 0.4)
    for at, products in facts.buys.get(buyer, {}).items():
        found[at] = 0.2 if _this(asked, products) else 1.0
    return found


def _this(asked: Asked, products: frozenset[str]) -> list[str]:
    """Which of the products are what is wanted."""
    named = sorted(filter(None, products))
    if not named or not asked.wanted.phrases:
        return []
    from chains.matching.meaning import Corpus
    from chains.matching.phrases import bare, plain

    corpus = Corpus.of([bare(product) or plain(product) for product in named])
    alike = Characters().similar([phrase for phrase, _weight in asked.wanted.phrases], corpus)
    return [product for product, score in zip(named, alike.max(axis=0), strict=True) if score >= SAME]


def _say_links(facts: Facts, asked: Asked, at: int) -> tuple[str, str]:
    products = facts.buys.get(asked.wanted.buyer or "", {}).get(at)
    if products is None:
        return "does not supply the buyer yet", "尚未向需求方供货"
    if this := _this(asked, products):
        return f"supplies the buyer with it already: {', '.join(this)}", f"已向需求方供应：{'、'.join(this)}"
    named = sorted(filter(None, products))
    return (
        f"supplies the buyer with other goods: {', '.join(named) or 'not named'}",
        f"已向需求方供应其他产品：{'、'.join(named) or '未注明'}",
    )


def _outcomes(facts: Facts, _asked: Asked) -> np.ndarray | None:
    if not facts.outcomes:
        return None
    found = np.full(len(facts), np.nan)
    for at, came in facts.outcomes.items():
        found[at] = max(CAME.get(one.stage, 0.5) for one in came)
    return found


def _say_outcomes(facts: Facts, _asked: Asked, at: int) -> tuple[str, str]:
    came = facts.outcomes.get(at, ())
    if not came:
        return "no outcome on record yet", "尚无对接成效记录"
    best = max((one.stage for one in came), key=lambda stage: CAME.get(stage, 0.5))
    return (
        f"came to {words.label('outcome_stage', best, 'en').lower()} before ({len(came)} on record)",
        f"曾进展到{words.label('outcome_stage', best)}（共 {len(came)} 项记录）",
    )


FEATURES: Mapping[str, Feature] = {
    "industry": Feature(_industry, _say_industry),
    "offer": Feature(_offer, _say_offer),
    "tier": Feature(_tier, _say_tier),
    "certificates": Feature(_certificates, _say_certificates),
    "capacity": Feature(_capacity, _say_capacity),
    "district": Feature(_district, _say_district),
    "size": Feature(_size, _say_size),
    "links": Feature(_links, _say_links),
    "outcomes": Feature(_outcomes, _say_outcomes),
}
