"""How well matching finds the firm that makes a thing: beside plain TF-IDF of its products, and how fast.

Real products (skipped where they are not at hand): each product of a firm is hidden from its facts in turn, and its firm looked
for by it, then by a paraphrase of it. Firms are split into two halves and both are printed; weights are tuned on one only.
"""

from __future__ import annotations

import csv
import io
import os
import random
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sqlalchemy import select

from chains.matching import embedding, phrases
from chains.matching.demands import demands
from chains.matching.facts import Facts, Phrases, laid_out, whole_of
from chains.matching.ranking import best, find, judged, search_all
from chains.matching.wanted import Wanted
from chains.models import Offer
from chains.sample.truth import truth
from registry import industries
from registry.models import Enterprise
from tests.registry.house import open_test_house
from tiers.sampling import file_sample

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]
REAL = Path(__file__).resolve().parents[3] / "shared" / "realdata"
DAY = date(2026, 3, 1)
#: The sample city that the truth is asked of.
SAMPLE, SEED = 6000, 2023
#: So many queries are asked; all of them where 0.
ASKED = int(os.environ.get("BENCH_QUERIES", 0))
#: Other words for the same, as buyers put them.
SYNONYMS = {
    "系统": "系统装置", "设备": "装备", "装备": "设备", "材料": "原料", "电池": "蓄电池",
    "机床": "机床设备", "汽车": "车用", "零部件": "配件", "软件": "软件产品", "芯片": "集成电路",
    "电机": "马达", "传感器": "感测器", "面料": "布料", "纤维": "化纤", "薄膜": "膜材", "管": "管材",
    "线缆": "电缆", "光纤": "光导纤维", "阀": "阀门", "泵": "泵类", "药": "药品", "钢": "钢材",
    "电源": "供电装置", "控制器": "控制装置", "检测": "检验", "环保": "环境保护", "智能": "智慧",
    "自动化": "自动", "半导体": "半导体器件", "模块": "模组", "发电": "电力",
}  # fmt: skip


class Hidden(NamedTuple):
    firm: int
    product: str


@pytest.fixture(scope="module")
def real() -> tuple[list[dict[str, str]], list[list[str]]]:
    """Firms and the products of each."""
    if not REAL.exists():
        pytest.skip(f"no real products at {REAL}")

    def table(name: str) -> list[dict[str, str]]:
        text = (REAL / name).read_text(encoding="gb18030")
        return list(csv.DictReader(io.StringIO(text), delimiter="\t"))

    firms = sorted(table("listed_firms_jiangsu.csv"), key=lambda firm: firm["xydm"])
    number = {firm["gpdm"]: at for at, firm in enumerate(firms)}
    products: list[list[str]] = [[] for _firm in firms]
    for row in table("listed_products_jiangsu.csv"):
        if row["gpdm"] in number and row["zycp"] not in products[number[row["gpdm"]]]:
            products[number[row["gpdm"]]].append(row["zycp"])
    return firms, products


def paraphrased(product: str) -> str:
    """The same in other words: synonyms, and its front behind its back where nothing else can be said."""
    text = product
    for word in sorted(SYNONYMS, key=len, reverse=True):
        if word in text and SYNONYMS[word] not in text:
            text = text.replace(word, SYNONYMS[word], 1)
            break
    middle = len(text) // 2
    return f"{text[middle:]}（{text[:middle]}）" if len(text) >= 4 else f"{text}类"


def facts_of(firms: Sequence[Mapping[str, str]], products: Sequence[Sequence[str]]) -> Facts:
    frame = pd.DataFrame({
        "uscc": [firm["xydm"] for firm in firms],
        "name": [firm["gsmc"] for firm in firms],
        "status": "active", "home": True, "unit": None, "revenue": np.nan, "standing": 0.0,
        "industry": [industries.read(firm["hydm"]) for firm in firms],
    }).astype({"industry": object, "unit": object})  # fmt: skip
    goods = [dict.fromkeys(p for text in several for p in phrases.listed(text)) for several in products]
    scopes = [phrases.scope(firm["jyfw"]) for firm in firms]
    return laid_out(DAY, frame, goods, scopes)


def hidden(products: Sequence[Sequence[str]], firms: Sequence[int]) -> list[Hidden]:
    pairs = [Hidden(firm, product) for firm in firms if len(products[firm]) > 1 for product in products[firm]]
    if ASKED and len(pairs) > ASKED:
        pairs = random.Random(1).sample(pairs, ASKED)
    return pairs


def halves(firms: int) -> tuple[list[int], list[int]]:
    order = random.Random(2023).sample(range(firms), firms)
    return sorted(order[: firms // 2]), sorted(order[firms // 2 :])


class Scores(NamedTuple):
    """Mean of 1 / rank, and the share of firms that stand among the first ten."""

    mrr: float
    recall: float

    @classmethod
    def of(cls, ranks: Sequence[int | None]) -> Scores:
        found = [0.0 if rank is None else 1 / rank for rank in ranks]
        return cls(
            sum(found) / len(found), sum(rank is not None and rank <= 10 for rank in ranks) / len(ranks)
        )


def plain_ranks(products: Sequence[Sequence[str]], asked: Sequence[tuple[Hidden, str]]) -> list[int]:
    """The rank of each firm by plain TF-IDF of what is left of its products."""
    way = TfidfVectorizer(analyzer="char", ngram_range=(1, 3))
    docs = way.fit_transform(["、".join(several) for several in products])
    ranks = []
    for (firm, product), text in asked:
        query = way.transform([text])
        scores = np.asarray((docs @ query.T).todense()).ravel()
        left = way.transform(["、".join(other for other in products[firm] if other != product)])
        scores[firm] = (left @ query.T).toarray()[0, 0]
        before = np.arange(len(scores)) < firm
        ranks.append(1 + int((scores > scores[firm]).sum() + ((scores == scores[firm]) & before).sum()))
    return ranks


def own_ranks(
    facts: Facts, products: Sequence[Sequence[str]], asked: Sequence[tuple[Hidden, str]], meaning: Any = ()
) -> list[int | None]:
    """The same by matching. A few firms at a time lack a product each."""
    ranks: list[int | None] = [None] * len(asked)
    waiting = list(range(len(asked)))
    while waiting:
        together: dict[int, int] = {}
        for at in waiting:
            if len(together) < 20:
                together.setdefault(asked[at][0].firm, at)
        waiting = [at for at in waiting if together.get(asked[at][0].firm) != at]
        less = without(facts, {firm: asked[at][0].product for firm, at in together.items()})
        some = list(together.values())
        for place_, one in judged(less, [Wanted(asked[at][1]) for at in some], {}, place, meaning):
            at = some[place_]
            order = best(one.meets, one.fits, len(less))
            firm = asked[at][0].firm
            ranks[at] = order.index(firm) + 1 if firm in order else None
    return ranks


def without(facts: Facts, gone: Mapping[int, str]) -> Facts:
    """The same facts, but some firms lack a product."""
    number = {text: at for at, text in enumerate(facts.corpus.texts)}
    keep = np.ones(len(facts.goods.firm), bool)
    for firm, product in gone.items():
        for phrase in phrases.listed(product):
            keep &= ~((facts.goods.firm == firm) & (facts.goods.phrase == number[phrase]))
    goods = Phrases(facts.goods.firm[keep], facts.goods.phrase[keep])
    return replace(facts, goods=goods, whole=whole_of(goods, facts.corpus, len(facts)))


def model_for(facts: Facts) -> Any:
    """The model of meaning where one is installed, with the vectors of all goods."""
    found = embedding.installed()
    if found is None:
        return ()
    goods = np.unique(facts.goods.phrase)
    encoded = np.asarray(found[1].encode([facts.corpus.texts[at] for at in goods]), np.float32)
    vectors = np.zeros((len(facts.corpus.texts), encoded.shape[1]), np.float32)
    for at, vector in zip(goods, encoded, strict=True):
        vectors[at] = embedding.unpacked(embedding.packed(vector))
    return (("embedding", embedding.Stored(*found, vectors)),)


def place(unit: str | None, _language: str) -> str:
    return unit or ""


def test_hidden_products_are_found_by_their_words_and_by_others(real: Any) -> None:
    """MRR and recall@10, beside plain TF-IDF of the products."""
    firms, products = real
    facts = facts_of(firms, products)
    print(f"\n{len(firms)} firms, {sum(map(len, products))} products")
    model = model_for(facts)
    for name, half in zip(("first", "second"), halves(len(firms)), strict=True):
        pairs = hidden(products, half)
        for how, said in (("hidden", lambda text: text), ("paraphrased", paraphrased)):
            asked = [(pair, said(pair.product)) for pair in pairs]
            plain, own = Scores.of(plain_ranks(products, asked)), Scores.of(own_ranks(facts, products, asked))
            if model:
                better = Scores.of(own_ranks(facts, products, asked, model))
                print(
                    f"{name:6} half, {how:12} with the model: MRR {better.mrr:.3f} recall@10 {better.recall:.3f}"
                )
            print(
                f"{name:6} half, {how:12} {len(asked):5} queries: plain TF-IDF MRR {plain.mrr:.3f} recall@10 {plain.recall:.3f}"
                f" · matching MRR {own.mrr:.3f} recall@10 {own.recall:.3f}"
            )
            assert own.mrr > plain.mrr
            assert own.recall > plain.recall


def test_many_demands_are_ranked_at_once() -> None:
    """500 demands among 20,000 firms with some five goods each, hardly any of them alike: under 10 s."""
    draw = random.Random(2023)
    firms, asked = 20_000, 500
    parts = [
        "".join(draw.choices([chr(0x4E00 + n) for n in range(0, 6000, 7)], k=2)) for _part in range(2500)
    ]
    goods = [
        ["".join(draw.sample(parts, 3)) for _good in range(draw.randint(2, 8))] for _firm in range(firms)
    ]
    industry = [code for code, row in industries.table().items() if row["level"] == "class"]
    frame = pd.DataFrame({
        "uscc": [f"{at:018}" for at in range(firms)],
        "name": ["".join(draw.sample(parts, 3)) + "有限公司" for _firm in range(firms)],
        "status": "active", "home": True, "unit": "370102", "standing": 0.5,
        "revenue": [draw.choice([np.nan, 1e7, 1e8]) for _firm in range(firms)],
        "industry": ["C" + draw.choice(industry) for _firm in range(firms)],
    }).astype({"industry": object, "unit": object})  # fmt: skip
    began = time.perf_counter()
    facts = laid_out(DAY, frame, goods, [[good[0]] for good in goods])
    laid = time.perf_counter() - began
    wanted = [
        Wanted(f"采购{draw.choice(draw.choice(goods))}\n要求{draw.choice(parts)}", amount=1_000_000)
        for _one in range(asked)
    ]
    began = time.perf_counter()
    found = find(facts, wanted, 10, {}, place)
    took = time.perf_counter() - began
    print(
        f"\n{asked} demands × {firms:,} firms, {len(facts.corpus.texts):,} phrases: {took:.1f} s"
        f" ({took / asked * 1000:.0f} ms each), facts laid out in {laid:.1f} s"
    )
    assert all(one.ranked for one in found)


def test_the_demands_of_the_sample_city_are_met_by_those_who_can(tmp_path: Path) -> None:
    """Rank of the first firm that truly fits, beside plain TF-IDF of what firms make and offer."""
    house = open_test_house(f"sqlite:///{tmp_path / 'register.sqlite'}", tmp_path)
    file_sample(house, SAMPLE, SEED)
    fitting: dict[str, set[str]] = defaultdict(set)
    for demand, uscc in truth(SAMPLE, SEED):
        fitting[demand].add(uscc)
    day = house.clock.today()
    on_record = [one for one in demands(house) if one.id in fitting]
    asked = [replace(one.wanted, demand=None) for one in on_record]  # what was answered would tell
    own = [
        next((at for at, firm in enumerate(found.ranked, 1) if firm.uscc in fitting[one.id]), None)
        for one, found in zip(on_record, search_all(house, asked, 200, day), strict=True)
    ]
    e, o = Enterprise.__table__.c, Offer.__table__.c  # type: ignore[attr-defined]
    with house.store.read() as connection:
        firms = connection.execute(
            select(e.uscc, e.products, e.niche).where(e.from_day <= day, e.to_day > day).order_by(e.uscc)
        ).all()
        offered: dict[str, list[str]] = defaultdict(list)
        for uscc, product in connection.execute(select(o.uscc, o.product)):
            offered[uscc].append(product)
    texts = ["、".join(filter(None, [f.products, f.niche, *offered[f.uscc]])) for f in firms]
    way = TfidfVectorizer(analyzer="char", ngram_range=(1, 3))
    docs = way.fit_transform(texts)
    plain: list[int | None] = []
    for one in on_record:
        scores = np.asarray(
            (docs @ way.transform(["、".join(phrase for phrase, _counts in one.wanted.phrases)]).T).todense()
        ).ravel()
        order = np.argsort(-scores, kind="stable")
        plain.append(
            next((at for at, firm in enumerate(order, 1) if firms[firm].uscc in fitting[one.id]), None)
        )
    house.store.dispose()
    made = dict(zip((firm.uscc for firm in firms), texts, strict=True))
    by_name = [
        any(one.wanted.phrases[0][0] in made[uscc] for uscc in fitting[one.id] if uscc in made) for one in on_record
    ]  # fmt: skip
    print(
        f"\nsample city of {len(firms)} firms, {len(own)} demands, beside plain TF-IDF of products and offers"
    )
    assert Scores.of(own).mrr > Scores.of(plain).mrr
    for words, named in (("by the product's name", True), ("in other words", False)):
        ours, theirs = (
            Scores.of([at for at, way in zip(ranks, by_name, strict=True) if way is named]) for ranks in (own, plain)
        )  # fmt: skip
        print(
            f"  {by_name.count(named):>3} {words:<22} plain TF-IDF MRR {theirs.mrr:.3f} recall@10 {theirs.recall:.3f}"
            f" · matching MRR {ours.mrr:.3f} recall@10 {ours.recall:.3f}"
        )
