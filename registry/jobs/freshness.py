"""The daily look at how old the register's facts are: by kind of list, the newest filing and the newest day spoken of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from registry.house import House
from registry.jobs.job import Asked, Done, Job, named
from registry.jobs.period import Rhythm
from registry.kind import Kind
from registry.refusals import MisusedError
from registry.said import Said
from registry.settings import Freshness
from registry.store.clock import BEGINNING, day_of
from registry.waiting import FILING


@dataclass(frozen=True)
class Age:
    """How old a kind's lists are: the days of the newest filing and of the newest fact (None: none), and the limits."""

    kind: Kind
    filed_on: date | None
    fact_on: date | None
    filed_limit: int | None
    fact_limit: int | None

    def complaints(self, day: date) -> list[Said]:
        """What is stale on a day; empty where all is well."""
        found, en, zh = list[Said](), self.kind.en, self.kind.zh
        if self.filed_on is None:
            return [Said(f"{en}: nothing was ever filed", f"{zh}：从未入库")]
        for what, what_zh, on, limit in (
            ("last filed", "最近入库", self.filed_on, self.filed_limit),
            ("newest fact of", "最新数据截至", self.fact_on, self.fact_limit),
        ):
            if limit is not None and on is not None and (day - on).days > limit:
                age = (day - on).days
                found.append(
                    Said(
                        f"{en}: {what} {on}, {age} days ago (limit {limit})",
                        f"{zh}：{what_zh} {on}，已 {age} 天（上限 {limit} 天）",
                    )
                )
        return found


def ages(house: House, connection: Connection, asked: Asked) -> list[Age]:
    """The kinds that the settings name. Raises MisusedError for one that there is not."""
    settings = house.settings.freshness
    filed, facts = Freshness.days(settings.filed_days), Freshness.days(settings.fact_days)
    for id in (*filed, *facts):
        if id not in house.kinds.by_id:
            known = ", ".join(house.kinds.by_id)
            raise MisusedError(
                f"[freshness]: there is no kind {id!r}; the kinds are {known}",
                f"[freshness]：没有名单类型 {id}；类型有 {known}",
            )
    f = FILING.c
    stands = (f.accepted + f.unchanged > 0, f.recorded_at <= asked.known_at, f.withdrawn_at.is_(None))
    newest: dict[str, datetime] = dict(
        connection.execute(select(f.kind, func.max(f.recorded_at)).where(*stands).group_by(f.kind)).all()
    )
    return [
        Age(
            kind,
            day_of(newest[kind.id]) if kind.id in newest else None,
            newest_fact(connection, kind, asked.day) if kind.id in facts else None,
            filed.get(kind.id),
            facts.get(kind.id),
        )
        for kind in house.kinds.all
        if kind.id in filed or kind.id in facts
    ]


def newest_fact(connection: Connection, kind: Kind, day: date) -> date | None:
    """The newest day up to ``day`` that the kind's records speak of; of yearly ones the end of the newest year."""
    table = kind.table
    if "year" in kind.key:
        year = connection.execute(select(func.max(table.c.year)).where(table.c.year < day.year)).scalar()
        return None if year is None else date(year, 12, 31)
    own = [name for name in kind.list_day if name in table.c] if kind.timing == "dates" else ["from_day"]
    found: Iterable[Any] = (
        connection.execute(select(func.max(table.c[name])).where(table.c[name] <= day)).scalar()
        for name in own
    )
    newest = max((on for on in found if on is not None), default=None)
    return None if newest == BEGINNING else newest


def check(house: House, asked: Asked) -> Done:
    """``evaluated``: kinds looked at; ``changed``: how many of them are stale."""
    with house.store.read() as connection:
        found = ages(house, connection, asked)
        anything = connection.execute(
            select(FILING.c.id).where(FILING.c.recorded_at <= asked.known_at).limit(1)
        ).first()
    if anything is None:
        return Done(len(found), 0, ("nothing is on record yet", "登记库中尚无任何入库记录"))
    complaints = [said for age in found for said in age.complaints(asked.day)]
    stale = sum(bool(age.complaints(asked.day)) for age in found)
    if not complaints:
        return Done(len(found), 0, ("no list is stale", "各类名单均在时效之内"))
    return Done(
        len(found), stale, ("; ".join(said.en for said in complaints), "；".join(s.zh for s in complaints))
    )


FRESHNESS = Job("freshness", named("freshness"), Rhythm.DAY, check)
