"""Staying with the call's language, and leaving it for a cry."""

import pytest

from aurora.triage.language import LanguageDetector, TrainedModel

LANGUAGES = ("en", "es", "fr", "de")


@pytest.fixture(scope="module")
def detector() -> LanguageDetector:
    return LanguageDetector(LANGUAGES, {"en": ["the", "and"]})


@pytest.mark.parametrize("current", LANGUAGES)
@pytest.mark.parametrize(
    "reply", ["", "no", "ok", "okay", "zone b", "Peter Müller", "Maria García", "H2S", "5", "???"]
)
def test_a_short_reply_or_a_name_never_switches(
    detector: LanguageDetector, current: str, reply: str
) -> None:
    assert detector.detect(reply, current) == current


@pytest.mark.parametrize("current", LANGUAGES)
@pytest.mark.parametrize(
    ("cry", "language"),
    [
        ("Fire!", "en"),
        ("gas leak", "en"),
        ("fuego", "es"),
        ("¡Socorro!", "es"),
        ("no respira", "es"),
        ("au feu", "fr"),
        ("fuite de gaz", "fr"),
        ("hilfe es brennt", "de"),
        ("er atmet nicht", "de"),
    ],
)
def test_a_cry_switches_from_every_language(
    detector: LanguageDetector, current: str, cry: str, language: str
) -> None:
    assert detector.detect(cry, current) == language


def test_accents_lost_in_recognition_do_not_matter(detector: LanguageDetector) -> None:
    assert detector.detect("el se cayo de la escalera y esta herido", "en") == "es"
    assert detector.detect("er ist gestuerzt und hat sich verletzt", "en") == "de"


def test_only_the_languages_of_the_line_are_answered() -> None:
    assert LanguageDetector(["en", "de"], {}).detect("il y a le feu dans l'atelier", "en") == "en"


def test_common_words_of_a_rule_file_count() -> None:
    words = {"en": ["alpha"], "it": ["fiamme", "aiuto", "brucia"]}
    assert LanguageDetector(["en", "it"], words).detect("aiuto brucia", "en") == "it"


class Certain(TrainedModel):
    """A model that says what the test has it say."""

    def __init__(self, language: str, probability: float, *, is_loaded: bool) -> None:
        super().__init__(LANGUAGES)
        self._answer = (language, probability)
        self._is_loaded = is_loaded

    @property
    def is_loaded(self) -> bool:
        return self._is_loaded

    def identify(self, text: str) -> tuple[str, float]:
        return self._answer


def with_model(language: str, probability: float, *, is_loaded: bool = True) -> LanguageDetector:
    return LanguageDetector(LANGUAGES, {}, Certain(language, probability, is_loaded=is_loaded))


def test_a_model_that_is_still_loading_is_not_asked() -> None:
    assert with_model("es", 0.95, is_loaded=False).detect("cafetera gotea", "en") == "en"


def test_a_sure_model_switches_where_the_counts_are_silent() -> None:
    assert with_model("es", 0.95).detect("cafetera gotea gotitas", "en") == "es"


def test_one_or_two_words_are_not_left_to_the_model() -> None:
    assert with_model("de", 0.99).detect("hein ?", "fr") == "fr"


def test_an_unsure_model_does_not() -> None:
    assert with_model("es", 0.6).detect("martin", "en") == "en"


def test_a_model_does_not_overrule_words_that_were_understood() -> None:
    assert with_model("de", 0.99).detect("fire in zone b", "en") == "en"


def test_a_cry_needs_no_model() -> None:
    assert with_model("en", 0.5).detect("fuego", "en") == "es"
