"""What titles ask of their holders: every finding at and around its days, and the same over the whole register."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from registry import codes, words
from registry.house import House
from tests.registry.house import code, file_rows
from tests.sample_app import house_in
from tiers import findings as register
from tiers.asking import view
from tiers.duties import rule, rules
from tiers.lifecycle import ORDER, Finding, Grace, Step, findings
from tiers.members import Question
from tiers.sampling import file_sample
from tiers.terms import Term, months_on

Round = tuple[str, str, int]
FOREVER = date(9999, 12, 31)
GRACE = Grace(90, 365)


def day(text: str) -> date:
    return date.fromisoformat(text)


def term(tier: str, start: str, end: str, level: str = "provincial", **more: str) -> Term:
    dates = {name: day(text) for name, text in more.items() if name.endswith("_on")}
    ends = min([date.fromordinal(day(end).toordinal() + 1), *dates.values()])
    issued = day(more.get("issued", start))
    return Term(
        tier,
        level,
        "enterprise",
        day(start),
        day(end),
        issued,
        ends,
        revoke_reason=more.get("reason"),
        **dates,
    )


def step(
    tier: str, purpose: str, round: str, stage: str, on: str, until: str = "", level: str = "provincial"
) -> Step:
    return Step(
        f"{tier}|{purpose}|{round}",
        tier,
        level,
        purpose,
        round,
        stage,
        day(on),
        day(until) if until else FOREVER,
    )


def found(
    on: str, terms: list[Term], steps: list[Step] | None = None, recorded: set[Round] | None = None
) -> dict[str, list[Finding]]:
    by_what: dict[str, list[Finding]] = {}
    for one in findings(day(on), terms, steps or [], recorded or set(), GRACE):
        by_what.setdefault(one.what, []).append(one)
    return by_what


INNOVATIVE = term("innovative_sme", "2023-01-01", "2025-12-31")
SRDI = term("srdi", "2024-01-01", "2026-12-31")
GIANT = term("little_giant", "2023-07-01", "2026-06-30", "national")


def test_the_table_names_known_titles_and_trusted_facts() -> None:
    tiers = {row["id"]: codes.several(row["levels"]) for row in codes.load("codes/tiers").rows}
    for row in codes.load("codes/lifecycle").rows:
        assert row["matter"] in ("review", "window", "update", "change", "ban", "below", "beside")
        assert row["provenance"] in ("official", "secondary", "unverified")
        assert "〔" in row["document"]
        for entry in codes.several(row["titles"]):
            tier, _, level = entry.partition(":")
            assert tier in tiers
            assert not level or level in tiers[tier]
        if row["matter"] in ("below", "beside"):
            for entry in codes.several(row["value"]):
                assert entry.partition(":")[0] in tiers
        if row["effect"]:
            assert row["effect"] in ORDER
    assert {r.value for r in rules("review")} == {"review", "recognition", "yearly", "list"}
    assert set(words.vocabulary("tier")) == {t.partition(":")[0] for r in rules("review") for t in r.titles}


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2025-12-31", 3, "2026-03-31"),
        ("2026-06-30", -4, "2026-02-28"),
        ("2026-06-29", 1, "2026-07-29"),
        ("2026-01-30", 1, "2026-02-28"),
    ],
)
def test_months_keep_the_end_of_the_month(start: str, months: int, end: str) -> None:
    assert months_on(day(start), months) == day(end)


@pytest.mark.parametrize(("on", "left"), [("2025-12-30", 1), ("2025-12-31", 0)])
def test_a_title_expires_on_its_last_day(on: str, left: int) -> None:
    (one,) = found(on, [INNOVATIVE])["expires"]
    assert (one.last, one.days, one.titles) == (day("2025-12-31"), left, (("innovative_sme", "provincial"),))
    assert "expires" not in found("2026-01-01", [INNOVATIVE])


def test_a_title_that_already_goes_on_expires_with_its_last_term() -> None:
    following = term("innovative_sme", "2026-01-01", "2028-12-31", issued="2025-11-20")
    (one,) = found("2025-12-01", [INNOVATIVE, following])["expires"]
    assert one.last == day("2028-12-31")
    assert "review_due" not in found("2025-12-01", [INNOVATIVE, following])
    assert found("2025-11-19", [INNOVATIVE, following])["expires"][0].last == day(
        "2025-12-31"
    )  # not issued yet
    gap = term("innovative_sme", "2026-01-02", "2028-12-31", issued="2025-11-20")
    assert found("2025-12-01", [INNOVATIVE, gap])["expires"][0].last == day("2025-12-31")


@pytest.mark.parametrize(
    ("on", "state"),
    [("2026-04-24", "ahead"), ("2026-04-25", "open"), ("2026-05-25", "open"), ("2026-05-26", "closed")],
)
def test_a_known_window_of_review(on: str, state: str) -> None:
    (one,) = found(on, [GIANT])["review_due"]
    assert (one.state, one.first, one.last) == (state, day("2026-04-25"), day("2026-05-25"))
    assert (one.way, one.document, one.provenance) == ("review", "工信厅企业函〔2026〕117号", "secondary")


def test_a_window_that_nobody_knows_is_unknown_and_spoken_of_a_year_ahead() -> None:
    (one,) = found("2025-01-01", [INNOVATIVE])["review_due"]
    assert (one.state, one.first, one.last, one.document) == ("unknown", None, None, "工信部企业〔2022〕63号")
    assert "review_due" not in found("2024-12-30", [INNOVATIVE])
    local = term("gazelle", "2023-01-01", "2025-12-31", "zone")
    assert found("2025-06-01", [local])["review_due"][0].way == ""  # no rule is known


def test_ways_that_are_no_review() -> None:
    tech = term("tech_sme", "2025-07-01", "2025-12-31", "national")
    assert found("2026-06-01", [tech])["review_due"][0].state == "open"
    assert "expires" not in found("2026-06-01", [tech])
    assert "review_due" not in found("2026-09-01", [tech])
    later = term("tech_sme", "2026-07-01", "2026-12-31", "national")
    (one,) = found("2026-07-15", [tech, later])["review_due"]
    assert (one.way, one.last, one.state) == ("yearly", day("2027-03-31"), "unknown")
    high = term("high_tech", "2023-11-01", "2026-10-31", "national")
    assert found("2026-03-01", [high])["review_due"][0].way == "recognition"
    unicorn = term("unicorn", "2025-01-01", "2026-12-31")
    assert "review_due" not in found("2026-12-01", [unicorn])


def test_a_review_on_record_is_filed_until_it_is_decided() -> None:
    steps = [
        step("little_giant", "review", "2026", "filed", "2026-05-20", "2026-06-20", "national"),
        step("little_giant", "review", "2026", "rejected", "2026-06-20", level="national"),
    ]
    assert found("2026-05-19", [GIANT], steps)["review_due"][0].state == "open"
    assert found("2026-05-20", [GIANT], steps)["review_due"][0].state == "filed"
    assert found("2026-06-20", [GIANT], steps)["review_due"][0].state == "closed"


@pytest.mark.parametrize(
    ("filed", "on", "pending"),
    [
        ("2026-05-20", "2026-06-30", False),  # its last day: still in force
        ("2026-05-20", "2026-07-01", True),
        ("2026-09-28", "2026-10-01", True),  # the 90th day
        ("2026-09-29", "2026-10-01", False),
        ("2026-05-20", "2027-06-30", True),  # the 365th day
        ("2026-05-20", "2027-07-01", False),
        ("2023-06-01", "2026-07-01", False),  # the review before this term
    ],
)
def test_pending_reviews(filed: str, on: str, pending: bool) -> None:
    steps = [step("little_giant", "review", filed[:4], "filed", filed, level="national")]
    assert ("review_pending" in found(on, [GIANT], steps)) is pending


@pytest.mark.parametrize(
    ("on", "due"),
    [("2025-04-30", "2025-04-30"), ("2025-05-01", "2026-05-31"), ("2026-05-31", "2026-05-31"), ("2026-03-31", "2026-05-31")],
)  # fmt: skip
def test_the_next_update_by_edition(on: str, due: str) -> None:
    (one,) = found(on, [SRDI])["update_due"]
    assert (one.last, one.state) == (day(due), "open")
    assert one.document == ("工信部企业〔2022〕63号" if due.endswith("30") else "工信部企业〔2026〕2号")


def test_no_update_is_due_after_the_last_day() -> None:
    assert "update_due" not in found("2026-06-01", [SRDI])
    assert "update_due" not in found("2026-06-01", [term("srdi", "2024-06-01", "2027-05-30")])
    assert "update_due" in found("2026-06-01", [term("srdi", "2024-06-01", "2027-05-31")])


def test_one_update_serves_all_titles_of_the_measure() -> None:
    steps = [step("little_giant", "update", "2026", "filed", "2026-05-28", level="national")]
    (one,) = found("2026-05-29", [SRDI, GIANT], steps)["update_due"]
    assert (one.state, set(one.titles)) == ("done", {SRDI.title, GIANT.title})
    assert found("2026-05-27", [SRDI, GIANT], steps)["update_due"][0].state == "open"
    withdrawn = [
        step("srdi", "update", "2026", "filed", "2026-05-02", "2026-05-28"),
        step("srdi", "update", "2026", "withdrawn", "2026-05-28"),
    ]
    assert found("2026-05-27", [SRDI], withdrawn)["update_due"][0].state == "done"
    assert found("2026-05-28", [SRDI], withdrawn)["update_due"][0].state == "open"


def test_an_update_is_missed_only_where_its_round_is_on_record() -> None:
    unknown = found("2025-05-01", [SRDI])
    assert unknown["update_unrecorded"][0].years == (2024, 2025)
    assert not {"update_missed", "review_right_lost"} & set(unknown)
    whole = {("srdi", "provincial", 2025)}
    assert "update_missed" not in found("2025-04-30", [SRDI], recorded=whole)
    told = found("2025-05-01", [SRDI], recorded=whole)
    assert told["update_missed"][0].years == (2025,)
    assert told["review_right_lost"][0].titles == (SRDI.title,)
    assert told["update_unrecorded"][0].years == (2024,)
    made = [step("srdi", "update", "2025年", "filed", "2025-04-02")]
    assert "update_missed" not in found("2025-05-01", [SRDI], made, whole)


def test_a_firm_may_have_updated_under_a_title_whose_round_is_not_on_record() -> None:
    whole = {("srdi", "provincial", 2025)}
    assert "update_missed" not in found("2025-05-01", [SRDI, GIANT], recorded=whole)
    both = whole | {("little_giant", "national", 2025)}
    assert set(found("2025-05-01", [SRDI, GIANT], recorded=both)["review_right_lost"][0].titles) == {
        SRDI.title,
        GIANT.title,
    }


def test_edition_b_wants_two_misses_within_one_term() -> None:
    held = term("srdi", "2026-01-01", "2028-12-31")
    whole = {("srdi", "provincial", year) for year in (2026, 2027, 2028)}
    once = found("2026-06-01", [held], recorded=whole)
    assert once["update_missed"][0].years == (2026,)
    assert not {"review_right_lost", "cancellation_due"} & set(once)
    twice = found("2027-06-01", [held], recorded=whole)
    assert twice["cancellation_due"][0].years == (2026, 2027)
    assert "cancellation_due" not in found("2027-05-31", [held], recorded=whole)
    renewed = [term("srdi", "2024-01-01", "2026-12-31"), term("srdi", "2027-01-01", "2029-12-31")]
    assert "cancellation_due" not in found("2027-06-01", renewed, recorded=whole)


@pytest.mark.parametrize(
    ("tier", "level", "revoked", "reason", "until", "state"),
    [
        ("srdi", "provincial", "2025-03-01", "数据造假，取消全部称号", "2028-02-29", ""),
        ("srdi", "provincial", "2025-03-01", "", "2028-02-29", "unknown"),
        ("srdi", "provincial", "2025-03-01", "不再符合条件", None, ""),
        ("srdi", "provincial", "2025-03-01", "发生重大安全事故", None, ""),
        ("single_champion", "national", "2025-03-01", "发生重大安全事故", "2028-02-29", ""),
        ("gazelle", "provincial", "2025-03-01", "数据造假", None, ""),  # no rule known
    ],
)
def test_bans_follow_some_reasons(
    tier: str, level: str, revoked: str, reason: str, until: str | None, state: str
) -> None:
    gone = term(tier, "2024-01-01", "2026-12-31", level, revoked_on=revoked, reason=reason)
    after = found(revoked, [gone]).get("banned_until", [])
    assert [(one.last, one.state) for one in after] == ([(day(until), state)] if until else [])
    assert "banned_until" not in found("2025-02-28", [gone])
    if until:
        assert "banned_until" in found(until, [gone])
        assert "banned_until" not in found("2028-03-01", [gone])


def test_nesting_is_found_and_never_invented() -> None:
    assert {one.titles[0][0]: one.below for one in found("2026-02-01", [SRDI])["nesting_missing"]} == {
        "srdi": ("innovative_sme",)
    }
    both = found("2026-02-01", [GIANT])["nesting_missing"]
    assert {(one.titles[0][0], one.below) for one in both} == {
        ("little_giant", ("srdi:provincial",)),
        ("little_giant", ("innovative_sme",)),
    }
    assert "nesting_missing" not in found("2025-12-31", [SRDI, INNOVATIVE])
    local = term(
        "srdi", "2024-01-01", "2026-12-31", "city"
    )  # the city's own programme is not the title beneath
    assert ("srdi:provincial",) in {
        one.below for one in found("2025-12-31", [GIANT, INNOVATIVE, local])["nesting_missing"]
    }
    assert "nesting_missing" in found("2026-01-01", [SRDI, INNOVATIVE])


def test_since_april_2026_a_tech_sme_is_enough_beneath() -> None:
    tech = term("tech_sme", "2026-01-15", "2026-12-31", "national")
    assert "nesting_missing" in found("2026-03-31", [SRDI, tech])
    assert "nesting_missing" not in found("2026-04-01", [SRDI, tech])


def test_a_lower_title_in_review_is_missing_for_the_time_being() -> None:
    steps = [step("innovative_sme", "review", "2025", "filed", "2025-11-20")]
    assert found("2026-02-01", [SRDI, INNOVATIVE], steps)["nesting_missing"][0].state == "pending"
    assert found("2026-02-01", [SRDI, INNOVATIVE])["nesting_missing"][0].state == "missing"


def test_champion_and_little_giant_together_are_a_remark() -> None:
    champion = term("single_champion", "2024-01-01", "2026-12-31", "national")
    assert found("2025-06-01", [GIANT, champion])["held_beside"][0].titles == (GIANT.title, champion.title)
    assert "held_beside" not in found("2024-12-31", [GIANT, champion])


def test_every_finding_of_a_rule_names_its_document() -> None:
    terms = [SRDI, GIANT, term("single_champion", "2024-01-01", "2026-12-31", "national")]
    for one in findings(day("2026-02-01"), terms, [], {("srdi", "provincial", 2025)}, GRACE):
        assert one.document or one.what in ("expires", "review_pending"), one
    assert rule("change", "srdi", "provincial", day("2025-01-01")) is not None


# Over the whole register ----------------------------------------------------------------------------------


@pytest.fixture
def house(house: House) -> House:
    firms = [{"uscc": code(n), "name": f"济南{n}机械有限公司", "district": "历下区"} for n in range(1, 13)]
    file_rows(house, "enterprises", firms)
    return house


def ask(house: House, sql: str, question: Question) -> set[tuple[str, int, int]]:
    with view(house, None) as connection:
        return {
            (row.uscc, row.filing, row.row) for row in question.ask(connection, f"select * from ({sql}) m")
        }


def test_the_register_finds_lost_rights_where_the_round_is_whole(house: House) -> None:
    held = [{"uscc": code(n), "tier": "srdi", "issued_on": "2024-01-01"} for n in range(1, 11)]
    file_rows(house, "titles", [*held, {"uscc": code(11), "tier": "srdi", "issued_on": "2025-05-01"}])
    question = Question(date(2025, 5, 1), house.settings)

    def update(numbers: range, name: str) -> None:
        said = {
            "tier": "srdi",
            "purpose": "update",
            "round": "2025",
            "stage": "filed",
            "stage_on": "2025-04-01",
        }
        rows = [{"uscc": code(n), **said} for n in numbers]
        file_rows(house, "applications", rows, name)

    def recorded() -> frozenset[register.Round]:
        with view(house, None) as connection:
            return register.recorded_rounds(connection, question)

    update(range(1, 8), "part.csv")
    assert recorded() == frozenset()
    assert ask(house, register.missed(question, recorded(), "review_right_lost"), question) == set()
    assert len(ask(house, register.untold(question, recorded(), "review_right_lost"), question)) == 10  # 2024
    update(range(8, 10), "rest.csv")
    assert recorded() == {("srdi", "provincial", 2025)}
    lost = ask(house, register.missed(question, recorded(), "review_right_lost"), question)
    assert {uscc for uscc, _filing, _row in lost} == {code(10)}


@pytest.mark.parametrize("on", ["2025-06-15", "2026-02-15", "2026-07-01"])
def test_the_register_and_the_firm_agree(sample: House, on: str) -> None:
    question = Question(day(on), sample.settings)
    with view(sample, None) as connection:
        recorded = register.recorded_rounds(connection, question)
        every = connection.exec_driver_sql("select distinct uscc from title").scalars().all()
        each: dict[str, set[tuple[str, str]]] = {}
        for uscc in every:
            terms, steps = register.of_firm(connection, uscc)
            for one in findings(question.day, terms, steps, recorded, register.grace_of(question)):
                for tier, _level in one.titles:
                    name = f"{one.what}:{one.state}:{'/'.join(one.below)}" if one.below else one.what
                    each.setdefault(name, set()).add((uscc, tier))
    asked = {
        "review_right_lost": register.missed(question, recorded, "review_right_lost"),
        "cancellation_due": register.missed(question, recorded, "cancellation_due"),
    }
    for name, sql in asked.items():
        assert {uscc for uscc, *_ in ask(sample, sql, question)} == {
            u for u, _tier in each.get(name, set())
        }, name
    assert bool(each.get("review_right_lost")) is (on > "2025-04-30")
    some = 0
    for gap in register.gaps(question.day):
        for state in ("missing", "pending"):
            listed = {u for u, *_ in ask(sample, register.nesting(gap, pending=state == "pending"), question)}
            name = f"nesting_missing:{state}:{'/'.join(gap.below)}"
            assert listed == {
                u for u, tier in each.get(name, set()) if tier == gap.title.partition(":")[0]
            }, (name, gap.title)
            some += len(listed)
    assert some or on == "2025-06-15"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A city, and nearly all updates of 2025: every twelfth holder is on no list."""
    house = house_in(tmp_path_factory.mktemp("life"))
    file_sample(house, 400, 5)
    with house.store.read() as connection:
        held = connection.exec_driver_sql(
            "select distinct uscc, tier, level from title where valid_from <= '2025-04-30' and ends_on > '2025-04-30'"
            " and (tier in ('innovative_sme', 'little_giant') or tier = 'srdi' and level = 'provincial') order by uscc"
        ).all()
    absent = {uscc for uscc, *_ in held[::12]}
    said = {"purpose": "update", "round": "2025", "stage": "filed", "stage_on": "2025-04-20"}
    rows = [
        {"uscc": row.uscc, "tier": row.tier, "level": row.level, **said}
        for row in held
        if row.uscc not in absent
    ]
    file_rows(house, "applications", rows, "updates.csv")
    yield house
    house.store.dispose()
