"""What is said in one turn and in the next adds up: the call goes to the worse procedure at once.

The real rules of every language, since it is their words that have to add up.
"""

from functools import cache

import pytest

from aurora.conversation.dialogue import Dialogue
from aurora.guidance.guide import Guide
from aurora.guidance.handbook.handbook import Handbook
from aurora.triage.assess import Triage, load_triage
from tests.line import NOON, example_library, example_site, new_call

EN = [
    (["He fell off the ladder", "He won't wake up", "He's not breathing"], "cardiac_arrest"),
    (["A man fell from the scaffold", "He's not breathing"], "cardiac_arrest"),
    (["He fell from the roof", "no he's not breathing"], "cardiac_arrest"),
    (["She's having a seizure", "She's stopped shaking but isn't breathing"], "cardiac_arrest"),
    (["She's fitting on the floor", "it stopped", "she isn't breathing"], "cardiac_arrest"),
    (["My colleague has chest pain", "He collapsed", "He stopped breathing"], "cardiac_arrest"),
    (["He's choking on a sandwich", "He went limp", "He is not breathing"], "cardiac_arrest"),
    (["He got an electric shock", "The power is off now", "He's not breathing"], "cardiac_arrest"),
    (
        ["He's stuck to the live cable", "He's not breathing", "the power is off now"],
        "cardiac_arrest",
    ),
    (["There's a fire", "We're out", "He's not breathing"], "cardiac_arrest"),
    (["There's a smell of gas", "There's a fire now"], "fire"),
    (["There is a small spill of acid", "It splashed in his eyes"], "chemical_splash"),
    (["He cut his hand", "The blood is spurting out"], "bleeding"),
    (["Someone is stuck in the tank", "He is out now", "He's not breathing"], "cardiac_arrest"),
]
ES = [
    (["Se cayó de la escalera", "No se despierta", "No respira"], "cardiac_arrest"),
    (["Un hombre se cayó del andamio", "no respira"], "cardiac_arrest"),
    (["Le dio una convulsión", "Ya no tiembla pero no respira"], "cardiac_arrest"),
    (["Le duele mucho el pecho", "Se desmayó", "Dejó de respirar"], "cardiac_arrest"),
    (["Se está ahogando con comida", "No reacciona", "no respira"], "cardiac_arrest"),
    (["Le dio una descarga eléctrica", "Ya corté la corriente", "No respira"], "cardiac_arrest"),
    (["Está pegado al cable", "no respira", "ya está cortada la corriente"], "cardiac_arrest"),
    (["Hay un incendio", "Ya estamos fuera", "No respira"], "cardiac_arrest"),
    (["Huele a gas", "Ahora hay fuego"], "fire"),
]
FR = [
    (["Il est tombé de l'échelle", "Il ne se réveille pas", "Il ne respire pas"], "cardiac_arrest"),
    (["Un homme est tombé de l'échafaudage", "il ne respire plus"], "cardiac_arrest"),
    (
        ["Elle fait une crise d'épilepsie", "Elle ne tremble plus mais elle ne respire pas"],
        "cardiac_arrest",
    ),
    (["Il a mal à la poitrine", "Il s'est évanoui", "Il ne respire plus"], "cardiac_arrest"),
    (["Il s'étouffe avec un morceau", "Il ne réagit plus", "il ne respire pas"], "cardiac_arrest"),
    (
        ["Il a pris une décharge électrique", "Le courant est coupé", "Il ne respire pas"],
        "cardiac_arrest",
    ),
    (
        ["Il est collé au câble", "il ne respire pas", "le courant est coupé maintenant"],
        "cardiac_arrest",
    ),
    (["Il y a le feu", "On est dehors", "Il ne respire pas"], "cardiac_arrest"),
    (["Ça sent le gaz", "Maintenant il y a le feu"], "fire"),
]
DE = [
    (["Er ist von der Leiter gefallen", "Er wacht nicht auf", "Er atmet nicht"], "cardiac_arrest"),
    (["Ein Mann ist vom Gerüst gestürzt", "er atmet nicht mehr"], "cardiac_arrest"),
    (
        ["Sie hat einen Krampfanfall", "Sie zittert nicht mehr, aber sie atmet nicht"],
        "cardiac_arrest",
    ),
    (
        ["Er hat Schmerzen in der Brust", "Er ist bewusstlos", "Er atmet nicht mehr"],
        "cardiac_arrest",
    ),
    (
        ["Er hat sich verschluckt und erstickt", "Er reagiert nicht mehr", "er atmet nicht"],
        "cardiac_arrest",
    ),
    (
        ["Er hat einen Stromschlag bekommen", "Der Strom ist jetzt aus", "Er atmet nicht"],
        "cardiac_arrest",
    ),
    (
        ["Er hängt am Kabel fest", "er atmet nicht", "der Strom ist jetzt abgeschaltet"],
        "cardiac_arrest",
    ),
    (["Es brennt", "Wir sind draußen", "Er atmet nicht"], "cardiac_arrest"),
    (["Es riecht nach Gas", "Jetzt brennt es"], "fire"),
]
SEQUENCES = [
    (language, *row)
    for language, rows in (("en", EN), ("es", ES), ("fr", FR), ("de", DE))
    for row in rows
]


@cache
def triage() -> Triage:
    return load_triage(example_site(), example_site().languages)


def line() -> Dialogue:
    guide = Guide(example_site(), example_library(), Handbook())
    return Dialogue(example_site(), triage(), guide, max_exchanges=20)


@pytest.mark.parametrize(("language", "turns", "ends_in"), SEQUENCES)
def test_facts_of_several_turns_add_up_to_the_worse_procedure_at_once(language, turns, ends_in):
    talk, call = line(), new_call(language=language)
    opened = []
    for words in turns:
        turn = talk.hear(call, words, NOON)
        talk.close_turn(turn)
        opened.append(turn.sentences[0].text)

    assert call.guidance.procedure == ends_in
    assert example_library().procedure(ends_in, language).first_line in opened
