"""How answers of the rules look on a page, in the language of the request: values in readable units, gaps in sentences,
facts and editions by name. Everything is a template filter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from markupsafe import Markup, escape

from registry import words
from registry.fields import FIGURES
from registry.kind import Record
from registry.pages import values
from registry.shell import formats
from registry.shell.formats import as_filter
from registry.shell.languages import language
from registry.shell.languages import sentence as _
from tiers import wording
from tiers.rules.layout import SIGNS
from tiers.rules.library import library
from tiers.rules.metrics import METRICS
from tiers.rules.quantities import SCALES

Text = str | Markup
NOTHING = Markup('<span class="soft">–</span>')
#: Facts of figures that are no money.
_PERSONS = {"employees", "rd_staff", "tech_staff"}
_MONEY = {field.id for field in FIGURES if field.type == "money"}


def measured(value: Any, unit: str | None) -> Text:
    """A value or threshold as people read it: 万 and 亿, percent, words; exact on hover."""
    if value is None:
        return NOTHING if unit in (None, "honour", "title") else formats.unknown()
    if unit in ("title", "honour"):
        names = [
            _titled(id) if unit == "title" else words.label("honour", id, language())
            for id in str(value).split(", ")
        ]
        return escape((", " if language() == "en" else "、").join(names))
    if unit == "yuan":
        return formats.money(round(Fraction(value)))
    if unit == "usd":
        return values.usd(round(Fraction(value)))
    if unit == "ratio":
        return _percent(str(value))
    if unit in SCALES:
        return words.label("yes_no" if unit == "yes_no" else "rd_institution", str(value), language())
    return _counted(str(value), unit or "")


def _percent(ratio: str) -> Markup:
    """With two places at most, none where it is whole: a threshold of 3% reads 3%."""
    places = next(
        (n for n in (0, 1) if formats.exact(ratio) * 100 == round(formats.exact(ratio) * 100, n)), 2
    )
    return formats.percent(ratio, places)


def _titled(id: str) -> str:
    tier, _colon, level = id.partition(":")
    name = words.label("tier", tier, language())
    return f"{name} ({words.label('level', level, language())})" if level else name


def _counted(text: str, unit: str) -> Text:
    """``3 年``, ``58–62 分``: a number or a span of numbers with its unit."""
    shown = "–".join(f"{float(part):.4g}" if "." in part else f"{int(part):,}" for part in text.split("–"))
    unit_word = (
        wording.amount(Fraction(2), unit, language()).lstrip("0123456789 ") if unit and unit != "rank" else ""
    )
    if unit_word.startswith("level"):
        return f"{unit_word} {shown}"
    return (
        Markup('<data value="{}">{}</data> <span class="unit">{}</span>').format(text, shown, unit_word)
        if unit_word
        else shown
    )


def required(gap: Record) -> Text:
    """``≥ 3%``."""
    sign = SIGNS.get(gap["op"] or "", "")
    return (
        Markup("{} {}").format(sign, measured(gap["threshold"], gap["unit"]))
        if sign
        else measured(gap["threshold"], gap["unit"])
    )


def gap_words(gap: Record) -> Text:
    """What one gap takes, in the firm's own numbers."""
    said = _taken(gap)
    if points := gap.get("points"):
        line = points["line_en"] if language() == "en" else points["line"]
        return _(
            "%(line)s, from %(had)s to %(then)s points: %(how)s",
            line=line,
            had=points["from"],
            then=points["to"],
            how=said,
        )
    return said


def _taken(gap: Record) -> Text:
    metric = METRICS.get(gap["metric"] or "")
    own = (gap["en"] if language() == "en" else gap["zh"]) or gap["zh"] or ""
    what = own if metric is None else metric.en if language() == "en" else metric.zh
    if gap["unit"] == "title":
        return _("Hold a title in force: %(titles)s", titles=measured(gap["threshold"], "title"))
    if gap["unit"] == "honour" or metric is None:
        return what or measured(gap["threshold"], gap["unit"])
    if more := gap["more"]:
        said = {"fact": fact_name(f"{more['fact']}@{more['year']}" if more["year"] else more["fact"]),
                "amount": _of_fact(more["fact"], abs(more["amount"])), "what": what, "limit": required(gap)}  # fmt: skip
        if metric.facts == (more["fact"],) and not metric.growth:
            if more["amount"] > 0:
                return _("%(fact)s: %(amount)s more reaches %(limit)s", **said)
            return _("%(fact)s: %(amount)s less reaches %(limit)s", **said)
        if more["amount"] > 0:
            return _("%(fact)s: %(amount)s more brings %(what)s to %(limit)s", **said)
        return _("%(fact)s: %(amount)s less brings %(what)s to %(limit)s", **said)
    return _(
        "%(what)s: now %(value)s, wanted %(limit)s",
        what=what,
        value=measured(gap["value"], gap["unit"]),
        limit=required(gap),
    )


def _of_fact(fact: str, amount: int) -> Text:
    if fact in _MONEY:
        return values.usd(amount) if fact.endswith("_usd") else formats.money(amount)
    return measured(
        amount, "persons" if fact in _PERSONS else "points" if fact.endswith("score") else "items"
    )


def fact_name(id: str) -> str:
    return wording.fact(id, language())


def fact_names(ids: Sequence[str]) -> str:
    return (", " if language() == "en" else "、").join(map(fact_name, ids))


def edition_name(id: str) -> str:
    """An edition by its name in the language of the request; an id that is none shows itself."""
    edition = library().editions.get(id)
    return id if edition is None else wording.name(edition, language())


def purpose_name(id: str) -> str:
    """What an edition serves: applications, or statistics alone."""
    return str(_("statistics")) if id == "statistics" else words.label("purpose", id, language())


FILTERS: dict[str, Callable[..., Any]] = {
    "purpose_name": purpose_name,
    "measured": measured, "required": required, "gap_words": gap_words, "fact_name": fact_name,
    "fact_names": fact_names, "edition_name": edition_name,
}  # fmt: skip
#: As filters for templates; see ``formats.as_filter`` for why they are wrapped.
TEMPLATE_FILTERS = {name: as_filter(function) for name, function in FILTERS.items()}
