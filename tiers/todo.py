"""What the rules and the titles ask of people: expiries, reviews, updates, missing lower titles, facts that would decide,
facts that contradict each other. Tasks of the whole city; whose they are is the shell's question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

import numpy as np
from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import or_, select

from registry import industries
from registry.find import on_day
from registry.house import House
from registry.room import Task, Todo
from registry.shell.languages import language
from registry.subjects import ENTERPRISE
from tiers import wording
from tiers.agenda import Agenda, agenda_on
from tiers.city import city_on
from tiers.facts import YEARS_BACK
from tiers.lifecycle import Finding
from tiers.names import body_name, finding_name, full_name, short_name
from tiers.progress import NOBODY, progress, waiting
from tiers.rules.oddities import ODDITIES, oddities
from tiers.rules.verdicts import UNKNOWN, UNMET

Lines = Mapping[str, Sequence[Task]]
#: Days ahead of the lines of expiring titles.
SOON = (30, 90, 180)
#: Updates are spoken of so many days before they are due.
UPDATE_AHEAD = 60


def _each(agenda: Agenda, *what: str) -> Iterable[tuple[str, Finding]]:
    for uscc, findings in agenda.items():
        for finding in findings:
            if finding.what in what:
                yield uscc, finding


def _titles(finding: Finding) -> str:
    return ("、", ", ")[language() == "en"].join(full_name(tier, level) for tier, level in finding.titles)


def expiring(agenda: Agenda) -> Lines:
    """Titles in force with their last day at most 30, 90, 180 days ahead (each line holds the one before); one that
    already goes on under a later term is none."""
    lines: dict[str, list[Task]] = {str(days): [] for days in SOON}
    for uscc, finding in _each(agenda, "expires"):
        for days in SOON:
            if finding.days is not None and finding.days < days:
                lines[str(days)].append(Task(uscc, _titles(finding), finding.last))
    return lines


def reviews(agenda: Agenda) -> Lines:
    """Reviews (or recognitions anew) that can be filed now or soon and are not on record as filed."""
    lines: dict[str, list[Task]] = {"open": [], "ahead": [], "unknown": []}
    ends = {(uscc, one.titles): one.last for uscc, one in _each(agenda, "expires")}
    for uscc, finding in _each(agenda, "review_due"):
        if finding.state in lines:
            what = f"{finding_name(finding)}: {_titles(finding)}"
            last = finding.last or ends.get((uscc, finding.titles))
            lines[finding.state].append(Task(uscc, what, last))
    return lines


def updates(agenda: Agenda) -> Lines:
    """Yearly information updates: due soon and not made, and those that were missed."""
    lines: dict[str, list[Task]] = {"due": [], "missed": []}
    for uscc, finding in _each(agenda, "update_due", "update_missed"):
        if finding.what == "update_missed":
            years = ", ".join(map(str, finding.years))
            lines["missed"].append(Task(uscc, f"{_titles(finding)} · {years}"))
        elif finding.state == "open" and finding.days is not None and finding.days <= UPDATE_AHEAD:
            lines["due"].append(Task(uscc, _titles(finding), finding.last))
    return lines


def nesting(agenda: Agenda) -> Lines:
    """Titles held without the one that must stand beneath, and what else the rules find on titles."""
    lines: dict[str, list[Task]] = {"missing": [], "pending": [], "banned": [], "cancel": []}
    named = {"banned_until": "banned", "cancellation_due": "cancel", "review_right_lost": "cancel"}
    for uscc, finding in _each(agenda, "nesting_missing", *named):
        line = named.get(finding.what) or finding.state
        below = " / ".join(short_name(one.partition(":")[0]) for one in finding.below)
        what = _("%(title)s without %(below)s", title=_titles(finding), below=below) if below else (
            f"{finding_name(finding)}: {_titles(finding)}"
        )  # fmt: skip
        lines[line].append(Task(uscc, what, finding.last))
    return lines


def deciding(house: House, day: date) -> Lines:
    """Fact → firms for which it alone stands between them and a verdict: nothing is unmet, and one criterion waits for
    just this fact. Firms that hold the title are left out."""
    city = city_on(house, day)
    lines: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for (tier, level), asked in city.asked.items():
        number = len(city.facts)
        unmet, unknown = np.zeros(number, dtype=int), np.zeros(number, dtype=int)
        for criterion, _of in asked.tops():
            verdicts = asked.evaluation.verdicts(criterion, asked.edition, asked.purpose)
            unmet += verdicts == UNMET
            unknown += verdicts == UNKNOWN
        near = (unmet == 0) & (unknown == 1) & ~city.holders(tier, level)
        for facts in asked.waiting.values():
            alone = near & (np.sum(list(facts.values()), axis=0) == 1) if facts else near & False
            for fact, mask in facts.items():
                for at in np.flatnonzero(alone & mask):
                    lines[fact][city.facts.firms[at]].append(full_name(tier, level))
    between = ("、", ", ")[language() == "en"]
    return {
        fact: [
            Task(uscc, _("would decide: %(tiers)s", tiers=between.join(dict.fromkeys(tiers))))
            for uscc, tiers in firms.items()
        ]
        for fact, firms in sorted(lines.items(), key=lambda line: (-len(line[1]), line[0]))
    }


def contradicting(house: House, day: date) -> Lines:
    """Facts on record that cannot both be true, or hardly can."""
    facts = city_on(house, day).facts
    found = oddities(facts, range(day.year - YEARS_BACK, day.year + 1))
    lines = {
        id: [Task(facts.firms[at], oddity_name(id)) for at in np.flatnonzero(mask)]
        for id, mask in found.items()
    }
    lines[DIFFERS] = [Task(uscc, oddity_name(DIFFERS)) for uscc in _marked_otherwise(house, day)]
    return {id: tasks for id, tasks in lines.items() if tasks}


DIFFERS = "digital_core_differs"


def _marked_otherwise(house: House, day: date) -> list[str]:
    """Firms of the city whose mark "digital core" is not what their industry code clearly says."""
    e = ENTERPRISE.c
    query = select(e.uscc, e.industry, e.digital_core).where(
        on_day(day), e.city == house.settings.city.code, e.digital_core.is_not(None), e.industry.is_not(None),
        or_(e.status.is_(None), e.status == "active"),
    )  # fmt: skip
    with house.store.read() as connection:
        rows = connection.execute(query.order_by(e.uscc)).all()
    return [uscc for uscc, code, mark in rows if (said := industries.digital_by_code(code)) and said != mark]


def oddity_name(id: str) -> str:
    if id == DIFFERS:
        return str(_("The digital core mark differs from the industry code"))
    return ODDITIES[id][language() == "en"]


def _expiring_line(id: str) -> str:
    return str(_("within %(days)s days", days=id))


def _named(**names: str) -> Mapping[str, str]:
    return names


def _review_line(id: str) -> str:
    return _named(
        open=_("window open, no review on record"),
        ahead=_("window opens within a year"),
        unknown=_("ends within a year, window not known yet"),
    )[id]


def _update_line(id: str) -> str:
    return _named(
        due=_("due within %(days)s days", days=UPDATE_AHEAD), missed=_("missed, the round is on record")
    )[id]


def _nesting_line(id: str) -> str:
    return _named(
        missing=_("the title beneath is missing"),
        pending=_("the title beneath is in review"),
        banned=_("no application allowed"),
        cancel=_("right of review lost, or to be cancelled by rule"),
    )[id]


def _owed(house: House, _by: str, unit: str | None) -> list[tuple[str, int, str]]:
    """Department → how many figures it owes, with the page that lists them. City-wide figures are the city's to chase."""
    if unit is not None:
        return []
    owed = waiting(progress(house, house.clock.today(), None))
    return [
        (
            body_name(department) or _("no department named"),
            late,
            url_for("tiers.targets", state="overdue", lead=department or NOBODY),
        )
        for department, lines in owed.items()
        if (late := sum(line.state == "overdue" for line in lines))
    ]


def _of(lines: Callable[[Agenda], Lines]) -> Callable[[House, date], Lines]:
    return lambda house, day: lines(agenda_on(house, day))


#: The sources that are read off the agenda: what a unit can act on.
ON_AGENDA = {"expiring": expiring, "reviews": reviews, "updates": updates, "nesting": nesting}

TODO = (
    Todo("expiring", lambda: _("Expiring titles"), lambda: _("titles in force and not continued yet"), "counts.read", 10,
         _of(expiring), _expiring_line, frozenset({"30"})),
    Todo("reviews", lambda: _("Reviews to file"), lambda: _("no review of the term is on record"), "counts.read", 20,
         _of(reviews), _review_line, frozenset({"open"})),
    Todo("updates", lambda: _("Yearly updates"), lambda: _("information that holders must renew each year"), "counts.read",
         30, _of(updates), _update_line, frozenset({"missed"})),
    Todo("nesting", lambda: _("Titles that do not fit together"), lambda: _("found by rule; nothing is changed by it"),
         "counts.read", 40, _of(nesting), _nesting_line, frozenset({"missing", "cancel"})),
    Todo("deciding", lambda: _("Facts that would decide a verdict"),
         lambda: _("nothing else is missing or unmet for a tier that the firm does not hold"), "rules.read", 50,
         deciding, lambda id: wording.fact(id, language())),
    Todo("contradicting", lambda: _("Facts that contradict each other"), lambda: _("to be corrected at their source"),
         "rules.read", 55, contradicting, oddity_name, summed=True),
    Todo("owed", lambda: _("Figures overdue"), lambda: _("indicators of the plan that a department has not filed in time"),
         "counts.read", 57, links=_owed),
)  # fmt: skip
