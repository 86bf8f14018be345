"""The HTTP API under ``/api/v1``: how a room's routes answer, refuse and describe themselves.

A room makes its routes on ``api_blueprint("room")`` and says of each what it is with ``@described``; the OpenAPI document and
the page for people are made from that, so nothing is described twice. All answers are JSON, all refusals have one shape.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Blueprint, Flask, Response, current_app, render_template
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from registry.said import SaidError
from registry.shell.access import PUBLIC, NotAllowedError, NotSignedInError, allow

PREFIX = "/api/v1"
log = logging.getLogger(__name__)
Handler = TypeVar("Handler", bound=Callable[..., Any])


class ApiError(SaidError):
    """A refusal: an id of its own, a sentence in both languages, and the status."""

    def __init__(self, status: int, code: str, en: str, zh: str) -> None:
        super().__init__(en, zh)
        self.status, self.code = status, code


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


@dataclass(frozen=True)
class Description:
    """What a route answers. ``shape``: the JSON schema of its document."""

    en: str
    zh: str
    parameters: Sequence[Parameter]
    shape: Mapping[str, Any]
    example: str


def described(
    en: str, zh: str, *parameters: Parameter, shape: Mapping[str, Any], example: str
) -> Callable[[Handler], Handler]:
    """Describe a route, beneath the route decorator. ``example``: an address that can be opened, after the prefix."""

    def state(view: Handler) -> Handler:
        view.__dict__["described"] = Description(en, zh, parameters, shape, example)
        return view

    return state


def api_blueprint(name: str) -> Blueprint:
    """A room's part of the API, with the one manner of refusing."""
    blueprint = Blueprint(f"{name}_api", __name__, url_prefix=PREFIX)

    @blueprint.errorhandler(ApiError)
    def refused(error: ApiError) -> Response:
        return refusal(error.status, error.code, error.in_language("en"), error.in_language("zh"))

    @blueprint.errorhandler(SaidError)
    def misused(error: SaidError) -> Response:
        return refusal(400, "misused", error.in_language("en"), error.in_language("zh"))

    @blueprint.errorhandler(OverflowError)
    def out_of_range(_error: OverflowError) -> Response:
        return refusal(400, "out_of_range", "a number or day is out of range", "数字或日期超出范围")

    @blueprint.errorhandler(HTTPException)
    def known(error: HTTPException) -> Response:
        code, zh = _KNOWN.get(error.code or 500, ("failed", "请求未能完成"))
        if isinstance(error, NotSignedInError | NotAllowedError):
            response = refusal(error.code or 500, code, error.en, error.zh)
            response.headers.extend(h for h in error.get_headers() if h[0] == "WWW-Authenticate")
            return response
        return refusal(error.code or 500, code, error.name.lower(), zh)

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
}


def answer(document: Any) -> Response:
    """A document as JSON, Chinese as it is written."""
    return Response(
        json.dumps(document, ensure_ascii=False),
        mimetype="application/json",
        headers={"Cache-Control": "no-store"},
    )


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


def routes(app: Flask) -> list[tuple[str, Description]]:
    """(path as OpenAPI writes it, description) of every described route, by path."""
    found = []
    for rule in app.url_map.iter_rules():
        said = getattr(app.view_functions[rule.endpoint], "described", None)
        if said is not None:
            found.append((str(rule).removeprefix(PREFIX).replace("<", "{").replace(">", "}"), said))
    return sorted(found, key=lambda one: one[0])


def openapi(app: Flask) -> dict[str, Any]:
    """The API as one OpenAPI document."""
    error = record(error=record(code=TEXT, message=TEXT, message_zh=TEXT))
    refused = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}
    paths = {}
    for path, said in routes(app):
        good = {"description": said.en, "content": {"application/json": {"schema": said.shape}}}
        paths[path] = {
            "get": {
                "operationId": path.strip("/").replace("/", "_").replace("{", "").replace("}", ""),
                "summary": said.en,
                "description": said.zh,
                "parameters": [_parameter(one) for one in said.parameters],
                "responses": {
                    "200": good,
                    "400": {"description": "The request cannot be read", **refused},
                    "401": {"description": "Nobody is signed in, or the token is not good", **refused},
                    "403": {"description": "The account lacks the permission", **refused},
                    "404": {"description": "There is no such thing", **refused},
                },
            }
        }
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
            "schemas": {"Error": error},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _parameter(one: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", **({"enum": list(one.one_of)} if one.one_of else {})}
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
