"""The only way to change an account. Every change says who made it and when (``account_event``).

Changes go through the one unit of work, so they come one at a time: two administrators cannot disable each other at the
same moment and leave nobody.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from registry.accounts import passwords, sessions, throttling, tokens
from registry.accounts.models import AccountEvent
from registry.accounts.naming import key_of, read_login
from registry.accounts.sessions import ACCOUNT
from registry.house import House
from registry.said import SaidError
from registry.shell.roles import ADMINISTRATOR, DISTRICT, ROLES
from registry.store.engine import Write

EVENT: Any = AccountEvent.__table__  # type: ignore[attr-defined]
NAME_LONGEST = 80


class AccountError(SaidError):
    """The change is refused. ``field``: what of a form it is about."""

    def __init__(self, en: str, zh: str, field: str = "") -> None:
        super().__init__(en, zh)
        self.field = field


def add(house: House, login: str, role: str, by: str, *, display: str = "", unit: str | None = None,
        password: str | None = None, must_change: bool = False, subject: str | None = None,
        first: bool = False) -> int | None:  # fmt: skip
    """A new account; gives its id. ``first``: only where there is none at all yet (None otherwise). Without a password it
    can sign in by the identity provider alone. Raises AccountError, LoginError, PasswordError."""
    login = read_login(login)
    _check_role(house, role, unit)
    kept = _hashed(house, password, login) if password is not None else None
    with house.store.write(by) as work:
        held = work.connection.execute(select(func.count()).select_from(ACCOUNT)).scalar()
        if first and held:
            return None
        if work.connection.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.login_key == key_of(login))).first():
            raise AccountError(
                f"there is an account “{login}” already; choose another name",
                f"已有账号“{login}”，请换一个登录名", "login",
            )  # fmt: skip
        made: Any = work.connection.execute(
            insert(ACCOUNT).values(
                login=login, login_key=key_of(login), display=_shown(display) or login, role=role, unit=unit,
                password_hash=kept, must_change=must_change, active=True, oidc_subject=subject, made_at=work.at, made_by=by,
            )
        ).inserted_primary_key  # fmt: skip
        _say(work, made[0], "made", " ".join(filter(None, (role, unit))))
        return int(made[0])


def change(house: House, account: int, by: str, *, display: str, role: str, unit: str | None) -> None:
    """Name, role and unit of an account. Takes effect with its next request."""
    _check_role(house, role, unit)
    with house.store.write(by) as work:
        row = _row(work.connection, account)
        if row.role == ADMINISTRATOR and role != ADMINISTRATOR:
            _keep_an_administrator(work.connection, row)
        now = {"display": _shown(display) or row.login, "role": role, "unit": unit}
        for what, value in now.items():
            if value != getattr(row, what):
                _say(work, account, what, f"{getattr(row, what) or '–'} → {value or '–'}")
        work.connection.execute(update(ACCOUNT).where(ACCOUNT.c.id == account).values(now))


def set_active(house: House, account: int, by: str, active: bool) -> None:
    """Disabling ends every session at once; tokens of a disabled account are not served."""
    with house.store.write(by) as work:
        row = _row(work.connection, account)
        if bool(row.active) == active:
            return
        if not active:
            _keep_an_administrator(work.connection, row)
            sessions.end(work.connection, account, work.at)
        work.connection.execute(update(ACCOUNT).where(ACCOUNT.c.id == account).values(active=active))
        _say(work, account, "enabled" if active else "disabled")


def set_password(house: House, account: int, by: str, password: str, *, must_change: bool = False,
                 keep_session: int | None = None) -> None:  # fmt: skip
    """A new password. All other sessions end; waits for wrong passwords are over. Raises PasswordError."""
    with house.store.read() as connection:
        login = _row(connection, account).login
    kept = _hashed(house, password, login)
    with house.store.write(by) as work:
        work.connection.execute(
            update(ACCOUNT).where(ACCOUNT.c.id == account).values(password_hash=kept, must_change=must_change)
        )
        sessions.end(work.connection, account, work.at, but=keep_session)
        throttling.clear(work.connection, login)
        _say(work, account, "password_reset" if must_change else "password_changed")


def end_sessions(house: House, account: int, by: str) -> int:
    """Sign an account out everywhere. Gives how many sessions were open."""
    with house.store.write(by) as work:
        _row(work.connection, account)
        ended = sessions.end(work.connection, account, work.at)
        _say(work, account, "sessions_ended", str(ended))
        return ended


def make_token(house: House, account: int, by: str, name: str, expires_on: date, reads_only: bool) -> str:
    """A new API token, seen whole only here. Raises AccountError."""
    name, today = _shown(name), house.clock.today()
    if not name:
        raise AccountError("give the token a name, such as the program that uses it",
                           "请为令牌取个名字，例如使用它的程序", "name")  # fmt: skip
    longest = house.settings.accounts.token_days
    if not 0 <= (expires_on - today).days <= longest:
        raise AccountError(f"choose a last day from today to {longest} days from now",
                           f"请选择今天起 {longest} 天以内的到期日", "expires_on")  # fmt: skip
    with house.store.write(by) as work:
        held = tokens.held(work.connection, account)
        if any(one.name == name for one in held):
            raise AccountError(f"a token “{name}” is there already; choose another name or revoke that one",
                               f"已有名为“{name}”的令牌，请换个名字或先撤销它", "name")  # fmt: skip
        token = tokens.make(work.connection, account, name, expires_on, reads_only, work.at)
        _say(work, account, "token_made", f"{name} ({token[: tokens.SHOWN]}…)")
        return token


def revoke_token(house: House, account: int, by: str, token: int) -> bool:
    with house.store.write(by) as work:
        name = tokens.revoke(work.connection, account, token, work.at)
        if name is not None:
            _say(work, account, "token_revoked", name)
        return name is not None


def link(house: House, account: int, subject: str, by: str) -> None:
    """The identity provider's name for the person; an account that was made without a password waits for it."""
    with house.store.write(by) as work:
        work.connection.execute(update(ACCOUNT).where(ACCOUNT.c.id == account).values(oidc_subject=subject))
        _say(work, account, "linked", subject)


def read_unit(house: House, text: str) -> str | None:
    """A management unit by id or name; None for nothing typed. Raises AccountError."""
    if not text.strip():
        return None
    place = house.places.read_district(text.strip())
    unit = place.area or place.district
    if unit is None:
        raise AccountError(
            f"“{text}” is no district or functional area of the city",
            f"“{text}”不是本市的区县或功能区", "unit",
        )  # fmt: skip
    return unit


def _check_role(house: House, role: str, unit: str | None) -> None:
    if role not in ROLES:
        raise AccountError(f"“{role}” is no role; the roles are {', '.join(ROLES)}",
                           f"没有“{role}”这个角色；可用：{'、'.join(ROLES)}", "role")  # fmt: skip
    if role == DISTRICT and unit is None:
        raise AccountError("a district officer needs the district or functional area",
                           "区县经办人须指定区县或功能区", "unit")  # fmt: skip
    if role != DISTRICT and unit is not None:
        raise AccountError("only a district officer is limited to a unit; leave it empty for this role",
                           "只有区县经办人限定于管理单元，此角色请留空", "unit")  # fmt: skip
    if unit is not None and unit not in house.places.names:
        raise AccountError(f"“{unit}” is no district or functional area of the city",
                           f"“{unit}”不是本市的区县或功能区", "unit")  # fmt: skip


def _hashed(house: House, password: str, login: str) -> str:
    wanted = house.settings.accounts
    passwords.check(password, login, wanted.min_length)
    return passwords.hashed(password, wanted.hashing)


def _shown(text: str) -> str:
    return "".join(c for c in text if c.isprintable()).strip()[:NAME_LONGEST]


def _row(connection: Connection, account: int) -> Any:
    row = connection.execute(select(ACCOUNT).where(ACCOUNT.c.id == account)).first()
    if row is None:
        raise AccountError(f"there is no account {account}", f"没有账号 {account}")
    return row


def _keep_an_administrator(connection: Connection, row: Any) -> None:
    """Raises AccountError where this is the last administrator who can sign in."""
    a = ACCOUNT.c
    others = select(a.id).where(
        a.role == ADMINISTRATOR, a.active.is_(True), a.id != row.id,
        (a.password_hash.is_not(None)) | (a.oidc_subject.is_not(None)),
    )  # fmt: skip
    if row.role == ADMINISTRATOR and not connection.execute(others.limit(1)).first():
        raise AccountError(
            f"{row.login} is the last administrator; make another one first",
            f"{row.login} 是最后一位管理员，请先增设一位", "role",
        )  # fmt: skip


def _say(work: Write, account: int, what: str, detail: str = "") -> None:
    work.connection.execute(
        insert(EVENT).values(account_id=account, at=work.at, by=work.by, what=what, detail=detail or None)
    )
