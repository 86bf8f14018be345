"""`merge` and `split` as a stranger uses them: two codes, one firm, and back."""

from __future__ import annotations

from pathlib import Path

from tests.contract.conftest import HEAD, Lists, Register, code

A, B = code(1), code(2)
FIRMS = [(A, "济南甲机械有限公司", "历下区"), (B, "济南乙机械有限公司", "历下区")]


def filed(cli: Register, lists: Lists) -> int:
    cli.filed("enterprises", lists.csv(HEAD, *FIRMS))
    head = ("统一社会信用代码", "称号", "批次", "发文日期")
    rows = [(uscc, "专精特新中小企业", "1", "2024-05-01") for uscc in (A, B)]
    return cli.filed("titles", lists.csv(head, *rows, name="titles.csv"))


def holders(cli: Register, *words: object) -> int:
    answer = cli("count", "--as-of", "2026-06-15", *words, "--json").json
    return int(answer["quality"]["firms_valid"])


def test_a_merge_wants_yes_where_the_two_differ(cli: Register, lists: Lists) -> None:
    filed(cli, lists)
    said = cli("merge", B, A)
    assert said.exit == 1
    assert "--yes" in said.err
    assert "name: 济南乙机械有限公司 | 济南甲机械有限公司" in said.err
    assert holders(cli) == 2
    assert cli("merge", B, A, "--yes", "--reason", "同一地址").exit == 0
    assert holders(cli) == 1
    assert cli("db", "check").exit == 0


def test_the_old_code_is_answered_with_the_firm_that_it_leads_to(cli: Register, lists: Lists) -> None:
    filing = filed(cli, lists)
    assert "merged_codes" not in cli.show(A)
    cli("merge", B.lower(), A, "--yes", "--reason", "同一地址")
    said = cli("show", B, "--json")
    assert said.exit == 0
    assert said.err.strip() == f"{B} leads to {A}"
    assert said.json["uscc"] == A
    assert [(c["uscc"], c["name"], c["into"], c["by"], c["reason"]) for c in said.json["merged_codes"]] == [
        (B, "济南乙机械有限公司", A, "cli:local", "同一地址")
    ]
    assert f"also registered under {B}" in cli("show", A).out
    for typed in (B, "济南乙机械有限公司", "济南甲机械有限公司"):
        assert [firm["uscc"] for firm in cli("find", typed, "--json").json] == [A]
    before = cli("show", B, "--known-at", filing, "--json")
    assert before.json["uscc"] == B
    assert before.err == ""
    assert holders(cli, "--known-at", filing) == 2
    assert [a["uscc"] for a in cli("assess", B, "--tier", "srdi", "--json").json] == [A]


def test_a_merged_firm_is_exported_once(cli: Register, lists: Lists, tmp_path: Path) -> None:
    filed(cli, lists)
    cli("merge", B, A, "--yes")
    for kind in ("enterprises", "titles"):
        out = tmp_path / f"{kind}.csv"
        assert cli("export", kind, "--out", out).exit == 0
        text = out.read_text(encoding="utf-8-sig")
        assert (text.count(A), text.count(B)) == (1, 0)


def test_a_split_gives_both_back_and_what_was_known_between_stays_known(cli: Register, lists: Lists) -> None:
    filed(cli, lists)
    apart = cli.show(B), cli.show(A)
    cli("merge", B, A, "--yes")
    between = cli.filed(
        "enterprises", lists.csv(HEAD, (code(3), "济南丙机械有限公司", "历下区"), name="c.csv")
    )
    said = cli("split", B)
    assert said.exit == 0
    assert A in said.out
    for one, other in zip(apart, (cli.show(B), cli.show(A)), strict=True):
        assert {**one, "known_at": None} == {**other, "known_at": None}
    assert cli("show", B, "--known-at", between, "--json").json["uscc"] == A
    assert holders(cli, "--known-at", between) == 1
    assert cli("split", B).exit == 1
    assert cli("db", "check").exit == 0


def test_what_cannot_be_merged(cli: Register, lists: Lists) -> None:
    filed(cli, lists)
    assert cli("merge", A, A).exit == 2
    assert cli("merge", A, code(99)).exit == 2
    cli("merge", B, A, "--yes")
    assert cli("merge", B, A, "--yes").exit == 1
    assert cli("merge", A, B, "--yes").exit == 1
