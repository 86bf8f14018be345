"""通报: published bulletins with their files, a preview whose numbers open into firms, and the bureau's Word templates."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from registry.house import House
from registry.pages.asked import page_number
from registry.pages.blueprint import table_file
from registry.pages.own_firms import only_own, own_codes
from registry.refusals import MisusedError
from registry.room import NavItem, Permission
from registry.shell import roles, tables
from registry.shell.access import actor, allow
from registry.shell.languages import language
from registry.shell.serving import house
from tiers import publishing
from tiers.bulletins import published
from tiers.bulletins.blocks import Bulletin, Sheet
from tiers.bulletins.default_template import default_template
from tiers.bulletins.making import FORMATS, LANGUAGES, Making, write_files
from tiers.bulletins.placeholders import listed
from tiers.bulletins.reports import REPORTS, last_period, report_of
from tiers.bulletins.template import TemplateRefusedError, check_template, file_name, own_template
from tiers.snapshot_pages import PUBLISH
from tiers.targets import plan
from tiers.views import blueprint

TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
#: Reports that are about each unit: a district officer gets the own one.
BY_UNIT = ("district", "expiry")
#: A download is nobody's page: whatever it holds runs nothing and loads nothing.
DOWNLOAD_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


@blueprint.get("/bulletins")
@allow("counts.read")
def bulletins() -> str:
    """All published counts, the newest first, with their files."""
    here = house()
    name = request.args.get("report", "")
    rows = [one for one in publishing.heads(here) if one.name in REPORTS and name in ("", one.name)]
    page, size = page_number(), here.settings.web.page_rows
    superseded = {one.supersedes for one in rows if one.supersedes}
    return render_template(
        "tiers/bulletins.html",
        rows=rows[(page - 1) * size : page * size],
        paging=tables.numbered(page, size, len(rows)),
        superseded=superseded,
        reports={id: report.name.in_language(language()) for id, report in REPORTS.items()},
        chosen=name,
        formats=FORMATS,
        last={id: last_period(report, here.clock.today()) for id, report in REPORTS.items()},
    )


@blueprint.post("/bulletins")
@allow(PUBLISH)
def publish_bulletin() -> Answer:
    """Publish the count of a day for a report; the one that stands by the same definition is shown, unless asked anew."""
    here, name, typed = house(), request.form.get("report", ""), request.form.get("as_of", "").strip()
    back = redirect(url_for("tiers.bulletins"), code=303)
    try:
        day = date.fromisoformat(typed) if typed else last_period(report_of(name), here.clock.today())
        prepared = published.prepare(here, name, day, actor().id, new=request.form.get("new") == "yes")
        if prepared.published is not None:
            made = prepared.published
            flash(
                _("This day is published already by the same definition; nothing was published anew."), "calm"
            )
        else:
            with here.store.write(actor().id) as unit:
                made = prepared.write(unit)
            flash(_("Published: what stands here is not changed by anything that is filed later."), "good")
    except MisusedError as error:
        flash(error.in_language(language()), "bad")
        return back
    except ValueError:
        flash(_("“%(text)s” is no day; write it like 2025-12-31.", text=typed[:40]), "bad")
        return back
    return redirect(url_for("tiers.bulletin_page", id=made.id), code=303)


def making_of(id: int) -> Making:
    """The bulletin that is asked for, in the reader's language; a district officer's names the own firms only, and letters
    and notices are those of the own unit."""
    here, unit = house(), actor().unit
    try:
        making = published.making(here, id, language(), own=own_codes())
    except MisusedError:
        abort(404, description=_("There is no published count %(id)s.", id=id))
    if making.snapshot.name not in REPORTS:
        abort(404, description=_("No bulletin belongs to the published count %(id)s.", id=id))
    if making.snapshot.name in BY_UNIT:
        asked = unit or request.args.get("unit", "")
        if asked and asked not in here.places.names:
            abort(404, description=_("There is no such management unit."))
        return Making(here, making.snapshot, making.firms, making.language, asked or None, making.own)
    return making


@blueprint.get("/bulletins/<int:id>")
@allow("counts.read")
def bulletin_page(id: int) -> str:
    """The text of a bulletin as its files have it."""
    making = making_of(id)
    content = making.content
    units = [(key, house().places.label(key, language())) for key in house().places.names]
    return render_template(
        "tiers/bulletin.html",
        snapshot=making.snapshot,
        content=content,
        blocks=[(type(block).__name__, block) for block in content.blocks],
        unit=making.unit,
        units=units if content.report in BY_UNIT and actor().unit is None else [],
        formats=FORMATS,
        only_own=only_own(),
        report=REPORTS[content.report].name.in_language(language()),
    )


@blueprint.get("/bulletins/<int:id>/file.<kind>")
@allow("counts.read")
def bulletin_file(id: int, kind: str) -> Response:
    """One of the files, made from the published count when it is asked for."""
    if kind not in FORMATS:
        abort(404)
    making = making_of(id)
    try:
        content = making.file(kind)
    except TemplateRefusedError as error:
        abort(409, description=error.in_language(language()))
    return download(content, making.name(kind), TYPES[kind])


@blueprint.get("/bulletins/<int:id>/charts/<name>.png")
@allow("counts.read")
def bulletin_chart(id: int, name: str) -> Response:
    from tiers.bulletins import charts

    picture = making_of(id).content.pictures.get(name)
    if picture is None:
        abort(404)
    return Response(
        charts.png(picture.chart), mimetype="image/png", headers={"Cache-Control": "private, no-store"}
    )


@blueprint.get("/bulletins/<int:id>/list")
@allow("counts.read")
def bulletin_list(id: int) -> str:
    """The firms behind a number, as they were when it was published."""
    content, sheet = _sheet(id)
    page, size = page_number(), house().settings.web.page_rows
    page = min(page, max(1, -(-len(sheet.rows) // size)))
    return render_template(
        "tiers/bulletin_list.html",
        content=content,
        sheet=sheet,
        rows=sheet.rows[(page - 1) * size : page * size],
        paging=tables.numbered(page, size, len(sheet.rows)),
        only_own=only_own(),
    )


@blueprint.get("/bulletins/<int:id>/list/export<suffix>")
@allow("counts.read")
def export_bulletin_list(id: int, suffix: str) -> Response:
    content, sheet = _sheet(id)
    name = f"{content.stem}-{sheet.id.replace(':', '-')}"
    return table_file(name, suffix, sheet.name, [column.label for column in sheet.columns], sheet.rows)


def _sheet(id: int) -> tuple[Bulletin, Sheet]:
    content = making_of(id).content
    sheet = content.listed.get(request.args.get("sheet", ""))
    if sheet is None:
        abort(404, description=_("This bulletin has no such list."))
    return content, sheet


def download(content: bytes, name: str, type: str) -> Response:
    headers = {**DOWNLOAD_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=type, headers=headers)


# Templates -----------------------------------------------------------------------------------------


@blueprint.get("/bulletins/templates")
@allow("bulletins.templates")
def bulletin_templates() -> str:
    return _templates()


@blueprint.get("/bulletins/templates/<report>/<spoken>")
@allow("bulletins.templates")
def bulletin_template(report: str, spoken: str) -> Response:
    """The bureau's own template, else the one that comes with the program."""
    here = _known(report, spoken)
    own = own_template(here.settings, report, spoken)
    content = default_template(spoken) if own is None else own.read_bytes()
    return download(content, file_name(report, spoken), TYPES["docx"])


@blueprint.post("/bulletins/templates/<report>/<spoken>")
@allow("bulletins.templates")
def upload_template(report: str, spoken: str) -> str | Answer:
    """A template is kept only where nothing is wrong with it."""
    here = _known(report, spoken)
    file = request.files.get("file")
    if file is None or not file.filename:
        return _templates(f"{report}-{spoken}", [_("Choose a file first.")])
    content = file.stream.read(here.settings.bulletins.template_mb * 1_000_000 + 1)
    try:
        check_template(here.settings, file_name(report, spoken), content)
    except TemplateRefusedError as error:
        return _templates(f"{report}-{spoken}", [one.in_language(language()) for one in error.problems])
    write_files(here.settings.templates, {file_name(report, spoken): content})
    flash(_("The template is good and will be used from now on."), "good")
    return redirect(url_for("tiers.bulletin_templates"), code=303)


@blueprint.post("/bulletins/templates/<report>/<spoken>/remove")
@allow("bulletins.templates")
def remove_template(report: str, spoken: str) -> Answer:
    here = _known(report, spoken)
    own = own_template(here.settings, report, spoken)
    if own is not None:
        own.unlink(missing_ok=True)
        flash(_("The template that comes with the program is used again."), "good")
    return redirect(url_for("tiers.bulletin_templates"), code=303)


def _known(report: str, spoken: str) -> House:
    if report not in REPORTS or spoken not in LANGUAGES:
        abort(404)
    return house()


def _templates(refused: str = "", problems: list[str] | None = None) -> str:
    here = house()
    rows: list[dict[str, Any]] = []
    for report in REPORTS.values():
        for spoken in LANGUAGES:
            own = own_template(here.settings, report.id, spoken)
            content = None if own is None else own.read_bytes()
            wrong: list[str] = []
            if content is not None and own is not None:
                try:
                    check_template(here.settings, own.name, content)
                except TemplateRefusedError as error:
                    wrong = [one.in_language(language()) for one in error.problems]
            rows.append({
                "id": f"{report.id}-{spoken}", "report": report.id, "spoken": spoken, "name": report.name.in_language(language()),
                "file": file_name(report.id, spoken), "wrong": wrong,
                "sha256": None if content is None else hashlib.sha256(content).hexdigest(),
            })  # fmt: skip
    found = listed([target.id for target in plan(here.settings.targets.plan)])
    return render_template(
        "tiers/bulletin_templates.html",
        rows=rows,
        refused=refused,
        problems=problems or [],
        placeholders=[(name, said.in_language(language())) for name, said in found],
        limit=here.settings.bulletins.template_mb,
    )


PERMISSIONS = (
    Permission(
        "bulletins.templates",
        lambda: _("Change the Word templates of bulletins"),
        frozenset({roles.ADMINISTRATOR}),
    ),
)
NAVIGATION = (NavItem("bulletins", "tiers.bulletins", "file-earmark-richtext", lambda: _("Bulletins"), 35),)
