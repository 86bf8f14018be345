"""What a sign-in name may be, and its one form for all ways of writing it. Pure."""

from __future__ import annotations

import re
from unicodedata import normalize

from registry.said import SaidError

LONGEST = 64
_LOGIN = re.compile(r"[^\W_][\w.@-]*")
#: Names that stand for the machinery in what filings say of who filed them.
RESERVED = {"sample", "web", "cli", "system", "anonymous"}


class LoginError(SaidError):
    """No sign-in name; the sentence says what one looks like."""


def key_of(login: str) -> str:
    """The form that is compared: ``Ｗang.Li `` and ``wang.li`` are one."""
    return normalize("NFKC", login).strip().casefold()


def read_login(text: str) -> str:
    """A sign-in name as it is kept. Raises LoginError."""
    login = normalize("NFKC", text).strip()
    if not _LOGIN.fullmatch(login) or len(login) > LONGEST or login.casefold() in RESERVED:
        raise LoginError(
            f"“{text[:LONGEST]}” is no sign-in name; use letters, digits, and . _ @ - between them, {LONGEST} at most",
            f"“{text[:LONGEST]}”不能作登录名；请用文字、数字及其间的 . _ @ -，不超过 {LONGEST} 个字符",
        )
    return login
