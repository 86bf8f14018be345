"""The upload's page says what a person at the screen can do about a list."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.registry.house import code
from tests.sample_app import app_in, post, words_of


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    """The desk of an empty register."""
    with app_in(tmp_path, empty=True) as app:
        yield app.test_client()


def rehearsed(client: FlaskClient, kind: str, text: str, **wishes: str) -> str:
    """Upload a list; gives the address of its rehearsal."""
    answer = post(client, "/upload", kind=kind, file=(io.BytesIO(text.encode()), "list.csv"), **wishes)
    assert answer.status_code == 303, words_of(answer.text)
    return str(answer.location)


FIRMS = f"uscc,name\n{code(1)},济南甲机械有限公司\n{code(2)},济南乙机械有限公司\n"


def test_a_file_that_was_filed_before_is_announced(client: FlaskClient) -> None:
    address = rehearsed(client, "enterprises", FIRMS)
    assert "这份文件入过库" not in client.get(address).text
    assert post(client, f"{address}/file").status_code == 303
    again = client.get(rehearsed(client, "enterprises", FIRMS))
    assert "这份文件入过库" in again.text
    assert "本次 2 行中 2 行无变化" in words_of(again.text)
    assert re.search(r'<a href="/filings/1">', again.text)
