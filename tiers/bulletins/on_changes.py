"""What a bulletin says of changes: why each number is what it is and not what it was. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tiers.bulletins import cells
from tiers.bulletins.blocks import Block, Chart, Column, Picture, Table
from tiers.bulletins.cells import said, seen_in
from tiers.bulletins.facts import QUALITY, Facts
from tiers.bulletins.sheets import Sheets, of_bridge
from tiers.bulletins.steps import STEPS, step_name
from tiers.bulletins.wording import bridge_sentence


def quality(facts: Facts, sheets: Sheets) -> Iterator[Block]:
    """The quality firms: sentence and waterfall; that there is nothing to compare with is said."""
    told = bridge_sentence(facts, QUALITY) if QUALITY in facts.targets else None
    if told is None:
        yield said(facts.speech.say("本期没有可供比较的上期数据，变动情况不详。",
                                    "There is no earlier count to compare with; what changed is unknown."))  # fmt: skip
        return
    yield said(told, seen_in(sheets, of_bridge(QUALITY)), facts.speech.say("。", "."))
    yield from _held(facts, QUALITY)
    shown = picture(facts, QUALITY)
    if shown:
        yield shown


def _held(facts: Facts, id: str) -> Iterator[Block]:
    """Firms that stay: renewed, promoted, demoted."""
    bridge = facts.bridge(id)
    held = (bridge or {}).get("held") or {}
    firms = {name: len(some) if isinstance(some, list) else int(some or 0) for name, some in held.items()}
    told = [facts.speech.say(f"{zh}{facts.speech.firms(firms[name])}", f"{facts.speech.firms(firms[name])} {en}")
            for name, zh, en in (("renewed", "称号延续", "continued their title"), ("promoted", "晋级", "rose a tier"),
                                 ("demoted", "降级", "fell a tier")) if firms.get(name)]  # fmt: skip
    if told:
        yield said(facts.speech.say(f"继续计入的企业中，{facts.speech.joined(told)}。",
                                    f"Of those that stayed, {facts.speech.joined(told)}."))  # fmt: skip


def others(facts: Facts, sheets: Sheets) -> Iterator[Block]:
    """The other targets with a bridge, a numbered line each."""
    ids = [entry["id"] for entry in facts.counted if entry["id"] != QUALITY and facts.bridge(entry["id"])]
    for number, id in enumerate(ids, start=1):
        told = bridge_sentence(facts, id)
        yield said(f"{number}. {told}", seen_in(sheets, of_bridge(id)), facts.speech.say("。", "."))


def table(facts: Facts, sheets: Sheets) -> Table | None:
    """Targets by reasons; only reasons that occur have a column."""
    speech, say = facts.speech, facts.speech.say
    bridges = {entry["id"]: bridge for entry in facts.counted if (bridge := facts.bridge(entry["id"]))}
    if not bridges:
        return None
    seen = {step["reason"] for bridge in bridges.values() for step in bridge["steps"] if step["delta"]}
    reasons = [reason for reason in STEPS if reason in seen] + sorted(seen - set(STEPS))
    columns = (
        Column(say("指标", "Target"), 4),
        Column(say("期初", "Before"), 1.3, number=True),
        *(Column(step_name(reason, speech), 1.3, number=True) for reason in reasons),
        Column(say("期末", "After"), 1.3, number=True),
        Column(say("名单", "Firms"), 1.1, middle=True),
    )
    rows = []
    for id, bridge in bridges.items():
        deltas = dict.fromkeys(reasons, 0)
        for step in bridge["steps"]:
            if step["delta"]:
                deltas[step["reason"]] += step["delta"]
        sheet = sheets.has(of_bridge(id))
        rows.append(
            (
                cells.text(facts.counted_name(facts.targets[id])),
                cells.count(bridge["from"]["value"], speech),
                *(
                    cells.delta(deltas[reason], speech, sheet if deltas[reason] else None)
                    for reason in reasons
                ),
                cells.count(bridge["to"]["value"], speech),
                cells.text(sheets.number(sheet), sheet),
            )
        )
    first = min(date.fromisoformat(bridge["from"]["as_of"]) for bridge in bridges.values())
    caption = say(f"{speech.day(first)}至{speech.day(facts.day)}各指标变动",
                  f"What changed from {speech.day(first)} to {speech.day(facts.day)}")  # fmt: skip
    return Table("table_changes", caption, columns, tuple(rows))


def picture(facts: Facts, id: str) -> Picture | None:
    """The waterfall of one target; none where nothing moved."""
    bridge, speech = facts.bridge(id), facts.speech
    steps = [step for step in (bridge or {}).get("steps", ()) if step["delta"]]
    if bridge is None or not steps:
        return None
    ends = [speech.day(date.fromisoformat(bridge["from"]["as_of"])), speech.day(facts.day)]
    labels = (ends[0], *(step_name(step["reason"], speech) for step in steps), ends[1])
    values = (bridge["from"]["value"], *(step["delta"] for step in steps), bridge["to"]["value"])
    title = speech.say(
        f"{facts.indicator(facts.targets[id])}变动", f"{facts.indicator(facts.targets[id])}: what changed"
    )
    each = [f"{label} {speech.delta(value) if 0 < at < len(values) - 1 else speech.number(value)}"
            for at, (label, value) in enumerate(zip(labels, values, strict=True))]  # fmt: skip
    alt = speech.say("瀑布图：", "Waterfall: ") + speech.joined(each)
    chart = Chart(
        "chart_changes", "steps", title, labels, tuple(map(float, values)), "", (0, len(values) - 1)
    )
    return Picture(chart, title, alt)
