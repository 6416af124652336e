"""Every word that a room of the console shows exists in each of its languages."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from aurora.console import terms
from aurora.console.analytics.routes import STRETCHES
from aurora.console.frame import PLACES
from aurora.console.map.view import COMPASS
from aurora.console.words import words_in
from aurora.site.model import LANGUAGES

CONSOLE = Path(terms.__file__).parent
ROOMS = ("history", "analytics", "map")
KEYWORDS = {"_": None, "say": None, "words": None, "ngettext": (1, 2)}
NAMED = (
    *(terms.URGENCIES, terms.HAZARDS, terms.LINES, terms.ANSWERS, terms.LANGUAGES),
    *(terms.END_REASONS, terms.INCIDENT_STATES, terms.EVENTS, STRETCHES, COMPASS),
)
SLOT = re.compile(r"%\(\w+\)s|\{\w+\}")


def words_of(room: str) -> Iterator[str | tuple[str, ...]]:
    for place, methods in (
        (CONSOLE / "templates" / room, [("**.html", "jinja2")]),
        (CONSOLE / room, [("**.py", "python")]),
    ):
        found = extract_from_dir(
            str(place),
            method_map=methods,
            keywords=KEYWORDS,
            options_map={"**.html": {"newstyle_gettext": "true"}},
        )
        yield from (message for _, _, message, _, _ in found)


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
@pytest.mark.parametrize("room", ROOMS)
def test_every_word_of_a_room_is_translated_with_its_slots(room, language):
    words = words_in(language)
    messages = list(words_of(room))

    assert len(messages) > 20
    for message in messages:
        if isinstance(message, tuple):
            assert message[0] in words._plurals, message
            translated = " ".join(words._plurals[message[0]])
            assert set(SLOT.findall(translated)) == set(SLOT.findall(" ".join(message)))
        else:
            assert message in words._known, message
            assert set(SLOT.findall(words.gettext(message))) == set(SLOT.findall(message))


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_every_named_thing_is_translated(language):
    names = [name for named in NAMED for name in named.values()]
    names += [place.name for place in PLACES if place.address.rpartition("/")[2] in ROOMS]

    assert [name for name in names if name not in words_in(language)._known] == []
