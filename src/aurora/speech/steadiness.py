"""Which speech models are set aside because they failed or fell behind; pure, asks none."""

from collections.abc import Collection
from dataclasses import dataclass

LAGGING_S = 1.2
"""From the request for a final to its words: a caller waits no longer without an answer."""
STRIKES = 2
"""In a row."""
ASIDE_S = 60.0
LONGEST_ASIDE_S = 900.0


@dataclass(slots=True)
class _Standing:
    strikes: int = 0
    aside_until: float = float("-inf")
    aside_s: float = ASIDE_S


class Steadiness:
    """A model that fails or lags twice in a row rests; each time it does so again, for longer."""

    def __init__(self) -> None:
        self._standings: dict[str, _Standing] = {}

    def answered(self, model: str, lag_s: float, now: float) -> bool:
        """Take note of an answer; return whether the model is set aside for it."""
        if lag_s > LAGGING_S:
            return self.failed(model, now)
        standing = self._standing(model)
        standing.strikes, standing.aside_s = 0, ASIDE_S
        return False

    def failed(self, model: str, now: float) -> bool:
        """Take note of a failure; return whether the model is set aside for it."""
        standing = self._standing(model)
        standing.strikes += 1
        if standing.strikes < STRIKES or now < standing.aside_until:
            return False
        standing.aside_until = now + standing.aside_s
        # The first answer after the rest decides: one more strike and it rests again.
        standing.strikes = STRIKES - 1
        standing.aside_s = min(2 * standing.aside_s, LONGEST_ASIDE_S)
        return True

    def aside(self, now: float) -> Collection[str]:
        """Return the models that are not to be asked where another knows the language."""
        return {name for name, one in self._standings.items() if now < one.aside_until}

    def _standing(self, model: str) -> _Standing:
        return self._standings.setdefault(model, _Standing())
