"""What a password must be, and how it is kept. Pure but for the randomness of salts.

Length is what makes a password hard to guess; rules about digits and signs only make it hard to remember. So: long
enough, not the login, not one of those that everybody tries first.
"""

from __future__ import annotations

import secrets
from functools import cache
from itertools import pairwise
from unicodedata import normalize

from werkzeug.security import check_password_hash, generate_password_hash

from registry.said import SaidError

#: Beyond this nothing is gained, and hashing a book is work that a stranger may ask for.
LONGEST = 200
#: No letters and digits that look alike.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
#: Beginnings of what is tried first; a password that is one of these and then only digits or signs is refused too.
COMMON = (
    "password", "passw0rd", "p@ssw0rd", "p@ssword", "qwertyuiop", "qwerty", "qwer", "asdfghjkl", "asdf", "zxcvbnm", "1qaz2wsx",
    "qazwsx", "1q2w3e4r", "1q2w3e4r5t", "q1w2e3r4", "iloveyou", "woaini", "letmein", "welcome", "admin", "administrator",
    "root", "test", "guest", "default", "changeme", "jinan", "shandong", "tidu", "abc", "abcd", "aaa", "a",
)  # fmt: skip


class PasswordError(SaidError):
    """The password will not do; the sentence says why and what would."""


def check(password: str, login: str, least: int) -> None:
    """Raises PasswordError where a password is too short, too long, the login, or among the first to be tried."""
    plain = normalize("NFKC", password)
    if len(plain) < least:
        raise PasswordError(
            f"{len(plain)} characters are too few; use {least} or more, several words are fine",
            f"只有 {len(plain)} 个字符，太短；请用 {least} 个以上，几个词连写也可以",
        )
    if len(plain) > LONGEST:
        raise PasswordError(f"more than {LONGEST} characters; use fewer", f"超过 {LONGEST} 个字符，请缩短")
    low, name = plain.casefold(), normalize("NFKC", login).casefold()
    if low == name or (len(name) > 3 and name in low and len(low) - len(name) < 5):
        raise PasswordError(
            "it is hardly more than the sign-in name; choose another", "与登录名几乎相同，请另选一个"
        )
    if is_common(low):
        raise PasswordError(
            "it is among the passwords that are tried first; choose another",
            "属于最先被猜到的密码，请另选一个",
        )


def is_common(low: str) -> bool:
    """One character or a short piece over and over, a run of neighbours, or a word of ``COMMON`` with digits and signs."""
    for size in range(1, 4):
        piece = low[:size]
        if low == (piece * len(low))[: len(low)]:
            return True
    steps = {ord(b) - ord(a) for a, b in pairwise(low)}
    if len(steps) == 1 or low in "0123456789" * 3 or low in "9876543210" * 3:
        return True
    bare = low.rstrip("0123456789!@#$%^&*._-+=~?")
    return bare in COMMON or (bare == "" and len(set(low)) < 5) or low.lstrip("0123456789!@#.") in COMMON


def hashed(password: str, method: str) -> str:
    """``method`` as werkzeug writes it: ``scrypt:32768:8:1``."""
    return generate_password_hash(normalize("NFKC", password), method)


def fits(kept: str | None, password: str, method: str) -> bool:
    """Is this the password? Takes as long where there is none (no account, no password) as where it is wrong."""
    typed = normalize("NFKC", password[: LONGEST + 1])
    right = check_password_hash(kept or _nobodys(method), typed)
    return right and kept is not None


@cache
def _nobodys(method: str) -> str:
    return generate_password_hash(secrets.token_hex(), method)


def generated() -> str:
    """A random password that can be read out and typed: five groups of four."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(5))
