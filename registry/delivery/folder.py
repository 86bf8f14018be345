"""The channel "folder": files appear whole under their names, or not at all; nothing that lies there is overwritten."""

from __future__ import annotations

import errno
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from registry.delivery.outcome import Outcome, arrived
from registry.delivery.parcel import Shipment

#: So many files of one name with other contents, and something is wrong with the folder.
MOST_NUMBERED = 1000
#: What a sender that was killed left half written goes after a day.
STAGED, FORGOTTEN_SECONDS = ".tidu-part-", 24 * 3600
NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


def put(shipment: Shipment) -> Outcome:
    """Put the files there. What lies there already with the same bytes is success."""
    folder = Path(shipment.address)
    try:
        if not folder.is_dir():  # a share that is not mounted must not be taken for an empty folder
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
        _clear(folder)
        lines = [
            f"{_place(folder, name, content)} sha256:{sha256}" for name, sha256, content in shipment.files
        ]
    except OSError as error:
        detail = f"{error.strerror or error}: {error.filename or folder}"
        return Outcome(reason="folder", detail=detail, unreachable=True)
    return arrived("\n".join(lines))


def _place(folder: Path, name: str, content: bytes) -> Path:
    """One file under its name, or under that name with a number where another file bears it."""
    staged = folder / f"{STAGED}{secrets.token_hex(8)}"
    try:
        for target in _names(folder, name):
            if _holds(target, content):
                return target
            if target.exists():
                continue
            if not staged.exists():
                _write(staged, content)
            if _move(staged, target):
                _sync(folder)
                return target
            if _holds(target, content):  # another sender was quicker with the same
                return target
        raise OSError(errno.EEXIST, f"more than {MOST_NUMBERED} files of this name", str(folder / name))
    finally:
        staged.unlink(missing_ok=True)


def _names(folder: Path, name: str) -> Iterator[Path]:
    yield folder / name
    stem, suffix = Path(name).stem, Path(name).suffix
    for number in range(2, MOST_NUMBERED + 2):
        yield folder / f"{stem} ({number}){suffix}"


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content
    except FileNotFoundError:
        return False


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _move(staged: Path, target: Path) -> bool:
    """Give the file its name unless somebody else has it by now: then False."""
    try:
        os.link(staged, target)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        # A share without links: hold the name by an empty file, then put ours in its place.
        try:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        except FileExistsError:
            return False
        os.replace(staged, target)
    return True


def _clear(folder: Path) -> None:
    for path in folder.glob(f"{STAGED}*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - FORGOTTEN_SECONDS:
                path.unlink()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some shares cannot
            raise
    finally:
        os.close(handle)
