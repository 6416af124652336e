"""Word that the power is off is answered as that: nobody is kept back any more, breath is asked."""

import pytest

from aurora.guidance.procedure import Ask
from aurora.site.model import LANGUAGES
from aurora.triage.assessment import Intent
from tests.line import NO, YES, example_library, said
from tests.unit.guidance.rated_call import RatedCall

SHOCK = {
    "en": "he got an electric shock",
    "es": "mi compañero está electrocutado",
    "fr": "mon collègue s'est électrocuté",
    "de": "mein Kollege hat einen Stromschlag",
}
OFF = {
    "en": ("the power is off", "I switched it off", "we cut the power at the breaker"),
    "es": ("la corriente está cortada", "ya corté la corriente"),
    "fr": ("le courant est coupé", "j'ai coupé le courant"),
    "de": ("der Strom ist aus", "ich habe den Strom abgeschaltet"),
}
IN_SHORT = [
    ("en", "I've cut it now"),
    ("es", "ya la he cortado"),
    ("es", "ya está cortada"),
    ("fr", "je l'ai coupé"),
    ("fr", "c'est coupé"),
    ("de", "ich habe ihn abgeschaltet"),
    ("de", "jetzt ist er aus"),
]
STILL_ON = [
    ("en", "I haven't cut it"),
    ("es", "no la he cortado"),
    ("fr", "je ne l'ai pas coupé"),
    ("de", "ich habe ihn nicht abgeschaltet"),
]
NO_BREATH = {
    "en": "he's not breathing",
    "es": "no respira",
    "fr": "il ne respire pas",
    "de": "er atmet nicht",
}
TOUCH = {
    "en": "can I touch him now, or with a broom",
    "es": "¿lo puedo tocar, con un palo?",
    "fr": "je peux le tirer avec un bâton ?",
    "de": "darf ich ihn mit dem Besen wegziehen?",
}
ALL = [(language, words) for language in LANGUAGES for words in OFF[language]]


def shocked(language: str) -> RatedCall:
    call = RatedCall(language)
    call.hear(SHOCK[language])
    assert call.running == "electrocution"
    return call


def replies(language: str, *names: str) -> list[str]:
    found = example_library().procedures["electrocution", language].replies
    return [line for reply in found if reply.id in names for line in reply.say]


@pytest.mark.parametrize(("language", "words"), ALL)
def test_the_power_off_asks_for_breath_in_the_same_turn(language: str, words: str) -> None:
    call = shocked(language)
    told = call.hear(words)

    assert told in replies(language, "power_is_off", "power_off")
    assert "?" in told
    assert call.situation.state.awaiting == "breathing"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_to_it_begins_compressions(language: str) -> None:
    call = shocked(language)
    call.hear(OFF[language][0])
    call.take(NO)

    assert call.running == "cardiac_arrest"


@pytest.mark.parametrize(("language", "words"), IN_SHORT)
def test_the_power_off_in_short_after_a_no_lets_compressions_begin(
    language: str, words: str
) -> None:
    call = shocked(language)
    call.take(NO)
    assert call.situation.facts["power_off"] is False
    call.hear(words)
    call.hear(NO_BREATH[language])

    assert call.running == "cardiac_arrest"


@pytest.mark.parametrize(("language", "words"), STILL_ON)
def test_the_same_words_denied_keep_them_waiting(language: str, words: str) -> None:
    call = shocked(language)
    call.take(NO)
    call.hear(words)
    call.hear(NO_BREATH[language])

    assert call.running == "electrocution"


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_does_not_breathe_has_the_power_asked_for_again_after_a_no(language: str) -> None:
    call = shocked(language)
    call.take(NO)
    told = call.hear(NO_BREATH[language])

    assert "?" in told
    assert call.situation.state.awaiting == "power_off"
    call.take(YES)
    assert call.running == "cardiac_arrest"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_kept_off_whose_power_is_off(language: str) -> None:
    call = shocked(language)
    call.hear(OFF[language][0])
    told = call.hear(TOUCH[language], intent=Intent.QUESTION)

    keep_off = ("power_on", "touch", "pull_off", "use_stick", "stick", "cannot_cut")
    assert not any(line in told for line in replies(language, *keep_off))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_voltage_is_asked_only_while_there_is_any(language: str) -> None:
    procedure = example_library().procedures["electrocution", language]
    asks = [one for one in procedure.then if isinstance(one, Ask) and one.fact == "high_voltage"]
    call = shocked(language)
    call.hear(OFF[language][0])
    told = [call.take(said()) for _ in range(12)]

    assert asks
    assert not any(asks[0].ask in one or asks[0].again in one for one in told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_power_still_on_keeps_everybody_off(language: str) -> None:
    still_on = {
        "en": "the power is still on",
        "es": "no puedo cortar la corriente",
        "fr": "je ne peux pas couper le courant",
        "de": "der Strom ist noch an",
    }
    call = shocked(language)
    told = call.hear(still_on[language])

    assert told not in replies(language, "power_is_off", "power_off")
    assert call.situation.facts.get("power_off") is not True
