"""The page of the firms behind a number, and the same list as a file; its exporting route is called ``export_<route>``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry.house import House
from registry.kind import Record
from registry.pages.asked import Asked, page_number
from registry.pages.blueprint import table_file
from registry.pages.own_firms import only_own, own_codes
from registry.shell import tables
from registry.shell.languages import language
from tiers.lists import Firms


def list_page(
    here: House,
    question: Asked,
    title: str,
    found: Firms,
    up: tuple[str, str],
    narrowed: Sequence[str] = (),
    target: Record | None = None,
    beside: Sequence[tuple[str, str, str, int]] = (),
    current: str = "",
) -> str:
    """Firms with the records that put them on the list. ``up``: (label, address) of the page that the number stands on.
    ``beside``: (id, label, address, number) of lists that belong together, of which this is ``current``."""
    found = own_part(found)
    size = here.settings.web.page_rows
    page = min(page_number(), max(1, -(-len(found.firms) // size)))
    return render_template(
        "tiers/firms.html",
        asked=question,
        title=title,
        target=target,
        found=found,
        rows=found.firms[(page - 1) * size : page * size],
        paging=tables.numbered(page, size, len(found.firms)),
        narrowed=[*narrowed, *filter(None, [only_own()])],
        up=up,
        beside=beside,
        current=current,
        by_record=here.kinds.by_record,
        export=_export_address,
    )


def own_part(found: Firms) -> Firms:
    """What a district officer sees of a list behind a number of the city: the firms that are the own ones now."""
    own = own_codes()
    return found if own is None else Firms([firm for firm in found.firms if firm["uscc"] in own])


def _export_address(suffix: str) -> str:
    """Where the present list can be taken away, narrowed as it is."""
    endpoint = f"tiers.export_{(request.endpoint or '').rpartition('.')[2]}"
    kept: dict[str, Any] = {**tables.arguments("suffix"), **(request.view_args or {})}
    return url_for(endpoint, **kept, suffix=suffix)


def export_list(here: House, name: str, suffix: str, title: str, found: Firms) -> Response:
    """The same list as a file."""
    found = own_part(found)
    header = [_("Credit code"), _("Name"), _("District"), _("Functional area"), _("Because")]

    def rows() -> Iterator[list[str | None]]:
        for firm in found.firms:
            why = "；".join(f"{_record(here, w['record'])} {w['filing']}#{w['row']}" for w in firm["why"])
            yield [firm["uscc"], firm["name"], here.places.label(firm["district"], language()) or None,
                   here.places.label(firm["area"], language()) or None, why]  # fmt: skip

    return table_file(name, suffix, title.replace("/", "-"), header, rows())


def _record(here: House, record: str) -> str:
    kind = here.kinds.by_record[record]
    return kind.en if language() == "en" else kind.zh
