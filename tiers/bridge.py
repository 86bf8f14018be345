"""What happened to a count between two days: every firm that makes the difference, with one reason.

From (D1, T1) to (D2, T2) first come corrections, what was learnt about D1 between T1 and T2, firm by firm; then what
happened between D1 and D2, in the register as known at T2. The value before and all steps add up to the value after.
Where a target counts records (tags), steps count records too, and each record has its reason.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection

from registry.kind import Record
from registry.store.clock import instant_text
from tiers.frames import Counted, Frame, frame
from tiers.members import Question
from tiers.reasons import ENTERING, HELD, LEAVING, how_held, why_entered, why_left
from tiers.targets import Target

CORRECTED, MOVED_WITHIN = "corrected", "moved_within"
#: In the order of their steps; ``moved_within`` is a step of one management unit, never of the city.
REASONS = (CORRECTED, *LEAVING, *ENTERING, MOVED_WITHIN)
Item = tuple[str, ...]


@dataclass(frozen=True)
class End:
    """One end of a bridge: a day, as known at an instant; ``snapshot`` where it is a published count."""

    day: date
    known_at: datetime
    snapshot: int | None = None

    def document(self, value: int) -> Record:
        shown: Record = {
            "as_of": self.day.isoformat(),
            "known_at": instant_text(self.known_at),
            "value": value,
        }
        return shown | ({"snapshot": self.snapshot} if self.snapshot is not None else {})


@dataclass(frozen=True)
class Change:
    """``delta`` of one firm in one management unit, for one reason."""

    reason: str
    uscc: str
    unit: str
    delta: int


@dataclass(frozen=True)
class Bridge:
    """``was``: who counted on D1 as known at T1; ``base``: the same day as known at T2; ``now``: on D2."""

    target: str
    before: End
    after: End
    was: Frame
    base: Frame
    now: Frame
    changes: tuple[Change, ...]
    held: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def firm(self, uscc: str) -> Counted:
        """The firm as it last counted in any of the three frames."""
        for each in (self.now, self.base, self.was):
            if uscc in each.firms:
                return each.firms[uscc]
        raise KeyError(uscc)

    def why(self, uscc: str) -> tuple[Record, ...]:
        """The records that made the firm count at either end."""
        seen: dict[tuple[str, int, int], Record] = {}
        for each in (self.was, self.base, self.now):
            for one in each.firms[uscc].why if uscc in each.firms else ():
                seen.setdefault((one["record"], one["filing"], one["row"]), one)
        return tuple(seen.values())

    def steps(self, unit: str | None = None) -> list[Record]:
        """Steps with a firm in them, in the order of ``REASONS``; of the whole city or of one unit."""
        if unit is None:
            return steps(change for change in self.changes if change.reason != MOVED_WITHIN)
        return steps(change for change in self.changes if change.unit == unit)

    def units(self) -> list[str]:
        """Management units at either end, in the order of their codes."""
        return sorted({firm.unit for each in (self.was, self.base, self.now) for firm in each.firms.values()})

    def document(self, unit: str | None = None) -> Record:
        """The document of ``bridge --json``, of the whole city or of one unit."""
        was, now = (
            (self.was, self.now) if unit is None else (self.was.narrowed(unit), self.now.narrowed(unit))
        )
        held: dict[str, list[str]] = {how: [] for how in HELD} | {
            how: [u for u in firms if unit in (None, self.now.firms[u].unit)]
            for how, firms in self.held.items()
        }
        shown: Record = {
            "target": self.target,
            "from": self.before.document(was.value),
            "to": self.after.document(now.value),
            "steps": self.steps(unit),
            "held": held,
        }
        return shown if unit is None else shown | {"unit": unit}

    def by_unit(self, name: Callable[[str], str]) -> list[Record]:
        """A row for each unit: key, name, value before and after, steps."""
        values: list[Counter[str]] = []
        for each in (self.was, self.now):
            found: Counter[str] = Counter()
            for firm in each.firms.values():
                found[firm.unit] += each.weight(firm)
            values.append(found)
        changes: dict[str, list[Change]] = defaultdict(list)
        for change in self.changes:
            changes[change.unit].append(change)
        return [
            {"key": unit, "name": name(unit), "from": values[0][unit], "to": values[1][unit],
             "steps": steps(changes[unit])}
            for unit in self.units()
        ]  # fmt: skip


def steps(changes: Iterable[Change]) -> list[Record]:
    """``{"reason", "delta", "firms"}`` in the order of ``REASONS``; firms that net to nothing are left out. Pure."""
    deltas: dict[str, Counter[str]] = defaultdict(Counter)
    for change in changes:
        deltas[change.reason][change.uscc] += change.delta
    found = []
    for reason in REASONS:
        firms = sorted(uscc for uscc, delta in deltas[reason].items() if delta)
        if firms:
            step: Record = {"reason": reason, "delta": deltas[reason].total(), "firms": firms}
            if reason in (CORRECTED, MOVED_WITHIN):
                step["added"] = [uscc for uscc in firms if deltas[reason][uscc] > 0]
                step["removed"] = [uscc for uscc in firms if deltas[reason][uscc] < 0]
            found.append(step)
    return found


def bridge(
    connection: Connection,
    question: Question,
    target: Target,
    before: End,
    after: End,
    was: Frame | None = None,
    now: Frame | None = None,
    base: Frame | None = None,
) -> Bridge:
    """The bridge of one target. ``connection`` holds the register as known at T2, ``question`` asks about D2.

    ``was``: who counted on D1 as known at T1; None where T1 and T2 know the same. ``now``, ``base``: who counts on D2, and
    on D1 as known at T2, where that is at hand.
    """
    base = frame(connection, Question(before.day, question.settings), target) if base is None else base
    now = frame(connection, question, target) if now is None else now
    was = base if was is None else was
    return Bridge(
        target.id, before, after, was, base, now,
        (*corrections(was, base), *_happened(connection, question, target, before.day, base, now)),
        _held(base, now, question.settings.quality.order),
    )  # fmt: skip


def corrections(was: Frame, base: Frame) -> Iterable[Change]:
    """What is known otherwise of one day: firms, or their records, that count in another number or unit. Pure."""
    if was is base:
        return
    for uscc in sorted(was.firms.keys() | base.firms.keys()):
        old, new = was.firms.get(uscc), base.firms.get(uscc)
        deltas: Counter[str] = Counter()
        if old:
            deltas[old.unit] -= was.weight(old)
        if new:
            deltas[new.unit] += base.weight(new)
        for unit, delta in sorted(deltas.items()):
            if delta:
                yield Change(CORRECTED, uscc, unit, delta)


def _happened(connection: Connection, question: Question, target: Target, before: date, base: Frame,
              now: Frame) -> Iterable[Change]:  # fmt: skip
    old, new = _items(base), _items(now)
    gone = {item: uscc for item, uscc in old.items() if item not in new}
    come = {item: uscc for item, uscc in new.items() if item not in old}
    left = why_left(connection, question, before, target, set(gone.values()))
    entered = why_entered(connection, question, before, target, come)
    deltas: Counter[tuple[str, str, str]] = Counter()
    for uscc in gone.values():
        deltas[left[uscc], uscc, base.firms[uscc].unit] -= 1
    for item, uscc in come.items():
        deltas[entered[item], uscc, now.firms[uscc].unit] += 1
    for item, uscc in old.items():
        if item in new and base.firms[uscc].unit != now.firms[uscc].unit:
            deltas[MOVED_WITHIN, uscc, base.firms[uscc].unit] -= 1
            deltas[MOVED_WITHIN, uscc, now.firms[uscc].unit] += 1
    for (reason, uscc, unit), delta in sorted(deltas.items()):
        yield Change(reason, uscc, unit, delta)


def _items(each: Frame) -> dict[Item, str]:
    """What is counted one by one, with its firm: firms, or records by their filing and row."""
    if not each.records:
        return {(uscc,): uscc for uscc in each.firms}
    return {
        (uscc, str(one["filing"]), str(one["row"])): uscc
        for uscc, firm in each.firms.items()
        for one in firm.why
    }


def _held(base: Frame, now: Frame, order: Collection[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    if not base.records:
        for uscc, firm in now.firms.items():
            was = base.firms.get(uscc)
            if was is not None and (how := how_held(was, firm, order)):
                found[how].append(uscc)
    return {how: tuple(found[how]) for how in HELD}
