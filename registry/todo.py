"""What a person has to see to: the sources of all rooms, cut to what the person may do and to the own management unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from registry.find import on_day
from registry.house import House
from registry.room import Task, Todo
from registry.scope import own
from registry.shell.access import Actor
from registry.store.bulk import among
from registry.subjects import ENTERPRISE


@dataclass(frozen=True)
class Seen:
    """A task with the firm as the register has it on the day."""

    uscc: str
    name: str
    district: str | None
    area: str | None
    what: str
    due: date | None


def sources(house: House, actor: Actor) -> list[Todo]:
    """The sources that the actor is shown, in their order."""
    found = [todo for room in house.rooms for todo in room.todo if actor.may(todo.permission)]
    return sorted(found, key=lambda todo: todo.order)


def numbers(house: House, todo: Todo, unit: str | None, day: date) -> Mapping[str, int]:
    """Line → how many firms, without reading more about them than whose they are."""
    lines = todo.tasks(house, day)
    mine = _own(house, lines, unit)
    return {
        id: len({task.uscc for task in tasks if mine is None or task.uscc in mine})
        for id, tasks in lines.items()
    }


@dataclass(frozen=True)
class Top:
    """A line of what needs a decision: ``line`` None is the whole source, ``address`` None its page."""

    source: Todo
    line: str | None
    number: int
    pressing: bool
    address: str | None = None


def top(house: House, actor: Actor, day: date, *, judged: bool = True) -> list[Top]:
    """What needs a decision of the actor, out of all sources: what is seen to elsewhere and is no firm's first, then
    the pressing lines in the order of their sources, then the sources that are summed. Nothing empty.

    Without ``judged`` only what is known without judging firms.
    """
    first: list[Top] = []
    pressing: list[Top] = []
    summed: list[Top] = []
    for source in sources(house, actor):
        if source.links:
            links = [link for link in source.links(house, actor.id, actor.unit) if link[1]]
            address = links[0][2] if len(links) == 1 else None
            first.append(Top(source, None, sum(number for _text, number, _to in links), False, address))
        if not judged:
            continue
        if source.summed:
            summed.append(Top(source, None, _firms(house, source, actor.unit, day), False))
        elif source.pressing:
            found = numbers(house, source, actor.unit, day)
            pressing += [Top(source, id, found.get(id, 0), True) for id in found if id in source.pressing]
    return [one for one in (*first, *pressing, *summed) if one.number]


def _firms(house: House, todo: Todo, unit: str | None, day: date) -> int:
    """How many firms are in the lines of a source altogether."""
    lines = todo.tasks(house, day)
    mine = _own(house, lines, unit)
    found = {task.uscc for tasks in lines.values() for task in tasks}
    return len(found if mine is None else found & mine)


def _own(house: House, lines: Mapping[str, Sequence[Task]], unit: str | None) -> frozenset[str] | None:
    """The unit's firms of today among those of the lines; None stands for all."""
    if unit is None:
        return None
    with house.store.read() as connection:
        found = connection.execute(
            select(ENTERPRISE.c.uscc).where(
                on_day(house.clock.today()),
                own(unit),
                among(
                    connection, ENTERPRISE.c.uscc, {task.uscc for tasks in lines.values() for task in tasks}
                ),
            )
        )
        return frozenset(found.scalars())


def seen(house: House, todo: Todo, line: str, unit: str | None, day: date) -> list[Seen] | None:
    """The tasks of one line, the most pressing first; None where the source has no such line."""
    tasks = todo.tasks(house, day).get(line)
    if tasks is None:
        return None
    mine = _own(house, {line: tasks}, unit)
    tasks = [task for task in tasks if mine is None or task.uscc in mine]
    e = ENTERPRISE.c
    with house.store.read() as connection:
        query = select(e.uscc, e.name, e.district, e.area).where(
            on_day(day), among(connection, e.uscc, {task.uscc for task in tasks})
        )
        firms = {row.uscc: row for row in connection.execute(query)}
    found = [
        Seen(task.uscc, firm.name, firm.district, firm.area, task.what, task.due)
        for task in tasks
        if (firm := firms.get(task.uscc))
    ]
    return sorted(found, key=lambda one: (one.due or date.max, one.uscc, one.what))
