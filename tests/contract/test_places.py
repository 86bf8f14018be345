"""Where a firm belongs (README, "City" and "Place"), and that every breakdown adds up to its total."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.counting import Register, firm, problems

DISTRICTS = {
    "历下区": "370102",
    "市中区": "370103",
    "槐荫区": "370104",
    "天桥区": "370105",
    "历城区": "370112",
    "长清区": "370113",
    "章丘区": "370114",
    "济阳区": "370115",
    "莱芜区": "370116",
    "钢城区": "370117",
    "平阴县": "370124",
    "商河县": "370126",
}
HIGH_TECH_ZONE = "370171"


def put(register: Register, number: int = 1, *, sets: dict[str, str] | None = None, **fields: Any) -> Any:
    """One firm whose row says ``fields``; ``sets`` are given with --set."""
    row = {"uscc": firm(number), "name": f"试样{number}号有限公司", **fields}
    return register.file("enterprises", [row], **(sets or {}))


def place(register: Register, number: int = 1) -> tuple[str | None, str | None, str | None]:
    """City, district and area of a firm today."""
    profile = register.show(number)["profile"]
    city, district, area = (
        profile[f]["value"] if f in profile else None for f in ("city", "district", "area")
    )
    return city, district, area


# --- districts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["{name}", "济南市{name}", "山东省济南市{name}", "{code}"])
def test_each_district_by_name_and_by_code(register: Register, written: str) -> None:
    rows = [
        {"uscc": firm(n), "name": f"试样{n}号有限公司", "district": written.format(name=name, code=code)}
        for n, (name, code) in enumerate(DISTRICTS.items(), start=1)
    ]
    report = register.file("enterprises", rows)
    assert report["problems"] == []
    found = [place(register, n) for n in range(1, 13)]
    assert found == [("370100", code, None) for code in DISTRICTS.values()]


@pytest.mark.parametrize(
    ("former", "today"),
    [
        ("莱城区", "370116"),
        ("371202", "370116"),
        ("371203", "370117"),
        ("章丘市", "370114"),
        ("370181", "370114"),
        ("济阳县", "370115"),
        ("370125", "370115"),
    ],
)
def test_a_former_district_is_read_as_todays_and_noted(register: Register, former: str, today: str) -> None:
    report = put(register, district=former)
    assert problems(report) == ["former_district"]
    assert report["problems"][0]["fate"] == "note"
    assert place(register) == ("370100", today, None)


@pytest.mark.parametrize("written", ["高新区", "济南高新区", "济南高新技术产业开发区", "370171", "370176"])
def test_a_functional_area_typed_as_district_fills_the_area(register: Register, written: str) -> None:
    put(register, district=written, address="山东省济南市历城区经十路9999号")
    assert place(register) == ("370100", "370112", HIGH_TECH_ZONE)


def test_a_functional_area_alone_leaves_the_district_unknown(register: Register) -> None:
    put(register, district="高新区")
    assert place(register) == ("370100", None, HIGH_TECH_ZONE)


@pytest.mark.parametrize(
    "where",
    [
        {"district": "莱芜高新区"},
        {"district": "莱芜区高新区"},
        {"address": "山东省济南市莱芜高新区凤凰路1号"},
        {"address": "山东省济南市莱芜区高新区凤凰路1号"},
    ],
)
def test_laiwu_high_tech_zone_is_another_one(register: Register, where: dict[str, Any]) -> None:
    put(register, **where)
    city, _, area = place(register)
    assert city == "370100"
    assert area != HIGH_TECH_ZONE
    if "district" in where:
        assert area is not None


def test_district_and_area_in_columns_of_their_own(register: Register) -> None:
    put(register, district="历城区", area="高新区")
    assert place(register) == ("370100", "370112", HIGH_TECH_ZONE)


def test_a_district_that_never_was_is_a_note_and_the_row_is_taken(register: Register) -> None:
    report = put(register, district="逍遥区")
    assert "district_unknown" in problems(report, "note")
    assert place(register)[1] is None


def test_laiwu_city_alone_names_no_district(register: Register) -> None:
    report = put(register, district="莱芜市")
    assert "district_unknown" in problems(report, "note")
    assert place(register)[:2] == ("370100", None)


# --- addresses -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "district"),
    [
        ("山东省济南市历下区经十路1号", "370102"),
        ("济南市市中区英雄山路2号", "370103"),
        ("山东省章丘市明水街道3号", "370114"),
        ("山东省莱芜市莱城区鹏泉街道4号", "370116"),
        ("山东省莱芜市钢城区府前大街5号", "370117"),
        ("山东省济南市莱芜区莱芜市场路6号", "370116"),
        ("济南市槐荫区历城小区7号", "370104"),
        ("山东省济南市章丘区济阳路8号", "370114"),
        ("山东省济南市平阴县榆山街道9号", "370124"),
        ("山东省莱芜市文化路10号", None),
        ("山东省济南市经十路11号", None),
    ],
)
def test_the_narrowest_place_of_an_address(register: Register, address: str, district: str | None) -> None:
    put(register, address=address)
    assert place(register)[:2] == ("370100", district)


@pytest.mark.parametrize(
    ("address", "city"),
    [
        ("山东省青岛市市南区香港中路1号", "370200"),
        ("青岛市市北区济南路2号", "370200"),
        ("山东省枣庄市市中区光明路3号", "370400"),
        ("山东省济宁市任城区济阳路4号", "370800"),
        ("山东省烟台市福山区高新区5号", "370600"),
        ("江苏省苏州市吴中区6号", "320500"),
        ("北京市朝阳区7号", "110100"),
        ("山东省滨州市惠民县济南街8号", "371600"),
    ],
)
def test_an_address_elsewhere_is_elsewhere(register: Register, address: str, city: str) -> None:
    report = put(register, address=address)
    assert "city_assumed" not in problems(report)
    assert place(register) == (city, None, None)
    assert register.count("2026-01-01")["outside"] == 1


# --- the order in which the city is looked for ---------------------------------------------------------


@pytest.mark.parametrize("city", ["青岛市", "青岛", "370200", "山东省青岛市"])
def test_a_city_column_wins_over_the_address(register: Register, city: str) -> None:
    put(register, city=city, address="山东省济南市历下区经十路1号")
    assert place(register)[0] == "370200"
    assert register.count("2026-01-01")["outside"] == 1


def test_a_district_wins_over_the_address(register: Register) -> None:
    put(register, district="历下区", address="山东省青岛市市南区香港中路1号")
    assert place(register)[:2] == ("370100", "370102")


def test_an_address_wins_over_the_city_set_for_the_list(register: Register) -> None:
    put(register, sets={"city": "370200"}, address="山东省济南市历下区经十路1号")
    assert place(register)[0] == "370100"


def test_the_city_set_for_the_list_fills_rows_that_name_no_place(register: Register) -> None:
    report = put(register, sets={"city": "370200"})
    assert place(register)[0] == "370200"
    assert "city_assumed" not in problems(report)


def test_a_row_without_any_place_is_taken_as_home_and_noted(register: Register) -> None:
    report = put(register)
    assert problems(report) == ["city_assumed"]
    assert report["problems"][0]["fate"] == "note"
    assert place(register) == ("370100", None, None)
    assert register.count("2026-01-01")["outside"] == 0


def test_a_firm_that_was_taken_as_home_moves_out_on_the_day_that_is_filed(register: Register) -> None:
    """A later different city is a change from the day of filing, also after an assumed one."""
    row = {"uscc": firm(1), "name": "试样1号有限公司"}
    register.file("enterprises", [row], at="2024-01-10")
    register.file("enterprises", [row | {"city": "370200"}], at="2024-07-01")
    assert [register.count(day)["outside"] for day in ("2024-06-30", "2024-07-01")] == [0, 1]


def test_the_area_of_the_credit_code_says_nothing(register: Register) -> None:
    """All codes here begin in 370199; a code keeps the place of its first issue through every move."""
    put(register, district="商河县")
    assert place(register)[1] == "370126"


def test_a_later_row_without_a_place_leaves_the_firm_where_it_is(register: Register) -> None:
    put(register, city="370200")
    report = put(register, short_name="试样")
    assert place(register)[0] == "370200"
    assert "city_assumed" not in problems(report)


# --- breakdowns ----------------------------------------------------------------------------------------


def small_city(register: Register) -> None:
    """Titles, memberships, listings and revenue of ten firms, two without a district, one elsewhere."""
    places: list[dict[str, Any]] = [
        {"district": "历下区"},
        {"district": "历下区"},
        {"district": "历城区"},
        {"district": "历城区", "area": "高新区"},
        {"district": "高新区"},  # the area is known, the district is not
        {"district": "章丘市"},
        {"address": "山东省莱芜市文化路10号"},  # neither is known
        {"city": "370200"},
        {"district": "莱芜区", "area": "莱芜高新区"},
        {"district": "商河县"},
    ]
    for number, where in enumerate(places, start=1):
        put(register, number, industry="C3511", ownership="民营" if number % 2 else "国有", **where)
    everyone = [{"uscc": firm(n)} for n in range(1, 11)]
    register.file("titles", everyone, tier="srdi", issued_on="2023-05-12")
    register.file("titles", everyone[3:6], tier="gazelle", issued_on="2023-05-12")
    register.file("titles", everyone[2:], tier="high_tech", issued_on="2023-05-12")
    register.file("titles", everyone[:7], tier="tech_sme", issued_on="2024-05-12")
    register.file("above-scale", everyone, entered_on="2022-01-01")
    register.file("listings", everyone[3:8], board="bse", stage="listed", stage_on="2022-05-05")
    figures = [
        {**row, "year": 2024, "营业收入（亿元）": 11 * n} for n, row in enumerate(everyone[:8], start=1)
    ]
    register.file("figures", figures)
    register.file("honours", everyone, honour="platform", level="provincial", on="2022-06-01")


def test_by_district_has_the_twelve_districts_and_one_row_unknown(register: Register) -> None:
    small_city(register)
    rows = register.count("2025-06-30", "--by", "district")["by"]
    assert [row["key"] for row in rows if row["key"] != "unknown"] == list(DISTRICTS.values())
    assert [row["name"] for row in rows if row["key"] != "unknown"] == list(DISTRICTS)
    held = {row["key"]: row["quality"]["firms_valid"] for row in rows if row["quality"]["firms_valid"]}
    assert held == {"370102": 2, "370112": 2, "370114": 1, "370116": 1, "370126": 1, "unknown": 2}


def test_by_area_takes_the_functional_area_where_there_is_one(register: Register) -> None:
    small_city(register)
    rows = register.count("2025-06-30", "--by", "area")["by"]
    held = {row["name"]: row["quality"]["firms_valid"] for row in rows if row["quality"]["firms_valid"]}
    zone = next(row for row in rows if row["key"] == HIGH_TECH_ZONE)
    assert zone["quality"]["firms_valid"] == 2
    unknown = next(row for row in rows if row["key"] == "unknown")
    assert unknown["quality"]["firms_valid"] == 1
    counted = {name: n for name, n in held.items() if name in DISTRICTS}
    assert counted == {"历下区": 2, "历城区": 1, "章丘区": 1, "商河县": 1}


@pytest.mark.parametrize("by", ["district", "area", "industry", "ownership"])
def test_every_breakdown_adds_up_to_the_total(register: Register, by: str) -> None:
    small_city(register)
    answer = register.count("2025-06-30", "--by", by)
    rows = answer["by"]
    assert len({row["key"] for row in rows}) == len(rows)
    for target in answer["targets"]:
        if target["source"] == "filed":
            continue
        parts = [row["targets"][target["id"]] for row in rows]
        assert sum(part["value"] for part in parts) == target["value"] > 0 or target["value"] == 0, target[
            "id"
        ]
        assert sum(part["unknown"] for part in parts) == target["unknown"], target["id"]
    for number in ("titles_cumulative", "titles_valid", "firms_valid"):
        assert sum(row["quality"][number] for row in rows) == answer["quality"][number], number
    for tier, firms in answer["quality"]["firms_by_highest_tier"].items():
        assert sum(row["quality"]["firms_by_highest_tier"][tier] for row in rows) == firms, tier


def test_a_title_of_a_firm_that_left_its_district_is_shown_where_the_firm_is_now(register: Register) -> None:
    put(register, district="历下区")
    register.file("titles", [{"uscc": firm(1)}], tier="srdi", issued_on="2019-05-12")
    put(register, district="章丘区", sets={"effective_on": "2024-01-01", "meaning": "change"})
    answer = register.count("2024-06-30", "--by", "district")
    assert sum(row["quality"]["titles_cumulative"] for row in answer["by"]) == 1
