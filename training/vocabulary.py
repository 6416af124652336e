"""Choose the pieces of the base's vocabulary that four languages need, and make their tokeniser."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import wordfreq
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, pre_tokenizers

from aurora.site.model import LANGUAGES
from training.base import Base

SPECIAL = 4
"""<s>, <pad>, </s>, <unk> stand first."""
CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzàâäáãåçéèêëíîïñóôöòõúùûüÿßœæ0123456789'.,?%-")
"""Always kept, so that any word can be spelt."""
FREQUENT_WORDS = 60_000
OWN_WEIGHT = 3.0
"""How much more the corpus counts than the language at large."""
SPACE = "▁"


def tokeniser(base: Base, tokens: Sequence[int]) -> Tokenizer:
    """Return the tokeniser of these pieces; a piece's new token is its place in `tokens`."""
    pieces = [(base.pieces[token], float(base.scores[token])) for token in tokens]
    unknown = list(tokens).index(base.unknown)
    made = Tokenizer(models.Unigram(pieces, unk_id=unknown, byte_fallback=False))
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    return made


def choose(base: Base, texts: Iterable[str], size: int) -> NDArray[np.int64]:
    """Return the tokens of the `size` pieces that matter most, special ones first.

    texts: canonical; counted beside the frequent words of each language.
    """
    whole = tokeniser(base, range(len(base.pieces)))
    counts: Counter[int] = Counter()
    for language in LANGUAGES:
        words = wordfreq.top_n_list(language, FREQUENT_WORDS)
        for word, encoded in zip(words, whole.encode_batch(words), strict=True):
            weight = wordfreq.word_frequency(word, language)
            for token in encoded.ids:
                counts[token] += weight
    own = Counter(token for one in whole.encode_batch(list(texts)) for token in one.ids)
    scale = OWN_WEIGHT * sum(counts.values()) / max(1, sum(own.values()))
    for token, times in own.items():
        counts[token] += scale * times
    kept = list(range(SPECIAL))
    kept += [
        token
        for token, piece in enumerate(base.pieces)
        if token >= SPECIAL and piece.lstrip(SPACE) in CHARACTERS | {""}
    ]
    known = set(kept)
    kept += [token for token, _ in counts.most_common() if token not in known]
    return np.array(kept[:size])
