"""What is looked for, and who was found: the words of matching. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from chains.matching import certificates, phrases


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for. ``text``: the title, and behind the first line break more of it; ``amount`` in yuan;
    ``buyer``: a credit code or an outside party; ``demand``: the id of a demand on record, whose answers hold;
    ``without``: firms (by code) that are not looked for, such as the one to be replaced."""

    text: str
    chain: str | None = None
    buyer: str | None = None
    tiers: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()
    amount: int | None = None
    demand: str | None = None
    without: frozenset[str] = frozenset()
    quantity: str | None = None

    @cached_property
    def wished(self) -> tuple[str, ...]:
        """Certificates: those that are a condition, and those that only the words name."""
        text = phrases.listed(self.text)
        return tuple(dict.fromkeys((*self.certificates, *filter(None, map(certificates.asked, text)))))

    @cached_property
    def phrases(self) -> tuple[tuple[str, float], ...]:
        """(phrase, how much it counts) of the goods in the text; none where it has no words. The title counts most."""
        title, _break, detail = self.text.partition("\n")
        first = [phrase for phrase in phrases.listed(title) if not certificates.asked(phrase)]
        more = [
            phrase
            for phrase in phrases.detail(detail)
            if phrase not in first and not certificates.asked(phrase)
        ]
        return (*((one, 1.0) for one in first), *((one, 0.25 if first else 1.0) for one in more))


class Reason(NamedTuple):
    """What speaks for a firm, 0 to 1, or how far it does not."""

    feature: str
    score: float
    detail_en: str
    detail_zh: str

    def in_language(self, language: str) -> str:
        return self.detail_en if language.startswith("en") else self.detail_zh


class Miss(NamedTuple):
    """A condition that a firm fails, and what would mend it."""

    condition: str
    detail_en: str
    detail_zh: str

    def in_language(self, language: str) -> str:
        return self.detail_en if language.startswith("en") else self.detail_zh


class Ranked(NamedTuple):
    """A firm, how well it fits (0 to 1), why, and which conditions it fails (none: it can be proposed)."""

    uscc: str
    name: str
    score: float
    reasons: tuple[Reason, ...]
    misses: tuple[Miss, ...] = ()


class Found(NamedTuple):
    """``ranked``: who can be proposed, best first, weak matches (``match_weights.csv``) among them; ``number``: how many
    there are in all that are not weak. ``near``: who fits as well but fails exactly one condition that can be mended.
    ``excluded``: condition → how many firms that fit the words fail it."""

    ranked: tuple[Ranked, ...]
    number: int
    near: tuple[Ranked, ...]
    excluded: dict[str, int]
