"""The REST stand-in and what is sent to it, against what Twilio's own SDK knows."""

import inspect
import re
from datetime import UTC, datetime
from types import ModuleType
from xml.etree import ElementTree

import pytest
from twilio.rest.api.v2010.account import call as sdk_call
from twilio.rest.api.v2010.account import conference as sdk_conference
from twilio.rest.api.v2010.account import message as sdk_message
from twilio.rest.api.v2010.account.conference import participant as sdk_participant
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Gather, VoiceResponse

from aurora.escalation.answer_words import Yes, words_in
from aurora.escalation.channels.alert_call import KEY_TIMEOUT_S, AlertCall
from aurora.escalation.delivery import CALL_STATUSES, MESSAGE_STATUSES
from aurora.lines.text_replies import message
from aurora.rehearsal.twilio_contract import (
    CREATE_CALL,
    CREATE_MESSAGE,
    CREATE_PARTICIPANT,
    LIST_CALLS,
    LIST_CONFERENCES,
    LIST_MESSAGES,
    LIST_PARTICIPANTS,
    UPDATE_CALL,
    UPDATE_CONFERENCE,
    UPDATE_PARTICIPANT,
    Contract,
)
from aurora.rehearsal.twilio_resources import RungCall, SentMessage
from aurora.site.model import Voice

ACTION = "https://line.example.com/alerts/call-key?alert=a~b&round=1"
NOW = datetime(2026, 3, 2, tzinfo=UTC)
FIELDS = {"To": "+12025550105", "From": "+12025550110", "Body": "x"}


def sent_by(module: ModuleType) -> set[str]:
    """Return every request field that the SDK knows of a resource."""
    return set(re.findall(r'"([A-Z][A-Za-z]+)[<>]?": ', inspect.getsource(module)))


def read_by(module: ModuleType) -> set[str]:
    """Return every field of an answer that the SDK reads."""
    return set(re.findall(r'payload\.get\(\s*"([a-z_]+)"', inspect.getsource(module)))


@pytest.mark.parametrize(
    ("contract", "module"),
    [
        (CREATE_MESSAGE, sdk_message),
        (LIST_MESSAGES, sdk_message),
        (CREATE_CALL, sdk_call),
        (UPDATE_CALL, sdk_call),
        (LIST_CALLS, sdk_call),
        (CREATE_PARTICIPANT, sdk_participant),
        (UPDATE_PARTICIPANT, sdk_participant),
        (LIST_PARTICIPANTS, sdk_participant),
        (LIST_CONFERENCES, sdk_conference),
        (UPDATE_CONFERENCE, sdk_conference),
    ],
)
def test_every_field_of_the_contract_is_one_that_twilio_takes(
    contract: Contract, module: ModuleType
):
    assert contract.fields.keys() <= sent_by(module)


def test_the_stand_ins_answers_have_every_field_that_the_sdk_reads():
    sent = SentMessage("AC", FIELDS, NOW).resource()
    rung = RungCall("AC", FIELDS, (), NOW).resource()

    assert read_by(sdk_message) <= sent.keys()
    assert read_by(sdk_call) <= rung.keys()


def test_every_status_that_twilio_documents_means_something():
    messages = {v for k, v in vars(sdk_message.MessageInstance.Status).items() if k.isupper()}
    calls = {v for k, v in vars(sdk_call.CallInstance.Status).items() if k.isupper()}

    assert messages - {"receiving", "received"} <= MESSAGE_STATUSES.keys()
    assert calls <= CALL_STATUSES.keys()


def test_a_call_is_the_document_that_twilios_own_builder_writes():
    voice, words = Voice(voice="Polly.Joanna", locale="en-US"), words_in("en")
    ours = AlertCall(voice, words, Yes.COMING, "Gas & fire").opening(ACTION)

    said = f"Gas & fire {words.keys.coming}"
    gather = Gather(
        input="dtmf",
        num_digits=1,
        timeout=KEY_TIMEOUT_S,
        finish_on_key="",
        action=ACTION,
        method="POST",
        action_on_empty_result=True,
    )
    gather.say(said, voice="Polly.Joanna", language="en-US")
    gather.pause(length=1)
    gather.say(said, voice="Polly.Joanna", language="en-US")
    theirs = VoiceResponse()
    theirs.pause(length=1)
    theirs.append(gather)
    assert canonical(ours) == canonical(str(theirs))


def test_a_text_back_is_the_document_that_twilios_own_builder_writes():
    theirs = MessagingResponse()
    theirs.message("Recorded: <you> & me")

    assert canonical(message("Recorded: <you> & me")) == canonical(str(theirs))


def canonical(document: str) -> str:
    return ElementTree.canonicalize(document)
