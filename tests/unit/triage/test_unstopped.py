"""Two sentences without a stop between them, as typed, recognised or panting: each keeps its own
meaning, and none becomes its opposite."""

from aurora.triage.assessment import Fact
from tests.line import rules_of
from tests.rows import each_row

NEGATIVE = {
    "en": [
        "he won't wake up",
        "he doesn't answer",
        "I can't see him",
        "he is not bleeding",
        "nobody is hurt",
        "we couldn't wait",
        "there's no one here",
    ],
    "es": [
        "no despierta",
        "no contesta",
        "no lo veo",
        "no sangra",
        "nadie está herido",
        "no podíamos esperar",
        "no hay nadie aquí",
    ],
    "fr": [
        "il ne répond pas",
        "il ne bouge pas",
        "je ne le vois pas",
        "il ne saigne pas",
        "personne n'est blessé",
        "on ne pouvait pas attendre",
        "il parle pas",
    ],
    "de": [
        "er antwortet nicht",
        "er bewegt sich nicht",
        "ich sehe ihn nicht",
        "er blutet nicht",
        "niemand ist verletzt",
        "wir konnten nicht warten",
        "er spricht nicht",
        "hier ist niemand",
    ],
}
GOOD = {
    "en": [
        ("he is breathing", "breathing", True),
        ("he's breathing normally", "breathing", True),
        ("the power is off", "power_off", True),
        ("I switched the power off", "power_off", True),
        ("we are all outside", "escaped", True),
        ("I'm out", "escaped", True),
        ("everybody is out", "inside", False),
        ("we got him out", "inside", False),
        ("the machine is off", "machine_stopped", True),
    ],
    "es": [
        ("respira bien", "breathing", True),
        ("está respirando", "breathing", True),
        ("la corriente está cortada", "power_off", True),
        ("estamos todos fuera", "escaped", True),
        ("estoy fuera", "escaped", True),
        ("lo sacamos", "inside", False),
        ("la máquina está parada", "machine_stopped", True),
    ],
    "fr": [
        ("il respire", "breathing", True),
        ("le courant est coupé", "power_off", True),
        ("j'ai coupé le courant", "power_off", True),
        ("on est tous dehors", "escaped", True),
        ("je suis dehors", "escaped", True),
        ("on l'a sorti", "inside", False),
        ("la machine est arrêtée", "machine_stopped", True),
    ],
    "de": [
        ("er atmet", "breathing", True),
        ("der Strom ist aus", "power_off", True),
        ("ich habe den Strom abgestellt", "power_off", True),
        ("wir sind alle draußen", "escaped", True),
        ("ich bin draußen", "escaped", True),
        ("wir haben ihn rausgeholt", "inside", False),
        ("die Maschine steht", "machine_stopped", True),
    ],
}
BAD = {
    "en": [
        ("he is trapped", "trapped", True),
        ("the power is on", "power_off", False),
        ("he is in the tank", "inside", True),
        ("he is not breathing", "breathing", False),
    ],
    "es": [
        ("está atrapado", "trapped", True),
        ("la corriente sigue puesta", "power_off", False),
        ("está en el tanque", "inside", True),
        ("no respira", "breathing", False),
    ],
    "fr": [
        ("il est coincé", "trapped", True),
        ("le courant est encore là", "power_off", False),
        ("il est dans la cuve", "inside", True),
        ("il ne respire pas", "breathing", False),
    ],
    "de": [
        ("er ist eingeklemmt", "trapped", True),
        ("der Strom ist noch an", "power_off", False),
        ("er ist im Tank", "inside", True),
        ("er atmet nicht", "breathing", False),
    ],
}
PAIRS = [
    (language, bad, *good)
    for language in NEGATIVE
    for bad in NEGATIVE[language]
    for good in GOOD[language]
]
BAD_PAIRS = [
    (language, before, *bad)
    for language in NEGATIVE
    for before in NEGATIVE[language]
    for bad in BAD[language]
]
LEFT_OPEN = {("es", "no podíamos esperar"), ("de", "hier ist niemand")}
"""They begin like a denial, "no podíamos respirar", "niemand der Leute": it is asked about."""
STILL_DENIED = {
    "en": [
        ("I don't think he is breathing", "breathing"),
        ("nobody told me the power is off", "power_off"),
        ("no sign that he is breathing", "breathing"),
        ("he isn't conscious or breathing normally", "breathing"),
        ("we haven't got everyone out", "escaped"),
        ("not everyone is out", "escaped"),
        ("nobody managed to turn the power off", "power_off"),
    ],
    "es": [
        ("no creo que la corriente está cortada", "power_off"),
        ("no todos están fuera", "escaped"),
        ("no está despierto ni respira", "breathing"),
    ],
    "fr": [
        ("je ne crois pas qu'il respire", "breathing"),
        ("on n'est pas tous dehors", "escaped"),
        ("il respire pas", "breathing"),
    ],
    "de": [
        ("ich glaube nicht dass er atmet", "breathing"),
        ("nicht alle sind draußen", "escaped"),
        ("der Kollege atmet leider nicht", "breathing"),
    ],
}
NOT_FREED = {
    "en": [
        ("I don't know he is breathing", "breathing"),
        ("I can't see that he is breathing", "breathing"),
        ("no idea the power is off", "power_off"),
        ("not yet it's off", "power_off"),
        ("nobody in the building is out", "escaped"),
    ],
    "es": [
        ("no veo que respira", "breathing"),
        ("no estoy seguro de que respira", "breathing"),
        ("nadie en la nave está fuera", "escaped"),
    ],
    "fr": [
        ("pas tout le monde est dehors", "escaped"),
        ("personne n'a dit que le courant est coupé", "power_off"),
        ("personne ne nous a sortis", "escaped"),
    ],
    "de": [
        ("keiner der Leute ist draußen", "escaped"),
        ("niemand hat sie rausgeholt", "escaped"),
    ],
}


def facts_of(words: str, language: str) -> dict[str, Fact]:
    return dict(rules_of(language).rate(words, language).facts)


@each_row(("language", "bad", "good", "fact", "value"), PAIRS)
def test_a_denial_does_not_turn_the_next_sentence_round(
    language: str, bad: str, good: str, fact: str, value: bool
):
    heard = facts_of(f"{bad} {good}", language).get(fact)
    is_open = (language, bad) in LEFT_OPEN and heard is None
    assert is_open or heard is value


@each_row(("language", "bad", "good", "fact", "value"), PAIRS)
def test_a_denial_that_follows_turns_nothing_round(
    language: str, bad: str, good: str, fact: str, value: bool
):
    assert facts_of(f"{good} {bad}", language).get(fact) is value


@each_row(("language", "bad", "good", "fact", "value"), PAIRS)
def test_what_was_denied_stays_denied_beside_a_second_sentence(
    language: str, bad: str, good: str, fact: str, value: bool
):
    alone = facts_of(bad, language)
    together = facts_of(f"{bad} {good}", language)
    turned = {
        name
        for name, told in alone.items()
        if isinstance(told, bool) and together.get(name, told) is not told
    }
    assert not turned - {fact}


@each_row(("language", "before", "bad", "fact", "value"), BAD_PAIRS)
def test_bad_news_after_a_denial_is_heard(
    language: str, before: str, bad: str, fact: str, value: bool
):
    assert facts_of(f"{before} {bad}", language).get(fact) is value


@each_row(
    ("language", "case"), [(lang, case) for lang, them in STILL_DENIED.items() for case in them]
)
def test_a_denial_that_is_told_or_reaches_over_small_words_is_the_opposite(
    language: str, case: tuple[str, str]
):
    words, fact = case
    assert facts_of(words, language)[fact] is False


@each_row(("language", "case"), [(lang, case) for lang, them in NOT_FREED.items() for case in them])
def test_a_denial_that_is_unsure_frees_nobody(language: str, case: tuple[str, str]):
    words, fact = case
    assert facts_of(words, language).get(fact) is not True
