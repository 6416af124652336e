"""What a person who is rung for a caller hears, in each language; the facts are not here."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from aurora.site.model import LANGUAGES
from aurora.site.yaml_file import read_yaml

FOLDER = Path(__file__).parent / "words"
Text = Annotated[str, Field(min_length=2, max_length=240)]


class HandOffWords(BaseModel):
    """One language; {braces} are filled from the site and the call."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    waiting: Text
    no_emergency: Text
    last_words: Text
    """{words}, the caller's own."""
    keys: Text
    """1 again, 2 join, 3 cannot."""
    no_such_key: Text
    connecting: Text
    declined: Text
    taken: Text
    """To somebody who presses 2 too late."""
    unanswered: Text
    not_connected: Text
    """{number} of the control room."""
    services: Text
    """Opens the brief to the public services: {site}, and that it replaces no call to {number}."""


@cache
def words_in(language: str) -> HandOffWords:
    """Return the words of a language, English for one that there are none in."""
    known = language if language in LANGUAGES else "en"
    return read_yaml(FOLDER / f"{known}.yaml", HandOffWords)
