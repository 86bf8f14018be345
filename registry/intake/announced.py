"""What the text around a list says about the list: which title, which batch, by which document, from when. Pure.

A guess is made only where the text says it plainly; where it says two things, none is made. The words are those of the
tables (data/codes): no tier is known here. What stands nearest to the list speaks first: its own heading, then that of
the document, then the name of the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import PurePath
from typing import Any, NamedTuple

from registry import codes, words
from registry.intake import listing
from registry.intake.days import DAY, days_in
from registry.intake.sheets import is_empty

#: A heading is put together from so many lines and is no longer than this.
_HEADING_LINES, _HEADING_LENGTH = 3, 120
_HEADS = re.compile(r"名\s*单|公\s*示|公\s*告|通\s*知|目\s*录|一览表|汇总表")
_SENTENCE = re.compile(r"[。；;]|[:：]\s*$")
_DOCUMENT = re.compile(
    r"([\u4e00-\u9fff]{2,14})\s*[〔\[［【（(]\s*((?:19|20)\d\d)\s*[〕\]］】）)]\s*第?\s*(\d{1,5})\s*号"
)
_NOTICE = re.compile(r"((?:19|20)\d\d)\s*年\s*第\s*(\d{1,4})\s*号")
_BATCH = re.compile(
    r"(?:(?:19|20)\d\d\s*年?\s*度?\s*)?第\s*[一二三四五六七八九十百\d]{1,4}\s*批次?|(?:19|20)\d\d\s*(?:年度|年)(?!\s*\d{1,2}\s*月|\s*第\s*\d+\s*号)"
)
_SIGNED = re.compile(
    r"[\u4e00-\u9fff、 ]{2,40}(?:部|厅|局|委员会|委|办公室|总局|政府|领导小组|协会|联合会|管委会)"
)
_HEADED_BY = re.compile(
    r"([\u4e00-\u9fff、 ]{2,40}?(?:部|厅|局|委员会|办公室|管委会))(?:办公室)?\s*(?:关于|公告|通告|公示)"
)
_PUBLISHED = re.compile(r"(?:发布|印发|公布|发文|成文)(?:日期|时间)\s*[:：]?\s*$")
_TERM = re.compile(rf"有效期.{{0,20}}?({DAY})\s*起?\s*(?:至|到|—|–|-|~|～)+\s*({DAY})")
_UNTIL = re.compile(rf"有效期(?:限|止)?\s*(?:均?为)?\s*(?:至|到|止于|截止到?|止)\s*[:：]?\s*({DAY})")
_SHOWN = re.compile(rf"公示(?:时间|期限?|日期)(?:均?为|自|从|是)?\s*[:：]?\s*(?:自|从)?\s*({DAY})")
_PUBLICITY = re.compile(r"公示|拟认定|拟推荐|拟通过|拟入库")
_PAST_PUBLICITY = re.compile(r"(?:经|无异议|期满|结束|结果).{0,6}公示|公示.{0,4}(?:无异议|期满|结束|结果)")
_PUT_UP = re.compile(r"(?:现|予以?|进行|特此)(?:将.{0,60})?公示|公示(?:时间|期限?)(?:为|自|[:：])")
_FIRMS = re.compile(r"(共计?|合计|总计)?\s*(?<!\d)(\d{1,5})\s*(?:家|户)(?!次)")
_JOINED = "和与及、"


class Guess(NamedTuple):
    """A value as a form would take it (an id, a day as YYYY-MM-DD, text), and the text that it rests on."""

    value: str
    text: str


@dataclass(frozen=True)
class Guesses:
    """What a list says about itself; None where nothing is said plainly enough.

    ``publicity``: the list is a publicity list (公示), so its rows are applications at that stage and no titles; its value
    is the stage. ``firms``: how many firms the text claims. All others bear the ids of the fields that they fill;
    a publicity list has ``purpose``, ``round``, ``stage`` and ``stage_on``, any other ``basis``, ``batch`` and ``issued_on``.
    """

    publicity: Guess | None = None
    tier: Guess | None = None
    level: Guess | None = None
    kind: Guess | None = None
    batch: Guess | None = None
    document: Guess | None = None
    issuer: Guess | None = None
    issued_on: Guess | None = None
    valid_from: Guess | None = None
    valid_to: Guess | None = None
    basis: Guess | None = None
    purpose: Guess | None = None
    round: Guess | None = None
    stage: Guess | None = None
    stage_on: Guess | None = None
    firms: Guess | None = None

    def given(self) -> Mapping[str, Guess]:
        """The guesses that there are, by field id."""
        return {one.name: guess for one in fields(self) if (guess := getattr(self, one.name)) is not None}


def read(
    name: str, around: Sequence[str], rows: Sequence[Sequence[Any]], above: Sequence[str] = ()
) -> Guesses:
    """Guesses from a file's ``name``, the lines ``around`` its lists, those right ``above`` this one, and its ``rows``."""
    inside = _lines_inside(rows)
    lines = [" ".join(line.split()) for line in (*around, *inside) if line.strip()]
    headings = [_headings(above), _headings(inside), _headings(lines), [PurePath(name).stem]]
    tier = _first(headings, _tiers)
    publicity = _publicity(headings, lines)
    issuer, issued_on = _signature(lines)
    issuer = issuer or _first(headings, _headed_by)
    batch = _first(headings, _batches)
    review, new = _manner(headings)
    shown = next(
        (
            Guess(day, found[0])
            for line in lines
            if (found := _SHOWN.search(line))
            for day in days_in(found[1])
        ),
        None,
    )
    term = _term(lines)
    stage = words.read("stage_application", "公示") or ""
    about = {
        "tier": tier,
        "level": _level(tier, headings, issuer),
        "kind": _kind(tier, headings),
        "document": _document(name, lines),
        "issuer": issuer,
        "firms": _firms(lines),
    }
    if publicity:
        return Guesses(
            publicity=Guess(stage, publicity), stage=Guess(stage, publicity), stage_on=shown or issued_on,
            round=batch, purpose=_as("purpose", review, new), **about,
        )  # fmt: skip
    return Guesses(
        batch=batch,
        issued_on=issued_on,
        valid_from=term[0],
        valid_to=term[1],
        basis=_as("basis", review, new),
        **about,
    )


def _first(sources: Iterable[Sequence[str]], find: Callable[[str], Iterable[Guess]]) -> Guess | None:
    """What the first source says that says anything; None where it says two things."""
    for lines in sources:
        found = {guess.value: guess for line in lines for guess in find(line)}
        if found:
            return next(iter(found.values())) if len(found) == 1 else None
    return None


def _lines_inside(rows: Sequence[Sequence[Any]]) -> list[str]:
    """Titles above the header of a sheet, and remarks at its foot: rows with text in one cell."""
    found: list[str] = []
    for part in (rows[:20], rows[max(20, len(rows) - 10) :]):
        for row in part:
            filled = {str(cell) for cell in row if not is_empty(cell)}
            if len(filled) == 1 and len(row) > 1 and not listing.is_firm(only := filled.pop()):
                found.append(only)
    return found


def _headings(lines: Sequence[str]) -> list[str]:
    """Lines that head a document or a list, each with the short lines that it continues."""
    found: list[str] = []
    for at, line in enumerate(lines[:30]):
        if not _HEADS.search(line) or _SENTENCE.search(line) or len(line) > _HEADING_LENGTH:
            continue
        parts = [line]
        for before in reversed(lines[max(0, at - _HEADING_LINES + 1) : at]):
            if _SENTENCE.search(before) or _HEADS.search(before) or len(before) > 40 or _own_number(before):
                break
            parts.insert(0, before)
        found.append("".join(parts))
    return found


# Words of the tables --------------------------------------------------------------------------------------


@cache
def _tier_words() -> tuple[tuple[str, str, bool], ...]:
    """Folded forms of the tiers with their ids, the longest first; short ones want 企业 or the like behind them."""
    found: dict[str, tuple[str, bool]] = {}
    for row in codes.load("codes/tiers").rows:
        for form in (row["name"], *codes.several(row["aliases"])):
            found.setdefault(words.fold(form), (row["id"], False))
        found.setdefault(words.fold(row["short"]), (row["id"], True))
    return tuple(
        (form, *what) for form, what in sorted(found.items(), key=lambda one: -len(one[0])) if len(form) > 1
    )


_BEHIND_SHORT = re.compile(r"(?:中小)?(?:企业|名单|认定|复核|培育|产品)")


def _tiers(text: str) -> list[Guess]:
    """The tiers that a text names, longer words before shorter ones within them."""
    folded = words.fold(text)
    taken = [False] * len(folded)
    found: dict[str, str] = {}
    for form, id, short in _tier_words():
        start = folded.find(form)
        while start >= 0:
            end = start + len(form)
            if not any(taken[start:end]) and not (short and not _BEHIND_SHORT.match(folded, end)):
                taken[start:end] = [True] * len(form)
                joined = start > 0 and folded[start - 1] in _JOINED
                found[id] = form
                if joined:  # 科技和创新型中小企业: one of two, or both
                    found.setdefault("", form)
            start = folded.find(form, start + 1)
    return [Guess(id, text) for id in found]


@cache
def _tier_row(id: str) -> dict[str, str]:
    return next(row for row in codes.load("codes/tiers").rows if row["id"] == id)


_LEVEL_WORDS = re.compile(r"国家级|省级|市级|区级")


def _level(tier: Guess | None, headings: Sequence[Sequence[str]], issuer: Guess | None) -> Guess | None:
    """The level that a heading states, or that of the body that signs, or the tier's usual one."""
    if tier is None:
        return None
    row = _tier_row(tier.value)
    open_to = codes.several(row["levels"])
    if len(open_to) == 1:
        return Guess(open_to[0], tier.text)

    def levels(text: str) -> list[Guess]:
        found = {*_LEVEL_WORDS.findall(text), *_before_tier(words.fold(text), tier.value)}
        return [Guess(id, text) for word in found if (id := words.read("level", word))]

    said = _first(headings, levels)
    if said is None and any(levels(line) for lines in headings for line in lines):
        return None
    if said is None and issuer:
        national = re.match(r"(?:中华人民共和国)?(?:国家|[^省市区县]*部(?:$|、))", issuer.value)
        word = "国家级" if national else "省级" if "省" in issuer.value and "市" not in issuer.value else ""
        id = words.read("level", word) if word else None
        said = Guess(id, issuer.text) if id else None
    if said is None and row["level"]:
        said = Guess(row["level"], tier.text)
    return said if said and said.value in open_to else None


def _before_tier(folded: str, tier: str) -> list[str]:
    """Words of a level right before the tier's name: 山东省制造业单项冠军企业."""
    forms = {
        words.fold(form) for word in words.vocabulary("level").values() for form in (word.zh, *word.aliases)
    }
    starts = [folded.find(form) for form, id, _short in _tier_words() if id == tier and form in folded]
    return [form for form in forms if len(form) > 1 and starts and folded[: min(starts)].endswith(form)]


def _kind(tier: Guess | None, headings: Sequence[Sequence[str]]) -> Guess | None:
    if tier is None or not codes.several(_tier_row(tier.value)["kinds"]):
        return None

    def kinds(text: str) -> list[Guess]:
        folded = words.fold(text)
        return [
            Guess(word.id, text)
            for word in words.vocabulary("kind").values()
            if any(len(form) > 4 and words.fold(form) in folded for form in word.aliases)
        ]

    return _first(headings, kinds)


def _as(vocabulary: str, review: Guess | None, new: Guess | None) -> Guess | None:
    guess = review or new
    id = words.read(vocabulary, "复核" if review else "新认定") if guess else None
    return Guess(id, guess.text) if guess and id else None


def _manner(headings: Sequence[Sequence[str]]) -> tuple[Guess | None, Guess | None]:
    """Whether the list is one of reviews or of new titles: (review, new), neither where a heading speaks of both."""

    def manners(text: str) -> list[Guess]:
        review, new = re.search(r"复核|复审|复评", text), re.search(r"新认定|首次|认定|入库|新增", text)
        if review and re.search(
            r"新认定|首次|新增|[和与及、].{0,6}复[核审评]|复[核审评].{0,6}[和与及、].{0,6}认定", text
        ):
            return [Guess("review", text), Guess("new", text)]
        return [Guess("review", text)] if review else [Guess("new", text)] if new else []

    said = _first(headings, manners)
    return (said, None) if said and said.value == "review" else (None, said)


# Batch, document, body, days ------------------------------------------------------------------------------


def _batches(text: str) -> list[Guess]:
    found = ["".join(one.split()) for one in _BATCH.findall(text)]
    numbered = [one for one in found if "批" in one]
    whole = numbered or found
    if len(numbered) == 1 and not numbered[0][0].isdigit():
        years = [one for one in found if "批" not in one]
        if len(years) == 1 and re.search(re.escape(years[0]) + r"\s*" + re.escape(numbered[0]), text):
            whole = [years[0] + numbered[0]]
    return [Guess(one, text) for one in whole]


def _own_number(line: str) -> str | None:
    """The document number that a line holds and hardly anything else."""
    if found := _DOCUMENT.search(line):
        if len(line) - len(found[0]) <= 6 and not re.search(r"[《》]|根据|按照|依据", line):
            return f"{found[1]}〔{found[2]}〕{found[3]}号"
    elif (found := _NOTICE.search(line)) and len(line) - len(found[0]) <= 24 and not _SENTENCE.search(line):
        return f"{found[1]}年第{found[2]}号"
    return None


def _document(name: str, lines: Sequence[str]) -> Guess | None:
    """The number that stands by itself; those in sentences are of other documents."""
    found = {number: line for line in lines if (number := _own_number(line))}
    if not found and (named := _DOCUMENT.search(PurePath(name).stem)):
        found = {f"{named[1]}〔{named[2]}〕{named[3]}号": name}
    return Guess(*next(iter(found.items()))) if len(found) == 1 else None


def _headed_by(text: str) -> list[Guess]:
    found = _HEADED_BY.match(text)
    return [Guess("".join(found[1].split()), text)] if found else []


def _signature(lines: Sequence[str]) -> tuple[Guess | None, Guess | None]:
    """The body that signs and the day under it: the last day that has a line, or half of one, to itself."""
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at]
        found = re.search(rf"[（(]?({DAY})[)）]?\s*(?:印发)?\s*$", line)
        if not found or not (days := days_in(found[1])):
            continue
        ahead = line[: found.start()].strip()
        day = Guess(days[0], line)
        if not ahead:
            signers: list[str] = []
            for before in reversed(lines[max(0, at - 3) : at]):
                if not _SIGNED.fullmatch(before):
                    break
                signers.insert(0, _body(before))
            return (Guess("、".join(signers), lines[at - 1]) if signers else None), day
        if _SIGNED.fullmatch(ahead):
            return Guess(_body(ahead), line), day
        if _PUBLISHED.search(ahead):
            return None, day
    return None, None


def _body(text: str) -> str:
    """A signature without its blanks; several bodies on a line are several."""
    parts = text.split()
    several = len(parts) > 1 and all(len(part) > 2 and _SIGNED.fullmatch(part) for part in parts)
    return ("、" if several else "").join(parts)


def _term(lines: Sequence[str]) -> tuple[Guess | None, Guess | None]:
    terms = {
        tuple(days_in(found[1]) + days_in(found[2])): found[0]
        for line in lines
        for found in _TERM.finditer(line)
    }
    if len(terms) == 1:
        days, text = next(iter(terms.items()))
        if len(days) == 2 and days[0] <= days[1]:
            return Guess(days[0], text), Guess(days[1], text)
    ends = {day: found[0] for line in lines for found in _UNTIL.finditer(line) for day in days_in(found[1])}
    return None, Guess(*next(iter(ends.items()))) if not terms and len(ends) == 1 else None


def _publicity(headings: Sequence[Sequence[str]], lines: Sequence[str]) -> str | None:
    """The text that makes a list a publicity list; None for one that says its publicity is over."""
    for source in headings:
        for heading in source:
            if _PUBLICITY.search(heading) and not _PAST_PUBLICITY.search(heading):
                return heading
    if any(_PAST_PUBLICITY.search(line) for line in lines):
        return None
    return next((line for line in lines if _PUT_UP.search(line)), None)


def _firms(lines: Sequence[str]) -> Guess | None:
    """How many firms the text claims: a total speaks before other numbers; headings of parts are none."""
    totals: dict[str, str] = {}
    others: dict[str, str] = {}
    for line in lines:
        if not listing.heading(line):
            for found in _FIRMS.finditer(line):
                (totals if found[1] else others).setdefault(str(int(found[2])), line)
    said = totals or others
    return Guess(*next(iter(said.items()))) if len(said) == 1 else None
