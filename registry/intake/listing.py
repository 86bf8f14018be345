"""Lists that are no tables: lines of text that name firms, and headings that give a district to the lines beneath. Pure.

``1.山东某某有限公司（历下区）`` is an entry; ``一、历下区（12家）`` is a heading. What is neither is left to whoever reads the
text around the list. Nothing is rewritten: a name keeps its brackets unless they hold a place.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from registry import codes

#: Longer pieces are sentences.
LONGEST_NAME = 60
#: What is longer is neither an entry nor a heading, and is not searched for either.
_LONGEST = 300
_NUMERAL = "〇零一二三四五六七八九十百"
_COUNTED = rf"(\d{{1,4}}|[{_NUMERAL}]{{1,5}})"
_MARKED = re.compile(
    rf"\s*(?:[（(]\s*{_COUNTED}\s*[)）]|第?{_COUNTED}\s*[、.．:：)）]|([①-⑳])|(\d{{1,4}})\s+)\s*(?=\D)"
)
_PLACE_BEHIND = re.compile(r"^(.*\S)\s*[（(〔\[【]\s*([^()（）〔〕\[\]【】]{2,20})\s*[)）〕\]】]\s*$")
_PLACE_AFTER = re.compile(r"^(.*\S)(?:\s+|[,，:：\-—])\s*([^\s,，:：()（）]{2,20})\s*$")
_COUNT = r"(?:[（(]?\s*(?:共计?)?\s*(\d{1,5})\s*[家户个项]?\s*(?:企业)?\s*[)）]?)?"
_PART = rf"(?:[（(][{_NUMERAL}\d]{{1,4}}[)）]|[{_NUMERAL}\d]{{1,4}}\s*[、.．)）])?"
_HEADING = re.compile(rf"^{_PART}\s*([^\s\d（(:：]{{2,20}})\s*{_COUNT}\s*[:：]?\s*$")
_LED = re.compile(rf"^{_PART}\s*([^\s\d（(:：、，,]{{2,20}})\s*{_COUNT}\s*[:：]\s*(.+)$")
_BRACKETED = re.compile(r"[（(][^()（）]*[)）]\s*$")
_OPEN, _CLOSE = "（(〔[【《", "）)〕]】》"


class Entry(NamedTuple):
    """One firm as a line names it: the number before it, the name, the place behind it; "" where there is none."""

    number: str
    name: str
    place: str


class Heading(NamedTuple):
    """A line that gives a place to the lines beneath it, and how many firms it says there are; None where it does not."""

    place: str
    many: int | None


@cache
def _firm_ending() -> re.Pattern[str]:
    words = [row["word"] for row in codes.load("codes/asides").rows if row["kind"] == "firm"]
    return re.compile(rf"\w(?:{'|'.join(map(re.escape, words))})$")


def is_firm(text: str) -> bool:
    """Whether a text ends as names of firms do (公司, 厂, 研究院 …), remarks in brackets behind it left aside."""
    folded = unicodedata.normalize("NFKC", text).strip()
    if not 4 <= len(folded) <= LONGEST_NAME:
        return False
    if _firm_ending().search(folded):
        return True
    bare = _BRACKETED.sub("", folded).rstrip("* ")
    return len(bare) >= 4 and bare != folded and _firm_ending().search(bare) is not None


@cache
def _place_names() -> frozenset[str]:
    """Every way to write a district or functional area of the city, and the full names of the country's places."""
    known: set[str] = set()
    for row in codes.load("codes/places").rows:
        known |= {row["name"], row["short"], *codes.several(row["aliases"]), *codes.several(row["former"])}
    known |= {row["name"] for row in codes.load("codes/regions").rows}
    return frozenset(name for name in known if len(name) >= 2 and not name.isascii())


def is_place(text: str) -> bool:
    """Whether a text is the name of a place and nothing else; the city may stand before a district."""
    bare = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    names = _place_names()
    return bare in names or any(bare[:at] in names and bare[at:] in names for at in range(2, len(bare) - 1))


def heading(line: str) -> Heading | None:
    """The place that a line gives to those beneath it: ``（二）天桥区（8家）``, ``历下区：``. None for other lines."""
    found = _HEADING.match(line.strip()) if len(line) <= _LONGEST else None
    if found is None or not is_place(found[1]):
        return None
    return Heading(found[1], int(found[2]) if found[2] else None)


def entry(text: str) -> Entry:
    """A piece of text taken as a firm: numbering before it and a place behind it are taken off."""
    rest = text.strip()
    if len(rest) > _LONGEST:
        return Entry("", rest, "")
    number = ""
    if found := _MARKED.match(rest):
        number = next(filter(None, found.groups()))
        rest = rest[found.end() :].strip()
    for behind in (_PLACE_BEHIND, _PLACE_AFTER):
        found = behind.match(rest)
        if found and is_place(found[2]):
            return Entry(number, found[1].strip(" ,，、;；:："), found[2])
    return Entry(number, rest.strip(" 、;；。"), "")


def begins_entry(line: str) -> bool:
    """Whether a line begins with a number as entries and headings do."""
    return _MARKED.match(line) is not None


def pieces(line: str, marks: str = "、;；，,\t") -> list[str]:
    """A line taken apart at its marks, those inside brackets and behind a number at the line's head left alone."""
    found, depth, start = [], 0, 0
    head = _MARKED.match(line)
    for at, character in enumerate(line):
        if character in _OPEN:
            depth += 1
        elif character in _CLOSE:
            depth = max(0, depth - 1)
        elif depth == 0 and character in marks and not (head and at < head.end()):
            found.append(line[start:at])
            start = at + 1
            head = _MARKED.match(line, start)
            head = None if head is None or head.start() != start else head
    found.append(line[start:])
    return [piece.strip() for piece in found if piece.strip()]


def entries(line: str) -> tuple[Heading | None, list[Entry]]:
    """The firms that a line of a document names, and the heading before them (``历下区（2家）：甲公司、乙公司``).

    A sentence that happens to mention firms gives none: every piece but remarks must end like a firm's name.
    """
    led = _LED.match(line.strip()) if len(line) <= _LONGEST * 100 else None
    before = None
    if led and is_place(led[1]):
        before, line = Heading(led[1], int(led[2]) if led[2] else None), led[3]
    whole = entry(line)
    found = [entry(piece) for piece in pieces(line.rstrip("。 "))]
    if len(found) >= 2 and all(is_firm(one.name) and not _sentence(one.name) for one in found):
        return before, found
    if is_firm(whole.name) and len(pieces(line, "、;；")) == 1 and not _sentence(whole.name):
        return before, [whole]
    return None, []


_TALK = re.compile(
    r"[。！？“”《》]|[:：]|根据|经.{0,20}(?:审核|评审|研究)|现将|特此|包括|其中|推荐|附件|名单|关于|我局|我厅"
)
_BODY = re.compile(r"(?:工业和信息化|科学技术|财政|发展和改革|市场监督管理|人民政府).{0,6}[部厅局委院所]$")


def _sentence(text: str) -> bool:
    return _TALK.search(text) is not None or _BODY.search(text) is not None
