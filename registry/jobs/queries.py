"""What pages and commands read from the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select

from registry.house import House
from registry.jobs.due import next_due
from registry.jobs.ledger import RUN
from registry.jobs.models import ABANDONED, FAILED, RUNNING
from registry.store.clock import instant_text


@dataclass(frozen=True)
class Wanted:
    """Which runs: of a job, with a status; "" stands for all."""

    job: str = ""
    status: str = ""


def _runs(wanted: Wanted) -> Select[Any]:
    twin = RUN.alias()
    later = select(twin.c.id).where(
        twin.c.job == RUN.c.job, twin.c.period == RUN.c.period, twin.c.number > RUN.c.number,
        twin.c.status == "done",
    )  # fmt: skip
    query = select(RUN, later.exists().label("superseded"))
    if wanted.job:
        query = query.where(RUN.c.job == wanted.job)
    if wanted.status:
        query = query.where(RUN.c.status == wanted.status)
    return query.order_by(RUN.c.started_at.desc(), RUN.c.id.desc())


def runs(connection: Connection, wanted: Wanted, limit: int | None = None, offset: int = 0) -> Sequence[Any]:
    """Runs with ``superseded`` (a later run of the same period is done), the last begun first."""
    return connection.execute(_runs(wanted).limit(limit).offset(offset)).all()


def number_of_runs(connection: Connection, wanted: Wanted) -> int:
    of = _runs(wanted).order_by(None).with_only_columns(RUN.c.id).subquery()
    return connection.execute(select(func.count()).select_from(of)).scalar_one()


def one_run(connection: Connection, id: int) -> Any:
    return connection.execute(select(RUN).where(RUN.c.id == id)).first()


def last_runs(connection: Connection) -> Mapping[str, Any]:
    """Job → the run that was begun last."""
    place = func.row_number().over(
        partition_by=RUN.c.job, order_by=(RUN.c.started_at.desc(), RUN.c.id.desc())
    )
    ranked = select(RUN, place.label("place")).subquery()
    return {row.job: row for row in connection.execute(select(ranked).where(ranked.c.place == 1))}


def going_on(connection: Connection) -> Sequence[Any]:
    """The runs that somebody is at."""
    return connection.execute(
        select(RUN).where(RUN.c.status == RUNNING).order_by(RUN.c.started_at, RUN.c.id)
    ).all()


#: Runs that failed or were left by a dead worker and that nobody has put aside, and those that could not send what they send.
STANDING = or_(
    and_(or_(RUN.c.status == FAILED, RUN.c.status == ABANDONED), RUN.c.aside_at.is_(None)),
    and_(RUN.c.delivered.is_(None), RUN.c.unposted.is_not(None)),
)
#: Asked by every page of those who can see to them.
NUMBER_STANDING = select(func.count()).where(STANDING)


def broken(connection: Connection) -> Sequence[Any]:
    """The runs that somebody has to see to; the last begun first."""
    standing = select(RUN).where(STANDING)
    return connection.execute(standing.order_by(RUN.c.started_at.desc(), RUN.c.id.desc())).all()


def number_broken(connection: Connection) -> int:
    return connection.execute(NUMBER_STANDING).scalar_one()


def document(row: Any) -> dict[str, Any]:
    """A run as it is answered."""
    return {
        "job": row.job,
        "period": row.period,
        "number": row.number,
        "status": row.status,
        "by": row.by,
        "owner": row.owner,
        "tries": row.tries,
        "known_at": instant_text(row.known_at),
        "started_at": instant_text(row.started_at),
        "finished_at": None if row.finished_at is None else instant_text(row.finished_at),
        "evaluated": row.evaluated,
        "changed": row.changed,
        "delivered": row.delivered,
        "message": row.message,
        "unposted": row.unposted,
    }


def listed(house: House) -> list[dict[str, Any]]:
    """Every job with its schedule, the instant of its next run (null: the schedule leaves it alone), and its last run."""
    settings, now = house.settings.jobs, house.clock.now()
    with house.store.read() as connection:
        last = last_runs(connection)
    found: list[dict[str, Any]] = []
    for job in house.jobs.values():
        when, run = settings.when(job.rhythm), last.get(job.id)
        found.append({
            "id": job.id, "schedule": f"{job.rhythm} {when.text}",
            "next": None if job.id in settings.off else instant_text(next_due(when, now)),
            "last": None if run is None else {"period": run.period, "status": run.status},
        })  # fmt: skip
    return found
