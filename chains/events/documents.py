"""An agenda to take away: as a workbook with a sheet per view, and as a Word document for tables and firms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.shared import Mm
from flask_babel import gettext as _

from registry.export import write_sheets, write_table
from registry.kind import Record
from registry.room import Sheet
from registry.shell.languages import speaking
from tiers.bulletins.archive import fixed
from tiers.bulletins.blocks import Cell, Column, Table
from tiers.bulletins.default_template import BODY, CAPTION, NOTE, TITLE, add_styles, name_fonts
from tiers.bulletins.word import UNWRITABLE, table_element

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WIDE = 8845


def reason_name(reason: str) -> str:
    """Why somebody has no meeting, in the language of the request."""
    names = {
        "no_candidate": _("no firm that comes suits it"),
        "not_active": _("is struck off or closed by the register"),
        "not_wanted": _("suits no demand that comes"),
        "places_full": _("all places are taken"),
        "slots_full": _("the buyer meets somebody in every slot already"),
        "firms_taken": _("the firms that suit have all the meetings they may have"),
        "buyers_taken": _("the buyers it suits have no slot left"),
        "comes_as_buyer": _("comes as a buyer and sits at its own table"),
    }
    return str(names.get(reason, reason))


def agenda_sheets(told: Record) -> list[Sheet]:
    """By slot, by table, by firm, and who has no meeting; from the document of an agenda."""
    header = [
        _("Slot"),
        _("Time"),
        _("Table number"),
        _("Buyer"),
        _("Demand"),
        _("Title"),
        _("Credit code"),
        _("Firm"),
    ]
    meetings: Sequence[Record] = told["meetings"]

    def rows(by: Sequence[str]) -> list[list[Any]]:
        return [
            [m["slot"], m["time"], m["table"], m["buyer_name"], m["demand"], m["title"], m["uscc"], m["name"]]
            for m in sorted(meetings, key=lambda one: [one[part] for part in by])
        ]

    left = [
        *([_("Demand"), one["demand"], one["buyer_name"], reason_name(one["reason"])] for one in told["left_out"]["demands"]),
        *([_("Firm"), one["uscc"], one["name"], reason_name(one["reason"])] for one in told["left_out"]["firms"]),
    ]  # fmt: skip
    return [
        Sheet(_("By slot"), header, rows(("slot", "table"))),
        Sheet(_("By table"), header, rows(("table", "slot"))),
        Sheet(_("By firm"), header, rows(("name", "uscc", "slot"))),
        Sheet(_("Without a meeting"), ["", _("Code"), _("Name"), _("Why")], left),
    ]


def agenda_word(told: Record, sheets: Sequence[Sheet]) -> bytes:
    """The .docx, in the type of the bulletins: the day by slots, then a list for each table and for each firm; equal agendas give
    equal bytes."""
    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    add_styles(document)
    name_fonts(document)
    _say(document, told["title"] or told["event"], TITLE)
    about = [told["held_on"], told["place"], told["chain"]]
    _say(document, " · ".join(str(part) for part in about if part), BODY)
    if not told["on_record"]:
        _say(document, _("A proposal; nothing of it is on record yet."), BODY)
    meetings: Sequence[Record] = told["meetings"]
    if not meetings:
        _say(document, _("No meeting is on record."), BODY)
    when = (_("Slot"), 2), (_("Time"), 4)
    _table(document, _("By slot"), [*when, (_("Table number"), 2), (_("Buyer"), 8), (_("Firm"), 8)],
           ([m["slot"], m["time"], m["table"], m["buyer_name"], m["name"]] for m in meetings))  # fmt: skip
    new_page = True
    for table, some in groupby(
        sorted(meetings, key=lambda m: (m["table"], m["slot"])), key=lambda m: m["table"]
    ):
        new_page = _caption(document, _("Table %(n)s", n=table), new_page)
        _table(document, None, [*when, (_("Buyer"), 7), (_("Demand"), 6), (_("Firm"), 8)],
               ([m["slot"], m["time"], m["buyer_name"], m["title"], m["name"]] for m in some))  # fmt: skip
    new_page = True
    for firm, some in groupby(
        sorted(meetings, key=lambda m: (m["name"], m["uscc"], m["slot"])), key=lambda m: (m["name"], m["uscc"])
    ):  # fmt: skip
        new_page = _caption(document, f"{firm[0]} {firm[1]}", new_page)
        _table(document, None, [*when, (_("Table number"), 2), (_("Buyer"), 8), (_("Demand"), 8)],
               ([m["slot"], m["time"], m["table"], m["buyer_name"], m["title"]] for m in some))  # fmt: skip
    left = sheets[-1]
    if left.rows:
        _table(
            document,
            left.title,
            [("", 2), (left.header[1], 6), (left.header[2], 8), (left.header[3], 8)],
            left.rows,
        )
    properties = document.core_properties
    properties.title = UNWRITABLE.sub("", str(told["title"] or told["event"]))
    properties.author = properties.last_modified_by = properties.comments = ""
    out = BytesIO()
    document.save(out)
    return fixed(out.getvalue())


def agenda_book(sheets: Sequence[Sheet]) -> bytes:
    """The sheets as one .xlsx."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "agenda.xlsx"
        write_sheets(out, sheets)
        return out.read_bytes()


def write_agenda(told: Record, out: Path) -> None:
    """To .docx, .xlsx or .csv, in Chinese. Raises ValueError for anything else."""
    if out.suffix.lower() not in (".docx", ".xlsx", ".csv"):
        raise ValueError("write to .docx, .xlsx or .csv")
    with speaking("zh"):
        sheets = agenda_sheets(told)
        if out.suffix.lower() == ".csv":
            write_table(out, sheets[0].title, sheets[0].header, sheets[0].rows)
        else:
            out.write_bytes(
                agenda_word(told, sheets) if out.suffix.lower() == ".docx" else agenda_book(sheets)
            )


def _say(document: Any, text: str, style: str) -> None:
    document.add_paragraph(UNWRITABLE.sub("", text), style=document.styles[style])


def _caption(document: Any, text: str, new_page: bool) -> bool:
    """Say what the next table is of, on a new page where asked; always False, so that the next one follows."""
    _say(document, text, CAPTION)
    if new_page:
        document.paragraphs[-1].paragraph_format.page_break_before = True
    return False


def _table(
    document: Any, caption: str | None, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]]
) -> None:
    """A table with its caption; before the end of the document, which keeps its section there."""
    cells = tuple(tuple(Cell("" if value is None else str(value)) for value in row) for row in rows)
    made = Table(
        id="",
        caption=caption or "",
        columns=tuple(Column(label, width) for label, width in columns),
        rows=cells,
    )
    if caption is not None:
        _say(document, caption, CAPTION)
    last = document.add_paragraph("", style=document.styles[NOTE])
    last._p.addprevious(table_element(document, made))
