"""The profile of a firm: what it is called and was called, and where what is shown comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.room import filled
from tests.registry.house import code, file_rows
from tests.sample_app import app_in, house_of, words_of


def test_a_renamed_firm_shows_its_earlier_names(tmp_path: Path) -> None:
    with app_in(tmp_path, empty=True) as app:
        names = ("济南甲机械厂", "2019-01-01"), ("济南甲机械有限公司", "2024-03-01")
        for name, day in names:
            file_rows(house_of(app), "enterprises", [{"uscc": code(1), "name": name, "effective_on": day}])
        page = words_of(app.test_client().get(f"/firms/{code(1)}").text)
        assert "曾用名 济南甲机械厂 2024-03-01 2#2" in page


@pytest.mark.parametrize(
    ("spans", "grown"),
    [
        ([], []),
        ([7], [12]),
        ([12, 7], [12, 12]),
        ([7, 5, 12], [7, 5, 12]),
        ([7, 6, 6], [12, 6, 6]),
        ([6, 4, 5], [6, 6, 12]),
    ],
)
def test_the_last_panel_of_a_row_grows_to_its_end(spans: list[int], grown: list[int]) -> None:
    assert filled(spans) == grown
