"""By what the firms of a list were found: the part that was typed, marked, and a line under the name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import Connection

from registry.find import Hit, hits
from registry.naming.normal import normal_form


class Found:
    """The hits of one page of a list. Nothing typed: names as they are, and no lines."""

    def __init__(self, connection: Connection, text: str, day: date, codes: Sequence[str]) -> None:
        self.typed = normal_form(text)
        self._hits: dict[str, Hit] = hits(connection, self.typed, day, codes) if self.typed else {}

    def name(self, row: Any) -> Markup:
        return marked(row.name, self.typed)

    def code(self, row: Any) -> Markup:
        return marked(row.uscc, self.typed) if self._by(row) == "code" else escape(row.uscc)

    def line(self, row: Any) -> Markup:
        """What the firm was found by, where its name and code do not show it."""
        hit = self._hits.get(row.uscc)
        if hit is None or hit.by in ("name", "code"):
            return Markup("")
        what = {"former": _("Former name"), "short": _("Short name"), "product": _("Product")}.get(hit.by)
        if what is None:  # by its sound
            spoken = Markup("<mark>{}</mark>").format(self.typed.lower())
            other = Markup(" · {}").format(hit.matched) if hit.matched != row.name else ""
            return _line(_("Pinyin"), spoken + other)
        return _line(what, marked(hit.matched, self.typed))

    def _by(self, row: Any) -> str:
        return self._hits[row.uscc].by if row.uscc in self._hits else ""


def _line(what: str, text: Markup) -> Markup:
    return Markup('<span class="sub found">{} {}</span>').format(what, text)


def marked(text: str, typed: str) -> Markup:
    """``text`` with the first part that reads as ``typed`` (in normal form) marked; brackets and width may differ."""
    if not typed:
        return escape(text)
    if (at := text.find(typed)) >= 0:
        return _marked(text, at, at + len(typed))
    folded = [(c, at) for at, character in enumerate(text) for c in normal_form(character)]
    start = "".join(c for c, _at in folded).find(typed)
    if start < 0:
        return escape(text)
    return _marked(text, folded[start][1], folded[start + len(typed) - 1][1] + 1)


def _marked(text: str, first: int, last: int) -> Markup:
    return Markup("{}<mark>{}</mark>{}").format(text[:first], text[first:last], text[last:])
