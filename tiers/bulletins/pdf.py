"""A bulletin as PDF. What it says goes to the typesetter as data, never as markup, so no name can do anything there."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path
from typing import Any

import typst
from pylopdf_fonts_zh_cn import sans_path, serif_path

from tiers.bulletins import charts
from tiers.bulletins.blocks import Block, Bulletin, Cell, Heading, PageBreak, Paragraph, Picture, Table

LAYOUT = Path(__file__).with_name("layout.typ")


def pdf(bulletin: Bulletin) -> bytes:
    """A4, tagged, with the day of publishing as the only date; equal bulletins give equal bytes."""
    told = {
        "language": bulletin.language,
        "title": bulletin.title,
        "period": bulletin.period,
        "issuer": bulletin.issuer,
        "mark": bulletin.mark,
        "source": bulletin.source,
        "date": [bulletin.published_on.year, bulletin.published_on.month, bulletin.published_on.day],
        "blocks": [_block(block) for block in bulletin.blocks],
    }
    return typst.compile(
        LAYOUT,
        root=LAYOUT.parent,
        font_paths=[sans_path().parent, serif_path().parent],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"bulletin": json.dumps(told, ensure_ascii=False)},
        timestamp=int(bulletin.published_at.astimezone(UTC).timestamp()),
    )


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading():
            return {"is": "heading", "level": block.level, "text": block.text}
        case Paragraph():
            return {"is": block.style, "text": block.text}
        case Table():
            return {
                "is": "table", "caption": block.caption, "note": block.note,
                "widths": [column.width for column in block.columns],
                "sides": ["right" if c.number else "center" if c.middle else "left" for c in block.columns],
                "head": [column.label for column in block.columns],
                "rows": [[_cell(cell) for cell in row] for row in block.rows],
            }  # fmt: skip
        case Picture():
            return {
                "is": "picture",
                "caption": block.caption,
                "alt": block.alt,
                "svg": charts.svg(block.chart).decode(),
            }
        case PageBreak():
            return {"is": "break"}


def _cell(cell: Cell) -> str:
    return cell.text
