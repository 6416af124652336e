"""Every word of the console's rooms exists in every language, with the same places to fill in."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

import aurora.console
from aurora.console import terms
from aurora.console.analytics.routes import STRETCHES
from aurora.console.frame import PLACES
from aurora.console.map.view import COMPASS
from aurora.console.words import CONSOLE_LANGUAGES, words_in
from aurora.site.model import Language

CONSOLE = Path(aurora.console.__file__).parent
ROOMS = (
    *("board", "call", "history", "analytics", "map"),
    *("procedures", "site", "handbook", "duty", "review"),
)
NAMED = (
    *(terms.URGENCIES, terms.HAZARDS, terms.LINES, terms.ANSWERS, terms.LANGUAGES),
    *(terms.INCIDENT_STATES, terms.ANSWERS_GIVEN, terms.CHANNELS, terms.ALERT_KINDS),
    *(terms.HOW_FAR, {"": terms.SHOWN}, STRETCHES, COMPASS),
)
OTHERS = [language for language in CONSOLE_LANGUAGES if language != "en"]
PLACE = re.compile(r"%\(\w+\)s|\{\w+\}")


def words_of(room: str) -> Iterator[str | tuple[str, ...]]:
    """Yield what a room says in English: a text, or its singular and plural."""
    for folder in (CONSOLE / room, CONSOLE / "templates" / room):
        found = extract_from_dir(
            folder,
            [("**.html", "jinja2"), ("**.py", "python")],
            keywords={"_": None, "gettext": None, "say": None, "words": None, "ngettext": (1, 2)},
        )
        for _, _, message, _, _ in found:
            yield message


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("language", OTHERS)
def test_a_room_speaks_every_language_of_the_console(room: str, language: Language) -> None:
    words, missing = words_in(language), []
    for message in words_of(room):
        one, many = message if isinstance(message, tuple) else (message, None)
        told = words.ngettext(one, many, 2) if many else words._known.get(one)
        if not told or (many and told == many):
            missing.append(one)
            continue
        assert sorted(PLACE.findall(told)) == sorted(PLACE.findall(many or one)), one
    assert missing == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_named_thing_and_place_is_translated(language: Language) -> None:
    names = [name for named in NAMED for name in named.values()]
    rooms = [place for place in PLACES if place.address.rpartition("/")[2] in ROOMS]
    names += [place.name for place in rooms]
    assert [name for name in names if name not in words_in(language)._known] == []
