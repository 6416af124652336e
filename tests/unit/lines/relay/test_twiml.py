"""The TwiML of a session: the site's voices as the relay names them, and where it leads after."""

import pytest

from aurora.lines.relay.twiml import connect_relay, relay_voice
from aurora.rehearsal.twiml_document import read_twiml
from aurora.site.model import Voice
from tests.line import example_site

URL = "wss://line.example.com/relay"


@pytest.mark.parametrize(
    ("name", "voice"),
    [
        ("Polly.Joanna", {"ttsProvider": "Amazon", "voice": "Joanna-Neural"}),
        ("Polly.Joanna-Neural", {"ttsProvider": "Amazon", "voice": "Joanna-Neural"}),
        ("Polly.Joanna-Generative", {"ttsProvider": "Amazon", "voice": "Joanna-Generative"}),
        ("Google.de-DE-Neural2-B", {"ttsProvider": "Google", "voice": "de-DE-Neural2-B"}),
        ("alice", {}),
    ],
)
def test_a_voice_is_named_as_the_relay_names_it(name: str, voice: dict[str, str]) -> None:
    assert relay_voice(Voice(voice=name, locale="en-US")) == voice


def test_every_language_of_the_site_can_be_switched_to() -> None:
    [connect, _] = read_twiml(connect_relay(example_site(), "es", URL, {}, "rejoin").encode())
    [relay] = connect.nested
    assert relay.attributes["language"] == "es-US"
    codes = [inner.attributes["code"] for inner in relay.nested if inner.name == "Language"]
    assert codes == ["en-US", "es-US", "fr-FR", "de-DE"]


def test_the_end_of_a_session_leads_to_the_same_place_with_and_without_its_action() -> None:
    document = connect_relay(example_site(), "en", URL, {"token": "t"}, "rejoin?turn=1")
    [connect, redirect] = read_twiml(document.encode())
    assert connect.attributes["action"] == redirect.text == "rejoin?turn=1"
    assert connect.nested[0].nested[-1].attributes == {"name": "token", "value": "t"}
