"""This room's part of the API: chains, their graphs, and suppliers; the very documents of the command line."""

from __future__ import annotations

from flask import Response

from chains.asking import network
from chains.documents import chain_document, chains_document, graph_document
from chains.kinds import chain_name
from chains.permissions import READ
from chains.suppliers import supplied, suppliers_document
from registry.api.arguments import (
    AS_OF,
    KNOWN_AT,
    USCC,
    day_asked,
    instant_asked,
    unknown_firm,
    whole_asked,
)
from registry.naming.codes import read_code
from registry.shell.access import allow
from registry.shell.api import (
    MAYBE,
    TEXT,
    WHOLE,
    ApiError,
    Parameter,
    answer,
    api_blueprint,
    described,
    listing,
    record,
)
from registry.shell.serving import house
from registry.subjects import existing

blueprint = api_blueprint("chains")
FLAG = {"type": "boolean"}
NAME = Parameter("name", "a chain", "产业链名称", "新能源汽车", place="path")
DEPTH = Parameter("depth", "how many steps upstream, 1 by default", "向上游几级，默认 1 级", "2",
                  schema={"type": "integer", "minimum": 1, "maximum": 99})  # fmt: skip
_HEAD = {
    "chain": TEXT, "leaders": listing(record(uscc=TEXT, name=TEXT, here=FLAG)), "roles": {"type": "object"}, "firms": WHOLE,
    "here": WHOLE, "links": WHOLE, "products": {"type": "object"}, "single_sources": record(all=WHOLE, essential=WHOLE),
}  # fmt: skip
_PARTY = {"uscc": MAYBE, "node": TEXT, "name": TEXT, "here": FLAG, "status": TEXT}
_NAMED = listing(record(uscc=MAYBE, node=TEXT, name=TEXT))


@blueprint.get("/chains")
@allow(READ)
@described(
    "Every chain with its leaders and how many firms, links and products it has",
    "全部产业链：链主、企业数、供应关系数、各状态产品数",
    AS_OF, KNOWN_AT,
    shape=record(as_of=TEXT, known_at=TEXT, chains=listing(record(**_HEAD, stages=WHOLE))),
    example="/chains",
)  # fmt: skip
def chains() -> Response:
    return answer(chains_document(house(), day_asked(), instant_asked()))


@blueprint.get("/chains/<path:name>")
@allow(READ)
@described(
    "One chain: its stages with their products, its firms with role, stage and titles",
    "一条产业链：环节与产品，企业的角色、所处环节与称号",
    NAME, AS_OF, KNOWN_AT,
    shape=record(**_HEAD, as_of=TEXT, known_at=TEXT, unplaced=WHOLE,
                 stages=listing(record(stage=TEXT, products=listing(record(product=TEXT, state=MAYBE)), firms=WHOLE)),
                 members=listing(record(**_PARTY, roles=listing(record(role=TEXT)), stage=MAYBE,
                                        titles=listing(record(tier=TEXT, level=TEXT))))),
    example="/chains/新能源汽车",
)  # fmt: skip
def chain(name: str) -> Response:
    found = chain_document(house(), chain_name(name), day_asked(), instant_asked())
    if found is None:
        raise _unknown(name)
    return answer(found)


@blueprint.get("/chains/<path:name>/graph")
@allow(READ)
@described(
    "The firms of a chain and the links between them; ends of links are `node` of the firms",
    "一条产业链的企业与企业间供应关系；关系两端为企业的 node",
    NAME, AS_OF, KNOWN_AT,
    shape=record(chain=TEXT, as_of=TEXT, known_at=TEXT, nodes=listing(record(**_PARTY, roles=listing(TEXT), stage=MAYBE)),
                 links=listing(record(supplier=TEXT, buyer=TEXT, product=MAYBE, share_of_buyer_spend=MAYBE, filing=WHOLE,
                                      row=WHOLE, conflict=FLAG))),
    example="/chains/新能源汽车/graph",
)  # fmt: skip
def graph(name: str) -> Response:
    found = graph_document(house(), chain_name(name), day_asked(), instant_asked())
    if found is None:
        raise _unknown(name)
    return answer(found)


@blueprint.get("/firms/<uscc>/suppliers")
@allow(READ)
@described(
    "A firm's suppliers by depth: titles in force, local share, concentration, who came and who left within a year",
    "企业的供应商（按级次）：有效称号、本地配套率、集中度、一年内新增与退出",
    USCC, DEPTH, AS_OF, KNOWN_AT,
    shape=record(uscc=MAYBE, node=TEXT, name=TEXT, as_of=TEXT, known_at=TEXT,
                 suppliers=listing(record(**_PARTY, depth=WHOLE, product=MAYBE, share_of_buyer_spend=MAYBE, since=MAYBE,
                                          until=MAYBE, filing=WHOLE, row=WHOLE, conflict=FLAG,
                                          titles=listing(record(tier=TEXT, level=TEXT)))),
                 local={"type": "object"}, concentration={"type": ["object", "null"]}, newcomers=_NAMED, leavers=_NAMED,
                 former=_NAMED),
    example="/firms/91370199MAC5C88H07/suppliers",
)  # fmt: skip
def suppliers(uscc: str) -> Response:
    here, day, at = house(), day_asked(), instant_asked()
    code = read_code(uscc).code or uscc.strip()
    net = network(here, day, at)
    found = supplied(here, net.leads.get(code, code), whole_asked("depth", range(1, 100)) or 1, day, at, net)
    if found is None:
        with here.store.read() as connection:
            if code not in existing(connection, [code]):
                raise unknown_firm(code)
        raise ApiError(404, "no_links", f"no link of {code} is on record", f"没有 {code} 的供应关系记录")
    return answer(suppliers_document(here, found, at))


def _unknown(name: str) -> ApiError:
    return ApiError(
        404, "unknown_chain", f"there is no chain {name}; see /api/v1/chains", f"没有产业链“{name}”，见 /api/v1/chains"
    )  # fmt: skip
