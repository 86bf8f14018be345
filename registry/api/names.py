"""Names and codes over the API: matching a list, judging, pairs that may be one firm, merging and splitting."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from registry.api.arguments import AS_OF, LIMIT, MOST, day_asked, unknown_firm, whole_asked
from registry.api.blueprint import blueprint
from registry.desk.commands import shown_match
from registry.duplicates import pairs
from registry.judgements import Judged, place_of, record, record_pair
from registry.matching import Given, match
from registry.merged import judgements
from registry.merging import merge, split
from registry.naming.codes import read_code
from registry.refusals import RefusedError
from registry.scope import managed
from registry.shell.access import actor, allow
from registry.shell.api import (
    MAYBE,
    TEXT,
    WHOLE,
    ApiError,
    answer,
    body_of,
    described,
    listing,
)
from registry.shell.api import (
    record as shape,
)
from registry.shell.serving import house
from registry.store.clock import instant_text

PER_PAGE = 50
#: Rows that one request may have matched.
MATCHED = 2_000
Short = Annotated[str, StringConstraints(max_length=200)]
Code = Annotated[str, StringConstraints(max_length=40)]
_NUMBER = {"type": ["number", "null"]}
_CANDIDATE = shape(uscc=MAYBE, name=TEXT, score={"type": "number"}, reasons=listing({"type": "object"}))


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Named(_Body):
    """A row as the list writes it."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    uscc: Code | None = None
    district: Short | None = None
    area: Short | None = None
    industry: Short | None = None


class Asked(_Body):
    """Rows to be matched, at most two thousand."""

    rows: Annotated[list[Named], Field(min_length=1, max_length=MATCHED)]


class Judgement(_Body):
    """That a name on a list (in a place, where the list gives one) means a firm or not; or, with ``other``, two firms."""

    uscc: Code
    verdict: Literal["same", "different", "unsure"]
    name: Short | None = None
    district: Short | None = None
    area: Short | None = None
    other: Code | None = None


class Merge(_Body):
    """``survivor`` stays, ``loser`` leads to it. ``yes``: also where the two differ."""

    loser: Code
    survivor: Code
    reason: Annotated[str, StringConstraints(max_length=1_000)] = ""
    yes: bool = False


class Split(_Body):
    """The code that is to be a firm of its own again."""

    loser: Code


@blueprint.post("/match")
@allow("register.read")
@described(
    "Names of a list matched to firms as of a day, row by row; nothing is written",
    "把一份名单的名称与企业库逐行比对，不写入任何内容",
    AS_OF,
    shape=shape(rows=listing(shape(row=WHOLE, given=TEXT, decision=TEXT, uscc=MAYBE, candidates=listing(_CANDIDATE)))),
    example='{"rows": [{"name": "济南某某科技有限公司", "district": "历下区"}]}', body=Asked,
)  # fmt: skip
def match_names() -> Response:
    wanted, day = body_of(Asked), day_asked()
    given = [
        Given(number, row.name, row.uscc, row.district, row.area, row.industry)
        for number, row in enumerate(wanted.rows, start=1)
    ]
    here = house()
    with here.store.read() as connection:
        found = match(here, connection, given, day.isoformat(), actor().unit)
    return answer({"rows": [shown_match(one) for one in found]})


@blueprint.get("/duplicates")
@allow("filings.write")
@described(
    "Pairs of codes that may be one firm, likeliest first; judged pairs are left out until their facts change",
    "可能是同一企业的两个代码，最可能的在前；已判定的不再出现，除非有新情况",
    LIMIT,
    shape=listing(shape(a=shape(uscc=TEXT, name=TEXT), b=shape(uscc=TEXT, name=TEXT), score={"type": "number"},
                        reasons=listing(shape(feature=TEXT, score=_NUMBER, en=TEXT, zh=TEXT)))),
    example="/duplicates?limit=5",
)  # fmt: skip
def duplicate_pairs() -> Response:
    here, limit = house(), whole_asked("limit", range(1, MOST + 1)) or PER_PAGE
    with here.store.read() as connection:
        found = pairs(here, connection, actor().unit, limit)
    return answer([
        {"a": {"uscc": one.a.uscc, "name": one.a.name}, "b": {"uscc": one.b.uscc, "name": one.b.name},
         "score": round(one.score, 4),
         "reasons": [{"feature": r.feature, "score": r.score, "en": r.en, "zh": r.zh} for r in one.reasons]}
        for one in found
    ])  # fmt: skip


@blueprint.post("/judgements")
@allow("filings.write")
@described(
    "Keep a judgement for ever; the newest one of a pair speaks",
    "永久保存一条判断，同一对以最新的为准",
    shape=shape(kept={"type": "boolean"}),
    example='{"name": "济南某某科技有限公司", "uscc": "91370199MAC5C88H07", "verdict": "same"}', body=Judgement,
)  # fmt: skip
def judge() -> Response:
    wanted, here = body_of(Judgement), house()
    if (wanted.name is None) == (wanted.other is None):
        raise ApiError(400, "misused", "give name or other", "请给出 name 或 other 之一")
    first = _own(wanted.uscc)
    second = _own(wanted.other) if wanted.other else None
    if first == second:
        raise ApiError(400, "misused", "a firm is itself; name two", "请给出两个不同的信用代码")
    with here.store.write(actor().id) as work:
        if second:
            record_pair(work, first, second, wanted.verdict)
        else:
            place = place_of(wanted.district, wanted.area)
            record(work, [Judged(wanted.name or "", place, first, wanted.verdict)])
    return answer({"kept": True})


@blueprint.get("/merges")
@allow("filings.read")
@described(
    "Every judgement that two codes are one firm, newest first; those that were split stay on the list",
    "全部合并判断，最近的在前；已拆分的仍在列",
    shape=listing(shape(id=WHOLE, loser=TEXT, survivor=TEXT, by=TEXT, at=TEXT, reason=TEXT, split_at=MAYBE, split_by=MAYBE)),
    example="/merges",
)  # fmt: skip
def merge_list() -> Response:
    here = house()
    with here.store.read() as connection:
        rows = judgements(connection, actor().unit, here.clock.today())
    return answer([
        {"id": row.id, "loser": row.loser, "survivor": row.survivor, "by": row.by, "at": instant_text(row.at),
         "reason": row.reason or "", "split_at": row.split_at and instant_text(row.split_at), "split_by": row.split_by}
        for row in rows
    ])  # fmt: skip


@blueprint.post("/merges")
@allow("filings.write")
@described(
    "Two codes become one firm: a judgement that a split undoes",
    "两个代码合并为同一企业，可拆分还原",
    shape=shape(merge=WHOLE, uscc=TEXT), body=Merge, refuses=(409,),
    example='{"loser": "91370199MA0000002G", "survivor": "91370199MA0000001D", "reason": "同一地址"}',
)  # fmt: skip
def merge_codes() -> Response:
    wanted = body_of(Merge)
    made = merge(house(), _code(wanted.loser), _code(wanted.survivor), actor().id, wanted.reason, yes=wanted.yes,
                 unit=actor().unit)  # fmt: skip
    return answer({"merge": made, "uscc": _code(wanted.survivor)})


@blueprint.post("/merges/split")
@allow("filings.write")
@described(
    "A merged code is a firm of its own again",
    "把合并的代码拆分还原",
    shape=shape(uscc=TEXT, led_to=TEXT), body=Split, refuses=(409,),
    example='{"loser": "91370199MA0000002G"}',
)  # fmt: skip
def split_code() -> Response:
    loser = _code(body_of(Split).loser)
    return answer({"uscc": loser, "led_to": split(house(), loser, actor().id, unit=actor().unit)})


def _code(typed: str) -> str:
    code = read_code(typed).code
    if code is None:
        raise ApiError(400, "uscc_check", f"{typed} is no credit code", f"“{typed}”不是统一社会信用代码")
    return code


def _own(typed: str) -> str:
    """The code of a firm on the register that the actor may speak of."""
    code, here, unit = _code(typed), house(), actor().unit
    with here.store.read() as connection:
        firm: Any = managed(connection, [code], here.clock.today()).get(code)
    if firm is None:
        raise unknown_firm(code)
    if unit is not None and firm.unit != unit:
        raise RefusedError(f"{code} is managed by another unit", f"{code} 由其他管理单元管理")
    return code
