"""The schedule end to end: each job over a small city, what it publishes, and to whom it is delivered."""

from __future__ import annotations

import email
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from email import policy
from multiprocessing import get_context
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from registry.delivery.outbox import DELIVERY
from registry.delivery.sending import send_due
from registry.house import House
from registry.jobs import running
from registry.jobs.due import latest_due, window
from registry.jobs.job import Finished
from registry.jobs.period import parse
from registry.jobs.posting import post_due
from registry.jobs.queries import number_broken
from registry.jobs.running import Ran, catch_up, run
from registry.settings import ROOT
from registry.store.clock import Clock, instant_text
from registry.withdrawal import withdraw
from tests.registry.delivery.parcels import Mailbox, by_mail, free_port, mail_server, raw_server, rows
from tests.registry.house import Time, code, file_rows, open_test_house
from tests.registry.jobs.worked import rows_of
from tests.sample_app import app_in, house_in, house_of, sample_file
from tests.tiers.counted_city import HERE, THERE, adds_up, change, firms, one_of_each, title
from tiers import standing
from tiers.bulletins import making, published
from tiers.jobs import published_by
from tiers.publishing import content, heads, publish, snapshot

JUNE, QUARTER, LAST_WEEK, YESTERDAY = "2026-06", "2026-Q2", "2026-W26", "2026-06-30"
END = date(2026, 6, 30)
NAMES = ["monthly-2026-06-30.docx", "monthly-2026-06-30.pdf", "monthly-2026-06-30.xlsx"]
FORK = get_context("fork")


@pytest.fixture
def city(tmp_path: Path) -> Iterator[House]:
    """The sample city on the morning of 1 July 2026; nothing is published, nobody gets anything."""
    shutil.copy(sample_file(), tmp_path / "city.sqlite")
    house = house_in(tmp_path)
    yield house
    house.store.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "taken").mkdir()
    return tmp_path / "taken"


def to(house: House, **delivery: Any) -> House:
    """The house with other addresses."""
    given = {"timeout_seconds": 5, "longest_seconds": 20, **delivery}
    return replace(
        house,
        settings=house.settings.model_copy(
            update={"delivery": house.settings.delivery.model_copy(update=given)}
        ),
    )


def ran(house: House, job: str, period: str, **wish: Any) -> Ran:
    return run(house, house.jobs[job], parse(period), "test", **wish)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def parcels_of(house: House) -> list[str]:
    return [row.parcel for row in rows(house)]


def published_for(house: House) -> list[tuple[str, str, str]]:
    return [(head.name, head.as_of.isoformat(), head.by) for head in heads(house)]


# What each job does ----------------------------------------------------------------------------------------


def test_every_job_runs_over_the_sample_city_and_says_what_it_came_to(city: House) -> None:
    periods = {
        "monthly-count": JUNE,
        "quarterly-count": QUARTER,
        "expiry-sweep": YESTERDAY,
        "district-todo": LAST_WEEK,
        "freshness": YESTERDAY,
        "backup": YESTERDAY,
    }
    assert periods.keys() == city.jobs.keys()
    for job, period in periods.items():
        done = ran(city, job, period)
        assert done.outcome == "done", done.run.message
        assert done.run.evaluated > 0
        assert done.run.delivered == 0, "nobody has an address"
        assert done.run.message
        assert done.run.message_zh
        assert done.run.message_zh != done.run.message
    assert published_for(city) == [
        ("quarterly", "2026-06-30", "job:quarterly-count"),
        ("monthly", "2026-06-30", "job:monthly-count"),
    ]
    assert parcels_of(city) == []


def test_a_month_is_counted_once_and_again_supersedes_it(city: House) -> None:
    first = ran(city, "monthly-count", JUNE)
    assert ran(city, "monthly-count", JUNE).outcome == "already"
    assert len(heads(city)) == 1
    again = ran(city, "monthly-count", JUNE, again=True)
    assert (again.outcome, again.run.number) == ("done", 2)
    newest, oldest = heads(city)
    assert newest.supersedes == oldest.id
    assert newest.known_at == oldest.known_at == first.run.known_at
    assert newest.sha256 == oldest.sha256, "the same register, the same definition"


def test_a_count_knows_what_its_first_run_knew(database_url: str, tmp_path: Path) -> None:
    clock = Time()
    house = open_test_house(database_url, tmp_path, clock)
    one_of_each(house)
    ran(house, "monthly-count", "2025-12")
    clock.pass_days(1)
    file_rows(house, "titles", [title(code(15), issued_on="2025-07-01", valid_to="2028-06-30")], "late.csv")
    ran(house, "monthly-count", "2025-12", again=True)
    newest, oldest = heads(house)
    assert newest.sha256 == oldest.sha256
    house.store.dispose()


def test_the_job_publishes_what_the_command_would_and_the_command_reuses_it(
    city: House, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    shutil.copy(sample_file(), tmp_path / "other" / "city.sqlite")
    other = house_in(tmp_path / "other")
    by_hand = published.publish(other, "monthly", END, "cli:local")
    city = to(city, folder=str(folder))
    done = ran(city, "monthly-count", JUNE)
    assert done.run.delivered == 1
    assert names_in(folder) == NAMES
    (head,) = heads(city)
    assert head.known_at == done.run.known_at
    made = content(city, snapshot(city, head.id))
    known = [instant_text(each.known_at).encode() for each in (head, by_hand)]
    assert made.replace(*known) == content(other, by_hand)
    again = published.publish(city, "monthly", END, "cli:local")
    assert again.id == head.id
    files = published.making(city, again).files()
    assert {name: (folder / name).read_bytes() for name in NAMES} == files
    other.store.dispose()


def test_a_count_published_by_hand_before_is_not_taken_for_the_jobs(city: House) -> None:
    file_rows(city, "enterprises", [{"uscc": code(1), "name": "济南甲有限公司"}])
    by_hand = publish(city, "monthly", END, "cli:local")
    done = ran(city, "monthly-count", JUNE)
    newest, _by_hand = heads(city)
    assert (newest.known_at, newest.by) == (done.run.known_at, "job:monthly-count")
    assert newest.supersedes == by_hand.id


def test_a_run_sends_the_count_that_it_published_itself(city: House) -> None:
    for again in (False, True):
        ran(city, "monthly-count", JUNE, again=again)
    for number, head in enumerate(reversed(heads(city))):
        one = Finished("monthly-count", parse(JUNE), number, head.known_at)
        assert published_by(city, one, "monthly").id == head.id


def test_months_that_were_never_run_are_made_up_for_each_with_its_bridge(
    database_url: str, tmp_path: Path
) -> None:
    clock = Time()  # 1 March 2026
    house = open_test_house(database_url, tmp_path, clock)
    one_of_each(house)
    job = house.jobs["monthly-count"]
    assert [one.run.period for one in catch_up(house, job)] == ["2026-02"]
    clock.pass_days(95)
    assert [one.run.period for one in catch_up(house, job)] == ["2026-03", "2026-04", "2026-05"]
    assert [head.as_of.isoformat() for head in heads(house)] == [
        "2026-05-31", "2026-04-30", "2026-03-31", "2026-02-28",
    ]  # fmt: skip
    for later, earlier in zip(heads(house), heads(house)[1:], strict=False):
        assert later.before_id == earlier.id
        for document in snapshot(house, later.id).bridges.values():
            adds_up(document)
    house.store.dispose()


def test_the_sweep_brings_pages_up_to_the_day_and_tells_whose_titles_end(
    database_url: str, tmp_path: Path, folder: Path
) -> None:
    clock = Time()
    house = to(open_test_house(database_url, tmp_path, clock), folder=str(folder))
    file_rows(house, "enterprises", firms(*(code(n) for n in range(1, 6))))
    ends = {1: "2026-03-10", 2: "2026-04-09", 3: "2026-06-08", 4: "2026-03-11", 5: "2026-03-10"}
    file_rows(house, "titles", [title(code(n), valid_to=last) for n, last in ends.items()], "t.csv")
    file_rows(
        house,
        "titles",
        [
            title(
                code(5), basis="review", batch="二", issued_on="2026-02-20", valid_from="2026-03-11", valid_to="2029-03-10"
            )
        ],
        "next.csv",
    )  # fmt: skip
    clock.pass_days(10)
    with house.store.read() as connection:
        assert standing.stale(connection, house.clock.today())
    done = ran(house, "expiry-sweep", "2026-03-10")
    assert (done.run.evaluated, done.run.changed, done.run.delivered) == (5, 1, 1)
    with house.store.read() as connection:
        assert not standing.stale(connection, house.clock.today())
    (parcel,) = rows(house)
    assert parcel.subject == "称号到期提示（2026-03-10）：3 个"
    assert "2026-03-10 到期（当日），尚未接续：\n历下区　专精特新中小企业（省级）　1 个" in parcel.text
    assert "2026-04-09 到期（剩余 30 天）" in parcel.text
    sheet = load_workbook(folder / "expiring-2026-03-10.xlsx").active
    assert [row[3].value for row in sheet.iter_rows(min_row=2)] == [code(1), code(2), code(3)]
    quiet = ran(house, "expiry-sweep", "2026-03-01")
    assert (quiet.run.delivered, len(rows(house))) == (0, 1)
    house.store.dispose()


def test_only_units_with_an_address_get_letters_and_only_of_their_own_firms(
    database_url: str, tmp_path: Path, folder: Path
) -> None:
    clock = Time()
    house = open_test_house(database_url, tmp_path, clock)
    house = to(
        house, folder=str(folder), **by_mail(free_port(), f"districts:{HERE}=lixia@example.org", tries=3)
    )
    file_rows(house, "enterprises", [*firms(code(1)), *firms(code(2), district="历城区")])
    file_rows(house, "titles", [title(code(n), valid_to="2026-03-20") for n in (1, 2)], "t.csv")
    clock.pass_days(1)
    weekly = ran(house, "district-todo", "2026-W09")
    assert weekly.run.evaluated >= 2
    assert weekly.run.changed == 2, "units with something to do"
    assert {row.parcel for row in rows(house)} == {f"district-todo/2026-W09/1/{HERE}"}
    assert {(row.channel, row.purpose) for row in rows(house)} == {
        ("mail", f"districts:{HERE}"),
        ("folder", f"districts:{HERE}"),
    }
    letter = rows(house)[0]
    assert letter.subject == "历下区每周待办（2026-03-01）"
    assert code(1) in letter.text
    assert code(2) not in letter.text
    sheet = load_workbook(folder / f"todo-{HERE}-2026-03-01.xlsx").active
    assert {row[2].value for row in sheet.iter_rows(min_row=2)} == {code(1)}
    ran(house, "monthly-count", "2026-02")
    monthly = [row for row in rows(house) if row.parcel.startswith("monthly-count")]
    assert {(row.parcel.rpartition("/")[2], row.channel) for row in monthly} == {
        ("bulletin", "folder"), (HERE, "mail"), (HERE, "folder"),
    }  # fmt: skip
    assert not [name for name in names_in(folder) if THERE in name]
    house.store.dispose()


def test_nothing_is_drawn_for_nobody(city: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_given: Any) -> bytes:
        raise AssertionError("made for nobody")

    monkeypatch.setattr(making.Making, "files", never)
    monkeypatch.setattr("tiers.notices.table_bytes", never)
    monkeypatch.setattr("tiers.unit_letters.table_bytes", never)
    for job, period in (
        ("monthly-count", JUNE),
        ("quarterly-count", QUARTER),
        ("expiry-sweep", YESTERDAY),
        ("district-todo", LAST_WEEK),
    ):
        row = ran(city, job, period).run
        assert (row.status, row.delivered, row.unposted) == ("done", 0, None)


# What goes wrong --------------------------------------------------------------------------------------------


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
        "TIDU_JOBS_OFF": "quarterly-count,district-todo,freshness,backup", "TIDU_JOBS_LEASE_SECONDS": "2",
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
            pause.wait(chance.uniform(1, 6))
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
    with (
        house.store.note() as connection
    ):  # what a killed sender was at is another's after a quarter of an hour
        connection.execute(
            DELIVERY.update().where(DELIVERY.c.status == "sending").values(lease_until=house.clock.now())
        )
    send_due(house)
    done = [(row.job, row.period, row.number, row.status) for row in rows_of(house) if row.by == "schedule"]
    assert sorted(done) == sorted((job, period, 1, "done") for job, period in expected)
    assert names_in(folder) == wanted
    assert len(rows(house)) == len({row.parcel for row in rows(house)}) == len(expected)
    assert {row.status for row in rows(house)} == {"sent"}
    assert len(heads(house)) == 4
    assert killed > 1
    house.store.dispose()
