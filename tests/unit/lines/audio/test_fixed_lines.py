"""What is made ready before a call may be taken, and in which order the rest follows."""

from aurora.guidance.library import PRECEDENCE
from aurora.lines.audio.fixed_lines import fixed_lines, opening_lines
from tests.line import example_library, example_site


def test_a_call_needs_the_greeting_and_every_first_line_of_the_sites_first_language() -> None:
    site, library = example_site(), example_library()
    language = site.languages[0]
    texts = [text for text, _ in opening_lines(library, site)]

    assert {used for _, used in opening_lines(library, site)} == {language}
    assert site.name in texts[0]
    for name in PRECEDENCE:
        assert library.procedures[name, language].first_line in texts


def test_what_a_call_needs_is_made_before_anything_else() -> None:
    site, library = example_site(), example_library()
    openings = list(opening_lines(library, site))

    assert list(fixed_lines(library, site))[: len(openings)] == openings


def test_every_language_has_its_greeting_and_first_lines_made_ready() -> None:
    site, library = example_site(), example_library()
    made = set(fixed_lines(library, site))

    for language in site.languages:
        assert (library.procedures["fire", language].first_line, language) in made
        greeting = library.phrases_in(language).greeting.format(site=site.name)
        assert (greeting, language) in made
