"""How values of the register look on a page, in the language of the request: words, places, trades, money, days.

Everything is a template filter; ``shown`` picks the right one for any field of any kind.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape

from registry import codes, industries, words
from registry.kind import Field, Kind
from registry.shell import formats
from registry.shell.formats import as_filter
from registry.shell.languages import language
from registry.shell.serving import house

MISSING = (None, "")


def word(id: str | None, vocabulary: str) -> str | Markup:
    return formats.unknown() if id in MISSING else words.label(vocabulary, id, language())


def place(id: str | None) -> str | Markup:
    """A district or functional area."""
    return formats.unknown() if id in MISSING else house().places.label(id, language())


def place_short(id: str) -> str:
    """``高新区`` for 济南高新技术产业开发区, where a column is narrow."""
    row = house().places.names.get(id)
    return place(id) if row is None or language() == "en" else row["short"]


def city(code: str | None) -> str | Markup:
    if code in MISSING:
        return formats.unknown()
    if code == house().settings.city.code:
        return house().settings.city.name_en if language() == "en" else house().settings.city.name
    return regions(language()).get(code or "", code or "")


def whereabouts(firm: Any) -> Markup:
    """A firm's place in a narrow column: the functional area above its district; the city of a firm elsewhere."""
    home = house().settings.city.code
    return (
        escape(city(firm.city)) if firm.city != home else _at_home(firm.area, firm.district, language(), home)
    )


@lru_cache(maxsize=2_000)
def _at_home(area: str | None, district: str | None, _language: str, _home: str) -> Markup:
    if not (area or district):
        return formats.unknown()
    under = Markup('<span class="sub">{}</span>').format(place_short(district)) if area and district else ""
    return escape(place_short(area or district or "")) + under


@cache
def regions(language: str) -> dict[str, str]:
    """Code → name; in English those of the prefectures, the others fall back."""
    rows = codes.load("codes/regions").rows
    return {row["code"]: (row["name_en"] if language == "en" else "") or row["name"] for row in rows}


def industry(code: str | None, short: bool = False) -> str | Markup:
    """``C2912 橡胶板、管、带制造``. ``short``: in a list, where an English name of the division has to do."""
    if code in MISSING:
        return formats.unknown()
    return _industry(code or "", language(), short)


@lru_cache(maxsize=5_000)
def _industry(code: str, language: str, short: bool) -> Markup:
    name = industries.name_of(code, language)
    shown = industries.name_of(code[:3], language) if short and language == "en" else name
    return Markup('<span class="code" title="{}">{}</span> {}').format(name, code, shown)


def capital(value: int | str | None) -> str | Markup:
    """Yuan as money; another currency keeps its code: ``USD 500000``."""
    if value in MISSING:
        return formats.unknown()
    text = str(value)
    if text.isdigit():
        return formats.money(int(text))
    code, _blank, amount = text.partition(" ")
    return f"{code} {int(amount):,}" if amount.isdigit() else text


def number(value: Any) -> Markup:
    if value in MISSING:
        return formats.unknown()
    amount = formats.exact(value)
    places = max(0, -int(amount.as_tuple().exponent)) if amount.is_finite() else 0
    return Markup('<data value="{}">{}</data>').format(value, formats.grouped(amount, places))


def usd(value: int | None) -> Markup:
    if value is None:
        return formats.unknown()
    return Markup('<data value="{}">{} <span class="unit">{}</span></data>').format(
        value, f"{value:,}", _("US dollars")
    )


def shown(value: Any, field: Field) -> str | Markup:
    """A value of a field as people read it; None is unknown, never zero."""
    if value in MISSING:
        return formats.unknown()
    match field.type:
        case "money":
            return usd(value) if field.id.endswith("_usd") else formats.money(value)
        case "capital":
            return capital(value)
        case "day":
            return formats.day(value)
        case "integer":
            return formats.count(value)
        case "ratio":
            return formats.percent(value)
        case "number":
            return number(value)
        case "word":
            return word(value, field.vocabulary)
        case "district" | "area":
            return place(value)
        case "city":
            return city(value)
        case "industry":
            return industry(value)
        case "code":
            return Markup('<span class="code">{}</span>').format(value)
    # Who has no code is kept as ~ and the name; people read the name. In other words ~ means about.
    return str(value).removeprefix("~") if field.id in house().kinds.parties else str(value)


def term(of: Field | Kind) -> str:
    """A field's or a kind's name in the language of the request."""
    return of.en if language() == "en" else of.zh


def moment(text: str | None) -> Markup:
    """An instant that is printed in a document."""
    return formats.instant(datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None)


def problem_name(code: str) -> str:
    """A short name for a problem or note."""
    for vocabulary in ("problem", "note"):
        if code in words.vocabulary(vocabulary):
            return words.label(vocabulary, code, language())
    ours = {
        "rejected": _("turned down"),
        "absent_from_list": _("absent from the whole list"),
        "nothing_given": _("says nothing"),
        "not_a_row": _("total or footnote"),
        "left_out": _("taken off the list"),
        "other_unit": _("managed by another unit"),
    }
    return str(ours.get(code, code))


def holds(field: Field) -> str:
    """What a column of a field may hold, in a few words."""
    place = _("a place by name or code; former names too")
    said = {
        "money": _("money; the unit in the header, the cell or chosen at upload"),
        "capital": _("money, other currencies kept; without a unit yuan from 1,000,000 on"),
        "code": _("a credit code of 18 characters, as text"),
        "day": _("a day, in any usual form"),
        "year": _("a year"),
        "integer": _("a whole number"),
        "number": _("a number"),
        "ratio": _("a share: percent, or a ratio up to 1"),
        "word": _("one of:"),
        "period": _("a period: 2025, 2025-Q4, 2025-12, 2025-12-31, 2023-2025; the first half-year is 2025-06"),
        "amount": _("an amount in the unit of its indicator; 万元, 亿元 or percent stand in the header or the cell"),
        "names": _("names, parted by semicolons"),
        "district": place, "area": place, "street": place, "city": place,
        "industry": _("a code of GB/T 4754, with or without its letter, or its name"),
        "text": _("text"),
    }  # fmt: skip
    return str(_("US dollars") if field.id.endswith("_usd") else said[field.type])


def invented(uscc: str) -> bool:
    """Codes of area 370199, which is assigned to no place, are those of sample firms."""
    return uscc[2:8] == "370199"


FILTERS: dict[str, Callable[..., Any]] = {
    "word": word, "place": place, "place_short": place_short, "whereabouts": whereabouts,
    "city": city, "industry": industry, "capital": capital,
    "number_text": number, "shown": shown, "term": term, "moment": moment, "invented": invented, "problem_name": problem_name,
    "holds": holds,
}  # fmt: skip
#: As filters for templates; see ``formats.as_filter`` for why they are wrapped.
TEMPLATE_FILTERS = {name: as_filter(function) for name, function in FILTERS.items()}
