"""The pages of matchmaking, as the bureau's people use them, and the same over the API and the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

import cli
from chains.matching.demands import demand
from chains.matching.proposals import look
from registry.jobs.job import Asked, Done
from registry.jobs.period import Period, Rhythm
from registry.shell import roles
from tests.registry.house import code, file_rows
from tests.sample_app import app_in, house_of, post, words_of

BUYER, BOLTS, PLAIN = (code(9_000_000 + n) for n in range(3))


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with app_in(tmp_path, empty=True) as made:
        house = house_of(made)
        file_rows(house, "enterprises", [
            {"uscc": BUYER, "name": "济南整机股份有限公司", "district": "历下区", "products": "整机"},
            {"uscc": BOLTS, "name": "济南甲紧固件有限公司", "district": "历下区", "products": "高强度螺栓"},
            {"uscc": PLAIN, "name": "济南乙紧固件有限公司", "district": "槐荫区", "products": "普通螺栓"},
        ])  # fmt: skip
        file_rows(house, "offers", [{"uscc": BOLTS, "product": "高强度螺栓", "certificates": "ISO9001"}])
        file_rows(house, "demands", [
            {"id": "X-1", "buyer": BUYER, "title": "高强度螺栓", "certificates": "ISO9001", "due_on": "2026-12-31",
             "amount": 3_000_000},
            {"id": "X-2", "buyer": "外地整车厂", "amount": 5},
            {"id": "X-3", "buyer": BUYER, "title": "螺栓", "closed_on": "2026-06-01"},
        ])  # fmt: skip
        yield made


def test_open_demands_are_listed_with_their_best_match(client: FlaskClient) -> None:
    said = words_of(client.get("/matching").text)
    assert "高强度螺栓" in said
    assert "济南甲紧固件有限公司" in said
    assert "没有文字" in said
    assert "X-3" not in said
    assert "X-3" in words_of(client.get("/matching?state=closed").text)
    assert "X-1" not in words_of(client.get("/matching?q=整车厂").text)


def test_a_demand_shows_reasons_and_who_is_one_condition_short(client: FlaskClient) -> None:
    said = words_of(client.get("/matching/demands/X-1").text)
    assert "产品：高强度螺栓" in said
    assert "取得 ISO9001 认证后即可匹配" in said
    english = words_of(client.get("/matching/demands/X-1?lang=en").text)
    assert "would match if certified to ISO9001" in english


def test_a_demand_without_words_gets_a_clear_answer(client: FlaskClient) -> None:
    assert "这项需求没有可匹配的文字" in client.get("/matching/demands/X-2").text


def test_an_unknown_demand_is_no_page(client: FlaskClient) -> None:
    assert client.get("/matching/demands/nope").status_code == 404


def test_declining_wants_a_reason_and_then_the_firm_stays_away(app: Flask, client: FlaskClient) -> None:
    path = "/matching/demands/X-1/answer"
    post(client, path, uscc=BOLTS, answer="declined", reason="")
    assert "请说明谢绝原因" in client.get("/matching/demands/X-1").text
    assert post(client, path, uscc=BOLTS, answer="declined", reason="交期不符").status_code == 302
    said = words_of(client.get("/matching/demands/X-1").text)
    assert "已谢绝：交期不符" in said
    assert (
        "匹配企业"
        not in words_of(client.get("/matching/demands/X-1").text.split('id="matches"')[1]).split("只差")[0]
    )
    by = app.test_client()
    assert "谢绝 1" in words_of(by.get("/matching").text)


def test_a_shortlisted_firm_is_marked(client: FlaskClient) -> None:
    post(client, "/matching/demands/X-1/answer", uscc=BOLTS, answer="shortlisted")
    assert "入围" in words_of(client.get("/matching/demands/X-1").text)


def test_a_demand_of_somebody_outside_the_register_is_closed_as_well(app: Flask, client: FlaskClient) -> None:
    post(client, "/matching/new", title="轴承", buyer="外地重工有限公司")
    before = demand(house_of(app), "2026-0001")
    assert before
    post(client, "/matching/demands/2026-0001/state", state="closed")
    known = demand(house_of(app), "2026-0001")
    assert known
    assert known.closed_on == house_of(app).clock.today()
    assert (known.buyer, known.buyer_name) == (before.buyer, "外地重工有限公司")
    post(client, "/matching/demands/X-2/state", state="closed")
    wordless = demand(house_of(app), "X-2")
    assert wordless
    assert wordless.closed_on, "one without words is closed as well"


def test_a_demand_is_closed_though_its_buyer_may_be_one_of_two_firms_by_now(
    app: Flask, client: FlaskClient
) -> None:
    house, name = house_of(app), "外地两家有限公司"
    file_rows(house, "demands", [{"id": "X-9", "buyer": name, "title": "高强度螺栓"}])
    file_rows(house, "enterprises", [{"uscc": code(n), "name": name} for n in (81, 82)])
    post(client, "/matching/demands/X-9/state", state="closed")
    known = demand(house, "X-9")
    assert known
    assert known.closed_on
    assert (known.buyer, known.buyer_name) == (f"~{name}", name)


def test_who_is_shortlisted_is_accepted_next(client: FlaskClient) -> None:
    path = "/matching/demands/X-1"
    post(client, f"{path}/answer", uscc=BOLTS, answer="shortlisted")
    assert 'value="shortlisted"' not in client.get(path).text.split(BOLTS, 1)[1].split("</tr>")[0]
    post(client, f"{path}/answer", uscc=BOLTS, answer="accepted")
    assert 'value="accepted"' not in client.get(path).text


def test_a_demand_is_closed_and_opened_again_and_who_was_declined_stays_away(
    app: Flask, client: FlaskClient
) -> None:
    path = "/matching/demands/X-1"
    buyer = demand(house_of(app), "X-1")
    post(client, f"{path}/answer", uscc=BOLTS, answer="declined", reason="交期不符")
    assert post(client, f"{path}/state", state="closed").status_code == 302
    known = demand(house_of(app), "X-1")
    assert known is not None
    assert not known.open_on(house_of(app).clock.today())
    assert "需求已办结" in client.get(path).text
    post(client, f"{path}/state", state="open")
    known = demand(house_of(app), "X-1")
    assert known is not None
    assert known.open_on(house_of(app).clock.today())
    assert buyer
    assert (known.buyer, known.buyer_name, known.title) == (buyer.buyer, buyer.buyer_name, buyer.title)
    assert "已谢绝：交期不符" in words_of(client.get(path).text)
    assert post(client, f"{path}/state", state="x").status_code == 400
    assert post(client, "/matching/demands/nope/state", state="closed").status_code == 404


def test_a_firm_can_be_taken_on_from_the_page_and_the_demand_leads_to_its_buyer(client: FlaskClient) -> None:
    html = client.get("/matching/demands/X-1").text
    assert 'name="answer" value="accepted"' in html
    assert f'href="/firms/{BUYER}"' in html
    post(client, "/matching/demands/X-1/answer", uscc=BOLTS, answer="accepted")
    assert "采纳" in words_of(client.get("/matching/demands/X-1").text)
    assert "库中没有" in words_of(client.get("/matching/demands/X-2").text), (
        "the buyer is no firm of the register"
    )


def test_the_chain_of_a_demand_opens_only_where_it_is_on_record(app: Flask, client: FlaskClient) -> None:
    house = house_of(app)
    file_rows(house, "chains", [{"chain": "氢能", "stage": "制氢"}])
    file_rows(house, "demands", [
        {"id": "C-1", "buyer": BUYER, "title": "螺栓", "chain": "氢能"},
        {"id": "C-2", "buyer": BUYER, "title": "螺栓", "chain": "紧固件"},
    ])  # fmt: skip
    assert 'href="/chains/%E6%B0%A2%E8%83%BD"' in client.get("/matching/demands/C-1").text
    other = client.get("/matching/demands/C-2").text
    assert "紧固件" in words_of(other)
    assert "/chains/%E7" not in other


@pytest.mark.parametrize(
    "data", [{"uscc": "nobody", "answer": "declined", "reason": "x"}, {"uscc": BOLTS, "answer": "maybe"}]
)
def test_an_answer_that_names_nobody_or_nothing_is_refused(client: FlaskClient, data: dict[str, str]) -> None:
    assert post(client, "/matching/demands/X-1/answer", **data).status_code == 400


def test_a_demand_is_filed_by_form_and_ranked_at_once(app: Flask, client: FlaskClient) -> None:
    typed = {"title": "高强度螺栓", "buyer": "济南整机股份有限公司", "amount": "300万元", "certificates": "ISO9001",
             "due_on": "2027-01-31", "tier": "srdi", "place": "370102"}  # fmt: skip
    answer = post(client, "/matching/new", **typed)
    assert answer.status_code == 302
    known = demand(house_of(app), "2026-0001")
    assert known is not None
    assert (known.buyer, known.amount, known.tiers, known.districts) == (
        BUYER,
        3_000_000,
        ("srdi",),
        ("370102",),
    )
    assert "只差一项条件" in client.get(answer.headers["Location"]).text


def test_a_form_that_cannot_be_filed_says_why_and_keeps_what_was_typed(
    app: Flask, client: FlaskClient
) -> None:
    said = post(client, "/matching/new", title="", buyer="某厂", amount="很多").text
    assert "请填写需要什么" in said
    assert 'value="某厂"' in said
    said = post(client, "/matching/new", title="螺栓", buyer="供应商A").text
    assert "form-error" in said
    assert demand(house_of(app), "2026-0001") is None


def test_words_are_looked_for_without_a_filing(client: FlaskClient) -> None:
    said = words_of(client.get("/matching/ask?text=高强度螺栓").text)
    assert "济南甲紧固件有限公司" in said
    assert "这些文字没有指明产品" in client.get("/matching/ask?text=采购").text
    assert "未找到本市企业" in client.get("/matching/ask?text=疫苗").text
    assert "需要长期跟踪或邀请企业的，请新建需求" in client.get("/matching/ask").text, (
        "an empty page says what to do"
    )


@pytest.mark.parametrize("path", ["/matching/export", "/matching/demands/X-1/export", "/matching/ask/export"])
def test_lists_are_taken_away(client: FlaskClient, path: str) -> None:
    table = client.get(f"{path}.csv?text=高强度螺栓")
    assert table.status_code == 200
    assert BOLTS in table.text
    assert client.get(f"{path}.xlsx?text=高强度螺栓").status_code == 200
    assert client.get(f"{path}.pdf?text=高强度螺栓").status_code == 404


def test_readers_see_and_do_not_file_and_district_officers_do_neither(app: Flask) -> None:
    reader = app.test_client(role=roles.READER)
    assert reader.get("/matching/demands/X-1").status_code == 200
    assert 'name="answer"' not in reader.get("/matching/demands/X-1").text
    assert post(reader, "/matching/demands/X-1/answer", uscc=BOLTS, answer="shortlisted").status_code == 403
    assert reader.get("/matching/new").status_code == 403
    assert app.test_client(role=roles.DISTRICT, unit="370102").get("/matching").status_code == 403


def test_the_api_gives_the_documents_of_the_command_line(client: FlaskClient) -> None:
    found = client.get("/api/v1/match?text=高强度螺栓&certificate=ISO9001").json
    assert [one["uscc"] for one in found] == [BOLTS]
    assert set(found[0]) == {"uscc", "name", "score", "weak", "reasons"}
    assert set(found[0]["reasons"][0]) == {"feature", "score", "detail"}
    whole = client.get("/api/v1/demands/X-1/matches").json
    assert whole["near"][0]["misses"][0]["condition"] == "certificate"
    assert [one["id"] for one in client.get("/api/v1/demands?open=yes").json] == ["X-1", "X-2"]
    assert client.get("/api/v1/demands/nope/matches").status_code == 404
    assert client.get("/api/v1/match").status_code == 400


def run(app: Flask, *arguments: str) -> Any:
    return CliRunner().invoke(cli.main.commands["match"], arguments, obj=house_of(app))


def test_the_command_ranks_a_demand_or_a_text(app: Flask) -> None:
    by_id = run(app, "X-1", "--json")
    assert by_id.exit_code == 0
    assert [one["uscc"] for one in json.loads(by_id.stdout)] == [BOLTS]
    by_text = run(app, "--text", "高强度螺栓", "--top", "1", "--json")
    assert [one["uscc"] for one in json.loads(by_text.stdout)] == [BOLTS]
    assert "济南甲紧固件有限公司" in run(app, "--text", "高强度螺栓").stdout


def test_the_command_says_that_nobody_meets_the_words_well(app: Flask) -> None:
    found = run(app, "--text", "高强碳纤维三维织布机")
    assert "weak" in found.stdout
    assert "only come near" in found.stderr
    assert all(one["weak"] for one in json.loads(run(app, "--text", "高强碳纤维三维织布机", "--json").stdout))


@pytest.mark.parametrize(
    "arguments, status",
    [(["nope"], 2), ([], 2), (["X-1", "--text", "a"], 2), (["X-2"], 1), (["--text", "疫苗"], 1)],
)
def test_the_command_says_what_is_wrong_by_its_exit_code(
    app: Flask, arguments: list[str], status: int
) -> None:
    assert run(app, *arguments).exit_code == status


def test_a_firm_that_came_since_the_last_look_is_new(app: Flask, client: FlaskClient) -> None:
    house = house_of(app)
    today = house.clock.today()

    def look_on(day: date) -> Done:
        done = look(house, Asked(Period(Rhythm.DAY, day), day, house.clock.now(), 0, lambda *_said: None))
        with house.store.write("job:new-matches") as unit:
            assert done.write is not None
            done.write(unit)
        return done

    first = look_on(today - timedelta(days=2))
    assert (first.evaluated, first.changed) == (1, 0)
    assert "首次匹配 1 项" in first.said[1]
    file_rows(
        house, "offers", [{"uscc": PLAIN, "product": "高强度螺栓", "certificates": "ISO9001"}], "more.csv"
    )
    second = look_on(today - timedelta(days=1))
    assert second.changed == 1
    assert "X-1 1 家" in second.said[1]
    assert look_on(today).changed == 0
    assert "新增 1 家" in words_of(client.get("/matching").text)
