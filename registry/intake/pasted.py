"""Text that was pasted becomes a grid: a table where tabs or wide blanks make columns, else a list of names. Pure.

Whatever is pasted is text and nothing else: tags and formulas are taken as typed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

from registry.intake import listing
from registry.intake.blocks import NAME, NUMBER, PLACE, Assembled
from registry.intake.sheets import Grid
from registry.said import Said

NAMED = "粘贴的文字"
#: Longer lines are no rows of a table.
_LONGEST_LINE = 10_000
_WIDE = re.compile(r"\t|[ \u3000\xa0]{2,}")
_TITLE = re.compile(r"名\s*单|公\s*示|公\s*告|通\s*知|目\s*录|附\s*件|^\s*(?:序号|企业名称|单位名称)\s*$")
_HEAD = re.compile(
    r"\s*(?:序号|(?:统一社会)?信用代码|name|uscc|.{0,4}(?:企业|单位|公司)(?:名称|全称))\s*", re.IGNORECASE
)
_LED_BY_NUMBER = re.compile(r"\s*(\d{1,5})(?=\D)")


def read_text(text: str) -> Assembled:
    """One grid, and the lines that are no rows; no grid where the text names nothing. ``places`` are lines of the text."""
    lines = [line.rstrip() for line in re.split(r"\r\n|[\n\r\v\f\x85\u2028\u2029]", text)]
    filled = [(at, line) for at, line in enumerate(lines, start=1) if line.strip()]
    if not filled:
        return Assembled((), ())
    filled = _commas_as_tabs(filled)
    split = [len(_cells(line)) for _at, line in filled]
    wide = sum(many > 1 for many in split)
    if wide * 2 > len(filled) and wide >= 1 and not _names_abreast(filled):
        return _as_table(filled)
    return _as_list(filled)


def _cells(line: str) -> list[str]:
    """A line's cells. A tab parts cells, empty ones too; without tabs two blanks or more do."""
    if "\t" in line:
        return [cell.strip() for cell in line.split("\t")]
    return [cell.strip() for cell in _WIDE.split(line.strip())]


def _commas_as_tabs(filled: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Lines of a text file with commas, known by a header with as many of them as most lines have; others as they are."""
    if any(len(line) > _LONGEST_LINE for _at, line in filled):
        return filled
    cut = [(at, next(csv.reader([line.replace("，", ",")]), [])) for at, line in filled]
    heads = [len(cells) for _at, cells in cut[:5] if len(cells) > 1 and any(map(_HEAD.fullmatch, cells))]
    if not heads or sum(len(cells) == heads[0] for _at, cells in cut) < 0.8 * len(cut):
        return filled
    return [(at, "\t".join(" ".join(cell.split()) for cell in cells)) for at, cells in cut]


def _names_abreast(filled: Sequence[tuple[int, str]]) -> bool:
    """Whether several names stand on a line: no table then, but a list."""
    abreast = sum(
        sum(listing.is_firm(listing.entry(c).name) for c in _cells(line)) > 1 for _at, line in filled
    )
    return abreast * 2 > len(filled)


def _as_table(filled: Sequence[tuple[int, str]]) -> Assembled:
    rows: list[list[str]] = []
    places: list[Said] = []
    around: list[str] = []
    section, any_section = "", False
    for at, line in filled:
        cells = _cells(line)
        if len([cell for cell in cells if cell]) == 1:
            only = next(cell for cell in cells if cell)
            if here := listing.heading(only):
                section, any_section = here.place, True
                around.append(only)
                continue
            if not rows and not listing.is_firm(listing.entry(only).name):
                around.append(only)
                continue
        rows.append([*cells, section])
        places.append(_line(at))
    if not rows:
        return _as_list(filled)
    width = max(map(len, rows))
    table = [[*row[:-1], *[""] * (width - len(row)), row[-1]] for row in rows]
    if any_section and not any(listing.is_firm(listing.entry(cell).name) for cell in table[0]):
        table[0][-1] = PLACE
    if not any_section:
        table = [row[:-1] for row in table]
    return Assembled((Grid(NAMED, table, places),), tuple(around))


def _as_list(filled: Sequence[tuple[int, str]]) -> Assembled:
    rows: list[list[str]] = []
    places: list[Said] = []
    around: list[str] = []
    section = ""
    numbered = _all_numbered([line for _at, line in filled])
    for at, line in filled:
        if here := listing.heading(line):
            section = here.place
            around.append(line.strip())
            continue
        before, found = listing.entries(_apart(line))
        section = before.place if before else section
        if not found:
            found = _loosely(line)
        if not found:
            around.append(line.strip())
        for one in found:
            name = re.sub(r"^\d+", "", one.name) if numbered else one.name
            rows.append([one.number, name, one.place or section])
            places.append(_line(at))
    if not rows:
        return Assembled((), tuple(around))
    return Assembled((Grid(NAMED, [[NUMBER, NAME, PLACE], *rows], [places[0], *places]),), tuple(around))


def _apart(line: str) -> str:
    """Names that wide blanks keep apart, parted by a mark; a place behind a name stays with it."""
    cells = [cell for cell in _cells(line) if cell]
    return "、".join(cells) if sum(listing.is_firm(listing.entry(c).name) for c in cells) > 1 else line


def _loosely(line: str) -> list[listing.Entry]:
    """Who pastes a list means its lines: a short one that is no title is a row, though it ends like no firm."""
    if _TITLE.search(line) or "。" in line:
        return []
    found = [listing.entry(piece) for piece in listing.pieces(_WIDE.sub("、", line.strip()))]
    found = [one for one in found if one.name]
    return found if all(2 <= len(one.name) <= listing.LONGEST_NAME for one in found) else []


def _all_numbered(lines: Sequence[str]) -> bool:
    """Whether the lines bear ascending numbers without any mark behind them: 1济南某某, 2济南某某."""
    led = [found for line in lines if (found := _LED_BY_NUMBER.match(line))]
    numbers = [int(found[1]) for found in led]
    return (
        len(numbers) > 1
        and len(numbers) * 2 > len(lines)
        and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    )


def _line(at: int) -> Said:
    return Said(f"line {at}", f"第 {at} 行")
