"""Sentences in both languages: what is so, where, and how to mend it."""

from __future__ import annotations

from typing import NamedTuple


class Said(NamedTuple):
    """One sentence in English and Chinese."""

    en: str
    zh: str

    def in_language(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


class SaidError(Exception):
    """An act is refused. Pages ask for the sentence in a language; ``str()`` is what the command line prints.

    ``code`` and ``status`` are what the HTTP API answers.

    ``option`` is how the same is mended there, such as ``--map HEADER=FIELD``: nothing that a person at a page can type.
    """

    code = "misused"
    status = 400

    def __init__(self, en: str, zh: str, option: str = "") -> None:
        super().__init__(f"{en} ({option})" if option else en)
        self.en, self.zh, self.option = en, zh, option

    def in_language(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh
