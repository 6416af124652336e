"""What a text message answers: one plain answer and one code, or nothing at all."""

import pytest

from aurora.escalation.incident import Answer
from aurora.escalation.text_reply import TextReply, read_text_reply


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("ACK K7M3QF", Answer.ACCEPT),
        ("ack k7m3qf", Answer.ACCEPT),
        ("  Ack,  K7M3QF!  ", Answer.ACCEPT),
        ("ACK K7M3QF on my way, coming", Answer.ACCEPT),
        ("K7M3QF ok", Answer.ACCEPT),
        ("ack K7M 3QF", Answer.ACCEPT),
        ("Sí K7M3QF", Answer.ACCEPT),
        ("HERE K7M3QF", Answer.ARRIVED),
        ("ack K7M3QF arrived", Answer.ARRIVED),
        ("llegué k7m3qf", Answer.ARRIVED),
        ("I'm here now K7M3QF", Answer.ARRIVED),
        ("Je suis arrive\u0301 K7M3QF", Answer.ARRIVED),
        ("arrivé K7M3QF", Answer.ARRIVED),
        ("NO K7M3QF", Answer.DECLINE),
        ("no: k7m3qf", Answer.DECLINE),
        ("Nein K7M3QF", Answer.DECLINE),
        ("no, can't come K7M3QF", Answer.DECLINE),
        ("nein, kann nicht K7M3QF", Answer.DECLINE),
    ],
)
def test_an_answer_with_its_code_is_read_however_it_is_typed(text, answer):
    assert read_text_reply(text) == TextReply(answer, "K7M3QF")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ACK",
        "K7M3QF",
        "ACK K7M3QF NO",
        "no, ack K7M3QF",
        "ACK K7M3QF K7M3QC",
        "coming",
        "what is this?",
        "ACK please",
        "back K7M3QF",
    ],
)
def test_what_is_not_one_answer_with_one_code_is_no_answer(text):
    assert read_text_reply(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "J'arrive K7M3QF",
        "bin gleich da K7M3QF",
        "bin hier gleich fertig K7M3QF",
        "cuando llegue aviso K7M3QF",
        "will be here in 20 min K7M3QF",
        "I'll be here soon K7M3QF",
        "here in 20 K7M3QF",
        "llegué casi K7M3QF",
        "presque arrivé K7M3QF",
        "who is here? K7M3QF",
    ],
)
def test_whoever_is_on_the_way_is_not_said_to_be_there(text):
    assert read_text_reply(text) is None


def test_a_yes_with_the_time_it_takes_is_a_yes():
    assert read_text_reply("ok K7M3QF, will be here in 20 min") == TextReply(
        Answer.ACCEPT, "K7M3QF"
    )


@pytest.mark.parametrize(
    "text",
    [
        "bin nicht da K7M3QF",
        "I am not here K7M3QF",
        "I'm not there K7M3QF",
        "isn't here K7M3QF",
        "ISN’T HERE K7M3QF",
        "have not arrived K7M3QF",
        "je n'arrive pas K7M3QF",
        "pas encore arrivé K7M3QF",
        "nunca llegué K7M3QF",
        "not ok K7M3QF",
        "nicht ok K7M3QF",
        "das ist nicht ok K7M3QF",
        "ok, aber keine Zeit K7M3QF",
        "pas ok K7M3QF",
        "oui mais je ne peux pas K7M3QF",
        "ja, geht nicht K7M3QF",
        "yes but I can't K7M3QF",
    ],
)
def test_beside_a_not_no_word_is_a_yes(text):
    assert read_text_reply(text) is None


def test_a_code_that_no_incident_can_have_is_a_guess_not_nonsense():
    reply = read_text_reply("ACK ABC123")

    assert reply is not None
    assert not reply.is_well_formed
