"""The tables of accounts. They are no statements about firms: nothing is folded from them.

Secrets are never stored: a password as its scrypt hash, the tokens of sessions and of the API as their SHA-256 (they are
random, so a plain hash is enough).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, Date, Index, Text
from sqlmodel import Field, SQLModel

from registry.store.models import Instant

#: Tables whose rows pass away by themselves: they are left out of backups.
PASSING = {"info": {"passing": True}}


class Account(SQLModel, table=True):
    """Somebody who may sign in. ``login_key`` is the login in one form for all ways of writing it, so that no two accounts
    look alike. ``unit``: the management unit of a district officer. ``password_hash`` null: signs in elsewhere (OIDC)."""

    __tablename__ = "account"

    id: int | None = Field(default=None, primary_key=True)
    login: str
    login_key: str = Field(unique=True)
    display: str
    role: str
    unit: str | None = None
    password_hash: str | None = None
    must_change: bool = False
    active: bool = True
    oidc_subject: str | None = Field(default=None, unique=True)
    made_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    made_by: str


class AccountEvent(SQLModel, table=True):
    """What was done to an account, by whom and when. Append-only. ``what`` is a word of ``events.WORDS``."""

    __tablename__ = "account_event"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    by: str
    what: str
    detail: str | None = None


class SignedIn(SQLModel, table=True):
    """One browser that is signed in. Held until ``ended_at``, or until it is too old or too long idle."""

    __tablename__ = "session"

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    made_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    seen_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    user_agent: str = Field(default="", sa_column=Column(Text, nullable=False))
    address: str = ""
    __table_args__ = (PASSING,)


class ApiToken(SQLModel, table=True):
    """A key for programs. ``prefix`` is the part that is shown; ``reads_only``: it changes nothing, whatever the role."""

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    prefix: str
    name: str
    account_id: int = Field(foreign_key="account.id", index=True)
    reads_only: bool = True
    made_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    expires_on: date | None = Field(default=None, sa_column=Column(Date))
    used_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    revoked_at: datetime | None = Field(default=None, sa_column=Column(Instant))


class Attempt(SQLModel, table=True):
    """Wrong passwords in a row, for one account or one address (``key`` is a hash: what was typed may be a password)."""

    __tablename__ = "attempt"

    key: str = Field(primary_key=True)
    failures: int
    last_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    until: datetime | None = Field(default=None, sa_column=Column(Instant))
    __table_args__ = (Index("ix_attempt_last_at", "last_at"), PASSING)
