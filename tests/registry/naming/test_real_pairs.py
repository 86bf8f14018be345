"""The weights do on real pairs what they are said to do, where the pairs are at hand."""

from __future__ import annotations

import pytest

from registry.naming.weighing import weigh
from tests.bench.real_names import Asked, ask, at_hand, world

pytestmark = pytest.mark.skipif(not at_hand(), reason="the real pairs are not at hand")
#: Every so many firms are asked for after they were taken off the register; the benchmark asks for all.
EVERY = 6
PRECISION, TAKEN = 0.999, 0.6


def taken(asked: list[Asked]) -> list[tuple[str | None, str]]:
    """(meant, taken) of the questions that were decided without a person."""
    found = []
    for each in asked:
        weighed, firm = max(
            ((weigh(said), firm) for firm, said in each.offered), key=lambda one: one[0].score
        )
        if weighed.certain():
            found.append((each.question.meant, firm))
    return found


@pytest.mark.timeout(300)
def test_what_is_taken_without_a_person_is_right() -> None:
    here = world()
    other = [q for q in here.questions if not q.off]
    right = taken(ask(here, other, True))
    wrong = taken(ask(here, [q for q in here.questions if q.off][::EVERY], True))
    assert sum(meant == firm for meant, firm in right) >= TAKEN * len(other)
    assert sum(meant == firm for meant, firm in right) >= PRECISION * len(right)
    assert wrong == []
