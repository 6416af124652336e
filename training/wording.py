"""Train the wording model: logistic regression over hashed words and letters."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from aurora.triage.encoder import HAZARDS, URGENCIES
from aurora.triage.wording import BUCKETS, SCALE, buckets_of
from training.corpus import Labelled

STRENGTH = 8.0
"""C of the regression: the inverse of how much large weights cost."""


def counts_of(texts: Sequence[str]) -> csr_matrix:
    """Return which buckets each text has, [texts, BUCKETS], ones and zeros."""
    rows = [buckets_of(text) for text in texts]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    ones = np.ones(starts[-1], np.float32)
    return csr_matrix((ones, np.concatenate(rows), starts), shape=(len(texts), BUCKETS))


def train_wording(lines: Sequence[Labelled], path: Path) -> None:
    """Fit on the lines and write the weights, 8 bits each."""
    counts = counts_of([line.text for line in lines])
    rarity = _rarity(counts)
    inputs = normalize(counts @ diags(rarity))
    urgency = LogisticRegression(C=STRENGTH, max_iter=500).fit(
        inputs, [URGENCIES.index(line.urgency) for line in lines]
    )
    hazard = LogisticRegression(C=STRENGTH, max_iter=200, tol=1e-3).fit(
        inputs, [HAZARDS.index(line.hazard) for line in lines]
    )
    slopes = np.concatenate([urgency.coef_, hazard.coef_]).T
    scales = np.abs(slopes).max(axis=0) / SCALE
    np.savez_compressed(
        path,
        rarity=rarity.astype(np.float16),
        slopes=np.round(slopes / scales).astype(np.int8),
        scales=scales.astype(np.float32),
        offsets=np.concatenate([urgency.intercept_, hazard.intercept_]).astype(np.float32),
    )


def _rarity(counts: csr_matrix) -> NDArray[np.float64]:
    """The rarer a sequence, the more it tells; one never seen tells nothing."""
    texts, seen = counts.shape[0], np.asarray(counts.sum(axis=0)).ravel()
    return np.where(seen > 0, np.log((1 + texts) / (1 + seen)) + 1, 0.0)
