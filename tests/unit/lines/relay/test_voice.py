"""What Twilio's voice is given to say, in which order, and what is taken to have been heard."""

import json
from typing import Any

import pytest

from aurora.guidance.spoken import Spoken
from aurora.lines.relay.voice import RelayVoice, Stage

LOCALES = {"en": "en-US", "es": "es-US"}
FIRST = Spoken("Get out now.", "fire.en@1:first_line")
WAY_OUT = Spoken("Leave by the east gate.", "fire.en@1:ways_out")
OTHER = Spoken("Call his name.", "medical.en@1:first_line")


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def voice(time: Time) -> RelayVoice:
    return RelayVoice(LOCALES, "en", time)


def sent(voice: RelayVoice) -> list[dict[str, Any]]:
    messages = [json.loads(text) for text in voice.outbox]
    voice.outbox.clear()
    return messages


def test_sentences_go_out_at_once_and_the_cycle_is_closed_behind_them(voice: RelayVoice) -> None:
    voice.say(FIRST, "en")
    voice.say(WAY_OUT, "en")
    voice.close_cycle()
    assert sent(voice) == [
        {
            "type": "text",
            "token": "Get out now. ",
            "last": False,
            "lang": "en-US",
            "interruptible": False,
        },
        {"type": "text", "token": "Leave by the east gate. ", "last": False, "lang": "en-US"},
        {"type": "text", "token": "", "last": True},
    ]


def test_a_cycle_in_which_nothing_was_said_is_not_closed(voice: RelayVoice) -> None:
    voice.close_cycle()
    assert sent(voice) == []


def test_another_language_is_announced_once(voice: RelayVoice) -> None:
    voice.say(FIRST, "es")
    voice.say(WAY_OUT, "es")
    assert [message["type"] for message in sent(voice)] == ["language", "text", "text"]


def test_words_reported_as_played_are_heard(voice: RelayVoice) -> None:
    first, second = voice.say(FIRST, "en"), voice.say(WAY_OUT, "en")
    voice.played("Get out")
    assert first.stage is Stage.SENT
    voice.played("now. Leave by")
    assert (first.stage, second.stage) == (Stage.HEARD, Stage.SENT)
    voice.played(" the east gate.")
    assert second.stage is Stage.HEARD
    assert not voice.is_busy


def test_without_reports_the_length_tells(voice: RelayVoice, time: Time) -> None:
    line = voice.say(FIRST, "en")
    time.now += 1.4
    assert voice.is_busy
    time.now += 0.2
    assert not voice.is_busy
    assert line.stage is Stage.HEARD


def test_a_line_said_ahead_may_be_cut_and_what_follows_it_waits(voice: RelayVoice) -> None:
    voice.say(FIRST, "en", is_ahead=True)
    voice.say(WAY_OUT, "en")
    voice.close_cycle()
    [ahead] = sent(voice)
    assert (ahead["last"], ahead["preemptible"]) == (True, True)
    voice.played("Get out now.")
    assert [message["token"] for message in sent(voice)] == ["Leave by the east gate. ", ""]


def test_what_waits_for_a_line_said_ahead_does_not_wait_for_ever(
    voice: RelayVoice, time: Time
) -> None:
    voice.say(FIRST, "en", is_ahead=True)
    voice.say(WAY_OUT, "en")
    sent(voice)
    time.now += 2.0
    voice.move_on()
    assert [message["token"] for message in sent(voice)] == ["Leave by the east gate. "]


def test_the_right_line_cuts_off_the_wrong_one_at_once(voice: RelayVoice) -> None:
    wrong = voice.say(FIRST, "en", is_ahead=True)
    sent(voice)
    voice.replace_ahead()
    voice.say(OTHER, "en")
    assert wrong.stage is Stage.CUT
    assert [message["token"] for message in sent(voice)] == ["Call his name. "]


def test_an_interruption_drops_everything_that_was_not_spoken(voice: RelayVoice) -> None:
    first, second = voice.say(FIRST, "en"), voice.say(WAY_OUT, "en")
    assert voice.interrupted("Get out now.") == [second]
    assert (first.stage, second.stage) == (Stage.HEARD, Stage.CUT)
    assert voice.unheard == [second]
    assert not voice.is_busy


def test_an_interruption_in_the_middle_leaves_that_sentence_unheard(voice: RelayVoice) -> None:
    first = voice.say(FIRST, "en")
    assert voice.interrupted("Get") == [first]


def test_nothing_is_closed_after_an_interruption(voice: RelayVoice) -> None:
    voice.say(FIRST, "en")
    sent(voice)
    voice.interrupted("Get")
    voice.close_cycle()
    assert sent(voice) == []


def test_taking_back_leaves_unsaid_what_was_not_sent(voice: RelayVoice) -> None:
    ahead = voice.say(FIRST, "en", is_ahead=True)
    waiting = voice.say(WAY_OUT, "en")
    voice.take_back([ahead, waiting])
    assert (ahead.stage, waiting.stage) == (Stage.SENT, Stage.CUT)
    voice.played("Get out now.")
    assert len(sent(voice)) == 1


def test_taking_back_leaves_alone_what_others_said(voice: RelayVoice) -> None:
    voice.say(FIRST, "en", is_ahead=True)
    of_a_person, of_the_turn = voice.say(OTHER, "en"), voice.say(WAY_OUT, "en")
    voice.take_back([of_the_turn])
    assert (of_a_person.stage, of_the_turn.stage) == (Stage.COMING, Stage.CUT)


def test_words_of_what_was_cut_off_count_for_nothing_that_follows(voice: RelayVoice) -> None:
    voice.say(WAY_OUT, "en")
    voice.interrupted("Leave by")
    next_line = voice.say(FIRST, "en")
    voice.played("Leave by the east")
    assert next_line.stage is Stage.SENT


def test_a_sentence_is_lost_when_less_than_most_of_it_was_heard(voice: RelayVoice) -> None:
    lost = voice.say(WAY_OUT, "en")
    voice.interrupted("Leave by")
    understood = voice.say(WAY_OUT, "en")
    voice.interrupted("Leave by the east")
    assert (lost.is_lost, understood.is_lost) == (True, False)


def test_what_was_reported_as_played_counts_where_an_interruption_names_nothing(
    voice: RelayVoice,
) -> None:
    line = voice.say(WAY_OUT, "en")
    voice.played("Leave by the east")
    voice.interrupted("")
    assert not line.is_lost


def test_only_what_is_owed_is_said_again_so_that_nothing_cuts_it(voice: RelayVoice) -> None:
    way_out = Spoken("Leave by the east gate.", "phrases.en@1:leave_by")
    for sentence in (way_out, Spoken("Is anybody hurt?", "fire.en@1:ask_hurt")):
        voice.again(voice.say(sentence, "en"), is_insistent=True)
    said = [message.get("interruptible", True) for message in sent(voice)]
    assert said == [True, False, True, True]


def test_where_reports_come_their_absence_counts_until_twilio_says_anything(
    voice: RelayVoice, time: Time
) -> None:
    voice.say(OTHER, "en")
    voice.played(OTHER.text)
    line = voice.say(FIRST, "en")
    time.now += 10.0
    assert not voice.is_busy
    assert voice.unheard == [line]
    voice.is_alive()
    assert voice.unheard == []


def test_where_no_reports_come_the_length_tells_what_was_heard(
    voice: RelayVoice, time: Time
) -> None:
    voice.say(FIRST, "en")
    time.now += 10.0
    assert voice.unheard == []


def test_what_is_said_once_the_session_is_over_is_heard_by_nobody(
    voice: RelayVoice, time: Time
) -> None:
    voice.close()
    line = voice.say(FIRST, "en")
    time.now += 10.0
    assert sent(voice) == []
    assert voice.unheard == [line]


def test_reports_of_a_wrong_line_count_for_nothing_that_takes_its_place(voice: RelayVoice) -> None:
    voice.say(FIRST, "en", is_ahead=True)
    voice.played("Get out")
    voice.replace_ahead()
    line = voice.say(OTHER, "en")
    voice.played("Call his name.")
    assert line.stage is Stage.HEARD
