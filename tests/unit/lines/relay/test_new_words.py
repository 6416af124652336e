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
        ("I\u2019m at the pump house.", "I'm at the", "pump house."),
        ("We can't breathe in here", "we cannot breathe", "in here"),
        ("He isn't moving at all", "he is not moving", "at all"),
        ("I am at the \u2014 pump house", "I am at the", "pump house"),
        ("I am at the \u2026", "I am at the", ""),
        # Another turn altogether.
        ("The pump is leaking", "I am at the", "The pump is leaking"),
        ("No", "I am at the", "No"),
        ("fire", "", "fire"),
        ("", "I am at the", ""),
    ],
)
def test_only_what_is_new_is_taken(words: str, taken: str, new: str) -> None:
    assert new_in(words, taken) == new


@pytest.mark.parametrize(
    ("words", "taken"),
    [
        ("He is not breathing", "he is breathing"),
        ("He isn't breathing", "he is breathing"),
        ("He isn't breathing", "he is"),
        ("The fire is not out", "the fire is out"),
        ("I am not out", "I am out"),
        ("There is smoke and fire in the hall", "there is smoke in the hall"),
        ("There is fire in the hall", "there is a fire in the hall"),
        ("No respira", "respira"),
        ("Er atmet nicht", "er atmet noch"),
        ("Il ne respire pas", "il respire"),
        ("Fire in zone B", "fire in zone D"),
    ],
)
def test_words_that_were_revised_are_all_taken_again(words: str, taken: str) -> None:
    assert new_in(words, taken) == words
