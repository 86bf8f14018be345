"""One firm as the register knows it, and the ways to find it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.counting import Register, firm


def full_firm(register: Register) -> dict[str, int]:
    """Firm 1 with a record of every kind; gives the filing of each."""
    key = {"uscc": firm(1)}
    title = {"tier": "srdi", "issued_on": "2023-05-12", "batch": "2023", "certificate": "SD-1"}
    application = {"tier": "srdi", "level": "provincial", "purpose": "review", "round": "2026"}
    rows: dict[str, dict[str, Any]] = {
        "figures": {"year": 2024, "营业收入（万元）": "3000.5", "employees": 100},
        "evidence": {"niche_since": "2012-04-01", "market_share": "12.5%"},
        "titles": title,
        "applications": application | {"stage": "filed", "stage_on": "2026-04-01"},
        "honours": {"honour": "platform", "level": "provincial", "on": "2022-04-01", "title": "工程实验室"},
        "listings": {"board": "bse", "code": "830001", "stage": "listed", "stage_on": "2022-05-01"},
        "above-scale": {"entered_on": "2022-01-01", "entry_reason": "grown"},
        "doubling": {
            "programme": "jinan-climb",
            "base_year": 2022,
            "multiple": 2,
            "entered_on": "2023-01-01",
        },
    }
    filings = {"enterprises": register.firms(1, industry="C3511", registered_capital="700万人民币")["filing"]}
    for kind, row in rows.items():
        filings[kind] = register.file(kind, [key | row])["filing"]
    return filings


def test_show_has_the_shape_of_the_contract(register: Register) -> None:
    full_firm(register)
    shown = register.show(1, "--as-of", "2026-04-01")
    assert list(shown)[:4] == ["uscc", "as_of", "known_at", "profile"]
    lists = {"figures", "titles", "applications", "honours", "listings", "above_scale", "doubling"}
    assert set(shown) >= lists | {"uscc", "as_of", "known_at", "profile", "evidence", "derived"}
    assert shown["uscc"] == firm(1)
    assert shown["as_of"] == "2026-04-01"
    assert shown["known_at"].endswith("Z")
    assert all(isinstance(shown[name], list) and len(shown[name]) == 1 for name in lists)


def test_every_profile_field_names_value_day_filing_and_row(register: Register) -> None:
    filings = full_firm(register)
    profile = register.show(1)["profile"]
    assert all(set(said) == {"value", "valid_from", "filing", "row"} for said in profile.values())
    assert profile["name"] == {
        "value": "济南试样1号有限公司",
        "valid_from": None,
        "filing": filings["enterprises"],
        "row": 2,
    }
    assert profile["registered_capital"]["value"] == 7_000_000
    assert profile["district"]["value"] == "370102"


def test_records_are_typed(register: Register) -> None:
    """Money is an integer of yuan, a ratio a decimal string, a day YYYY-MM-DD, a word its id."""
    full_firm(register)
    shown = register.show(1, "--as-of", "2026-04-01")
    assert shown["figures"][0]["year"] == 2024
    assert shown["figures"][0]["revenue"] == 30_005_000
    assert shown["figures"][0]["employees"] == 100
    assert shown["evidence"]["market_share"]["value"] == "0.125"
    assert shown["evidence"]["niche_since"]["value"] == "2012-04-01"
    title = shown["titles"][0]
    assert (title["tier"], title["level"], title["batch"]) == ("srdi", "provincial", "2023")
    assert (title["issued_on"], title["valid_from"], title["valid_to"]) == (
        "2023-05-12",
        "2023-05-12",
        "2026-05-11",
    )
    assert shown["applications"][0]["stage"] == "filed"
    assert shown["listings"][0]["code"] == "830001"
    assert shown["above_scale"][0]["entered_on"] == "2022-01-01"
    assert shown["doubling"][0]["base_year"] == 2022


def test_every_record_names_its_filing_and_row(register: Register) -> None:
    filings = full_firm(register)
    shown = register.show(1)
    names = ("titles", "applications", "honours", "listings", "figures", "above_scale", "doubling")
    for name in names:
        record = shown[name][0]
        assert (record["filing"], record["row"]) == (filings[name.replace("_", "-")], 2), name


def test_derived_facts_follow_the_day(register: Register) -> None:
    """Industry: small from 20 persons and 3 million, medium from 300 persons and 20 million yuan."""
    full_firm(register)
    assert register.show(1, "--as-of", "2026-02-01")["derived"] == {
        "size_class": "small",
        "revenue_class": "below",
        "highest_tier": "srdi",
    }
    assert register.show(1, "--as-of", "2026-06-30")["derived"] == {
        "size_class": "unknown",
        "revenue_class": "unknown",
        "highest_tier": None,
    }


def test_show_as_of_an_earlier_day(register: Register) -> None:
    register.firms(1)
    moved = {"uscc": firm(1), "name": "济南改名有限公司", "district": "章丘区", "effective_on": "2024-03-01"}
    register.file("enterprises", [moved])
    before, after = register.show(1, "--as-of", "2024-02-29"), register.show(1, "--as-of", "2024-03-01")
    assert before["profile"]["name"]["value"] == "济南试样1号有限公司"
    assert before["profile"]["district"]["value"] == "370102"
    assert after["profile"]["name"]["value"] == "济南改名有限公司"
    assert after["profile"]["name"]["valid_from"] == "2024-03-01"
    assert after["profile"]["district"]["value"] == "370114"


def test_each_field_speaks_for_itself(register: Register) -> None:
    """An empty cell says nothing: the field keeps its older statement, filing and row."""
    first = register.firms(1, short_name="试样", products="齿轮")["filing"]
    second = register.file("enterprises", [{"uscc": firm(1), "products": "轴承", "short_name": ""}])["filing"]
    profile = register.show(1)["profile"]
    assert (profile["short_name"]["value"], profile["short_name"]["filing"]) == ("试样", first)
    assert (profile["products"]["value"], profile["products"]["filing"]) == ("轴承", second)


def test_contact_details_are_kept_out_of_the_open_profile(register: Register) -> None:
    register.firms(1, contact_name="某联系人", contact_phone="13900000000")
    assert "13900000000" not in register.run("show", firm(1), "--json").out


def test_show_for_people_names_the_firm_and_its_titles(register: Register) -> None:
    full_firm(register)
    answer = register.run("show", firm(1))
    assert answer.code == 0
    assert "济南试样1号有限公司" in answer.out
    assert "专精特新" in answer.out or "srdi" in answer.out


def test_a_lower_case_code_finds_the_firm(register: Register) -> None:
    register.firms(1)
    assert register.ask("show", firm(1).lower())["uscc"] == firm(1)
    assert register.ask("find", firm(1).lower())[0]["uscc"] == firm(1)


@pytest.mark.parametrize("code", [firm(9), "12345", "没有这家企业"])
def test_showing_a_firm_that_is_not_there_is_exit_1_or_2_without_a_result(
    register: Register, code: str
) -> None:
    register.firms(1)
    answer = register.run("show", code, "--json")
    assert answer.code == (1 if code == firm(9) else answer.code) != 0
    assert answer.out.strip() in ("", "null")
    assert answer.err


def test_a_code_that_cannot_be_one_is_no_traceback(register: Register) -> None:
    answer = register.run("show", "'; DROP TABLE enterprise; --", "--json")
    assert answer.code in (1, 2)


# --- find ----------------------------------------------------------------------------------------------


def found(register: Register, text: str, *options: str) -> list[tuple[str, str]]:
    return [(hit["uscc"], hit["by"]) for hit in register.ask("find", text, *options)]


def test_find_by_code_name_former_and_short_name(register: Register) -> None:
    register.firms(1, 2)
    renamed = {
        "uscc": firm(1),
        "name": "泉城新名科技有限公司",
        "short_name": "新名科技",
        "effective_on": "2024-03-01",
    }
    register.file("enterprises", [renamed])
    assert found(register, firm(1)) == [(firm(1), "code")]
    assert found(register, "泉城新名科技有限公司") == [(firm(1), "name")]
    assert found(register, "新名科技")[0][0] == firm(1)
    assert found(register, "济南试样1号有限公司") == [(firm(1), "former")]
    assert found(register, "济南试样2号有限公司") == [(firm(2), "name")]


def test_find_by_a_short_name_that_is_no_part_of_the_name(register: Register) -> None:
    register.firms(1, short_name="泉水股份")
    assert found(register, "泉水股份") == [(firm(1), "short")]


def test_find_by_a_former_name_typed_into_its_column(register: Register) -> None:
    register.firms(1, former_names="济南老名字一厂；济南老名字二厂")
    assert found(register, "济南老名字一厂") == [(firm(1), "former")]
    assert found(register, "济南老名字二厂") == [(firm(1), "former")]


def test_a_hit_has_the_shape_of_the_contract(register: Register) -> None:
    register.firms(1)
    (hit,) = register.ask("find", "济南试样1号有限公司")
    expected = {
        "uscc": firm(1),
        "name": "济南试样1号有限公司",
        "matched": "济南试样1号有限公司",
        "by": "name",
        "district": "370102",
    }
    assert {key: hit[key] for key in expected} == expected


def test_brackets_and_spaces_do_not_hide_a_firm(register: Register) -> None:
    register.file("enterprises", [{"uscc": firm(1), "name": "试样（济南）有限公司", "district": "历下区"}])
    assert found(register, "试样(济南)有限公司")[0][0] == firm(1)
    assert found(register, "试样（济南） 有限公司")[0][0] == firm(1)


def test_find_takes_no_more_than_the_limit(register: Register) -> None:
    register.firms(*range(1, 8))
    assert len(register.ask("find", "济南试样", "--limit", "3")) == 3


@pytest.mark.parametrize("text", ["没有这家企业", "%", "_", "'"])
def test_nothing_found_is_an_empty_list_and_exit_1(register: Register, text: str) -> None:
    register.firms(1)
    answer = register.run("find", text, "--json")
    assert (answer.code, answer.json) == (1, [])


def test_firms_elsewhere_are_found(register: Register) -> None:
    register.firms(1, city="370200", district="")
    assert found(register, "济南试样1号有限公司") == [(firm(1), "name")]
