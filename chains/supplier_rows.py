"""The rows of a firm's list of suppliers. Written here and not in the template, as those of the register are: over fifty
rows a template asks for each cell's language, filter and escaping anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pandas as pd
from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape

from chains.facts import Held
from chains.nodes import Nodes
from chains.pictures import mark_of
from chains.suppliers import Supplied, supplier_records
from registry import words
from registry.kind import Record
from registry.shell.formats import day, percent, unknown
from registry.shell.languages import language
from tiers.names import rung, short_name

#: What an address leaves as it is in a part of its path.
PLAIN = "!$&'()*+,/:;=@"
_NODE = "NODE"


def supplier_rows(seen: Supplied, nodes: Nodes, links: pd.DataFrame, carried: Mapping[str, Any]) -> Markup:
    """One ``tr`` for each of ``links``: the supplier and where it is, how deep, with what, for how much of the spend, since
    when, its titles, and where that is said."""
    before, after = map(escape, url_for("chains.firm", node=_NODE, **carried).split(_NODE))
    filings = url_for("registry.filing", id=0).removesuffix("0")
    filing, row = _("filing %(id)s", id="{}"), _("row %(n)s", n="{}")
    none = '<span class="soft">–</span>'
    answers = {None: str(unknown()), True: str(escape(_("yes"))), False: str(escape(_("no")))}
    outcome, differ = (
        _badge(_("came of matchmaking"), "good"),
        _badge(_("sources differ"), "warn", "exclamation-lg"),
    )
    opened = {
        look: f'<td class="{look}" data-label="{escape(label)}">'
        for look, label in (
            ("number depth", _("Depth")), ("product", _("Product")), ("number", _("Share of spend")),
            ("essential", _("Essential")), ("nowrap", _("Since")), ("titles", _("Titles")), ("source", _("Source")),
        )
    }  # fmt: skip
    parts: list[str] = []
    for one in supplier_records(seen, nodes, links):
        through = one["depth"] > 1 and _("supplies %(name)s", name=one["buyer_name"])
        via = f'<span class="sub">{escape(through)}</span>' if through else ""
        share, source = one["share_of_buyer_spend"], ""
        if one["source"] == "outcome":
            source += f" {outcome}"
        if one["conflict"]:
            source += f' <a href="#conflicts">{differ}</a>'
        where = escape(f"{filing.format(one['filing'])} · {row.format(one['row'])}")
        parts.append(
            f'<tr><th scope="row"><a class="firm-name" href="{before}{quote(one["node"], safe=PLAIN)}{after}">'
            f"{escape(one['name'])}</a>{_mark(one)}{via}</th>"
            f"{opened['number depth']}{one['depth']}</td>"
            f"{opened['product']}{escape(one['product']) if one['product'] else unknown()}</td>"
            f"{opened['number']}{percent(share)}</td>"
            f"{opened['essential']}{answers[one['essential']]}</td>"
            f"{opened['nowrap']}{_term(one['since'], one['until']) or none}</td>"
            f"{opened['titles']}{_titles(seen.titles.get(one['uscc'] or '', ())) or none}</td>"
            f'{opened["source"]}<a class="from" href="{filings}{one["filing"]}" title="{where}">'
            f"{one['filing']}#{one['row']}</a>{source}</td></tr>\n"
        )
    return Markup("".join(parts))


def _badge(text: str, tone: str, sign: str | None = None) -> str:
    icon = f'<i class="bi bi-{sign}" aria-hidden="true"></i>' if sign else ""
    return f'<span class="chip tone-{tone}">{icon}{escape(text)}</span>'


def _mark(one: Record) -> str:
    """On whoever is no firm of the city in business."""
    mark = mark_of(one)
    if mark == "outside":
        return " " + _badge(_("not on the register"), "unknown")
    if mark == "gone":
        return " " + _badge(words.label("status", one["status"], language()), "bad", "x-lg")
    return " " + _badge(_("elsewhere"), "mute", "geo-alt") if mark == "away" else ""


def _term(since: str | None, until: str | None) -> str:
    if since is None and until is None:
        return ""
    return f"{day(since) if since else '…'}{f' – {day(until)}' if until else ''}"


def _titles(held: tuple[Held, ...]) -> str:
    return " ".join(
        f'<span class="title-name"><span class="rung-mark rung-{rung(tier)}" aria-hidden="true"></span>'
        f"{escape(short_name(tier))}</span>"
        for tier in dict.fromkeys(tier for tier, _level in held)
    )
