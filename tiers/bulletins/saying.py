"""Numbers, days and ordinals as official Chinese writes them, and as English does. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from tiers.bulletins import reports

DIGITS = "〇一二三四五六七八九"
_UNITS = {
    "firms": ("家", "firms", "firm"),
    "items": ("项", "items", "item"),
    "sites": ("个", "sites", "site"),
    "pflops": ("PFLOPS", "PFLOPS", "PFLOPS"),
}
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def decimal(value: Any) -> Decimal | None:
    """A value of a count document: whole number or decimal text; None where there is none, or none that can be read."""
    if value is None or value == "":
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def numeral(number: int) -> str:
    """1 to 99 as 一, 十, 十二, 二十, 二十三."""
    tens, ones = divmod(number, 10)
    if not tens:
        return DIGITS[ones]
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")


def rounded(value: Decimal, places: int) -> Decimal:
    found = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return abs(found) if found == 0 else found


@dataclass(frozen=True)
class Speech:
    """How one language says things; ``say`` chooses between the two."""

    language: str

    @cached_property
    def is_chinese(self) -> bool:
        return not self.language.startswith("en")

    def say(self, zh: str, en: str) -> str:
        return zh if self.is_chinese else en

    # Numbers -------------------------------------------------------------------------------------

    def number(self, value: int | Decimal, places: int = 0) -> str:
        """Chinese official text sets no separators; a minus is a minus sign."""
        found = rounded(Decimal(value), places)
        text = f"{found:f}" if self.is_chinese else f"{found:,f}"
        return text.replace("-", "−")

    def firms(self, value: int) -> str:
        return self.amount(value, "firms")

    def titles(self, value: int) -> str:
        return self.say(f"{self.number(value)}个", f"{self.number(value)} title{'s' * (value != 1)}")

    def amount(self, value: Any, unit: str) -> str:
        """``8000家``, ``10000亿元``, ``70%``; the unknown is said."""
        found = decimal(value)
        if found is None:
            return self.say("未知", "unknown")
        if unit == "ratio":
            return self.percent(found)
        if unit == "yuan":
            return self._money(found)
        if unit == "kw":
            return self.say(f"{self._short(found / 10_000)}万千瓦", f"{self._short(found / 1000)} MW")
        zh, many, one = _UNITS.get(unit, ("", unit, unit))
        text = self._short(found)
        return self.say(f"{text}{zh}", f"{text} {one if found == 1 else many}".strip())

    def _short(self, value: Decimal) -> str:
        return self.number(value, 0 if value == value.to_integral_value() else 2)

    def _money(self, yuan: Decimal) -> str:
        if abs(yuan) >= 10**8:
            return self.say(f"{self._short(yuan / 10**8)}亿元", f"{self._short(yuan / 10**9)} billion yuan")
        if abs(yuan) >= 10**4:
            return self.say(f"{self._short(yuan / 10**4)}万元", f"{self._short(yuan / 10**6)} million yuan")
        return self.say(f"{self._short(yuan)}元", f"{self._short(yuan)} yuan")

    def percent(self, ratio: Decimal) -> str:
        """A ratio with one place at most, ``86.8%``; whole percents have none. What falls short of 100 % never reads 100 %."""
        value = rounded(ratio * 100, 1)
        if value == 100 and ratio < 1:
            value = Decimal("99.9")
        return f"{self.number(value, 0 if value == value.to_integral_value() else 1)}%"

    def delta(self, value: int) -> str:
        """For tables: ``+12``, ``−3``, ``0``."""
        return f"+{self.number(value)}" if value > 0 else self.number(value)

    def change(self, value: int, unit: str = "firms") -> str:
        """For sentences: 增加12家, 减少3家, 持平."""
        amount = self.amount(abs(value), unit)
        if value == 0:
            return self.say("持平", "unchanged")
        return self.say(f"增加{amount}", f"up by {amount}") if value > 0 else self.say(f"减少{amount}", f"down by {amount}")  # fmt: skip

    # Days ----------------------------------------------------------------------------------------

    def day(self, day: date) -> str:
        return self.say(
            f"{day.year}年{day.month}月{day.day}日", f"{day.day} {MONTHS[day.month - 1]} {day.year}"
        )

    def month(self, month: str) -> str:
        """``2026-07`` as 2026年7月."""
        year, at = int(month[:4]), int(month[5:7])
        return self.say(f"{year}年{at}月", f"{MONTHS[at - 1][:3]} {year}")

    def period(self, every: str, day: date) -> str:
        """The period that a bulletin speaks of: a month, a quarter, or up to a day."""
        if every == "month" and reports.is_end(every, day):
            return self.say(f"{day.year}年{day.month}月", f"{MONTHS[day.month - 1]} {day.year}")
        if every == "quarter" and reports.is_end(every, day):
            quarter = (day.month + 2) // 3
            return self.say(f"{day.year}年第{numeral(quarter)}季度", f"Quarter {quarter} of {day.year}")
        return self.say(f"截至{self.day(day)}", f"as of {self.day(day)}")

    def since(self, earlier: date, day: date) -> str:
        """What a number is compared with: 上月末, 上季度末, 上年末, else the day."""
        if reports.is_end("month", day):
            if earlier == reports.before("month", day):
                return self.say("上月末", "the end of the month before")
            if reports.is_end("quarter", day) and earlier == reports.before("quarter", day):
                return self.say("上季度末", "the end of the quarter before")
        if earlier == date(day.year - 1, 12, 31):
            return self.say("上年末", "the end of last year")
        return self.day(earlier)

    # Lists ---------------------------------------------------------------------------------------

    def joined(self, parts: Sequence[str]) -> str:
        if self.is_chinese or len(parts) < 2:
            return "、".join(parts)
        return f"{', '.join(parts[:-1])} and {parts[-1]}"

    def heading(self, level: int, number: int, text: str) -> str:
        """一、 and （一）; in English 1. and (a)."""
        if level == 1:
            return self.say(f"{numeral(number)}、{text}", f"{number}. {text}")
        return self.say(f"（{numeral(number)}）{text}", f"({chr(96 + number)}) {text}")
