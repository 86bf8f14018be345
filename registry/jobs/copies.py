"""The daily copy of the register: written aside, read back whole, then put in place; the oldest ones go."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from registry import documents
from registry.delivery import outbox
from registry.house import House
from registry.jobs.job import Asked, Done, Job, named
from registry.jobs.period import Period, Rhythm, period_of
from registry.store.backup import backup, verify

#: ``tidu-2025-12-31.backup``, ``tidu-2025-12-31-2.backup`` where the day was copied again.
NAME = re.compile(r"tidu-(\d{4}-\d\d-\d\d)(?:-(\d+))?\.backup", re.ASCII)
ASIDE = "copying-"


def name_of(period: Period, again: int) -> str:
    return f"tidu-{period}{f'-{again + 1}' if again else ''}.backup"


def copies(folder: Path) -> list[Path]:
    """The copies made on schedule, the newest first; other files of the folder are nobody's business."""
    found = [
        (match[1], int(match[2] or 1), path)
        for path in folder.iterdir()
        if (match := NAME.fullmatch(path.name))
    ]
    return [path for _day, _number, path in sorted(found, reverse=True)]


def copy(house: House, asked: Asked) -> Done:
    """``evaluated``: rows in the copy; ``changed``: 1. Of a day gone by longer ago there is no copy to be made."""
    if asked.period.next() < period_of(house.clock.today(), asked.period.rhythm):
        return Done(
            0, 0,
            (
                "not made: a day gone by cannot be copied any more, and the newest copy holds all that it did",
                "未备份：过去的日期已无法补做备份，最新一份备份包含其全部内容",
            ),
        )  # fmt: skip
    folder = house.settings.backups
    folder.mkdir(parents=True, exist_ok=True)
    target, aside = folder / name_of(asked.period, asked.again), folder / f"{ASIDE}{secrets.token_hex(6)}"
    try:
        asked.progress("copy", 0, 2)
        backup(house.store, aside, documents.folder(house), outbox.folder(house))
        asked.progress("verify", 1, 2)
        rows = verify(aside)
        size = aside.stat().st_size
        asked.progress("verify", 2, 2)  # a worker that has lost its run leaves what stands there alone
        os.replace(aside, target)
    finally:
        for left in (aside, aside.with_name(aside.name + ".part")):
            left.unlink(missing_ok=True)
    gone = copies(folder)[house.settings.backup.keep :]
    for path in gone:
        path.unlink(missing_ok=True)
    mb = f"{size / 1e6:,.1f} MB"
    return Done(
        rows, 1,
        (
            f"{target.name}: {rows:,} rows, {mb}, read back whole; {len(gone)} older ones removed",
            f"{target.name}：{rows:,} 行，{mb}，已完整回读校验；清理旧备份 {len(gone)} 份",
        ),
    )  # fmt: skip


BACKUP = Job("backup", named("backup"), Rhythm.DAY, copy)
