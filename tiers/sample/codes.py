"""Unified social credit codes (GB 32100-2015) in the unassigned area 370199, so that no real firm can bear one."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
AREA = "370199"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
# Codes follow each other at odd steps, as registers of many counters do, and stay unique: the step is prime to 31**5.
_STEP, _SPAN = 741_457, 31**5


def organisation_check(body: str) -> str:
    """Check character of an eight-character organisation code (GB 11714)."""
    total = sum(int(char, 36) * weight for char, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def check(body: str) -> str:
    """Check character of the first seventeen characters of a credit code (GB 32100)."""
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(body, _WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def credit_code(serial: int, prefix: str = "91") -> str:
    """The code of the sample's ``serial``-th registration; 91 enterprise, 92 sole trader, 93 cooperative.

    Raises ValueError beyond 28 million, where codes would repeat.
    """
    if not 0 <= serial < _SPAN:
        raise ValueError(f"serial {serial} outside 0..{_SPAN - 1}")
    rest, digits = (serial * _STEP + 104_729) % _SPAN, ""
    for _ in range(5):
        rest, digit = divmod(rest, 31)
        digits = ALPHABET[digit] + digits
    organisation = f"MAC{digits}"
    body = f"{prefix}{AREA}{organisation}{organisation_check(organisation)}"
    return body + check(body)
