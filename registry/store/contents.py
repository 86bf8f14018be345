"""Bytes kept under their SHA-256: the same bytes stand once, and a name that holds them is never half written.

Files are staged beside (written, fsynced) without any lock, and moved into place inside the transaction that names
them, so that whoever tidies under the same lock sees either both or neither.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

HASH = re.compile(r"[0-9a-f]{64}")
PIECE = 1 << 20
STAGED = "staged-"
#: Staged files of a process that died are tidied after a day.
FORGOTTEN_SECONDS = 24 * 3600


class TooLargeError(Exception):
    """More bytes came than may be kept."""


@dataclass(frozen=True)
class Staged:
    """Bytes on disk that nothing names yet."""

    path: Path
    sha256: str
    size: int


class Contents:
    """The bytes under one folder: ``ab/abcdef…``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        if not HASH.fullmatch(sha256):
            raise ValueError(sha256)
        return self.folder / sha256[:2] / sha256

    @contextmanager
    def stage(self, stream: IO[bytes], most: int) -> Iterator[Staged]:
        """Write a stream aside. Raises TooLargeError beyond ``most`` bytes. What was not kept goes on leaving."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / f"{STAGED}{secrets.token_hex(8)}"
        digest, size = hashlib.sha256(), 0
        try:
            with path.open("xb") as file:
                while piece := stream.read(PIECE):
                    size += len(piece)
                    if size > most:
                        raise TooLargeError
                    digest.update(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            yield Staged(path, digest.hexdigest(), size)
        finally:
            path.unlink(missing_ok=True)

    def keep(self, staged: Staged) -> None:
        """Move staged bytes to their place. To be called under the register's lock, before the row that names them."""
        target = self.path(staged.sha256)
        if target.is_file() and target.stat().st_size == staged.size:
            return
        target.parent.mkdir(exist_ok=True, mode=0o700)
        os.replace(staged.path, target)
        for folder in (target.parent, self.folder):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def held(self) -> Iterator[str]:
        """The hashes that stand in the folder."""
        for path in sorted(self.folder.glob("[0-9a-f][0-9a-f]/*")):
            if HASH.fullmatch(path.name):
                yield path.name

    def tidy(self, named: Collection[str]) -> int:
        """Remove bytes that nothing names and staged files that were left behind. Gives how many files went. To be
        called under the register's lock."""
        gone = 0
        for sha256 in list(self.held()):
            if sha256 not in named:
                self.path(sha256).unlink()
                gone += 1
        limit = time.time() - FORGOTTEN_SECONDS
        for path in self.folder.glob(f"{STAGED}*"):
            if path.stat().st_mtime < limit:
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def needs_tidying(self, named: Collection[str]) -> bool:
        """Is there anything for ``tidy``? Asked first, so that nobody waits for the lock where there is nothing."""
        return any(sha256 not in named for sha256 in self.held()) or any(self.folder.glob(f"{STAGED}*"))

    def fault(self, sha256: str) -> str | None:
        """What is wrong with the bytes of a name; None where they are what they were."""
        found = self.digest(sha256)
        if found == sha256:
            return None
        return "its bytes are missing" if found is None else "its bytes were altered"

    def digest(self, sha256: str) -> str | None:
        """The hash of what really stands under a name; None where nothing does."""
        try:
            with self.path(sha256).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return None
