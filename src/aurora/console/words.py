"""The console's words in each language, from the gettext catalogs in `locale/`; no compiled files.

A catalog a language and room of the console: `locale/de/board.po`. English is in the templates.
"""

from functools import cache
from gettext import NullTranslations
from pathlib import Path

from babel.messages.pofile import read_po

from aurora.site.model import Language

LOCALE = Path(__file__).parent / "locale"
CONSOLE_LANGUAGES: tuple[Language, ...] = ("en", "es", "fr", "de")


def _(text: str) -> str:
    """Mark words for the catalogs; they are translated where they are shown."""
    return text


class Words(NullTranslations):
    """The translations of one language; what has none is shown in English."""

    def __init__(self, known: dict[str, str], plurals: dict[str, tuple[str, ...]]) -> None:
        super().__init__()
        self._known = known
        self._plurals = plurals

    def gettext(self, message: str) -> str:
        return self._known.get(message) or message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        forms = self._plurals.get(msgid1)
        # One form for exactly one: so in all four languages, but that French counts none as one,
        # which the catalogs write around.
        chosen = forms[0 if n == 1 else -1] if forms else ""
        return chosen or (msgid1 if n == 1 else msgid2)


@cache
def words_in(language: Language) -> Words:
    """Return the words of a language, read once."""
    known: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for path in sorted((LOCALE / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if isinstance(message.id, str):
                    known[message.id] = str(message.string)
                else:
                    plurals[message.id[0]] = tuple(message.string or ())
    known.pop("", None)  # the catalog's header
    return Words(known, plurals)
