"""The pages of events, actions and outcomes: from a new event to its agenda, its files and what is reported."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from flask.testing import FlaskClient

from registry.house import House
from registry.shell.app import create_app
from tests.chains.events.city import CASTING, EVENT, FIRMS, MOTOR, VALVE, everybody_comes, small_city
from tests.registry.house import code, file_rows
from tests.sample_app import post, words_of
from tests.signed_in import signing_in


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with small_city(f"sqlite:///{tmp_path / 'small.sqlite'}", tmp_path) as house:
        yield house


@pytest.fixture
def client(house: House) -> FlaskClient:
    return signing_in(create_app(house.settings, house.store, house.rooms, house.clock)).test_client()


def test_from_a_new_event_to_an_agenda_and_its_files(client: FlaskClient) -> None:
    answer = post(client, "/events/new", title="电机专场", held_on="2026-03-20", tables="2", slots="2", starts_at="9:00",
                  slot_minutes="30")  # fmt: skip
    assert answer.headers["Location"].endswith("/events/DJ20260320-1")
    page = "/events/DJ20260320-1"
    assert "伺服电机" in client.get(page).text  # an open demand that may be invited
    post(client, f"{page}/invite", demand=[MOTOR, VALVE], codes=f"{FIRMS[0]}\n{FIRMS[2]}, {FIRMS[4]}")
    post(
        client,
        f"{page}/answers",
        demand=[MOTOR, VALVE],
        firm=[FIRMS[0], FIRMS[2], FIRMS[4]],
        state="accepted",
    )
    post(client, f"{page}/agenda")
    html = words_of(client.get(page).text)
    assert "09:00–09:30" in html
    assert "济南历城电机有限公司" in html
    assert "与任何到会需求都不匹配" in html
    for view in ("tables", "firms"):
        assert "伺服电机" in client.get(f"{page}?view={view}").text
    word = Document(BytesIO(client.get(f"{page}/agenda.docx").data))
    assert "电机专场" in word.paragraphs[0].text
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    assert "济南长清阀门有限公司" in cells
    assert "桌号" in cells
    breaks = [one.text for one in word.paragraphs if one.paragraph_format.page_break_before]
    assert breaks[0] == "1 号桌", "tables and firms begin pages, to be handed out"
    assert len(breaks) == 2
    book = openpyxl.load_workbook(BytesIO(client.get(f"{page}/agenda.xlsx").data))
    assert book.sheetnames == ["按场次", "按桌", "按企业", "未安排洽谈"]
    assert book.worksheets[1].max_row == 3
    assert client.get(f"{page}/agenda.pdf").status_code == 404


def test_a_firm_that_cancels_leaves_the_agenda_at_once(client: FlaskClient, house: House) -> None:
    everybody_comes(house)
    post(client, f"/events/{EVENT}/agenda")
    assert "济南历城电机有限公司" in words_of(client.get(f"/events/{EVENT}/agenda.csv").text)
    answer = post(client, f"/events/{EVENT}/answers", firm=[FIRMS[0]], state="cancelled")
    assert answer.status_code == 303
    assert "济南历城电机有限公司" not in client.get(f"/events/{EVENT}/agenda.csv").text
    assert "临时取消" in client.get(f"/events/{EVENT}").text


def test_an_imported_cancellation_is_pointed_out(client: FlaskClient, house: House) -> None:
    everybody_comes(house)
    post(client, f"/events/{EVENT}/agenda")
    file_rows(house, "invitations", [{"event": EVENT, "demand": CASTING, "state": "不参加"}])
    assert "日程中有不到会者的洽谈" in client.get(f"/events/{EVENT}").text
    post(client, f"/events/{EVENT}/agenda", mend="yes")
    assert "日程中有不到会者的洽谈" not in client.get(f"/events/{EVENT}").text


def test_meetings_held_and_outcomes_reach_the_figures(client: FlaskClient, house: House) -> None:
    everybody_comes(house)
    post(client, f"/events/{EVENT}/agenda")
    post(client, f"/events/{EVENT}/meetings", meeting=[f"{MOTOR}|{FIRMS[0]}"], state="missed")
    post(client, f"/events/{EVENT}/meetings", all="yes", state="held")
    post(client, f"/events/{EVENT}/change", state="held", held_on="2026-02-10")
    answer = post(client, "/outcomes/new", supplier=FIRMS[1], buyer=code(1), product="电机", stage="contract",
                  stage_on="2026-02-20", amount="300万元", event=EVENT, demand=MOTOR)  # fmt: skip
    assert answer.status_code == 303
    html = words_of(client.get("/events").text)
    assert "工业机器人" in html
    assert "300 万" in html
    firms = client.get("/events/firms?year=2026").text
    assert "济南槐荫电机有限公司" in firms
    assert "济南历城电机有限公司" not in firms  # missed its only meeting
    listed = client.get("/outcomes?year=2026&chain=工业机器人&reached=contract").text
    assert "济南槐荫电机有限公司" in listed
    assert "济南槐荫电机有限公司" not in client.get("/outcomes?reached=intent").text
    assert "3000000" in client.get("/outcomes/export.csv").text
    assert "工业机器人" in client.get("/events/figures.csv").text
    assert client.get("/events/firms/export.csv").status_code == 200
    assert client.get("/events/firms?year=²").status_code == 200


def test_an_action_shows_with_whom_and_how_far(client: FlaskClient) -> None:
    answer = post(
        client,
        "/actions/new",
        uscc=code(1),
        resource="scenario",
        title="整机测试场景",
        opened_on="2026-01-05",
    )
    assert answer.status_code == 303
    post(client, "/outcomes/new", supplier=FIRMS[0], buyer=code(1), product="伺服电机", stage="sample", stage_on="2026-02-01",
         action="整机测试场景")  # fmt: skip
    html = client.get("/actions").text
    assert "整机测试场景" in html
    address = html.split('href="/actions/')[3].split('"')[0] if 'href="/actions/new"' in html else ""
    found = [part.split('"')[0] for part in html.split('href="/actions/')[1:] if part[0].isdigit()]
    assert found, address
    assert f'<td class="number" data-label="意向"><a href="/actions/{found[0]}">' in html, "the number opens"
    page = words_of(client.get(f"/actions/{found[0]}").text)
    assert "济南历城电机有限公司" in page
    assert "送样" in page
    assert "整机测试场景" in client.get("/actions/export.csv").text
    narrowed = "resource=finance"
    assert "没有符合条件的行动" in client.get(f"/actions?{narrowed}").text
    assert f"/actions/export.csv?{narrowed}" in client.get(f"/actions?{narrowed}").text
    assert "整机测试场景" not in client.get(f"/actions/export.csv?{narrowed}").text
    assert client.get("/actions/9-9").status_code == 404


def test_events_and_their_guests_are_taken_away(client: FlaskClient, house: House) -> None:
    everybody_comes(house)
    post(client, f"/events/{EVENT}/answers", firm=[FIRMS[0]], state="cancelled")
    listed = client.get("/events/export.csv").text
    assert "机器人产业链对接会" in listed
    assert "2026-03-10" in listed
    guests = client.get(f"/events/{EVENT}/guests.csv").text
    assert [line.split(",")[5] for line in guests.splitlines() if FIRMS[0] in line] == ["临时取消"]
    assert "外地重工有限公司" in guests
    assert "~" not in guests
    assert client.get(f"/events/{EVENT}/guests.xlsx").data[:2] == b"PK"
    assert client.get("/events/E9/guests.csv").status_code == 404
    assert f"/events/{EVENT}/guests.xlsx" in client.get(f"/events/{EVENT}").text
    assert "/events/export.xlsx" in client.get("/events").text


def test_files_of_an_event_with_a_chinese_number_have_names_that_a_header_holds(
    client: FlaskClient, house: House
) -> None:
    file_rows(
        house,
        "events",
        [{"event": "春季1", "held_on": "2026-03-10", "tables": 2, "slots": 2, "state": "筹备"}],
    )
    file_rows(house, "demands", [{"id": "需求1", "buyer": code(1), "title": "电机"}])
    for page in (
        "/events/春季1/guests.csv",
        "/events/春季1/agenda.xlsx",
        "/events/春季1/agenda.docx",
        "/matching/demands/需求1/export.csv",
    ):
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert answer.headers["Content-Disposition"].isascii(), page


def test_a_firm_that_is_invited_for_two_demands_is_one_guest(client: FlaskClient, house: House) -> None:
    everybody_comes(house)
    for demand in (MOTOR, VALVE):
        file_rows(
            house, "invitations", [{"event": EVENT, "demand": demand, "uscc": FIRMS[0], "state": "参加"}]
        )
    file_rows(house, "invitations", [{"event": EVENT, "demand": VALVE, "uscc": FIRMS[0], "state": "不参加"}])
    listed = client.get("/events/export.csv").text.splitlines()
    told = dict(zip(listed[0].split(","), listed[1].split(","), strict=True))
    assert [told[name] for name in ("受邀企业", "到会企业")] == ["5", "4"]


def test_two_officers_who_move_meetings_of_one_page_do_not_undo_each_other(
    client: FlaskClient, house: House
) -> None:
    everybody_comes(house)
    post(client, f"/events/{EVENT}/agenda")
    seen = re.findall(r'name="seen" value="(\d+)"', client.get(f"/events/{EVENT}").text)
    assert len(seen) == 2
    before = client.get(f"/events/{EVENT}/agenda.csv").text
    post(client, f"/events/{EVENT}/move", meeting=f"{MOTOR}|{FIRMS[0]}", slot="3", table="3", seen=seen[0])
    after = client.get(f"/events/{EVENT}/agenda.csv").text
    assert after != before
    # The other one wants the place that was free, or a table left, as the page of before has it.
    for wish in (
        {"meeting": f"{VALVE}|{FIRMS[2]}", "slot": "3", "table": "3", "exchange": "yes"},
        {"from_table": "1"},
    ):
        post(client, f"/events/{EVENT}/move", seen=seen[0], **wish)
        assert "其间有人更新了登记库" in client.get(f"/events/{EVENT}").text
        assert client.get(f"/events/{EVENT}/agenda.csv").text == after


def test_chains_on_record_are_offered_where_one_is_typed(client: FlaskClient, house: House) -> None:
    file_rows(house, "chains", [{"chain": "氢能", "stage": "制氢"}])
    for page in ("/events/new", f"/events/{EVENT}", "/actions/new"):
        html = client.get(page).text
        assert 'list="chains-on-record"' in html, page
        assert '<option value="氢能">' in html, page


def test_what_cannot_be_taken_is_said_beside_its_field(client: FlaskClient, house: House) -> None:
    html = post(
        client, "/outcomes/new", supplier="供应商A", buyer=code(1), stage="contact", stage_on="2026-02-01"
    ).text
    assert 'aria-invalid="true"' in html
    assert 'value="供应商A"' in html
    html = post(client, "/events/new", event=EVENT, held_on="2026-05-01", tables="1", slots="1").text
    assert "已有编号为 E1 的活动" in html
    answer = post(client, f"/events/{EVENT}/invite", codes="91370199MA0000000X")
    assert answer.status_code == 303
    assert "企业库中没有代码或全称为" in client.get(f"/events/{EVENT}").text
    assert client.get("/events/E9").status_code == 404


def test_a_district_officer_does_not_see_events_and_a_reader_does_not_write(house: House) -> None:
    app = signing_in(create_app(house.settings, house.store, house.rooms, house.clock))
    officer = app.test_client(role="district", unit="370112")
    assert [
        officer.get(path).status_code for path in ("/events", f"/events/{EVENT}", "/actions", "/outcomes")
    ] == [403] * 4
    reader = app.test_client(role="reader")
    assert reader.get(f"/events/{EVENT}").status_code == 200
    assert "/events/new" not in reader.get("/events").text
    assert post(reader, f"/events/{EVENT}/agenda").status_code == 403


def test_firms_that_suit_are_proposed_and_invited_for_their_demand(client: FlaskClient) -> None:
    page = f"/events/{EVENT}"
    post(client, f"{page}/invite", demand=[MOTOR, VALVE])
    html = client.get(f"{page}/suggestions").text
    assert f'value="{MOTOR}|{FIRMS[0]}"' in html
    assert f'href="/matching/demands/{MOTOR}"' in client.get(page).text, "an invited demand opens"
    post(client, f"{page}/suggestions", guest=[f"{MOTOR}|{FIRMS[0]}"])
    html = client.get(f"{page}/suggestions").text
    assert f'value="{MOTOR}|{FIRMS[0]}"' not in html
    assert "已邀请" in html
    assert f'value="{FIRMS[0]}"' in client.get(page).text


def test_a_meeting_is_moved_by_hand_and_a_place_that_is_taken_is_refused(
    client: FlaskClient, house: House
) -> None:
    everybody_comes(house)
    page = f"/events/{EVENT}"
    post(client, f"{page}/agenda")
    assert "移动洽谈" in client.get(page).text
    csv = client.get(f"{page}/agenda.csv").text
    row = next(line for line in csv.splitlines() if FIRMS[0] in line).split(",")
    answer = post(client, f"{page}/move", meeting=f"{MOTOR}|{FIRMS[0]}", slot="3", table=row[2])
    assert answer.status_code == 303
    html = client.get(page).text
    assert "该洽谈已换到新的位置" in html
    assert f"3,09:40–10:00,{row[2]}," in client.get(f"{page}/agenda.csv").text
    other = next(line for line in csv.splitlines() if FIRMS[1] in line).split(",")
    post(client, f"{page}/move", meeting=f"{MOTOR}|{FIRMS[1]}", slot="3", table=row[2])
    assert "请选择空位，或与其调换" in client.get(page).text
    post(client, f"{page}/move", meeting=f"{MOTOR}|{FIRMS[1]}", slot="3", table=row[2], exchange="yes")
    assert f"{other[0]},{other[1]},{other[2]}," in client.get(f"{page}/agenda.csv").text
    post(client, f"{page}/move", from_table=row[2])
    assert "换到新的位置" in client.get(page).text
    post(client, f"{page}/move", meeting="x", slot="1", table="1")
    assert "请选择洽谈、场次和桌号" in client.get(page).text
    post(client, f"{page}/move", meeting=f"{MOTOR}|{FIRMS[1]}", slot="²", table="1")
    assert "没有第 0 场" in client.get(page).text
    assert post(client, "/events/E9/move", from_table="1").status_code == 404


def test_two_meetings_at_one_place_are_both_shown_and_pointed_out(client: FlaskClient, house: House) -> None:
    everybody_comes(house)
    file_rows(house, "meetings", [
        {"event": EVENT, "demand": MOTOR, "uscc": FIRMS[0], "slot": "1", "table": "1"},
        {"event": EVENT, "demand": VALVE, "uscc": FIRMS[2], "slot": "1", "table": "1"},
    ])  # fmt: skip
    html = words_of(client.get(f"/events/{EVENT}").text)
    assert "在册日程有冲突" in html
    grid = html[html.index("按场次与桌位") :] if "按场次与桌位" in html else html
    assert "济南历城电机有限公司" in grid
    assert "济南长清阀门有限公司" in grid


def test_firms_are_invited_by_full_names_as_well(client: FlaskClient, house: House) -> None:
    page = f"/events/{EVENT}"
    file_rows(house, "enterprises", [
        {"uscc": code(n), "name": "济南同名机械有限公司", "city": "370100", "district": "历城区"} for n in (31, 32)
    ], "twins.csv")  # fmt: skip
    post(client, f"{page}/invite", codes=f"济南历城电机有限公司、{FIRMS[2]}，济南同名机械有限公司")
    assert "济南同名机械有限公司 的企业（或不止一家）" in client.get(page).text
    assert 'name="firm"' not in client.get(page).text
    post(client, f"{page}/invite", codes=f"济南历城电机有限公司\n{FIRMS[2]} {FIRMS[0]}")
    html = client.get(page).text
    assert html.count('name="firm"') == 2
    assert f'value="{FIRMS[0]}"' in html
