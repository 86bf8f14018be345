"""Rounds of applications, and an announced list beside the publicity list before it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.desk import review
from registry.house import House
from registry.merging import merge
from registry.withdrawal import withdraw
from tests.registry.house import code, file_rows
from tests.sample_app import app_in, house_of, post, words_of

FIRMS = [
    {"uscc": code(n), "name": f"济南{w}精密机械有限公司", "district": "历下区"}
    for n, w in enumerate("甲乙丙丁戊", 1)
]
NAME = {n: str(FIRMS[n - 1]["name"]) for n in range(1, 6)}
ROUND = {"tier": "srdi", "level": "provincial", "purpose": "new", "round": "2026年第一批"}


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[tuple[FlaskClient, House]]:
    with app_in(tmp_path, empty=True, url=database_url) as app:
        house = house_of(app)
        file_rows(house, "enterprises", FIRMS)
        for stage, day, firms in (
            ("filed", "2026-02-01", (1, 2, 3, 4)),
            ("district_recommended", "2026-02-15", (1, 2, 3)),
            ("publicised", "2026-03-01", (1, 2, 3)),
        ):
            rows = [{"uscc": code(n), **ROUND, "stage": stage, "stage_on": day} for n in firms]
            file_rows(house, "applications", rows, f"{stage}.csv")
        yield app.test_client(), house


def numbers(page: str) -> dict[str, str]:
    return dict(re.findall(r'measure=(\w+)"><data value="(\d+)"', page))


def announced(client: FlaskClient, names: str) -> str:
    """An announced list on the desk, matched; gives its address."""
    answer = post(client, "/intake", file=(io.BytesIO(f"企业名称\n{names}".encode()), "公告.csv"))
    address = str(answer.location).rpartition("/")[0]
    sets = {
        "set-tier": "srdi",
        "set-level": "provincial",
        "set-batch": "2026年第一批",
        "set-issued_on": "2026-04-01",
    }
    post(client, f"{address}/list", kind="titles", then="match", **sets)
    return address


def filed(client: FlaskClient, address: str) -> str:
    revision = re.search(r'name="revision" value="(\d+)"', client.get(f"{address}/confirm").text)
    assert revision
    return str(post(client, f"{address}/confirm", revision=revision[1]).location).partition("?")[0]


def stages(house: House) -> dict[str, str]:
    """The newest stage of each firm."""
    table = house.kinds.by_id["applications"].table
    with house.store.read() as connection:
        rows = connection.execute(select(table.c.uscc, table.c.stage).order_by(table.c.from_day))
        return {row.uscc: row.stage for row in rows}


def test_every_number_of_a_round_opens_into_as_many_firms(desk: tuple[FlaskClient, House]) -> None:
    client, _house = desk
    page = client.get("/rounds").text
    found = numbers(page)
    assert found == {"applied": "4", "filed": "4", "district_recommended": "3", "publicised": "3"}
    for measure, many in found.items():
        address = next(
            a for a in re.findall(r'href="(/rounds/firms\?[^"]+)"', page) if f"measure={measure}" in a
        )
        listed = client.get(address.replace("&amp;", "&"))
        assert re.search(rf'<strong><data value="{many}"', listed.text), measure
        export = client.get(address.replace("&amp;", "&").replace("/firms?", "/firms/export.csv?"))
        assert len(export.text.splitlines()) == int(many) + 1


def test_a_yearly_update_that_is_missing_is_counted_and_listed(desk: tuple[FlaskClient, House]) -> None:
    client, house = desk
    held = [{"uscc": code(n), "tier": "srdi", "level": "provincial", "batch": "2024", "issued_on": "2024-05-01",
             "valid_to": "2027-04-30"} for n in (1, 2)]  # fmt: skip
    file_rows(house, "titles", held)
    update = {
        "tier": "srdi",
        "level": "provincial",
        "purpose": "update",
        "round": "2026年度",
        "stage": "filed",
    }
    file_rows(house, "applications", [{"uscc": code(1), **update, "stage_on": "2026-04-10"}], "update.csv")
    page = client.get("/rounds").text
    address = next(
        a
        for a in re.findall(r'href="(/rounds/firms\?[^"]+)"', page)
        if "measure=missing" in a and "round=2026" in a
    )
    assert NAME[2] in (listed := client.get(address.replace("&amp;", "&")).text)
    assert NAME[1] not in listed


def test_who_was_publicised_and_is_not_announced_is_said_before_and_after_filing(
    desk: tuple[FlaskClient, House],
) -> None:
    client, house = desk
    address = announced(client, f"{NAME[1]}\n{NAME[2]}\n{NAME[5]}\n")
    page = words_of(client.get(f"{address}/confirm").text)
    assert "公示 3 家：2 家在名单上，1 家落选，1 家新增" in page
    assert NAME[3] in page
    filing = filed(client, address)
    number = filing.rpartition("/")[2]
    assert NAME[3] in client.get(f"/rounds/compare/{number}").text
    assert NAME[5] in client.get(f"/rounds/compare/{number}?part=new").text
    assert NAME[2] in client.get(f"/rounds/compare/{number}/export.csv?part=both").text
    before = stages(house)
    answer = post(client, f"/rounds/compare/{number}/reject")
    assert stages(house) == {**before, code(3): "rejected"}
    assert numbers(client.get("/rounds").text)["rejected"] == "1"
    withdraw(house, int(re.findall(r"\d+", answer.location)[0]), "test")
    assert stages(house) == before


def test_nobody_is_rejected_while_a_row_of_the_list_waits(desk: tuple[FlaskClient, House]) -> None:
    client, house = desk
    number = filed(client, announced(client, f"{NAME[1]}\n{NAME[2]}\n济南己精蜜仪表有限公司\n")).rpartition(
        "/"
    )[2]
    page = words_of(client.get(post(client, f"/rounds/compare/{number}/reject").location).text)
    assert "请先处理" in page
    assert "rejected" not in stages(house).values()


def test_a_list_without_a_publicity_list_before_it_is_not_compared(desk: tuple[FlaskClient, House]) -> None:
    client, _house = desk
    answer = post(client, "/intake", text=NAME[1])
    address = str(answer.location).rpartition("/")[0]
    sets = {"set-tier": "gazelle", "set-level": "provincial", "set-issued_on": "2026-04-01"}
    post(client, f"{address}/list", kind="titles", then="match", **sets)
    assert "公示" not in words_of(client.get(f"{address}/confirm").text)


@pytest.mark.parametrize(
    ("set_", "value"),
    [("batch", "2026年第三批"), ("batch", "2025年度"), ("basis", "review")],
)
def test_a_list_is_not_compared_with_a_round_that_cannot_be_its_own(
    desk: tuple[FlaskClient, House], set_: str, value: str
) -> None:
    client, house = desk
    said = {"tier": "srdi", "level": "provincial", "issued_on": "2026-04-01", "valid_to": "2029-03-31"}
    filing = file_rows(house, "titles", [{"uscc": code(1), **said, set_: value}], "other.csv").filing
    assert client.get(f"/rounds/compare/{filing}").status_code == 404


@pytest.mark.parametrize("batch", ["", "2026年", "第1批"])
def test_a_list_that_says_less_than_the_round_is_compared(
    desk: tuple[FlaskClient, House], batch: str
) -> None:
    client, house = desk
    said = {"tier": "srdi", "level": "provincial", "issued_on": "2026-04-01", "valid_to": "2029-03-31"}
    filing = file_rows(house, "titles", [{"uscc": code(1), **said, "batch": batch}], "other.csv").filing
    assert NAME[3] in client.get(f"/rounds/compare/{filing}").text


def test_refused_rows_are_named_before_anybody_is_rejected(desk: tuple[FlaskClient, House]) -> None:
    client, house = desk
    said = {"tier": "srdi", "level": "provincial", "batch": "2026年第一批", "issued_on": "2026-04-01"}
    rows = [{"uscc": code(1), **said}, {"uscc": code(3)[:-1] + "#", **said}]
    filing = file_rows(house, "titles", rows, "damaged.csv").filing
    assert "有 1 行被拒收" in words_of(client.get(f"/rounds/compare/{filing}").text)


@pytest.mark.parametrize(
    "query", ["", "tier=srdi&level=provincial&purpose=new&round=x&measure=nothing", "tier='&level=city"]
)
def test_a_made_up_round_is_no_page(desk: tuple[FlaskClient, House], query: str) -> None:
    client: Any = desk[0]
    assert client.get(f"/rounds/firms?{query}").status_code == 404


def test_nobody_drops_out_who_got_the_title_by_another_list(desk: tuple[FlaskClient, House]) -> None:
    client, house = desk
    filed(client, announced(client, f"{NAME[1]}\n"))
    number = filed(client, announced(client, f"{NAME[2]}\n")).rpartition("/")[2]
    assert "2 家在名单上，1 家落选" in words_of(client.get(f"/filings/{number}?part=firms").text)
    before = stages(house)
    post(client, f"/rounds/compare/{number}/reject")
    assert stages(house) == {**before, code(3): "rejected"}


def test_a_row_left_out_and_filed_later_rejects_nobody_on_the_list(desk: tuple[FlaskClient, House]) -> None:
    client, house = desk
    names = f"{NAME[1]}\n{NAME[2]}\n{NAME[3]}\n"
    address = announced(client, names)
    post(client, f"{address}/rows/3", action="drop", revision=revision_of(house, address, 3))
    filed(client, address)
    number = filed(client, announced(client, names)).rpartition("/")[2]
    before = stages(house)
    post(client, f"/rounds/compare/{number}/reject")
    assert stages(house) == before


def test_a_firm_on_the_list_under_a_merged_code_has_not_dropped_out(desk: tuple[FlaskClient, House]) -> None:
    client, house = desk
    number = filed(client, announced(client, f"{NAME[5]}\n")).rpartition("/")[2]
    merge(house, code(5), code(1), "w", yes=True)
    listed = client.get(f"/rounds/compare/{number}").text
    assert NAME[1] not in listed
    assert NAME[2] in listed


def revision_of(house: House, address: str, row: int) -> str:
    with house.store.read() as connection:
        line = review.line(connection, int(address.rpartition("/")[2]), row)
    assert line is not None
    return str(line.revision)
