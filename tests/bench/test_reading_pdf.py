"""Reading a list of 60 pages and more, with rules and without, wrapped names included; beside the usual reader of tables."""

from __future__ import annotations

from pathlib import Path

import pdfplumber
import pytest

from registry.intake.sources import read_source
from registry.settings import load
from tests.bench.report import say, timed
from tests.registry.intake.papers import pdf_list

pytestmark = pytest.mark.bench
ROWS = 1_700
#: The peer is measured on so many pages, and the result scaled.
PEER_PAGES = 6


@pytest.mark.parametrize("ruled", [True, False], ids=["ruled", "without rules"])
def test_a_list_of_sixty_pages(tmp_path: Path, ruled: bool) -> None:
    names = ("济南虚构精密智能装备制造股份有限公司", "济南虚构新材料有限公司")
    rows = [(str(n), names[n % 2], "历下区") for n in range(1, ROWS + 1)]
    widths = ("1.2cm", "5cm", "3cm")
    path = pdf_list(
        tmp_path / "a.pdf", "名单", [], ("序号", "企业名称", "区县"), rows, ruled=ruled, widths=widths
    )
    seen: list[int] = []
    limits = load(environment={}).limits
    seconds, source = timed(
        lambda: read_source(path, limits, progress=lambda _what, _done, many: seen.append(many))
    )
    pages = seen[-1]
    assert len(source.grids[0].rows) == ROWS + 1

    def peer() -> int:
        settings = {} if ruled else {"vertical_strategy": "text", "horizontal_strategy": "text"}
        with pdfplumber.open(path) as document:
            return sum(len(page.extract_table(settings) or ()) for page in document.pages[:PEER_PAGES])

    theirs, _rows = timed(peer)
    say(
        f"A PDF of {pages} pages, {ROWS:,} rows, {'with' if ruled else 'without'} rules: {pages / seconds:.0f} pages a second",
        seconds,
        {f"pdfplumber's tables ({PEER_PAGES} pages, scaled to {pages})": theirs * pages / PEER_PAGES},
    )
    assert pages >= 60
    assert seconds < 30
