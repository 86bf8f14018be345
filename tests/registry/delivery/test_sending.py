"""Who sends what: no row by two at once, none lost with a sender that dies, none sent that is no longer wanted."""

from __future__ import annotations

import os
import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from registry.delivery import claims, sending
from registry.delivery.actions import retry, send_test
from registry.delivery.claims import claim, settle
from registry.delivery.outcome import REASONS, arrived, tidied, wait_after
from registry.delivery.sending import Sent, send_due
from registry.house import House
from registry.refusals import MisusedError, RefusedError
from registry.store.clock import Clock
from registry.store.engine import open_store
from tests.registry.delivery.parcels import (
    DESK,
    LIXIA,
    Hook,
    Mailbox,
    by_mail,
    free_port,
    house_with,
    mail_server,
    parcel,
    put_in,
    row,
    rows,
    web_server,
)
from tests.registry.house import Time

MINUTE = timedelta(minutes=1)


def lease(house: House) -> timedelta:
    return timedelta(seconds=house.settings.delivery.longest_seconds) + claims.MARGIN


def another(house: House, url: str, time: Time | None = None) -> House:
    """The same house in another process: a store of its own on the same database."""
    return replace(house, store=open_store(url, Clock((time or Time()).read)))


def in_processes(number: int, work: Callable[[], None]) -> list[int | None]:
    """Runs it in so many processes at once; gives their exit codes."""
    context = get_context("fork")
    started = [context.Process(target=work) for _n in range(number)]
    for process in started:
        process.start()
    for process in started:
        process.join(60)
    return [process.exitcode for process in started]


def test_two_threads_send_each_parcel_once(database_url: str, tmp_path: Path) -> None:
    hook = Hook()
    with web_server(hook) as port:
        house = house_with(database_url, tmp_path / "var", webhooks=[f"bulletins=http://127.0.0.1:{port}/"])
        put_in(house, *(parcel(f"p/{n}", files=()) for n in range(30)))
        done: list[Sent] = []
        both = [threading.Thread(target=lambda: done.append(send_due(house))) for _n in range(4)]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join(60)
    assert sum(each.sent for each in done) == 30
    keys = Counter(headers["Idempotency-Key"] for headers, _body in hook.received)
    assert (len(keys), set(keys.values())) == (30, {1})
    house.store.dispose()


def test_two_processes_send_each_parcel_once(database_url: str, tmp_path: Path) -> None:
    hook = Hook()
    with web_server(hook) as port:
        house = house_with(database_url, tmp_path / "var", webhooks=[f"bulletins=http://127.0.0.1:{port}/"])
        put_in(house, *(parcel(f"p/{n}", files=()) for n in range(30)))
        house.store.dispose()

        def work() -> None:
            here = another(house, database_url)
            send_due(here)
            here.store.dispose()

        assert in_processes(3, work) == [0, 0, 0]
    keys = Counter(headers["Idempotency-Key"] for headers, _body in hook.received)
    assert (len(keys), set(keys.values())) == (30, {1})
    assert {r.status for r in rows(house)} == {"sent"}
    house.store.dispose()


def test_a_sender_that_dies_before_the_receipt_is_followed_after_its_lease(
    database_url: str, tmp_path: Path
) -> None:
    """The message is out, nobody knows: it comes again under the same key, and not before the lease is over."""
    time, hook = Time(), Hook()
    with web_server(hook) as port:
        hooks = [f"bulletins=http://127.0.0.1:{port}/"]
        house = house_with(database_url, tmp_path / "var", time, webhooks=hooks)
        put_in(house)
        house.store.dispose()

        def dies() -> None:
            sending.settle = lambda *_given: os._exit(9)  # type: ignore[assignment]
            send_due(another(house, database_url))

        assert in_processes(1, dies) == [9]
        assert row(house).status == "sending"
        assert send_due(house) == Sent(), "somebody holds it"
        time.now += lease(house) - timedelta(seconds=1)
        assert send_due(house) == Sent()
        time.now += timedelta(seconds=1)
        assert send_due(house) == Sent(sent=1)
    assert len({headers["Idempotency-Key"] for headers, _body in hook.received}) == 1
    assert len(hook.received) == row(house).tries == 2
    house.store.dispose()


def test_senders_killed_at_random_lose_nothing_and_change_nothing(database_url: str, tmp_path: Path) -> None:
    """Whatever was killed between sending and receipt comes again the same; all the others came once."""
    time, hook, number = Time(), Hook(), 40
    with web_server(hook) as port:
        hooks = [f"bulletins=http://127.0.0.1:{port}/"]
        house = house_with(database_url, tmp_path / "var", time, webhooks=hooks, tries=20)
        put_in(house, *(parcel(f"p/{n}", files=()) for n in range(number)))
        house.store.dispose()
        killed = 0
        for _round in range(4):
            process = get_context("fork").Process(target=lambda: send_due(another(house, database_url, time)))
            process.start()
            process.join(random.uniform(0.02, 0.3))
            if process.is_alive():
                process.kill()
                killed += 1
            process.join(10)
            time.now += lease(house)
        send_due(house)
    assert {r.status for r in rows(house)} == {"sent"}
    bodies: dict[str, set[bytes]] = {}
    for headers, body in hook.received:
        bodies.setdefault(headers["Idempotency-Key"], set()).add(body)
    assert len(bodies) == number
    assert all(len(each) == 1 for each in bodies.values())
    assert len(hook.received) <= number + killed, "one kill repeats one at most"
    house.store.dispose()


def test_a_sender_that_dies_again_and_again_is_given_up_as_unknown(sqlite_url: str, tmp_path: Path) -> None:
    time = Time()
    house = house_with(sqlite_url, tmp_path / "var", time, **by_mail(25))
    put_in(house)
    for n in range(3):
        assert claim(house, f"sender {n}", None, ()) is not None
        time.now += lease(house)
    assert send_due(house) == Sent(given_up=1)
    assert (row(house).status, row(house).reason) == ("given_up", "died")
    house.store.dispose()


def test_who_lost_the_lease_writes_nothing(database_url: str, tmp_path: Path) -> None:
    time = Time()
    house = house_with(database_url, tmp_path / "var", time, **by_mail(25))
    put_in(house)
    slow = claim(house, "slow", None, ())
    time.now += lease(house)
    quick = claim(house, "quick", None, ())
    assert quick.id == slow.id
    assert settle(house, slow, arrived("250 mine")) is None
    assert (row(house).status, row(house).owner) == ("sending", "quick")
    assert settle(house, quick, arrived("250 ok")) == "sent"
    assert settle(house, quick, arrived("250 twice")) is None
    assert row(house).receipt == "250 ok"
    house.store.dispose()


def test_a_receipt_waits_for_a_long_import(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message is out: giving up on the receipt would send it a second time."""
    box = Mailbox()
    monkeypatch.setattr("registry.store.engine.BUSY_MS", 300)
    with mail_server(box) as port:
        house = house_with(sqlite_url, tmp_path / "var", **by_mail(port))
        put_in(house)
        importing, let_go = another(house, sqlite_url), threading.Event()

        def hold_the_lock(_server: Any) -> None:
            held = threading.Event()

            def hold() -> None:
                with importing.store.write("import"):
                    held.set()
                    let_go.wait(20)

            threading.Thread(target=hold, daemon=True).start()
            assert held.wait(10)
            threading.Timer(0.8, let_go.set).start()

        box.after = hold_the_lock
        assert send_due(house) == Sent(sent=1)
        box.after = None
        assert send_due(house) == Sent()
    assert (len(box.received), row(house).status) == (1, "sent")
    importing.store.dispose()
    house.store.dispose()


def test_a_claim_leaves_what_is_not_due_and_what_cannot_be_reached(database_url: str, tmp_path: Path) -> None:
    hooks = ["bulletins=http://a.example/", "bulletins=http://b.example/"]
    house = house_with(database_url, tmp_path / "var", webhooks=hooks, **by_mail(25))
    put_in(house)
    first, second, third = rows(house)
    assert claim(house, "me", [second.id], ()).id == second.id
    assert claim(house, "me", None, [("mail", ""), ("webhook", third.address)]) is None
    assert claim(house, "me", None, [("mail", "")]).id == third.id
    assert claim(house, "me", None, ()).id == first.id
    assert claim(house, "me", None, ()) is None
    house.store.dispose()


def test_who_was_taken_off_the_list_gets_nothing_more(sqlite_url: str, tmp_path: Path) -> None:
    box = Mailbox()
    with mail_server(box) as port:
        house = house_with(sqlite_url, tmp_path / "var", **by_mail(port, "bulletins=gone@example.org"))
        put_in(house)
        house.store.dispose()
        house = house_with(sqlite_url, tmp_path / "var", **by_mail(port))
        assert send_due(house) == Sent(given_up=1)
    assert row(house).reason == "not_configured"
    assert box.received == []
    house.store.dispose()


def test_one_delivery_that_fails_oddly_keeps_no_other_from_being_sent(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = Mailbox()
    take_out = sending.take_out

    def odd(house: House, files: str) -> Any:
        if files == "[]":
            raise ZeroDivisionError
        return take_out(house, files)

    monkeypatch.setattr(sending, "take_out", odd)
    with mail_server(box) as port:
        house = house_with(sqlite_url, tmp_path / "var", **by_mail(port))
        put_in(house, parcel("odd", files=()), parcel("good"))
        assert send_due(house) == Sent(sent=1, failed=1)
    assert [r.reason for r in rows(house)] == ["error", None]
    house.store.dispose()


def test_what_was_given_up_is_sent_again_when_a_person_says_so(sqlite_url: str, tmp_path: Path) -> None:
    time = Time()
    house = house_with(sqlite_url, tmp_path / "var", time, **by_mail(free_port(), tries=1))
    put_in(house)
    assert send_due(house) == Sent(given_up=1)
    time.now += timedelta(days=9)
    assert send_due(house) == Sent()
    assert retry(house, 1) == Sent(given_up=1), "one more try, and still nobody there"
    house.store.dispose()
    with mail_server(Mailbox()) as port:
        house = house_with(sqlite_url, tmp_path / "var", time, **by_mail(port, tries=1))
        assert retry(house, 1) == Sent(sent=1)
        with pytest.raises(RefusedError, match="not sent twice"):
            retry(house, 1)
        with pytest.raises(MisusedError, match="no delivery 7"):
            retry(house, 7)
    house.store.dispose()


def test_a_test_message_goes_to_one_address_and_to_none_by_mistake(sqlite_url: str, tmp_path: Path) -> None:
    box = Mailbox()
    with mail_server(box) as port:
        lists = [f"bulletins={DESK}", f"districts:370102={LIXIA}"]
        house = house_with(sqlite_url, tmp_path / "var", folder=str(tmp_path), **by_mail(port, *lists))
        with pytest.raises(RefusedError, match="which address"):
            send_test(house, "mail", None, "clerk")
        with pytest.raises(RefusedError, match="which address"):
            send_test(house, "mail", "somebody@example.com", "clerk")
        with pytest.raises(RefusedError, match="nothing is set for webhook"):
            send_test(house, "webhook", None, "clerk")
        send_test(house, "mail", LIXIA, "clerk")
        send_test(house, "folder", None, "clerk")
    assert box.to == [LIXIA]
    assert [r.status for r in rows(house)] == ["sent", "sent"]
    assert len(list(tmp_path.glob("tidu-test-*.txt"))) == 1
    house.store.dispose()


def test_waits_grow_up_to_the_longest() -> None:
    minutes = [wait_after(n, MINUTE, 720 * MINUTE) // MINUTE for n in (1, 2, 3, 10, 11, 40, 10_000)]
    assert minutes == [1, 2, 4, 512, 720, 720, 720]


def test_foreign_words_are_one_line_without_our_secrets() -> None:
    assert tidied("535 no: hunter22\r\n\x1b[31m aHVudGVyMjI=", ["hunter22", ""]) == "535 no: … [31m …"
    assert len(tidied("长" * 5000)) == 400


def test_every_reason_is_said_in_both_languages() -> None:
    for said in REASONS.values():
        assert said.en.isascii()
        assert not said.zh.isascii()
