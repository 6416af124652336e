"""Where in what it was given Twilio's voice is, by the words that it reports."""

import pytest

from aurora.lines.relay.spoken_words import Place, place_of, place_of_end

LINES = ["Get out now.", "Leave by the east gate."]
FIRST = len("getoutnow")


@pytest.mark.parametrize(
    ("words", "letters", "place"),
    [
        ("Get out", 0, (0, 6)),
        ("now.", 6, (1, 0)),
        ("Get out now. Leave by ", 0, (1, 7)),
        ("Get out now. Leave by the east gate.", 0, (2, 0)),
        # The first was reported otherwise than it was given.
        ("Leave by the", 0, (1, 10)),
        # What an interruption had cut off before them is none of theirs.
        ("This is Aurora", 0, None),
        ("get", 6, None),
        ("", 0, None),
        ("...", 0, None),
    ],
)
def test_a_clause_goes_on_where_the_last_one_ended(
    words: str, letters: int, place: Place | None
) -> None:
    assert place_of(words, LINES, letters) == place


@pytest.mark.parametrize(
    ("heard", "letters", "place"),
    [
        ("Get out", 0, (0, 6)),
        ("Get out now. Leave by", 0, (1, 7)),
        # All of the talk cycle, what came before these lines included.
        ("I hear you. Get out now. Leave by", 0, (1, 7)),
        # The message that was cut, alone.
        ("Leave by the", 0, (1, 10)),
        ("Get out now. Leave by the east gate.", 0, (2, 0)),
        ("Something else altogether", 0, (0, 0)),
        ("Something else altogether", 6, (0, 6)),
        ("", 6, (0, 6)),
        ("Get", 6, (0, 6)),
    ],
)
def test_what_was_heard_until_an_interruption_is_found(
    heard: str, letters: int, place: Place
) -> None:
    assert place_of_end(heard, LINES, letters) == place


def test_without_lines_nothing_was_spoken() -> None:
    assert place_of("Get out", []) is None
    assert place_of_end("Get out", []) == (0, 0)


def test_letters_of_the_first_are_not_asked_of_the_second() -> None:
    assert place_of("Leave by", LINES, FIRST) == (1, 7)
