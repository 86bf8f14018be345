"""The schedule by its commands: what is listed, run, run again, refused; and two of them on one database."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from registry.settings import ROOT
from tests.contract.conftest import HEAD, Lists, Register, firm

IDS = {
    "monthly-count", "quarterly-count", "expiry-sweep", "district-todo", "freshness", "backup", "new-matches", "chain-risks"
}  # fmt: skip


def runs(cli: Register, *words: str) -> list[Any]:
    found = cli("jobs", "runs", "--json", *words).json
    assert isinstance(found, list)
    return found


def test_jobs_are_listed_one_a_line_id_first(cli: Register, today: None) -> None:
    said = cli("jobs", "list")
    assert said.exit == 0
    listed = cli("jobs", "--json").json
    assert [line.split()[0] for line in said.out.splitlines()] == [job["id"] for job in listed]
    assert {job["id"] for job in listed} == IDS
    assert {frozenset(job) for job in listed} == {frozenset({"id", "schedule", "next", "last"})}
    daily = next(job for job in listed if job["id"] == "freshness")
    assert (daily["next"], daily["last"]) == ("2026-06-15T17:30:00.000000Z", None)


def test_a_run_records_what_it_came_to_and_a_second_one_says_that_it_is_done(
    five: Register, at: Callable[[str], None]
) -> None:
    at("2026-06-15T02:00")
    first = five("jobs", "run", "freshness")
    assert first.exit == 0
    assert "freshness 2026-06-14: done" in first.out
    second = five("jobs", "run", "freshness", "--period", "2026-06-14")
    assert second.exit == 0
    assert "done already" in second.out
    (run,) = runs(five)
    assert (run["job"], run["period"], run["number"], run["status"]) == ("freshness", "2026-06-14", 1, "done")
    assert run["evaluated"] > 3
    assert run["finished_at"]
    assert five("jobs", "list", "--json").json[0]["last"] == {"period": "2026-06-14", "status": "done"}


def test_again_adds_a_run_and_edits_none(both: Register, at: Callable[[str], None]) -> None:
    at("2026-06-15T02:00")
    assert both("jobs", "run", "freshness", "--period", "2026-06-01").exit == 0
    before = runs(both)
    at("2026-06-16T02:00")
    assert both("jobs", "run", "freshness", "--period", "2026-06-01", "--again").exit == 0
    again, first = runs(both)
    assert [first] == before
    assert (again["number"], again["known_at"]) == (2, first["known_at"])


@pytest.mark.parametrize("typed", ["2026-W12", "2026-05", "2026-Q1", "2026-02-30", "yesterday", "2026-06-16"])
def test_a_period_that_cannot_be_run_is_exit_2_with_the_right_form(
    cli: Register, today: None, typed: str
) -> None:
    said = cli("jobs", "run", "freshness", "--period", typed)
    assert (said.exit, said.out) == (2, "")
    assert re.search(r"\d{4}-\d\d-\d\d", said.err.replace(typed, ""))
    assert runs(cli) == []


def test_a_month_is_counted_once_by_the_command_and_again_when_asked(
    five: Register, at: Callable[[str], None]
) -> None:
    at("2026-06-15T02:00")
    first = five("jobs", "run", "monthly-count", "--period", "2025-12", "--json").json
    assert (first["outcome"], first["period"], first["status"]) == ("done", "2025-12", "done")
    assert (first["delivered"], first["unposted"]) == (0, None)
    second = five("jobs", "run", "monthly-count", "--period", "2025-12")
    assert (second.exit, "is done already" in second.out) == (0, True)
    at("2026-06-16T02:00")
    assert five("jobs", "run", "monthly-count", "--period", "2025-12", "--again").exit == 0
    assert [(run["number"], run["known_at"]) for run in runs(five)] == [
        (2, first["known_at"]), (1, first["known_at"]),
    ]  # fmt: skip
    published = five("snapshots", "list", "--json").json
    assert [one["known_at"] for one in published] == [first["known_at"]] * 2
    wrong = five("jobs", "run", "monthly-count", "--period", "2025-12-31")
    assert (wrong.exit, "2025-12" in wrong.err.replace("2025-12-31", "")) == (2, True)


def test_a_job_that_there_is_not_is_exit_2_with_those_that_there_are(cli: Register) -> None:
    for words in (("run", "nix"), ("runs", "--job", "nix")):
        said = cli("jobs", *words)
        assert said.exit == 2
        assert "freshness" in said.err


def test_a_failed_run_is_exit_1_and_says_why(cli: Register, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "backups").write_text("a file where the folder should be")
    said = cli("jobs", "run", "backup")
    assert said.exit == 1
    assert "backups" in said.err
    assert runs(cli)[0]["status"] == "failed"
    assert (runs(cli)[0]["evaluated"], runs(cli)[0]["changed"]) == (None, None)


def test_freshness_names_what_is_stale_and_says_where_nothing_is_on_record(
    cli: Register, lists: Lists, at: Callable[[str], None]
) -> None:
    at("2026-01-10")
    assert cli("jobs", "run", "freshness").out.rstrip().endswith("nothing is on record yet")
    cli.filed("enterprises", lists.csv(HEAD, firm(1)))
    cli.filed("figures", lists.csv(("uscc", "year", "employees"), (firm(1)[0], 2024, 5)))
    cli.filed("titles", lists.csv(("uscc", "tier", "issued_on"), (firm(1)[0], "srdi", "2026-01-05")))
    at("2026-05-05")
    said = cli("jobs", "run", "freshness").out
    assert "Titles" not in said
    assert "Listings: nothing was ever filed" in said
    at("2026-12-20")
    said = cli("jobs", "run", "freshness").out
    assert "Titles: last filed 2026-01-10, 343 days ago (limit 120)" in said
    assert "Titles: newest fact of 2026-01-05" in said
    assert "newest fact of 2024-12-31" in said


def test_backups_restore_and_only_the_newest_are_kept(
    five: Register, tmp_path: Path, at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDU_BACKUP_KEEP", "2")
    folder = tmp_path / "var" / "backups"
    for day in ("2026-06-15", "2026-06-16", "2026-06-17"):
        at(day)
        assert five("jobs", "run", "backup").exit == 0
    (folder / "mine.backup").write_text("not ours")
    assert five("jobs", "run", "backup", "--again").exit == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "mine.backup", "tidu-2026-06-16-2.backup", "tidu-2026-06-16.backup",
    ]  # fmt: skip
    assert (folder / "tidu-2026-06-16.backup").stat().st_mode & 0o077 == 0
    other = Register(f"sqlite:///{tmp_path / 'other.sqlite'}", tmp_path)
    assert other("db", "restore", folder / "tidu-2026-06-16.backup").exit == 0
    assert other.checked()
    assert "cannot be copied any more" in five("jobs", "run", "backup", "--period", "2026-06-01").out


def test_a_backup_that_does_not_open_is_a_failure_and_replaces_nothing(
    five: Register, tmp_path: Path, today: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from registry.jobs import copies

    assert five("jobs", "run", "backup").exit == 0
    (good,) = (tmp_path / "var" / "backups").iterdir()
    kept = good.read_bytes()

    def cut_short(_store: object, target: Path, *_folders: object) -> int:
        target.write_bytes(kept[: len(kept) // 2])
        return 5

    monkeypatch.setattr(copies, "backup", cut_short)
    said = five("jobs", "run", "backup", "--again")
    assert said.exit == 1
    assert "damaged" in said.err
    assert list(good.parent.iterdir()) == [good]
    assert good.read_bytes() == kept


@pytest.mark.parametrize(
    "setting", ["TIDU_JOBS_DAY=1:30", "TIDU_JOBS_WEEK=monday", "TIDU_JOBS_MONTH=31 02:30"]
)
def test_a_time_that_cannot_be_read_stops_the_start(
    cli: Register, setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, _mark, value = setting.partition("=")
    monkeypatch.setenv(name, value)
    said = cli("jobs", "list")
    assert said.exit == 2
    assert "such as" in said.err


def test_a_server_and_a_schedule_started_together_run_each_period_once_and_end_when_asked(
    both: Register, tmp_path: Path
) -> None:
    assert both("db", "upgrade").exit == 0
    others = [job["id"] for job in both("jobs", "--json").json if job["id"] != "freshness"]
    environment = {**os.environ, **both.environment, "TIDU_JOBS_OFF": ",".join(others)}
    served = [
        subprocess.Popen(
            [sys.executable, "cli.py", *words],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for words in (("serve", "--port", "0"), ("jobs", "serve"))
    ]  # fmt: skip
    until = time.monotonic() + 60
    try:
        for process in served:
            assert process.stdout
            while "Ctrl+C" not in (line := process.stdout.readline()):
                assert line, "it ended"
        while time.monotonic() < until and not any(
            run["status"] == "done" for run in runs(both, "--job", "freshness")
        ):
            assert all(process.poll() is None for process in served)
    finally:
        for process in served:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
        said = []
        for process in served:
            assert process.stdout
            with process.stdout as heard:
                said.append(heard.read())
    assert [process.returncode for process in served] == [0, 0], said
    assert all("Traceback" not in each for each in said), said
    assert len(runs(both, "--job", "freshness")) == 1
    assert runs(both)[0]["by"] == "schedule"
