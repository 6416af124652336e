"""What a transcript says once the site's own words in it are put right; rates nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aurora.lines.audio.ports import Correct
from aurora.speech.gates import SPOKEN, SURE
from aurora.speech.transcribe import Transcript


@dataclass(frozen=True, slots=True)
class Reading:
    """Words as they are taken, with how they came about."""

    words: str
    is_sure: bool = False
    """The recogniser has little doubt of them."""
    is_unsure: bool = False
    """Somebody spoke, and what they said cannot be made out."""
    doubts_place: bool = False
    details: Mapping[str, Any] = field(default_factory=dict)
    """For the record."""


def reading_of(transcript: Transcript, correct: Correct) -> Reading:
    """Return what is to be believed of a transcript; "" when nothing is."""
    if transcript.reject is not None:
        return Reading("", is_unsure=transcript.reject in SPOKEN)
    corrected = correct(transcript.text, transcript.language, transcript.word_confidences)
    recognised: dict[str, Any] = {
        "model": transcript.model,
        "confidence": round(transcript.confidence, 3),
        "seconds": round(transcript.seconds, 2),
    }
    if corrected.text != transcript.text:
        recognised["text"] = transcript.text
    return Reading(
        corrected.text,
        is_sure=transcript.confidence >= SURE,
        doubts_place=corrected.has_doubtful_zone,
        details={"recognised": recognised},
    )
