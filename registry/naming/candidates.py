"""Names of the register that come near a given one, found without comparing it with each.

Every name is known by the pairs of characters that stand side by side in it or with one between them. A given name asks
only for its rarest pairs, as far as a budget of postings goes; what they lead to is weighed by the rarity of what is
shared, and the best are compared by edit distance. The pair across a gap keeps finding a name that one wrong character
has broken. A million names take some 400 MB and are built in a few seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from scipy import sparse


class Effort(NamedTuple):
    """How far a search goes: postings read for one name, and how many of the best are compared by edit distance."""

    postings: int
    compared: int


#: ``WIDE`` misses no more than comparing with each name; ``QUICK`` is for all names of a register against themselves.
WIDE, QUICK = Effort(16_000, 150), Effort(1_000, 20)
BATCH = 512
_HIGH = 21  # bits of a character
_GAP = 1 << 42  # marks a pair across a gap


class Entry(NamedTuple):
    """A name of a firm: its normal form; role: present, former or short."""

    uscc: str
    key: str
    role: str
    name: str


class Hit(NamedTuple):
    """``entry``: its number in the index; ``score``: 0 to 1."""

    entry: int
    score: float


Pairs = NDArray[np.int64]


class NameIndex:
    """An index over ``entries``; they stay as they are, see ``changed`` for what comes and goes."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries: list[Entry] = list(entries)
        owner, pairs = _pairs([e.key for e in self.entries])
        self._vocabulary, start = _ranges(pairs)
        n = len(self.entries)
        ones = np.ones(len(owner), np.float32)
        self._postings = sparse.csr_array((ones, owner, start), shape=(len(self._vocabulary), max(n, 1)))
        self._df = np.diff(start)
        self._idf = np.log1p(n / np.maximum(self._df, 1)).astype(np.float32)
        weight = np.repeat(self._idf, self._df) ** 2
        self._norm = np.sqrt(np.bincount(owner, weight, minlength=max(n, 1))).astype(np.float32)
        self._norm[self._norm == 0] = 1

    def __len__(self) -> int:
        return len(self.entries)

    def bearers(self, core: str) -> int:
        """How many names have all neighbouring characters of ``core``, at most; 0 where it is unknown or too short."""
        if len(core) < 2 or not len(self._vocabulary):
            return 0
        _, pairs = _pairs([core], gaps=False)
        at, known = self._find(pairs)
        return int(self._df[at].min()) if known.all() else 0

    def search(self, keys: Sequence[str], k: int = 5, effort: Effort = WIDE) -> Iterator[list[Hit]]:
        """For each normal form the ``k`` nearest names, best first; also itself where it is on the register."""
        for start in range(0, len(keys), BATCH):
            yield from self._batch(keys[start : start + BATCH], k, effort)

    def _find(self, pairs: Pairs) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        at = np.searchsorted(self._vocabulary, pairs)
        at[at == len(self._vocabulary)] = 0
        return at, self._vocabulary[at] == pairs

    def _batch(self, keys: Sequence[str], k: int, effort: Effort) -> list[list[Hit]]:
        if not self.entries or not len(self._vocabulary):
            return [[] for _ in keys]
        owner, pairs = _pairs(keys)
        at, known = self._find(pairs)
        idf = np.where(known, self._idf[at], np.log1p(len(self.entries)))
        norm = np.sqrt(np.bincount(owner, idf**2, minlength=len(keys)))
        owner, at = owner[known], at[known]
        order = np.lexsort((self._df[at], owner))  # of each name the rarest first
        owner, at = owner[order], at[order]
        read = np.cumsum(self._df[at])
        first = np.searchsorted(owner, np.arange(len(keys)))
        before = np.concatenate(([0], read))[first]
        asked = (read - before[owner] <= effort.postings) | (np.arange(len(owner)) == first[owner])
        owner, at = owner[asked], at[asked]
        shape = (len(keys), len(self._vocabulary))
        shared = sparse.csr_array((self._idf[at] ** 2, (owner, at)), shape=shape) @ self._postings
        left: list[str] = []
        right: list[str] = []
        cosine: list[NDArray[np.float32]] = []
        found: list[NDArray[np.int32]] = []
        for row, key in enumerate(keys):
            here = slice(shared.indptr[row], shared.indptr[row + 1])
            names = shared.indices[here]
            score = shared.data[here] / (self._norm[names] * (norm[row] or 1))
            if len(names) > effort.compared:
                best = np.argpartition(score, -effort.compared)[-effort.compared :]
                names, score = names[best], score[best]
            found.append(names)
            cosine.append(score)
            left += [key] * len(names)
            right += [self.entries[n].key for n in names]
        alike = (
            process.cpdist(left, right, scorer=fuzz.ratio, dtype=np.float32) / 100 if left else np.zeros(0)
        )
        answers: list[list[Hit]] = []
        done = 0
        for names, score in zip(found, cosine, strict=True):
            together = (score + alike[done : done + len(names)]) / 2
            done += len(names)
            best = np.lexsort((names, -together))[:k]
            answers.append([Hit(int(names[b]), float(together[b])) for b in best])
        return answers


def _pairs(keys: Sequence[str], gaps: bool = True) -> tuple[NDArray[np.int32], Pairs]:
    """The pairs of all names, each once a name: (number of the name, pair), sorted by pair."""
    lengths = np.fromiter((len(key) for key in keys), np.int64, len(keys))
    text = np.frombuffer("".join(keys).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
    owner = np.repeat(np.arange(len(keys), dtype=np.int32), lengths)
    found: list[Pairs] = []
    whose: list[NDArray[np.int32]] = []
    for step in (1, 2) if gaps else (1,):
        inside = owner[step:] == owner[:-step]
        pair = (text[:-step] << _HIGH) | text[step:]
        found.append(pair[inside] | (_GAP if step == 2 else 0))
        whose.append(owner[:-step][inside])
    pairs, owners = np.concatenate(found), np.concatenate(whose)
    order = np.argsort(pairs, kind="stable")  # of one pair the owners stay in order
    pairs, owners = pairs[order], owners[order]
    once = np.ones(len(pairs), bool)
    once[1:] = (pairs[1:] != pairs[:-1]) | (owners[1:] != owners[:-1])
    return owners[once], pairs[once]


def _ranges(pairs: Pairs) -> tuple[Pairs, NDArray[np.int64]]:
    """The different ones of sorted ``pairs``, and where each begins; the end is the last."""
    if not len(pairs):
        return pairs, np.zeros(1, np.int64)
    begins = np.flatnonzero(np.concatenate(([True], pairs[1:] != pairs[:-1])))
    return pairs[begins], np.append(begins, len(pairs)).astype(np.int64)
