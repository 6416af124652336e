"""The console's words: what is translated, what stays English, and plurals."""

from aurora.console.words import Words


def test_what_has_no_translation_is_shown_in_english() -> None:
    words = Words({"Board": "Tafel"}, {})
    assert words.gettext("Board") == "Tafel"
    assert words.gettext("History") == "History"


def test_one_is_singular_and_everything_else_plural() -> None:
    words = Words({}, {"%(n)s call": ("%(n)s Anruf", "%(n)s Anrufe")})
    assert words.ngettext("%(n)s call", "%(n)s calls", 1) == "%(n)s Anruf"
    assert words.ngettext("%(n)s call", "%(n)s calls", 0) == "%(n)s Anrufe"
    assert words.ngettext("%(n)s page", "%(n)s pages", 2) == "%(n)s pages"
