"""The ledger of runs. Inserting a row is the lock: (job, period, number) is unique, so a period is one worker's at a time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from registry.store.models import Instant

RUNNING, DONE, FAILED, ABANDONED = "running", "done", "failed", "abandoned"
STATUSES = (RUNNING, DONE, FAILED, ABANDONED)


class JobRun(SQLModel, table=True):
    """One run of a job for a period. ``number`` 1 is the first; a higher one was asked for again and supersedes the lower.

    ``owner`` names the worker that has it until ``lease_until``, which it keeps pushing on; ``tries`` counts how often it was
    begun. ``known_at``: what the register knew at the first run of the period, kept by all later ones. What it came to
    (``evaluated``, ``changed``) is null until it is done, ``delivered`` until what it sends is queued; ``posted_at``: when
    that was last tried in vain, ``unposted`` and ``unposted_zh``: why. ``message`` says in English what it came to,
    ``message_zh`` in Chinese. ``stage``: what it is at, ``stage_done`` of ``stage_total``. ``aside_by``: who put its
    failure aside.
    """

    __tablename__ = "job_run"

    id: int | None = Field(default=None, primary_key=True)
    job: str
    period: str
    number: int = 1
    status: str = Field(index=True)
    owner: str
    by: str
    tries: int = 1
    known_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    lease_until: datetime = Field(sa_column=Column(Instant, nullable=False))
    started_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    finished_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    evaluated: int | None = None
    changed: int | None = None
    delivered: int | None = None
    message: str | None = Field(default=None, sa_column=Column(Text))
    message_zh: str | None = Field(default=None, sa_column=Column(Text))
    stage: str | None = None
    stage_done: int | None = None
    stage_total: int | None = None
    posted_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    unposted: str | None = Field(default=None, sa_column=Column(Text))
    unposted_zh: str | None = Field(default=None, sa_column=Column(Text))
    aside_by: str | None = None
    aside_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    __table_args__ = (
        UniqueConstraint("job", "period", "number", name="uq_job_run_job_period_number"),
        Index("ix_job_run_started_at", "started_at"),
    )
