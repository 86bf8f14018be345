"""Zip files whose bytes depend on their contents alone: entries in order, with one time and one manner of packing."""

from __future__ import annotations

import zipfile
from io import BytesIO

#: The first instant that a zip can tell.
EPOCH = (1980, 1, 1, 0, 0, 0)
#: Readers look for these first.
FIRST = ("[Content_Types].xml", "_rels/.rels")


def fixed(content: bytes) -> bytes:
    """The same archive with nothing in it that tells when, where and by what it was packed."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as given, zipfile.ZipFile(out, "w") as made:
        names = sorted(set(given.namelist()), key=lambda name: (name not in FIRST, name))
        for name in names:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            entry.external_attr = 0
            made.writestr(entry, given.read(name), compresslevel=6)
    return out.getvalue()
