"""Refusals in both languages: what is wrong, where, and how to mend it."""

from __future__ import annotations


class SaidError(Exception):
    """An act is refused. ``str()`` is the English sentence, which the command line prints; pages ask for a language."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.zh = zh

    def in_language(self, language: str) -> str:
        return str(self) if language.startswith("en") else self.zh
