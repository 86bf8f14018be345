"""Sending what runs send, after they are done: made from what is on record, queued once, then delivered.

A run says ``delivered`` only when its parcels are in the outbox, in the transaction that puts them there. Whoever dies
before leaves it to the next look; whoever comes second finds it settled.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import DBAPIError

from registry.delivery.parcel import Parcel
from registry.delivery.queue import queue
from registry.delivery.sending import send_due
from registry.house import House
from registry.jobs import ledger, queries
from registry.jobs.job import Finished
from registry.jobs.period import parse
from registry.jobs.reasons import EXPECTED, reason
from registry.said import Said

log = logging.getLogger(__name__)
BY = "schedule"


def post_due(house: House) -> None:
    """Queue what done runs send and have not sent, then send whatever is due. Errors are kept with the run."""
    posting = [job.id for job in house.jobs.values() if job.post]
    before = house.clock.now() - timedelta(minutes=house.settings.jobs.retry_minutes)
    with house.store.read() as connection:
        waiting = ledger.unposted(connection, posting, before)
    for run in waiting:
        _post(house, run)
    try:
        send_due(house)
    except Exception:  # the next look tries again
        log.exception("the outbox could not be emptied")


def _post(house: House, run: Any) -> None:
    job = house.jobs[run.job]
    assert job.post
    try:
        parcels = job.post(house, Finished(run.job, parse(run.period), run.number - 1, run.known_at))
        with house.store.write(BY) as unit:
            # Claimed before anything is queued: of two that post at once, the second queues nothing.
            if ledger.note_posting(unit.connection, run.id, delivered=0, unposted=None, unposted_zh=None):
                ledger.note_delivered(unit.connection, run.id, queue(house, unit, parcels))
    except Exception as error:
        if not isinstance(error, EXPECTED):
            log.exception("%s %s could not be sent", run.job, run.period)
        _keep(house, run, reason(error))


def _keep(house: House, run: Any, why: Said) -> None:
    said = {"posted_at": house.clock.now(), "unposted": why.en, "unposted_zh": why.zh}
    try:
        with house.store.note() as connection:
            ledger.note_posting(connection, run.id, **said)
    except DBAPIError as error:
        log.warning("%s %s: that it was not sent could not be kept: %s", run.job, run.period, error.orig)


def tell_of_failure(house: House, id: int) -> None:
    """Send those on the list ``failures`` word of a run that failed, once for each try."""
    with house.store.read() as connection:
        run = queries.one_run(connection, id)
    job = house.jobs[run.job]
    title = (f"任务失败：{run.job} {run.period}", f"Job failed: {run.job} {run.period}")
    text = (
        f"任务 {job.id}（周期 {run.period}，第 {run.number} 次运行，第 {run.tries} 次尝试）失败：\n{run.message_zh}\n\n"
        f"Job {job.id}, period {run.period}, run {run.number}, try {run.tries}, failed:\n{run.message}\n"
    )
    parcel = Parcel(f"{run.job}/{run.period}/{run.number}/failed/{run.tries}", title, text, to="failures")
    with house.store.write(BY) as unit:
        queued = queue(house, unit, [parcel])
    if queued:
        send_due(house)
