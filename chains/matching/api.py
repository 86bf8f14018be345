"""Matching over the API: demands and who could meet them; the documents of the command line."""

from __future__ import annotations

from flask import Response, request

from chains.api import blueprint
from chains.matching.demands import demand, demands
from chains.matching.documents import demand_document, found_document, ranked_document
from chains.matching.ranking import TOP, search
from chains.matching.wanted import Wanted
from chains.permissions import READ
from registry import words
from registry.api.arguments import MOST, whole_asked
from registry.shell.access import allow
from registry.shell.api import (
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
from registry.shell.languages import language
from registry.shell.serving import house

FLAG = {"type": "boolean"}
SCORE = {"type": "number"}
TOP_ASKED = Parameter("top", "how many firms, 10 by default", "最多几家，默认 10", "5",
                      schema={"type": "integer", "minimum": 1, "maximum": MOST})  # fmt: skip
DEMAND = Parameter("id", "a demand", "需求编号", "2026-0001", place="path")
_REASONS = listing(record(feature=TEXT, score=SCORE, detail=TEXT))
_FIRM = record(uscc=TEXT, name=TEXT, score=SCORE, weak=FLAG, reasons=_REASONS)
_NEAR = record(
    uscc=TEXT,
    name=TEXT,
    score=SCORE,
    weak=FLAG,
    reasons=_REASONS,
    misses=listing(record(condition=TEXT, detail=TEXT)),
)
_DEMAND = record(id=TEXT, title=MAYBE, detail=MAYBE, buyer=MAYBE, buyer_name=MAYBE, chain=MAYBE, quantity=MAYBE,
                 amount={"type": ["integer", "null"]}, tiers_wanted=listing(TEXT), districts=listing(TEXT),
                 certificates=listing(TEXT), due_on=MAYBE, closed_on=MAYBE, open=FLAG)  # fmt: skip


@blueprint.get("/match")
@allow(READ)
@described(
    "The city's firms that could supply what a text describes, best first, with reasons",
    "按文字描述匹配本市企业，择优排序并说明理由",
    Parameter("text", "what is looked for", "所需产品或能力", "高强度螺栓", required=True),
    Parameter("tier", "only holders of a title; may be given several times", "限持有某称号，可重复", "srdi", many=True),
    Parameter("certificate", "only firms certified to it; may be given several times", "限持有某资质证书，可重复", "ISO9001",
              many=True),
    TOP_ASKED,
    shape=listing(_FIRM),
    example="/match?text=%E6%9C%BA%E5%BA%8A",
)  # fmt: skip
def match() -> Response:
    text = request.args.get("text", "").strip()
    if not text:
        raise ApiError(
            400, "argument_missing", "text: say what is looked for", "请用 text 给出所需产品或能力"
        )
    tiers = tuple(words.read("tier", typed) or typed for typed in request.args.getlist("tier") if typed)
    certificates = tuple(filter(None, map(str.strip, request.args.getlist("certificate"))))
    wanted = Wanted(text, tiers=tiers, certificates=certificates)
    return answer(ranked_document(search(house(), wanted, _top()).ranked, language()))


@blueprint.get("/demands")
@allow(READ)
@described(
    "Demands on record; open: not past their day and not closed",
    "在册需求；open 表示未到期且未关闭",
    Parameter("open", "only open ones: yes", "只看有效需求：yes", "yes", one_of=("yes", "no")),
    shape=listing(_DEMAND),
    example="/demands?open=yes",
)  # fmt: skip
def demand_list() -> Response:
    today = house().clock.today()
    only = request.args.get("open", "")
    found = [demand_document(one, one.open_on(today)) for one in demands(house())]
    return answer([one for one in found if only not in ("yes", "no") or one["open"] == (only == "yes")])


@blueprint.get("/demands/<id>/matches")
@allow(READ)
@described(
    "Firms that could meet a demand, with reasons; those that just miss one condition; and how many fail which",
    "一项需求的匹配企业与理由，只差一项条件的企业，以及各条件排除的企业数",
    DEMAND, TOP_ASKED,
    shape=record(ranked=listing(_FIRM), number=WHOLE, near=listing(_NEAR), excluded={"type": "object"}),
    example="/demands/2026-0001/matches",
)  # fmt: skip
def demand_matches(id: str) -> Response:
    known = demand(house(), id)
    if known is None:
        raise ApiError(
            404, "unknown_demand", f"there is no demand {id}; see /api/v1/demands", f"没有需求“{id}”，见 /api/v1/demands"
        )  # fmt: skip
    return answer(found_document(search(house(), known.wanted, _top()), language()))


def _top() -> int:
    return whole_asked("top", range(1, MOST + 1)) or TOP
