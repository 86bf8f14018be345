"""What is done on schedule and what was delivered, over the API: the documents of ``jobs`` and ``deliveries``."""

from __future__ import annotations

from flask import Response, request
from pydantic import BaseModel, ConfigDict

from registry.api.arguments import LIMIT, MOST, one_of_asked, whole_asked
from registry.api.blueprint import blueprint
from registry.delivery.models import STATUSES as DELIVERED
from registry.delivery.parcel import CHANNELS
from registry.delivery.queries import deliveries as sent
from registry.delivery.queries import document as delivery_document
from registry.jobs import ledger, queries
from registry.jobs.job import Job
from registry.jobs.ledger import Claim
from registry.jobs.models import DONE, STATUSES
from registry.jobs.pages import READ, RUN
from registry.jobs.running import in_background, read_period
from registry.shell.access import actor, allow
from registry.shell.api import (
    COUNT,
    MAYBE,
    TEXT,
    WHOLE,
    ApiError,
    Parameter,
    answer,
    body_of,
    described,
    listing,
    record,
)
from registry.shell.serving import house

PER_ANSWER = 50
_RUN = record(
    job=TEXT, period=TEXT, number=WHOLE, status=TEXT, by=TEXT, owner=TEXT, tries=WHOLE, known_at=TEXT, started_at=TEXT,
    finished_at=MAYBE, evaluated=COUNT, changed=COUNT, delivered=COUNT, message=MAYBE, unposted=MAYBE,
)  # fmt: skip
_DELIVERY = record(
    id=WHOLE, parcel=TEXT, channel=TEXT, address=TEXT, to=TEXT, subject=TEXT, files=listing({"type": "object"}), status=TEXT,
    tries=WHOLE, next_at=MAYBE, sent_at=MAYBE, receipt=MAYBE, reason=MAYBE, message=MAYBE, created_at=TEXT,
)  # fmt: skip


class NewRun(BaseModel):
    """``period``: such as 2025-12; the one that ended last where none is given."""

    model_config = ConfigDict(extra="forbid", strict=True)

    period: str = ""


@blueprint.get("/jobs")
@allow(READ)
@described(
    "What is done on schedule, with the next time and the last run",
    "定时任务：排程、下次时间与最近一次执行",
    shape=listing(record(id=TEXT, schedule=TEXT, next=MAYBE, last={"type": ["object", "null"]})),
    example="/jobs",
)
def scheduled_jobs() -> Response:
    return answer(queries.listed(house()))


@blueprint.get("/jobs/runs")
@allow(READ)
@described(
    "The runs of scheduled jobs, the last begun first",
    "定时任务的执行记录，最近的在前",
    Parameter("job", "of one job only", "某一任务", "monthly-count"),
    Parameter("status", "with one status only", "某一状态", "failed", one_of=STATUSES),
    LIMIT,
    shape=listing(_RUN),
    example="/jobs/runs?status=failed",
)
def runs_of_jobs() -> Response:
    here = house()
    id, status = request.args.get("job", "").strip(), one_of_asked("status", STATUSES)
    if id:
        _job(id)
    with here.store.read() as connection:
        rows = queries.runs(connection, queries.Wanted(id, status or ""), _limit())
        return answer([queries.document(row) for row in rows])


@blueprint.post("/jobs/<id>/runs")
@allow(RUN)
@described(
    "Run a job for a period now, beside the requests: 202 with the run that has begun, 200 where it is done (already) or "
    "running (busy), so that a request sent twice runs it once",
    "立即执行某一周期的任务：已开始返回 202；已完成（already）或正在执行（busy）返回 200，重复发送只执行一次",
    Parameter("id", "a job", "任务", "freshness", place="path"),
    shape=record(**_RUN["properties"], outcome=TEXT), body=NewRun, statuses=(200, 202),
    example='{"period": "2025-12-31"}',
)  # fmt: skip
def run_a_job(id: str) -> Response:
    here, job, wanted = house(), _job(id), body_of(NewRun)
    period = read_period(job, wanted.period, here.clock.today())
    claimed = ledger.claim(here, job.id, period, actor().id)
    if not isinstance(claimed, Claim):
        outcome = "already" if claimed.status == DONE else "busy"
        return answer({**queries.document(claimed), "outcome": outcome})
    with here.store.read() as connection:
        begun = queries.document(queries.one_run(connection, claimed.id))
    in_background(here, job, claimed)
    response = answer({**begun, "outcome": "begun"})
    response.status_code = 202
    return response


@blueprint.get("/deliveries")
@allow("deliveries.read")
@described(
    "What went to folder, mail and webhook, and what did not arrive, the newest first",
    "投递记录：已送达与未送达，最近的在前",
    Parameter("status", "in one state only", "某一状态", "given_up", one_of=DELIVERED),
    Parameter("channel", "of one channel only", "某一渠道", "mail", one_of=CHANNELS),
    LIMIT,
    shape=listing(_DELIVERY),
    example="/deliveries?status=given_up",
)  # fmt: skip
def delivered() -> Response:
    status, channel = one_of_asked("status", DELIVERED), one_of_asked("channel", CHANNELS)
    with house().store.read() as connection:
        return answer([delivery_document(row) for row in sent(connection, status, channel, _limit())])


def _limit() -> int:
    return whole_asked("limit", range(1, MOST + 1)) or PER_ANSWER


def _job(id: str) -> Job:
    known = house().jobs
    if id not in known:
        raise ApiError(
            404,
            "unknown_job",
            f"there is no job {id}; the jobs are {', '.join(known)}",
            f"没有定时任务“{id}”；现有：{'、'.join(known)}",
        )
    return known[id]
