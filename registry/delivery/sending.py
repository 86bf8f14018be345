"""Sending what is due. Called after each job and every minute; any number of processes may do it at once.

A receiver gets each parcel at least once where it can be had at all, and again only where nobody can know whether it
arrived: the connection broke before the confirmation, or the sender died between it and the receipt. Then it comes
under the same key (Message-ID, Idempotency-Key, equal file), so receivers that heed it see it once.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from registry.delivery import folder, mail, webhook
from registry.delivery.addresses import Secrets, secrets_of_environment, stands
from registry.delivery.claims import any_due, claim, give_up_lost, settle, way_of
from registry.delivery.models import FAILED, GIVEN_UP, SENT
from registry.delivery.outbox import LostError, take_out
from registry.delivery.outcome import Outcome
from registry.delivery.parcel import FOLDER, MAIL, Shipment, stable_key
from registry.house import House
from registry.store.models import Tick

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sent:
    """What one round of sending did: numbers of deliveries. ``failed`` will be tried again by themselves, ``given_up`` not."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0


def send_due(house: House, only: Collection[int] | None = None) -> Sent:
    """Send what is due, one by one; ``only``: of these rows. Never inside a unit of work: what is sent must be committed.

    Where a mail server, a folder or a webhook cannot be reached at all, the others that go there wait for the next round.
    """
    owner, secrets = house.new_token(), secrets_of_environment()
    counted = {SENT: 0, FAILED: 0, GIVEN_UP: give_up_lost(house)}
    blocked: set[tuple[str, str]] = set()
    with house.store.read() as connection:
        due = any_due(connection, house.clock.now())
    while due and (row := claim(house, owner, only, blocked)) is not None:
        outcome = _try(house, row, secrets)
        status = settle(house, row, outcome)
        if status is None:
            log.warning("delivery %s was taken over by another sender meanwhile", row.id)
            continue
        counted[status] += 1
        if status != SENT:
            log.warning("delivery %s by %s: %s: %s", row.id, row.channel, outcome.reason, outcome.detail)
        if outcome.unreachable:
            blocked.add(way_of(row))
    return Sent(counted[SENT], counted[FAILED], counted[GIVEN_UP])


def _try(house: House, row: Any, secrets: Secrets) -> Outcome:
    """One try; whatever goes wrong with one row keeps no other from being sent."""
    try:
        if not stands(house.settings.delivery, row.channel, row.address, row.purpose):
            return Outcome(reason="not_configured", final=True)
        with house.store.read() as connection:
            register = identity(connection)
        files = take_out(house, row.files)
        key = stable_key(register, row.parcel, row.channel, row.address)
        shipment = Shipment(
            key, row.parcel, row.purpose, row.address, row.subject, row.text, files, row.created_at
        )
        return _by_channel(house, row.channel, shipment, secrets)
    except LostError as error:
        return Outcome(reason="file_lost", detail=str(error), final=True)
    except Exception as error:
        log.exception("delivery %s", row.id)
        return Outcome(reason="error", detail=type(error).__name__)


def _by_channel(house: House, channel: str, shipment: Shipment, secrets: Secrets) -> Outcome:
    settings = house.settings.delivery
    if channel == FOLDER:
        return folder.put(shipment)
    if channel == MAIL:
        return mail.send(shipment, settings, secrets)
    return webhook.post(shipment, settings, secrets, house.clock.now())


def identity(connection: Connection) -> str:
    """Which register this is."""
    return str(connection.execute(select(Tick.__table__.c.identity)).scalar_one())  # type: ignore[attr-defined]
