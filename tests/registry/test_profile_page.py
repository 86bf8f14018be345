"""The profile of a firm: what it is called and was called, and where what is shown comes from."""

from __future__ import annotations

from pathlib import Path

from tests.registry.house import code, file_rows
from tests.sample_app import app_in, house_of, words_of


def test_a_renamed_firm_shows_its_earlier_names(tmp_path: Path) -> None:
    with app_in(tmp_path, empty=True) as app:
        names = ("济南甲机械厂", "2019-01-01"), ("济南甲机械有限公司", "2024-03-01")
        for name, day in names:
            file_rows(house_of(app), "enterprises", [{"uscc": code(1), "name": name, "effective_on": day}])
        page = words_of(app.test_client().get(f"/firms/{code(1)}").text)
        assert "曾用名 济南甲机械厂 2024-03-01 2#2" in page
