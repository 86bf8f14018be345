"""What a firm's titles ask of it as of a day, and what is found: terms, reviews, yearly updates, bans, nesting. Pure.

The rules are rows of ``data/codes/lifecycle``; every finding names the document it rests on and how far to trust it.

Unknown is not false. That a yearly update was *missed* is said only where the round is on record: the register holds
the updates of that year for every title of the same measure that the firm held on the due day (``recorded``; the
caller decides when a round is whole). Otherwise there is *no update on record* (``update_unrecorded``), and neither
a lost right nor a cancellation follows. A due day counts for every title in force on it, also one that began shortly
before. Revocations without a reason leave open whether a ban follows. Nothing here ends a title: only the authority does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from registry import codes
from tiers.duties import Rule, one_of, rule, rules
from tiers.terms import ONE_DAY, Term, last_of, months_on, years_on

#: The gravest first.
ORDER = (
    "banned_until", "cancellation_due", "review_right_lost", "update_missed", "nesting_missing", "review_pending",
    "expires", "review_due", "update_due", "update_unrecorded", "held_beside",
)  # fmt: skip
#: A review is spoken of from so many days before the last day on, or before its window opens.
AHEAD = 365
FINAL = ("recognised", "rejected", "withdrawn")
#: An update at these stages was not made.
NOT_MADE = ("rejected", "withdrawn")


class Step(NamedTuple):
    """A span of an application as ``models.Application`` keeps it: ``stage`` holds from ``from_day`` to before ``to_day``."""

    key: str
    tier: str
    level: str
    purpose: str
    round: str | None
    stage: str
    from_day: date
    to_day: date

    @property
    def year(self) -> int:
        """The year of the round: what it begins with, else that of the step."""
        head = (self.round or "")[:4]
        return int(head) if head.isascii() and head.isdigit() and head > "1900" else self.from_day.year


@dataclass(frozen=True)
class Finding:
    """``what``: one of ``ORDER``. ``state`` says more where there is more than one: ``ahead open closed unknown filed done
    missing pending``. ``last`` is the day it is about, ``first`` the day a window opens, ``days`` how many are left."""

    what: str
    titles: tuple[tuple[str, str], ...]
    state: str = ""
    first: date | None = None
    last: date | None = None
    days: int | None = None
    years: tuple[int, ...] = ()
    below: tuple[str, ...] = ()
    way: str = ""
    document: str = ""
    provenance: str = ""


@dataclass(frozen=True)
class Grace:
    """``[review]``: a review filed up to ``days`` after the last day keeps a title pending, ``longest`` days at most."""

    days: int
    longest: int


def findings(
    day: date,
    terms: Sequence[Term],
    steps: Sequence[Step],
    recorded: Collection[tuple[str, str, int]],
    grace: Grace,
) -> list[Finding]:
    """What is due and found, in ``ORDER``. ``recorded``: (tier, level, year) of update rounds wholly on record."""
    terms, current, said = _by(day, terms, steps)
    found = [
        *_bans(day, terms),
        *_updates(day, terms, current, said, recorded),
        *_next_updates(day, terms, current, said),
        *_nesting(day, terms, current, said, grace),
        *(_about(term, "review_pending", last=term.valid_to) for term in terms if pending(term, day, said, grace)),
        *_ends(day, terms, current, said),
        *_beside(day, current),
    ]  # fmt: skip
    return sorted(found, key=_order)


def endings(day: date, terms: Sequence[Term], steps: Sequence[Step]) -> list[Finding]:
    """Of the ``findings`` those about ends: ``expires`` and ``review_due``."""
    return sorted(_ends(day, *_by(day, terms, steps)), key=_order)


def _by(day: date, terms: Sequence[Term], steps: Sequence[Step]) -> tuple[list[Term], list[Term], list[Step]]:
    """The terms that are known by a day, those of them in force, and what was done by then."""
    # A renewal that nobody had issued by the day continues nothing yet.
    terms = [term for term in terms if min(term.valid_from, term.issued) <= day]
    current = [term for term in terms if term.valid_from <= day < term.ends_on]
    return terms, current, [step for step in steps if step.from_day <= day]


def _order(one: Finding) -> tuple[int, date, tuple[tuple[str, str], ...]]:
    return ORDER.index(one.what), one.last or date.max, one.titles


def pending(term: Term, day: date, said: Sequence[Step], grace: Grace) -> bool:
    """Past its last day, with a review filed in time and not decided: the same condition as ``members.REVIEW_PENDING``."""
    if not term.valid_to < day or (day - term.valid_to).days > grace.longest:
        return False
    if any(over and over <= day for over in (term.revoked_on, term.overtaken_on)):
        return False
    mine = [s for s in said if s.purpose == "review" and (s.tier, s.level) == term.title]
    mine = [s for s in mine if s.from_day > term.valid_from]
    in_time = {s.key for s in mine if (s.from_day - term.valid_to).days <= grace.days}
    return any(s.key in in_time and s.from_day <= day < s.to_day and s.stage not in FINAL for s in mine)


def _about(term: Term, what: str, by: Rule | None = None, **more: object) -> Finding:
    document, provenance = (by.document, by.provenance) if by else ("", "")
    return Finding(what, (term.title,), document=document, provenance=provenance, **more)  # type: ignore[arg-type]


def _ends(
    day: date, terms: Sequence[Term], current: Sequence[Term], said: Sequence[Step]
) -> Iterator[Finding]:
    """When titles in force end, followed through terms that already continue them, and what is to be done before.

    Of a title that ended, the window that is still to come or open: a tech SME registers after its year.
    """
    for held in current:
        term = last_of(held, terms)
        yield _about(term, "expires", last=term.valid_to, days=(term.valid_to - day).days)
        yield from _review_due(day, term, said)
    for term in terms:
        later = any(t.title == term.title and t.valid_from > term.valid_from for t in terms)
        if term.valid_to < day and not later and not (term.revoked_on and term.revoked_on <= day):
            yield from (one for one in _review_due(day, term, said) if one.last and one.last >= day)


def _review_due(day: date, term: Term, said: Sequence[Step]) -> Iterator[Finding]:
    way = rule("review", term.tier, term.level, term.valid_to)
    if way is not None and way.value == "list":
        return
    by = rule("window", term.tier, term.level, term.valid_to)
    first, last = (_side(by.opens, term), _side(by.closes, term)) if by else (None, None)
    if (min(d for d in (first, term.valid_to) if d) - day).days > AHEAD:
        return
    state = "filed" if _filed(term, way, said) else _window_state(day, first, last)
    yield _about(
        term, "review_due", by or way, way=way.value if way else "", first=first, last=last, state=state
    )


def _side(text: str, term: Term) -> date | None:
    """One side of a window: a day, or months from the last day on."""
    if not text:
        return None
    return months_on(term.valid_to, int(text)) if text[0] in "+-" else date.fromisoformat(text)


def _window_state(day: date, first: date | None, last: date | None) -> str:
    if last and day > last:
        return "closed"
    if first is None:
        return "unknown"
    return "ahead" if day < first else "open"


def _filed(term: Term, way: Rule | None, said: Sequence[Step]) -> bool:
    """A review of this very term is on record and undecided; titles without a review are applied for anew."""
    purposes = ("review", "new") if way and way.value != "review" else ("review",)
    mine = [
        s
        for s in said
        if s.purpose in purposes and (s.tier, s.level) == term.title and s.from_day > term.valid_from
    ]
    latest = max(mine, key=lambda s: s.from_day, default=None)
    return latest is not None and latest.stage not in FINAL


def made(by: Rule, year: int, day: date, said: Sequence[Step]) -> bool:
    """Whether the update of a year stands on record; one for any title of the measure serves them all."""
    return any(
        s.purpose == "update" and s.year == year and by.binds(s.tier, s.level)
        and s.stage not in NOT_MADE and day < s.to_day
        for s in said
    )  # fmt: skip


def _updates(
    day: date, terms: Sequence[Term], current: Sequence[Term], said: Sequence[Step],
    recorded: Collection[tuple[str, str, int]],
) -> Iterator[Finding]:  # fmt: skip
    """Updates missed or not on record in the terms in force, and what missing them does."""
    for by in rules("update"):
        bound = [term for term in current if by.binds(term.tier, term.level)]
        if not bound:
            continue
        missed: dict[Term, list[int]] = {}
        unrecorded: dict[Term, list[int]] = {}
        for year in range(min(term.valid_from for term in bound).year, day.year + 1):
            due = by.due(year)
            if due is None or due >= day or made(by, year, day, said):
                continue
            held = [t for t in terms if by.binds(t.tier, t.level) and t.valid_from <= due < t.ends_on]
            whole = all((t.tier, t.level, year) in recorded for t in held)
            for term in bound:
                if term.valid_from <= due:
                    (missed if whole else unrecorded).setdefault(term, []).append(year)
        yield from _together("update_missed", by, missed)
        yield from _together("update_unrecorded", by, unrecorded)
        yield from _together(by.effect, by, {t: ys for t, ys in missed.items() if len(ys) >= by.misses})


def _together(what: str, by: Rule, years: dict[Term, list[int]]) -> Iterator[Finding]:
    if years:
        titles = tuple(dict.fromkeys(term.title for term in years))
        every = tuple(sorted({year for some in years.values() for year in some}))
        yield Finding(what, titles, years=every, document=by.document, provenance=by.provenance)


def _next_updates(
    day: date, terms: Sequence[Term], current: Sequence[Term], said: Sequence[Step]
) -> Iterator[Finding]:
    """The next update of each measure, whichever of its editions asks for it."""
    years = (day.year, day.year + 1)
    asked = [(due, by) for by in rules("update") for year in years if (due := by.due(year)) and due >= day]
    asked.sort(key=lambda pair: pair[0])
    for due, by in {by.titles: (due, by) for due, by in reversed(asked)}.values():
        held = (last_of(term, terms) for term in current if by.binds(term.tier, term.level))
        titles = tuple(dict.fromkeys(term.title for term in held if term.valid_to >= due))
        if titles:
            yield Finding(
                "update_due", titles, "done" if made(by, due.year, day, said) else "open", last=due,
                days=(due - day).days, years=(due.year,), document=by.document, provenance=by.provenance,
            )  # fmt: skip


def _bans(day: date, terms: Sequence[Term]) -> Iterator[Finding]:
    """Until when a firm may not apply, its last day; ``unknown`` where nobody filed why the title was revoked."""
    found: dict[tuple[Rule, date, str], list[tuple[str, str]]] = {}
    for term in terms:
        if term.revoked_on is None or term.revoked_on > day:
            continue
        by = rule("ban", term.tier, term.level, term.revoked_on)
        if by is None or (term.revoke_reason and not any(word in term.revoke_reason for word in by.reasons)):
            continue
        until = years_on(term.revoked_on, int(by.value)) - ONE_DAY
        if day <= until:
            state = "" if term.revoke_reason else "unknown"
            found.setdefault((by, until, state), []).append(term.title)
    for (by, until, state), titles in found.items():
        yield Finding("banned_until", tuple(dict.fromkeys(titles)), state, last=until, days=(until - day).days,
                      document=by.document, provenance=by.provenance)  # fmt: skip


def _nesting(
    day: date, terms: Sequence[Term], current: Sequence[Term], said: Sequence[Step], grace: Grace
) -> Iterator[Finding]:
    """Titles held without the one that must be held beneath: found, never invented."""
    waiting = [term for term in terms if pending(term, day, said, grace)]
    for by in rules("below"):
        lower = codes.several(by.value)
        if not by.holds(day) or any(one_of(lower, *term.title) for term in current):
            continue
        state = "pending" if any(one_of(lower, *term.title) for term in waiting) else "missing"
        for term in current:
            if by.binds(term.tier, term.level):
                yield _about(term, "nesting_missing", by, state=state, below=lower)


def _beside(day: date, current: Sequence[Term]) -> Iterator[Finding]:
    for by in rules("beside"):
        other = next((term for term in current if one_of([by.value], *term.title)), None)
        for term in current:
            if other and by.holds(day) and by.binds(term.tier, term.level):
                both = (term.title, other.title)
                yield Finding("held_beside", both, document=by.document, provenance=by.provenance)
