"""The rows of the register's list. Written here and not in the template: over fifty rows they are most of the page's
work, and a template would ask for each cell's language, filter and escaping anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape

from registry import words
from registry.pages.found import Found
from registry.pages.values import industry, whereabouts
from registry.room import Column
from registry.shell.languages import language


def firm_rows(rows: Iterable[Any], columns: Sequence[Column], found: Found) -> Markup:
    """One ``tr`` for each firm: a box to choose it, its name and by what it was found, its place and industry, the rooms'
    columns."""
    choose, firms, spoken = escape(_("Choose")), url_for("registry.register"), language()
    cells = [
        _cells(_("Place"), "nowrap", ("city", "area", "district"), whereabouts),
        _cells(_("Industry"), "narrow", ("industry",), lambda row: industry(row.industry, True)),
    ]
    for column in columns:
        look = "number" if column.number else f"column-{column.id}"
        cells.append(_cells(column.label(), look, [read.key for read in column.reads], column.shown))
    parts: list[str] = []
    for row in rows:
        name, code = str(escape(row.name)), str(escape(row.uscc))
        named, by, number = name, "", code
        if found.typed:
            named, by, number = map(_html, (found.name(row), found.line(row), found.code(row)))
        parts.append(
            f'<tr><td class="tick"><input class="form-check-input" type="checkbox" name="uscc" value="{code}"'
            f' aria-label="{choose} {name}"></td>'
            f'<th scope="row"><a class="firm-name" href="{firms}/{code}">{named}</a>'
            f'{_status(row.status, spoken)}{by}<span class="sub code">{number}</span></th>'
        )
        parts += [cell(row) for cell in cells]
        parts.append("</tr>\n")
    return Markup("".join(parts))


def _cells(label: str, look: str, reads: Sequence[str], shown: Callable[[Any], Any]) -> Callable[[Any], str]:
    """What gives the cells of a column. Most of a page's are alike, so those that read the same are made once."""
    opened = f'<td data-label="{escape(label)}" class="{look}">'
    read, made = attrgetter(*reads), dict[Any, str]()

    def cell(row: Any) -> str:
        said = read(row)
        if (known := made.get(said)) is None:
            known = made[said] = f"{opened}{_html(shown(row))}</td>"
        return known

    return cell


def _html(shown: Any) -> str:
    """What is markup already stays; joining it as plain text saves wrapping every piece again."""
    return str.__str__(shown) if isinstance(shown, Markup) else str(escape(shown))


def _status(status: str | None, spoken: str) -> str:
    """A mark on a firm that is no longer in business."""
    if not status or status == "active":
        return ""
    return f' <span class="chip tone-bad">{escape(words.label("status", status, spoken))}</span>'
