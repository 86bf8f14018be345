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
        self._words = {
            "former": _("Former name"),
            "short": _("Short name"),
            "pinyin": _("Pinyin"),
            "product": _("Product"),
        }

    def name(self, row: Any) -> Markup:
        return marked(row.name, self.typed)

    def code(self, row: Any) -> Markup:
        return marked(row.uscc, self.typed) if self._by(row) == "code" else escape(row.uscc)

    def line(self, row: Any) -> Markup:
        """What the firm was found by, where its name and code do not show it."""
        by = self._by(row)
        if by not in self._words:
            return Markup("")
        matched = self._hits[row.uscc].matched
        if by == "pinyin":
            text = Markup(f"<mark>{escape(self.typed.lower())}</mark>")
            if matched != row.name:
                text += f" · {matched}"
        else:
            text = marked(matched, self.typed)
        return Markup(f'<span class="sub found">{escape(self._words[by])} {text}</span>')

    def _by(self, row: Any) -> str:
        return self._hits[row.uscc].by if row.uscc in self._hits else ""


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
    return Markup(f"{escape(text[:first])}<mark>{escape(text[first:last])}</mark>{escape(text[last:])}")
