"""What is sent: a parcel as its maker hands it over, and a shipment, the same on its way to one address."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

#: The lists of addresses in ``[delivery]``; the letters of districts have one for each unit, ``districts:370102``.
PURPOSES = ("bulletins", "failures", "notices")
OF_UNIT = "districts:"
FOLDER, MAIL, WEBHOOK = "folder", "mail", "webhook"
CHANNELS = (FOLDER, MAIL, WEBHOOK)
LONGEST_NAME_BYTES = 180

TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pdf": "application/pdf",
    ".csv": "text/csv",
    ".txt": "text/plain",
}


@dataclass(frozen=True)
class Parcel:
    """One thing to be delivered to everybody on one list.

    ``id`` is what makes it the same parcel, such as ``monthly-count/2025-12/1``: whatever is handed over under an id that
    was queued before is not queued again, so what goes to two lists needs two ids. ``subject``: Chinese, English.
    ``text``: plain text in Chinese. ``files``: (name, bytes). ``to``: ``bulletins``, ``districts:<unit>``, ``failures`` or
    ``notices``. Raises ValueError for names that no folder would take.
    """

    id: str
    subject: tuple[str, str]
    text: str
    files: tuple[tuple[str, bytes], ...] = ()
    to: str = "bulletins"

    def __post_init__(self) -> None:
        if not self.id or not self.id.isprintable():
            raise ValueError(f"a parcel needs an id of printable characters, not {self.id!r}")
        if self.to not in PURPOSES and not is_of_unit(self.to):
            raise ValueError(
                f"there is no list {self.to!r}; it is one of {', '.join(PURPOSES)}, {OF_UNIT}UNIT"
            )
        names = [name for name, _content in self.files]
        for name in names:
            if not is_plain_name(name):
                raise ValueError(f"{name!r} is no name for a file")
        if len({name.casefold() for name in names}) < len(names):
            raise ValueError(f"two files of one name: {', '.join(names)}")


@dataclass(frozen=True)
class Shipment:
    """A parcel on its way to one address. ``key`` is the same for every try and for nothing else: receivers tell a
    repetition by it. ``files``: (name, SHA-256, bytes)."""

    key: str
    parcel: str
    purpose: str
    address: str
    subject: str
    text: str
    files: Sequence[tuple[str, str, bytes]]
    created_at: datetime


def is_of_unit(purpose: str) -> bool:
    unit = purpose.removeprefix(OF_UNIT)
    return purpose.startswith(OF_UNIT) and len(unit) == 6 and unit.isascii() and unit.isdigit()


def is_plain_name(name: str) -> bool:
    """A file name that is no path, hides nothing and has room for a number behind it."""
    return (
        name.isprintable()
        and name == name.strip(" .")
        and not set(name) & set('/\\:*?"<>|')
        and 0 < len(name.encode()) <= LONGEST_NAME_BYTES
    )


def stable_key(register: str, parcel: str, channel: str, address: str) -> str:
    """32 hex digits for one parcel to one address, different in each register: a copy of this system that counts the
    same month must not be taken for a repetition."""
    return hashlib.sha256("\n".join((register, parcel, channel, address)).encode()).hexdigest()[:32]


def type_of_name(name: str) -> str:
    return TYPES.get(PurePath(name).suffix.lower(), "application/octet-stream")
