"""Events, agendas, actions and outcomes over the API: the documents of the command line."""

from __future__ import annotations

from flask import Response, request

from chains.action_documents import actions_document
from chains.api import blueprint
from chains.events import acting
from chains.events.agenda import agenda_document, events_document
from chains.events.results import figures_document, outcomes_document, reported
from chains.kinds import chain_name
from chains.permissions import READ, WRITE
from registry.api.arguments import YEARS, one_of_asked, whole_asked
from registry.shell.access import actor, allow
from registry.shell.api import COUNT, MAYBE, TEXT, WHOLE, Parameter, answer, described, listing, record
from registry.shell.serving import house
from registry.words import vocabulary

RESOURCES = tuple(vocabulary("opened_resource"))
EVENT = Parameter("id", "an event", "活动编号", "E1", place="path")
_DEALS = record(number=WHOLE, amount=COUNT, unknown=WHOLE)
_AGENDA = record(
    event=TEXT, title=MAYBE, chain=MAYBE, held_on=MAYBE, place=MAYBE, state=MAYBE, tables=COUNT, slots=COUNT,
    meetings_per_firm=COUNT, on_record={"type": "boolean"},
    meetings=listing(record(slot=WHOLE, time=MAYBE, table=WHOLE, demand=TEXT, title=TEXT, buyer=MAYBE, buyer_name=TEXT, uscc=TEXT,
                            name=TEXT, state=TEXT)),
    left_out=record(demands=listing(record(demand=TEXT, title=TEXT, buyer_name=TEXT, reason=TEXT)),
                    firms=listing(record(uscc=TEXT, name=TEXT, reason=TEXT))),
)  # fmt: skip


@blueprint.get("/events")
@allow(READ)
@described(
    "Matchmaking events, the latest first: how many demands and firms come of those invited, and meetings",
    "对接活动（新的在前）：受邀与到会的需求和企业数、洽谈数",
    shape=listing(record(event=TEXT, title=MAYBE, chain=MAYBE, held_on=MAYBE, place=MAYBE, state=MAYBE, tables=COUNT, slots=COUNT,
                         demands=WHOLE, demands_coming=WHOLE, firms=WHOLE, firms_coming=WHOLE, meetings=WHOLE)),
    example="/events",
)  # fmt: skip
def events() -> Response:
    return answer(events_document(house()))


@blueprint.get("/events/<id>/agenda")
@allow(READ)
@described(
    "The agenda of an event: on record, or as it would be made now; and who is left out, with the reason",
    "活动的洽谈日程：已入库的，或按当前情况拟排的；以及未安排者与原因",
    EVENT,
    shape=_AGENDA,
    example="/events/E1/agenda",
)  # fmt: skip
def agenda(id: str) -> Response:
    acting.look(house(), id)
    return answer(agenda_document(house(), id))


@blueprint.post("/events/<id>/agenda")
@allow(WRITE)
@described(
    "Make the agenda of those who come and put it on record; meetings that were held stay",
    "为到会者排定日程并入库；已洽谈的不变",
    EVENT,
    shape=_AGENDA,
    example="/events/E1/agenda",
    refuses=(409,),
)  # fmt: skip
def make_agenda(id: str) -> Response:
    acting.plan(house(), id, actor().id)
    return answer(agenda_document(house(), id))


@blueprint.get("/actions")
@allow(READ)
@described(
    "What leaders opened to others (scenarios, R&D, capacity, finance …), with how many firms and how far they came",
    "链主开放的资源（场景、研发、产能、金融等）、参与企业数与进展",
    Parameter("chain", "of one chain", "某一产业链", "新能源汽车"),
    Parameter("resource", "of one resource", "某一类资源", "rd", schema={"type": "string", "enum": list(RESOURCES)}),
    shape=listing(record(uscc=TEXT, name=TEXT, resource=TEXT, title=TEXT, chain=MAYBE, detail=MAYBE, opened_on=MAYBE,
                         closed_on=MAYBE, firms=WHOLE, stages={"type": "object"}, contracts=_DEALS, filing=WHOLE, row=WHOLE)),
    example="/actions",
)  # fmt: skip
def actions() -> Response:
    chain = request.args.get("chain", "").strip()
    return answer(actions_document(house(), chain and chain_name(chain), one_of_asked("resource", RESOURCES)))


@blueprint.get("/outcomes")
@allow(READ)
@described(
    "Outcomes: each relation of buyer, supplier and product once, by the furthest stage that it came to (in a year)",
    "对接成效：每组采购方、供应方与产品一条，取（当年）到达的最远阶段",
    Parameter("year", "what was reached in a year", "某一年度", "2026", schema={"type": "integer"}),
    shape=listing(record(buyer=MAYBE, buyer_name=TEXT, supplier=MAYBE, supplier_name=TEXT, product=MAYBE, stage=TEXT, on=TEXT,
                         amount=COUNT, chain=MAYBE, event=MAYBE, action=MAYBE, filing=WHOLE, row=WHOLE)),
    example="/outcomes?year=2026",
)  # fmt: skip
def outcomes() -> Response:
    return answer(outcomes_document(house(), whole_asked("year", YEARS)))


@blueprint.get("/outcomes/figures")
@allow(READ)
@described(
    "As bureaus report: events held, firms that took part and the share of SRDI among them, intents and contracts apart, by year "
    "and chain",
    "上报口径：举办场次、参与企业及其中专精特新占比、意向与签约（分列），分年度、分产业链",
    shape=listing(record(year=WHOLE, chain=MAYBE, events=WHOLE, events_unsaid=WHOLE, attendances=WHOLE, firms=WHOLE, srdi=WHOLE,
                         srdi_share=MAYBE, intents=_DEALS, contracts=_DEALS, stages={"type": "object"})),
    example="/outcomes/figures",
)  # fmt: skip
def figures() -> Response:
    return answer(figures_document(reported(house())))
