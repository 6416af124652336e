import pytest

from aurora.speech.unfinished import Ending, ending

COMPLETE = {
    "en": [
        "No.",
        "B",
        "zone A",
        "There is smoke in zone a.",
        "I'm at line three",
        "Fire!",
        "he's not breathing",
        "send help please",
        "What do I do?",
        "Valve 12",
    ],
    "es": [
        "No.",
        "hay humo en la zona A",
        "mi compañero no respira",
        "por favor",
        "¿Qué hago?",
        "la válvula dos",
    ],
    "fr": [
        "Non.",
        "il y a de la fumée dans la zone A",
        "elle ne respire plus",
        "il ne respire pas",
        "S'il vous plaît",
        "Où est la sortie ?",
    ],
    "de": [
        "Nein.",
        "Rauch in Zone A",
        "er atmet nicht",
        "Hilfe bitte",
        "Ventil zwei",
        "Was soll ich tun?",
    ],
}
DANGLING = {
    "en": [
        "there is smoke in",
        "there is smoke in the",
        "I am in zone",
        "I am in zone.",
        "he is",
        "there's",
        "smoke and",
        "my phone number is 555 01",
        "I can smell gas,",
        "there was a big...",
        "go to zone number",
    ],
    "es": ["hay humo en", "estoy en la zona", "mi compañero está", "hay", "el fuego y"],
    "fr": ["il y a du feu dans", "je suis dans la zone", "mon collègue est", "c'est", "j'ai"],
    "de": ["Rauch in", "ich bin in Zone", "mein Kollege ist", "Feuer und", "in der"],
}
DOUBTFUL = {
    "en": ["I don't know where he is", "he fell over", "it is at line", "he can"],
    "es": ["no sé dónde está", "está dentro"],
    "fr": ["je ne sais pas où il est", "il est dedans"],
    "de": ["Gas tritt aus", "weil er bewusstlos ist"],
}


def cases(by_language):
    return [(language, text) for language, texts in by_language.items() for text in texts]


@pytest.mark.parametrize(("language", "text"), cases(COMPLETE))
def test_a_whole_report_or_answer_is_complete(language, text):
    assert ending(text, language) is Ending.COMPLETE


@pytest.mark.parametrize(("language", "text"), cases(DANGLING))
def test_words_that_ask_for_more_dangle(language, text):
    assert ending(text, language) is Ending.DANGLING


@pytest.mark.parametrize(("language", "text"), cases(DOUBTFUL))
def test_words_that_often_but_not_always_go_on_are_doubtful(language, text):
    assert ending(text, language) is Ending.DOUBTFUL


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at line", Ending.DOUBTFUL),
        ("on the line", Ending.OPEN),
        ("valve twenty", Ending.DOUBTFUL),
        ("Is anyone in?", Ending.DOUBTFUL),
        ("my phone number is 555 0123", Ending.OPEN),
        ("a drum of solvent", Ending.OPEN),
        ("a drum of solvent.", Ending.OPEN),
        ("a drum of solvent?", Ending.COMPLETE),
        ("ammonia", Ending.OPEN),
        ("", Ending.OPEN),
        ("...", Ending.OPEN),
    ],
)
def test_borders_between_the_kinds(text, expected):
    assert ending(text, "en") is expected


def test_a_language_without_lists_is_judged_by_its_punctuation():
    assert ending("C'è fumo nella zona?", "it") is Ending.COMPLETE
    assert ending("C'è fumo nella", "it") is Ending.OPEN


def test_british_english_is_english():
    assert ending("there is smoke in", "en-GB") is Ending.DANGLING
