"""What dies, is refused or comes late around a run: it is counted once and delivered once all the same."""

from __future__ import annotations

import email
import os
import random
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from email import policy
from multiprocessing import get_context
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from docx import Document

from registry.delivery.outbox import DELIVERY
from registry.delivery.sending import send_due
from registry.house import House
from registry.jobs import running
from registry.jobs.due import latest_due, window
from registry.jobs.posting import post_due
from registry.jobs.queries import number_broken
from registry.jobs.running import run
from registry.settings import ROOT
from registry.store.clock import Clock
from registry.withdrawal import withdraw
from tests.registry.delivery.parcels import Mailbox, by_mail, mail_server, raw_server, rows
from tests.registry.house import code, file_rows, open_test_house
from tests.registry.jobs.worked import rows_of
from tests.sample_app import app_in, house_of
from tests.tiers.counted_city import change, firms, one_of_each, title
from tests.tiers.jobs.scheduled import names_in, parcels_of, ran, to
from tiers.bulletins import making, published
from tiers.publishing import heads, snapshot

JUNE = "2026-06"
NAMES = ["monthly-2026-06-30.docx", "monthly-2026-06-30.pdf", "monthly-2026-06-30.xlsx"]
FORK = get_context("fork")


def die(*_given: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def count_and_die(url: str, var: Path, taken: Path) -> None:
    running.post_due = die
    ran(to(open_test_house(url, var), folder=str(taken)), "monthly-count", "2025-12")


def test_a_job_that_dies_between_count_and_delivery_is_delivered_once_by_the_next_look(
    database_url: str, tmp_path: Path, folder: Path
) -> None:
    house = to(open_test_house(database_url, tmp_path), folder=str(folder))
    one_of_each(house)
    house.store.dispose()  # a fork shares no connection
    process = FORK.Process(target=count_and_die, args=(database_url, tmp_path, folder))
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    (row,) = rows_of(house)
    assert (row.status, row.delivered) == ("done", None)
    assert len(heads(house)) == 1
    assert names_in(folder) == []
    for _look in range(2):
        post_due(house)
        assert names_in(folder) == [f"monthly-2025-12-31.{kind}" for kind in ("docx", "pdf", "xlsx")]
    assert rows_of(house)[0].delivered == 1
    assert parcels_of(house) == ["monthly-count/2025-12/1/bulletin"]
    house.store.dispose()


def test_a_template_with_a_wrong_placeholder_stops_the_sending_not_the_count(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with app_in(tmp_path) as app:
        house = to(house_of(app), folder=str(tmp_path / "taken"))
        template = house.settings.templates / "monthly.docx"
        template.parent.mkdir(parents=True)
        document = Document()
        document.add_paragraph("济南市 {{ tilte }}")
        document.save(str(template))
        done = ran(house, "monthly-count", JUNE)
        assert (done.outcome, done.run.delivered) == ("done", None)
        assert len(heads(house)) == 1
        assert "monthly.docx" in done.run.unposted
        assert "there is no placeholder tilte" in done.run.unposted
        assert "table_targets" in done.run.unposted, "the right ones are listed"
        client = app.test_client()
        page = client.get("/jobs").text
        assert "未投递" in page
        assert "没有占位符 tilte" in page
        assert "/jobs" in client.get("/todo").text
        with house.store.read() as connection:
            assert number_broken(connection) == 1
        template.unlink()
        asked = ran(house, "monthly-count", JUNE)  # who mended it does not wait for the next try
        assert (asked.outcome, asked.run.delivered, asked.run.unposted) == ("already", 1, None)
        assert names_in(tmp_path / "taken") == NAMES


def test_what_was_superseded_before_it_was_sent_is_not_sent(
    city: House, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = to(city, folder=str(folder))
    with monkeypatch.context() as patched:
        patched.setattr(running, "post_due", lambda _house: None)
        ran(city, "monthly-count", JUNE)
        ran(city, "monthly-count", JUNE, again=True)
    post_due(city)
    first, second = rows_of(city)
    assert (first.delivered, second.delivered) == (0, 1)
    assert "run 2 had superseded it" in first.unposted
    assert parcels_of(city) == ["monthly-count/2026-06/2/bulletin"]
    with city.store.read() as connection:
        assert number_broken(connection) == 0


def test_one_process_at_a_time_makes_what_a_run_sends(
    city: House, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = to(city, folder=str(folder))
    made: list[str] = []
    files = making.Making.files

    def slowly(self: making.Making) -> dict[str, bytes]:
        made.append(self.snapshot.name)
        post_due(city)  # another look comes by meanwhile
        return files(self)

    monkeypatch.setattr(making.Making, "files", slowly)
    assert ran(city, "monthly-count", JUNE).run.delivered == 1
    assert made == ["monthly"]


def test_a_mail_server_that_accepts_and_then_drops_gets_the_bulletin_again_under_the_same_name(
    city: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []

    def take_and_drop(connection: Any) -> None:
        connection.sendall(b"220 here\r\n")
        stream = connection.makefile("rwb")
        for line in stream:
            word = line[:4].upper()
            if word == b"DATA":
                connection.sendall(b"354 go on\r\n")
                body = []
                for part in stream:
                    if part == b".\r\n":
                        break
                    body.append(part)
                seen.append(b"".join(body))
                return  # dropped before the confirmation
            connection.sendall(b"250 ok\r\n")

    with raw_server(take_and_drop) as port:
        house = to(city, **by_mail(port))
        done = ran(house, "monthly-count", JUNE)
        assert (done.outcome, done.run.delivered) == ("done", 1)
        (row,) = rows(house)
        assert (row.status, len(seen)) == ("failed", 1)
    box = Mailbox()
    with mail_server(box) as port:
        house = to(city, **by_mail(port))
        with house.store.note() as connection:
            connection.execute(DELIVERY.update().values(next_at=house.clock.now()))
        assert send_due(house).sent == 1
        assert send_due(house).sent == 0
    first, second = (email.message_from_bytes(one, policy=policy.default) for one in (seen[0], *box.received))
    assert first["Message-ID"] == second["Message-ID"]
    assert sorted(part.get_filename() for part in second.iter_attachments()) == NAMES
    assert "优质企业" in second["Subject"]


def test_a_district_that_was_renamed_in_the_period_moves_nobody(database_url: str, tmp_path: Path) -> None:
    house = open_test_house(database_url, tmp_path)
    file_rows(house, "enterprises", firms(code(1), code(2), district="莱城区"))
    file_rows(house, "titles", [title(code(n)) for n in (1, 2)])
    change(house, "2025-12-10", {"uscc": code(1), "district": "莱芜区"})
    ran(house, "monthly-count", "2025-12")
    made = snapshot(house, heads(house)[0].id)
    bridge = made.bridges["quality-firms"]
    assert bridge["steps"] == []
    assert [(row["name"], row["from"], row["to"], row["steps"]) for row in bridge["by"]] == [
        ("莱芜区", 2, 2, [])
    ]
    by = {row["name"]: row["targets"]["quality-firms"]["value"] for row in made.count["by"]}
    assert (by["莱芜区"], sum(by.values())) == (2, 2)
    assert "莱城区" not in by
    house.store.dispose()


def test_a_withdrawal_after_the_count_is_told_where_the_bulletin_is_read(tmp_path: Path) -> None:
    with app_in(tmp_path) as app:
        house = house_of(app)
        uscc = code(15)
        file_rows(house, "enterprises", firms(uscc))
        filed = file_rows(
            house, "titles", [title(uscc, issued_on="2026-06-01", valid_to="2029-05-31")], "late.csv"
        ).filing
        ran(house, "monthly-count", JUNE)
        (head,) = heads(house)
        before = published.making(house, head.id).files()
        client = app.test_client()
        since = f"/snapshots/{head.id}/overtaken"
        page = client.get(f"/bulletins/{head.id}").text
        assert f'hx-get="{since}"' in page
        assert "已被更新" not in client.get(since).text
        assert filed
        withdraw(house, filed, "clerk", yes=True)
        assert "撤回" in client.get(since).text
        told = client.get(f"/api/v1/snapshots/{head.id}").get_json()["overtaken"]
        assert "withdrawn" in {one["what"] for one in told}
        assert published.making(house, head.id).files() == before, "it stands"


def test_a_plan_that_was_due_in_the_past_is_still_counted_and_said_so(city: House) -> None:
    ran(city, "monthly-count", JUNE)
    made = published.making(city, heads(city)[0].id)
    due = {one["due"] for one in made.snapshot.count["targets"]}
    assert max(due) < "2026-06-30"
    text = "\n".join(getattr(block, "text", "") for block in made.content.blocks)
    assert "到期" in text


# Two schedules ------------------------------------------------------------------------------------------------


def served(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    words = [sys.executable, "cli.py", "jobs", "serve"]
    return subprocess.Popen(
        words,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.mark.timeout(240)
def test_two_schedules_killed_at_random_count_and_deliver_every_period_once(
    database_url: str, tmp_path: Path, folder: Path
) -> None:
    house = open_test_house(database_url, tmp_path)
    house.store.clock = Clock()
    one_of_each(house)
    today, expected, months = house.clock.today(), list[tuple[str, str]](), list[date]()
    last = today
    for id, periods in (("monthly-count", 3), ("expiry-sweep", 5)):
        job = house.jobs[id]
        newest = latest_due(house.settings.jobs.when(job.rhythm), house.clock.now())
        before, *missed = window(newest, periods + 1)
        assert run(house, job, before, "test").outcome == "done"
        expected += [(id, period.id) for period in missed]
        months += [period.last for period in missed if id == "monthly-count"]
        last = newest.last
    # Titles that end on each of the days, so that every day has something to tell.
    ends = [last - timedelta(days=n) for n in range(5)]
    file_rows(house, "enterprises", firms(*(code(20 + n) for n in range(5))))
    file_rows(house, "titles", [
        title(code(20 + n), issued_on=(day - timedelta(days=1000)).isoformat(), valid_to=day.isoformat())
        for n, day in enumerate(ends)
    ], "ending.csv")  # fmt: skip
    environment = {
        "DATABASE_URL": database_url, "TIDU_PATHS_VAR": str(tmp_path), "TIDU_DELIVERY_FOLDER": str(folder),
        "TIDU_JOBS_OFF": "quarterly-count,district-todo,freshness,backup,new-matches,chain-risks", "TIDU_JOBS_LEASE_SECONDS": "2",
        "TIDU_JOBS_LOOK_SECONDS": "1", "TIDU_JOBS_TRIES": "1000", "TIDU_JOBS_RETRY_MINUTES": "0",
    }  # fmt: skip
    wanted = sorted([
        *(f"monthly-{day}.{kind}" for day in months for kind in ("docx", "pdf", "xlsx")),
        *(f"expiring-{day}.xlsx" for day in ends),
    ])  # fmt: skip
    chance = random.Random(202512)
    processes = [served(environment) for _ in range(2)]
    killed, pause, until = 0, Event(), time.monotonic() + 150

    def settled() -> int:
        return sum(row.by == "schedule" and row.delivered is not None for row in rows_of(house))

    try:
        while settled() < len(expected) and time.monotonic() < until:
            pause.wait(chance.uniform(1, 4))  # a process needs two seconds to begin
            if killed < 5:
                victim = chance.randrange(2)
                processes[victim].kill()
                processes[victim].wait(10)
                processes[victim] = served(environment)
                killed += 1
    finally:
        for process in processes:
            process.kill()
            process.wait(10)
    # What a killed sender was at is another's after a quarter of an hour: here at once, and sent where they send.
    with house.store.note() as connection:
        connection.execute(
            DELIVERY.update().where(DELIVERY.c.status == "sending").values(lease_until=house.clock.now())
        )
    send_due(to(house, folder=str(folder)))
    done = [(row.job, row.period, row.number, row.status) for row in rows_of(house) if row.by == "schedule"]
    assert sorted(done) == sorted((job, period, 1, "done") for job, period in expected)
    # What a killed sender had half written lies under a hidden name for a day.
    assert [name for name in names_in(folder) if not name.startswith(".")] == wanted
    assert len(rows(house)) == len({row.parcel for row in rows(house)}) == len(expected)
    assert {row.status for row in rows(house)} == {"sent"}
    assert len(heads(house)) == 4
    assert killed
    house.store.dispose()
