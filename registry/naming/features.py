"""What speaks for and against a name on a list meaning a firm of the register: small named comparisons.

Each compares one thing and answers with a *level* (a word that ``data/codes/name_weights`` gives a weight), a value from
0 (against) to 1 (for), None where it says nothing, and the sentence for people. The docstring of a feature is its
explanation. Pure: names, places and days come in as arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel, Levenshtein

from registry.naming.parts import Parts, regions, take_apart, words
from registry.naming.sounds import read_alike


@dataclass(frozen=True)
class Side:
    """A name with what else is known: on the list's side what the row gives, on the register's what it holds.

    ``district``, ``area``: ids of codes/places (or six digits), ``place`` how they are written in English and Chinese;
    ``role``: present, former or short; days are ISO text.
    """

    name: str
    district: str | None = None
    area: str | None = None
    industry: str | None = None
    founded_on: str | None = None
    role: str = "present"
    place: tuple[str, str] = ("", "")

    @cached_property
    def parts(self) -> Parts:
        return take_apart(self.name)


class About(NamedTuple):
    """What the register says about the pair: how many of its firms bear the same trade name, and the list's day."""

    bearers: int = 1
    day: str | None = None


class Said(NamedTuple):
    """The answer of one feature."""

    feature: str
    level: str
    value: float | None
    en: str
    zh: str


Feature = Callable[[Side, Side, About], Said]
FEATURES: dict[str, Feature] = {}


def feature(work: Feature) -> Feature:
    FEATURES[work.__name__] = work
    return work


def compare(given: Side, firm: Side, about: About) -> tuple[Said, ...]:
    """All features of a pair, in their stated order."""
    return tuple(work(given, firm, about) for work in FEATURES.values())


# Place -------------------------------------------------------------------------------------------------


@feature
def region(given: Side, firm: Side, about: About) -> Said:
    """The place in front of the name: provinces, cities and counties that lie within each other do not contradict."""
    a, b = given.parts.regions, firm.parts.regions
    one, other = _places(given), _places(firm)
    level: str
    if set(a) == set(b):
        level = "same" if a else "neither"
    elif not a:
        level = "given_lacks"
    elif not b:
        level = "firm_lacks"
    elif a[-1] in _unnamed(b) or b[-1] in _unnamed(a):
        level = "wider"  # 市中区 of whichever city
    elif (within(a[-1], b[-1]) or within(b[-1], a[-1])) and not _seated(firm.district, a[-1]):
        level = "seat_apart"  # 微山县X and 山东X of Jinan
    elif a[-1].endswith("0000") or b[-1].endswith("0000"):
        level = "province"  # 山东X and 济南X
    elif within(a[-1], b[-1]):
        level = "wider"
    elif within(b[-1], a[-1]):
        level = "narrower"
    elif firm.district and within(firm.district, a[-1]):
        level = "seat"
    else:
        level = "apart"
    value = {"same": 1.0, "neither": None, "given_lacks": 0.6, "firm_lacks": 0.6, "wider": 0.7, "narrower": 0.7, "province": 0.5,
             "seat": 0.5, "seat_apart": 0.1, "apart": 0.0}[level]  # fmt: skip
    return Said("region", level, value, f"place in the name: {one} – {other}", f"名称中的地名：{one}—{other}")


@feature
def town(given: Side, firm: Side, about: About) -> Said:
    """Towns, streets and zones in the name (冯屯镇, 开发区): two different ones are two places."""
    a, b = given.parts.places, firm.parts.places
    one, other = "".join(a), "".join(b)
    level = "same" if a == b else "one_lacks" if not a or not b else "apart"
    if level == "apart" and (one.endswith(other) or other.endswith(one) or set(a) & set(b)):
        level = "one_lacks"
    value = {"same": 1.0 if a else None, "one_lacks": 0.6, "apart": 0.0}[level]
    one, other = one or "–", other or "–"
    return Said("town", level, value, f"town or zone: {one} – {other}", f"乡镇或园区：{one}—{other}")


@feature
def district(given: Side, firm: Side, about: About) -> Said:
    """The district or area that the list gives beside the name, against the one on the register."""
    pairs = [(a, b) for a, b in ((given.district, firm.district), (given.area, firm.area)) if a and b]
    if not pairs:
        level = "unknown"
    elif any(a == b for a, b in pairs):
        level = "same"
    elif any(within(a, b) or within(b, a) for a, b in pairs):
        level = "within"
    elif all(a[:4] == b[:4] for a, b in pairs):
        level = "same_city"
    else:
        level = "apart"
    value = {"unknown": None, "same": 1.0, "within": 0.8, "same_city": 0.2, "apart": 0.0}[level]
    bare = (given.area or given.district or "–", firm.area or firm.district or "–")
    en, zh = ((given.place[n] or bare[0], firm.place[n] or bare[1]) for n in (0, 1))
    return Said("district", level, value, f"district: {en[0]} – {en[1]}", f"区县：{zh[0]}—{zh[1]}")


# Trade name and industry -------------------------------------------------------------------------------


@feature
def trade_name(given: Side, firm: Side, about: About) -> Said:
    """The trade name (字号), the part that tells firms apart."""
    level = _core_level(given.parts, firm.parts)
    value = {
        "same": 1.0, "tail": 0.9, "sound": 0.7, "swapped": 0.7, "longer": 0.6, "one_of_many": 0.6, "one_of_three": 0.4,
        "early_one_of_many": 0.4, "early_one_of_three": 0.3, "inside": 0.4, "one_of_two": 0.2, "other": 0.0,
    }[level]  # fmt: skip
    one, other = given.parts.core, firm.parts.core
    return Said("trade_name", level, value, f"trade name: {one} – {other}", f"字号：{one}—{other}")


@feature
def generic(given: Side, firm: Side, about: About) -> Said:
    """A name without a trade name of its own, such as 济南铁路劳动服务公司: every word of it counts."""
    plain = [p.core for p in (given.parts, firm.parts) if len(p.core) < 2 or p.core in words().industries]
    level = "none" if not plain else "same" if given.parts.trade == firm.parts.trade else "plain"
    return Said("generic", level, 0.3 if level == "plain" else None, f"no trade name of its own: {'、'.join(plain)}",
                f"没有独立字号：{'、'.join(plain)}")  # fmt: skip


@feature
def sound(given: Side, firm: Side, about: About) -> Said:
    """A character typed by its sound: the differing characters are read alike (博 and 搏)."""
    a, b = given.parts.trade, firm.parts.trade
    if a == b:
        return Said("sound", "same", None, "", "")
    differing = _replaced(a, b)
    if differing is None:
        level = "other"
    else:
        level = "alike" if all(read_alike(x, y) for x, y in differing) else "near" if all(
            read_alike(x, y, near=True) for x, y in differing) else "other"  # fmt: skip
    value = {"alike": 1.0, "near": 0.7, "other": 0.0}[level]
    shown = "、".join(f"{x}/{y}" for x, y in differing or ()) or "–"
    return Said("sound", level, value, f"characters that differ: {shown}", f"相异的字：{shown}")


@feature
def shape(given: Side, firm: Side, about: About) -> Said:
    """How much of trade name and industry is written differently."""
    a, b = given.parts.trade, firm.parts.trade
    steps = Levenshtein.distance(a, b)
    longest = max(len(a), len(b), 1)
    if steps == 0:
        level = "none"
    elif steps == 1:
        level = ("dropped" if len(a) != len(b) else "changed") + ("_long" if longest >= 6 else "_short")
    elif sorted(a) == sorted(b):
        level = "order"
    elif steps == 2:
        level = "two_long" if longest >= 7 else "two_short"
    else:
        level = "more"
    return Said("shape", level, 1 - steps / longest, f"characters written differently: {steps} of {longest}",
                f"{longest} 字中有 {steps} 字不同")  # fmt: skip


@feature
def industry_word(given: Side, firm: Side, about: About) -> Said:
    """The words after the trade name that say what the firm deals in; 装备 and 设备 are used for one another."""
    a, b = "".join(given.parts.industry), "".join(firm.parts.industry)
    if a == b:
        level = "same" if a else "neither"
    elif _canonical(given.parts) == _canonical(firm.parts):
        level = "alike"
    elif not a or not b:
        level = "one_lacks"
    elif a in b or b in a or _subsequence(a, b) or _subsequence(b, a):
        level = "longer"
    elif len(a) == len(b) and Levenshtein.distance(a, b) == 1:
        known = words().industries
        level = "other_word" if a in known and b in known else "one_character"
    elif set(a) & set(b) and fuzz.ratio(a, b) >= 50:
        level = "overlap"
    elif set(a) & set(b):
        level = "little"
    else:
        level = "other"
    value = {"same": 1.0, "neither": None, "alike": 0.9, "one_lacks": 0.5, "longer": 0.8, "one_character": 0.7, "other_word": 0.2,
             "overlap": 0.5, "little": 0.2, "other": 0.0}[level]  # fmt: skip
    return Said(
        "industry_word",
        level,
        value,
        f"industry: {a or '–'} – {b or '–'}",
        f"行业用语：{a or '—'}—{b or '—'}",
    )


# Form, brackets, branches, numbers ---------------------------------------------------------------------


@feature
def legal_form(given: Side, firm: Side, about: About) -> Said:
    """The legal form at the end: a limited company becomes one limited by shares and stays the same firm."""
    a, b = given.parts, firm.parts
    if a.form == b.form:
        level = "same"
    elif not a.form or not b.form:
        level = "one_lacks"
    elif a.family == b.family:
        level = "family"
    elif "farm" in (a.family, b.family):
        level = "farm"
    elif "partnership" in (a.family, b.family):
        level = "partnership"
    else:
        level = "other"
    value = {"same": 1.0, "one_lacks": 0.6, "family": 0.8, "partnership": 0.7, "farm": 0.1, "other": 0.2}[
        level
    ]
    return Said("legal_form", level, value, f"legal form: {a.form or '–'} – {b.form or '–'}",
                f"组织形式：{a.form or '—'}—{b.form or '—'}")  # fmt: skip


@feature
def group(given: Side, firm: Side, about: About) -> Said:
    """集团 and 控股: the group and its company are two firms as a rule."""
    a, b = given.parts.group, firm.parts.group
    level = "same" if a == b else "one_lacks"
    return Said("group", level, None if not a and a == b else float(a == b), "one of the two is a group" if a != b else "",
                "一方为集团，另一方不是" if a != b else "")  # fmt: skip


@feature
def branch(given: Side, firm: Side, about: About) -> Said:
    """A branch is a body of its own beside its company, and so are two branches of one company."""
    a, b = given.parts.branch, firm.parts.branch
    level = "neither" if not a and not b else "same" if a == b else "one_lacks" if not a or not b else "apart"
    if level == "apart" and _unplaced(a) == _unplaced(b):
        level = "same"  # 菏泽分公司, 菏泽市分公司
    value = {"neither": None, "same": 1.0}.get(level, 0.0)
    return Said(
        "branch", level, value, f"branch: {a or '–'} – {b or '–'}", f"分支机构：{a or '—'}—{b or '—'}"
    )


@feature
def number(given: Side, firm: Side, about: About) -> Said:
    """Digits, ordinals and compass points: 一厂 and 二厂, 东区 and 西区 are sisters."""
    a, b = given.parts, firm.parts
    mine, theirs = _marks(given), _marks(firm)
    fewer, more = sorted((mine, theirs), key=len)
    level = (
        "same" if mine == theirs else "one_lacks" if _subsequence("".join(fewer), "".join(more)) else "apart"
    )
    if a.digits != b.digits:
        level = "apart"
    one, other = "".join((*a.digits, *mine)) or "–", "".join((*b.digits, *theirs)) or "–"
    value = {"same": None, "one_lacks": 0.4, "apart": 0.0}[level]
    return Said(
        "number", level, value, f"numbers and compass points: {one} – {other}", f"数字与方位：{one}—{other}"
    )


@feature
def aside(given: Side, firm: Side, about: About) -> Said:
    """What stands in brackets besides places and forms."""
    a, b = given.parts.asides, firm.parts.asides
    level = "same" if a == b else "one_lacks" if not a or not b else "apart"
    one, other = "".join(a) or "–", "".join(b) or "–"
    return Said("aside", level, None if a == b else 0.4 if level == "one_lacks" else 0.0,
                f"in brackets: {one} – {other}", f"括号内：{one}—{other}")  # fmt: skip


# The whole name, and what else is known ----------------------------------------------------------------


@feature
def distance(given: Side, firm: Side, about: About) -> Said:
    """How alike the whole names are, by edit distance."""
    ratio = Indel.normalized_similarity(given.parts.name, firm.parts.name)
    level = "95" if ratio >= 0.95 else "90" if ratio >= 0.9 else "85" if ratio >= 0.85 else "75" if ratio >= 0.75 else (
        "60" if ratio >= 0.6 else "0")  # fmt: skip
    return Said("distance", level, ratio, f"the whole names are {ratio:.0%} alike", f"全名相似度 {ratio:.0%}")


@feature
def rarity(given: Side, firm: Side, about: About) -> Said:
    """How many firms of the register bear the same trade name: a rare one says more."""
    n = about.bearers
    level = "one" if n <= 1 else "few" if n <= 3 else "some" if n <= 10 else "many"
    value = {"one": 1.0, "few": 0.7, "some": 0.4, "many": 0.1}[level]
    return Said(
        "rarity",
        level,
        value,
        f"firms on the register with this trade name: {n}",
        f"登记库中同字号企业：{n} 家",
    )


@feature
def differences(given: Side, firm: Side, about: About) -> Said:
    """How many parts of the name differ: place, town, trade name, industry, form, brackets."""
    a, b = given.parts, firm.parts
    parts = (
        (a.regions, b.regions), (a.places, b.places), (a.core, b.core), (_canonical(a), _canonical(b)),
        (a.family, b.family), (a.asides, b.asides), (a.branch, b.branch),
    )  # fmt: skip
    n = sum(one != other for one, other in parts)
    core = "core" if a.core != b.core else "rest"
    return Said("differences", f"{min(n, 3)}_{core}", max(0.0, 1 - n / 3), f"parts of the name that differ: {n}",
                f"名称有 {n} 个部分不同")  # fmt: skip


@feature
def former_name(given: Side, firm: Side, about: About) -> Said:
    """Whether the name that matched is the present one, a former one or a short one."""
    said = {
        "present": ("the present name", "现用名"),
        "former": ("a former name", "曾用名"),
        "short": ("a short name", "简称"),
    }
    en, zh = said[firm.role]
    return Said("former_name", firm.role, None, f"matched: {en} {firm.name}", f"匹配的是{zh}：{firm.name}")


@feature
def industry(given: Side, firm: Side, about: About) -> Said:
    """The industry code that the list gives against the one on the register."""
    a, b = given.industry, firm.industry
    level = "same" if a and b and a[:3] == b[:3] else "section" if a and b and a[:1] == b[:1] else "other"
    if not a or not b:
        level = "unknown"
    value = {"unknown": None, "same": 1.0, "section": 0.5, "other": 0.1}[level]
    return Said(
        "industry",
        level,
        value,
        f"industry code: {a or '–'} – {b or '–'}",
        f"行业代码：{a or '—'}—{b or '—'}",
    )


@feature
def founding_date(given: Side, firm: Side, about: About) -> Said:
    """A founding date that the list gives; and nobody is on a list from before its founding."""
    a, b = given.founded_on, firm.founded_on
    if about.day and b and b > about.day:
        return Said(
            "founding_date", "later", 0.0, f"founded on {b}, after the list", f"成立于 {b}，晚于名单日期"
        )
    level = "unknown" if not a or not b else "same" if a == b else "other"
    value = {"unknown": None, "same": 1.0, "other": 0.0}[level]
    return Said(
        "founding_date", level, value, f"founded: {a or '–'} – {b or '–'}", f"成立日期：{a or '—'}—{b or '—'}"
    )


# What the features ask ---------------------------------------------------------------------------------


def within(code: str, above: str) -> bool:
    """Is the place ``code`` the place ``above`` or part of it? By today's map, and by the digits of the code."""
    parents = regions().parents
    at: str = code
    while at:
        if at == above:
            return True
        at = parents.get(at, "")
    stem = above.rstrip("0")
    stem += "0" * (len(stem) % 2)
    return above.isdigit() and len(stem) in (2, 4) and code.startswith(stem)


def _unnamed(codes: tuple[str, ...]) -> set[str]:
    """How places would be read if nobody had said in which city they lie."""
    return {"?" + region_names().get(code, "") for code in codes}


def _seated(district: str | None, place: str) -> bool:
    """May a firm of ``district`` bear the name of ``place``? Unknown is no contradiction."""
    if not district or not district.isdigit() or not place.isdigit():
        return True
    return within(district, place) or within(place, district)


def _places(side: Side) -> str:
    names = region_names()
    return "".join(names.get(code, code.lstrip("?")) for code in side.parts.regions) or "–"


@cache
def region_names() -> dict[str, str]:
    found: dict[str, str] = {}
    for names in (regions().full, regions().short):
        for name, codes in names.items():
            for code in codes:
                found.setdefault(code, name)
    return found


def _canonical(parts: Parts) -> tuple[str, ...]:
    """The industry words, each by the one that stands for it."""
    known = words().industries
    return tuple(known.get(word, word) for word in parts.industry)


def _core_level(a: Parts, b: Parts) -> str:
    one, other = a.core, b.core
    if one == other:
        return "same"
    # The shorter trade name against the other's trade name and industry; either where they are of one length.
    pairs = [(x, y.trade) for x, y in ((one, b), (other, a)) if len(x) <= len(y.core)]
    length = max(len(one), len(other))
    if any(whole.startswith(short) for short, whole in pairs):
        # "tail": the same, only taken apart differently
        return "tail" if a.trade[:length] == b.trade[:length] else "longer"
    if len(one) == len(other):
        if sorted(one) == sorted(other):
            return "swapped"
        if all(x == y or read_alike(x, y) for x, y in zip(one, other, strict=True)):
            return "sound"
        if Levenshtein.distance(one, other) == 1:
            if len(one) == 2:
                return "one_of_two"
            early = one[:2] != other[:2]  # the first two are the trade name more often than not
            return ("early_" if early else "") + ("one_of_three" if len(one) == 3 else "one_of_many")
    if any(short in whole for short, whole in pairs):
        return "inside"
    short, long = sorted((one, other), key=len)
    if _subsequence(short, long) and len(short) >= 3:
        return "one_of_many"
    return "other"


def _replaced(a: str, b: str) -> list[tuple[str, str]] | None:
    """The characters exchanged for one another where nothing is missing or extra; at most two."""
    if len(a) != len(b):
        return None
    differing = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    return differing if len(differing) <= 2 else None


def _subsequence(short: str, long: str) -> bool:
    rest = iter(long)
    return all(character in rest for character in short)


def _unplaced(text: str) -> str:
    return text.replace("市", "").replace("县", "").replace("区", "")


def _marks(side: Side) -> tuple[str, ...]:
    """Compass points and ordinals of trade name and industry."""
    known = words().marks
    return tuple(c for c in side.parts.trade if known.get(c) in ("compass", "number"))
