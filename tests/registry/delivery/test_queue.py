"""The outbox: in the transaction of what it tells of, once for each address, for ever."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from registry.delivery import outbox
from registry.delivery.parcel import Parcel, stable_key
from registry.delivery.queue import queue
from registry.delivery.sending import Sent, send_due
from tests.registry.delivery.parcels import FILES, by_mail, house_with, parcel, put_in, row, rows

LISTS = ["bulletins=a@example.org", "bulletins=b@example.org", "districts:370102=c@example.org"]


def test_a_parcel_is_queued_once_for_each_address_of_its_list(database_url: str, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    house = house_with(database_url, tmp_path / "var", folder=str(inbox), **by_mail(25, *LISTS))
    assert put_in(house) == 3
    assert put_in(house, parcel(files=())) == 0, "the same id is the same parcel"
    assert put_in(house, parcel("district/2025-12/370102/1", to="districts:370102")) == 2
    assert put_in(house, parcel("district/2025-12/370103/1", to="districts:370103", files=())) == 0
    assert [(r.channel, r.address) for r in rows(house)] == [
        ("folder", str(inbox)), ("mail", "a@example.org"), ("mail", "b@example.org"),
        ("folder", str(inbox)), ("mail", "c@example.org"),
    ]  # fmt: skip
    files = json.loads(rows(house)[0].files)
    assert [(file["name"], file["size"]) for file in files] == [(n, len(c)) for n, c in FILES]
    assert outbox.take_out(house, rows(house)[0].files)[0][2] == FILES[0][1]
    house.store.dispose()


def test_two_of_one_id_in_one_call_are_one(sqlite_url: str, tmp_path: Path) -> None:
    house = house_with(sqlite_url, tmp_path / "var", **by_mail(25))
    assert put_in(house, parcel("a"), parcel("b"), parcel("a")) == 2
    house.store.dispose()


def test_what_was_not_committed_is_not_sent(database_url: str, tmp_path: Path) -> None:
    house = house_with(database_url, tmp_path / "var", folder=str(tmp_path))

    def count_that_dies() -> None:
        with house.store.write("test") as unit:
            assert queue(house, unit, [parcel()]) == 1
            raise RuntimeError("the count dies")

    with pytest.raises(RuntimeError, match="dies"):
        count_that_dies()
    assert rows(house) == []
    assert send_due(house) == Sent()
    assert outbox.tidy(house, "test") == 2, "its bytes are left behind, for tidying"
    house.store.dispose()


def test_with_nothing_set_nothing_is_queued_and_nothing_kept(sqlite_url: str, tmp_path: Path) -> None:
    house = house_with(sqlite_url, tmp_path / "var")
    assert put_in(house) == 0
    assert not outbox.folder(house).exists()
    house.store.dispose()


def test_a_parcel_that_nobody_was_listed_for_can_be_queued_later(sqlite_url: str, tmp_path: Path) -> None:
    house = house_with(sqlite_url, tmp_path / "var")
    put_in(house)
    house.store.dispose()
    house = house_with(sqlite_url, tmp_path / "var", **by_mail(25))
    assert put_in(house) == 1
    house.store.dispose()


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": ""},
        {"id": "a\nb"},
        {"to": "everybody"},
        {"to": "districts:"},
        {"files": (("../a.pdf", b""),)},
        {"files": (("a.pdf", b"1"), ("A.pdf", b"2"))},
        {"files": ((".hidden", b""),)},
        {"files": (("a\0b", b""),)},
        {"files": (("名" * 80, b""),)},
    ],
)
def test_a_parcel_that_no_folder_would_take_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"id|list|name"):
        Parcel(**{"id": "a", "subject": ("甲", "a"), "text": "", **wrong})  # type: ignore[arg-type]


def test_keys_differ_by_register_parcel_channel_and_address() -> None:
    given = ("register", "parcel", "mail", "a@example.org")
    others = [(*given[:n], "x", *given[n + 1 :]) for n in range(4)]
    keys = {stable_key(*given)} | {stable_key(*other) for other in others}
    assert len(keys) == 5
    assert stable_key(*given) == stable_key(*given)


def test_a_subject_is_one_line(sqlite_url: str, tmp_path: Path) -> None:
    house = house_with(sqlite_url, tmp_path / "var", **by_mail(25))
    put_in(house, parcel(subject=("通报\r\nBcc: x@example.org", "a")))
    assert row(house).subject == "通报 Bcc: x@example.org"
    house.store.dispose()
