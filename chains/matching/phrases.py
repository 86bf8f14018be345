"""Texts about goods, taken apart: what a cell of products, a scope of business or a demand says, phrase by phrase. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from registry import codes

_BETWEEN = re.compile(r"[、，,;；。:：\n\r|]+")
#: The year of a standard belongs to its number: ISO 9001:2015.
_YEAR = re.compile(r"(?<=\d)[:：](?=(?:19|20)\d\d(?!\d))")
_MARKS = re.compile(r"[()（）\[\]【】“”\"'·*]+")
#: What a scope of business says of any firm: permits and prohibitions.
_PERMITS = re.compile(r"[(（][^()（）]*(?:批准|许可|禁止|国家限定|法律|法规|审批|凭)[^()（）]*[)）]")
#: One Chinese character can name goods (泵), one letter or digit cannot.
_WORD = re.compile(r"[\u3400-\u9fff]|\w\w")
#: What a buyer wants the goods for is a thing that the buyer makes, not the supplier.
_FOR_OWN = re.compile(r"^(?:拟|将|主要)?(?:用于|配套|供)(?:本|我|我们|我方)(?:公司|单位|企业|厂|司)")
#: Who offers more goods than this at once offers everything: it would stand first for whatever is looked for.
MOST_OFFERED = 12
#: Phrases longer than this are sentences; their middle says little.
LONGEST = 60


def plain(text: str) -> str:
    """Full-width forms folded, capitals made small, blanks gone."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


@lru_cache(maxsize=1)
def _empty() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """(phrases that name no goods, words that say what is done with goods rather than which)."""
    rows = codes.load("codes/match_words").rows
    whole, kept, inside = (
        "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
        for words in (
            [plain(row["word"]) for row in rows if row["use"] == use] for use in ("phrase", "kept", "word")
        )
    )
    return re.compile(whole), re.compile(f"({kept})|{inside}")


def bare(text: str) -> str:
    """A phrase without 采购, 寻求, 研发, 生产 …; '' where nothing is left that names goods."""
    whole, inside = _empty()
    left = inside.sub(lambda found: found[1] or "", _MARKS.sub("", plain(text))).strip("的及和与等其-_")
    return "" if whole.fullmatch(left) or not _WORD.search(left) else left[:LONGEST]


@lru_cache(maxsize=200_000)
def listed(text: str) -> tuple[str, ...]:
    """The goods that a cell names, each once: 锯切机床；冲剪生产线 are two."""
    return tuple(dict.fromkeys(filter(None, map(bare, _parts(text)))))


def _parts(text: str) -> list[str]:
    return _BETWEEN.split(_YEAR.sub("-", text))


@lru_cache(maxsize=100_000)
def scope(text: str) -> tuple[str, ...]:
    """The goods and services of a scope of business, without what it says of permits."""
    return listed(_PERMITS.sub("", unicodedata.normalize("NFKC", text)))


def detail(text: str) -> tuple[str, ...]:
    """The goods that the detail of a demand names, without what the buyer says of its own (用于本公司变频器)."""
    return listed("\n".join(part for part in _parts(text) if not _FOR_OWN.match(plain(part))))


def offered(product: str, more: str = "") -> tuple[str, ...]:
    """The phrases of an offer; none where it names so many goods that it stands for none of them."""
    return wanted(product, more) if len(listed(product)) <= MOST_OFFERED else ()


def wanted(title: str, more: str = "") -> tuple[str, ...]:
    """The phrases of a demand or an offer, those of its title first; none where it has no words."""
    return tuple(dict.fromkeys((*listed(title), *detail(more))))
