"""What a reading of the rules against the law found wrong once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from tests.tiers.rules.drawn import drawn
from tiers.assessing import simulate_on
from tiers.facts import _sizes
from tiers.rules.evaluation import Evaluation
from tiers.rules.explain import Asked
from tiers.rules.library import Library, library
from tiers.rules.spots import RuleError
from tiers.rules.verdicts import MET, NAMES

MAY = date(2026, 5, 1)


def test_an_edition_simulated_against_itself_changes_nothing_also_under_a_notice() -> None:
    facts = replace(drawn(3, 200), day=MAY)
    for id, purpose in (("lg-2026", "new"), ("lg-2022", "review"), ("srdi-2026", "new")):
        done = simulate_on(facts, id, {}, purpose)
        assert done.now is not None
        assert done.now.base.id == id
        assert not (done.change.gain | done.change.lose | done.change.undecided).any(), id


def test_another_edition_stands_beneath_the_notice_of_the_day() -> None:
    done = simulate_on(replace(drawn(3, 20), day=MAY), "lg-2022", {})
    assert done.now is not None
    assert (done.now.base.id, [o.id for o in done.now.overlays]) == ("lg-2026", ["lg-notice-2026"])
    assert [o.id for o in done.then.overlays] == ["lg-notice-2026"]


def test_where_no_rule_applies_who_passes_a_template_gains() -> None:
    facts = replace(drawn(3, 300), day=MAY)
    done = simulate_on(facts, "doubling-template", {})
    assert done.now is None
    passes = Evaluation(facts).judge(done.then.edition, "new")[1] == MET
    assert (done.change.gain == passes).all()


def test_odd_research_costs_do_not_pass_by_data() -> None:
    facts = replace(drawn(0, 1), day=MAY)
    composed = library().choose("little_giant", "national", "new", MAY)
    assert composed
    research = {("rd_expense", year): facts.figure("revenue", year) * 2 + 1 for year in (2024, 2025)}
    odd = Evaluation(replace(facts, figures={**facts.figures, **research}))
    criterion = next(c for c in composed.edition.criteria if c.id == "rd")
    assert NAMES[odd.verdicts(criterion, composed.edition, "new")[0]] == "manual_review"
    assert NAMES[odd.judge(composed.edition, "new")[1][0]] != "met"


def test_a_firm_that_cannot_be_large_is_an_sme_whatever_its_staff() -> None:
    industry = np.array(["C3911", "C3911", "J6620"], dtype=object)
    figures = {("revenue", 2025): np.array([55e6, 500e6, 55e6])}
    sme, outside = _sizes(industry, figures, 2025, 3)
    assert sme[0] == 1
    assert np.isnan(sme[1])
    assert outside.tolist() == [False, False, True]


def test_beside_the_line_is_not_printed_as_on_it() -> None:
    facts = replace(drawn(0, 1), day=MAY)
    figures = {**facts.figures}
    for year in (2024, 2025):
        figures["revenue", year] = np.array([300e6])
        figures["rd_expense", year] = np.array([8_999_999.0])
    composed = library().choose("little_giant", "national", "new", MAY)
    assert composed
    asked = Asked(Evaluation(replace(facts, figures=figures)), composed, "new")
    found = next(c for c in asked.document(0)["criteria"] if c["id"] == "rd.ratio")
    assert found["verdict"] == "unmet"
    assert found["value"] != found["threshold"]
    assert found["short_by"] not in (None, "0")


def test_rules_of_a_place_speak_of_its_own_firms_only() -> None:
    day = date(2026, 3, 31)

    def asked(city: str | None) -> list[str]:
        composed = library().choose("srdi", "provincial", "new", day, city)
        return [] if composed is None else [composed.base.id, *(o.id for o in composed.overlays)]

    assert asked("370100") == asked(None) == ["srdi-2022", "srdi-2022-shandong"]
    assert asked("110100") == ["srdi-2022"]
    assert library().choose("gazelle", "zone", "new", day, "370200") is None
    zhejiang = replace(library().editions["srdi-2026"], id="zj", jurisdiction="330000", file="zj.yaml")
    both = Library([*library().editions.values(), zhejiang])
    chosen = {city: both.choose("srdi", "provincial", "new", MAY, city) for city in ("370100", "330100")}
    assert {city: one and one.base.id for city, one in chosen.items()} == {
        "370100": "srdi-2026",
        "330100": "zj",
    }


def test_a_tier_whose_rules_end_is_an_undeclared_gap() -> None:
    left = [e for e in library().editions.values() if e.id not in ("srdi-2026", "srdi-2026-shandong-review")]
    with pytest.raises(
        RuleError, match=r"srdi-2022\.yaml:1: in_force: nothing stands for srdi .* from 2026-04-01 on"
    ):
        Library(replace(e, supersedes=()) for e in left)
