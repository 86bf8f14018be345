"""What tests of delivery share: a house with addresses, parcels, and receivers on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from registry.delivery.outbox import DELIVERY
from registry.delivery.parcel import Parcel
from registry.delivery.queue import queue
from registry.house import House
from tests.registry.house import Time, open_test_house

DOCX = b"PK\x03\x04" + bytes(range(256)) * 8
FILES = (("2025年12月通报.docx", DOCX), ("monthly-2025-12-31.pdf", b"%PDF-1.7 count"))
DESK, LIXIA = "desk@example.org", "lixia@example.org"


def parcel(id: str = "monthly-count/2025-12/1", **changes: Any) -> Parcel:
    given: dict[str, Any] = {
        "id": id, "subject": ("济南市优质企业月度通报（2025年12月）", "Monthly bulletin"), "text": "各单位：\n见附件。\n",
        "files": FILES,
    }  # fmt: skip
    return Parcel(**{**given, **changes})


def house_with(url: str, var: Path, time: Time | None = None, **delivery: Any) -> House:
    """A house whose settings of ``[delivery]`` are changed; conversations are short."""
    given = {"timeout_seconds": 5, "longest_seconds": 20, "tries": 3, **delivery}
    return open_test_house(url, var, time, delivery=given)


def by_mail(port: int, *lists: str, **more: Any) -> dict[str, Any]:
    return {
        "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", "sender": "梯度 <tidu@example.org>",
        "mail": [*lists] or [f"bulletins={DESK}"], **more,
    }  # fmt: skip


def put_in(house: House, *parcels: Parcel) -> int:
    with house.store.write("test") as unit:
        return queue(house, unit, parcels or (parcel(),))


def rows(house: House) -> list[Any]:
    with house.store.read() as connection:
        return list(connection.execute(DELIVERY.select().order_by(DELIVERY.c.id)))


def row(house: House) -> Any:
    (one,) = rows(house)
    return one


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Mailbox:
    """What a mail server received, and what it says: ``answers`` to each message in turn, then 250."""

    answers: list[str] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    after: Callable[[Any], None] | None = None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.received.append(envelope.content)
        self.to += envelope.rcpt_tos
        if self.after is not None:
            self.after(server)
        return self.answers.pop(0) if self.answers else f"250 2.0.0 Ok: queued as {len(self.received):04d}"


@contextmanager
def mail_server(box: Mailbox, **options: Any) -> Iterator[int]:
    """A mail server on loopback; gives its port."""
    controller = Controller(box, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield int(controller.port)
    finally:
        controller.stop()


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that does with each connection what ``talk`` does; gives its port."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _address = listening.accept()
            except OSError:
                return
            with connection:
                try:
                    talk(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(10)


@dataclass
class Hook:
    """What a webhook received, and what it answers in turn: (status, headers), then 200."""

    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    hangs: threading.Event | None = None


@contextmanager
def web_server(hook: Hook) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.received.append((dict(self.headers), body))
            if hook.hangs is not None:
                hook.hangs.wait(30)
                return
            status, headers = hook.answers.pop(0) if hook.answers else (200, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"said so")

        def log_message(self, *_given: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        if hook.hangs is not None:
            hook.hangs.set()
        server.shutdown()
        thread.join(10)
        server.server_close()
