"""GB/T 4754-2017 codes as people type them, and what they say about a firm."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from registry import codes

_TYPED = re.compile(r"^(?:([A-T])[-–—_/ ]*)?(?:[A-T])?(\d{0,4})[-–—_ ]*$")


@lru_cache(maxsize=1)
def table() -> Mapping[str, dict[str, str]]:
    return {row["code"]: row for row in codes.load("codes/industries").rows}


@lru_cache(maxsize=1)
def _by_name() -> Mapping[str, str]:
    # Where a division, its only group and its only class share a name, the widest is meant.
    found: dict[str, str] = {}
    for code, row in table().items():
        found.setdefault(row["name"], code)
    return found


@cache
def section_of(digits: str) -> str:
    """The section letter of a two- to four-digit code."""
    row = table()[digits]
    while row["level"] != "section":
        row = table()[row["parent"]]
    return row["code"]


@lru_cache(maxsize=10_000)
def read(text: str) -> str | None:
    """The code with its letter (``C``, ``C29``, ``C3911``) from ``C-C29--``, ``29``, ``C3911`` or a name; else None."""
    match = _TYPED.match(text.upper().strip())
    if match:
        letter, digits = match[1], match[2]
        if not digits:
            return letter if letter in table() else None
        digits = digits.zfill(2) if len(digits) == 1 else digits
        if digits not in table() or (letter and section_of(digits) != letter):
            return None
        return section_of(digits) + digits
    for part in (text.strip(), text.rsplit("-", 1)[-1].strip(), text.rsplit("—", 1)[-1].strip()):
        if code := _by_name().get(part):
            return code if code.isalpha() else section_of(code) + code
    leading = re.match(r"^([A-T]?\d{2,4})\s*[\u4e00-\u9fff]", text.upper())
    return read(leading[1]) if leading else None


def name_of(code: str | None, language: str = "zh") -> str:
    """The term for a code with its letter; an unknown code shows itself.

    In English a group or class, which has no English name, is its division with its own name behind.
    """
    digits = (code[1:] or code) if code else ""
    row = table().get(digits)
    if row is None:
        return code or ""
    if not language.startswith("en"):
        return row["name"]
    return row["name_en"] or f"{table()[digits[:2]]['name_en']} · {row['name']}"


@lru_cache(maxsize=10_000)
def classes_under(code: str) -> tuple[str, ...]:
    """The four-digit classes that a typed code covers."""
    digits = code[1:]
    return tuple(
        c for c, row in table().items()
        if row["level"] == "class" and (c.startswith(digits) if digits else section_of(c) == code)
    )  # fmt: skip


@lru_cache(maxsize=1)
def _digital() -> Mapping[str, bool]:
    """Class → whether only part of it counts as digital core (2021 classification, divisions 01–04)."""
    return {r["industry"]: r["part"] == "yes" for r in codes.load("codes/digital_core").rows if r["industry"]}


@lru_cache(maxsize=10_000)
def digital_by_code(code: str | None) -> str | None:
    """``yes`` when every class under the code is core, ``no`` when none is even in part, else None."""
    if not code:
        return None
    marks = [_digital().get(c) for c in classes_under(code)]
    if marks and all(mark is False for mark in marks):
        return "yes"
    return "no" if all(mark is None for mark in marks) else None


def is_manufacturing(code: str | None) -> bool | None:
    """Whether the code lies in C13–C43; None without a code."""
    return None if not code else code.startswith("C")
