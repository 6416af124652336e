"""The phrases of every language: their slots, their variants, and what must be a question."""

from string import Formatter

import pytest

from aurora.guidance.phrases import ChildPhrases, Phrases
from aurora.site.model import LANGUAGES
from tests.line import example_library
from tests.rows import each_row

SLOTS = {
    "handbook_source": {"title", "heading"},
    "handbook_source_page": {"title", "heading", "page"},
    "handbook_title": {"title"},
    "muster_is": {"zone", "place"},
    "exit_is": {"zone", "exit"},
    "exits_are": {"zone", "exit", "other_exit"},
    "none_listed": {"zone"},
    "name_the_zone": {"zones"},
    "emergency_number_is": {"number"},
    "control_room_desk_is": {"desk", "number"},
    "greeting": {"site"},
    "called_back": {"site"},
    "ask_zone": {"zones"},
    "unknown_zone": {"zones"},
    "confirm_zone": {"zone"},
    "zone_noted": {"zone"},
    "zone_corrected": {"zone"},
    "leave_by": {"zone", "exit"},
    "leave_by_either": {"zone", "exit", "other_exit"},
    "leave_upwind": {"zone", "exit", "wind"},
    "exits_blocked": {"zone"},
    "go_to_muster": {"muster_point"},
    "aed_is": {"place"},
    "eyewash_is": {"place"},
    "shower_is": {"place"},
    "aed_unlisted": {"zone"},
    "eyewash_unlisted": {"zone"},
    "shower_unlisted": {"zone"},
    "only_in": {"tongue"},
    "time_check": {"time"},
    "alerted": {"whom"},
    "confirmed_coming": {"who"},
    "arrived": {"who"},
    "confirmed": {"who"},
    "no_longer_confirmed": {"who"},
    "not_reached": {"whom"},
    "call_yourself": {"number"},
    "wrong_number": {"site"},
    "control_room_is": {"number"},
    "ask_about": {"place"},
    "operator_says": {"words"},
    "joining": {"who"},
    "person_left": {"who"},
}
"""What a phrase may be given, as the phrases' own documentation has it."""
MAY_LEAVE_OUT = {"ask_zone"}
"""Only some variants name the slot."""
FILLED = {
    "site": "Example Works",
    "zone": "Zone B",
    "zones": "Zone A, Zone B",
    "exit": "the east gate",
    "other_exit": "the west gate",
    "wind": "west",
    "muster_point": "the east lawn",
    "place": "at the east gate",
    "time": "12:00:00",
    "number": "112",
    "tongue": "English",
    "title": "Hot work",
    "heading": "The fire watch",
    "page": "7",
    "desk": "Control room desk",
    "who": "the site medic",
    "whom": "the site medic",
    "words": "Close the valve.",
}


def variants(phrases: Phrases, name: str) -> list[str]:
    own = phrases.child if name.startswith("child.") else phrases
    lines = getattr(own, name.removeprefix("child."))
    return [lines] if isinstance(lines, str) else lines


def phrase_names() -> list[str]:
    not_spoken = ("language", "version", "tongues", "winds", "child")
    own = [name for name in Phrases.model_fields if name not in not_spoken]
    return own + [f"child.{name}" for name in ChildPhrases.model_fields]


@each_row("language", LANGUAGES)
@each_row("name", phrase_names())
def test_a_phrase_has_exactly_its_documented_slots(language, name):
    slots = SLOTS.get(name, set())
    for line in variants(example_library().phrases[language], name):
        used = {slot for _, slot, _, _ in Formatter().parse(line) if slot is not None}

        assert used == slots or (name in MAY_LEAVE_OUT and not used), line
        assert "{" not in line.format(**{slot: FILLED[slot] for slot in slots})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phrases_variants_differ(language):
    for name in phrase_names():
        lines = [line.lower() for line in variants(example_library().phrases[language], name)]
        assert len(lines) == len(set(lines)), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_greeting_is_short(language):
    greeting = example_library().phrases[language].greeting.format(site="Works")

    assert len(greeting.split()) < 15


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["ask_zone", "unknown_zone", "confirm_zone", "clarify"])
def test_what_asks_is_a_question_in_some_words(language, name):
    assert any("?" in line for line in variants(example_library().phrases[language], name))
