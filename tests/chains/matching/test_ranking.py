"""Who is proposed for a demand, why, and who is not: on any database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from chains.matching.answers import answer, counted
from chains.matching.demands import demand, demands
from chains.matching.ranking import Wanted, ranked, search, search_all
from chains.matching.weights import weights
from registry.house import House
from registry.merging import merge
from tests.registry.house import Time, code, file_rows, open_test_house

BUYER, BOLTS, NUTS, FOOD, AWAY, GONE, CERTIFIED = (code(n) for n in range(1, 8))


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def house(database_url: str, tmp_path: Path, time: Time) -> Iterator[House]:
    found = open_test_house(database_url, tmp_path, time)
    firms = [
        (BUYER, "济南整机股份有限公司", "历下区", "整机", "C3411", ""),
        (BOLTS, "济南甲紧固件有限公司", "历下区", "高强度螺栓；螺母", "C3482", ""),
        (NUTS, "济南乙紧固件有限公司", "槐荫区", "螺母；垫圈", "C3482", "紧固件的研发、生产、销售"),
        (FOOD, "济南丙食品有限公司", "历下区", "糕点", "C1411", ""),
        (AWAY, "青岛丁紧固件有限公司", "", "高强度螺栓", "C3482", ""),
        (GONE, "济南戊紧固件有限公司", "历下区", "高强度螺栓", "C3482", ""),
        (CERTIFIED, "济南己紧固件有限公司", "章丘区", "高强度螺栓", "C3482", ""),
    ]
    file_rows(found, "enterprises", [
        {"uscc": uscc, "name": name, "district": district, "products": products, "industry": industry, "business_scope": scope,
         "city": "370200" if uscc == AWAY else "370100", "status": "cancelled" if uscc == GONE else "active"}
        for uscc, name, district, products, industry, scope in firms
    ])  # fmt: skip
    file_rows(found, "titles", [{"uscc": CERTIFIED, "tier": "srdi", "batch": "1", "issued_on": "2025-01-01"}])
    file_rows(found, "offers", [{"uscc": CERTIFIED, "product": "风电高强度螺栓", "certificates": "ISO9001；IATF16949",
                                 "capacity": "年产5万套"}])  # fmt: skip
    file_rows(found, "figures", [{"uscc": BOLTS, "year": 2024, "revenue": 10_000_000}])
    yield found
    found.store.dispose()


def codes(found: Any) -> list[str]:
    return [one.uscc for one in found]


def wish(house: House, **fields: Any) -> str:
    file_rows(
        house, "demands", [{"id": "D1", "buyer": BUYER, "title": "高强度螺栓", **fields}], f"{fields}.csv"
    )
    return "D1"


def matched(house: House) -> Any:
    known = demand(house, "D1")
    assert known is not None
    return search(house, known.wanted)


def test_firms_are_ranked_by_what_they_make(house: House) -> None:
    found = ranked(house, Wanted("采购高强度螺栓"))
    assert set(codes(found)) >= {BOLTS, CERTIFIED}
    assert codes(found)[:2] in ([BOLTS, CERTIFIED], [CERTIFIED, BOLTS])
    assert FOOD not in codes(found)
    assert all(0 <= reason.score <= 1 for one in found for reason in one.reasons)
    assert "高强度螺栓" in found[0].reasons[0].detail_zh


def test_who_is_cancelled_or_outside_the_city_is_left_out_and_counted(house: House) -> None:
    found = search(house, Wanted("高强度螺栓"))
    assert not {AWAY, GONE} & set(codes(found.ranked) + codes(found.near))
    assert found.excluded == {"status": 1, "city": 1}


def test_the_buyer_itself_and_unwanted_firms_are_never_proposed(house: House) -> None:
    assert BUYER not in codes(ranked(house, Wanted("整机", buyer=BUYER)))
    assert BOLTS not in codes(ranked(house, Wanted("高强度螺栓", without=frozenset({BOLTS}))))


def test_a_missing_certificate_is_named_as_what_would_mend_it(house: House) -> None:
    found = search(house, Wanted("高强度螺栓", certificates=("ISO 9001:2015",)))
    assert codes(found.ranked) == [CERTIFIED]
    assert codes(found.near)[0] == BOLTS
    assert found.near[0].misses[0].detail_en.startswith("would match if certified to ISO 9001:2015")


def test_who_fails_two_conditions_is_no_near_miss(house: House) -> None:
    found = search(
        house, Wanted("高强度螺栓", tiers=("srdi",), certificates=("ISO9001",), districts=("370102",))
    )
    assert codes(found.ranked) == []
    assert codes(found.near) == [CERTIFIED]
    assert found.near[0].misses[0].condition == "district"


def test_a_title_that_ended_is_not_held_on_a_later_day(house: House) -> None:
    wanted = Wanted("高强度螺栓", tiers=("srdi",))
    assert codes(ranked(house, wanted)) == [CERTIFIED]
    assert codes(ranked(house, wanted, day=date(2029, 1, 1))) == []


def test_reasons_speak_of_order_size_capacity_and_place(house: House) -> None:
    wanted = Wanted("高强度螺栓", buyer=BUYER, amount=2_000_000, quantity="10万套")
    by_code = {one.uscc: {r.feature: r for r in one.reasons} for one in ranked(house, wanted)}
    assert "20.0%" in by_code[BOLTS]["size"].detail_en
    assert "size" not in by_code[CERTIFIED]  # its revenue is unknown, which is not zero
    assert by_code[CERTIFIED]["capacity"].score == 0.5
    assert by_code[BOLTS]["district"].score == 1
    assert by_code[CERTIFIED]["district"].score < 1


def test_an_existing_supplier_is_said_to_be_one(house: House) -> None:
    file_rows(house, "links", [{"supplier": BOLTS, "buyer": BUYER, "product": "高强度螺栓"},
                               {"supplier": NUTS, "buyer": BUYER, "product": "钢板"}])  # fmt: skip
    found = {
        one.uscc: {r.feature: r for r in one.reasons}
        for one in ranked(house, Wanted("高强度螺栓 螺母", buyer=BUYER))
    }
    assert "already" in found[BOLTS]["links"].detail_en
    assert found[NUTS]["links"].score > found[CERTIFIED]["links"].score > found[BOLTS]["links"].score


def test_what_came_of_it_before_speaks_for_a_firm(house: House) -> None:
    file_rows(
        house,
        "outcomes",
        [
            {
                "supplier": NUTS,
                "buyer": BUYER,
                "product": "螺母",
                "stage": "contract",
                "stage_on": "2025-05-01",
            }
        ],
    )
    reasons = {r.feature: r for one in ranked(house, Wanted("螺母")) if one.uscc == NUTS for r in one.reasons}
    assert reasons["outcomes"].score == 1


def test_a_declined_pair_comes_back_only_with_news(house: House, time: Time) -> None:
    wish(house)
    assert BOLTS in codes(matched(house).ranked)
    answer(house, "D1", BOLTS, "declined", "交期不符", "desk")
    found = matched(house)
    assert BOLTS not in codes(found.ranked)
    assert found.near[0].uscc == BOLTS
    assert "交期不符" in found.near[0].misses[0].detail_zh
    time.pass_days(1)
    file_rows(
        house, "enterprises", [{"uscc": BOLTS, "address": "新地址"}], "address.csv"
    )  # nothing about its goods
    assert BOLTS not in codes(matched(house).ranked)
    file_rows(house, "offers", [{"uscc": BOLTS, "product": "风电螺栓"}], "offer.csv")
    assert BOLTS in codes(matched(house).ranked)


def test_the_whole_roster_filed_again_with_a_new_address_brings_no_declined_pair_back(
    house: House, time: Time
) -> None:
    wish(house)
    answer(house, "D1", CERTIFIED, "declined", "交期不符", "desk")
    time.pass_days(30)
    firm = {"uscc": CERTIFIED, "name": "济南己紧固件有限公司", "district": "章丘区", "products": "高强度螺栓"}
    file_rows(house, "enterprises", [{**firm, "address": "新地址 1 号"}], "roster.csv")
    file_rows(house, "titles", [{"uscc": CERTIFIED, "tier": "srdi", "batch": "1", "issued_on": "2025-01-01",
                                 "document": "鲁工信〔2025〕1号"}])  # fmt: skip
    file_rows(
        house, "demands", [{"id": "D1", "buyer": BUYER, "title": "高强度螺栓", "closed_on": ""}], "again.csv"
    )
    assert CERTIFIED not in codes(matched(house).ranked)
    file_rows(house, "enterprises", [{**firm, "products": "高强度螺栓；铆钉"}], "roster-2.csv")
    assert CERTIFIED in codes(matched(house).ranked)


def test_a_declined_pair_comes_back_when_the_demand_changes(house: House) -> None:
    wish(house)
    answer(house, "D1", BOLTS, "declined", "交期不符", "desk")
    wish(house, due_on="2026-12-31")
    assert BOLTS in codes(matched(house).ranked)


def test_a_declined_pair_stays_away_when_its_firm_or_buyer_goes_by_another_code(house: House) -> None:
    old, party = code(40), "上海整机厂有限公司"
    wish(house, buyer=party)
    answer(house, "D1", BOLTS, "declined", "交期不符", "desk")
    assert BOLTS not in codes(matched(house).ranked)
    # The party comes onto the register, and its demand is filed again by the code.
    file_rows(house, "enterprises", [{"uscc": code(41), "name": party}], "party.csv")
    wish(house, buyer=code(41))
    assert BOLTS not in codes(matched(house).ranked), "the same buyer"
    # A second entry of the firm with the same goods is merged into it.
    file_rows(
        house,
        "enterprises",
        [{"uscc": old, "name": "济南甲紧固件厂", "products": "高强度螺栓；螺母"}],
        "old.csv",
    )
    merge(house, old, BOLTS, "desk", "同一企业", yes=True)
    assert BOLTS not in codes(matched(house).ranked), "the same goods"
    wish(house, buyer=BUYER)
    assert BOLTS in codes(matched(house).ranked), "another buyer"


def test_of_a_firm_with_two_codes_the_last_answer_holds(house: House, time: Time) -> None:
    old = code(40)
    file_rows(
        house, "enterprises", [{"uscc": old, "name": "济南甲紧固件厂", "products": "高强度螺栓"}], "old.csv"
    )
    wish(house)
    answer(house, "D1", old, "declined", "交期不符", "desk")
    time.pass_days(1)
    answer(house, "D1", BOLTS, "accepted", "", "desk")
    merge(house, old, BOLTS, "desk", "同一企业", yes=True)
    assert BOLTS in codes(matched(house).ranked)
    assert counted(house, ["D1"]) == {"D1": {"accepted": 1}}


def test_a_declined_pair_is_proposed_for_other_demands(house: House) -> None:
    wish(house)
    answer(house, "D1", BOLTS, "declined", "交期不符", "desk")
    assert BOLTS in codes(ranked(house, Wanted("高强度螺栓")))


def test_a_demand_without_words_ranks_nobody(house: House) -> None:
    file_rows(house, "demands", [{"id": "D2", "buyer": BUYER, "amount": 5}])
    known = demand(house, "D2")
    assert known is not None
    assert not known.has_words
    assert search(house, known.wanted).ranked == ()


def test_equal_firms_stand_in_the_order_of_their_codes_alone_or_among_many(house: House) -> None:
    twins = [code(n) for n in range(20, 30)]
    file_rows(house, "enterprises", [
        {"uscc": uscc, "name": f"济南{name}轴承有限公司", "products": "圆锥轴承", "city": "370100"}
        for uscc, name in zip(twins, "子丑寅卯辰巳午未申酉", strict=True)
    ], "twins.csv")  # fmt: skip
    one = ranked(house, Wanted("圆锥轴承"), 10)
    assert codes(one) == sorted(codes(one))
    several = search_all(house, [Wanted("高强度螺栓"), Wanted(""), Wanted("圆锥轴承")] * 40, 10)
    assert several[2].ranked == several[-1].ranked == tuple(one)
    assert several[1].ranked == ()


def test_a_filing_is_seen_at_once(house: House) -> None:
    assert ranked(house, Wanted("石墨烯")) == []
    file_rows(house, "offers", [{"uscc": FOOD, "product": "石墨烯"}], "new.csv")
    assert codes(ranked(house, Wanted("石墨烯"))) == [FOOD]


def test_an_outside_buyer_keeps_its_name(house: House) -> None:
    file_rows(house, "demands", [{"id": "D3", "buyer": "某外地整车厂有限公司", "title": "螺母"}])
    known = demands(house, "D3")[0]
    assert known.buyer_name == "某外地整车厂有限公司"
    assert NUTS in codes(search(house, known.wanted).ranked)


def test_goods_of_which_the_city_knows_only_half_the_word_are_a_weak_match_at_best(house: House) -> None:
    weak = weights()["weak"]
    assert ranked(house, Wanted("高强度螺栓"))[0].reasons[0].score > weak
    found = search(house, Wanted("高强碳纤维三维织布机"))
    assert found.ranked, "who comes near is listed nevertheless"
    assert found.ranked[0].reasons[0].score < weak
    assert found.number == 0


def test_an_offer_for_everything_makes_nobody_the_best_for_anything(house: House) -> None:
    goods = "螺栓、轴承、汽车零部件、药品、化工、建材、服装、软件、电池、机器人、光缆、芯片、家具、农机、锅炉"
    file_rows(house, "offers", [{"uscc": FOOD, "product": f"一切机电产品、{goods}"}])
    assert FOOD not in codes(ranked(house, Wanted("光缆")))
    assert FOOD not in codes(ranked(house, Wanted("高强度螺栓")))
    assert FOOD in codes(ranked(house, Wanted("糕点"))), "what it makes still counts"
    file_rows(house, "offers", [{"uscc": FOOD, "product": "月饼、汤圆"}], "few.csv")
    assert FOOD in codes(ranked(house, Wanted("汤圆")))


def test_certificates_with_commas_between_them_are_all_conditions(house: House) -> None:
    wish(house, certificates="ISO9001，GJB9001C")
    found = matched(house)
    assert found.ranked == ()
    assert "GJB9001C" in next(one for one in found.near if one.uscc == CERTIFIED).misses[0].detail_zh


def test_a_firm_whose_certified_system_is_not_named_is_told_so(house: House) -> None:
    file_rows(house, "evidence", [{"uscc": BOLTS, "management_certificate": "yes"}])
    wish(house, certificates="ISO 9001")
    near = {one.uscc: one.misses[0].detail_zh for one in matched(house).near}
    assert "未注明种类" in near[BOLTS]
    wish(house, certificates="UL认证")
    near = {one.uscc: one.misses[0].detail_zh for one in matched(house).near}
    assert "未注明种类" not in near[BOLTS]
