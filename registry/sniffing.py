"""What a file is by its content, whatever its name says."""

from __future__ import annotations

import zipfile
from pathlib import Path

#: type → (media type, suffixes that its name may have)
TYPES: dict[str, tuple[str, tuple[str, ...]]] = {
    "pdf": ("application/pdf", (".pdf",)),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",)),
    "jpg": ("image/jpeg", (".jpg", ".jpeg")),
    "png": ("image/png", (".png",)),
}
HEADS = ((b"%PDF-", "pdf"), (b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n\x1a\n", "png"))
OFFICE = (("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"))
ZIP = b"PK\x03\x04"
MOST_PARTS = 10_000


def type_of(path: Path) -> str | None:
    """A key of ``TYPES``, or None for anything else, office files with macros among them. Nothing is unpacked."""
    with path.open("rb") as file:
        head = file.read(16)
    for start, found in HEADS:
        if head.startswith(start):
            return found
    return _office(path) if head.startswith(ZIP) else None


def _office(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        return None
    if len(names) > MOST_PARTS or "[Content_Types].xml" not in names:
        return None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((found for part, found in OFFICE if part in names), None)
