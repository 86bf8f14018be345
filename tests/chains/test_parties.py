"""Outside parties become firms: by a later filing, by a listing, by somebody's word; and what was known stays known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from chains.asking import network
from chains.joining import judge_party
from chains.outside import Party, outside_parties
from registry.decisions import Answer, decide
from registry.house import House
from registry.merging import merge, split
from registry.refusals import MisusedError, RefusedError
from registry.withdrawal import withdraw
from tests.chains.linked import LEADER, NAMES, OTHER, STRANGER, SUPPLIER, drawn, file, firms, held, problems
from tests.registry.house import Time, code, file_rows, open_test_house

DAY = date(2024, 3, 1)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def house(database_url: str, tmp_path: Path, time: Time) -> Iterator[House]:
    house = open_test_house(database_url, tmp_path, time)
    firms(house, LEADER)
    yield house
    house.store.dispose()


def parties(house: House) -> list[Party]:
    with house.store.read() as connection:
        return outside_parties(connection)


def link(supplier: str, **more: Any) -> dict[str, Any]:
    return {"supplier": supplier, "buyer": LEADER, **more}


def test_a_name_waits_outside_and_is_the_firm_once_that_is_on_record(house: House, time: Time) -> None:
    file(house, "links", link(NAMES[SUPPLIER]), link("济南 明达机械有限公司", product="齿轮"),
         link(NAMES[SUPPLIER], product="齿轮", **{"from": "2020"}))  # fmt: skip
    node = f"~{NAMES[SUPPLIER]}"
    net = network(house)
    assert drawn(house) == {(node, LEADER, ""), (node, LEADER, "齿轮")}
    stands = net.nodes.set_index("id").loc[node]
    assert (stands["name"], stands["uscc"], bool(stands["here"]), stands["status"]) == (
        NAMES[SUPPLIER],
        None,
        False,
        "outside",
    )
    before = time.now + timedelta(hours=1)
    time.pass_days(2)
    filed = firms(house, SUPPLIER)
    assert drawn(house) == {(SUPPLIER, LEADER, ""), (SUPPLIER, LEADER, "齿轮")}
    assert [(one.state, one.firm, one.by, one.supplies) for one in parties(house)] == [
        ("joined", SUPPLIER, "name", 3)
    ]
    assert drawn(house, known_at=before) == {(node, LEADER, ""), (node, LEADER, "齿轮")}
    withdraw(house, filed, "test", yes=True)
    assert drawn(house) == {(node, LEADER, ""), (node, LEADER, "齿轮")}


def test_a_former_name_joins_too(house: House) -> None:
    file(house, "links", link("济南明达铸造厂"))
    file(house, "enterprises", {"uscc": SUPPLIER, "name": NAMES[SUPPLIER], "former_names": "济南明达铸造厂"})
    assert drawn(house) == {(SUPPLIER, LEADER, "")}


def test_a_stock_code_waits_for_the_listing(house: House) -> None:
    firms(house, SUPPLIER)
    file(house, "links", link("688001.SH"), link("688001.SZ", product="别的交易所"))
    assert drawn(house) == {("~688001.SH", LEADER, ""), ("~688001.SZ", LEADER, "别的交易所")}
    file(
        house,
        "listings",
        {"uscc": SUPPLIER, "board": "科创板", "code": "688001", "stage": "上市", "stage_on": "2020-01-01"},
    )
    assert drawn(house) == {(SUPPLIER, LEADER, ""), ("~688001.SZ", LEADER, "别的交易所")}
    assert {one.node: (one.written, one.by) for one in parties(house)} == {
        "~688001.SH": ("stock_code", "stock_code"),
        "~688001.SZ": ("stock_code", None),
    }


def test_two_firms_that_a_name_fits_join_nobody_until_somebody_says_which(house: House) -> None:
    file(house, "links", link("济南同名机械有限公司"))
    file(
        house, "enterprises", *({"uscc": each, "name": "济南同名机械有限公司"} for each in (SUPPLIER, OTHER))
    )
    node = "~济南同名机械有限公司"
    assert drawn(house) == {(node, LEADER, "")}
    assert network(house).several == {node: (SUPPLIER, OTHER)}
    assert judge_party(house, node, OTHER, "different", "test") == OTHER
    assert drawn(house) == {(SUPPLIER, LEADER, "")}


def test_somebody_says_which_firm_a_party_is_and_takes_it_back(house: House, time: Time) -> None:
    firms(house, SUPPLIER, OTHER)
    file(house, "links", link("明达机械"), link("明达 机械", product="轴承"))
    before = time.now + timedelta(hours=1)
    time.pass_days(1)
    judge_party(house, "明达机械", SUPPLIER.lower(), "same", "王工")
    assert drawn(house) == {(SUPPLIER, LEADER, ""), (SUPPLIER, LEADER, "轴承")}
    assert [(one.firm, one.by) for one in parties(house)] == [(SUPPLIER, "王工")]
    # The next list that calls it so means the firm at once.
    file(house, "links", link("明达机械", product="齿轮"), name="next.csv")
    assert (SUPPLIER, LEADER, "齿轮") in {
        (row["supplier"], row["buyer"], row["product"]) for row in held(house, "links")
    }
    assert drawn(house, known_at=before) == {("~明达机械", LEADER, ""), ("~明达机械", LEADER, "轴承")}
    judge_party(house, "~明达机械", SUPPLIER, "different", "王工")
    assert ("~明达机械", LEADER, "") in drawn(house)
    judge_party(house, "~明达机械", OTHER, "same", "王工")
    assert (OTHER, LEADER, "") in drawn(house)


def test_a_party_of_a_merged_firm_is_the_firm_that_it_leads_to(house: House) -> None:
    firms(house, SUPPLIER, OTHER)
    file(house, "links", link("明达机械"))
    judge_party(house, "~明达机械", OTHER, "same", "test")
    merge(house, OTHER, SUPPLIER, "test", yes=True)
    assert drawn(house) == {(SUPPLIER, LEADER, "")}
    split(house, OTHER, "test")
    assert drawn(house) == {(OTHER, LEADER, "")}


def test_a_party_that_turns_out_to_be_its_own_buyer_supplies_nobody(house: House) -> None:
    file(house, "links", link("龙头重工"))
    judge_party(house, "~龙头重工", LEADER, "same", "test")
    assert drawn(house) == set()


def test_what_cannot_be_judged_is_refused(house: House) -> None:
    file(house, "links", link("明达机械"), link("688001.SH"))
    with pytest.raises(MisusedError, match="no outside party"):
        judge_party(house, "~没有", LEADER, "same", "test")
    with pytest.raises(MisusedError, match="no firm of the register"):
        judge_party(house, "~明达机械", STRANGER, "same", "test")
    with pytest.raises(RefusedError, match="is a code"):
        judge_party(house, "~688001.SH", LEADER, "same", "test")


# Names that fit several firms wait ------------------------------------------------------------------------


@pytest.fixture
def doubtful(house: House) -> tuple[House, int]:
    """A filing whose one row names two parties that both fit two firms."""
    twins = [(SUPPLIER, "济南同名机械有限公司"), (OTHER, "济南同名机械有限公司"),
             (code(5), "济南双生重工有限公司"), (STRANGER, "济南双生重工有限公司")]  # fmt: skip
    file(
        house,
        "enterprises",
        *({"uscc": uscc, "name": name} for uscc, name in twins),
        name="twins",
    )
    row = {"supplier": "济南同名机械有限公司", "buyer": "济南双生重工有限公司", "product": "齿轮"}
    said = file_rows(house, "links", [row], "doubt.csv")
    assert problems(said) == [
        (2, "supplier", "ambiguous_name", "review"),
        (2, "buyer", "ambiguous_name", "review"),
    ]
    assert said.filing is not None
    return house, said.filing


def test_both_parties_of_a_row_are_decided_by_code(doubtful: tuple[House, int]) -> None:
    house, filing = doubtful
    with pytest.raises(RefusedError, match="several firms"):
        decide(house, filing, 2, Answer(uscc=SUPPLIER), "test")
    decide(house, filing, 2, Answer(fields={"supplier": SUPPLIER, "buyer": STRANGER}), "test")
    assert drawn(house) == {(SUPPLIER, STRANGER, "齿轮")}
    # What was decided holds for the next list.
    row = {"supplier": "济南同名机械有限公司", "buyer": "济南双生重工有限公司", "product": "轴承"}
    assert problems(file(house, "links", row, name="next.csv")) == []
    assert (SUPPLIER, STRANGER, "轴承") in drawn(house)


def test_none_of_the_firms_that_fit_is_an_answer(doubtful: tuple[House, int]) -> None:
    house, filing = doubtful
    decided = decide(house, filing, 2, Answer(take=True), "test")
    nodes = ("~济南同名机械有限公司", "~济南双生重工有限公司")
    assert drawn(house) == {(*nodes, "齿轮")}
    assert network(house).several == {}
    assert decided is not None
    withdraw(house, decided.filing or 0, "test")
    assert drawn(house) == set()


def test_one_party_that_waits_is_the_firm_that_was_chosen(house: House) -> None:
    file(
        house, "enterprises", *({"uscc": each, "name": "济南同名机械有限公司"} for each in (SUPPLIER, OTHER))
    )
    filed = file(house, "links", link("济南同名机械有限公司")).filing
    first = decide(house, filed, 2, Answer(uscc=OTHER), "test")
    assert drawn(house) == {(OTHER, LEADER, "")}
    assert first is not None
    withdraw(house, first.filing or 0, "test")
    assert drawn(house) == set()
    decide(house, filed, 2, Answer(take=True), "test")  # it waits again with what it had stated
    assert drawn(house) == {(OTHER, LEADER, "")}


def test_an_answer_about_a_firm_that_nobody_knows_waits_for_its_code(house: House) -> None:
    firms(house, SUPPLIER)
    filed = file(house, "answers", {"demand": "D1", "uscc": OTHER, "answer": "谢绝"}).filing
    decide(house, filed, 2, Answer(uscc=SUPPLIER), "test")
    assert [(row["demand"], row["uscc"]) for row in held(house, "answers")] == [("D1", SUPPLIER)]


def test_a_link_whose_buyer_went_waits_and_goes_back_with_all_it_said(house: House) -> None:
    filed = firms(house, OTHER)
    firms(house, SUPPLIER)
    links = file(
        house,
        "links",
        {"supplier": SUPPLIER, "buyer": OTHER, "product": "齿轮", "share_of_buyer_spend": "9.7%"},
    ).filing
    withdraw(house, filed, "test", yes=True)
    assert drawn(house) == set()
    decide(house, links, 2, Answer(uscc=LEADER), "test")
    assert drawn(house) == {(SUPPLIER, LEADER, "齿轮")}
    assert network(house).links["share"].tolist() == [0.097]


def test_a_list_that_is_filed_again_once_the_party_is_a_firm_is_told_once(house: House, time: Time) -> None:
    said = link(
        NAMES[SUPPLIER], product="齿轮", share_of_buyer_spend="8%", essential="是", **{"from": "2024"}
    )
    file(house, "links", said)
    time.pass_days(1)
    firms(house, SUPPLIER)
    file(house, "links", said)
    past = network(house).past
    assert [(row.share, row.essential) for row in past.itertuples()] == [(0.08, 1.0)]
    assert not network(house, DAY).conflicts
    assert not network(house, DAY).links["conflict"].any()

    later = file(house, "links", said | {"share_of_buyer_spend": "9%"})
    net = network(house, DAY)
    (row,) = net.past.itertuples()
    assert (row.share, row.filing, bool(row.conflict)) == (0.09, later.filing, True)
    (conflict,) = net.conflicts[row.key]
    assert conflict.field == "share_of_buyer_spend"
    assert [value for value, _filing, _row in conflict.said] == ["0.08", "0.08", "0.09"]
    assert net.links["conflict"].all()


def test_what_only_the_earlier_of_two_names_said_is_still_known(house: House) -> None:
    file(
        house,
        "links",
        link(NAMES[SUPPLIER], product="齿轮", essential="是", to="2024-06-30", **{"from": "2024"}),
    )
    firms(house, SUPPLIER)
    file(house, "links", link(SUPPLIER, product="齿轮", share_of_buyer_spend="9%", **{"from": "2024-01-01"}))
    (row,) = network(house).past.itertuples()
    assert (row.share, row.essential, row.until) == (0.09, 1.0, "2024-06-30")
