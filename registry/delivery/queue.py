"""Putting parcels into the outbox, in the transaction of what they tell of: both are on record, or neither."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, select

from registry.delivery.addresses import addresses
from registry.delivery.models import WAITING
from registry.delivery.outbox import DELIVERY, lay_in
from registry.delivery.parcel import Parcel
from registry.house import House
from registry.store.bulk import among
from registry.store.engine import Write


def queue(house: House, unit: Write, parcels: Sequence[Parcel]) -> int:
    """Queue parcels for every address on their lists. Gives the number of deliveries; nothing is sent before the commit.

    A parcel whose id was queued before is left alone, whatever it holds now; one whose list is empty leaves no trace, so
    that it can be queued once there is somebody to send it to.
    """
    settings, d = house.settings.delivery, DELIVERY.c
    ids = {parcel.id for parcel in parcels}
    known = select(d.parcel).where(among(unit.connection, d.parcel, ids)).distinct()
    done, queued = set(unit.connection.execute(known).scalars()), 0
    for parcel in parcels:
        to = addresses(settings, parcel.to, files=bool(parcel.files))
        if to and parcel.id not in done:
            done.add(parcel.id)
            queued += queue_to(house, unit, parcel, to)
    return queued


def queue_to(house: House, unit: Write, parcel: Parcel, to: Sequence[tuple[str, str]]) -> int:
    """Queue one new parcel for some (channel, address). Gives the number of deliveries."""
    files, now = lay_in(house, parcel.files), house.clock.now()
    zh, en = (" ".join(subject.split()) for subject in parcel.subject)
    rows = [
        {
            "parcel": parcel.id, "channel": channel, "address": address, "purpose": parcel.to, "subject": zh,
            "subject_en": en, "text": parcel.text, "files": files, "status": WAITING, "tries": 0, "next_at": now,
            "created_at": unit.at,
        }
        for channel, address in to
    ]  # fmt: skip
    unit.connection.execute(insert(DELIVERY), rows)
    return len(rows)
