"""Recognise what a caller asks for or who is calling, apart from any hazard; data in cues.yaml."""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, RootModel

from aurora.site.yaml_file import read_yaml


class Cue(StrEnum):
    """What can be told from the words alone, whatever the call is about."""

    EXIT = "exit"
    """Asks which way out."""
    MUSTER = "muster"
    """Asks where to go."""
    AED = "aed"
    EYEWASH = "eyewash"
    SHOWER = "shower"
    THERE = "there"
    """Tells that one of these three is there, in words that ask for it only with a question mark:
    "hay un desfibrilador aquí"."""
    NEXT = "next"
    """Asks for the next step: "what now?"."""
    QUIET = "quiet"
    """Has to whisper."""
    HIDES = "hides"
    """Must not be heard by somebody near."""
    BLEEDS = "bleeds"
    """A wound: without one, an injury is kept still and not pressed on."""
    CHILD = "child"
    BLAST = "blast"
    """An explosion that happened, in place of one that is threatened or denied."""
    SMARTS = "smarts"
    """Burning is said of a body or of nothing in particular, and no fire is named."""
    SELF_HURT = "self_hurt"
    """The casualty is the caller."""
    FAINT = "faint"
    """The caller, and nobody else, is about to faint or grows sleepy."""
    SHUT_IN = "shut_in"
    """Speaks of a way that is no way out, or of being stuck."""
    WHETHER = "whether"
    """Asks or doubts whether a way is shut, or is told to find out: no word that it is."""
    STAYS = "stays"
    """Cannot move somebody who lies there, or will not leave them."""
    OVER = "over"
    """Tells that it has ended or eases off: a hot door is no fire that went out."""
    ELSEWHERE = "elsewhere"
    """Of a danger: what has been, what he was hurt by, next door, or only an alarm, and nothing
    that is here now."""
    FAR = "far"
    """Tells that a danger is not where the caller is: far away, a false alarm."""
    FLED = "fled"
    """Tells that whoever was dangerous has gone."""
    WELL = "well"
    """The caller is all right by their own word, or takes their leave."""


WHERE = (Cue.EXIT, Cue.MUSTER, Cue.AED, Cue.EYEWASH, Cue.SHOWER)
"""What is asked about a place, the most pressing first."""
EQUIPMENT = frozenset({Cue.AED, Cue.EYEWASH, Cue.SHOWER})


class _CuesFile(RootModel[dict[str, dict[Cue, Annotated[list[str], Field(min_length=1)]]]]):
    pass


def cues_in(text: str, language: str, *, is_asked: bool = False) -> frozenset[Cue]:
    """Return what these words show.

    text: normalised. language: ISO 639-1, one without cues has none. is_asked: they came with a
    question mark, as spoken words do not always.
    """
    patterns = _patterns().get(language, {})
    shown = frozenset(cue for cue, pattern in patterns.items() if pattern.search(text))
    return shown - EQUIPMENT if Cue.THERE in shown and not is_asked else shown


def where_asked(cues: frozenset[Cue]) -> Cue | None:
    """Return the place that is asked for, or None."""
    return next((cue for cue in WHERE if cue in cues), None)


@cache
def _patterns() -> Mapping[str, Mapping[Cue, re.Pattern[str]]]:
    words = read_yaml(Path(__file__).parent / "cues.yaml", _CuesFile).root
    return {
        language: {
            cue: re.compile("|".join(f"(?:{p})" for p in any_of)) for cue, any_of in own.items()
        }
        for language, own in words.items()
    }
