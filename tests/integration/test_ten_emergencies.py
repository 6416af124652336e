"""Ten emergencies in four languages, every provider off: the right first line comes first."""

from datetime import UTC, datetime

import pytest

from aurora.conversation.dialogue import Dialogue
from aurora.rooms import open_rooms
from aurora.settings import load_settings
from tests.line import new_call

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
EMERGENCIES = {
    "fire": {
        "en": "There's thick smoke pouring out of the dust extractor",
        "es": "Está ardiendo la cinta transportadora",
        "fr": "Il y a des flammes dans l'armoire de stockage",
        "de": "In der Halle brennt ein Stapel Paletten",
    },
    "cardiac_arrest": {
        "en": "He's collapsed and he isn't breathing",
        "es": "Se ha desplomado y no respira",
        "fr": "Il s'est effondré et il ne respire plus",
        "de": "Er ist umgekippt und atmet nicht mehr",
    },
    "flammable_gas": {
        "en": "I can smell gas all along the pipe rack",
        "es": "Huele mucho a gas junto a las tuberías",
        "fr": "Ça sent très fort le gaz près de la conduite",
        "de": "Hier riecht es stark nach Gas an der Leitung",
    },
    "caught_in_machine": {
        "en": "Her arm is caught in the roller",
        "es": "Tiene el brazo atrapado en la máquina",
        "fr": "Il a le bras coincé dans la machine",
        "de": "Sein Arm steckt in der Walze fest",
    },
    "electrocution": {
        "en": "My mate got an electric shock and he's stuck to the cable",
        "es": "Un compañero se ha electrocutado con el cuadro",
        "fr": "Mon collègue s'est électrocuté sur le tableau",
        "de": "Mein Kollege hat einen Stromschlag bekommen und liegt da",
    },
    "confined_space": {
        "en": "He's passed out inside the tank",
        "es": "Está desmayado dentro del tanque",
        "fr": "Il est inconscient au fond de la cuve",
        "de": "Er liegt bewusstlos im Tank",
    },
    "bleeding": {
        "en": "He's cut his arm badly and the blood won't stop",
        "es": "Se ha cortado el brazo y sangra muchísimo, no para",
        "fr": "Il s'est coupé le bras et ça saigne énormément",
        "de": "Er hat sich den Arm aufgeschnitten und blutet ganz stark",
    },
    "chest_pain": {
        "en": "I've got a crushing pain in my chest",
        "es": "Tengo un dolor muy fuerte en el pecho",
        "fr": "J'ai une douleur très forte dans la poitrine",
        "de": "Ich habe starke Schmerzen in der Brust",
    },
    "chemical_splash": {
        "en": "I've got acid in my eyes",
        "es": "Me ha entrado ácido en los ojos",
        "fr": "J'ai reçu de l'acide dans les yeux",
        "de": "Ich habe Säure in die Augen bekommen",
    },
    "violence": {
        "en": "There's a man here with a knife threatening people",
        "es": "Hay un hombre con un cuchillo amenazando a la gente",
        "fr": "Un homme armé d'un couteau menace les gens",
        "de": "Ein Mann mit einem Messer bedroht die Leute hier",
    },
}


@pytest.fixture(scope="module")
def line() -> Dialogue:
    return open_rooms(load_settings()).dialogue


@pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
@pytest.mark.parametrize("procedure", list(EMERGENCIES))
def test_the_first_line_of_the_right_procedure_comes_first(line, procedure, language):
    call = new_call(language=language)

    turn = line.hear(call, EMERGENCIES[procedure][language], NOON)

    owed = line.guide.library.procedure(procedure, language)
    assert turn.sentences[0].text == owed.first_line
    assert call.urgency.rank >= owed.urgency.rank
