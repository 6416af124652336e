"""Pick the next variant of an approved sentence, so that no call hears the same words twice."""

from collections.abc import Sequence

from aurora.guidance.library import Library
from aurora.guidance.spoken import Situation, Spoken, was_said
from aurora.site.model import CompassPoint


class Phrasebook:
    """The phrases of every language, taken in turn for each call."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def say(self, situation: Situation, name: str, **slots: str) -> Spoken:
        """Return the next unsaid variant of a phrase, its slots filled from the site's data."""
        phrases = self._library.phrases_in(situation.language)
        lines: str | list[str] = getattr(phrases, name)
        variants = [line.format(**slots) for line in ([lines] if isinstance(lines, str) else lines)]
        text = next_variant(situation, name, variants)
        return Spoken(text, f"phrases.{phrases.language}@{phrases.version}:{name}")

    def wind(self, situation: Situation, point: CompassPoint) -> str:
        """Return a compass point as the sentences about the wind take it."""
        return self._library.phrases_in(situation.language).winds[point]

    def unsaid(self, situation: Situation, name: str, **slots: str) -> Spoken | None:
        """The same, or None when every variant was said in this call."""
        spoken = self.say(situation, name, **slots)
        return None if was_said(situation.state, spoken.text) else spoken


def next_variant(situation: Situation, name: str, variants: Sequence[str]) -> str:
    """Return the first variant not yet said in this call, else the one said longest ago."""
    taken = situation.state.taken
    start = taken.get(name, 0)
    order = [variants[(start + offset) % len(variants)] for offset in range(len(variants))]
    chosen = next((text for text in order if not was_said(situation.state, text)), order[0])
    taken[name] = start + order.index(chosen) + 1
    return chosen
