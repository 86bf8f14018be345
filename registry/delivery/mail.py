"""The channel "mail": one message to one address by SMTP; sent is what the server has confirmed after the data.

A message is the same byte for byte at every try, with one Message-ID, so that a server or a person can tell a repetition.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from contextlib import suppress
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

from registry.delivery.addresses import Secrets
from registry.delivery.deadline import Deadline
from registry.delivery.outcome import Outcome, arrived, tidied
from registry.delivery.parcel import Shipment, type_of_name
from registry.settings import Delivering

OK, FORWARDS = 250, 251


class _Refused(Exception):
    """The server answered a command about this message with something else than yes."""

    def __init__(self, code: int, words: bytes | str) -> None:
        super().__init__(code)
        self.code, self.words = code, words


class _Plain(smtplib.SMTP):
    def __init__(self, deadline: Deadline, *given: Any, **named: Any) -> None:
        deadline.guard(lambda: self.sock)
        super().__init__(*given, **named)


class _Encrypted(smtplib.SMTP_SSL):
    def __init__(self, deadline: Deadline, *given: Any, **named: Any) -> None:
        deadline.guard(lambda: self.sock)
        super().__init__(*given, **named)


def message_of(shipment: Shipment, sender: str) -> EmailMessage:
    """The message: Chinese subject and text, files under their own names (RFC 2231)."""
    name, address = parseaddr(sender)
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = Address(name, addr_spec=address)
    message["To"] = shipment.address
    message["Subject"] = shipment.subject
    message["Date"] = format_datetime(shipment.created_at)
    message["Message-ID"] = f"<{shipment.key}@{address.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(shipment.text, charset="utf-8", cte="base64")
    for file, _sha256, content in shipment.files:
        kind, _slash, subtype = type_of_name(file).partition("/")
        message.add_attachment(content, maintype=kind, subtype=subtype, filename=file)
    if shipment.files:
        message.set_boundary(f"=_{shipment.key}")
    return message


def send(shipment: Shipment, settings: Delivering, secrets: Secrets) -> Outcome:
    """Hand the message to the mail server. Never raises for what the network or the server does."""
    begun = handed = False
    try:
        with Deadline(settings.longest_seconds) as deadline:
            server = _connect(settings, secrets, deadline)
            try:
                begun = True
                content = message_of(shipment, settings.sender).as_bytes()
                _announce(server, shipment, settings, len(content))
                deadline.check()
                handed = True
                answer = _data(server, content)
            finally:
                _leave(server, settings)
        return arrived(tidied(answer, secrets.all))
    except _Refused as refusal:
        final = 500 <= refusal.code < 600
        detail = tidied(_line(refusal.code, refusal.words), secrets.all)
        return Outcome(reason="refused" if final else "not_now", detail=detail, final=final)
    except smtplib.SMTPAuthenticationError as error:
        detail = tidied(_line(error.smtp_code, error.smtp_error), secrets.all)
        return Outcome(reason="sign_in", detail=detail, unreachable=True)
    except (
        smtplib.SMTPResponseException
    ) as error:  # the greeting, the hello: about us, not about this message
        detail = tidied(_line(error.smtp_code, error.smtp_error), secrets.all)
        return Outcome(reason="not_now", detail=detail, unreachable=not begun)
    except (ssl.SSLError, smtplib.SMTPNotSupportedError) as error:
        reason = "dropped" if handed else "not_private"
        return Outcome(reason=reason, detail=tidied(str(error), secrets.all), unreachable=not begun)
    except (OSError, smtplib.SMTPException) as error:
        # smtplib tells of every break in the same words, whatever lay behind it
        waited = deadline.passed or any(isinstance(e, TimeoutError) for e in (error, error.__context__))
        reason = ("timeout" if waited else "dropped") if handed else "unreachable"
        return Outcome(reason=reason, detail=tidied(str(error), secrets.all), unreachable=not begun)


def _connect(settings: Delivering, secrets: Secrets, deadline: Deadline) -> smtplib.SMTP:
    """A server that knows us, over the encryption that the settings ask for."""
    trusted = ssl.create_default_context(cafile=settings.smtp_ca or None)
    to: dict[str, Any] = {
        "host": settings.smtp_host,
        "port": settings.smtp_port,
        "timeout": settings.timeout_seconds,
        "local_hostname": socket.gethostname()
        or "localhost",  # the full name would be asked of a name server
    }
    if settings.smtp_security == "ssl":
        server: smtplib.SMTP = _Encrypted(deadline, context=trusted, **to)
    else:
        server = _Plain(deadline, **to)
    try:
        server.ehlo_or_helo_if_needed()
        if settings.smtp_security == "starttls":
            code, words = server.starttls(context=trusted)
            if code != 220:
                raise smtplib.SMTPNotSupportedError(_line(code, words))
            server.ehlo_or_helo_if_needed()
        if settings.smtp_user:
            server.login(settings.smtp_user, secrets.password)
    except BaseException:
        server.close()
        raise
    return server


def _announce(server: smtplib.SMTP, shipment: Shipment, settings: Delivering, size: int) -> None:
    """From whom, to whom."""
    _expect(*server.mail(parseaddr(settings.sender)[1], [f"size={size}"] if server.has_extn("size") else ()))
    _expect(*server.rcpt(shipment.address))


def _data(server: smtplib.SMTP, content: bytes) -> str:
    """The message itself. Gives the line with which the server took it."""
    try:
        code, words = server.data(content)
    except smtplib.SMTPDataError as error:  # it does not want to hear it at all
        raise _Refused(error.smtp_code, error.smtp_error) from error
    _expect(code, words)
    return _line(code, words)


def _leave(server: smtplib.SMTP, settings: Delivering) -> None:
    """Take leave, not for long: the answer is what counts, a farewell that is lost changes nothing."""
    with suppress(OSError, smtplib.SMTPException):
        if server.sock is not None:
            server.sock.settimeout(min(settings.timeout_seconds, 5))
            server.quit()
    server.close()


def _expect(code: int, words: bytes) -> None:
    if code == -1:
        raise smtplib.SMTPServerDisconnected("the server ended the connection")
    if code not in (OK, FORWARDS):
        raise _Refused(code, words)


def _line(code: int, words: bytes | str) -> str:
    return f"{code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"
