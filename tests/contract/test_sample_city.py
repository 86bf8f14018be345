"""The sample city, small: it behaves like a city, twice the same, and its exports import back."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from registry.sample import SampleFiling
from tests.contract.counting import Register, new_register
from tests.kinds import KINDS
from tiers.sample import sample_city

DAYS = ["2021-08-31", "2022-12-31", "2024-07-18", "2025-12-31", "2026-01-01", "2026-06-30"]


def demo(folder: Path, firms: int, seed: int = 2023) -> Register:
    register = new_register(folder)
    answer = register.run("demo", "--firms", str(firms), "--seed", str(seed))
    assert answer.code == 0, answer.err
    return register


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Register:
    """300 firms; the tests of this module only ask it."""
    return demo(tmp_path_factory.mktemp("city"), 300)


def exports(register: Register, name: str) -> dict[str, bytes]:
    """Every kind as CSV bytes."""
    folder = register.folder / name
    folder.mkdir()
    for kind in KINDS:
        answer = register.run("export", kind, "--out", str(folder / f"{kind}.csv"))
        assert answer.code == 0, f"{kind}: {answer.err}"
    return {kind: (folder / f"{kind}.csv").read_bytes() for kind in KINDS}


def test_the_city_has_every_kind_of_record(city: Register) -> None:
    rows = {kind: data.count(b"\n") - 1 for kind, data in exports(city, "all").items()}
    assert rows["enterprises"] == 300
    assert all(n > 0 for n in rows.values()), rows


def test_all_firms_carry_the_unassigned_area(city: Register) -> None:
    path = city.folder / "codes.csv"
    city.run("export", "enterprises", "--out", str(path))
    with path.open(encoding="utf-8-sig", newline="") as source:
        codes = [row["统一社会信用代码"] for row in csv.DictReader(source)]
    assert len(set(codes)) == 300
    assert {code[2:8] for code in codes} == {"370199"}


def test_a_second_demo_is_refused_and_changes_nothing(city: Register) -> None:
    before = city.ask("filings", "list")
    answer = city.run("demo", "--firms", "300")
    assert answer.code != 0
    assert answer.err
    assert city.ask("filings", "list") == before


def test_demo_goes_into_no_register_with_real_firms(tmp_path: Path) -> None:
    register = new_register(tmp_path)
    register.firms(1)
    assert register.run("demo", "--firms", "60").code != 0
    assert register.count("2026-01-01")["revenue"]["unknown"] == 1


@pytest.fixture
def half_a_city(register_on_both: Register, monkeypatch: pytest.MonkeyPatch) -> Register:
    """A register whose user pressed Ctrl-C in the middle of ``demo``."""

    def interrupted(firms: int, seed: int) -> Iterator[SampleFiling]:
        yield from islice(sample_city(firms, seed), 40)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("tiers.sampling.sample_city", interrupted)
        assert register_on_both.run("demo", "--firms", "60").code != 0
    assert len(register_on_both.ask("filings", "list")) > 10
    return register_on_both


@pytest.mark.parametrize("words", [("demo", "--firms", "60"), ("demo", "--firms", "60", "--if-empty")])
def test_demo_refuses_half_a_city_and_leaves_it_as_it_is(
    half_a_city: Register, words: tuple[str, ...]
) -> None:
    register = half_a_city
    held = register.ask("filings", "list"), exports(register, "before")
    answer = register.run(*words)
    assert (answer.code, answer.out) == (1, "")
    advice = "run again" if "--if-empty" in words else "choose another by DATABASE_URL"
    assert answer.err.startswith("error: ")
    assert advice in answer.err
    assert (register.ask("filings", "list"), exports(register, "after")) == held
    assert register.run("db", "check").code == 0


def test_the_advice_about_half_a_city_names_the_database_in_use(half_a_city: Register) -> None:
    """Who follows it removes what it names: that must never be another register."""
    url = make_url(str(half_a_city.settings["DATABASE_URL"]))
    advice = half_a_city.run("demo", "--if-empty").err
    assert str(url.database) in advice
    assert "data/var/tidu.sqlite" not in advice


def test_a_whole_city_is_no_complaint_where_only_an_empty_register_is_filled(city: Register) -> None:
    before = city.ask("filings", "list")
    answer = city.run("demo", "--firms", "300", "--if-empty")
    assert (answer.code, answer.err) == (0, "")
    assert city.ask("filings", "list") == before


def test_equal_seed_equal_exports_of_every_kind(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two", "other")]
    for folder in folders:
        folder.mkdir()
    one, two, other = (exports(demo(f, 60, seed), "all") for f, seed in zip(folders, (7, 7, 8), strict=True))
    assert [kind for kind in KINDS if one[kind] != two[kind]] == []
    assert one["enterprises"] != other["enterprises"]


def test_the_cliff_of_new_year_2026(city: Register) -> None:
    """Lists of 2022 are printed valid to 2025-12-31: titles fall, cumulative titles do not."""
    before, after = city.count("2025-12-31"), city.count("2026-01-01")
    assert after["quality"]["firms_valid"] < before["quality"]["firms_valid"]
    assert after["quality"]["titles_valid"] < before["quality"]["titles_valid"]
    assert after["quality"]["titles_cumulative"] == before["quality"]["titles_cumulative"]
    held = [next(t for t in answer["tiers"] if t["tier"] == "innovative_sme") for answer in (before, after)]
    assert held[1]["titles_valid"] < held[0]["titles_valid"]
    assert held[0]["expiring_180d"] >= held[0]["titles_valid"] - held[1]["titles_valid"]


def test_what_is_known_later_differs(city: Register) -> None:
    """The story holds a correction: for one of the days an earlier register gives another number."""
    answers: list[tuple[Any, Any]] = []
    for day, later in (
        ("2023-12-31", "2025-12-31"),
        ("2024-12-31", "2026-06-30"),
        ("2025-12-31", "2026-06-30"),
    ):
        quality = [city.count(day, "--known-at", known)["quality"] for known in (day, later)]
        answers.append((quality[0], quality[1]))
    assert any(then != now for then, now in answers)


def test_one_filing_of_the_city_is_withdrawn(city: Register) -> None:
    assert [f for f in city.ask("filings", "list") if f["withdrawn_at"]]


def test_the_filings_of_the_city_are_dated_2019_to_june_2026(city: Register) -> None:
    filings = city.ask("filings", "list")
    recorded = sorted(f["recorded_at"] for f in filings)
    assert recorded[0].startswith("2019")
    assert recorded[-1].startswith("2026-06")
    assert len(set(recorded)) == len(recorded)
    assert {f["kind"] for f in filings} >= set(KINDS)


def test_every_row_of_every_filing_has_one_fate(city: Register) -> None:
    for f in city.ask("filings", "list"):
        assert f["rows"] == f["accepted"] + f["unchanged"] + f["review"] + f["refused"], f


@pytest.mark.parametrize("day", DAYS)
def test_the_numbers_of_the_city_agree_with_each_other(city: Register, day: str) -> None:
    answer = city.count(day, "--by", "district")
    quality = answer["quality"]
    assert sum(quality["firms_by_highest_tier"].values()) == quality["firms_valid"]
    assert quality["firms_valid"] <= quality["titles_valid"]
    targets = {t["id"]: t for t in answer["targets"]}
    assert targets["quality-firms"]["value"] == quality["firms_valid"]
    for tier in answer["tiers"]:
        # a title may be in force before it was issued: little giants are announced with a term that has begun
        assert tier["firms_valid"] <= tier["titles_valid"], tier
        assert tier["expiring_180d"] <= tier["titles_valid"], tier
    high_tech = [t for t in answer["tiers"] if t["tier"] == "high_tech"]
    assert targets["high-tech"]["value"] == sum(t["firms_valid"] for t in high_tech)
    for name in ("quality-firms", "above-scale", "listed", "high-tech", "tech-sme", "revenue-1bn"):
        assert sum(row["targets"][name]["value"] for row in answer["by"]) == targets[name]["value"], name
        assert len(city.behind(day, name)) == targets[name]["value"], name
    revenue = answer["revenue"]
    assert targets["revenue-1bn"]["value"] == revenue["1bn"] + revenue["10bn"] + revenue["100bn"]


def test_every_breakdown_of_the_city_adds_up(city: Register) -> None:
    total = city.count("2025-12-31")
    for by in ("district", "area"):
        rows = city.count("2025-12-31", "--by", by)["by"]
        for target in total["targets"]:
            if target["source"] != "filed":
                parts = [row["targets"][target["id"]] for row in rows]
                assert sum(p["value"] for p in parts) == target["value"], (by, target["id"])
                assert sum(p["unknown"] for p in parts) == target["unknown"], (by, target["id"])


def test_departments_file_some_figures_and_owe_others(city: Register) -> None:
    """What a department files is dated and judged; what none filed is unknown, never zero."""
    told = {line["id"]: line for line in city.ask("targets", "--as-of", "2026-06-30")["targets"]}
    filed = [line for line in told.values() if line["source"] == "filed"]
    with_value = [line for line in filed if line["value"] is not None]
    owed = [line for line in filed if line["value"] is None]
    assert with_value
    assert owed
    assert {line["state"] for line in owed} == {"overdue"}
    assert {line["state"] for line in with_value} <= {"met", "unmet", "pending"}
    before = {t["id"]: t["value"] for t in city.count("2022-12-31")["targets"] if t["source"] == "filed"}
    assert set(before.values()) == {None}


@pytest.mark.parametrize(("before", "after"), [*pairwise(DAYS), (DAYS[0], DAYS[-1])])
def test_a_bridge_of_the_city_leads_from_count_to_count(city: Register, before: str, after: str) -> None:
    for target in ("quality-firms", "above-scale"):
        bridge = city.ask("bridge", before, after, "--target", target)
        ends = [city.target(day, target)["value"] for day in (before, after)]
        assert [bridge["from"]["value"], bridge["to"]["value"]] == ends
        assert ends[0] + sum(step["delta"] for step in bridge["steps"]) == ends[1], target
        for row in bridge["by"]:
            assert row["from"] + sum(step["delta"] for step in row["steps"]) == row["to"], row["key"]


def test_the_course_of_the_city_passes_through_its_counts(city: Register) -> None:
    course = city.ask("series", "--target", "quality-firms", "--from", "2023-01-31", "--to", "2026-06-30")
    values = dict(zip(course["days"], course["targets"]["quality-firms"], strict=True))
    for day in ("2023-12-31", "2024-12-31", "2025-12-31", "2026-06-30"):
        assert values[day] == city.target(day, "quality-firms")["value"], day


def test_cumulative_titles_never_fall(city: Register) -> None:
    numbers = [city.count(day)["quality"]["titles_cumulative"] for day in DAYS]
    assert all(a <= b for a, b in pairwise(numbers)), numbers


def test_the_city_passes_its_check(city: Register) -> None:
    assert city.run("db", "check").code == 0


@pytest.mark.parametrize("kind", KINDS)
def test_an_export_imports_back_unchanged(city: Register, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"{kind}.csv"
    city.run("export", kind, "--out", str(path))
    report = city.ask("import", kind, str(path), "--dry-run")
    assert (report["unchanged"], report["rows"]) == (report["rows"], path.read_bytes().count(b"\n") - 1)


# --- the published figures of the model city (minutes: `make bench`) ------------------------------------


@pytest.fixture(scope="module")
def whole_city(tmp_path_factory: pytest.TempPathFactory) -> Register:
    return demo(tmp_path_factory.mktemp("whole"), 20_000)


#: The level that the published figures are of; the city's own SRDI and the zones' own gazelles are other lists.
LEVELS = {"little_giant": "national", "unicorn": "national"}


def tier(register: Register, day: str, name: str) -> dict[str, int]:
    level = LEVELS.get(name, "provincial")
    lines = [t for t in register.count(day)["tiers"] if (t["tier"], t["level"]) == (name, level)]
    return {
        key: sum(line[key] for line in lines)
        for key in ("titles_cumulative", "titles_valid", "new_this_year")
    }


@pytest.mark.bench
@pytest.mark.timeout(600)
def test_the_city_reproduces_the_published_figures(whole_city: Register) -> None:
    """Running sums of little giants exactly, stocks and flows of the others within three in a hundred.

    The published stocks grow by new titles only: they are cumulative.
    """
    days = ("2021-11-30", "2022-11-30", "2024-07-18", "2024-12-31")
    running = [tier(whole_city, day, "little_giant")["titles_cumulative"] for day in days]
    assert running == [35, 85, 135, 166]
    valid = [tier(whole_city, day, "little_giant")["titles_valid"] for day in days]
    assert [day for day, n, most in zip(days, valid, running, strict=True) if n > most] == []
    assert tier(whole_city, "2024-07-18", "innovative_sme")["titles_cumulative"] == pytest.approx(
        2885, rel=0.03
    )
    assert tier(whole_city, "2024-07-18", "srdi")["titles_cumulative"] == pytest.approx(1971, rel=0.03)
    names = ("little_giant", "unicorn", "srdi", "gazelle", "innovative_sme")
    new = {name: tier(whole_city, "2024-12-31", name)["new_this_year"] for name in names}
    assert new["little_giant"] == 31
    assert new["unicorn"] == 1
    assert new["srdi"] == pytest.approx(720, rel=0.03)
    assert new["gazelle"] == pytest.approx(373, rel=0.03)
    assert new["innovative_sme"] == pytest.approx(1189, rel=0.03)


@pytest.mark.bench
@pytest.mark.timeout(600)
def test_the_high_tech_zone_has_its_published_shares(whole_city: Register) -> None:
    rows = whole_city.count("2024-07-18", "--by", "area")["by"]
    zone = next(row for row in rows if row["key"] == "370171")
    total = whole_city.count("2024-07-18")["quality"]
    share = zone["quality"]["firms_valid"] / total["firms_valid"]
    assert share == pytest.approx(0.40, abs=0.05)


@pytest.mark.bench
@pytest.mark.timeout(600)
def test_above_scale_grew_by_79_in_the_first_half_of_2021(whole_city: Register) -> None:
    """89 entered and 10 left."""
    before, after = (whole_city.target(d, "above-scale")["value"] for d in ("2020-12-31", "2021-06-30"))
    assert after - before == 79
