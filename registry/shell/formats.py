"""How numbers and dates look on a screen: short for reading, exact on hover, and unknown never as zero.

Each function is a template filter and gives safe HTML. ``<data value>`` and ``<time datetime>`` carry the exact
value, so copying scripts and screen readers get what the page rounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from registry.shell.languages import language
from registry.store.clock import SHANGHAI

MINUS = "\N{MINUS SIGN}"
# What people read: the ten-thousand and hundred-million steps in Chinese, thousands in English.
MONEY_STEPS = {
    "zh": ((10**8, "亿"), (10**4, "万")),
    "en": ((10**9, "bn"), (10**6, "m")),
}
Number = int | Decimal | Fraction | str


def unknown(text: str | None = None) -> Markup:
    """The muted word for a value that nobody has put on record; ``text`` may say which fact is missing."""
    return _unknown(language(), text)


@cache
def _unknown(_language: str, text: str | None) -> Markup:
    return Markup('<span class="unknown">{}</span>').format(text or _("unknown"))


def exact(value: Number) -> Decimal:
    """A number as a decimal: integers, decimals, fractions and decimal strings such as ``0.8731``."""
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    return Decimal(value)


def grouped(value: Decimal, places: int) -> str:
    """``-1234.5`` with 2 places → ``−1,234.50``."""
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{rounded:,}"
    return text.replace("-", MINUS) if rounded else text.lstrip("-")


def count(value: int | None) -> Markup:
    """Whole numbers with thousands separators."""
    if value is None:
        return unknown()
    # Numbers need no escaping, and a page has hundreds of them.
    return Markup(f'<data value="{value}">{grouped(Decimal(value), 0)}</data>')


def delta(value: int | None) -> Markup:
    """A change, always signed: ``+12``, ``−3``, ``±0``."""
    if value is None:
        return unknown()
    sign, tone = ("+", "up") if value > 0 else ("", "down") if value < 0 else ("±", "same")
    return Markup('<data class="delta delta-{}" value="{}">{}{}</data>').format(
        tone, value, sign, grouped(Decimal(value), 0)
    )


def money(yuan: int | None) -> Markup:
    """Whole yuan as 万 and 亿 (English: m and bn), exact on hover."""
    if yuan is None:
        return unknown()
    spoken = language()
    full = _yuan(spoken).format(grouped(Decimal(yuan), 0))
    steps = MONEY_STEPS[spoken]
    for place, (size, unit) in enumerate(steps):
        # What the smaller step would round up to this one: 99,999,999 reads 1 亿 and not 10,000 万.
        rounding = steps[place + 1][0] // 200 if place + 1 < len(steps) else 0
        if abs(yuan) + rounding >= size:
            short = grouped(Decimal(yuan) / size, 2).removesuffix(".00")
            return Markup(
                f'<data value="{yuan}" title="{full}">{short} <span class="unit">{unit}</span></data>'
            )
    return Markup(f'<data value="{yuan}" title="{full}">{full}</data>')


@cache
def _yuan(_language: str) -> str:
    return str(escape(_("%(amount)s yuan", amount="{}")))


def percent(ratio: Number | None, places: int = 1) -> Markup:
    """A ratio (0.8731) as percent (87.3%)."""
    if ratio is None:
        return unknown()
    value = exact(ratio)
    return Markup(f'<data value="{value}">{grouped(value * 100, places)}%</data>')


def day(value: date | str | None) -> Markup:
    """A calendar day as ``2026-06-30``."""
    if value is None or value == "":
        return unknown()
    if isinstance(value, date):
        return Markup(f'<time datetime="{value}">{value}</time>')
    text = escape(value)
    return Markup(f'<time datetime="{text}">{text}</time>')


def instant(value: datetime | None) -> Markup:
    """A UTC instant as the wall clock in Shanghai shows it, to the minute; seconds and UTC on hover."""
    if value is None:
        return unknown()
    utc = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    stamp = utc.strftime("%Y-%m-%dT%H:%M:%SZ")
    here = utc.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(stamp, stamp, here)


def choices(options: Iterable[tuple[Any, str]], chosen: Any) -> Markup:
    """The options of a select; long ones return on every page, so they are made once."""
    return _choices(tuple((str(value), text) for value, text in options), str(chosen))


@lru_cache(maxsize=500)
def _choices(options: tuple[tuple[str, str], ...], chosen: str) -> Markup:
    option = Markup('<option value="{}"{}>{}</option>')
    selected = Markup(" selected")
    return Markup("").join(option.format(v, selected if v == chosen else "", text) for v, text in options)


def as_filter(show: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that the template compiler does not fold: a constant would keep the first reader's language."""

    @pass_context
    def fill(_context: Context, *given: Any, **named: Any) -> Any:
        return show(*given, **named)

    return fill


def init(app: Flask) -> None:
    for show in (count, delta, money, percent, day, instant):
        app.jinja_env.filters[show.__name__] = as_filter(show)
    app.jinja_env.globals.update(unknown=unknown, choices=choices)
