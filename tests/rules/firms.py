"""A firm as an official writes it down becomes ``Facts``: field names in Chinese, amounts with their units, no database.

``营业收入: 10000万元`` is of the last year (上年度); ``前年…``, ``大前年…``, ``前三年…`` are the years
before, ``今年…`` this one.
``无`` is "not known". ``称号``: ``省级 专精特新中小企业``; ``荣誉``: ``国家级 科学技术奖 第3名 2024-05-01``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from registry import words
from registry.fields import EVIDENCE, FIGURES
from tiers.facts import _accounting_years
from tiers.rules.facts import Facts, Honours, full_years
from tiers.rules.metrics import METRICS
from tiers.rules.quantities import SCALES, read_amount

YEARS = {"今年": 0, "上年": 1, "前年": 2, "大前年": 3, "前三年": 4}
#: What is written as a day and asked in years; and what the rules ask by another name than the field's.
DAYS = ("从事细分市场起始", "新产品起始", "成立日期")
FIGURE = {field.zh: field.id for field in FIGURES if field.type in ("money", "integer", "number")}
FIGURE |= {m.zh: m.id for m in METRICS.values() if m.yearly and m.over == (m.id,)}
OF_DAY = {
    metric.zh: metric.id for metric in METRICS.values() if not metric.yearly and metric.over == (metric.id,)
}
OF_DAY |= {field.zh: field.id for field in EVIDENCE if field.type != "day"}
#: Fact of the day → the scale of its words.
WORDS = {metric.over[0]: SCALES[metric.unit] for metric in METRICS.values() if metric.unit in SCALES}
PLAIN = re.compile(r"^-?\d+(\.\d+)?$")
UNITS = {"%": "ratio", "元": "yuan", "美元": "usd"}


def amount(text: str) -> float:
    """``1000万元``, ``3%``, ``2年``: the number that the register would hold."""
    if PLAIN.match(text):
        return float(text)
    unit = "usd" if text.endswith("美元") else UNITS.get(text[-1])
    for candidate in [unit] if unit else ["persons", "items", "years", "days", "points", "rank", "grade"]:
        try:
            return float(read_amount(text, candidate or ""))
        except ValueError:
            continue
    raise ValueError(f"{text!r} is no amount")


def _word(text: str, scale: tuple[str, ...]) -> float:
    vocabulary = "yes_no" if scale == SCALES["yes_no"] else "rd_institution"
    if text == "没有":  # of an institution; 无 says that nothing is known
        return 0.0
    known = words.read(vocabulary, text)
    assert known in scale, f"{text!r} is none of {scale}"
    return float(scale.index(known))


def _year_of(name: str) -> tuple[str, int | None]:
    """(field, how many years before this one), the years None where the name says none."""
    for prefix in sorted(YEARS, key=len, reverse=True):
        if name.startswith(prefix) and name.removeprefix(prefix) in FIGURE:
            return name.removeprefix(prefix), YEARS[prefix]
    return name, None


def _figure(name: str) -> tuple[str, int] | None:
    """(fact, how many years before this one), or None where the name is no figure."""
    field, back = _year_of(name)
    if field not in FIGURE:
        return None
    fact = FIGURE[field]
    return fact, back if back is not None else (0 if fact == "platform_score" else 1)


def facts_of(written: Sequence[Mapping[str, Any]], day: date) -> Facts:
    """Firms as written, in their order, as the rules read them on a day."""
    number = len(written)
    figures: dict[tuple[str, int], Any] = {}
    evidence: dict[str, Any] = {}
    titles: dict[tuple[str, str], Any] = {}
    honours: list[tuple[Any, ...]] = []
    places: dict[str, Any] = {
        name: np.full(number, None, dtype=object) for name in ("注册地", "区县", "功能区", "行业")
    }
    outside = np.zeros(number, dtype=bool)
    days: dict[str, Any] = {name: np.full(number, "NaT", dtype="datetime64[D]") for name in DAYS}

    def column(of: dict[Any, Any], key: Any) -> Any:
        return of.setdefault(key, np.full(number, np.nan))

    for at, firm in enumerate(written):
        for name, value in firm.items():
            if name == "称号":
                for text in value:
                    level, tier = text.split(" ", 1)
                    key = (_read("tier", tier), _read("level", level))
                    titles.setdefault(key, np.zeros(number, dtype=bool))[at] = True
            elif name == "荣誉":
                honours += [(at, *honour(text)) for text in value]
            elif name in places:
                places[name][at] = None if value == "无" else value
            elif name in DAYS:
                days[name][at] = np.datetime64(value, "D") if value != "无" else np.datetime64("NaT")
            elif value == "不划型":
                outside[at] = True
            elif value == "无":
                continue
            elif found := _figure(name):
                column(figures, (found[0], day.year - found[1]))[at] = amount(value)
            else:
                assert name in OF_DAY, f"nothing is called {name!r}"
                fact = OF_DAY[name]
                scale = WORDS.get(fact)
                column(evidence, fact)[at] = _word(value, scale) if scale else amount(value)
    # As tiers/facts.py works them out: by the end of last year, or on the day.
    year_end = date(day.year - 1, 12, 31)
    born = days["成立日期"]
    derived = {
        "niche_years": full_years(days["从事细分市场起始"], year_end),
        "new_product_years": full_years(days["新产品起始"], year_end),
        "founded_years": full_years(born, day),
        "registered_days": np.where(np.isnat(born), np.nan, (np.datetime64(day, "D") - born).astype(float)),
        "accounting_years": _accounting_years(born, day.year),
    }
    for fact, values in derived.items():
        given = evidence.get(fact, np.full(number, np.nan))
        evidence[fact] = np.where(np.isnan(values), given, values)
    return Facts(
        day, np.array([str(n) for n in range(number)], dtype=object), figures, evidence, titles, _honours(honours),
        places["注册地"], places["区县"], places["功能区"], places["行业"], {"sme": outside},
    )  # fmt: skip


def _read(vocabulary: str, text: str) -> str:
    known = words.read(vocabulary, text)
    assert known, f"{text!r} is no {vocabulary}"
    return known


def honour(text: str) -> tuple[str, str, float, date, date | None]:
    """``国家级 科学技术奖 第3名 2024-05-01 至2026-04-30``: level, rank and last day may be left out."""
    level, rank, on, until, names = "", float("nan"), None, None, []
    for part in text.split():
        if re.match(r"^\d{4}-", part):
            on = date.fromisoformat(part)
        elif part.startswith("至"):
            until = date.fromisoformat(part[1:])
        elif match := re.match(r"^第(\d+)名$", part):
            rank = float(match[1])
        elif part in ("国家级", "省级", "市级"):
            level = _read("level", part)
        else:
            names.append(part)
    assert on, f"{text!r}: on which day?"
    return _read("honour", " ".join(names)), level, rank, on, until


def _honours(rows: list[tuple[Any, ...]]) -> Honours:
    def words_(values: list[Any]) -> Any:
        found = np.empty(len(values), dtype=object)
        found[:] = values
        return found

    firm, name, level, rank, on, until = zip(*rows, strict=True) if rows else ([],) * 6
    return Honours(
        np.array(firm, dtype=np.intp), words_(list(name)), words_(list(level)), np.array(rank, dtype=float),
        np.array(on, dtype="datetime64[D]"), np.array(until, dtype="datetime64[D]"),
    )  # fmt: skip
