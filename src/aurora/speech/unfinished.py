"""Tell from the words alone how a caller's sentence stands; knows nothing of time or sound.

Wrong either way costs little (a short wait, or one report in two turns), so words are judged by
what most often follows them. Endings that matter most are "no", "zone A" and "il ne respire pas":
each looks dangling to a list of articles and negations, and each must be answered at once.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto


class Ending(Enum):
    """How the words so far end."""

    COMPLETE = auto()
    """A whole contribution: it closes with a place, a hazard, "please", or is a question."""
    OPEN = auto()
    """Could end here or go on; a full stop says little, for Whisper closes "I got acid." too."""
    DOUBTFUL = auto()
    """Usually goes on, but sentences do end so: "he fell over", "where he is"."""
    DANGLING = auto()
    """Asks for more: an article, a preposition, "zone", half a number."""


@dataclass(frozen=True, slots=True)
class _Words:
    dangling: frozenset[str]
    doubtful: frozenset[str]
    linking: frozenset[str]
    """Verbs that dangle, unless the sentence asked where or who: "I don't know where he is"."""
    asking: frozenset[str]
    numbered: frozenset[str]
    """What is named by a letter or number, which is still to come."""
    places: frozenset[str]
    """The same, unless an article stands before: "at line" goes on, "on the line" need not."""
    closing: frozenset[str]
    tens: frozenset[str]
    digits: frozenset[str]


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ENGLISH = _Words(
    dangling=_listed(
        """a an the my his their our your its every and or but so because if while who which in at
        by to from of with without for into onto near next between than as i we he she they it's
        there's he's she's i'm we're they're that's and's like very really just um uh er erm about
        toward towards beside another before after until during"""
    ),
    doubtful=_listed(
        """no not on over under above below behind inside outside around through this that these
        those some any her what where when how why also then can could will would should do does
        did"""
    ),
    linking=_listed("is are was were has have had be been am being isn't aren't gets got"),
    asking=_listed("where what who how why which whether if"),
    numbered=_listed("zone number reactor conveyor extension"),
    places=_listed("line valve door exit gate bay level floor pump tank row aisle unit press"),
    closing=_listed(
        """please help now fire smoke gas breathing breathe unconscious bleeding trapped stuck
        leaking leak burning burned burnt explosion exploded collapsed hurt injured dead quickly
        hurry fast here spill spilled acid ammonia chlorine electrocuted fallen fell moving
        responding evacuating everywhere eyes hand arm leg face chest head yes yeah okay ok"""
    ),
    tens=_listed("twenty thirty forty fifty sixty seventy eighty ninety hundred thousand point"),
    digits=_listed("zero oh one two three four five six seven eight nine"),
)
_SPANISH = _Words(
    dangling=_listed(
        """el la los las un una unos unas mi mis su sus y e o u pero porque si mientras que en a al
        de del con sin para por sobre bajo entre hasta desde hacia contra se me le les nos muy eh
        pues como tan hay estoy soy tengo tenemos aunque cuando"""
    ),
    doubtful=_listed(
        """no este esta esto ese esa eso cerca junto dentro fuera encima debajo detrás más donde
        dónde quien quién qué"""
    ),
    linking=_listed("es son está están estaba estaban era ha han he hemos había fue"),
    asking=_listed("dónde donde qué quién cómo"),
    numbered=_listed("zona número reactor extensión"),
    places=_listed("línea válvula puerta salida tanque nave planta bomba prensa"),
    closing=_listed(
        """favor ayuda ahora fuego incendio humo gas respira inconsciente sangrando sangra atrapado
        atrapada fuga explosión explotado herido herida heridos muerto rápido aquí ácido amoniaco
        amoníaco cloro mueve responde quemado quemada caído caída sí vale"""
    ),
    tens=_listed("treinta cuarenta cincuenta sesenta setenta ochenta noventa cien ciento mil coma"),
    digits=_listed("cero uno dos tres cuatro cinco seis siete ocho nueve"),
)
_FRENCH = _Words(
    dangling=_listed(
        """le la les l un une des du de d mon ma mes son sa ses notre nos leur leurs ce cet cette
        ces et ou mais parce car si quand pendant qui que qu dans en à au aux avec sans pour par
        sur sous entre vers chez contre jusqu je j c n ne on il elle ils elles très euh ben comme
        y près"""
    ),
    doubtful=_listed("""où quoi derrière devant dessous dessus dedans dehors"""),
    linking=_listed("est sont suis sommes a ont ai avons était étaient avait c'est j'ai"),
    asking=_listed("où quoi qui comment"),
    numbered=_listed("zone numéro réacteur poste"),
    places=_listed("ligne vanne porte sortie étage pompe cuve presse"),
    closing=_listed(
        """plaît plait aide secours maintenant feu incendie fumée gaz pas plus inconscient
        inconsciente saigne coincé coincée fuite explosion explosé blessé blessée blessés mort
        vite ici acide ammoniac chlore brûlé brûlée tombé tombée oui non"""
    ),
    tens=_listed("vingt trente quarante cinquante soixante quatre-vingt cent mille virgule"),
    digits=_listed("zéro un deux trois quatre cinq six sept huit neuf"),
)
_GERMAN = _Words(
    dangling=_listed(
        """der die das den dem des ein eine einen einem einer eines mein meine meinen meinem sein
        seine seinen ihre ihren unser unsere dieser diese dieses diesen und oder aber weil wenn
        während dass in im ins am bei beim für zum zur von vom nach neben hinter zwischen ohne
        gegen ich wir er sehr ganz äh ähm kein keine keinen"""
    ),
    # Most German prepositions also close a sentence as half of a verb: "Gas tritt aus".
    doubtful=_listed(
        """an auf aus ein mit zu um unter über vor durch also als sie es ihr wo wer was kann können
        wird werden muss soll"""
    ),
    linking=_listed("ist sind war waren bin haben hat habe hatte"),
    asking=_listed("wo wer was wie warum weil dass wenn der die das"),
    numbered=_listed("zone nummer reaktor durchwahl"),
    places=_listed("linie ventil tür tor ausgang halle ebene pumpe tank presse"),
    closing=_listed(
        """bitte hilfe jetzt feuer brand rauch gas nicht mehr bewusstlos blutet eingeklemmt leck
        explosion explodiert verletzt verletzte tot schnell hier da säure ammoniak chlor verbrannt
        gestürzt gefallen ja nein"""
    ),
    tens=_listed("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig hundert komma"),
    digits=_listed("null eins zwei zwo drei vier fünf sechs sieben acht neun"),
)
_LANGUAGES = {"en": _ENGLISH, "es": _SPANISH, "fr": _FRENCH, "de": _GERMAN}

_ARTICLES = _listed("the a an my this our el la un una mi le l ma der die das dem den einem einer")
_YES_OR_NO = _listed("yes yeah no sí oui non ja nein help hilfe ayuda socorro")
_AS_A_QUESTION = dict.fromkeys(Ending, Ending.COMPLETE) | {Ending.DANGLING: Ending.DOUBTFUL}
TELEPHONE_DIGITS = 7
_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_ABOUT_NUMBERS = re.compile(
    r"\b(?:call me|phone|teléfono|téléphone|telefon|número de|rappel)", re.I
)


def ending(partial: str, language: str) -> Ending:
    """Return how the words end; languages without lists are judged by their punctuation."""
    text = partial.strip()
    tokens = [token.replace("’", "'") for token in _TOKEN.findall(text.lower())]
    if not tokens:
        return Ending.OPEN
    if text.endswith(("..", "…", ",", "-", "–", "—")):
        return Ending.DANGLING
    words = _LANGUAGES.get(language.partition("-")[0])
    judged = _by_number(text, tokens, words) or _by_last_word(tokens, words) if words else None
    if text.endswith("?"):
        return _AS_A_QUESTION[judged or Ending.OPEN]
    if text.endswith("!"):
        return judged or Ending.COMPLETE
    return judged or Ending.OPEN


def _by_number(text: str, tokens: list[str], words: _Words) -> Ending | None:
    digits = "".join(_digits(token, words) for token in tokens)
    if _ABOUT_NUMBERS.search(text) and 0 < len(digits) < TELEPHONE_DIGITS:
        return Ending.DANGLING
    if len(tokens) == 1:
        is_answer = tokens[0] in _YES_OR_NO or len(tokens[0]) == 1 or bool(digits)
        return Ending.COMPLETE if is_answer else None
    is_named = len(tokens[-1]) == 1 or bool(_digits(tokens[-1], words))
    if is_named and tokens[-2] in words.numbered | words.places:
        return Ending.COMPLETE
    return Ending.DOUBTFUL if tokens[-1] in words.tens else None


def _digits(token: str, words: _Words) -> str:
    if token.isdecimal():
        return token
    return "0" if token in words.digits else ""


def _by_last_word(tokens: list[str], words: _Words) -> Ending | None:
    last = tokens[-1]
    elided = last.rpartition("'")[2]
    if last in words.closing and len(tokens) > 1:
        return Ending.COMPLETE
    if last in words.numbered or last in words.dangling or elided in words.dangling:
        return Ending.DANGLING
    if last in words.linking or elided in words.linking:
        return Ending.DOUBTFUL if words.asking.intersection(tokens[:-1]) else Ending.DANGLING
    if last in words.places:
        return None if _ARTICLES.intersection(tokens[-3:-1]) else Ending.DOUBTFUL
    return Ending.DOUBTFUL if last in words.doubtful and len(tokens) > 1 else None
