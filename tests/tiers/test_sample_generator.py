"""The sample city: deterministic, well-formed, calibrated; every sum is taken from the rows that are filed."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from stdnum.cn import uscc as credit

from registry.codes import load as table
from registry.sample import SampleFiling
from tests.kinds import KINDS
from tiers.sample import sample_city
from tiers.sample.codes import check, organisation_check
from tiers.targets import plan, plans

SHANGHAI = timezone(timedelta(hours=8))
LATER = {"valid_from", "valid_to"}  # may lie ahead of the filing


def full_rows(filings: list[SampleFiling], kind: str) -> list[tuple[SampleFiling, dict[str, Any]]]:
    """Rows of a kind with what their filing sets, without those of the withdrawn filing."""
    gone = {filing.withdraws for filing in filings}
    return [
        (f, {**f.sets, **row}) for f in filings if f.kind == kind and f.label not in gone for row in f.rows
    ]


def as_day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


class Titles:
    """Titles as the rows give them, by key, with the codes of firms that lists name by name only."""

    def __init__(self, filings: list[SampleFiling]) -> None:
        codes = {row["name"]: row["uscc"] for _, row in full_rows(filings, "enterprises") if "name" in row}
        self.held: dict[tuple[str, ...], dict[str, Any]] = {}
        for _, row in full_rows(filings, "titles"):
            code = row.get("uscc") or codes[row["name"].replace("(", "（").replace(")", "）")]
            key = (code, row["tier"], row["level"], row.get("kind", ""), row["batch"])
            self.held.setdefault(key, {}).update(row | {"uscc": code})

    def of(self, tier: str, level: str) -> list[dict[str, Any]]:
        return [row for row in self.held.values() if (row["tier"], row["level"]) == (tier, level)]

    def cumulative(self, tier: str, level: str, day: date) -> int:
        """Each firm and kind once, as issued by that day."""
        some = [row for row in self.of(tier, level) if as_day(row["issued_on"]) <= day]  # type: ignore[operator]
        return len({(row["uscc"], row.get("kind")) for row in some})

    def valid(self, tiers: tuple[str, ...], day: date) -> set[str]:
        """Firms with a title in force; the default terms are three years, a calendar year for tech_sme."""
        found = set()
        for row in self.held.values():
            start = as_day(row.get("valid_from")) or as_day(row["issued_on"])
            assert start
            end = as_day(row.get("valid_to"))
            if end is None:
                year = row["tier"] == "tech_sme"
                end = (
                    date(start.year, 12, 31)
                    if year
                    else start.replace(year=start.year + 3) - timedelta(days=1)
                )
            revoked = as_day(row.get("revoked_on"))
            if row["tier"] in tiers and start <= day <= end and not (revoked and revoked <= day):
                found.add(row["uscc"])
        return found


#: Kinds that the chain offices file.
CHAINS = {"chains", "roles", "links", "demands", "offers"}
#: Kinds whose rows speak of indicators, not of firms.
ABOUT_THE_PLAN = ("indicators", "targets")
QUALITY = ("innovative_sme", "srdi", "little_giant", "single_champion", "gazelle", "unicorn")


@pytest.fixture(scope="module")
def city() -> list[SampleFiling]:
    return list(sample_city())


@pytest.fixture(scope="module")
def small() -> list[SampleFiling]:
    return list(sample_city(300, 7))


@pytest.fixture(scope="module")
def titles(city: list[SampleFiling]) -> Titles:
    return Titles(city)


def test_equal_seed_equal_city(small: list[SampleFiling]) -> None:
    assert list(sample_city(300, 7)) == small
    assert list(sample_city(300, 8)) != small


def test_too_small_a_city_is_refused() -> None:
    with pytest.raises(ValueError, match="60 firms"):
        list(sample_city(20))


def test_published_credit_code_vectors() -> None:
    assert organisation_check("MA000001") == "5"
    assert check("91370199MA0000015") == "T"
    assert check("91130600738737199") == "K"


def test_codes_are_valid_unique_and_nobodys(city: list[SampleFiling]) -> None:
    codes = [r["uscc"] for f in city if f.label.startswith(("register-2019", "register-new")) for r in f.rows]
    assert len(codes) == len(set(codes)) == 20_000
    assert all(credit.is_valid(code) and code[2:8] == "370199" for code in codes)
    assert {code[:2] for code in codes} == {"91", "92", "93"}


def test_names_are_unique_also_without_place_and_form(city: list[SampleFiling]) -> None:
    names = [row["name"] for _, row in full_rows(city, "enterprises") if "founded_on" in row]
    assert len(set(names)) == len(names)
    core = Counter(
        str(n).replace("（济南）", "").removeprefix("济南市").removeprefix("济南").removeprefix("山东")
        for n in names
    )
    assert max(core.values()) == 1


@pytest.mark.parametrize("size", [60, 300, 20_000])
def test_filings_are_well_formed(size: int, city: list[SampleFiling]) -> None:
    filings = city if size == 20_000 else list(sample_city(size))
    assert len({f.label for f in filings}) == len(filings)
    assert all(a.at < b.at for a, b in pairwise(filings))
    assert filings[0].at.year == 2019
    assert (filings[-1].at.year, filings[-1].at.month) == (2026, 6)
    for filing in filings:
        assert filing.at.tzinfo is UTC
        assert filing.kind in KINDS
        assert filing.file or filing.withdraws
        day = filing.at.astimezone(SHANGHAI).date()
        for key in ("issued_on", "on", "effective_on"):
            assert date.fromisoformat(filing.sets.get(key, "2019-01-01")) <= day
        for row in filing.rows:
            assert row.keys() & {"uscc", "name", "indicator"}
            for key, value in row.items():
                assert value is not None, (filing.label, key)
                assert not isinstance(value, float), (filing.label, key)
                assert value != "", (filing.label, key)
                assert not isinstance(value, date) or key in LATER or value <= day, (filing.label, key, value)


def test_every_row_speaks_of_a_firm_already_on_the_register(city: list[SampleFiling]) -> None:
    known: set[Any] = set()
    names: dict[str, set[Any]] = defaultdict(set)
    for filing in city:
        for row in filing.rows if filing.kind not in ABOUT_THE_PLAN else ():
            code = row.get("uscc")
            if filing.kind == "enterprises":
                known.add(code)
                if "name" in row:
                    names[str(row["name"])].add(code)
            if code is None:
                bearers = names[str(row["name"]).replace("(", "（").replace(")", "）")]
                assert len(bearers) == 1, (filing.label, row["name"])
            else:
                assert code in known, (filing.label, code)


def test_a_key_stands_once_in_a_file(city: list[SampleFiling]) -> None:
    keys = {
        "enterprises": ("uscc",),
        "evidence": ("uscc",),
        "figures": ("uscc", "year"),
        "titles": ("uscc", "name", "tier", "level", "kind", "batch"),
        "applications": ("uscc", "tier", "level", "purpose", "round"),
        "honours": ("uscc", "name", "honour", "on"),
        "listings": ("uscc", "board", "stage", "stage_on"),
        "above-scale": ("uscc", "entered_on", "left_on"),
        "doubling": ("uscc", "programme", "entered_on"),
        "indicators": ("indicator", "period", "unit"),
        "targets": ("indicator", "period", "unit"),
    }
    for filing in city:
        made = [tuple({**filing.sets, **row}.get(k) for k in keys[filing.kind]) for row in filing.rows]
        assert len(made) == len(set(made)), filing.label


def test_ids_are_those_of_the_code_tables(city: list[SampleFiling]) -> None:
    def ids(name: str, column: str = "id") -> set[str]:
        return {row[column] for row in table(name).rows}

    words: dict[str, set[str]] = defaultdict(set)
    for row in table("codes/words").rows:
        words[row["vocabulary"]].add(row["id"])
    allowed = {
        ("titles", "tier"): ids("codes/tiers"),
        ("titles", "level"): words["level"],
        ("titles", "basis"): words["basis"],
        ("applications", "stage"): words["stage_application"],
        ("applications", "purpose"): words["purpose"],
        ("listings", "board"): ids("codes/boards"),
        ("listings", "stage"): words["stage_listing"],
        ("above-scale", "entry_reason"): words["entry_reason"],
        ("above-scale", "exit_reason"): words["exit_reason_above_scale"],
        ("doubling", "exit_reason"): words["exit_reason_doubling"],
        ("honours", "honour"): ids("codes/honours"),
        ("enterprises", "industry"): ids("codes/industries", "code"),
        ("enterprises", "ownership"): words["ownership"],
        ("enterprises", "status"): words["status"],
        ("evidence", "rd_institution"): words["rd_institution"],
    }
    for (kind, column), known in allowed.items():
        used = {row[column] for _, row in full_rows(city, kind) if column in row}
        assert used, (kind, column)
        assert used <= known, (kind, column, used - known)
    places = {
        part for row in table("codes/places").rows for part in (row["name"], *row["aliases"].split(";"))
    }
    places |= {part for row in table("codes/places").rows for part in row["former"].split(";")}
    for column in ("district", "area"):
        used = {row[column] for _, row in full_rows(city, "enterprises") if column in row} - {"清空"}
        assert used <= places, used - places


def test_published_title_figures(titles: Titles) -> None:
    def cumulative(tier: str, level: str, *day: int) -> int:
        return titles.cumulative(tier, level, date(*day))

    assert cumulative("srdi", "provincial", 2021, 8, 16) == 950
    assert cumulative("srdi", "provincial", 2024, 7, 18) == 1_971
    assert cumulative("innovative_sme", "provincial", 2024, 7, 18) == 2_885
    assert cumulative("gazelle", "provincial", 2021, 11, 17) == 145
    ends = ((2021, 8, 16), (2022, 12, 31), (2024, 7, 18), (2024, 12, 31))
    assert [cumulative("little_giant", "national", *day) for day in ends] == [35, 85, 135, 166]
    first_2023 = [row for row in titles.of("srdi", "provincial") if row["batch"] in ("2023", "2023补充")]
    assert len(first_2023) == 767
    assert {as_day(row["valid_to"]) for row in first_2023} == {date(2026, 12, 31)}
    basis = Counter(row["basis"] for row in titles.of("srdi", "provincial") if row["batch"] == "2024")
    assert basis == {"new": 720, "review": 362}
    new_2024 = [r for r in titles.of("innovative_sme", "provincial") if str(r["batch"]).startswith("2024")]
    assert len([row for row in new_2024 if row["basis"] == "new"]) == 1_189
    levels = [
        (t, lv)
        for t in QUALITY
        for lv in ("provincial", "national", "city", "zone")
        if (t, lv) != ("unicorn", "national")
    ]
    assert sum(cumulative(tier, level, 2024, 12, 31) for tier, level in levels) > 8_500


def test_the_cliff_and_the_other_stocks(titles: Titles) -> None:
    before, after = (len(titles.valid(QUALITY, day)) for day in (date(2025, 12, 31), date(2026, 1, 1)))
    assert 7_000 <= before <= 7_600
    assert 250 <= before - after <= 700
    assert len(titles.valid(QUALITY, date(2026, 6, 30))) > after
    lost = len(
        titles.valid(("innovative_sme",), date(2025, 12, 31))
        - titles.valid(("innovative_sme",), date(2026, 1, 1))
    )
    assert lost > 1_200
    assert 7_000 <= len(titles.valid(("high_tech",), date(2025, 12, 31))) <= 8_000
    assert 10_000 <= len(titles.valid(("tech_sme",), date(2025, 12, 31))) <= 10_400


def test_nesting_holds_but_for_a_few(titles: Titles) -> None:
    day = date(2025, 12, 31)
    innovative, srdi, giants = (
        titles.valid((tier,), day) for tier in ("innovative_sme", "srdi", "little_giant")
    )
    assert 0 < len(srdi - innovative) < len(srdi) * 0.08
    assert 0 < len(giants - srdi) < len(giants) * 0.2


def test_memberships(city: list[SampleFiling]) -> None:
    spans: dict[tuple[Any, Any], Any] = {}
    for _, row in full_rows(city, "above-scale"):
        key = (row["uscc"], row["entered_on"])
        spans[key] = row.get("left_on") or spans.get(key)
    whole = next(f for f in city if f.complete_on)
    named = {row["uscc"] for row in whole.rows}
    on = {
        key
        for key, left in spans.items()
        if key[1] <= whole.complete_on and (left is None or left > whole.complete_on)
    }
    missing = {key for key in on if key[0] not in named}
    assert 0 < len(missing) <= len(on) // 20
    spans |= dict.fromkeys(missing, whole.complete_on)
    start, half, end = date(2021, 1, 1), date(2021, 6, 30), date(2025, 12, 31)
    assert sum(start <= entered <= half for _, entered in spans) == 89
    assert sum(left is not None and start <= left <= half for left in spans.values()) == 10
    assert (
        2_700 <= sum(key[1] <= end and (left is None or left > end) for key, left in spans.items()) <= 2_950
    )


def test_listings(city: list[SampleFiling]) -> None:
    abroad = {"hkex", "us", "overseas"}
    quoted = {"neeq_base", "neeq_innovation", "regional"}
    last: dict[tuple[Any, Any], tuple[date, str]] = {}
    march: Counter[str] = Counter()
    for _, row in full_rows(city, "listings"):
        if row["stage"] in ("listed", "delisted"):
            key = (row["uscc"], row["board"])
            last[key] = max(last.get(key, (date.min, "")), (row["stage_on"], row["stage"]))
        if row["board"] in quoted and row["stage_on"] <= date(2022, 3, 16):
            march[row["board"]] += {"quoted": 1, "unquoted": -1}[row["stage"]]
    stands = [key for key, (on, stage) in last.items() if stage == "listed" and on <= date(2025, 11, 30)]
    domestic = {code for code, board in stands if board not in abroad}
    assert len(domestic) == 47
    assert len({code for code, board in stands if board in abroad} - domestic) == 3
    assert march["neeq_base"] == 92
    assert march["neeq_innovation"] == 19
    codes = {
        row["uscc"]: str(row.get("industry", ""))
        for _, row in full_rows(city, "enterprises")
        if "founded_on" in row
    }
    core = {row["industry"] for row in table("codes/digital_core").rows if row["part"] == "no"}
    counted = {code for code, _ in stands if "13" <= codes[code][:2] <= "43" or codes[code] in core}
    assert 40 <= len(counted) <= 50


def test_figures(city: list[SampleFiling]) -> None:
    revenue: dict[tuple[Any, str], int] = {}
    for filing, row in full_rows(city, "figures"):
        if filing.label == "figures-2026-scores":
            assert row.keys() == {"uscc", "year", "platform_score"}
        elif "corrected" not in filing.label:
            assert row["rd_staff" if "rd_staff" in row else "employees"] <= row["employees"]
            assert row["main_revenue"] <= row["revenue"]
            assert row["revenue"] > 0
            revenue[row["uscc"], row["year"]] = row["revenue"]
    of_2024 = [value for (_, year), value in revenue.items() if year == "2024"]
    assert 140 <= sum(value >= 10**9 for value in of_2024) <= 160
    assert 15 <= sum(value >= 10**10 for value in of_2024) <= 20
    assert sum(value >= 10**11 for value in of_2024) <= 1
    assert 0.55 <= len({code for code, _ in revenue}) / 20_000 <= 0.7
    total = {
        year: sum(
            row["revenue"]
            for f, row in full_rows(city, "figures")
            if f.label == f"figures-{year}-above-scale"
        )
        for year in (2018, 2024, 2025)
    }
    assert 0.9e12 < total[2024] < 1.2e12
    assert total[2018] < total[2024] < total[2025]
    assert any("corrected" in f.label for f in city if f.kind == "figures")


def test_honours_reach_the_orders_of_the_plan(city: list[SampleFiling]) -> None:
    counts = Counter(row["honour"] for _, row in full_rows(city, "honours") if row["level"] != "city")
    assert counts["platform"] > 950
    assert counts["first_software"] > 780
    assert counts["smart_pilot"] > 330
    assert counts["software_centre"] > 95
    assert counts["brand"] >= 50
    assert counts["id_node"] >= 15
    assert counts["morning_star_factory"] + counts["factory_5g"] > 120


def test_withdrawal_and_correction(city: list[SampleFiling]) -> None:
    back = next(f for f in city if f.withdraws)
    wrong = next(f for f in city if f.label == back.withdraws)
    assert not back.rows
    assert timedelta(0) < back.at - wrong.at < timedelta(days=14)
    misprint = next(f for f in city if f.label == "titles-srdi-2023-s")
    mended = next(f for f in city if f.label == "titles-srdi-2023-s-corrected")
    assert len(misprint.rows) == 30
    assert [row["uscc"] for row in misprint.rows] == [row["uscc"] for row in mended.rows]
    assert misprint.sets["valid_to"] < mended.sets["valid_to"]
    assert mended.at - misprint.at > timedelta(days=90)


@pytest.mark.parametrize("size", [200, 300])
def test_a_small_city_has_every_phenomenon(size: int) -> None:
    filings = list(sample_city(size))
    assert {f.kind for f in filings} == set(KINDS) - CHAINS
    labels = " ".join(f.label for f in filings)
    for part in (
        "renamed",
        "moved",
        "ended",
        "absorbed",
        "supplement",
        "hurun",
        "revoked",
        "wrong-withdrawn",
        "corrected",
        "late",
    ):
        assert part in labels, part
    made = full_rows(filings, "enterprises")
    assert any("predecessor_uscc" in row for _, row in made)
    assert any("successor_uscc" in row for _, row in made)
    assert any(str(row["uscc"]).startswith("92") for _, row in made)
    assert {row.get("city") for f, row in made if "moved" in f.label} >= {"370100"}
    assert any(row.get("city", "370100") != "370100" for _, row in made)
    rows = full_rows(filings, "titles")
    assert {row["tier"] for _, row in rows} == {row["id"] for row in table("codes/tiers").rows}
    assert {row["basis"] for _, row in rows if "basis" in row} >= {"new", "review"}
    assert any("uscc" not in row for _, row in rows)
    stages = {row["stage"] for _, row in full_rows(filings, "applications")}
    assert stages >= {"filed", "city_recommended", "publicised", "recognised", "rejected"}
    final = {
        (r["uscc"], r["round"])
        for _, r in full_rows(filings, "applications")
        if r["stage"] in ("recognised", "rejected")
    }
    filed = {
        (r["uscc"], r["round"])
        for _, r in full_rows(filings, "applications")
        if r["stage"] == "filed" and r["purpose"] == "review"
    }
    assert filed - final
    assert {"listed", "delisted", "quoted", "reserve", "withdrawn"} <= {
        row["stage"] for _, row in full_rows(filings, "listings")
    }
    assert any("left_on" in row for _, row in full_rows(filings, "above-scale"))
    assert any("left_on" in row for _, row in full_rows(filings, "doubling"))
    assert any(f.complete_on for f in filings)


def test_departments_file_figures_that_the_register_does_not_count_and_some_are_late(
    city: list[SampleFiling],
) -> None:
    filed = [row for filing in city if filing.kind == "indicators" for row in filing.rows]
    counted = {target.id for target in plan(plans()[0]) if not target.is_filed}
    assert len(filed) > 40
    assert not counted & {row["indicator"] for row in filed}
    assert "2025" in {row["period"] for row in filed if row["indicator"] == "software-revenue"}
    assert "2025" not in {row["period"] for row in filed if row["indicator"] == "electronics-revenue"}
    assert all("样例" in filing.file for filing in city if filing.kind in ABOUT_THE_PLAN)
