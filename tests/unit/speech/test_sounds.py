"""Words that a telephone makes alike are near each other, and others are not."""

import pytest

from aurora.speech.sounds import coarse, distance, load_sounds

SOUNDS = load_sounds()


def cost(heard: str, meant: str, language: str = "en") -> float:
    """Per sound of what was meant."""
    sounds = SOUNDS[language]
    wanted = sounds.of(meant)
    return distance(sounds.of(heard), wanted) / len(wanted)


@pytest.mark.parametrize(
    ("language", "heard", "meant"),
    [
        ("en", "press too", "press 2"),
        ("en", "H two S", "H2S"),
        ("en", "valve for", "valve four"),
        ("en", "see", "C"),
        ("es", "sona be", "zona B"),
        ("es", "qeso", "queso"),
        ("fr", "zone des", "zone D"),
        ("fr", "gaz", "gase"),
        ("de", "Zohne B", "Zone B"),
        ("de", "Zone zwei", "Zone 2"),
    ],
)
def test_the_same_sounds_cost_nothing(language: str, heard: str, meant: str):
    assert cost(heard, meant, language) == 0.0


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("zombie", "zone B"),
        ("guest leak", "gas leak"),
        ("Ford lift", "forklift"),
        ("they're smoking", "there's smoke in"),
        ("loading duck", "loading dock"),
    ],
)
def test_what_is_misheard_is_near(heard: str, meant: str):
    assert cost(heard, meant) < 0.2


@pytest.mark.parametrize(
    ("heard", "meant"),
    [("table", "zone B"), ("lunch break", "gas leak"), ("good morning", "forklift")],
)
def test_what_nobody_would_mishear_is_far(heard: str, meant: str):
    assert cost(heard, meant) > 0.5


def test_a_voiced_sound_is_nearer_to_its_pair_than_to_another():
    assert distance("b", "p") < distance("b", "k")


def test_distance_is_the_same_both_ways():
    one, other = SOUNDS["en"].of("smoke in zone A"), SOUNDS["en"].of("smoking some day")

    assert distance(one, other) == pytest.approx(distance(other, one))


def test_the_coarse_key_is_one_for_sounds_easily_confused():
    assert coarse(SOUNDS["en"].of("bin")) == coarse(SOUNDS["en"].of("pan"))


@pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
def test_every_letter_and_number_word_has_sounds(language: str):
    sounds = SOUNDS[language]

    assert all(sounds.of(letter) for letter in "abcdefghijklmnopqrstuvwxyz")
    assert len({sounds.of(str(number)) for number in range(21)}) == 21


def test_number_words_are_digits():
    assert SOUNDS["de"].number("zwölf") == "12"
    assert SOUNDS["en"].number("too") is None
