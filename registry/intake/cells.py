"""What people type into cells, read into plain values. Pure; one function per field type.

A reader gets one cell and the column's unit and gives a :class:`Cell`: a value (ISO text for days, integers for
money and counts, decimal text for ratios), or the problem id (intake/problems.py) that says why there is none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, NamedTuple

from registry import industries, words
from registry.kind import Field
from registry.naming.codes import good_codes, read_code
from registry.naming.normal import split_names
from registry.periods import read_period


class Cell(NamedTuple):
    """``given`` False: the cell says nothing. ``value`` None with ``given``: it says "no value" (清空)."""

    given: bool
    value: Any = None
    problem: str | None = None
    detail: str | None = None


NOTHING = Cell(False)
CLEARED = Cell(True, None)
CLEAR_WORDS = {"清空", "(清空)", "<清空>"}
EMPTY = {
    "",
    "-",
    "--",
    "---",
    "—",
    "——",
    "–",
    "/",
    "\\",
    "N/A",
    "NA",
    "#N/A",
    "NULL",
    "NONE",
    "NAN",
    "无",
    "暂无",
    "不详",
    "未知",
    "空",
}

_LONGEST = max(map(len, EMPTY | CLEAR_WORDS))

UNITS = {
    "元": 1, "千元": 1_000, "万元": 10_000, "百万元": 1_000_000, "千万元": 10_000_000, "亿元": 100_000_000,
    "千": 1_000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000,
    "yuan": 1, "cny": 1, "rmb": 1, "人民币": 1, "wan": 10_000, "yi": 100_000_000,
    "美元": 1, "千美元": 1_000, "万美元": 10_000, "百万美元": 1_000_000, "亿美元": 100_000_000, "usd": 1,
}  # fmt: skip
PERCENT = {"%", "percent", "百分比", "pct"}
CURRENCIES = {
    "美元": "USD", "USD": "USD", "港元": "HKD", "港币": "HKD", "HKD": "HKD", "欧元": "EUR", "EUR": "EUR", "日元": "JPY",
    "英镑": "GBP", "新加坡元": "SGD", "新加坡币": "SGD", "澳元": "AUD", "澳大利亚元": "AUD", "加元": "CAD", "加拿大元": "CAD",
    "韩元": "KRW", "新台币": "TWD", "台币": "TWD", "瑞士法郎": "CHF",
}  # fmt: skip
LARGEST = 2**63  # what a database keeps as money
LARGEST_COUNT = 100_000_000  # persons, patents, ranks
SERIAL_ZERO = date(1899, 12, 30)  # the spreadsheet's day 0, its 1900 leap-year error included
_CHINESE_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_NUMBER = re.compile(r"^([+-]?)(\d[\d,]*\.?\d*|\.\d+)(?:E([+-]?\d+))?(.*)$", re.IGNORECASE)


_WIDE = {0x3000: " "} | {
    wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F) if chr(wide - 0xFEE0).isalnum()
}
#: What makes a number no number but a guess at one: 约500, 500左右, 500多, 500+.
_HEDGE = re.compile(r"[约近超逾<>≤≥≈~±+?多余许来几]|左右|上下|以上|以下|以内|不足|不到")
#: The first year that a day may lie in: older ones come from empty or damaged date cells (0001-01-01).
FIRST_YEAR = "1840"
_OUTSIDE = " \t\r\n\ufeff\u200b'’`"
#: What a clean text holds none of, by the type of its field.
_APART = "\x1f"  # combines with nothing, so texts joined by it are in order where each of them is
_AT_A_TIME = 500
_CARE = {"text": re.compile(f"[{_OUTSIDE}]"), "names": re.compile(rf"[{_OUTSIDE}\s;|、]")}


def plain(raw: Any) -> str:
    """Text with full-width forms folded and outer blanks, BOMs and apostrophes gone."""
    return unicodedata.normalize("NFKC", str(raw)).strip(_OUTSIDE)


def written(raw: str) -> str:
    """Text as it was written, brackets and all; only full-width letters, digits and blanks become the usual ones."""
    text = raw.strip(_OUTSIDE + "\u3000")
    return text if text.isascii() else text.translate(_WIDE)


def empty(text: str) -> bool:
    return text.upper() in EMPTY


def as_they_stand(field: Field, texts: Sequence[str]) -> Collection[str]:
    """Those of the texts that :func:`reader` would take just as they stand: nearly all, and told many at a time."""
    if field.type == "code":
        return good_codes(texts)
    if (care := _CARE.get(field.type)) is None:
        return ()
    clean: list[str] = []
    long = texts
    if min(map(len, texts), default=0) <= _LONGEST:
        long = [text for text in texts if len(text) > _LONGEST]
    for start in range(0, len(long), _AT_A_TIME):
        several = long[start : start + _AT_A_TIME]
        if _clean(_APART.join(several), care):
            clean += several
        else:
            clean += [text for text in several if _clean(text, care)]
    return clean


def _clean(text: str, care: re.Pattern[str]) -> bool:
    return unicodedata.is_normalized("NFKC", text) and not care.search(text)


def reader(field: Field, unit: str | None) -> Callable[[Any], Cell]:
    """The function that reads this field's cells. ``unit`` is the column's, if it has one."""
    read = _READERS[field.type]

    # 无 and 未知 are answers in some vocabularies, so words are looked up before they are taken for nothing.
    answers = field.type == "word"
    as_written = field.type in ("text", "names")

    def one(raw: Any) -> Cell:
        if raw is None:
            return NOTHING
        if type(raw) is not str:
            return read(field, raw, unit)
        text = plain(raw)
        if len(text) <= _LONGEST:
            if not text or (not answers and empty(text)):
                return NOTHING
            if text in CLEAR_WORDS:
                return CLEARED
        if as_written:
            text = raw if raw == text else written(raw)
        return read(field, text, unit)

    return one


def _text(_field: Field, raw: Any, _unit: str | None) -> Cell:
    if type(raw) is str:  # made plain already
        return Cell(True, raw)
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, datetime):
        raw = raw.date()
    return Cell(True, plain(raw))


def _names(_field: Field, raw: Any, _unit: str | None) -> Cell:
    return Cell(True, ";".join(split_names(raw if type(raw) is str else plain(raw))))


def _code(_field: Field, raw: Any, _unit: str | None) -> Cell:
    reading = read_code(raw)
    if reading.problem:
        return Cell(True, None, reading.problem, reading.hint)
    return Cell(True, reading.code, "case_folded" if reading.folded else None)


def _word(field: Field, raw: Any, _unit: str | None) -> Cell:
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    text = plain(raw)
    found = words.read(field.vocabulary, text)
    if found is None and words.fold(text) in map(words.fold, field.vague):
        return Cell(True, text)
    if found is None:
        return NOTHING if empty(text) else Cell(True, None, "value_unknown")
    return Cell(True, found)


def read_day(raw: Any, end: bool = False) -> str | None:
    """A day in any usual form as ISO text; a bare year or month is its first day, or its last with ``end``."""
    if isinstance(raw, datetime):
        return raw.date().isoformat()
    if isinstance(raw, date):
        return raw.isoformat()
    if isinstance(raw, bool):
        return None
    if isinstance(raw, (int, float)):
        if float(raw).is_integer() and 1900 <= raw <= 2100:
            return f"{int(raw)}-12-31" if end else f"{int(raw)}-01-01"
        if 10_000 <= raw < 80_000:
            return (SERIAL_ZERO + timedelta(days=int(raw))).isoformat()
        raw = f"{raw:.0f}"
    text = plain(raw).translate(_CHINESE_DIGITS)
    text = re.sub(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$", "", text).strip()
    if re.fullmatch(r"\d{8}", text):
        parts = [text[:4], text[4:6], text[6:]]
    elif re.fullmatch(r"\d{5}(\.\d+)?", text):
        return read_day(float(text))
    else:
        parts = [p for p in re.split(r"[年月日号./\-\s]+", text) if p]
    if not 1 <= len(parts) <= 3 or not all(p.isdigit() for p in parts) or len(parts[0]) != 4:
        return None
    year = int(parts[0])
    try:
        if len(parts) == 3:
            return date(year, int(parts[1]), int(parts[2])).isoformat()
        if len(parts) == 2:
            first = date(year, int(parts[1]), 1)
            following = (first + timedelta(days=32)).replace(day=1)
            return (following - timedelta(days=1) if end else first).isoformat()
        return date(year, 12, 31).isoformat() if end else date(year, 1, 1).isoformat()
    except ValueError:
        return None


def bare_year(raw: Any) -> int | None:
    """The year where a cell gives nothing but one."""
    if isinstance(raw, (bool, date)) or raw is None:
        return None
    text = re.sub(r"\.0$|年度?$", "", plain(raw))
    return int(text) if re.fullmatch(r"(19|20)\d\d", text) else None


def _day(field: Field, raw: Any, _unit: str | None) -> Cell:
    found = read_day(raw, field.end)
    return Cell(True, found) if found and found >= FIRST_YEAR else Cell(True, None, "date_unreadable")


def _year(_field: Field, raw: Any, _unit: str | None) -> Cell:
    if isinstance(raw, (date, datetime)):
        return Cell(True, raw.year)
    match = re.fullmatch(r"(\d{4})(\.0)?(年|年度)?", plain(raw))
    if match and 1949 <= int(match[1]) <= 2100:
        return Cell(True, int(match[1]))
    return Cell(True, None, "date_unreadable")


def _sane(value: Decimal) -> bool:
    """No amount or count of a firm has so many digits; what has was typed or computed wrongly."""
    return value.is_finite() and (not value or -20 < value.adjusted() < 16)


def split_number(raw: Any) -> tuple[Decimal, str] | None:
    """A number and the unit typed behind it (lower case, no brackets); None when there is none, or only about one."""
    if isinstance(raw, (bool, date, datetime)):
        return None
    if isinstance(raw, (int, float)):
        value = Decimal(repr(raw))
        return (value, "") if _sane(value) else None
    text = re.sub(r"^(人民币|RMB|CNY|[¥￥$])+", "", re.sub(r"\s", "", plain(raw)))
    negative = text.startswith("(") and text.endswith(")") and text[1:2].isdigit() and text[-2:-1].isdigit()
    match = _NUMBER.match(text.strip("()") if negative else text)
    if not match:
        return None
    sign, digits, exponent, rest = match.groups()
    if any(c.isdigit() for c in rest) or _HEDGE.search(rest):
        return None
    try:
        value = Decimal(digits.replace(",", "")).scaleb(int(exponent or 0))
    except InvalidOperation:
        return None
    if not _sane(value):
        return None
    return (-value if sign == "-" or negative else value), rest.replace("(", "").replace(")", "").lower()


def scale(unit: str) -> int | None:
    """How many yuan (or dollars) one of ``unit`` is; None for what is not a money unit."""
    bare = unit.lower().replace("人民币", "").replace("rmb", "").replace("cny", "")
    return UNITS.get(bare or "元")


def _money(field: Field, raw: Any, unit: str | None) -> Cell:
    parted = split_number(raw)
    if parted is None:
        return Cell(True, None, "number_unreadable")
    value, typed = parted
    said = typed or unit or ""
    if not said and value != 0:
        return Cell(True, None, "unit_unknown")
    factor = scale(said) if said else 1
    dollars = any(mark in said for mark in ("美元", "usd"))
    if factor is None or (dollars != field.id.endswith("_usd") and (dollars or typed)):
        return Cell(True, None, "unit_unknown", said)
    amount = int((value * factor).quantize(Decimal(1), ROUND_HALF_UP))
    if abs(amount) >= LARGEST:
        return Cell(True, None, "number_unreadable")
    if amount < 0 and not field.signed:
        return Cell(True, None, "negative")
    return Cell(True, amount)


def _capital(_field: Field, raw: Any, unit: str | None) -> Cell:
    """Registered capital: yuan as an integer; another currency stays as ``USD 500000`` and is noted."""
    if (
        isinstance(raw, str)
        and (kept := re.match(r"([A-Z]{3}) ?(\d+)$", raw.upper()))
        and kept[1] in CURRENCIES.values()
    ):
        return Cell(True, f"{kept[1]} {kept[2]}", "currency_kept", raw)  # as our own export writes it
    parted = split_number(raw)
    if parted is None:
        return Cell(True, None, "number_unreadable")
    value, typed = parted
    if value < 0:
        return Cell(True, None, "negative")
    said = typed or unit or ""
    for word, code in CURRENCIES.items():
        if word.lower() in said.lower():
            factor = UNITS.get(said.lower().replace(word.lower(), "") or "元")
            if factor is None:
                return Cell(True, None, "unit_unknown", said)
            amount = (value * factor).quantize(Decimal(1), ROUND_HALF_UP)
            return Cell(True, f"{code} {amount}", "currency_kept", said)
    if not said and 0 < value < 1_000_000:
        return Cell(True, None, "unit_unknown")
    factor = scale(said.replace("人民币元", "元").replace("圆", "元")) if said else 1
    if factor is None:
        return Cell(True, None, "unit_unknown", said)
    return Cell(True, int((value * factor).quantize(Decimal(1), ROUND_HALF_UP)))


def _integer(field: Field, raw: Any, _unit: str | None) -> Cell:
    parted = split_number(raw)
    if parted is None or parted[0] != parted[0].to_integral_value():
        return Cell(True, None, "number_unreadable")
    value, typed = parted
    if abs(value) > LARGEST_COUNT:
        return Cell(True, None, "number_unreadable")
    many = UNITS.get(typed, 1) if typed not in ("元",) else 1
    if value < 0 and not field.signed:
        return Cell(True, None, "negative")
    return Cell(True, int(value * many))


def decimal_text(value: Decimal) -> str:
    """Exact decimal text without trailing zeros or exponent."""
    text = format(value.normalize(), "f")
    return "0" if text in ("-0", "") else text


def _number(field: Field, raw: Any, _unit: str | None) -> Cell:
    parted = split_number(raw)
    if parted is None:
        return Cell(True, None, "number_unreadable")
    if parted[0] < 0 and not field.signed:
        return Cell(True, None, "negative")
    return Cell(True, decimal_text(parted[0]))


def _ratio(_field: Field, raw: Any, unit: str | None) -> Cell:
    """A share. ``unit`` is ``percent`` or ``ratio`` (settled for the whole column by the importer)."""
    parted = split_number(raw)
    if parted is None or parted[1] not in ("", *PERCENT):
        return Cell(True, None, "number_unreadable")
    value = parted[0] / 100 if parted[1] or unit == "percent" else parted[0]
    if not 0 <= value <= 1:
        return Cell(True, None, "share_range")
    return Cell(True, decimal_text(value))


def _industry(_field: Field, raw: Any, _unit: str | None) -> Cell:
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    found = industries.read(plain(raw))
    return Cell(True, found) if found else Cell(True, None, "value_unknown")


#: What the header of an amount says where each row's bare number is in the unit of its own indicator.
OWN_UNIT = "指标本身单位"


def _amount(_field: Field, raw: Any, unit: str | None) -> Cell:
    """A number with the unit typed behind it, or the column's: ``12.5 亿元``. What it is in depends on what the row is
    about, so the kind's check makes a plain value of it."""
    parted = split_number(raw.replace("\N{MINUS SIGN}", "-") if isinstance(raw, str) else raw)
    if parted is None:
        return Cell(True, None, "number_unreadable")
    value, typed = parted
    return Cell(True, f"{decimal_text(value)} {typed or (unit or '').lower()}".strip())


def _period(_field: Field, raw: Any, _unit: str | None) -> Cell:
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, (date, datetime)) or (isinstance(raw, int) and 10_000 <= raw < 80_000):
        found = read_day(raw)
    else:
        found = read_period(plain(raw))
    return Cell(True, found) if found else Cell(True, None, "period_unreadable")


_READERS: dict[str, Callable[[Field, Any, str | None], Cell]] = {
    "text": _text, "names": _names, "code": _code, "day": _day, "year": _year, "integer": _integer, "money": _money,
    "capital": _capital, "ratio": _ratio, "number": _number, "word": _word, "city": _text, "district": _text,
    "area": _text, "street": _text, "industry": _industry,
    "period": _period, "amount": _amount,
}  # fmt: skip
