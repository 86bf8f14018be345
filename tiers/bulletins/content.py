"""The four bulletins: from a published count to headings, sentences, tables, pictures and lists. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from registry.kind import Record
from registry.store.clock import SHANGHAI, day_of
from tiers.bulletins import cells, on_changes, on_departments, on_forecast, on_targets, on_titles, on_units
from tiers.bulletins.blocks import Block, Bulletin, Column, Heading, PageBreak, Paragraph, Table
from tiers.bulletins.cells import said, seen_in
from tiers.bulletins.facts import QUALITY, Facts, Firms
from tiers.bulletins.reports import report_of
from tiers.bulletins.saying import Speech, decimal
from tiers.bulletins.sheets import Sheets, of_target
from tiers.bulletins.wording import STATES
from tiers.snapshot import Snapshot


def bulletin(
    snapshot: Snapshot,
    parts: Mapping[str, Record],
    firms: Firms,
    language: str = "zh",
    unit: str | None = None,
    own: Collection[str] | None = None,
) -> Bulletin:
    """The bulletin of a snapshot. ``parts``: what was frozen beside the count (``frozen.parts``); ``firms(target)``: its
    frozen firms. ``unit``: the letter or notice of one management unit; ``own``: the only firms that lists may name.

    Raises UnknownReportError.
    """
    report = report_of(snapshot.name)
    speech = Speech(language)
    facts = Facts(snapshot, parts, firms, speech, own)
    sheets = Sheets(facts, unit)
    body = tuple(_BODIES[report.id](facts, sheets))
    published_on = day_of(snapshot.published_at)
    issuer = facts.called(facts.names["issuer"])
    title = report.title.in_language(language).format(city=facts.city)
    signed = (said(issuer, style="signer"), said(speech.day(published_on), style="day"))
    blocks = (*_numbered(body, speech), *(() if report.id == "district" else signed), *_remarks(facts))
    stem = f"{report.id}-{snapshot.as_of.isoformat()}" + (f"-{unit}" if unit else "")
    made = Bulletin(
        report.id, speech.language, stem, title, speech.period(report.every, facts.day), issuer,
        speech.say("样例数据，不作统计依据", "Sample data, not for use as statistics") if facts.names["sample"] else "",
        source(facts), snapshot.as_of, snapshot.published_at, published_on, snapshot.id, blocks,
        tuple(sheets.held.values()), {},
    )  # fmt: skip
    return _with_values(made, facts)


def source(facts: Facts) -> str:
    """Which published count this is: what makes it the same again years later."""
    one, speech = facts.snapshot, facts.speech
    known = f"{one.known_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
    return speech.say(
        f"统计快照第{one.id}号，统计时点{one.as_of.isoformat()}，数据截至北京时间{known}，口径{one.definition[:12]}",
        f"Snapshot {one.id}, as of {one.as_of.isoformat()}, known at {known} (Beijing time), definition {one.definition[:12]}",
    )


def _remarks(facts: Facts) -> Iterator[Block]:
    speech = facts.speech
    yield said(speech.say("数据来源：", "Source: ") + source(facts) + speech.say("。", "."), style="note")


def _to(facts: Facts, name: str) -> Paragraph:
    return said(f"{name}{facts.speech.say('：', ':')}", style="to")


def _heading(level: int, zh: str, en: str, facts: Facts) -> Heading:
    return Heading(level, facts.speech.say(zh, en))


def _there(*blocks: Block | None) -> Iterator[Block]:
    return (block for block in blocks if block is not None)


# The four ------------------------------------------------------------------------------------------


def _monthly(facts: Facts, sheets: Sheets) -> Iterator[Block]:
    _list_all(sheets)
    yield _to(facts, facts.called(facts.names["addressee"]))
    yield _heading(1, "总体情况", "Where we stand", facts)
    yield from on_targets.summary(facts, sheets)
    yield from _there(on_targets.table(facts, sheets), on_targets.picture(facts))
    yield from _projected(facts)
    yield _heading(1, "变动情况", "What changed", facts)
    yield from on_changes.quality(facts, sheets)
    yield _heading(1, "各区县、功能区情况", "By unit", facts)
    yield from on_units.ranking(facts)
    yield from _there(on_units.table(facts, sheets))
    yield _heading(1, "称号与到期情况", "Titles, and what ends", facts)
    yield from _there(on_titles.table(facts, sheets))
    yield from on_titles.ahead(facts, sheets)
    if facts.filed:
        yield _heading(1, "部门填报情况", "Figures of departments", facts)
        yield from on_departments.sentence(facts)


def _quarterly(facts: Facts, sheets: Sheets) -> Iterator[Block]:
    _list_all(sheets)
    yield _to(facts, facts.called(facts.names["addressee"]))
    yield _heading(1, "目标进展", "Progress towards the goals", facts)
    yield _heading(2, "总体情况", "Where we stand", facts)
    yield from on_targets.summary(facts, sheets)
    yield from _there(on_targets.table(facts, sheets), on_targets.picture(facts))
    yield _heading(2, "主要指标", "Main targets", facts)
    yield from on_targets.sentences(facts, sheets)
    yield from _projected(facts, level=2)
    yield from _there(on_forecast.picture(facts))
    yield _heading(1, "变动分析", "What changed and why", facts)
    yield _heading(2, "优质企业", "Quality firms", facts)
    yield from on_changes.quality(facts, sheets)
    if (changes := on_changes.table(facts, sheets)) is not None:
        yield _heading(2, "其他指标", "Other targets", facts)
        yield from on_changes.others(facts, sheets)
        yield changes
    yield _heading(1, "各区县、功能区排名", "Ranking of the units", facts)
    yield from on_units.ranking(facts)
    yield from _there(on_units.table(facts, sheets), on_units.picture(facts))
    yield _heading(1, "称号梯度与到期预警", "Titles, and what ends", facts)
    yield from _there(on_titles.table(facts, sheets))
    yield from on_titles.ahead(facts, sheets)
    yield from _there(on_titles.months(facts), on_titles.by_unit(facts))
    if facts.filed:
        yield _heading(1, "部门填报情况", "Figures of departments", facts)
        yield from on_departments.sentence(facts)
        yield from _there(on_departments.table(facts))


def _projected(facts: Facts, level: int = 1) -> Iterator[Block]:
    """The outlook, where it was frozen with the count."""
    if on_forecast.part(facts) is not None:
        yield _heading(level, "趋势测算", "How it may go on (projection)", facts)
        yield from on_forecast.sentences(facts)


def _district(facts: Facts, sheets: Sheets) -> Iterator[Block]:
    sheets.add_targets()
    sheets.add_expiring()
    units = [row["key"] for row in facts.units] if sheets.unit is None else [sheets.unit]
    signer, day = facts.called(facts.names["issuer"]), facts.speech.day(day_of(facts.snapshot.published_at))
    for at, unit in enumerate(units):
        if at:
            yield PageBreak()
            yield Heading(0, report_of("district").title.in_language(facts.speech.language))
        yield from _letter(facts, sheets, unit, at)
        yield said(signer, style="signer")
        yield said(day, style="day")


def _letter(facts: Facts, sheets: Sheets, unit: str, at: int) -> Iterator[Block]:
    """What one unit has, its place among the others, and whose titles end."""
    speech, say, name = facts.speech, facts.speech.say, facts.unit(unit)
    row = facts.of_unit(unit)
    yield _to(facts, say(f"{name}工业和信息化主管部门", f"To {name}"))
    quality = None if row is None else facts.in_unit(row, QUALITY)
    if row is None or quality is None:
        yield said(
            say(
                f"截至{speech.day(facts.day)}，贵单位企业数不详。",
                f"As of {speech.day(facts.day)} your numbers are unknown.",
            )
        )
    else:
        rank, total = (
            facts.rank(QUALITY, unit),
            sum(value for _, value in facts.ranked(QUALITY)) + facts.unplaced,
        )
        part = cells.share(quality, total)
        told = say(f"截至{speech.day(facts.day)}，贵单位优质企业{speech.firms(quality)}",
                   f"As of {speech.day(facts.day)} you have {speech.firms(quality)} counted as quality firms")  # fmt: skip
        if part is not None and rank is not None:
            told += say(f"，占全市的{speech.percent(part)}，在{len(facts.ranked(QUALITY))}个管理单位中居第{rank}位",
                        f", {speech.percent(part)} of the city's, place {rank} among {len(facts.ranked(QUALITY))} units")  # fmt: skip
        goal = decimal(row["targets"][QUALITY].get("goal"))
        if goal:
            told += say(f"，完成分解目标{speech.firms(int(goal))}的{speech.percent(quality / goal)}",
                        f", {speech.percent(quality / goal)} of your goal of {speech.firms(int(goal))}")  # fmt: skip
        told += _own_change(facts, unit)
        yield said(told, seen_in(sheets, of_target(QUALITY)), say("。主要指标如下：", ". Your numbers:"))
        yield _own_numbers(facts, sheets, unit, row, at)
    yield from on_titles.ahead(facts, sheets, unit)
    yield from on_titles.named(facts, sheets, unit, f"table_expiring_{at + 1}", on_titles.IN_LETTERS)
    yield said(say("请核对上述情况，指导有关企业按期办理复核或重新申报，并于收到本函后十个工作日内反馈核对意见。",
                   "Please check the above, see that the firms apply in time, and answer within ten working days."))  # fmt: skip


def _own_change(facts: Facts, unit: str) -> str:
    """The unit's part of the bridge of quality firms, where it is frozen by unit."""
    bridge, first = facts.bridge(QUALITY) or {}, facts.earlier(QUALITY)
    mine = next((row for row in bridge.get("by", ()) if row["key"] == unit), None)
    if mine is None or first is None or mine["from"] is None or mine["to"] is None:
        return ""
    speech, change = facts.speech, int(mine["to"]) - int(mine["from"])
    when, moved = speech.since(first, facts.day), speech.change(change)
    if change == 0:
        return speech.say(f"，与{when}持平", f", unchanged since {when}")
    return speech.say(f"，比{when}{moved}", f", {moved} since {when}")


def _own_numbers(facts: Facts, sheets: Sheets, unit: str, row: Record, at: int) -> Table:
    speech, say = facts.speech, facts.speech.say
    columns = (Column(say("指标", "Target"), 5), Column(say("本单位", "Yours"), 1.6, number=True),
               Column(say("全市", "City"), 1.6, number=True), Column(say("占比", "Share"), 1.4, number=True),
               Column(say("位次", "Rank"), 1.2, number=True), Column(say("名单", "Firms"), 1.1, middle=True))  # fmt: skip
    rows = []
    for entry in facts.counted:
        if entry["id"] not in on_targets.TOLD or entry["id"] not in row["targets"] or entry["value"] is None:
            continue
        value, sheet = facts.in_unit(row, entry["id"]), sheets.has(of_target(entry["id"]))
        rows.append((cells.text(facts.indicator(entry)), cells.count(value, speech, sheet), cells.count(int(entry["value"]), speech),
                     cells.ratio(None if value is None else cells.share(value, int(entry["value"])), speech),
                     cells.count(facts.rank(entry["id"], unit), speech),
                     cells.text(sheets.number(sheet), sheet)))  # fmt: skip
    caption = say(f"{facts.unit(unit)}主要指标", f"{facts.unit(unit)}: numbers")
    return Table(f"table_unit_{at + 1}", caption, columns, tuple(rows))


def _expiry(facts: Facts, sheets: Sheets) -> Iterator[Block]:
    sheets.add_expiring()
    say = facts.speech.say
    whole = sheets.unit is None
    addressee = facts.called(facts.names["addressee"]) if whole else (
        say(f"{facts.unit(sheets.unit)}工业和信息化主管部门", f"To {facts.unit(sheets.unit)}")
    )  # fmt: skip
    yield _to(facts, addressee)
    yield _heading(1, "总体情况", "What ends", facts)
    yield from on_titles.ahead(facts, sheets, sheets.unit)
    if whole:
        yield from _there(on_titles.by_unit(facts), on_titles.months(facts))
    yield _heading(1, "办理要求", "What is asked", facts)
    yield said(say("请按附列事项和期限，逐户通知企业准备材料；办理期限注明“以当年通知为准”的，请及时关注认定部门当年通知，并提前做好准备。",
                   "Please tell each firm what to do and by when. Where the year's notice names the time, watch for it and prepare ahead."))  # fmt: skip
    units = [id for id in (*facts.names["order"], None) if any(one["unit"] == id for one in facts.expiring)]
    units = [id for id in units if whole or id == sheets.unit]
    if units:
        yield _heading(1, "到期企业名单", "The firms", facts)
    for at, unit in enumerate(units, start=1):
        yield Heading(2, facts.unit(unit))
        yield from on_titles.named(facts, sheets, unit, f"table_expiring_{at}")


def _list_all(sheets: Sheets) -> None:
    sheets.add_targets()
    sheets.add_bridges()
    sheets.add_tiers()
    sheets.add_expiring()


_BODIES: Mapping[str, Callable[[Facts, Sheets], Iterator[Block]]] = {
    "monthly": _monthly,
    "quarterly": _quarterly,
    "district": _district,
    "expiry": _expiry,
}


# What templates may show ---------------------------------------------------------------------------


def _numbered(blocks: Collection[Block], speech: Speech) -> Iterator[Block]:
    """一、 and （一） before the headings."""
    first = second = 0
    for block in blocks:
        if isinstance(block, Heading) and block.level:
            first, second = (first + 1, 0) if block.level == 1 else (first, second + 1)
            yield Heading(
                block.level, speech.heading(block.level, first if block.level == 1 else second, block.text)
            )
        else:
            yield block


def _with_values(made: Bulletin, facts: Facts) -> Bulletin:
    speech = facts.speech
    values: dict[str, Any] = {
        "title": made.title, "period": made.period, "as_of": speech.day(made.as_of), "issuer": made.issuer,
        "city": facts.city, "addressee": facts.called(facts.names["addressee"]), "signed_on": speech.day(made.published_on),
        "snapshot": str(made.snapshot), "source": made.source, "sample_mark": made.mark,
        "summary": on_targets.met_sentence(facts), "outlook": on_forecast.text(facts),
        "targets": [_target_values(facts, entry) for entry in facts.targets.values()],
        "units": [
            {"name": facts.unit(row["key"]), "quality_firms": speech.number(value), "rank": str(facts.rank(QUALITY, row["key"]))}
            for row, value in facts.ranked(QUALITY)
        ],
        "n": {entry["id"].replace("-", "_"): _target_values(facts, entry) for entry in facts.targets.values()},
    }  # fmt: skip
    return Bulletin(**{**made.__dict__, "values": values})


def _target_values(facts: Facts, entry: Record) -> dict[str, str]:
    speech, rate, change = facts.speech, decimal(entry.get("rate")), facts.delta(entry["id"])
    return {
        "name": facts.indicator(entry),
        "value": speech.amount(entry["value"], entry["unit"]),
        "goal": speech.say("未设目标", "no goal set")
        if entry["goal"] is None
        else speech.amount(entry["goal"], entry["unit"]),
        "rate": "—" if rate is None else speech.percent(rate),
        "change": "—" if change is None else speech.delta(change),
        "state": speech.say(*STATES[facts.state(entry)]),
        "chance": on_forecast.chance_of(facts, entry["id"]),
    }
