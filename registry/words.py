"""Controlled words: a sheet may use the id, the Chinese term, the English one, or a known alias."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from registry import codes


class Word(NamedTuple):
    id: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()


#: Vocabularies that are tables of their own rather than part of ``codes/words``; a star stands for every table there.
#: What an indicator of a plan is called, and what goals are set for: indicators and tiers.
_TABLES = {
    "tier": ("codes/tiers",),
    "board": ("codes/boards",),
    "honour": ("codes/honours",),
    "indicator": ("plans/*",),
    "goal": ("plans/*", "codes/tiers"),
}


def fold(text: str) -> str:
    """What is compared: full-width forms, blanks, quotes and letter case folded away."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in plain if not c.isspace() and c not in "“”\"'‘’「」_-")


@cache
def vocabulary(name: str) -> Mapping[str, Word]:
    """All words of one vocabulary by id, in their stated order."""
    if tables := _TABLES.get(name):
        rows = _joined([_words(table) for pattern in tables for table in codes.tables(pattern)])
    else:
        rows = [
            Word(r["id"], r["zh"], r["en"], codes.several(r["aliases"]))
            for r in codes.load("codes/words").rows
            if r["vocabulary"] == name
        ]
    return {word.id: word for word in rows}


def _words(table: str) -> list[Word]:
    return [
        Word(
            r["id"],
            r["name"],
            r["name_en"],
            (*codes.several(r.get("aliases", "")), r.get("short", ""), r.get("short_en", "")),
        )
        for r in codes.load(table).rows
    ]


def _joined(tables: Sequence[Sequence[Word]]) -> list[Word]:
    """The words of several tables, each id once, the newest table's. A term that another id has already (高新技术企业 is an
    indicator and a tier) carries its own id, so that what is written reads back."""
    found: dict[str, Word] = {}
    terms: dict[str, str] = {}
    for word in (word for table in tables for word in table):
        said = {}
        for part, term in (("zh", word.zh), ("en", word.en)):
            owner = terms.setdefault(fold(term), word.id)
            said[part] = term if owner == word.id else f"{term} ({word.id})"
        found[word.id] = Word(word.id, said["zh"], said["en"], word.aliases)
    return list(found.values())


@cache
def _index(name: str) -> Mapping[str, str]:
    index: dict[str, str] = {}
    for word in vocabulary(name).values():
        for form in (word.id, word.zh, word.en, *word.aliases):
            if form:
                index.setdefault(fold(form), word.id)
    return index


def read(name: str, text: str) -> str | None:
    """The id meant by ``text``, or None. An id as it stands comes first: tech_sme is another than tech-sme."""
    bare = text.strip()
    return bare if bare in vocabulary(name) else _index(name).get(fold(bare))


def label(name: str, id: str | None, language: str = "zh") -> str:
    """What to show for an id; an id without a word shows itself."""
    if not id:
        return ""
    word = vocabulary(name).get(id)
    return id if word is None else (word.en if language.startswith("en") else word.zh)
