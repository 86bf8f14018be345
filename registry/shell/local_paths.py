"""Where to go on after signing in: addresses within this application only."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request

from registry.shell.security import SAFE_METHODS

HOME = "/"


def safe(path: str | None) -> str:
    """``path`` if it leads nowhere else, else the first page. ``//evil``, ``/\\evil``, ``https:evil`` lead elsewhere."""
    if not path or not path.startswith("/") or path[1:2] in ("/", "\\"):
        return HOME
    if any(ord(c) < 33 or c == "\\" or ord(c) == 127 for c in path):
        return HOME
    try:
        parts = urlsplit(path)
    except ValueError:
        return HOME
    return HOME if parts.scheme or parts.netloc else path


def here_or_before() -> str:
    """The page that a person looks at: this address; for a part of a page or a sent form, the page that it stands on."""
    if request.method in SAFE_METHODS and "HX-Request" not in request.headers:
        return safe(request.full_path.removesuffix("?"))
    came = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    if came.netloc != request.host:
        return HOME
    return safe(f"{came.path}?{came.query}" if came.query else came.path)
