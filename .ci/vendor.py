"""Copies the browser files that pages use from node_modules/ to registry/shell/static/vendor/.

Pages load nothing from outside, so each script, style sheet and font is served from here. Beside the files
stand the licence of each package and SHA256SUMS, one line a file (``sha256sum -c`` reads it).
Map comments are cut off: the maps are not copied, and a browser's tools would ask for them in vain.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "node_modules"
TARGET = ROOT / "registry" / "shell" / "static" / "vendor"

# package: {file in the package: path below vendor/}
FILES: dict[str, dict[str, str]] = {
    "bootstrap": {
        "dist/css/bootstrap.min.css": "bootstrap/bootstrap.min.css",
        "dist/js/bootstrap.bundle.min.js": "bootstrap/bootstrap.bundle.min.js",
        "LICENSE": "bootstrap/LICENSE",
    },
    "@popperjs/core": {
        # part of bootstrap.bundle.min.js
        "LICENSE.md": "bootstrap/LICENSE-popper",
    },
    "bootstrap-icons": {
        "font/bootstrap-icons.min.css": "bootstrap-icons/bootstrap-icons.min.css",
        "font/fonts/bootstrap-icons.woff2": "bootstrap-icons/fonts/bootstrap-icons.woff2",
        "font/fonts/bootstrap-icons.woff": "bootstrap-icons/fonts/bootstrap-icons.woff",
        "LICENSE": "bootstrap-icons/LICENSE",
    },
    "htmx.org": {
        "dist/htmx.min.js": "htmx/htmx.min.js",
        "LICENSE": "htmx/LICENSE",
    },
    "echarts": {
        "dist/echarts.min.js": "echarts/echarts.min.js",
        "LICENSE": "echarts/LICENSE",
        "NOTICE": "echarts/NOTICE",
        "licenses/LICENSE-d3": "echarts/LICENSE-d3",
    },
    "zrender": {
        # part of echarts.min.js
        "LICENSE": "echarts/LICENSE-zrender",
    },
}

MAP_COMMENT = re.compile(rb"\s*(?://#|/\*#) sourceMappingURL=\S+(?: \*/)?\s*\Z")


def copy_all() -> list[str]:
    """Copies every file of FILES and returns the lines of SHA256SUMS, sorted by path."""
    lines = []
    for package, files in FILES.items():
        for inner, outer in files.items():
            content = MAP_COMMENT.sub(b"\n", (SOURCE / package / inner).read_bytes())
            target = TARGET / outer
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            lines.append(f"{hashlib.sha256(content).hexdigest()}  {outer}")
    return sorted(lines, key=lambda line: line.partition("  ")[2])


def main() -> int:
    """0 when all files stand, 1 when a package no longer has one of them."""
    shutil.rmtree(TARGET, ignore_errors=True)
    try:
        lines = copy_all()
    except FileNotFoundError as missing:
        print(f"setup: {missing.filename} is not there; has a package changed its layout?", file=sys.stderr)
        return 1
    (TARGET / "SHA256SUMS").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"setup: {len(lines)} browser files in {TARGET.relative_to(ROOT)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
