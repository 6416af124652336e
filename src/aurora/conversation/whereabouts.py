"""Where a call is from: what the caller says of it changes the call's place; speaks no sentence."""

from dataclasses import replace

from aurora.conversation.call import CallPlace
from aurora.guidance.places_spoken import ZoneTalk
from aurora.levels import Hazard
from aurora.triage.assess import Heard
from aurora.triage.assessment import Assessment, Intent, Place
from aurora.triage.places import CONFIRM_BELOW

MAX_TIMES_ASKED = 3
WORDS_BESIDE_A_PLACE = 3
"""As in: we are in zone C."""


def place_call(place: CallPlace, assessment: Assessment) -> ZoneTalk:
    """Take in what these words say of the place; return what has to be said about it."""
    talk = _take_callers(place, assessment) or _take_in(place, assessment)
    if talk.is_question:
        if place.times_asked >= MAX_TIMES_ASKED:
            place.unconfirmed_zone_id = None
            return ZoneTalk.NOTHING
        place.times_asked += 1
    return talk


def is_only_a_place(assessment: Assessment, text: str) -> bool:
    """Whether these words name a place of the site and say nothing else. text: normalised."""
    said = assessment.place
    if said is None or not said.is_known or assessment.reasons or assessment.facts:
        return False
    if assessment.hazard not in (Hazard.NONE, Hazard.OTHER):
        return False  # "fire, zone B" is short too
    return len(text.split()) <= len(said.said.split()) + WORDS_BESIDE_A_PLACE


def note_asked(place: CallPlace) -> None:
    """Count a question that guidance asked of its own: the answer is expected to be a place."""
    place.times_asked += 1


def leave_unasked(place: CallPlace) -> None:
    """Take back a question that gave way to another: a yes to that one confirms no zone."""
    place.times_asked -= 1
    place.unconfirmed_zone_id = None


def _take_callers(place: CallPlace, assessment: Assessment) -> ZoneTalk | None:
    """Take in where the caller is themselves; None when there is more to take in, or no more.

    Who was asked where they are and now says otherwise may have misspoken: that is asked back.
    """
    said, theirs = assessment.place, assessment.caller_place
    if theirs is None or theirs.confidence < CONFIRM_BELOW or said is None:
        return None
    is_correction = assessment.intent is Intent.CORRECTION
    if said.zone_id != theirs.zone_id:
        place.caller_zone_id = theirs.zone_id
        return None
    is_apart = place.caller_zone_id is not None
    is_told_of = place.zone_id is not None and place.times_asked == 0 and not is_correction
    if theirs.zone_id == place.zone_id:
        place.caller_zone_id = None
        return ZoneTalk.NOTED if is_apart else None
    if not (is_apart or is_told_of):
        return None
    if theirs.zone_id == place.caller_zone_id:
        return ZoneTalk.NOTHING
    place.caller_zone_id = theirs.zone_id
    return ZoneTalk.CORRECTED if is_correction else ZoneTalk.NOTED


def _take_in(place: CallPlace, assessment: Assessment) -> ZoneTalk:
    said = assessment.place
    if place.unconfirmed_zone_id is not None and (said is None or not said.is_known):
        return _take_confirmation(place, assessment.intent)
    if said is None:
        return ZoneTalk.NOTHING if place.zone_id else ZoneTalk.ASK
    if not said.is_known:
        return _take_unknown(place, said, assessment.intent)
    return _take_known(place, said, assessment.intent)


def _take_confirmation(place: CallPlace, intent: Intent) -> ZoneTalk:
    if intent is Intent.QUESTION and place.zone_id is None:
        return ZoneTalk.CONFIRM  # a question is no answer, and loses no place
    doubtful, place.unconfirmed_zone_id = place.unconfirmed_zone_id, None
    if intent is Intent.YES:
        talk = ZoneTalk.CORRECTED if place.zone_id else ZoneTalk.NOTED
        place.zone_id = doubtful
        return talk
    if intent is Intent.NO or place.zone_id:
        return ZoneTalk.NOTHING if place.zone_id else ZoneTalk.ASK
    return ZoneTalk.ASK


def _take_unknown(place: CallPlace, said: Place, intent: Intent) -> ZoneTalk:
    is_correction = intent is Intent.CORRECTION and said.is_zone_name
    if place.zone_id and not is_correction:
        return ZoneTalk.NOTHING
    place.said = said.said
    if is_correction:
        place.zone_id = None
    return ZoneTalk.UNKNOWN if said.is_zone_name else ZoneTalk.ASK


def _take_known(place: CallPlace, said: Place, intent: Intent) -> ZoneTalk:
    place.unconfirmed_zone_id = None
    if said.zone_id == place.zone_id:
        return ZoneTalk.NOTHING
    place.said = said.said
    is_correction = intent is Intent.CORRECTION
    if said.confidence < CONFIRM_BELOW or (place.zone_id and not is_correction):
        place.unconfirmed_zone_id = said.zone_id
        return ZoneTalk.CONFIRM
    talk = ZoneTalk.CORRECTED if place.zone_id else ZoneTalk.NOTED
    place.zone_id = said.zone_id
    return talk


def without_certainty(heard: Heard) -> Heard:
    """Return the words with their place as one that is to be confirmed by the caller."""
    place = heard.assessment.place
    if place is None or not place.is_known:
        return heard
    confidence = min(place.confidence, CONFIRM_BELOW - 0.01)
    doubtful = replace(heard.assessment, place=replace(place, confidence=confidence))
    return replace(heard, assessment=doubtful)
