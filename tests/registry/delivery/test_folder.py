"""The folder: whole files or none, nothing overwritten, and a share that is not there is no empty folder."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from registry.delivery import folder as channel
from registry.delivery.sending import Sent, send_due
from registry.house import House
from tests.registry.delivery.parcels import FILES, house_with, parcel, put_in, row, rows
from tests.registry.house import Time


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    place = tmp_path / "通报"
    place.mkdir()
    return place


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path, inbox: Path, time: Time) -> Iterator[House]:
    house = house_with(sqlite_url, tmp_path / "var", time, folder=str(inbox))
    yield house
    house.store.dispose()


def held(inbox: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in inbox.iterdir()}


def test_files_arrive_under_their_names_with_hashes_as_receipt(house: House, inbox: Path) -> None:
    put_in(house)
    assert send_due(house) == Sent(sent=1)
    assert held(inbox) == dict(FILES)
    assert row(house).receipt.splitlines()[0].startswith(f"{inbox / FILES[0][0]} sha256:")


def test_an_equal_file_is_success_and_another_one_is_not_overwritten(house: House, inbox: Path) -> None:
    (name, content), (other_name, other) = FILES
    (inbox / name).write_bytes(content)
    (inbox / other_name).write_bytes(b"signed by the director")
    put_in(house)
    assert send_due(house) == Sent(sent=1)
    assert held(inbox) == {
        name: content, other_name: b"signed by the director", "monthly-2025-12-31 (2).pdf": other,
    }  # fmt: skip
    put_in(house, parcel("monthly-count/2025-12/2"))
    send_due(house)
    assert len(held(inbox)) == 3, "the same bytes once more are there already"


def test_a_link_or_a_folder_of_that_name_is_left_alone(house: House, inbox: Path, tmp_path: Path) -> None:
    (inbox / FILES[0][0]).symlink_to(tmp_path / "nowhere")
    (inbox / FILES[1][0]).mkdir()
    put_in(house)
    assert send_due(house) == Sent(sent=1)
    assert not (tmp_path / "nowhere").exists()
    assert (inbox / "2025年12月通报 (2).docx").read_bytes() == FILES[0][1]


def test_a_share_that_is_not_mounted_is_waited_for(house: House, inbox: Path, time: Time) -> None:
    inbox.rmdir()
    put_in(house)
    assert send_due(house) == Sent(failed=1)
    assert row(house).reason == "folder"
    assert str(inbox) in row(house).message
    assert not inbox.exists()
    inbox.mkdir()
    time.now += timedelta(minutes=1)
    assert send_due(house) == Sent(sent=1)


def test_a_full_disk_leaves_nothing_behind(
    house: House, inbox: Path, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = os.fsync

    def full(handle: int) -> None:
        if stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(handle)

    put_in(house)
    monkeypatch.setattr(os, "fsync", full)
    assert send_due(house) == Sent(failed=1)
    assert held(inbox) == {}
    assert "No space left" in row(house).message
    monkeypatch.undo()
    time.now += timedelta(minutes=1)
    assert send_due(house) == Sent(sent=1)
    assert held(inbox) == dict(FILES)


def test_a_share_without_links_works_too(house: House, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_given: Any, **_named: Any) -> None:
        raise OSError(errno.ENOTSUP, "no links here")

    monkeypatch.setattr(channel.os, "link", none)
    (inbox / FILES[0][0]).write_bytes(b"another")
    put_in(house)
    assert send_due(house) == Sent(sent=1)
    assert held(inbox)["2025年12月通报 (2).docx"] == FILES[0][1]
    assert len(held(inbox)) == 3


def test_what_holds_no_file_does_not_go_there(house: House) -> None:
    assert put_in(house, parcel(files=(), to="failures")) == 0
    assert rows(house) == []


def test_a_file_that_is_lost_or_altered_is_not_sent(house: House, inbox: Path, tmp_path: Path) -> None:
    put_in(house)
    path = next((tmp_path / "var" / "outbox").glob("*/*"))
    path.write_bytes(path.read_bytes() + b" ")
    assert send_due(house) == Sent(given_up=1)
    assert row(house).reason == "file_lost"
    assert held(inbox) == {}


def test_what_a_killed_sender_left_half_written_goes_after_a_day(house: House, inbox: Path) -> None:
    old, young = inbox / ".tidu-part-0", inbox / ".tidu-part-1"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    put_in(house)
    send_due(house)
    assert not old.exists()
    assert young.exists(), "somebody may be writing it"
