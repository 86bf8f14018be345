"""An edition laid out for reading: every requirement in a sentence with its numbers and its source. Pure."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from registry import industries, words
from tiers.rules.editions import (
    BestOf,
    Cases,
    Criterion,
    Edition,
    Gathered,
    Holds,
    Honoured,
    Item,
    Located,
    Measured,
    Rungs,
    Scored,
    SizeGroup,
    Steps,
    Trade,
    parts_of,
)
from tiers.rules.explain import asks
from tiers.rules.metrics import METRICS
from tiers.rules.quantities import SCALES

SIGNS = {"at_least": "≥", "more_than": ">", "at_most": "≤", "less_than": "<", "is": "="}
UNIT_WORDS = {
    "yuan": "元", "usd": "美元", "years": "年", "days": "天", "persons": "人", "items": "件", "points": "分", "rank": "名",
    "grade": "级",
}  # fmt: skip
SPANS = {"each": "近{n}年每年", "any": "近{n}年任一年", "sum": "近{n}年合计", "mean": "近{n}年平均", "pooled": "近{n}年合计之比",
         "compound": "近{n}年复合"}  # fmt: skip
_DIGITS = {1: "一", 2: "两", 3: "三"}


def laid_out(edition: Edition) -> dict[str, Any]:
    """The document of ``rules show``: criteria and tables as flat lists with their depth."""
    return {
        "id": edition.id, "tier": edition.tier, "level": edition.level, "zh": edition.zh, "en": edition.en,
        "document": edition.document, "issuer": edition.issuer, "jurisdiction": edition.jurisdiction,
        "purposes": list(edition.purposes), "from": edition.starts.isoformat(),
        "until": edition.until.isoformat() if edition.until else None, "supersedes": list(edition.supersedes),
        "layer": edition.layer, "over": list(edition.over), "runs_on": dict(edition.runs_on), "status": edition.status,
        "provenance": edition.provenance, "checked_on": edition.checked_on.isoformat(),
        "criteria": [line for criterion in edition.criteria for line in _criterion(criterion, 0)],
        "tables": [line for table in edition.tables for line in _table(table)],
        "groups": [_group(group) for group in edition.groups],
        "replaces": {id: [line for item in lines for line in _item(item, 0)] for id, lines in edition.replaces.items()},
        "suspends": {id: list(purposes) for id, purposes in edition.suspends.items()},
        "not_modelled": list(edition.not_modelled), "looked_for": edition.looked_for, "notes": list(edition.notes),
    }  # fmt: skip


LIMITED = {
    "employees": ("从业人员", "persons"),
    "revenue": ("营业收入", "yuan"),
    "total_assets": ("资产总额", "yuan"),
}
SIZES = ("large", "medium", "small")


def _group(group: SizeGroup) -> dict[str, Any]:
    """A group of industries of a size standard, with the lower limits of each size."""
    limits = {fact: dict(zip(SIZES, map(int, limit), strict=True)) for fact, limit in group.limits.items()}
    said = "；".join(
        f"{LIMITED[fact][0]} {' / '.join(amount(value, LIMITED[fact][1]) for value in limit)}"
        for fact, limit in group.limits.items()
    )
    return {"id": group.id, "depth": 0, "zh": group.zh, "en": group.en, "says": said, "industries": list(group.industries),
            "limits": limits, "provenance": group.provenance}  # fmt: skip


def _criterion(criterion: Criterion, depth: int) -> list[dict[str, Any]]:
    own = {
        "id": criterion.id, "depth": depth, "clause": criterion.clause or None, "zh": criterion.zh or None,
        "en": criterion.en or None, "asks": asks(criterion), "says": says(criterion),
        "purposes": list(criterion.purposes), "provenance": criterion.provenance,
    }  # fmt: skip
    return [own, *(line for part in parts_of(criterion) for line in _criterion(part, depth + 1))]


def says(criterion: Criterion) -> str:
    """What a leaf asks, in signs and numbers; nothing for what only gathers parts."""
    if isinstance(criterion, Measured):
        metric = METRICS[criterion.metric]
        span = SPANS.get(criterion.how, "").format(n=_DIGITS.get(criterion.years, criterion.years))
        return f"{span}{metric.zh} {SIGNS[criterion.op]} {amount(criterion.threshold, metric.unit)}"
    if isinstance(criterion, Scored):
        return f"{criterion.table} {SIGNS[criterion.op]} {amount(criterion.threshold, 'points')}"
    if isinstance(criterion, Holds):
        tiers = "、".join(words.label("tier", tier) for tier in criterion.tiers)
        return ("不持有有效的" if criterion.lacks else "持有有效的") + tiers
    if isinstance(criterion, Honoured):
        names = "、".join(words.label("honour", honour) for honour in criterion.honours)
        levels = "、".join(words.label("level", level) for level in criterion.levels)
        when = f"近{_DIGITS.get(criterion.within, criterion.within)}年" if criterion.within else ""
        rank = f"前{criterion.rank_at_most}名" if criterion.rank_at_most else ""
        return f"{when}{'没有' if criterion.lacks else ''}{levels}{names}{rank}"
    if isinstance(criterion, Trade):
        names = "、".join(industries.name_of(code) or code for code in criterion.industries)
        return ("不属于" if criterion.outside else "属于") + names
    if isinstance(criterion, Located):
        return "注册地：" + "、".join(criterion.places)
    if isinstance(criterion, Cases):
        return f"按{METRICS[criterion.by].zh}分档：" + "；".join(
            (
                "其余"
                if c.bound is None
                else f"{'>' if c.above else '≥'} {amount(c.bound, METRICS[criterion.by].unit)}"
            )
            for c in criterion.cases
        )
    return ""


def amount(value: Fraction, unit: str) -> str:
    """``1000万元``, ``3%``: as the rule would print it."""
    if unit in SCALES:
        return words.label("yes_no" if unit == "yes_no" else "rd_institution", SCALES[unit][int(value)])
    if unit == "ratio":
        return f"{_number(value * 100)}%"
    if unit in ("yuan", "usd"):
        for size, word in ((10**8, "亿"), (10**4, "万")):
            if abs(value) >= size:
                return f"{_number(value / size)}{word}{UNIT_WORDS[unit]}"
    return f"{_number(value)}{UNIT_WORDS[unit]}"


def _number(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else format(float(value), "g")


def _table(table: Any) -> list[dict[str, Any]]:
    lines = [_line(table, 0, "")]
    for part in table.classes:
        lines.append(_line(part, 1, ""))
        lines += [line for item in part.items for line in _item(item, 2)]
    return lines


def _line(part: Any, depth: int, text: str) -> dict[str, Any]:
    return {"id": part.id, "depth": depth, "zh": part.zh, "en": part.en, "most": amount(part.most, "points"), "says": text,
            "provenance": getattr(part, "provenance", None)}  # fmt: skip


def _item(item: Item, depth: int) -> list[dict[str, Any]]:
    if isinstance(item, BestOf):
        return [
            _line(item, depth, "取高者"),
            *(line for part in item.items for line in _item(part, depth + 1)),
        ]
    if isinstance(item, Rungs | Gathered):
        bands = "；".join(
            f"{_whole(rung.condition) if rung.condition else '其余'}：{amount(rung.points, 'points')}"
            for rung in item.rungs
        )
        return [_line(item, depth, bands)]
    if isinstance(item, Steps):
        metric = METRICS[item.metric]
        return [
            _line(
                item,
                depth,
                f"{metric.zh}每满{amount(item.every, metric.unit)}计{amount(item.points, 'points')}",
            )
        ]
    return [_line(item, depth, "由人评定")]


def _whole(criterion: Criterion) -> str:
    """A condition with its parts, in one line."""
    parts = parts_of(criterion)
    if not parts:
        return says(criterion) or criterion.zh or "由人评定"
    word = "且" if asks(criterion) == "all" else "或"
    return word.join(_whole(part) for part in parts)


def differences(a: dict[str, Any], b: dict[str, Any]) -> list[dict[str, Any]]:
    """Criteria, lines of tables and heads that two editions say differently: {"id", "a", "b"}; absent ones are null."""
    heads = ("document", "from", "until")
    found: list[dict[str, Any]] = [{"id": key, "a": a[key], "b": b[key]} for key in heads if a[key] != b[key]]
    for part in ("criteria", "tables", "groups"):
        left, right = ({line["id"]: line for line in side[part]} for side in (a, b))
        for id in dict.fromkeys((*left, *right)):
            texts = [_text(side.get(id)) for side in (left, right)]
            if texts[0] != texts[1]:
                found.append({"id": id, "a": texts[0], "b": texts[1]})
    return found


def _text(line: dict[str, Any] | None) -> str | None:
    if line is None:
        return None
    return "  ".join(str(line[key]) for key in ("zh", "says", "most") if line.get(key)) or line.get("asks")
