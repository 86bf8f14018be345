"""Small chains for tests of resilience, written as links between letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

from chains.resilience.scope import Part

#: (supplier, buyer, product, share of the buyer's spend, essential); the last three may be None.
Link = tuple[str, str, str | None, float | None, bool | None]


def part(
    links: Sequence[Sequence[Any]],
    leaders: str = "",
    spend: Mapping[str, float] | None = None,
    alone: str = "",
    outside: str = "",
) -> Part:
    """``alone``: firms without links; ``outside``: firms that do not belong to the city."""
    full: list[Link] = [(*link, *(None,) * (5 - len(link))) for link in links]  # type: ignore[misc]
    ids = tuple(sorted({end for link in full for end in link[:2]} | set(leaders) | set(alone)))
    products = tuple(sorted({link[2] or "" for link in full} | {""}))
    number = {id: at for at, id in enumerate(ids)}
    return Part(
        "chain",
        ids,
        tuple(f"firm {id}" for id in ids),
        np.array([id not in outside for id in ids], dtype=bool),
        tuple(number[id] for id in leaders),
        np.array([(spend or {}).get(id, np.nan) for id in ids], dtype=float),
        np.array([number[link[0]] for link in full], dtype=np.int64),
        np.array([number[link[1]] for link in full], dtype=np.int64),
        np.array([products.index(link[2] or "") for link in full], dtype=np.int64),
        products,
        np.array([np.nan if link[3] is None else link[3] for link in full], dtype=float),
        np.array([np.nan if link[4] is None else float(link[4]) for link in full], dtype=float),
    )


LETTERS = "abcdefgh"
_LINKS = st.lists(
    st.tuples(
        st.sampled_from(LETTERS),
        st.sampled_from(LETTERS),
        st.sampled_from([None, "p", "q", "r"]),
        st.one_of(st.none(), st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.9])),
        st.sampled_from([None, True, False]),
    ).filter(lambda link: link[0] != link[1]),
    max_size=20,
    unique_by=lambda link: link[:3],
)
_SPEND = st.dictionaries(st.sampled_from(LETTERS), st.integers(0, 100).map(float), max_size=8)
#: Any small chain, with loops, assumed shares and shares above 1.
PARTS = st.builds(lambda links, spend: part(links, spend=spend, leaders="a", alone=LETTERS), _LINKS, _SPEND)
