"""The program that opens a PDF, run by itself with limits on memory and time: one line of JSON a page.

``python pages_of_pdf.py FILE PAGES MEGABYTES SECONDS`` prints ``{"pages": n}``, then for each page ``{"width", "height",
"chars": [[text, x0, y0, x1, y1]…], "rules": [[x0, y0, x1, y1]…], "images": n}`` in points from the top left as the page is seen,
last ``{"end": true}``; or ``{"error": "password" | "damaged" | "pages"}``. It imports nothing of the house.
"""

from __future__ import annotations

import ctypes
import json
import math
import sys
from collections import Counter
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

#: More on one page is no list.
MOST_CHARS, MOST_RULES, DEEPEST = 60_000, 20_000, 8
#: Filled shapes no thicker than this are rules, in points.
THIN = 3.0
Box = tuple[float, float, float, float]
Matrix = tuple[float, float, float, float, float, float]
_PASSWORD = 4


def limit(megabytes: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    for what, most in ((resource.RLIMIT_AS, megabytes * 1024 * 1024), (resource.RLIMIT_CPU, seconds)):
        resource.setrlimit(what, (most, most))


def say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what, ensure_ascii=True, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def main(path: str, pages: int, megabytes: int, seconds: int) -> None:
    limit(megabytes, seconds)
    try:
        document = pdfium.PdfDocument(path)
        many = len(document)
    except pdfium.PdfiumError:
        say({"error": "password" if raw.FPDF_GetLastError() == _PASSWORD else "damaged"})
        return
    say({"pages": many})
    if many > pages:
        say({"error": "pages"})
        return
    for number in range(many):
        say(_page(document, number))
    say({"end": True})


def _page(document: Any, number: int) -> dict[str, Any]:
    page = raw.FPDF_LoadPage(document.raw, number)
    if not page:
        return {"width": 0, "height": 0, "chars": [], "rules": [], "images": 0, "damaged": True}
    try:
        width, height = raw.FPDF_GetPageWidthF(page), raw.FPDF_GetPageHeightF(page)
        seen = _as_seen(page, width, height)
        chars, turn = _chars(page, seen, raw.FPDFPage_GetRotation(page))
        rules: list[Box] = []
        images = _objects(
            raw.FPDFPage_CountObjects(page),
            lambda at: raw.FPDFPage_GetObject(page, at),
            (1, 0, 0, 1, 0, 0),
            seen,
            rules,
            0,
        )
    finally:
        raw.FPDF_ClosePage(page)
    found = [_rounded(_turned(rule, turn, width, height)) for rule in rules[:MOST_RULES]]
    if turn in (1, 3):
        width, height = height, width
    return {"width": width, "height": height, "chars": chars, "rules": found, "images": images}


def _as_seen(page: Any, width: float, height: float) -> Matrix:
    """From the page's own space to points from the top left as the page is seen: cut and turned as the page says."""
    x, y = ctypes.c_int(), ctypes.c_int()

    def seen(at: tuple[float, float]) -> tuple[float, float]:
        raw.FPDF_PageToDevice(page, 0, 0, round(width * 100), round(height * 100), 0, *at, x, y)
        return x.value / 100, y.value / 100

    (e, f), (ax, ay), (cx, cy) = seen((0, 0)), seen((1000, 0)), seen((0, 1000))
    return (ax - e) / 1000, (ay - f) / 1000, (cx - e) / 1000, (cy - f) / 1000, e, f


def _at(m: Matrix, x: float, y: float) -> tuple[float, float]:
    return m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]


def _box(m: Matrix, x0: float, y0: float, x1: float, y1: float) -> Box:
    (a, b), (c, d) = _at(m, x0, y0), _at(m, x1, y1)
    return min(a, c), min(b, d), max(a, c), max(b, d)


def _times(m: Matrix, n: Matrix) -> Matrix:
    """First m, then n."""
    return (
        m[0] * n[0] + m[1] * n[2], m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2], m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4], m[4] * n[1] + m[5] * n[3] + n[5],
    )  # fmt: skip


def _turned(box: Box, turn: int, width: float, height: float) -> Box:
    """A box on a page whose text runs in another direction, as seen with the text upright."""
    x0, y0, x1, y1 = box
    if turn == 1:
        return y0, width - x1, y1, width - x0
    if turn == 2:
        return width - x1, height - y1, width - x0, height - y0
    if turn == 3:
        return height - y1, x0, height - y0, x1
    return box


def _rounded(box: Box) -> list[float]:
    return [round(value, 1) for value in box]


def _chars(page: Any, seen: Matrix, rotation: int) -> tuple[list[list[Any]], int]:
    """The characters, and the quarter turns by which most of the text runs; text in other directions is left out."""
    text = raw.FPDFText_LoadPage(page)
    if not text:
        return [], 0
    found: list[tuple[str, Box, int]] = []
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    rect = raw.FS_RECTF()
    try:
        for at in range(min(raw.FPDFText_CountChars(text), MOST_CHARS)):
            code = raw.FPDFText_GetUnicode(text, at)
            if code <= 32 or code in (0xA0, 0x3000, 0xFFFE, 0xFFFF, 0xFEFF) or 0xD800 <= code <= 0xDFFF:
                continue
            angle = raw.FPDFText_GetCharAngle(text, at)
            quarters = angle / (math.pi / 2)
            if abs(quarters - round(quarters)) > 0.05:
                continue  # a watermark across the page
            if raw.FPDFText_GetLooseCharBox(text, at, rect):
                box = _box(seen, rect.left, rect.bottom, rect.right, rect.top)
            elif raw.FPDFText_GetCharBox(text, at, left, right, bottom, top):
                box = _box(seen, left.value, bottom.value, right.value, top.value)
            else:
                continue
            found.append((chr(code), box, (round(quarters) + rotation) % 4))
    finally:
        raw.FPDFText_ClosePage(text)
    if not found:
        return [], 0
    turn = Counter(one[2] for one in found).most_common(1)[0][0]
    width, height = raw.FPDF_GetPageWidthF(page), raw.FPDF_GetPageHeightF(page)
    return [[c, *_rounded(_turned(box, turn, width, height))] for c, box, way in found if way == turn], turn


def _objects(many: int, get: Any, matrix: Matrix, seen: Matrix, rules: list[Box], depth: int) -> int:
    """Gather the rules of a page or a form on it; gives the number of images."""
    images = 0
    own = raw.FS_MATRIX()
    for at in range(many):
        if len(rules) >= MOST_RULES:
            break
        thing = get(at)
        kind = raw.FPDFPageObj_GetType(thing)
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            images += 1
        elif kind == raw.FPDF_PAGEOBJ_PATH:
            raw.FPDFPageObj_GetMatrix(thing, own)
            _rules(thing, _times(_times((own.a, own.b, own.c, own.d, own.e, own.f), matrix), seen), rules)
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < DEEPEST:
            raw.FPDFPageObj_GetMatrix(thing, own)
            inner = _times((own.a, own.b, own.c, own.d, own.e, own.f), matrix)
            images += _objects(
                raw.FPDFFormObj_CountObjects(thing),
                lambda number, form=thing: raw.FPDFFormObj_GetObject(form, number),
                inner, seen, rules, depth + 1,
            )  # fmt: skip
    return images


def _rules(path: Any, matrix: Matrix, rules: list[Box]) -> None:
    """The straight lines of a path along the page's edges: strokes, and filled shapes as thin as a stroke."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, fill, stroke)
    x, y = ctypes.c_float(), ctypes.c_float()
    start = last = (0.0, 0.0)
    points: list[tuple[float, float]] = []
    lines: list[tuple[tuple[float, float], tuple[float, float]]] = []
    shapes: list[list[tuple[float, float]]] = []
    for at in range(min(raw.FPDFPath_CountSegments(path), MOST_RULES)):
        segment = raw.FPDFPath_GetPathSegment(path, at)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        here = _at(matrix, x.value, y.value)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start, points = here, [here]
            shapes.append(points)
        else:
            points.append(here)
            if kind == raw.FPDF_SEGMENT_LINETO:
                lines.append((last, here))
        last = here
        if raw.FPDFPathSegment_GetClose(segment):
            lines.append((last, start))
            last = start
    if stroke.value:
        for (a, b), (c, d) in lines:
            if (abs(a - c) <= 0.7) != (abs(b - d) <= 0.7):
                rules.append((min(a, c), min(b, d), max(a, c), max(b, d)))
    elif fill.value:
        for shape in shapes:
            across, down = [p[0] for p in shape], [p[1] for p in shape]
            box = min(across), min(down), max(across), max(down)
            if (box[2] - box[0] <= THIN) != (box[3] - box[1] <= THIN):
                rules.append(box)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:5]))
