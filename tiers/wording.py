"""What rules ask, in words: criteria, amounts, facts and point bands, in Chinese or English. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache

from registry import codes, industries, words
from registry.fields import ENTERPRISES, EVIDENCE, FIGURES
from tiers.rules import layout
from tiers.rules.editions import (
    AllOf,
    AnyOf,
    BestOf,
    Case,
    Cases,
    Criterion,
    Edition,
    Gathered,
    Holds,
    Honoured,
    Item,
    JudgedItem,
    Located,
    Measured,
    PointClass,
    PointTable,
    Rungs,
    Scored,
    SizeGroup,
    Steps,
    Trade,
    parts_of,
)
from tiers.rules.metrics import METRICS
from tiers.rules.quantities import SCALES

_SPANS = {
    "each": "{}, in each of the last {} years", "any": "{}, in any of the last {} years", "sum": "{}, the last {} years together",
    "mean": "{}, mean of the last {} years", "pooled": "{}, the last {} years pooled",
    "compound": "{}, compound over {} years",
}  # fmt: skip
_UNITS = {"persons": ("person", "persons"), "items": ("item", "items"), "points": ("point", "points"), "years": ("year", "years"),
          "days": ("day", "days")}  # fmt: skip


def says(criterion: Criterion, language: str, tables: tuple[PointTable, ...] = ()) -> str:
    """What a criterion asks, in signs and numbers; of one with parts how they belong together."""
    english = language == "en"
    if isinstance(criterion, AllOf):
        return "All of these" if english else "须全部满足"
    if isinstance(criterion, AnyOf):
        return "Any one of these" if english else "满足其一即可"
    if isinstance(criterion, Scored):
        sign = layout.SIGNS[criterion.op]
        return f"{_table_name(criterion.table, language, tables)} {sign} {amount(criterion.threshold, 'points', language)}"
    if isinstance(criterion, Located):
        names = ("、", ", ")[english].join(_place(place, language) for place in criterion.places)
        return f"Registered in {names}" if english else f"注册地：{names}"
    if not english:
        return layout.says(criterion)
    if isinstance(criterion, Measured):
        metric = METRICS[criterion.metric]
        name = (
            _SPANS[criterion.how].format(metric.en, criterion.years) if criterion.how in _SPANS else metric.en
        )
        return f"{name} {layout.SIGNS[criterion.op]} {amount(criterion.threshold, metric.unit, language)}"
    if isinstance(criterion, Cases):
        metric = METRICS[criterion.by]
        return f"By {metric.en.lower()}: " + "; ".join(
            _bound(c, metric.unit, language) for c in criterion.cases
        )
    return _on_record(criterion)


def _on_record(criterion: Criterion) -> str:
    if isinstance(criterion, Holds):
        tiers = " or ".join(words.label("tier", tier, "en") for tier in criterion.tiers)
        return f"No title in force: {tiers}" if criterion.lacks else f"Title in force: {tiers}"
    if isinstance(criterion, Honoured):
        names = " or ".join(words.label("honour", honour, "en") for honour in criterion.honours)
        levels = "/".join(words.label("level", level, "en").lower() for level in criterion.levels)
        rank = f", ranked {criterion.rank_at_most} or better" if criterion.rank_at_most else ""
        when = (
            f", within {criterion.within} year{'s' if criterion.within > 1 else ''}"
            if criterion.within
            else ""
        )
        return f"{'None of ' if criterion.lacks else ''}{names}{f' ({levels})' if levels else ''}{rank}{when}"
    if isinstance(criterion, Trade):
        names = ", ".join(industries.name_of(code, "en") or code for code in criterion.industries)
        return f"Industry {'outside' if criterion.outside else 'in'}: {names}"
    return ""


def name(part: Criterion | Item | PointTable | PointClass | SizeGroup | Edition, language: str) -> str:
    """Its own words in the language of the reader; those of the source where there are no others."""
    return (part.en if language == "en" else part.zh) or part.zh or part.en


def heading(criterion: Criterion, language: str, tables: tuple[PointTable, ...] = ()) -> str:
    """A criterion in words, never empty."""
    return (
        name(criterion, language)
        or says(criterion, language, tables)
        or ("Judged by people", "由人评定")[language != "en"]
    )


def amount(value: Fraction, unit: str, language: str) -> str:
    """``1000万元``, ``3%``; in English ``10m yuan``, ``3%``."""
    if language != "en":
        return layout.amount(value, unit)
    if unit in SCALES:
        return words.label("yes_no" if unit == "yes_no" else "rd_institution", SCALES[unit][int(value)], "en")
    if unit == "ratio":
        return f"{_plain(value * 100)}%"
    if unit in ("yuan", "usd"):
        size, letter = next(((s, t) for s, t in ((10**9, "bn"), (10**6, "m")) if abs(value) >= s), (1, ""))
        text = f"{_plain(value / size)}{letter}"
        return f"{text} yuan" if unit == "yuan" else f"US${text}"
    if unit in _UNITS:
        return f"{_plain(value)} {_UNITS[unit][value != 1]}"
    return _plain(value) if unit == "rank" else f"level {_plain(value)}"


def _plain(value: Fraction) -> str:
    return f"{value.numerator:,}" if value.denominator == 1 else format(float(value), ",g")


def _bound(case: Case, unit: str, language: str) -> str:
    if case.bound is None:
        return "below that" if language == "en" else "以下"
    return f"{'>' if case.above else '≥'} {amount(case.bound, unit, language)}"


def unit_name(unit: str, language: str) -> str:
    """What a bare number in a table is counted in."""
    if unit in ("yuan", "usd", "ratio", "rank", "grade"):
        names = {"yuan": ("元", "yuan"), "usd": ("美元", "US$"), "ratio": ("比例", "ratio"), "rank": ("名次", "rank"),
                 "grade": ("级", "level")}  # fmt: skip
        return names[unit][language == "en"]
    return _UNITS[unit][1] if language == "en" else layout.UNIT_WORDS[unit]


def subject(id: str, language: str) -> str:
    """What rules are about that is no tier."""
    known = {
        "above_scale": ("规模以上工业", "Above-scale industry"),
        "doubling": ("倍增计划", "Doubling programme"),
        "size": ("大中小微型划分", "Size classes"),
    }
    return known.get(id, (id, id))[language == "en"]


def case_names(criterion: Cases, language: str) -> dict[str, str]:
    """Id of what is asked in a case → the case: ``营业收入 ≥ 2亿元``."""
    metric = METRICS[criterion.by]
    said = metric.en if language == "en" else metric.zh
    found = {}
    for case, after in zip(criterion.cases, (*criterion.cases[1:], None), strict=True):
        bound = _bound(case, metric.unit, language)
        if case.bound is None and after is not None and after.bound is not None:
            bound = f"{'≤' if after.above else '<'} {amount(after.bound, metric.unit, language)}"
        found[case.then.id] = f"{said} {bound}"
    return found


@cache
def _place(place: str, language: str) -> str:
    if place == "37" and language == "en":  # the table of regions has English names of prefectures only
        return "Shandong"
    for table, key in (("codes/places", "id"), ("codes/regions", "code")):
        for row in codes.load(table).rows:
            if row[key] == (place if key == "id" else place.ljust(6, "0")):
                return (row["name_en"] if language == "en" else "") or row["name"]
    return place


def _table_name(path: str, language: str, tables: tuple[PointTable, ...]) -> str:
    """``total.innovation`` by the names of the table and its class."""
    id, _dot, part = path.partition(".")
    for table in tables:
        if table.id == id:
            found = next((c for c in table.classes if c.id == part), None)
            return (found or table).en if language == "en" else (found or table).zh
    return "Points" if language == "en" else "评价得分"


# Facts -------------------------------------------------------------------------------------------------


@cache
def _fields() -> Mapping[str, tuple[str, str]]:
    return {f.id: (f.zh, f.en) for f in (*ENTERPRISES, *EVIDENCE, *FIGURES)} | {
        "no_edition": ("该时期的规则文本", "the rule in force at that time"),
    }


def fact(id: str, language: str) -> str:
    """``rd_expense@2025`` → ``2025年研发费用``."""
    bare, _at, year = id.partition("@")
    metric = METRICS.get(bare)
    zh, en = _fields().get(bare) or ((metric.zh, metric.en) if metric else (bare, bare))
    if language == "en":
        return f"{en} of {year}" if year else en
    return f"{year}年{zh}" if year else zh


# Point tables ------------------------------------------------------------------------------------------


def bands(item: Item, language: str) -> list[tuple[str, str]]:
    """What a line of a point table gives for what: (condition, points)."""
    english = language == "en"
    if isinstance(item, Rungs | Gathered):
        return [
            (
                whole(rung.condition, language) if rung.condition else ("otherwise" if english else "其余"),
                amount(rung.points, "points", language),
            )
            for rung in item.rungs
        ]
    if isinstance(item, Steps):
        metric = METRICS[item.metric]
        every = amount(item.every, metric.unit, language)
        said = f"{metric.en}: for every full {every}" if english else f"{metric.zh}每满{every}"
        return [(said, amount(item.points, "points", language))]
    if isinstance(item, JudgedItem):
        most = amount(item.most, "points", language)
        return [("judged by people" if english else "由人评定", f"0–{most}")]
    return []


def lines(item: Item) -> tuple[Item, ...]:
    """The lines of which the best counts."""
    return item.items if isinstance(item, BestOf) else ()


def whole(criterion: Criterion, language: str) -> str:
    """A condition with its parts, in one line; the source's own words before ours."""
    parts = parts_of(criterion)
    if name(criterion, language):
        return name(criterion, language)
    if not parts:
        return heading(criterion, language)
    joint = {"en": (" and ", " or ")}.get(language, ("，且", "，或"))[isinstance(criterion, AnyOf)]
    return joint.join(whole(part, language) for part in parts)
