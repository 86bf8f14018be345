"""Bridges, published counts and series over the API: the documents of the command line. Numbers are the city's; of firms a
district officer is told the own ones."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, Literal

from flask import Response, request
from pydantic import BaseModel, ConfigDict

from registry.api.arguments import KNOWN_AT, YEARS, instant_asked
from registry.naming.codes import read_code
from registry.pages.own_firms import own_codes
from registry.shell.access import actor, allow
from registry.shell.api import (
    COUNT,
    DAY,
    PREFIX,
    TEXT,
    WHOLE,
    ApiError,
    Parameter,
    answer,
    body_of,
    described,
    listing,
    record,
)
from registry.shell.serving import house
from tiers.api import blueprint
from tiers.bridging import QUALITY, bridge_document, comparison, head_document, place_of
from tiers.bulletins import published
from tiers.publishing import snapshot, snapshot_firms, snapshots
from tiers.series import MONTHS, series
from tiers.snapshot import Snapshot
from tiers.snapshot_documents import rerun_document, snapshot_document
from tiers.snapshot_pages import PUBLISH, RERUN
from tiers.terms import months_on

_END = record(as_of=DAY, known_at=TEXT, value=WHOLE)
_STEP = record(reason=TEXT, delta=WHOLE, firms=listing(TEXT))
_HEAD = record(
    id=WHOLE,
    name=TEXT,
    as_of=DAY,
    known_at=TEXT,
    published_at=TEXT,
    by=TEXT,
    definition=TEXT,
    supersedes=COUNT,
)
TARGET = Parameter("target", "a target that is counted from firms", "由企业统计的指标", QUALITY)
ID = Parameter(
    "id", "a published count", "统计发布编号", "1", place="path", schema={"type": "integer", "minimum": 1}
)


class NewSnapshot(BaseModel):
    """``name``: the report that the count is published for; ``as_of``: a day that is over or today."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Literal["monthly", "quarterly", "district", "expiry"]
    as_of: str


_PLACE = "a day, a day as known at an instant (2025-12-31@2026-01-05), or a published count (#12)"
_PLACE_ZH = "日期、日期@掌握时刻（2025-12-31@2026-01-05），或统计发布（#12）"


@blueprint.get("/bridge")
@allow("counts.read")
@described(
    "What makes the difference between two counts: corrections, then every firm that left or came with its reason",
    "两次统计之间的变动桥：先更正，再逐企业说明减少与增加的原因",
    Parameter("from", _PLACE, _PLACE_ZH, "2025-11-30", required=True),
    Parameter("to", _PLACE, _PLACE_ZH, "2025-12-31", required=True),
    TARGET,
    Parameter("unit", "one management unit, by code", "管理单元代码", "370102"),
    shape=record(**{"from": _END, "to": _END}, target=TEXT, steps=listing(_STEP), held={"type": "object"}),
    example="/bridge?from=2025-11-30&to=2025-12-31",
)  # fmt: skip
def bridge() -> Response:
    here = house()
    before, after = (place_of(here, _wanted(name)) for name in ("from", "to"))
    unit = request.args.get("unit", "").strip() or None
    if unit is not None and unit != "unknown" and unit not in here.places.names:
        raise ApiError(
            400, "value_unknown", f"unit={unit}: there is no such management unit", f"没有管理单元“{unit}”"
        )
    target = request.args.get("target", "").strip() or QUALITY
    return answer(_own(bridge_document(here, before, after, target, unit)))


@blueprint.get("/snapshots")
@allow("counts.read")
@described(
    "Published counts, the newest first", "统计发布，最近的在前", shape=listing(_HEAD), example="/snapshots"
)
def snapshot_list() -> Response:
    return answer([head_document(head) for head in snapshots(house())])


@blueprint.get("/snapshots/<int:id>")
@allow("counts.read")
@described(
    "One published count as it was published, and by what it was overtaken since",
    "一次统计发布的原貌，以及此后的变化",
    ID,
    shape=record(id=WHOLE, versions={"type": "object"}, count={"type": "object"}, bridges={"type": "object"},
                 parts={"type": "object"}, overtaken=listing(record(what=TEXT))),
    example="/snapshots/1",
)  # fmt: skip
def one_snapshot(id: int) -> Response:
    here, held = house(), _known(id)
    return answer(_own(snapshot_document(here, held)))


@blueprint.get("/snapshots/<int:id>/firms")
@allow("counts.read")
@described(
    "The firms of a target as they were published, each with the records that made it count",
    "一次发布中某指标的企业，附计入依据",
    ID, TARGET,
    shape=listing(record(target=TEXT, uscc=TEXT, name=TEXT, unit=TEXT, why=listing({"type": "object"}))),
    example="/snapshots/1/firms?target=quality-firms",
)  # fmt: skip
def published_firms(id: int) -> Response:
    _known(id)
    found = snapshot_firms(house(), id, request.args.get("target", "").strip() or QUALITY)
    own = own_codes()
    return answer(found if own is None else [firm for firm in found if firm["uscc"] in own])


@blueprint.get("/snapshots/<int:id>/rerun")
@allow(RERUN)
@described(
    "A published count computed afresh from what was known then, and whether that gives the same bytes",
    "按当时掌握的数据重新统计一次发布，并说明结果是否逐字节相同",
    ID,
    shape=record(id=WHOLE, sha256=TEXT, rerun=TEXT, same={"type": "boolean"}),
    example="/snapshots/1/rerun",
)
def counted_again(id: int) -> Response:
    return answer(rerun_document(house(), _known(id)))


@blueprint.post("/snapshots")
@allow(PUBLISH)
@described(
    "Publish the count of a day with what its bulletin needs: 201, or 200 with the one that is published already by the same "
    "definition, so that a request sent twice publishes once",
    "发布某日的统计及通报所需内容：新发布返回 201；同日同口径已有发布则返回该发布（200），重复发送只发布一次",
    shape=_HEAD, body=NewSnapshot, statuses=(200, 201),
    example='{"name": "monthly", "as_of": "2025-12-31"}',
)  # fmt: skip
def publish_count() -> Response:
    wanted, here = body_of(NewSnapshot), house()
    day = _read_day("as_of", wanted.as_of)
    prepared = published.prepare(here, wanted.name, day, actor().id)
    if prepared.published is not None:
        return answer(head_document(prepared.published))
    with here.store.write(actor().id) as unit:
        made = prepared.write(unit)
    response = answer(head_document(made))
    response.status_code = 201
    response.headers["Location"] = f"{PREFIX}/snapshots/{made.id}"
    return response


@blueprint.get("/snapshots/compare")
@allow("counts.read")
@described(
    "Two published counts side by side, and what they define otherwise",
    "两次统计发布的对照与口径差异",
    Parameter("a", "a published count", "统计发布编号", "1", required=True),
    Parameter("b", "another one", "另一次", "2", required=True),
    shape=record(a=_HEAD, b=_HEAD, definition=listing(TEXT), targets=listing(record(id=TEXT, name=TEXT))),
    example="/snapshots/compare?a=1&b=2",
)
def compared() -> Response:
    a, b = (_known(_number(_wanted(name))) for name in ("a", "b"))
    return answer(comparison(a, b))


@blueprint.get("/series")
@allow("counts.read")
@described(
    "The course of the counts at the ends of months: all that are counted from firms, and the tiers; or one target",
    "各月末统计值的走势：全部由企业统计的指标与各类称号，或单个指标",
    Parameter("from", "a day of the first month, two years before the last by default", "起始月内日期，默认两年前", "2024-01-31",
              schema={"type": "string", "format": "date"}),
    Parameter("to", "the last day, today by default", "截止日期，默认今天", "2025-12-31",
              schema={"type": "string", "format": "date"}),
    TARGET, KNOWN_AT,
    shape=record(known_at=TEXT, days=listing(DAY), targets={"type": "object"}, tiers=listing({"type": "object"})),
    example="/series?target=quality-firms",
)  # fmt: skip
def course() -> Response:
    here = house()
    last = _day("to") or here.clock.today()
    first = _day("from") or months_on(last, -MONTHS)
    if first > last:
        raise ApiError(400, "misused", "from must not lie after to", "起始日期不能晚于截止日期")
    return answer(series(here, first, last, instant_asked(), request.args.get("target", "").strip() or None))


def _own(document: Any) -> Any:
    """A document whose lists of firms are cut to the own ones."""
    own = own_codes()
    return document if own is None else _narrowed(document, own)


def _narrowed(document: Any, own: Collection[str]) -> Any:
    """Without what is about firms of others: records and rows that begin with a credit code, what stands under one, and the
    codes themselves."""

    def foreign(said: Any) -> bool:
        return isinstance(said, str) and len(said) == 18 and said not in own and read_code(said).code == said

    if isinstance(document, dict):
        if not {document.get("loser"), document.get("survivor")}.isdisjoint(own):
            return document  # of two codes of an own firm one is nobody's any more
        return {
            key: None if foreign(value) else _narrowed(value, own)
            for key, value in document.items()
            if not foreign(key)
        }
    if isinstance(document, list):
        of = (
            one.get("uscc") if isinstance(one, dict) else one[0] if isinstance(one, list) and one else one
            for one in document
        )
        return [_narrowed(one, own) for one, uscc in zip(document, of, strict=True) if not foreign(uscc)]
    return document


def _known(id: int) -> Snapshot:
    here = house()
    if all(head.id != id for head in snapshots(here)):
        raise ApiError(
            404, "unknown_snapshot", f"there is no published count {id}", f"没有编号为 {id} 的统计发布"
        )
    return snapshot(here, id)


def _number(text: str) -> int:
    typed = text.removeprefix("#")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        raise ApiError(
            400,
            "number_unreadable",
            f"{text}: give the number of a published count",
            f"“{text}”不是统计发布编号",
        )
    return int(typed)


def _wanted(name: str) -> str:
    text = request.args.get(name, "").strip()
    if not text:
        raise ApiError(400, "argument_missing", f"{name}: is wanted", f"缺少参数 {name}")
    return text


def _day(name: str) -> date | None:
    text = request.args.get(name, "").strip()
    return _read_day(name, text) if text else None


def _read_day(name: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        raise ApiError(400, "date_unreadable", f"{name}={text}: write a day like 2025-12-31",
                       f"{name}={text}：请写成 2025-12-31 这样的日期")  # fmt: skip
    return day
