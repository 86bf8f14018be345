"""Texts taken apart, certificates named alike, and runs of characters weighed as scikit-learn weighs them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from chains.matching import phrases
from chains.matching.certificates import certificate, certificates
from chains.matching.facts import quantity
from chains.matching.ngrams import Grams
from chains.matching.wanted import Wanted


def test_runs_of_characters_are_weighed_as_the_peer_weighs_them() -> None:
    texts = ["锯切机床", "冲剪生产线", "", "高强度螺栓螺栓", "a", "数控机床"]
    grams, vectors = Grams.of(texts)
    peer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, lowercase=False)
    theirs = peer.fit_transform(texts)
    asked = ["螺栓机", "没有这些", ""]
    assert np.allclose((vectors @ vectors.T).toarray(), (theirs @ theirs.T).toarray(), atol=1e-5)
    ours = (grams.vectors(asked) @ vectors.T).toarray()
    assert np.allclose(ours, (peer.transform(asked) @ theirs.T).toarray(), atol=1e-5)


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=12), max_size=6), st.text(max_size=8))
def test_likeness_lies_between_nothing_and_one(texts: list[str], asked: str) -> None:
    grams, vectors = Grams.of(texts)
    alike = (grams.vectors([asked]) @ vectors.T).toarray()
    assert (alike >= 0).all()
    assert (alike <= 1 + 1e-5).all()


@pytest.mark.parametrize(
    "cell, goods",
    [
        ("锯切机床；冲剪生产线", ("锯切机床", "冲剪生产线")),
        ("急需采购高强度螺栓", ("高强度螺栓",)),
        ("泵", ("泵",)),
        ("采购", ()),
        ("求购，寻找供应商！", ("!",)),
        ("", ()),
    ],
)
def test_a_cell_names_goods_and_not_what_is_done_with_them(cell: str, goods: tuple[str, ...]) -> None:
    found = phrases.listed(cell)
    assert found == tuple(good for good in goods if good != "!")


def test_a_scope_is_read_without_its_permits() -> None:
    text = "锯切机床的研发、生产、销售和技术服务；进出口业务（国家限定企业经营或禁止进出口的商品除外）"
    assert phrases.scope(text) == ("锯切机床",)


@pytest.mark.parametrize(
    "typed",
    ["ISO9001", "ISO 9001:2015", "iso9001质量管理体系认证", "GB/T 19001-2016", "质量管理体系认证证书"],
)
def test_one_certificate_has_one_name(typed: str) -> None:
    assert certificate(typed) == "9001"


def test_a_military_quality_system_is_not_the_civil_one() -> None:
    assert certificate("GJB 9001C-2017") == "gjb9001"
    assert certificate("武器装备质量管理体系认证") not in ("9001", "")


def test_a_cell_may_name_several_certificates() -> None:
    assert certificates("ISO 9001:2015，IATF16949,CE") == {"9001", "16949", "ce"}
    assert certificates("ISO14001；IATF 16949；CE认证") == {"14001", "16949", "ce"}


@pytest.mark.parametrize(
    "typed, meant",
    [("年产5万套", (50_000.0, "套")), ("12,000 吨/年", (12_000.0, "吨")), ("富余", None), (None, None)],
)
def test_capacity_is_read_where_a_number_has_a_unit(typed: str | None, meant: object) -> None:
    assert quantity(typed) == meant


def test_the_title_of_a_demand_counts_more_than_its_detail() -> None:
    assert Wanted("高强度螺栓\n用于风电塔筒；表面达克罗处理").phrases == (
        ("高强度螺栓", 1.0), ("用于风电塔筒", 0.25), ("表面达克罗处理", 0.25),
    )  # fmt: skip
    assert Wanted("采购\n轴承").phrases == (("轴承", 1.0),)
    assert Wanted("寻求供应商").phrases == ()


def test_a_text_is_known_as_far_as_the_corpus_has_its_characters() -> None:
    grams, _vectors = Grams.of(["高强铜带", "数控机床", "轴承"])
    whole, half, strange, blank = grams.share(["数控机床", "高强螺栓", "无人飞艇", ""])
    assert whole == pytest.approx(1)
    assert 0.3 < half < 0.8
    assert strange == blank == 0
    assert (Grams.of([])[0].share(["轴承"]) == 0).all()


@pytest.mark.parametrize(
    "words", ["需IATF16949", "通过 IATF 16949:2016 认证", "具备IATF16949质量管理体系认证者优先"]
)
def test_a_certificate_in_the_words_is_wished_for_and_names_no_goods(words: str) -> None:
    wanted = Wanted(f"伺服电机，{words}")
    assert wanted.phrases == (("伺服电机", 1.0),)
    assert [certificate(one) for one in wanted.wished] == ["16949"]
    assert wanted.certificates == (), "no condition"
    assert Wanted("质量管理体系软件").phrases == (("质量管理体系软件", 1.0),)
    assert Wanted("AS4100控制器").wished == ()


def test_what_a_buyer_asks_for_is_not_what_it_needs_it_for() -> None:
    assert Wanted("征集高强度螺栓合作单位\n用于本公司变频器，表面达克罗处理").phrases == (
        ("高强度螺栓", 1.0), ("表面达克罗处理", 0.25),
    )  # fmt: skip
    assert phrases.listed("透析机蠕动泵头配套需求") == ("透析机蠕动泵头",)
    assert phrases.listed("诚寻轴承代工") == ("轴承",)
