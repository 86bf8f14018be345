"""Taking a filing back: what was said before returns, what was said later stays."""

from __future__ import annotations

from tests.contract.conftest import Lists, Register, code
from tests.contract.one_firm import Clock, field, say


def test_withdrawal_brings_back_what_was_said_before(both: Register, lists: Lists) -> None:
    first = say(both, lists, niche="阀门", products="阀")
    second = say(both, lists, niche="水泵")
    assert both("filings", "withdraw", second).exit == 0
    profile = both.show(code(1))["profile"]
    assert (profile["niche"]["value"], profile["niche"]["filing"]) == ("阀门", first)
    assert profile["products"]["value"] == "阀"
    assert both.checked()


def test_withdrawal_keeps_what_was_said_later(both: Register, lists: Lists) -> None:
    say(both, lists, niche="阀门")
    second = say(both, lists, niche="水泵", products="泵")
    third = say(both, lists, niche="潜水泵")
    assert both("filings", "withdraw", second).exit == 0
    profile = both.show(code(1))["profile"]
    assert (profile["niche"]["value"], profile["niche"]["filing"]) == ("潜水泵", third)
    assert "products" not in profile
    assert both("filings", "withdraw", third).exit == 0
    assert field(both, "niche") == "阀门"
    assert both.checked()


def test_withdrawn_filing_is_still_known_before_its_withdrawal(
    cli: Register, lists: Lists, at: Clock
) -> None:
    at("2026-03-10")
    say(cli, lists, niche="阀门")
    at("2026-04-10")
    second = say(cli, lists, niche="水泵")
    at("2026-05-10")
    assert cli("filings", "withdraw", second).exit == 0
    assert field(cli, "niche") == "阀门"
    assert field(cli, "niche", "--known-at", "2026-05-09") == "水泵"
    assert field(cli, "niche", "--known-at", "2026-05-10") == "阀门"
    (listed,) = [each for each in cli("filings", "list", "--json").json if each["id"] == second]
    assert listed["withdrawn_at"].startswith("2026-05-10")


def test_withdrawal_of_a_change_of_name(cli: Register, lists: Lists) -> None:
    say(cli, lists)
    second = say(cli, lists, name="济南新名科技有限公司", effective_on="2024-01-01")
    assert cli("filings", "withdraw", second).exit == 0
    assert field(cli, "name") == "济南甲机械有限公司"
    assert cli("find", "济南新名科技有限公司", "--json").exit == 1


def test_correction_of_a_withdrawn_statement_stays_where_it_was(cli: Register, lists: Lists) -> None:
    say(cli, lists, niche="阀门")
    second = say(cli, lists, niche="水泵", effective_on="2024-01-01")
    say(cli, lists, niche="潜水泵")
    assert cli("filings", "withdraw", second).exit == 0
    assert field(cli, "niche", "--as-of", "2024-06-01") == "潜水泵"
    assert field(cli, "niche", "--as-of", "2023-06-01") == "阀门"
    assert cli.checked()


def test_withdraw_and_file_again_is_as_if_never_withdrawn(both: Register, lists: Lists) -> None:
    say(both, lists, niche="阀门")
    file = lists.csv(("uscc", "niche", "products"), (code(1), "水泵", "泵"))
    filing = both.filed("enterprises", file)
    before = both.values(code(1))
    assert both("filings", "withdraw", filing).exit == 0
    assert both.load("enterprises", file).fates == (1, 0, 0, 0)
    assert both.values(code(1)) == before
    assert both.checked()


def test_firm_that_others_speak_of_wants_yes_and_its_rows_return_as_orphaned(
    both: Register, lists: Lists
) -> None:
    filing = say(both, lists)
    titled = both.filed("titles", lists.csv(("uscc", "tier", "issued_on"), (code(1), "srdi", "2024-07-01")))
    refused = both("filings", "withdraw", filing)
    assert refused.exit == 1
    assert "--yes" in refused.err
    assert code(1) in refused.out + refused.err, "it lists what leans on the filing"
    assert both.holds(code(1))
    assert both("filings", "withdraw", filing, "--yes").exit == 0
    assert not both.holds(code(1))
    assert both("count", "--json").json["quality"]["titles_cumulative"] == 0
    shown = both("filings", "show", titled, "--json").json
    assert [(each["row"], each["code"]) for each in shown["problems"]] == [(2, "orphaned")]
    assert (shown["accepted"], shown["review"]) == (0, 1)
    assert both.checked()


def test_orphaned_row_is_taken_again_once_the_firm_is_back(cli: Register, lists: Lists) -> None:
    filing = say(cli, lists)
    titled = cli.filed("titles", lists.csv(("uscc", "tier", "issued_on"), (code(1), "srdi", "2024-07-01")))
    assert cli("filings", "withdraw", filing, "--yes").exit == 0
    say(cli, lists)
    assert cli.show(code(1))["titles"] == []
    assert cli("filings", "decide", titled, 2, "--uscc", code(1)).exit == 0
    (held,) = cli.show(code(1))["titles"]
    assert held["issued_on"] == "2024-07-01"
    assert cli.checked()


def test_firm_named_by_two_filings_needs_no_yes(cli: Register, lists: Lists) -> None:
    first = say(cli, lists)
    say(cli, lists, niche="阀门")
    cli.filed("titles", lists.csv(("uscc", "tier", "issued_on"), (code(1), "srdi", "2024-07-01")))
    assert cli("filings", "withdraw", first).exit == 0
    assert cli.holds(code(1))
    assert len(cli.show(code(1))["titles"]) == 1
    assert cli.checked()


def test_withdrawing_a_decision_returns_its_row_or_at_least_its_fact(cli: Register, lists: Lists) -> None:
    say(cli, lists)
    said = cli.load("titles", lists.csv(("name", "tier", "issued_on"), ("简称厂", "srdi", "2024-07-01")))
    assert cli("filings", "decide", said.json["filing"], 2, "--uscc", code(1)).exit == 0
    decision = cli("filings", "list", "--json").json[0]["id"]
    assert cli("filings", "withdraw", decision, "--yes").exit == 0
    assert cli.show(code(1))["titles"] == []
    assert cli.checked()


def test_withdrawal_is_done_once_and_only_of_known_filings(cli: Register, lists: Lists) -> None:
    filing = say(cli, lists)
    assert cli("filings", "withdraw", 999).exit == 2
    assert cli("filings", "withdraw", filing, "--yes").exit == 0
    assert cli("filings", "withdraw", filing, "--yes").exit != 0
