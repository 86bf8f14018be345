"""How arguments of the API are read in all rooms, and what they are called."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from flask import request

from registry.filings import filing_at
from registry.shell.api import ApiError, Parameter
from registry.shell.serving import house
from registry.store.clock import parse_instant

YEARS = range(1949, 2200)
MOST = 200
AS_OF = Parameter("as_of", "the day spoken of, today by default", "数据所属日期，默认今天", "2026-06-30",
                  schema={"type": "string", "format": "date"})  # fmt: skip
KNOWN_AT = Parameter(
    "known_at",
    "as known at a day, an instant or a filing's number; now by default",
    "按当时掌握的数据：日期、时刻或入库编号，默认现在",
    "2026-06-30",
)
USCC = Parameter("uscc", "a credit code", "统一社会信用代码", "91370199MAC5C88H07", place="path")
LIMIT = Parameter("limit", "how many at most, 50 by default", "最多几条，默认 50", "20",
                  schema={"type": "integer", "minimum": 1, "maximum": MOST})  # fmt: skip
CURSOR = Parameter("cursor", "`next` of the page before; none for the first", "上一页的 next，首页不填")


def day_asked() -> date:
    """``as_of``: a day, by default today in Shanghai."""
    text = request.args.get("as_of", "").strip()
    if not text:
        return house().clock.today()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        raise ApiError(
            400,
            "date_unreadable",
            f"as_of={text}: write a day like 2025-12-31",
            f"as_of={text}：请写成 2025-12-31 这样的日期",
        )
    return day


def instant_asked() -> datetime | None:
    """``known_at``: an instant, a day (its end) or a filing's number; None is now."""
    text = request.args.get("known_at", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 10:
        with house().store.read() as connection:
            at = filing_at(connection, int(text))
        if at is None:
            raise ApiError(
                404, "unknown_filing", f"known_at={text}: there is no such filing", f"没有入库记录 {text}"
            )
        return at
    try:
        return parse_instant(text)
    except (ValueError, OverflowError) as error:
        raise ApiError(
            400,
            "date_unreadable",
            f"known_at={text}: give an instant, a day like 2025-12-31, or a filing's number",
            f"known_at={text}：请给出时刻、2025-12-31 这样的日期或入库编号",
        ) from error


def whole_asked(name: str, within: range) -> int | None:
    """A whole number, or None where none is given."""
    text = request.args.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) in within):
        few, most = within[0], within[-1]
        raise ApiError(
            400,
            "number_unreadable",
            f"{name}={text}: give a whole number from {few} to {most}",
            f"{name}={text}：请给出 {few} 到 {most} 的整数",
        )
    return int(text)


def one_of_asked(name: str, known: tuple[str, ...]) -> str | None:
    """One of the words known, or None where none is given."""
    text = request.args.get(name, "").strip()
    if text and text not in known:
        raise ApiError(
            400,
            "value_unknown",
            f"{name}={text}: give one of {', '.join(known)}",
            f"{name}={text}：应为 {'、'.join(known)} 之一",
        )
    return text or None


def unknown_firm(uscc: str) -> ApiError:
    return ApiError(404, "unknown_firm", f"{uscc} is not on the register", f"登记库里没有 {uscc}")


def cursor_asked(*types: type) -> list[Any] | None:
    """What ``next`` of the page before holds: values of these types; None for the first page."""
    text = request.args.get("cursor", "").strip()
    if not text:
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=="))
        if not (isinstance(found, list) and [type(one) for one in found] == list(types)):
            raise ValueError(text)
    except (ValueError, RecursionError, binascii.Error, UnicodeError) as error:
        raise ApiError(
            400, "cursor_unreadable", "cursor: give `next` of the page before", "cursor 应为上一页的 next"
        ) from error
    return found


def paged(name: str, rows: Sequence[Any], limit: int, place: Callable[[Any], list[Any]]) -> dict[str, Any]:
    """A page: at most ``limit`` of ``rows`` (of which one more was asked for) and where the next one begins."""
    shown = list(rows[:limit])
    more = len(rows) > limit
    after = (
        base64.urlsafe_b64encode(json.dumps(place(shown[-1])).encode()).decode().rstrip("=") if more else None
    )
    return {name: shown, "next": after}
