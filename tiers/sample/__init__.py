"""The sample city: a synthetic Jinan of invented firms, as the filings of its bureau from 2019 to June 2026.

Pure: the same ``firms`` and ``seed`` give equal filings on every machine; no clock, no database, no file but the
tables in ``data/sample/``. Names are invented, credit codes valid in the unassigned area 370199.

Calibration (20,000 firms; smaller cities keep the proportions and at least one of everything). Published figures met:
SRDI 950 cumulative by August 2021, 767 in the list of 2023, 1,971 before and 2,691 after the list of 2024 (720 new,
362 reviewed); innovative SMEs 2,885 cumulative in July 2024, 1,189 announced in 2024; little giants 35, 85, 135, 166;
gazelles 145 in November 2021, 373 new in 2024; above 8,500 titles of all tiers and levels by the end of 2024; 89 gross
and 79 net above-scale entries in the first half of 2021; 47 domestic and 3 overseas listed firms, one of them also in
Hong Kong.

Chosen where nothing is published: 3,300 innovative SMEs in 2025 (the plan's last year), 640 SRDI and 34 little giants
in 2025, city SRDI and zone gazelles before 2025, 1,330 firms on the innovative list of 2022. With these about 7,100
distinct firms hold a quality title on 2025-12-31. On 2026-01-01 the innovative list of 2022 and the gazelles of 2022
end: 1,300 innovative titles lapse, but most of their firms hold a higher title, so the firms fall by about 350; the
reviews of spring 2026 bring a part of them back, and others are still open.

High-tech certificates are about 7,750 in force at the end of 2025, tech SMEs 10,100 in the rounds of 2025, above-scale
firms about 2,740, firms of one billion yuan and more about 150.
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.sample import Row, SampleFiling
from tiers.sample.city import file_all

__all__ = ["Row", "SampleFiling", "sample_city"]


def sample_city(firms: int = 20_000, seed: int = 2023) -> Iterator[SampleFiling]:
    """Yield the city's filings in the order of their instants.

    ``firms`` counts all enterprises and sole traders that ever are (60 at least, else ValueError). Money is yuan,
    shares decimal strings, days ``datetime.date``.
    """
    yield from file_all(firms, seed)
