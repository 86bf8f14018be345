"""链上风险 on the overview: what the weekly look at the chains said last. Nothing is computed for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chains.permissions import READ
from registry.house import House
from registry.jobs.models import DONE
from registry.jobs.queries import Wanted, runs
from registry.pages.asked import Asked
from registry.shell.access import may
from registry.shell.languages import language


def risk_card(house: House, asked: Asked) -> Mapping[str, Any] | None:
    """The last run that was done; None where there is none, where the question is of an earlier day or knowledge, and for
    those who may not see chains."""
    if not may(READ) or asked.known_at is not None or asked.day < house.clock.today():
        return None
    with house.store.read() as connection:
        last = runs(connection, Wanted("chain-risks", DONE), 1)
    if not last or not last[0].evaluated:
        return None
    (run,) = last
    said = run.message if language().startswith("en") else run.message_zh
    return {"period": run.period, "new": run.changed, "said": said}
