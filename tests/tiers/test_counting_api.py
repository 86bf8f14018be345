"""Published counts, bridges, courses, targets, forecasts, the schedule and deliveries over the API: the very documents of the
command line, under the permissions of the pages, and of firms a district officer is told the own ones."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from cli import main
from registry.delivery.parcel import Parcel
from registry.delivery.queue import queue_to
from registry.jobs.period import parse
from registry.jobs.running import run
from registry.shell.roles import ROLES
from tests.sample_app import app_in, house_of, token
from tiers.bulletins import published

UNIT = "370171"
FIRST, LAST = "2025-12-31", "2026-06-30"
CODE = re.compile(r"\b91370199[0-9A-Z]{10}\b")
#: Who may read what the schedule did, and what was delivered; the rest of the bureau reads counts only.
DESK = ("administrator", "editor", "reporting")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The sample city with two published counts, a run of a job, and a delivery that waits."""
    with app_in(tmp_path_factory.mktemp("counting")) as app:
        house = house_of(app)
        for day in (FIRST, LAST):
            published.publish(house, "monthly", parse(day).last, "desk")
        run(house, house.jobs["freshness"], parse("2026-06-29"), "desk")
        parcel = Parcel("test/1", ("月度通报", "Monthly bulletin"), "一封信", (("a.txt", b"a"),), "bulletins")
        with house.store.write("desk") as unit:
            queue_to(house, unit, parcel, [("folder", "/nowhere")])
        yield app


def send(client: FlaskClient, path: str, document: Any) -> Any:
    return client.post(f"/api/v1{path}", json=document, headers={"X-CSRFToken": token(client)})


@pytest.mark.parametrize(
    "path, words",
    [
        ("/snapshots", "snapshots list"),
        ("/snapshots/1", "snapshots show 1"),
        ("/snapshots/2/rerun", "snapshots rerun 2"),
        ("/snapshots/compare?a=1&b=2", "snapshots compare 1 2"),
        ("/bridge?from=%231&to=%232", "bridge #1 #2"),
        (
            f"/bridge?from={FIRST}@{LAST}&to={LAST}@{LAST}&target=above-scale",
            f"bridge {FIRST} {LAST} --known-at {LAST} --target above-scale",
        ),
        (
            f"/series?from={FIRST}&to={LAST}&known_at={LAST}",
            f"series --from {FIRST} --to {LAST} --known-at {LAST}",
        ),
        (
            f"/series?from={FIRST}&to={LAST}&known_at={LAST}&target=high-tech",
            f"series --from {FIRST} --to {LAST} --known-at {LAST} --target high-tech",
        ),
        (
            f"/targets?as_of={LAST}&known_at={LAST}&state=overdue",
            f"targets --as-of {LAST} --known-at {LAST} --state overdue",
        ),
        (
            f"/targets?as_of={LAST}&known_at={LAST}&plan=plan-2026-2028",
            f"targets --as-of {LAST} --known-at {LAST} --plan plan-2026-2028",
        ),
        (
            f"/forecast?as_of={LAST}&known_at={LAST}&months=6&target=high-tech",
            f"forecast --as-of {LAST} --known-at {LAST} --months 6 --target high-tech",
        ),
        (
            f"/forecast?as_of={LAST}&known_at={LAST}&months=6&what_if=renewals=%2B5,near=30",
            f"forecast --as-of {LAST} --known-at {LAST} --months 6 --what-if renewals=+5,near=30",
        ),
        ("/jobs/runs?job=freshness&status=done", "jobs runs --job freshness --status done"),
        ("/deliveries?channel=folder", "deliveries list --channel folder"),
    ],
)
def test_a_document_is_the_command_lines(client: FlaskClient, said: Any, path: str, words: str) -> None:
    found = client.get(f"/api/v1{path}")
    assert found.status_code == 200, found.text
    assert found.json == said(*words.split())
    assert found.json


def test_jobs_and_cultivation_are_the_command_lines_but_for_the_clock(client: FlaskClient, said: Any) -> None:
    ours, theirs = client.get("/api/v1/jobs").json, said("jobs", "list")
    assert [job | {"next": ""} for job in ours] == [job | {"next": ""} for job in theirs]
    assert {"monthly-count", "freshness"} <= {job["id"] for job in ours}
    ours = client.get(f"/api/v1/cultivation?target=high-tech&as_of={LAST}&unit={UNIT}").json
    theirs = said("cultivate", "--target", "high-tech", "--as-of", LAST, "--unit", UNIT)
    assert ours["firms"]
    assert ours | {"known_at": ""} == theirs | {"known_at": ""}


def test_firms_of_a_published_count_are_those_behind_its_number(client: FlaskClient) -> None:
    count = client.get("/api/v1/snapshots/2").json["count"]
    for target in count["targets"]:
        if target["source"] != "filed":
            firms = client.get(f"/api/v1/snapshots/2/firms?target={target['id']}").json
            weight = [len(firm["why"]) if target["source"] == "tags" else 1 for firm in firms]
            # what departments file for parks and chains comes on top of what is counted from tags
            assert (
                sum(weight) <= target["value"]
                if target["source"] == "tags"
                else sum(weight) == target["value"]
            )


def test_of_a_published_count_an_officer_reads_no_firm_of_others(app: Flask, client: FlaskClient) -> None:
    """The firms that a bulletin names are frozen in ``parts``, some of them as keys."""
    officer = app.test_client(role="district", unit=UNIT)
    for path in ("/snapshots/1", "/snapshots/2", "/snapshots/2/firms", "/bridge?from=%231&to=%232",
                 f"/cultivation?as_of={LAST}&target=high-tech"):  # fmt: skip
        city, own = (set(CODE.findall(who.get(f"/api/v1{path}").text)) for who in (client, officer))
        assert own < city, path
        for code in own:
            assert officer.get(f"/api/v1/firms/{code}").status_code == 200, (path, code)
    numbers = [who.get("/api/v1/snapshots/2").json["count"] for who in (client, officer)]
    assert numbers[0] == numbers[1]


@pytest.mark.parametrize(
    "path, roles",
    [
        ("/jobs", {*ROLES} - {"district"}),
        ("/jobs/runs", {*ROLES} - {"district"}),
        ("/deliveries", {*DESK}),
        ("/snapshots/1/rerun", {*DESK}),
        *((path, {*ROLES}) for path in ("/snapshots", "/snapshots/1", "/bridge?from=%231&to=%232", "/targets", "/bulletins")),
    ],
)  # fmt: skip
def test_who_may_read_what(app: Flask, path: str, roles: set[str]) -> None:
    for role in ROLES:
        unit = UNIT if role == "district" else None
        status = app.test_client(role=role, unit=unit).get(f"/api/v1{path}").status_code
        assert status == (200 if role in roles else 403), (role, path)
    assert app.test_client(role=None).get(f"/api/v1{path}").status_code == 401


def test_a_count_is_published_once_and_by_those_who_answer_for_it(app: Flask, client: FlaskClient) -> None:
    wanted = {"name": "quarterly", "as_of": "2026-03-31"}
    for role in ("reader", "chains", "district"):
        other = app.test_client(role=role, unit=UNIT if role == "district" else None)
        assert send(other, "/snapshots", wanted).status_code == 403
    made, again = (
        send(app.test_client(role="reporting"), "/snapshots", wanted),
        send(client, "/snapshots", wanted),
    )
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json == again.json
    assert (made.json["name"], made.json["as_of"], made.json["by"]) == (
        "quarterly",
        "2026-03-31",
        "reporting",
    )
    document = client.get(made.headers["Location"]).json
    assert document["id"] == made.json["id"]
    assert document["parts"]["names"]
    assert client.get(f"/api/v1/bulletins/{made.json['id']}/xlsx").status_code == 200


@pytest.mark.parametrize(
    "body, code",
    [
        ({"name": "weekly", "as_of": LAST}, "body_unreadable"),
        ({"name": "monthly", "as_of": "30.6.2026"}, "date_unreadable"),
        ({"name": "monthly", "as_of": "2026-12-31"}, "misused"),
        ({"name": "monthly"}, "body_unreadable"),
        ({"name": "monthly", "as_of": LAST, "known_at": LAST}, "body_unreadable"),
    ],
)
def test_what_cannot_be_published_is_refused(client: FlaskClient, body: Any, code: str) -> None:
    before = client.get("/api/v1/snapshots").json
    answer = send(client, "/snapshots", body)
    assert (answer.status_code, answer.json["error"]["code"]) == (400, code), answer.text
    assert client.get("/api/v1/snapshots").json == before


def test_a_day_to_come_is_published_by_nobody(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", str(house_of(app).store.engine.url))
    for words in (("snapshots", "publish", "monthly"), ("report", "monthly", "--out", "/nowhere")):
        answer = CliRunner().invoke(main, [*words, "--as-of", "2099-12-31"])
        assert answer.exit_code == 2, answer.output
        assert "2099-12-31 has not come yet" in answer.stderr


def test_a_job_is_run_by_a_program(app: Flask, client: FlaskClient) -> None:
    assert send(app.test_client(role="editor"), "/jobs/freshness/runs", {}).status_code == 403
    begun = send(client, "/jobs/freshness/runs", {"period": "2026-06-30"})
    assert (begun.status_code, begun.json["outcome"], begun.json["period"]) == (202, "begun", "2026-06-30")
    assert begun.json["by"] == "desk"
    _until_done(client, "2026-06-30")
    again = send(client, "/jobs/freshness/runs", {"period": "2026-06-30"})
    assert (again.status_code, again.json["outcome"], again.json["status"]) == (200, "already", "done")
    # no period: the one that ended last
    assert send(client, "/jobs/freshness/runs", {}).json["number"] == 1


def _until_done(client: FlaskClient, period: str) -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("job "):
            thread.join(30)
    (run,) = [one for one in client.get("/api/v1/jobs/runs").json if one["period"] == period]
    assert run["status"] == "done", run


@pytest.mark.parametrize(
    "path, body, status",
    [
        ("/jobs/nothing/runs", {}, 404),
        ("/jobs/freshness/runs", {"period": "2026-06"}, 400),
        ("/jobs/freshness/runs", {"period": "2026-07-30"}, 400),
        ("/jobs/freshness/runs", {"period": "2026-06-30", "again": True}, 400),
    ],
)
def test_a_run_that_makes_no_sense_is_refused(client: FlaskClient, path: str, body: Any, status: int) -> None:
    answer = send(client, path, body)
    assert answer.status_code == status, answer.text
    assert set(answer.json["error"]) == {"code", "message", "message_zh"}


@pytest.mark.parametrize(
    "path, status",
    [("/jobs/runs?job=nothing", 404), ("/jobs/runs?status=lost", 400), ("/jobs/runs?limit=0", 400),
     ("/deliveries?channel=pigeon", 400), ("/snapshots/99/rerun", 404)],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused(client: FlaskClient, path: str, status: int) -> None:
    assert client.get(f"/api/v1{path}").status_code == status
