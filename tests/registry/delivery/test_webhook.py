"""Webhooks against real servers: what each answer means, what is signed, and what is never followed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from registry.delivery.sending import Sent, send_due
from registry.house import House
from tests.registry.delivery.parcels import (
    FILES,
    Hook,
    free_port,
    house_with,
    parcel,
    put_in,
    raw_server,
    row,
    rows,
    web_server,
)
from tests.registry.house import Time

MINUTE = timedelta(minutes=1)


@pytest.fixture
def open_house(sqlite_url: str, tmp_path: Path, time: Time) -> Iterator[Any]:
    made: list[House] = []

    def make(port: int, **more: Any) -> House:
        hooks = [f"bulletins=http://127.0.0.1:{port}/take"]
        made.append(house_with(sqlite_url, tmp_path / "var", time, **{"webhooks": hooks, **more}))
        return made[-1]

    yield make
    for house in made:
        house.store.dispose()


def test_a_parcel_is_posted_whole_with_its_key_and_signature(
    open_house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDU_DELIVERY_WEBHOOK_SECRET", "shared-secret-5")
    hook = Hook()
    with web_server(hook) as port:
        house = open_house(port)
        put_in(house)
        assert send_due(house) == Sent(sent=1)
    headers, body = hook.received[0]
    said = json.loads(body)
    assert headers["Idempotency-Key"] == said["id"]
    assert len(said["id"]) == 32
    expected = hmac.new(b"shared-secret-5", body, hashlib.sha256).hexdigest()
    assert headers["X-Tidu-Signature"] == f"sha256={expected}"
    assert (said["parcel"], said["to"], said["subject"]) == (
        "monthly-count/2025-12/1", "bulletins", parcel().subject[0],
    )  # fmt: skip
    assert [(f["name"], base64.b64decode(f["content"])) for f in said["files"]] == list(FILES)
    assert [f["sha256"] for f in said["files"]] == [
        hashlib.sha256(content).hexdigest() for _n, content in FILES
    ]
    assert row(house).receipt == "200 OK said so"
    assert "shared-secret" not in str(rows(house))


def test_without_a_secret_nothing_is_signed(open_house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIDU_DELIVERY_WEBHOOK_SECRET", raising=False)
    hook = Hook()
    with web_server(hook) as port:
        house = open_house(port)
        put_in(house)
        send_due(house)
    assert "X-Tidu-Signature" not in hook.received[0][0]


def test_of_files_beyond_the_limit_only_the_hash_travels(open_house: Any) -> None:
    hook = Hook()
    with web_server(hook) as port:
        house = open_house(port, webhook_mb=0)
        put_in(house)
        send_due(house)
    assert [(f["name"], f["content"]) for f in json.loads(hook.received[0][1])["files"]] == [
        (name, None) for name, _content in FILES
    ]


def test_an_error_of_the_receiver_is_tried_again_with_the_same_key(open_house: Any, time: Time) -> None:
    hook = Hook([(500, {})])
    with web_server(hook) as port:
        house = open_house(port)
        put_in(house)
        assert send_due(house) == Sent(failed=1)
        assert (row(house).reason, row(house).message) == ("not_now", "500 Internal Server Error said so")
        time.now += MINUTE
        assert send_due(house) == Sent(sent=1)
    (first, one), (second, other) = hook.received
    assert first["Idempotency-Key"] == second["Idempotency-Key"]
    assert one == other


@pytest.mark.parametrize(
    ("status", "reason", "given_up"),
    [
        (201, None, False),
        (400, "refused", True),
        (404, "refused", True),
        (408, "not_now", False),
        (429, "not_now", False),
        (503, "not_now", False),
    ],
)
def test_what_an_answer_means(open_house: Any, status: int, reason: str | None, given_up: bool) -> None:
    with web_server(Hook([(status, {})])) as port:
        house = open_house(port)
        put_in(house)
        send_due(house)
    state = "given_up" if given_up else "failed" if reason else "sent"
    assert (row(house).status, row(house).reason) == (state, reason)


def test_a_redirect_is_not_followed(open_house: Any) -> None:
    other = Hook()
    with web_server(other) as elsewhere:
        hook = Hook([(307, {"Location": f"http://127.0.0.1:{elsewhere}/take"})])
        with web_server(hook) as port:
            house = open_house(port)
            put_in(house)
            assert send_due(house) == Sent(failed=1)
    assert other.received == []
    assert row(house).reason == "redirect"
    assert f":{elsewhere}/take" in row(house).message


@pytest.mark.parametrize("as_date", [False, True])
def test_the_receiver_says_when_to_come_back(open_house: Any, time: Time, as_date: bool) -> None:
    later = timedelta(seconds=600)
    when = format_datetime(time.now + later, usegmt=True) if as_date else "600"
    with web_server(Hook([(429, {"Retry-After": when})])) as port:
        house = open_house(port)
        put_in(house)
        send_due(house)
        assert row(house).next_at == time.now + later
        time.now += timedelta(seconds=599)
        assert send_due(house) == Sent()
        time.now += timedelta(seconds=1)
        assert send_due(house) == Sent(sent=1)


@pytest.mark.parametrize("when", ["99999999", "tomorrow", "-5", "１２"])
def test_it_may_not_say_never(open_house: Any, time: Time, when: str) -> None:
    with web_server(Hook([(503, {"Retry-After": when})] if when.isascii() else [(503, {})])) as port:
        house = open_house(port)
        put_in(house)
        send_due(house)
    assert row(house).next_at <= time.now + timedelta(minutes=house.settings.delivery.longest_wait_minutes)


def test_a_receiver_that_hangs_is_left(open_house: Any) -> None:
    hook = Hook(hangs=threading.Event())
    with web_server(hook) as port:
        house = open_house(port, timeout_seconds=1)
        put_in(house)
        assert send_due(house) == Sent(failed=1)
    assert row(house).reason == "timeout"


def test_a_receiver_that_drips_is_left_when_the_whole_takes_too_long(open_house: Any) -> None:
    dripped = []

    def drips(connection: socket.socket) -> None:
        connection.settimeout(0.2)
        connection.sendall(b"HTTP/1.1 100 Continue\r\n")
        for number in range(50):
            dripped.append(number)
            connection.sendall(f"X-{number}: a\r\n".encode())
            try:
                if not connection.recv(1 << 20):
                    return
            except TimeoutError:
                continue

    with raw_server(drips) as port:
        house = open_house(port, longest_seconds=1)
        put_in(house)
        assert send_due(house) == Sent(failed=1)
    assert len(dripped) < 30


def test_one_that_hangs_up_leaves_it_unknown(open_house: Any) -> None:
    with raw_server(lambda connection: connection.recv(1 << 20) and None) as port:
        house = open_house(port)
        put_in(house)
        assert send_due(house) == Sent(failed=1)
    assert row(house).reason == "dropped"


def test_one_absent_receiver_holds_up_no_other(open_house: Any) -> None:
    hook = Hook()
    with web_server(hook) as port:
        absent = f"bulletins=http://127.0.0.1:{free_port()}/take"
        house = open_house(port, webhooks=[absent, f"bulletins=http://127.0.0.1:{port}/take"])
        put_in(house, parcel("a"), parcel("b"))
        assert send_due(house) == Sent(sent=2, failed=1)
    assert [r.tries for r in rows(house)] == [1, 1, 0, 1]
