"""The running house: settings, store, the gathered rooms, and the fold that serves them all."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy import Connection

from registry.jobs.job import Job
from registry.kind import Kinds, Record, Row
from registry.places import Places, places
from registry.room import Breakdown, Room
from registry.settings import Settings
from registry.store import statements
from registry.store.clock import Clock
from registry.store.engine import Store, Write
from registry.store.merges import Merges, merges_at

#: record word → touched subjects; None stands for "all of them" (a table folded afresh).
Touched = Mapping[str, Collection[str] | None]


@dataclass(frozen=True, eq=False)
class House:
    """One that runs is like no other, so that what is made of its rooms can be kept by it."""

    settings: Settings
    store: Store
    rooms: Sequence[Room]
    #: False while many filings follow each other and what pages filter by is computed once, at their end.
    derives: bool = True

    def on(self, host: str) -> House:
        """The same house, served on another address."""
        web = self.settings.web.model_copy(update={"host": host})
        return replace(self, settings=self.settings.model_copy(update={"web": web}))

    @property
    def clock(self) -> Clock:
        return self.store.clock

    @cached_property
    def kinds(self) -> Kinds:
        return Kinds(kind for room in self.rooms for kind in room.kinds(self.settings))

    @cached_property
    def jobs(self) -> Mapping[str, Job]:
        """Job id → job, room by room. Raises ValueError where two rooms declare the same."""
        listed = [job for room in self.rooms for job in room.jobs]
        found = {job.id: job for job in listed}
        if len(found) != len(listed):
            raise ValueError("two rooms declare the same job")
        return found

    @cached_property
    def breakdowns(self) -> Mapping[str, Breakdown]:
        """What rooms add to the ways in which counts are broken down, by id."""
        return {added.id: added for room in self.rooms for added in room.breakdowns}

    @property
    def places(self) -> Places:
        return places(self.settings.city.code)

    def refold(
        self,
        unit: Write,
        touched: Mapping[str, Collection[str]],
        known: Mapping[str, Mapping[str, statements.Held]],
        new: Collection[str] = (),
        led: Merges | None = None,
    ) -> None:
        """Make the typed tables equal to the fold for what a filing touched, in the filing's own transaction.

        ``touched``: record word → codes, also those that lead to another firm. ``known``: record word → firm → all its
        open statements, where they are at hand; ``new``: those of its firms of which nothing was held before.
        """
        led = merges_at(unit.connection) if led is None else led
        for kind in self.kinds.all:
            if subjects := touched.get(kind.record):
                about = known.get(kind.record)
                statements.refold(
                    unit.connection, kind, subjects, about, new if about is not None else (), led
                )
        self.after_fold(
            unit.connection, {record: led.about(subjects) for record, subjects in touched.items()}
        )

    def after_fold(self, connection: Connection, touched: Touched) -> None:
        for room in self.rooms:
            if room.after_fold:
                room.after_fold(self, connection, touched)

    def founding_payload(self, row: Row) -> Record:
        """What a list row says about the firm that it brings onto the register: name and, where given, the place."""
        place = self.places.read_district(row.values.get("district") or "")
        said: Record = {
            "name": row.values["name"],
            "city": place.city or self.settings.city.code,
            "district": place.district,
            "area": place.area,
        }
        return {name: value for name, value in said.items() if value}

    def new_token(self) -> str:
        return secrets.token_hex(12)
