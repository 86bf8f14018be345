"""定时任务 on screen: what runs when, running one by hand, and failures that somebody is told about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from threading import enumerate as threads

import pytest
from flask import Flask
from flask.testing import FlaskClient

import cli
from registry.house import House
from registry.jobs.job import Asked, Done, Job
from registry.jobs.period import Period, Rhythm, parse
from registry.jobs.running import run
from registry.refusals import RefusedError
from registry.room import Room
from tests.sample_app import app_in, counted_queries, house_of, post, words_of

STATE = {"broken": False}
HELD = Event()


def tally(_house: House, asked: Asked) -> Done:
    if STATE["broken"]:
        raise RefusedError("the plan has no goal", "计划没有目标值")
    asked.progress("copy", 3, 10)
    assert HELD.wait(20)
    return Done(1200, 34, (f"counted as of {asked.day}", f"截至 {asked.day} 已统计"))


TALLY = Job("tally", lambda: "试算", Rhythm.MONTH, tally)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    STATE["broken"] = False
    HELD.set()
    with app_in(tmp_path, (*cli.ROOMS, Room("test", jobs=(TALLY,))), empty=True) as app:
        yield app
        HELD.set()
        joined()


def joined() -> None:
    """Wait for the runs that pages began."""
    for thread in threads():
        if thread.name.startswith("job "):
            thread.join(20)


def main_of(page: str) -> str:
    return page.split("<main")[1].split("</main>")[0]


def row_of(page: str, text: str) -> str:
    """The words of the last table row with ``text``."""
    found = [row for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if text in row]
    assert found, text
    return words_of(found[-1])


def test_jobs_stand_with_their_times_and_were_never_run(client: FlaskClient) -> None:
    page = client.get("/jobs").text
    assert "每月 1 日 02:30 2026-08-01 02:30 从未" in row_of(page, "tally")
    assert "每日 01:30 2026-07-02 01:30" in row_of(page, "freshness")
    assert "尚无运行记录" in page
    assert "monthly, on day 1 at 02:30" in client.get("/jobs?lang=en").text


def test_a_run_begun_at_the_page_shows_how_it_goes_on_and_what_it_came_to(client: FlaskClient) -> None:
    HELD.clear()
    answer = post(client, "/jobs/run", run="tally", period="2026-05")
    assert answer.status_code == 303
    while "写出备份 · 3 / 10" not in (page := words_of(client.get("/jobs").text)):
        assert [thread for thread in threads() if thread.name == "job tally/2026-05/1"]
    assert "试算 2026-05 已开始运行" in page or "正在运行" in page
    assert 'hx-trigger="every 2s"' in client.get("/jobs").text
    assert "正在运行" in words_of(post_and_follow(client, run="tally", period="2026-05"))
    HELD.set()
    joined()
    page = client.get("/jobs").text
    assert 'hx-trigger="every 2s"' not in page
    assert "2026-05 已完成" in row_of(page, "截至 2026-05-31 已统计")
    assert "1,200 34 0" in row_of(page, "截至 2026-05-31 已统计")
    assert "counted as of 2026-05-31" in client.get("/jobs?lang=en").text


def post_and_follow(client: FlaskClient, **data: str) -> str:
    post(client, "/jobs/run", **data)
    return client.get("/jobs").text


def test_a_done_period_says_so_and_again_supersedes(client: FlaskClient) -> None:
    post(client, "/jobs/run", run="tally", period="")
    joined()
    assert "试算 2026-06 已完成" in words_of(post_and_follow(client, run="tally", period="2026-06"))
    form = main_of(client.get("/jobs?run=tally&period=2026-06&again=yes").text).split('id="by-hand"')[1]
    assert 'value="2026-06"' in form
    assert re.search(r'id="again"[^>]* checked', form), "the way from the table leads here, filled in"
    post(client, "/jobs/run", run="tally", period="2026-06", again="yes")
    joined()
    page = words_of(client.get("/jobs").text)
    assert "2026-06 第 2 次" in page
    assert "已被取代" in page


@pytest.mark.parametrize(
    ("typed", "said"), [("2026-W12", "2025-12"), ("soon", "2025-W52"), ("2026-07", "尚未结束")]
)
def test_a_period_that_cannot_be_run_is_said_at_its_field(client: FlaskClient, typed: str, said: str) -> None:
    answer = post(client, "/jobs/run", run="tally", period=typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert f'value="{typed}"' in answer.text
    assert post(client, "/jobs/run", run="nix").status_code == 400


def test_a_failure_is_told_on_the_page_in_the_navigation_and_on_the_to_do_list(client: FlaskClient) -> None:
    assert "rail-mark" not in client.get("/").text
    STATE["broken"] = True
    post(client, "/jobs/run", run="tally", period="2026-05")
    joined()
    page = client.get("/jobs").text
    alert = words_of(page.split('role="alert"')[1].split("</form>")[0])
    assert "试算 2026-05：失败" in alert
    assert "计划没有目标值" in alert
    assert re.search(r'class="rail-mark"[^>]*>1<', client.get("/").text)
    todo = client.get("/todo/jobs").text
    assert "试算 2026-05：计划没有目标值" in words_of(todo)
    assert 'href="/jobs?job=tally"' in todo
    STATE["broken"] = False
    post(client, "/jobs/run", run="tally", period="2026-05", again="yes")
    joined()
    assert 'role="alert"' not in main_of(client.get("/jobs").text)
    assert "rail-mark" not in client.get("/").text


def test_a_failure_that_is_put_aside_is_told_no_more(client: FlaskClient) -> None:
    STATE["broken"] = True
    post(client, "/jobs/run", run="tally", period="2026-05")
    joined()
    page = client.get("/jobs").text
    aside = re.search(r'action="(/jobs/runs/\d+/aside)"', page)
    assert aside
    assert post(client, aside[1]).status_code == 303
    page = client.get("/jobs").text
    assert 'role="alert"' not in main_of(page)
    assert "失败 已搁置" in row_of(page, "计划没有目标值")
    assert post(client, "/jobs/runs/99/aside").status_code == 404


def test_runs_are_filtered_turned_and_exported(app: Flask, client: FlaskClient) -> None:
    house = house_of(app)
    for month in parse_many("2023-01", 32):
        run(house, TALLY, month, "test")
    page = client.get("/jobs?page=2").text
    assert "31 – 32" in words_of(page)
    assert "32" in words_of(client.get("/jobs?job=tally").text)
    assert "尚无运行记录" in client.get("/jobs?job=freshness").text
    assert "尚无运行记录" in client.get("/jobs?status=failed").text
    lines = client.get("/jobs/runs.csv?job=tally").text.splitlines()
    assert len(lines) == 33
    assert "截至 2025-08-31 已统计" in lines[1]
    assert client.get("/jobs/runs.xlsx").status_code == 200
    assert client.get("/jobs/runs.pdf").status_code == 404


def parse_many(first: str, number: int) -> list[Period]:
    periods = [parse(first)]
    while len(periods) < number:
        periods.append(periods[-1].next())
    return periods


def test_a_reader_sees_and_does_not_run_and_a_district_officer_does_neither(app: Flask) -> None:
    reader = app.test_client(role="reader")
    page = reader.get("/jobs").text
    assert "tally" in page
    assert "/jobs/run" not in page.replace("/jobs/runs", "")
    assert post(reader, "/jobs/run", run="tally").status_code == 403
    officer = app.test_client(role="district", unit="370102")
    assert officer.get("/jobs").status_code == 403
    assert 'href="/jobs"' not in officer.get("/").text


def test_a_job_that_is_no_more_keeps_its_runs(app: Flask, client: FlaskClient) -> None:
    house = house_of(app)
    run(house, replace(TALLY, id="former"), parse("2026-05"), "test")
    assert "former" in client.get("/jobs").text


def test_the_page_asks_little_of_the_database_however_many_runs(app: Flask, client: FlaskClient) -> None:
    house = house_of(app)
    client.get("/jobs")
    with counted_queries(app) as few:
        client.get("/jobs")
    for month in parse_many("2025-01", 12):
        run(house, TALLY, month, "test")
    with counted_queries(app) as many:
        client.get("/jobs")
    assert len(many) == len(few)
