"""Controlled words: a sheet may use the id, the Chinese term, the English one, or a known alias."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from registry import codes


class Word(NamedTuple):
    id: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()


#: Vocabularies that are tables of their own rather than part of ``codes/words``.
_TABLES = {"tier": "codes/tiers", "board": "codes/boards", "honour": "codes/honours"}


def fold(text: str) -> str:
    """What is compared: full-width forms, blanks, quotes and letter case folded away."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in plain if not c.isspace() and c not in "“”\"'‘’「」_-")


@cache
def vocabulary(name: str) -> Mapping[str, Word]:
    """All words of one vocabulary by id, in their stated order."""
    if table := _TABLES.get(name):
        rows = [
            Word(
                r["id"],
                r["name"],
                r["name_en"],
                (*codes.several(r["aliases"]), r.get("short", ""), r.get("short_en", "")),
            )
            for r in codes.load(table).rows
        ]
    else:
        rows = [
            Word(r["id"], r["zh"], r["en"], codes.several(r["aliases"]))
            for r in codes.load("codes/words").rows
            if r["vocabulary"] == name
        ]
    return {word.id: word for word in rows}


@cache
def _index(name: str) -> Mapping[str, str]:
    index: dict[str, str] = {}
    for word in vocabulary(name).values():
        for form in (word.id, word.zh, word.en, *word.aliases):
            if form:
                index.setdefault(fold(form), word.id)
    return index


def read(name: str, text: str) -> str | None:
    """The id meant by ``text``, or None."""
    return _index(name).get(fold(text))


def label(name: str, id: str | None, language: str = "zh") -> str:
    """What to show for an id; an id without a word shows itself."""
    if not id:
        return ""
    word = vocabulary(name).get(id)
    return id if word is None else (word.en if language.startswith("en") else word.zh)
