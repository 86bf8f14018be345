"""The title lists as sheets: as announced, once wrongly and withdrawn, misprinted and corrected, revoked, passed on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from registry.sample import Row
from tiers.sample.filing import Scale, Step
from tiers.sample.firms import Firm
from tiers.sample.life import Events
from tiers.sample.tables import Announced, announced
from tiers.sample.titles import MISPRINT_MEANT, MISPRINTED, Held, Ledger, choose

CORRECTED_ON = date(2026, 2, 10)
DRAFT, DRAFT_FILED, DRAFT_WITHDRAWN = "innovative-2024-1", date(2024, 6, 20), date(2024, 6, 25)
_HURUN = {2019: 2, 2020: 3, 2021: 6, 2022: 6, 2023: 6, 2024: 7, 2025: 7}


def title_steps(scale: Scale, ledger: Ledger, events: Events, firms: list[Firm]) -> list[Step]:
    """All filings of kind ``titles``."""
    steps = [
        _list_step(item, ledger.by_list[item.label]) for item in announced() if item.label in ledger.by_list
    ]
    misprinted = next(item for item in announced() if item.label == MISPRINTED)
    again = _list_step(misprinted, ledger.by_list[MISPRINTED])
    steps.append(
        Step(
            CORRECTED_ON,
            f"titles-{MISPRINTED}-corrected",
            "titles",
            "关于更正2023年度补充名单有效期的通知（样例）.xlsx",
            again.rows,
            {**again.sets, "valid_to": MISPRINT_MEANT.isoformat()},
        )
    )
    return (
        steps
        + _draft(scale, ledger, firms)
        + _hurun(ledger)
        + _revocations(ledger)
        + _passed_on(ledger, events)
    )


def sets_of(item: Announced) -> dict[str, str]:
    """What an announced list says once for all its rows."""
    sets = {
        "tier": item.tier,
        "level": item.level,
        "kind": item.kind,
        "batch": item.batch,
        "document": item.document,
        "issuer": item.issuer,
        "issued_on": item.issued_on.isoformat(),
        "valid_from": item.valid_from.isoformat() if item.valid_from else "",
        "valid_to": item.valid_to.isoformat() if item.valid_to else "",
    }
    return {key: value for key, value in sets.items() if value}


def _list_step(item: Announced, some: list[Held]) -> Step:
    def rows() -> list[Row]:
        made: list[Row] = []
        for index, held in enumerate(some, start=1):
            place = held.firm.place(item.issued_on)
            row: Row = {"name": held.firm.name(item.filed_on), "basis": held.basis}
            if item.by_name:
                row["district"] = place.district
                # Older sheets type brackets either way.
                row["name"] = str(row["name"]).replace("（", "(").replace("）", ")")
            else:
                row["uscc"] = held.firm.uscc
            if item.tier == "high_tech":
                row["certificate"] = f"样例{item.issued_on.year}{index:05d}"
            made.append(row)
        return made

    return Step(
        item.filed_on, f"titles-{item.label}", "titles", f"{item.document}（样例）.xlsx", rows, sets_of(item)
    )


def _draft(scale: Scale, ledger: Ledger, firms: list[Firm]) -> list[Step]:
    """The publicity list of June 2024, filed as if it were the recognition, with firms that were not recognised in the end."""
    item = next(one for one in announced() if one.label == DRAFT)
    some = ledger.by_list[DRAFT]
    taken = {held.firm for held in some} | set(ledger.ever("innovative_sme", "provincial"))
    able = [
        f
        for f in firms
        if f.trade.market == "soft"
        and f.legal_person
        and not f.giant
        and f not in taken
        and f.standing(DRAFT_FILED, 2)
    ]
    others = choose(scale.rng("draft"), able, scale.n(44), 0.3, lambda f: f.score)

    def rows() -> list[Row]:
        return [
            {"uscc": f.uscc, "name": f.name(DRAFT_FILED), "basis": "new"}
            for f in [held.firm for held in some] + others
        ]

    sets = sets_of(item) | {
        "issued_on": "2024-06-18",
        "document": "2024年度第一批拟认定创新型中小企业公示名单",
    }
    wrong = f"titles-{DRAFT}-wrong"
    return [
        Step(
            DRAFT_FILED,
            wrong,
            "titles",
            "2024年度第一批创新型中小企业公示名单（样例，误报）.xlsx",
            rows,
            sets,
        ),
        Step(DRAFT_WITHDRAWN, f"{wrong}-withdrawn", "titles", "", list, {}, withdraws=wrong),
    ]


def _hurun(ledger: Ledger) -> list[Step]:
    """The market's own unicorn list, once a year; one of its firms the province never lists."""
    known = sorted(
        ledger.ever("unicorn", "provincial").items(),
        key=lambda pair: (pair[1][0].list.issued_on, pair[0].uscc),
    )
    order = [firm for firm, _ in known]
    extra = [
        firm
        for firm in sorted(ledger.ever("quasi_unicorn", "provincial"), key=lambda f: f.uscc)
        if firm not in order
    ]
    order[min(5, len(order)) : 0] = extra[:1]
    steps, before = [], set[Firm]()
    for year, count in _HURUN.items():
        issued = date(year, 12, 20)
        named = [f for f in order[:count] if f.standing(issued)]
        rows: list[Row] = [
            {"uscc": f.uscc, "name": f.name(issued), "basis": "review" if f in before else "new"}
            for f in named
        ]
        before |= set(named)
        steps.append(
            Step(
                date(year, 12, 28),
                f"titles-hurun-{year}",
                "titles",
                f"胡润独角兽榜{year}（本市企业，样例）.csv",
                _fixed(rows),
                {
                    "tier": "unicorn",
                    "level": "national",
                    "batch": str(year),
                    "list_source": "hurun",
                    "issuer": "胡润研究院",
                    "document": f"{year}胡润独角兽榜",
                    "issued_on": issued.isoformat(),
                },
            )
        )
    return steps


def _fixed(rows: list[Row]) -> Callable[[], list[Row]]:
    return lambda: rows


def key_row(held: Held, day: date) -> Row:
    """A row that speaks of one title again: its key and its term as printed."""
    item = held.list
    row: Row = {
        "uscc": held.firm.uscc,
        "name": held.firm.name(day),
        "tier": item.tier,
        "level": item.level,
        "kind": item.kind or None,
        "batch": item.batch,
        "issued_on": item.issued_on,
        "valid_from": item.valid_from,
        "valid_to": item.valid_to,
    }
    return {key: value for key, value in row.items() if value is not None}


def _revocations(ledger: Ledger) -> list[Step]:
    days: dict[date, list[Held]] = {}
    for some in ledger.by_list.values():
        for held in some:
            if held.revoked_on:
                days.setdefault(held.revoked_on, []).append(held)
    steps = []
    for day, gone in sorted(days.items()):
        filed = day + timedelta(days=8)
        rows: list[Row] = [
            key_row(held, filed) | {"revoked_on": day, "revoke_reason": held.reason} for held in gone
        ]
        steps.append(
            Step(
                filed,
                f"titles-revoked-{day:%Y-%m}",
                "titles",
                f"关于撤销部分企业称号的通报{day.year}（样例）.xlsx",
                _fixed(rows),
            )
        )
    return steps


def _passed_on(ledger: Ledger, events: Events) -> list[Step]:
    """Where a titled firm was absorbed, the authority's change document gives its title to the successor."""
    steps = []
    for day, firm in events.absorbed:
        heir, filed = firm.successor, day + timedelta(days=75)
        if heir is None or filed > date(2026, 6, 20):
            continue
        rows: list[Row] = []
        for (tier, level, kind), holders in sorted(ledger.by_title.items()):
            held = next((h for h in reversed(holders.get(firm, [])) if h.on(day)), None)
            mine = heir in ledger.holders(day, tier, level, kind)
            if held and not mine and tier in ("innovative_sme", "srdi", "little_giant", "gazelle"):
                issued = day + timedelta(days=60)
                rows.append(
                    key_row(held, filed)
                    | {
                        "uscc": heir.uscc,
                        "name": heir.name(filed),
                        "batch": f"{held.list.batch}变更",
                        "issued_on": issued,
                        "valid_from": issued,
                        "valid_to": held.end,
                        "basis": "change",
                    }
                )
        rows = [row for row in rows if isinstance(row["valid_to"], date) and row["valid_to"] > filed]
        if rows:
            steps.append(
                Step(
                    filed,
                    f"titles-change-{firm.uscc}",
                    "titles",
                    f"称号变更公告{issued_year(rows)}（样例）.xlsx",
                    _fixed(rows),
                )
            )
    return steps


def issued_year(rows: list[Row]) -> int:
    issued = rows[0]["issued_on"]
    assert isinstance(issued, date)
    return issued.year
