"""How fast a stand-in caller and its telephone company are; tests have no time to be natural."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tempo:
    """Seconds, but for the voice's speed."""

    quiet_s: float = 0.8
    """Silence after which a caller takes it that the line has finished."""
    patience_s: float = 10.0
    """How long a caller waits for a line that says nothing at all."""
    enough_s: float | None = None
    """How much of an answer a caller listens to; to its end when None."""
    longest_answer_s: float = 120.0
    chars_per_s: float = 15.0
    """An ordinary speaking rate; Twilio's voices differ."""
    voice_begins_s: float = 0.33
    """From a first token to the voice's first sound, as measured on real calls."""
    partial_every_s: float = 0.25
    """Between unfinished prompts."""
    final_after_s: float = 0.35
    """From the last word to the final prompt: measured on real calls with Deepgram Flux."""


NATURAL = Tempo()
