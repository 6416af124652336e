"""TwiML of alert calls: read as strictly as Twilio reads it, brief twice, three keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora.escalation.acknowledgement import Tokens
from aurora.escalation.alert import Texts
from aurora.escalation.answer_words import Yes, words_in
from aurora.escalation.brief import AlertKind
from aurora.escalation.channels.alert_call import MAX_TWIML_CHARS, AlertCall
from aurora.escalation.channels.callbacks import Callbacks
from aurora.escalation.channels.voice import VoiceChannel
from aurora.escalation.plan import ChannelKind
from aurora.rehearsal.twiml_document import read_twiml
from aurora.site.model import LANGUAGES, Voice
from tests.alerts import BRIEF, alert
from tests.line import Clock, example_site

ACTION = f"https://line.example.com/alerts/call-key?alert={'x' * 150}&round=1"
VOICE = Voice(voice="Polly.Joanna", locale="en-US")


def call_of(brief: str = BRIEF, language: str = "en") -> AlertCall:
    return AlertCall(VOICE, words_in(language), Yes.COMING, brief)


def channel(callbacks: Callbacks | None) -> VoiceChannel:
    unused = None  # rings nobody here
    return VoiceChannel(unused, callbacks, example_site(), Clock())


CALLBACKS = Callbacks("https://line.example.com", Tokens(b"k" * 32, Clock()))


def test_the_brief_is_read_twice_inside_one_gather_so_that_a_key_can_interrupt_it():
    pause, gather = read_twiml(call_of().opening(ACTION).encode())

    said = [verb.text for verb in gather.nested if verb.name == "Say"]
    assert pause.name == "Pause"
    assert [text.startswith(BRIEF) for text in said] == [True, True]
    assert all(digit in said[0] for digit in "129")
    assert gather.attributes["action"] == ACTION
    assert gather.attributes["input"] == "dtmf"
    assert gather.flag("actionOnEmptyResult")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("yes", Yes)
def test_every_language_names_its_three_keys(language, yes):
    keys = words_in(language).keys[yes]

    assert [digit for digit in keys if digit.isdigit()] == ["1", "2", "9"]


@given(st.text(max_size=2_000), st.sampled_from(LANGUAGES))
def test_whatever_the_brief_says_the_document_is_well_formed_and_fits_a_request(brief, language):
    call = call_of(brief, language)
    documents = [
        call.opening(ACTION),
        call.told(),
        call.brief_only("+12025550100"),
        call.once_more(ACTION),
        call.no_such_key(ACTION),
        call.closing(brief[:200]),
    ]

    assert all(read_twiml(document.encode()) for document in documents)
    assert all(len(document) <= MAX_TWIML_CHARS for document in documents)


@pytest.mark.parametrize("brief", ["&" * 2_000, "<" * 900, "word " * 900, "ß" * 5_000])
def test_a_long_brief_is_cut_and_the_keys_stay(brief):
    document = call_of(brief).opening(ACTION)

    assert len(document) <= MAX_TWIML_CHARS
    assert document.count("press 9") == 2


def test_the_voice_speaks_the_contacts_language():
    document = channel(CALLBACKS).twiml(alert(ChannelKind.VOICE, language="de"))

    gather = read_twiml(document.encode())[1]
    assert gather.nested[0].attributes == {"voice": "Polly.Vicki", "language": "de-DE"}
    assert "drücken Sie die 1" in gather.nested[0].text


def test_a_drill_is_said_to_be_one():
    said = channel(CALLBACKS).twiml(alert(ChannelKind.VOICE, is_drill=True))

    assert "DRILL. CRITICAL" in said


def test_an_update_and_a_stand_down_ask_for_no_key():
    for kind in (AlertKind.UPDATE, AlertKind.STAND_DOWN):
        document = channel(CALLBACKS).twiml(
            alert(ChannelKind.VOICE, kind=kind, texts=Texts("s", "It is over.", "l", "s"))
        )
        assert [verb.name for verb in read_twiml(document.encode())] == [
            *("Pause", "Say", "Pause", "Say", "Hangup"),
        ]


def test_a_line_that_twilio_cannot_reach_gives_a_number_instead_of_keys():
    document = channel(None).twiml(alert(ChannelKind.VOICE))

    assert "Gather" not in document
    assert "+ 1 2 0 2 5 5 5 0 1 0 0" in document
