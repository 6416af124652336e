"""The words of words/*.yaml, checked: what responders of each language read and hear."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from aurora.escalation.incident import Lost
from aurora.escalation.told import TOLD
from aurora.levels import Hazard, Urgency
from aurora.site.yaml_file import read_yaml

FOLDER = Path(__file__).parent / "words"
Text = Annotated[str, Field(min_length=2, max_length=160)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FactWords(_Strict):
    """How one fact is told: as bad news, as good news, or with the value the caller gave."""

    bad: Text | None = None
    good: Text | None = None
    value: Text | None = None
    """Names {value}."""


class Wording(_Strict):
    """All of one language; {braces} are filled from the site, the incident and its calls."""

    language: str
    drill: Text
    """In front of every message of a drill; contains DRILL in every language."""
    real: Text
    """In front of every message when it began as a drill; must not contain the word for one, which
    is what people and filters look for."""
    levels: dict[Urgency, Text]
    hazards: dict[Hazard, Text]
    """For incidents without a procedure, whose title says it better."""
    unclear: Text
    place: Text
    """{zone}"""
    place_said: Text
    """{place}, in the caller's words."""
    place_unknown: Text
    also: Text
    """{what}"""
    calls: Text
    """{count}"""
    caller: Text
    """{caller}"""
    facts: dict[str, FactWords]
    reported: Text
    """Facts are hearsay."""
    code: Text
    """{code}"""
    call_direct: Text
    """Aurora never replaces a call to {number}."""
    update: Text
    now_level: Text
    """{level}"""
    lowered: Text
    """{level}"""
    place_now: Text
    """{zone}"""
    caller_lost: Text
    """Heads a message of its own kind."""
    lost: dict[Lost, Text]
    last_known: Text
    """{zone}, of one caller"""
    last_said: Text
    """{place}, in the caller's words"""
    last_unknown: Text
    search: Text
    """They could not be reached: look for them."""
    found: Text
    reminder: Text
    you_accepted: Text
    stand_down: Text
    not_needed: Text
    test: Text
    test_only: Text
    this_is: Text
    """{site}"""

    @model_validator(mode="after")
    def _is_whole(self) -> "Wording":
        known = set(Hazard) - {Hazard.NONE, Hazard.OTHER}
        for what, missing in (
            ("levels", set(Urgency) - self.levels.keys()),
            ("hazards", known - self.hazards.keys()),
            ("facts", set(TOLD) - self.facts.keys()),
            ("lost", set(Lost) - self.lost.keys()),
        ):
            if missing:
                raise ValueError(f"{what}: no words for {', '.join(sorted(missing))}; add them")
        return self


@cache
def wording(language: str) -> Wording:
    """Return the words of a language, else the English ones."""
    path = FOLDER / f"{language}.yaml"
    return read_yaml(path if path.is_file() else FOLDER / "en.yaml", Wording)
