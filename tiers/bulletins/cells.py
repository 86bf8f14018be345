"""Cells of a bulletin's tables, and short ways to write its paragraphs. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tiers.bulletins.blocks import Cell, Paragraph, Run, Style
from tiers.bulletins.saying import Speech, decimal
from tiers.bulletins.sheets import Sheets


def text(said: str, sheet: str | None = None) -> Cell:
    return Cell(said, sheet=sheet)


def count(value: int | None, speech: Speech, sheet: str | None = None) -> Cell:
    """A whole number; the unknown is said and is no number."""
    if value is None:
        return Cell(speech.say("不详", "unknown"))
    return Cell(speech.number(value), value, "count", sheet if value else None)


def delta(value: int | None, speech: Speech, sheet: str | None = None) -> Cell:
    if value is None:
        return Cell("—")
    return Cell(speech.delta(value), value, "delta", sheet)


def ratio(value: Any, speech: Speech) -> Cell:
    found = decimal(value)
    return Cell("—") if found is None else Cell(speech.percent(found), float(found), "ratio")


def amount(value: Any, unit: str, speech: Speech, sheet: str | None = None) -> Cell:
    """A value in its own unit; numbers of firms and items stay numbers in a workbook."""
    found = decimal(value)
    if found is None:
        return Cell(speech.say("不详", "unknown"))
    if unit == "ratio":
        return Cell(speech.percent(found), float(found), "ratio", sheet)
    if unit in ("firms", "items", "sites") and found == found.to_integral_value():
        return Cell(speech.number(found), int(found), "count", sheet if found else None)
    return Cell(speech.amount(found, unit), sheet=sheet)


def share(part: int, whole: int) -> Decimal | None:
    return Decimal(part) / Decimal(whole) if whole else None


def said(*runs: str | Run, style: Style = "body") -> Paragraph:
    return Paragraph(tuple(Run(run) if isinstance(run, str) else run for run in runs), style)


def seen_in(sheets: Sheets, *ids: str) -> Run:
    """（见附1、附2）: where the firms of a sentence stand; nothing where there is no such list."""
    say = sheets.facts.speech.say
    there = [id for id in ids if sheets.has(id)]
    if not there:
        return Run("")
    listed = "、".join(sheets.number(id) for id in there) if sheets.facts.speech.is_chinese else (
        ", ".join(sheets.number(id) for id in there)
    )  # fmt: skip
    return Run(say(f"（见{listed}）", f" (see {listed})"), there[0])
