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
    _send(house)


def post_now(house: House, run: Any) -> None:
    """The same for one run that is done, without waiting for the pause after a failure: somebody asks for it."""
    if run.delivered is None:
        _post(house, run)
        _send(house)


def _send(house: House) -> None:
    try:
        send_due(house)
    except Exception:  # the next look tries again
        log.exception("the outbox could not be emptied")


def _post(house: House, run: Any) -> None:
    job = house.jobs[run.job]
    if job.post is None or not ledger.claim_posting(house, run.id):
        return
    try:
        with house.store.read() as connection:
            later = ledger.superseded_by(connection, run)
        done = Finished(run.job, parse(run.period), run.number - 1, run.known_at)
        parcels = () if later else job.post(house, done)
        why = _overtaken(later) if later else Said("", "")
        with house.store.write(BY) as unit:
            # Settled before anything is queued: of two that post at once, the second queues nothing.
            settled = {"delivered": 0, "unposted": why.en or None, "unposted_zh": why.zh or None}
            if ledger.note_posting(unit.connection, run.id, **settled):
                ledger.note_delivered(unit.connection, run.id, queue(house, unit, parcels))
    except Exception as error:
        if not isinstance(error, EXPECTED):
            log.exception("%s %s could not be sent", run.job, run.period)
        _keep(house, run, reason(error))


def _overtaken(number: int) -> Said:
    return Said(
        f"nothing was sent: run {number} had superseded it", f"未发送：第 {number} 次运行已取代本次运行"
    )


def _keep(house: House, run: Any, why: Said) -> None:
    now = house.clock.now()
    said = {"posted_at": now, "lease_until": now, "unposted": why.en, "unposted_zh": why.zh}
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
