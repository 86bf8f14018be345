"""Published counts: frozen whole, the same bytes when counted again, never edited, overtaken by name."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

import cli
from registry.house import House
from registry.merging import merge, split
from registry.refusals import MisusedError, NeedsConfirmationError
from registry.store.backup import backup, restore
from registry.withdrawal import withdraw
from tests.registry.house import Time, code, file_rows, open_test_house
from tests.tiers.counted_city import (
    LATER,
    MOVED,
    NEW,
    STAYED,
    adds_up,
    bridged,
    change,
    deltas,
    one_of_each,
    title,
)
from tiers import targets
from tiers.asking import ask_count, ask_firms
from tiers.bridging import Place, comparison
from tiers.bulletins.frozen import PARTS
from tiers.overtaking import overtaken
from tiers.publishing import (
    content,
    faults,
    heads,
    period_before,
    prepare,
    publish,
    rerun,
    snapshot,
    snapshot_firms,
)
from tiers.snapshot import Snapshot

NOVEMBER, DECEMBER = date(2025, 11, 30), date(2025, 12, 31)


@pytest.fixture
def house(house: House, time: Time) -> House:
    one_of_each(house)
    time.pass_days(1)
    return house


def december(house: House, **wish: Any) -> Snapshot:
    return publish(house, "monthly", DECEMBER, "desk", **wish)


def told(house: House, published: Snapshot) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for one in overtaken(house, published):
        found.setdefault(one["what"], []).append(one)
    return found


def test_what_is_published_is_the_count_with_its_firms(house: House) -> None:
    made = december(house)
    now = ask_count(house, DECEMBER, None, by="area")
    assert {**made.count, "known_at": now["known_at"]} == now
    assert (made.name, made.as_of, made.by, made.supersedes) == ("monthly", DECEMBER, "desk", None)
    assert made.published_at > made.known_at
    frozen = snapshot_firms(house, made.id, "quality-firms")
    listed = {firm["uscc"]: firm for firm in ask_firms(house, DECEMBER, None, "quality-firms")}
    assert [firm["uscc"] for firm in frozen] == list(listed)
    for firm in frozen:
        sources = [{key: one[key] for key in ("record", "filing", "row")} for one in firm["why"]]
        assert (firm["name"], sources) == (listed[firm["uscc"]]["name"], listed[firm["uscc"]]["why"])
    (new,) = [firm for firm in frozen if firm["uscc"] == NEW]
    (why,) = new["why"]
    assert (why["tier"], why["level"], why["valid_from"], why["valid_to"]) == (
        "srdi", "provincial", LATER["issued_on"], LATER["valid_to"],
    )  # fmt: skip
    assert snapshot(house, made.id) == made


def test_the_same_name_day_and_definition_is_reused_unless_a_new_one_is_wanted(house: House) -> None:
    first = december(house)
    file_rows(house, "titles", [title(NEW, "gazelle")], "more.csv")
    assert december(house) == first
    assert publish(house, "quarterly", DECEMBER, "desk").id != first.id
    again = december(house, new=True)
    assert (again.supersedes, again.id > first.id) == (first.id, True)
    assert december(house) == again
    assert snapshot(house, first.id) == first
    assert told(house, first)["superseded"] == [{"what": "superseded", "snapshot": again.id}]


def test_another_definition_is_another_count(database_url: str, tmp_path: Path, house: House) -> None:
    first = december(house)
    other = open_test_house(database_url, tmp_path, quality={"titles": ["little_giant"]})
    second = december(other)
    assert (second.definition == first.definition, second.supersedes) == (False, first.id)
    document = comparison(first, second)
    assert document["definition"] == ["settings.quality.titles"]
    (quality,) = [row for row in document["targets"] if row["id"] == "quality-firms"]
    assert (quality["a"], quality["b"], quality["delta"]) == (8, 1, -7)
    bridge = bridged(
        other, Place(first.as_of, first.known_at, first), Place(second.as_of, second.known_at, second)
    )
    adds_up(bridge.document())
    assert deltas(bridge.document()) == {"corrected": -7}
    # Each is counted again by its own settings.
    assert rerun(other, first) == content(other, first)
    assert told(other, first)["definition"] == [{"what": "definition", "parts": ["settings.quality.titles"]}]
    other.store.dispose()


def test_counted_again_years_later_it_is_the_same_bytes(
    house: House, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(house, "monthly", NOVEMBER, "desk")
    made = december(house, parts=lambda _known_at, _bridges: {"expiring": {"rows": [1, "二"]}})
    frozen = content(house, made)
    (head,) = [head for head in heads(house) if head.id == made.id]
    assert hashlib.sha256(frozen).hexdigest() == head.sha256
    assert rerun(house, made) == frozen
    time.pass_days(30)
    wrong = file_rows(house, "titles", [title(STAYED, "gazelle"), title(NEW, "gazelle")], "later.csv").filing
    change(house, "2025-10-01", {"uscc": MOVED, "district": "天桥区", "name": "济南改名有限公司"})
    merge(house, STAYED, NEW, "test", yes=True)
    with house.store.read() as connection:
        first = connection.execute(text("select min(id) from filing where kind = 'titles'")).scalar_one()
    withdraw(house, first, "test", yes=True)
    assert wrong
    withdraw(house, wrong, "test", yes=True)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("LC_ALL", "C")
    time.pass_days(2000)
    assert ask_count(house, DECEMBER, None)["quality"]["firms_valid"] == 0
    assert rerun(house, made) == frozen
    assert content(house, made) == frozen
    assert list(faults(house)) == []


def test_the_same_statements_give_the_same_bytes_on_either_database(
    sqlite_url: str, new_postgres_database: Callable[..., str], tmp_path: Path
) -> None:
    contents = []
    for number, url in enumerate((sqlite_url, new_postgres_database())):
        house = open_test_house(url, tmp_path / str(number), Time())
        one_of_each(house)
        made = december(house)
        contents.append(content(house, made))
        assert rerun(house, made) == contents[-1]
        house.store.dispose()
    assert contents[0] == contents[1]


def test_a_snapshot_bridges_from_the_one_published_for_the_month_before(house: House, time: Time) -> None:
    late = code(5)  # licence revoked
    november = publish(house, "monthly", NOVEMBER, "desk")
    time.pass_days(1)
    file_rows(house, "titles", [title(code(15), **LATER)], "late.csv")
    made = december(house)
    bridge = made.bridges["quality-firms"]
    assert bridge["from"]["snapshot"] == november.id
    assert bridge["from"]["value"] == 8
    assert deltas(bridge) == {"corrected": 1}
    assert bridge["steps"][0]["added"] == [code(15)]
    assert late not in bridge["steps"][0]["firms"]
    for one in made.bridges.values():
        adds_up(one)
    # Without one: from the end of the month before, as known now.
    alone = publish(house, "expiry", DECEMBER, "desk")
    assert "snapshot" not in alone.bridges["quality-firms"]["from"]
    assert (alone.bridges["quality-firms"]["from"]["value"], alone.bridges["quality-firms"]["steps"]) == (
        9,
        [],
    )
    assert {"quality-firms", "above-scale", "platforms", "revenue-1bn"} <= set(made.bridges)


def test_periods_end_where_the_one_before_does() -> None:
    assert period_before("monthly", DECEMBER) == NOVEMBER
    assert period_before("monthly", date(2026, 1, 15)) == DECEMBER
    assert period_before("quarterly", DECEMBER) == date(2025, 9, 30)
    assert period_before("quarterly", date(2026, 2, 1)) == DECEMBER


def test_a_job_writes_it_in_its_own_transaction_or_not_at_all(house: House) -> None:
    prepared = prepare(house, "monthly", DECEMBER, "job")

    def dies() -> None:
        with house.store.write("job") as unit:
            prepared.write(unit)
            raise RuntimeError("the job dies")

    with pytest.raises(RuntimeError):
        dies()
    assert heads(house) == []
    with house.store.write("job") as unit:
        made = prepared.write(unit)
        assert made.published_at == unit.at
    assert [head.id for head in heads(house)] == [made.id]


def test_of_two_who_publish_at_once_one_does(house: House) -> None:
    ready, made = threading.Barrier(2), list[Snapshot]()

    def work() -> None:
        prepared = prepare(house, "monthly", DECEMBER, "job")
        ready.wait(30)
        with house.store.write("job") as unit:
            made.append(prepared.write(unit))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert made[0] == made[1]
    assert len(heads(house)) == 1


def test_a_writer_that_commits_meanwhile_is_not_in_it(house: House, time: Time) -> None:
    """Its instant lies before the publishing, its commit after: known_at is the last commit that was seen."""
    time.pass_days(1)
    made = december(house)
    assert made.known_at < time.now - timedelta(hours=12)
    assert rerun(house, made) == content(house, made)


def test_a_withdrawn_filing_behind_it_is_named_and_wants_a_yes(house: House, time: Time) -> None:
    late = file_rows(house, "titles", [title(code(15), **LATER)], "late.csv").filing
    made = december(house)
    assert told(house, made) == {}
    time.pass_days(1)
    assert late
    with pytest.raises(NeedsConfirmationError) as asked:
        withdraw(house, late, "clerk")
    assert f"#{made.id} (monthly" in asked.value.rows[0]
    assert f"#{made.id}" in asked.value.rows_in("zh")[0]
    assert "统计发布" in asked.value.rows_in("zh")[0]
    assert "published results" in asked.value.en
    withdraw(house, late, "clerk", yes=True)
    since = told(house, made)
    (gone,) = since["withdrawn"]
    assert (gone["filing"], gone["by"], gone["firms"], gone["file"]) == (late, "clerk", 1, "late.csv")
    (corrected,) = since["corrected"]
    assert (corrected["target"], corrected["delta"], corrected["removed"]) == (
        "quality-firms",
        -1,
        [code(15)],
    )
    assert corrected["filings"] == [late]
    assert snapshot(house, made.id) == made


def test_later_filings_and_judgements_overtake_it_by_name(house: House, time: Time) -> None:
    made = december(house)
    time.pass_days(1)
    filed = file_rows(house, "titles", [title(code(15), **LATER)], "late.csv").filing
    file_rows(house, "titles", [title(code(15), issued_on="2026-01-10", valid_to="2028-12-31")], "after.csv")
    merge(house, STAYED, NEW, "clerk", yes=True)
    since = told(house, made)
    (corrected,) = since["corrected"]
    assert (corrected["published"], corrected["value"]) == (8, 8)
    assert (corrected["added"], corrected["removed"]) == ([code(15)], [STAYED])
    assert filed in corrected["filings"]
    (merged,) = since["merged"]
    assert (merged["loser"], merged["survivor"], merged["by"]) == (STAYED, NEW, "clerk")
    split(house, STAYED, "clerk")
    assert [one["loser"] for one in told(house, made)["split"]] == [STAYED]


def test_a_clock_that_was_set_back_hides_nothing_that_was_filed_since(house: House, time: Time) -> None:
    made = december(house)
    time.pass_days(-5)
    file_rows(house, "titles", [title(code(15), **LATER)], "late.csv")
    assert [one["added"] for one in told(house, made)["corrected"]] == [[code(15)]]


def test_what_changes_nothing_on_its_day_overtakes_nothing(house: House, time: Time) -> None:
    made = december(house)
    time.pass_days(1)
    file_rows(house, "titles", [title(code(15), issued_on="2026-02-01", valid_to="2028-12-31")], "next.csv")
    assert told(house, made) == {}


def test_a_withdrawal_that_nothing_published_stands_on_asks_nothing(house: House) -> None:
    december(house)
    later = file_rows(
        house, "titles", [title(code(15), issued_on="2026-02-01", valid_to="2028-12-31")], "next.csv"
    ).filing
    assert later
    assert withdraw(house, later, "clerk") == []


def test_a_number_changed_behind_its_back_is_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    made = december(house)
    monkeypatch.setattr(cli, "open_house", lambda **_more: house)
    assert CliRunner().invoke(cli.main, ["db", "check"]).exit_code == 0
    with house.store.write("test") as unit:
        unit.connection.execute(
            text("update snapshot_firm set name = '别的公司' where uscc = :u"), {"u": NEW}
        )
    answer = CliRunner().invoke(cli.main, ["db", "check"])
    assert answer.exit_code == 1
    assert f"snapshot {made.id}" in answer.stdout


def test_a_backup_takes_it_along(house: House, tmp_path: Path) -> None:
    made = december(house)
    frozen = content(house, made)
    backup(house.store, tmp_path / "copy.zip")
    other = open_test_house(f"sqlite:///{tmp_path / 'other.sqlite'}", tmp_path / "other")
    restore(other.store, tmp_path / "copy.zip")
    assert content(other, snapshot(other, made.id)) == frozen
    assert rerun(other, made) == frozen
    assert december(other).id == made.id
    other.store.dispose()


def test_an_unknown_number_is_no_published_count(house: House) -> None:
    for id in (0, -1, 7, 2**40):
        with pytest.raises(MisusedError):
            snapshot(house, id)


FILED = {"indicator": "computing", "period": "2025-12", "value": 2600}


def test_a_withdrawn_figure_of_a_department_is_named_and_wants_a_yes(house: House, time: Time) -> None:
    done = file_rows(house, "indicators", [FILED], "computing.csv").filing
    made = december(house)
    assert done
    time.pass_days(1)
    with pytest.raises(NeedsConfirmationError):
        withdraw(house, done, "clerk")
    withdraw(house, done, "clerk", yes=True)
    since = told(house, made)
    (gone,) = since["withdrawn"]
    assert (gone["filing"], gone["firms"]) == (done, 0)
    (corrected,) = since["corrected"]
    assert (corrected["target"], corrected["published"], corrected["value"], corrected["delta"]) == (
        "computing", 2600, None, None,
    )  # fmt: skip
    assert corrected["filings"] == [done]


def test_a_figure_that_a_department_files_otherwise_overtakes_the_published_one(
    house: House, time: Time
) -> None:
    made = december(house)
    time.pass_days(1)
    rows = [FILED, {"indicator": "advanced-share", "period": "2025", "value": "68.5%"}]
    late = file_rows(house, "indicators", rows, "late.csv").filing
    assert [(one["target"], one["published"], one["value"], one["filings"]) for one in told(house, made)["corrected"]] == [
        ("advanced-share", None, "0.685", [late]), ("computing", None, 2600, [late]),
    ]  # fmt: skip
    # Said again by another document, the number is the same.
    again = december(house, new=True)
    file_rows(house, "indicators", [{**FILED, "document": "2号"}], "again.csv")
    assert told(house, again) == {}


def test_a_number_behind_no_target_that_changes_later_overtakes_the_published_count(
    house: House, time: Time
) -> None:
    made = december(house)
    time.pass_days(1)
    late = {"level": "provincial", "issued_on": "2025-06-01", "valid_to": "2028-05-31"}
    file_rows(house, "titles", [title(NEW, "quasi_unicorn", **late)], "late.csv")
    file_rows(house, "figures", [{"uscc": NEW, "year": 2024, "revenue": "200000000"}], "figures.csv")
    assert told(house, made) == {
        "numbers": [{"what": "numbers", "parts": ["tiers.quasi_unicorn.provincial", "revenue"]}]
    }


# The command line -----------------------------------------------------------------------------------------


@pytest.fixture
def tidu(house: House, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(cli, "open_house", lambda **_more: house)

    def run(*words: str, exit: int = 0) -> Any:
        result = CliRunner().invoke(cli.main, ["snapshots", *words], catch_exceptions=False)
        assert result.exit_code == exit, result.output
        return json.loads(result.stdout) if "--json" in words and result.stdout else result.output

    return run


def test_snapshots_on_the_command_line(house: House, tidu: Any) -> None:
    assert tidu("--json") == []
    one = tidu("publish", "monthly", "--as-of", str(NOVEMBER), "--json")
    two = tidu("publish", "monthly", "--as-of", str(DECEMBER), "--json")
    assert tidu("publish", "monthly", "--as-of", str(DECEMBER), "--json") == two
    assert [head["id"] for head in tidu("list", "--json")] == [two["id"], one["id"]]
    # Frozen with what its bulletin says besides, whoever publishes it.
    assert snapshot(house, two["id"]).parts.keys() >= PARTS
    shown = tidu("show", str(two["id"]), "--json")
    assert (shown["overtaken"], shown["bridges"]["quality-firms"]["from"]["snapshot"]) == ([], one["id"])
    assert tidu("rerun", str(one["id"]), "--json")["same"] is True
    rows = tidu("compare", str(one["id"]), str(two["id"]), "--json")["targets"]
    assert next(row["delta"] for row in rows if row["id"] == "quality-firms") == 0
    assert "quality-firms" in tidu("show", str(one["id"]))
    assert "the same bytes" in tidu("rerun", str(one["id"]))
    assert "no published count" in tidu("show", "99", exit=2)
    assert "no published count" in tidu("compare", "1", "99", exit=2)


def test_after_the_plan_was_edited_a_rerun_names_it(
    house: House, tidu: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = december(house)
    edited = tuple(replace(target, name="改名") for target in targets.plan(house.settings.targets.plan))
    monkeypatch.setattr("tiers.count.plan", lambda _name: edited)
    monkeypatch.setattr("tiers.definition._table", lambda name: "other" if "plan" in name else "same")
    said = tidu("rerun", str(made.id), exit=1)
    assert "other bytes" in said
    assert "plan.sha256" in said


def test_a_count_that_was_tampered_with_is_not_the_same_when_run_again(house: House, tidu: Any) -> None:
    made = december(house)
    with house.store.write("test") as unit:
        unit.connection.execute(text("update snapshot set sha256 = 'x'"))
    assert tidu("rerun", str(made.id), "--json", exit=1)["same"] is False
