"""Train the encoder: urgency and hazard from the corpus, meaning from what callers say."""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_

from aurora.triage.encoder import BEGIN, END, HAZARDS, PAD, URGENCIES, shortened
from training.corpus import Labelled, as_heard
from training.encoder import Encoder

SECOND_CLASS = 0.3
"""Share of the target that a line's other accepted classes get."""
SMOOTHING = 0.05
TEMPERATURE = 0.1
MEANING_EVERY = 2
"""Steps from one lesson in meaning to the next: its sentences are short, its loss is steady."""
HEADS_LEARN = 2e-3
LENGTH_STEP = 8
UNSEEN = 0.12
"""Share of a sentence's tokens that each lesson hides: a rating must not hang on one word."""


@dataclass(frozen=True)
class Recipe:
    """How long and how hard to train; a recipe and a corpus give the same weights again."""

    epochs: int = 8
    batch: int = 32
    learn: float = 2e-4
    seed: int = 7


def batched(tokens: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
    """Return padded tokens and their mask, [batch, length]."""
    # Few different lengths: the processor's kernels are made anew for every shape.
    length = -(-max(map(len, tokens)) // LENGTH_STEP) * LENGTH_STEP
    padded = torch.full((len(tokens), length), PAD)
    mask = torch.zeros((len(tokens), length), dtype=torch.bool)
    for row, sentence in enumerate(tokens):
        padded[row, : len(sentence)] = torch.tensor(sentence)
        mask[row, : len(sentence)] = True
    return padded, mask


def partly_hidden(mask: Tensor) -> Tensor:
    """Return the mask with some tokens hidden; the first, which opens every sentence, never is."""
    seen = torch.rand(mask.shape) >= UNSEEN
    seen[:, 0] = True
    return mask & seen


def tokens_of(tokeniser: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    """Return the tokens of each text as the line's reader takes them: head and tail if long."""
    return [[BEGIN, *shortened(one.ids), END] for one in tokeniser.encode_batch(list(texts))]


def fit(
    encoder: Encoder,
    tokeniser: Tokenizer,
    lines: Sequence[Labelled],
    meanings: Mapping[str, Sequence[str]],
    recipe: Recipe,
) -> Iterator[tuple[int, float, float]]:
    """Train in place; yield the epoch, its mean loss and the seconds so far."""
    chance = random.Random(recipe.seed)  # noqa: S311 - a recipe, not a secret
    torch.manual_seed(recipe.seed)
    heads = [*encoder.urgency.parameters(), *encoder.hazard.parameters()]
    heads += encoder.meaning.parameters()
    rest = [
        value
        for value in encoder.parameters()
        if value.requires_grad and all(value is not head for head in heads)
    ]
    groups = [{"params": rest, "lr": recipe.learn}, {"params": heads, "lr": HEADS_LEARN}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    steps = recipe.epochs * (len(lines) // recipe.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, [recipe.learn, HEADS_LEARN], total_steps=steps + 1, pct_start=0.1
    )
    talk = _meaning_batches(meanings, recipe.batch, chance)
    started = time.perf_counter()
    encoder.train()
    for epoch in range(recipe.epochs):
        total, count = 0.0, 0
        for batch in _batches(lines, recipe.batch, chance):
            loss = _triage_loss(encoder, tokeniser, batch, chance)
            if count % MEANING_EVERY == 0:
                loss = loss + _meaning_loss(encoder, tokeniser, *next(talk))
            optimiser.zero_grad()
            loss.backward()
            clip_grad_norm_(encoder.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total, count = total + loss.item(), count + 1
        yield epoch, total / count, time.perf_counter() - started
    encoder.eval()


def _batches(
    lines: Sequence[Labelled], size: int, chance: random.Random
) -> Iterator[list[Labelled]]:
    """Batches of like length, in random order."""
    shuffled = list(lines)
    chance.shuffle(shuffled)
    batches = []
    for start in range(0, len(shuffled), size * 16):
        part = sorted(shuffled[start : start + size * 16], key=lambda line: len(line.text))
        whole = len(part) // size * size  # what is left over has its turn in another epoch
        batches += [part[at : at + size] for at in range(0, whole, size)]
    chance.shuffle(batches)
    yield from batches


def _triage_loss(
    encoder: Encoder, tokeniser: Tokenizer, batch: Sequence[Labelled], chance: random.Random
) -> Tensor:
    tokens, mask = batched(tokens_of(tokeniser, [as_heard(line, chance) for line in batch]))
    pooled = functional.dropout(encoder.pool(tokens, partly_hidden(mask), torch.bfloat16), 0.1)
    urgency = torch.stack([_target(line) for line in batch])
    hazard = torch.tensor([HAZARDS.index(line.hazard) for line in batch])
    return functional.cross_entropy(
        encoder.urgency(pooled), urgency, label_smoothing=SMOOTHING
    ) + functional.cross_entropy(encoder.hazard(pooled), hazard, label_smoothing=SMOOTHING)


def _target(line: Labelled) -> Tensor:
    target = torch.zeros(len(URGENCIES))
    others = line.accept[1:]
    target[URGENCIES.index(line.urgency)] = 1 - (SECOND_CLASS if others else 0)
    for level in others:
        target[URGENCIES.index(level)] = SECOND_CLASS / len(others)
    return target


def _meaning_batches(
    meanings: Mapping[str, Sequence[str]], size: int, chance: random.Random
) -> Iterator[tuple[list[str], Tensor]]:
    """Endless batches in which every meaning stands at least twice."""
    names = list(meanings)
    while True:
        texts: list[str] = []
        labels: list[int] = []
        for name in chance.sample(names, size // 2):
            texts += chance.sample(list(meanings[name]), 2)
            labels += [names.index(name)] * 2
        yield texts, torch.tensor(labels)


def _meaning_loss(
    encoder: Encoder, tokeniser: Tokenizer, texts: Sequence[str], labels: Tensor
) -> Tensor:
    """Supervised contrast: what means the same lies together, all else apart."""
    tokens, mask = batched(tokens_of(tokeniser, texts))
    pooled = encoder.pool(tokens, mask, torch.bfloat16)
    vectors = functional.normalize(encoder.meaning(pooled), dim=-1)
    alike = vectors @ vectors.T / TEMPERATURE
    alike.fill_diagonal_(float("-inf"))
    same = (labels[:, None] == labels[None, :]).fill_diagonal_(False).float()
    spread = functional.log_softmax(alike, dim=-1).masked_fill(same == 0, 0.0)
    return -((spread * same).sum(-1) / same.sum(-1).clamp(min=1)).mean()
