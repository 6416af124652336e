"""Every catalog of the console is whole: whatever a room says exists in each language.

Rooms are found by their folders, so that one that lands later is looked at as well.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from aurora.accounts.person import Role
from aurora.console import terms, words
from aurora.console.analytics.routes import STRETCHES
from aurora.console.frame import PLACES
from aurora.console.map.view import COMPASS
from aurora.console.times import Times
from aurora.console.words import CONSOLE_LANGUAGES, LOCALE, words_in

CONSOLE = Path(words.__file__).parent
TEMPLATES = CONSOLE / "templates"
ROOMS = sorted({path.name for path in TEMPLATES.iterdir() if path.is_dir()})
NAMED = (
    *(terms.URGENCIES, terms.HAZARDS, terms.LINES, terms.ANSWERS, terms.LANGUAGES),
    *(terms.INCIDENT_STATES, terms.ANSWERS_GIVEN, terms.CHANNELS, terms.ALERT_KINDS),
    *(terms.HOW_FAR, {"": terms.SHOWN}, STRETCHES, COMPASS),
)
TRANSLATED = [language for language in CONSOLE_LANGUAGES if language != "en"]
KEYWORDS = {"_": None, "gettext": None, "say": None, "words": None, "ngettext": (1, 2)}
REFUSING = {"Problem": (3,), "unprocessable": (1,), "forbidden": (1,), "unavailable": (1,)}
"""What is said of a request that cannot be done; `Problem.told` translates it where it is shown."""
NEWSTYLE = {"**.html": {"newstyle_gettext": "true"}}
SLOT = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
SAME_IN_ALL = re.compile(r"[\W\d_]*")
"""What has no letter needs no translation."""

Said = tuple[str, ...]
"""A text, or its singular and plural."""


@cache
def words_of(room: str) -> frozenset[Said]:
    """What a room says in English; the frame and what has no folder belong to the room ""."""
    return frozenset(_words_of(room))


def _words_of(room: str) -> Iterator[Said]:
    methods = [("**.html", "jinja2"), ("**.py", "python")]
    for folder in (TEMPLATES / room, CONSOLE / room):
        if not folder.is_dir():
            continue
        found = extract_from_dir(
            folder,
            methods,
            options_map=NEWSTYLE,
            keywords=KEYWORDS | REFUSING,
            directory_filter=lambda path: bool(room) and "__pycache__" not in str(path),
        )
        for _, _, message, _, _ in found:
            yield message if isinstance(message, tuple) else (message,)


def named() -> frozenset[Said]:
    """What is translated by a name that stands elsewhere."""
    places = [place.name for place in PLACES]
    things = [name for table in NAMED for name in table.values()]
    return frozenset((name,) for name in [*places, *things, *(role.value for role in Role)])


def missing(said: frozenset[Said], language: str) -> list[str]:
    known, plurals = words_in(language)._known, words_in(language)._plurals  # type: ignore[arg-type]
    return sorted(
        one[0]
        for one in said
        if not SAME_IN_ALL.fullmatch(one[0])
        and not (all(plurals.get(one[0], ("",))) if len(one) > 1 else known.get(one[0]))
    )


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("room", ["", *ROOMS])
def test_a_room_says_everything_in_every_language(room: str, language: str) -> None:
    assert missing(words_of(room), language) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_whatever_has_a_name_elsewhere_is_named_in_every_language(
    language: str,
) -> None:
    assert missing(named(), language) == []


@cache
def catalog(path: Path) -> list[Message]:
    with path.open("rb") as file:
        return [message for message in read_po(file) if message.id]


@pytest.mark.parametrize(
    "path", sorted(LOCALE.glob("*/*.po")), ids=lambda path: "/".join(path.parts[-2:])
)
def test_a_translation_fills_in_what_its_text_names_and_none_is_left_for_later(path: Path) -> None:
    faults = []
    for message in catalog(path):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        told = message.string if isinstance(message.string, tuple) else (message.string,)
        slots = sorted(SLOT.findall(ids[-1]))
        filled = [sorted(SLOT.findall(one)) for one in told]
        # The form for one may say so in a word.
        is_whole = filled[-1] == slots and all(set(one) <= set(slots) for one in filled)
        if message.fuzzy or not all(told) or not is_whole:
            faults.append(ids[0])
    assert faults == []


def test_each_language_has_the_same_catalogs() -> None:
    rooms = {
        language: sorted(path.name for path in (LOCALE / language).glob("*.po"))
        for language in TRANSLATED
    }
    assert rooms["es"] == rooms["fr"] == rooms["de"] != []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_text_is_told_in_two_ways_in_one_language(language: str) -> None:
    """The catalogs of the rooms are read as one: which of two would be shown is chance."""
    told: dict[str, dict[str, str]] = {}
    for path in sorted((LOCALE / language).glob("*.po")):
        for message in catalog(path):
            if isinstance(message.id, str):
                told.setdefault(message.id, {})[path.stem] = str(message.string)
    assert {text: ways for text, ways in told.items() if len(set(ways.values())) > 1} == {}


@pytest.mark.parametrize(
    ("language", "clock", "day", "number"),
    [
        ("en", "14:03:27", "26 Nov 2026", "12,345.5"),
        ("es", "14:03:27", "26 nov 2026", "12.345,5"),
        ("fr", "14:03:27", "26 nov. 2026", "12\u202f345,5"),
        ("de", "14:03:27", "26.11.2026", "12.345,5"),
    ],
)
def test_times_and_numbers_are_written_as_each_language_does(
    language: str, clock: str, day: str, number: str
) -> None:
    times = Times(language, "Europe/Madrid")  # type: ignore[arg-type]
    at = datetime(2026, 11, 26, 13, 3, 27, tzinfo=UTC)

    assert (times.clock(at), times.day(at), times.number(12345.5)) == (clock, day, number)
    assert day in times.moment(at)
    assert clock in times.moment(at)
