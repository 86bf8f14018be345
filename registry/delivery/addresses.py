"""Who gets what, by the settings: the addresses behind a list of ``[delivery]``, and what stands there at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from registry.delivery.parcel import FOLDER, MAIL, WEBHOOK
from registry.settings import ROOT, Delivering

PASSWORD, SECRET = "TIDU_DELIVERY_SMTP_PASSWORD", "TIDU_DELIVERY_WEBHOOK_SECRET"


@dataclass(frozen=True)
class Secrets:
    """What only the environment knows. Never kept, shown or logged."""

    password: str = ""
    webhook: str = ""

    def __repr__(self) -> str:
        return "Secrets(…)"

    @property
    def all(self) -> tuple[str, ...]:
        return (self.password, self.webhook)


def secrets_of_environment() -> Secrets:
    return Secrets(os.environ.get(PASSWORD, ""), os.environ.get(SECRET, ""))


def folder_of(settings: Delivering) -> Path | None:
    """The folder that takes files; a relative one lies in the project."""
    return (ROOT / settings.folder).resolve() if settings.folder else None


def addresses(settings: Delivering, purpose: str, *, files: bool) -> list[tuple[str, str]]:
    """(channel, address) for a parcel; the folder takes only those that hold files."""
    folder = folder_of(settings)
    found = [(FOLDER, str(folder))] if folder and files else []
    for channel, pairs in ((MAIL, settings.mail), (WEBHOOK, settings.webhooks)):
        found += [(channel, address) for list_, address in map(_pair, pairs) if list_ == purpose]
    return list(dict.fromkeys(found))


def stands(settings: Delivering, channel: str, address: str, purpose: str) -> bool:
    """Is the address still on the list? Who was taken off gets nothing more, also not what has waited."""
    return (channel, address) in addresses(settings, purpose, files=True)


def all_addresses(settings: Delivering) -> list[tuple[str, str, Sequence[str]]]:
    """(channel, address, its lists) of everything configured, in the order of the settings."""
    folder = folder_of(settings)
    found: dict[tuple[str, str], list[str]] = {(FOLDER, str(folder)): []} if folder else {}
    for channel, pairs in ((MAIL, settings.mail), (WEBHOOK, settings.webhooks)):
        for purpose, address in map(_pair, pairs):
            lists = found.setdefault((channel, address), [])
            if purpose not in lists:
                lists.append(purpose)
    return [(channel, address, lists) for (channel, address), lists in found.items()]


def _pair(text: str) -> tuple[str, str]:
    purpose, _mark, address = text.partition("=")
    return purpose.strip(), address.strip()
