"""Who asks, and who may call a route.

Every route states its permission with ``@allow("register.read")``; a route that states none is refused, so a
forgotten decorator fails closed. Who asks is known by the session of the browser or, for programs, by a token
(``Authorization: Bearer``); a request with a token is judged by that alone, whatever cookies come with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, g, request, session
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from registry.accounts import sessions, tokens
from registry.accounts.sessions import Person
from registry.room import Permission
from registry.shell.roles import role_name
from registry.shell.security import SAFE_METHODS, csrf, refuse_unreadable
from registry.shell.serving import serving

PUBLIC = "public"
#: Where the browser's own cookie keeps the token of its session.
SESSION_KEY = "signed_in"
#: What somebody whose password must be changed first may still do.
BEFORE_CHANGE = {"accounts.password", "accounts.change_password", "accounts.sign_out", "shell.health"}
Handler = TypeVar("Handler", bound=Callable[..., Any])


@dataclass(frozen=True)
class Actor:
    """Who acts: ``id`` is what filings record as ``by``; ``unit`` the management unit that the actor is limited to.

    ``person`` is the account behind it; None for somebody who is not signed in.
    """

    id: str
    permissions: frozenset[str]
    unit: str | None = None
    person: Person | None = None

    def may(self, permission: str) -> bool:
        return permission == PUBLIC or permission in self.permissions


NOBODY = Actor("anonymous", frozenset())


class NotSignedInError(Unauthorized):
    """Nobody is signed in, or the token is not good. ``en`` and ``zh`` say which."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en, www_authenticate=WWWAuthenticate("bearer", {"realm": "tidu"}))
        self.en, self.zh = en, zh


class NotAllowedError(Forbidden):
    """The actor lacks ``permission`` (None: nobody has it)."""

    def __init__(self, permission: Permission | None, en: str, zh: str) -> None:
        super().__init__(en)
        self.permission, self.en, self.zh = permission, en, zh


class ChangePasswordError(Forbidden):
    """Signed in with a password that must be changed before anything else."""


def allow(permission: str) -> Callable[[Handler], Handler]:
    """State the permission that a view needs; goes beneath the route decorator."""

    def state(view: Handler) -> Handler:
        view.__dict__["permission"] = permission
        return view

    return state


def stated(app: Flask) -> dict[str, str | None]:
    """Endpoint → stated permission (None where a route states nothing), for every rule of the URL map."""
    found: dict[str, str | None] = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.rpartition(".")[2] == "static":
            found[rule.endpoint] = PUBLIC
            continue
        view: Any = app.view_functions[rule.endpoint]
        # A class-based view keeps its statement on the class.
        owner = getattr(view, "view_class", view)
        found[rule.endpoint] = getattr(view, "permission", None) or getattr(owner, "permission", None)
    return found


def declared(app: Flask) -> Mapping[str, Permission]:
    """Every permission that there is, by id, in the order of the rooms."""
    held: Mapping[str, Permission] = app.extensions["tidu-permissions"]
    return held


def permissions_of(app: Flask, role: str) -> frozenset[str]:
    return frozenset(id for id, one in declared(app).items() if role in one.roles)


def actor() -> Actor:
    """The acting user of this request."""
    current: Actor = g.actor
    return current


def signed_in() -> bool:
    """For templates: is anybody signed in?"""
    return "actor" in g and actor().person is not None


def may(permission: str) -> bool:
    """For templates: is the acting user allowed to do this?"""
    return "actor" in g and actor().may(permission)


def may_open(endpoint: str) -> bool:
    """For navigation: may the acting user open this page?"""
    needed = _table().get(endpoint)
    return needed is not None and may(needed)


def init(app: Flask, permissions: Iterable[Permission]) -> None:
    app.extensions["tidu-permissions"] = {one.id: one for one in permissions}
    app.jinja_env.globals.update(
        may=may, may_open=may_open, signed_in=signed_in, actor=actor, role_name=role_name
    )

    @app.before_request
    def check() -> None:
        g.actor = NOBODY
        endpoint = request.endpoint
        needed = _table().get(endpoint) if endpoint else None
        if needed == PUBLIC and endpoint and endpoint.rpartition(".")[2] in ("static", "health"):
            return  # asks for nobody, so it asks the database nothing
        by_token = request.authorization is not None and request.authorization.type == "bearer"
        person = _by_token() if by_token else _by_session()
        if person is not None:
            g.actor = _acting(person)
        if endpoint is None:
            return  # no such page: the router answers 404 or 405
        _judge(g.actor, endpoint, needed)
        if not by_token:
            csrf.protect()
        refuse_unreadable()


def _judge(asking: Actor, endpoint: str, needed: str | None) -> None:
    """Raises where the actor may not call this route in this way."""
    person, safe = asking.person, request.method in SAFE_METHODS
    if person is not None and person.must_change and endpoint not in BEFORE_CHANGE:
        raise ChangePasswordError
    if needed is None or not asking.may(needed):
        if person is None and needed is not None:
            raise _nobody()
        raise NotAllowedError(
            declared(current_app).get(needed or ""),
            f"this needs the permission {needed}, which the account does not have",
            f"此操作需要权限 {needed}，当前账号没有",
        )
    if person is not None and person.token and endpoint.startswith("accounts.") and not safe:
        raise NotAllowedError(
            None,
            "accounts, passwords and tokens are changed at a page by somebody signed in, not with a token",
            "账号、密码和令牌须登录后在页面上修改，不能凭令牌修改",
        )
    if person is not None and person.reads_only and not safe:
        raise NotAllowedError(None, "this token only reads", "此令牌只能读取")


def _nobody() -> NotSignedInError:
    return NotSignedInError(
        "sign in, or send a token as Authorization: Bearer TOKEN",
        "请先登录，或以 Authorization: Bearer 令牌 的形式发送令牌",
    )


def _by_session() -> Person | None:
    token = session.get(SESSION_KEY)
    if not token:
        return None
    here = serving()
    return sessions.find(here.house.store, str(token), here.clock.now(), here.house.settings.accounts)


def _by_token() -> Person:
    here = serving()
    authorization = request.authorization
    given = authorization.token if authorization else None
    person = tokens.find(here.house.store, given or "", here.clock.now())
    if person is None:
        raise NotSignedInError(
            "this token is unknown, revoked, past its last day, or its account may not be used",
            "令牌不存在、已撤销、已过期，或其账号不可用",
        )
    return person


def _acting(person: Person) -> Actor:
    by = person.login if person.token is None else f"{person.login} (token {person.token})"
    return Actor(by, permissions_of(current_app, person.role), person.unit, person)


def _table() -> dict[str, str | None]:
    # Rooms register their blueprints after `init` runs, so the table is made at the first request.
    held: dict[str, str | None] | None = current_app.extensions.get("tidu-access")
    if held is None:
        held = current_app.extensions["tidu-access"] = stated(current_app)
    return held
