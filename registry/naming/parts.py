"""A firm's name taken apart: place, trade name, what it deals in, legal form, branch. Nothing is thrown away.

``济南市历下区华宇机械（集团）有限公司第二分公司`` has the places 济南市 and 历下区, the trade name 华宇, the industry 机械,
the group word 集团, the form 有限公司, the branch 第二分公司.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from registry import codes
from registry.naming.normal import normal_form

#: Counties of this province are read without their 县 or 区.
HOME_PROVINCE = "37"
#: A trade name has two characters at least, whatever the rest looks like.
MIN_CORE = 2
#: A longer one without a known word in it is searched for one.
LONG_CORE = 4
_SUFFIX = re.compile(
    r"(特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|自治州|自治县|自治旗|地区|林区|省|市|区|县|州|盟|旗)$"
)
_TAIL = re.compile(
    r"特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|自治州|自治县|自治旗|地区|省|市|区|县|盟|旗"
)
_BRACKETED = re.compile(r"[(（]([^()（）]*)[)）]?")
_TOWN = re.compile(r"[\u4e00-\u9fff]{2,3}?(?:镇|乡|街道办事处|街道)")
_BRANCH = re.compile(r"(分公司|分厂|分店|分部|分所|分院|分中心|办事处|营业部|分行|支行)$")
#: Behind one of these the name of a branch begins.
_WHOLE = re.compile(
    r"有限责任公司|有限公司|供销合作社|供销社|公司(?!.?$)|厂(?=.+分厂$)"
    r"|集团(?!有限|股份|公司|总公司|控股|企业|责任)(?=..)"
)
_DIGITS = re.compile(r"[0-9]+")
_STRAY = re.compile(r"[^0-9A-Z\u4e00-\u9fff()&+·]")


class Parts(NamedTuple):
    """``regions``: codes of provinces, cities and counties, widest first; ``places``: zones and towns as written;
    ``core``: the trade name; ``industry``: the words after it; ``marks``: what the brackets held besides places."""

    name: str
    regions: tuple[str, ...]
    places: tuple[str, ...]
    core: str
    industry: tuple[str, ...]
    group: bool
    form: str
    family: str
    branch: str
    digits: tuple[str, ...]
    asides: tuple[str, ...]

    @property
    def trade(self) -> str:
        """Trade name and industry together: the name without place and form."""
        return self.core + "".join(self.industry)


class Words(NamedTuple):
    forms: Mapping[str, str]
    groups: frozenset[str]
    industries: Mapping[str, str]
    zones: tuple[str, ...]
    marks: Mapping[str, str]
    longest: int


@cache
def words() -> Words:
    """The word list: form → family, industry word → the one that stands for it, mark → its kind."""
    found: dict[str, dict[str, str]] = {kind: {} for kind in ("form", "group", "industry", "zone", "mark")}
    for row in codes.load("codes/name_words").rows:
        found[row["kind"]][row["word"]] = row["same"] or row["word"]
    return Words(
        found["form"],
        frozenset(found["group"]),
        found["industry"],
        tuple(sorted(found["zone"], key=len, reverse=True)),
        found["mark"],
        max(len(word) for word in (*found["form"], *found["industry"])),
    )


class _Regions(NamedTuple):
    """Written form → codes. ``parents``: code → the one above."""

    full: Mapping[str, tuple[str, ...]]
    short: Mapping[str, tuple[str, ...]]
    parents: Mapping[str, str]


@cache
def regions() -> _Regions:
    full: dict[str, list[str]] = {}
    short: dict[str, list[str]] = {}
    parents: dict[str, str] = {}
    for row in codes.load("codes/regions").rows:
        code, name = row["code"], row["name"]
        parents[code] = row["parent"]
        if code[4:] >= "71" and code[4:] <= "79" and len(name) > 6:
            continue  # development zones by their whole names: read as zones
        full.setdefault(name, []).append(code)
        stem = _SUFFIX.sub("", name)
        for tail in ("市", "县", "区") if row["level"] == "county" else ():
            if len(stem) >= 2 and stem + tail != name:  # 章丘市 is 章丘区 today
                short.setdefault(stem + tail, []).append(code)
        if len(stem) >= 2 and stem != name:
            short.setdefault(stem, []).append(code)
    for row in codes.load("codes/places").rows:
        for former in codes.several(row["former"]):
            for part in former.split() if not former.isdigit() else ():
                short.setdefault(part, []).append(row["id"])
                parents.setdefault(row["id"], "370100")
    return _Regions(
        {name: tuple(found) for name, found in full.items()},
        {name: tuple(dict.fromkeys(found)) for name, found in short.items()},
        parents,
    )


@lru_cache(maxsize=200_000)
def take_apart(name: str) -> Parts:
    """The parts of a name as typed. Equal normal forms give equal parts."""
    text = _STRAY.sub("", normal_form(name))
    asides: list[str] = []
    found: list[str] = []
    places: list[str] = []
    group = False
    form = family = branch = ""

    def aside(match: re.Match[str]) -> str:
        nonlocal group, form, family, branch
        inside = match[1]
        if _BRANCH.search(inside):
            branch = inside
        elif inside in words().groups:
            group = True
        elif inside in words().forms:
            form, family = inside, words().forms[inside]
        elif codes_read := _whole_region(inside):
            found.append(codes_read)
        elif inside:
            asides.append(inside)
        return ""

    bare = _BRACKETED.sub(aside, text).replace(")", "") if "(" in text else text
    if (whole := _WHOLE.search(bare)) and whole.start() >= MIN_CORE and whole.end() < len(bare) - 1:
        bare, branch = bare[: whole.end()], bare[whole.end() :] + branch
    rest = _strip_places(bare, found, places)
    rest, form_read = _strip_form(rest)
    if form_read:
        form, family = form_read, words().forms[form_read]
    for word in sorted(words().groups, key=len, reverse=True):
        if len(rest) - len(word) >= MIN_CORE and rest.endswith(word):
            rest, group = rest[: -len(word)], True
            break
    core, industry = _split_trade(rest)
    return Parts(
        normal_form(name), tuple(found), tuple(places), core, tuple(industry), group, form, family, branch,
        tuple(_DIGITS.findall(normal_form(name))), tuple(asides),
    )  # fmt: skip


def _whole_region(text: str) -> str | None:
    known = regions()
    hit = known.full.get(text) or known.short.get(text)
    return hit[0] if hit else None


def _strip_places(text: str, found: list[str], places: list[str]) -> str:
    """Read places at the beginning, widest first, while a trade name would remain."""
    if text.startswith("中国") and len(text) > 6:
        places.append("中国")
        text = text[2:]
    while True:
        step = _region_ahead(text, found) or _zone_ahead(text, bool(found))
        if step is None:
            return text
        code, length = step
        if len(_strip_form(text[length:])[0]) < MIN_CORE:
            return text
        if code:
            if code not in found:
                found.append(code)
        else:
            places.append(text[:length])
        text = text[length:]


def _region_ahead(text: str, found: list[str]) -> tuple[str, int] | None:
    known = regions()
    for length in range(min(11, len(text)), 1, -1):
        written = text[:length]
        for names, whole in ((known.full, True), (known.short, False)):
            hits = names.get(written)
            if not hits:
                continue
            hits = tuple(code for code in hits if not any(code != o and _within(code, o) for o in hits))
            if not whole and len(hits) > 1:
                hits = tuple(code for code in hits if code[:2] == HOME_PROVINCE) or hits
            inside = [code for code in hits if any(_within(code, above) for above in found)]
            if inside:
                return inside[0], length
            if found and not whole:
                continue  # a bare word that lies elsewhere is part of the trade name
            if len(hits) > 1 and (whole or _SUFFIX.search(written[2:])):
                return "?" + written, length
            if len(hits) == 1 and (whole or _SUFFIX.search(written[2:]) or _known_bare(hits[0])):
                return hits[0], length
    return None


def _known_bare(code: str) -> bool:
    """A county elsewhere is no place without its 县 or 区: 安吉, 长兴 and 红旗 are trade names here."""
    return code.endswith("00") or code[:2] == HOME_PROVINCE or not code.isdigit()


def _within(code: str, above: str) -> bool:
    parents = regions().parents
    while code:
        if code == above:
            return True
        code = parents.get(code, "")
    return False


def _zone_ahead(text: str, placed: bool) -> tuple[str, int] | None:
    for zone in words().zones:
        if text.startswith(zone):
            return "", len(zone)
    if (match := _TOWN.match(text)) and len(text) - match.end() >= MIN_CORE and placed:
        return "", match.end()
    return None


def _strip_form(text: str) -> tuple[str, str]:
    forms = words().forms
    for length in range(min(8, len(text) - 1), 0, -1):
        if text[-length:] in forms and (length > 1 or len(text) > MIN_CORE):
            return text[:-length], text[-length:]
    return text, ""


def _split_trade(text: str) -> tuple[str, list[str]]:
    """The trade name and the industry words behind it: words are read from the end, then looked for inside."""
    known, longest = words().industries, words().longest
    industry: list[str] = []
    rest = text
    while True:
        for length in range(min(longest, len(rest) - MIN_CORE), 1, -1):
            if rest[-length:] in known:
                industry.insert(0, rest[-length:])
                rest = rest[:-length]
                break
        else:
            break
    if len(rest) > LONG_CORE:
        for at in range(MIN_CORE, len(rest) - 1):
            if any(rest[at : at + length] in known for length in range(min(longest, len(rest) - at), 1, -1)):
                return rest[:at], [rest[at:], *industry]
    return rest, industry
