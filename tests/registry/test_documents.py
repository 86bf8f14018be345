"""Documents attached to firms: limits, content over name, nothing half written, and nothing that a browser would run."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

import cli
from registry.documents import (
    Attached,
    DocumentError,
    NotOwnFirmError,
    attach,
    contents,
    document_of,
    documents_of,
    faults,
    remove,
    tidy,
)
from registry.house import House
from registry.merging import merge, split
from registry.pages.held import shown_name
from registry.store.backup import backup, restore
from registry.store.contents import Contents
from registry.store.engine import StoreError
from tests.registry.house import Time, code, file_rows, open_test_house
from tests.sample_app import app_in, house_of, post, words_of

PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
JPG = b"\xff\xd8\xff\xe0" + b"0" * 40


def office(*parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part in ("[Content_Types].xml", *parts):
            archive.writestr(part, "<xml/>")
    return out.getvalue()


DOCX, XLSX = office("word/document.xml"), office("xl/workbook.xml")


def file(content: bytes = PDF, name: str = "通知.pdf", **more: str) -> Attached:
    return Attached(io.BytesIO(content), name, **more)


@pytest.fixture
def house(house: House) -> House:
    firms = [
        {"uscc": code(n), "name": f"济南{n}机械有限公司", "district": d}
        for n, d in ((1, "历下区"), (2, "历城区"))
    ]
    file_rows(house, "enterprises", firms)
    return house


def held(house: House, number: int = 1, **more: Any) -> list[str]:
    with house.store.read() as connection:
        return [row.name for row in documents_of(connection, code(number), **more)]


def on_disk(house: House) -> list[Path]:
    return sorted(path for path in (house.settings.var / "documents").rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (PDF, "a.pdf"),
        (PDF, "A.PDF"),
        (PNG, "a.png"),
        (JPG, "a.jpg"),
        (JPG, "a.jpeg"),
        (DOCX, "a.docx"),
        (XLSX, "a.xlsx"),
    ],
)
def test_each_type_is_taken(house: House, content: bytes, name: str) -> None:
    attach(house, code(1), file(content, name), "clerk")
    assert held(house) == [name]
    [path] = on_disk(house)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "a.pdf", "空文件"),
        (b"<html><script>alert(1)</script>", "a.pdf", "内容不是"),
        (b"MZ\x90\x00", "a.pdf", "内容不是"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "a.docx", "密码"),
        (office("word/document.xml", "word/vbaProject.bin"), "a.docx", "宏"),
        (office("evil.exe"), "a.docx", "内容不是"),
        (b"PK\x03\x04broken", "a.xlsx", "内容不是"),
        (PDF, "a.docx", "扩展名"),
        (PDF, "a.pdf.exe", "扩展名"),
        (PDF, "pdf", "扩展名"),
    ],
)
def test_what_is_not_what_it_says_is_refused(house: House, content: bytes, name: str, said: str) -> None:
    with pytest.raises(DocumentError) as refused:
        attach(house, code(1), file(content, name), "clerk")
    assert said in refused.value.in_language("zh")
    assert on_disk(house) == []
    assert held(house) == []


def test_types_are_those_of_the_settings(sqlite_url: str, tmp_path: Path) -> None:
    house = open_test_house(sqlite_url, tmp_path, documents={"types": ["pdf"], "max_mb": 1})
    file_rows(house, "enterprises", [{"uscc": code(1), "name": "济南机械有限公司"}])
    with pytest.raises(DocumentError, match="none of pdf"):
        attach(house, code(1), file(PNG, "a.png"), "clerk")
    with pytest.raises(DocumentError, match="larger than 1 MB"):
        attach(house, code(1), file(PDF + b"0" * 1_000_000), "clerk")
    assert on_disk(house) == []
    house.store.dispose()


def test_the_same_bytes_are_kept_once(house: House) -> None:
    attach(house, code(1), file(), "clerk")
    attach(house, code(2), file(name="另名.pdf"), "clerk")
    attach(house, code(1), file(about="enterprise:name"), "clerk")
    assert len(on_disk(house)) == 1
    with pytest.raises(DocumentError, match="attached already"):
        attach(house, code(1), file(), "clerk")


def test_removing_marks_and_keeps_the_bytes(house: House, time: Time) -> None:
    id = attach(house, code(1), file(note="原件"), "clerk")
    then = time.now
    time.pass_days(1)
    assert not remove(house, code(2), id, "other")  # of another firm
    assert remove(house, code(1), id, "other")
    assert not remove(house, code(1), id, "other")
    assert held(house) == []
    assert held(house, known_at=then + (time.now - then) / 2) == ["通知.pdf"]
    assert held(house, known_at=then.replace(year=2020)) == []
    assert len(on_disk(house)) == 1
    assert tidy(house, "clerk") == 0
    assert attach(house, code(1), file(), "clerk") != id


def test_an_officer_attaches_to_firms_of_the_own_unit_only(house: House) -> None:
    id = attach(house, code(2), file(), "clerk")
    attach(house, code(1), file(), "officer", "370102")
    with pytest.raises(NotOwnFirmError):
        attach(house, code(2), file(PNG, "a.png"), "officer", "370102")
    with pytest.raises(NotOwnFirmError):
        remove(house, code(2), id, "officer", "370102")
    with pytest.raises(DocumentError, match="not on the register"):
        attach(house, code(9), file(PNG, "a.png"), "clerk")
    assert len(on_disk(house)) == 1


def test_a_crash_between_bytes_and_row_is_tidied(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    attach(house, code(1), file(), "clerk")
    keep = Contents.keep

    def die(self: Contents, staged: Any) -> None:
        keep(self, staged)
        raise KeyboardInterrupt

    monkeypatch.setattr(Contents, "keep", die)
    with pytest.raises(KeyboardInterrupt):
        attach(house, code(1), file(PNG, "a.png"), "clerk")
    assert held(house) == ["通知.pdf"]
    assert len(on_disk(house)) == 2
    assert tidy(house, "clerk") == 1
    assert len(on_disk(house)) == 1
    assert list(faults(house)) == []


def test_lost_and_altered_bytes_are_found(house: House) -> None:
    attach(house, code(1), file(), "clerk")
    attach(house, code(2), file(PNG, "a.png"), "clerk")
    for path in on_disk(house):
        if path.read_bytes() == PDF:
            path.write_bytes(PDF + b" ")
        else:
            path.unlink()
    assert sorted(line.partition("bytes ")[2].split(" under")[0] for line in faults(house)) == [
        "are missing",
        "were altered",
    ]


def test_a_backup_holds_the_documents(house: House, tmp_path: Path) -> None:
    attach(house, code(1), file(), "clerk")
    attach(house, code(2), file(), "clerk")
    remove(house, code(1), attach(house, code(1), file(PNG, "a.png"), "clerk"), "clerk")
    copy = tmp_path / "copy.backup"
    backup(house.store, copy, contents(house).folder)
    (tmp_path / "other").mkdir()
    other = open_test_house(f"sqlite:///{tmp_path / 'other' / 'register.sqlite'}", tmp_path / "other")
    restore(other.store, copy, contents(other).folder)
    assert held(other) == ["通知.pdf"]
    assert [path.name for path in on_disk(other)] == [path.name for path in on_disk(house)]
    assert list(faults(other)) == []
    other.store.dispose()


def test_a_backup_with_other_bytes_restores_nothing(house: House, tmp_path: Path) -> None:
    attach(house, code(1), file(), "clerk")
    backup(house.store, tmp_path / "copy.backup", contents(house).folder)
    with (
        zipfile.ZipFile(tmp_path / "copy.backup") as archive,
        zipfile.ZipFile(tmp_path / "bad.backup", "w") as bad,
    ):
        for name in archive.namelist():
            bad.writestr(name, PNG if name.startswith("documents/") else archive.read(name))
    (tmp_path / "other").mkdir()
    other = open_test_house(f"sqlite:///{tmp_path / 'other' / 'register.sqlite'}", tmp_path / "other")
    with pytest.raises(StoreError, match="nothing was restored"):
        restore(other.store, tmp_path / "bad.backup", contents(other).folder)
    assert held(other) == []
    other.store.dispose()


def test_the_commands_take_documents_along(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("TIDU_PATHS_VAR", str(tmp_path / "var"))
    house = open_test_house(sqlite_url, tmp_path / "var")
    file_rows(house, "enterprises", [{"uscc": code(1), "name": "济南机械有限公司"}])
    attach(house, code(1), file(), "clerk")
    run = CliRunner()
    copy = str(tmp_path / "copy.backup")
    assert run.invoke(cli.main, ["db", "backup", copy]).exit_code == 0
    assert run.invoke(cli.main, ["db", "check"]).exit_code == 0
    assert run.invoke(cli.main, ["db", "tidy"]).output == "0 files removed\n"
    on_disk(house)[0].unlink()
    checked = run.invoke(cli.main, ["db", "check"])
    assert (checked.exit_code, "its bytes are missing" in checked.output) == (1, True)
    lost = run.invoke(cli.main, ["db", "backup", copy + "2"])
    assert (lost.exit_code, "not in the copy" in lost.output) == (1, True)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'again.sqlite'}")
    assert run.invoke(cli.main, ["db", "restore", copy]).exit_code == 0
    assert run.invoke(cli.main, ["db", "check"]).exit_code == 0
    house.store.dispose()


# -- pages -------------------------------------------------------------------------------------------------------

PAGE = f"/firms/{code(1)}/documents"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with app_in(tmp_path, empty=True) as app:
        firms = [
            {"uscc": code(n), "name": f"济南{n}机械有限公司", "district": d}
            for n, d in ((1, "历下区"), (2, "历城区"))
        ]
        file_rows(house_of(app), "enterprises", firms)
        rows = [
            {"uscc": code(1), "tier": "srdi", "batch": batch, "issued_on": f"{batch}-07-01"}
            for batch in ("2022", "2025")
        ]
        file_rows(house_of(app), "titles", rows)
        yield app


def send(
    client: FlaskClient, content: bytes = PDF, name: str = "通知.pdf", path: str = PAGE, **more: str
) -> Any:
    return post(client, path, file=(io.BytesIO(content), name), **more)


def test_a_document_is_attached_listed_taken_away_and_removed(client: FlaskClient) -> None:
    form = client.get(PAGE).text
    about = [value for value in re.findall(r'<option value="(title:[^"]+)"', form) if "2025" in value]
    assert len(about) == 1
    assert send(client, about=about[0], note="认定文件").status_code == 303
    page = words_of(client.get(PAGE).text)
    assert "通知.pdf" in page
    assert "2025" in page
    profile = client.get(f"/firms/{code(1)}").text
    assert f'href="{PAGE}/1"' in profile
    with client.get(f"{PAGE}/1") as taken:
        assert taken.data == PDF
        assert taken.headers["Content-Disposition"].startswith("attachment;")
        assert "filename*=UTF-8''%E9%80%9A%E7%9F%A5.pdf" in taken.headers["Content-Disposition"]
        assert taken.headers["X-Content-Type-Options"] == "nosniff"
        assert taken.headers["Content-Security-Policy"].startswith("sandbox")
        assert taken.mimetype == "application/pdf"
    assert post(client, f"{PAGE}/1/remove").status_code == 303
    assert client.get(f"{PAGE}/1").status_code == 404
    assert "已移除" in words_of(client.get(PAGE).text)
    assert f'href="{PAGE}/1"' not in client.get(f"/firms/{code(1)}").text
    post(client, f"{PAGE}/1/remove")
    assert "早已移除" in words_of(client.get(PAGE).text)


def test_a_page_of_the_past_lists_what_was_attached_then(client: FlaskClient) -> None:
    send(client)
    client.get("/style")  # the message about it is shown once
    assert "通知.pdf" not in client.get(f"/firms/{code(1)}?known_at=2").text
    assert "通知.pdf" in client.get(f"/firms/{code(1)}").text


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\x.pdf", "x.pdf"),
        ("/etc/x.pdf", "x.pdf"),
        ("a\x00b\r\nSet-Cookie: x.pdf", "abSet-Cookie: x.pdf"),
        ('“引号”".pdf', '“引号”".pdf'),
        ("名" * 300 + ".pdf", "名" * 196 + ".pdf"),
    ],
)
def test_names_are_words_and_never_paths_or_headers(
    app: Flask, client: FlaskClient, name: str, kept: str
) -> None:
    attach(house_of(app), code(1), file(name=shown_name(name)), "clerk")
    assert held(house_of(app)) == [kept]
    [path] = on_disk(house_of(app))
    assert path.parent.parent == house_of(app).settings.var / "documents"
    with client.get(f"{PAGE}/1") as taken:
        assert taken.data == PDF
        said = taken.headers["Content-Disposition"]
        assert said.startswith("attachment; filename")
        assert "Set-Cookie" not in taken.headers
        assert not set("\r\n") & set(said)
    assert client.get(PAGE).status_code == 200


def test_a_refused_document_is_said_at_its_control(client: FlaskClient) -> None:
    answer = send(client, b"<html>", "页面.pdf", note="说明在此")
    assert answer.status_code == 200
    page = words_of(answer.text)
    assert "“页面.pdf”的内容不是" in page
    assert "说明在此" in page
    assert "请先选择文件" in words_of(post(client, PAGE).text)


def test_a_huge_upload_is_refused_kindly(app: Flask, client: FlaskClient) -> None:
    """Beyond the limit of any request it is not even read."""
    app.config["MAX_CONTENT_LENGTH"] = 1_000_000
    answer = send(client, PDF + b"0" * 2_000_000)
    assert answer.status_code == 413
    assert "降低扫描分辨率" in words_of(answer.text)
    assert "命令行" not in words_of(answer.text)
    assert on_disk(house_of(app)) == []


def test_documents_of_other_units_are_out_of_reach(app: Flask, client: FlaskClient) -> None:
    other = f"/firms/{code(2)}/documents"
    send(client, path=other)
    with client.get(f"{other}/1") as taken:
        assert taken.status_code == 200
    assert client.get(f"{PAGE}/1").status_code == 404  # the firm in the address counts
    client = app.test_client(role="district", unit="370102")
    for path in (other, f"{other}/1"):
        assert client.get(path).status_code == 403
    assert send(client, PNG, "a.png", other).status_code == 403
    assert post(client, f"{other}/1/remove").status_code == 403
    assert held(house_of(app), 2) == ["通知.pdf"]


def test_only_those_who_write_see_the_form(app: Flask) -> None:
    client = app.test_client(role="reader")
    html = client.get(PAGE).text
    assert '<form class="panel"' not in html
    profile = client.get(f"/firms/{code(1)}").text
    assert "/edit" not in profile
    assert "panel-documents" not in profile
    for path in ("/edit", "/edit/enterprises", "/events/move"):
        assert client.get(f"/firms/{code(1)}{path}").status_code == 403
    with house_of(app).store.read() as connection:
        assert documents_of(connection, code(1)) == []


def test_documents_of_both_codes_are_the_merged_firm_s(house: House) -> None:
    old = attach(house, code(1), file(), "w")
    merge(house, code(1), code(2), "w", yes=True)
    attach(house, code(2), file(PNG, "照片.png"), "w")
    assert held(house, 2) == ["照片.png", "通知.pdf"]
    with pytest.raises(DocumentError, match="already"):
        attach(house, code(2), file(), "w")
    with house.store.read() as connection:
        assert document_of(connection, code(2), old) is not None
    split(house, code(1), "w")
    assert (held(house, 1), held(house, 2)) == (["通知.pdf"], ["照片.png"])
    merge(house, code(1), code(2), "w", yes=True)
    assert remove(house, code(2), old, "w")
    assert held(house, 2) == ["照片.png"]
