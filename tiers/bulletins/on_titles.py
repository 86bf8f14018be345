"""What a bulletin says of titles: the table of tiers, what ends when, and what each firm has to do. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from registry.kind import Record
from tiers.bulletins import cells
from tiers.bulletins.blocks import Block, Chart, Column, Picture, Table
from tiers.bulletins.cells import said, seen_in
from tiers.bulletins.facts import Facts
from tiers.bulletins.sheets import EXPIRING, Sheets, of_tier
from tiers.bulletins.wording import continuation

#: Firms that one table of a document names; all of them stand in the workbook.
NAMED, IN_LETTERS = 200, 8
SOON = 30


def table(facts: Facts, sheets: Sheets) -> Table | None:
    """Tiers and levels of which anything is in force, new, ending or in review."""
    speech, say = facts.speech, facts.speech.say
    measures = (("firms_valid", "有效企业", "Firms"), ("new_this_year", "本年新增", "New"),
                ("expiring_180d", "180天内到期", "End in 180 d"), ("review_pending", "复核中", "In review"))  # fmt: skip
    columns = (Column(say("称号", "Title"), 4.4), *(Column(say(zh, en), 1.7, number=True) for _, zh, en in measures),
               Column(say("名单", "Firms"), 1.2, middle=True))  # fmt: skip
    rows = []
    for entry in facts.snapshot.count["tiers"]:
        if any(entry[id] for id, _, _ in measures):
            tier, level = entry["tier"], entry["level"]
            sheet = sheets.has(of_tier(tier, level, "firms_valid"))
            where = {id: of_tier(tier, level, id) for id, _, _ in measures} | {"expiring_180d": EXPIRING}
            rows.append((
                cells.text(facts.tier(tier, level)),
                *(cells.count(entry[id], speech, sheets.has(where[id])) for id, _, _ in measures),
                cells.text(sheets.number(sheet), sheet),
            ))  # fmt: skip
    if not rows:
        return None
    return Table("table_tiers", say("各类称号情况", "Titles by tier"), columns, tuple(rows))


def ahead(facts: Facts, sheets: Sheets, unit: str | None = None) -> Iterator[Block]:
    """How many titles end within the next days, of how many firms, how many of them soon."""
    speech, titles = facts.speech, _of(facts, unit)
    last = facts.day + timedelta(days=facts.ahead - 1)
    if not titles:
        yield said(speech.say(f"未来{facts.ahead}天内（至{speech.day(last)}）没有需要接续的到期称号。",
                              f"No title ends within {facts.ahead} days (until {speech.day(last)}) without being continued."))  # fmt: skip
        return
    firms = len({one["uscc"] for one in titles})
    soon = sum(1 for one in titles if _days(facts, one) < SOON)
    filed = sum(1 for one in titles if one["state"] == "filed")
    tiers = Counter((one["tier"], one["level"]) for one in titles)
    each = speech.joined([speech.say(f"{facts.tier(*key)}{speech.titles(n)}", f"{facts.tier(*key)} {n}")
                          for key, n in tiers.most_common()])  # fmt: skip
    told = speech.say(
        f"未来{facts.ahead}天内（至{speech.day(last)}），尚未接续的到期称号{speech.titles(len(titles))}，涉及企业{speech.firms(firms)}，其中{each}",
        f"Within {facts.ahead} days (until {speech.day(last)}) {speech.titles(len(titles))} of {speech.firms(firms)} end and are not continued: {each}",
    )  # fmt: skip
    if soon:
        told += speech.say(
            f"；{SOON}天内到期{speech.titles(soon)}", f"; within {SOON} days {speech.titles(soon)}"
        )
    if filed:
        told += speech.say(
            f"；已提交复核或申请{speech.titles(filed)}", f"; {speech.titles(filed)} are applied for"
        )
    yield said(told, seen_in(sheets, EXPIRING), speech.say("。", "."))


def _of(facts: Facts, unit: str | None) -> Sequence[Record]:
    return [one for one in facts.expiring if unit is None or one["unit"] == unit]


def _days(facts: Facts, one: Record) -> int:
    return (date.fromisoformat(one["last"]) - facts.day).days


def by_unit(facts: Facts) -> Table | None:
    """Units by the titles that end."""
    speech, say = facts.speech, facts.speech.say
    titles = Counter(one["unit"] for one in facts.expiring)
    if not titles:
        return None
    firms = {unit: len({one["uscc"] for one in facts.expiring if one["unit"] == unit}) for unit in titles}
    soon = Counter(one["unit"] for one in facts.expiring if _days(facts, one) < SOON)
    order = {unit: at for at, unit in enumerate([*facts.names["order"], None])}
    columns = (Column(say("管理单位", "Unit"), 4), Column(say("到期称号", "Titles"), 1.5, number=True),
               Column(say("涉及企业", "Firms"), 1.5, number=True), Column(say("30天内到期", "In 30 days"), 1.5, number=True))  # fmt: skip
    rows = [
        (cells.text(facts.unit(unit)), cells.count(titles[unit], speech, EXPIRING), cells.count(firms[unit], speech, EXPIRING),
         cells.count(soon[unit], speech, EXPIRING))
        for unit in sorted(titles, key=lambda unit: (-titles[unit], order.get(unit, 999)))
    ]  # fmt: skip
    return Table(
        "table_expiring_units", say("各管理单位到期称号", "Titles that end, by unit"), columns, tuple(rows)
    )


def months(facts: Facts) -> Picture | None:
    """The titles that end, by month."""
    speech = facts.speech
    found = Counter(one["last"][:7] for one in facts.expiring)
    if not found:
        return None
    shown = sorted(found)
    title = speech.say(f"未来{facts.ahead}天各月到期称号", "Titles that end, by month")
    labels = tuple(speech.month(month) for month in shown)
    each = [f"{label} {speech.titles(found[month])}" for label, month in zip(labels, shown, strict=True)]
    alt = speech.say("柱形图：", "Columns: ") + speech.joined(each)
    chart = Chart(
        "chart_expiring", "months", title, labels, tuple(float(found[m]) for m in shown), speech.say("个", "")
    )
    return Picture(chart, title, alt)


def named(facts: Facts, sheets: Sheets, unit: str | None, id: str, most: int = NAMED) -> Iterator[Block]:
    """The firms of one unit whose titles end, with what to do and by when."""
    speech, say = facts.speech, facts.speech.say
    titles = [one for one in facts.expiring if one["unit"] == unit and facts.names_firm(one["uscc"])]
    if not titles:
        return
    columns = (Column(say("企业名称", "Firm"), 4.4), Column(say("称号", "Title"), 1.5), Column(say("有效期至", "Last day"), 1.8),
               Column(say("办理事项", "What to do"), 4.2), Column(say("办理期限", "By"), 2.3))  # fmt: skip
    rows = tuple(
        (cells.text(one["name"]), cells.text(facts.tier(one["tier"], one["level"], short=True)), cells.text(one["last"]),
         *(cells.text(part) for part in continuation(facts.speech, one)))
        for one in titles[:most]
    )  # fmt: skip
    caption = say(f"{facts.unit(unit)}到期称号", f"{facts.unit(unit)}: titles that end")
    note = ""
    if len(titles) > most:
        rest = speech.titles(len(titles) - most)
        note = say(f"注：按到期先后列出前{most}个，其余{rest}见附表《{sheets.number(EXPIRING)}》。",
                   f"Note: the first {most}; the other {rest} stand in list {sheets.number(EXPIRING)}.")  # fmt: skip
    yield Table(id, caption, columns, rows, note)
