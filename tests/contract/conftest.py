"""The command line as a stranger uses it: commands go in, exit codes, JSON and complaints come out.

Nothing here looks behind the front door. ``cli(...)`` runs one command on a fresh register and gives a ``Said``;
``xlsx``, ``xls`` and ``csv`` write lists the way bureaus send them; ``code(n)`` gives the n-th valid credit code
of the unassigned area 370199.
"""

from __future__ import annotations

import csv as csv_module
import io
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
import xlwt
from click.testing import CliRunner
from stdnum.cn import uscc as uscc_number

from cli import main
from tests.contract import counting

Rows = Iterable[Sequence[Any]]

#: The columns of most lists of enterprises.
HEAD = ("统一社会信用代码", "企业名称", "区县")
#: The day on which most tests happen: 2026-06-15, 10 in the morning in Jinan.
TODAY = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)


def code(number: int) -> str:
    """The valid credit code with running number ``number`` in the unassigned area 370199."""
    body = f"91370199MA{number:07d}"
    return body + uscc_number.calc_check_digit(body)


def firm(number: int, district: str = "历下区") -> tuple[str, str, str]:
    """A row under ``HEAD``."""
    return (code(number), f"济南甲{number}机械有限公司", district)


@dataclass(frozen=True)
class Said:
    """What one command answered: exit code, stdout, stderr."""

    exit: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer as JSON; the whole of stdout must be one document."""
        try:
            return json.loads(self.out)
        except ValueError:
            pytest.fail(f"no JSON (exit {self.exit})\nstdout: {self.out[:2000]}\nstderr: {self.err[:2000]}")

    @property
    def fates(self) -> tuple[int, int, int, int]:
        """accepted, unchanged, review, refused; checks that they add up to the rows."""
        said = self.json
        four = (said["accepted"], said["unchanged"], said["review"], said["refused"])
        assert sum(four) == said["rows"], said
        return four

    def problems(self, *fates: str) -> list[tuple[int, str | None, str]]:
        """(sheet row, field, code) of the problems with one of ``fates`` (all without)."""
        return [
            (each["row"], each["field"], each["code"])
            for each in self.json["problems"]
            if not fates or each["fate"] in fates
        ]

    def codes(self, *fates: str) -> list[str]:
        return [each[2] for each in self.problems(*fates)]


class Register:
    """One register and the commands on it. Call it with the words of a command line."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder

    @property
    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.url, "TIDU_PATHS_VAR": str(self.folder / "var")}

    def __call__(self, *words: object) -> Said:
        result = CliRunner().invoke(main, [str(word) for word in words], env=self.environment)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    def load(self, kind: str, file: Path, *words: object) -> Said:
        """``import KIND FILE … --json``."""
        return self("import", kind, file, *words, "--json")

    def filed(self, kind: str, file: Path, *words: object) -> int:
        """Import a list that must go in without refusals; gives the filing's id."""
        said = self.load(kind, file, *words)
        assert said.exit == 0, (said.exit, said.out, said.err)
        filing = said.json["filing"]
        assert isinstance(filing, int)
        return filing

    def show(self, uscc: str, *words: object) -> Any:
        said = self("show", uscc, *words, "--json")
        assert said.exit == 0, said
        return said.json

    def values(self, uscc: str, *words: object) -> dict[str, Any]:
        """The profile's plain values."""
        return {field: cell["value"] for field, cell in self.show(uscc, *words)["profile"].items()}

    def holds(self, uscc: str) -> bool:
        return self("show", uscc, "--json").exit == 0

    def checked(self) -> bool:
        """``db check`` finds no fault."""
        return self("db", "check").exit == 0


class Lists:
    """Writes files in one folder; each call gives the path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made = 0

    def path(self, name: str | None, suffix: str) -> Path:
        self._made += 1
        return self.folder / (name or f"list{self._made}{suffix}")

    def csv(
        self, *rows: Sequence[Any], name: str | None = None, encoding: str = "utf-8", delimiter: str = ","
    ) -> Path:
        text = io.StringIO()
        csv_module.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
        return self.raw(text.getvalue().encode(encoding), name=name, suffix=".csv")

    def raw(self, content: bytes, name: str | None = None, suffix: str = ".csv") -> Path:
        path = self.path(name, suffix)
        path.write_bytes(content)
        return path

    def xlsx(self, *rows: Sequence[Any], name: str | None = None, sheet: str = "名单") -> Path:
        book, page = self.workbook(sheet)
        for row in rows:
            page.append(list(row))
        return self.saved(book, name)

    def workbook(self, sheet: str = "名单") -> tuple[Any, Any]:
        """An openpyxl workbook and its one sheet, for lists with merged cells and the like."""
        book = openpyxl.Workbook()
        page = book.active
        assert page is not None
        page.title = sheet
        return book, page

    def saved(self, book: Any, name: str | None = None) -> Path:
        path = self.path(name, ".xlsx")
        book.save(path)
        return path

    def xls(self, *rows: Sequence[Any], name: str | None = None, sheet: str = "名单") -> Path:
        book = xlwt.Workbook(encoding="utf-8")
        page = book.add_sheet(sheet)
        for down, row in enumerate(rows):
            for across, value in enumerate(row):
                page.write(down, across, value)
        path = self.path(name, ".xls")
        book.save(str(path))
        return path


@pytest.fixture(scope="session")
def empty_register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file as the first command leaves it, copied for each test."""
    folder = tmp_path_factory.mktemp("empty")
    cli = Register(f"sqlite:///{folder / 'register.sqlite'}", folder)
    said = cli("db", "upgrade")
    assert said.exit == 0, said
    return folder / "register.sqlite"


@pytest.fixture
def cli(tmp_path: Path, empty_register: Path) -> Register:
    """An empty register on SQLite."""
    shutil.copyfile(empty_register, tmp_path / "register.sqlite")
    return Register(f"sqlite:///{tmp_path / 'register.sqlite'}", tmp_path)


@pytest.fixture
def five(cli: Register, lists: Lists) -> Register:
    """A register of five firms in 历下区, filed as filing 1."""
    cli.filed("enterprises", lists.csv(HEAD, *map(firm, range(1, 6))))
    return cli


@pytest.fixture
def both(tmp_path: Path, database_url: str) -> Register:
    """An empty register, once on SQLite and once on PostgreSQL."""
    return Register(database_url, tmp_path)


@pytest.fixture
def register(tmp_path: Path) -> counting.Register:
    """An empty register to be counted, on SQLite."""
    return counting.new_register(tmp_path)


@pytest.fixture
def register_on_both(tmp_path: Path, database_url: str) -> counting.Register:
    """The same tests on SQLite and on PostgreSQL."""
    return counting.new_register(tmp_path, database_url)


@pytest.fixture
def lists(tmp_path: Path) -> Lists:
    return Lists(tmp_path)


@pytest.fixture
def at() -> Iterator[Callable[[str], None]]:
    """Moves the clock: ``at("2026-03-01")`` is that noon in UTC, ``at("2026-03-01T02:00")`` that minute.

    The clock goes on ticking from there.
    """
    moved: list[time_machine.travel] = []

    def move(day: str) -> None:
        while moved:
            moved.pop().stop()
        instant = datetime.fromisoformat(day if "T" in day else f"{day}T04:00").replace(tzinfo=UTC)
        traveller = time_machine.travel(instant, tick=True)
        traveller.start()
        moved.append(traveller)

    yield move
    while moved:
        moved.pop().stop()


@pytest.fixture
def today(at: Callable[[str], None]) -> None:
    """It is 2026-06-15 in Jinan."""
    at(TODAY.strftime("%Y-%m-%dT%H:%M"))
