"""Hard conditions: who fails one is not proposed, and is told what would mend it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np

from chains.matching.certificates import SOME_SYSTEM, certificate, is_system
from chains.matching.facts import Facts
from chains.matching.wanted import Miss, Wanted
from registry import words


class Declined(NamedTuple):
    """Why a firm was declined for a demand, and on which day."""

    reason: str | None
    on: str | None


class Condition(NamedTuple):
    """``fails``: which firms fail it. ``say(firm)``: the sentence about one of them."""

    id: str
    fails: np.ndarray
    say: Callable[[int], Miss]


def conditions(
    facts: Facts, wanted: Wanted, declined: Mapping[str, Declined], place: Callable[[str | None, str], str]
) -> list[Condition]:
    """The conditions that hold for what is wanted, in the order in which they are said."""
    return list(_conditions(facts, wanted, declined, place))


def _conditions(
    facts: Facts, wanted: Wanted, declined: Mapping[str, Declined], place: Callable[[str | None, str], str]
) -> Iterator[Condition]:
    frame = facts.frame
    status = frame["status"].to_numpy(dtype=object)
    yield Condition("status", ~facts.active, lambda at: _status(status[at]))
    yield Condition(
        "city",
        ~frame["home"].to_numpy(dtype=bool),
        lambda _at: Miss("city", "is not in the city", "不在本市"),
    )
    if wanted.districts:
        named = _both(lambda language: [place(one, language) for one in wanted.districts])
        yield Condition("district", ~np.isin(facts.units, list(wanted.districts)), lambda at: Miss(
            "district",
            f"is in {place(facts.units[at] or None, 'en') or 'an unknown place'}, wanted in {named[0]}",
            f"位于{place(facts.units[at] or None, 'zh') or '未知区县'}，限定{named[1]}"))  # fmt: skip
    if wanted.tiers:
        titles = _both(lambda language: [words.label("tier", one, language) for one in wanted.tiers])
        yield Condition("tier", ~facts.holders(wanted.tiers), lambda _at: Miss(
            "tier", f"would match if it held {titles[0]}", f"取得{titles[1]}称号后即可匹配"))  # fmt: skip
    for typed in wanted.certificates:
        lacks = ~facts.certified(certificate(typed))
        yield Condition(f"certificate:{typed}", lacks, partial(_uncertified, facts, typed))
    if declined:
        said = np.zeros(len(facts), bool)
        said[[at for uscc in declined if (at := facts.number.get(uscc)) is not None]] = True
        yield Condition("declined", said, lambda at: _declined(declined[str(frame["uscc"].iat[at])]))


def _status(status: str) -> Miss:
    en, zh = words.label("status", status, "en").lower(), words.label("status", status)
    return Miss("status", f"is {en}", f"状态为{zh}")


def _uncertified(facts: Facts, certificate: str, at: int) -> Miss:
    if is_system(certificate) and SOME_SYSTEM in facts.certificates.get(at, ()):
        return Miss(
            "certificate",
            f"would match if certified to {certificate}: it has a certified management system, which one is not on record",
            f"取得 {certificate} 认证后即可匹配（已登记有管理体系认证，未注明种类）",
        )
    return Miss(
        "certificate",
        f"would match if certified to {certificate} (not on record)",
        f"取得 {certificate} 认证后即可匹配（未登记）",
    )


def _both(names: Callable[[str], list[str]]) -> tuple[str, str]:
    return " or ".join(names("en")), "或".join(names("zh"))


def _declined(said: Declined) -> Miss:
    en = "was declined" + (f" on {said.on}" if said.on else "") + (f": {said.reason}" if said.reason else "")
    zh = (f"{said.on} " if said.on else "") + "已谢绝" + (f"：{said.reason}" if said.reason else "")
    return Miss("declined", f"{en}; nothing new is on record since", f"{zh}；此后没有新的记录")
