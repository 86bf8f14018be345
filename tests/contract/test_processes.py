"""Several processes at once, and processes that die: nothing is lost or half done."""

from __future__ import annotations

import itertools
import os
import random
import resource
import time
import traceback
from contextlib import redirect_stderr, redirect_stdout
from multiprocessing import get_context
from pathlib import Path

from cli import main
from tests.contract.conftest import Lists, Register, code

_numbers = itertools.count(1)


class Started:
    """The command line in a process of its own, forked so that it need not load everything again."""

    def __init__(self, cli: Register, *words: object, file_size: int | None = None) -> None:
        self._said = cli.folder / f"said{next(_numbers)}"
        self._process = get_context("fork").Process(target=self._run, args=(cli, words, file_size))
        self._process.start()

    def _run(self, cli: Register, words: tuple[object, ...], file_size: int | None) -> None:
        if file_size:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
        os.environ.update(cli.environment)
        with self._said.open("w") as said, redirect_stdout(said), redirect_stderr(said):
            try:
                main([str(word) for word in words])
            except Exception:
                traceback.print_exc()
                raise

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    def kill(self) -> None:
        self._process.kill()
        self._process.join(10)

    def end(self) -> tuple[int | None, str]:
        """Exit code and everything it said."""
        self._process.join(60)
        return self._process.exitcode, self._said.read_text()


def many(lists: Lists, niche: str, rows: int) -> Path:
    firms = ((code(number), f"济南甲{number}机械有限公司", "历下区", niche) for number in range(1, rows + 1))
    return lists.csv(("uscc", "name", "district", "niche"), *firms)


def test_two_imports_at_the_same_time_both_go_in_one_after_the_other(both: Register, lists: Lists) -> None:
    both("db", "upgrade")
    running = [Started(both, "import", "enterprises", many(lists, niche, 1500), "--json") for niche in "甲乙"]
    for process in running:
        exit_code, said = process.end()
        assert exit_code == 0, said[-2000:]
    listed = sorted(both("filings", "list", "--json").json, key=lambda each: each["id"])
    assert [each["accepted"] for each in listed] == [1500, 1500]
    instants = [each["recorded_at"] for each in listed]
    assert instants == sorted(set(instants))
    niches = {both.values(code(number))["niche"] for number in (1, 700, 1500)}
    assert len(niches) == 1, "the last filing speaks for all of its rows"
    assert both.checked()


def check_all_or_nothing(cli: Register, file: Path, rows: int) -> None:
    """After a kill: the list is there to its last row or not at all, and goes in when sent again."""
    listed = cli("filings", "list", "--json").json
    assert cli.holds(code(1)) == cli.holds(code(rows)) == bool(listed)
    assert cli.checked()
    said = cli.load("enterprises", file)
    assert said.exit == 0
    assert said.fates == ((0, rows, 0, 0) if listed else (rows, 0, 0, 0))


def test_import_killed_while_it_writes_leaves_nothing(cli: Register, lists: Lists) -> None:
    file = many(lists, "阀门", 5000)
    process = Started(cli, "import", "enterprises", file, "--json")
    log = cli.folder / "register.sqlite-wal"
    while process.alive and not (log.exists() and log.stat().st_size > 100_000):
        time.sleep(0.001)
    process.kill()
    check_all_or_nothing(cli, file, 5000)


def test_import_killed_at_any_moment_leaves_all_or_nothing(both: Register, lists: Lists) -> None:
    assert both("db", "upgrade").exit == 0
    file = many(lists, "阀门", 3000)
    process = Started(both, "import", "enterprises", file, "--json")
    time.sleep(random.uniform(0.0, 0.6))
    process.kill()
    check_all_or_nothing(both, file, 3000)


def test_full_disk_leaves_nothing_and_says_so(cli: Register, lists: Lists, tmp_path: Path) -> None:
    room = (tmp_path / "register.sqlite").stat().st_size + 300_000
    process = Started(cli, "import", "enterprises", many(lists, "阀门", 5000), "--json", file_size=room)
    exit_code, said = process.end()
    assert exit_code not in (0, None)
    assert said.strip()
    assert cli("filings", "list", "--json").json == []
    assert cli.checked()
    assert "Traceback" not in said
