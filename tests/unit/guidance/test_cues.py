"""What a caller asks for or who is calling is told from the words, in every language."""

import pytest

from aurora.guidance.cues import Cue, cues_in, where_asked
from aurora.site.model import LANGUAGES
from aurora.triage.text import Utterance, normalise
from tests.line import example_library
from tests.rows import each_row

TOLD: dict[Cue, dict[str, list[str]]] = {
    Cue.EXIT: {
        "en": ["Which way out?", "which exit?", "Where's the nearest exit?", "How do I get out?"],
        "es": ["¿Por dónde salgo?", "¿Cuál es la salida?", "¿Dónde está la salida?"],
        "fr": ["Par où on sort ?", "Quelle sortie ?", "Où est la sortie ?"],
        "de": ["Wo ist der Ausgang?", "Welchen Ausgang nehmen wir?", "Wie kommen wir hier raus?"],
    },
    Cue.MUSTER: {
        "en": ["Where do we go?", "where is the muster point", "Where should I go now?"],
        "es": ["¿A dónde vamos?", "¿Dónde está el punto de encuentro?"],
        "fr": ["Où est-ce qu'on va ?", "Où est le point de rassemblement ?"],
        "de": ["Wohin sollen wir gehen?", "Wo ist der Sammelplatz?"],
    },
    Cue.AED: {
        "en": ["Where is the AED?", "where's the defibrillator", "Is there an AED here?"],
        "es": ["¿Dónde está el desfibrilador?", "¿Dónde hay un DEA?"],
        "fr": ["Où est le défibrillateur ?", "Il y a un DAE ici ?"],
        "de": ["Wo ist der Defi?", "Wo hängt der Defibrillator?"],
    },
    Cue.EYEWASH: {
        "en": ["Where is the eyewash?"],
        "es": ["¿Dónde hay un lavaojos?"],
        "fr": ["Où est le lave-œil ?"],
        "de": ["Wo ist die Augendusche?"],
    },
    Cue.SHOWER: {
        "en": ["Where is the emergency shower?"],
        "es": ["¿Dónde está la ducha?"],
        "fr": ["Où est la douche ?"],
        "de": ["Wo ist die Notdusche?"],
    },
    Cue.FAINT: {
        "en": ["I'm going to faint", "I feel so sleepy", "my head is spinning"],
        "es": ["me voy a desmayar", "tengo mucho sueño", "se me va la cabeza"],
        "fr": ["je vais m'évanouir", "j'ai sommeil", "j'ai des vertiges"],
        "de": ["ich werde ohnmächtig", "mir wird schwarz vor Augen", "ich bin so müde"],
    },
    Cue.OVER: {
        "en": ["The fire's out.", "we put it out", "there are no flames any more"],
        "es": ["ya lo apagamos", "se extinguió solo", "está controlado"],
        "fr": ["c'est éteint", "il n'y a plus de flammes", "c'est fini"],
        "de": ["Das Feuer ist aus.", "wir haben es gelöscht", "es brennt nicht mehr"],
    },
    Cue.THERE: {
        "en": ["there's an AED here", "we have a defibrillator"],
        "es": ["hay un desfibrilador aquí", "hay una ducha de emergencia a mi lado"],
        "fr": ["il y a un défibrillateur ici", "il y a une douche juste à côté"],
        "de": ["hier gibt es einen Defi", "hier haben wir eine Augendusche"],
    },
    Cue.NEXT: {
        "en": [
            *("What now?", "what next", "And then?", "Okay, what do I do now?"),
            *(
                "what should I do?",
                "what can I do",
                "Tell me what to do!",
                "just tell me what to do",
            ),
            *("what do I need to do", "how can I help him", "What am I supposed to do?"),
            *("I don't know what to do", "oh god what should we do", "what do you want me to do"),
        ],
        "es": [
            *("¿Y ahora qué?", "¿Qué hago ahora?", "¿y luego?"),
            *(
                "¿Qué puedo hacer?",
                "dime qué hago",
                "dígame qué tengo que hacer",
                "¿qué debo hacer?",
            ),
            *("no sé qué hacer", "¿cómo le ayudo?", "por favor, ¿qué hacemos?", "¿y yo qué hago?"),
        ],
        "fr": [
            *("Et maintenant ?", "et après ?", "Qu'est-ce que je fais maintenant ?"),
            *("dites-moi quoi faire", "qu'est-ce que je peux faire ?", "que puis-je faire"),
            *(
                "je ne sais pas quoi faire",
                "comment je peux l'aider ?",
                "qu'est-ce qu'on doit faire",
            ),
            *("dites-moi ce que je dois faire", "qu'est-ce qu'il faut faire", "je dois faire quoi"),
        ],
        "de": [
            *("Was jetzt?", "und dann?", "Wie geht es weiter?"),
            *(
                "was soll ich machen",
                "was soll ich denn jetzt tun",
                "sagen Sie mir, was ich tun soll",
            ),
            *("ich weiß nicht, was ich tun soll", "wie kann ich ihm helfen?", "was können wir tun"),
            *("was muss ich machen", "was mache ich jetzt", "was kann man da machen"),
        ],
    },
    Cue.SHUT_IN: {
        "en": ["We can't get out", "The stairs are full of smoke.", "I'm stuck in the office"],
        "es": ["No puedo salir", "La escalera está llena de humo.", "Estamos encerrados"],
        "fr": ["On ne peut pas sortir", "Le couloir est plein de fumée.", "Je suis coincé"],
        "de": ["Ich komme nicht raus", "Die Treppe ist voller Rauch.", "Wir sitzen im Büro fest"],
    },
    Cue.QUIET: {
        "en": ["I have to whisper", "I can't talk"],
        "es": ["tengo que susurrar", "No puedo hablar"],
        "fr": ["je dois chuchoter", "Je ne peux pas parler"],
        "de": ["Ich muss flüstern", "Ich kann nicht sprechen"],
    },
    Cue.HIDES: {
        "en": ["I can't talk, he can hear me", "I'm hiding under the desk"],
        "es": ["me va a oír", "estoy escondido en el baño"],
        "fr": ["il peut m'entendre", "je me cache"],
        "de": ["er hört mich", "sie dürfen mich nicht hören"],
    },
    Cue.BLEEDS: {
        "en": ["he is bleeding a lot", "there is blood everywhere", "two fingers gone"],
        "es": ["sangra mucho", "se ha cortado la mano"],
        "fr": ["il saigne beaucoup", "une plaie profonde"],
        "de": ["er blutet stark", "eine tiefe Schnittwunde"],
    },
    Cue.CHILD: {
        "en": ["I'm eight", "I'm 9 years old", "My dad fell down"],
        "es": ["tengo ocho años", "mi papá no se mueve"],
        "fr": ["j'ai huit ans", "mon papa est tombé"],
        "de": ["ich bin acht", "mein Papa ist gestürzt"],
    },
    Cue.SELF_HURT: {
        "en": ["I cut myself", "my chest hurts"],
        "es": ["me corté la mano", "me duele el pecho"],
        "fr": ["je me suis coupé", "j'ai mal à la poitrine"],
        "de": ["ich habe mich geschnitten", "meine Brust tut weh"],
    },
    Cue.BLAST: {
        "en": ["It went off, there was a bang!", "We heard a loud explosion.", "it has exploded"],
        "es": ["¡Ha explotado!", "se oyó una explosión", "explotó la bomba"],
        "fr": ["Ça a explosé !", "on a entendu une détonation", "la bombe vient d'exploser"],
        "de": ["Es hat geknallt!", "die Bombe ist explodiert", "es gab eine Explosion"],
    },
    Cue.SMARTS: {
        "en": [
            "It's burning, it's burning so bad!",
            "My eyes are on fire.",
            "burning so much",
            "His skin is still burning.",
            "Oh god it burns like hell.",
        ],
        "es": ["Me quema, me quema mucho.", "Le arden los ojos.", "¡Está ardiendo!", "quema mucho"],
        "fr": ["Ça brûle, ça brûle beaucoup !", "Ses yeux brûlent.", "ça me brûle la peau"],
        "de": [
            "Es brennt furchtbar auf der Haut.",
            "es brennt so sehr",
            "Mir brennen die Augen!",
            "Brennt höllisch!",
        ],
    },
    Cue.ELSEWHERE: {
        "en": ["The fire alarm is ringing.", "There's a fire next door.", "He breathed in gas."],
        "es": ["Suena la alarma.", "Hay fuego en la nave de al lado.", "Hubo una explosión."],
        "fr": ["J'entends l'alarme.", "Il y a le feu à côté.", "Il y a eu une explosion."],
        "de": ["Der Feueralarm geht.", "Nebenan brennt es.", "Es gab eine Explosion."],
    },
    Cue.WHETHER: {
        "en": ["Should I check if the door is hot?", "I don't know if the stairs are clear."],
        "es": ["¿Compruebo si la puerta está caliente?", "No sé si la escalera está libre."],
        "fr": ["Est-ce que je dois vérifier si la porte est chaude ?"],
        "de": ["Soll ich prüfen, ob die Tür heiß ist?", "Ich weiß nicht, ob der Weg frei ist."],
    },
    Cue.STAYS: {
        "en": ["I can't move him.", "I won't leave him.", "She's too heavy."],
        "es": ["No puedo moverlo.", "No lo voy a dejar.", "Pesa mucho."],
        "fr": ["Je peux pas le bouger.", "Je ne le laisse pas.", "Il est trop lourd."],
        "de": ["Ich kann ihn nicht bewegen.", "Ich lasse ihn nicht hier.", "Er ist zu schwer."],
    },
    Cue.FAR: {
        "en": ["We're fine, it's far away.", "It's a false alarm.", "It's over.", "Not here."],
        "es": ["Está muy lejos.", "Es una falsa alarma.", "Ya pasó.", "Aquí no hay nada."],
        "fr": ["C'est loin d'ici.", "C'est une fausse alerte.", "C'est fini.", "Pas ici."],
        "de": ["Das ist weit weg.", "Das ist ein Fehlalarm.", "Es ist vorbei.", "Nicht hier."],
    },
    Cue.FLED: {
        "en": ["They ran away.", "He's gone."],
        "es": ["Se fueron corriendo.", "Ha huido."],
        "fr": ["Ils se sont enfuis.", "Il est parti."],
        "de": ["Die sind weggelaufen.", "Er ist abgehauen."],
    },
    Cue.WELL: {
        "en": ["I'm fine", "We are all safe", "I am out of there", "okay I will do that, bye"],
        "es": ["Estoy bien", "ya estamos a salvo", "vale, adiós"],
        "fr": ["Je vais bien", "on est dehors", "merci, au revoir"],
        "de": ["Mir geht es gut", "Wir sind in Sicherheit", "ja, tschüss"],
    },
}
SAID = [
    (cue, language, words)
    for cue, by_language in TOLD.items()
    for language, lines in by_language.items()
    for words in lines
]
NOT_TOLD = [
    ("en", "The gate is stuck."),
    ("en", "He is out."),
    ("en", "I'm eight metres up on the scaffold."),
    ("en", "He doesn't know what happened next to the press."),
    ("en", "I am not hurt."),
    ("en", "How do I use the extinguisher?"),
    ("en", "What does the pump do?"),
    ("en", "Can I help you?"),
    ("en", "What do you do?"),
    ("es", "¿Cómo se usa el extintor?"),
    ("es", "¿Qué hace la bomba?"),
    ("es", "¿Qué hago con la válvula?"),
    ("fr", "Comment utiliser l'extincteur ?"),
    ("fr", "Que fait la pompe ?"),
    ("de", "Wie benutze ich den Feuerlöscher?"),
    ("de", "Was macht die Pumpe?"),
    ("de", "Wie geht es ihm?"),
    ("en", "I'm not safe here."),
    ("en", "Tell me if I am safe."),
    ("en", "I am safe but Tom is not."),
    ("en", "It will explode at three o'clock."),
    ("en", "No, nothing has exploded yet."),
    ("en", "It hasn't gone off."),
    ("en", "It could blow up any moment."),
    ("es", "Va a explotar a las tres."),
    ("es", "Todavía no ha explotado nada."),
    ("fr", "Elle va exploser à trois heures."),
    ("fr", "Non, rien n'a explosé."),
    ("de", "Sie explodiert um drei Uhr."),
    ("de", "Nein, es ist noch nichts explodiert."),
    ("en", "It's not a false alarm."),
    ("en", "The exit is far away."),
    ("en", "The ambulance isn't here yet."),
    ("en", "He's not here."),
    ("es", "Nadie está aquí."),
    ("de", "Er ist nicht hier."),
    ("es", "La salida está muy lejos."),
    ("fr", "La sortie est loin."),
    ("de", "Der Ausgang ist weit weg."),
    ("de", "Das ist nicht weit weg."),
    ("es", "No estoy bien."),
    ("fr", "Je ne suis pas dehors."),
    ("de", "Mir geht es nicht gut."),
    ("es", "¿Me escucha?"),
    ("es", "La puerta está cerrada."),
    ("fr", "Vous m'entendez ?"),
    ("fr", "La sortie est bloquée."),
    ("de", "Können Sie mich hören?"),
    ("de", "Der Ausgang ist versperrt."),
]


def cues(language: str, words: str) -> frozenset[Cue]:
    return cues_in(Utterance(normalise(words)).flat, language, is_asked="?" in words)


@each_row(("cue", "language", "words"), SAID)
def test_a_cue_is_heard_in_every_language(cue, language, words):
    assert cue in cues(language, words)


@each_row(("language", "words"), NOT_TOLD)
def test_other_words_show_nothing(language, words):
    assert cues(language, words) <= {Cue.SHUT_IN, Cue.ELSEWHERE}


@pytest.mark.parametrize("cue", Cue)
def test_every_cue_is_known_in_every_language(cue):
    assert set(TOLD[cue]) == set(LANGUAGES)


@pytest.mark.parametrize(
    ("language", "words"),
    [(language, words) for language, lines in TOLD[Cue.THERE].items() for words in lines],
)
def test_who_tells_that_it_is_there_does_not_ask_where(language, words):
    assert where_asked(cues(language, words)) is None


@pytest.mark.parametrize(
    ("language", "words", "asked"),
    [
        ("en", "Is there an AED here?", Cue.AED),
        ("es", "¿Hay un desfibrilador aquí?", Cue.AED),
        ("es", "hay un desfibrilador por aquí", Cue.AED),
        ("es", "¿hay una ducha cerca?", Cue.SHOWER),
        ("fr", "Il y a un défibrillateur ici ?", Cue.AED),
        ("fr", "il y a un lave-œil près d'ici", Cue.EYEWASH),
        ("de", "Gibt es hier eine Notdusche?", Cue.SHOWER),
        ("de", "Haben wir hier einen Defi?", Cue.AED),
    ],
)
def test_the_same_words_asked_are_a_question(language, words, asked):
    assert where_asked(cues(language, words)) is asked


def test_a_language_without_cues_has_none():
    assert cues("pl", "where is the exit") == frozenset()


def test_the_way_out_comes_before_what_else_is_asked():
    assert where_asked(frozenset({Cue.AED, Cue.EXIT, Cue.NEXT})) is Cue.EXIT
    assert where_asked(frozenset({Cue.NEXT})) is None


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "I'm alone here"),
        ("es", "Estoy solo aquí"),
        ("fr", "Je suis seul ici"),
        ("de", "Ich bin allein hier"),
    ],
)
def test_whoever_is_alone_is_not_shut_in(language, words):
    assert Cue.SHUT_IN not in cues(language, words)


def test_every_example_of_an_answer_that_needs_a_cue_shows_it():
    missed = [
        (one.reference, reply.id, heard)
        for one in example_library().procedures.values()
        for reply in one.replies
        if reply.needs is Cue.SHUT_IN
        for heard in reply.heard
        if reply.needs not in cues(one.language, heard)
    ]

    assert missed == []


def test_every_answer_that_shuts_the_caller_in_needs_words_of_it():
    staying = {"trapped", "cannot_leave", "blocked", "blocked_exit"}
    others = {("muster", "en"), ("unsafe_condition", "es"), ("severe_weather", "de")}
    others |= {("explosion", "de")}  # also answers "it gets worse"
    free = {
        (one.procedure, one.language)
        for one in example_library().procedures.values()
        for reply in one.replies
        if reply.id in staying and reply.needs is None and not reply.is_general
    }

    assert free == others


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_example_of_an_answer_shows_the_cue_that_the_answer_needs(language: str) -> None:
    """What an example means is near to itself: without the cue it would still not be found."""
    procedures = [one for (_, own), one in example_library().procedures.items() if own == language]
    missed = {
        line
        for one in procedures
        for reply in one.replies
        if reply.needs is Cue.OVER
        for line in reply.heard
        if Cue.OVER not in cues_in(normalise(line), language)
    }

    assert not missed


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "the door is hot"),
        ("en", "doors closed, alarm pulled"),
        ("es", "la puerta está caliente"),
        ("es", "la puerta ya está cerrada"),
        ("fr", "la porte est brûlante"),
        ("de", "die Tür ist heiß"),
        ("de", "die Tür ist jetzt zu"),
    ],
)
def test_a_hot_or_closed_door_is_no_fire_that_went_out(language: str, words: str) -> None:
    assert Cue.OVER not in cues_in(normalise(words), language)
