"""The thresholds of an edition as a form shows and reads them: a number and the unit in which the rule writes it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from tiers import wording
from tiers.rules.editions import Cases, Criterion, Edition, Measured, Scored, parts_of
from tiers.rules.layout import SIGNS
from tiers.rules.metrics import METRICS
from tiers.rules.quantities import SCALES

_MOST, _PLACES = 10**15, 9
#: How amounts are typed, and what such a unit is called in English.
_STEPS = {"yuan": (("亿元", 10**8, "100m yuan"), ("万元", 10**4, "10,000 yuan"), ("元", 1, "yuan")),
          "usd": (("亿美元", 10**8, "US$100m"), ("万美元", 10**4, "US$10,000"), ("美元", 1, "US$"))}  # fmt: skip
_ONES = {
    "years": "年",
    "days": "天",
    "persons": "人",
    "items": "件",
    "points": "分",
    "rank": "名",
    "grade": "级",
}


@dataclass(frozen=True)
class Threshold:
    """``number`` in ``unit`` as the rule has it; ``typed``: what was typed instead; ``wrong``: it is no number."""

    id: str
    text: str
    sign: str
    number: str
    unit: str
    unit_name: str
    typed: str
    wrong: bool = False

    @property
    def changed(self) -> bool:
        return not self.wrong and Decimal(self.typed) != Decimal(self.number)


def thresholds(edition: Edition, purpose: str, language: str, typed: Mapping[str, str]) -> list[Threshold]:
    """The measured criteria and scores that a purpose asks, with what was typed for them (criterion id → number)."""
    found = []
    for criterion, above in _numbered(edition.criteria, purpose, language):
        unit = METRICS[criterion.metric].unit if isinstance(criterion, Measured) else "points"
        if unit in SCALES:
            continue
        word, size, name = _unit(criterion.threshold, unit, language)
        number = _plain(criterion.threshold / size)
        text = wording.says(criterion, language, edition.tables).rpartition(f" {SIGNS[criterion.op]} ")[0]
        found.append(
            _typed(
                Threshold(criterion.id, f"{above}{text}", SIGNS[criterion.op], number, word, name, number),
                typed.get(criterion.id, ""),
            )
        )
    return found


def changes(found: list[Threshold]) -> dict[str, str]:
    """What was changed, as ``--set`` has it: criterion id → amount."""
    return {one.id: f"{one.typed}{one.unit}" for one in found if one.changed}


def _numbered(
    criteria: tuple[Criterion, ...], purpose: str, language: str, above: str = ""
) -> Iterator[tuple[Measured | Scored, str]]:
    """Criteria that have a threshold, each with the case in which it is asked."""
    for criterion in criteria:
        if criterion.purposes and purpose not in criterion.purposes:
            continue
        if isinstance(criterion, Measured | Scored):
            yield criterion, above
        cases = wording.case_names(criterion, language) if isinstance(criterion, Cases) else {}
        for part in parts_of(criterion):
            case = f"{cases[part.id]} · " if part.id in cases else above
            yield from _numbered((part,), purpose, language, case)


def _typed(known: Threshold, text: str) -> Threshold:
    text = text.strip().replace(",", "").replace("，", "")
    if not text:
        return known
    try:
        number = Decimal(text)
    except InvalidOperation:
        return replace(known, typed=text[:20], wrong=True)
    if not number.is_finite() or abs(number) > _MOST or int(number.as_tuple().exponent) < -_PLACES:
        return replace(known, typed=text[:20], wrong=True)
    return replace(known, typed=format(number, "f"))


def _unit(value: Fraction, unit: str, language: str) -> tuple[str, Fraction, str]:
    """(as it is typed, its size, its name)."""
    if unit in _STEPS:
        word, size, name = next(step for step in _STEPS[unit] if abs(value) >= step[1] or step[1] == 1)
        return word, Fraction(size), name if language == "en" else word
    if unit == "ratio":
        return "%", Fraction(1, 100), "%"
    return _ONES[unit], Fraction(1), wording.unit_name(unit, language)


def _plain(value: Fraction) -> str:
    return (
        str(value.numerator)
        if value.denominator == 1
        else format(Decimal(value.numerator) / value.denominator, "f")
    )
