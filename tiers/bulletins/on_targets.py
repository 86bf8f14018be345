"""What a bulletin says of the plan's targets: a summary, a sentence each, the table, and the picture of rates. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from registry.kind import Record
from tiers.bulletins import cells
from tiers.bulletins.blocks import Block, Cell, Chart, Column, Picture, Run, Table
from tiers.bulletins.cells import said, seen_in
from tiers.bulletins.facts import QUALITY, Facts
from tiers.bulletins.saying import decimal
from tiers.bulletins.sheets import Sheets, of_target
from tiers.bulletins.wording import goal_text, state_name, value_sentence

#: What the bulletin tells in sentences; the table has all.
TOLD = (QUALITY, "above-scale", "listed", "tech-sme", "high-tech", "revenue-10bn", "revenue-1bn")


def summary(facts: Facts, sheets: Sheets) -> Iterator[Block]:
    """The first paragraph: quality firms, then how many targets are met, not met, undecided."""
    say, day = facts.speech.say, facts.speech.day(facts.day)
    entry = facts.targets.get(QUALITY)
    if entry is not None:
        told = value_sentence(facts, entry)
        yield said(say(f"截至{day}，全市{told}", f"As of {day}. {told}"), seen_in(sheets, of_target(QUALITY)),
                   say("。", "."), *_pending(facts, entry))  # fmt: skip
    yield said(met_sentence(facts))


def _pending(facts: Facts, entry: Record) -> list[Run]:
    firms = entry.get("review_pending")
    if not firms:
        return []
    amount = facts.speech.firms(firms)
    say = facts.speech.say
    return [Run(say(f"另有{amount}称号已到期、复核尚未有结果，按现行口径未计入上述总数。",
                    f" Besides, the titles of {amount} have ended with their review still undecided; they are not in this number."))
            if not facts.names["counts_pending"] else
            Run(say(f"其中{amount}称号已到期、复核尚未有结果。",
                    f" Of these, the titles of {amount} have ended with their review still undecided."))]  # fmt: skip


def met_sentence(facts: Facts) -> str:
    """How many of the targets that the register counts are met; who is not is named."""
    speech = facts.speech
    states: dict[str, list[str]] = {}
    for entry in facts.counted:
        state = facts.state(entry)
        states.setdefault("unmet" if state == "open" else state, []).append(facts.indicator(entry))
    total = len(facts.counted)
    met, unmet = len(states.get("met", ())), states.get("unmet", [])
    told = [speech.say(f"由登记库直接统计的{total}项指标中，已达到目标{met}项",
                       f"Of the {total} targets that the register counts, {met} are met")]  # fmt: skip
    if unmet:
        told.append(speech.say(f"尚未达到{len(unmet)}项（{speech.joined(unmet)}）",
                               f"{len(unmet)} are not yet ({speech.joined(unmet)})"))  # fmt: skip
    for state, zh, en, one in (("pending", "待年度结束后判定", "are judged at year's end", "is judged at year's end"), ("not_set", "未设定目标", "have no goal", "has no goal"),
                          ("missing", "数值不详", "are unknown", "is unknown"), ("overdue", "逾期未报", "are overdue", "is overdue")):  # fmt: skip
        if names := states.get(state):
            told.append(speech.say(f"{zh}{len(names)}项", f"{len(names)} {en if len(names) > 1 else one}"))
    return speech.say("，".join(told) + "。", ", ".join(told) + ".")


def sentences(facts: Facts, sheets: Sheets) -> Iterator[Block]:
    """One numbered line for each target that is told in words."""
    for number, id in enumerate((id for id in TOLD if id in facts.targets), start=1):
        told = value_sentence(facts, facts.targets[id])
        yield said(f"{number}. {told}", seen_in(sheets, of_target(id)), facts.speech.say("。", "."))


def table(facts: Facts, sheets: Sheets) -> Table:
    """All targets that are counted, with the change and where their firms stand."""
    say = facts.speech.say
    columns = (
        Column(say("指标", "Target"), 4.6), Column(say("目标", "Goal"), 2, number=True), Column(say("当前值", "Value"), 1.5, number=True),
        Column(say("完成率", "Rate"), 1.5, number=True), Column(say("增减", "Change"), 1.3, number=True),
        Column(say("状态", "State"), 1.7, middle=True), Column(say("名单", "Firms"), 1.1, middle=True),
    )  # fmt: skip
    rows = tuple(_row(facts, sheets, entry) for entry in facts.counted)
    unknown = [
        f"{facts.indicator(entry)}{facts.speech.say('', ': ')}{facts.speech.firms(entry['unknown'])}"
        for entry in facts.counted
        if entry.get("unknown")
    ]
    note = say("注：“名单”列为附表编号。", "Note: the last column names the list of the firms.")
    if unknown:
        note += say(f"因数据不详无法判定、未计入的：{facts.speech.joined(unknown)}。",
                    f" Not counted for want of facts: {facts.speech.joined(unknown)}.")  # fmt: skip
    return Table("table_targets", say("主要指标完成情况", "Targets"), columns, rows, note)


def _row(facts: Facts, sheets: Sheets, entry: Record) -> tuple[Cell, ...]:
    speech, sheet = facts.speech, sheets.has(of_target(entry["id"]))
    return (
        cells.text(facts.indicator(entry)),
        cells.text(goal_text(facts, entry)),
        cells.amount(entry["value"], entry["unit"], speech, sheet),
        cells.ratio(entry.get("rate"), speech),
        cells.delta(facts.delta(entry["id"]), speech, sheets.has(f"bridge:{entry['id']}")),
        cells.text(state_name(facts, entry)),
        cells.text(sheets.number(sheet), sheet),
    )


def picture(facts: Facts) -> Picture | None:
    """Rates of the counted targets as bars against the goal."""
    say = facts.speech.say
    shown = [(facts.indicator(entry), rate) for entry in facts.counted
             if (rate := decimal(entry.get("rate"))) is not None]  # fmt: skip
    if not shown:
        return None
    values = tuple(float(rate * 100) for _, rate in shown)
    title = say("各项指标目标完成率", "Rates of the targets")
    alt = say("条形图，各指标的目标完成率：", "Bars, the rate of each target: ") + facts.speech.joined(
        [f"{name} {facts.speech.percent(rate)}" for name, rate in shown]
    )
    chart = Chart("chart_targets", "rates", title, tuple(name for name, _ in shown), values, "%")
    return Picture(chart, title, alt)
