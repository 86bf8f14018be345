"""What a page is asked about: the day, the instant it is to be known at, and the year of accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import abort, request
from flask_babel import gettext as _

from registry.filings import filing_at
from registry.house import House
from registry.store.clock import instant_text, parse_instant

YEARS = range(1949, 2200)


@dataclass(frozen=True)
class Asked:
    """``day``: as of. ``known_at``: None is now. ``typed``: the known-at as it was typed, for the form and for links."""

    day: date
    known_at: datetime | None
    year: int | None
    typed: str
    today: date

    @property
    def arguments(self) -> dict[str, str]:
        """What links must carry so that the next page speaks of the same day and instant."""
        carried = {} if self.day == self.today else {"as_of": self.day.isoformat()}
        if self.typed:
            carried["known_at"] = self.typed
        if self.year is not None:
            carried["year"] = str(self.year)
        return carried

    @property
    def present(self) -> bool:
        """Does the page speak of today, as known now?"""
        return self.known_at is None and self.day == self.today

    def printed(self, house: House) -> str:
        return instant_text(self.known_at or house.clock.now())


def asked(house: House) -> Asked:
    """Read ``as_of``, ``known_at`` and ``year`` from the address; 400 with the reason where they cannot be read."""
    today = house.clock.today()
    typed = request.args.get("known_at", "").strip()
    return Asked(
        day_of(request.args.get("as_of", "").strip()) or today,
        instant_of(house, typed),
        _year(),
        typed,
        today,
    )


def day_of(text: str) -> date | None:
    """A typed day; None for nothing, 400 with the reason for what is no day."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
        if day.year not in YEARS:
            raise ValueError(text)
        return day
    except ValueError:
        abort(400, description=_("“%(text)s” is not a day; write it like 2025-12-31.", text=text))


def instant_of(house: House, text: str) -> datetime | None:
    """A typed instant, day or filing; None for nothing, 400 with the reason for what is none of them."""
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 10:
        with house.store.read() as connection:
            at = filing_at(connection, int(text))
        if at is None:
            abort(400, description=_("There is no filing %(id)s.", id=text))
        return at
    try:
        return parse_instant(text)
    except (ValueError, OverflowError):
        abort(
            400,
            description=_(
                "“%(text)s” is neither a day like 2025-12-31 nor the number of a filing.", text=text
            ),
        )


def _year() -> int | None:
    text = request.args.get("year", "").strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 4 or int(text) not in YEARS:
        abort(400, description=_("“%(text)s” is not a year.", text=text))
    return int(text)


def page_number() -> int:
    """The page turned to; anything unreadable is the first."""
    text = request.args.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1
