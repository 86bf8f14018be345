"""Published figures of a real city and province, as checks of the software: what the press and the ministries printed must
come out of lists of made-up firms of the same sizes.

Each test names its figures by source; *inferred* is computed from published figures; *assumed* is neither published nor
inferred, and only fills a gap so that the published number can be asked for. No figure is attached to a real firm: codes lie
in the unassigned area 370199, names are invented, and figures of the province are played by firms of the home city, since
it is what counts. Sources, marked as in the dossier of public figures:

F2   china.com.cn, 2021-08-16          F3   China Daily (copy), 2021-08-26    F6   sd.china.com, 2022-11-08
F7   山东商报, 2023-05-13              F8   the city's report of government work, 2024-01-17
F9   m.163.com, 2024-07-18             F10  新黄河, early 2025                F24b press copy on the SRDI list of 2024
F30  iwl360.com, 2022-12-30            F33  chinaznjg.com, 2024-09-11
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

import pytest

from tests.contract.counting import Register, codes, firm

ZONE = "370171"  # 济南高新区
#: The SRDI list of Shandong of May 2023, new and reviewed, by city (F7).
LIST_OF_2023 = {
    "济南市": 767, "潍坊市": 521, "烟台市": 465, "济宁市": 303, "临沂市": 300, "聊城市": 298, "淄博市": 242, "德州市": 226,
    "威海市": 223, "滨州市": 221, "泰安市": 215, "日照市": 212, "东营市": 195, "枣庄市": 177, "菏泽市": 163,
}  # fmt: skip
#: Titles that Jinan gained in 2024 (F10).
GAINED_IN_2024 = {"innovative_sme": 1189, "srdi": 720, "little_giant": 31, "gazelle": 373, "unicorn": 1}


def titles(register: Register, numbers: Iterable[int], tier: str, **terms: str) -> None:
    """One announced list of firms, which all rows must come through."""
    register.file("titles", [{"uscc": firm(n), "tier": tier} for n in numbers], **terms)


def percent(part: int, whole: int) -> str:
    """A share as the press prints it: ``40.7``."""
    return str(Decimal(100 * part / whole).quantize(Decimal("0.1"), ROUND_HALF_UP))


def steps(bridge: Any) -> dict[str, int]:
    """The deltas of a bridge by reason; they must lead from its first number to its last, each backed by its firms."""
    found = {step["reason"]: step["delta"] for step in bridge["steps"]}
    assert bridge["from"]["value"] + sum(found.values()) == bridge["to"]["value"]
    assert {step["reason"]: len(set(step["firms"])) for step in bridge["steps"]} == {
        reason: abs(delta) for reason, delta in found.items()
    }
    return found


def holders(row: Any) -> tuple[int, int, int]:
    """Firms that hold innovative, SRDI and little-giant titles, where each tier lies within the one beneath."""
    best = row["quality"]["firms_by_highest_tier"]
    giants = best["little_giant"]
    return giants + best["srdi"] + best["innovative_sme"], giants + best["srdi"], giants


def test_the_fifteen_cities_of_the_list_of_2023_add_up_and_qingdao_is_not_among_them(
    register: Register,
) -> None:
    """F7: 4,528 = 4,086 new + 442 reviewed, Jinan 767 = 16.9 % (inferred). Qingdao, planned separately, is not on it."""
    assert sum(LIST_OF_2023.values()) == 4_086 + 442
    rows, number = [], 0
    for city, firms in LIST_OF_2023.items():
        for _each in range(firms):
            number += 1
            rows.append({"uscc": firm(number), "name": f"{city[:2]}虚拟{number}号有限公司", "city": city})
    register.file("enterprises", rows, at="2023-01-04")
    titles(register, range(1, 4_529), "srdi", issued_on="2023-05-12", valid_to="2026-12-31")
    counted = register.count("2023-12-31", "--by", "area")
    at_home = register.tier("2023-12-31", "srdi")["firms_valid"]
    assert (at_home, counted["outside"]) == (767, 4_528 - 767)
    assert percent(at_home, at_home + counted["outside"]) == "16.9"
    # Nobody of another city comes into any row of the breakdown.
    assert sum(row["targets"]["quality-firms"]["value"] for row in counted["by"]) == 767
    path = register.folder / "firms.csv"
    assert register.run("export", "enterprises", "--out", str(path)).code == 0
    with path.open(encoding="utf-8-sig", newline="") as source:
        cities = Counter(row["所在市"] for row in csv.DictReader(source))
    assert dict(cities) == LIST_OF_2023
    assert "青岛市" not in cities


def test_the_zone_has_its_published_shares_of_three_tiers(register: Register) -> None:
    """F9, 2024-07-18: the high-tech zone holds 1,174 innovative SMEs = 40.7 % of the city, 755 SRDI = 38.3 %, 49 little
    giants = 36.3 %; the city's 2,885, 1,971 and 135 are inferred from these. Assumed: each tier lies within the one beneath."""
    zone, rest = range(1, 1_175), range(1_175, 2_886)
    register.firms(*zone, area="高新区")
    register.firms(*rest)
    for tier, within, beyond in (
        ("innovative_sme", 1_174, 1_711),
        ("srdi", 755, 1_216),
        ("little_giant", 49, 86),
    ):
        titles(register, (*zone[:within], *rest[:beyond]), tier, issued_on="2023-05-12")
    answer = register.count("2024-07-18", "--by", "area")
    city = holders(answer)
    (here,) = [holders(row) for row in answer["by"] if row["key"] == ZONE]
    assert (here, city) == ((1_174, 755, 49), (2_885, 1_971, 135))
    assert [percent(part, whole) for part, whole in zip(here, city, strict=True)] == ["40.7", "38.3", "36.3"]
    by_tier = [line["firms_valid"] for line in answer["tiers"]]
    assert by_tier == list(city)
    assert [sum(part) for part in zip(*map(holders, answer["by"]), strict=True)] == list(city)


def test_the_stock_of_2024_grows_by_the_new_and_not_by_the_reviewed(register: Register) -> None:
    """F24b: in the SRDI list of 2024 the zone has 240 new = 33.2 % of the city, 138 reviewed = 38.1 %, and after it
    995 SRDI = 755 + 240; 723 new, 362 reviewed and the stock of 1,971 before it (F9) are inferred. Assumed: the list's days."""
    zone, rest = range(1, 755 + 240 + 1), range(996, 1_971 + 723 + 1)
    register.firms(*zone, area="高新区")
    register.firms(*rest)
    reviewed = (*zone[:138], *rest[: 362 - 138])
    others = (*zone[138:755], *rest[362 - 138 : 1_971 - 755])
    new = (*zone[755:], *rest[1_971 - 755 :])
    assert (len(reviewed), len(reviewed) + len(others), len(new)) == (362, 1_971, 723)
    titles(register, reviewed, "srdi", issued_on="2021-07-01", valid_to="2024-06-30")
    titles(register, others, "srdi", issued_on="2023-05-12", valid_to="2026-12-31")
    listed = {"issued_on": "2024-07-01", "valid_to": "2027-06-30"}
    titles(register, new, "srdi", **listed)
    titles(register, reviewed, "srdi", basis="review", **listed)

    bridge = register.ask("bridge", "2024-06-30", "2024-12-31")
    assert (bridge["from"]["value"], bridge["to"]["value"]) == (1_971, 1_971 + 723)
    assert steps(bridge) == {"new": 723}
    assert bridge["steps"][0]["firms"] == codes(*new)
    assert bridge["held"]["renewed"] == codes(*reviewed)
    (of_zone,) = [row for row in bridge["by"] if row["key"] == ZONE]
    assert (of_zone["from"], of_zone["to"]) == (755, 995)
    (came,) = of_zone["steps"]
    kept = set(codes(*zone)) & set(bridge["held"]["renewed"])
    assert (percent(came["delta"], 723), percent(len(kept), 362)) == ("33.2", "38.1")
    assert register.tier("2024-12-31", "srdi")["new_this_year"] == 723
    assert register.tier("2024-12-31", "srdi")["titles_cumulative"] == 1_971 + 723


def test_little_giants_run_up_while_reviews_do_not_subtract(register: Register) -> None:
    """35 (F2: +28 that year) → 85 (F6) → 135 (inferred from F9) → 166 (inferred: +31, F10); the steps of 50 are F8 and inferred.
    Assumed: 30 of the first 35 pass their review in 2024, five do not."""
    register.firms(*range(1, 167))
    for numbers, day in (
        (range(1, 8), "2020-12-01"), (range(8, 36), "2021-07-21"), (range(36, 86), "2022-08-01"), (range(86, 136), "2023-07-01"),
        (range(136, 167), "2024-09-02"),
    ):  # fmt: skip
        titles(register, numbers, "little_giant", issued_on=day)
    titles(register, range(1, 31), "little_giant", basis="review", issued_on="2024-09-02")
    days = ("2021-08-31", "2022-11-30", "2024-07-18", "2024-12-31")
    counted = [register.tier(day, "little_giant") for day in days]
    assert [each["titles_cumulative"] for each in counted] == [35, 85, 135, 166]
    valid = [each["titles_valid"] for each in counted]
    assert all(now <= ever for now, ever in zip(valid, (35, 85, 135, 166), strict=True)), valid
    assert valid[-1] == 166 - 5
    assert counted[-1]["new_this_year"] == 31
    # month by month the valid ones stay beneath the running sum
    course = register.ask("series", "--from", "2021-08-31", "--to", "2024-12-31")
    (giants,) = [line["firms_valid"] for line in course["tiers"] if line["tier"] == "little_giant"]
    assert giants[-1] == valid[-1]
    assert giants[course["days"].index("2022-11-30")] == valid[1]
    assert max(giants[: course["days"].index("2024-08-31") + 1]) <= 135


@pytest.mark.parametrize("outside", [0, 173, 373])
def test_titles_gained_in_2024_are_many_more_than_the_firms_that_gained_them(
    register: Register, outside: int
) -> None:
    """F10: 31 + 1 + 720 + 373 + 1,189 = 2,314 titles. Little giants lie within SRDI, these within innovative SMEs (clauses of the
    tiers), so the firms are at most 1,189 and the gazelles beyond them. How many gazelles lie beyond is not published: none,
    173 and all are assumed in turn, and that the unicorn holds an innovative title."""
    most = 1_189 + outside
    register.firms(*range(1, most + 1))
    for tier, gained in GAINED_IN_2024.items():
        first = most - 373 + 1 if tier == "gazelle" else 1
        titles(register, range(first, first + gained), tier, level=_level(tier), issued_on="2024-10-08")
    answer = register.count("2024-12-31")
    assert {line["tier"]: line["new_this_year"] for line in answer["tiers"]} == GAINED_IN_2024
    assert answer["quality"]["titles_valid"] == answer["quality"]["titles_cumulative"] == 2_314
    assert answer["quality"]["firms_valid"] == most < 2_314
    bridge = register.ask("bridge", "2023-12-31", "2024-12-31")
    assert steps(bridge) == {"new": most}


def _level(tier: str) -> str:
    return {"gazelle": "provincial", "unicorn": "provincial", "little_giant": "national"}.get(
        tier, "provincial"
    )


def test_gazelles_that_lapsed_are_the_cumulative_less_the_valid(register: Register) -> None:
    """F33, September 2024: 2,423 gazelles of the province in all, 2,232 of them valid; 191 lapsed (inferred). Assumed: terms."""
    register.firms(*range(1, 2_424))
    titles(register, range(1, 192), "gazelle", level="provincial", issued_on="2021-07-01", valid_to="2024-06-30")  # fmt: skip
    titles(register, range(192, 2_424), "gazelle", level="provincial", issued_on="2022-10-01", valid_to="2025-09-30")  # fmt: skip
    counted = register.tier("2024-09-11", "gazelle")
    assert (counted["titles_cumulative"], counted["titles_valid"]) == (2_423, 2_232)
    bridge = register.ask("bridge", "2024-06-30", "2024-09-11")
    assert steps(bridge) == {"expired": -191}
    assert bridge["steps"][0]["firms"] == codes(*range(1, 192))


def test_two_new_years_end_the_lists_of_2022_and_2023(register: Register) -> None:
    """F30: the 6,637 innovative SMEs of Shandong's first list are valid to 2025-12-31; F7: the 4,528 SRDI of 2023 to 2026-12-31.
    Assumed: nobody is on both lists and nobody was reviewed, so that each fall is seen whole."""
    innovative, srdi = range(1, 6_638), range(6_638, 6_638 + 4_528)
    register.firms(*innovative, *srdi)
    titles(register, innovative, "innovative_sme", issued_on="2022-12-30", valid_to="2025-12-31")
    titles(register, srdi, "srdi", issued_on="2023-05-12", valid_to="2026-12-31")
    both = len(innovative) + len(srdi)
    days = ("2025-12-31", "2026-01-01", "2026-12-31", "2027-01-01")
    quality = [register.count(day)["quality"] for day in days]
    assert [each["firms_valid"] for each in quality] == [both, 4_528, 4_528, 0]
    assert {each["titles_cumulative"] for each in quality} == {both}
    for (before, after), listed in zip((days[:2], days[2:]), (innovative, srdi), strict=True):
        bridge = register.ask("bridge", before, after)
        assert steps(bridge) == {"expired": -len(listed)}
        assert bridge["steps"][0]["firms"] == codes(*listed)
        assert bridge["held"] == {"renewed": [], "promoted": [], "demoted": []}
    assert steps(register.ask("bridge", days[1], days[2])) == {}

    ends = register.ask("ladder", "--from", "2025-01-01", "--to", "2025-07-01")["expiring"]
    assert {row["tier"]: row["titles"] for row in ends["tiers"]} == {
        "innovative_sme": {"2025-12": 6_637}, "srdi": {"2026-12": 4_528}, "quality": {"2025-12": 6_637, "2026-12": 4_528},
    }  # fmt: skip
    assert [(cliff["tier"], cliff["day"], cliff["titles"]) for cliff in ends["cliffs"]] == [
        ("innovative_sme", "2025-12-31", 6_637),
        ("srdi", "2026-12-31", 4_528),
    ]
    course = register.ask("series", "--target", "quality-firms", "--from", "2025-11-30", "--to", "2027-01-31")
    falls = [
        (day, now - was)
        for (was, now), day in zip(
            pairwise(course["targets"]["quality-firms"]), course["days"][1:], strict=True
        )
        if now != was
    ]
    assert falls == [("2026-01-31", -6_637), ("2027-01-31", -4_528)]


def test_a_net_gain_of_79_is_89_that_came_and_10_that_left(register: Register) -> None:
    """F3, first half of 2021: 89 above-scale industrial firms came, 79 net; 10 left (inferred). Assumed: 300 were there
    before, as the city's number is not published."""
    register.firms(*range(1, 390))
    register.file("above-scale", [{"uscc": firm(n)} for n in range(11, 301)], entered_on="2020-01-01")
    register.file(
        "above-scale",
        [{"uscc": firm(n)} for n in range(1, 11)],
        entered_on="2020-01-01",
        left_on="2021-04-01",
    )
    register.file("above-scale", [{"uscc": firm(n)} for n in range(301, 390)], entered_on="2021-03-01")
    before, after = "2020-12-31", "2021-06-30"
    stock = [register.target(day, "above-scale")["value"] for day in (before, after)]
    assert stock == [300, 379]
    bridge = register.ask("bridge", before, after, "--target", "above-scale")
    assert steps(bridge) == {"new": 89, "expired": -10}
    firms = {step["reason"]: step["firms"] for step in bridge["steps"]}
    assert firms == {"new": codes(*range(301, 390)), "expired": codes(*range(1, 11))}
