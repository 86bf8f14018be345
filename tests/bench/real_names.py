"""The real pairs of names where they are at hand, as questions that a matcher is asked.

An *other-name row* asks for a firm by the name that a list gave it. A *hold-out* asks for each registered firm after it
was taken off the register: whatever is taken then is a wrong merge. The district of a question is read off the code that
stands beside it (its first six digits), as a list's district column would say it.
"""

from __future__ import annotations

import csv
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from registry import codes
from registry.naming.candidates import Entry, NameIndex
from registry.naming.features import About, Said, Side, compare
from registry.naming.normal import normal_form
from registry.naming.parts import regions, take_apart

REAL = Path(__file__).resolve().parents[3] / "shared" / "realdata"
PAIRS, REGISTRATIONS = REAL / "company_name_pairs.csv", REAL / "jinan_registrations.csv"
OFFERED = 10
FOLDS = 5


class Question(NamedTuple):
    """``meant`` the key of the firm, None for a hold-out, whose own firm is ``off`` the register."""

    name: str
    meant: str | None
    off: str | None
    district: str | None

    @property
    def fold(self) -> int:
        """Names that share a trade name share a fold, so that no pair is learnt from its mirror image."""
        return zlib.crc32(take_apart(self.name).core.encode()) % FOLDS


@dataclass(frozen=True)
class Asked:
    """What a question was offered, firm by firm."""

    question: Question
    offered: tuple[tuple[str, tuple[Said, ...]], ...]


@dataclass(frozen=True)
class World:
    index: NameIndex
    sides: dict[tuple[str, str], Side]
    questions: tuple[Question, ...]

    @property
    def keys(self) -> list[str]:
        return [e.key for e in self.index.entries]


def at_hand() -> bool:
    return PAIRS.exists() and REGISTRATIONS.exists()


@cache
def world(former: bool = False) -> World:
    """The register of all registered firms, with their recorded former names if wished, and the questions."""
    firms: dict[str, tuple[str, str | None, str]] = {}
    other: list[Question] = []
    for row in _read(PAIRS):
        if row["label"] not in ("same_firm_same_name", "same_firm_other_name"):
            continue
        key = normal_form(row["registered_name"]).rstrip("`.")
        firms.setdefault(
            key, (row["registered_name"], _district(row["uscc"]), row["former_name"].replace("查看更多", ""))
        )
        if row["label"] == "same_firm_other_name" and normal_form(row["given_name"]) != key:
            other.append(Question(row["given_name"], key, None, _district(row["given_code"])))
    for row in _read(REGISTRATIONS):
        name = row["企业名称"]
        firms.setdefault(normal_form(name), (name, _district(row["统一社会信用代码"]), ""))
    entries: list[Entry] = []
    sides: dict[tuple[str, str], Side] = {}
    for key, (name, district, old) in firms.items():
        names = [
            ("present", name),
            *([("former", old)] if former and old and normal_form(old) != key else []),
        ]
        for role, each in names:
            entries.append(Entry(key, normal_form(each) if role == "former" else key, role, each))
            sides[key, role] = Side(each, district, role=role)
    held_out = (Question(name, None, key, district) for key, (name, district, _) in firms.items())
    return World(NameIndex(entries), sides, (*other, *held_out))


def ask(world: World, questions: Sequence[Question], with_district: bool) -> list[Asked]:
    """Each question with the nearest names of the register and what the features say of them."""
    found: list[Asked] = []
    hits = world.index.search([normal_form(q.name) for q in questions], OFFERED + 4)
    for question, near in zip(questions, hits, strict=True):
        given = Side(question.name, question.district if with_district else None)
        core = given.parts.core
        borne = world.index.bearers(core) - (question.off is not None and len(core) > 1)
        entries = [world.index.entries[hit.entry] for hit in near]
        offered = [e for e in entries if e.uscc != question.off][:OFFERED]
        about = About(max(int(borne), 1))
        found.append(
            Asked(
                question, tuple((e.uscc, compare(given, world.sides[e.uscc, e.role], about)) for e in offered)
            )
        )
    return found


def ranks(asked: Sequence[Asked], scores: Sequence[NDArray[np.float64]]) -> list[int | None]:
    """The place of the firm that was meant among those offered, from 1; None where it was not offered."""
    found: list[int | None] = []
    for each, score in zip(asked, scores, strict=True):
        firms = dict.fromkeys(each.offered[i][0] for i in np.argsort(-score, kind="stable"))
        found.append(next((n for n, firm in enumerate(firms, 1) if firm == each.question.meant), None))
    return found


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _todays() -> dict[str, str]:
    return {
        former: row["id"]
        for row in codes.load("codes/places").rows
        for former in codes.several(row["former"])
        if former.isdigit()
    }


def _district(code: str | None) -> str | None:
    code = code or ""
    six = code[2:8] if len(code) == 18 else code[:6] if len(code) == 15 else ""
    if not six.isdigit():
        return None
    six = _todays().get(six, six)
    if six.startswith("3712"):  # 莱芜 became part of 济南
        return "370100"
    return six if six in regions().parents else six[:4] + "00"
