"""What lies beneath the desk's pages: two people at one row, whose lists and firms, judgements, one transaction."""

from __future__ import annotations

import secrets
from dataclasses import replace
from threading import Barrier, Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import judgements
from registry.decisions import Answer as Decided
from registry.decisions import decide
from registry.desk import confirm, drafts, kept, reading, review
from registry.desk.drafts import Found, How
from registry.desk.review import Answer
from registry.filings import filings, problems
from registry.house import House
from registry.intake.lists import read_pasted
from registry.intake.sheets import UnreadableError
from registry.judgements import Judged
from registry.merging import merge
from registry.naming.alignment import BLANK, aligned
from registry.naming.normal import normal_form
from registry.refusals import RefusedError
from registry.withdrawal import withdraw
from tests.registry.house import code, file_rows

FIRMS = [
    {"uscc": code(1), "name": "济南霖树锅炉有限公司", "district": "天桥区"},
    {"uscc": code(6), "name": "济南霖树锅炉有限公司", "district": "莱芜区"},
    {"uscc": code(2), "name": "济南磐笛精细化工有限公司", "district": "历城区"},
]
SETS = {"tier": "srdi", "level": "provincial", "batch": "2026", "issued_on": "2026-02-01"}
LIST = "企业名称\n济南磐笛精细化工有限公司\n济南霖树锅炉有限公司\n"


@pytest.fixture
def house(house: House) -> House:
    file_rows(house, "enterprises", FIRMS)
    return house


def begun(house: House, text: str = LIST, unit: str | None = None) -> tuple[Found, Any]:
    """A list on the desk, matched; with how it was parsed."""
    token = secrets.token_hex(16)
    read = kept.keep(house.settings.var, token, replace(read_pasted(text), name="pasted"))
    kind = house.kinds.by_id["titles"]
    id = drafts.begin(house, "titles", read, How(0, {}, SETS), token, "desk", unit)
    parsed = reading.read(kind, read, How(0, {}, SETS), whole=True)
    review.begin(house, found(house, id), kind, parsed)
    return found(house, id), parsed


def found(house: House, id: int, unit: str | None = None) -> Found:
    with house.store.read() as connection:
        draft = drafts.find(connection, id, unit)
    assert draft is not None
    return draft


def lines(house: House, draft: Found) -> list[review.Line]:
    with house.store.read() as connection:
        return review.every(connection, draft.id)


def ready(house: House, draft: Found, parsed: Any, foreign: dict[str, str] | None = None) -> Any:
    kind = house.kinds.by_id["titles"]
    return confirm.listed(kind, parsed, lines(house, draft), "pasted", draft.sha256, {"set": SETS}, foreign)


def test_of_two_people_at_one_row_one_decision_is_kept_and_the_other_told(house: House) -> None:
    draft, _parsed = begun(house)
    row = lines(house, draft)[1]
    start, taken = Barrier(2), []

    def choose(number: int) -> None:
        start.wait()
        after, mine = review.decide(
            house, draft, row.row, Answer("choose", code(number)), row.revision, f"desk {number}"
        )
        taken.append((number, mine, after.uscc))

    people = [Thread(target=choose, args=(number,)) for number in (1, 6)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sorted(mine for _n, mine, _u in taken) == [False, True]
    winner = next(number for number, mine, _u in taken if mine)
    assert lines(house, draft)[1].uscc == code(winner)
    assert {uscc for _n, _mine, uscc in taken} == {code(winner)}


def test_people_s_choices_are_judgements_of_the_filing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[Judged] = []
    monkeypatch.setattr(judgements, "record", lambda _unit, judged: said.extend(judged))
    draft, parsed = begun(house)
    row = lines(house, draft)[1]
    offered = {candidate["uscc"] for candidate in row.candidates}
    assert {code(1), code(6)} <= offered
    review.decide(house, draft, row.row, Answer("choose", code(1)), row.revision, "desk")
    draft = found(house, draft.id)
    outcome = confirm.file(house, draft, ready(house, draft, parsed), lines(house, draft), "desk")
    assert {(j.uscc, j.verdict) for j in said} == {
        (one, "same" if one == code(1) else "different") for one in offered
    }
    assert {j.filing_id for j in said} == {outcome.filing}
    assert {j.given_name for j in said} == {row.name}, "what was certain by itself nobody judged"


def test_a_filing_that_fails_leaves_the_list_on_the_desk(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_unit: Any, _judged: Any) -> None:
        raise RefusedError("no", "不")

    monkeypatch.setattr(judgements, "record", fail)
    draft, parsed = begun(house)
    with pytest.raises(RefusedError):
        confirm.file(house, draft, ready(house, draft, parsed), lines(house, draft), "desk")
    assert found(house, draft.id).state == "open"
    with house.store.read() as connection:
        assert len(filings(connection)) == 1


def test_a_list_filed_by_somebody_else_is_not_filed_twice(house: House) -> None:
    draft, parsed = begun(house)
    confirm.file(house, draft, ready(house, draft, parsed), lines(house, draft), "one")
    with pytest.raises(RefusedError, match="meanwhile"):
        confirm.file(house, draft, ready(house, draft, parsed), lines(house, draft), "two")
    with house.store.read() as connection:
        assert len(filings(connection)) == 2


def test_an_officer_s_list_is_seen_by_the_own_unit_and_the_city(house: House) -> None:
    draft, _parsed = begun(house, unit="370105")
    with house.store.read() as connection:
        for unit, seen in ((None, True), ("370105", True), ("370112", False)):
            assert (drafts.find(connection, draft.id, unit) is not None) is seen, unit
            assert (len(drafts.on_the_desk(connection, unit)) == 1) is seen, unit


def test_a_row_about_another_unit_s_firm_waits_for_the_city_desk(house: House) -> None:
    draft, parsed = begun(house, unit="370105")
    foreign = confirm.foreign_firms(house, lines(house, draft), "370105")
    assert foreign == {code(2): "历城区"}
    assert confirm.foreign_firms(house, lines(house, draft), None) == {}
    outcome = confirm.file(house, draft, ready(house, draft, parsed, foreign), lines(house, draft), "officer")
    with house.store.read() as connection:
        said = {p["row"]: p["code"] for p in problems(connection, outcome.filing or 0)}
    assert said[2] == "other_unit"
    assert outcome.fates["accepted"] == 0


def test_a_firm_that_vanished_is_not_made_again_from_the_list(house: House) -> None:
    draft, parsed = begun(house)
    made_of_this = ready(house, draft, parsed)
    for row in made_of_this.rows:
        row.values["uscc"] = code(77)
    outcome = confirm.rehearse(house, made_of_this, lines(house, draft), "desk")
    assert outcome.fates["accepted"] == 0
    assert {note.code for _row, note in outcome.problems} >= {"unknown_firm"}


def test_decisions_take_no_instant_from_the_register(house: House) -> None:
    """Counts and indexes are kept by the last write; going through a list must not make them stale."""
    draft, _parsed = begun(house)
    with house.store.read() as connection:
        before = house.store.last_write(connection)
    row = lines(house, draft)[1]
    review.decide(house, draft, row.row, Answer("leave"), row.revision, "desk")
    with house.store.read() as connection:
        assert house.store.last_write(connection) == before


@given(st.text(max_size=40), st.text(max_size=40))
def test_two_names_stand_above_each_other_whole(one: str, other: str) -> None:
    pairs = aligned(one, other)
    assert all(len(ours) == len(theirs) for ours, theirs, _kind in pairs)
    for at, name in ((0, one), (1, other)):
        assert normal_form("".join(pair[at] for pair in pairs).replace(BLANK, "")) == normal_form(name)


@given(st.text(max_size=300))
def test_whatever_is_pasted_is_read_or_refused(text: str) -> None:
    try:
        read = kept.taken(read_pasted(text))
    except UnreadableError:
        return
    assert read.grids


def test_a_list_whose_filing_was_withdrawn_is_judged_anew(house: House) -> None:
    def choose(number: int) -> int:
        draft, parsed = begun(house)
        row = lines(house, draft)[1]
        assert (row.found, {c["uscc"] for c in row.candidates}) == ("choose", {code(1), code(6)})
        review.decide(house, draft, row.row, Answer("choose", code(number)), row.revision, "desk")
        draft = found(house, draft.id)
        filing = confirm.file(house, draft, ready(house, draft, parsed), lines(house, draft), "desk").filing
        assert filing is not None
        return filing

    wrong = choose(1)
    withdraw(house, wrong, "desk")
    right = choose(6)
    draft, _parsed = begun(house)
    assert (lines(house, draft)[1].decision, lines(house, draft)[1].uscc) == ("certain", code(6))
    withdraw(house, right, "desk")
    assert [v.verdict for v in said_of(house)] == [], "what was taken back twice speaks no more"


def test_taking_a_judgement_back_lets_the_one_before_it_speak_again(house: House) -> None:
    name = "济南霖树锅炉有限公司"
    with house.store.write("desk") as work:
        judgements.record(work, [Judged(name, "", code(1), "same")])
    other = file_rows(house, "figures", [{"uscc": code(1), "year": "2025", "revenue": "1"}]).filing
    assert other is not None
    with house.store.write("desk") as work:
        judged = [Judged(name, "", code(6), "same", other), Judged(name, "", code(1), "different", other)]
        judgements.record(work, judged)
    assert {(j.uscc, j.verdict) for j in said_of(house)} == {(code(6), "same"), (code(1), "different")}
    withdraw(house, other, "desk")
    assert {(j.uscc, j.verdict) for j in said_of(house)} == {(code(1), "same")}


def test_a_firm_merged_while_its_list_is_on_the_desk_is_the_firm_that_it_leads_to(house: House) -> None:
    draft, parsed = begun(house)
    row = lines(house, draft)[1]
    review.decide(house, draft, row.row, Answer("choose", code(1)), row.revision, "desk")
    merge(house, code(1), code(6), "desk", yes=True)
    with house.store.read() as connection:
        assert review.firms(connection, [code(1)], house.clock.today())[code(1)].uscc == code(6)
    row = lines(house, draft)[1]
    with pytest.raises(RefusedError, match="already"):
        review.decide(house, draft, row.row, Answer("create", code(1)), row.revision, "desk")
    review.decide(house, draft, row.row, Answer("choose", code(1)), row.revision, "desk")
    draft = found(house, draft.id)
    outcome = confirm.file(house, draft, ready(house, draft, parsed), lines(house, draft), "desk")
    assert outcome.fates["accepted"] == 2
    assert {j.verdict for j in said_of(house)} == {"same"}, "the other code is no other firm"


def said_of(house: House, name: str = "济南霖树锅炉有限公司") -> list[judgements.Known]:
    key = normal_form(name)
    with house.store.read() as connection:
        return judgements.known(connection, [key]).get(key, [])


def test_the_city_takes_what_an_officer_decided_about_other_units_rows(house: House) -> None:
    text = "企业名称\n济南霖树锅炉有限公司\n济南新漪阀门有限公司\n济南盘笛精细化工有限公司\n"
    draft, parsed = begun(house, text, "370105")
    for row, answer in zip(
        lines(house, draft),
        (Answer("choose", code(1)), Answer("create", code(9), "370112"), Answer("choose", code(2))),
        strict=True,
    ):
        review.decide(house, draft, row.row, answer, row.revision, "tq")
    draft, decided = found(house, draft.id), lines(house, draft)
    foreign = confirm.foreign_firms(house, decided, "370105")
    listed = ready(house, draft, parsed, foreign)
    outcome = confirm.file(house, draft, listed, decided, "tq", "370105")
    assert (outcome.fates["accepted"], outcome.fates["review"]) == (1, 2)
    assert outcome.filing is not None
    names = {row.row: row.name for row in decided}
    assert {(j.uscc, j.verdict) for name in names.values() for j in said_of(house, name)} == {
        (code(1), "same")
    }
    for number, said in names.items():
        if outcome.fate_of[number] == "review":
            with pytest.raises(RefusedError):
                decide(house, outcome.filing, number, Decided(take=True), "tq", "370105")
            decide(house, outcome.filing, number, Decided(take=True), "desk")
            assert said_of(house, said) == [], "nobody said which firm is meant but the officer"
    with house.store.read() as connection:
        firms = review.firms(connection, [code(9)], house.clock.today())
    assert (firms[code(9)].name, firms[code(9)].district) == ("济南新漪阀门有限公司", "370112")
    titles = house.kinds.by_id["titles"].table
    with house.store.read() as connection:
        held = set(connection.execute(titles.select().with_only_columns(titles.c.uscc)).scalars())
    assert held == {code(1), code(2), code(9)}


def test_who_says_in_a_filing_which_firm_a_row_means_has_judged_its_name(house: House) -> None:
    draft, parsed = begun(house)
    outcome = confirm.file(house, draft, ready(house, draft, parsed), lines(house, draft), "desk")
    assert outcome.filing is not None
    answered = decide(house, outcome.filing, lines_waiting(outcome), Decided(uscc=code(6)), "wang")
    assert answered is not None
    [said] = said_of(house)
    assert (said.uscc, said.verdict, said.by) == (code(6), "same", "wang")
    again, _parsed = begun(house)
    assert (lines(house, again)[1].decision, lines(house, again)[1].uscc) == ("certain", code(6))
    withdraw(house, outcome.filing, "desk")
    assert said_of(house) == []


def lines_waiting(outcome: Any) -> int:
    [number] = [row for row, fate in outcome.fate_of.items() if fate == "review"]
    return int(number)


def test_two_firms_of_a_list_are_not_created_under_one_code(house: House) -> None:
    draft, _parsed = begun(
        house, "企业名称\n济南新漪阀门有限公司\n济南旧漪阀门有限公司\n济南新漪阀门有限公司\n"
    )
    one, other, again = lines(house, draft)
    new = Answer("create", code(9))
    review.decide(house, draft, one.row, new, one.revision, "desk")
    with pytest.raises(RefusedError, match=f"row {one.row} puts"):
        review.decide(house, draft, other.row, new, other.revision, "desk")
    assert review.decide(house, draft, again.row, new, again.revision, "desk")[1], "the same name once more"
