"""What is on record is found by any part of it, at once, and what is taken back is not; on both databases alike."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from registry.find import find
from registry.house import House
from registry.naming.normal import normal_form
from registry.queries import ALL, Narrowed, firms, number_at_most, page_of_firms
from registry.search import index
from registry.search.checking import index_faults
from registry.search.index import FIRM, SEGMENT, WAITING, index_afresh, up_to_date
from registry.search.sought import Sought, look_up
from registry.store.backup import backup, restore
from registry.withdrawal import withdraw
from tests.registry.house import code, file_rows, open_test_house


def hits(house: House, typed: str, limit: int = 20) -> list[tuple[str, str]]:
    with house.store.read() as connection:
        return [(hit["uscc"], hit["by"]) for hit in find(connection, typed, house.clock.today(), limit)]


def codes(house: House, typed: str) -> set[str]:
    return {uscc for uscc, _by in hits(house, typed, 200)}


def listed(house: House, typed: str = "", **narrowed: Any) -> list[str]:
    """Credit codes as the register's page lists them."""
    ordered, day = up_to_date(house), house.clock.today()
    with house.store.read() as connection:
        sought = look_up(connection, typed) if typed else None
        asked = Narrowed(text=typed, where=ALL, sought=sought, ordered=ordered, **narrowed)
        return [row.uscc for row in page_of_firms(connection, house, asked, day, 50, 0)]


def file_firms(house: House, *names: str, start: int = 1, **fields: str) -> int:
    rows = [{"uscc": code(start + n), "name": name, **fields} for n, name in enumerate(names)]
    filed = file_rows(house, "enterprises", rows, f"{start}.csv").filing
    assert filed is not None
    return filed


HUAYU = {
    "uscc": code(1), "name": "山东华宇机械有限公司", "short_name": "泉城重机", "former_names": "济南第七铸造厂",
    "products": "汽车轮毂、LED车灯；阀门", "niche": "轻量化轮毂",
}  # fmt: skip


#: What was typed, and by what the firm is found.
TYPED = [
        ("华宇", "name"), ("宇机", "name"), ("华宇机械", "name"), ("山东华宇机械有限公司", "name"), (" 华宇　机械", "name"),
        ("第七铸造", "former"), ("七铸", "former"), ("泉城", "short"), (code(1), "code"), (code(1)[:9], "code"),
        ("轮毂", "product"), ("led车灯", "product"), ("ＬＥＤ", "product"),
]  # fmt: skip
#: Products that are not indexed yet are looked for as they were written.
AS_WRITTEN = [(typed, by, False) for typed, by in TYPED if by != "product" or typed == "轮毂"]


@pytest.mark.parametrize(("typed", "by", "indexed"), [*((*one, True) for one in TYPED), *AS_WRITTEN])
def test_a_firm_is_found_by_any_part_of_what_it_is_called_or_makes(
    house: House, typed: str, by: str, indexed: bool
) -> None:
    file_rows(house, "enterprises", [HUAYU, {"uscc": code(2), "name": "济南另一家有限公司"}])
    if indexed:
        assert up_to_date(house)
    assert (code(1), by) in hits(house, typed)
    if by != "code":
        assert codes(house, typed) == {code(1)}


@pytest.mark.parametrize(
    "typed", ["sdhyjx", "SDHYJX", "hyjx", "hyjxy", "hyjxyxgs", "hy", "huayu", "huayujixie", "qcz", "qczj"]
)
def test_initials_and_spelling_find_a_name_with_and_without_its_region(house: House, typed: str) -> None:
    file_rows(house, "enterprises", [HUAYU, {"uscc": code(2), "name": "山东泰和纺织有限公司"}])
    assert up_to_date(house)
    assert hits(house, typed) == [(code(1), "pinyin")]


@pytest.mark.parametrize("typed", ["yjx", "jx", "jixie", "hyjxz", "hx"])
def test_initials_are_typed_from_the_first_one_on(house: House, typed: str) -> None:
    file_rows(house, "enterprises", [HUAYU])
    assert up_to_date(house)
    assert hits(house, typed) == []


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("济南长城有限公司", ["cc", "zc"]),
        ("重庆乐行有限公司", ["lx", "yx", "lh", "cqlx", "cqyh"]),
        ("曾氏单车厂", ["zs", "zsdc", "zssc"]),
    ],
)
def test_characters_that_names_read_in_two_ways_may_be_typed_in_both(
    house: House, name: str, typed: list[str]
) -> None:
    file_firms(house, name)
    assert up_to_date(house)
    assert [hits(house, letters) for letters in typed] == [[(code(1), "pinyin")]] * len(typed)


def test_letters_are_no_credit_code_and_a_code_is_no_pinyin(house: House) -> None:
    file_firms(house, "济南马匹有限公司", "玛牌科技有限公司")
    assert up_to_date(house)
    assert hits(house, "mapi") == [(code(1), "pinyin")]
    assert hits(house, "91370199MA") == [(code(1), "code"), (code(2), "code")]
    assert hits(house, "9137") == hits(house, "91370199ma")
    assert hits(house, "MA00") == []


def test_one_character_is_no_part(house: House) -> None:
    file_rows(
        house, "enterprises", [HUAYU, {"uscc": code(2), "name": "济南宇宙有限公司", "short_name": "宇"}]
    )
    for _again in range(2):
        assert hits(house, "宇") == [(code(2), "short")]
        assert up_to_date(house)
    assert hits(house, "s") == [(code(1), "pinyin")]
    assert hits(house, "3") == []


def test_exact_stands_before_part_and_present_name_before_former_short_pinyin_product(house: House) -> None:
    rows: list[dict[str, Any]] = [
        {"uscc": code(1), "name": "济南一号有限公司", "products": "ABC阀门"},
        {"uscc": code(2), "name": "爱博创科技有限公司", "short_name": "爱博创"},
        {"uscc": code(3), "name": "济南三号有限公司", "short_name": "小ABC"},
        {"uscc": code(4), "name": "济南四号有限公司", "former_names": "老ABC厂"},
        {"uscc": code(5), "name": "济南ABC泵业有限公司"},
        {"uscc": code(6), "name": "ABC泵业有限公司"},
        {"uscc": code(7), "name": "济南七号有限公司", "short_name": "ABC"},
        {"uscc": code(8), "name": "济南八号有限公司", "former_names": "ABC"},
        {"uscc": code(9), "name": "ABC"},
    ]
    file_rows(house, "enterprises", rows)
    assert up_to_date(house)
    expected = [
        (9, "name"),
        (8, "former"),
        (7, "short"),
        (6, "name"),
        (5, "name"),
        (4, "former"),
        (3, "short"),
        (2, "pinyin"),
    ]
    expected = [*expected, (1, "product")]
    for typed in ("abc", "ＡＢＣ"):
        assert hits(house, typed) == [(code(n), by) for n, by in expected]
    assert hits(house, "abc", 3) == [(code(n), by) for n, by in expected[:3]]


def test_right_after_a_filing_a_rename_and_a_withdrawal_the_search_knows(house: House) -> None:
    file_firms(house, "济南旧山有限公司")
    assert up_to_date(house)
    filed = file_firms(house, "青岛新海有限公司", start=2)
    assert codes(house, "新海") == {code(2)}
    assert listed(house, "新海") == [code(2)]
    renamed = file_rows(
        house,
        "enterprises",
        [{"uscc": code(2), "name": "青岛宏图有限公司", "effective_on": "2025-01-01"}],
        "r.csv",
    )
    for _again in range(2):
        assert hits(house, "宏图") == [(code(2), "name")]
        assert hits(house, "新海") == [(code(2), "former")]
        assert up_to_date(house)
    assert hits(house, "htyx") == [(code(2), "pinyin")]
    assert renamed.filing is not None
    withdraw(house, renamed.filing, "test")
    for _again in range(2):
        assert codes(house, "宏图") == set()
        assert hits(house, "新海") == [(code(2), "name")]
        assert up_to_date(house)
    withdraw(house, filed, "test")
    for _again in range(2):
        assert codes(house, "新海") == set()
        assert up_to_date(house)
    assert hits(house, "旧山") == [(code(1), "name")]


def test_a_filing_leaves_one_note_and_the_index_is_made_by_who_searches(house: House) -> None:
    file_firms(house, *(f"济南{n}号有限公司" for n in range(1, 40)))
    with house.store.read() as connection:
        assert connection.execute(select(func.count()).select_from(WAITING)).scalar() == 1
        assert connection.execute(select(func.count()).select_from(FIRM)).scalar() == 0
    last = written(house)
    assert up_to_date(house)
    assert written(house) == last  # indexing is no filing
    with house.store.read() as connection:
        assert connection.execute(select(func.count()).select_from(WAITING)).scalar() == 0
        assert connection.execute(select(func.count()).select_from(FIRM)).scalar() == 39


def written(house: House) -> Any:
    with house.store.read() as connection:
        return house.store.last_write(connection)


def test_while_somebody_writes_a_search_waits_for_nobody(house: House) -> None:
    file_firms(house, "济南旧山有限公司")
    assert up_to_date(house)
    file_firms(house, "青岛新海有限公司", start=2)
    with house.store.write("other"):
        if house.store.is_sqlite:
            assert not up_to_date(house)
        assert codes(house, "新海") == {code(2)}
        assert codes(house, "旧山") == {code(1)}


def test_an_index_half_made_is_not_there_at_all(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash in the middle leaves the note, and the next one makes it whole."""
    file_firms(house, "济南旧山有限公司")

    def crash(*_given: Any, **_named: Any) -> None:
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(index, "_unite", crash)
        with pytest.raises(MemoryError):
            up_to_date(house)
    assert codes(house, "旧山") == {code(1)}
    assert up_to_date(house)
    assert hits(house, "jsyx") == [(code(1), "pinyin")]


def test_names_stand_in_the_order_of_pinyin_on_every_database(house: House) -> None:
    names = [
        "重庆单车厂",
        "安康药业",
        "ABC泵业",
        "长安汽车",
        "西安电子",
        "先锋重工",
        "啊哈",
        "曾氏酒业",
        "1号店",
        "华宇",
        "花雨",
        "化雨",
    ]
    file_firms(house, *names)
    before = listed(house)
    file_firms(house, "白云山", "华语", start=50)
    for order in (before, listed(house)):
        with house.store.read() as connection:
            named = dict(connection.execute(text("select uscc, name from enterprise")).all())  # type: ignore[arg-type]
        shown = [named[uscc] for uscc in order]
        added = ["白云山"] if "白云山" in shown else []
        expected = ["1号店", "ABC泵业", "啊哈", "安康药业", *added, "长安汽车", "重庆单车厂", "花雨", "华宇"]
        expected += [*(["华语"] if added else []), "化雨", "西安电子", "先锋重工", "曾氏酒业"]
        assert shown == expected
    assert listed(house, sort="-name") == listed(house)[::-1]


def test_pages_of_many_hits_are_in_order_and_say_more_than_a_thousand(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut short early on and in several segments: each page is the one that the whole order gives."""
    syllables = "安波成大恩方高海金开来明南欧平清日山天无西阳中"
    rows = [f"济南{syllables[n % 23]}{syllables[n * 7 % 23]}{n}机械厂" for n in range(300)]
    for start in (0, 200, 270):
        file_firms(
            house, *rows[start : start + (200 if start == 0 else 70 if start == 200 else 30)], start=start + 1
        )
        assert up_to_date(house)
    with house.store.read() as connection:
        assert connection.execute(select(func.count()).select_from(SEGMENT)).scalar() == 3
    monkeypatch.setattr("registry.search.sought.FIRST_LOOK", 8)
    day = date(2026, 3, 1)
    with house.store.read() as connection:
        sought = look_up(connection, "机械")
        assert isinstance(sought, Sought)
        asked = Narrowed(text="机械", where=ALL, sought=sought, ordered=True)
        whole = [row.uscc for row in connection.execute(firms(house, asked, day))]
        assert len(whole) == 300
        paged: list[str] = []
        for offset in range(0, 300, 10):
            paged += [row.uscc for row in page_of_firms(connection, house, asked, day, 10, offset)]
        assert paged == whole
        assert number_at_most(connection, house, asked, day, 120) == 121
        assert number_at_most(connection, house, asked, day, 300) == 300


def test_many_small_filings_leave_few_segments_and_lose_nobody(house: House) -> None:
    for n in range(1, 34):
        file_firms(house, f"济南{n}号泵业", start=n)
        assert up_to_date(house)
    with house.store.read() as connection:
        assert (connection.execute(select(func.count()).select_from(SEGMENT)).scalar() or 0) <= 6
    assert codes(house, "泵业") == {code(n) for n in range(1, 34)}


def test_a_restored_register_is_searched_like_the_first(house: House, tmp_path: Path) -> None:
    file_rows(house, "enterprises", [HUAYU])
    assert up_to_date(house)
    backup(house.store, tmp_path / "all.backup")
    other = open_test_house(f"sqlite:///{tmp_path / 'other.sqlite'}", tmp_path)
    restore(other.store, tmp_path / "all.backup")
    for _again in range(2):
        assert hits(other, "华宇") == [(code(1), "name")]
        assert up_to_date(other)
    assert hits(other, "hyjx") == [(code(1), "pinyin")]
    other.store.dispose()


# --- the index never misses what a plain look through all names finds ------------------------------------

CHARACTERS = st.sampled_from("山东济南华宇机械有限公司重长行AB12（）()·&é𠮷 ")
NAMES = (
    st.text(CHARACTERS, min_size=1, max_size=9).map(str.strip).filter(lambda name: len(normal_form(name)) > 0)
)
FIRM_ROWS = st.lists(
    st.tuples(NAMES, NAMES | st.none(), NAMES | st.none(), NAMES | st.none()), min_size=1, max_size=6
)


def empty(house: House) -> None:
    with house.store.write("test") as unit:
        for table in (
            "enterprise",
            "known_name",
            "standing",
            "count_cache",
            "statement",
            "problem",
            "filing_row",
            "filing",
        ):
            unit.connection.execute(text(f"delete from {table}"))
        for table in (FIRM, index.GRAM, SEGMENT, WAITING):
            unit.connection.execute(table.delete())


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(filings=st.lists(FIRM_ROWS, min_size=1, max_size=3), data=st.data())
def test_whatever_part_of_a_text_is_typed_its_firm_is_found(
    house: House, filings: Any, data: st.DataObject
) -> None:
    empty(house)
    texts: dict[str, set[str]] = {}
    for number, filed in enumerate(filings):
        rows = []
        for n, (name, former, short, product) in enumerate(filed):
            uscc = code(100 * number + n if data.draw(st.booleans()) or number == 0 else n)
            if uscc in {row["uscc"] for row in rows}:
                continue
            given = {"name": name, "former_names": former, "short_name": short, "products": product}
            rows.append({"uscc": uscc, **{field: value for field, value in given.items() if value}})
        file_rows(house, "enterprises", rows, f"{number}.csv")
        if data.draw(st.booleans()):
            assert up_to_date(house)
            assert list(index_faults(house.store)) == []
    with house.store.read() as connection:
        for uscc, key in connection.execute(
            text("select uscc, name_key from enterprise union select uscc, key from known_name")
        ):
            texts.setdefault(uscc, set()).add(key)
        for uscc, products in connection.execute(
            text("select uscc, products from enterprise where products is not null")
        ):
            texts[uscc].add(normal_form(products))
    assert up_to_date(house)
    assert list(index_faults(house.store)) == []
    every = sorted({key for keys in texts.values() for key in keys if len(key) >= 2})
    if not every:
        return
    key = data.draw(st.sampled_from(every))
    start = data.draw(st.integers(0, len(key) - 2))
    typed = key[start : data.draw(st.integers(start + 2, len(key)))]
    holding = {uscc for uscc, keys in texts.items() if any(typed in key for key in keys)}
    assert holding <= codes(house, typed)
    assert set(listed(house, typed)) >= holding


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("delete from search_firm where uscc = :uscc", "is not indexed"),
        ("update search_firm set names = 'X' where uscc = :uscc", "is not indexed as it is on record"),
        ("delete from search_gram where place > 1000", "is missing under some of its grams"),
        ("update search_firm set sort_key = :late where uscc = :uscc", "stands out of the order of names"),
    ],
)
def test_the_check_notices_what_a_search_would_miss(house: House, damage: str, said: str) -> None:
    file_firms(house, "济南旧山有限公司", "济南新海有限公司")
    assert up_to_date(house)
    assert list(index_faults(house.store)) == []
    with house.store.write("test") as unit:
        values = {"uscc": code(1), "late": b"\xff"}
        unit.connection.execute(text(damage), {k: v for k, v in values.items() if f":{k}" in damage})
    assert any(said in line for line in index_faults(house.store))
    index_afresh(house.store)
    assert list(index_faults(house.store)) == []


def test_made_afresh_the_index_is_the_same(house: House) -> None:
    file_rows(house, "enterprises", [HUAYU])
    assert up_to_date(house)
    file_firms(house, "济南旧山有限公司", start=5)
    assert up_to_date(house)
    index_afresh(house.store)
    assert codes(house, "旧山") == {code(5)}
    assert hits(house, "hyjx") == [(code(1), "pinyin")]


def test_a_large_register_is_indexed_beside_the_running_pages(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "WHILE_WAITING", 1)
    file_firms(house, "济南旧山有限公司", "济南新海有限公司")
    begun = set(threading.enumerate())
    assert not up_to_date(house)
    assert codes(house, "旧山") == {code(1)}
    for thread in set(threading.enumerate()) - begun:
        thread.join()
    assert up_to_date(house)
    assert hits(house, "jsyx") == [(code(1), "pinyin")]
