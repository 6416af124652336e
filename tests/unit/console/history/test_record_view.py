"""What a call's record says of its alerts and of those who answered them."""

from datetime import timedelta

import pytest

from aurora.console.history.record_view import RecordView, record_view
from aurora.conversation.record import Event
from aurora.escalation import operator_acts as acts
from aurora.escalation.incident import Answer, Incident, Source
from aurora.escalation.ledger import AlertNote, AlertState
from aurora.records.call_record import IncidentRecord, WholeCall
from tests.incidents import accepts, declines, incident, says
from tests.integration.records.made import AT, a_call
from tests.line import NOON, example_library, example_site

SITE = example_site()
DESK = SITE.contact(SITE.control_room)


def record_of(made: Incident | None, *events: Event) -> RecordView:
    incidents = [IncidentRecord(made, [])] if made else []
    whole = WholeCall(a_call(), [], list(events), incidents)
    return record_view(whole, SITE, example_library(), "en")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer.ACCEPT, "accepted"),
        (Answer.ARRIVED, "is there"),
        (Answer.LAPSED, "accepted, then silent"),
        (Answer.DECLINE, "declined"),
    ],
)
def test_each_answer_is_told_as_what_it_was(answer: Answer, told: str) -> None:
    made = incident()
    says(made, "medic", answer)
    [shown] = record_of(made).incidents
    assert [one.answer for one in shown.answers] == [told]


def test_who_accepted_first_is_named_whoever_declined_before() -> None:
    made = incident()
    declines(made, "gate")
    accepts(made, "medic", after_s=40)
    accepts(made, "safety_officer", after_s=90)
    first = record_of(made).accepted_first
    assert first is not None
    assert (first.who, first.at) == ("Site medic", NOON + timedelta(seconds=40))


def test_where_nobody_accepted_nobody_is_named() -> None:
    made = incident()
    declines(made, "gate")
    assert record_of(made).accepted_first is None
    assert record_of(None).accepted_first is None


def test_an_answer_that_an_operator_entered_says_who() -> None:
    made = incident()
    acts.take(made, DESK, "Ann", NOON)
    says(made, "medic", Answer.ACCEPT, after_s=5, source=Source.VOICE)
    [shown] = record_of(made).incidents
    by = [(one.who, one.source, one.entered_by) for one in shown.answers]
    assert by == [(DESK.name, "at the console", "Ann"), ("Site medic", "by telephone", None)]


def test_an_alert_that_only_stood_on_the_board_does_not_read_as_sent_to_anybody() -> None:
    made = incident()
    notes = [
        AlertNote("1", "medic", "console", "page", AlertState.SENT, None, "", "", NOON),
        AlertNote("2", "medic", "sms", "page", AlertState.SENT, None, "", "", NOON),
    ]
    whole = WholeCall(a_call(), [], [], [IncidentRecord(made, notes)])
    [shown] = record_view(whole, SITE, example_library(), "en").incidents
    assert [one.state for one in shown.alerts] == ["shown on the board", "sent"]


def test_how_a_caller_was_lost_is_told_in_words() -> None:
    lost = Event("caller_lost", AT, {"how": "hung_up", "number": 1})
    [moment] = record_of(None, lost).moments
    assert moment.text == "The caller was lost: hung up without a word of how they are"
