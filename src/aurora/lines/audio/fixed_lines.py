"""Which sentences are made into sound ahead of any call, the most urgent first."""

from collections.abc import Iterator

from aurora.guidance.library import PRECEDENCE, Library
from aurora.guidance.phrases import Phrases
from aurora.site.model import Site

SOON = ("fallback", "safe_place", "hand_off", "did_not_hear", "clarify", "keypad_menu", "press_one")
"""Phrases of a call that goes wrong, or begins without a word."""


def opening_lines(library: Library, site: Site) -> Iterator[tuple[str, str]]:
    """Yield (text, language) of what a call in the site's first language begins with.

    Its greeting and every first line: until these are ready, callers are answered in another way.
    """
    return _openings(library, site, site.languages[0])


def fixed_lines(library: Library, site: Site) -> Iterator[tuple[str, str]]:
    """Yield (text, language): greetings, first lines, then every phrase without a slot.

    Steps and ways out are made while the first line is in the ear.
    """
    desk = site.contact(site.control_room)
    for language in site.languages:
        phrases = library.phrases_in(language)
        yield from _openings(library, site, language)
        for name in SOON:
            yield from ((text, language) for text in _texts(phrases, name))
        yield phrases.control_room_is.format(number=desk.number), language
    for language in site.languages:
        phrases = library.phrases_in(language)
        for name in Phrases.model_fields:
            yield from ((text, language) for text in _texts(phrases, name))


def _openings(library: Library, site: Site, language: str) -> Iterator[tuple[str, str]]:
    yield library.phrases_in(language).greeting.format(site=site.name), language
    for procedure_id in PRECEDENCE:
        procedure = library.procedures.get((procedure_id, language))
        if procedure is not None:
            yield procedure.first_line, language


def _texts(phrases: Phrases, name: str) -> list[str]:
    value = getattr(phrases, name)
    texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    known = (phrases.language, "language")
    return [text for text in texts if "{" not in text and name not in known]
