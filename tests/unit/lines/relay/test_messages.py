"""ConversationRelay's messages are read with doubt."""

import json

import pytest

from aurora.lines.relay.messages import (
    Fault,
    Interrupted,
    Key,
    Played,
    Prompt,
    Setup,
    Speaking,
    read,
)


@pytest.mark.parametrize(
    ("message", "meaning"),
    [
        (
            {"type": "setup", "callSid": "CA1", "customParameters": {"token": "t", "n": 1}},
            Setup("CA1", {"token": "t"}),
        ),
        ({"type": "setup", "callSid": "CA1"}, Setup("CA1", {})),
        ({"type": "prompt", "voicePrompt": "fire", "last": False}, Prompt("fire", False)),
        ({"type": "prompt", "voicePrompt": "fire", "last": True}, Prompt("fire", True)),
        ({"type": "prompt", "voicePrompt": "fire"}, Prompt("fire", True)),
        ({"type": "dtmf", "digit": "5"}, Key("5")),
        (
            {"type": "interrupt", "utteranceUntilInterrupt": "Get", "durationUntilInterruptMs": 90},
            Interrupted("Get", 90),
        ),
        ({"type": "interrupt"}, Interrupted("", None)),
        ({"type": "error", "description": "no voice"}, Fault("no voice")),
        ({"type": "info", "name": "tokensPlayed", "value": "Get out"}, Played("Get out")),
        ({"type": "info", "name": "clientSpeaking", "value": "on"}, Speaking(True, True)),
        ({"type": "info", "name": "agentSpeaking", "value": "off"}, Speaking(False, False)),
    ],
)
def test_a_message_means_what_it_says(message: dict, meaning: object) -> None:
    assert read(json.dumps(message)) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "1",
        '{"type": null}',
        '{"type": "setup"}',
        '{"type": "setup", "callSid": 1}',
        '{"type": "prompt"}',
        '{"type": "prompt", "voicePrompt": 5}',
        '{"type": "dtmf", "digit": "55"}',
        '{"type": "info", "name": "clientSpeaking", "value": "perhaps"}',
        '{"type": "info", "name": "tokensPlayed"}',
        '{"type": "tomorrow"}',
    ],
)
def test_nonsense_means_nothing(text: str) -> None:
    assert read(text) is None
