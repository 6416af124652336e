"""What the conversation asks of a language model, and how its answer is read; no vendor here."""

import re
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from aurora.errors import ModelFault
from aurora.guidance.header import MAX_HEADER_CHARS, Header, parse_header

FIRST_TOKEN_S = 0.4
"""A later first token is no answer: the procedure speaks instead."""
MAX_ANSWER_CHARS = 4_000
"""For a server that ignores the limit above."""
MAX_SENTENCE_CHARS = 300

_BOUNDARY = re.compile(r"[.!?…][\"'”’»)]*(\s+)(?=[^\sa-zà-öø-ÿ])")
_FINISHED = re.compile(r"[.!?…][\"'”’»)]*$")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:dr|mrs?|ms|sra?|mme|ca|bzw|approx|e\.g|i\.e|p\.\s?ej|z|z\.\s?b|d\.\s?h)$",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"[{}\[\]<>|#*_`~=\\]|\b(?:urgency|hazard)\s*:|^[-•–]\s|://", re.IGNORECASE)

Message = Mapping[str, str]
"""{"role": ..., "content": ...}"""


@dataclass(slots=True)
class Figures:
    """What one answer took, filled in while it is read; None where the server does not say."""

    first_token_ms: float | None = None
    """Measured here, from the start of the turn's request."""
    queue_ms: float | None = None
    prompt_ms: float | None = None
    completion_ms: float | None = None
    prompt_tokens: float | None = None
    completion_tokens: float | None = None

    def stages_ms(self) -> dict[str, float]:
        """Return the known times, named as a turn's stages are."""
        times = {
            "model_first_token": self.first_token_ms,
            "model_queue": self.queue_ms,
            "model_prompt": self.prompt_ms,
            "model_completion": self.completion_ms,
        }
        return {name: round(time, 3) for name, time in times.items() if time is not None}


class LanguageModel(Protocol):
    """Something that answers a conversation: a header first, then whole sentences."""

    def answer(
        self, messages: Sequence[Message], *, within_s: float, figures: Figures | None = None
    ) -> AsyncGenerator[Header | str]:
        """Yield one Header, then sentences as they complete; fills `figures` in by the end.

        Raises ModelFault when the first token takes longer than FIRST_TOKEN_S, the whole longer
        than `within_s` seconds, or the answer is unusable in any other way.
        """


@dataclass(frozen=True, slots=True)
class ModelState:
    """What the probe at start found."""

    is_answering: bool
    detail: str


class AnswerReader:
    """Cuts one streamed answer into its header and whole sentences; drops an unfinished one."""

    def __init__(self) -> None:
        self._buffer = ""
        self._length = 0
        self._is_header_due = True

    def take(self, piece: str) -> Iterator[Header | str]:
        """Yield what this piece completes; raises ModelFault when the answer is unusable."""
        self._length += len(piece)
        if self._length > MAX_ANSWER_CHARS:
            raise ModelFault("too_long")
        self._buffer += piece
        yield from self._cut(is_last=False)

    def finish(self) -> Iterator[Header | str]:
        """Yield what the end of the answer completes; raises ModelFault without a header."""
        yield from self._cut(is_last=True)

    def _cut(self, *, is_last: bool) -> Iterator[Header | str]:
        if self._is_header_due:
            header = self._take_header(is_last=is_last)
            if header is None:
                return
            # On its own: it stands even when the sentences that came with it do not.
            yield header
        for sentence in self._take_sentences(is_last=is_last):
            if speakable := _speakable(sentence.strip()):
                yield speakable

    def _take_header(self, *, is_last: bool) -> Header | None:
        text = self._buffer.lstrip()
        if not text and is_last:
            raise ModelFault("empty")
        line, newline, rest = text.partition("\n")
        if not newline and not is_last:
            if text and (text[0] != "{" or len(text) > MAX_HEADER_CHARS):
                raise ModelFault("bad_header", "the answer does not begin with its header line")
            return None
        header = parse_header(line.strip())
        self._buffer, self._is_header_due = rest, False
        return header

    def _take_sentences(self, *, is_last: bool) -> list[str]:
        text, start, sentences = self._buffer, 0, list[str]()
        for match in _BOUNDARY.finditer(text):
            before, after = text[start : match.start()], text[match.end()]
            if not _ABBREVIATION.search(before) and not _is_number_sign(before, after):
                sentences.append(text[start : match.end(1)])
                start = match.end()
        rest = text[start:]
        if is_last and _FINISHED.search(rest.rstrip()):
            sentences.append(rest)
        self._buffer = rest
        return sentences


def _is_number_sign(before: str, after: str) -> bool:
    """Whether a full stop belongs to "No. 5"; plain "No. Stay." is a sentence."""
    return after.isdigit() and before.lower().split()[-1:] in (["no"], ["nr"], ["núm"])


def _speakable(sentence: str) -> str:
    """Return the sentence, or "" for one without words; raises ModelFault for what is no speech."""
    sentence = sentence.replace("\u00a0", " ").replace("\u202f", " ")  # French, before ! and ?
    if len(sentence) > MAX_SENTENCE_CHARS or not sentence.isprintable():
        raise ModelFault("bad_text", "a list, or a sentence without end")
    if _MARKUP.search(sentence):
        raise ModelFault("bad_text", "markup or a tag")
    return sentence if any(character.isalnum() for character in sentence) else ""
