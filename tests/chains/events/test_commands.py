"""The agenda and the figures on the command line and over the API: the same documents."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result
from docx import Document

import cli
from registry.shell.app import create_app
from tests.chains.events.city import CASTING, EVENT, FIRMS, MOTOR, everybody_comes, small_city
from tests.registry.house import code, file_rows
from tests.signed_in import signing_in


def run(folder: Path, *words: str) -> Result:
    environment = {"DATABASE_URL": f"sqlite:///{folder / 's.sqlite'}", "TIDU_PATHS_VAR": str(folder)}
    return CliRunner().invoke(cli.main, list(words), env=environment, catch_exceptions=False)


def test_match_gives_the_agenda_of_an_event(tmp_path: Path) -> None:
    with small_city(f"sqlite:///{tmp_path / 's.sqlite'}", tmp_path) as house:
        everybody_comes(house)
    said = run(tmp_path, "match", "--event", EVENT, "--json")
    document = json.loads(said.stdout)
    assert said.exit_code == 0
    assert document["on_record"] is False
    assert document["meetings"][0]["slot"] == 1
    assert "not on record" in said.stderr
    plain = run(tmp_path, "match", "--event", EVENT)
    assert "济南长清阀门有限公司" in plain.stdout
    assert "not_wanted" in plain.stderr
    out = tmp_path / "agenda.docx"
    assert run(tmp_path, "match", "--event", EVENT, "--out", str(out)).exit_code == 0
    assert "机器人产业链对接会" in Document(str(out)).paragraphs[0].text
    assert run(tmp_path, "match", "--event", EVENT, "--out", str(tmp_path / "agenda.pdf")).exit_code == 2
    assert run(tmp_path, "match", "--event", "E9", "--json").exit_code == 2
    assert run(tmp_path, "match", "--text", "电机", "--out", str(out)).exit_code == 2


def test_figures_on_the_command_line(tmp_path: Path) -> None:
    with small_city(f"sqlite:///{tmp_path / 's.sqlite'}", tmp_path) as house:
        everybody_comes(house)
        file_rows(house, "events", [{"event": EVENT, "held_on": "2026-02-10", "state": "已举办"}])
    document = json.loads(run(tmp_path, "chain", "figures", "--as-of", "2026-12-31", "--json").stdout)
    assert [(one["year"], one["chain"], one["events"], one["firms"]) for one in document] == [
        (2026, None, 1, 7), (2026, "工业机器人", 1, 7)
    ]  # fmt: skip
    assert "工业机器人" in run(tmp_path, "chain", "figures").stdout


def test_events_over_the_api(tmp_path: Path) -> None:
    with small_city(f"sqlite:///{tmp_path / 's.sqlite'}", tmp_path) as house:
        everybody_comes(house)
        file_rows(house, "outcomes", [
            {"supplier": FIRMS[0], "buyer": code(1), "product": "电机", "stage": "签约", "stage_on": "2026-02-01",
             "demand": MOTOR, "amount": 500},
            {"supplier": FIRMS[1], "buyer": code(1), "product": "减速器", "stage": "送样", "stage_on": "2026-02-01",
             "action": "联合攻关"},
        ])  # fmt: skip
        file_rows(house, "actions", [
            {"uscc": code(1), "resource": "研发", "title": "联合攻关", "chain": "工业机器人产业链"},
            {"uscc": code(1), "resource": "产能", "title": "共享产线"},
        ])  # fmt: skip
        app = signing_in(create_app(house.settings, house.store, house.rooms, house.clock))
        client = app.test_client()
        assert client.get("/api/v1/events").json[0]["firms_coming"] == 5
        assert client.get(f"/api/v1/events/{EVENT}/agenda").json["on_record"] is False
        from tests.sample_app import token

        made = client.post(f"/api/v1/events/{EVENT}/agenda", headers={"X-CSRFToken": token(client)})
        assert made.json["on_record"] is True
        assert {CASTING} <= {one["demand"] for one in made.json["meetings"]}
        assert client.get("/api/v1/events/E9/agenda").status_code == 404
        opened = {one["title"]: one for one in client.get("/api/v1/actions").json}
        joint = opened["联合攻关"]
        assert (joint["resource"], joint["firms"], joint["stages"]["sample"]) == ("rd", 1, 1)
        assert joint["contracts"] == {"number": 0, "amount": None, "unknown": 0}
        assert opened["共享产线"]["firms"] == 0
        of_chain = client.get("/api/v1/actions?chain=工业机器人&resource=rd").json
        assert [one["title"] for one in of_chain] == ["联合攻关"]
        assert client.get("/api/v1/actions?resource=月球").status_code == 400
        outcome = next(
            one for one in client.get("/api/v1/outcomes?year=2026").json if one["stage"] == "contract"
        )
        assert (outcome["amount"], outcome["chain"], outcome["stage"]) == (500, "工业机器人", "contract")
        assert client.get("/api/v1/outcomes/figures").json[0]["contracts"] == {
            "number": 1,
            "amount": 500,
            "unknown": 0,
        }
        reader = app.test_client(role="reader")
        assert (
            reader.post(f"/api/v1/events/{EVENT}/agenda", headers={"X-CSRFToken": token(reader)}).status_code
            == 403
        )
        assert app.test_client(role="district", unit="370112").get("/api/v1/events").status_code == 403
