"""Memberships: the statistics bureau's above-scale list, and the doubling plan.

Calibration: 89 entries and 10 exits from January to June 2021 (+79 net); about 2,740 members at the end of 2025.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from registry.sample import Row
from tiers.sample.filing import Scale, Step
from tiers.sample.firms import LAST, Firm

MEMBERS_2019 = 1_993
STOCK_FILED = date(2019, 2, 4)  # the stock of 2018 comes before the first audit
# year: entries by the annual audit (1 January), monthly entries to June and after it, exits on 1 January and later
FLOWS = {
    2019: (112, 14, 24, 66, 14),
    2020: (146, 16, 28, 58, 12),
    2021: (71, 18, 30, 10, 12),
    2022: (176, 22, 32, 82, 13),
    2023: (184, 24, 32, 94, 16),
    2024: (200, 26, 34, 100, 15),
    2025: (178, 24, 33, 96, 14),
    2026: (152, 12, 0, 118, 2),
}
CHECKED_ON = date(2023, 12, 31)


@dataclass(eq=False)
class Member:
    firm: Firm
    entered_on: date
    entry_reason: str
    filed_on: date
    left_on: date | None = None
    exit_reason: str = ""
    exit_filed_on: date | None = None

    def on(self, day: date) -> bool:
        return self.entered_on <= day and (self.left_on is None or day < self.left_on)


def above_scale(scale: Scale, firms: list[Firm]) -> list[Member]:
    """All memberships from 2019 on, in the order in which they were made."""
    rng = scale.rng("above-scale")
    order = [f for f in firms if f.legal_person and f.trade.industrial]
    key = {
        f: f.score + (8 if f.giant else 0) + (2016 - f.founded.year) * 0.02 + rng.gauss(0, 0.7) for f in order
    }
    order.sort(key=lambda f: (-key[f], f.uscc))
    opening = date(2019, 1, 1)
    able = [f for f in order if f.founded.year < 2017 and f.home(opening)]
    members = []
    for firm in able[: scale.n(MEMBERS_2019)]:
        year = max(firm.founded.year + 1, rng.choice((2011, 2011, 2013, 2014, 2015, 2016, 2017, 2018)))
        reason = "unknown" if year == 2011 else "grown"
        members.append(Member(firm, date(min(year, 2018), 1, 1), reason, STOCK_FILED))
    # Firms that ever enter stay in the order of strength, so the next to enter is the strongest outside.
    for year, (audit, first, later, out, closed) in FLOWS.items():
        january = date(year, 1, 1)
        if year == 2024:
            _drop_silently(scale, rng, members)
        _leave(rng, members, january, scale.n(out), year)
        _enter(rng, order, members, january, scale.n(audit), date(year, 2, 10))
        _enter(rng, order, members, date(year, 4, 1), scale.n(first), date(year, 6, 22))
        if later:
            _enter(rng, order, members, date(year, 9, 1), scale.n(later), date(year, 12, 31))
        _close(rng, members, year, scale.n(closed))
    return members


def _drop_silently(scale: Scale, rng: random.Random, members: list[Member]) -> None:
    """Members that a complete list simply no longer names; nobody says why."""
    there = [m for m in members if m.on(CHECKED_ON) and not m.firm.giant and m.firm.score < 1]
    # A complete list with more than one in twenty missing would be taken for a wrong one.
    for member in rng.sample(there, min(len(there) // 20, scale.n(9))):
        member.left_on, member.exit_reason, member.exit_filed_on = CHECKED_ON, "unknown", None


def _enter(
    rng: random.Random, order: list[Firm], members: list[Member], day: date, count: int, filed: date
) -> None:
    inside = {m.firm for m in members if m.on(day)}
    left = {m.firm for m in members if m.left_on and m.left_on > date(day.year - 2, 1, 1)}
    audit = day.month == 1
    able = []
    for firm in order:
        young = audit or (day - firm.founded).days < 2400
        if young and firm not in inside and firm not in left and firm.standing(day, 2 if audit else 0):
            able.append(firm)
        if len(able) >= count * 3:
            break
    for firm in rng.sample(able, min(len(able), count)):
        moved_in = firm.places[0][1].city != "370100"
        reason = (
            "moved_in" if moved_in else rng.choices(("grown", "reclassified"), (94, 6))[0] if audit else "new"
        )
        entered = day + timedelta(days=0 if audit else 30 * rng.randrange(3))
        members.append(Member(firm, entered, reason, filed))


def _leave(rng: random.Random, members: list[Member], day: date, count: int, year: int) -> None:
    """Exits of the annual audit: moved, closed, and the weak ones that fell below the line."""
    there = [m for m in members if m.on(day) and m.entered_on < date(year - 1, 6, 1)]
    weak = [m for m in there if not m.firm.giant and m.firm.standing(day) and m.firm.score < 1.2]
    for member in rng.sample(weak, min(len(weak), count)):
        member.left_on, member.exit_filed_on = day, date(year, 2, 10)
        member.exit_reason = rng.choices(("below_line", "reclassified"), (92, 8))[0]


def _close(rng: random.Random, members: list[Member], year: int, count: int) -> None:
    """Exits during the year: firms that ended or moved away, and closures up to the usual number."""
    after = date(year, 7, 1) if year < 2026 else date(2026, 2, 1)
    there = [m for m in members if m.on(after)]
    done = 0
    for member in there:
        firm = member.firm
        away = next((day for day, place in firm.places if day != date.min and place.city != "370100"), None)
        end = firm.gone_on or away
        if end and end.year <= year:
            member.left_on = max(end, after, member.entered_on)
            member.exit_reason = "closed" if firm.gone_on else "moved_out"
            done += 1
    rest = [m for m in there if m.left_on is None and not m.firm.giant and m.firm.score < 0.8]
    for member in rng.sample(rest, max(0, min(len(rest), count - done))):
        member.left_on, member.exit_reason = date(year, after.month + rng.randrange(3), 1), "closed"
    for member in there:
        if member.left_on:
            member.exit_filed_on = date(year, 12, 31) if year < 2026 else date(2026, 6, 22)


def above_scale_steps(members: list[Member]) -> list[Step]:
    """Opening list, the yearly audit in February, the monthly entries of each half-year, one complete list."""
    steps = []
    days = sorted({m.filed_on for m in members} | {m.exit_filed_on for m in members if m.exit_filed_on})
    for day in days:
        entries = [m for m in members if m.filed_on == day]
        exits = [m for m in members if m.exit_filed_on == day]
        tag, said = {2: ("audit", "年度入退库"), 6: ("h1", "上半年月度入库"), 12: ("h2", "下半年月度入库")}[
            day.month
        ]
        if day == STOCK_FILED:
            tag, said = "stock", "企业名单"
        steps.append(
            Step(
                day,
                f"above-scale-{day.year}-{tag}",
                "above-scale",
                f"{day.year}年规上工业{said}（样例）.xlsx",
                _rows(entries, exits, day),
            )
        )
    whole = [m for m in members if m.on(CHECKED_ON) and m.filed_on < date(2024, 1, 16)]
    steps.append(
        Step(
            date(2024, 1, 16),
            "above-scale-2023-complete",
            "above-scale",
            "2023年末规上工业企业在库名单（样例）.xlsx",
            _rows(whole, [], date(2024, 1, 16)),
            complete_on=CHECKED_ON,
        )
    )
    return steps


def _rows(entries: list[Member], exits: list[Member], day: date) -> Callable[[], list[Row]]:
    def rows() -> list[Row]:
        entered: list[Row] = [
            {
                "uscc": m.firm.uscc,
                "name": m.firm.name(day),
                "entered_on": m.entered_on,
                "entry_reason": m.entry_reason,
            }
            for m in entries
        ]
        left: list[Row] = [
            {
                "uscc": m.firm.uscc,
                "name": m.firm.name(day),
                "entered_on": m.entered_on,
                "left_on": m.left_on,
                "exit_reason": m.exit_reason,
            }
            for m in exits
        ]
        return entered + left

    return rows


@dataclass(eq=False)
class Doubling:
    firm: Firm
    base_year: int
    entered_on: date
    left_on: date | None = None
    exit_reason: str = ""


def doubling(scale: Scale, members: list[Member]) -> list[Doubling]:
    """The climbing plan's members: three intakes, assessed each December."""
    rng = scale.rng("doubling")
    taken: list[Doubling] = []
    for year, count in ((2023, 300), (2024, 150), (2025, 90)):
        day, inside = date(year, 11, 20), {d.firm for d in taken}
        able = [
            m.firm
            for m in members
            if m.on(day)
            and m.firm.standing(day, 3)
            and m.firm not in inside
            and m.firm.growth > 0
            and m.firm.giant == 0
        ]
        taken += [Doubling(firm, year - 1, day) for firm in rng.sample(able, min(len(able), scale.n(count)))]
    for day, reason, count in (
        (date(2024, 12, 16), "failed_assessment", 18),
        (date(2025, 12, 15), "failed_assessment", 22),
        (date(2025, 12, 15), "goal_met", 12),
        (date(2025, 3, 31), "dishonest", 1),
    ):
        there = [
            d
            for d in taken
            if d.left_on is None and d.entered_on < day and (d.firm.growth > 0.06) == (reason == "goal_met")
        ]
        for one in rng.sample(there, min(len(there), scale.n(count))):
            one.left_on, one.exit_reason = day, reason
    for one in taken:
        end = one.firm.gone_on or next(
            (d for d, p in one.firm.places if d != date.min and p.city != "370100"), None
        )
        if end and one.left_on is None and end < LAST and end > one.entered_on:
            one.left_on, one.exit_reason = end, "closed" if one.firm.gone_on else "moved_out"
    return taken


def doubling_steps(members: list[Doubling]) -> list[Step]:
    """Intakes in December and exits once a year in January, or in June 2026 for what happened since."""
    steps = []
    common = {"programme": "jinan-climb"}
    for year in (2023, 2024, 2025):
        new = [d for d in members if d.entered_on.year == year]
        steps.append(
            Step(
                date(year, 12, 5),
                f"doubling-{year}",
                "doubling",
                f"{year}年攀登倍增计划入库企业（样例）.xlsx",
                _doubling_rows(new, False),
                {**common, "base_year": str(year - 1), "horizon_years": "3", "multiple": "2"},
            )
        )
    for filed, since in (
        (date(2025, 1, 8), date(2023, 12, 1)),
        (date(2026, 1, 9), date(2025, 1, 8)),
        (date(2026, 6, 23), date(2026, 1, 9)),
    ):
        out = [d for d in members if d.left_on and since <= d.left_on < filed]
        if out:
            steps.append(
                Step(
                    filed,
                    f"doubling-exits-{filed:%Y-%m}",
                    "doubling",
                    f"攀登倍增计划退出企业{filed.year}（样例）.xlsx",
                    _doubling_rows(out, True),
                    dict(common),
                )
            )
    return steps


def _doubling_rows(some: list[Doubling], leaving: bool) -> Callable[[], list[Row]]:
    def rows() -> list[Row]:
        made: list[Row] = []
        for one in some:
            row: Row = {
                "uscc": one.firm.uscc,
                "name": one.firm.name(one.entered_on),
                "entered_on": one.entered_on,
            }
            made.append(row | {"left_on": one.left_on, "exit_reason": one.exit_reason} if leaving else row)
        return made

    return rows
