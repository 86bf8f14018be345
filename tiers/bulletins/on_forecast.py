"""What a bulletin says of the days to come: for each target its outlook, the chance of its goal and what would have to be
true, marked as a projection; and the fan of quality firms. Pure, over what was frozen with the count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from registry.kind import Record
from tiers.bulletins.blocks import Block, Chart, Picture
from tiers.bulletins.cells import said
from tiers.bulletins.facts import QUALITY, Facts
from tiers.bulletins.wording import goal_text
from tiers.forecasting.answers import grade

#: Months of the past that the picture shows.
PAST = 24


def part(facts: Facts) -> Record | None:
    """The frozen forecasts; None where a count was published without."""
    return facts.parts.get("forecast")


def sentences(facts: Facts) -> Iterator[Block]:
    """What kind of number this is, then a numbered line for each target."""
    found = part(facts)
    if found is None:
        return
    yield said(_caution(facts, found))
    told = [id for id in found["targets"] if id in facts.targets]
    for number, id in enumerate(told, start=1):
        yield said(f"{number}. {sentence(facts, facts.targets[id], found['targets'][id])}")


def _caution(facts: Facts, found: Record) -> str:
    say = facts.speech.say
    text = say(
        f"以下为测算，不是统计结果：按以往续认、新认定和退出的规律随机推演{found['simulations']}次，区间为其中九成的范围。",
        f"What follows is a projection and no count: {found['simulations']:,} ways drawn by how titles were renewed, firms "
        "came and left so far; ranges hold nine ways of ten.",
    )
    if found["sample"]:
        text += say("样例数据的历史是虚构的，本节只说明方法，不代表实际。",
                    " The past of the sample data was invented: this section shows the method and not the truth.")  # fmt: skip
    return text


def sentence(facts: Facts, entry: Record, one: Record) -> str:
    """One target: what came of a goal that is past, the outlook, the chance, what would have to be true. Whole sentences."""
    speech, name = facts.speech, facts.indicator(entry)
    clauses = [_past(facts, entry, one), *_outlook(facts, entry, one)]
    text = speech.say("；", "; ").join(filter(None, clauses))
    return speech.say(f"{name}：{text}。", f"{name}: {text}.")


def _past(facts: Facts, entry: Record, one: Record) -> str:
    """What came of a goal whose day is over, and whether the next one is set."""
    past = one["past"]
    if past is None:
        return ""
    speech, say = facts.speech, facts.speech.say
    day, value = speech.day(date.fromisoformat(past["due"])), speech.amount(past["value"], entry["unit"])
    told = {
        True: say(f"规划期限{day}已过，当日{value}，达到目标", f"its day, {day}, is past: {value} then, the goal was met"),
        False: say(f"规划期限{day}已过，当日{value}，未达到目标", f"its day, {day}, is past: {value} then, the goal was not met"),
        None: say(f"规划期限{day}已过，当日{value}，未设目标", f"its day, {day}, is past: {value} then, no goal was set"),
    }[past["reached"]]  # fmt: skip
    following = one["next"]
    if following and following["goal"] is None:
        period = following["period"].replace("-", "—" if speech.is_chinese else "–")
        told += say(f"，{period}年目标尚未设定", f"; the goal of {period} is not set yet")
    return told


def _outlook(facts: Facts, entry: Record, one: Record) -> Iterator[str]:
    speech, say = facts.speech, facts.speech.say
    if not one["enough"]:
        yield say(
            "在库历史不足一年，不作测算", "less than a year of history is on record, so nothing is projected"
        )
        return
    end = _told_end(one)
    if end is None:
        yield say("称号到期后能否续认尚无先例，不作测算",
                  "how many will renew was never seen, so nothing is projected beyond the first titles that end")  # fmt: skip
        return
    unit = entry["unit"]
    day = speech.day(date.fromisoformat(end["day"]))
    middle, low, high = (speech.amount(end[name], unit) for name in ("p50", "p05", "p95"))
    yield say(f"预计到{day}为{middle}左右（{low}至{high}）", f"about {middle} on {day} ({low} to {high})")
    judged = one["judged"]
    if judged is None:
        if one["past"] is None:
            yield say("目标未设定，不测算达到的可能性", "no goal is set, so no chance is told")
        return
    aim = goal_text(facts, {**entry, "goal": judged["goal"], "direction": judged["direction"]})
    chance = chance_said(facts, end["chance"])
    what = say("达到原目标" if one["past"] and judged["due"] == one["past"]["due"] else "达到目标",
               "the same goal" if one["past"] and judged["due"] == one["past"]["due"] else "the goal")  # fmt: skip
    kept = _met(one["value"], judged)
    if kept and one["past"] is None:
        yield say(
            f"现已达到目标（{aim}），届时仍达到的可能性{chance}",
            f"the goal ({aim}) is met now, the chance to meet it then {chance}",
        )
    else:
        yield say(f"届时{what}（{aim}）的可能性{chance}", f"the chance of {what} ({aim}) by then {chance}")
    if one["needed"] and end["day"] == one["needed"]["day"]:
        yield _needed(facts, one["needed"])


def _told_end(one: Record) -> Record | None:
    """The day that is told: the due one where it is ahead, else the one that the answer was solved for, else the last end."""
    ends = one["ends"]
    needed = (one["needed"] or {}).get("day")
    for wanted in (lambda end: end["due"], lambda end: end["day"] == needed):
        for end in ends:
            if wanted(end):
                found: Record = end
                return found
    return ends[0] if ends else None


def _met(value: int, judged: Record) -> bool:
    """Does the value of the day meet the goal already?"""
    goal = int(judged["goal"])
    match judged["direction"]:
        case "more_than":
            return value > goal
        case "at_most":
            return value <= goal
        case "about":
            return abs(value - goal) <= abs(goal) * 0.05
        case _:
            return value >= goal


def chance_said(facts: Facts, chance: str | None) -> str:
    """``约6成``, ``about 6 in 10``; near the ends in hundredths."""
    say = facts.speech.say
    if chance is None:
        return say("未知", "unknown")
    how, n = grade(chance)
    return {
        "under": say("不足1%", "less than 1 in 100"), "over": say("超过99%", "more than 99 in 100"),
        "hundredths": say(f"约{n}%", f"about {n} in 100"), "tenths": say(f"约{n}成", f"about {n} in 10"),
    }[how]  # fmt: skip


def _needed(facts: Facts, needed: Record) -> str:
    """What would have to be true for the median to reach the goal."""
    speech, say = facts.speech, facts.speech.say
    if needed["reached"]:
        return say("照此趋势，中位数可达到目标", "as things go the median reaches it")
    ways = []
    rate, fresh = needed.get("renewal_rate"), needed["new_a_month"]
    if rate and rate["now"] is not None:
        now = speech.percent(Decimal(rate["now"]))
        if rate["needed"] is not None:
            then = speech.percent(Decimal(rate["needed"]))
            ways.append(
                say(f"到期称号续认率由{now}提高到{then}", f"the rate of renewal rises from {now} to {then}")
            )
    if fresh["needed"] is not None:
        now, then = (speech.number(Decimal(fresh[name]), 1) for name in ("now", "needed"))
        ways.append(say(f"每月新增由{now}家提高到{then}家", f"new firms a month rise from {now} to {then}"))
    if not ways:
        return say("仅靠续认或新增均难以达到", "neither renewals nor new firms alone would do")
    return say(f"要达到，需{'，或'.join(ways)}", f"it takes that {', or that '.join(ways)}")


def chance_of(facts: Facts, id: str) -> str:
    """The chance of a target's goal on its day, for templates; a dash where there is none to tell."""
    found = (part(facts) or {"targets": {}})["targets"].get(id)
    due = next((end for end in found["ends"] if end["due"]), None) if found else None
    return "—" if due is None or due["chance"] is None else chance_said(facts, due["chance"])


def text(facts: Facts) -> str:
    """The outlook of quality firms in one sentence; empty where nothing was frozen."""
    found = part(facts)
    if found is None or QUALITY not in found["targets"] or QUALITY not in facts.targets:
        return ""
    return sentence(facts, facts.targets[QUALITY], found["targets"][QUALITY])


def picture(facts: Facts) -> Picture | None:
    """The fan of quality firms: what was, and how it may go on."""
    found = part(facts)
    one: dict[str, Any] = (found or {"targets": {}})["targets"].get(QUALITY, {})
    fan = one.get("fan")
    if not fan or not fan["months"] or QUALITY not in facts.targets:
        return None
    say, speech = facts.speech.say, facts.speech
    past = fan["past"][-PAST:]
    if not past or past[-1][0] < facts.day.isoformat():
        past = [*past, [facts.day.isoformat(), one["value"]]]
    days = (*(day for day, _value in past), *(month[0] for month in fan["months"]))
    judged = one["judged"]
    title = say("优质企业总数走势测算", "Quality firms: how the number may go on")
    last = fan["months"][-1]
    alt = say(
        f"扇形图：截至{speech.day(facts.day)}为{speech.firms(one['value'])}，到{speech.day(date.fromisoformat(last[0]))}"
        f"中位{speech.firms(last[3])}，九成范围{speech.firms(last[1])}至{speech.firms(last[5])}",
        f"A fan: {speech.firms(one['value'])} on {speech.day(facts.day)}; the median on "
        f"{speech.day(date.fromisoformat(last[0]))} is {speech.firms(last[3])}, nine of ten ways lie between "
        f"{speech.firms(last[1])} and {speech.firms(last[5])}",
    )
    chart = Chart(
        "chart_forecast", "fan", title, days, tuple(float(value) for _day, value in past), "",
        rays=tuple(tuple(float(value) for value in month[1:]) for month in fan["months"]),
        goal=None if judged is None else float(judged["goal"]),
        words=(say("至今", "so far"), say("中位数", "median"), say("五成", "half"), say("九成", "nine of ten"),
               say("目标", "goal")),
    )  # fmt: skip
    return Picture(chart, title, alt)
