"""The yearly disclosures of listed firms, where they are at hand: every row has a fate, and what is no firm is refused."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import cli

REAL = Path(__file__).parents[3] / "shared" / "realdata"
FIRMS, LINKS = REAL / "listed_firms_jiangsu.csv", REAL / "listed_suppliers_jiangsu.csv"
pytestmark = pytest.mark.skipif(not LINKS.exists(), reason="the disclosures are not at hand")
FIRM_COLUMNS = (
    "xydm=uscc",
    "gsmc=name",
    "zcdz=address",
    "hydm=industry",
    "zycp=products",
    "jyfw=business_scope",
)
LINK_COLUMNS = ("gpdm=buyer", "gysmc=supplier", "bgnd=from", "gysbl=share_of_buyer_spend")
STATED = ("--set", "stage=listed", "--set", "stage_on=2020-01-01")


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Any]:
    environment = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'real.sqlite'}",
        "TIDU_PATHS_VAR": str(tmp_path / "var"),
    }

    def command(*words: str) -> Any:
        said = CliRunner().invoke(cli.main, list(words), env=environment)
        assert said.exit_code in (0, 1), said.output
        return json.loads(said.stdout)

    return command


def mapped(*columns: str) -> list[str]:
    return [word for column in columns for word in ("--map", column)]


def test_the_disclosures_of_a_province(run: Callable[..., Any]) -> None:
    run("import", "enterprises", str(FIRMS), *mapped(*FIRM_COLUMNS), "--json")
    listings = run(
        "import", "listings", str(FIRMS), *mapped("xydm=uscc", "gpdm=code", "ssb=board"), *STATED, "--json"
    )
    assert (listings["rows"], listings["accepted"]) == (442, 441)
    assert [(each["code"], each["field"]) for each in listings["problems"]] == [("uscc_missing", "uscc")]

    first = run("import", "links", str(LINKS), *mapped(*LINK_COLUMNS), "--json")
    fates = [first[fate] for fate in ("accepted", "unchanged", "review", "refused")]
    assert sum(fates) == first["rows"] == 4264
    assert first["columns"]["gysbl"] == {"field": "share_of_buyer_spend", "unit": "percent"}
    refused = Counter(each["code"] for each in first["problems"] if each["fate"] == "refused")
    assert set(refused) <= {"placeholder", "self_supply"}
    assert first["refused"] == refused.total() > 3000

    again = run("import", "links", str(LINKS), *mapped(*LINK_COLUMNS), "--json")
    assert again["unchanged"] == first["accepted"] + first["unchanged"]
    assert (again["accepted"], again["refused"]) == (0, first["refused"])

    parties = run("chain", "parties", "--json")
    assert len(parties) > 500
    # Firms whose listing nobody has put on record (one row names no credit code) stay outside under their stock code.
    stocks = [
        each["party"]
        for each in parties
        if each["state"] != "joined" and each["party"].endswith((".SH", ".SZ"))
    ]
    assert len(stocks) <= 1
