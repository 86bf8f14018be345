"""Resilience over the API: the documents of the command line, and what-if."""

from __future__ import annotations

from flask import Response, request

from chains.api import blueprint
from chains.permissions import READ
from chains.resilience.whatif import what_if as stopping
from chains.risk_documents import firms_of, gaps_document, link_of, risks_document, what_if_document
from chains.risks import SUBSTITUTES, TOP, Risks, risks
from registry.api.arguments import AS_OF, KNOWN_AT, day_asked, instant_asked, whole_asked
from registry.refusals import MisusedError
from registry.shell.access import allow
from registry.shell.api import (
    DAY,
    MAYBE,
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

NAME = Parameter("name", "a chain", "产业链名称", "新能源汽车", place="path")
_MOST = range(1, 101)
TOPPED = Parameter(
    "top", "how many at most", "最多几项", "20", schema={"type": "integer", "minimum": 1, "maximum": 100}
)
STOP = Parameter(
    "stop",
    "a firm that stops: a credit code, a whole name, or an outside party as in the graph",
    "停产企业：信用代码、企业全称，或图中的外部主体",
    "91370199MAC5C88H07",
    many=True,
)
LINK = Parameter(
    "link",
    "a link that stops: supplier>buyer>product, as the risks name it",
    "中断的供应关系：供应商>采购方>产品，与风险清单中的 link 相同",
    many=True,
)
_PARTY = {"uscc": MAYBE, "node": TEXT, "name": TEXT, "here": {"type": "boolean"}, "status": MAYBE}
_FIRM = record(**_PARTY)
_LINK = record(supplier=_FIRM, buyer=_FIRM, product=MAYBE, link=TEXT)
_HEAD = {"chain": TEXT, "as_of": DAY, "known_at": TEXT}
_HIT = record(**_PARTY, product=MAYBE, loss=TEXT, by=TEXT, steps=WHOLE)
_RANKED = {
    "type": ["array", "null"],
    "items": record(uscc=TEXT, name=TEXT, weak={"type": "boolean"}, reasons=listing({"type": "object"})),
}


@blueprint.get("/chains/<path:name>/risks")
@allow(READ)
@described(
    "What would break a chain: single sources with substitutes in the city, firms by systemic risk, concentration, shape",
    "产业链风险：单一来源与市内替代企业、系统性风险排序、集中度与结构",
    NAME, AS_OF, KNOWN_AT, TOPPED,
    shape=record(**_HEAD, firms=WHOLE, links=WHOLE, lapsed={"type": ["object", "null"]}, depth=WHOLE, assumed={"type": "object"},
                 single_sources=listing(record(buyer=_FIRM, product=TEXT, supplier=_FIRM, link=TEXT, substitutes=_RANKED)),
                 critical_firms=listing(record(**_PARTY, index=TEXT, own=TEXT, hit=WHOLE, because=listing(_HIT))),
                 concentration=listing(record(product=MAYBE, hhi=TEXT)), articulation=listing(record(**_PARTY, cut_off=WHOLE)),
                 dominators=listing(record(**_PARTY, leader=_FIRM, firms=WHOLE)),
                 loops=listing(record(firms=WHOLE, example=listing(_FIRM)))),
    example="/chains/新能源汽车/risks",
)  # fmt: skip
def chain_risks(name: str) -> Response:
    top = whole_asked("top", _MOST) or TOP
    return answer(risks_document(house(), _risks(name, top), top))


@blueprint.get("/chains/<path:name>/gaps")
@allow(READ)
@described(
    "What a chain lacks: missing stages and products, each with the firms of the city that come nearest",
    "产业链缺口：缺失的环节与产品，及市内最接近的企业",
    NAME, AS_OF, KNOWN_AT, TOPPED,
    shape=record(**_HEAD, gaps=listing(record(stage=TEXT, product=MAYBE, state=MAYBE, why=TEXT, buyers=listing(_FIRM),
                                              nearest=_RANKED))),
    example="/chains/新能源汽车/gaps",
)  # fmt: skip
def chain_gaps(name: str) -> Response:
    return answer(gaps_document(house(), _risks(name), whole_asked("top", _MOST) or SUBSTITUTES))


@blueprint.get("/chains/<path:name>/what-if")
@allow(READ)
@described(
    "What if these firms stopped: who is hit, by how much, through what",
    "假设这些企业停产：谁受影响、影响多大、经由什么",
    NAME, STOP, LINK, AS_OF, KNOWN_AT,
    shape=record(**_HEAD, stopped=listing(_FIRM), stopped_links=listing(_LINK), index=TEXT, hit=WHOLE, hits=listing(_HIT)),
    example="/chains/新能源汽车/what-if?stop=91370199MAC5C88H07",
)  # fmt: skip
def chain_what_if(name: str) -> Response:
    asked = _risks(name)
    wanted = list(dict.fromkeys(one.strip() for one in request.args.getlist("stop") if one.strip()))
    said = list(dict.fromkeys(filter(None, request.args.getlist("link"))))
    if not wanted and not said:
        raise ApiError(
            400, "argument_missing", "stop or link: give at least one firm or link",
            "缺少参数 stop 或 link：请给出至少一家企业或一条供应关系",
        )  # fmt: skip
    firms: dict[int, None] = {}
    for one in wanted:
        fitting = firms_of(asked.report.part, one)
        if len(fitting) > 1:
            raise ApiError(
                400,
                "ambiguous_firm",
                f"stop={one}: several firms of this chain have the name; give the credit code",
                f"该产业链中有多家企业叫“{one}”；请给出信用代码",
            )
        if not fitting:
            raise ApiError(
                404, "unknown_firm", f"stop={one}: no such firm in this chain", f"该产业链中没有“{one}”"
            )
        firms[fitting[0]] = None
    links = []
    for one in said:
        link = link_of(asked.report.part, one)
        if link is None:
            raise ApiError(
                404,
                "unknown_link",
                f"link={one}: no such link in this chain",
                f"该产业链中没有供应关系“{one}”",
            )
        links.append(link)
    found = stopping(asked.report.cascade, list(firms), links)
    return answer(what_if_document(house(), asked, list(firms), found, None, links))


def _risks(name: str, top: int = TOP) -> Risks:
    try:
        return risks(house(), name, day_asked(), instant_asked(), top)
    except MisusedError as error:
        raise ApiError(404, "unknown_chain", error.in_language("en"), error.in_language("zh")) from error
