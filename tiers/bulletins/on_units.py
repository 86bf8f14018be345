"""What a bulletin says of management units: the ranking, its table and picture. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tiers.bulletins import cells
from tiers.bulletins.blocks import Block, Chart, Column, Picture, Table
from tiers.bulletins.cells import said
from tiers.bulletins.facts import QUALITY, Facts
from tiers.bulletins.sheets import Sheets, of_target

#: The columns of the table of units.
SHOWN = (QUALITY, "above-scale", "listed", "high-tech", "tech-sme")
FIRST = 3


def ranking(facts: Facts) -> Iterator[Block]:
    """The largest, how much of the city they have together, and the smallest; firms without a place are said."""
    speech = facts.speech
    ranked = facts.ranked(QUALITY)
    total = sum(value for _, value in ranked) + facts.unplaced
    if not ranked or not total:
        yield said(speech.say("各管理单位优质企业数不详。", "The numbers of the units are unknown."))
        return
    first = ranked[:FIRST]
    together = speech.percent(cells.share(sum(v for _, v in first), total) or Decimal(0))
    each = speech.joined([speech.say(f"{facts.unit(row['key'])}{speech.firms(value)}",
                                     f"{facts.unit(row['key'])} ({speech.firms(value)})") for row, value in first])  # fmt: skip
    told = speech.say(
        f"优质企业数居前的是{each}，合计占全市的{together}",
        f"Most quality firms are in {each}, together {together} of the city's",
    )
    if len(ranked) > 2 * FIRST:
        last = ranked[-FIRST:]
        few = speech.joined([speech.say(f"{facts.unit(row['key'])}{speech.firms(value)}",
                                        f"{facts.unit(row['key'])} ({speech.firms(value)})") for row, value in last])  # fmt: skip
        told += speech.say(f"；较少的是{few}", f"; fewest in {few}")
    if facts.unplaced:
        told += speech.say(
            f"；另有{speech.firms(facts.unplaced)}管理单位不详",
            f"; of {speech.firms(facts.unplaced)} the unit is unknown",
        )
    yield said(told + speech.say("。", "."))


def table(facts: Facts, sheets: Sheets) -> Table | None:
    """Units by their quality firms, with the other numbers beside, and a last row for the whole."""
    speech, say = facts.speech, facts.speech.say
    ids = [id for id in SHOWN if id in facts.targets]
    ranked = facts.ranked(QUALITY)
    if not ranked:
        return None
    goals = any(row["targets"].get(QUALITY, {}).get("goal") is not None for row, _ in ranked)
    columns = (
        Column(say("位次", "Rank"), 0.9, middle=True), Column(say("管理单位", "Unit"), 4),
        *(Column(_short(facts, id), 1.7, number=True) for id in ids),
        Column(say("占全市", "Share"), 1.3, number=True),
        *((Column(say("目标", "Goal"), 1.3, number=True), Column(say("完成率", "Rate"), 1.3, number=True)) if goals else ()),
    )  # fmt: skip
    total = sum(value for _, value in ranked) + facts.unplaced
    rows = []
    for row, value in ranked:
        cell = row["targets"].get(QUALITY, {})
        aims = (cells.amount(cell["goal"], "firms", speech) if cell.get("goal") is not None else cells.text(say("未分解", "none")),
                cells.ratio(cell.get("rate"), speech)) if goals else ()  # fmt: skip
        rows.append((
            cells.count(facts.rank(QUALITY, row["key"]), speech), cells.text(facts.unit(row["key"])),
            *(cells.count(facts.in_unit(row, id), speech, sheets.has(of_target(id))) for id in ids),
            cells.ratio(cells.share(value, total), speech), *aims,
        ))  # fmt: skip
    unknown = facts.of_unit("unknown")
    if unknown and any(facts.in_unit(unknown, id) for id in ids):
        rows.append((cells.text("—"), cells.text(facts.unit(None)),
                     *(cells.count(facts.in_unit(unknown, id), speech, sheets.has(of_target(id))) for id in ids),
                     cells.ratio(cells.share(facts.unplaced, total), speech), *([cells.text("—")] * (2 * goals))))  # fmt: skip
    rows.append((cells.text("—"), cells.text(say("全市", "Whole city")),
                 *(cells.count(_whole(facts, id), speech, sheets.has(of_target(id))) for id in ids),
                 cells.ratio(1, speech), *([cells.text("—")] * (2 * goals))))  # fmt: skip
    return Table("table_units", say("各管理单位企业数", "Firms by unit"), columns, tuple(rows))


def _whole(facts: Facts, id: str) -> int | None:
    value = facts.targets[id]["value"]
    return None if value is None else int(value)


def _short(facts: Facts, id: str) -> str:
    short = {QUALITY: ("优质企业", "Quality"), "above-scale": ("规上工业", "Above scale"), "listed": ("上市", "Listed"),
             "high-tech": ("高企", "High-tech"), "tech-sme": ("科技型", "Tech SME")}  # fmt: skip
    return facts.speech.say(*short.get(id, (id, id)))


def picture(facts: Facts) -> Picture | None:
    ranked = facts.ranked(QUALITY)
    if not ranked:
        return None
    speech = facts.speech
    title = speech.say("各管理单位优质企业数", "Quality firms by unit")
    labels = tuple(facts.unit(row["key"]) for row, _ in ranked)
    each = [f"{label} {speech.firms(value)}" for label, (_, value) in zip(labels, ranked, strict=True)]
    alt = speech.say("条形图：", "Bars: ") + speech.joined(each)
    values = tuple(float(value) for _, value in ranked)
    return Picture(Chart("chart_units", "bars", title, labels, values, speech.say("家", "")), title, alt)
