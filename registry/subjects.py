"""Whom a row is about: by credit code, or by the name that a firm bore on the day of the list.

Exactly one firm that bore the name then is taken. Several, or one that contradicts the row's district or was founded
later, go to review; nothing is guessed (README, "Names without codes").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from registry.kind import FIRM, Kind, Row
from registry.models import Enterprise, KnownName
from registry.naming.normal import normal_form
from registry.places import Place, Places
from registry.store.bulk import among, chunks
from registry.store.merges import Merges, merges_at

ENTERPRISE: Any = Enterprise.__table__  # type: ignore[attr-defined]
KNOWN_NAME: Any = KnownName.__table__  # type: ignore[attr-defined]


class Bearer(NamedTuple):
    """A firm and the days on which it bore a name; undated former names may have been borne on any day."""

    uscc: str
    from_day: str
    to_day: str
    dated: bool
    district: str | None
    area: str | None
    city: str
    founded_on: str | None


def existing(connection: Connection, codes: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for chunk in chunks(sorted(set(codes))):
        found.update(
            connection.execute(
                select(ENTERPRISE.c.uscc).where(among(connection, ENTERPRISE.c.uscc, chunk)).distinct()
            ).scalars()
        )
    return found


def firms_of(connection: Connection, codes: Iterable[str]) -> list[str]:
    """The firms that codes lead to, each once, in the order of the codes."""
    led = merges_at(connection)
    return list(dict.fromkeys(map(led.firm, codes)))


def resolve(
    connection: Connection,
    kind: Kind,
    rows: Sequence[Row],
    today: str,
    at_home: Places,
    create: bool | Collection[int],
    led: Merges | None = None,
) -> list[Row]:
    """Set ``subject`` on each row, or note why there is none. Gives the rows whose firm is to be created.

    ``create``: whether rows may found firms, or the numbers of those that may. A code that leads to another firm is about
    that firm; the row is filed under the code as typed.
    """
    led = merges_at(connection) if led is None else led
    asked = [row for row in rows if not row.stopped]
    if kind.resolve is not None:
        kind.resolve(connection, asked, today, at_home, led)
        return []
    if kind.about != FIRM:
        for row in asked:  # its own field has read it; there is no register to look it up in
            row.subject = row.values.get(kind.subject)
            if row.subject is None:
                row.note("value_unknown", kind.subject, None, "refused")
        return []
    typed = (row.values[kind.subject] for row in asked if row.values.get(kind.subject))
    known = existing(connection, map(led.firm, typed))
    created: dict[str, Row] = {}
    by_name: list[Row] = []
    for row in asked:
        code = row.values.get(kind.subject)
        name = row.values.get("name")
        may = create if isinstance(create, bool) else row.number in create
        if code is None:
            if kind.by_name and name:
                by_name.append(row)
            else:
                row.note("uscc_missing", kind.subject, None, "refused")
            continue
        firm = led.firm(code)
        if firm != code:
            row.filed_under = code
        if firm in known or firm in created:
            row.subject = firm
        elif kind.founding and name:
            row.subject = firm
            created[firm] = row
        elif kind.founding:
            row.note("name_missing", "name", None, "refused")
        elif may and name:
            row.subject = firm
            created[firm] = row
        elif may:
            row.note("name_missing", "name", None, "refused")
        else:
            row.note("unknown_firm", kind.subject, name or code, "review")
    _resolve_names(connection, kind, by_name, today, at_home)
    return list(created.values())


def _resolve_names(
    connection: Connection, kind: Kind, rows: Sequence[Row], today: str, at_home: Places
) -> None:
    if not rows:
        return
    bearers = bearers_of(connection, {normal_form(row.values["name"]) for row in rows})
    for row in rows:
        name = row.values["name"]
        day = next((row.values[f] for f in kind.list_day if row.values.get(f)), today)
        typed = row.values.get("district")
        place = at_home.read_district(typed) if typed else None
        if typed and place is not None and not place.city:
            row.note("district_unknown", "district", typed)
            place = None
        fitting = on_day(bearers.get(normal_form(name), []), day)
        if not fitting:
            row.note("unknown_firm", "name", name, "review")
            continue
        agreeing = [b for b in fitting if not contradicts(b, day, place)]
        if len(agreeing) == 1 and (len(fitting) == 1 or (place is not None and _agrees(agreeing[0], place))):
            row.subject = agreeing[0].uscc
        else:
            row.note("ambiguous_name", "name", name, "review", ", ".join(b.uscc for b in fitting))


def bearers_of(connection: Connection, keys: Iterable[str]) -> dict[str, list[Bearer]]:
    """Normal form → firms that bear or bore the name, dated ones first."""
    found: dict[str, list[Bearer]] = defaultdict(list)
    e, k = ENTERPRISE.c, KNOWN_NAME.c
    parts = (e.uscc, e.from_day, e.to_day, e.district, e.area, e.city, e.founded_on)
    for chunk in chunks(sorted(set(keys))):
        dated = select(e.name_key, *parts).where(among(connection, e.name_key, chunk))
        for key, *rest in connection.execute(dated.order_by(e.uscc, e.from_day)):
            found[key].append(_bearer(rest, dated=True))
        known = among(connection, k.key, chunk)
        former = select(k.key, *parts).join(KNOWN_NAME, k.uscc == e.uscc).where(known, k.role == "former")
        for key, *rest in connection.execute(former.order_by(e.uscc, e.from_day)):
            found[key].append(_bearer(rest, dated=False))
    return found


def _bearer(parts: Sequence[Any], dated: bool) -> Bearer:
    uscc, from_day, to_day, district, area, city, founded = parts
    return Bearer(
        uscc,
        from_day.isoformat(),
        to_day.isoformat(),
        dated,
        district,
        area,
        city,
        founded and founded.isoformat(),
    )


def on_day(bearers: Sequence[Bearer], day: str) -> list[Bearer]:
    """Who bore the name on ``day``, each with its place on that day; where nobody is known to have, who bore it before.

    A former name without dates may have been borne on any day, so its bearers stand beside the dated ones.
    """
    then = [b for b in bearers if b.from_day <= day < b.to_day]
    certain = {b.uscc: b for b in then if b.dated}
    perhaps = {b.uscc: b for b in (*(b for b in bearers if not b.dated), *(b for b in then if not b.dated))}
    if certain:
        return list({**perhaps, **certain}.values())
    before = {b.uscc: b for b in bearers if b.dated and b.to_day <= day}
    return list({**perhaps, **before}.values())


def contradicts(bearer: Bearer, day: str, place: Place | None) -> bool:
    if bearer.founded_on and bearer.founded_on > day:
        return True
    if place is None:
        return False
    return any(
        said is not None and held is not None and said != held
        for said, held in (
            (place.district, bearer.district),
            (place.area, bearer.area),
            (place.city, bearer.city),
        )
    )


def _agrees(bearer: Bearer, place: Place) -> bool:
    return (place.district is not None and place.district == bearer.district) or (
        place.area is not None and place.area == bearer.area
    )
