"""The HTTP API under ``/api/v1``: how a room's routes answer, refuse and describe themselves.

A room makes its routes on ``api_blueprint("room")`` and says of each what it is with ``@described``; the OpenAPI document and
the page for people are made from that, so nothing is described twice. All answers are JSON, all refusals have one shape.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Blueprint, Flask, Response, current_app, render_template, request
from flask_babel import gettext as _
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException

from registry.said import SaidError
from registry.shell.access import PUBLIC, NotAllowedError, NotSignedInError, allow
from registry.shell.security import unreadable
from registry.store.engine import is_out_of_range

PREFIX = "/api/v1"
log = logging.getLogger(__name__)
Handler = TypeVar("Handler", bound=Callable[..., Any])


class ApiError(SaidError):
    """A refusal: an id of its own, a sentence in both languages, and the status."""

    def __init__(self, status: int, code: str, en: str, zh: str) -> None:
        super().__init__(en, zh)
        self.status, self.code = status, code


Body = TypeVar("Body", bound=BaseModel)


def body_of(model: type[Body]) -> Body:
    """What the request was sent, checked. Refuses with the place of the first mistake."""
    if request.mimetype != "application/json":
        raise ApiError(415, "not_json", "send application/json", "请以 application/json 发送")
    try:
        read = model.model_validate_json(request.get_data())
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "body"
        raise ApiError(
            400, "body_unreadable", f"{where}: {first['msg']}", f"请求内容 {where} 无法读取：{first['msg']}"
        ) from error
    if unreadable(read.model_dump()):
        raise ApiError(
            400,
            "body_unreadable",
            "a text in it holds a NUL character; send it without",
            "请求内容的文字中有 NUL 字符，请去掉后再发",
        )
    return read


@dataclass(frozen=True)
class Parameter:
    """One argument: where it stands (query or path), what it means in both languages, and an example."""

    name: str
    en: str
    zh: str
    example: str = ""
    required: bool = False
    place: str = "query"
    one_of: Sequence[str] = ()
    many: bool = False
    #: The JSON schema, where it is not any text.
    schema: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Description:
    """What a route answers. ``shape``: the JSON schema of its document; ``body`` what it is sent, ``statuses`` where all is
    well; ``refuses``: statuses of refusals beside the usual ones; ``media``: what it is answered as, a file being bytes."""

    en: str
    zh: str
    parameters: Sequence[Parameter]
    shape: Mapping[str, Any]
    example: str
    body: type[BaseModel] | None = None
    statuses: Sequence[int] = (200,)
    refuses: Sequence[int] = ()
    media: str = "application/json"


def described(
    en: str,
    zh: str,
    *parameters: Parameter,
    shape: Mapping[str, Any],
    example: str,
    body: type[BaseModel] | None = None,
    statuses: Sequence[int] = (200,),
    refuses: Sequence[int] = (),
    media: str = "application/json",
) -> Callable[[Handler], Handler]:
    """Describe a route, beneath the route decorator. ``example``: an address that can be opened, after the prefix."""

    def state(view: Handler) -> Handler:
        view.__dict__["described"] = Description(
            en, zh, parameters, shape, example, body, statuses, refuses, media
        )
        return view

    return state


def api_blueprint(name: str) -> Blueprint:
    """A room's part of the API, with the one manner of refusing."""
    blueprint = Blueprint(f"{name}_api", __name__, url_prefix=PREFIX)

    @blueprint.errorhandler(SaidError)
    def refused(error: SaidError) -> Response:
        return refusal(error.status, error.code, error.in_language("en"), error.in_language("zh"))

    @blueprint.errorhandler(OverflowError)
    def out_of_range(_error: OverflowError) -> Response:
        return refusal(400, "out_of_range", "a number or day is out of range", "数字或日期超出范围")

    @blueprint.errorhandler(DataError)
    def beyond_the_column(error: DataError) -> Response:
        return out_of_range(OverflowError()) if is_out_of_range(error) else unexpected(error)

    @blueprint.errorhandler(HTTPException)
    def known(error: HTTPException) -> Response:
        return refusal_of(error)

    @blueprint.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        log.exception("unexpected error in the API", exc_info=error)
        return refusal(500, "failed", "something went wrong on our side", "系统出现异常")

    return blueprint


_KNOWN = {
    400: ("misused", "请求无法读取"),
    401: ("not_signed_in", "请先登录"),
    403: ("not_allowed", "不允许"),
    404: ("not_found", "没有这个地址"),
    405: ("method_not_allowed", "这个地址不支持此方法"),
    413: ("too_large", "请求内容过大"),
}


def answer(document: Any) -> Response:
    """A document as JSON, Chinese as it is written."""
    return Response(
        json.dumps(document, ensure_ascii=False),
        mimetype="application/json",
        headers={"Cache-Control": "no-store"},
    )


def refusal_of(error: HTTPException) -> Response:
    """What HTTP itself refuses, in the API's one shape."""
    code, zh = _KNOWN.get(error.code or 500, ("failed", "请求未能完成"))
    if isinstance(error, NotSignedInError | NotAllowedError):
        response = refusal(error.code or 500, code, error.en, error.zh)
        response.headers.extend(h for h in error.get_headers() if h[0] == "WWW-Authenticate")
        return response
    response = refusal(error.code or 500, code, error.name.lower(), zh)
    response.headers.extend(h for h in error.get_headers() if h[0] == "Allow")
    return response


def refusal(status: int, code: str, en: str, zh: str) -> Response:
    response = answer({"error": {"code": code, "message": en, "message_zh": zh}})
    response.status_code = status
    return response


# Shapes ------------------------------------------------------------------------------------------------

#: JSON schemas of the values that documents are made of.
TEXT: Mapping[str, Any] = {"type": "string"}
MAYBE: Mapping[str, Any] = {"type": ["string", "null"]}
WHOLE: Mapping[str, Any] = {"type": "integer"}
COUNT: Mapping[str, Any] = {"type": ["integer", "null"]}
VALUE: Mapping[str, Any] = {"type": ["integer", "string", "null"]}
DAY: Mapping[str, Any] = {"type": "string", "format": "date"}


def listing(of: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "array", "items": of}


def record(**parts: Mapping[str, Any]) -> Mapping[str, Any]:
    """An object with these parts; it may have more."""
    return {"type": "object", "properties": dict(parts), "required": list(parts)}


# What describes it -------------------------------------------------------------------------------------


def routes(app: Flask) -> list[tuple[str, str, Description]]:
    """(path as OpenAPI writes it, method, description) of every described route, by path."""
    found = []
    for rule in app.url_map.iter_rules():
        said = getattr(app.view_functions[rule.endpoint], "described", None)
        if said is not None:
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(rule).removeprefix(PREFIX))
            method = next(iter((rule.methods or set()) - {"HEAD", "OPTIONS"}))
            found.append((path, method, said))
    return sorted(found, key=lambda one: one[:2])


def openapi(app: Flask) -> dict[str, Any]:
    """The API as one OpenAPI document."""
    error = record(error=record(code=TEXT, message=TEXT, message_zh=TEXT))
    refused = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}
    schemas: dict[str, Any] = {"Error": error}
    paths: dict[str, dict[str, Any]] = {}
    for path, method, said in routes(app):
        good = {"description": said.en, "content": {said.media: {"schema": said.shape}}}
        name = re.sub(r"\W+", "_", path).strip("_")
        operation: dict[str, Any] = {
            "operationId": name if method == "GET" else f"{method.lower()}_{name}",
            "summary": said.en,
            "description": said.zh,
            "parameters": [_parameter(one) for one in said.parameters],
            "responses": {str(status): good for status in said.statuses}
            | {
                str(status): {"description": words, **refused}
                for status, words in _REFUSALS.items()
                if status in (400, 401, 403, 404, 429)
                or status in said.refuses
                or (said.body and status in (413, 415))
            },
        }
        if said.body:
            model = said.body.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= model.pop("$defs", {})
            schemas[said.body.__name__] = model
            schema = {"$ref": f"#/components/schemas/{said.body.__name__}"}
            operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
        paths.setdefault(path, {})[method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tidu 梯度",
            "version": "1",
            "description": "The documents of the command line's --json. Money is whole yuan, ratios are decimal text, days are "
            "YYYY-MM-DD, instants are UTC with Z, absent is null.",
        },
        "servers": [{"url": PREFIX}],
        "paths": paths,
        "security": [{"token": []}],
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


_REFUSALS = {
    400: "The request cannot be read",
    401: "Nobody is signed in, or the token is not good",
    403: "The account lacks the permission",
    404: "There is no such thing",
    409: "Not possible as things stand",
    413: "Too large",
    415: "Not JSON",
    429: "Too many requests",
}


def _parameter(one: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = dict(one.schema or {"type": "string"})
    if one.one_of:
        schema["enum"] = list(one.one_of)
    if one.many:
        schema = {"type": "array", "items": schema}
    said: dict[str, Any] = {"name": one.name, "in": one.place, "required": one.required or one.place == "path",
                            "description": f"{one.en} / {one.zh}", "schema": schema}  # fmt: skip
    return said | ({"example": [one.example] if one.many else one.example} if one.example else {})


blueprint = Blueprint("api", __name__)
shared = api_blueprint("shell")


@shared.get("/openapi.json")
@allow(PUBLIC)
def openapi_document() -> Response:
    return answer(openapi(current_app))


@shared.get("/<path:_rest>")
@allow(PUBLIC)
def nothing(_rest: str) -> Response:
    return refusal(404, "not_found", "there is no such address; see /api", "没有这个地址，见 /api")


@blueprint.get("/api")
@allow(PUBLIC)
def page() -> str:
    """The API for people: every address with its arguments and an example to open."""
    return render_template("shell/api.html", routes=routes(current_app), prefix=PREFIX, title=_("HTTP API"))
