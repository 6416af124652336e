"""What a turn says beyond the words of it that were taken before it was over."""

import pytest

from aurora.lines.relay.new_words import new_in


@pytest.mark.parametrize(
    ("words", "taken", "new"),
    [
        ("I am at the", "I am at the", ""),
        ("I am at the.", "I am at the", ""),
        ("I am at the pump house", "I am at the", "pump house"),
        ("I'm at the pump house.", "I am at the", "pump house."),
        ("Hay un incendio en la zona B", "hay un incendio", "en la zona B"),
        ("Es brennt in der Halle", "es brennt", "in der Halle"),
        ("Il y a de la fumée partout", "il y a de la fumée", "partout"),
        ("There is a fire, there is a fire", "there is a fire", "there is a fire"),
        # Another turn altogether.
        ("The pump is leaking", "I am at the", "The pump is leaking"),
        ("No", "I am at the", "No"),
        ("fire", "", "fire"),
        ("", "I am at the", ""),
    ],
)
def test_only_what_is_new_is_taken(words: str, taken: str, new: str) -> None:
    assert new_in(words, taken) == new
