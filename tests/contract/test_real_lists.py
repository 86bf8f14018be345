"""Two lists as they really are, where the folder with real data stands beside the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.conftest import Register

REAL = Path(__file__).resolve().parents[3] / "shared" / "realdata"

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="no real data beside the project")

JIANGSU = "gsmc=name xydm=uscc clrq=founded_on zcdz=address hydm=industry jyfw=business_scope zycp=products"


def test_registrations_of_jinan_then_listed_firms_of_jiangsu(cli: Register) -> None:
    file = REAL / "jinan_registrations.csv"
    first = cli.load("enterprises", file)
    assert first.exit == 0
    assert first.fates == (6075, 0, 0, 0)
    assert first.codes().count("case_folded") == 1
    again = cli.load("enterprises", file)
    assert again.exit == 0
    assert again.fates == (0, 6075, 0, 0)
    before = cli("count", "--json").json

    mapping = [word for each in JIANGSU.split() for word in ("--map", each)]
    listed = cli.load("enterprises", REAL / "listed_firms_jiangsu.csv", *mapping)
    assert listed.exit == 1
    assert listed.json["rows"] == 442
    assert listed.fates == (441, 0, 0, 1)
    assert listed.codes("refused") == ["uscc_missing"]
    after = cli("count", "--json").json
    assert after["outside"] == before["outside"] + 441
    for changing in ("known_at", "outside"):
        before.pop(changing)
        after.pop(changing)
    assert after == before
    assert cli.checked()
