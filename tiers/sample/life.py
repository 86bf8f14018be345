"""What happens to firms: renames, moves, absorptions, cancellations, at most one to a firm."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from tiers.sample.filing import Scale
from tiers.sample.firms import LAST, OPENING, Firm, Place, elsewhere, places_of
from tiers.sample.names import LIMITED_FORM, SHARE_FORM, Names

# Changes of one half-year are put on the register in the month after it.
HALVES = [(year, half) for year in range(2019, 2027) for half in (1, 2) if (year, half) < (2026, 2)]


def half_of(day: date) -> tuple[int, int]:
    return day.year, 1 if day.month <= 6 else 2


def filed_after(half: tuple[int, int], day: int) -> date:
    """The filing day for what happened in a half-year; the last one closes with June 2026."""
    year, part = half
    if (year, part) == (2026, 1):
        return date(2026, 6, 20 + day // 3)
    return date(year, 7, day) if part == 1 else date(year + 1, 1, day)


@dataclass
class Events:
    """Life's events as (day, firm), each list in the order of its days."""

    renamed: list[tuple[date, Firm]] = field(default_factory=list)
    moved: list[tuple[date, Firm]] = field(default_factory=list)
    gone: list[tuple[date, Firm]] = field(default_factory=list)
    absorbed: list[tuple[date, Firm]] = field(default_factory=list)


def live(scale: Scale, firms: list[Firm]) -> Events:
    """Give firms their events, at most one each, and return them in order of day."""
    rng, names = scale.rng("life"), Names(scale.rng("new-names"))
    names.reserve(firm.trade_name for firm in firms)
    events = Events()
    ordinary = [
        f
        for f in firms
        if f.legal_person and not f.giant and not f.predecessor and f.registered < date(2024, 1, 1)
    ]
    rng.shuffle(ordinary)
    take = iter(ordinary)
    for _ in range(scale.n(560)):
        _rename(rng, names, next(take), events)
    for firm in [next(take) for _ in range(scale.n(300))]:
        _move(rng, firm, places_of(rng), events)
    for firm in [next(take) for _ in range(scale.n(90))]:
        if firm.home(LAST):
            _move(rng, firm, elsewhere(rng), events)
    for firm in [f for f in firms if not f.home(OPENING) and f.legal_person][: scale.n(45)]:
        _move(rng, firm, places_of(rng), events)
    for _ in range(scale.n(640)):
        _end(rng, next(take), "cancelled", events)
    for _ in range(scale.n(60)):
        _end(rng, next(take), "revoked", events)
    _absorb(scale, rng, firms, events)
    _restructure(scale, rng, firms, events)
    events.gone += [(f.gone_on, f) for f in firms if not f.legal_person and f.gone_on]
    for some in (events.renamed, events.moved, events.gone, events.absorbed):
        some.sort(key=lambda pair: (pair[0], pair[1].uscc))
    return events


def _day(
    rng: random.Random, firm: Firm, first: date = date(2019, 2, 1), last: date = date(2026, 6, 5)
) -> date:
    start = max(first, firm.registered + timedelta(days=200))
    return start + timedelta(days=rng.randrange(max(1, (last - start).days)))


def _rename(
    rng: random.Random, names: Names, firm: Firm, events: Events, form: str = "", day: date | None = None
) -> None:
    old = firm.names[-1][2]
    day = day or _day(rng, firm)
    # Lists that give names only come out in late summer and winter: renames fall into the first five months.
    day = day.replace(month=1 + day.month % 5, day=min(day.day, 28)) if not form else day
    if day <= firm.registered:
        day = day.replace(year=day.year + 1)
    if form:
        new = old.removesuffix(LIMITED_FORM) + form if not old.endswith(SHARE_FORM) else old
    elif rng.random() < 0.4:
        firm.trade_name = names.trade_name()
        new = names.full(firm.trade_name, names.word(firm.trade), LIMITED_FORM, firm.place(day).district)
    else:
        word = next(
            w for w in rng.sample(("集团", "科技集团", "高新技术", "智造", "数智科技"), 5) if w not in old
        )
        new = (
            old.replace(SHARE_FORM, "").replace(LIMITED_FORM, "")
            + word
            + (SHARE_FORM if old.endswith(SHARE_FORM) else LIMITED_FORM)
        )
    if new != old:
        firm.names.append((day, filed_after(half_of(day), 12), new))
        events.renamed.append((day, firm))


def _move(rng: random.Random, firm: Firm, place: Place, events: Events) -> None:
    day = _day(rng, firm)
    firm.places.append((day, place))
    events.moved.append((day, firm))


def _end(rng: random.Random, firm: Firm, how: str, events: Events) -> None:
    firm.gone, firm.gone_on = how, _day(rng, firm, date(2019, 6, 1))
    events.gone.append((firm.gone_on, firm))


def _absorb(scale: Scale, rng: random.Random, firms: list[Firm], events: Events) -> None:
    """Absorptions: weak firms over the years, and since 2025 good ones whose titles do not pass by themselves."""
    busy = {f for _, f in events.renamed + events.moved + events.gone}
    calm = [f for f in firms if f.legal_person and f not in busy and f.home(LAST) and f.founded.year < 2016]
    weak = [f for f in calm if f.score < 0.2 and not f.giant]
    good = [f for f in calm if f.score > 1.4 and not f.giant]
    chosen = rng.sample(weak, min(len(weak), scale.n(8))), rng.sample(good, min(len(good) // 2, scale.n(12)))
    taken = {f for some in chosen for f in some}
    heirs = [f for f in calm if (f.giant or f.score > 1.8) and f.founded.year < 2012 and f not in taken]
    heirs = heirs or [f for f in calm if f not in taken]
    spans = (date(2019, 9, 1), date(2024, 11, 1)), (date(2025, 2, 1), date(2026, 4, 1))
    for some, (first, last) in zip(chosen, spans, strict=True):
        for firm in some:
            firm.gone, firm.gone_on = "cancelled", _day(rng, firm, first, last)
            firm.successor = rng.choice(heirs)
            events.absorbed.append((firm.gone_on, firm))


def _restructure(scale: Scale, rng: random.Random, firms: list[Firm], events: Events) -> None:
    """Limited companies on their way to a market turn into companies limited by shares, and are renamed so."""
    busy = {f for _, f in events.renamed + events.moved + events.gone + events.absorbed} | {
        f.successor for _, f in events.absorbed
    }
    able = [
        f
        for f in firms
        if f.score > 1.3
        and f.legal_person
        and f not in busy
        and f.names[-1][2].endswith(LIMITED_FORM)
        and not f.names[-1][2].endswith(SHARE_FORM)
        and f.founded.year < 2018
        and f.home(LAST)
    ]
    for firm in rng.sample(able, min(len(able), scale.n(46))):
        day = date(rng.randrange(2020, 2026), rng.randrange(1, 13), rng.randrange(1, 29))
        firm.restructured_on = day
        _rename(rng, Names(rng), firm, events, SHARE_FORM, day)
