"""Bulletins over the HTTP API: what is published, and the files."""

from __future__ import annotations

from flask import Response

from registry.refusals import MisusedError
from registry.shell.access import allow
from registry.shell.api import (
    COUNT,
    DAY,
    TEXT,
    WHOLE,
    ApiError,
    Parameter,
    answer,
    described,
    listing,
    record,
)
from registry.shell.serving import house
from registry.store.clock import instant_text
from tiers import publishing
from tiers.api import blueprint
from tiers.bulletins.making import FORMATS, LANGUAGES
from tiers.bulletins.pages import download, making_of
from tiers.bulletins.reports import REPORTS
from tiers.bulletins.template import TemplateRefusedError

_LANGUAGE = Parameter(
    "lang", "language of the bulletin, Chinese by default", "通报的语言，默认中文", "en", one_of=LANGUAGES
)
_UNIT = Parameter(
    "unit",
    "of letters and notices: one management unit by its code",
    "区县函、到期提示：管理单位代码",
    "370102",
)


@blueprint.get("/bulletins")
@allow("counts.read")
@described(
    "Published counts that bulletins are made from, the newest first",
    "已发布的统计及其通报，最新的在前",
    shape=listing(record(snapshot=WHOLE, report=TEXT, as_of=DAY, known_at=TEXT, published_at=TEXT, by=TEXT, supersedes=COUNT,
                         formats=listing(TEXT))),
    example="/bulletins",
)  # fmt: skip
def bulletins_list() -> Response:
    return answer([
        {"snapshot": one.id, "report": one.name, "as_of": one.as_of.isoformat(), "known_at": instant_text(one.known_at),
         "published_at": instant_text(one.published_at), "by": one.by, "supersedes": one.supersedes, "formats": list(FORMATS)}
        for one in publishing.heads(house()) if one.name in REPORTS
    ])  # fmt: skip


@blueprint.get("/bulletins/<snapshot>/<format>")
@allow("counts.read")
@described(
    "A bulletin as a file; the same published count gives the same bytes each time",
    "通报文件；同一统计快照每次得到完全相同的文件",
    Parameter("snapshot", "the number of a published count", "统计快照编号", "1", place="path",
              schema={"type": "integer", "minimum": 1}),
    Parameter("format", "Word, workbook or PDF", "文件格式", "pdf", place="path", one_of=FORMATS),
    _LANGUAGE, _UNIT,
    shape={"type": "string", "format": "binary"}, example="/bulletins", refuses=(409,), media="application/octet-stream",
)  # fmt: skip
def bulletin_bytes(snapshot: str, format: str) -> Response:
    if format not in FORMATS:
        raise ApiError(404, "not_found", f"there is no format {format}; there are: {', '.join(FORMATS)}",
                       f"没有格式“{format}”，可用：{'、'.join(FORMATS)}")  # fmt: skip
    if not (snapshot.isascii() and snapshot.isdigit() and len(snapshot) < 10):
        raise ApiError(
            404, "not_found", f"there is no published count {snapshot}", f"没有编号为 {snapshot} 的统计快照"
        )
    try:
        making = making_of(int(snapshot))
        return download(making.file(format), making.name(format), "application/octet-stream")
    except TemplateRefusedError as error:
        raise ApiError(409, "template_refused", error.in_language("en"), error.in_language("zh")) from error
    except MisusedError as error:
        raise ApiError(400, error.code, error.in_language("en"), error.in_language("zh")) from error
