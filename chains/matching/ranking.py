"""Who could supply what is wanted: firms ranked with reasons, and who just misses it.

``ranked`` is the door for other parts of the room; pages want ``search``, jobs ``search_all``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

import numpy as np

from chains.matching.answers import declined_without_news
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
NOTHING = Found((), 0, (), {})


def ranked(house: House, wanted: Wanted, top: int = TOP, day: date | None = None) -> list[Ranked]:
    """The ``top`` firms of the city that fit best, each with its reasons; none where the text has no words. Equal scores
    stand in the order of their codes."""
    return list(search(house, wanted, top, day).ranked)


def search(house: House, wanted: Wanted, top: int = TOP, day: date | None = None) -> Found:
    return search_all(house, [wanted], top, day)[0]


def search_all(
    house: House, several: Sequence[Wanted], top: int = TOP, day: date | None = None
) -> list[Found]:
    """The same for many at once, in their order."""
    known = facts(house, day)
    declined = declined_without_news(house, [one.demand for one in several if one.demand], known.day)
    return find(known, several, top, declined, partial(_place, house))


def _place(house: House, unit: str | None, language: str) -> str:
    return house.places.label(unit, language)


def find(
    known: Facts, several: Sequence[Wanted], top: int, declined: Mapping[str, Mapping[str, Declined]],
    place: partial[str], meaning: Sequence[tuple[str, Meaning]] = (),
) -> list[Found]:  # fmt: skip
    """Rank the firms of ``known`` for each of ``several``. ``declined``: demand → firm → answer. Pure."""
    ways = (("characters", Characters()), *meaning)
    phrases = list(dict.fromkeys(phrase for wanted in several for phrase, _counts in wanted.phrases))
    found: list[Found] = [NOTHING] * len(several)
    waiting = {at for at, wanted in enumerate(several) if wanted.phrases and len(known)}
    met: dict[str, Met] = {}
    users: dict[str, list[int]] = {}
    for at in waiting:
        for phrase, _counts in several[at].phrases:
            users.setdefault(phrase, []).append(at)
    left = {at: len(several[at].phrases) for at in waiting}
    for first in range(0, len(phrases), AT_A_TIME):
        chunk = phrases[first : first + AT_A_TIME]
        for phrase, one in zip(chunk, _meet(known, chunk, ways), strict=True):
            met[phrase] = one
            for at in users.get(phrase, ()):
                left[at] -= 1
                if not left[at]:
                    wanted = several[at]
                    told = declined.get(wanted.demand or "", {})
                    found[at] = _found(known, wanted, [met[p] for p, _c in wanted.phrases], top, told, place)
        done = {p for p, at in users.items() if not any(left[one] for one in at)}
        for phrase in done & met.keys():
            del met[phrase]
    return found


class Met:
    """How one phrase meets each firm: by words in all, by its goods, by its offers; and each phrase of the corpus."""

    __slots__ = ("goods", "offers", "texts", "words")

    def __init__(self, words: np.ndarray, goods: np.ndarray, offers: np.ndarray, texts: np.ndarray) -> None:
        self.words, self.goods, self.offers, self.texts = words, goods, offers, texts


def _meet(known: Facts, phrases: Sequence[str], ways: Sequence[tuple[str, Meaning]]) -> list[Met]:
    w, firms = weights(), len(known)
    missed = np.ones((len(phrases), firms), np.float32)
    texts = goods = None
    for name, way in ways:
        alike = way.similar(phrases, known.corpus)
        best = known.goods.best(alike, firms)
        if texts is None:
            texts, goods = alike, best
            missed *= 1 - w["part.goods_best"] * best
            missed *= 1 - w["part.scope_best"] * known.scope.best(alike, firms)
        else:
            missed *= 1 - w[f"part.{name}"] * np.clip(best, 0, 1)
    assert texts is not None
    assert goods is not None
    whole = (known.corpus.grams.vectors(phrases) @ known.whole.T).toarray()
    missed *= 1 - w["part.goods_all"] * np.minimum(whole, 1)
    missed *= 1 - w["part.name"] * np.minimum(Characters().similar(phrases, known.names), 1)
    offers = known.offered.best(texts, firms)
    return [Met(1 - missed[at], goods[at], offers[at], texts[at]) for at in range(len(phrases))]


def _found(
    known: Facts, wanted: Wanted, met: Sequence[Met], top: int, declined: Mapping[str, Declined],
    place: partial[str],
) -> Found:  # fmt: skip
    w = weights()
    counts = np.array([counts for _phrase, counts in wanted.phrases], np.float32)
    counts /= counts.sum()
    words, goods, offers, texts = (
        sum(part * getattr(one, name) for part, one in zip(counts, met, strict=True))
        for name in ("words", "goods", "offers", "texts")
    )
    asked = Asked(wanted, goods, offers, texts, _unit_of(known, wanted.buyer), place)
    scores = {
        id: score for id, feature in FEATURES.items() if (score := feature.score(known, asked)) is not None
    }
    parts = [(w[f"feature.{id}"], np.nan_to_num(score, nan=w["neutral"])) for id, score in scores.items()]
    total = sum(weight for weight, _score in parts)
    rest = sum(weight * score for weight, score in parts) / total if total else 1.0
    fits = words * (1 - w["sway"] + w["sway"] * rest)
    fits = np.round(fits.astype(float), 6)
    hard = conditions(known, wanted, declined, place)
    fails = sum((one.fails.astype(int) for one in hard), np.zeros(len(known), int))
    named = [
        at for uscc in {*wanted.without, wanted.buyer or ""} if (at := known.number.get(uscc)) is not None
    ]
    meets = words >= w["floor"]
    meets[named] = False

    def laid_out(at: int) -> Ranked:
        return _ranked(known, asked, float(words[at]), scores, float(fits[at]), hard, at)

    good, near = meets & (fails == 0), meets & (fails == 1)
    excluded = {one.id: int((meets & one.fails).sum()) for one in hard}
    return Found(
        tuple(map(laid_out, _best(good, fits, top))),
        int(good.sum()),
        tuple(map(laid_out, _best(near, fits, top))),
        {id: number for id, number in excluded.items() if number},
    )


def _best(which: np.ndarray, scores: np.ndarray, top: int) -> list[int]:
    """The best of some firms; firms are numbered in the order of their codes, so ties are settled by these."""
    some = np.flatnonzero(which)
    return some[np.argsort(-scores[some], kind="stable")[:top]].tolist()


def _unit_of(known: Facts, buyer: str | None) -> str | None:
    at = known.number.get(buyer or "")
    return None if at is None else known.units[at] or None


def _ranked(
    known: Facts, asked: Asked, words: float, scores: Mapping[str, np.ndarray], fits: float,
    hard: Sequence[Condition], at: int,
) -> Ranked:  # fmt: skip
    reasons = [Reason("product", round(words, 4), *_say_words(known, asked, at))]
    for id, score in scores.items():
        if not np.isnan(score[at]):
            reasons.append(Reason(id, round(float(score[at]), 4), *FEATURES[id].say(known, asked, at)))
    return Ranked(
        str(known.frame["uscc"].iat[at]),
        str(known.frame["name"].iat[at]),
        round(fits, 4),
        tuple(reasons),
        tuple(one.say(at) for one in hard if one.fails[at]),
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
