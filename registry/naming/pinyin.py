"""Names by their sound: what people type for them, and a key that puts them in the order of a Chinese index. Pure.

One reading for each character, the one that names of firms use; for characters that names read in two ways
(长 chang or zhang) both may be typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import product

from registry import codes

#: Two readings that names use, the usual one first.
TWO_WAYS = {
    "长": ("chang", "zhang"), "重": ("zhong", "chong"), "行": ("xing", "hang"), "厦": ("xia", "sha"),
    "单": ("dan", "shan"), "乐": ("le", "yue"), "曾": ("zeng", "ceng"), "朝": ("chao", "zhao"), "调": ("tiao", "diao"),
    "解": ("jie", "xie"), "仇": ("qiu", "chou"), "尉": ("wei", "yu"), "翟": ("zhai", "di"), "查": ("cha", "zha"),
    "覃": ("qin", "tan"), "石": ("shi", "dan"), "车": ("che", "ju"), "传": ("chuan", "zhuan"), "藏": ("cang", "zang"),
    "沈": ("shen", "chen"), "蔚": ("wei", "yu"), "万": ("wan", "mo"), "轧": ("zha", "ya"), "校": ("xiao", "jiao"),
    "率": ("lv", "shuai"), "盛": ("sheng", "cheng"), "会": ("hui", "kuai"), "弹": ("dan", "tan"), "畜": ("xu", "chu"),
    "参": ("can", "shen"), "降": ("jiang", "xiang"), "奇": ("qi", "ji"), "系": ("xi", "ji"), "给": ("gei", "ji"),
}  # fmt: skip
#: Characters that names read otherwise than dictionaries list first.
CHOSEN = {"长": "chang2", "曾": "zeng1", "厦": "xia4", "调": "tiao2", "仇": "qiu2"}
#: Words whose reading hangs on both characters, by others of the same sound.
SAME_SOUND = {"重庆": "虫庆", "银行": "银航", "六安": "陆安", "单县": "善县", "大厦": "大煞", "音乐": "音月"}
_WORDS = re.compile("|".join(SAME_SOUND))
_HAN = (range(0x4E00, 0xA000), range(0x3400, 0x4DC0))
_FIRST_RANK, _UNREAD = 0x3400, "\uffff"
_DOUBTFUL = re.compile("[" + "".join(TWO_WAYS) + "]")
_SILENT = re.compile(r"[^a-z0-9]+")
_REGION_TAIL = re.compile(
    r"(特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|自治州|地区|省|市|区|县|盟)$"
)
#: Nobody types more letters of a name; a second reading counts among its first characters only.
LETTERS, DOUBTED = 24, 8


@cache
def _readings() -> dict[str, str]:
    """Character → syllable with its tone as a digit."""
    from pypinyin import Style, pinyin  # a quarter of a second, wanted by indexing only

    characters = [chr(code) for block in _HAN for code in block]
    read = pinyin(characters, style=Style.TONE3, neutral_tone_with_five=True)
    found = {c: syllables[0] for c, syllables in zip(characters, read, strict=True) if syllables[0] != c}
    return {**found, **CHOSEN}


@cache
def _ranks() -> dict[int, str]:
    """Code → the character that stands at its place in the order of syllable, tone, character; other scripts stay
    where they are, before and behind."""
    order = sorted(_readings().items(), key=lambda entry: (entry[1], entry[0]))
    ranks = {code: _UNREAD for block in _HAN for code in block}
    ranks.update({ord(c): chr(_FIRST_RANK + place) for place, (c, _reading) in enumerate(order)})
    return ranks


@cache
def _sounds() -> dict[int, str]:
    """Code → syllable without tone."""
    return {ord(c): reading.rstrip("12345") for c, reading in _readings().items()}


@cache
def _initials() -> dict[int, str]:
    return {code: syllable[0] for code, syllable in _sounds().items()}


def sort_key(name: str) -> bytes:
    """A name's place in the order of an index, to be compared byte by byte; two bytes for each character.

    Bytes, because databases do not agree on the order of text.
    """
    said = _WORDS.sub(_same_sound, name)
    return said.translate(_ranks()).encode("utf-16-be", "surrogatepass")


def _same_sound(word: re.Match[str]) -> str:
    return SAME_SOUND[word[0]]


def _said(name: str, table: dict[int, str]) -> str:
    """A name by a table of sounds. Latin letters and digits are themselves, all else is silent."""
    return _SILENT.sub("", name.translate(table).lower())


def _ways(name: str) -> Iterator[dict[int, str]]:
    """The other readings of a name's first two doubtful characters, beside the usual one: code → syllable."""
    doubtful = list(dict.fromkeys(_DOUBTFUL.findall(name[:DOUBTED])))[:2]
    for way in product((0, 1), repeat=len(doubtful)):
        yield {ord(c): TWO_WAYS[c][which] for c, which in zip(doubtful, way, strict=True)}


@cache
def _regions() -> frozenset[str]:
    """Provinces, cities, counties and the home districts, in full and short."""
    found: set[str] = set()
    for row in codes.load("codes/regions").rows:
        name = row["name"]
        found.update(form for form in (name, _REGION_TAIL.sub("", name)) if len(form) >= 2)
    for row in codes.load("codes/places").rows:
        found.update((row["name"], row["short"]))
    return frozenset(found)


@cache
def _region_lengths() -> dict[str, tuple[int, ...]]:
    """First two characters → lengths of the regions that begin so, the longest first."""
    found: dict[str, set[int]] = {}
    for region in _regions():
        found.setdefault(region[:2], set()).add(len(region))
    return {head: tuple(sorted(lengths, reverse=True)) for head, lengths in found.items()}


def beginnings(name: str) -> list[str]:
    """A name, and what is left of it behind each region that it begins with: 山东济南华宇… 济南华宇… 华宇…"""
    found = [name]
    rest = name.lstrip("(")
    while len(found) < 4:
        lengths = _region_lengths().get(rest[:2], ())
        length = next((n for n in lengths if len(rest) - n >= 2 and rest[:n] in _regions()), 0)
        if not length:
            break
        rest = rest[length:].lstrip("()")
        found.append(rest)
    return found


def typed_forms(name: str) -> list[str]:
    """What one may type for a name (in normal form), in small letters and from its first one on: the initials of the
    name and of what is behind its regions, and the spelling of its last part."""
    found: dict[str, None] = {}
    parts = [_WORDS.sub(_same_sound, part) for part in beginnings(name)]
    last = parts[-1][:LETTERS]
    for part in parts:
        found[_said(part, _initials())[:LETTERS]] = None
    found[_said(last, _sounds())[:LETTERS]] = None
    if _DOUBTFUL.search(name):
        for part in parts:
            for way in _ways(part):
                initials = {code: syllable[0] for code, syllable in way.items()}
                found[_said(part.translate(initials), _initials())[:LETTERS]] = None
        for way in _ways(last):
            found[_said(last.translate(way), _sounds())[:LETTERS]] = None
    found.pop("", None)
    return list(found)
