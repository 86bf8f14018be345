"""Firms over the API: the register narrowed and page by page, one firm, and finding firms."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flask import Response, request

from registry.api.arguments import (
    AS_OF,
    CURSOR,
    KNOWN_AT,
    LIMIT,
    MOST,
    USCC,
    cursor_asked,
    day_asked,
    instant_asked,
    one_of_asked,
    paged,
    unknown_firm,
    whole_asked,
)
from registry.api.blueprint import blueprint
from registry.documents import documents_of
from registry.facet_counts import facet_counts
from registry.find import find
from registry.naming.codes import read_code
from registry.pages.narrowing import WHERES, narrowed_by
from registry.pages.own_firms import known_by, last_day, refuse_others, shows_past
from registry.queries import facets, firms
from registry.search.index import up_to_date
from registry.shell.access import actor, allow
from registry.shell.api import MAYBE, TEXT, WHOLE, ApiError, Parameter, answer, described, listing, record
from registry.shell.serving import house
from registry.show import show, with_nulls
from registry.store.clock import instant_text
from registry.store.merges import merges_at
from registry.subjects import ENTERPRISE, existing

PER_PAGE = 50


@blueprint.get("/firms")
@allow("register.read")
@described(
    "The register, by credit code, page by page; narrowed by the arguments of its page besides",
    "企业库，按信用代码排列、分页；也可用企业库页面的筛选参数",
    Parameter("q", "part of a name, or how a code begins", "名称的一部分或代码的开头", "济南"),
    Parameter("city", "in the city (default), outside, or all", "本市（默认）、市外或全部", "home", one_of=WHERES),
    Parameter("place", "a district or functional area, by id", "区县或功能区的代码", "370102"),
    Parameter("status", "a status; may be given several times", "登记状态，可重复", "active", many=True),
    LIMIT, CURSOR,
    shape=record(firms=listing(record(uscc=TEXT, name=TEXT, district=MAYBE, area=MAYBE, city=TEXT, industry=MAYBE,
                                      status=MAYBE)), next=MAYBE),
    example="/firms?place=370102&limit=5",
)  # fmt: skip
def register() -> Response:
    here, limit, after = house(), whole_asked("limit", range(1, MOST + 1)) or PER_PAGE, cursor_asked(str)
    place = request.args.get("place", "").strip()
    if place and place not in here.places.names:
        raise ApiError(
            400, "district_unknown", f"place={place}: no such district or area", f"没有区县或功能区“{place}”"
        )
    one_of_asked("city", WHERES)
    narrowed = replace(narrowed_by(here, request.args, actor().unit), sort="uscc")
    with here.store.read() as connection:
        query = firms(here, narrowed, here.clock.today())
        if after:
            query = query.where(ENTERPRISE.c.uscc > after[0])
        rows = connection.execute(query.limit(limit + 1)).all()
    parts = ("uscc", "name", "district", "area", "city", "industry", "status")
    documents = [{part: getattr(row, part) for part in parts} for row in rows]
    return answer(paged("firms", documents, limit, lambda last: [last["uscc"]]))


@blueprint.get("/facets")
@allow("register.read")
@described(
    "How many firms each choice of the register would give, narrowed as /firms",
    "企业库各筛选项对应的企业数，筛选参数同 /firms",
    Parameter("q", "part of a name, or how a code begins", "名称的一部分或代码的开头", "济南"),
    Parameter("place", "a district or functional area, by id", "区县或功能区的代码", "370102"),
    shape=listing(record(id=TEXT, name=TEXT, values=listing(record(value=TEXT, name=TEXT, firms=WHOLE)))),
    example="/facets?place=370102",
)  # fmt: skip
def facet_numbers() -> Response:
    here = house()
    narrowed = narrowed_by(here, request.args, actor().unit)
    with here.store.read() as connection:
        counts = facet_counts(connection, here, narrowed, here.clock.today())
    if counts is None:
        raise ApiError(
            429, "counting", "these numbers are being counted; ask again in a moment", "正在统计，请稍后再试"
        )
    return answer([
        {"id": facet.id, "name": str(facet.label()),
         "values": [{"value": value, "name": str(label), "firms": counts[facet.id][value]}
                    for value, label in facet.options(here) if counts[facet.id].get(value)]}
        for facet in facets(here)
    ])  # fmt: skip


@blueprint.get("/firms/<uscc>/documents")
@allow("register.read")
@described(
    "The documents attached to a firm as evidence, newest first; their bytes are taken from its page",
    "企业的证明材料清单，最近的在前；文件在企业页面下载",
    USCC,
    shape=listing(record(id=WHOLE, name=TEXT, type=TEXT, size=WHOLE, sha256=TEXT, about=MAYBE, note=MAYBE, by=TEXT, at=TEXT)),
    example="/firms/91370199MAC5C88H07/documents",
)  # fmt: skip
def firm_documents(uscc: str) -> Response:
    code = read_code(uscc).code or ""
    with house().store.read() as connection:
        if not existing(connection, [merges_at(connection).firm(code)]):
            raise unknown_firm(uscc)
        rows = documents_of(connection, code)
    parts = ("id", "name", "type", "size", "sha256", "about", "note", "by")
    return answer(
        [{part: getattr(row, part) for part in parts} | {"at": instant_text(row.at)} for row in rows]
    )


@blueprint.get("/firms/<uscc>")
@allow("register.read")
@shows_past
@described(
    "One firm: every record, every field with the filing and row that it comes from",
    "一家企业的全部记录，每个字段注明入库记录与行",
    USCC, AS_OF, KNOWN_AT,
    shape=record(uscc=TEXT, as_of=TEXT, known_at=TEXT, profile={"type": "object"}, figures=listing({"type": "object"}),
                 evidence={"type": "object"}, titles=listing({"type": "object"}), derived={"type": "object"}),
    example="/firms/91370199MAC5C88H07",
)  # fmt: skip
def firm(uscc: str) -> Response:
    here, at = house(), known_by(instant_asked())
    day = min(day_asked(), last_day() or date.max)
    code = read_code(uscc).code or uscc.strip().upper()
    with here.store.read() as connection:
        led = merges_at(connection, at)
        if code in led.leads:
            refuse_others(connection, [led.firm(code)])
        document = show(here, connection, code, day, at, instant_text(at or here.clock.now()), led)
    if document is None:
        raise unknown_firm(uscc)
    return answer(with_nulls(here, document))


@blueprint.get("/find")
@allow("register.read")
@described(
    "Firms by credit code, name, former or short name, or part of one, pinyin initials or product; an empty list where "
    "none fits",
    "按信用代码、名称、曾用名、简称或其一部分、拼音首字母、产品查找企业；没有则为空表",
    Parameter("q", "what was typed", "查找内容", "济南", required=True),
    Parameter("limit", "how many at most, 20 by default", "最多几条，默认 20", "5"),
    shape=listing(record(uscc=MAYBE, name=TEXT, matched=TEXT, by=TEXT, district=MAYBE)),
    example="/find?q=济南&limit=5",
)  # fmt: skip
def find_firms() -> Response:
    text, limit = request.args.get("q", "").strip(), whole_asked("limit", range(1, MOST + 1))
    if not text:
        raise ApiError(400, "argument_missing", "q: say what to look for", "请用 q 给出查找内容")
    here = house()
    up_to_date(here)
    with here.store.read() as connection:
        found = find(connection, text, here.clock.today(), limit or 20)
    if (
        unit := actor().unit
    ) is not None:  # firms of others: name and unit only, and what they make is neither
        found = [one for one in found if one["by"] != "product" or (one["area"] or one["district"]) == unit]
        for one in found:
            if (one["area"] or one["district"]) != unit:
                one.update(uscc=None, matched=one["name"])
    return answer(found)
