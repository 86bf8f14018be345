"""The bureau's diary: everything that the sample city files from January 2019 to June 2026, in the order of time.

A year at the bureau, as the filings tell it:

    January    new firms, renames, moves and endings of the last half-year; high-tech certificates of December; listings
    February   above-scale list: entries and exits of the annual audit; figures of the plan from departments (also in August)
    March      gaps in the register filled in
    April-May  figures of last year: above-scale report, update of titled firms, other firms; evidence updated
    May-June   SRDI and innovative lists; first tech-SME round; above-scale entries of the first half
    July       new firms and changes of the half-year; little giants (announced between July and October)
    Aug-Oct    SRDI lists; applications for the coming reviews
    November   provincial champions and gazelles; corrected figures; revocations
    December   second tech-SME round; honours; doubling plan; evidence; above-scale entries of the second half
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta

from registry.sample import SampleFiling
from tiers.sample.announcing import title_steps
from tiers.sample.evidence import evidence_steps, honour_steps
from tiers.sample.figures import accounts, figure_steps
from tiers.sample.filing import Scale, Step
from tiers.sample.firms import Firm, make_firms
from tiers.sample.life import Events, live
from tiers.sample.listing import listing_steps, listings
from tiers.sample.membership import above_scale, above_scale_steps, doubling, doubling_steps
from tiers.sample.plan import plan_steps
from tiers.sample.register import register_steps
from tiers.sample.reviews import application_steps
from tiers.sample.titles import award

# Of what is filed on one day the register comes first: a list may name a firm that was entered that morning.
_ORDER = (
    "enterprises",
    "above-scale",
    "titles",
    "applications",
    "listings",
    "doubling",
    "honours",
    "figures",
    "evidence",
    "targets",
    "indicators",
)


def diary(firms: int, seed: int) -> list[Step]:
    """All planned filings in order. The rows are not written yet."""
    scale, everyone, events = people(firms, seed)
    members = above_scale(scale, everyone)
    ledger = award(scale, everyone, members)
    steps = [
        *register_steps(everyone, events, scale.rng("supplements")),
        *above_scale_steps(members),
        *title_steps(scale, ledger, events, everyone),
        *application_steps(scale, ledger),
        *listing_steps(listings(scale, everyone)),
        *doubling_steps(doubling(scale, members)),
        *honour_steps(scale, everyone, ledger),
        *figure_steps(scale, accounts(scale, everyone, members, ledger)),
        *evidence_steps(scale, ledger),
        *plan_steps(scale),
    ]
    return sorted(steps, key=lambda step: (step.day, _ORDER.index(step.kind), step.label))


def people(firms: int, seed: int) -> tuple[Scale, list[Firm], Events]:
    """Who ever is in the city and what happens to them: what others may tell of, without changing it."""
    scale = Scale(firms, seed)
    everyone = make_firms(scale)
    return scale, everyone, live(scale, everyone)


def file_all(firms: int, seed: int) -> Iterator[SampleFiling]:
    """The filings one by one: the first of a day at 09:00 in Shanghai, the next ones ten minutes apart."""
    yield from filed(diary(firms, seed), time(1, 0))


def filed(steps: Iterable[Step], begins: time) -> Iterator[SampleFiling]:
    """Steps in order become filings: the first of a day when it ``begins`` (UTC), the next ones ten minutes apart. What
    has no rows is left out."""
    last = datetime.min.replace(tzinfo=UTC)
    for step in steps:
        rows = step.rows()
        if not rows and step.withdraws is None:
            continue
        at = max(datetime.combine(step.day, begins, UTC), last + timedelta(minutes=10))
        last = at
        yield SampleFiling(
            step.label, at, step.kind, step.file, rows, dict(step.sets), step.complete_on, step.withdraws
        )
