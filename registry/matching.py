"""Which firm of the register each row of an announced list means: certain, to be chosen, or none.

In this order: a credit code that is on the register; the one firm that bore the name on the list's day (the rule of
``registry.subjects``); what somebody judged before; a name so near that a machine may take it (``registry.naming.weighing``).
Where two things speak against each other a person chooses, and the reason says why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from sqlalchemy import Connection, and_, or_, select

from registry import industries
from registry.house import House
from registry.judgements import Known, known, place_key, place_of
from registry.known_names import Names, known_names
from registry.naming.candidates import Entry
from registry.naming.codes import read_code
from registry.naming.features import About, Said, Side, compare
from registry.naming.normal import normal_form
from registry.naming.weighing import Weighed, weigh, weights
from registry.places import NOWHERE, Place
from registry.store.bulk import among, chunks
from registry.store.clock import day_of
from registry.store.merges import merges_at
from registry.subjects import ENTERPRISE, KNOWN_NAME, Bearer, bearers_of, contradicts, on_day

Decision = Literal["certain", "choose", "none"]
#: Firms offered for a row, and names looked at for them.
OFFERED, LOOKED_AT = 5, 8
By = Literal["code", "name", "former", "judged", "near"]


@dataclass(frozen=True)
class Given:
    """A row of a list as typed: ``row`` is its number there; place and industry as the list writes them."""

    row: int
    name: str
    uscc: str | None = None
    district: str | None = None
    area: str | None = None
    industry: str | None = None
    founded_on: str | None = None


@dataclass(frozen=True)
class Reason:
    """Why a firm is offered, or why nobody is sure. ``score``: 1 speaks for it, 0 against it, None for neither."""

    feature: str
    score: float | None
    en: str
    zh: str

    def in_language(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


@dataclass(frozen=True)
class Candidate:
    """A firm that may be meant: its present ``name``, the name that ``matched``, ``by`` what, how well (0 to 1).

    ``own``: False for a firm of another management unit than the asking officer's; of it a page may show the name and the
    unit and nothing else.
    """

    uscc: str
    name: str
    matched: str
    by: str
    score: float
    reasons: tuple[Reason, ...]
    district: str | None = None
    area: str | None = None
    industry: str | None = None
    founded_on: str | None = None
    own: bool = True


@dataclass(frozen=True)
class Match:
    """``uscc`` is set where the decision is certain; ``candidates`` are ordered best first, the certain one alone ahead."""

    row: int
    given: Given
    decision: Decision
    uscc: str | None
    candidates: tuple[Candidate, ...]


SAME = Reason("name", 1.0, "this very name", "名称完全一致")
FORMER = Reason("former_name", 1.0, "a name that the firm bore before", "为企业曾用名")


@dataclass
class Profile:
    """What the register holds of a firm today."""

    uscc: str
    name: str
    key: str
    city: str
    district: str | None
    area: str | None
    industry: str | None
    founded_on: str | None


def match(
    house: House, connection: Connection, given: Sequence[Given], day: str, unit: str | None = None
) -> list[Match]:
    """One Match for each row, in their order. ``day`` (ISO) is that of the list; ``unit`` the officer's own one.

    Set-based: some twenty statements, however many rows.
    """
    return _Matching(house, connection, day, unit).all(given)


class _Matching:
    """One list against the register as it stands on this connection."""

    def __init__(self, house: House, connection: Connection, day: str, unit: str | None) -> None:
        self.house, self.connection, self.day, self.unit = house, connection, day, unit
        self.today = house.clock.today()
        self.led = merges_at(connection)
        self.register: Names | None = None
        self.borne: dict[str, int] = {}

    def all(self, given: Sequence[Given]) -> list[Match]:
        keys = {normal_form(g.name) for g in given if g.name}
        self.bearers = bearers_of(self.connection, keys)
        self.judged = {
            key: [replace(j, uscc=self.led.firm(j.uscc)) for j in said]
            for key, said in known(self.connection, keys).items()
        }
        codes = {c for g in given if (c := self.code(g))}
        offered = {b.uscc for all in self.bearers.values() for b in all}
        offered |= {j.uscc for all in self.judged.values() for j in all}
        self.firms = profiles(self.connection, codes | offered, self.today)
        self.names = names_of(self.connection, codes & self.firms.keys())
        found = [self.known(g) for g in given]
        open_ = [g for g, match in zip(given, found, strict=True) if match is None]
        near = iter(self.near(open_))
        return _apart([match if match is not None else next(near) for match in found])

    def known(self, given: Given) -> Match | None:
        """What code, name of the day and judgements say; None where only a near name can help."""
        key = normal_form(given.name)
        place = self.place(given)
        fitting = [b for b in on_day(self.bearers.get(key, []), self.day) if b.uscc in self.firms]
        exact = [self.bearer(given, b, place) for b in fitting]
        code = self.code(given)
        if code in self.firms:
            return self.by_code(given, self.firms[code], exact)
        spoken = self.spoken(given)
        agreeing = [b for b in fitting if not contradicts(b, self.day, place)]
        if len(agreeing) == 1 and (len(fitting) == 1 or _agrees(agreeing[0], place)):
            candidate = next(c for c in exact if c.uscc == agreeing[0].uscc)
            if candidate.uscc not in spoken:
                return self.settled(given, candidate, code)
        same = [j for j in spoken.values() if j.verdict == "same"]
        here = [j for j in same if j.place == place_key(place_of(given.district, given.area))]
        if len(here) == 1:
            return self.settled(given, self.judged_candidate(here[0]), code)
        candidates = {c.uscc: c for c in exact if _stays(spoken.get(c.uscc))}
        candidates |= {j.uscc: self.judged_candidate(j) for j in same}
        return self.choose(given, list(candidates.values())) if candidates else None

    def code(self, given: Given) -> str | None:
        """The code of the firm that the row's code leads to; None where it gives none that checks."""
        code = read_code(given.uscc).code if given.uscc else None
        return self.led.firm(code) if code else None

    def spoken(self, given: Given) -> dict[str, Known]:
        """The newest judgement on this name and each firm that still bears on this row.

        "Different" and "unsure" bear on rows of the same place and were made with the firm's present facts, or they are
        of yesterday; without a place they bear on every row.
        """
        place = place_key(place_of(given.district, given.area))
        found: dict[str, Known] = {}
        for each in self.judged.get(normal_form(given.name), ()):
            bears = each.verdict == "same" or (each.stands and each.place in (place, ""))
            if bears and each.uscc in self.firms:
                found.setdefault(each.uscc, each)
        return found

    # ... by credit code, by judgement ------------------------------------------------------------------

    def by_code(self, given: Given, firm: Profile, exact: Sequence[Candidate]) -> Match:
        """A known code decides, unless the name beside it is clearly another one."""
        reason = Reason("code", 1.0, "the credit code is this firm's", "统一社会信用代码一致")
        candidate = self.candidate(firm, firm.name, "code", 1.0, reason)
        if not given.name or any(c.uscc == firm.uscc for c in exact):
            return self.certain(given, candidate)
        side = self.side(given)
        entries = self.names.get(firm.uscc, ())
        alike = max((self.weighed(side, entry, firm)[0].score for entry in entries), default=1.0)
        if alike >= weights().choose and not exact:
            return self.certain(given, candidate)
        whose = f" ({exact[0].uscc})" if exact else ""
        differs = Reason(
            "code_name", 0.0, f"but the name is another one{whose}", f"但所填名称不是该企业的名称{whose}"
        )
        return self.choose(given, [replace(candidate, reasons=(reason, differs)), *exact])

    # ... by a near name --------------------------------------------------------------------------------

    def near(self, given: Sequence[Given]) -> list[Match]:
        """Rows that nothing exact has settled, against the names of the register that come near."""
        if not given:
            return []
        self.register = known_names(self.house, self.connection)
        hits = self.register.near([normal_form(g.name) for g in given], LOOKED_AT)
        missing = {entry.uscc for row in hits for entry, _ in row} - self.firms.keys()
        self.firms |= profiles(self.connection, missing, self.today)
        return [self.nearest(g, [entry for entry, _ in row]) for g, row in zip(given, hits, strict=True)]

    def nearest(self, given: Given, entries: Sequence[Entry]) -> Match:
        side, spoken = self.side(given), self.spoken(given)
        best: dict[str, tuple[Weighed, Candidate]] = {}
        for entry in entries:
            firm = self.firms.get(entry.uscc)
            if firm is None or not _stays(spoken.get(entry.uscc)):
                continue
            weighed, said = self.weighed(side, entry, firm)
            held = best.get(entry.uscc)
            if weighed.score >= weights().choose and (held is None or held[0].score < weighed.score):
                reasons = explained(weighed, said, spoken.get(entry.uscc))
                score = round(weighed.score, 4)
                best[entry.uscc] = weighed, self.candidate(firm, entry.name, "near", score, *reasons)
        ordered = sorted(best.values(), key=lambda each: (-each[0].score, each[1].uscc))[:OFFERED]
        taken = [candidate for weighed, candidate in ordered if weighed.certain()]
        code = self.code(given)
        if len(taken) == 1 and taken[0] is ordered[0][1] and taken[0].uscc not in spoken:
            settled = self.settled(given, taken[0], code)
            if settled.decision == "certain":
                return settled
        return self.choose(given, [candidate for _, candidate in ordered])

    def side(self, given: Given) -> Side:
        place = self.place(given)
        typed = place_of(given.district, given.area)
        return Side(given.name, place.district or (place.city if not place.area else None), place.area,
                    industries.read(given.industry) if given.industry else None, given.founded_on,
                    place=(typed, typed))  # fmt: skip

    def bearing(self, core: str) -> int:
        """How many names of the register hold a trade name; asked once for each."""
        if core not in self.borne:
            self.borne[core] = self.register.bearers(core) if self.register else 1
        return self.borne[core]

    def weighed(self, given: Side, entry: Entry, firm: Profile) -> tuple[Weighed, Sequence[Said]]:
        held = firm.area or firm.district or firm.city
        label = self.house.places.label
        side = Side(entry.name, firm.district or firm.city, firm.area, firm.industry, firm.founded_on, entry.role,
                    (label(held, "en"), label(held)))  # fmt: skip
        said = compare(given, side, About(self.bearing(given.parts.core), self.day))
        return weigh(said), said

    def judged_candidate(self, judgement: Known) -> Candidate:
        on = day_of(judgement.at)
        reason = Reason(
            "judged",
            1.0,
            f"judged the same by {judgement.by} on {on}",
            f"{judgement.by} 于 {on} 判定为同一企业",
        )
        firm = self.firms[judgement.uscc]
        return self.candidate(firm, judgement.given_name, "judged", 1.0, reason)

    # ... the answers -----------------------------------------------------------------------------------

    def settled(self, given: Given, candidate: Candidate, code: str | None) -> Match:
        """Certain, unless the row gives another credit code."""
        if code is None:
            return self.certain(given, candidate)
        differs = Reason(
            "code", 0.0, f"but the list gives another credit code ({code})", f"但名单所填信用代码为 {code}"
        )
        return self.choose(given, [replace(candidate, reasons=(*candidate.reasons, differs))])

    def certain(self, given: Given, candidate: Candidate) -> Match:
        if not candidate.own:
            return self.choose(given, [candidate])
        return Match(given.row, given, "certain", candidate.uscc, (candidate,))

    def choose(self, given: Given, candidates: Sequence[Candidate]) -> Match:
        ordered = tuple(sorted(candidates, key=lambda c: (-c.score, c.uscc)))
        return Match(given.row, given, "choose" if ordered else "none", None, ordered)

    def bearer(self, given: Given, bearer: Bearer, place: Place) -> Candidate:
        """A firm that bore the name on the list's day."""
        firm = self.firms[bearer.uscc]
        present = firm.key == normal_form(given.name)
        reasons = [SAME if present else FORMER]
        if bearer.founded_on and bearer.founded_on > self.day:
            reasons.append(Reason("founding_date", 0.0, f"founded on {bearer.founded_on}, after the list of {self.day}",
                                  f"成立于 {bearer.founded_on}，晚于名单日期 {self.day}"))  # fmt: skip
        elif contradicts(bearer, self.day, place):
            said = self.house.places
            typed = place_of(given.district, given.area)
            held = bearer.area or bearer.district or bearer.city
            reasons.append(Reason("district", 0.0, f"the list says {typed}, the register {said.label(held, 'en')}",
                                  f"名单为{typed}，登记为{said.label(held)}"))  # fmt: skip
        score = 1.0 if len(reasons) == 1 else 0.5
        return self.candidate(firm, given.name, "name" if present else "former", score, *reasons)

    def candidate(self, firm: Profile, matched: str, by: By, score: float, *reasons: Reason) -> Candidate:
        own = self.unit is None or (firm.area or firm.district) == self.unit
        if own:
            return Candidate(firm.uscc, firm.name, matched, by, score, reasons, firm.district, firm.area,
                             firm.industry, firm.founded_on)  # fmt: skip
        elsewhere = Reason("other_unit", None, "managed by another unit", "由其他管理单元管理")
        return Candidate(
            firm.uscc, firm.name, firm.name, by, score, (elsewhere,), firm.district, firm.area, own=False
        )

    def place(self, given: Given) -> Place:
        read = [self.house.places.read_district(typed) for typed in (given.district, given.area) if typed]
        found = [place for place in read if place.city]
        if not found:
            return NOWHERE
        district = next((p.district for p in found if p.district), None)
        area = next((p.area for p in found if p.area), None)
        return Place(found[0].city, district, area)


def names_of(connection: Connection, codes: Iterable[str]) -> dict[str, list[Entry]]:
    """Credit code → all names of the firm."""
    e, k = ENTERPRISE.c, KNOWN_NAME.c
    found: dict[str, list[Entry]] = defaultdict(list)
    for chunk in chunks(sorted(set(codes))):
        borne = select(e.uscc, e.name_key, e.name).where(among(connection, e.uscc, chunk)).distinct()
        for uscc, key, name in connection.execute(borne):
            found[uscc].append(Entry(uscc, key, "present", name))
        named = and_(among(connection, k.uscc, chunk), k.role != "code")
        others = select(k.uscc, k.key, k.role, k.name).where(named)
        for row in connection.execute(others):
            found[row.uscc].append(Entry(*row))
    return found


def profiles(connection: Connection, codes: Iterable[str], today: date) -> dict[str, Profile]:
    """Today's profiles of firms by code. A firm whose name begins later stands with its first one."""
    e = ENTERPRISE.c
    found: dict[str, Profile] = {}
    for chunk in chunks(sorted(set(codes))):
        query = select(
            e.uscc, e.name, e.name_key, e.city, e.district, e.area, e.industry, e.founded_on, e.from_day
        )
        query = query.where(among(connection, e.uscc, chunk), or_(e.to_day > today, e.from_day > today))
        for row in connection.execute(query.order_by(e.uscc, e.from_day.desc())):
            founded = row.founded_on and row.founded_on.isoformat()
            if row.uscc not in found or row.from_day <= today:
                found[row.uscc] = Profile(
                    row.uscc, row.name, row.name_key, row.city, row.district, row.area, row.industry, founded
                )
    return found


def _agrees(bearer: Bearer, place: Place) -> bool:
    return (place.district is not None and place.district == bearer.district) or (
        place.area is not None and place.area == bearer.area
    )


def _stays(judgement: Known | None) -> bool:
    return judgement is None or judgement.verdict != "different"


def explained(weighed: Weighed, said: Sequence[Said], judgement: Known | None = None) -> list[Reason]:
    """What keeps a machine from deciding first, then what speaks against, then what speaks for."""
    found = [Reason(feature, 0.0, en, zh) for feature, en, zh in weighed.vetoes]
    if judgement is not None and judgement.verdict == "unsure":
        on = day_of(judgement.at)
        found.append(
            Reason("judged", None, f"{judgement.by} was not sure on {on}", f"{judgement.by} 于 {on} 未能确定")
        )
    spoken = [s for s in said if s.value is not None]
    return found + [
        Reason(s.feature, s.value, s.en, s.zh) for s in sorted(spoken, key=lambda s: s.value or 0.0)
    ]


#: What is worth saying even where it agrees fully, and what only a machine counts.
TELLING = {"name", "former_name", "code", "judged", "address", "district", "sound", "same_list"}
COUNTED = {"shape", "differences", "distance"}


def telling(reasons: Sequence[Reason], most: int = 5) -> tuple[Reason, ...]:
    """The reasons that a reader wants, in their order: what differs, and what settles it. All of them stay in the data."""
    said = [r for r in reasons if r.feature not in COUNTED and (r.score != 1.0 or r.feature in TELLING)]
    return tuple(said[:most])


def _apart(matches: Sequence[Match]) -> list[Match]:
    """Rows under different names that lead to one firm are all left to a person: at most one of them means it, or the
    list names the firm twice. A row that repeats another one word for word goes with it."""
    leading: dict[str, list[Match]] = defaultdict(list)
    for each in matches:
        if each.uscc:
            leading[each.uscc].append(each)
    twice = {code: rows for code, rows in leading.items() if len({_said(m.given) for m in rows}) > 1}
    return [_doubted(m, twice[m.uscc]) if m.uscc in twice else m for m in matches]


def _said(given: Given) -> tuple[str, ...]:
    return (normal_form(given.name), place_key(place_of(given.district, given.area)))


def _doubted(one: Match, rows: Sequence[Match]) -> Match:
    others = [m for m in rows if m.row != one.row]
    listed = "、".join(str(m.row) for m in others[:5])
    reason = Reason(
        "same_list", 0.0,
        f"row {listed} of this list (“{others[0].given.name}”) leads to the same firm",
        f"本名单第 {listed} 行（{others[0].given.name}）也对应该企业",
    )  # fmt: skip
    doubted = tuple(replace(c, reasons=(*c.reasons, reason)) for c in one.candidates)
    return replace(one, decision="choose", uscc=None, candidates=doubted)
