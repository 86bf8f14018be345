"""Who could supply what is wanted: firms ranked with reasons, and who just misses it.

``ranked`` is the door for other parts of the room; pages want ``search``, jobs ``search_all``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

import numpy as np

from chains.matching.answers import declined_without_news
from chains.matching.embedding import meanings
from chains.matching.exclusions import Condition, Declined, conditions
from chains.matching.facts import Facts, facts
from chains.matching.features import FEATURES, Asked
from chains.matching.meaning import Characters, Meaning
from chains.matching.wanted import Found, Miss, Ranked, Reason, Wanted
from chains.matching.weights import weights
from registry.house import House

__all__ = ["Found", "Miss", "Ranked", "Reason", "Wanted", "ranked", "search", "search_all"]
TOP = 10
#: Phrases compared with the corpus at a time: bounds the memory of a long list of demands.
AT_A_TIME = 64
#: Who fails one of these is gone; nothing mends it.
NEVER = ("status", "city")
Place = Callable[[str | None, str], str]
NOTHING = Found((), 0, (), {})


def ranked(house: House, wanted: Wanted, top: int = TOP, day: date | None = None) -> list[Ranked]:
    """The ``top`` firms of the city that fit best, each with its reasons; none where the text has no words. Equal scores
    stand in the order of their codes."""
    return list(search(house, wanted, top, day).ranked)


def search(house: House, wanted: Wanted, top: int = TOP, day: date | None = None) -> Found:
    return search_all(house, [wanted], top, day)[0]


def search_all(
    house: House, several: Sequence[Wanted], top: int = TOP, day: date | None = None,
    known_at: datetime | None = None,
) -> list[Found]:  # fmt: skip
    """The same for many at once, in their order; by what was known of the firms at an instant (now)."""
    known = facts(house, day, known_at)
    declined = declined_without_news(house, [one.demand for one in several if one.demand], known.day)
    return find(known, several, top, declined, partial(_place, house), meanings(house, known))


def _place(house: House, unit: str | None, language: str) -> str:
    return house.places.label(unit, language)


def find(
    known: Facts, several: Sequence[Wanted], top: int, declined: Mapping[str, Mapping[str, Declined]],
    place: Place, meaning: Sequence[tuple[str, Meaning]] = (),
) -> list[Found]:  # fmt: skip
    """Rank the firms of ``known`` for each of ``several``. ``declined``: demand → firm → answer. ``place``: a unit's name
    in a language. ``meaning``: models beside the characters, by the name of their weight. Pure."""
    found = [NOTHING] * len(several)
    for at, one in judged(known, several, declined, place, meaning):
        found[at] = _laid_out(one, top)
    return found


def judged(
    known: Facts, several: Sequence[Wanted], declined: Mapping[str, Mapping[str, Declined]],
    place: Place, meaning: Sequence[tuple[str, Meaning]] = (),
) -> Iterator[tuple[int, Judged]]:  # fmt: skip
    """Every firm judged for each of ``several`` that has words: (its place in the list, the judgement), one after the
    other, so that a long list needs no more memory than a short one."""
    ways: list[tuple[str, Meaning]] = [("characters", Characters()), *meaning]
    waiting = [at for at, wanted in enumerate(several) if wanted.phrases] if len(known) else []
    while waiting:
        phrases: dict[str, None] = {}
        together: list[int] = []
        for at in waiting:
            if together and len(phrases) + len(several[at].phrases) > AT_A_TIME:
                break
            together.append(at)
            phrases.update((phrase, None) for phrase, _counts in several[at].phrases)
        waiting = waiting[len(together) :]
        met = dict(zip(phrases, _meet(known, list(phrases), ways), strict=True))
        for at in together:
            wanted = several[at]
            parts = [met[phrase] for phrase, _counts in wanted.phrases]
            yield at, _judged(known, wanted, parts, declined.get(wanted.demand or "", {}), place)


class Met:
    """How one phrase meets each firm: by its characters in all, by its goods, by its offers; and each phrase of the corpus.
    ``beside``: how far models of meaning miss it; ``share``: how much of it the corpus knows."""

    __slots__ = ("beside", "goods", "offers", "share", "texts", "words")

    def __init__(
        self, words: np.ndarray, beside: np.ndarray, share: float, goods: np.ndarray, offers: np.ndarray, texts: np.ndarray
    ) -> None:  # fmt: skip
        self.words, self.beside, self.share = words, beside, share
        self.goods, self.offers, self.texts = goods, offers, texts


def _meet(known: Facts, phrases: Sequence[str], ways: Sequence[tuple[str, Meaning]]) -> list[Met]:
    w, firms = weights(), len(known)
    missed = np.ones((len(phrases), firms), np.float32)
    beside = np.ones_like(missed)
    texts = goods = None
    for name, way in ways:
        alike = way.similar(phrases, known.corpus)
        best = known.goods.best(alike, firms)
        if texts is None:
            texts, goods = alike, best
            missed *= 1 - w["part.goods_best"] * best
            # Who names the very thing makes it, whatever else it makes: much else must not dilute that.
            missed *= 1 - w["part.goods_named"] * np.clip((best - w["named"]) / (1 - w["named"]), 0, 1)
            missed *= 1 - w["part.scope_best"] * known.scope.best(alike, firms)
        else:
            beside *= 1 - w[f"part.{name}"] * np.clip(best, 0, 1)
    assert texts is not None
    assert goods is not None
    whole = (known.corpus.grams.vectors(phrases) @ known.whole.T).toarray()
    missed *= 1 - w["part.goods_all"] * np.minimum(whole, 1)
    missed *= 1 - w["part.name"] * np.minimum(Characters().similar(phrases, known.names), 1)
    offers, share = known.offered.best(texts, firms), known.corpus.grams.share(phrases)
    return [
        Met(1 - missed[at], beside[at], float(share[at]), goods[at], offers[at], texts[at])
        for at in range(len(phrases))
    ]


class Judged(NamedTuple):
    """All firms judged for one demand. ``words``: how well each meets the words, ``near``: those of them that the city's goods
    have at all, ``fits``: with all the rest; ``meets``: well enough to be listed; ``fails``: how many conditions it fails;
    ``scores``: by feature."""

    known: Facts
    asked: Asked
    words: np.ndarray
    near: np.ndarray
    fits: np.ndarray
    meets: np.ndarray
    fails: np.ndarray
    scores: Mapping[str, np.ndarray]
    hard: Sequence[Condition]


def _judged(
    known: Facts, wanted: Wanted, met: Sequence[Met], declined: Mapping[str, Declined], place: Place
) -> Judged:
    w = weights()
    counts = np.array([counts for _phrase, counts in wanted.phrases], np.float32)
    counts /= counts.sum()
    goods, offers, texts = (
        np.einsum("i,ij->j", counts, np.stack([getattr(one, name) for one in met]))
        for name in ("goods", "offers", "texts")
    )
    # Characters that nobody's goods have cannot be met, whoever comes nearest; a model may know what they mean.
    share = float(sum(count * one.share for count, one in zip(counts, met, strict=True)))
    words, near = (
        np.einsum("i,ij->j", counts, np.stack([1 - (1 - part * one.words) * one.beside for one in met]))
        for part in (share, 1.0)
    )
    asked = Asked(wanted, goods, offers, texts, _unit_of(known, wanted.buyer), place)
    scores = {
        id: score for id, feature in FEATURES.items() if (score := feature.score(known, asked)) is not None
    }
    parts = [(w[f"feature.{id}"], np.nan_to_num(score, nan=w["neutral"])) for id, score in scores.items()]
    total = sum(weight for weight, _score in parts)
    rest = sum(weight * score for weight, score in parts) / total if total else 1.0
    fits = np.round((words * (1 - w["sway"] + w["sway"] * rest)).astype(float), 6)
    hard = conditions(known, wanted, declined, place)
    fails = np.sum([one.fails for one in hard], axis=0)
    meets = near >= w["floor"]
    named = {*wanted.without, wanted.buyer or ""}
    meets[[at for uscc in named if (at := known.number.get(uscc)) is not None]] = False
    return Judged(known, asked, words, near, fits, meets, fails, scores, hard)


def _laid_out(one: Judged, top: int) -> Found:
    good = one.meets & (one.fails == 0)
    strong = one.meets & (one.words >= weights()["weak"])
    near = strong & (one.fails == 1)
    for condition in one.hard:
        if condition.id in NEVER:
            near &= ~condition.fails
    excluded = {each.id: int((strong & each.fails).sum()) for each in one.hard}
    return Found(
        tuple(_ranked(one, at) for at in best(good, one.fits, top)),
        int((good & strong).sum()),
        tuple(_ranked(one, at) for at in best(near, one.fits, top)),
        {id: number for id, number in excluded.items() if number},
    )


def best(which: np.ndarray, scores: np.ndarray, top: int) -> list[int]:
    """The best of some firms; firms are numbered in the order of their codes, so ties are settled by these."""
    some = np.flatnonzero(which)
    return [int(at) for at in some[np.argsort(-scores[some], kind="stable")[:top]]]


def _unit_of(known: Facts, buyer: str | None) -> str | None:
    at = known.number.get(buyer or "")
    return None if at is None else known.units[at] or None


def _ranked(one: Judged, at: int) -> Ranked:
    known = one.known
    reasons = [Reason("product", round(float(one.words[at]), 4), *_say_words(known, one.asked, at))]
    for id, score in one.scores.items():
        if not np.isnan(score[at]):
            reasons.append(Reason(id, round(float(score[at]), 4), *FEATURES[id].say(known, one.asked, at)))
    return Ranked(
        str(known.frame["uscc"].iat[at]),
        str(known.frame["name"].iat[at]),
        round(float(one.fits[at]), 4),
        tuple(reasons),
        tuple(each.say(at) for each in one.hard if each.fails[at]),
    )


def _say_words(known: Facts, asked: Asked, at: int) -> tuple[str, str]:
    """The goods of a firm that come nearest."""
    for whose, en, zh in (
        (known.goods, "makes", "产品"),
        (known.scope, "has in its scope of business", "经营范围含"),
    ):
        own = whose.of(at)
        near = [
            one for one in own[np.argsort(-asked.texts[own], kind="stable")][:3] if asked.texts[one] > 0.05
        ]
        if near:
            named = [known.corpus.texts[one] for one in near]
            return f"{en} {', '.join(named)}", f"{zh}：{'、'.join(named)}"
    return "its name says so", "企业名称相近"
