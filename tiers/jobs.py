"""What this room does on schedule: published counts with their bulletins, the daily look at expiries, letters to the units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from registry.delivery.addresses import addresses
from registry.delivery.parcel import OF_UNIT, Parcel
from registry.house import House
from registry.jobs.job import Asked, Done, Finished, Job, named
from registry.jobs.period import Rhythm
from registry.store.engine import Write
from tiers import notices, unit_letters
from tiers.bulletins import published
from tiers.bulletins.blocks import Paragraph
from tiers.bulletins.making import Making
from tiers.bulletins.reports import REPORTS
from tiers.publishing import heads, snapshot
from tiers.snapshot import Snapshot

#: Paragraphs of a bulletin that its mail repeats.
SAID = 3


def by(job: str) -> str:
    """Who published, for what a job publishes."""
    return f"job:{job}"


def _count(report: str, house: House, asked: Asked, *, job: str) -> Done:
    """Publish the count of the period's last day. ``evaluated``: targets counted from firms; ``changed``: firms that came
    to or left one of them since the period before."""
    asked.progress("count", 0, 2)
    prepared = published.prepare(
        house, report, asked.day, by(job), new=asked.again > 0, known_at=asked.known_at
    )
    asked.progress("publish", 1, 2)
    bridges = prepared.bridges
    moved = {uscc for bridge in bridges.values() for step in bridge["steps"] for uscc in step["firms"]}
    quality = prepared.count["quality"]["firms_valid"]

    def write(unit: Write) -> None:
        prepared.write(unit)

    said = (
        f"published as of {asked.day}: {quality} quality firms; {len(moved)} firms came to or left a target",
        f"已发布截至 {asked.day} 的统计：优质企业 {quality} 家；各项指标较上期进出企业 {len(moved)} 家",
    )
    return Done(len(bridges), len(moved), said, write)


def published_by(house: House, done: Finished, report: str) -> Snapshot:
    """The count that a run published: all runs of a period know the same, and each publishes one."""
    own = [
        head.id
        for head in heads(house)
        if (head.name, head.as_of, head.known_at, head.by)
        == (report, done.period.last, done.known_at, by(done.job))
    ]
    return snapshot(house, sorted(own)[done.again])


def _bulletins(report: str, house: House, done: Finished) -> Iterator[Parcel]:
    """The bulletin for everybody on the list; of a month, a letter for each unit that has an address of its own (the
    folder takes a copy). Nothing is made for nobody."""
    delivery = house.settings.delivery
    wanted = addresses(delivery, "bulletins", files=True)
    units = [
        unit
        for unit in (house.places.names if report == "monthly" else ())
        if addresses(delivery, f"{OF_UNIT}{unit}", files=False)
    ]
    if not wanted and not units:
        return
    making = published.making(house, published_by(house, done, report))
    if wanted:
        yield _parcel(f"{done.id}/bulletin", making, "bulletins")
    letters = replace(making, snapshot=replace(making.snapshot, name="district"))
    for unit in units:
        yield _parcel(f"{done.id}/{unit}", replace(letters, unit=unit), f"{OF_UNIT}{unit}")


def _parcel(id: str, making: Making, to: str) -> Parcel:
    content, city = making.content, making.house.settings.city
    said = [block.text for block in content.blocks if isinstance(block, Paragraph) and block.style == "body"]
    text = "\n\n".join(filter(None, (content.mark, content.title, *said[:SAID], content.source)))
    english = REPORTS[making.snapshot.name].title.en.format(city=city.name_en)
    subject = (f"{content.title}（{content.period}）", f"{english} ({making.snapshot.as_of})")
    return Parcel(id, subject, text, tuple(making.files().items()), to)


def _counting(id: str, report: str, rhythm: Rhythm) -> Job:
    return Job(
        id, named(id), rhythm,
        partial(_count, report, job=id),
        lambda house, done: tuple(_bulletins(report, house, done)),
    )  # fmt: skip


def jobs() -> tuple[Job, ...]:
    """This room's jobs, in the order of design §9."""
    return (
        _counting("monthly-count", "monthly", Rhythm.MONTH),
        _counting("quarterly-count", "quarterly", Rhythm.QUARTER),
        Job("expiry-sweep", named("expiry-sweep"), Rhythm.DAY, notices.sweep, notices.parcels),
        Job("district-todo", named("district-todo"), Rhythm.WEEK, unit_letters.look, unit_letters.parcels),
    )
