"""The schedule end to end: each job over a small city, what it publishes, and to whom it is delivered."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from registry.house import House
from registry.jobs.job import Finished
from registry.jobs.period import parse
from registry.jobs.running import catch_up
from registry.store.clock import instant_text
from tests.registry.delivery.parcels import by_mail, free_port, rows
from tests.registry.house import Time, code, file_rows, open_test_house
from tests.sample_app import house_in, sample_file
from tests.tiers.counted_city import HERE, THERE, adds_up, firms, one_of_each, title
from tests.tiers.jobs.scheduled import names_in, parcels_of, published_for, ran, to
from tiers import standing
from tiers.bulletins import making, published
from tiers.jobs import published_by
from tiers.publishing import content, heads, publish, snapshot

JUNE, QUARTER, LAST_WEEK, YESTERDAY = "2026-06", "2026-Q2", "2026-W26", "2026-06-30"
END = date(2026, 6, 30)
NAMES = ["monthly-2026-06-30.docx", "monthly-2026-06-30.pdf", "monthly-2026-06-30.xlsx"]


def test_every_job_runs_over_the_sample_city_and_says_what_it_came_to(city: House) -> None:
    periods = {
        "monthly-count": JUNE,
        "quarterly-count": QUARTER,
        "expiry-sweep": YESTERDAY,
        "district-todo": LAST_WEEK,
        "freshness": YESTERDAY,
        "backup": YESTERDAY,
        "new-matches": YESTERDAY,
        "chain-risks": LAST_WEEK,
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
