"""What a list shows of a call: the words it was found by, marked."""

from datetime import UTC, datetime

from aurora.console.history.excerpt import SHOWN_CHARS, excerpt
from aurora.conversation.record import Message
from aurora.records.search_words import wanted

AT = datetime(2026, 11, 26, tzinfo=UTC)


def shown(asked: str, *texts: str) -> str:
    messages = [Message("user", text, AT, "normal") for text in texts]
    pieces = excerpt(messages, wanted(asked, {}))
    return "".join(f"[{piece.text}]" if piece.is_found else piece.text for piece in pieces)


def test_the_found_words_are_marked_as_they_were_said():
    assert shown("fumee", "Il y a de la Fumée ici") == "Il y a de la [Fumée] ici"
    assert shown("leak", "leaking badly") == "[leaking] badly"
    assert shown('"leak"', "leaking, a leak") == "leaking, a [leak]"


def test_the_message_with_most_of_the_words_is_shown():
    assert shown("two coughing", "two doors", "two people coughing") == "[two] people [coughing]"


def test_without_words_the_callers_first_ones_are_shown():
    assert shown("", "smoke in here", "more") == "smoke in here"
    assert shown("name only", "smoke in here") == "smoke in here"
    assert excerpt([], wanted("x", {})) == []


def test_a_long_message_is_cut_round_the_word():
    cut = shown("needle", "hay " * 200 + "needle " + "hay " * 200)
    assert "[needle]" in cut
    assert cut.startswith("… ")
    assert cut.endswith(" …")
    assert len(cut) < SHOWN_CHARS + 20
