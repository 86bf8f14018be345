"""Characters that are typed for one another because they are read alike."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=30_000)
def readings(character: str) -> frozenset[str]:
    """How a character is read as a rule, without tones."""
    from pypinyin import Style, pinyin

    return frozenset(pinyin(character, style=Style.NORMAL)[0])


_NEAR = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n"), ("h", "f"))


@lru_cache(maxsize=30_000)
def _near_readings(character: str) -> frozenset[str]:
    """Readings with the sounds folded that are mixed up in typing: zh/z, ch/c, sh/s, ng/n."""
    found = set()
    for reading in readings(character):
        for sharp, flat in _NEAR[:3]:
            if reading.startswith(sharp):
                reading = flat + reading[len(sharp) :]
        found.add(reading.removesuffix("g") if reading.endswith("ng") else reading)
    return frozenset(found)


def read_alike(one: str, other: str, near: bool = False) -> bool:
    """Are two characters read alike ? ``near``: also with the sounds that typists mix up."""
    if one == other:
        return True
    return bool(_near_readings(one) & _near_readings(other) if near else readings(one) & readings(other))
