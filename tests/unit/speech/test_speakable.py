import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora.speech.speakable import LONGEST_TEXT, LONGEST_WORD, speakable

LANGUAGES = ["en", "en-GB", "es", "fr", "de", "it"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Leave zone A now.", "Leave zone eigh now."),
        ("Are you in zone A?", "Are you in zone eigh?"),
        ("Zone A, line 2.", "Zone eigh, line 2."),
        ("A man fell. A fire started in a tank.", "A man fell. A fire started in a tank."),
        ("Leave zone B now.", "Leave zone B now."),
    ],
)
def test_the_letter_a_is_no_article_in_english(text, said):
    assert speakable(text, "en") == said
    assert speakable(text, "en-GB") == said


def test_spanish_vowels_stand_apart_from_their_neighbours():
    assert speakable("Salga de la zona A ahora.", "es") == "Salga de la zona, A, ahora."
    assert speakable("Está en la zona E.", "es") == "Está en la zona, E."
    assert speakable("Salga de la zona B ahora.", "es") == "Salga de la zona B ahora."


@pytest.mark.parametrize("language", ["fr", "de", "it"])
def test_other_languages_say_the_letter_as_it_stands(language):
    assert speakable("Zone A", language) == "Zone A"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Call +1 202 555 0100.", "Call 1, 2 0 2, 5 5 5, 0 1 0 0."),
        ("Call 2025550100.", "Call 2 0 2, 5 5 5, 0 1 0 0."),
        ("Call (202) 555-0100 now.", "Call 2 0 2, 5 5 5, 0 1 0 0 now."),
        ("Call 911 or 112.", "Call 9 1 1 or 1 1 2."),
        ("Dial extension 4417.", "Dial extension 4 4 1 7."),
    ],
)
def test_telephone_numbers_are_said_digit_by_digit(text, said):
    assert speakable(text, "en") == said


@pytest.mark.parametrize(
    "text",
    ["Stay 300 metres away.", "10 000 000 litres", "Since 2026-11-25.", "1200 kg at 2.5 bar"],
)
def test_quantities_and_dates_are_no_telephone_numbers(text):
    assert speakable(text, "en") == text


def test_french_says_112_as_a_number():
    assert speakable("Appelez le 112.", "fr") == "Appelez le 112."
    assert speakable("Llame al 112.", "es") == "Llame al 1 1 2."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Go <spell>now</spell>.", "Go now ."),
        ("Pressure < 2 bar & rising", "Pressure 2 bar and rising"),
        (r"back\slash {brace} [bracket] *star*", "back slash brace bracket star"),
        ("Don’t “run” — ‘walk’…", "Don't run , walk ."),
        ("🔥 Fire!", "Fire!"),
        ("Feuer & Rauch", "Feuer and Rauch"),
    ],
)
def test_markup_and_signs_are_taken_out(text, said):
    assert speakable(text, "en") == said


@pytest.mark.parametrize("text", ["", " ", "...", "🔥", "日本語", "<b></b>", "\x00"])
def test_nothing_to_say_is_empty(text):
    assert speakable(text, "en") == ""


def test_accents_written_as_two_characters_are_kept():
    assert speakable("fume\u0301e", "fr") == "fumée"


@given(st.text(max_size=2000), st.sampled_from(LANGUAGES))
def test_no_text_reaches_the_voice_with_markup_or_endless_words(text, language):
    said = speakable(text, language)
    assert not set(said) & set("<>\\&{}[]|\x00\n")
    assert all(len(word) <= LONGEST_WORD for word in said.split())
    assert len(said) <= 4 * LONGEST_TEXT
