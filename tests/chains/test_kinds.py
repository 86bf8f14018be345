"""The record kinds of this room: what a row must say, and that what is exported imports back and changes nothing."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

import cli
from registry.export import export_kind
from registry.house import House
from registry.importing import Wish, import_file
from registry.intake.rows import Reading
from tests.chains.linked import LEADER, NAMES, OTHER, SUPPLIER, file, firms, held, problems
from tests.registry.house import code, open_test_house, table
from tests.registry.test_editing_pages import put_on_record
from tests.sample_app import app_in, house_of, post, words_of

TODAY = date(2026, 3, 1)
#: A few rows of every kind, as people type them.
ROWS: dict[str, list[dict[str, Any]]] = {
    "chains": [
        {"chain": "氢能产业链", "stage": "制氢", "order": 1, "product": "电解槽", "state": "强"},
        {"chain": "氢能", "stage": "储运", "order": 2, "product": "储氢瓶", "state": "缺"},
        {"chain": "工业母机"},
    ],
    "roles": [
        {"chain": "氢能产业链", "uscc": LEADER, "role": "链主", "from": "2024-05-01"},
        {"chain": "氢能", "name": NAMES[SUPPLIER], "role": "配套", "from": "2024", "to": "2026-12-31"},
    ],
    "links": [
        {"supplier": SUPPLIER, "buyer": LEADER, "product": "齿轮", "share_of_buyer_spend": "9.7%", "essential": "是",
         "from": "2025"},
        {"supplier": "LG 化学", "buyer": LEADER, "product": "隔膜", "share_of_buyer_spend": "100%", "essential": "否"},
        {"supplier": OTHER, "buyer": "603221.SH", "from": "2024-03-01", "to": "2027-02-28"},
        {"supplier": code(9), "buyer": "青岛某重工（集团）有限公司"},
    ],
    "demands": [
        {"id": "D-1", "buyer": NAMES[LEADER], "chain": "氢能产业链", "title": "储氢瓶碳纤维", "quantity": "20吨/年",
         "amount": "1200万元", "tiers_wanted": "小巨人、专精特新", "districts": "历下区，高新区",
         "certificates": "IATF16949,ISO9001", "due_on": "2026-12-31", "detail": "T700 级"},
        {"id": "D-2", "buyer": "外地某重工有限公司", "title": "=铸件", "closed_on": "2026-02-01"},
    ],
    "offers": [{"uscc": SUPPLIER, "product": "精密齿轮", "capacity": "5万套", "certificates": "ISO9001", "until": "2027"}],
    "answers": [{"demand": "D-1", "uscc": SUPPLIER, "answer": "谢绝", "reason": "产能不足", "on": "2026-02-03"}],
    "events": [
        {"event": "E-1", "title": "氢能对接会", "chain": "氢能", "held_on": "2026-04-10", "starts_at": "09:30",
         "place": "会展中心", "tables": 8, "slots": 6, "slot_minutes": 20, "meetings_per_firm": 3, "state": "筹备"},
    ],
    "invitations": [
        {"event": "E-1", "demand": "D-1", "state": "已邀请"},
        {"event": "E-1", "uscc": SUPPLIER, "state": "参加", "on": "2026-02-20"},
    ],
    "meetings": [{"event": "E-1", "demand": "D-1", "uscc": SUPPLIER, "table": 2, "slot": 3, "state": "已排定", "note": "先看样"}],
    "actions": [
        {"uscc": LEADER, "resource": "试验场地", "title": "整车试验场", "chain": "氢能产业链", "detail": "每周三",
         "opened_on": "2025-06-01", "closed_on": "2027-05-31"},
    ],
    "outcomes": [
        {"supplier": SUPPLIER, "buyer": LEADER, "product": "齿轮", "stage": "意向", "stage_on": "2025-05-01", "event": "E-1"},
        {"supplier": SUPPLIER, "buyer": LEADER, "product": "齿轮", "stage": "签约", "stage_on": "2026-01-15", "amount": "350万元",
         "demand": "D-1", "document": "合同 2026-7"},
        {"supplier": "SKC", "buyer": LEADER, "stage": "送样", "stage_on": "2026-02-01"},
    ],
}  # fmt: skip


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    house = open_test_house(database_url, tmp_path)
    firms(house, LEADER, SUPPLIER, OTHER)
    yield house
    house.store.dispose()


def test_rows_of_every_kind_are_here(house: House) -> None:
    own = [kind.id for room in house.rooms if room.id == "chains" for kind in room.kinds(house.settings)]
    assert list(ROWS) == own


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_what_is_exported_imports_back_and_changes_nothing(house: House, tmp_path: Path, suffix: str) -> None:
    for kind, rows in ROWS.items():
        said = file(house, kind, *rows)
        assert (kind, said.fates["accepted"], problems(said)) == (kind, len(rows), [])
    for kind in ROWS:
        before = table(house, kind)
        out = tmp_path / f"{kind}{suffix}"
        number = export_kind(house, house.kinds.by_id[kind], out, TODAY)
        again = import_file(house, house.kinds.by_id[kind], out, "test", Wish(Reading()))
        fates = {fate: n for fate, n in again.outcome.fates.items() if n}
        assert (kind, fates, problems(again.outcome)) == (kind, {"unchanged": number}, [])
        assert number == len(ROWS[kind]) - (kind == "outcomes")  # of a relation the stage of the day
        assert table(house, kind) == before


def test_an_export_goes_into_an_empty_register_as_it_is(house: House, tmp_path: Path) -> None:
    for kind, rows in ROWS.items():
        file(house, kind, *rows)
    other = open_test_house(f"sqlite:///{tmp_path / 'other.sqlite'}", tmp_path / "other")
    firms(other, LEADER, SUPPLIER, OTHER)
    for kind in ROWS:
        out = tmp_path / f"{kind}.xlsx"
        number = export_kind(house, house.kinds.by_id[kind], out, TODAY)
        said = import_file(other, other.kinds.by_id[kind], out, "test", Wish(Reading())).outcome
        assert (kind, said.fates["accepted"]) == (kind, number)
        if kind != "outcomes":
            assert table(other, kind) == table(house, kind)
    other.store.dispose()


def test_an_outside_end_is_exported_as_it_was_typed(house: House, tmp_path: Path) -> None:
    file(house, "links", *ROWS["links"])
    out = tmp_path / "links.csv"
    export_kind(house, house.kinds.by_id["links"], out, TODAY)
    text = out.read_text("utf-8-sig")
    assert "~" not in text
    assert {line.split(",")[0] for line in text.splitlines()[1:]} == {SUPPLIER, "LG 化学", OTHER, code(9)}


@pytest.mark.parametrize(
    ("kind", "row", "field", "problem", "fate"),
    [
        ("chains", {"chain": "氢能", "product": "电解槽"}, "stage", "stage_missing", "refused"),
        ("roles", {"chain": "氢能", "uscc": LEADER, "role": "龙套"}, "role", "value_unknown", "refused"),
        ("roles", {"chain": "氢能", "uscc": LEADER, "role": "链主", "from": "2025-02-01", "to": "2025-01-01"}, "to",
         "date_order", "refused"),
        ("roles", {"chain": "氢能", "uscc": code(8), "role": "链主"}, "uscc", "unknown_firm", "review"),
        ("demands", {"id": "D-3", "buyer": LEADER}, "title", "demand_without_words", "note"),
        ("demands", {"id": "D-3", "buyer": LEADER, "title": "齿轮", "districts": "火星区"}, "districts", "district_unknown",
         "note"),
        ("demands", {"id": "D-3", "buyer": LEADER, "title": "齿轮", "tiers_wanted": "大巨人"}, "tiers_wanted", "value_unknown",
         "note"),
        ("demands", {"id": "D-3", "buyer": "其他", "title": "齿轮"}, "buyer", "placeholder", "refused"),
        ("demands", {"id": "2026/3", "title": "齿轮", "buyer": LEADER}, "id", "slash_in_number", "refused"),
        ("events", {"event": "2026/3", "title": "对接会"}, "event", "slash_in_number", "refused"),
        ("demands", {"id": "D-3", "title": "齿轮", "buyer": ""}, "buyer", "end_missing", "refused"),
        ("offers", {"uscc": SUPPLIER, "product": "全部"}, "product", "offer_for_everything", "refused"),
        ("events", {"event": "E-9", "tables": 0}, "tables", "number_unreadable", "refused"),
        ("invitations", {"event": "E-8", "uscc": SUPPLIER, "state": "已邀请"}, "event", "number_unknown", "note"),
        ("answers", {"demand": "D-8", "uscc": SUPPLIER, "answer": "谢绝"}, "demand", "number_unknown", "note"),
        ("outcomes", {"supplier": SUPPLIER, "buyer": LEADER, "stage": "送样", "stage_on": "2026-01-01", "event": "E-8"}, "event",
         "number_unknown", "note"),
        ("invitations", {"event": "E-9", "state": "已邀请"}, "uscc", "nobody_invited", "refused"),
        ("answers", {"demand": "D-1", "uscc": code(8), "answer": "谢绝"}, "uscc", "unknown_firm", "review"),
        ("actions", {"uscc": LEADER, "resource": "月球", "title": "场景"}, "resource", "value_unknown", "refused"),
        ("outcomes", {"supplier": LEADER, "buyer": LEADER, "stage": "签约", "stage_on": "2026-01-01"}, "supplier", "self_supply",
         "refused"),
        ("outcomes", {"supplier": SUPPLIER, "buyer": LEADER, "stage": "签约", "stage_on": "2027-01-01"}, "stage_on",
         "date_future", "refused"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_row_is_said_at_its_field(house: House, kind: str, row: dict[str, Any], field: str,
                                                        problem: str, fate: str) -> None:  # fmt: skip
    said = file(house, kind, row)
    assert (2, field, problem, fate) in problems(said)
    assert said.fates["accepted"] == (fate == "note")


def test_what_came_of_a_meeting_becomes_a_link_from_the_small_batch_on(house: House) -> None:
    from tests.chains.linked import drawn

    file(house, "outcomes", *ROWS["outcomes"])
    assert drawn(house, day=date(2025, 12, 31)) == set()
    assert drawn(house) == {(SUPPLIER, LEADER, "齿轮")}


# The command line and the pages --------------------------------------------------------------------------


def run(tmp_path: Path, *words: str) -> Any:
    environment = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'cli.sqlite'}",
        "TIDU_PATHS_VAR": str(tmp_path / "var"),
    }
    return CliRunner().invoke(cli.main, list(words), env=environment)


@pytest.mark.parametrize("kind", ROWS)
def test_fields_and_template_of_every_kind(tmp_path: Path, kind: str) -> None:
    fields = run(tmp_path, "fields", kind)
    assert fields.exit_code == 0
    out = tmp_path / "template.xlsx"
    assert run(tmp_path, "template", kind, "--out", str(out)).exit_code == 0
    empty = run(tmp_path, "import", kind, str(out), "--json")
    assert empty.exit_code in (0, 2), empty.output


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with app_in(tmp_path, empty=True) as made:
        firms(house_of(made), LEADER, SUPPLIER, OTHER)
        yield made


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_is_uploaded_by_the_chain_office(app: Flask, kind: str, language: str) -> None:
    client = app.test_client(role="chains")
    client.get(f"/?lang={language}")
    assert client.get(f"/upload?kind={kind}").status_code == 200
    assert client.get(f"/fields/{kind}").status_code == 200
    header = list(dict.fromkeys(key for row in ROWS[kind] for key in row))
    lines = ["\t".join(header), *("\t".join(str(row.get(key, "")) for key in header) for row in ROWS[kind])]
    text = "\n".join(lines).encode()
    answer = post(client, "/upload", kind=kind, file=(io.BytesIO(text), "list.csv"))
    assert answer.status_code == 303, words_of(answer.text)
    assert client.get(answer.location).status_code == 200
    filed = post(client, f"{answer.location}/file")
    assert filed.status_code == 303, words_of(filed.text)
    assert len(held(house_of(app), kind)) == len(ROWS[kind])
    for part in ("", "?part=columns", "?part=problems"):
        assert client.get(filed.location.split("?")[0] + part).status_code == 200


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("roles", {"chain": "氢能产业链", "role": "leader", "from": "2024-05-01"}),
        ("offers", {"product": "精密齿轮", "capacity": "5万套"}),
        ("actions", {"resource": "test_sites", "title": "整车试验场"}),
    ],
)
def test_records_about_firms_are_kept_by_form(app: Flask, kind: str, typed: dict[str, str]) -> None:
    client = app.test_client(role="chains")
    path = f"/firms/{LEADER}/edit/{kind}"
    put_on_record(client, path, **{f"f-{field}": value for field, value in typed.items()})
    (record,) = held(house_of(app), kind)
    assert record["uscc"] == LEADER
    again = client.get(f"{path}?record={record['filing']}-{record['row']}")
    assert again.status_code == 200
    assert {"roles": "氢能", "offers": "精密齿轮", "actions": "整车试验场"}[kind] in again.text
