"""Sentences that are made of numbers: right whether a number rose, fell or stayed, is unknown, pending, overdue or met. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from registry.kind import Record
from tiers.bulletins.facts import Facts
from tiers.bulletins.saying import Speech, decimal
from tiers.bulletins.steps import STEPS, step_said

STATES = {
    "met": ("已达到", "met"),
    "unmet": ("未达到", "not met"),
    "open": ("推进中", "under way"),
    "pending": ("年终判定", "judged at year's end"),
    "overdue": ("逾期未报", "overdue"),
    "missing": ("待填报", "not yet reported"),
    "not_set": ("未设目标", "no goal set"),
}


def state_name(facts: Facts, entry: Mapping[str, Any]) -> str:
    return facts.speech.say(*STATES[facts.state(entry)])


def goal_text(facts: Facts, entry: Mapping[str, Any]) -> str:
    """``8000家``, ``约150家``, ``8000家以上``, ``不超过…``."""
    speech, goal = facts.speech, decimal(entry["goal"])
    if goal is None:
        return speech.say("未设目标", "no goal set")
    amount = speech.amount(goal, entry["unit"])
    return {
        "more_than": speech.say(f"{amount}以上", f"more than {amount}"),
        "about": speech.say(f"{amount}左右", f"about {amount}"),
        "at_most": speech.say(f"不超过{amount}", f"at most {amount}"),
    }.get(entry["direction"], amount)


def against_goal(facts: Facts, entry: Mapping[str, Any]) -> str:
    """The clause about the goal: how far, what is lacking or exceeded, and whether its day is past."""
    speech, unit = facts.speech, entry["unit"]
    value, goal, state = decimal(entry["value"]), decimal(entry["goal"]), facts.state(entry)
    if value is None or goal is None or state in ("not_set", "missing", "overdue"):
        return speech.say("未设目标", "no goal is set")
    rate = decimal(entry.get("rate"))
    aim = goal_text(facts, entry)
    share = speech.percent(rate) if rate is not None and goal > 0 else None
    over = speech.amount(abs(value - goal), unit)
    if entry["direction"] == "at_most":
        share = None
    if state == "pending":
        reached = speech.say(f"为目标{aim}的{share}", f"{share} of the goal of {aim}") if share else aim
        return speech.say(
            f"{reached}，待{entry['period'][:4]}年度结束后判定",
            f"{reached}; judged when {entry['period'][:4]} is over",
        )
    if state == "met":
        return speech.say(f"达到目标（{aim}）", f"the goal ({aim}) is met") + _beyond(
            facts, entry, value - goal, over
        )
    said = speech.say(f"完成目标{aim}的{share}", f"{share} of the goal of {aim}") if share else (
        speech.say(f"目标为{aim}", f"the goal is {aim}")
    )  # fmt: skip
    return f"{said}{speech.say('，', ', ')}{_lacking(facts, entry, value - goal, over)}{_past(facts, entry)}"


def _beyond(facts: Facts, entry: Mapping[str, Any], gap: Decimal, over: str) -> str:
    if entry["direction"] in ("at_least", "more_than") and gap > 0:
        return facts.speech.say(f"，超出{over}", f", exceeded by {over}")
    return ""


def _lacking(facts: Facts, entry: Mapping[str, Any], gap: Decimal, over: str) -> str:
    say = facts.speech.say
    if entry["direction"] == "about":
        return say(f"偏差{over}，超出5%的允许范围", f"off by {over}, more than the 5% allowed")
    if entry["direction"] == "at_most":
        return say(f"超过上限{over}", f"{over} above the limit")
    if gap == 0:
        return say("与目标持平，须超过目标方为达到", "equal to the goal, which must be exceeded")
    return say(f"距目标差{over}", f"{over} short of it")


def _past(facts: Facts, entry: Mapping[str, Any]) -> str:
    due = entry.get("due")
    if not due or date.fromisoformat(due) >= facts.day:
        return ""
    day = facts.speech.day(date.fromisoformat(due))
    return facts.speech.say(f"（规划期限{day}已过）", f" (its day, {day}, is past)")


def value_sentence(facts: Facts, entry: Mapping[str, Any]) -> str:
    """One target: its value, the change since the bridge's first day, and the goal. Ends without a full stop."""
    speech = facts.speech
    name, value = facts.indicator(entry), decimal(entry["value"])
    if value is None:
        return missing_sentence(facts, entry)
    amount = speech.amount(value, entry["unit"])
    head = speech.say(f"{name}{amount}", f"{name}: {amount}")
    if entry.get("period") and entry["period"] != facts.day.isoformat() and len(entry["period"]) == 4:
        head = speech.say(f"{name}（{entry['period']}年度）{amount}", f"{name} ({entry['period']}): {amount}")
    change, since = facts.delta(entry["id"]), facts.earlier(entry["id"])
    if change is not None and since is not None:
        when = speech.since(since, facts.day)
        moved = speech.change(change, entry["unit"])
        head += speech.say(f"，与{when}持平", f", unchanged since {when}") if change == 0 else (
            speech.say(f"，比{when}{moved}", f", {moved} since {when}")
        )  # fmt: skip
    said = f"{head}{speech.say('，', '; ')}{against_goal(facts, entry)}"
    if entry.get("unknown"):
        lacking = speech.firms(entry["unknown"])
        said += speech.say(f"；另有{lacking}因数据不详无法判定，未计入", f"; {lacking} cannot be judged for want of facts and are not counted")  # fmt: skip
    return said


def missing_sentence(facts: Facts, entry: Mapping[str, Any]) -> str:
    """A figure that nobody has filed: unknown, which is not zero."""
    speech, name = facts.speech, facts.indicator(entry)
    if facts.state(entry) == "overdue":
        due = speech.day(date.fromisoformat(entry["due"]))
        return speech.say(f"{name}已过期限（{due}），仍无填报数据", f"{name}: its day ({due}) is past and nothing is reported")  # fmt: skip
    return speech.say(f"{name}尚无填报数据，数值不详", f"{name}: not reported yet, the value is unknown")


def bridge_sentence(facts: Facts, id: str) -> str | None:
    """What made a target rise and fall; None without a bridge. Ends without a full stop."""
    bridge, entry = facts.bridge(id), facts.targets[id]
    if bridge is None:
        return None
    speech, unit, name = facts.speech, entry["unit"], facts.counted_name(entry)
    first = date.fromisoformat(bridge["from"]["as_of"])
    amounts = [speech.amount(bridge[end]["value"], unit) for end in ("from", "to")]
    steps = [step for step in bridge["steps"] if step["delta"]]
    if not steps:
        return speech.say(
            f"{speech.day(first)}至{speech.day(facts.day)}，{name}没有变动，均为{amounts[1]}",
            f"{name} from {speech.day(first)} to {speech.day(facts.day)}: nothing changed, {amounts[1]}",
        )
    up, down = _told(facts, steps, unit, 1), _told(facts, steps, unit, -1)
    net = int(bridge["to"]["value"]) - int(bridge["from"]["value"])
    total = (
        speech.say(f"净{speech.change(net, unit)}", f"net {speech.change(net, unit)}")
        if net
        else speech.say("增减相抵，总数持平", "which balance")
    )
    return speech.say(
        f"{speech.day(first)}至{speech.day(facts.day)}，{name}由{amounts[0]}变为{amounts[1]}，"
        f"其中{'；'.join(filter(None, (up, down)))}；{total}",
        f"{name} from {speech.day(first)} to {speech.day(facts.day)}: {amounts[0]} became {amounts[1]} – "
        f"{'; '.join(filter(None, (up, down)))}; {total}",
    )


def _told(facts: Facts, steps: list[Record], unit: str, sign: int) -> str:
    """The steps of one direction: 增加30家（新增28家、迁入2家）."""
    speech = facts.speech
    order = list(STEPS)
    mine = sorted((s for s in steps if s["delta"] * sign > 0),
                  key=lambda s: order.index(s["reason"]) if s["reason"] in order else len(order))  # fmt: skip
    if not mine:
        return ""
    total = sum(step["delta"] for step in mine)
    each = [
        speech.say(f"{step_said(s['reason'], speech)}{speech.amount(abs(s['delta']), unit)}",
                   f"{step_said(s['reason'], speech)} {speech.amount(abs(s['delta']), unit)}")
        for s in mine
    ]  # fmt: skip
    return speech.say(
        f"{speech.change(total, unit)}（{speech.joined(each)}）",
        f"{speech.change(total, unit)} ({speech.joined(each)})",
    )


def continuation(speech: Speech, one: Mapping[str, Any]) -> tuple[str, str]:
    """(what to do, by when as ISO day or a remark) of a title that ends."""
    say, day = speech.say, speech.day
    first, until = (date.fromisoformat(one[k]) if one[k] else None for k in ("from", "until"))
    again = {
        "recognition": say("重新申请认定", "apply for recognition anew"),
        "yearly": say("办理年度登记入库", "register for the year"),
    }.get(one["way"], say("申请复核", "apply for review"))
    unnamed = say("以当年通知为准", "the year's notice")
    if one["state"] == "filed":
        return say("已提交申请，待认定部门决定", "applied for; the authority decides"), say("已提交", "filed")
    if not one["way"]:
        return say("接续办法不详，请向认定部门核实", "how it goes on is unknown; ask the authority"), unnamed
    if one["state"] == "closed":
        told = say("申报期已过，请向认定部门核实", f"the time to {again} is over; ask the authority")
    elif first and until:
        opens = day(first) if first.year != until.year else say(f"{first.month}月{first.day}日", day(first))
        told = say(f"{again}（{opens}起受理）", f"{again}, from {opens}")
    else:
        told = say(f"到期前{again}", f"{again} before it ends")
    return told, one["until"] or unnamed
