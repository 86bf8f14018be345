"""``intake`` on the command line: matching alone, and with --confirm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

import cli
from registry.filings import filings, problems
from registry.house import House
from tests.registry.house import code, file_rows

FIRMS = [
    {"uscc": code(1), "name": "济南霖树锅炉有限公司", "district": "天桥区"},
    {"uscc": code(6), "name": "济南霖树锅炉有限公司", "district": "莱芜区"},
    {"uscc": code(2), "name": "济南磐笛精细化工有限公司", "district": "历城区"},
]
NAMES = "企业名称,区县\n济南磐笛精细化工有限公司,历城区\n济南霖树锅炉有限公司,\n山东全新机械有限公司,章丘区\n"
SETS = [
    "--set",
    "tier=srdi",
    "--set",
    "level=provincial",
    "--set",
    "batch=2026",
    "--set",
    "issued_on=2026-02-01",
]


@pytest.fixture
def house(house: House) -> House:
    file_rows(house, "enterprises", FIRMS)
    return house


def asked(house: House, *arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(cli.main.commands["intake"], list(arguments), obj=house, input=typed)


def listed(tmp_path: Path, text: str = NAMES) -> str:
    path = tmp_path / "名单.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def held(house: House) -> set[str]:
    table = house.kinds.by_id["titles"].table
    with house.store.read() as connection:
        return set(connection.execute(select(table.c.uscc)).scalars())


def test_matching_alone_writes_nothing(house: House, tmp_path: Path) -> None:
    answer = asked(house, listed(tmp_path), "--json")
    assert answer.exit_code == 0, answer.output
    document: dict[str, Any] = json.loads(answer.stdout)
    assert list(document) == ["rows"]
    assert [(r["row"], r["given"], r["decision"], r["uscc"]) for r in document["rows"]] == [
        (2, "济南磐笛精细化工有限公司", "certain", code(2)),
        (3, "济南霖树锅炉有限公司", "choose", None),
        (4, "山东全新机械有限公司", "none", None),
    ]
    first = document["rows"][1]["candidates"][0]
    assert {one["uscc"] for one in document["rows"][1]["candidates"]} >= {code(1), code(6)}
    assert first["name"] == "济南霖树锅炉有限公司"
    assert 0 < first["score"] <= 1
    assert {"feature", "score", "detail"} <= set(first["reasons"][0])
    with house.store.read() as connection:
        assert len(filings(connection)) == 1


def test_confirming_files_what_is_certain_and_leaves_the_rest_in_review(house: House, tmp_path: Path) -> None:
    answer = asked(house, listed(tmp_path), *SETS, "--confirm", "--json")
    assert answer.exit_code == 0, answer.output
    filing = json.loads(answer.stdout)["filing"]
    assert held(house) == {code(2)}
    with house.store.read() as connection:
        filed = filings(connection)[0]
        said = {(p["row"], p["code"]) for p in problems(connection, filing) if p["fate"] == "review"}
    assert (filed["id"], filed["accepted"], filed["review"]) == (filing, 1, 2)
    assert said == {(3, "ambiguous_name"), (4, "unknown_firm")}


def test_pasted_names_come_from_standard_input(house: House) -> None:
    answer = asked(house, "-", "--json", typed="济南磐笛精细化工有限公司\n")
    assert [row["uscc"] for row in json.loads(answer.stdout)["rows"]] == [code(2)]


def test_confirming_without_what_the_kind_needs_is_used_wrongly(house: House, tmp_path: Path) -> None:
    answer = asked(house, listed(tmp_path), "--confirm")
    assert answer.exit_code == 2
    assert "tier" in answer.stderr
    with house.store.read() as connection:
        assert len(filings(connection)) == 1


@pytest.mark.parametrize(
    "arguments", [["nowhere.csv"], ["-", "--kind", "figures"], ["-", "--set", "tier=什么"]]
)
def test_what_cannot_be_read_is_used_wrongly(house: House, arguments: list[str]) -> None:
    assert asked(house, *arguments, typed="济南磐笛精细化工有限公司\n").exit_code == 2


def test_nothing_pasted_is_said(house: House) -> None:
    answer = asked(house, "-", typed="\n")
    assert answer.exit_code == 2
    assert answer.stderr.startswith("error:")
