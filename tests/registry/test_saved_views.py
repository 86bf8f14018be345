"""A saved view belongs to the person who made it; sharing shows it to others and gives them no say."""

from __future__ import annotations

import pytest

from registry.house import House
from registry.refusals import MisusedError, RefusedError
from registry.saved_views import change_view, delete_view, save_view, views_of

QUERY = "tier=srdi&sort=-revenue"


def names(house: House, owner: str) -> list[str]:
    with house.store.read() as connection:
        return [view.name for view in views_of(connection, owner)]


def test_each_sees_the_own_views_and_those_that_are_shared(house: House) -> None:
    save_view(house, "ann", "专精特新", QUERY)
    save_view(house, "bob", "瞪羚", "tier=gazelle", shared=True)
    save_view(house, "bob", "私用", "tier=unicorn")
    assert names(house, "ann") == ["专精特新", "瞪羚"]
    assert names(house, "bob") == ["瞪羚", "私用"]
    assert names(house, "cid") == ["瞪羚"]


def test_a_name_is_taken_once_by_each_person(house: House) -> None:
    save_view(house, "ann", "专精特新", QUERY)
    save_view(house, "bob", "专精特新", QUERY)
    with pytest.raises(RefusedError, match="another name"):
        save_view(house, "ann", " 专精特新 ", QUERY)
    other = save_view(house, "ann", "另一个", QUERY)
    with pytest.raises(RefusedError):
        change_view(house, other, "ann", name="专精特新")


@pytest.mark.parametrize("name", ["", "   ", "很" * 61, "a\u0007b"])
def test_a_view_wants_a_name_that_can_be_read(house: House, name: str) -> None:
    with pytest.raises(RefusedError):
        save_view(house, "ann", name, QUERY)
    assert names(house, "ann") == []


def test_views_are_renamed_and_shared_by_their_owner_alone(house: House) -> None:
    view = save_view(house, "ann", "专精特新", QUERY)
    with pytest.raises(MisusedError):
        change_view(house, view, "bob", name="抢来的")
    change_view(house, view, "ann", name="新名", shared=True)
    assert names(house, "bob") == ["新名"]
    with pytest.raises(MisusedError):
        change_view(house, view, "bob", shared=False)
    change_view(house, view, "ann", shared=False)
    assert names(house, "bob") == []


def test_others_delete_shared_views_only_with_the_right_to(house: House) -> None:
    view, private = (
        save_view(house, "ann", "共享", QUERY, shared=True),
        save_view(house, "ann", "私用", QUERY),
    )
    with pytest.raises(MisusedError):
        delete_view(house, view, "bob")
    with pytest.raises(MisusedError):
        delete_view(house, private, "bob", shared_too=True)
    assert delete_view(house, view, "bob", shared_too=True) == "共享"
    delete_view(house, private, "ann")
    assert names(house, "ann") == []
