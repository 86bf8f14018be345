"""Two names laid over each other: nothing of what was typed is lost, and only real differences are marked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from registry.naming.difference import marks
from registry.naming.normal import normal_form

NAMES = st.text(alphabet="济南华宇于机械有限公司（）()A a①㈱\u3000二2", max_size=16)


def test_the_runs_say_what_changed_is_missing_and_is_extra() -> None:
    ours, theirs = marks("济南华雨机械公司", "济南市华宇机械有限公司")
    assert ours == [("济南", "same"), ("华", "same"), ("雨", "changed"), ("机械公司", "same")] or ours == [
        ("济南华", "same"), ("雨", "changed"), ("机械公司", "same")]  # fmt: skip
    assert ("市", "missing") in theirs
    assert ("宇", "changed") in theirs
    assert ("有限", "missing") in theirs


def test_a_part_that_only_the_list_has_is_extra() -> None:
    ours, theirs = marks("济南华宇机械（集团）有限公司", "济南华宇机械有限公司")
    assert ("（集团）", "extra") in ours
    assert theirs == [("济南华宇机械有限公司", "same")] or all(kind == "same" for _, kind in theirs)


@given(NAMES, NAMES)
def test_the_runs_of_a_side_are_the_name_as_typed(given_name: str, name: str) -> None:
    ours, theirs = marks(given_name, name)
    assert "".join(text for text, _ in ours) == given_name
    assert "".join(text for text, _ in theirs) == name
    assert {kind for _, kind in ours} <= {"same", "changed", "extra"}
    assert {kind for _, kind in theirs} <= {"same", "changed", "missing"}


@given(NAMES, NAMES)
def test_only_names_of_one_normal_form_are_the_same_throughout(given_name: str, name: str) -> None:
    ours, theirs = marks(given_name, name)
    same = all(kind == "same" for _, kind in (*ours, *theirs))
    assert same == (normal_form(given_name) == normal_form(name))
