"""携手行动 in the sample: what leaders opened to others, and how far firms came with each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from chains.sample.makers import Makers, there
from chains.sample.meetings import Fair
from chains.sample.parts import sheet
from registry.sample import Row
from tiers.sample.filing import Step
from tiers.sample.firms import LAST, Firm

OPENED = (date(2023, 1, 10), date(2024, 1, 9), date(2025, 1, 14), date(2026, 1, 13), date(2026, 6, 9))
#: What came of things is listed at the end of each quarter.
QUARTERS = tuple(
    date(year, month, day) for year in (2023, 2024, 2025, 2026) for month, day in ((3, 28), (6, 25), (9, 26), (12, 27))
)[:-2]  # fmt: skip
STAGES = ("contact", "sample", "certification", "small_batch", "contract")
_STEP = timedelta(days=93)  # never two stages of one pair on one list
_RESOURCES = (
    ("scenario", "开放{}应用场景"),
    ("test_sites", "开放{}中试与试验场地"),
    ("instruments", "共享{}检测仪器"),
    ("rd", "{}关键部件联合攻关"),
    ("design", "开放{}工业设计能力"),
    ("capacity", "共享{}富余产能"),
    ("brand", "{}品牌渠道带动配套企业"),
    ("data", "开放{}供应链数据平台"),
    ("finance", "{}供应链金融服务"),
    ("talent", "{}产教融合实训"),
)


@dataclass(frozen=True)
class Action:
    firm: Firm
    chain: str
    resource: str
    title: str
    opened_on: date


def actions(makers: Makers) -> list[Action]:
    """What leaders opened, each resource and thing once."""
    rng = makers.scale.rng("chains/actions")
    leaders = [(chain, firm) for chain, some in makers.leaders.items() for firm in some]
    made: dict[tuple[Firm, str], Action] = {}
    for number in range(makers.scale.n(40) if leaders else 0):
        chain, firm = leaders[number % len(leaders)]
        resource, title = rng.choice(_RESOURCES)
        opened = date(2022, 9, 1) + timedelta(days=rng.randrange(1_360))
        what = title.format(rng.choice(firm.trade.products))
        made.setdefault((firm, what), Action(firm, chain, resource, what, opened))
    return list(made.values())


def action_steps(makers: Makers, some: list[Action]) -> list[Step]:
    rng = makers.scale.rng("chains/action-rows")
    days: dict[date, list[Row]] = {day: [] for day in OPENED}
    for action in some:
        day = next(d for d in OPENED if d > action.opened_on)
        row: Row = {
            "uscc": action.firm.uscc,
            "name": action.firm.name(day),
            "resource": action.resource,
            "title": action.title,
            "chain": action.chain,
            "opened_on": action.opened_on,
            "detail": f"面向{action.chain}产业链中小企业，按需预约",
        }
        if rng.random() < 0.3:
            row["closed_on"] = action.opened_on + timedelta(days=365 * rng.randrange(1, 4))
        days[day].append(row)
    title = "“携手行动”开放资源清单"
    return [sheet(d, f"actions-{d:%Y-%m}", "actions", f"{title}{d:%Y-%m}", rows) for d, rows in days.items()]


def outcome_steps(makers: Makers, found: Fair, opened: list[Action]) -> list[Step]:
    """From first contact to contract, a stage at a time; more than half come of meetings, the others of what was opened."""
    rng = makers.scale.rng("chains/outcomes")
    starts: list[tuple[Firm, Firm, str, date, Row]] = []
    for meeting in found.meetings:
        if meeting.held and (meeting.firm in meeting.demand.fits or rng.random() < 0.5):
            on = meeting.event.held_on + timedelta(days=rng.randrange(4))
            row: Row = {"demand": meeting.demand.id, "event": meeting.event.id}
            starts.append((meeting.firm, meeting.demand.buyer, meeting.demand.product.name, on, row))
    wanted = makers.scale.n(150)
    starts = rng.sample(starts, min(len(starts), max(1, wanted * 2 // 3)))
    pairs = [
        (a, p, f)
        for a in opened
        for p, some in makers.by_product.items()
        if p.chain == a.chain
        for f in some[:8]
    ]
    for action, product, firm in rng.sample(pairs, min(len(pairs), max(1, wanted - len(starts)))):
        on = action.opened_on + timedelta(days=rng.randrange(10, 90))
        if firm is not action.firm and on < LAST - timedelta(days=10):
            starts.append((firm, action.firm, product.name, on, {"action": action.title}))
    rows: dict[date, list[Row]] = {day: [] for day in QUARTERS}
    seen = set[tuple[Firm, Firm, str]]()
    for supplier, buyer, product_name, on, row in starts:
        if (supplier, buyer, product_name) in seen or not (there(supplier, on) and supplier.standing(LAST)):
            continue
        seen.add((supplier, buyer, product_name))
        amount = int(10 ** rng.uniform(5.5, 7.6)) // 10_000 * 10_000
        for stage in STAGES:
            day = next((d for d in QUARTERS if d > on), None)
            if day is None:
                break
            said: Row = {
                "supplier": supplier.uscc,
                "buyer": buyer.uscc,
                "product": product_name,
                "stage": stage,
                "stage_on": on,
            }
            money = (
                {"amount": amount}
                if stage in ("contact", "small_batch", "contract") and rng.random() < 0.8
                else {}
            )
            rows[day].append({**said, **row, **money})
            if rng.random() < 0.34:
                break
            on += _STEP + timedelta(days=rng.randrange(60))
    steps = []
    for day, some in rows.items():
        title = f"对接成效{day.year}年第{(day.month + 2) // 3}季度"
        steps.append(sheet(day, f"outcomes-{day:%Y-%m}", "outcomes", title, some))
    return steps
