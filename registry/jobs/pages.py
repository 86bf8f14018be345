"""定时任务: what is done on schedule, the runs, running one by hand, and the failures that somebody has to see to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from registry import words
from registry.house import House
from registry.jobs import ledger, queries
from registry.jobs.due import WEEKDAYS, When, next_due
from registry.jobs.ledger import Claim
from registry.jobs.models import ABANDONED, DONE, FAILED, RUNNING, STATUSES
from registry.jobs.period import EXAMPLES, Rhythm
from registry.jobs.running import SCHEDULE, in_background, read_period
from registry.pages.asked import page_number
from registry.pages.blueprint import blueprint, table_file
from registry.refusals import MisusedError
from registry.room import NavItem, Permission, Todo
from registry.shell import roles, tables
from registry.shell.access import actor, allow, may
from registry.shell.languages import language
from registry.shell.serving import house
from registry.store.clock import SHANGHAI

PER_PAGE = 30
READ, RUN = "jobs.read", "jobs.run"

PERMISSIONS = (
    Permission(READ, lambda: _("See what is done on schedule"), roles.EVERYBODY - {roles.DISTRICT}),
    Permission(RUN, lambda: _("Run scheduled jobs by hand"), frozenset({roles.ADMINISTRATOR})),
)


def status_names() -> Mapping[str, str]:
    names = {RUNNING: _("running"), DONE: _("done"), FAILED: _("failed"), ABANDONED: _("abandoned")}
    return {status: names[status] for status in STATUSES}


def schedule_in_words(when: When) -> str:
    """``每月 1 日 02:30``."""
    time = f"{when.at:%H:%M}"
    match when.rhythm:
        case Rhythm.DAY:
            return str(_("daily at %(time)s", time=time))
        case Rhythm.WEEK:
            return str(_("weekly, on %(day)s at %(time)s", day=_weekday(when.days), time=time))
        case Rhythm.MONTH:
            return str(_("monthly, on day %(day)s at %(time)s", day=when.days + 1, time=time))
        case Rhythm.QUARTER:
            return str(
                _("quarterly, on day %(day)s of its first month at %(time)s", day=when.days + 1, time=time)
            )


def _weekday(days: int) -> str:
    names = (
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    )
    return str(dict(zip(WEEKDAYS, names, strict=True))[WEEKDAYS[days]])


def label(id: str) -> str:
    """A job's name; a job that is no more shows its id."""
    job = house().jobs.get(id)
    return id if job is None else job.label()


def message(row: Any) -> str:
    spoken = "" if language() == "en" else "_zh"
    said = [getattr(row, name + spoken) or getattr(row, name) for name in ("message", "unposted")]
    return "; ".join(filter(None, said)) if language() == "en" else "；".join(filter(None, said))


def asked_by(row: Any) -> str:
    return str(_("schedule")) if row.by == SCHEDULE else str(row.by)


def took(row: Any, now: datetime) -> str:
    """How long a run took, or has taken so far: ``0:07``, ``12:30``, ``2:05:00``. A clock that went back says nothing."""
    seconds = int(((row.finished_at or now) - row.started_at).total_seconds())
    if seconds < 0:
        return "–"
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


@blueprint.get("/jobs")
@allow(READ)
def jobs() -> str:
    return _page()


def _wanted(here: House) -> queries.Wanted:
    job, status = request.args.get("job", ""), request.args.get("status", "")
    return queries.Wanted(job if job in here.jobs else "", status if status in STATUSES else "")


def _page(typed: Mapping[str, str] | None = None, errors: Sequence[tuple[str, str]] = ()) -> str:
    here, wanted, page = house(), _wanted(house()), page_number()
    now, settings = here.clock.now(), here.settings.jobs
    with here.store.read() as connection:
        total = queries.number_of_runs(connection, wanted)
        page = min(page, max(1, -(-total // PER_PAGE)))
        rows = queries.runs(connection, wanted, PER_PAGE, (page - 1) * PER_PAGE)
        last = queries.last_runs(connection)
        going, broken = queries.going_on(connection), queries.broken(connection)
    listed = [
        {
            "id": job.id,
            "label": job.label(),
            "schedule": schedule_in_words(settings.when(job.rhythm)),
            "next": None if job.id in settings.off else next_due(settings.when(job.rhythm), now),
            "last": last.get(job.id),
        }
        for job in here.jobs.values()
    ]
    return render_template(
        "registry/jobs.html",
        jobs=listed,
        rows=rows,
        going=going,
        broken=broken,
        wanted=wanted,
        statuses=status_names(),
        page=page,
        paging=tables.numbered(page, PER_PAGE, total),
        on=settings.on,
        now=now,
        typed=request.args if typed is None else typed,
        errors=dict(errors),
        examples={str(rhythm): text for rhythm, text in EXAMPLES.items()},
        label=label,
        message=message,
        asked_by=asked_by,
        took=took,
        stage=lambda id: words.label("job_stage", id, language()),
    )


@blueprint.post("/jobs/run")
@allow(RUN)
def run_job() -> Any:
    """Begin a run and go back to the page, which shows how it goes on."""
    here, form = house(), request.form
    job = here.jobs.get(form.get("run", ""))
    if job is None:
        abort(400, description=_("There is no such job."))
    try:
        period = read_period(job, form.get("period", ""), here.clock.today())
    except MisusedError as error:
        return _page(form, [("period", error.in_language(language()))]), 422
    claimed = ledger.claim(here, job.id, period, actor().id, again=form.get("again") == "yes")
    about = {"job": job.label(), "period": period.id}
    if isinstance(claimed, Claim):
        in_background(here, job, claimed)
        flash(_("%(job)s %(period)s has begun.", **about), "good")
    elif claimed.status == DONE:
        flash(
            _("%(job)s %(period)s is done already. To run it anew, choose “run again”; the earlier run stays.", **about),
            "warn",
        )  # fmt: skip
    else:
        flash(_("%(job)s %(period)s is running already.", **about), "warn")
    return redirect(url_for("registry.jobs"), 303)


@blueprint.post("/jobs/runs/<int:id>/aside")
@allow(RUN)
def put_run_aside(id: int) -> Response:
    """A failure that somebody has seen and leaves at that."""
    here = house()
    with here.store.read() as connection:
        if queries.one_run(connection, id) is None:
            abort(404)
    if ledger.put_aside(here, id, actor().id):
        flash(_("The failure is put aside; it is not tried again by itself."), "good")
    else:
        flash(_("This run did not fail, or was put aside before."), "warn")
    return redirect(url_for("registry.jobs"), 303)


@blueprint.get("/jobs/runs<suffix>")
@allow(READ)
def export_runs(suffix: str) -> Response:
    """The runs that the page lists, as a file."""
    here = house()
    with here.store.read() as connection:
        found = queries.runs(connection, _wanted(here))
    names = status_names()
    header = [
        _("Job"), _("Period of the run"), _("Run no."), _("Status"), _("Started"), _("Ended"), _("Asked for by"),
        _("Evaluated"), _("Changed"), _("Delivered"), _("Message"),
    ]  # fmt: skip
    rows = (
        [label(row.job), row.period, row.number, names[row.status], _wall(row.started_at), _wall(row.finished_at),
         asked_by(row), row.evaluated, row.changed, row.delivered, message(row)]
        for row in found
    )  # fmt: skip
    return table_file(f"jobs-{here.clock.today()}", suffix, _("Scheduled jobs"), header, rows)


def _wall(instant: datetime | None) -> str | None:
    return None if instant is None else f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def mark() -> tuple[int, str] | None:
    """Failures that nobody has seen to, for those who can."""
    if not may(RUN):
        return None
    with house().store.read() as connection:
        number = queries.number_broken(connection)
    return (number, _("runs that failed")) if number else None


def _failures(here: House, _by: str, _unit: str | None) -> list[tuple[str, int, str]]:
    with here.store.read() as connection:
        found = queries.broken(connection)
    by_job: dict[str, list[Any]] = {}
    for row in found:
        by_job.setdefault(row.job, []).append(row)
    return [
        (
            _(
                "%(job)s %(period)s: %(status)s",
                job=label(job),
                period=rows[0].period,
                status=message(rows[0]),
            ),
            len(rows),
            url_for("registry.jobs", job=job),
        )
        for job, rows in by_job.items()
    ]


NAVIGATION = (NavItem("jobs", "registry.jobs", "clock-history", lambda: _("Scheduled jobs"), 84, mark),)
TODO = Todo(
    "jobs",
    lambda: _("Scheduled jobs that failed"),
    lambda: _("by job, with the newest reason"),
    RUN,
    70,
    links=_failures,
)
