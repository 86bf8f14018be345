"""The shell's own pages: health, the way home, and the style page."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, jsonify, redirect, render_template, url_for
from werkzeug.wrappers import Response

from registry.shell import charts, navigation, tables
from registry.shell.access import PUBLIC, allow, may_open, signed_in
from registry.shell.serving import house

blueprint = Blueprint("shell", __name__)


@blueprint.get("/healthz")
@allow(PUBLIC)
def health() -> Response:
    """Alive; says nothing about the data."""
    return jsonify(status="ok")


@blueprint.get("/home")
@allow(PUBLIC)
def home() -> Response:
    """The first page of the first room, or the style page where no room has any."""
    items = [item for item in navigation.items(house().rooms) if not signed_in() or may_open(item.endpoint)]
    return redirect(url_for(items[0].endpoint if items else "shell.style"))


@blueprint.get("/style")
@allow(PUBLIC)
def style() -> str:
    """Every part in use, with its name and invented values."""
    terms = (
        ("甲类称号", (charts.Span(date(2022, 6, 28), date(2025, 6, 27), "2022-06-28 – 2025-06-27", "past"),
                    charts.Span(date(2025, 7, 1), date(2028, 6, 30), "2025-07-01 – 2028-06-30", "now"))),
        ("乙类称号", (charts.Span(date(2023, 7, 14), date(2026, 7, 13), "2023-07-14 – 2026-07-13", "soon"),)),
        ("丙类称号", (charts.Span(date(2026, 9, 1), None, "2026-09-01 –", "next"),)),
    )  # fmt: skip
    moves = {
        ("甲", "甲"): 60,
        ("乙", "甲"): 25,
        ("乙", "乙"): 70,
        ("乙", "丙"): 12,
        ("丙", "乙"): 40,
        ("甲", "乙"): 6,
    }
    past = [(date(2025, month, 28), 90 + 9 * month) for month in range(1, 13)]
    rays = [
        (date(2026, m, 28), (190 - m, 198 + m, 204 + 4 * m, 208 + 7 * m, 212 + 12 * m)) for m in range(1, 13)
    ]
    return render_template(
        "shell/style.html",
        outlook=charts.fan(past, rays, 300, date(2026, 6, 30), 160),
        judged=charts.interval((120, 160, 180, 210, 260), 190, 100, 300),
        moves=charts.sankey(moves, ("甲", "乙", "丙"), height=220),
        fall=charts.waterfall(6982, (-12, -341, 160), 6789),
        strip=charts.strip(terms, date(2026, 6, 1)),
        paging=tables.numbered(2, 50, 20_000),
    )
