"""Rows that wait in review are decided one by one, each decision a filing of its own."""

from __future__ import annotations

from tests.contract.conftest import Lists, Register, code
from tests.contract.title_lists import BY_CODE, BY_NAME, title_list, titles_of


def test_decided_row_is_a_filing_of_its_own_and_known_from_the_decision(five: Register, lists: Lists) -> None:
    said = title_list(five, lists, (code(9), "济南甲9机械有限公司", "2024-07-01"), head=BY_CODE)
    last = five("filings", "list", "--json").json[0]["id"]
    assert five("filings", "decide", said.json["filing"], 2, "--create").exit == 0
    (held,) = titles_of(five, 9)
    assert held["issued_on"] == "2024-07-01"
    assert five("filings", "list", "--json").json[0]["id"] > last
    assert five("show", code(9), "--known-at", last, "--json").exit == 1
    assert five.checked()


def test_row_by_name_is_decided_for_a_firm(five: Register, lists: Lists) -> None:
    said = title_list(five, lists, ("济南简称厂", "2024-07-01"), ("济南另一厂", "2024-07-01"), head=BY_NAME)
    assert five("filings", "decide", said.json["filing"], 2, "--uscc", code(3)).exit == 0
    assert len(titles_of(five, 3)) == 1
    waiting = five("filings", "show", said.json["filing"], "--json").json
    assert "济南另一厂" in str(waiting)


def test_rejected_row_files_nothing(five: Register, lists: Lists) -> None:
    said = title_list(five, lists, (code(9), "济南甲9机械有限公司", "2024-07-01"), head=BY_CODE)
    assert five("filings", "decide", said.json["filing"], 2, "--reject").exit == 0
    assert not five.holds(code(9))
    assert five("filings", "decide", said.json["filing"], 2, "--create").exit != 0
    assert not five.holds(code(9))


def test_row_is_decided_only_once(five: Register, lists: Lists) -> None:
    said = title_list(five, lists, ("济南简称厂", "2024-07-01"), head=BY_NAME)
    decide = ("filings", "decide", said.json["filing"], 2, "--uscc")
    assert five(*decide, code(3)).exit == 0
    assert five(*decide, code(4)).exit != 0
    assert titles_of(five, 4) == []


def test_wrong_filing_or_row_to_decide_is_exit_2(five: Register, lists: Lists) -> None:
    said = title_list(five, lists, ("济南简称厂", "2024-07-01"), head=BY_NAME)
    assert five("filings", "decide", 999, 2, "--reject").exit == 2
    assert five("filings", "decide", said.json["filing"], 77, "--reject").exit == 2


def test_row_decided_for_an_unknown_code_stays_in_review(five: Register, lists: Lists) -> None:
    said = title_list(five, lists, ("济南简称厂", "2024-07-01"), head=BY_NAME)
    assert five("filings", "decide", said.json["filing"], 2, "--uscc", code(99)).exit != 0
    assert "济南简称厂" in str(five("filings", "show", said.json["filing"], "--json").json)


def test_rows_in_review_keep_what_was_typed(five: Register, lists: Lists) -> None:
    said = title_list(
        five, lists, ("济南简称厂", "2024年7月1日", "自编备注"), head=("企业名称", "认定日期", "备注")
    )
    shown = five("filings", "show", said.json["filing"], "--json")
    assert "济南简称厂" in shown.out
    assert "2024年7月1日" in shown.out


def test_decided_row_of_the_same_file_again_is_unchanged(five: Register, lists: Lists) -> None:
    file = lists.csv(("企业名称", "称号", "认定日期"), ("济南简称厂", "专精特新中小企业", "2024-07-01"))
    said = five.load("titles", file)
    assert five("filings", "decide", said.json["filing"], 2, "--uscc", code(3)).exit == 0
    assert five.load("titles", file).fates == (0, 1, 0, 0)
