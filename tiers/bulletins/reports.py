"""The reports that there are, and which period each speaks of on a day. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from registry.refusals import MisusedError
from registry.said import Said

ONE_DAY = timedelta(days=1)
#: Titles that end within so many days, the day itself the first, are spoken of.
AHEAD_DAYS = 180


@dataclass(frozen=True)
class Report:
    """``title`` without the city; ``every``: the period that it closes."""

    id: str
    name: Said
    title: Said
    every: Literal["month", "quarter", "day"]


REPORTS = {
    report.id: report
    for report in (
        Report("monthly", Said("Monthly bulletin", "月度通报"),
               Said("Graded cultivation of quality firms in {city}: bulletin", "{city}优质企业梯度培育工作情况通报"), "month"),
        Report("quarterly", Said("Quarterly review", "季度分析"),
               Said("Graded cultivation of quality firms in {city}: quarterly review", "{city}优质企业梯度培育工作季度分析"),
               "quarter"),
        Report("district", Said("Letters to the units", "区县函"),
               Said("Graded cultivation of quality firms: to the units of {city}", "关于优质企业梯度培育工作情况的函"), "month"),
        Report("expiry", Said("Notices of expiry", "到期提示"),
               Said("Titles of firms in {city} that are about to end", "关于做好企业称号到期复核工作的提示"), "day"),
    )
}  # fmt: skip


class UnknownReportError(MisusedError):
    def __init__(self, name: str) -> None:
        listed = ", ".join(REPORTS)
        super().__init__(
            f"there is no report {name}; there are: {listed}", f"没有名为“{name}”的报告；现有：{listed}"
        )


def report_of(name: str) -> Report:
    """Raises UnknownReportError."""
    if name not in REPORTS:
        raise UnknownReportError(name)
    return REPORTS[name]


def last_period(report: Report, today: date) -> date:
    """The last day of the report's last complete period before ``today``."""
    if report.every == "day":
        return today - ONE_DAY
    months = 1 if report.every == "month" else (today.month - 1) % 3 + 1
    return _first(today, 1 - months) - ONE_DAY


def is_end(every: str, day: date) -> bool:
    """Is the day the last one of a month or quarter?"""
    after = day + ONE_DAY
    return every == "day" or (after.day == 1 and (every == "month" or after.month % 3 == 1))


def before(every: str, day: date) -> date:
    """The last day of the period before the one that ``day`` lies in."""
    if every == "day":
        return day - ONE_DAY
    return _first(day, -((day.month - 1) % 3) if every == "quarter" else 0) - ONE_DAY


def _first(day: date, months: int) -> date:
    """The first day of the month so many months on."""
    at = day.year * 12 + day.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)
