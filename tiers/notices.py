"""The daily look at titles: pages are brought up to the day, and the bureau is told of titles that are about to end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from registry.delivery.addresses import addresses
from registry.delivery.parcel import Parcel
from registry.export import table_bytes
from registry.house import House
from registry.jobs.job import Asked, Done, Finished
from registry.kind import Record
from registry.shell.languages import speaking
from registry.store.engine import Write
from tiers import members, standing
from tiers.asking import view
from tiers.bulletins.frozen import expiring
from tiers.bulletins.saying import Speech
from tiers.bulletins.wording import continuation
from tiers.members import Question
from tiers.names import full_name

#: Told so many days before the last day of a title that nothing continues, and on it.
BEFORE = (0, 30, 90)
NOTICES = "notices"
HEADER = (
    "到期日",
    "剩余天数",
    "管理单位",
    "统一社会信用代码",
    "企业名称",
    "称号",
    "如何接续",
    "办理期限",
    "文件",
)
IN_FORCE = f"select count(*) as n from title t join home h on h.uscc = t.uscc where {members.IN_FORCE}"


def sweep(house: House, asked: Asked) -> Done:
    """Bring what pages filter by up to today. ``evaluated``: titles in force on the period's day; ``changed``: those of them
    that end with it and that nothing continues."""
    question = Question(asked.day, house.settings)
    with view(house, asked.known_at) as connection:
        total = next(iter(question.ask(connection, IN_FORCE))).n
        ending = _told(question.day, expiring(connection, question))
    today, many = house.clock.today(), Counter(_left(asked.day, one) for one in ending)

    def write(unit: Write) -> None:
        if standing.stale(unit.connection, today):
            standing.recompute(house, unit.connection, None, today)

    said = (
        f"{total} titles in force on {asked.day}; not continued: {many[0]} end with it, {many[30]} in 30 days, {many[90]} in 90",
        f"{asked.day} 有效称号 {total} 个；尚未接续的：当日到期 {many[0]} 个，剩余 30 天 {many[30]} 个，剩余 90 天 {many[90]} 个",
    )
    return Done(total, many[0], said, write)


def _left(day: date, one: Record) -> int:
    return (date.fromisoformat(one["last"]) - day).days


def _told(day: date, ending: Iterable[Record]) -> list[Record]:
    return [one for one in ending if _left(day, one) in BEFORE]


def parcels(house: House, done: Finished) -> Sequence[Parcel]:
    """Word of titles that end on the day, 30 or 90 days on: numbers by unit in the text, firms in the table. None on a day
    without any."""
    if not addresses(house.settings.delivery, NOTICES, files=True):
        return ()
    day = done.period.last
    with view(house, done.known_at) as connection:
        ending = _told(day, expiring(connection, Question(day, house.settings)))
    if not ending:
        return ()
    with speaking("zh"):
        text = "\n\n".join(
            _paragraph(house, day, some, left) for left in BEFORE if (some := _of(day, ending, left))
        )
        table = table_bytes("到期称号", HEADER, [_row(house, day, one) for one in ending])
    subject = (f"称号到期提示（{day}）：{len(ending)} 个", f"Titles about to end ({day}): {len(ending)}")
    return (Parcel(f"{done.id}/notice", subject, text, ((f"expiring-{day}.xlsx", table),), NOTICES),)


def _of(day: date, ending: Iterable[Record], left: int) -> list[Record]:
    return [one for one in ending if _left(day, one) == left]


def _paragraph(house: House, day: date, some: Iterable[Record], left: int) -> str:
    last = day + timedelta(days=left)
    head = f"{last} 到期（{f'剩余 {left} 天' if left else '当日'}），尚未接续："
    many = Counter((one["unit"], one["tier"], one["level"]) for one in some)
    order = {unit: at for at, unit in enumerate(house.places.names)}
    lines = sorted(many.items(), key=lambda line: (order.get(line[0][0], len(order)), line[0][1:]))
    return "\n".join(
        (head, *(f"{_unit(house, unit)}　{full_name(tier, level)}　{n} 个" for (unit, tier, level), n in lines))
    )  # fmt: skip


def _unit(house: House, unit: str | None) -> str:
    return house.places.label(unit) if unit else "所在地不详"


def _row(house: House, day: date, one: Record) -> tuple[object, ...]:
    how, until = continuation(Speech("zh"), one)
    title = full_name(one["tier"], one["level"])
    return (
        one["last"], _left(day, one), _unit(house, one["unit"]), one["uscc"], one["name"], title, how, until, one["document"],
    )  # fmt: skip
