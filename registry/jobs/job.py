"""A job, as rooms declare it (``Room.jobs``): what is asked of a run, and what it answers.

``run`` reads and computes; whatever it wants in the register it leaves to ``Done.write``, which is called in the one transaction
that also marks the run done. So a run that dies in between has done nothing, and one that lost its lease writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from registry import words
from registry.jobs.period import Period, Rhythm

if TYPE_CHECKING:
    from registry.delivery.parcel import Parcel
    from registry.house import House
    from registry.store.engine import Write

#: (stage, done, total): shown while the run goes on. Raises StoppedError where the run is to end.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Asked:
    """What a run is asked: the period, its last ``day``, and the instant up to which the register is known.

    ``known_at`` is the instant of the period's first run, so that every later one sees the same register. ``again``: how many
    runs of the period came to an end before; 0 is the first. Call ``progress`` now and then in long runs.
    """

    period: Period
    day: date
    known_at: datetime
    again: int
    progress: Progress


@dataclass(frozen=True)
class Done:
    """What a run came to: how much it looked at, how much it changed, and what to say of it, in English and Chinese.

    ``write(unit)`` is called in the finishing transaction; a number that it gives is taken for ``changed``.
    """

    evaluated: int
    changed: int
    said: tuple[str, str]
    write: Callable[[Write], int | None] | None = None


@dataclass(frozen=True)
class Finished:
    """A run that is done, for what it sends: see ``Asked``."""

    job: str
    period: Period
    again: int
    known_at: datetime

    @property
    def id(self) -> str:
        """What tells its parcels from those of any other run."""
        return f"{self.job}/{self.period.id}/{self.again + 1}"


@dataclass(frozen=True)
class Job:
    """Something done once for each period. ``label`` gives its name in the language of the request.

    ``post`` makes what a run sends, from what is on record once it is done (posting.py): it is asked again until it has
    been queued, so a run that died in between is delivered all the same.
    """

    id: str
    label: Callable[[], str]
    rhythm: Rhythm
    run: Callable[[House, Asked], Done]
    post: Callable[[House, Finished], Sequence[Parcel]] | None = None


def named(id: str) -> Callable[[], str]:
    """The name of a job as the vocabulary ``job`` has it, in the language of the request."""

    def label() -> str:
        from registry.shell.languages import language

        return words.label("job", id, language())

    return label
