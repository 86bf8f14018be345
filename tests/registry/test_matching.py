"""Rows of announced lists led to the firms that they mean, and what leaves the choice to a person."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from sqlalchemy import event

from registry.house import House
from registry.judgements import Judged, Verdict, known, record
from registry.matching import Given, Match, match, telling
from registry.merging import merge, split
from registry.naming.normal import normal_form
from registry.withdrawal import withdraw
from tests.registry.house import code, file_rows

DAY = "2026-03-01"


def firms(house: House, *rows: tuple[int, str, str], **more: str) -> None:
    """Firms by number, name and district, filed as a list."""
    listed = [{"uscc": code(n), "name": name, "district": place, **more} for n, name, place in rows]
    assert file_rows(house, "enterprises", listed).fates["accepted"] == len(rows)


def matched(house: House, *given: Given, day: str = DAY, unit: str | None = None) -> list[Match]:
    with house.store.read() as connection:
        return match(house, connection, given, day, unit)


def judge(house: House, name: str, uscc: str, verdict: Verdict, place: str = "") -> None:
    with house.store.write("wang") as unit:
        record(unit, [Judged(name, place, uscc, verdict)])


def features(found: Match) -> Sequence[str]:
    return [reason.feature for candidate in found.candidates for reason in candidate.reasons]


def test_a_name_typed_in_other_forms_is_certain(house: House) -> None:
    firms(house, (1, "济南华宇（集团）机械有限公司", "历下区"))
    [found] = matched(house, Given(3, " 济南华宇(集团)机械 有限公司"))
    assert (found.row, found.decision, found.uscc) == (3, "certain", code(1))
    assert found.candidates[0].by == "name"


def test_a_former_name_is_certain_and_says_so(house: House) -> None:
    firms(house, (1, "济南华宇机械有限公司", "历下区"), former_names="济南旧宇机械厂")
    [found] = matched(house, Given(1, "济南旧宇机械厂"))
    assert (found.decision, found.uscc, found.candidates[0].by) == ("certain", code(1), "former")


def test_one_name_with_two_firms_on_the_register_is_chosen_by_a_person(house: House) -> None:
    firms(house, (1, "济南华宇机械有限公司", "历下区"), (2, "济南华宇机械有限公司", "天桥区"))
    [open_, placed] = matched(
        house, Given(1, "济南华宇机械有限公司"), Given(2, "济南华宇机械有限公司", district="天桥区")
    )
    assert (open_.decision, len(open_.candidates)) == ("choose", 2)
    assert (placed.decision, placed.uscc) == ("certain", code(2))


def test_a_district_that_contradicts_leaves_the_choice(house: House) -> None:
    firms(house, (1, "济南华宇机械有限公司", "历下区"))
    [found] = matched(house, Given(1, "济南华宇机械有限公司", district="天桥区"))
    assert (found.decision, found.uscc) == ("choose", None)
    assert "district" in features(found)


def test_a_known_code_is_certain_and_another_firm_s_name_beside_it_is_not(house: House) -> None:
    firms(house, (1, "济南华宇机械有限公司", "历下区"), (2, "济南盛达纺织有限公司", "历下区"))
    [good, mixed] = matched(
        house, Given(1, "济南华宇机械有限公司", code(1)), Given(2, "济南盛达纺织有限公司", code(1))
    )
    assert (good.decision, good.uscc) == ("certain", code(1))
    assert (mixed.decision, mixed.uscc) == ("choose", None)
    assert {c.uscc for c in mixed.candidates} == {code(1), code(2)}


def test_a_code_that_is_not_the_bearer_s_leaves_the_choice(house: House) -> None:
    firms(house, (1, "济南华宇机械有限公司", "历下区"))
    [found] = matched(house, Given(1, "济南华宇机械有限公司", code(9)))
    assert (found.decision, found.uscc) == ("choose", None)
    assert "code" in features(found)


def test_two_rows_under_different_names_that_mean_one_firm_are_both_left_to_a_person(house: House) -> None:
    firms(house, (1, "济南华宇机械有限公司", "历下区"), former_names="济南旧宇机械厂")
    found = matched(house, Given(1, "济南华宇机械有限公司"), Given(2, "济南旧宇机械厂"))
    assert [m.decision for m in found] == ["choose", "choose"]
    assert all("same_list" in features(m) for m in found)


def test_a_row_repeated_word_for_word_stays_certain(house: House) -> None:
    firms(house, (1, "济南华宇机械有限公司", "历下区"))
    found = matched(house, Given(1, "济南华宇机械有限公司"), Given(2, "济南华宇机械有限公司"))
    assert [m.decision for m in found] == ["certain", "certain"]


def test_a_name_that_is_on_no_register_is_none(house: House) -> None:
    firms(house, (1, "济南华宇机械有限公司", "历下区"))
    [found] = matched(house, Given(1, "青岛远洋冷链物流中心"))
    assert (found.decision, found.candidates) == ("none", ())


def test_judged_the_same_is_certain_the_next_time_and_says_by_whom(house: House) -> None:
    firms(house, (1, "济南华宇机械有限公司", "历下区"))
    judge(house, "华宇厂", code(1), "same")
    [found] = matched(house, Given(1, "华宇厂"))
    assert (found.decision, found.uscc) == ("certain", code(1))
    assert "wang" in found.candidates[0].reasons[0].en
    assert "2026-03-01" in found.candidates[0].reasons[0].zh


def test_the_newest_judgement_of_a_pair_speaks(house: House) -> None:
    firms(house, (1, "济南华宇机械有限公司", "历下区"), (2, "济南华玉机械有限公司", "历下区"))
    judge(house, "华宇厂", code(1), "same")
    judge(house, "华宇厂", code(1), "different")
    assert matched(house, Given(1, "华宇厂"))[0].uscc is None
    judge(house, "华宇厂", code(1), "same")
    judge(house, "华宇厂", code(2), "same")
    assert matched(house, Given(1, "华宇厂"))[0].uscc == code(2)


def test_judgements_are_kept_when_a_later_one_ends_them(house: House) -> None:
    firms(house, (1, "济南华宇机械有限公司", "历下区"))
    for verdict in ("same", "unsure", "different"):
        judge(house, "华宇厂", code(1), verdict)
    with house.store.read() as connection:
        rows = connection.exec_driver_sql("select verdict, ended_at from judgement order by id").all()
        [speaks] = known(connection, [normal_form("华宇厂")])[normal_form("华宇厂")]
    assert [(row[0], row[1] is None) for row in rows] == [
        ("same", False),
        ("unsure", False),
        ("different", True),
    ]
    assert (speaks.verdict, speaks.stands) == ("different", True)


def test_a_district_officer_gets_firms_of_other_units_by_name_and_unit_only(house: House) -> None:
    firms(house, (1, "济南华宇机械有限公司", "历下区"), founded_on="2001-01-01")
    [own] = matched(house, Given(1, "济南华宇机械有限公司"), unit="370102")
    [other] = matched(house, Given(1, "济南华宇机械有限公司"), unit="370105")
    assert (own.decision, own.candidates[0].founded_on) == ("certain", "2001-01-01")
    assert (other.decision, other.uscc) == ("choose", None)
    [candidate] = other.candidates
    assert (candidate.own, candidate.name, candidate.founded_on) == (False, "济南华宇机械有限公司", None)


def test_a_name_typed_by_its_sound_is_offered_with_the_reason(house: House) -> None:
    firms(house, (1, "济南博远凯机械有限公司", "历下区"), (2, "济南盛达纺织有限公司", "历下区"))
    [found] = matched(house, Given(1, "济南搏远凯机械厂"))
    assert (found.decision, found.candidates[0].uscc, found.candidates[0].by) == ("choose", code(1), "near")
    assert "sound" in features(found)
    reason = next(r for r in found.candidates[0].reasons if r.feature == "sound")
    assert reason.in_language("zh") == "相异的字：搏/博"
    assert "搏/博" in reason.in_language("en")


def test_a_near_name_with_the_list_s_district_is_taken(house: House) -> None:
    firms(house, (1, "济南市凯盛隆机械制造有限公司", "历下区"), (2, "济南盛达纺织有限公司", "历下区"))
    [here, elsewhere] = matched(
        house,
        Given(1, "济南凯盛隆机械制造有限公司", district="历下区"),
        Given(2, "济南凯盛隆机械制造厂", district="天桥区"),
    )
    assert (here.decision, here.uscc, here.candidates[0].by) == ("certain", code(1), "near")
    assert (elsewhere.decision, elsewhere.uscc) == ("choose", None)


def test_a_pair_judged_different_never_comes_back(house: House) -> None:
    firms(house, (1, "济南博远凯机械有限公司", "历下区"))
    assert matched(house, Given(1, "济南搏远凯机械厂"))[0].decision == "choose"
    judge(house, "济南搏远凯机械厂", code(1), "different")
    for given in (
        Given(1, "济南搏远凯机械厂"),
        Given(2, "济南搏远凯机械厂", district="历下区"),
        Given(3, "济南搏远凯机械厂 "),
    ):
        assert matched(house, given)[0].candidates == ()


def test_a_new_name_of_the_firm_brings_a_rejected_pair_back(house: House) -> None:
    firms(house, (1, "济南博远凯机械有限公司", "历下区"))
    judge(house, "济南搏远凯机械厂", code(1), "different")
    renamed = [{"uscc": code(1), "name": "济南博远凯机械集团有限公司", "effective_on": "2026-02-01"}]
    file_rows(house, "enterprises", renamed, "new.csv")
    assert [c.uscc for c in matched(house, Given(1, "济南搏远凯机械厂"))[0].candidates] == [code(1)]


def test_a_rejected_bearer_of_the_very_name_is_not_taken(house: House) -> None:
    firms(house, (1, "济南华宇机械有限公司", "历下区"))
    judge(house, "济南华宇机械有限公司", code(1), "different")
    assert matched(house, Given(1, "济南华宇机械有限公司"))[0].decision == "none"


def test_an_unsure_judgement_leaves_the_choice_and_says_who_was_unsure(house: House) -> None:
    firms(house, (1, "济南市凯盛隆机械制造有限公司", "历下区"))
    judge(house, "济南凯盛隆机械制造有限公司", code(1), "unsure")
    [found] = matched(house, Given(1, "济南凯盛隆机械制造有限公司"))
    assert (found.decision, found.uscc) == ("choose", None)
    assert "judged" in features(found)


def test_names_that_come_and_go_are_matched_at_once(house: House) -> None:
    firms(house, (1, "济南博远凯机械有限公司", "历下区"))
    assert matched(house, Given(1, "青岛瑞丰达食品厂"))[0].decision == "none"
    outcome = file_rows(
        house, "enterprises", [{"uscc": code(2), "name": "青岛瑞丰达食品有限公司"}], "more.csv"
    )
    assert [c.uscc for c in matched(house, Given(1, "青岛瑞丰达食品厂"))[0].candidates] == [code(2)]
    assert outcome.filing is not None
    withdraw(house, outcome.filing, "test", yes=True)
    assert matched(house, Given(1, "青岛瑞丰达食品厂"))[0].decision == "none"


def test_a_code_with_a_wholly_different_name_leaves_the_choice(house: House) -> None:
    firms(house, (1, "济南博远凯机械有限公司", "历下区"))
    [near, other] = matched(
        house,
        Given(1, "济南搏远凯机械有限公司", code(1)),
        Given(2, "青岛瑞丰达食品厂", code(1), district="天桥区"),
    )
    assert (near.decision, near.uscc) == ("certain", code(1))
    assert (other.decision, other.uscc) == ("choose", None)
    assert "code_name" in features(other)


def test_matching_asks_as_often_for_a_hundred_rows_as_for_one(house: House) -> None:
    firms(
        house,
        *(
            (n, f"济南{a}{b}机械有限公司", "历下区")
            for n, (a, b) in enumerate(product("华博金瑞", "远宇达丰"))
        ),
    )
    counts = []
    for rows in ([Given(1, "济南华远机械厂")], [Given(n, f"济南华远机械{n}厂") for n in range(100)]):
        seen: list[str] = []
        with house.store.read() as connection:
            match(house, connection, rows, DAY)
            event.listen(house.store.engine, "before_cursor_execute", lambda *a, seen=seen: seen.append(a[2]))
            match(house, connection, rows, DAY)
        counts.append(len(seen))
    assert counts[1] <= 2 * counts[0]


def test_a_reader_is_told_what_differs_and_not_what_a_machine_counts(house: House) -> None:
    firms(house, (1, "济南博远凯机械有限公司", "历下区"))
    [found] = matched(house, Given(1, "济南搏远凯机械厂", district="历下区"))
    reasons = found.candidates[0].reasons
    told = [reason.feature for reason in telling(reasons)]
    assert {"trade_name", "sound", "legal_form", "district"} <= set(told)
    assert not {"shape", "differences", "distance", "region"} & set(told)
    assert len(told) < len(reasons)


def test_a_code_and_names_that_lead_to_another_firm_are_matched_with_that_one(house: House) -> None:
    firms(house, (2, "济南磐笛精细化工有限公司", "历城区"), (3, "山东云岫新材料有限公司", "历城区"))
    judge(house, "磐笛化工老厂", code(2), "same")
    merge(house, code(2), code(3), "wang", yes=True)
    for given in (
        Given(1, "济南磐笛精细化工有限公司", code(2)),
        Given(1, "", code(2)),
        Given(1, "山东云岫新材有限公司", code(2)),
        Given(1, "山东云岫新材有限公司", code(3)),
        Given(1, "磐笛化工老厂"),
    ):
        [found] = matched(house, given)
        assert (found.decision, found.uscc) == ("certain", code(3)), given
    [typed] = matched(house, Given(1, code(2)[:17]))
    assert not typed.candidates, "a code is no name that others may come near"
    split(house, code(2), "wang")
    assert [found.uscc for found in matched(house, Given(1, "磐笛化工老厂"), Given(2, "", code(3)))] == [
        code(2),
        code(3),
    ]
