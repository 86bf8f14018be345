"""A period is run once: whoever asks, however often, and whatever dies in between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Event, Thread
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from registry.delivery.parcel import Parcel
from registry.house import House
from registry.jobs import ledger
from registry.jobs.clock import scheduled_jobs
from registry.jobs.job import Asked, Done, Job
from registry.jobs.ledger import Claim, LostError
from registry.jobs.period import Rhythm, parse
from registry.jobs.posting import post_due
from registry.jobs.queries import number_broken
from registry.jobs.running import Ran, catch_up, read_period, run
from registry.refusals import MisusedError, RefusedError
from registry.waiting import FILING
from tests.registry.house import Time, code, file_rows
from tests.registry.jobs.worked import EFFECT, effects, house_with, job_of, ledger_of, rows_of

FEBRUARY = parse("2026-02")


@pytest.fixture
def job() -> Job:
    return job_of(Rhythm.MONTH)


@pytest.fixture
def house(database_url: str, tmp_path: Path, time: Time, job: Job) -> Iterator[House]:
    house = house_with(database_url, tmp_path, job, time=time)
    yield house
    house.store.dispose()


def other(house: House, job: Job) -> Claim:
    """Somebody else claims the period."""
    claimed = ledger.claim(house, job.id, FEBRUARY, "somebody")
    assert isinstance(claimed, Claim)
    return claimed


def caught_up(house: House, job: Job) -> list[tuple[str, str]]:
    return [(ran.run.period, ran.outcome) for ran in catch_up(house, job)]


def test_a_done_period_says_so_and_is_not_done_again(house: House, job: Job) -> None:
    first = run(house, job, FEBRUARY, "test")
    assert (first.outcome, first.run.status, first.run.evaluated, first.run.changed) == ("done", "done", 7, 1)
    assert (first.run.delivered, first.run.message, first.run.message_zh) == (
        0,
        "counted 2026-02",
        "已统计 2026-02",
    )
    assert run(house, job, FEBRUARY, "test").outcome == "already"
    assert effects(house) == [("2026-02", 0)]


def test_again_makes_a_run_of_its_own_that_knows_what_the_first_knew(
    house: House, job: Job, time: Time
) -> None:
    first = run(house, job, FEBRUARY, "test").run
    file_rows(house, "enterprises", [{"uscc": code(1), "name": "济南一公司"}])
    time.pass_days(40)
    second = run(house, job, FEBRUARY, "test", again=True).run
    assert ledger_of(house) == [("2026-02", 1, "done"), ("2026-02", 2, "done")]
    assert effects(house) == [("2026-02", 0), ("2026-02", 1)]
    assert second.known_at == first.known_at
    assert rows_of(house)[0] == first, "nothing of the first is edited"
    third = run(house, job, FEBRUARY, "test", again=True).run
    assert (third.number, third.known_at) == (3, first.known_at)


def test_again_of_what_was_never_run_is_the_first_run(house: House, job: Job) -> None:
    assert run(house, job, FEBRUARY, "test", again=True).run.number == 1


def test_the_first_run_knows_all_that_was_filed_and_nothing_that_is_filed_later(
    house: House, job: Job, time: Time
) -> None:
    """Also where the clock stands still or went back meanwhile."""
    before = file_rows(house, "enterprises", [{"uscc": code(1), "name": "济南一公司"}]).filing
    time.pass_days(-30)
    known = run(house, job, FEBRUARY, "test").run.known_at
    after = file_rows(house, "enterprises", [{"uscc": code(2), "name": "济南二公司"}]).filing
    with house.store.read() as connection:
        at = dict(connection.execute(select(FILING.c.id, FILING.c.recorded_at)).all())
    assert at[before] < known < at[after]


def test_a_failed_run_says_why_in_both_languages_and_can_be_run_anew(house: House, time: Time) -> None:
    broken = [True]

    def refuse(_house: House, _asked: Asked) -> None:
        if broken:
            raise RefusedError("the plan has no goal", "计划没有目标值")

    job = job_of(Rhythm.MONTH, refuse)
    failed = run(house, job, FEBRUARY, "test")
    assert (failed.outcome, failed.run.status) == ("failed", "failed")
    assert (failed.run.message, failed.run.message_zh) == ("the plan has no goal", "计划没有目标值")
    assert failed.run.evaluated is None
    assert effects(house) == []
    broken.clear()
    time.pass_days(1)
    done = run(house, job, FEBRUARY, "test")
    assert (done.outcome, done.run.number, done.run.tries) == ("done", 1, 2)
    assert done.run.known_at == failed.run.known_at, "it still sees the register of the first try"


def test_an_error_of_the_program_is_kept_and_logged(house: House, caplog: pytest.LogCaptureFixture) -> None:
    ran = run(house, job_of(Rhythm.MONTH, lambda _house, _asked: 1 / 0), FEBRUARY, "test")
    assert ran.run.status == "failed"
    assert "ZeroDivisionError" in ran.run.message
    assert "counted/2026-02/1 failed" in caplog.text


def test_a_run_that_fails_while_it_writes_leaves_nothing(house: House) -> None:
    def write(unit: Any) -> int:
        unit.connection.execute(text("insert into effect values ('counted', '2026-02', 0)"))
        raise RefusedError("no", "不行")

    job = Job("counted", str, Rhythm.MONTH, lambda _house, _asked: Done(1, 1, ("", ""), write))
    assert run(house, job, FEBRUARY, "test").run.status == "failed"
    assert effects(house) == []


def test_a_period_that_somebody_is_at_is_left_to_them(house: House, job: Job) -> None:
    mine = other(house, job)
    assert run(house, job, FEBRUARY, "test").outcome == "busy"
    assert run(house, job, FEBRUARY, "test", again=True).outcome == "busy"
    assert caught_up(house, job) == []
    ledger.finish(house, mine, Done(0, 0, ("", "")))
    assert run(house, job, FEBRUARY, "test").outcome == "already"


def test_a_worker_that_lost_its_lease_writes_nothing(house: House, job: Job, time: Time) -> None:
    """It slept past its lease between computing and finishing; another did the work meanwhile."""
    slow = other(house, job)
    time.now += timedelta(seconds=121)
    assert run(house, job, FEBRUARY, "test").outcome == "done"
    late = insert(EFFECT).values(job="counted", period="late", again=9)
    written = Done(1, 1, ("late", "迟到"), lambda unit: unit.connection.execute(late).rowcount)
    with pytest.raises(LostError):
        ledger.finish(house, slow, written)
    assert not ledger.renew(house, slow)
    assert not ledger.fail(house, slow, ledger.DIED)
    assert effects(house) == [("2026-02", 0)]
    assert rows_of(house)[0].message == "counted 2026-02"


def test_a_run_taken_over_while_it_computes_is_lost(house: House, time: Time) -> None:
    inner, begun = list[Ran](), list[str]()

    def taken_over(house: House, asked: Asked) -> None:
        begun.append("one more")
        if len(begun) == 1:
            time.now += timedelta(seconds=121)
            inner.append(run(house, job, asked.period, "other"))

    job = job_of(Rhythm.MONTH, taken_over)
    outer = run(house, job, FEBRUARY, "test")
    assert [outer.outcome, inner[0].outcome] == ["lost", "done"]
    assert effects(house) == [("2026-02", 0)]
    assert outer.run.by == "other"


def test_what_a_dead_worker_left_is_marked_and_redone(house: House, job: Job, time: Time) -> None:
    """It died between computing and finishing: nothing had been written, and the period is run once more."""
    dead = other(house, job)
    assert ledger.abandon_dead(house) == 0
    time.now += timedelta(seconds=120)
    assert ledger.abandon_dead(house) == 1
    left = rows_of(house)[0]
    assert (left.status, left.message) == ("abandoned", ledger.DIED.en)
    assert caught_up(house, job) == [("2026-02", "done")]
    done = rows_of(house)[0]
    assert (done.tries, done.known_at) == (2, dead.known_at)
    assert effects(house) == [("2026-02", 0)]


def test_a_lease_is_renewed_while_the_run_goes_on(database_url: str, tmp_path: Path, time: Time) -> None:
    """The heartbeat of one second's lease: the run waits until it was pushed on."""
    seen: list[datetime] = []

    def wait(house: House, _asked: Asked) -> None:
        time.now += timedelta(milliseconds=100)
        first = rows_of(house)[0].lease_until
        pushed, patience = Event(), Event()

        def look() -> None:
            while not patience.wait(0.01):
                if rows_of(house)[0].lease_until > first:
                    pushed.set()
                    return

        watcher = Thread(target=look)
        watcher.start()
        assert pushed.wait(20)
        patience.set()
        watcher.join()
        seen.append(first)

    job = job_of(Rhythm.MONTH, wait)
    house = house_with(database_url, tmp_path, job, time=time, jobs={"lease_seconds": 1})
    assert run(house, job, FEBRUARY, "test").outcome == "done"
    assert len(seen) == 1
    house.store.dispose()


def test_many_threads_and_one_period(house: House) -> None:
    together = Barrier(6)
    outcomes: list[str] = []
    job = job_of(Rhythm.MONTH)

    def work() -> None:
        together.wait(20)
        outcomes.append(run(house, job, FEBRUARY, "test").outcome)

    threads = [Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes).count("done") == 1, outcomes
    assert set(outcomes) <= {"done", "already", "busy"}
    assert effects(house) == [("2026-02", 0)]


def test_many_threads_that_ask_for_it_again(house: House, job: Job) -> None:
    run(house, job, FEBRUARY, "test")
    together = Barrier(4)

    def work() -> None:
        together.wait(20)
        run(house, job, FEBRUARY, "test", again=True)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    runs = ledger_of(house)
    assert [number for _period, number, _status in runs] == list(range(1, len(runs) + 1))
    assert {status for *_rest, status in runs} == {"done"}
    assert effects(house) == [("2026-02", number - 1) for _period, number, _status in runs]


# -- the schedule -------------------------------------------------------------------------------------------------


def test_missed_periods_are_made_up_for_oldest_first(house: House, job: Job, time: Time) -> None:
    assert caught_up(house, job) == [("2026-02", "done")]
    assert caught_up(house, job) == []
    time.now = datetime(2026, 6, 10, tzinfo=UTC)
    assert caught_up(house, job) == [(f"2026-0{n}", "done") for n in (3, 4, 5)]


def test_a_period_run_by_hand_before_it_was_due_is_not_run_again(house: House, job: Job, time: Time) -> None:
    time.now = datetime(2026, 3, 31, 12, tzinfo=UTC)
    today = house.clock.today()
    assert run(house, job, read_period(job, "2026-03", today), "desk").outcome == "done"
    time.now = datetime(2026, 4, 2, tzinfo=UTC)
    assert caught_up(house, job) == []


def test_a_clock_that_goes_back_runs_nothing_again(house: House, job: Job, time: Time) -> None:
    caught_up(house, job)
    time.now = datetime(2026, 4, 2, tzinfo=UTC)
    caught_up(house, job)
    done = effects(house)
    time.now = datetime(2026, 2, 3, tzinfo=UTC)
    assert caught_up(house, job) == [("2026-01", "done")], "that month was never run"
    time.now = datetime(2026, 4, 2, tzinfo=UTC)
    assert caught_up(house, job) == []
    assert effects(house) == [("2026-01", 0), *done]


def test_a_clock_that_was_years_ahead_does_not_stop_the_schedule(house: House, job: Job, time: Time) -> None:
    time.now = datetime(2031, 1, 10, tzinfo=UTC)
    assert caught_up(house, job) == [("2030-12", "done")]
    time.now = datetime(2026, 3, 5, tzinfo=UTC)
    assert caught_up(house, job) == [("2026-02", "done")]
    time.now = datetime(2026, 5, 5, tzinfo=UTC)
    assert caught_up(house, job) == [("2026-03", "done"), ("2026-04", "done")]


def test_a_lease_of_a_clock_that_was_ahead_does_not_hold_for_years(
    house: House, job: Job, time: Time
) -> None:
    time.now = datetime(2031, 1, 10, tzinfo=UTC)
    other(house, job)
    time.now = datetime(2026, 3, 5, tzinfo=UTC)
    assert caught_up(house, job) == [("2026-02", "done")]


def test_failures_are_tried_again_so_often_and_then_wait(house: House, time: Time) -> None:
    job = job_of(Rhythm.MONTH, lambda _house, _asked: 1 / 0)
    tried = []
    for _ in range(6):
        tried += caught_up(house, job)
        time.now += timedelta(minutes=31)
    assert tried == [("2026-02", "failed")] * 3
    assert run(house, job, FEBRUARY, "desk").run.tries == 4, "a person may always try"


def test_what_is_put_aside_stays_so_until_a_person_runs_it(house: House, time: Time) -> None:
    broken = job_of(Rhythm.MONTH, lambda _house, _asked: 1 / 0)
    id = run(house, broken, FEBRUARY, "test").run.id
    assert ledger.put_aside(house, id, "desk")
    assert not ledger.put_aside(house, id, "desk")
    time.pass_days(1)
    assert caught_up(house, broken) == []
    done = run(house, job_of(Rhythm.MONTH), FEBRUARY, "desk").run
    assert (done.status, done.aside_by) == ("done", None)


def test_a_program_that_is_ended_gives_its_run_up(house: House) -> None:
    stop = Event()

    def be_ended(_house: House, asked: Asked) -> None:
        asked.progress("count", 1, 3)
        stop.set()
        asked.progress("count", 2, 3)
        raise AssertionError("not reached")

    job = job_of(Rhythm.MONTH, be_ended)
    ran = run(house, job, FEBRUARY, "test", stop=stop)
    assert (ran.outcome, ran.run.stage, ran.run.stage_done) == ("abandoned", "count", 1)
    assert list(catch_up(house, job, stop)) == []
    assert caught_up(house, job_of(Rhythm.MONTH)) == [("2026-02", "done")]


def test_ctrl_c_gives_the_run_up_and_goes_on(house: House) -> None:
    def interrupt(_house: House, _asked: Asked) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(house, job_of(Rhythm.MONTH, interrupt), FEBRUARY, "test")
    assert ledger_of(house) == [("2026-02", 1, "abandoned")]


PARCEL = Parcel("counted/2026-02/1/bulletin", ("通报", "Bulletin"), "text", (("a.txt", b"a"),))


def posting(database_url: str, tmp_path: Path, post: Any, time: Time | None = None) -> tuple[House, Job]:
    """A house with one job that posts, and a folder that takes parcels."""
    (tmp_path / "taken").mkdir()
    job = replace(job_of(id="counted"), post=post)
    house = house_with(database_url, tmp_path, job, time=time)
    delivery = house.settings.delivery.model_copy(update={"folder": str(tmp_path / "taken")})
    return replace(house, settings=house.settings.model_copy(update={"delivery": delivery})), job


def test_what_a_run_sends_is_made_and_sent_once_it_is_done(database_url: str, tmp_path: Path) -> None:
    house, job = posting(database_url, tmp_path, lambda _house, _done: [PARCEL])
    assert run(house, job, FEBRUARY, "test").run.delivered == 1
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["a.txt"]
    (tmp_path / "taken" / "a.txt").unlink()
    post_due(house)
    assert not list((tmp_path / "taken").iterdir())
    house.store.dispose()


def test_a_run_whose_sending_died_is_sent_by_the_next_look(
    database_url: str, tmp_path: Path, time: Time
) -> None:
    broken = [True]

    def post(_house: House, done: Any) -> list[Parcel]:
        if broken[0]:
            raise RefusedError("no template", "没有模板")
        return [replace(PARCEL, id=f"{done.id}/bulletin")]

    house, job = posting(database_url, tmp_path, post, time)
    ran = run(house, job, FEBRUARY, "test")
    assert (ran.outcome, ran.run.delivered, ran.run.unposted_zh) == ("done", None, "没有模板")
    with house.store.read() as connection:
        assert number_broken(connection) == 1
    broken[0] = False
    post_due(house)  # too early: it waits as long as a failed run does
    assert not list((tmp_path / "taken").iterdir())
    time.pass_days(1)
    post_due(house)
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["a.txt"]
    with house.store.read() as connection:
        assert number_broken(connection) == 0
    house.store.dispose()


def test_of_two_that_post_at_once_one_queues(database_url: str, tmp_path: Path) -> None:
    def post(house: House, done: Any) -> list[Parcel]:
        if not other:  # another process is as far as this one, and faster
            other.append(1)
            post_due(house)
        return [replace(PARCEL, id=f"{done.id}/{len(other)}")]

    other: list[int] = []
    house, job = posting(database_url, tmp_path, post)
    assert run(house, job, FEBRUARY, "test").run.delivered == 1
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["a.txt"]
    house.store.dispose()


def test_a_failure_is_sent_to_those_who_want_to_know(database_url: str, tmp_path: Path) -> None:
    def fail(_house: House, _asked: Asked) -> Done:
        raise RefusedError("the plan has no goal", "计划没有目标值")

    job = replace(job_of(id="counted"), run=fail)
    house = house_with(database_url, tmp_path, job)
    delivery = house.settings.delivery.model_copy(
        update={"webhooks": ["failures=http://127.0.0.1:9/never"], "sender": ""}
    )
    house = replace(house, settings=house.settings.model_copy(update={"delivery": delivery}))
    run(house, job, FEBRUARY, "test")
    with house.store.read() as connection:
        (row,) = connection.execute(text("select parcel, purpose, text from delivery")).all()
    assert row.parcel == "counted/2026-02/1/failed/1"
    assert row.purpose == "failures"
    assert "计划没有目标值" in row.text
    house.store.dispose()


# -- what is asked --------------------------------------------------------------------------------------------------


def test_a_period_of_another_rhythm_or_to_come_is_refused_with_the_right_form(house: House, job: Job) -> None:
    today = house.clock.today()
    assert read_period(job, "", today) == FEBRUARY
    for typed, said in (("2026-W01", "2025-12"), ("soon", "2025-12"), ("2026-03", "2026-02")):
        with pytest.raises(MisusedError) as refused:
            read_period(job, typed, today)
        assert said in refused.value.en
        assert said in refused.value.zh


def test_a_job_that_is_switched_off_is_left_alone_and_a_wrong_name_is_said(
    sqlite_url: str, tmp_path: Path, job: Job
) -> None:
    house = house_with(sqlite_url, tmp_path, job, job_of(id="other"), jobs={"off": ["other"]})
    assert [one.id for one in scheduled_jobs(house)] == ["counted"]
    house = house_with(sqlite_url, tmp_path, job, new=False, jobs={"off": ["nix"]})
    with pytest.raises(MisusedError, match="nix"):
        scheduled_jobs(house)
