"""Words that ask for answers: whole in every language, and clear about what an answer means."""

import string

import pytest

from aurora.escalation.answer_words import AnswerWords, ByMeaning, Yes, meaning_of_yes, words_in
from aurora.escalation.brief import AlertKind
from aurora.site.model import LANGUAGES

SLOTS = {
    "reply": {"code"},
    "arrived_reply": {"code"},
    "not_recorded": {"number"},
    "no_such_alert": {"number"},
    "too_many_codes": {"number"},
    "phone_instead": {"number"},
    "asked_as": {"role"},
    "link_is_wrong": {"number"},
    "link_is_old": {"number"},
    "answer_here": {"link"},
}


def slots_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", AnswerWords.model_fields)
def test_every_sentence_has_the_slots_it_is_filled_with(language, name):
    words = getattr(words_in(language), name)
    texts = [words[yes] for yes in Yes] if isinstance(words, ByMeaning) else [words]

    assert all(text.strip() for text in texts)
    assert all(slots_of(text) == SLOTS.get(name, set()) for text in texts)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["reply", "keys", "button", "accepted"])
def test_coming_acting_and_having_received_are_told_apart(language, name):
    words = getattr(words_in(language), name)

    assert len({words[yes] for yes in Yes}) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_drill_is_called_drill_in_every_language(language):
    assert "DRILL" in words_in(language).is_drill


def test_a_language_without_words_is_answered_in_english():
    assert words_in("pl") == words_in("en")


def test_what_accepting_means():
    assert meaning_of_yes(AlertKind.PAGE, is_desk=False) is Yes.COMING
    assert meaning_of_yes(AlertKind.REMINDER, is_desk=True) is Yes.ACTING
    assert meaning_of_yes(AlertKind.TEST, is_desk=True) is Yes.RECEIVED
