"""The panel of a hand-off speaks every language of the console."""

from io import BytesIO
from pathlib import Path

import pytest
from jinja2.ext import babel_extract

import aurora.console
from aurora.console.words import words_in
from aurora.site.model import Language

TEMPLATES = Path(aurora.console.__file__).parent / "templates/handoff"
SAME = {"Aurora"}


def said() -> set[str]:
    """Every sentence of the panel's templates, in English."""
    found: set[str] = set()
    for path in TEMPLATES.glob("*.html"):
        options = {"trimmed": "true", "extensions": "jinja2.ext.i18n"}
        for _, _, message, _ in babel_extract(BytesIO(path.read_bytes()), ["_"], [], options):
            found.add(message)
    return found


@pytest.mark.parametrize("language", ["es", "fr", "de"])
def test_every_sentence_of_the_panel_is_translated(language: Language):
    words = words_in(language)

    assert {text for text in said() - SAME if words.gettext(text) == text} == set()
