"""What this room does on schedule: published counts with their bulletins, the daily look at expiries, letters to the units."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from registry.delivery.addresses import addresses
from registry.delivery.parcel import OF_UNIT, Parcel
from registry.house import House
from registry.jobs.job import Asked, Done, Finished, Job, named
from registry.jobs.period import Rhythm
from registry.shell.languages import speaking
from registry.store.engine import Write
from registry.todo import seen
from tiers import members, standing
from tiers.asking import view
from tiers.bulletins import published
from tiers.bulletins.blocks import Paragraph
from tiers.bulletins.making import Making
from tiers.members import Question
from tiers.names import short_name
from tiers.publishing import heads, snapshot
from tiers.todo import TODO

#: Holders are told so many days before the last one of a title, and on it.
TOLD_BEFORE = (90, 30, 0)
#: Lines of the to-do list that a unit can act on.
LETTER = ("expiring", "reviews", "updates", "nesting")


def by(job: str) -> str:
    """Who published, for what a job publishes."""
    return f"job:{job}"


# Counts ---------------------------------------------------------------------------------------------------


def _counted(report: str, job: str, house: House, asked: Asked) -> Done:
    """Publish the count of the period's last day. ``evaluated``: targets counted from firms; ``changed``: firms that came
    to or left one of them since the period before."""
    asked.progress("count", 0, 2)
    prepared = published.prepare(
        house, report, asked.day, by(job), new=asked.again > 0, known_at=asked.known_at
    )
    asked.progress("publish", 1, 2)
    bridges = prepared.bridges
    moved = {uscc for bridge in bridges.values() for step in bridge["steps"] for uscc in step["firms"]}
    quality = next(one["value"] for one in prepared.count["targets"] if one["id"] == "quality-firms")

    def write(unit: Write) -> None:
        prepared.write(unit)

    said = (
        f"published as of {asked.day}: {quality} quality firms, {len(moved)} firms moved",
        f"已发布截至 {asked.day} 的统计：优质企业 {quality} 家，较上期变动企业 {len(moved)} 家",
    )
    return Done(len(bridges), len(moved), said, write)


def _bulletins(report: str, house: House, done: Finished) -> Iterator[Parcel]:
    """The bulletin for everybody on the list, and a letter for each unit that has an address."""
    day = done.period.last
    head = next(one for one in heads(house) if one.name == report and one.as_of == day)
    making = published.making(house, head.id)
    yield _parcel(f"{done.id}/bulletin", making, "bulletins")
    if report != "monthly":
        return
    letters = replace(snapshot(house, head.id), name="district")
    for unit in house.places.names:
        if addresses(house.settings.delivery, f"{OF_UNIT}{unit}", files=True):
            letter = published.making(house, letters, unit=unit)
            yield _parcel(f"{done.id}/{unit}", letter, f"{OF_UNIT}{unit}")


def _parcel(id: str, making: Making, to: str) -> Parcel:
    content = making.content
    said = [block.text for block in content.blocks if isinstance(block, Paragraph) and block.style == "body"]
    text = "\n\n".join(filter(None, (content.mark, content.title, *said[:3], content.source)))
    english = replace(making, language="en").content.title
    return Parcel(
        id, (f"{content.title}（{content.period}）", english), text, tuple(making.files().items()), to
    )


# Expiries -------------------------------------------------------------------------------------------------


def _swept(house: House, asked: Asked) -> Done:
    """Bring what pages filter by up to the day. ``evaluated``: titles in force on the period's day; ``changed``: titles whose
    last day it was."""
    question = Question(asked.day, house.settings)
    with view(house, asked.known_at) as connection:
        held = _ending(connection, question)
    ended, soon = held[0].total(), held[90].total()
    total = sum(many.total() for many in held.values())
    today = house.clock.today()

    def write(unit: Write) -> None:
        if standing.stale(unit.connection, today):
            standing.recompute(house, unit.connection, None, today)

    said = (
        f"{total} titles in force on {asked.day}; {ended} ended with it, {soon} have 90 days left",
        f"{asked.day} 有效称号 {total} 个；当日到期 {ended} 个，剩余 90 天的 {soon} 个",
    )
    return Done(total, ended, said, write)


def _ending(connection: Connection, question: Question) -> dict[int | None, Counter[tuple[str, str]]]:
    """Days left (one of ``TOLD_BEFORE``, else None) → (tier, unit) → titles in force on the day."""
    found: dict[int | None, Counter[tuple[str, str]]] = {days: Counter() for days in (*TOLD_BEFORE, None)}
    rows = question.ask(
        connection,
        f"""select t.tier, coalesce(h.area, h.district, 'unknown') as unit, cast(t.valid_to as varchar) as last, count(*) as n
            from title t join home h on h.uscc = t.uscc where {members.IN_FORCE} group by 1, 2, 3""",
    )
    for row in rows:
        left = (date.fromisoformat(row.last) - question.day).days
        found[left if left in TOLD_BEFORE else None][row.tier, row.unit] += row.n
    return found


def _notices(house: House, done: Finished) -> Iterator[Parcel]:
    """Word of titles that end that day, in 30 and in 90 days, by tier and unit; none on a day without."""
    question = Question(done.period.last, house.settings)
    with view(house, done.known_at) as connection:
        found = _ending(connection, question)
    said: dict[str, list[str]] = defaultdict(list)
    with speaking("zh"):
        for days in TOLD_BEFORE:
            last = question.day + timedelta(days=days)
            for (tier, unit), many in sorted(found[days].items()):
                where = "所在地不详" if unit == "unknown" else house.places.label(unit)
                said[f"{last} 到期（剩余 {days} 天）"].append(f"{where}　{short_name(tier)}　{many} 个")
    if said:
        text = "\n\n".join("\n".join((head, *lines)) for head, lines in said.items())
        subject = (f"称号到期提示（{question.day}）", f"Titles about to end ({question.day})")
        yield Parcel(f"{done.id}/notice", subject, text, to="notices")


# Letters to the units -------------------------------------------------------------------------------------


def _to_do(house: House, asked: Asked) -> Done:
    """``evaluated``: tasks of the city's firms; ``changed``: units that have some."""
    tasks = list(_tasks(house, asked.day, None))
    units = {task.area or task.district for _source, _line, task in tasks}
    said = (
        f"{len(tasks)} tasks in {len(units)} units as of {asked.day}",
        f"截至 {asked.day}，{len(units)} 个管理单元共有待办 {len(tasks)} 项",
    )
    return Done(len(tasks), len(units), said)


def _letters(house: House, done: Finished) -> Iterator[Parcel]:
    """To each unit that has an address: what its firms have to do, and by when."""
    day = done.period.last
    for unit in house.places.names:
        to = f"{OF_UNIT}{unit}"
        if not addresses(house.settings.delivery, to, files=False):
            continue
        lines: dict[str, list[str]] = defaultdict(list)
        for source, line, task in _tasks(house, day, unit):
            due = f"（{task.due}）" if task.due else ""
            lines[f"{source} · {line}"].append(f"{task.name}　{task.uscc}　{task.what}{due}")
        if not lines:
            continue
        name = house.places.label(unit)
        said = (f"{head}：{len(found)} 项\n" + "\n".join(found) for head, found in lines.items())
        text = f"{name}：截至 {day} 的待办事项\n\n" + "\n\n".join(said)
        yield Parcel(
            f"{done.id}/{unit}", (f"{name}每周待办（{day}）", f"Weekly to-do, {unit} ({day})"), text, to=to
        )


def _tasks(house: House, day: date, unit: str | None) -> Iterator[tuple[str, str, Any]]:
    """(source, line, task) in Chinese; every task once, on the first line that has it."""
    with speaking("zh"):
        for source in TODO:
            if source.id not in LETTER:
                continue
            told: set[tuple[str, str]] = set()
            for line in source.tasks(house, day):
                for task in seen(house, source, line, unit, day) or ():
                    if (task.uscc, task.what) not in told:
                        told.add((task.uscc, task.what))
                        yield str(source.label()), str(source.line(line)), task


def _job(id: str, rhythm: Rhythm, run: Any, post: Any) -> Job:
    return Job(id, named(id), rhythm, run, lambda house, done: list[Parcel](post(house, done)))


def jobs() -> tuple[Job, ...]:
    """This room's jobs, in the order of design §9."""
    found = []
    for report, id, rhythm in (
        ("monthly", "monthly-count", Rhythm.MONTH),
        ("quarterly", "quarterly-count", Rhythm.QUARTER),
    ):
        found.append(
            _job(
                id,
                rhythm,
                lambda house, asked, report=report, id=id: _counted(report, id, house, asked),
                lambda house, done, report=report: _bulletins(report, house, done),
            )
        )
    return (
        *found,
        _job("expiry-sweep", Rhythm.DAY, _swept, _notices),
        _job("district-todo", Rhythm.WEEK, _to_do, _letters),
    )
