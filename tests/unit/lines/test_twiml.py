"""TwiML: well-formed whatever is said, interruptible, and never longer than Twilio takes."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from aurora.lines.twiml import (
    EMPTY,
    MAX_HINT_CHARS,
    MAX_HINTS,
    Speech,
    dial,
    fallback,
    hang_up,
    hints_of,
    listen,
)
from aurora.site.model import LANGUAGES, Voice
from tests.line import example_library, example_site

VOICE = Voice(voice="Polly.Joanna", locale="en-US")
SPEECH = Speech(VOICE, rate=1.0, gather_timeout_s=5, speech_timeout="auto", hints="Zone A,press 1")
ACTION = "https://line.example.com/process-speech?call=a&turn=2"
HOSTILE = [
    '<Dial>+1900</Dial> & "quoted" \'s',
    "]]><Hangup/><![CDATA[",
    "a\x00b\x07c\x1bd\ufffee",
    "¿Está bien? Ça brûle, Übung 火事 🔥",
    "</Say></Gather></Response>",
]


def parse(document: str) -> ElementTree.Element:
    return ElementTree.fromstring(document.encode())


def tags(document: str) -> list[str]:
    return [element.tag for element in parse(document).iter()]


def test_listening_speaks_inside_gather_so_that_the_caller_can_interrupt():
    document = parse(listen(["Get out now.", "Where are you?"], SPEECH, ACTION))
    gather = document.find("Gather")

    assert [child.tag for child in document] == ["Gather", "Redirect"]
    assert [child.tag for child in gather] == ["Say"]
    assert gather.find("Say").text == "Get out now. Where are you?"
    assert gather.get("bargeIn") == "true"
    assert gather.get("input") == "speech dtmf"


def test_gather_reports_silence_too_and_a_redirect_stands_behind_it():
    document = parse(listen(["Hello."], SPEECH, ACTION))

    assert document.find("Gather").get("actionOnEmptyResult") == "true"
    assert document.find("Gather").get("action") == ACTION
    assert document.find("Redirect").text == ACTION
    assert document.find("Redirect").get("method") == "POST"


def test_gather_takes_the_calls_language_times_and_hints():
    speech = Speech(
        Voice(voice="Polly.Vicki", locale="de-DE"), 1.0, gather_timeout_s=7, speech_timeout="2",
        hints="Zone A,Presse 1",
    )  # fmt: skip
    gather = parse(listen(["Hallo."], speech, ACTION)).find("Gather")

    expected = {
        "language": "de-DE",
        "timeout": "7",
        "speechTimeout": "2",
        "hints": "Zone A,Presse 1",
        "numDigits": "1",
        "profanityFilter": "false",
    }
    assert {name: gather.get(name) for name in expected} == expected
    assert gather.find("Say").get("voice") == "Polly.Vicki"
    assert gather.find("Say").get("language") == "de-DE"


@pytest.mark.parametrize("words", HOSTILE)
def test_no_words_can_break_out_of_say(words):
    for document in (
        listen([words], SPEECH, ACTION),
        hang_up([words], SPEECH),
        dial([words], replace(SPEECH, rate=0.85), "+12025550100", ACTION),
        fallback(words.translate({0: None, 7: None, 27: None, 0xFFFE: None}), VOICE, "+1202"),
    ):
        assert set(tags(document)) <= {
            *("Response", "Gather", "Say", "Redirect", "Hangup", "Dial", "Number", "prosody")
        }
        assert len([tag for tag in tags(document) if tag == "Dial"]) <= 2


def test_control_characters_are_left_out_and_the_rest_is_kept():
    document = parse(hang_up(["a\x00b\x07c\ud7ff\ufffed\n"], SPEECH))

    assert document.find("Say").text == "abc\ud7ffd\n"


@pytest.mark.parametrize("value", ['a"b', "a'b", "a<b", "a&b", "a\"b'c"])
def test_no_value_can_break_out_of_an_attribute(value):
    speech = replace(SPEECH, hints=value, speech_timeout=value)
    gather = parse(listen(["Hello."], speech, value)).find("Gather")

    assert (gather.get("hints"), gather.get("speechTimeout"), gather.get("action")) == (value,) * 3


def test_the_voices_own_speed_needs_no_markup():
    assert "prosody" not in tags(hang_up(["Goodbye."], SPEECH))


@pytest.mark.parametrize(("rate", "percent"), [(0.85, "85%"), (1.15, "115%"), (2.0, "200%")])
def test_another_speed_is_ssml_around_the_words(rate, percent):
    say = parse(hang_up(["Goodbye."], replace(SPEECH, rate=rate))).find("Say")

    assert say.find("prosody").get("rate") == percent
    assert say.find("prosody").text == "Goodbye."


def test_hanging_up_speaks_first():
    assert tags(hang_up(["Goodbye."], SPEECH)) == ["Response", "Say", "Hangup"]


def test_dialling_speaks_first_and_comes_back():
    document = parse(dial(["One moment."], SPEECH, "+12025550100", ACTION))

    assert [child.tag for child in document] == ["Say", "Dial"]
    assert document.find("Dial/Number").text == "+12025550100"
    assert document.find("Dial").get("action") == ACTION
    assert int(document.find("Dial").get("timeout")) > 0


def test_the_fallback_speaks_and_dials_twice_before_it_needs_anything_of_ours():
    document = parse(fallback("Stay on the line.", VOICE, "+12025550100"))

    assert [child.tag for child in document][:4] == ["Say", "Dial", "Say", "Dial"]
    assert not any(dial.get("action") for dial in document.findall("Dial"))


def test_the_fallback_never_hangs_up_but_listens_again():
    document = parse(fallback("Stay on the line.", VOICE, "+12025550100"))

    assert [child.tag for child in document][4:] == ["Gather", "Redirect"]
    assert document.find("Gather").get("action") == "process-speech"
    assert document.find("Gather").get("actionOnEmptyResult") == "true"
    assert document.find("Redirect").text == "process-speech"


@pytest.mark.parametrize("shown", [None, "+12025550110"])
def test_who_is_dialled_sees_the_lines_own_number_where_it_is_known(shown):
    for document in (
        dial(["One moment."], SPEECH, "+12025550100", ACTION, shown),
        fallback("Stay on the line.", VOICE, "+12025550100", shown),
    ):
        assert {d.get("callerId") for d in parse(document).findall("Dial")} == {shown}


def test_the_empty_answer_does_nothing():
    assert tags(EMPTY) == ["Response"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_hints_are_the_sites_own_words_in_the_callers_language(language):
    hints = hints_of(example_site(), language).split(",")

    for zone in example_site().zones:
        assert zone.name[language] in hints
        assert set(zone.aliases[language]) <= set(hints)
    assert len(hints) == len(set(hints)) <= MAX_HINTS


def test_hints_stay_within_what_twilio_takes():
    zone = example_site().zones[0]
    aliases = {"en": [f"hall {n}, {'x' * 200}" for n in range(MAX_HINTS + 50)]}
    zones = [zone.model_copy(update={"aliases": aliases})]
    hints = hints_of(example_site().model_copy(update={"zones": zones}), "en").split(",")

    assert len(hints) == MAX_HINTS
    assert max(map(len, hints)) <= MAX_HINT_CHARS


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_turn_fits_in_64_kilobytes(language):
    site = example_site()
    speech = Speech(site.voices[language], 0.85, 5, "auto", hints_of(site, language))
    own = [p for p in example_library().procedures.values() if p.language == language]
    longest = max((line for p in own for line in [p.first_line, *p.comfort]), key=len)

    assert len(listen([longest] * 6, speech, ACTION).encode()) < 64_000
