"""Editing by form: only what was changed is filed, nobody overwrites another, and every refusal stands at its field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest

from registry.editing import (
    BOTH,
    EXISTS,
    NEEDED,
    NOTHING,
    OTHER_RECORD,
    SAY_MEANING,
    Act,
    ChangedMeanwhileError,
    NotOwnError,
    Proposal,
    Sheet,
    Typed,
    file_form,
    gather,
    key_at,
    lay_out,
    rehearse,
)
from registry.filings import filing, filings
from registry.house import House
from registry.merging import merge
from registry.show import show
from registry.versions import version
from registry.withdrawal import withdraw
from tests.registry.house import code, file_rows

TODAY = "2026-03-01"
FIRM = {
    "uscc": code(1), "name": "济南甲机械有限公司", "district": "历下区", "address": "济南市历下区经十路1号", "industry": "C2912",
    "registered_capital": "1234万元", "founded_on": "2010-05-06", "status": "存续", "ownership": "民营", "products": "数控机床",
    "former_names": "济南甲机械厂", "contact_name": "张三丰", "contact_phone": "13800005678", "effective_on": "2015-01-01",
}  # fmt: skip


@pytest.fixture
def house(house: House) -> House:
    file_rows(
        house, "enterprises", [FIRM, {"uscc": code(2), "name": "济南乙机械有限公司", "district": "历城区"}]
    )
    return house


def sheet_of(
    house: House, kind: str = "enterprises", at: tuple[int, int] | None = None, number: int = 1
) -> Sheet:
    wanted = house.kinds.by_id[kind]
    with house.store.read() as connection:
        key = key_at(connection, wanted, code(number), *at) if at else None
        return lay_out(connection, wanted, code(number), key, house.clock.today().isoformat())


def typed(sheet: Sheet, given: Mapping[str, str], **more: Any) -> Typed:
    """What a browser sends: every control, the changed ones with what was typed."""
    shown = {cell.field.id: cell.was for cell in sheet.cells}
    return Typed({**shown, **given}, shown, **more)


def asked(
    house: House, sheet: Sheet, given: Mapping[str, str], unit: str | None = None, **more: Any
) -> Proposal:
    act = Act("clerk", "form: test", unit, {"form": "test"})
    return rehearse(house, sheet, gather(sheet, typed(sheet, given, **more)), act)


def filed(
    house: House, sheet: Sheet, given: Mapping[str, str], unit: str | None = None, **more: Any
) -> Proposal:
    act = Act("clerk", "form: test", unit, {"form": "test"})
    return file_form(house, sheet, gather(sheet, typed(sheet, given, **more)), act)


def codes(found: Proposal) -> list[tuple[str | None, str]]:
    return [(field, what) for field, what, _note in found.errors]


def shown(house: House, day: str = TODAY, number: int = 1) -> dict[str, Any]:
    with house.store.read() as connection:
        document = show(house, connection, code(number), date.fromisoformat(day), None, "")
    assert document is not None
    return document


def profile(house: House, day: str = TODAY) -> dict[str, Any]:
    return {name: cell["value"] for name, cell in shown(house, day)["profile"].items()}


def number_of_filings(house: House) -> int:
    with house.store.read() as connection:
        return len(filings(connection))


def test_a_form_sent_back_as_it_was_changes_nothing(house: House) -> None:
    """What a form shows is read back as what is held, for every type of field."""
    figures = {"revenue": "123456789", "net_profit": "-5000000", "valuation_usd": "3亿美元", "energy_tce": "12.5",
               "employees": "120", "rd_expense": "0"}  # fmt: skip
    evidence = {
        "market_share": "12.5%",
        "rd_institution": "省级",
        "own_brand": "是",
        "niche_since": "2012-01-01",
    }
    listing = {"board": "科创板", "stage": "已上市", "stage_on": "2022-01-05", "code": "688001"}
    file_rows(house, "figures", [{"uscc": code(1), "year": "2024", **figures}])
    file_rows(house, "evidence", [{"uscc": code(1), "credit_score": "88.5", **evidence}])
    file_rows(house, "listings", [{"uscc": code(1), **listing}])
    for kind, at in (("enterprises", None), ("figures", (2, 2)), ("evidence", None), ("listings", (4, 2))):
        sheet = sheet_of(house, kind, at)
        texts = {cell.field.id: cell.was for cell in sheet.cells if cell.was and not cell.fixed}
        assert texts, kind
        # Typed anew, all of it: unlike the texts shown, so that it is read.
        found = rehearse(
            house,
            sheet,
            gather(sheet, Typed(texts, {}, frozenset(), "correction")),
            Act("clerk", "form: test"),
        )
        assert codes(found) == [(None, NOTHING)], kind
        assert codes(asked(house, sheet, {})) == [(None, NOTHING)]


@pytest.mark.parametrize(
    ("kind", "at", "field", "text", "value"),
    [
        ("enterprises", None, "registered_capital", "0.5亿元", 50_000_000),
        ("enterprises", None, "registered_capital", "500万美元", "USD 5000000"),
        ("enterprises", None, "founded_on", "2011年3月", "2011-03-01"),
        ("enterprises", None, "industry", "2913", "C2913"),
        ("enterprises", None, "ownership", "state", "state"),
        ("enterprises", None, "area", "370171", "370171"),
        ("enterprises", None, "parent_uscc", code(2).lower(), code(2)),
        ("enterprises", None, "former_names", "甲一厂；甲二厂", "甲一厂;甲二厂"),
        ("figures", (2, 2), "revenue", "1.5亿元", 150_000_000),
        ("figures", (2, 2), "net_profit", "-20万元", -200_000),
        ("figures", (2, 2), "valuation_usd", "2亿美元", 200_000_000),
        ("figures", (2, 2), "employees", "１２０", 120),
        ("figures", (2, 2), "energy_tce", "12.50", "12.5"),
        ("evidence", None, "market_share", "35%", "0.35"),
        ("evidence", None, "rd_institution", "provincial", "provincial"),
    ],
)  # fmt: skip
def test_each_type_of_field_is_read_like_a_list(
    house: House, kind: str, at: tuple[int, int] | None, field: str, text: str, value: Any
) -> None:
    file_rows(house, "figures", [{"uscc": code(1), "year": "2024", "rd_staff": "3"}])
    sheet = sheet_of(house, kind, at)
    found = asked(house, sheet, {field: text}, meaning="correction")
    assert found.errors == []
    assert [(f.id, after) for f, _before, after in found.changes] == [(field, value)]
    done = filed(house, sheet, {field: text}, meaning="correction")
    assert done.filing is not None
    here = sheet_of(house, kind, at).by_id[field]
    assert here.value == value
    assert here.source is not None
    assert here.source.filing == done.filing


@pytest.mark.parametrize(
    ("field", "text", "problem"),
    [
        ("founded_on", "不记得", "date_unreadable"),
        ("registered_capital", "12", "unit_unknown"),
        ("registered_capital", "-5万元", "negative"),
        ("industry", "不存在的行业", "value_unknown"),
        ("ownership", "奇怪", "value_unknown"),
        ("parent_uscc", "91370199MA0000000X", "uscc_check"),
        ("city", "某某地方", "district_unknown"),
        ("founded_on", "2030-01-01", "date_future"),
    ],
)
def test_a_refusal_stands_at_its_field_and_nothing_is_filed(
    house: House, field: str, text: str, problem: str
) -> None:
    before = number_of_filings(house)
    sheet = sheet_of(house)
    assert (field, problem) in codes(asked(house, sheet, {field: text}, meaning="correction"))
    assert filed(house, sheet, {field: text, "niche": "刀具"}, meaning="correction").filing is None
    assert number_of_filings(house) == before


def test_only_what_was_changed_is_filed(house: House) -> None:
    done = filed(house, sheet_of(house), {"products": "数控车床"}, meaning="correction")
    assert done.filing is not None
    found = shown(house)["profile"]
    assert (found["products"]["value"], found["products"]["filing"]) == ("数控车床", done.filing)
    assert {cell["filing"] for name, cell in found.items() if name != "products"} == {1}
    with house.store.read() as connection:
        said = filing(connection, done.filing)
    assert said is not None
    assert (said["file"], said["by"], said["accepted"]) == ("form: test", "clerk", 1)
    assert set(said["columns"]) == {"uscc", "products"}
    withdraw(house, done.filing, "clerk")
    assert profile(house)["products"] == "数控机床"


def test_a_change_holds_from_its_day_and_a_correction_from_the_old_one(house: House) -> None:
    filed(house, sheet_of(house), {"ownership": "state"}, meaning="change", day="2025年7月1日")
    assert profile(house, "2025-06-30")["ownership"] == "private"
    assert profile(house, "2025-07-01")["ownership"] == "state"
    filed(house, sheet_of(house), {"ownership": "mixed"}, meaning="correction")
    assert profile(house, "2025-06-30")["ownership"] == "private"
    assert profile(house, "2025-07-01")["ownership"] == "mixed"


def test_a_different_value_asks_whether_it_changed_or_was_wrong(house: House) -> None:
    assert codes(asked(house, sheet_of(house), {"ownership": "state"})) == [("meaning", SAY_MEANING)]
    assert codes(asked(house, sheet_of(house), {"ownership": "state"}, meaning="change")) == [
        ("effective_on", NEEDED)
    ]
    bad = asked(house, sheet_of(house), {"ownership": "state"}, meaning="change", day="明天")
    assert codes(bad) == [("effective_on", "date_unreadable")]
    assert asked(house, sheet_of(house), {"niche": "刀具"}).errors == []  # nothing was held: nothing to ask


def test_all_that_is_wrong_is_said_at_once(house: House) -> None:
    found = asked(
        house, sheet_of(house), {"ownership": "state", "founded_on": "去年", "registered_capital": "12"}
    )
    assert set(codes(found)) == {
        ("meaning", SAY_MEANING),
        ("founded_on", "date_unreadable"),
        ("registered_capital", "unit_unknown"),
    }


def test_empty_says_nothing_and_a_tick_clears(house: House) -> None:
    found = asked(house, sheet_of(house), {"products": "", "niche": "刀具"}, meaning="correction")
    assert [field.id for field in found.emptied] == ["products"]
    assert [field.id for field, *_rest in found.changes] == ["niche"]
    filed(house, sheet_of(house), {}, cleared=frozenset({"products"}), meaning="correction")
    assert "products" not in profile(house)
    assert codes(asked(house, sheet_of(house), {"address": "别处"}, cleared=frozenset({"address"}))) == [
        ("address", BOTH)
    ]


def test_personal_values_are_typed_anew_and_stay_masked(house: House) -> None:
    sheet = sheet_of(house)
    assert sheet.by_id["contact_phone"].text == ""
    assert "13800005678" not in repr(sheet)
    filed(house, sheet, {"contact_phone": "13900001234"}, meaning="correction")
    assert profile(house)["contact_phone"] == "139****1234"
    assert profile(house)["contact_name"] == "张**"


def test_an_address_in_another_district_shows_the_district_that_it_brings(house: House) -> None:
    sheet = sheet_of(house)
    found = asked(house, sheet, {"address": "济南市历城区工业北路2号"}, meaning="change", day="2026-01-01")
    assert {field.id: after for field, _before, after in found.changes} == {
        "address": "济南市历城区工业北路2号", "district": "370112",
    }  # fmt: skip


def test_the_second_clerk_is_told(house: House) -> None:
    first, second = sheet_of(house), sheet_of(house)
    assert filed(house, first, {"niche": "刀具"}).filing is not None
    with pytest.raises(ChangedMeanwhileError):
        filed(house, second, {"niche": "夹具"})
    assert profile(house)["niche"] == "刀具"
    with pytest.raises(ChangedMeanwhileError):
        asked(house, second, {"products": "夹具"}, meaning="correction")


def test_a_withdrawal_meanwhile_counts_as_a_change(house: House) -> None:
    done = filed(house, sheet_of(house), {"niche": "刀具"})
    sheet = sheet_of(house)
    assert done.filing is not None
    withdraw(house, done.filing, "other")
    with pytest.raises(ChangedMeanwhileError):
        filed(house, sheet, {"niche": "夹具"}, meaning="correction")


def test_of_two_at_once_one_is_filed(house: House) -> None:
    sheet, start, ends = sheet_of(house), Barrier(2), list[str]()

    def clerk(niche: str) -> None:
        start.wait()
        try:
            ends.append("filed" if filed(house, sheet, {"niche": niche}).filing else "refused")
        except ChangedMeanwhileError:
            ends.append("told")

    both = [Thread(target=clerk, args=(niche,)) for niche in ("刀具", "夹具")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(ends) == ["filed", "told"]


def test_an_officer_files_only_for_firms_of_the_own_unit(house: House) -> None:
    assert filed(house, sheet_of(house), {"niche": "刀具"}, unit="370102").filing is not None
    with pytest.raises(NotOwnError):
        filed(house, sheet_of(house, number=2), {"niche": "刀具"}, unit="370102")


def test_a_title_is_corrected_by_the_fewest_fields_that_name_it(house: House) -> None:
    rows = [
        {"uscc": code(1), "tier": "srdi", "batch": "2022", "issued_on": "2022-07-01", "document": "甲〔2022〕1号"},
        {"uscc": code(1), "tier": "srdi", "batch": "2025", "issued_on": "2025-07-01"},
        {"uscc": code(1), "tier": "innovative_sme", "document": "乙〔2023〕1号", "issued_on": "2023-05-01"},
        {"uscc": code(1), "tier": "gazelle", "level": "provincial", "issued_on": "2023-05-01"},
    ]  # fmt: skip
    first = file_rows(house, "titles", rows).filing
    assert first is not None
    for row, named in ((2, {"batch"}), (4, {"document"}), (5, {"issued_on"})):
        sheet = sheet_of(house, "titles", (first, row))
        fixed = {cell.field.id for cell in sheet.cells if cell.fixed}
        assert fixed - {"tier", "level", "kind"} == named
        assert sheet.by_id["valid_to"].computed is not None
        done = filed(house, sheet, {"certificate": "ZS-1"})
        assert done.filing is not None, done
    titles = shown(house)["titles"]
    assert [title.get("certificate") for title in titles].count("ZS-1") == 3
    assert len(titles) == 4


def test_what_would_become_another_record_is_refused(house: House) -> None:
    row = {"uscc": code(1), "tier": "innovative_sme", "document": "乙〔2023〕1号", "issued_on": "2023-05-01"}
    first = file_rows(house, "titles", [row]).filing
    assert first is not None
    sheet = sheet_of(house, "titles", (first, 2))
    assert codes(asked(house, sheet, {"batch": "2023"})) == [(None, OTHER_RECORD)]
    new = sheet_of(house, "titles")
    assert new.key is None
    again = {"tier": "innovative_sme", "document": "乙〔2023〕1号", "certificate": "ZS-2"}
    assert codes(asked(house, new, again)) == [(None, EXISTS)]


def test_a_new_record_says_what_is_needed(house: House) -> None:
    new = sheet_of(house, "titles")
    assert codes(asked(house, new, {"batch": "2025"})) == [("tier", NEEDED)]
    assert ("issued_on", "term_missing") in codes(asked(house, new, {"tier": "srdi", "batch": "2025"}))
    done = filed(house, new, {"tier": "srdi", "batch": "2025", "issued_on": "2025.7.1"})
    assert done.filing is not None
    assert [title["batch"] for title in shown(house)["titles"]] == ["2025"]


def test_an_application_goes_on_to_its_next_stage(house: House) -> None:
    row = {"uscc": code(1), "tier": "srdi", "round": "2025", "stage": "filed", "stage_on": "2025-04-01"}
    first = file_rows(house, "applications", [row]).filing
    assert first is not None
    sheet = sheet_of(house, "applications", (first, 2))
    assert not sheet.dated
    done = filed(house, sheet, {"stage": "recognised", "stage_on": "2025-07-01"})
    assert done.filing is not None, done
    assert [a["stage"] for a in shown(house, "2025-05-01")["applications"]] == ["filed"]
    assert [a["stage"] for a in shown(house)["applications"]] == ["recognised"]


def test_figures_of_a_year_that_is_on_record_are_edited_not_added(house: House) -> None:
    file_rows(house, "figures", [{"uscc": code(1), "year": "2024", "revenue": "100"}])
    new = sheet_of(house, "figures")
    assert codes(asked(house, new, {"year": "2024", "employees": "5"})) == [(None, EXISTS)]
    assert codes(asked(house, new, {"year": "2024"})) == [(None, NOTHING)]
    assert filed(house, new, {"year": "2023", "revenue": "2亿元"}).filing is not None
    assert [f["revenue"] for f in shown(house)["figures"]] == [200_000_000, 100]


def test_a_merged_firm_is_edited_with_what_was_filed_under_both_codes(house: House) -> None:
    """The form shows what the profile shows, and somebody else's filing under the other code is noticed."""
    file_rows(house, "figures", [{"uscc": code(1), "year": "2024", "revenue": "5000000", "employees": "12"}])
    merge(house, code(1), code(2), "w", yes=True)
    profile_form, sheet = sheet_of(house, number=2), sheet_of(house, "figures", (2, 2), number=2)
    assert profile_form.by_id["products"].value == "数控机床"
    assert (sheet.key, sheet.by_id["revenue"].value) == (f"{code(2)}|2024", 5000000)
    found = filed(house, sheet, {"employees": "13"})
    assert found.filing is not None, found
    [figures] = shown(house, number=2)["figures"]
    assert (figures["employees"], figures["revenue"]) == (13, 5000000)
    with house.store.read() as connection:
        told = version(house, connection, code(2), date.fromisoformat(TODAY), None)
    assert [told["figures"][key]["employees"].value for key in told["figures"]] == [13]
    assert told["enterprise"][code(2)]["products"].value == "数控机床"
    sheet = sheet_of(house, "figures", (2, 2), number=2)
    file_rows(house, "figures", [{"uscc": code(1), "year": "2024", "revenue": "6000000"}], "later.csv")
    with pytest.raises(ChangedMeanwhileError):
        filed(house, sheet, {"employees": "14"})
