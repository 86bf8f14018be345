"""The weekly letter to each management unit: what its firms have to do, and by when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from registry.delivery.addresses import addresses
from registry.delivery.parcel import OF_UNIT, Parcel
from registry.export import table_bytes
from registry.find import on_day
from registry.house import House
from registry.jobs.job import Asked, Done, Finished
from registry.shell.languages import speaking
from registry.store.bulk import among, chunks
from registry.subjects import ENTERPRISE
from tiers.agenda import agenda_known
from tiers.asking import view
from tiers.todo import ON_AGENDA, TODO

#: Firms that the text names under each heading; the table holds them all.
NAMED = 20
HEADER = ("事项", "类别", "统一社会信用代码", "企业名称", "内容", "期限")


class Duty(NamedTuple):
    """Something that a firm has to do. ``source``, ``line``: where it stands on the to-do list, in Chinese."""

    unit: str | None
    source: str
    line: str
    uscc: str
    name: str
    what: str
    due: date | None

    @property
    def text(self) -> str:
        return f"{self.name}　{self.uscc}　{self.what}" + (f"（{self.due}）" if self.due else "")


def duties(house: House, day: date, known_at: datetime) -> list[Duty]:
    """What the city's firms have to do, as on the to-do list of the day, as known at an instant; each once, on the first line
    that has it, the most pressing first."""
    agenda = agenda_known(house, day, known_at)
    e = ENTERPRISE.c
    with view(house, known_at) as connection:
        firms = {
            row.uscc: row
            for chunk in chunks(sorted(agenda))
            for row in connection.execute(
                select(e.uscc, e.name, e.district, e.area).where(
                    on_day(day), among(connection, e.uscc, chunk)
                )
            )
        }
    found: list[Duty] = []
    with speaking("zh"):
        for source in TODO:
            if source.id not in ON_AGENDA:
                continue
            told: set[tuple[str, str]] = set()
            for line, tasks in ON_AGENDA[source.id](agenda).items():
                some = []
                for task in tasks:
                    firm = firms.get(task.uscc)
                    if firm and (task.uscc, task.what) not in told:
                        told.add((task.uscc, task.what))
                        unit = firm.area or firm.district
                        said = (str(source.label()), str(source.line(line)))
                        some.append(Duty(unit, *said, task.uscc, firm.name, str(task.what), task.due))
                found += sorted(some, key=lambda duty: (duty.due or date.max, duty.uscc, duty.what))
    return found


def look(house: House, asked: Asked) -> Done:
    """``evaluated``: what the city's firms have to do; ``changed``: units that have such firms."""
    found = duties(house, asked.day, asked.known_at)
    units = {duty.unit for duty in found if duty.unit}
    said = (
        f"{len(found)} tasks of firms in {len(units)} units as of {asked.day}",
        f"截至 {asked.day}，{len(units)} 个管理单元的企业共有待办 {len(found)} 项",
    )
    return Done(len(found), len(units), said)


def parcels(house: House, done: Finished) -> Sequence[Parcel]:
    """A letter to each unit that has an address and something to do."""
    delivery = house.settings.delivery
    units = [u for u in house.places.names if addresses(delivery, f"{OF_UNIT}{u}", files=False)]
    if not units:
        return ()
    by_unit: dict[str | None, list[Duty]] = defaultdict(list)
    for duty in duties(house, done.period.last, done.known_at):
        by_unit[duty.unit].append(duty)
    return [_letter(house, done, unit, by_unit[unit]) for unit in units if by_unit[unit]]


def _letter(house: House, done: Finished, unit: str, found: Sequence[Duty]) -> Parcel:
    name, day = house.places.label(unit), done.period.last
    headings: dict[str, list[Duty]] = defaultdict(list)
    for duty in found:
        headings[f"{duty.source} · {duty.line}"].append(duty)
    text = "\n\n".join(
        (f"{name}：截至 {day} 的待办事项 {len(found)} 项，全部见附表", *map(_paragraph, headings.items()))
    )
    rows = [
        (one.source, one.line, one.uscc, one.name, one.what, one.due and one.due.isoformat()) for one in found
    ]
    english = f"Weekly to-do, {house.places.label(unit, 'en')} ({day})"
    file = (f"todo-{unit}-{day}.xlsx", table_bytes("待办", HEADER, rows))
    return Parcel(f"{done.id}/{unit}", (f"{name}每周待办（{day}）", english), text, (file,), f"{OF_UNIT}{unit}")  # fmt: skip


def _paragraph(heading: tuple[str, Sequence[Duty]]) -> str:
    name, found = heading
    more = [f"……其余 {len(found) - NAMED} 项见附表"] if len(found) > NAMED else []
    return "\n".join((f"{name}：{len(found)} 项", *(duty.text for duty in found[:NAMED]), *more))
