"""This room's part of the API: one firm, and finding firms; and how arguments of all rooms are read."""

from __future__ import annotations

from datetime import date, datetime

from flask import Blueprint, Response, request

from registry.filings import filing_at
from registry.find import find
from registry.naming.codes import read_code
from registry.search.index import up_to_date
from registry.shell.access import allow
from registry.shell.api import (
    MAYBE,
    TEXT,
    ApiError,
    Parameter,
    answer,
    api_blueprint,
    described,
    listing,
    record,
)
from registry.shell.serving import house
from registry.show import show, with_nulls
from registry.store.clock import instant_text, parse_instant

YEARS = range(1949, 2200)
MOST = 200
AS_OF = Parameter("as_of", "the day spoken of, today by default", "数据所属日期，默认今天", "2026-06-30")
KNOWN_AT = Parameter(
    "known_at",
    "as known at a day, an instant or a filing's number; now by default",
    "按当时掌握的数据：日期、时刻或入库编号，默认现在",
    "2026-06-30",
)
USCC = Parameter("uscc", "a credit code", "统一社会信用代码", "91370199MAC5C88H07", place="path")

blueprint = api_blueprint("registry")


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
    if text.isdigit() and len(text) < 10:
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


def unknown_firm(uscc: str) -> ApiError:
    return ApiError(404, "unknown_firm", f"{uscc} is not on the register", f"登记库里没有 {uscc}")


@blueprint.get("/firms/<uscc>")
@allow("register.read")
@described(
    "One firm: every record, every field with the filing and row that it comes from",
    "一家企业的全部记录，每个字段注明入库记录与行",
    USCC, AS_OF, KNOWN_AT,
    shape=record(uscc=TEXT, as_of=TEXT, known_at=TEXT, profile={"type": "object"}, figures=listing({"type": "object"}),
                 evidence={"type": "object"}, titles=listing({"type": "object"}), derived={"type": "object"}),
    example="/firms/91370199MAC5C88H07",
)  # fmt: skip
def firm(uscc: str) -> Response:
    here, day, at = house(), day_asked(), instant_asked()
    code = read_code(uscc).code or uscc.strip().upper()
    with here.store.read() as connection:
        document = show(here, connection, code, day, at, instant_text(at or here.clock.now()))
    if document is None:
        raise unknown_firm(uscc)
    return answer(with_nulls(here, document))


@blueprint.get("/find")
@allow("register.read")
@described(
    "Firms by credit code, name, former or short name, or part of one, pinyin initials or product; an empty list where "
    "none fits",
    "按信用代码、名称、曾用名、简称或其一部分、拼音首字母、产品查找企业；没有则为空表",
    Parameter("q", "what was typed", "查找内容", "济南", required=True),
    Parameter("limit", "how many at most, 20 by default", "最多几条，默认 20", "5"),
    shape=listing(record(uscc=TEXT, name=TEXT, matched=TEXT, by=TEXT, district=MAYBE)),
    example="/find?q=济南&limit=5",
)  # fmt: skip
def find_firms() -> Response:
    text, limit = request.args.get("q", "").strip(), whole_asked("limit", range(1, MOST + 1))
    if not text:
        raise ApiError(400, "argument_missing", "q: say what to look for", "请用 q 给出查找内容")
    here = house()
    up_to_date(here)
    with here.store.read() as connection:
        return answer(find(connection, text, here.clock.today(), limit or 20))


def registry_api() -> Blueprint:
    return blueprint
