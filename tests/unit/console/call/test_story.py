"""A call as its page tells it: times, stages, refusals, newest event first."""

from datetime import timedelta
from typing import Any

from aurora.console.board.naming import Naming
from aurora.console.call.story import Story, incident_of, story_of
from aurora.conversation.record import Event, Message
from aurora.conversation.timing import TIMED, TurnTiming
from tests.line import NOON, example_library, example_site


def at(seconds: float) -> Any:
    return NOON + timedelta(seconds=seconds)


def spoken(seconds: float, urgency: str = "critical", **details: Any) -> Message:
    return Message("assistant", "Get out now.", at(seconds), urgency, details)


def story(messages: list[Message], events: list[Event] = []) -> Story:  # noqa: B006 - never changed
    naming = Naming("en", example_site(), example_library())
    return story_of(messages, events, str, naming)


def test_an_answer_over_its_budget_is_marked_as_late() -> None:
    quick, late, relaxed = story(
        [spoken(0, total_ms=299), spoken(1, total_ms=301), spoken(2, "normal", total_ms=799)]
    ).lines
    assert (quick.is_late, late.is_late, relaxed.is_late) == (False, True, False)


def test_refused_sentences_are_shown_with_their_reason_and_counted() -> None:
    refused = [{"sentence": "Use the north exit.", "reason": "wrong_exit"}]
    told = story([spoken(0, refusals=refused), spoken(1)])
    assert told.lines[0].refusals == refused
    assert told.refusals == 1


def test_stages_by_voice_belong_to_the_answer_before_they_were_noted() -> None:
    timing = TurnTiming("critical", {"first_audio_heard": 412.0})
    told = story(
        [spoken(0, stages_ms={"triage": 1.0}), spoken(10)],
        [Event(TIMED, at(2), timing.as_record())],
    )
    assert told.lines[0].stages_ms == {"triage": 1.0, "first_audio_heard": 412.0}
    assert told.lines[1].stages_ms == {}


def test_what_happened_is_told_newest_first() -> None:
    events = [Event("silence", at(1), {"in_a_row": 1}), Event("rejoined", at(2))]
    assert [one.kind for one in story([], events).happened] == ["rejoined", "silence"]


def test_the_incident_is_that_of_the_newest_alert() -> None:
    events = [Event("alerted", at(n), {"incident": f"inc_{n}"}) for n in (1, 2)]
    assert incident_of([*events, Event("silence", at(3), {})]) == "inc_2"
    assert incident_of([]) is None
