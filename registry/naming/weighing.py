"""From what the features say to a score, and to whether a machine may take the pair without asking.

The score is logistic: each level of each feature has a weight in ``data/codes/name_weights.csv``, fitted on pairs of
names that people had matched (``python -m tests.bench.fit_names`` fits anew). What a veto names is never taken without a
person, however alike the names are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from registry import codes
from registry.naming.features import Said


class Weights(NamedTuple):
    """Weights by (feature, level); ``certain`` and ``choose`` are limits of the score, 0 to 1."""

    by_level: Mapping[tuple[str, str], float]
    bias: float
    certain: float
    choose: float


class Weighed(NamedTuple):
    """``score``: the likelihood of one firm, 0 to 1. ``vetoes``: why a person must look, in English and Chinese."""

    score: float
    vetoes: tuple[tuple[str, str, str], ...]

    def certain(self) -> bool:
        return not self.vetoes and self.score >= weights().certain


#: What makes sisters of two names that are otherwise alike: (feature, level) → why.
VETOES: Mapping[tuple[str, str], tuple[str, str]] = {
    ("number", "apart"): ("other numbers or compass points", "数字或方位不同"),
    ("branch", "apart"): ("another branch", "分支机构不同"),
    ("branch", "one_lacks"): ("a branch and its company are two bodies", "分支机构与公司是两个主体"),
    ("group", "one_lacks"): ("a group and its company are two firms", "集团与公司是两家企业"),
    ("aside", "apart"): ("something else in brackets", "括号内不同"),
    ("region", "apart"): ("another place in the name", "名称中的地名不同"),
    ("region", "seat_apart"): ("the firm lies elsewhere than the name says", "企业所在地与名称地名不符"),
    ("town", "apart"): ("another town or zone in the name", "名称中的乡镇或园区不同"),
    ("district", "apart"): ("another district", "区县不符"),
    ("district", "same_city"): ("another district", "区县不符"),
    ("trade_name", "one_of_two"): ("a short trade name with another character", "两字字号中有一字不同"),
    ("trade_name", "other"): ("another trade name", "字号不同"),
    ("generic", "plain"): ("no trade name of its own", "没有独立字号"),
    ("legal_form", "farm"): (
        "a cooperative or farm and a company are two bodies",
        "合作社或农场与公司是两个主体",
    ),
    ("founding_date", "later"): ("founded after the list", "成立晚于名单日期"),
    ("founding_date", "other"): ("founded on another day", "成立日期不同"),
}
#: The same, where the list's district does not speak for the pair.
UNPLACED: Mapping[tuple[str, str], tuple[str, str]] = {
    ("region", "province"): (
        "one of the province and one of a city may be sisters",
        "省名与市名冠名的两家企业可能是姊妹公司",
    ),
    ("industry_word", "other_word"): ("another industry", "行业不同"),
}
#: With another trade name, a difference of place is one too many.
ELSEWHERE = {"wider", "narrower", "province", "seat", "given_lacks", "firm_lacks"}
SAME_TRADE = {"same", "tail"}


@cache
def weights() -> Weights:
    found: dict[tuple[str, str], float] = {
        (row["feature"], row["level"]): float(row["weight"]) for row in codes.load("codes/name_weights").rows
    }
    bias, certain, choose = (found.pop(("", name)) for name in ("bias", "certain", "choose"))
    return Weights(found, bias, certain, choose)


def weigh(said: Sequence[Said]) -> Weighed:
    """Score and vetoes of a pair from all that its features say. An unknown level weighs nothing."""
    held = weights()
    total = held.bias + sum(held.by_level.get((s.feature, s.level), 0.0) for s in said)
    return Weighed(1 / (1 + math.exp(-total)), vetoes(said))


def vetoes(said: Sequence[Said]) -> tuple[tuple[str, str, str], ...]:
    """(feature, English, Chinese) of everything that keeps a machine from deciding."""
    found = [(s.feature, *VETOES[s.feature, s.level]) for s in said if (s.feature, s.level) in VETOES]
    level = {s.feature: s.level for s in said}
    if level["region"] in ELSEWHERE and level["trade_name"] not in SAME_TRADE:
        found.append(("region", "both place and trade name differ", "地名与字号都不同"))
    if level["district"] not in ("same", "within"):
        found += [(f, *why) for (f, each), why in UNPLACED.items() if level[f] == each]
    return tuple(found)
