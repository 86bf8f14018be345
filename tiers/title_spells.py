"""All spells of all titles in one reading, firms as numbers: what the courses of tiers and quality firms are swept from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from tiers.members import Question
from tiers.spells import EXISTS, NONE, SINCE, Days, Spells, days_of

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class TitleSpells:
    """``firms``: the place of each spell's firm in ``codes``; ``kinds``: of its (tier, level) in ``titles``."""

    codes: Sequence[str]
    titles: Sequence[tuple[str, str]]
    firms: Numbers
    kinds: Numbers
    begins: Days
    ends: Days

    def of(self, titles: Collection[tuple[str, str]]) -> tuple[Numbers, Days, Days]:
        """Firms, first days and ends of the spells of these titles."""
        wanted = [place for place, title in enumerate(self.titles) if title in titles]
        chosen = np.isin(self.kinds, wanted)
        return self.firms[chosen], self.begins[chosen], self.ends[chosen]

    def numbered(self, other: Spells) -> tuple[Numbers, Days, Days]:
        """Other spells with the numbers of the firms here; a firm without a title here gets a further one."""
        known = {uscc: number for number, uscc in enumerate(self.codes)}
        firms = [known.setdefault(uscc, len(known)) for uscc in other.firms]
        return np.array(firms, np.int64), other.begins, other.ends


def title_spells(connection: Connection, question: Question, condition: str = "1 = 1") -> TitleSpells:
    """The stretches of days on which titles that meet ``condition`` on ``t`` were in force and their firms of the city."""
    rows = question.tuples(
        connection,
        f"""select s.uscc, s.title,
                   cast(case when s.begins > s.since then s.begins else s.since end as varchar),
                   cast(case when s.ends < s.until then s.ends else s.until end as varchar)
            from (select t.uscc, t.tier || ' ' || t.level as title, t.valid_from as begins, t.ends_on as ends, {SINCE} as since,
                         p.to_day as until
                  from title t join enterprise p on p.uscc = t.uscc
                  where {EXISTS} and {condition}) s
            where s.begins < s.ends and s.begins < s.until and s.since < s.ends and s.since < s.until""",
    )
    if not rows:
        none = np.zeros(0, np.int64)
        return TitleSpells([], [], none, none, none, none)
    uscc, title, begins, ends = zip(*rows, strict=True)
    codes, firms = _numbered(uscc)
    named, kinds = _numbered(title)
    titles = [(tier, level) for tier, _space, level in (name.partition(" ") for name in named)]
    return TitleSpells(codes, titles, firms, kinds, days_of(begins), days_of(ends))


def _numbered(values: Sequence[str]) -> tuple[list[str], Numbers]:
    """Each value once, and for each the place of it."""
    place: dict[str, int] = defaultdict(count().__next__)
    numbers = np.fromiter(map(place.__getitem__, values), np.int64, len(values))
    return list(place), numbers


def numbers_of(codes: Sequence[str] | NDArray[np.object_]) -> Numbers:
    """A number for each code, the same for the same."""
    return _numbered(list(codes))[1]


def pending(connection: Connection, question: Question) -> Spells:
    """The stretches of days on which a review of a quality title is pending (``members.REVIEW_PENDING`` of all days)."""
    rows: Sequence[Any] = question.ask(
        connection,
        f"""select r.uscc, r.filing, r.row, cast(r.valid_to as varchar), cast(r.from_day as varchar), cast(r.filed as varchar),
                   cast(r.to_day as varchar), cast(r.revoked_on as varchar), cast(r.overtaken_on as varchar),
                   cast({SINCE} as varchar), cast(p.to_day as varchar)
            from ({_REVIEWS.format(quality=question.quality)}) r join enterprise p on p.uscc = r.uscc
            where r.filed is not null and {EXISTS}""",
    )
    if not rows:
        return NONE
    uscc, filing, row, last, held, filed, until, revoked, overtaken, since, gone = zip(*rows, strict=True)
    printed = days_of(last)
    begins = np.maximum.reduce([printed + 1, days_of(held), days_of(filed), days_of(since)])
    longest = printed + question.settings.review.max_days + 1
    ends = np.minimum.reduce([longest, days_of(until), days_of(revoked), days_of(overtaken), days_of(gone)])
    return Spells.read(uscc, filing, row, begins, ends)


_REVIEWS = """
    select t.uscc, t.filing, t.row, t.valid_to, t.revoked_on, t.overtaken_on, a.from_day, a.to_day, (
        select min(f.from_day) from application f where f.uscc = a.uscc and f.key = a.key
         and f.from_day > t.valid_from and f.from_day <= grace_end(t.valid_to)) as filed
    from application a join title t on t.uscc = a.uscc and t.tier = a.tier and t.level = a.level
    where a.purpose = 'review' and a.stage not in ('recognised', 'rejected', 'withdrawn') and {quality}"""
