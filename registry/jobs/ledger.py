"""The ledger of runs: claimed, kept, finished. It is the truth about what was done; clocks and workers only ask it.

A claim inserts the row of a period as running, with a lease, or takes over a row whose run failed, was abandoned or has let its
lease run out; the database decides who has it. The worker renews its lease while it works. Its results and the word ``done``
go into one transaction that begins by asking whether the run is still its own (the owner's fence).

A claim and the end of a run are units of work: the instant of the first claim is what the register is known at. All
else (lease, progress, failure) is bookkeeping beside the register.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from registry.house import House
from registry.jobs.due import Standing
from registry.jobs.job import Done
from registry.jobs.models import ABANDONED, DONE, FAILED, RUNNING, JobRun
from registry.jobs.period import Period
from registry.said import Said

RUN: Any = JobRun.__table__  # type: ignore[attr-defined]
#: A lease that ends later than this many leases from now was given by a clock that has gone back since.
IMPOSSIBLE = 2
DIED = Said(
    "the program that ran it ended or lost touch; its lease ran out",
    "执行它的程序已退出或失去联系，租约到期",
)


class LostError(Exception):
    """The run belongs to another worker by now: nothing of this one may be written."""


@dataclass(frozen=True)
class Claim:
    """A run that is one's own. ``again``: its number less one."""

    id: int
    job: str
    period: Period
    number: int
    owner: str
    by: str
    known_at: datetime

    @property
    def name(self) -> str:
        return f"{self.job}/{self.period}/{self.number}"


def new_owner() -> str:
    """A name that no other worker bears, and that tells an administrator where it ran."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def _lease(house: House) -> timedelta:
    return timedelta(seconds=house.settings.jobs.lease_seconds)


def _over(house: House, now: datetime) -> Any:
    return and_(RUN.c.status == RUNNING, _free(house, now))


def _free(house: House, now: datetime) -> Any:
    """Nobody's lease holds."""
    until = RUN.c.lease_until
    return or_(until <= now, until > now + IMPOSSIBLE * _lease(house))


def claim(house: House, job: str, period: Period, by: str, *, again: bool = False) -> Claim | Any:
    """Make the run of a period one's own. Gives the Claim, or the row that stands in the way: done, or running elsewhere.

    ``again``: where it is done, begin a new run with the next number.
    """
    with house.store.write(by) as unit:
        connection, now, owner = unit.connection, house.clock.now(), new_owner()
        held = newest_run(connection, job, period.id)
        number = 1 if held is None else held.number + 1 if again and held.status == DONE else held.number
        known_at = unit.at if held is None else held.known_at
        dialect: Any = sqlite if house.store.is_sqlite else postgresql
        begun = {
            "status": RUNNING,
            "owner": owner,
            "by": by,
            "lease_until": now + _lease(house),
            "started_at": now,
        }
        blank = dict.fromkeys(
            (
                "finished_at",
                "message",
                "message_zh",
                "stage",
                "stage_done",
                "stage_total",
                "aside_by",
                "aside_at",
            )
        )
        first = dialect.insert(RUN).values(
            job=job, period=period.id, number=number, tries=1, known_at=known_at, **begun
        )
        mine = first.on_conflict_do_update(
            index_elements=[RUN.c.job, RUN.c.period, RUN.c.number],
            set_={**begun, **blank, "tries": RUN.c.tries + 1},
            where=or_(RUN.c.status.in_((FAILED, ABANDONED)), _over(house, now)),
        ).returning(RUN.c.id)  # fmt: skip
        id = connection.execute(mine).scalar()
    if id is None:
        return held
    return Claim(id, job, period, number, owner, by, known_at)


def _own(claim: Claim) -> Any:
    return and_(RUN.c.id == claim.id, RUN.c.owner == claim.owner, RUN.c.status == RUNNING)


def renew(house: House, claim: Claim) -> bool:
    """Push the lease on. False: the run is another's by now."""
    with house.store.note() as connection:
        later = update(RUN).where(_own(claim)).values(lease_until=house.clock.now() + _lease(house))
        return connection.execute(later).rowcount == 1


def note_progress(house: House, claim: Claim, stage: str, done: int, total: int) -> None:
    """What the run is at, for those who watch; left out where anything is in the way."""
    at = update(RUN).where(_own(claim)).values(stage=stage, stage_done=done, stage_total=total)
    with suppress(DBAPIError), house.store.note(wait=False) as connection:
        connection.execute(at)


def finish(house: House, claim: Claim, done: Done, *, posts: bool = False) -> None:
    """Results and the word ``done`` in one transaction. ``posts``: something is to be sent, so what was delivered is not
    known yet. Raises LostError where the run is another's by now; whatever
    ``done.write`` raises undoes all."""
    with house.store.write(claim.by) as unit:
        said, now = {"message": done.said[0], "message_zh": done.said[1]}, house.clock.now()
        fenced = update(RUN).where(_own(claim)).values(
            status=DONE, finished_at=now, lease_until=now, evaluated=done.evaluated, changed=done.changed,
            delivered=None if posts else 0,
            stage=None, stage_done=None, stage_total=None, **said,
        )  # fmt: skip
        if unit.connection.execute(fenced).rowcount != 1:
            raise LostError(claim.name)
        changed = done.write(unit) if done.write else None
        if changed is not None:
            unit.connection.execute(update(RUN).where(RUN.c.id == claim.id).values(changed=changed))


def unposted(connection: Connection, jobs: Collection[str], before: datetime) -> Sequence[Any]:
    """Runs that are done and have not sent what they send, the oldest first; ``before``: not those tried since."""
    r = RUN.c
    waiting = (r.status == DONE, r.delivered.is_(None), r.job.in_(jobs))
    due = or_(r.posted_at.is_(None), r.posted_at < before)
    return connection.execute(select(RUN).where(*waiting, due).order_by(r.finished_at, r.id)).all()


def claim_posting(house: House, id: int) -> bool:
    """Begin to make what a done run sends; nobody else begins before it is settled, or the lease over. A courtesy, for it
    is work: that nothing is queued twice is held by ``note_posting``."""
    now = house.clock.now()
    with house.store.note() as connection:
        mine = update(RUN).where(RUN.c.id == id, RUN.c.delivered.is_(None), _free(house, now))
        return connection.execute(mine.values(lease_until=now + _lease(house))).rowcount == 1


def note_posting(connection: Connection, id: int, **values: Any) -> bool:
    """Keep how the sending of a run stands, unless another worker has settled it."""
    mine = update(RUN).where(RUN.c.id == id, RUN.c.delivered.is_(None)).values(values)
    return connection.execute(mine).rowcount == 1


def note_delivered(connection: Connection, id: int, number: int) -> None:
    connection.execute(update(RUN).where(RUN.c.id == id).values(delivered=number))


def superseded_by(connection: Connection, run: Any) -> int | None:
    """The number of the newest done run of the same period, if that is a later one."""
    r = RUN.c
    later = (r.job == run.job, r.period == run.period, r.number > run.number, r.status == DONE)
    return connection.execute(select(func.max(r.number)).where(*later)).scalar()


def fail(house: House, claim: Claim, why: Said) -> bool:
    """The run came to nothing, and why. False: it is another's by now."""
    return _end(house, claim, FAILED, why)


def abandon(house: House, claim: Claim, why: Said) -> bool:
    """The run is given up half way, to be taken over at once."""
    return _end(house, claim, ABANDONED, why)


def _end(house: House, claim: Claim, status: str, why: Said) -> bool:
    with house.store.note() as connection:
        ended = update(RUN).where(_own(claim)).values(
            status=status, finished_at=house.clock.now(), message=why.en, message_zh=why.zh
        )  # fmt: skip
        return connection.execute(ended).rowcount == 1


def abandon_dead(house: House) -> int:
    """Mark the runs of workers that let their lease run out. Gives how many there were."""
    now = house.clock.now()
    with house.store.read() as connection:
        if connection.execute(select(RUN.c.id).where(_over(house, now)).limit(1)).first() is None:
            return 0
    with house.store.note() as connection:
        dead = update(RUN).where(_over(house, now))
        ended = dead.values(status=ABANDONED, finished_at=now, message=DIED.en, message_zh=DIED.zh)
        return connection.execute(ended).rowcount


def put_aside(house: House, id: int, by: str) -> bool:
    """Somebody has seen that a run failed and leaves it at that: it is shown as a failure no more, and not tried again by
    itself. False where it did not fail."""
    with house.store.note() as connection:
        aside = update(RUN).where(
            RUN.c.id == id, RUN.c.status.in_((FAILED, ABANDONED)), RUN.c.aside_at.is_(None)
        )
        return connection.execute(aside.values(aside_by=by, aside_at=house.clock.now())).rowcount == 1


def newest_run(connection: Connection, job: str, period: str) -> Any:
    """The run of a period with the highest number, or None."""
    of = select(RUN).where(RUN.c.job == job, RUN.c.period == period)
    return connection.execute(of.order_by(RUN.c.number.desc()).limit(1)).first()


def held(
    connection: Connection, job: str, first: str, newest: str
) -> tuple[str | None, Mapping[str, Standing]]:
    """The newest period up to ``newest`` that is done, and how the newest run of each period from ``first`` on stands."""
    r = RUN.c
    done = select(func.max(r.period)).where(r.job == job, r.period <= newest, r.status == DONE)
    rows = select(r.period, r.status, r.tries, r.finished_at, r.aside_at).where(
        r.job == job, r.period.between(first, newest)
    )
    found = connection.execute(rows.order_by(r.number))
    standing = {
        row.period: Standing(row.status, row.tries, row.finished_at, row.aside_at is not None)
        for row in found
    }
    return connection.execute(done).scalar(), standing
