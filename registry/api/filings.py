"""Filings over the API: what was filed, filing rows with a fate for each, deciding and withdrawing."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Response, request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from registry.api.arguments import CURSOR, LIMIT, MOST, cursor_asked, paged, whole_asked
from registry.api.blueprint import blueprint
from registry.api.once import Once, key_asked
from registry.decisions import Answer, decide
from registry.filing import FATES, file_list
from registry.filings import document, filing_row, filings_before, problems, results
from registry.forms import listed_from_form
from registry.importing import problem
from registry.intake.cells import OWN_UNIT
from registry.kind import FIRM, Kind, Record
from registry.naming.codes import read_code
from registry.pages.filings import own_filer
from registry.scope import managed, same_person
from registry.shell.access import actor, allow
from registry.shell.api import (
    COUNT,
    MAYBE,
    TEXT,
    WHOLE,
    ApiError,
    Parameter,
    answer,
    body_of,
    described,
    listing,
    record,
)
from registry.shell.serving import house
from registry.withdrawal import withdraw

PER_PAGE = 50
#: What bare numbers mean here: money is yuan, ratios are ratios, amounts are in the unit of what they are about.
UNITS = {"money": "元", "capital": "元", "ratio": "ratio", "amount": OWN_UNIT}
Text = Annotated[str, StringConstraints(max_length=32_000)]
Short = Annotated[str, StringConstraints(max_length=200)]
FilingId = Annotated[int, Field(ge=1, le=2**31 - 1)]
ID = Parameter("id", "a filing", "入库记录编号", "1", place="path", schema={"type": "integer", "minimum": 1})
ROW = Parameter("row", "a row of it", "行号", "1", place="path", schema={"type": "integer", "minimum": 1})
KEY = Parameter(
    "Idempotency-Key", "a request with the same key is carried out once; the same answer is given again",
    "同一键的请求只执行一次，重发得到同样的答复", "", place="header", schema={"type": "string", "pattern": "^[!-~]{1,200}$"},
)  # fmt: skip
_FILING = record(id=WHOLE, kind=TEXT, file=TEXT, sha256=TEXT, by=TEXT, recorded_at=TEXT, withdrawn_at=MAYBE, rows=WHOLE,
                 accepted=WHOLE, unchanged=WHOLE, review=WHOLE, refused=WHOLE)  # fmt: skip
_PROBLEM = record(row=WHOLE, field=MAYBE, code=TEXT, value=MAYBE, message=TEXT, fate=TEXT)
_RESULT = record(row=WHOLE, fate=TEXT, uscc=MAYBE)
_FILED = record(filing=COUNT, kind=TEXT, rows=WHOLE, accepted=WHOLE, unchanged=WHOLE, review=WHOLE, refused=WHOLE,
                results=listing(_RESULT), problems=listing(_PROBLEM))  # fmt: skip


class NewFiling(BaseModel):
    """Rows of one kind, each field id → value. ``set`` fills where a row has no value; 清空 says "no value"."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: Short
    file: Annotated[str, StringConstraints(min_length=1, max_length=200)] = "api"
    rows: Annotated[list[dict[Short, Text | int | float | None]], Field(min_length=1)]
    set: dict[Short, Text] = {}
    create: bool = False
    yes: bool = False
    dry_run: bool = False


class Withdrawal(BaseModel):
    """``yes``: also where rows of other filings lean on it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    yes: bool = False


class Decision(BaseModel):
    """One of: the firm meant, create it, take the row as it stands (perhaps with ``fields`` mended), turn it down."""

    model_config = ConfigDict(extra="forbid", strict=True)

    uscc: Short | None = None
    create: bool = False
    take: bool = False
    reject: bool = False
    fields: dict[Short, Text] = {}


@blueprint.get("/filings")
@allow("filings.read")
@described(
    "What was put on record, newest first, page by page",
    "入库记录，最近的在前，分页",
    Parameter("kind", "of one kind", "某一类", "titles"), LIMIT, CURSOR,
    shape=record(filings=listing(_FILING), next=MAYBE),
    example="/filings?limit=5",
)  # fmt: skip
def filing_list() -> Response:
    limit, before = whole_asked("limit", range(1, MOST + 1)) or PER_PAGE, cursor_asked(int)
    kind = request.args.get("kind", "").strip()
    if kind:
        kind_or_refuse(kind)
    with house().store.read() as connection:
        rows = filings_before(connection, limit + 1, before[0] if before else None, kind or None, own_filer())
    return answer(paged("filings", rows, limit, lambda last: [last["id"]]))


@blueprint.get("/filings/<int:id>")
@allow("filings.read")
@described("One filing", "一次入库", ID, shape=_FILING, example="/filings/1")
def one_filing(id: int) -> Response:
    with house().store.read() as connection:
        return answer(document(seen_filing(connection, id)))


@blueprint.get("/filings/<int:id>/rows")
@allow("filings.read")
@described(
    "The rows of a filing with their fate and what was said of them, page by page",
    "一次入库的各行结果与问题，分页",
    ID, Parameter("fate", "of one fate", "某一结果", "review", one_of=FATES), LIMIT, CURSOR,
    shape=record(rows=listing(record(row=WHOLE, fate=TEXT, uscc=MAYBE, problems=listing(_PROBLEM))), next=MAYBE),
    example="/filings/1/rows?limit=5",
)  # fmt: skip
def filing_rows(id: int) -> Response:
    limit, after = whole_asked("limit", range(1, MOST + 1)) or PER_PAGE, cursor_asked(int)
    fate = request.args.get("fate", "").strip()
    if fate and fate not in FATES:
        raise ApiError(
            400, "value_unknown", f"fate={fate}: give one of {', '.join(FATES)}", f"没有结果“{fate}”"
        )
    with house().store.read() as connection:
        filing = seen_filing(connection, id)
        found = results(connection, id, fate or None, after[0] if after else -1, limit + 1)
        rows = _subjects(connection, house().kinds.by_id.get(filing.kind), found)
        said = problems(connection, id, rows=[row["row"] for row in rows])
    documents = [row | {"problems": [one for one in said if one["row"] == row["row"]]} for row in rows]
    return answer(paged("rows", documents, limit, lambda last: [last["row"]]))


@blueprint.post("/filings")
@allow("filings.write")
@described(
    "Put rows on record in one filing, all or none; every row gets a fate. Fields are those of the kind; money is yuan",
    "将若干行作为一次入库，整体成功或整体不入；每行都有结果。字段同该类名单，金额以元计",
    KEY,
    shape=_FILED,
    example='{"kind": "titles", "rows": [{"uscc": "91370199MAC5C88H07", "tier": "srdi", "level": "provincial", '
    '"issued_on": "2026-05-01", "batch": "2026第一批"}], "dry_run": true}',
    body=NewFiling, statuses=(201, 200), refuses=(409,),
)  # fmt: skip
def new_filing() -> Response:
    """201 with the filing; 200 after a rehearsal, or where the key had been carried out before."""
    here, wanted = house(), body_of(NewFiling)
    kind = kind_or_refuse(wanted.kind)
    if len(wanted.rows) > here.settings.limits.api_rows:
        most = here.settings.limits.api_rows
        raise ApiError(413, "too_many_rows", f"rows: at most {most:,} at once", f"一次最多 {most:,} 行")
    for number, row in enumerate(wanted.rows, start=1):
        if all(value is None or value == "" for value in row.values()):
            raise ApiError(400, "row_empty", f"row {number} says nothing", f"第 {number} 行没有内容")
    once = Once(here, actor().id, key_asked(), wanted.model_dump_json())
    if not wanted.dry_run and (filing := once.done()) is not None:
        return _filed(kind, filing, 200)
    listed = listed_from_form(
        here, kind, wanted.rows, wanted.file, {"set": wanted.set, "create": wanted.create}, UNITS
    )
    try:
        outcome = file_list(here, listed, actor().id, create=wanted.create, yes=wanted.yes, dry_run=wanted.dry_run,
                            also=once.note, unit=actor().unit)  # fmt: skip
    except once.raced:
        filing = once.done()
        assert filing is not None
        return _filed(kind, filing, 200)
    if outcome.filing is not None:
        return _filed(kind, outcome.filing, 201)
    fates = [
        {"row": row.number, "fate": outcome.fate_of[row.number], "uscc": row.subject} for row in listed.rows
    ]
    with here.store.read() as connection:
        fates = _subjects(connection, kind, fates)
    said = [problem(number, note) for number, note in outcome.problems]
    return answer(
        {"filing": None, "kind": kind.id, "rows": outcome.rows, **{fate: outcome.fates[fate] for fate in FATES},
         "results": fates, "problems": said}
    )  # fmt: skip


def _subjects(connection: Connection, kind: Kind | None, rows: list[Record]) -> list[Record]:
    """The rows as the actor may see them: to an officer the codes of other units' firms stay unsaid. What is about no
    firm names its ``subject`` instead."""
    if kind is not None and kind.about != FIRM:
        return [row | {"uscc": None, "subject": row["uscc"]} for row in rows]
    unit = actor().unit
    if unit is None:
        return rows
    codes = [row["uscc"] for row in rows if row["uscc"]]
    firms = managed(connection, codes, house().clock.today())
    others = {code for code, firm in firms.items() if firm.unit != unit}
    return [row | {"uscc": None} if row["uscc"] in others else row for row in rows]


def _filed(kind: Kind, filing: int, status: int) -> Response:
    """The answer about a filing, always made from what is on record, so that a repeated request gets the very same."""
    with house().store.read() as connection:
        row = filing_row(connection, filing)
        said = problems(connection, filing)
        fates = _subjects(connection, kind, results(connection, filing))
    counts = {fate: sum(one["fate"] == fate for one in fates) for fate in FATES}
    response = answer(
        {"filing": row.id, "kind": kind.id, "rows": row.rows, **counts, "results": fates, "problems": said}
    )
    response.status_code = status
    response.headers["Location"] = f"/api/v1/filings/{filing}"
    return response


@blueprint.post("/filings/<int:id>/withdraw")
@allow("filings.write")
@described(
    "Take a filing back: what earlier filings said returns, what later ones said stays",
    "撤回一次入库：此前的记载恢复，此后的记载保留",
    ID, shape=record(filing=WHOLE, orphaned=listing(TEXT)), example='{"yes": false}', body=Withdrawal, refuses=(409,),
)  # fmt: skip
def withdraw_filing(id: int) -> Response:
    wanted = body_of(Withdrawal)
    with house().store.read() as connection:
        seen_filing(connection, id)
    gone = withdraw(house(), id, actor().id, yes=wanted.yes, unit=actor().unit)
    return answer({"filing": id, "orphaned": gone})


@blueprint.post("/filings/<int:id>/rows/<int:row>/decision")
@allow("filings.write")
@described(
    "Decide a row in review; the decision is a filing of its own (null where the row was turned down)",
    "判定一行待核内容；判定本身也是一次入库（退回则为空）",
    ID, ROW, shape=record(filing=COUNT, fate=TEXT), example='{"uscc": "91370199MAC5C88H07"}', body=Decision, refuses=(409,),
)  # fmt: skip
def decide_row(id: int, row: int) -> Response:
    wanted = body_of(Decision)
    if sum([bool(wanted.uscc), wanted.create, wanted.take or bool(wanted.fields), wanted.reject]) != 1:
        raise ApiError(
            400,
            "misused",
            "give one of uscc, create, take (or fields), reject",
            "请给出 uscc、create、take（或 fields）、reject 之一",
        )
    code = read_code(wanted.uscc).code if wanted.uscc else None
    if wanted.uscc and code is None:
        raise ApiError(
            400, "uscc_check", f"{wanted.uscc} is no credit code", f"“{wanted.uscc}”不是统一社会信用代码"
        )
    with house().store.read() as connection:
        seen_filing(connection, id)
        if not results(connection, id, None, row - 1, 1, row):
            raise ApiError(
                404, "unknown_row", f"filing {id} has no row {row}", f"入库记录 {id} 没有第 {row} 行"
            )
    given = Answer(code, wanted.create, wanted.take, wanted.reject, wanted.fields or None)
    outcome = decide(house(), id, row, given, actor().id, actor().unit)
    if outcome is None:
        return answer({"filing": None, "fate": "refused"})
    return answer({"filing": outcome.filing, "fate": outcome.fate_of[row]})


def kind_or_refuse(id: str) -> Kind:
    kinds: Any = house().kinds.by_id
    if id not in kinds:
        raise ApiError(
            400,
            "unknown_kind",
            f"kind={id}: give one of {', '.join(kinds)}",
            f"没有名单类型“{id}”；现有 {'、'.join(kinds)}",
        )
    kind: Kind = kinds[id]
    return kind


def seen_filing(connection: Connection, id: int) -> Any:
    """The filing, if there is one and the actor may see it: a district officer sees the own ones."""
    row = (
        filing_row(connection, id) if id < 2**31 else None
    )  # larger numbers cannot be compared and name none
    if row is None:
        raise ApiError(404, "unknown_filing", f"there is no filing {id}", f"没有入库记录 {id}")
    if actor().unit is not None and not same_person(row.by, actor().id):
        raise ApiError(404, "unknown_filing", f"there is no filing {id} of yours", f"您没有入库记录 {id}")
    return row
