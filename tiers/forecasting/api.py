"""Forecasts and cultivation lists over the HTTP API: the documents of the command line."""

from __future__ import annotations

from flask import Response, request

from registry.api.arguments import AS_OF, KNOWN_AT, day_asked, instant_asked, whole_asked
from registry.pages.own_firms import own_codes
from registry.shell.access import allow
from registry.shell.api import (
    COUNT,
    DAY,
    MAYBE,
    TEXT,
    WHOLE,
    ApiError,
    Parameter,
    answer,
    described,
    listing,
    record,
)
from registry.shell.serving import house
from tiers.api import PLAN, blueprint, plan_asked
from tiers.forecasting.asking import Wanted, ask_backtest, ask_forecast, scenario_of
from tiers.forecasting.candidates import ask_cultivation

_TARGET = Parameter(
    "target", "a target, a tier, or tier:level; quality-firms by default", "指标、称号或“称号:级别”，默认 quality-firms",
    "srdi:provincial",
)  # fmt: skip
_OBJECT = {"type": ["object", "null"]}


@blueprint.get("/forecast")
@allow("counts.read")
@described(
    "How a count may go on: quantiles by month, the chance of the goal, what would have to be true, what if",
    "预测：逐月分位数、达到目标的可能性、需要满足的条件、假设情景",
    _TARGET, AS_OF, KNOWN_AT,
    Parameter("months", "how far to look", "预测月数", "24", schema={"type": "integer", "minimum": 1, "maximum": 60}),
    PLAN,
    Parameter("what_if", "changes, such as renewals=+5,near=300", "假设情景，如 renewals=+5,near=300",
              "renewals=+5,near=300"),
    shape=record(target=TEXT, as_of=DAY, known_at=TEXT, value=WHOLE, plan=MAYBE, goal=COUNT, due=MAYBE, next=_OBJECT,
                 judged=_OBJECT, enough={"type": "boolean"}, months=listing({"type": "object"}),
                 chances=listing({"type": "object"}), needed=_OBJECT, drivers=_OBJECT, cohorts=listing({"type": "object"}),
                 what_if=_OBJECT, sample={"type": "boolean"}),
    example="/forecast?target=high-tech&months=12",
)  # fmt: skip
def forecast() -> Response:
    target = _asked()
    changes = {}
    for part in filter(None, request.args.get("what_if", "").replace(" ", "+").split(",")):
        name, mark, amount = part.partition("=")
        if not mark:
            raise ApiError(
                400,
                "misused",
                "what_if wants NAME=AMOUNT, such as renewals=+5",
                "what_if 的写法是 名称=数量，如 renewals=+5",
            )
        changes[name.lstrip("+")] = amount
    scenario = scenario_of(changes, target, house().settings.quality.titles)
    wanted = Wanted(target, whole_asked("months", range(1, 61)), scenario, plan_asked())
    return answer(ask_forecast(house(), wanted, day_asked(), instant_asked()))


@blueprint.get("/forecast/backtest")
@allow("counts.read")
@described(
    "Forecasts from past half-years and what came",
    "以往半年末的预测与实际的比较",
    _TARGET, AS_OF, KNOWN_AT,
    shape=record(target=TEXT, as_of=DAY, trials=listing({"type": "object"}), scores=listing({"type": "object"}),
                 sample={"type": "boolean"}),
    example="/forecast/backtest?target=high-tech",
)  # fmt: skip
def forecast_backtest() -> Response:
    return answer(ask_backtest(house(), _asked(), day_asked(), instant_asked()))


@blueprint.get("/cultivation")
@allow("rules.read")
@described(
    "Firms to cultivate, nearest to the line first, until what they may bring reaches the goal",
    "培育清单：由近及远，直至预期合计达到目标",
    _TARGET, AS_OF,
    Parameter("unit", "a management unit, by code", "管理单元代码", "370171"), PLAN,
    shape=record(target=TEXT, as_of=DAY, until=DAY, goal=COUNT, sure=WHOLE, candidates=WHOLE, expected=TEXT, takes=COUNT,
                 short=TEXT, units=listing({"type": "object"}),
                 firms=listing(record(uscc=TEXT, name=TEXT, unit=MAYBE, what=TEXT, tier=TEXT, level=MAYBE, distance=TEXT,
                                      probability=TEXT, cumulative=TEXT))),
    example="/cultivation?target=high-tech",
)  # fmt: skip
def cultivation() -> Response:
    unit = request.args.get("unit", "").strip() or None
    if unit not in (None, "unknown") and unit not in house().places.names:
        raise ApiError(
            400, "district_unknown", f"unit={unit}: not a district or functional area of the city",
            f"unit={unit}：不是本市的区县或功能区",
        )  # fmt: skip
    return answer(ask_cultivation(house(), _asked(), day_asked(), unit, own_codes(), plan_name=plan_asked()))


def _asked() -> str:
    return request.args.get("target", "").strip() or "quality-firms"
