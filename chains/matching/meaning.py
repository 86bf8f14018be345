"""How near two texts are in meaning. ``Characters`` is always there; a model of meaning stands beside it where one is
installed (embedding.py). Both propose, neither decides: 正极材料 and 负极材料 look alike to either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import sparse

from chains.matching.ngrams import Grams


@dataclass(frozen=True, eq=False)
class Corpus:
    """Texts that others are compared with: each once, with what their runs of characters say."""

    texts: tuple[str, ...]
    grams: Grams
    vectors: sparse.csr_matrix

    @classmethod
    def of(cls, texts: Sequence[str]) -> Corpus:
        return cls(tuple(texts), *Grams.of(texts))


class Meaning(Protocol):
    """``similar(texts, corpus)`` gives a score from 0 to 1 for each text (row) with each text of the corpus (column)."""

    @property
    def id(self) -> str: ...

    def similar(self, texts: Sequence[str], corpus: Corpus) -> np.ndarray: ...


@dataclass(frozen=True)
class Characters:
    """Runs of one to three characters, rare ones counting more."""

    id: str = "characters"

    def similar(self, texts: Sequence[str], corpus: Corpus) -> np.ndarray:
        found: np.ndarray = (corpus.grams.vectors(texts) @ corpus.vectors.T).toarray()
        return found
