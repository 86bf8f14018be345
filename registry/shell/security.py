"""What the web shell refuses, and the headers that it sends.

Who may ask is the matter of ``access``. Here are the enemies of somebody who may: other web pages open in the same
browser. The Host check stops DNS rebinding, the origin check and the CSRF token (``access`` asks for it) stop posts
from other sites, and the content policy stops anything that is not one of our own files.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request
from flask.sessions import SecureCookieSessionInterface
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ANYWHERE = frozenset({"0.0.0.0", "::", ""})
#: Asked by ``access``: a request that comes with a token of the API carries no cookie that another site could ride on.
csrf = CSRFProtect()

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def secret_key(folder: Path) -> str:
    """The key that signs sessions, made at the first start and kept in ``folder`` for its owner's eyes only.

    Two processes that start at once agree: the key is written aside and linked into place, and the first wins.
    """
    path = folder / "secret_key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        aside = folder / f"secret_key.{os.getpid()}.{secrets.token_hex(4)}"
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):
            os.link(aside, path)
        aside.unlink()
    return path.read_text(encoding="ascii").strip()


def host_name(host: str) -> str:
    """``[::1]:8000`` → ``::1``, ``LOCALHOST.:80`` → ``localhost``; empty where it cannot be read."""
    try:
        return (urlsplit(f"//{host}").hostname or "").removesuffix(".")
    except ValueError:
        return ""


def came_from_elsewhere(origin: str | None, fetch_site: str | None, host: str) -> bool:
    """Did another site (or another port of this machine) send this request?

    Browsers send ``Sec-Fetch-Site`` or ``Origin`` with every unsafe request; command-line clients send neither
    and are held by the CSRF token alone.
    """
    if fetch_site is not None and fetch_site not in {"same-origin", "none"}:
        return True
    return origin is not None and urlsplit(origin).netloc.lower() != host.lower()


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def unreadable(given: Any) -> bool:
    """Does a NUL character stand in any text of it? No name, code or note holds one, and not every database keeps it."""
    if isinstance(given, str):
        return "\0" in given
    if isinstance(given, Mapping):
        return any(unreadable(part) for pair in given.items() for part in pair)
    return isinstance(given, list) and any(map(unreadable, given))


def refuse_unreadable() -> None:
    """400 where the address or the form of this request holds what is no text."""
    sent = (request.path, request.args.to_dict(flat=False), request.form.to_dict(flat=False))
    if any(map(unreadable, sent)):
        abort(400, description=_("There is a character in it that is no text (NUL). Type it anew."))


class Cookies(SecureCookieSessionInterface):
    """The browser's cookie goes back over https only, where it was given over https."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure or super().get_cookie_secure(app)


def believe_proxy(app: Flask) -> None:
    """Take address, scheme and name from the reverse proxy before this server, if it stands on this machine."""
    direct, fixed = app.wsgi_app, ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)

    def ask(environ: Any, start: Any) -> Any:
        return (fixed if is_loopback(environ.get("REMOTE_ADDR", "")) else direct)(environ, start)

    app.wsgi_app = ask  # type: ignore[method-assign,assignment]


def init(app: Flask, hosts: Iterable[str], *, behind_proxy: bool = False) -> None:
    """Install the checks. ``hosts``: names besides the loopback ones under which this server may be called."""
    allowed = LOOPBACK | {host.lower() for host in hosts if host not in ANYWHERE}
    app.session_interface = Cookies()
    if behind_proxy:
        believe_proxy(app)

    @app.before_request
    def refuse_strangers() -> None:
        if host_name(request.host) not in allowed:
            abort(400, description=_("This server does not answer to the name %(host)s.", host=request.host))
        if request.method not in SAFE_METHODS and came_from_elsewhere(
            request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site"), request.host
        ):
            abort(403, description=_("The request came from another site and was not carried out."))

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if response.mimetype == "text/html":
            # One address answers both whole pages and parts of them, in two languages: never from a cache.
            response.headers.setdefault("Cache-Control", "no-store")
            response.vary.update(("Cookie", "HX-Request"))
        return response

    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    csrf.init_app(app)
