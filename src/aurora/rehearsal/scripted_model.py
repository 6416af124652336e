"""What a stand-in for the language model is to answer, and the stand-in that needs no server."""

from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from aurora.errors import ModelFault
from aurora.guidance.header import Header
from aurora.guidance.language_model import AnswerReader, Figures, Message

CALM = '{"urgency": "normal", "hazard": "none", "zone": null}\n'
"""A header that raises nothing."""


class Fault(StrEnum):
    """How a server can fail; see REASONS for what is made of each."""

    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    HUNG = "hung"
    SLOW_FIRST_TOKEN = "slow_first_token"  # noqa: S105
    STALL = "stall"
    TRUNCATION = "truncation"
    DISCONNECT = "disconnect"
    MALFORMED_CHUNK = "malformed_chunk"
    ERROR_EVENT = "error_event"
    WEB_PAGE = "web_page"
    """200 and HTML, as a captive portal answers."""


REASONS = {
    Fault.RATE_LIMITED: "http_429",
    Fault.OVERLOADED: "http_503",
    Fault.HUNG: "slow_first_token",
    Fault.SLOW_FIRST_TOKEN: "slow_first_token",
    Fault.STALL: "late",
    Fault.TRUNCATION: "truncated",
    Fault.DISCONNECT: "disconnected",
    Fault.MALFORMED_CHUNK: "malformed",
    Fault.ERROR_EVENT: "server_error",
    Fault.WEB_PAGE: "truncated",
}
"""The reason every model gives for a fault."""
BEFORE_TEXT = {
    Fault.RATE_LIMITED,
    Fault.OVERLOADED,
    Fault.HUNG,
    Fault.SLOW_FIRST_TOKEN,
    Fault.WEB_PAGE,
}
"""Faults without a word; the others strike in the middle of the text."""


@dataclass(frozen=True, slots=True)
class Script:
    """One answer: its text as a model writes it, header line included, and what goes wrong."""

    text: str = CALM
    fault: Fault | None = None
    reasoning: str = ""
    """Streamed first, apart from the text."""
    finish_reason: str = "stop"
    piece_chars: int = 6
    """Length of a piece of text, one a chunk."""
    bytes_per_write: int | None = None
    """Cuts the server's bytes anywhere, within a character too."""
    first_token_s: float = 0.0
    """How long a server lets its client wait for the first piece."""

    def pieces(self) -> list[str]:
        """Return the text in pieces."""
        step = self.piece_chars
        return [self.text[at : at + step] for at in range(0, len(self.text), step)]

    def pieces_before_fault(self) -> list[str]:
        """Return the pieces that are sent before the fault strikes; all without one."""
        if self.fault is None:
            return self.pieces()
        return [] if self.fault in BEFORE_TEXT else self.pieces()[: len(self.pieces()) // 2]


Scripts = Script | Sequence[Script] | Callable[[Sequence[Message]], Script]
"""The same answer always, answers in order (the last one stays), or one chosen by the messages."""


class Prompter:
    """Hands out a script for each request."""

    def __init__(self, scripts: Scripts) -> None:
        self.use(scripts)

    def use(self, scripts: Scripts) -> None:
        """Answer the coming requests by these."""
        if callable(scripts):
            self._choose = scripts
            return
        left = [scripts] if isinstance(scripts, Script) else list(scripts)
        self._choose = lambda _: left.pop(0) if len(left) > 1 else left[0]

    def script_for(self, messages: Sequence[Message]) -> Script:
        return self._choose(messages)


class ScriptedModel:
    """The language model's twin in memory: the same answers and faults, without any waiting."""

    def __init__(self, scripts: Scripts = Script()) -> None:
        self.prompter = Prompter(scripts)
        self.requests: list[list[Mapping[str, str]]] = []
        """The messages of each request, oldest first."""

    async def answer(
        self, messages: Sequence[Message], *, within_s: float, figures: Figures | None = None
    ) -> AsyncGenerator[Header | str]:
        self.requests.append(list(messages))
        script = self.prompter.script_for(messages)
        for part in _read(script, figures or Figures()):
            yield part


def _read(script: Script, figures: Figures) -> Iterator[Header | str]:
    reader = AnswerReader()
    for piece in script.pieces_before_fault():
        figures.first_token_ms = 0.0
        yield from reader.take(piece)
    if script.fault is not None:
        raise ModelFault(REASONS[script.fault])
    if script.finish_reason not in ("stop", "length"):
        raise ModelFault("refused", f"finish_reason {script.finish_reason}")
    yield from reader.finish()
