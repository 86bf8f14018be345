"""All that is known of a chain's resilience on a day, in one piece."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from chains.resilience import shape
from chains.resilience.cascade import Cascade, Ranked, cascade, ranked
from chains.resilience.scope import Part
from chains.resilience.shape import Articulation, Dominator, Loop
from chains.resilience.sources import Concentration, Source, concentration, single_sources
from chains.resilience.whatif import Stop, stop_each

#: So many of the firms hit are told of with each critical firm.
BECAUSE = 5


@dataclass(frozen=True)
class Report:
    """``stops``: what happens where each of the firms of ``critical`` stops, in their order. ``depth``: per firm its steps to
    the nearest leader, -1 where no way leads there."""

    part: Part
    cascade: Cascade
    sources: tuple[Source, ...]
    critical: Ranked
    stops: tuple[Stop, ...]
    concentration: tuple[Concentration, ...]
    articulation: tuple[Articulation, ...]
    dominators: tuple[Dominator, ...]
    loops: tuple[Loop, ...]
    depth: np.ndarray


def report(part: Part, top: int = 20) -> Report:
    """The whole report. ``top``: so many critical firms are ranked, of which those stay whose stop reaches others. A chain
    without links has nothing that could break."""
    of = cascade(part)
    near = shape.depth(part)
    none = Ranked(np.zeros(0, dtype=np.int64), np.zeros(0), 0, 0.0)
    critical = ranked(of, top) if len(part.supplier) else none
    stops = stop_each(of, critical.firms.tolist(), BECAUSE)
    # Who loses nothing but itself breaks no chain, however great it is.
    reaching = [at for at, stop in enumerate(stops) if stop.hit]
    return Report(
        part,
        of,
        tuple(single_sources(part, of.shares)),
        replace(critical, firms=critical.firms[reaching], index=critical.index[reaching]),
        tuple(stops[at] for at in reaching),
        tuple(concentration(part, of.shares, near)),
        tuple(shape.articulation(part)),
        tuple(shape.dominators(part)),
        tuple(shape.loops(part)),
        near,
    )
