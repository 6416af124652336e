"""Text messages: parts counted as a network counts, in the alphabet that needs the fewest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora.escalation.gsm import in_gsm, is_gsm, segments, units


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("[" * 80, 1),
        ("[" * 81, 2),
        ("á" * 70, 1),
        ("á" * 71, 2),
        ("á" * 134, 2),
        ("á" * 135, 3),
        ("🔥" * 35, 1),
        ("🔥" * 36, 2),
    ],
)
def test_parts_are_counted_in_places_of_the_texts_alphabet(text, expected):
    assert segments(text) == expected


def test_an_extended_character_takes_two_places():
    assert units("a[€]") == 7


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Fuga de gas en el almacén químico", "Fuga de gas en el almacén quimico"),
        ("Brûlure à l’atelier — secours", "Brulure à l'atelier - secours"),
        ("Größe, Öl, Übung, Straße", "Größe, Öl, Übung, Straße"),
        ("cœur… “non”", 'coeur... "non"'),
        ("CO₂ 40\u00a0°C", "CO2 40 degC"),
    ],
)
def test_what_has_a_near_character_is_written_with_it(text, written):
    assert in_gsm(text) == written
    assert is_gsm(in_gsm(text))


def test_another_script_is_left_alone():
    assert in_gsm("火事 zone B") == "火事 zone B"


@given(st.text(max_size=400))
def test_writing_in_gsm_is_stable_and_never_leaves_the_alphabet(text):
    once = in_gsm(text)

    assert in_gsm(once) == once
    assert is_gsm(once) or not is_gsm(text)
