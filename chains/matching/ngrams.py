"""TF-IDF of characters, one to three in a row, over many short texts at once. Pure.

Every run of one, two or three characters is one number (21 bits a character), so that counting is sorting: no text is
walked through in Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

LONGEST = 3
_BITS = 21


@dataclass(frozen=True)
class Grams:
    """What a corpus of texts says about runs of characters: ``keys`` (sorted) and how rare each is; ``rarest``: one that no
    text holds."""

    keys: np.ndarray
    rarity: np.ndarray
    rarest: float = 1.0

    @classmethod
    def of(cls, texts: Sequence[str]) -> tuple[Grams, sparse.csr_matrix]:
        """Learn from ``texts``, and give their vectors: one row of length 1 for each text (a blank text: nothing)."""
        keys, rows = _runs(texts)
        known, columns = np.unique(keys, return_inverse=True)
        counts = _counted(rows, columns, len(texts), len(known))
        held = np.bincount(counts.indices, minlength=len(known))
        # As if one more text held every run, so that nothing is divided by nothing.
        learned = cls(known, np.log((1 + len(texts)) / (1 + held)) + 1, float(np.log(1 + len(texts))) + 1)
        return learned, learned._weighed(counts)

    def vectors(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Vectors of other texts, one row of length 1 for each, by the runs that the corpus holds; ``share`` says how much of a
        text these are."""
        keys, rows = _runs(texts)
        if not len(self.keys):
            return sparse.csr_matrix((len(texts), 0))
        at, known = self._held(keys)
        return self._weighed(_counted(rows[known], at[known], len(texts), len(self.keys)))

    def share(self, texts: Sequence[str]) -> np.ndarray:
        """How much of each text the corpus knows, from 0 (or blank) to 1, by length: a run that it does not hold counts as the
        rarest. Without it a text of which only 高强 is known would be as like 高强铜带 as 高强 itself."""
        keys, rows = _runs(texts)
        once, columns = np.unique(keys, return_inverse=True)
        counts = _counted(rows, columns, len(texts), len(once)).astype(np.float64)
        at, known = self._held(once)
        rarity = np.full(len(once), self.rarest)
        rarity[known] = self.rarity[at[known]]
        counts.data = ((1 + np.log(counts.data)) * rarity[counts.indices]) ** 2
        whole = np.asarray(counts.sum(axis=1)).ravel()
        found: np.ndarray = np.sqrt((counts @ known.astype(float)) / np.where(whole == 0, 1, whole))
        return found

    def _held(self, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(the place of each run, whether it is held at all)."""
        if not len(self.keys):
            return np.zeros(len(keys), np.int64), np.zeros(len(keys), bool)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return at, self.keys[at] == keys

    def _weighed(self, counts: sparse.csr_matrix) -> sparse.csr_matrix:
        weighed = counts.astype(np.float64)
        weighed.data = (1 + np.log(weighed.data)) * self.rarity[weighed.indices]
        lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
        lengths[lengths == 0] = 1
        weighed.data /= np.repeat(lengths, np.diff(weighed.indptr))
        return weighed.astype(np.float32)


def _runs(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """(the number of each run of characters, the text that it stands in)."""
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    letters = np.frombuffer("".join(texts).encode("utf-32-le", "replace"), np.uint32).astype(np.int64) + 1
    owner = np.repeat(np.arange(len(texts)), sizes)
    keys, rows = [letters], [owner]
    run = letters
    for length in range(2, LONGEST + 1):
        if len(letters) < length:
            break
        run = (run[:-1] << _BITS) | letters[length - 1 :]
        inside = owner[: len(run)] == owner[length - 1 :]
        keys.append(run[inside])
        rows.append(owner[: len(run)][inside])
    return np.concatenate(keys), np.concatenate(rows)


def _counted(rows: np.ndarray, columns: np.ndarray, texts: int, width: int) -> sparse.csr_matrix:
    counts = sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=(texts, width))
    counts.sum_duplicates()
    return counts
