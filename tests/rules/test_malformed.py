"""A rule written into nonsense is refused, with its file, the line and what was expected; nothing of it is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from tiers.rules.library import load
from tiers.rules.reader import read_edition
from tiers.rules.spots import MAX_BYTES, RuleError

FOLDER = Path(__file__).parent / "malformed"

#: file, line, what its message says
FILES = [
    ("unknown-key", 8, "issued_by: unknown key; known here:"),
    ("unknown-key-within", 22, "from: unknown key; known here:"),
    ("unknown-metric", 20, "there is no metric 'years_in_niche'"),
    ("unit-of-another-kind", 21, "'3万元' is in yuan, wanted is years"),
    ("no-unit", 21, "'3' is no amount with a unit; write one such as 3年"),
    ("word-for-a-number", 21, "'ministry' is none of none, below, city, provincial, national"),
    ("no-document", 1, "lacks 'document'"),
    ("empty-document", 6, "document: expected text"),
    ("no-clause", 16, "lacks 'clause'"),
    ("no-threshold", 16, "wants exactly one of at_least, more_than"),
    ("two-thresholds", 16, "wants exactly one of at_least, more_than"),
    ("no-kind", 16, "wants exactly one of metric, all, any"),
    ("two-kinds", 16, "has metric, judged"),
    ("classes-do-not-add-up", 29, "the classes add up to 100, not 90"),
    ("items-do-not-add-up", 34, "the items add up to 100, not 90"),
    ("rungs-rise", 45, "rungs fall from the best to the last"),
    ("rung-above-the-maximum", 44, "more than the item's maximum of 100"),
    ("maximum-out-of-reach", 43, "the item's maximum of 100 cannot be reached"),
    ("no-last-rung", 43, "the last rung, and only it, has no 'if'"),
    ("no-rungs", 43, "the last rung, and only it, has no 'if'"),
    ("gathered-without-if", 43, "each of them has an 'if'"),
    ("points-below-zero", 46, "points are not below zero"),
    ("best-of-one", 43, "wants two lines or more"),
    ("steps-of-a-year", 43, "steps count full parts of a fact of the day"),
    ("two-criteria-of-one-id", 22, "the id 'niche_years' stands twice"),
    ("id-of-another-file", 1, "an edition's file bears its id"),
    ("id-with-a-dot", 22, "'points.total' is no id"),
    ("score-of-no-table", 26, "there is no point table 'sum'; known: total, total.growth"),
    ("score-out-of-reach", 26, "160 points of at most 100 cannot be reached"),
    ("score-at-most", 22, "points are at_least or more_than"),
    ("not-found-without-looked-for", 1, "what was looked for (looked_for) belongs to status not_found"),
    ("looked-for-in-force", 13, "what was looked for (looked_for) belongs to status not_found"),
    ("not-found-with-criteria", 16, "what is not found asks nothing"),
    ("unknown-status", 12, "'valid' is none of in_force, not_found, template"),
    ("unknown-tier", 2, "'specialised' is none of innovative_sme"),
    ("unknown-level", 3, "'county' is none of national"),
    ("unknown-purpose", 9, "'renewal' is none of new, review"),
    ("no-purpose", 9, "wants each purpose once"),
    ("unknown-place", 8, "'Jinan' is no place"),
    ("unknown-provenance", 13, "'found' is none of official, secondary, unverified"),
    ("unknown-title", 20, "'gazelles' is none of"),
    ("unknown-honour", 20, "'prize' is none of"),
    ("unknown-industry", 20, "'Z99' is no code of GB/T 4754"),
    ("no-such-day", 10, "'2026-02-30' is no day such as 2026-04-01"),
    ("day-in-another-form", 10, "'20260401' is no day such as 2026-04-01"),
    ("ends-before-it-begins", 10, "ends before it begins"),
    ("span-of-a-fact-of-the-day", 21, "niche_years is a fact of the day, not of years"),
    ("compound-of-an-amount", 21, "revenue cannot be taken as compound"),
    ("sum-of-a-share", 21, "rd_ratio cannot be taken as sum"),
    ("half-a-year", 21, "wants a whole number from one on"),
    ("too-many-years", 21, "one to 3 years"),
    ("bands-fall", 25, "bands rise"),
    ("one-band", 16, "at least two bands"),
    ("no-parts", 20, "any: is empty"),
    ("two-parts-of-one-id", 20, "two parts bear one id"),
    ("no-criteria", 1, "lacks 'criteria'"),
    ("base-over-another", 1, "belong to layers province and notice"),
    ("notice-over-nothing", 1, "belong to layers province and notice"),
    ("base-that-suspends", 15, "a base changes nothing"),
    ("base-that-sends", 15, "only a notice sends its round to another base"),
    ("key-twice", 6, "zh: stands twice"),
    ("alias", 8, "*who: write it out"),
    ("two-documents", 15, "is not YAML: but found another document"),
    ("bracket-open", 10, "is not YAML"),
    ("tab", 17, "is not YAML"),
    ("text-for-a-list", 9, "purposes: expected a list"),
    ("list-for-text", 4, "zh: expected text"),
    ("empty", 1, "the file is empty"),
    ("only-a-comment", 1, "the file is empty"),
    ("only-text", 1, "expected keys with values"),
    ("not-utf-8", 4, "is not UTF-8; save it as UTF-8"),
    ("control-characters", 1, "is not YAML"),
]

#: Files that are sound each by itself and contradict each other: folder, the file that is named, what its message says
FOLDERS = [
    ("overlap", "younger.yaml", "younger and older overlap for srdi (provincial, new) on 2026-04-01"),
    ("no-end", "younger.yaml", "let the older one end on 2026-03-31"),
    (
        "undeclared-gap",
        "younger.yaml",
        "nothing stands for srdi (provincial, new) between 2025-12-31 and 2026-04-01",
    ),
    ("no-such-predecessor", "younger.yaml", "names older, of which there is no file"),
    ("predecessor-of-another-tier", "younger.yaml", "older is no other rule of srdi (provincial)"),
    ("over-a-notice", "second.yaml", "notice is no base"),
    ("suspends-nothing", "notice.yaml", "younger: has no 'growth' to change"),
    ("replaces-nothing", "province.yaml", "younger: has no 'local' to change"),
    ("replaced-for-less", "province.yaml", "share: the lines do not add up to 100"),
    ("adds-what-is-there", "notice.yaml", "younger: has the id 'niche_years' already"),
    ("sent-to-nothing", "notice.yaml", "names older, of which there is no file"),
    ("two-notices-at-once", "second.yaml", "second and notice overlap"),
]


def test_every_malformed_file_is_spoken_of() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == {name for name, _line, _phrase in FILES}
    assert {path.name for path in FOLDER.iterdir() if path.is_dir()} == {
        name for name, _file, _phrase in FOLDERS
    }


@pytest.mark.parametrize(("name", "line", "phrase"), FILES)
def test_a_malformed_file_is_refused_with_its_place(name: str, line: int, phrase: str) -> None:
    with pytest.raises(RuleError) as refused:
        read_edition(FOLDER / f"{name}.yaml")
    assert str(refused.value).startswith(f"{name}.yaml:{line}: ")
    assert phrase in str(refused.value)


@pytest.mark.parametrize(("name", "file", "phrase"), FOLDERS)
def test_files_that_contradict_each_other_are_refused(name: str, file: str, phrase: str) -> None:
    for path in (FOLDER / name).glob("*.yaml"):
        read_edition(path)
    with pytest.raises(RuleError) as refused:
        load(FOLDER / name)
    assert str(refused.value).startswith(f"{file}:1: ")
    assert phrase in str(refused.value)


@pytest.mark.parametrize(
    ("name", "data", "phrase"),
    [
        ("deep", b"id: " + b"[" * 20_000 + b"]" * 20_000, "is nested deeper than a rule can be"),
        ("large", b"# " + b"x" * MAX_BYTES, "larger than a rule can be"),
    ],
)
def test_a_file_that_would_take_too_much_is_refused(
    tmp_path: Path, name: str, data: bytes, phrase: str
) -> None:
    path = tmp_path / f"{name}.yaml"
    path.write_bytes(data)
    with pytest.raises(RuleError, match=phrase):
        read_edition(path)


def test_a_folder_or_a_missing_file_is_no_rule(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.yaml"):
        with pytest.raises(RuleError, match="cannot be read"):
            read_edition(path)
