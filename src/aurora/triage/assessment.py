"""What triage says of one utterance; decides nothing about the call it belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from aurora.levels import Hazard, Urgency

Fact = bool | int | str
"""A gathered fact: yes/no, a count, or a word."""


BAD_IF_SO = frozenset(
    {"people_hurt", "others_hurt", "self_hurt", "trapped", "people_missing", "inside"}
    | {"spreading", "severe_bleeding", "armed", "clothing_burning", "cylinders_near"}
    | {"gas_smell", "ignition_source", "load_hanging", "people_outside", "high_voltage"}
    | {"shutter_open", "touched_source", "ongoing", "evacuating"}
)
"""Facts of which yes is the bad news."""
BAD_IF_NOT = frozenset({"breathing", "awake", "escaped", "machine_stopped", "power_off"})
"""Facts of which no is."""


class Intent(StrEnum):
    """What the caller is doing with this utterance, apart from any hazard in it."""

    REPORT = "report"
    """Says what is happening; also the default."""
    QUESTION = "question"
    """Asks something."""
    YES = "yes"
    NO = "no"
    UNSURE = "unsure"
    """Does not know ("no idea", "I can't tell"): neither yes nor no."""
    DONE = "done"
    """Acknowledges or has carried out the last step ("okay", "done that")."""
    REPEAT = "repeat"
    """Did not hear or understand ("what?", "say again")."""
    ALL_CLEAR = "all_clear"
    """Says that it is over; changes nothing by itself."""
    CORRECTION = "correction"
    """Takes back a place or fact just given ("sorry, I mean B")."""
    HUMAN = "human"
    """Asks for a person."""
    DRILL = "drill"
    """Announces a drill or test, with no live sign."""
    WRONG_NUMBER = "wrong_number"
    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    UNCLEAR = "unclear"
    """Nothing in it could be understood."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the caller says it is."""

    said: str
    """As said, normalised, digits for spoken numbers: "Zone B", "Line 5", "Boiler house"."""
    zone_id: str | None = None
    """The site's zone, or None when the site has no such place."""
    confidence: float = 1.0
    """0 to 1; below 1 the words only sounded like the place ("sown bee")."""
    is_zone_name: bool = False
    """Said as a zone ("zone 3"), so that one the site lacks is a mistake to clear up."""

    @property
    def is_known(self) -> bool:
        return self.zone_id is not None


@dataclass(frozen=True, slots=True)
class Assessment:
    """One utterance, rated. `urgency` is of these words alone: the call's own never falls to it."""

    urgency: Urgency
    hazard: Hazard
    procedure: str | None
    """The finer name: a procedure id such as "cardiac_arrest", or None."""
    language: str
    """ISO 639-1 of the words, or the call's language where they do not tell."""
    confidence: float
    """0 to 1, that `urgency` is not too low."""
    doubt: float = 0.0
    """0 to 1, that words rated as ordinary hide an emergency."""
    intent: Intent = Intent.REPORT
    place: Place | None = None
    """Where it is happening, as far as the words tell; of one place said, that one."""
    caller_place: Place | None = None
    """Where the caller says they themselves are: "I can see it from zone D"."""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """Only what these words state: breathing, awake, people, trapped, bleeding, escaped..."""
    reasons: tuple[str, ...] = ()
    """Ids of the rules that fired, for the record."""
    meaning: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)
    """The words as a unit vector, to find what they answer; None where they were not read."""
    is_drill: bool = False
    """The words announce a drill or test and carry no live sign."""
    is_live: bool = False
    """The words carry a live sign ("this is real", "no duff", a present casualty)."""
    says_real: bool = False
    """The words themselves claim to be real or now, whatever hazard they name: ends any drill."""
