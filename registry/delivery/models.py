"""The outbox: one row for each parcel and address, written with what is delivered, kept for ever as its receipt."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from registry.store.models import Instant

WAITING, SENDING, SENT, FAILED, GIVEN_UP = "waiting", "sending", "sent", "failed", "given_up"
STATUSES = (WAITING, SENDING, SENT, FAILED, GIVEN_UP)
#: Still to be tried without anybody's doing.
OPEN = (WAITING, FAILED)


class Delivery(SQLModel, table=True):
    """One parcel to one address. ``purpose``: the list that the address stands on. ``files``: JSON, ``[{"name", "sha256",
    "size"}]``; the bytes lie in the outbox. ``failed`` is tried again at ``next_at``, ``given_up`` only when somebody
    says so. While it is ``sending``, ``owner`` holds it until ``lease_until``. ``reason``: a word of
    ``registry.delivery.outcome.REASONS``; ``message``: what the other side said."""

    __tablename__ = "delivery"

    id: int | None = Field(default=None, primary_key=True)
    parcel: str
    channel: str
    address: str
    purpose: str
    subject: str
    subject_en: str
    text: str = Field(sa_column=Column(Text, nullable=False))
    files: str = Field(default="[]", sa_column=Column(Text, nullable=False))
    status: str = WAITING
    tries: int = 0
    next_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    lease_until: datetime | None = Field(default=None, sa_column=Column(Instant))
    owner: str | None = None
    sent_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    receipt: str | None = Field(default=None, sa_column=Column(Text))
    reason: str | None = None
    message: str | None = Field(default=None, sa_column=Column(Text))
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    __table_args__ = (
        UniqueConstraint("parcel", "channel", "address"),
        Index("ix_delivery_status_next_at", "status", "next_at"),
    )
