"""Seek the noise in which a recogniser errs without losing the sentence; makes no sound itself."""

from collections.abc import Callable
from typing import Any, Protocol

from evals.measures import Labelled
from evals.misheard import bare, relabelled, why_refused, word_errors

SNR_DB = (0.0, 15.0)
LIGHTER_BY_DB = 16.0
"""How much less noise a lost sentence gets the second time."""
HEAVIER = 1 / 3
"""What is left of the distance to equal noise when nothing was misheard."""
TRIES = 2


class Transcript(Protocol):
    """What was made of an utterance, and how surely."""

    @property
    def text(self) -> str: ...
    @property
    def logprob(self) -> float: ...
    @property
    def no_speech(self) -> float: ...


def sought(line: Labelled, listen: Callable[[float], Transcript], snr_db: float) -> dict[str, Any]:
    """Listen at a noise; after a refusal once more with less, or with more if nothing changed.

    `errors_first` keeps the word error rate of the first try, which chose its noise blindly.
    """
    said = bare(line["text"])
    first = None
    for tried in range(1, TRIES + 1):
        heard = listen(snr_db)
        got = bare(heard.text)
        errors = round(word_errors(said, got), 3)
        first = errors if first is None else first
        refused = why_refused(said, got, heard.no_speech)
        row = {
            **{"snr_db": round(snr_db, 1), "tries": tried, "refused": refused},
            **{"errors": errors, "errors_first": first},
            **{"logprob": heard.logprob, "no_speech": heard.no_speech},
        }
        if refused is None:
            break
        snr_db = snr_db * HEAVIER if refused == "same" else snr_db + LIGHTER_BY_DB
    return {"source": line["id"], "said": line["text"], "line": relabelled(line, got)} | row
