"""An agenda after somebody cancelled: every other meeting stays where it is, free places go to who is left. Pure."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from chains.events.assignment import LEVELS, Hall, Pair, possible
from chains.events.timetable import Placed


def repair(
    agenda: Sequence[Placed],
    cancelled: Collection[str],
    pairs: Iterable[Pair],
    buyer_of: Mapping[str, str],
    firms: Collection[str],
    hall: Hall,
) -> list[Placed]:
    """The agenda without the ``cancelled`` demands, buyers and firms, its free places filled: those with fewest meetings
    first, then those who suit best. Meetings of others keep slot and table. Also whoever accepted late finds a place so."""
    gone = set(cancelled)
    kept = [
        meeting
        for meeting in agenda
        if not gone & {meeting.demand, meeting.firm, buyer_of.get(meeting.demand, meeting.demand)}
    ]
    here = {demand: buyer for demand, buyer in buyer_of.items() if not gone & {demand, buyer}}
    able = possible(pairs, here, [firm for firm in firms if firm not in gone])
    return sorted([*kept, *_Filling(kept, buyer_of, hall).fill(able)])


class _Filling:
    """The places that are taken, and who has how many meetings."""

    def __init__(self, kept: Sequence[Placed], buyer_of: Mapping[str, str], hall: Hall) -> None:
        self.buyer_of, self.hall = buyer_of, hall
        self.taken: set[tuple[int, int]] = set()
        self.busy: set[tuple[str, int]] = set()
        self.met: set[tuple[str, str]] = set()
        self.meetings: Counter[str] = Counter()  # of demands and firms
        self.at_table: dict[str, Counter[int]] = defaultdict(Counter)
        self.used: Counter[int] = Counter()
        for meeting in kept:
            self._take(meeting)

    def _take(self, meeting: Placed) -> None:
        buyer = self._buyer(meeting.demand)
        self.taken.add((meeting.slot, meeting.table))
        self.busy |= {(buyer, meeting.slot), (meeting.firm, meeting.slot)}
        self.met.add((buyer, meeting.firm))
        self.meetings.update((meeting.demand, meeting.firm))
        self.at_table[buyer][meeting.table] += 1
        self.used[meeting.table] += 1

    def _buyer(self, demand: str) -> str:
        return self.buyer_of.get(demand, demand)

    def _turn(self, pair: Pair) -> tuple[int, float, str, str]:
        nth = sum(min(self.meetings[one], LEVELS - 1) for one in (pair.demand, pair.firm))
        return nth, -pair.score, pair.demand, pair.firm

    def fill(self, able: Sequence[Pair]) -> list[Placed]:
        added = []
        waiting = [(self._turn(pair), pair) for pair in able]
        heapq.heapify(waiting)
        while waiting and len(self.taken) < self.hall.places:
            turn, pair = heapq.heappop(waiting)
            # Turns only get later while places are given away.
            if turn != (now := self._turn(pair)):
                heapq.heappush(waiting, (now, pair))
                continue
            if place := self._place(pair):
                added.append(Placed(*place, pair.demand, pair.firm, pair.score))
                self._take(added[-1])
        return added

    def _place(self, pair: Pair) -> tuple[int, int] | None:
        """Slot and table: the buyer's own table before others, an unused one before a shared one, early slots first."""
        buyer, slots = self._buyer(pair.demand), range(1, self.hall.slots + 1)
        if (buyer, pair.firm) in self.met or self.meetings[pair.firm] >= self.hall.per_firm:
            return None
        busy = self.busy
        open_slots = [slot for slot in slots if (buyer, slot) not in busy and (pair.firm, slot) not in busy]
        if not open_slots:
            return None
        own = sorted(self.at_table[buyer], key=lambda table: (-self.at_table[buyer][table], table))
        return self._free(own, open_slots) or self._free(
            sorted(range(1, self.hall.tables + 1), key=lambda table: (self.used[table], table)), open_slots
        )

    def _free(self, tables: Sequence[int], slots: Sequence[int]) -> tuple[int, int] | None:
        places = ((slot, table) for table in tables for slot in slots)
        return next((place for place in places if place not in self.taken), None)
