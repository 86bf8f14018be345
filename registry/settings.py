"""Settings: ``config.toml``, typed, with environment overrides. Wrong keys and types stop the start, saying where."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Literal, get_origin
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from registry.jobs.due import When, read_when
from registry.jobs.period import Rhythm

ROOT = Path(__file__).resolve().parent.parent
#: Settings that are not repeated where they are wrong: somebody may have written a secret there.
UNSAID = frozenset({"delivery.webhooks"})


class SettingsError(Exception):
    """A setting is unknown, missing or of the wrong type; the message names file, key and expected type."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class City(_Section):
    code: str = Field(pattern=r"^\d{6}$")
    name: str
    name_en: str


class Database(_Section):
    url: str


class Paths(_Section):
    var: str


class Web(_Section):
    host: str
    port: int = Field(ge=0, le=65535)
    hosts: list[str]
    behind_proxy: bool
    page_rows: int = Field(ge=1, le=1000)
    search_rows: int = Field(ge=1, le=1000)
    max_upload_mb: int = Field(ge=1)


class Accounts(_Section):
    min_length: int = Field(ge=8, le=64)
    attempts: int = Field(ge=1)
    address_attempts: int = Field(ge=1)
    wait_minutes: int = Field(ge=1)
    longest_wait_minutes: int = Field(ge=1)
    idle_hours: int = Field(ge=1)
    absolute_hours: int = Field(ge=1)
    token_days: int = Field(ge=1)
    hashing: str = Field(pattern=r"^scrypt:[1-9]\d*:[1-9]\d*:[1-9]\d*$")

    @field_validator("hashing")
    @classmethod
    def _power_of_two(cls, value: str) -> str:
        rounds = int(value.split(":")[1])
        if rounds < 256 or rounds & (rounds - 1):
            raise ValueError("expected scrypt:N:r:p with N a power of two, 256 or more")
        return value


class Oidc(_Section):
    issuer: str
    client_id: str
    client_secret: str
    label: str
    label_en: str
    login_claim: str
    name_claim: str
    role_claim: str
    unit_claim: str
    roles: list[str]

    @field_validator("issuer")
    @classmethod
    def _address(cls, value: str) -> str:
        local = value.startswith(("http://127.0.0.1", "http://[::1]", "http://localhost"))
        if value and not value.startswith("https://") and not local:
            raise ValueError("expected an address that begins with https://")
        return value.rstrip("/")

    @field_validator("roles")
    @classmethod
    def _pairs(cls, value: list[str]) -> list[str]:
        if wrong := [pair for pair in value if not all(pair.partition("=")[::2])]:
            raise ValueError(f"expected pairs such as sme-editors=editor, not {wrong[0]!r}")
        return value


class Quality(_Section):
    titles: list[str]
    order: list[str]


class Listed(_Section):
    boards: list[str]


class FiguresYear(_Section):
    closing_day: str

    @field_validator("closing_day")
    @classmethod
    def _month_and_day(cls, value: str) -> str:
        month, dash, day = value.partition("-")
        if not (dash and month.isdigit() and day.isdigit() and 1 <= int(month) <= 12 and 1 <= int(day) <= 31):
            raise ValueError("expected a month and day such as 06-30")
        return f"{int(month):02d}-{int(day):02d}"


class Review(_Section):
    grace_days: int = Field(ge=0)
    max_days: int = Field(ge=0)
    include_review_pending: bool
    whole_round: float = Field(gt=0, le=1)


class Targets(_Section):
    plan: str


class Forecast(_Section):
    months: int = Field(ge=1, le=60)
    simulations: int = Field(ge=100, le=20_000)
    seed: int = Field(ge=0)
    near_rate: float = Field(gt=0, lt=1)


class Membership(_Section):
    confirm_leavers: float = Field(ge=0, le=1)


class Limits(_Section):
    rows: int = Field(ge=1)
    bulk: int = Field(ge=1)
    columns: int = Field(ge=1)
    cells: int = Field(ge=1)
    cell_chars: int = Field(ge=1)
    unpacked_mb: int = Field(ge=1)
    unpack_ratio: int = Field(ge=2)
    api_rows: int = Field(ge=1)
    text_mb: int = Field(ge=1)
    pages: int = Field(ge=1)
    pdf_memory_mb: int = Field(ge=128)
    pdf_seconds: int = Field(ge=1)


class Documents(_Section):
    max_mb: int = Field(ge=1)
    types: list[Literal["pdf", "docx", "xlsx", "jpg", "png"]]


class Jobs(_Section):
    on: bool
    day: str
    week: str
    month: str
    quarter: str
    off: list[str]
    catch_up: int = Field(ge=1, le=1000)
    tries: int = Field(ge=1)
    retry_minutes: int = Field(ge=0, le=100_000)
    lease_seconds: int = Field(ge=1, le=86_400)
    look_seconds: int = Field(ge=1, le=86_400)
    rest_seconds: int = Field(ge=0, le=86_400)

    @field_validator(*Rhythm)
    @classmethod
    def _time(cls, value: str, about: ValidationInfo) -> str:
        return read_when(Rhythm(about.field_name or ""), value).text

    def when(self, rhythm: Rhythm) -> When:
        """The time at which the runs of a rhythm are due."""
        return read_when(rhythm, getattr(self, rhythm))


class Backup(_Section):
    folder: str
    keep: int = Field(ge=1)


class Freshness(_Section):
    filed_days: list[str]
    fact_days: list[str]

    @field_validator("filed_days", "fact_days")
    @classmethod
    def _pairs(cls, value: list[str]) -> list[str]:
        for pair in value:
            kind, _mark, days = pair.partition("=")
            if not kind or not (days.isascii() and days.isdigit() and len(days) < 6):
                raise ValueError(f"expected pairs such as titles=120, not {pair!r}")
        return value

    @staticmethod
    def days(pairs: list[str]) -> dict[str, int]:
        """Kind of list → days."""
        return {kind: int(days) for kind, _mark, days in (pair.partition("=") for pair in pairs)}


#: The lists of [delivery] mail and webhooks, and an address of mail as it travels.
_LIST = re.compile(r"bulletins|failures|notices|districts:[0-9]{6}")
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")


def _address(pair: str) -> str:
    """The address of ``LIST=ADDRESS``; nothing where the list is none."""
    name, _mark, address = pair.partition("=")
    return address.strip() if _LIST.fullmatch(name.strip()) else ""


class Delivering(_Section):
    folder: str
    smtp_host: str
    smtp_port: int = Field(ge=1, le=65535)
    smtp_security: Literal["starttls", "ssl", "none"]
    smtp_user: str
    smtp_ca: str
    sender: str
    mail: list[str]
    webhooks: list[str]
    webhook_ca: str
    webhook_mb: int = Field(ge=0)
    tries: int = Field(ge=1)
    first_wait_minutes: int = Field(ge=1, le=100_000)
    longest_wait_minutes: int = Field(ge=1, le=100_000)
    timeout_seconds: int = Field(ge=1, le=600)
    longest_seconds: int = Field(ge=1, le=3600)

    @field_validator("sender")
    @classmethod
    def _sender(cls, value: str) -> str:
        if value and not _MAIL.fullmatch(parseaddr(value)[1]):
            raise ValueError("expected a mail address such as 梯度 <tidu@example.org>")
        return value

    @field_validator("mail")
    @classmethod
    def _recipients(cls, value: list[str]) -> list[str]:
        for pair in value:
            if not _MAIL.fullmatch(_address(pair)):
                raise ValueError(f"expected LIST=ADDRESS such as bulletins=desk@example.org, not {pair!r}")
        return value

    @field_validator("webhooks")
    @classmethod
    def _receivers(cls, value: list[str]) -> list[str]:
        for number, pair in enumerate(value, start=1):
            try:
                parts = urlsplit(_address(pair))
                good = (
                    parts.scheme in ("http", "https")
                    and parts.hostname
                    and (parts.port is None or parts.port)
                )
            except ValueError:
                good = False
            if not good or not _address(pair).isascii() or not _address(pair).isprintable():
                raise ValueError(
                    f"expected LIST=ADDRESS such as bulletins=https://example.org/take; number {number} is none"
                )
            if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
                raise ValueError(
                    "an address stands on pages and in backups, so it holds no user, password or query; a secret "
                    "stands in TIDU_DELIVERY_WEBHOOK_SECRET and signs what is sent"
                )
        return value

    @model_validator(mode="after")
    def _together(self) -> Delivering:
        if self.mail and not (self.smtp_host and self.sender):
            raise ValueError("mail: give smtp_host and sender too")
        local = self.smtp_host in ("localhost", "127.0.0.1", "::1")
        if self.smtp_user and self.smtp_security == "none" and not local:
            raise ValueError(
                "smtp_security: a password does not cross the network unencrypted; starttls or ssl"
            )
        return self


class Bulletins(_Section):
    issuer: str
    issuer_en: str
    addressee: str
    addressee_en: str
    templates: str
    template_mb: int = Field(ge=1)


class Settings(_Section):
    city: City
    database: Database
    paths: Paths
    web: Web
    accounts: Accounts
    oidc: Oidc
    quality: Quality
    listed: Listed
    figures: FiguresYear
    review: Review
    targets: Targets
    forecast: Forecast
    membership: Membership
    limits: Limits
    documents: Documents
    jobs: Jobs
    backup: Backup
    freshness: Freshness
    delivery: Delivering
    bulletins: Bulletins

    @property
    def var(self) -> Path:
        path = Path(self.paths.var)
        return path if path.is_absolute() else ROOT / path

    @property
    def backups(self) -> Path:
        """The folder of the copies that are made on schedule."""
        path = Path(self.backup.folder or self.var / "backups")
        return path if path.is_absolute() else ROOT / path

    @property
    def templates(self) -> Path:
        """Where the bureau keeps its own Word templates of bulletins."""
        path = Path(self.bulletins.templates) if self.bulletins.templates else self.var / "templates"
        return path if path.is_absolute() else ROOT / path


def load(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read ``config.toml`` and the environment. Raises SettingsError."""
    path = path or ROOT / "config.toml"
    environment = os.environ if environment is None else environment
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}") from error
    origin = _override(raw, environment)
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        raise SettingsError("\n".join(_lines(path, error, origin))) from error
    return settings


def _override(raw: dict[str, Any], environment: Mapping[str, str]) -> dict[str, str]:
    """Lay environment variables over the file; gives key → variable for messages."""
    origin: dict[str, str] = {}
    for section_id, section_field in Settings.model_fields.items():
        model: Any = section_field.annotation
        for key in model.model_fields:
            variable = f"TIDU_{section_id}_{key}".upper()
            variable = {"TIDU_DATABASE_URL": "DATABASE_URL", "TIDU_WEB_PORT": "PORT"}.get(variable, variable)
            if variable in environment and isinstance(raw.setdefault(section_id, {}), dict):
                raw[section_id][key] = _typed(environment[variable], model.model_fields[key].annotation)
                origin[f"{section_id}.{key}"] = variable
    database = raw.get("database")
    if isinstance(database, dict) and isinstance(database.get("url"), str):
        database["url"] = _anchored(database["url"])
    return origin


def _anchored(url: str) -> str:
    """A relative SQLite path in the file means the project's folder, wherever the command is run from."""
    prefix = "sqlite:///"
    if url.startswith(prefix) and not url.startswith("sqlite:////") and url != "sqlite:///:memory:":
        return f"{prefix}{ROOT / url.removeprefix(prefix)}"
    return url


def _typed(text: str, annotation: Any) -> Any:
    if annotation is bool and text.lower() in ("true", "false", "1", "0"):
        return text.lower() in ("true", "1")
    for number in (int, float):
        if annotation is number:
            try:
                return number(text)
            except ValueError:
                return text
    return (
        [part.strip() for part in text.split(",") if part.strip()] if get_origin(annotation) is list else text
    )


def _lines(path: Path, error: ValidationError, origin: Mapping[str, str]) -> list[str]:
    lines = []
    for problem in error.errors():
        key = ".".join(str(part) for part in problem["loc"])
        where = f"environment variable {origin[key]}" if key in origin else str(path)
        if problem["type"] == "extra_forbidden":
            said = "is not a known setting"
        elif problem["type"] == "missing":
            said = "is missing"
        elif key in UNSAID:
            said = problem["msg"]
        else:
            said = f"{problem['msg']}, got {problem['input']!r}"
        lines.append(f"{where}: [{key.rpartition('.')[0]}] {key.rpartition('.')[2]}: {said}")
    return lines
