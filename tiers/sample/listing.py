"""Listings: firms on listed boards, quoted firms, and the pipeline towards them, stage by stage.

Calibration: 25 domestic listed before 2019, 24 since, two delisted, so 47; three overseas beside them, one firm on two
boards; 92 base and 19 innovation-layer firms on the NEEQ in March 2022.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from registry.sample import Row
from tiers.sample.filing import Scale, Step
from tiers.sample.firms import Firm
from tiers.sample.life import HALVES, filed_after, half_of

_CODES = {
    "sse_main": "6099",
    "sse_star": "6889",
    "szse_main": "0039",
    "szse_chinext": "3019",
    "bse": "9209",
    "hkex": "98",
    "us": "SMPL",
    "overseas": "SMP",
    "neeq_innovation": "8799",
    "neeq_base": "8798",
    "regional": "1719",
}
_OLD = (("sse_main", 9), ("szse_main", 9), ("szse_chinext", 7))
_NEW = (
    (2019, "sse_star", 2),
    (2019, "sse_main", 1),
    (2020, "sse_star", 2),
    (2020, "szse_chinext", 2),
    (2021, "sse_star", 2),
    (2021, "szse_chinext", 2),
    (2021, "bse", 2),
    (2022, "sse_main", 1),
    (2022, "bse", 3),
    (2023, "szse_chinext", 2),
    (2023, "bse", 1),
    (2024, "bse", 1),
    (2024, "sse_star", 1),
    (2025, "bse", 2),
)
_WAY = (
    ("tutoring", 520),
    ("tutoring_passed", 340),
    ("filed", 300),
    ("inquiry", 260),
    ("committee_passed", 120),
    ("submitted", 95),
    ("registered", 45),
    ("issued", 12),
    ("listed", 0),
)
_PIPELINE = (
    ("committee_passed", 1),
    ("inquiry", 4),
    ("suspended", 2),
    ("filed", 4),
    ("tutoring_passed", 4),
    ("tutoring", 12),
)


@dataclass(frozen=True)
class Entry:
    firm: Firm
    board: str
    code: str
    stage: str
    on: date
    entity: str = ""


class _Market:
    """Takes firms in order of strength, gives each board its codes, keeps the entries."""

    def __init__(self, scale: Scale, firms: list[Firm]) -> None:
        self.scale, self.rng, self.entries = scale, scale.rng("listing"), list[Entry]()
        able = [
            f
            for f in firms
            if f.legal_person
            and f.founded.year < 2014
            and f.gone_on is None
            and len(f.places) == 1
            and f.home(date(2026, 1, 1))
        ]
        key = {
            f: f.score
            + (1.5 if f.giant else 0)
            + (1.2 if f.trade.market in ("make", "soft") else 0)
            + ("股份" in f.names[-1][2]) * 1.5
            + self.rng.gauss(0, 0.6)
            for f in able
        }
        self.queue = sorted((f for f in able if not f.restructured_on), key=lambda f: (-key[f], f.uscc))
        self.numbers: dict[str, int] = {}

    def take(self, count: int) -> list[Firm]:
        some, self.queue = self.queue[:count], self.queue[count:]
        return some

    def code(self, board: str) -> str:
        self.numbers[board] = self.numbers.get(board, 0) + 1
        return f"{_CODES[board]}{self.numbers[board]:0{max(0, 6 - len(_CODES[board])) or 2}d}"

    def add(self, firm: Firm, board: str, code: str, stage: str, on: date, entity: str = "") -> None:
        self.entries.append(Entry(firm, board, code, stage, on, entity))

    def way(self, firm: Firm, board: str, code: str, listed: date) -> None:
        for stage, before in _WAY:
            on = listed - timedelta(days=before)
            if on >= date(2017, 1, 1):
                self.add(firm, board, code if stage in ("issued", "listed") else "", stage, on)


def listings(scale: Scale, firms: list[Firm]) -> list[Entry]:
    """All stages of all firms, in order of day."""
    market = _Market(scale, firms)
    rng = market.rng
    old = []
    for board, count in _OLD:
        for firm in market.take(scale.n(count)):
            code = market.code(board)
            market.add(
                firm,
                board,
                code,
                "listed",
                date(rng.randrange(1998, 2018), rng.randrange(1, 13), rng.randrange(1, 29)),
            )
            old.append((firm, board, code))
    for (firm, board, code), day in zip(old[-2:], (date(2022, 6, 24), date(2024, 7, 12)), strict=False):
        market.add(firm, board, code, "delisted", day)
    for year, board, count in _NEW:
        for firm in market.take(scale.n(count)):
            half = (2, 6) if year == 2023 and board == "szse_chinext" else (2, 12)
            market.way(
                firm,
                board,
                market.code(board),
                date(
                    year, rng.randrange(*half) if board != "bse" or year > 2021 else 12, rng.randrange(15, 28)
                ),
            )
    for board, year in (("hkex", 2018), ("hkex", 2023), ("us", 2021)):
        for firm in market.take(1):
            market.add(
                firm,
                board,
                market.code(board),
                "listed",
                date(year, 10, 18),
                f"{firm.trade_name} Holdings (Sample) Ltd" if board == "us" else "",
            )
    market.add(
        old[0][0], "hkex", market.code("hkex"), "listed", date(2020, 11, 9)
    )  # one firm on two boards counts once
    _quoted(market)
    _pipeline(market, firms)
    return sorted(market.entries, key=lambda e: (e.on, e.firm.uscc, e.board, e.stage))


def _quoted(market: _Market) -> None:
    """NEEQ and the regional market: quoted, not listed; some climb a layer, some leave."""
    scale, rng = market.scale, market.rng
    base = market.take(scale.n(131))
    for index, firm in enumerate(base):
        code = market.code("neeq_base")
        market.add(
            firm,
            "neeq_base",
            code,
            "quoted",
            date(rng.randrange(2014, 2019), rng.randrange(1, 13), rng.randrange(1, 29)),
        )
        if index < scale.n(19):
            up = date(2018 + index % 4, 6, 10)
            market.add(firm, "neeq_base", code, "unquoted", up)
            market.add(firm, "neeq_innovation", code, "quoted", up + timedelta(days=1))
        elif index < scale.n(19) + scale.n(20):
            market.add(firm, "neeq_base", code, "unquoted", date(2019 + index % 3, 9, 1 + index % 27))
        elif index < scale.n(19) + scale.n(32):
            market.add(firm, "neeq_base", code, "unquoted", date(2023 + index % 3, 4, 1 + index % 27))
    for firm in market.take(scale.n(14)):
        market.add(
            firm,
            "neeq_base",
            market.code("neeq_base"),
            "quoted",
            date(rng.randrange(2023, 2026), rng.randrange(1, 13), rng.randrange(1, 29)),
        )
    for firm in market.take(scale.n(70)):
        market.add(
            firm,
            "regional",
            market.code("regional"),
            "quoted",
            date(rng.randrange(2016, 2026), rng.randrange(1, 13), rng.randrange(1, 29)),
        )


def _pipeline(market: _Market, firms: list[Firm]) -> None:
    """Firms under way in June 2026, two that gave up, and the reserve."""
    scale, rng = market.scale, market.rng
    boards = ("bse", "bse", "szse_chinext", "sse_star", "hkex")
    stages = [stage for stage, _ in _WAY]
    for reached, count in _PIPELINE:
        last = date(2026, rng.randrange(1, 6), 12)
        upto = "inquiry" if reached == "suspended" else reached
        for firm in market.take(scale.n(count)):
            board = rng.choice(boards)
            index = stages.index(upto)
            for stage, before in _WAY[: index + 1]:
                market.add(
                    firm, board, "", stage, last - timedelta(days=before - _WAY[index][1] + rng.randrange(9))
                )
            if reached == "suspended":
                market.add(firm, board, "", "suspended", last + timedelta(days=14))
    for firm, day in zip(market.take(2), (date(2023, 12, 22), date(2024, 8, 16)), strict=False):
        for stage, before in _WAY[:4]:
            market.add(firm, "szse_chinext", "", stage, day - timedelta(days=before - 120))
        market.add(firm, "szse_chinext", "", "withdrawn", day)
    for firm in firms:
        if firm.restructured_on:
            market.add(firm, "bse", "", "reserve", firm.restructured_on - timedelta(days=240))
            market.add(firm, "bse", "", "restructured", firm.restructured_on)
    for firm in market.take(scale.n(60)):
        market.add(
            firm,
            rng.choice(boards),
            "",
            "reserve",
            date(rng.randrange(2022, 2026), rng.randrange(1, 13), rng.randrange(1, 29)),
        )


def listing_steps(entries: list[Entry]) -> list[Step]:
    """The stock in January 2019, then what happened in each half-year."""
    old = [e for e in entries if e.on < date(2019, 1, 1)]
    steps = [
        Step(date(2019, 1, 31), "listings-2018", "listings", "上市挂牌企业台账2018（样例）.xlsx", _rows(old))
    ]
    for year, part in HALVES:
        some = [e for e in entries if half_of(e.on) == (year, part) and e.on >= date(2019, 1, 1)]
        if some:
            title = f"上市挂牌进展{year}{'上' if part == 1 else '下'}半年（样例）.xlsx"
            steps.append(
                Step(
                    filed_after((year, part), 18), f"listings-{year}-h{part}", "listings", title, _rows(some)
                )
            )
    return steps


def _rows(entries: list[Entry]) -> Callable[[], list[Row]]:
    def rows() -> list[Row]:
        made: list[Row] = []
        for e in entries:
            row: Row = {"uscc": e.firm.uscc, "board": e.board, "stage": e.stage, "stage_on": e.on}
            extra = {
                "code": e.code,
                "short_name": f"{e.firm.trade_name[:3]}样例" if e.code else "",
                "listed_entity": e.entity,
            }
            made.append(row | {key: value for key, value in extra.items() if value})
        return made

    return rows
