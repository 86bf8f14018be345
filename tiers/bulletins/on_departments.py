"""What a bulletin says of the figures that departments file: which are there, which are missing, which are overdue. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from registry.kind import Record
from tiers.bulletins import cells
from tiers.bulletins.blocks import Block, Column, Table
from tiers.bulletins.cells import said
from tiers.bulletins.facts import Facts
from tiers.bulletins.wording import goal_text, state_name


def _lead(facts: Facts, entry: Record) -> str:
    """The first responsible body leads; the plan does not name one for every figure."""
    return next(iter(facts.responsible(entry["id"])), facts.speech.say("计划未明确", "not named by the plan"))


def sentence(facts: Facts) -> Iterator[Block]:
    """How many are reported, missing, overdue."""
    speech, total = facts.speech, len(facts.filed)
    if not total:
        return
    waiting = [entry for entry in facts.filed if entry["value"] is None]
    overdue = [entry for entry in waiting if facts.state(entry) == "overdue"]
    there = total - len(waiting)
    told = speech.say(
        f"由有关部门填报的{total}项指标中，已填报{there}项",
        f"Of the {total} figures that departments report, {there} are reported",
    )
    if waiting:
        told += speech.say(f"，尚未填报{len(waiting)}项", f", {len(waiting)} are not")
        told += (
            speech.say(f"（其中{len(overdue)}项已逾期）", f" ({len(overdue)} of them overdue)")
            if overdue
            else ""
        )
        told += speech.say("；未填报的数值不详，不按零计算", "; what is not reported is unknown and not zero")
    yield said(told + speech.say("。", "."))


def table(facts: Facts) -> Table | None:
    """All filed figures with value, goal, state and who reports them, by the leading department."""
    speech, say = facts.speech, facts.speech.say
    if not facts.filed:
        return None
    columns = (Column(say("牵头部门", "Lead"), 2.2), Column(say("指标", "Figure"), 4.6), Column(say("目标", "Goal"), 2, number=True),
               Column(say("填报值", "Reported"), 1.8, number=True), Column(say("状态", "State"), 1.6, middle=True))  # fmt: skip
    order = list(dict.fromkeys(_lead(facts, entry) for entry in facts.filed))
    rows = tuple(
        (cells.text(_lead(facts, entry)), cells.text(facts.indicator(entry)), cells.text(goal_text(facts, entry)),
         cells.amount(entry["value"], entry["unit"], speech), cells.text(state_name(facts, entry)))
        for entry in sorted(facts.filed, key=lambda entry: order.index(_lead(facts, entry)))
    )  # fmt: skip
    return Table("table_departments", say("部门填报指标", "Figures reported by departments"), columns, rows)
