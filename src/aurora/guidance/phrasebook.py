"""Pick the next variant of an approved sentence, so that no call hears the same words twice."""

from collections.abc import Mapping, Sequence

from aurora.guidance.library import Library
from aurora.guidance.phrases import ChildPhrases, Phrases
from aurora.guidance.spoken import Situation, Spoken, freshest, was_said
from aurora.site.model import CompassPoint


class Phrasebook:
    """The phrases of every language, taken in turn for each call."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def say(self, situation: Situation, name: str, **slots: str) -> Spoken:
        """Return the next unsaid variant of a phrase, its slots filled from the site's data."""
        phrases = self._library.phrases_in(situation.language)
        text = next_variant(situation, name, _variants(phrases, situation, name, slots))
        return _spoken(phrases, name, text)

    def wind(self, situation: Situation, point: CompassPoint) -> str:
        """Return a compass point as the sentences about the wind take it."""
        return self._library.phrases_in(situation.language).winds[point]

    def unsaid(self, situation: Situation, name: str, **slots: str) -> Spoken | None:
        """The same, or None when every variant was said in this call."""
        spoken = self.say(situation, name, **slots)
        return None if was_said(situation.state, spoken.text) else spoken

    def every(self, situation: Situation, name: str) -> list[Spoken]:
        """Return every variant of a phrase without slots, said or not; takes none."""
        phrases = self._library.phrases_in(situation.language)
        return [_spoken(phrases, name, text) for text in _variants(phrases, situation, name, {})]

    def fresh(self, situation: Situation, *names: str, **slots: str) -> Spoken | None:
        """Return the variant of these phrases said longest ago, or None when each is recent."""
        phrases = self._library.phrases_in(situation.language)
        variants = {
            text: name for name in names for text in _variants(phrases, situation, name, slots)
        }
        text = freshest(situation.state, list(variants))
        return None if text is None else _spoken(phrases, variants[text], text)


def _variants(
    phrases: Phrases, situation: Situation, name: str, slots: Mapping[str, str]
) -> list[str]:
    own = phrases.child if situation.is_child and name in ChildPhrases.model_fields else phrases
    lines: str | list[str] = getattr(own, name)
    return [line.format(**slots) for line in ([lines] if isinstance(lines, str) else lines)]


def _spoken(phrases: Phrases, name: str, text: str) -> Spoken:
    return Spoken(text, f"phrases.{phrases.language}@{phrases.version}:{name}")


def next_variant(situation: Situation, name: str, variants: Sequence[str]) -> str:
    """Return the first variant not yet said in this call, else the one said longest ago."""
    taken = situation.state.taken
    start = taken.get(name, 0)
    order = [variants[(start + offset) % len(variants)] for offset in range(len(variants))]
    chosen = next((text for text in order if not was_said(situation.state, text)), order[0])
    taken[name] = start + order.index(chosen) + 1
    return chosen
