"""A list through the desk's pages, by plain forms: read, settle, match, decide, confirm, take back."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.desk.drafts import DRAFT, DRAFT_ROW
from registry.filings import filings
from registry.house import House
from tests.registry.house import code, file_rows
from tests.sample_app import app_in, house_of, post, words_of

FIRMS = [
    {"uscc": code(1), "name": "济南霖树锅炉有限公司", "district": "天桥区"},
    {"uscc": code(6), "name": "济南霖树锅炉有限公司", "district": "莱芜区"},
    {"uscc": code(2), "name": "济南磐笛精细化工有限公司", "district": "历城区"},
    {"uscc": code(3), "name": "济南羿晔软件有限公司", "district": "历下区"},
]
#: Of the second name there are two firms, and the list gives no district.
NAMES = "企业名称,区县\n济南磐笛精细化工有限公司,历城区\n济南霖树锅炉有限公司,\n山东全新机械有限公司,章丘区\n"
SETS = {"set-tier": "srdi", "set-level": "provincial", "set-batch": "2026", "set-issued_on": "2026-06-01"}


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[tuple[FlaskClient, House]]:
    """The desk of a register with three firms."""
    with app_in(tmp_path, empty=True, url=database_url) as app:
        file_rows(house_of(app), "enterprises", FIRMS)
        yield app.test_client(), house_of(app)


def begun(client: FlaskClient, text: str = NAMES, name: str = "名单.csv") -> str:
    answer = post(client, "/intake", file=(io.BytesIO(text.encode()), name))
    assert answer.status_code == 303, words_of(answer.text)
    return str(answer.location).rpartition("/")[0]


def matched(client: FlaskClient, text: str = NAMES, **sets: str) -> str:
    address = begun(client, text)
    answer = post(client, f"{address}/list", kind="titles", then="match", **{**SETS, **sets})
    assert answer.status_code == 303, words_of(answer.text)
    assert answer.location == f"{address}/rows"
    return address


def rows(house: House) -> dict[int, Any]:
    with house.store.read() as connection:
        return {row.row: row for row in connection.execute(select(DRAFT_ROW).order_by(DRAFT_ROW.c.row))}


def say(client: FlaskClient, house: House, address: str, row: int, action: str, **more: str) -> Any:
    return post(
        client, f"{address}/rows/{row}", action=action, revision=str(rows(house)[row].revision), **more
    )


def file(client: FlaskClient, house: House, address: str) -> Any:
    with house.store.read() as connection:
        number = int(address.rpartition("/")[2])
        revision = connection.execute(select(DRAFT.c.revision).where(DRAFT.c.id == number)).scalar_one()
    return post(client, f"{address}/confirm", revision=str(revision))


def held(house: House, kind: str = "titles") -> set[str]:
    table = house.kinds.by_id[kind].table
    with house.store.read() as connection:
        return set(connection.execute(select(table.c.uscc)).scalars())


def test_a_list_of_names_becomes_titles_and_is_taken_back(desk: tuple[FlaskClient, House]) -> None:
    client, house = desk
    address = matched(client)
    found = {row: (r.found, r.decision, r.uscc) for row, r in rows(house).items()}
    assert found == {
        2: ("certain", "certain", code(2)),
        3: ("choose", "open", None),
        4: ("none", "open", None),
    }
    assert say(client, house, address, 3, "choose", uscc=code(1)).status_code == 303
    assert say(client, house, address, 4, "create", uscc=code(4), place="370114").status_code == 303
    page = words_of(client.get(f"{address}/confirm").text)
    assert "确认入库" in page
    answer = file(client, house, address)
    assert answer.status_code == 303
    filing = re.search(r"/filings/(\d+)", answer.location)
    assert filing
    assert held(house) == {code(1), code(2), code(4)}
    page = client.get(answer.location).text
    assert "济南霖树锅炉有限公司" in page
    assert client.get(address).location == f"/filings/{filing[1]}"
    post(client, f"/filings/{filing[1]}/withdraw")
    assert held(house) == set()


def test_decisions_are_kept_when_the_page_is_left(desk: tuple[FlaskClient, House]) -> None:
    client, house = desk
    address = matched(client)
    say(client, house, address, 3, "choose", uscc=code(1))
    other = client.application.test_client()
    page = words_of(other.get("/intake").text)
    assert "名单.csv" in page
    assert "2 / 3" in page
    assert rows(house)[3].by == "desk"


def test_of_two_clerks_the_slower_one_sees_what_the_faster_decided(desk: tuple[FlaskClient, House]) -> None:
    client, house = desk
    address = matched(client)
    shown = str(rows(house)[3].revision)
    post(client, f"{address}/rows/3", action="choose", uscc=code(1), revision=shown)
    late = post(client, f"{address}/rows/3", action="leave", revision=shown)
    assert "已由他人处理" in words_of(client.get(late.location).text)
    assert rows(house)[3].uscc == code(1)


def test_a_list_changed_since_the_last_page_is_not_filed(desk: tuple[FlaskClient, House]) -> None:
    client, house = desk
    address = matched(client)
    stale = re.search(r'name="revision" value="(\d+)"', client.get(f"{address}/confirm").text)
    assert stale
    say(client, house, address, 3, "choose", uscc=code(1))
    answer = post(client, f"{address}/confirm", revision=stale[1])
    assert answer.location == f"{address}/confirm"
    assert held(house) == set()


def test_what_is_left_open_waits_in_the_filing_and_what_is_taken_off_does_not(
    desk: tuple[FlaskClient, House],
) -> None:
    client, house = desk
    address = matched(client)
    say(client, house, address, 3, "leave")
    say(client, house, address, 4, "drop")
    file(client, house, address)
    with house.store.read() as connection:
        last = filings(connection)[0]
    assert (last["rows"], last["accepted"], last["review"], last["refused"]) == (2, 1, 1, 0)
    page = words_of(client.get(f"/filings/{last['id']}?part=review").text)
    assert "济南霖树锅炉有限公司" in page, "the candidates of the desk are offered again"
    assert "经办人剔除" in words_of(client.get(f"/filings/{last['id']}?part=problems").text)
    post(client, f"/filings/{last['id']}/rows/3", answer="firm", uscc=code(1))
    assert held(house) == {code(1), code(2)}


def test_undo_brings_back_what_matching_said(desk: tuple[FlaskClient, House]) -> None:
    client, house = desk
    address = matched(client)
    for row in (2, 3):
        say(client, house, address, row, "choose", uscc=code(3))
        say(client, house, address, row, "undo")
    found = rows(house)
    assert (found[2].decision, found[2].uscc, found[2].by) == ("certain", code(2), None)
    assert (found[3].decision, found[3].uscc, found[3].by) == ("open", None, None)


def test_decisions_outlive_another_reading_of_the_list(desk: tuple[FlaskClient, House]) -> None:
    client, house = desk
    address = matched(client)
    say(client, house, address, 3, "choose", uscc=code(1))
    post(client, f"{address}/list", kind="titles", then="match", **{**SETS, "set-batch": "2026-2"})
    assert rows(house)[3].decision == "chosen"
    assert rows(house)[2].decision == "certain"


def test_a_new_firm_needs_a_code_that_checks_and_is_nobody_s(desk: tuple[FlaskClient, House]) -> None:
    client, house = desk
    address = matched(client)
    for uscc, said in ((code(4)[:-1] + "?", "不是校验通过"), (code(1), "已在企业库")):
        answer = say(client, house, address, 4, "create", uscc=uscc)
        assert said in words_of(client.get(answer.location).text)
    assert rows(house)[4].decision == "open"


def test_a_chosen_firm_must_be_on_the_register(desk: tuple[FlaskClient, House]) -> None:
    client, house = desk
    address = matched(client)
    answer = say(client, house, address, 3, "choose", uscc=code(9))
    assert "没有代码为" in words_of(client.get(answer.location).text)
    assert rows(house)[3].decision == "open"
    assert code(9) not in held(house, "enterprises")


def test_two_rows_that_mean_one_firm_are_told(desk: tuple[FlaskClient, House]) -> None:
    client, house = desk
    address = matched(client, "企业名称\n济南磐笛精细化工有限公司\n济南磐笛化工技术有限公司\n")
    for row in (2, 3):
        say(client, house, address, row, "choose", uscc=code(2))
    page = words_of(client.get(f"{address}/confirm").text)
    assert "同一家企业出现两次" in page
    assert "第 2 行" in page
    file(client, house, address)
    with house.store.read() as connection:
        last = filings(connection)[0]
    assert (last["accepted"], last["unchanged"]) == (1, 1)


def test_a_list_that_was_filed_is_announced_and_changes_nothing(desk: tuple[FlaskClient, House]) -> None:
    client, house = desk
    file(client, house, matched(client))
    assert "入过库" in client.get(f"{begun(client)}/list").text
    address = matched(client)
    page = words_of(client.get(f"{address}/confirm").text)
    assert "与已有记录一致" in page


def test_a_list_put_away_leaves_nothing(desk: tuple[FlaskClient, House]) -> None:
    client, house = desk
    address = matched(client)
    folder = house.settings.var / "drafts"
    assert list(folder.iterdir())
    post(client, f"{address}/drop")
    assert list(folder.iterdir()) == []
    assert rows(house) == {}
    assert client.get(f"{address}/rows").status_code == 404
    assert held(house) == set()


def test_pasted_names_with_a_script_are_text(desk: tuple[FlaskClient, House]) -> None:
    client, house = desk
    answer = post(client, "/intake", text="济南磐笛精细化工有限公司\n<script>alert(1)</script>\n")
    address = str(answer.location).rpartition("/")[0]
    post(client, f"{address}/list", kind="titles", then="match", **SETS)
    for path in ("list", "rows?show=all", "rows?show=all&row=3", "confirm"):
        page = client.get(f"{address}/{path}")
        assert page.status_code == 200
        assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in client.get(f"{address}/rows?show=all").text
    assert rows(house)


def test_a_name_of_two_firms_is_never_guessed(desk: tuple[FlaskClient, House]) -> None:
    client, house = desk
    file_rows(house, "enterprises", [{"uscc": code(5), "name": "济南羿晔软件有限公司", "district": "莱芜区"}])
    matched(client, "企业名称\n济南羿晔软件有限公司\n")
    row = rows(house)[2]
    assert (row.found, row.decision) == ("choose", "open")


def test_a_damaged_code_gives_way_to_what_a_person_chose(desk: tuple[FlaskClient, House]) -> None:
    client, house = desk
    address = matched(client, f"企业名称,统一社会信用代码\n济南霖树锅炉有限公司,{code(1)[:-1]}?\n")
    assert rows(house)[2].decision == "open"
    say(client, house, address, 2, "choose", uscc=code(1))
    file(client, house, address)
    assert held(house) == {code(1)}


def test_a_list_that_lacks_its_tier_says_so_before_it_is_filed(desk: tuple[FlaskClient, House]) -> None:
    client, house = desk
    address = matched(client, **{"set-tier": ""})
    page = words_of(client.get(f"{address}/confirm").text)
    assert "称号" in page
    assert "请指定是哪一列" in page
    assert file(client, house, address).location == f"{address}/confirm"


def test_an_unreadable_file_is_refused_by_its_own_name(desk: tuple[FlaskClient, House]) -> None:
    client, house = desk
    answer = post(client, "/intake", file=(io.BytesIO(b"not a workbook"), "坏的.xlsx"))
    assert answer.status_code == 200
    assert "另存为 .xlsx" in words_of(answer.text)
    folder = house.settings.var / "drafts"
    assert not folder.exists() or list(folder.iterdir()) == []


def test_the_part_that_htmx_asks_for_holds_the_row_and_the_counts(desk: tuple[FlaskClient, House]) -> None:
    client, house = desk
    address = matched(client)
    page = client.get(f"{address}/rows/3?show=waiting", headers={"HX-Request": "true"}).text
    assert 'id="pane"' in page
    assert "<html" not in page
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    data = {
        "csrf_token": token[1],
        "action": "choose",
        "uscc": code(1),
        "revision": str(rows(house)[3].revision),
    }
    done = client.post(f"{address}/rows/3", data=data, headers={"HX-Request": "true"}).text
    assert 'id="line-3" hx-swap-oob="true"' in done
    assert 'id="desk-counts" class="desk-counts" hx-swap-oob="true"' in done
