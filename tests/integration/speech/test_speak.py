import subprocess
import sys

import numpy as np
import pytest

from aurora.errors import VoiceUnavailable
from aurora.speech.codec import LINE_HZ
from aurora.speech.speak import LEAD_S, TAIL_S, VOICES, NanoVoice, trim

SENTENCES = {
    "en": "Leave the building now.",
    "en-GB": "Leave the building now.",
    "es": "Salga del edificio ahora.",
    "fr": "Quittez le bâtiment maintenant.",
    "de": "Verlassen Sie das Gebäude sofort.",
    "it": "Uscite subito dall'edificio.",
}


@pytest.fixture(scope="module")
def voice():
    return NanoVoice()


def seconds(pcm):
    return len(pcm) / LINE_HZ


@pytest.mark.parametrize("language", VOICES)
def test_every_language_is_spoken_without_clipping(voice, language):
    sound = voice.render(SENTENCES[language], language)
    assert sound.dtype == np.int16
    assert 1.0 < seconds(sound) < 3.0
    loudest = np.abs(sound.astype(np.int32)).max()
    assert 8000 < loudest < 32_600


@pytest.mark.parametrize("language", VOICES)
def test_the_first_word_comes_at_once_and_a_breath_follows_the_last(voice, language):
    sound = np.abs(voice.render(SENTENCES[language], language).astype(np.int32))
    heard = np.flatnonzero(sound > sound.max() * 0.01)
    assert heard[0] / LINE_HZ <= LEAD_S + 0.001
    assert (len(sound) - heard[-1]) / LINE_HZ == pytest.approx(TAIL_S, abs=0.01)


def lengths_alone(rate: float, *sentences: str) -> list[float]:
    """Return the seconds of each, in a process of its own: Pico remembers other voices."""
    code = (
        "import sys; from aurora.speech.speak import NanoVoice\n"
        "voice = NanoVoice(float(sys.argv[1]))\n"
        "for text in sys.argv[2:]: sys.stdout.write(f'{len(voice.render(text, \"en\"))}\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(rate), *sentences],
        capture_output=True,
        check=True,
        text=True,
    )
    return [int(line) / LINE_HZ for line in done.stdout.split()]


def test_the_rate_changes_the_length():
    [slow], [fast] = (lengths_alone(rate, SENTENCES["en"]) for rate in (0.85, 1.15))
    assert slow / fast == pytest.approx(1.15 / 0.85, rel=0.1)


def test_voices_that_sound_different_have_different_identities():
    assert len({NanoVoice(rate).identity for rate in (0.85, 1.0, 1.15)}) == 3


def test_a_zone_letter_is_spoken_and_not_swallowed():
    """As an article, "A" is a murmur of 30 ms; as a letter it is a syllable."""
    letter, article = lengths_alone(1.0, "Leave zone A now.", "Leave zone a now.")
    assert letter > article + 0.03


def test_a_language_without_a_voice_is_refused(voice):
    with pytest.raises(VoiceUnavailable, match="no_voice"):
        voice.render("Saia do edifício.", "pt")


def test_nothing_to_say_is_no_sound(voice):
    assert len(voice.render("...", "en")) == 0
    assert len(trim(np.zeros(800, dtype=np.int16))) == 0
