"""Two codes that may be one firm: found, judged, and not shown again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from registry.duplicates import Pair, pairs
from registry.house import House
from registry.judgements import Verdict, record_pair
from tests.registry.house import code, file_rows
from tests.sample_app import app_in, house_of, post

FIRMS = [
    {"uscc": code(1), "name": "济南华宇机械有限公司", "district": "历下区"},
    {"uscc": code(2), "name": "济南华宇机械有限公司", "district": "历下区"},
    {
        "uscc": code(3),
        "name": "济南凯盛隆食品有限公司",
        "district": "天桥区",
        "address": "济南市天桥区甲路1号",
    },
    {"uscc": code(4), "name": "济南凯盛隆食品厂", "district": "天桥区", "address": "济南市天桥区甲路1号"},
    {"uscc": code(5), "name": "济南博远明电子科技有限公司", "district": "历城区"},
    {"uscc": code(6), "name": "济南搏远明电子科技有限公司", "district": "历城区"},
    {"uscc": code(7), "name": "济南瑞丰达纺织一厂", "district": "历城区"},
    {"uscc": code(8), "name": "济南瑞丰达纺织二厂", "district": "历城区"},
    {"uscc": code(9), "name": "山东天成物流有限公司", "district": "市中区"},
]


@pytest.fixture
def house(house: House) -> House:
    file_rows(house, "enterprises", FIRMS)
    return house


def found(house: House, unit: str | None = None) -> dict[tuple[str, str], Pair]:
    with house.store.read() as connection:
        return {(pair.a.uscc, pair.b.uscc): pair for pair in pairs(house, connection, unit)}


def judge(house: House, a: int, b: int, verdict: Verdict) -> None:
    with house.store.write("wang") as unit:
        record_pair(unit, code(a), code(b), verdict)


def test_one_name_one_address_and_near_names_are_found_and_sisters_are_not(house: House) -> None:
    assert set(found(house)) == {(code(1), code(2)), (code(3), code(4)), (code(5), code(6))}
    assert "address" in [reason.feature for reason in found(house)[code(3), code(4)].reasons]


def test_an_officer_sees_pairs_of_the_own_unit_only(house: House) -> None:
    assert set(found(house, "370105")) == {(code(3), code(4))}


@pytest.mark.parametrize("verdict", ["different", "unsure", "same"])
def test_a_judged_pair_does_not_come_back_in_whichever_order_it_was_named(
    house: House, verdict: Verdict
) -> None:
    assert (code(1), code(2)) in found(house)
    judge(house, 2, 1, verdict)
    assert (code(1), code(2)) not in found(house)


def test_a_new_place_brings_a_rejected_pair_back(house: House) -> None:
    judge(house, 1, 2, "different")
    file_rows(
        house,
        "enterprises",
        [{"uscc": code(2), "district": "天桥区", "effective_on": "2026-02-01"}],
        "moved.csv",
    )
    assert (code(1), code(2)) in found(house)


def test_an_address_that_many_share_says_nothing(house: House) -> None:
    many = [
        {"uscc": code(n), "name": f"济南{'甲乙丙丁戊己庚辛壬癸'[n - 20]}{'子丑寅卯辰巳午未申酉'[n - 20]}商贸有限公司",
         "district": "历下区", "address": "济南市历下区乙路9号"}
        for n in range(20, 30)
    ]  # fmt: skip
    file_rows(house, "enterprises", many, "park.csv")
    assert not [pair for pair in found(house) if pair[0] >= code(20)]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with app_in(tmp_path, empty=True) as app:
        file_rows(house_of(app), "enterprises", FIRMS)
        yield app


def test_the_page_marks_the_differing_character_and_keeps_the_judgement(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/duplicates").text
    assert '<mark class="mark-changed"><span class="visually-hidden">不同： </span>搏' in page
    answer = post(client, "/duplicates", a=code(5), b=code(6), verdict="different")
    assert (answer.status_code, answer.location) == (302, "/duplicates?page=1")
    after = client.get("/duplicates").text
    assert "已记录" in after
    assert code(6) not in after
    assert "The same firm" in client.get("/duplicates?lang=en").text


def test_a_judgement_that_is_none_is_refused(app: Flask) -> None:
    client = app.test_client()
    assert post(client, "/duplicates", a=code(5), b=code(5), verdict="same").status_code == 400
    assert post(client, "/duplicates", a=code(5), b=code(6), verdict="perhaps").status_code == 400
    assert post(client, "/duplicates", a=code(5), b=code(99), verdict="same").status_code == 404


def test_the_pairs_go_into_a_table(app: Flask) -> None:
    answer = app.test_client().get("/duplicates/list.csv")
    assert answer.status_code == 200
    assert answer.text.count("\n") == 4
    assert app.test_client().get("/duplicates/list.xlsx").status_code == 200


def test_a_script_in_a_name_is_only_text(app: Flask) -> None:
    named = [{"uscc": code(n), "name": "济南<script>alert(1)</script>有限公司"} for n in (40, 41)]
    file_rows(house_of(app), "enterprises", named, "script.csv")
    assert "<script>alert" not in app.test_client().get("/duplicates").text
