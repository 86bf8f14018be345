"""Fit the weights of name matching anew: ``python -m tests.bench.fit_names`` writes data/codes/name_weights.csv.

Logistic regression over the levels of the features, on the real pairs and on hold-outs, half of them with the district
that the list gives. The limit for taking a pair without asking is the lowest score at which, across folds, at most one
hold-out of all is taken.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import vstack
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from registry.codes import DATA
from registry.naming.weighing import vetoes
from tests.bench.real_names import FOLDS, Asked, ask, world

STRENGTH = 2.0
WRONG = 1
CHOOSE = 0.02
DATED = "2026-03-01"


def levels(asked: Sequence[Asked]) -> list[dict[str, int]]:
    return [{f"{s.feature}={s.level}": 1 for s in said} for each in asked for _, said in each.offered]


def fit() -> tuple[dict[tuple[str, str], float], float, float, list[str]]:
    """Weights, bias, limit, and what was measured across folds."""
    here = world()
    sets = [ask(here, here.questions, with_district) for with_district in (False, True)]
    vectors = DictVectorizer()
    vectors.fit([row for asked in sets for row in levels(asked)])
    shaped = [vectors.transform(levels(asked)) for asked in sets]
    right = [np.array([firm == a.question.meant for a in asked for firm, _ in a.offered]) for asked in sets]
    fold = [np.array([a.question.fold for a in asked for _ in a.offered]) for asked in sets]
    scores = [np.zeros(len(r)) for r in right]
    for n in range(FOLDS):
        model = LogisticRegression(C=STRENGTH, max_iter=5000)
        model.fit(
            vstack([x[f != n] for x, f in zip(shaped, fold, strict=True)]),
            np.concatenate([y[f != n] for y, f in zip(right, fold, strict=True)]),
        )
        for x, f, s in zip(shaped, fold, scores, strict=True):
            s[f == n] = model.decision_function(x[f == n])
    limits, tops = [], []
    for asked, score in zip(sets, scores, strict=True):
        tops.append(best(asked, score))
        held = np.sort([top for a, (top, _) in zip(asked, tops[-1], strict=True) if a.question.off])[::-1]
        limits.append(float(held[WRONG]) + 1e-6)
    limit = max(limits)
    said = []
    for name, asked, top in zip(("by name alone", "with the list's district"), sets, tops, strict=True):
        other = [(a, t) for a, t in zip(asked, top, strict=True) if not a.question.off]
        held_out = [t for a, t in zip(asked, top, strict=True) if a.question.off]
        taken = sum(t[0] >= limit and t[1] == a.question.meant for a, t in other)
        wrong = sum(t[0] >= limit for t in held_out)
        astray = sum(t[0] >= limit and t[1] != a.question.meant for a, t in other)
        said.append(
            f"{name}: {taken} of {len(other)} other-name rows taken rightly ({taken / len(other):.1%}), {astray} wrongly;"
            f" {wrong} of {len(held_out)} firms taken off the register merged wrongly ({wrong / len(held_out):.3%})"
        )
    model = LogisticRegression(C=STRENGTH, max_iter=5000)
    model.fit(vstack(shaped), np.concatenate(right))
    weights = {
        tuple(name.split("=", 1)): w for name, w in zip(vectors.feature_names_, model.coef_[0], strict=True)
    }
    return weights, float(model.intercept_[0]), limit, said  # type: ignore[return-value]


def best(asked: Sequence[Asked], score: NDArray[np.float64]) -> list[tuple[float, str | None]]:
    """Of each question the best offer's score and firm; no score where a veto keeps it from being taken."""
    found: list[tuple[float, str | None]] = []
    at = 0
    for each in asked:
        own = score[at : at + len(each.offered)]
        at += len(each.offered)
        if not len(own):
            found.append((-np.inf, None))
            continue
        top = int(np.argmax(own))
        firm, said = each.offered[top]
        found.append((-np.inf if vetoes(said) else float(own[top]), firm))
    return found


def probability(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))


def main() -> None:
    weights, bias, limit, said = fit()
    lines = [
        "# source: fitted by tests/bench/fit_names.py on pairs of a list's name and the registered name of one firm",
        f"# dated: {DATED}",
        "# note: Logistic regression over the levels of registry/naming/features.py; the score is 1 / (1 + exp(-sum)).",
        "# note: certain: the score from which a pair without a veto is taken; choose: from which it is offered.",
        *(f"# note: Measured across {FOLDS} folds, {line}." for line in said),
        "feature,level,weight",
        f",bias,{bias:.4f}",
        f",certain,{probability(limit):.4f}",
        f",choose,{CHOOSE}",
        *(f"{feature},{level},{weight:.4f}" for (feature, level), weight in sorted(weights.items())),
    ]
    (DATA / "codes" / "name_weights.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(said))


if __name__ == "__main__":
    main()
