"""YAML with a place for every value, so that a rule written by hand into nonsense is answered with file and line.

Scalars stay text: a rule's ``3%`` and ``2026-04-01`` are read by those who know what they mean, and ``no`` is no False.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml

T = TypeVar("T")
MAX_BYTES = 1_000_000
#: Far deeper than any rule; composing recurses, and the C library would run out of stack without a word.
MAX_DEPTH = 100
#: Fifteen times faster where the C library is at hand; both give the same nodes and places.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
NAME = re.compile(r"^[a-z][a-z0-9_]*$")


class RuleError(ValueError):
    """A rule file cannot be used; the message names file, line and what is expected."""


class Spot:
    """A value of a rule file: text, list or mapping, and where it stands."""

    def __init__(self, value: Any, file: str, line: int, name: str) -> None:
        self.value, self.file, self.line, self.name = value, file, line, name
        self._taken: set[str] = set()

    def wrong(self, what: str) -> RuleError:
        return RuleError(f"{self.file}:{self.line}: {self.name}: {what}")

    # Mappings ----------------------------------------------------------------------------------------

    def take(self, key: str) -> Spot | None:
        """The value under ``key``, or None; what is never taken is refused by ``done``."""
        if not isinstance(self.value, dict):
            raise self.wrong("expected keys with values")
        self._taken.add(key)
        return self.value.get(key)

    def need(self, key: str) -> Spot:
        found = self.take(key)
        if found is None:
            raise self.wrong(f"lacks {key!r}")
        return found

    def done(self) -> None:
        """Refuse keys that nobody asked for."""
        for key, spot in self.value.items():
            if key not in self._taken:
                raise spot.wrong(f"unknown key; known here: {', '.join(sorted(self._taken))}")

    def pairs(self) -> Iterator[tuple[str, Spot]]:
        if not isinstance(self.value, dict):
            raise self.wrong("expected keys with values")
        self._taken |= self.value.keys()
        yield from self.value.items()

    def has(self, key: str) -> bool:
        return isinstance(self.value, dict) and key in self.value

    # Lists and text ----------------------------------------------------------------------------------

    def each(self) -> list[Spot]:
        if not isinstance(self.value, list):
            raise self.wrong("expected a list")
        return self.value

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.wrong("expected text")
        return self.value.strip()

    def id(self) -> str:
        """A name that paths such as ``total.innovation`` can be made of."""
        if not NAME.match(self.text()):
            raise self.wrong(f"{self.text()!r} is no id; write small letters, digits and _")
        return self.text()

    def texts(self) -> tuple[str, ...]:
        """One text or a list of them, at least one."""
        if isinstance(self.value, list):
            if not self.value:
                raise self.wrong("is empty")
            return tuple(spot.text() for spot in self.each())
        return (self.text(),)

    def read(self, how: Callable[[str], T]) -> T:
        """Text through a reader whose ValueError becomes a message with this place."""
        try:
            return how(self.text())
        except RuleError:
            raise
        except ValueError as error:
            raise self.wrong(str(error)) from error

    def one_of(self, *known: str) -> str:
        text = self.text()
        if text not in known:
            raise self.wrong(f"{text!r} is none of {', '.join(known)}")
        return text

    def day(self) -> date:
        try:
            if _DAY.match(self.text()):
                return date.fromisoformat(self.text())
        except ValueError:
            pass
        raise self.wrong(f"{self.text()!r} is no day such as 2026-04-01")


def read_spots(path: Path) -> Spot:
    """The one document of a file. Raises RuleError for what is no YAML, repeats a key, or is not UTF-8."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RuleError(f"{path.name}:1: larger than a rule can be ({MAX_BYTES:,} bytes)")
        text = path.read_text(encoding="utf-8")
        depth = 0
        for event in yaml.parse(text, Loader=LOADER):
            line = event.start_mark.line + 1 if event.start_mark else 1
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise RuleError(f"{path.name}:{line}: is nested deeper than a rule can be")
            if isinstance(event, yaml.AliasEvent):  # an officer reads each rule where it stands
                raise RuleError(f"{path.name}:{line}: *{event.anchor}: write it out")
        node = yaml.compose(text, Loader=LOADER)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise RuleError(f"{path.name}:{line}: is not UTF-8; save it as UTF-8") from error
    except OSError as error:
        raise RuleError(f"{path.name}:1: cannot be read: {error}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RuleError(f"{path.name}:{line}: is not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise RuleError(f"{path.name}:1: is not YAML: {error}") from error
    if node is None:
        raise RuleError(f"{path.name}:1: the file is empty")
    return _spot(node, path.name, "rule")


def _spot(node: yaml.Node, file: str, name: str) -> Spot:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Spot] = {}
        for key, value in node.value:
            word = str(key.value)
            if word in found:
                raise RuleError(f"{file}:{key.start_mark.line + 1}: {word}: stands twice")
            found[word] = _spot(value, file, word)
            found[word].line = key.start_mark.line + 1
        return Spot(found, file, line, name)
    if isinstance(node, yaml.SequenceNode):
        return Spot([_spot(part, file, name) for part in node.value], file, line, name)
    return Spot(node.value, file, line, name)
