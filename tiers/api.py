"""This room's part of the API: count, assess, rules, simulate; the very documents of the command line."""

from __future__ import annotations

from flask import Blueprint, Response, request

from registry import words
from registry.api.arguments import (
    AS_OF,
    KNOWN_AT,
    MOST,
    YEARS,
    day_asked,
    instant_asked,
    one_of_asked,
    unknown_firm,
    whole_asked,
)
from registry.naming.codes import read_code
from registry.pages.own_firms import own_codes
from registry.shell.access import actor, allow
from registry.shell.api import (
    COUNT,
    DAY,
    MAYBE,
    TEXT,
    VALUE,
    WHOLE,
    ApiError,
    Parameter,
    answer,
    api_blueprint,
    described,
    listing,
    record,
)
from registry.shell.serving import house
from registry.store.clock import instant_text
from registry.subjects import existing, firms_of
from tiers.asking import ask_count, dimensions
from tiers.assessing import PURPOSES, assess, edition_document, edition_heads, simulate
from tiers.count import DIMENSIONS
from tiers.judging import STATES
from tiers.members import Question
from tiers.progress import document as laid_out
from tiers.progress import narrowed, progress
from tiers.rounds import rounds
from tiers.rules.layout import differences
from tiers.rules.library import library
from tiers.targets import plan_id, plan_named, plans

blueprint = api_blueprint("tiers")

PURPOSE = Parameter(
    "purpose", "what is applied for, new by default", "申报用途，默认 new", "new", one_of=PURPOSES
)
PLAN = Parameter("plan", "judged by another plan", "按另一计划统计", "plan-2026-2028")
_TARGET = record(
    id=TEXT,
    name=TEXT,
    goal=VALUE,
    value=VALUE,
    rate=MAYBE,
    unknown=COUNT,
    period=MAYBE,
    source=TEXT,
    state=TEXT,
)
_CRITERION = record(id=TEXT, clause=MAYBE, verdict=TEXT, value=VALUE, threshold=VALUE, unit=MAYBE, period=MAYBE,
                    short_by=VALUE, source={"type": ["array", "null"]})  # fmt: skip
_HEAD = record(
    id=TEXT, tier=TEXT, level=TEXT, document=TEXT, until=MAYBE, layer=TEXT, status=TEXT, provenance=TEXT
)


@blueprint.get("/count")
@allow("counts.read")
@described(
    "The register counted against the plan: targets, tiers, quality firms, revenue classes",
    "对照计划的统计：指标、各类称号、优质企业、营收分级",
    AS_OF, KNOWN_AT,
    Parameter("year", "the year of accounts, by the closing day by default", "年报年度，默认按结账日", "2025"),
    Parameter("by", "broken down by", "分项", "area", one_of=(*DIMENSIONS, "chain")), PLAN,
    shape=record(as_of=DAY, known_at=TEXT, outside=WHOLE, targets=listing(_TARGET), tiers=listing({"type": "object"}),
                 quality={"type": "object"}, revenue={"type": "object"}),
    example="/count?by=area",
)  # fmt: skip
def count() -> Response:
    day, at, year = day_asked(), instant_asked(), whole_asked("year", YEARS)
    return answer(ask_count(house(), day, at, year, one_of_asked("by", dimensions(house())), plan_asked()))


@blueprint.get("/targets")
@allow("counts.read")
@described(
    "The plan's indicators with value, goal, state, the value on the due day where that has passed, and who reports; values "
    "and goals are filed as the kinds indicators and targets",
    "计划指标：数值、目标、状态、到期日数值与责任部门；数值与目标以 indicators、targets 两类名单入库",
    AS_OF, KNOWN_AT, PLAN,
    Parameter("state", "of one state; owed: a department owes a figure", "某一状态；owed 为部门欠报", "overdue",
              one_of=(*STATES, "owed")),
    shape=record(plan=TEXT, period=TEXT, as_of=DAY, known_at=TEXT, targets=listing(_TARGET)),
    example="/targets?state=overdue",
)  # fmt: skip
def targets() -> Response:
    here, day, at, name = house(), day_asked(), instant_asked(), plan_asked()
    lines = narrowed(progress(here, day, at, None, name), one_of_asked("state", (*STATES, "owed")) or "")
    return answer(
        laid_out(name or here.settings.targets.plan, day, instant_text(at or here.clock.now()), lines)
    )


def plan_asked() -> str | None:
    """The plan asked for, by id or years."""
    text = request.args.get("plan", "").strip()
    if not text:
        return None
    name = plan_named(text)
    if name is None:
        known = ", ".join(map(plan_id, plans()))
        raise ApiError(
            404,
            "unknown_plan",
            f"there is no plan {text}; the plans are {known}",
            f"没有计划“{text}”；现有 {known}",
        )
    return name


@blueprint.get("/assess")
@allow("rules.read")
@described(
    "What firms could hold under the rules of a day, clause by clause, and why not yet",
    "按当日规则企业可持有哪些称号，逐条判定及差距",
    Parameter("uscc", "a credit code; may be given several times", "统一社会信用代码，可重复", "91370199MAC5C88H07",
              required=True, many=True),
    Parameter("tier", "one tier, by id or term", "称号的代码或名称", "srdi"),
    Parameter("level", "one level, by id or term", "级别", "provincial"),
    PURPOSE, AS_OF,
    shape=listing(record(uscc=TEXT, tier=TEXT, level=TEXT, edition=MAYBE, overlays=listing(TEXT), purpose=TEXT, verdict=TEXT,
                         computed=TEXT, score={"type": ["object", "null"]}, verified={"type": "boolean"},
                         criteria=listing(_CRITERION), missing=listing(TEXT), not_modelled=listing(TEXT))),
    example="/assess?uscc=91370199MAC5C88H07&tier=srdi",
)  # fmt: skip
def assess_firms() -> Response:
    typed = [code for given in request.args.getlist("uscc") for code in given.split(",") if code.strip()]
    if not typed:
        raise ApiError(
            400, "argument_missing", "uscc: name a firm by its credit code", "请用 uscc 给出信用代码"
        )
    if len(typed) > MOST:
        raise ApiError(400, "too_many", f"ask about {MOST} firms at most", f"一次最多 {MOST} 家企业")
    codes = [read_code(code).code or code.strip() for code in typed]
    day, purpose = day_asked(), one_of_asked("purpose", PURPOSES) or "new"
    with house().store.read() as connection:
        firms = firms_of(connection, codes)
        known = existing(connection, firms)
        for code in firms:
            if code not in known:
                raise unknown_firm(code)
        return answer(assess(house(), connection, firms, day, _term("tier"), _term("level"), purpose))


@blueprint.get("/rules")
@allow("rules.read")
@described(
    "Every edition with its document and the days on which it is in force",
    "全部规则版本、文号与施行时间",
    shape=listing(_HEAD),
    example="/rules",
)
def rules() -> Response:
    return answer(edition_heads())


@blueprint.get("/rules/<id>")
@allow("rules.read")
@described(
    "An edition laid out, with the source of every value",
    "一个版本的全文结构，每个数值注明来源",
    Parameter("id", "an edition", "版本", "srdi-2026", place="path"),
    shape=record(id=TEXT, tier=TEXT, level=TEXT, zh=TEXT, en=TEXT, criteria=listing({"type": "object"}),
                 tables=listing({"type": "object"}), not_modelled=listing(TEXT), notes=listing(TEXT)),
    example="/rules/srdi-2026",
)  # fmt: skip
def rule(id: str) -> Response:
    return answer(edition_document(_known(id)))


@blueprint.get("/rules/diff")
@allow("rules.read")
@described(
    "What two editions ask differently, criterion by criterion",
    "两个版本逐条的不同",
    Parameter("a", "an edition", "版本", "srdi-2022", required=True),
    Parameter("b", "another edition", "另一版本", "srdi-2026", required=True),
    shape=listing(record(id=TEXT, a=MAYBE, b=MAYBE)),
    example="/rules/diff?a=srdi-2022&b=srdi-2026",
)
def rules_diff() -> Response:
    a, b = (_known(_wanted(name)) for name in ("a", "b"))
    return answer(differences(edition_document(a), edition_document(b)))


@blueprint.get("/simulate")
@allow("rules.read")
@described(
    "The city's firms under another edition, or under other thresholds: who gains, who loses",
    "换用另一版规则或门槛，全市哪些企业将符合、哪些将不符合",
    Parameter("edition", "an edition", "版本", "srdi-2022", required=True),
    Parameter("set", "another threshold, CRITERION=AMOUNT; may be given several times", "另设门槛：条款=门槛，可重复",
              "rd.ratio=2.5%", many=True),
    PURPOSE, AS_OF,
    shape=record(edition=TEXT, instead_of=TEXT, as_of=DAY, changed={"type": "object"}, gain=listing(TEXT), lose=listing(TEXT),
                 undecided=WHOLE, names={"type": "object"},
                 by=listing(record(dimension=TEXT, key=TEXT, name=TEXT, gain=COUNT, lose=COUNT, undecided=COUNT))),
    example="/simulate?edition=srdi-2022&set=rd.ratio%3D2.5%25",
)  # fmt: skip
def simulate_edition() -> Response:
    edition, day = _known(_wanted("edition")), day_asked()
    pairs = dict(change.partition("=")[::2] for change in request.args.getlist("set"))
    if not all(pairs.values()):
        raise ApiError(
            400,
            "misused",
            "set wants CRITERION=AMOUNT, such as rd.ratio=2.5%",
            "set 的写法是 条款=门槛，如 rd.ratio=2.5%",
        )
    with house().store.read() as connection:
        purpose = one_of_asked("purpose", PURPOSES) or "new"
        document = simulate(house(), connection, edition, day, pairs, purpose)
    own = own_codes()
    if own is not None:  # the numbers are the city's, the firms those of the own unit
        document |= {side: [uscc for uscc in document[side] if uscc in own] for side in ("gain", "lose")}
        document["names"] = {uscc: name for uscc, name in document["names"].items() if uscc in own}
    return answer(document)


@blueprint.get("/rounds")
@allow("counts.read")
@described(
    "Rounds of applications: how many firms applied, were recommended, publicised, recognised, rejected, or lack an update; "
    "what is not on record is left out",
    "申报轮次：各环节企业数与无更新记录的企业数；没有记录的不列",
    AS_OF,
    shape=listing(record(tier=TEXT, level=TEXT, purpose=TEXT, round=TEXT, firms={"type": "object"}, last=MAYBE, due=MAYBE)),
    example="/rounds",
)  # fmt: skip
def application_rounds() -> Response:
    here = house()
    with here.store.read() as connection:
        found = rounds(connection, Question(day_asked(), here.settings), actor().unit)
    return answer([
        {"tier": one.key.tier, "level": one.key.level, "purpose": one.key.purpose, "round": one.key.round,
         "firms": dict(one.numbers), "last": one.last and one.last.isoformat(), "due": one.due and one.due.isoformat()}
        for one in found
    ])  # fmt: skip


def _wanted(name: str) -> str:
    text = request.args.get(name, "").strip()
    if not text:
        raise ApiError(400, "argument_missing", f"{name}: is wanted", f"缺少参数 {name}")
    return text


def _term(vocabulary: str) -> str | None:
    """An id or a Chinese term as an id; what is no word of the table is left for the rules to refuse."""
    text = request.args.get(vocabulary, "").strip()
    return words.read(vocabulary, text) or text if text else None


def _known(id: str) -> str:
    if id not in library().editions:
        raise ApiError(
            404,
            "unknown_edition",
            f"there is no edition {id}; see /api/v1/rules",
            f"没有规则版本“{id}”，见 /api/v1/rules",
        )
    return id


def tiers_api() -> Blueprint:
    return blueprint
