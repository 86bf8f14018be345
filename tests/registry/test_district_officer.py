"""A district officer sees and writes the firms that the own unit manages now, and nothing of the others but their names."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from registry import bulk_filing, editing
from registry.decisions import Answer, decide
from registry.editing import lay_out
from registry.events import EVENTS, gather
from registry.filings import filing
from registry.house import House
from registry.merging import merge, split
from registry.refusals import RefusedError
from registry.shell import access
from registry.shell.app import create_app
from registry.store.clock import instant_text
from registry.withdrawal import withdraw
from tests.registry.house import Time, code, file_rows, open_test_house
from tests.sample_app import app_in, post, token, words_of
from tests.signed_in import signing_in

HERE, THERE = "370102", "370112"  # 历下区, 历城区
OWN, OTHER, GONE, COME, NOWHERE = (code(n) for n in range(1, 6))
MOVE = "2026-02-01"


def settled(house: House, time: Time) -> None:
    """One firm of each sort: own, of another unit, moved away, moved here, of unknown place."""
    time.now = datetime(2026, 1, 10, 4, tzinfo=UTC)
    file_rows(house, "enterprises", [
        {"uscc": OWN, "name": "济南甲机械有限公司", "district": "历下区"},
        {"uscc": OTHER, "name": "济南乙机械有限公司", "district": "历城区"},
        {"uscc": GONE, "name": "济南丙机械有限公司", "district": "历下区"},
        {"uscc": COME, "name": "济南丁机械有限公司", "district": "历城区"},
        {"uscc": NOWHERE, "name": "济南戊机械有限公司", "district": None},
    ])  # fmt: skip
    titles = [{"uscc": uscc, "tier": "srdi", "level": "provincial", "batch": "1", "issued_on": "2025-06-01"}
              for uscc in (OWN, OTHER, GONE, COME, NOWHERE)]  # fmt: skip
    file_rows(house, "titles", titles)
    time.now = datetime(2026, 2, 20, 4, tzinfo=UTC)
    moves = [
        {"uscc": GONE, "district": "历城区", "products": "搬后产品"},
        {"uscc": COME, "district": "历下区", "products": None},
    ]
    file_rows(house, "enterprises", moves, name="moves.csv", sets={"effective_on": MOVE})
    time.now = datetime(2026, 3, 1, 4, tzinfo=UTC)


class Desk:
    def __init__(self, url: str, folder: Path) -> None:
        self.time = Time()
        self.house = open_test_house(url, folder, self.time)
        settled(self.house, self.time)
        self.app: Flask = signing_in(
            create_app(self.house.settings, self.house.store, self.house.rooms, self.house.clock)
        )
        self.officer = self.app.test_client(role="district", unit=HERE)

    def file(self, kind: str, *rows: Mapping[str, Any], **wish: Any) -> Any:
        return file_rows(self.house, kind, rows, name=f"{rows}.csv", unit=HERE, **wish)

    def problems(self, outcome: Any) -> list[tuple[int, str]]:
        return [(number, note.code) for number, note in outcome.problems if note.fate != "note"]


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(database_url, tmp_path)
    yield desk
    desk.house.store.dispose()


@pytest.fixture
def lite(sqlite_url: str, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(sqlite_url, tmp_path)
    yield desk
    desk.house.store.dispose()


# -- reading -------------------------------------------------------------------------------------------------


def test_the_register_lists_own_firms_only(desk: Desk) -> None:
    page = desk.officer.get("/firms?city=all").text
    assert OWN in page
    assert COME in page
    assert not any(uscc in page for uscc in (OTHER, GONE, NOWHERE))
    assert "仅列历下区的企业" in page
    rows = desk.officer.get("/firms/export.csv?city=all").data.decode("utf-8-sig").splitlines()
    assert len(rows) == 3
    everybody = desk.app.test_client().get("/firms?city=all").text
    assert all(uscc in everybody for uscc in (OWN, OTHER, GONE, COME, NOWHERE))


def test_looking_for_a_name_shows_others_as_name_and_unit_only(lite: Desk) -> None:
    page = lite.officer.get("/firms?q=济南乙机械").text
    others = page.split('id="others"')[1]
    assert "济南乙机械有限公司" in others
    assert "历城区" in others
    assert OTHER not in page
    assert f'href="/firms/{OTHER}"' not in page
    whole = lite.officer.get(f"/firms?q={OTHER}")
    assert whole.status_code == 200
    assert "济南乙机械有限公司" in whole.text
    assert lite.officer.get(f"/firms?q={OWN}").status_code == 302
    found = lite.officer.get("/api/v1/find?q=机械").json
    assert {firm["uscc"] for firm in found} == {OWN, COME, None}


def test_what_others_make_does_not_find_them(lite: Desk) -> None:
    assert GONE in lite.app.test_client().get("/api/v1/find?q=搬后产品").text
    assert lite.officer.get("/api/v1/find?q=搬后产品").json == []
    assert "济南丙机械有限公司" not in lite.officer.get("/firms?q=搬后产品").text


def test_another_units_firm_is_refused_with_its_name_and_unit(lite: Desk) -> None:
    for uscc in (OTHER, NOWHERE):
        answer = lite.officer.get(f"/firms/{uscc}")
        assert answer.status_code == 403
        assert "专精特新" not in answer.text
    assert "济南乙机械有限公司由历城区管理" in words_of(lite.officer.get(f"/firms/{OTHER}").text)
    answer = lite.officer.get(f"/api/v1/firms/{OTHER}")
    assert answer.status_code == 403
    assert answer.json["error"]["code"] == "not_allowed"
    assert lite.officer.get(f"/firms/{OTHER.lower()}").status_code == 403


def test_of_a_firm_that_moved_away_the_history_up_to_the_move_is_kept(lite: Desk) -> None:
    page = lite.officer.get(f"/firms/{GONE}")
    assert page.status_code == 200
    text = words_of(page.text)
    assert "该企业已转由其他单元管理" in text
    assert "2026-01-31" in text
    assert "搬后产品" not in text
    assert "专精特新" in text
    later = words_of(lite.officer.get(f"/firms/{GONE}?as_of=2026-03-01&known_at=2026-03-01").text)
    assert "搬后产品" not in later
    document = lite.officer.get(f"/api/v1/firms/{GONE}?as_of=2026-03-01").json
    assert document["profile"]["district"]["value"] == HERE
    assert "products" not in document["profile"]
    assert "搬后产品" in lite.app.test_client().get(f"/firms/{GONE}").text


def test_a_firm_that_came_is_shown_whole(lite: Desk) -> None:
    text = words_of(lite.officer.get(f"/firms/{COME}").text)
    assert "专精特新" in text
    assert "已转由其他单元" not in text


def test_numbers_are_the_citys_and_lists_the_officers(lite: Desk) -> None:
    chief = lite.app.test_client()
    for path in ("/targets/quality-firms", "/tiers/srdi/provincial/firms_valid", "/quality/titles_valid",
                 "/ladder/ways/entered?from=2024-01-01"):  # fmt: skip
        everybody, own = chief.get(path).text, lite.officer.get(path).text
        assert OTHER in everybody, path
        assert OTHER not in own, path
        assert OWN in own, path
        assert "仅列历下区的企业" in own, path
    export = lite.officer.get("/targets/quality-firms/export.csv").data.decode("utf-8-sig")
    assert OWN in export
    assert OTHER not in export
    document = lite.officer.get("/api/v1/count").json
    assert document == chief.get("/api/v1/count").json | {"known_at": document["known_at"]}


def test_filings_are_the_own_ones_and_of_others_the_own_rows(lite: Desk) -> None:
    assert 'href="/filings/1"' not in lite.officer.get("/filings").text
    text = lite.officer.get("/filings/1?part=problems").text
    assert OTHER not in text
    rows = [
        {"uscc": OTHER, "year": "2025", "revenue": "很多"},
        {"uscc": OWN, "year": "2025", "revenue": "一些"},
    ]
    number = file_rows(lite.house, "figures", rows).filing
    seen, all_ = (
        client.get(f"/filings/{number}?part=problems").text
        for client in (lite.officer, lite.app.test_client())
    )
    assert "很多" in all_
    assert "很多" not in seen
    assert "一些" in seen


def test_no_address_leads_to_another_units_firm(lite: Desk) -> None:
    """Every route with a firm in its address, also those that other rooms bring."""
    with lite.app.test_request_context():
        paths = [
            (method, rule.build({**dict.fromkeys(rule.arguments, "1"), "uscc": OTHER}))
            for rule in lite.app.url_map.iter_rules()
            if "uscc" in rule.arguments
            for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}
        ]
    assert paths
    needed = access.stated(lite.app)
    assert needed
    for method, built in paths:
        path = (built or ("", ""))[1]
        form = {"csrf_token": lite.officer.get("/style").text.split('csrf-token" content="')[1].split('"')[0]}
        answer = lite.officer.open(path, method=method, data=form if method != "GET" else None)
        assert answer.status_code == 403, path
    assert lite.officer.get(f"/api/v1/assess?uscc={OWN}&uscc={OTHER}").status_code == 403
    assert lite.officer.get(f"/api/v1/assess?uscc={OWN},{OTHER}").status_code == 403
    assert lite.officer.get(f"/api/v1/assess?uscc={OWN}").status_code == 200


def test_the_sample_citys_pages_hold_for_an_officer(tmp_path: Path) -> None:
    with app_in(tmp_path) as app:
        officer = app.test_client(role="district", unit="370171")
        for path in ("/", "/firms", "/firms?q=济南", "/filings", "/filings/1", "/targets", "/ladder", "/upload",
                     "/near/srdi/provincial", "/simulate?edition=srdi-2022&run=yes"):  # fmt: skip
            assert officer.get(path).status_code == 200, path
        near = officer.get("/near/high_tech/national/export.csv").data.decode("utf-8-sig").splitlines()[1:]
        assert all("高新技术产业开发区" in line for line in near)


# -- writing -------------------------------------------------------------------------------------------------


def test_own_rows_are_taken_and_others_wait_for_the_city(desk: Desk) -> None:
    rows = [{"uscc": uscc, "year": "2025", "revenue": "100"} for uscc in (OWN, OTHER, GONE, COME, NOWHERE)]
    outcome = desk.file("figures", *rows)
    assert (outcome.fates["accepted"], outcome.fates["review"]) == (2, 3)
    assert [c for _n, c in desk.problems(outcome)] == ["other_unit"] * 3
    assert "历城区" in str([note.detail for _n, note in outcome.problems])


def test_names_of_others_wait_too(desk: Desk) -> None:
    row = {"tier": "gazelle", "level": "provincial", "batch": "9", "issued_on": "2026-02-01"}
    outcome = desk.file(
        "titles", {"name": "济南乙机械有限公司", **row}, {"name": "济南甲机械有限公司", **row}
    )
    assert (outcome.fates["accepted"], outcome.fates["review"]) == (1, 1)


def test_a_new_firm_becomes_the_units_own_unless_it_names_another(desk: Desk) -> None:
    fresh = [code(n) for n in range(20, 25)]
    outcome = desk.file(
        "enterprises",
        {"uscc": fresh[0], "name": "济南新一有限公司", "district": None},
        {"uscc": fresh[1], "name": "济南新二有限公司", "district": "历下区"},
        {"uscc": fresh[2], "name": "济南新三有限公司", "district": "历城区"},
        {"uscc": fresh[3], "name": "青岛新四有限公司", "district": "青岛市"},
    )
    assert (outcome.fates["accepted"], outcome.fates["review"]) == (2, 2)
    page = desk.officer.get("/firms?city=all").text
    assert fresh[0] in page
    assert fresh[1] in page
    title = {"tier": "srdi", "level": "provincial", "batch": "2", "issued_on": "2026-02-01"}
    outcome = desk.file("titles", {"uscc": fresh[4], "name": "济南新五有限公司", **title}, create=True)
    assert outcome.fates["accepted"] == 1
    assert fresh[4] in desk.officer.get("/firms?city=all").text


def test_a_firm_that_waits_is_not_spoken_of_by_other_rows(lite: Desk) -> None:
    new, title = code(30), {"tier": "srdi", "level": "provincial", "issued_on": "2026-02-01"}
    outcome = lite.file(
        "titles",
        {"uscc": new, "name": "济南新六有限公司", "district": "历城区", "batch": "1", **title},
        {"uscc": new, "name": "济南新六有限公司", "district": None, "batch": "2", **title},
        create=True,
    )
    assert outcome.fates["review"] == 2
    assert lite.app.test_client().get(f"/firms/{new}").status_code == 404


def test_moving_a_firm_away_is_for_the_city_to_confirm(lite: Desk) -> None:
    outcome = lite.file("enterprises", {"uscc": OWN, "name": "济南甲机械有限公司", "district": "历城区"})
    assert outcome.fates["review"] == 1
    outcome = lite.file("enterprises", {"uscc": OTHER, "name": "济南乙机械有限公司", "district": "历下区"})
    assert outcome.fates["review"] == 1


def test_the_city_takes_the_waiting_row_and_the_officer_cannot(lite: Desk) -> None:
    filed = lite.file("figures", {"uscc": OTHER, "year": "2025", "revenue": "100"})
    with pytest.raises(RefusedError, match="not managed by this unit"):
        decide(lite.house, filed.filing or 0, 2, Answer(take=True), "test", HERE)
    with lite.house.store.read() as connection:
        row = (filing(connection, filed.filing or 0) or {})["waiting"][0]["row"]
    outcome = decide(lite.house, filed.filing or 0, row, Answer(take=True), "city")
    assert outcome is not None
    assert outcome.fates["accepted"] == 1


def test_an_answer_cannot_point_at_another_units_firm(lite: Desk) -> None:
    title = {"tier": "srdi", "level": "provincial", "batch": "3", "issued_on": "2026-02-01"}
    filed = lite.file("titles", {"name": "没有这家有限公司", **title})
    with lite.house.store.read() as connection:
        row = (filing(connection, filed.filing or 0) or {})["waiting"][0]["row"]
    with pytest.raises(RefusedError):
        decide(lite.house, filed.filing or 0, row, Answer(uscc=OTHER), "test", HERE)
    assert decide(lite.house, filed.filing or 0, row, Answer(uscc=OWN), "test", HERE) is not None


def test_rows_of_the_citys_filings_are_the_officers_where_the_firm_is_own(lite: Desk) -> None:
    twice = [
        {"uscc": uscc, "year": "2024", "revenue": money} for uscc in (OWN, OTHER) for money in ("1", "2")
    ]
    number = file_rows(lite.house, "figures", twice).filing or 0
    with lite.house.store.read() as connection:
        waiting = {row["subject"]: row["row"] for row in (filing(connection, number) or {})["waiting"]}
    with pytest.raises(RefusedError):
        decide(lite.house, number, waiting[OTHER], Answer(reject=True), "officer", HERE)
    assert decide(lite.house, number, waiting[OWN], Answer(take=True), "officer", HERE) is not None


def test_an_officer_withdraws_own_filings_about_own_firms_only(desk: Desk) -> None:
    own = desk.file("figures", {"uscc": OWN, "year": "2025", "revenue": "100"}).filing or 0
    mixed = desk.file("figures", {"uscc": COME, "year": "2025", "revenue": "100"}).filing or 0
    with pytest.raises(RefusedError):
        withdraw(desk.house, own, "somebody", unit=HERE)
    file_rows(desk.house, "enterprises", [{"uscc": COME, "district": "历城区"}], name="back.csv",
              sets={"effective_on": "2026-03-01"})  # fmt: skip
    with pytest.raises(RefusedError):
        withdraw(desk.house, mixed, "test", unit=HERE)
    withdraw(desk.house, own, "test (token monthly)", unit=HERE)


def test_a_whole_list_is_the_citys(lite: Desk) -> None:
    with pytest.raises(RefusedError):
        lite.file(
            "above-scale", {"uscc": OWN, "entered_on": "2026-01-01"}, complete_on=date(2026, 3, 1).isoformat()
        )


def test_an_officers_upload_goes_through_the_same_gate(lite: Desk) -> None:
    text = f"统一社会信用代码,年度,营业收入（元）\n{OWN},2025,100\n{OTHER},2025,200\n"
    file = (io.BytesIO(text.encode("utf-8-sig")), "list.csv")
    held = post(lite.officer, "/upload", kind="figures", file=file)
    rehearsed = words_of(lite.officer.get(held.location).text)
    assert "转市级审核" in rehearsed
    filed = post(lite.officer, f"{held.location}/file")
    page = words_of(lite.officer.get(filed.location).text)
    assert "district-370102" in page
    assert "转市级审核" in page
    assert "以本行为准" not in page


# -- codes that lead to another firm -------------------------------------------------------------------------

LOST, KEPT = code(40), code(41)


def merged(desk: Desk) -> int:
    """An own firm, spoken of by a filing of the officer's, is merged into another unit's. Gives the filing."""
    file_rows(desk.house, "enterprises", [
        {"uscc": LOST, "name": "济南庚机械有限公司", "district": "历下区"},
        {"uscc": KEPT, "name": "济南辛机械有限公司", "district": "历城区", "products": "他区产品"},
    ], name="pair.csv")  # fmt: skip
    row = {"uscc": LOST, "tier": "srdi", "level": "provincial", "batch": "9", "issued_on": "2025-06-01"}
    filed = desk.file("titles", row).filing or 0
    desk.time.pass_days(1)
    merge(desk.house, LOST, KEPT, "city", "同一企业", yes=True)
    desk.time.pass_days(1)
    return filed


def test_a_merged_code_does_not_open_another_units_firm(desk: Desk) -> None:
    merged(desk)
    for path in (f"/firms/{LOST}", f"/api/v1/firms/{LOST}", f"/api/v1/firms/{LOST}?known_at=2026-03-01",
                 f"/firms/{LOST}?known_at=2026-03-01", f"/api/v1/assess?uscc={LOST}"):  # fmt: skip
        answer = desk.officer.get(path)
        assert answer.status_code == 403, path
        assert "他区产品" not in answer.text
    assert "他区产品" in desk.app.test_client().get(f"/api/v1/firms/{LOST}").text


def test_a_code_that_was_split_off_again_does_not_open_the_firm_that_it_led_to(lite: Desk) -> None:
    merged(lite)
    meanwhile = lite.house.clock.now()
    lite.time.pass_days(1)
    split(lite.house, LOST, "city")
    assert lite.officer.get(f"/api/v1/firms/{LOST}").json["profile"]["name"]["value"] == "济南庚机械有限公司"
    for path in (f"/api/v1/firms/{LOST}", f"/firms/{LOST}"):
        answer = lite.officer.get(
            path, query_string={"known_at": instant_text(meanwhile)}, follow_redirects=True
        )
        assert answer.status_code == 403, path
        assert "他区产品" not in answer.text


def test_an_own_filing_is_not_withdrawn_once_its_firm_became_part_of_anothers(desk: Desk) -> None:
    filed = merged(desk)
    with pytest.raises(RefusedError, match="of other units"):
        withdraw(desk.house, filed, "test", unit=HERE)
    assert desk.app.test_client().get(f"/api/v1/firms/{KEPT}").json["titles"]


def test_neither_a_form_nor_an_act_for_many_gives_a_firm_away(lite: Desk) -> None:
    kind, home = (
        lite.house.kinds.by_record["enterprise"],
        {"district": "370112", "effective_on": "2026-02-20"},
    )
    with lite.house.store.read() as connection:
        sheet = lay_out(connection, kind, OWN, None, "2026-03-01")
        found = gather(lite.house, connection, EVENTS["move"], sheet, home)
    act = editing.Act("officer", "form: move", HERE)
    found = editing.file_form(lite.house, sheet, found, act)
    assert (found.filing, [code for _field, code, _note in found.errors]) == (None, ["other_unit"])
    many = bulk_filing.rehearse(
        lite.house, bulk_filing.Act("enterprises", {"district": "370112"}), [OWN, COME], HERE, "officer"
    )
    assert many.changed == []
    assert [why[0][0] for _code, _name, why in many.refused] == ["other_unit"] * 2
    assert lite.officer.get(f"/firms/{OWN}").status_code == 200
    page = post(lite.officer, f"/firms/{OWN}/events/move", **{"mark": sheet.mark, "f-district": "370112",
                "effective_on": "2026-02-20", "act": "check"})  # fmt: skip
    assert "须由市级办理" in page.text


# -- what earlier was seen of others -------------------------------------------------------------------------


def test_a_firm_whose_move_was_recorded_late_keeps_the_history_that_the_unit_wrote(desk: Desk) -> None:
    """First put on record after the day on which it is said to have moved."""
    gone = code(60)
    file_rows(
        desk.house,
        "enterprises",
        [{"uscc": gone, "name": "济南早迁有限公司", "district": "历下区", "products": "旧品"}],
    )
    desk.time.pass_days(2)
    file_rows(desk.house, "enterprises", [{"uscc": gone, "district": "历城区", "products": "新品"}], name="moved.csv",
              sets={"effective_on": MOVE})  # fmt: skip
    desk.time.pass_days(1)
    page = words_of(desk.officer.get(f"/firms/{gone}").text)
    assert "旧品" in page
    assert "新品" not in page
    document = desk.officer.get(f"/api/v1/firms/{gone}").json
    assert (document["as_of"], document["profile"]["district"]["value"]) == ("2026-01-31", HERE)
    later = words_of(desk.officer.get(f"/firms/{gone}?known_at=2026-03-31").text)
    assert "旧品" in later
    assert "新品" not in later


def test_short_filings_of_the_city_do_not_name_others(lite: Desk) -> None:
    rows = [{"uscc": uscc, "year": "2025", "revenue": "1"} for uscc in (OWN, OTHER)]
    number = file_rows(lite.house, "figures", rows, name="two.csv").filing
    page = lite.officer.get(f"/filings/{number}").text
    assert OWN in page
    assert OTHER not in page
    assert "济南乙机械有限公司" not in page


def test_the_api_tells_an_officer_no_code_of_another_units_firm(lite: Desk) -> None:
    sent = {"X-CSRFToken": token(lite.officer)}
    row = {
        "name": "济南乙机械有限公司",
        "tier": "gazelle",
        "level": "provincial",
        "issued_on": "2026-02-01",
        "batch": "z",
    }
    for dry in (True, False):
        answer = lite.officer.post(
            "/api/v1/filings", json={"kind": "titles", "rows": [row], "dry_run": dry}, headers=sent
        )
        assert answer.json["review"] == 1
        assert OTHER not in answer.text
    assert OTHER not in lite.officer.get(f"/api/v1/filings/{answer.json['filing']}/rows").text
    found = lite.officer.post("/api/v1/match", json={"rows": [{"name": "济南乙机械有限公司"}]}, headers=sent)
    assert "济南乙机械有限公司" in found.text
    assert OTHER not in found.text


def test_a_new_record_is_not_begun_from_another_units_firm(lite: Desk) -> None:
    with lite.house.store.read() as connection:
        rows = filing(connection, 2)
    assert rows is not None
    like = f"/firms/{OWN}/edit/titles?like={OTHER}:2-3"
    assert 'value="2028-05-31"' in lite.app.test_client().get(like).text
    assert 'value="2028-05-31"' not in lite.officer.get(like).text
