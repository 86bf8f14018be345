"""From invitations to the agenda on record, and what a cancellation changes there."""

from __future__ import annotations

from pathlib import Path

import pytest

from chains.events import acting
from chains.events.agenda import agenda_document
from chains.events.reading import occasion
from registry.house import House
from registry.refusals import MisusedError, OvertakenError, RefusedError
from tests.chains.events.city import CASTING, EVENT, FIRMS, MOTOR, VALVE, everybody_comes, small_city
from tests.registry.house import code, file_rows


def meetings(house: House) -> dict[tuple[str, str], tuple[int, int]]:
    return {
        (one["demand"], one["uscc"]): (one["slot"], one["table"])
        for one in agenda_document(house, EVENT)["meetings"]
    }


def test_the_agenda_goes_on_record_and_a_cancellation_moves_nobody_else(
    database_url: str, tmp_path: Path
) -> None:
    with small_city(database_url, tmp_path) as house:
        everybody_comes(house)
        document = agenda_document(house, EVENT)
        assert document["on_record"] is False
        acting.plan(house, EVENT, "test")
        document = agenda_document(house, EVENT)
        assert document["on_record"] is True
        assert {(one["demand"], one["uscc"]) for one in document["meetings"]} == {
            (MOTOR, FIRMS[0]), (MOTOR, FIRMS[1]), (VALVE, FIRMS[2]), (VALVE, FIRMS[3]), (CASTING, FIRMS[3])
        }  # fmt: skip
        first = document["meetings"][0]
        assert (first["time"], first["name"]) == ("09:00–09:20", "济南历城电机有限公司")
        assert document["left_out"] == {
            "demands": [],
            "firms": [{"uscc": FIRMS[4], "name": "济南商河食品有限公司", "reason": "not_wanted"}],
        }
        before = meetings(house)
        acting.cancel(house, EVENT, [], [FIRMS[0]], "test")
        after = meetings(house)
        assert after == {pair: place for pair, place in before.items() if pair[1] != FIRMS[0]}
        with house.store.read() as connection:
            held = occasion(connection, EVENT, house.clock.today())
        assert held
        assert [(s.demand, s.firm) for s in held.meetings if not s.stands] == [(MOTOR, FIRMS[0])]
        # Back again, to the place that is still free.
        acting.invite(house, EVENT, [], [FIRMS[0]], "accepted", "test")
        acting.mend(house, EVENT, "test")
        assert meetings(house).keys() == before.keys()


def test_a_cancelled_buyer_leaves_the_agenda(database_url: str, tmp_path: Path) -> None:
    with small_city(database_url, tmp_path) as house:
        everybody_comes(house)
        acting.plan(house, EVENT, "test")
        acting.cancel(house, EVENT, [MOTOR], [], "test")
        assert {demand for demand, _firm in meetings(house)} == {VALVE, CASTING}


def test_meetings_that_were_held_stay_when_the_agenda_is_made_anew(database_url: str, tmp_path: Path) -> None:
    with small_city(database_url, tmp_path) as house:
        everybody_comes(house)
        acting.plan(house, EVENT, "test")
        pair = (MOTOR, FIRMS[0])
        place = meetings(house)[pair]
        acting.say_of_meetings(house, EVENT, [pair], "held", "test")
        acting.invite(house, EVENT, [MOTOR], [], "cancelled", "test")
        acting.plan(house, EVENT, "test")
        assert meetings(house)[pair] == place
        assert (MOTOR, FIRMS[1]) not in meetings(house)


def test_a_shortlisted_firm_is_a_candidate_and_a_declined_one_is_not(
    database_url: str, tmp_path: Path
) -> None:
    with small_city(database_url, tmp_path) as house:
        everybody_comes(house)
        file_rows(house, "answers", [
            {"demand": MOTOR, "uscc": FIRMS[4], "answer": "入围"}, {"demand": MOTOR, "uscc": FIRMS[0], "answer": "谢绝"}
        ])  # fmt: skip
        acting.plan(house, EVENT, "test")
        found = meetings(house)
        assert (MOTOR, FIRMS[4]) in found
        assert (MOTOR, FIRMS[0]) not in found


def test_firms_that_did_not_answer_are_planned_for_on_request_only(database_url: str, tmp_path: Path) -> None:
    with small_city(database_url, tmp_path) as house:
        acting.invite(house, EVENT, [MOTOR], [FIRMS[0]], "invited", "test")
        assert not acting.plan(house, EVENT, "test").meetings
        assert len(acting.plan(house, EVENT, "test", open_too=True).meetings) == 1


@pytest.mark.parametrize("state", ["held", "cancelled"])
def test_an_event_that_was_held_or_called_off_keeps_its_agenda(
    database_url: str, tmp_path: Path, state: str
) -> None:
    with small_city(database_url, tmp_path) as house:
        everybody_comes(house)
        acting.plan(house, EVENT, "test")
        before = meetings(house)
        pair = next(iter(before))
        acting.change_event(house, EVENT, {"state": state}, "test")
        for act in (
            lambda: acting.plan(house, EVENT, "test"),
            lambda: acting.move(house, EVENT, pair, 3, 2, "test"),
            lambda: acting.clear_table(house, EVENT, before[pair][1], "test"),
        ):
            with pytest.raises(RefusedError, match="held or called off"):
                act()
        assert meetings(house) == before


def test_an_event_without_tables_says_what_is_missing(database_url: str, tmp_path: Path) -> None:
    with small_city(database_url, tmp_path) as house:
        id = acting.new_event(house, {"title": "座谈", "held_on": "2026-04-01"}, "test")
        assert id == "DJ20260401-1"
        assert acting.new_event(house, {"held_on": "2026-04-01"}, "test") == "DJ20260401-2"
        with pytest.raises(RefusedError, match="how many tables"):
            acting.plan(house, id, "test")
        with pytest.raises(RefusedError, match="on record already"):
            acting.new_event(house, {"event": id}, "test")
        with pytest.raises(acting.NoEventError):
            acting.plan(house, "E9", "test")
        with pytest.raises(MisusedError):
            agenda_document(house, "E9")
        acting.change_event(house, EVENT, {"state": "取消"}, "test")
        with pytest.raises(RefusedError, match="called off"):
            acting.plan(house, EVENT, "test")


def test_a_plan_that_was_overtaken_is_not_filed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_city(database_url, tmp_path) as house:
        everybody_comes(house)
        real = acting.proposed

        def slow(*given: object) -> object:
            acting.invite(house, EVENT, [], [FIRMS[1]], "declined", "another")
            return real(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(acting, "proposed", slow)
        with pytest.raises(OvertakenError):
            acting.plan(house, EVENT, "test")
        assert agenda_document(house, EVENT)["on_record"] is False


def test_an_outcome_of_a_small_batch_is_a_link_in_the_graph(database_url: str, tmp_path: Path) -> None:
    from chains.asking import network

    with small_city(database_url, tmp_path) as house:
        said = {"buyer": code(1), "supplier": FIRMS[0], "product": "伺服电机", "event": EVENT}
        acting.say_outcome(house, {**said, "stage": "送样", "stage_on": "2026-02-01"}, "test")
        assert network(house).links.empty
        acting.say_outcome(
            house, {**said, "stage": "小批量", "stage_on": "2026-02-20", "amount": "30万元"}, "test"
        )
        links = network(house).links
        assert [(row.source, row.product) for row in links.itertuples()] == [("outcome", "伺服电机")]
        with pytest.raises(acting.NotTakenError) as refused:
            acting.say_outcome(
                house,
                {"buyer": code(1), "supplier": "供应商A", "stage": "对接", "stage_on": "2026-02-01"},
                "t",
            )
        assert [note.code for note in refused.value.notes] == ["placeholder"]


def test_a_firm_that_hardly_meets_the_words_gets_no_meeting_but_for_those_who_invited_it(
    database_url: str, tmp_path: Path
) -> None:
    with small_city(database_url, tmp_path) as house:
        file_rows(house, "demands", [{"id": "D4", "buyer": code(2), "title": "液压支架密封件"}])
        file_rows(house, "enterprises", [
            {"uscc": code(16), "name": "济南平阴储能有限公司", "city": "370100", "district": "历城区",
             "products": "储能变流器；密度传感仪；电力监控屏；微网系统", "founded_on": "2001-01-01"}
        ])  # fmt: skip
        acting.invite(house, EVENT, ["D4"], [code(16)], "accepted", "test")
        found = acting.plan(house, EVENT, "test")
        assert not found.meetings
        assert (found.demands, found.firms) == ({"D4": "no_candidate"}, {code(16): "not_wanted"})
        acting.invite(house, EVENT, [], [code(16)], "accepted", "test", "D4")
        assert [(one.demand, one.firm) for one in acting.plan(house, EVENT, "test").meetings] == [
            ("D4", code(16))
        ]


def test_a_firm_struck_off_after_it_was_invited_is_not_seated_and_the_page_says_why(
    database_url: str, tmp_path: Path
) -> None:
    with small_city(database_url, tmp_path) as house:
        acting.invite(house, EVENT, [MOTOR], [], "accepted", "test")
        acting.invite(house, EVENT, [], [FIRMS[0], FIRMS[1]], "accepted", "test", MOTOR)
        acting.plan(house, EVENT, "test")
        assert (MOTOR, FIRMS[0]) in meetings(house)
        file_rows(house, "enterprises", [{"uscc": FIRMS[0], "status": "cancelled"}], "struck.csv")
        found = acting.plan(house, EVENT, "test")
        assert [one.firm for one in found.meetings] == [FIRMS[1]]
        assert found.firms == {FIRMS[0]: "not_active"}


def test_an_agenda_made_twice_of_the_same_guests_is_the_same(database_url: str, tmp_path: Path) -> None:
    with small_city(database_url, tmp_path) as house:
        everybody_comes(house)
        acting.plan(house, EVENT, "test")
        before = agenda_document(house, EVENT)
        acting.plan(house, EVENT, "test")
        assert agenda_document(house, EVENT) == before
