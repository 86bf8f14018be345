"""The reference tables: complete, sourced, unambiguous, and their references resolve."""

import re
import unicodedata
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from registry.codes import DATA, Table, TableError, load, several
from tiers.rules.library import library


def ids(text: str) -> list[str]:
    """The ids of a list as the design writes it: parted by blanks."""
    return text.split()


CODES = [
    f"codes/{name}"
    for name in ids("asides bodies boards digital_core honours industries places regions streets tiers words")
]
PLAN = "plans/plan-2023-2025"

TIERS = ids(
    "innovative_sme tech_sme srdi little_giant single_champion gazelle quasi_unicorn unicorn high_tech"
)
LISTED = ids("sse_main sse_star szse_main szse_chinext bse hkex us overseas")
QUOTED = ids("neeq_innovation neeq_base regional")
HONOURS = ids(
    "science_award quality_award chuangke platform brand first_set smart_pilot benchmark_factory id_node"
    " software_centre first_software green talent accident violation"
)
VOCABULARIES = {
    "level": "national provincial city zone",
    "basis": "new review change",
    "kind": "enterprise product",
    "purpose": "new review update",
    "size": "large medium small micro not_applicable unknown",
    "status": "active cancelled revoked",
    "ownership": "private state collective foreign hmt mixed unknown",
    "yes_no": "yes no",
    "revenue_class": "100bn 10bn 1bn 100m below unknown",
    "rd_institution": "national provincial city below none",
    "legal_form": "company branch sole_trader cooperative other",
    "role": "leader core_supplier key_node",
    "chain_state": "built strong missing",
    "stage_application": (
        "filed district_recommended city_recommended publicised recognised rejected withdrawn"
    ),
    "stage_listing": (
        "reserve restructured tutoring tutoring_passed filed inquiry suspended committee_passed submitted"
        " registered issued listed delisted quoted unquoted withdrawn refused"
    ),
    "entry_reason": "grown new reclassified moved_in unknown",
    "exit_reason_above_scale": "below_line closed moved_out reclassified unknown",
    "exit_reason_doubling": "goal_met failed_assessment moved_out dishonest closed unknown",
    "direction": "at_least more_than about at_most",
    "verdict": "met unmet unknown manual_review not_applicable",
    "fate": "accepted unchanged review refused",
    "report": "monthly quarterly district expiry",
    "job": "monthly-count quarterly-count expiry-sweep district-todo freshness backup new-matches chain-risks",
    "problem": (
        "uscc_missing uscc_old_number uscc_damaged uscc_check uscc_letter uscc_misplaced name_missing"
        " unknown_firm ambiguous_name conflict_in_file term_missing date_unreadable period_unreadable date_future"
        " date_order number_unreadable negative unit_unknown wrong_unit counted_here value_unknown"
        " district_unknown placeholder self_supply"
        " end_missing stage_missing slash_in_number offer_for_everything nobody_invited"
        " share_range outside_source orphaned other_unit"
    ),
    "note": (
        "overtaken read_as_percent city_assumed case_folded former_district currency_kept digital_core_differs"
        " shares_above_whole firm_ended several_names number_unknown demand_without_words"
    ),
}
TARGETS = ids(
    "quality-firms above-scale listed tech-sme high-tech revenue-10bn revenue-1bn revenue-total pillar-scale"
    " advanced-share digital-gdp digital-core-gdp energy-intensity tech-projects platforms brands"
    " clusters-advanced clusters-wild-goose clusters-sme industrial-investment tech-upgrades"
    " new-projects-share software-parks software-centres first-software software-revenue electronics-revenue"
    " smart-pilots benchmark-factories id-nodes iiot-parks base-stations computing renewables-capacity"
    " renewables-capacity-share renewables-output-share non-fossil-share energy-equipment nev-scale"
    " green-projects district-weight department-weight"
)


def column(name: str, key: str) -> list[str]:
    return [row[key] for row in load(name).rows]


def by_id(name: str, key: str = "id") -> dict[str, dict[str, str]]:
    return {row[key]: row for row in load(name).rows}


def words(vocabulary: str) -> list[str]:
    return [row["id"] for row in load("codes/words").rows if row["vocabulary"] == vocabulary]


def folded(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def twice_claimed(rows: list[dict[str, str]], columns: tuple[str, ...]) -> dict[str, set[str]]:
    claims: dict[str, set[str]] = {}
    for row in rows:
        for name in columns:
            for text in several(row[name]):
                claims.setdefault(folded(text), set()).add(row["id"])
    return {text: owners for text, owners in claims.items() if len(owners) > 1}


def test_every_file_is_known_and_says_source_and_date() -> None:
    paths = [path for folder in ("codes", "plans") for path in (DATA / folder).iterdir()]
    found = {f"{path.parent.name}/{path.stem}" for path in paths}
    assert found >= {*CODES, PLAN}
    for name in found:
        table = load(name)
        assert all((table.source, table.dated, table.rows)), name
        text = (DATA / f"{name}.csv").read_bytes()
        assert not [bad for bad in (b"\r", b"\xef\xbb\xbf", b"http") if bad in text], name


def test_no_cell_has_stray_blanks_or_empty_list_entries() -> None:
    for name in (*CODES, PLAN):
        for row in load(name).rows:
            for key, cell in row.items():
                assert cell == cell.strip(), (name, row)
                if key in ("aliases", "former", "levels", "kinds", "within", "codes", "tag", "responsible"):
                    entries = cell.split(";") if cell else []
                    assert all(entries), (name, key, row)
                    assert len(set(entries)) == len(entries), (name, key, row)


def test_regions() -> None:
    rows = by_id("codes/regions", "code")
    levels = Counter(row["level"] for row in rows.values())
    assert levels == {"province": 34, "prefecture": 342, "county": 2974}
    for code, row in rows.items():
        assert re.fullmatch(r"\d{6}", code)
        parent = {"province": "", "prefecture": code[:2] + "0000", "county": code[:4] + "00"}[row["level"]]
        assert row["parent"] == parent, code
        assert not parent or parent in rows, code
        assert bool(row["name_en"]) == (row["level"] == "prefecture"), code
    assert rows["110100"]["name"] == "北京市"
    assert rows["110100"]["level"] == "prefecture"
    assert rows["610100"]["name_en"] == "Xi'an"
    jinan = [row["name"] for row in rows.values() if row["parent"] == "370100"]
    assert len(jinan) == 13
    assert "历下区" in jinan
    assert "济南高新技术产业开发区" in jinan


def test_places_and_streets() -> None:
    places = by_id("codes/places")
    regions = by_id("codes/regions", "code")
    districts = {key: row["name"] for key, row in places.items() if row["kind"] == "district"}
    assert len(districts) == 12
    assert all(regions[key]["name"] == name for key, name in districts.items())
    assert [key for key, row in places.items() if row["kind"] == "area"] == ids(
        "370171 area-qibu area-nanshan area-laiwu-hightech area-zongbao area-medical area-lingang"
    )
    streets = load("codes/streets").rows
    assert len(streets) == 164
    assert {row["place"] for row in streets} == {*districts, "370171"}
    zone = [row["name"] for row in streets if row["place"] == "370171"]
    assert zone == ["舜华路街道", "孙村街道", "巨野河街道", "遥墙街道", "临港街道"]
    assert all(row["place"] in (row["code"][:6], "370171") for row in streets)


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("高新区", "370171"),
        ("370176", "370171"),
        ("莱芜高新区", "area-laiwu-hightech"),
        ("莱城区", "370116"),
        ("371202", "370116"),
        ("371203", "370117"),
        ("章丘市", "370114"),
        ("370181", "370114"),
        ("济阳县", "370115"),
        ("370125", "370115"),
        ("历下", "370102"),
        ("起步区", "area-qibu"),
        ("莱芜", None),
        ("莱芜市", None),
    ],
)
def test_what_people_write_for_a_place(written: str, place: str | None) -> None:
    hits = [
        row["id"]
        for row in load("codes/places").rows
        if written in (row["id"], row["name"], *several(row["aliases"]), *several(row["former"]))
    ]
    assert hits == ([place] if place else [])


def test_industries_are_complete() -> None:
    rows = by_id("codes/industries", "code")
    levels = ("section", "division", "group", "class")
    counts = Counter(row["level"] for row in rows.values())
    assert [counts[level] for level in levels] == [20, 97, 473, 1380]
    for code, row in rows.items():
        assert re.fullmatch(r"[A-T]" if row["level"] == "section" else r"\d{2,4}", code)
        if row["level"] == "section":
            assert not row["parent"]
            assert row["name_en"]
        else:
            assert len(code) == levels.index(row["level"]) + 1
            assert rows[row["parent"]]["level"] == levels[levels.index(row["level"]) - 1]
            assert row["level"] == "division" or row["parent"] == code[:-1]
    assert "".join(key for key in rows if len(key) == 1) == "ABCDEFGHIJKLMNOPQRST"
    manufacturing = [key for key, row in rows.items() if row["parent"] == "C"]
    assert manufacturing == [str(number) for number in range(13, 44)]
    assert [key for key, row in rows.items() if row["level"] == "division" and not row["name_en"]] == []
    leaves = {row["parent"] for row in rows.values() if row["level"] == "class"}
    assert leaves == {key for key, row in rows.items() if row["level"] == "group"}


def test_digital_core() -> None:
    industries = by_id("codes/industries", "code")
    rows = load("codes/digital_core").rows
    assert len({row["digital"] for row in rows}) == 114
    assert Counter(row["digital"][:2] for row in {row["digital"]: row for row in rows}.values()) == {
        "01": 51,
        "02": 11,
        "03": 25,
        "04": 27,
    }
    codes = [row["industry"] for row in rows if row["industry"]]
    assert len(codes) == len(set(codes)) == 122
    assert all(industries[code]["level"] == "class" for code in codes)
    part = {row["industry"] for row in rows if row["part"] == "yes" and row["industry"]}
    assert part == {"2462", "3831", "4851", "7213", "7320"}
    assert {row["part"] for row in rows} == {"yes", "no"}


def test_boards() -> None:
    rows = load("codes/boards").rows
    assert [row["id"] for row in rows if row["listed"] == "yes"] == LISTED
    assert [row["id"] for row in rows if row["listed"] == "no"] == QUOTED
    assert [row["id"] for row in rows if row["abroad"] == "yes"] == ["hkex", "us", "overseas"]
    main = [(row["id"], row["suffix"]) for row in rows if row["main"] == "yes"]
    assert main == [("sse_main", "SH"), ("szse_main", "SZ"), ("hkex", "HK")]


def test_tiers() -> None:
    rows = by_id("codes/tiers")
    assert list(rows) == TIERS
    levels = set(words("level"))
    for row in rows.values():
        allowed = several(row["levels"])
        assert allowed
        assert set(allowed) <= levels
        assert row["level"] in ("", *allowed)
        assert row["term"] in ("3y", "year", "list")
        assert set(several(row["within"])) <= set(rows)
        assert row["issuer"]
        assert row["source"]
    assert rows["single_champion"]["level"] == ""
    assert {key: row["kinds"] for key, row in rows.items() if row["kinds"]} == {
        "single_champion": "enterprise;product"
    }
    assert {key: row["term"] for key, row in rows.items() if row["term"] != "3y"} == {
        "tech_sme": "year",
        "quasi_unicorn": "list",
        "unicorn": "list",
    }
    assert rows["little_giant"]["within"] == "srdi;innovative_sme"
    assert rows["srdi"]["within"] == "innovative_sme"


def test_words_hold_every_vocabulary() -> None:
    for vocabulary, expected in VOCABULARIES.items():
        assert words(vocabulary) == ids(expected), vocabulary
    assert all(row["zh"] and row["en"] for row in load("codes/words").rows)


@pytest.mark.parametrize("vocabulary", sorted(set(column("codes/words", "vocabulary"))))
def test_no_word_means_two_things(vocabulary: str) -> None:
    rows = [row for row in load("codes/words").rows if row["vocabulary"] == vocabulary]
    assert twice_claimed(rows, ("id", "zh", "en", "aliases")) == {}


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("codes/places", ("id", "name", "name_en", "aliases", "former")),
        ("codes/boards", ("id", "name", "name_en", "aliases")),
        ("codes/tiers", ("id", "name", "name_en", "short", "short_en", "aliases")),
        ("codes/honours", ("id", "name", "name_en", "aliases")),
        (PLAN, ("id", "name", "name_en")),
    ],
)
def test_no_alias_points_to_two_ids(name: str, columns: tuple[str, ...]) -> None:
    assert twice_claimed(list(load(name).rows), columns) == {}


def test_honours_and_indicators_name_each_other() -> None:
    honours = by_id("codes/honours")
    plan = by_id(PLAN)
    assert set(HONOURS) <= set(honours)
    counted = {(re.sub(r":.*", "", tag), row["id"]) for row in plan.values() for tag in several(row["tag"])}
    assert counted == {(row["id"], row["counts_for"]) for row in honours.values() if row["counts_for"]}
    for row in plan.values():
        assert bool(row["tag"]) == (row["source"] == "tags"), row["id"]
        for tag in several(row["tag"]):
            _, colon, level = tag.partition(":")
            assert not colon or (level.endswith("+") and level[:-1] in words("level")), tag


@pytest.mark.parametrize("id", ["size-2011", "size-2017"])
def test_size_groups(id: str) -> None:
    industries = by_id("codes/industries", "code")
    groups = {group.id: group for group in library().editions[id].groups}
    assert len(groups) == 16
    covered = [code for group in groups.values() for code in group.industries]
    assert len(covered) == len(set(covered))
    assert set(covered) <= set(industries)
    divisions = {code[:2] for code in covered}
    uncovered = {key for key, row in industries.items() if row["level"] == "division"} - divisions
    assert uncovered == {"53", "66", "67", "68", "69", "83", "84", *(str(number) for number in range(91, 98))}
    assert {code for code in industries if len(code) == 3 and code[:2] in ("59", "70")} <= set(covered)
    software = groups["software"].limits
    assert (software["employees"][0], software["revenue"][0], software["revenue"][2]) == (
        300,
        100_000_000,
        500_000,
    )


def test_the_plan() -> None:
    plan = by_id(PLAN)
    assert list(plan) == TARGETS
    assert len(plan) == 42
    for row in plan.values():
        assert Decimal(row["goal"])
        assert row["due"] == "2025-12-31"
        assert row["name_en"]
        assert row["unit"] in words("unit")
        assert row["direction"] in words("direction")
        assert row["basis"] in words("indicator_basis")
        assert row["source"] in words("indicator_source")
        assert re.fullmatch(r"二|三\([一二三四五]\)\d+|四\d+", row["clause"])
        assert re.findall(r"\d+$", row["clause"]) == re.findall(r"item (\d+)$", row["clause_en"])
        assert "一二三四五".index((re.findall(r"\((.)\)", row["clause"]) or "一")[0]) + 1 == int(
            (re.findall(r"\((\d)\)", row["clause_en"]) or "1")[0]
        )
        assert set(several(row["responsible"])) <= set(column("codes/bodies", "name"))
        if row["unit"] == "ratio":
            assert -1 < Decimal(row["goal"]) < 1
        if row["unit"] == "yuan":
            assert int(row["goal"]) % 100_000_000 == 0
    goals = {key: plan[key]["goal"] for key in ("quality-firms", "above-scale", "listed", "revenue-total")}
    assert goals == {
        "quality-firms": "8000",
        "above-scale": "3000",
        "listed": "45",
        "revenue-total": "1000000000000",
    }
    assert [key for key, row in plan.items() if row["basis"] == "year"] == [
        "tech-projects",
        "tech-upgrades",
        "benchmark-factories",
    ]
    assert [key for key, row in plan.items() if row["basis"] == "cumulative"] == [
        "brands",
        "smart-pilots",
        "id-nodes",
        "base-stations",
    ]
    assert [key for key, row in plan.items() if row["source"] == "firms"] == TARGETS[:7]


GOOD = "# source: a standard\n# dated: 2020\n# note: one\nid,name\na,甲\nb,乙\n"


def read(folder: Path, text: str) -> Table:
    (folder / "t.csv").write_text(text, encoding="utf-8", newline="\n")
    load.cache_clear()
    return load("t", folder)


def test_reader(tmp_path: Path) -> None:
    table = read(tmp_path, GOOD)
    assert (table.source, table.dated, table.notes) == ("a standard", "2020", ("one",))
    assert table.rows == ({"id": "a", "name": "甲"}, {"id": "b", "name": "乙"})
    assert load("t", tmp_path) is table
    assert several(" a; ;b;") == ("a", "b")
    assert several("") == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD.replace("# source: a standard\n", ""), "source"),
        (GOOD.replace("# dated: 2020\n", ""), "dated"),
        (GOOD.replace("2020", "lately"), "lately"),
        (GOOD.replace("note", "remark"), r"t\.csv:3: a comment"),
        (GOOD.replace("b,乙", "b"), r"t\.csv:6: has 1 cells"),
        (GOOD.replace("b,乙", "a,乙"), r"t\.csv:6: repeats a of line 5"),
        (GOOD.replace("id,name", "id,id"), r"t\.csv:4: the header"),
        (GOOD.replace("b,乙", '"b'), r"t\.csv:6"),
        ("# source: a\n# dated: 2020\n", "header"),
        ("", "source"),
    ],
)
def test_reader_names_file_and_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(TableError, match=says) as caught:
        read(tmp_path, text)
    assert "t.csv" in str(caught.value)


def test_reader_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"absent\.csv"):
        load("absent", tmp_path)
