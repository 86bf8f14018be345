"""A wrong setting stops the start and says where it stands and what was expected."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from registry import settings
from registry.settings import SettingsError, load

CONFIG = settings.ROOT / "config.toml"


def altered(tmp_path: Path, old: str, new: str) -> Path:
    text = CONFIG.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "config.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_shipped_file_loads_and_explains_every_key() -> None:
    loaded = load(environment={})
    lines = CONFIG.read_text(encoding="utf-8").splitlines()
    for section, keys in tomllib.loads(CONFIG.read_text(encoding="utf-8")).items():
        assert set(keys) == set(getattr(loaded, section).model_dump())
        for key in keys:
            at = next(n for n, line in enumerate(lines) if re.match(rf"{key}\s*=", line))
            assert "#" in lines[at] or lines[at - 1].startswith("#"), f"{section}.{key} is not explained"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "grace_days = 90",
            "grace_days = 90\ngraze_days = 1",
            r"\[review\] graze_days: is not a known setting",
        ),
        ("grace_days = 90", 'grace_days = "ninety"', r"\[review\] grace_days: .*valid integer.*'ninety'"),
        ("grace_days = 90", "# nothing", r"\[review\] grace_days: is missing"),
        ('closing_day = "06-30"', 'closing_day = "midsummer"', r"\[figures\] closing_day: .*06-30"),
        ("port = 8000", "port = 99999", r"\[web\] port: .*65535"),
        ("[review]", "[review", "cannot be read"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file_and_what_was_expected(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    path = altered(tmp_path, old, new)
    with pytest.raises(SettingsError, match=expected) as caught:
        load(path, environment={})
    assert str(path) in str(caught.value)


def test_the_environment_overrides_the_file() -> None:
    loaded = load(
        environment={
            "DATABASE_URL": "postgresql://desk@db/tidu",
            "PORT": "9000",
            "TIDU_REVIEW_INCLUDE_REVIEW_PENDING": "true",
            "TIDU_QUALITY_TITLES": "srdi, little_giant",
        }
    )
    assert loaded.database.url == "postgresql://desk@db/tidu"
    assert loaded.web.port == 9000
    assert loaded.review.include_review_pending is True
    assert loaded.quality.titles == ["srdi", "little_giant"]


def test_a_wrong_environment_variable_is_named() -> None:
    with pytest.raises(SettingsError, match=r"environment variable PORT: \[web\] port: .*'eighty'"):
        load(environment={"PORT": "eighty"})


def test_a_relative_database_lies_in_the_project_wherever_the_command_is_run() -> None:
    assert load(environment={}).database.url == f"sqlite:///{settings.ROOT / 'data/var/tidu.sqlite'}"


@pytest.mark.parametrize(
    "variable",
    ["JOBS_LEASE_SECONDS", "JOBS_RETRY_MINUTES", "JOBS_LOOK_SECONDS", "DELIVERY_LONGEST_WAIT_MINUTES"],
)
def test_a_pause_of_thousands_of_years_stops_the_start(variable: str) -> None:
    with pytest.raises(SettingsError, match=f"TIDU_{variable}"):
        load(environment={f"TIDU_{variable}": "99999999999"})


def test_days_beyond_the_calendar_stop_the_start() -> None:
    with pytest.raises(SettingsError, match="FRESHNESS_FILED_DAYS"):
        load(environment={"TIDU_FRESHNESS_FILED_DAYS": "titles=99999999999"})
