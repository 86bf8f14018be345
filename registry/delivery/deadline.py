"""A limit for a whole conversation: sockets bound only each step of it, and a peer that drips keeps every step alive."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from types import TracebackType


class Deadline:
    """``with Deadline(300) as deadline: deadline.guard(lambda: connection.sock)``: when the time is up the socket is shut
    down, so that whatever waits on it fails."""

    def __init__(self, seconds: float) -> None:
        self._ends = monotonic() + seconds
        self._timer: threading.Timer | None = None

    @property
    def passed(self) -> bool:
        return monotonic() >= self._ends

    def guard(self, current: Callable[[], socket.socket | None]) -> None:
        """``current`` gives the socket as it is by then: it may be wrapped for encryption meanwhile."""

        def cut() -> None:
            sock = current()
            if sock is not None:
                with suppress(OSError):
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)

        self._timer = threading.Timer(max(0.0, self._ends - monotonic()), cut)
        self._timer.daemon = True
        self._timer.start()

    def check(self) -> None:
        """Raises TimeoutError once the time is up: before the step that cannot be taken back."""
        if self.passed:
            raise TimeoutError("the whole conversation took too long")

    def __enter__(self) -> Deadline:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
