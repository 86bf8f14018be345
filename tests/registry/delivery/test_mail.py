"""Mail against real servers: sent is what was confirmed, and a repetition can be told."""

from __future__ import annotations

import email
import socket
import ssl
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from email import policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from registry.delivery.sending import Sent, send_due
from registry.house import House
from tests.registry.delivery.parcels import (
    DESK,
    FILES,
    Mailbox,
    by_mail,
    free_port,
    house_with,
    mail_server,
    parcel,
    put_in,
    raw_server,
    row,
    rows,
)
from tests.registry.house import Time

HOUR = timedelta(hours=1)


@pytest.fixture
def open_house(sqlite_url: str, tmp_path: Path, time: Time) -> Iterator[Any]:
    """``open_house(port, …)``: a house that mails to a server on that port."""
    made: list[House] = []

    def make(port: int, *lists: str, **more: Any) -> House:
        made.append(house_with(sqlite_url, tmp_path / "var", time, **by_mail(port, *lists, **more)))
        return made[-1]

    yield make
    for house in made:
        house.store.dispose()


def read(content: bytes) -> Any:
    return email.message_from_bytes(content, policy=policy.default)


def test_a_message_arrives_whole_and_the_servers_answer_is_its_receipt(open_house: Any) -> None:
    box = Mailbox()
    with mail_server(box) as port:
        house = open_house(port)
        put_in(house)
        assert send_due(house) == Sent(sent=1)
        assert send_due(house) == Sent()
    done = row(house)
    assert (done.status, done.receipt, done.tries) == ("sent", "250 2.0.0 Ok: queued as 0001", 1)
    assert done.owner is done.lease_until is done.next_at is done.reason is None
    message = read(box.received[0])
    assert message["Subject"] == parcel().subject[0]
    assert message["From"] == "梯度 <tidu@example.org>"
    assert message["To"] == DESK
    assert message.get_body().get_content().splitlines() == parcel().text.splitlines()
    held = [(part.get_filename(), part.get_content()) for part in message.iter_attachments()]
    assert held == list(FILES)
    assert b"filename*" in box.received[0], "names in Chinese go by RFC 2231"
    assert box.received[0].isascii()


def test_each_address_gets_a_message_of_its_own_and_sees_no_other(open_house: Any) -> None:
    box = Mailbox()
    with mail_server(box) as port:
        house = open_house(port, "bulletins=a@example.org", "bulletins=b@example.org")
        put_in(house)
        send_due(house)
    assert [read(content)["To"] for content in box.received] == box.to == ["a@example.org", "b@example.org"]
    assert len({read(content)["Message-ID"] for content in box.received}) == 2


def test_a_message_that_is_not_taken_now_is_sent_again_later(open_house: Any, time: Time) -> None:
    box = Mailbox(["451 4.3.0 try later"])
    with mail_server(box) as port:
        house = open_house(port)
        put_in(house)
        assert send_due(house) == Sent(failed=1)
        failed = row(house)
        assert (failed.status, failed.reason, failed.message) == ("failed", "not_now", "451 4.3.0 try later")
        assert failed.next_at == time.now + timedelta(minutes=1)
        assert send_due(house) == Sent(), "not before its time"
        time.now += timedelta(minutes=1)
        assert send_due(house) == Sent(sent=1)
    assert box.received[0] == box.received[1], "the same byte for byte, so with the same Message-ID"


def test_a_message_refused_for_good_is_given_up_with_the_reason(open_house: Any) -> None:
    box = Mailbox(refuses={DESK: "550 5.1.1 no such user"})
    with mail_server(box) as port:
        house = open_house(port, f"bulletins={DESK}", "bulletins=other@example.org")
        put_in(house)
        assert send_due(house) == Sent(sent=1, given_up=1)
    refused = rows(house)[0]
    assert (refused.status, refused.reason, refused.message) == (
        "given_up",
        "refused",
        "550 5.1.1 no such user",
    )
    assert box.to == ["other@example.org"]


def test_it_is_given_up_after_so_many_tries(open_house: Any, time: Time) -> None:
    with mail_server(Mailbox(["450 busy"] * 9)) as port:
        house = open_house(port)
        put_in(house)
        for _try in range(5):
            send_due(house)
            time.now += HOUR
    assert (row(house).status, row(house).tries, row(house).next_at) == ("given_up", 3, None)


def answering(*lines: bytes, after_data: bytes | None = None, drip: bool = False) -> Any:
    """A mail server by hand: it answers, and after the message says ``after_data`` (None: nothing) and hangs up."""

    def talk(connection: socket.socket) -> None:
        reader = connection.makefile("rb")
        connection.sendall(b"220 test\r\n")
        for line in reader:
            word = line[:4].upper()
            if word == b"DATA":
                connection.sendall(b"354 go on\r\n")
                while reader.readline() != b".\r\n":
                    pass
                if after_data is not None:
                    connection.sendall(after_data)
                return
            connection.sendall(b"250 test\r\n")

    return talk


def test_a_server_that_takes_the_mail_and_then_drops_has_it(open_house: Any) -> None:
    with raw_server(answering(after_data=b"250 queued as 7\r\n")) as port:
        house = open_house(port)
        put_in(house)
        assert send_due(house) == Sent(sent=1)
    assert row(house).receipt == "250 queued as 7"


def test_a_server_that_drops_before_it_confirms_gets_the_same_message_again(
    open_house: Any, time: Time
) -> None:
    with raw_server(answering()) as port:
        house = open_house(port)
        put_in(house)
        assert send_due(house) == Sent(failed=1)
        assert row(house).reason == "dropped"
    house.store.dispose()
    time.now += HOUR
    box = Mailbox()
    with mail_server(box) as port:
        assert send_due(open_house(port)) == Sent(sent=1)
    identity = read(box.received[0])["Message-ID"]
    assert identity.endswith("@example.org>")
    assert len(identity) > 40


def test_a_slow_server_is_left_after_the_timeout(open_house: Any) -> None:
    def silent(connection: socket.socket) -> None:
        connection.recv(10)

    with raw_server(silent) as port:
        house = open_house(port, timeout_seconds=1)
        put_in(house)
        assert send_due(house) == Sent(failed=1)
    assert row(house).reason == "unreachable", "nothing of it was sent, so it cannot have arrived"


def test_a_server_that_never_confirms_leaves_it_unknown(open_house: Any) -> None:
    def takes_and_waits(connection: socket.socket) -> None:
        answering(after_data=b"")(connection)
        connection.recv(10)

    with raw_server(takes_and_waits) as port:
        house = open_house(port, timeout_seconds=1)
        put_in(house)
        assert send_due(house) == Sent(failed=1)
    assert row(house).reason == "timeout"


def test_a_server_that_drips_is_left_when_the_whole_takes_too_long(open_house: Any) -> None:
    """Each step stays within its timeout, and the whole would never end."""

    def drips(connection: socket.socket) -> None:
        connection.settimeout(0.2)
        for _n in range(200):
            connection.sendall(b"220-not yet\r\n")
            try:
                if not connection.recv(10):
                    return
            except TimeoutError:
                continue

    with raw_server(drips) as port:
        house = open_house(port, timeout_seconds=5, longest_seconds=1)
        put_in(house)
        assert send_due(house) == Sent(failed=1)
    assert row(house).reason == "unreachable"


def test_an_absent_server_is_asked_once_and_the_others_wait(open_house: Any) -> None:
    house = open_house(free_port(), "bulletins=a@example.org", "bulletins=b@example.org")
    put_in(house)
    assert send_due(house) == Sent(failed=1)
    assert [(r.status, r.tries, r.reason) for r in rows(house)] == [
        ("failed", 1, "unreachable"), ("waiting", 0, None),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-made certificate of 127.0.0.1 with its key, in one file."""
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    return folder / "cert.pem"


def login(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and data.password == b"open-sesame-7"
    return AuthResult(success=good, handled=good)


def test_encrypted_and_signed_in(
    open_house: Any, certificate: Path, monkeypatch: pytest.MonkeyPatch, time: Time
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    options: dict[str, Any] = {"tls_context": context, "require_starttls": True, "authenticator": login}
    secure = {"smtp_security": "starttls", "smtp_user": "tidu"}
    box = Mailbox()
    monkeypatch.setenv("TIDU_DELIVERY_SMTP_PASSWORD", "wrong-password-3")
    with mail_server(box, auth_required=True, **options) as port:
        house = open_house(port, **secure)
        put_in(house)
        send_due(house)
        assert row(house).reason == "not_private", "its certificate is not known"
        house = open_house(port, **secure, smtp_ca=str(certificate))
        time.now += HOUR
        send_due(house)
        assert (row(house).reason, row(house).status) == ("sign_in", "failed")
        monkeypatch.setenv("TIDU_DELIVERY_SMTP_PASSWORD", "open-sesame-7")
        time.now += HOUR
        assert send_due(house) == Sent(sent=1)
    assert len(box.received) == 1
    assert not any("password" in str(r) or "sesame" in str(r) for r in rows(house))


def test_without_encryption_on_offer_nothing_is_sent(open_house: Any) -> None:
    box = Mailbox()
    with mail_server(box) as port:
        house = open_house(port, smtp_security="starttls")
        put_in(house)
        assert send_due(house) == Sent(failed=1)
    assert row(house).reason == "not_private"
    assert box.received == []
