"""A register of a handful of firms, filled and asked through the command line only.

``Register`` runs ``cli.main`` in this process against one database. ``at("2024-05-01")`` sets the clock, so that
a test can say when a list was filed; lists are small CSV files with the field ids of the contract as headers.
"""

from __future__ import annotations

import csv
import itertools
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from click.testing import CliRunner
from stdnum.cn import uscc as credit

import cli

SHANGHAI = ZoneInfo("Asia/Shanghai")
# Most lists of these tests are filed on FILED, later than every date of issue in them, and questions are asked
# on the day after.
FILED = "2026-11-02"
ASKED = "2026-11-03"

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@cache
def firm(number: int) -> str:
    """A valid credit code in area 370199, which is unassigned: nobody's."""
    body = f"MA{number:06d}"
    values = [int(c) if c.isdigit() else ord(c) - 55 for c in body]
    left = 11 - sum(w * v for w, v in zip(_WEIGHTS, values, strict=True)) % 11
    code = "91370199" + body + {10: "X", 11: "0"}.get(left, str(left))
    code += credit.calc_check_digit(code)
    assert credit.is_valid(code)
    return code


@dataclass
class Answer:
    """What one command gave back."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Register:
    folder: Path
    settings: Mapping[str, str | None]
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def run(self, *arguments: str, at: str = ASKED) -> Answer:
        """One command; an escaped exception is shown, not turned into an exit code."""
        with clock(at):
            result = CliRunner(env=self.settings).invoke(cli.main, arguments, catch_exceptions=False)
        return Answer(result.exit_code, result.stdout, result.stderr)

    def ask(self, *arguments: str, at: str = ASKED) -> Any:
        """The JSON of a command that must be done with exit 0."""
        answer = self.run(*arguments, "--json", at=at)
        assert answer.code == 0, f"{arguments}: exit {answer.code}\n{answer.err}\n{answer.out[:2000]}"
        return answer.json

    # --- putting lists on record -------------------------------------------------------------------

    def sheet(self, rows: Sequence[Mapping[str, Any]]) -> Path:
        """A CSV of these rows; a field that a row lacks is an empty cell."""
        path = self.folder / f"list-{next(self.numbers)}.csv"
        headers = list(dict.fromkeys(name for row in rows for name in row))
        with path.open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, headers, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return path

    def send(
        self, kind: str, rows: Sequence[Mapping[str, Any]], *options: str, at: str | None = None, **sets: Any
    ) -> Answer:
        """Imports the rows whatever becomes of them. ``at`` is the Shanghai day (or instant) of filing."""
        given = [f"--set={name}={value}" for name, value in sets.items()]
        return self.run("import", kind, str(self.sheet(rows)), *given, *options, "--json", at=at or FILED)

    def file(
        self, kind: str, rows: Sequence[Mapping[str, Any]], *options: str, at: str | None = None, **sets: Any
    ) -> Any:
        """Imports rows that must all be taken (accepted or unchanged); gives the JSON."""
        answer = self.send(kind, rows, *options, at=at, **sets)
        assert answer.code == 0, f"exit {answer.code}: {answer.err}\n{answer.out}"
        report = answer.json
        assert report["accepted"] + report["unchanged"] == report["rows"] == len(rows), report
        return report

    def firms(self, *numbers: int, at: str = "2019-01-02", **fields: Any) -> Any:
        """Firms ``numbers`` of 历下区, named 济南试样N号有限公司, active from the beginning."""
        rows = [
            {"uscc": firm(n), "name": f"济南试样{n}号有限公司", **({"district": "历下区"} | fields)}
            for n in numbers
        ]
        return self.file("enterprises", rows, at=at)

    def title(self, number: int, tier: str = "srdi", *, at: str | None = None, **fields: Any) -> Any:
        """One title of firm ``number``."""
        return self.file("titles", [{"uscc": firm(number), "tier": tier, **fields}], at=at)

    # --- asking ------------------------------------------------------------------------------------

    def count(self, day: str, *options: str) -> Any:
        return self.ask("count", "--as-of", day, *options)

    def tier(self, day: str, tier: str, level: str | None = None, *options: str) -> Any:
        """The numbers of one tier, summed over nothing: exactly one line must answer, or none (all zero)."""
        lines = [
            line
            for line in self.count(day, *options)["tiers"]
            if line["tier"] == tier and (level is None or line["level"] == level)
        ]
        if not lines:
            return dict.fromkeys(NUMBERS, 0)
        held = [line for line in lines if any(line[n] for n in NUMBERS)]
        assert len(held) <= 1, held
        return (held or lines)[0]

    def target(self, day: str, target: str, *options: str) -> Any:
        (found,) = [t for t in self.count(day, *options)["targets"] if t["id"] == target]
        return found

    def behind(self, day: str, target: str, *options: str) -> list[str]:
        """Codes of the firms behind a target."""
        return [f["uscc"] for f in self.ask("count", "--as-of", day, "--firms", target, *options)]

    def show(self, number: int, *options: str) -> Any:
        return self.ask("show", firm(number), *options)

    def profile(self, number: int, field: str, *options: str) -> Any:
        """The value of one profile field, None where nothing is said."""
        said = self.show(number, *options)["profile"].get(field)
        return said["value"] if said else None


NUMBERS = (
    "titles_cumulative",
    "titles_valid",
    "firms_valid",
    "review_pending",
    "new_this_year",
    "expiring_180d",
)


def codes(*numbers: int) -> list[str]:
    """Codes of firms, ordered as every list of firms is."""
    return sorted(firm(n) for n in numbers)


def problems(report: Any, fate: str | None = None) -> list[str]:
    """Codes of the problems and notes that an import named."""
    return [p["code"] for p in report["problems"] if fate is None or p["fate"] == fate]


def instant(moment: str) -> datetime:
    """``2024-05-01`` is noon of that day in Shanghai; a full instant is read as given."""
    if len(moment) == 10:
        return datetime.combine(date.fromisoformat(moment), time(12), SHANGHAI).astimezone(UTC)
    return datetime.fromisoformat(moment)


@contextmanager
def clock(moment: str) -> Iterator[None]:
    """The clock runs on from this moment."""
    with time_machine.travel(instant(moment), tick=True):
        yield


@cache
def empty_sqlite() -> bytes:
    """A register that one command made and upgraded, as a file's bytes; made once, it saves each test that."""
    with TemporaryDirectory() as name:
        register = _register(Path(name), None)
        register.count(ASKED)
        with closing(sqlite3.connect(Path(name) / "register.sqlite")) as connection:
            return connection.serialize()


def _register(folder: Path, url: str | None) -> Register:
    var = folder / "var"
    var.mkdir(exist_ok=True)
    settings: dict[str, str | None] = {name: None for name in os.environ if name.startswith("TIDU_")}
    settings |= {"TIDU_PATHS_VAR": str(var), "DATABASE_URL": url or f"sqlite:///{folder / 'register.sqlite'}"}
    return Register(folder, settings)


def new_register(folder: Path, url: str | None = None) -> Register:
    """An empty register; without ``url`` an SQLite file in ``folder``. Nothing outside ``folder`` is touched."""
    register = _register(folder, url)
    if url is None:
        (folder / "register.sqlite").write_bytes(empty_sqlite())
    return register


# --- saying and asking the same thing in many tests ----------------------------------------------------


def valid(register: Register, day: str, tier: str = "srdi") -> int:
    """Titles of one tier in force on a day, where each firm holds one of them."""
    numbers = register.tier(day, tier)
    assert numbers["titles_valid"] == numbers["firms_valid"]
    return int(numbers["titles_valid"])


def title_shown(register: Register, number: int, *options: str) -> dict[str, Any]:
    """The one title that a firm has on record."""
    (title,) = register.show(number, *options)["titles"]
    return dict(title)


def listing(register: Register, number: int, board: str = "sse_main", **fields: Any) -> Any:
    """One stage of a listing: listed since mid-2020 unless ``fields`` say otherwise."""
    given = {"stage": "listed", "stage_on": "2020-07-01"} | fields
    return register.file("listings", [{"uscc": firm(number), "board": board, **given}])
