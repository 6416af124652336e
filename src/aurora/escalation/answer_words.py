"""How an answer is asked for and confirmed, natively in each language; the alert itself is not."""

from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from aurora.escalation.brief import AlertKind
from aurora.site.model import LANGUAGES

DIRECTORY = Path(__file__).parent / "answering"
ASK_FOR_AN_ANSWER = frozenset({AlertKind.PAGE, AlertKind.REMINDER, AlertKind.TEST})


class Yes(StrEnum):
    """What it means to accept."""

    COMING = "coming"
    ACTING = "acting"
    """A desk: it acts where it is."""
    RECEIVED = "received"
    """A test of the call tree."""


def meaning_of_yes(kind: AlertKind, *, is_desk: bool) -> Yes:
    """Return what accepting an alert of this kind means."""
    if kind is AlertKind.TEST:
        return Yes.RECEIVED
    return Yes.ACTING if is_desk else Yes.COMING


class ByMeaning(BaseModel):
    """A sentence for each thing that accepting can mean."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    coming: str
    acting: str
    received: str

    def __getitem__(self, meaning: Yes) -> str:
        text: str = getattr(self, meaning.value)
        return text


class AnswerWords(BaseModel):
    """One language. {code} is the incident's, {number} the control room's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reply: ByMeaning
    """Closes a text message; ACK and NO are the same in every language."""
    keys: ByMeaning
    """Closes the brief of a call."""
    button: ByMeaning
    cannot: str
    """The other button."""
    arrived_reply: str
    """Adds to the reply asked for from somebody who accepted; {code}; HERE in every language."""
    arrived_key: str
    arrived_button: str
    arrived: str
    """It was recorded."""
    accepted: ByMeaning
    declined: str
    over: str
    once_more: str
    """To somebody whom machine detection took for a voicemail."""
    no_such_key: str
    unanswered: str
    """Before Aurora hangs up on a call without an answer."""
    not_recorded: str
    how_to_reply: str
    no_such_alert: str
    too_many_codes: str
    phone_instead: str
    """Where no key can be taken: on a line that Twilio cannot call back."""
    page_title: str
    asked_as: str
    """{role}"""
    is_drill: str
    link_is_wrong: str
    link_is_old: str
    your_answer: str
    answer_here: str
    """{link}"""


@cache
def words_in(language: str) -> AnswerWords:
    """Return the words of a language, English for one that there are none in."""
    known = language if language in LANGUAGES else "en"
    text = (DIRECTORY / f"{known}.yaml").read_text(encoding="utf-8")
    return AnswerWords.model_validate(yaml.safe_load(text))
