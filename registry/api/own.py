"""The acting person's own things over the API: who one is, saved views."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl

from flask import Response
from pydantic import BaseModel, ConfigDict, StringConstraints
from werkzeug.datastructures import MultiDict

from registry.api.blueprint import blueprint
from registry.pages.narrowing import narrowed_by, query_of
from registry.saved_views import delete_view, save_view, views_of
from registry.shell.access import actor, allow
from registry.shell.api import (
    MAYBE,
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
from registry.store.clock import instant_text

ID = Parameter("id", "a view", "视图编号", "1", place="path", schema={"type": "integer", "minimum": 1})
_VIEW = record(id=WHOLE, name=TEXT, query=TEXT, owner=TEXT, shared={"type": "boolean"}, made_at=TEXT)


class NewView(BaseModel):
    """``query``: the arguments of the register's page, as in its address."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    query: Annotated[str, StringConstraints(max_length=4_000)] = ""
    shared: bool = False


@blueprint.get("/me")
@allow("account.own")
@described(
    "Who asks: as whom filings are recorded, the management unit one is limited to, and what one may do",
    "当前身份：入库署名、所限管理单元与权限",
    shape=record(by=TEXT, unit=MAYBE, permissions=listing(TEXT)),
    example="/me",
)
def me() -> Response:
    asking = actor()
    return answer({"by": asking.id, "unit": asking.unit, "permissions": sorted(asking.permissions)})


@blueprint.get("/views")
@allow("register.read")
@described(
    "Own and shared views of the register", "本人与共享的企业库视图", shape=listing(_VIEW), example="/views"
)
def views() -> Response:
    with house().store.read() as connection:
        rows = views_of(connection, _owner())
    return answer([
        {"id": row.id, "name": row.name, "query": row.query, "owner": row.owner, "shared": bool(row.shared),
         "made_at": instant_text(row.made_at)}
        for row in rows
    ])  # fmt: skip


@blueprint.post("/views")
@allow("views.save")
@described(
    "Save a view under a name; the query is brought into its usual form",
    "以名称保存视图，查询会整理为规范形式",
    shape=record(id=WHOLE, query=TEXT), body=NewView, statuses=(201,), refuses=(409,),
    example='{"name": "历下小巨人", "query": "tier=little_giant&place=370102"}',
)  # fmt: skip
def new_view() -> Response:
    wanted, here = body_of(NewView), house()
    if wanted.shared and not actor().may("views.share"):
        raise ApiError(403, "not_allowed", "sharing views is not yours to do", "您没有共享视图的权限")
    asked: MultiDict[str, str] = MultiDict(parse_qsl(wanted.query))
    query = query_of(narrowed_by(here, asked, None))
    response = answer({"id": save_view(here, _owner(), wanted.name, query, wanted.shared), "query": query})
    response.status_code = 201
    return response


@blueprint.delete("/views/<int:id>")
@allow("views.save")
@described(
    "Delete an own view", "删除本人的视图", ID, shape=record(deleted=TEXT), example="/views/1", refuses=(409,)
)
def forget_view(id: int) -> Response:
    if id >= 2**31:
        raise ApiError(404, "unknown_view", f"there is no view {id}", f"没有视图 {id}")
    name = delete_view(house(), id, _owner(), shared_too=actor().may("views.share"))
    return answer({"deleted": name})


def _owner() -> str:
    """Views belong to the account, whichever way it comes in."""
    person = actor().person
    return person.login if person else actor().id
