"""Applications: reviews with their stages around each expiry, new rounds as publicised, and what is still open in June 2026."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from registry.sample import Row
from tiers.sample.filing import Scale, Step
from tiers.sample.firms import Firm
from tiers.sample.tables import Announced, announced
from tiers.sample.titles import Ledger, choose

_REVIEWED = ("srdi", "little_giant", "gazelle", "single_champion", "unicorn")
_TIERS = {
    "innovative_sme": "创新型中小企业",
    "srdi": "专精特新中小企业",
    "little_giant": "专精特新“小巨人”企业",
    "gazelle": "瞪羚企业",
    "unicorn": "独角兽企业",
    "single_champion": "制造业单项冠军",
}
_TERMS = {"new": "申报", "review": "复核", "update": "年度更新"}
_STAGES = {
    "filed": "受理",
    "district_recommended": "区县推荐",
    "city_recommended": "市级推荐",
    "publicised": "公示",
    "recognised": "结果",
    "rejected": "结果",
}


@dataclass(frozen=True)
class Round:
    """One stage of one round: the firms that reached it that day."""

    label: str
    item: Announced
    purpose: str
    name: str
    stage: str
    on: date
    firms: tuple[Firm, ...]

    @property
    def filed(self) -> date:
        return self.on + timedelta(days=4)


def application_steps(scale: Scale, ledger: Ledger) -> list[Step]:
    """All filings of kind ``applications``."""
    rng = scale.rng("applications")
    lists = {item.label: item for item in announced()}
    rounds: list[Round] = []
    for item in announced():
        if item.review and item.tier in _REVIEWED and item.filed_on > date(2019, 6, 1):
            rounds += _review(rng, ledger, item)
        if item.new and (
            item.label in ("srdi-2023", "srdi-2024", "srdi-2025")
            or (item.tier == "little_giant" and item.issued_on.year >= 2022)
        ):
            rounds += _new(rng, ledger, item)
        if item.label in ("innovative-2024-1", "innovative-2025-2"):
            firms = tuple(h.firm for h in ledger.by_list[item.label])
            rounds.append(
                Round(
                    item.label,
                    item,
                    "new",
                    str(item.issued_on.year) + "-" + item.batch[-3:],
                    "publicised",
                    item.issued_on - timedelta(days=12),
                    firms,
                )
            )
    rounds += _cliff(scale, rng, ledger, lists)
    rounds += _open_in_2026(scale, rng, ledger, lists)
    return _steps(rounds)


def _leftover(ledger: Ledger, item: Announced, on: date) -> list[Firm]:
    """Holders that this round could have reviewed and did not."""
    passed = {
        h.firm
        for some in ledger.by_list.values()
        for h in some
        if h.basis == "review" and set(h.list.review_of) & set(item.review_of)
    }
    old = dict.fromkeys(h.firm for label in item.review_of for h in ledger.by_list.get(label, ()))
    return [f for f in old if f not in passed and f.standing(on)]


def _review(rng: random.Random, ledger: Ledger, item: Announced) -> list[Round]:
    passed = [h.firm for h in ledger.by_list.get(item.label, ()) if h.basis == "review"]
    rest = _leftover(ledger, item, item.issued_on)
    failed = rng.sample(rest, len(rest) * 2 // 5)
    name, issued = str(item.issued_on.year), item.issued_on
    both = tuple(passed + failed)
    rounds = [Round(item.label, item, "review", name, "filed", issued - timedelta(days=125), both)]
    if item.tier in ("srdi", "little_giant"):
        rounds.append(
            Round(
                item.label,
                item,
                "review",
                name,
                "city_recommended",
                issued - timedelta(days=80),
                tuple(passed + failed[::2]),
            )
        )
    return [
        *rounds,
        Round(item.label, item, "review", name, "publicised", issued - timedelta(days=16), tuple(passed)),
        Round(item.label, item, "review", name, "recognised", issued, tuple(passed)),
        Round(item.label, item, "review", name, "rejected", issued, tuple(failed)),
    ]


def _new(rng: random.Random, ledger: Ledger, item: Announced) -> list[Round]:
    """A new round: recommended by the districts, publicised, decided; about a quarter of the applicants fail."""
    won = [h.firm for h in ledger.by_list[item.label] if h.basis == "new"]
    lower = "innovative_sme" if item.tier == "srdi" else "srdi"
    inner = ledger.holders(item.issued_on, lower, "provincial") - set(ledger.ever(item.tier, item.level))
    able = sorted((f for f in inner if f.standing(item.issued_on)), key=lambda f: f.uscc)
    lost = choose(rng, able, max(1, len(won) // 3), item.zone, lambda f: f.score)
    name, issued = str(item.issued_on.year), item.issued_on
    return [
        Round(
            item.label,
            item,
            "new",
            name,
            "district_recommended",
            issued - timedelta(days=110),
            tuple(won + lost),
        ),
        Round(item.label, item, "new", name, "publicised", issued - timedelta(days=16), tuple(won)),
        Round(item.label, item, "new", name, "recognised", issued, tuple(won)),
        Round(item.label, item, "new", name, "rejected", issued, tuple(lost)),
    ]


def _cliff(scale: Scale, rng: random.Random, ledger: Ledger, lists: dict[str, Announced]) -> list[Round]:
    """The innovative SMEs of 2022 end with 2025: some file in time, some within 90 days, some never.

    In June 2026 a part is still open.
    """
    first, second, third = (lists[f"innovative-2026-r{n}"] for n in (1, 2, 3))
    passed = [[h.firm for h in ledger.by_list.get(item.label, ())] for item in (first, second, third)]
    rest = _leftover(ledger, first, first.issued_on)
    rng.shuffle(rest)
    rejected, open_ = rest[: scale.n(55)], rest[scale.n(55) : scale.n(55) + scale.n(120)]
    late = passed[1][::3] + open_[::2]
    early = [f for f in passed[0] + passed[1] + rejected + open_ if f not in set(late)]
    younger = _leftover(ledger, third, third.issued_on)
    rng.shuffle(younger)
    turned, waiting = younger[: scale.n(30)], younger[scale.n(30) : scale.n(30) + scale.n(80)]

    def stage(label: str, item: Announced, name: str, what: str, on: date, firms: list[Firm]) -> Round:
        return Round(label, item, "review", name, what, on, tuple(firms))

    return [
        stage("innovative-2022", first, "2025", "filed", date(2025, 11, 20), early),
        stage("innovative-2022-late", first, "2025", "filed", date(2026, 2, 5), late),
        stage("innovative-2022", first, "2025", "city_recommended", date(2026, 2, 20), passed[0] + passed[1]),
        stage("innovative-2022-r1", first, "2025", "recognised", first.issued_on, passed[0]),
        stage("innovative-2022-r1", first, "2025", "rejected", first.issued_on, rejected),
        stage("innovative-2022-r2", second, "2025", "recognised", second.issued_on, passed[1]),
        stage("innovative-2023-1", third, "2026", "filed", date(2026, 3, 10), passed[2] + turned + waiting),
        stage("innovative-2023-1", third, "2026", "recognised", third.issued_on, passed[2]),
        stage("innovative-2023-1", third, "2026", "rejected", third.issued_on, turned),
    ]


def _open_in_2026(
    scale: Scale, rng: random.Random, ledger: Ledger, lists: dict[str, Announced]
) -> list[Round]:
    """What June 2026 leaves open: the fifth batch's review, the eighth batch, SRDI under the measure of April."""
    giant, srdi = lists["giant-5"], lists["srdi-2025"]
    day = date(2026, 5, 20)
    fifth = [h.firm for h in ledger.by_list["giant-5"] if h.firm.standing(day)]
    fifth = fifth[: max(1, len(fifth) * 9 // 10)]
    holders = ledger.holders(day, "srdi", "provincial") - set(ledger.ever("little_giant", "national"))
    eighth = choose(
        rng,
        sorted((f for f in holders if f.standing(day)), key=lambda f: f.uscc),
        scale.n(75),
        0.36,
        lambda f: 1.3 * f.score,
    )
    lower = ledger.holders(day, "innovative_sme", "provincial") - set(ledger.ever("srdi", "provincial"))
    fresh = choose(
        rng,
        sorted((f for f in lower if f.standing(day)), key=lambda f: f.uscc),
        scale.n(520),
        0.35,
        lambda f: f.score,
    )
    giants = sorted(
        (f for f in ledger.holders(date(2026, 4, 20), "little_giant", "national") if f.standing(day)),
        key=lambda f: f.uscc,
    )
    return [
        Round("giant-8-review", giant, "review", "2026", "filed", day, tuple(fifth)),
        Round(
            "giant-8-review",
            giant,
            "review",
            "2026",
            "city_recommended",
            date(2026, 6, 18),
            tuple(fifth[: max(1, len(fifth) - 2)]),
        ),
        Round("giant-8", giant, "new", "2026", "city_recommended", date(2026, 6, 18), tuple(eighth)),
        Round("srdi-2026", srdi, "new", "2026", "filed", date(2026, 6, 15), tuple(fresh)),
        Round("giant-update-2026", giant, "update", "2026", "filed", date(2026, 5, 28), tuple(giants)),
    ]


def _steps(rounds: list[Round]) -> list[Step]:
    """One filing for each list of a stage; recognised and rejected come together as the round's result."""
    together: dict[tuple[str, str, str, date], list[Round]] = {}
    for one in rounds:
        if one.firms:
            stage = "decided" if one.stage in ("recognised", "rejected") else one.stage
            together.setdefault((one.label, one.purpose, stage, one.on), []).append(one)
    steps = []
    for (label, purpose, stage, _), some in together.items():
        item = some[0].item
        title = (
            f"{some[0].name}年{_TIERS[item.tier]}{_TERMS[purpose]}{_STAGES[some[0].stage]}名单（样例）.xlsx"
        )
        steps.append(
            Step(
                some[0].filed,
                f"applications-{label}-{purpose}-{stage}",
                "applications",
                title,
                _rows(some),
                {"tier": item.tier, "level": item.level, "purpose": purpose, "round": some[0].name},
            )
        )
    return steps


def _rows(rounds: list[Round]) -> Callable[[], list[Row]]:
    return lambda: [
        {"uscc": firm.uscc, "name": firm.name(one.filed), "stage": one.stage, "stage_on": one.on}
        for one in rounds
        for firm in one.firms
    ]
