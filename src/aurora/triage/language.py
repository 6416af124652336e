"""Tell which of the line's languages the words are in; staying with the call's language is free."""

import re
from collections.abc import Collection, Iterable, Mapping
from importlib import import_module
from typing import Any

from aurora.triage.text import normalise, unaccented, words

SWITCH_MARGIN = 1.5
"""How far another language must lead: one telling word, or two everyday ones."""
EVERYDAY_WEIGHT = 1.0
TELLING_WEIGHT = 2.0
"""A cry such as "fuego" switches alone: the wrong language costs more there than a needless one."""
SHAPE_WEIGHT = 0.6
"""An ending is a hint only: names and loan words have endings too."""
SURE = 0.9
"""From here on the model's word is enough: no short reply or name reached it when measured."""
FEWEST_WORDS = 3
"""Fewer words than this need a word of the language itself, not the model's feeling for it."""
MAX_WORDS = 60
"""The language shows early; a long transcript need not be read whole."""

"""A statistical model: text in, its likeliest language and the probability of it out."""

_TELLING: Mapping[str, str] = {
    "en": "fire burning smoke help leak trapped breathing bleeding unconscious hurt injured spill "
    "explosion collapsed stuck emergency fell hurry",
    "es": "fuego incendio humo ayuda ayudenme socorro auxilio fuga escape herido herida atrapado "
    "respira respirar sangre sangra sangrando quemado queme quemo quemadura desmayado despierta "
    "inconsciente emergencia derrame cayo caido exploto explotar ardiendo quema arde huele "
    "ambulancia bomberos peligro rapido",
    "fr": "feu incendie fumee secours aidez fuite blesse blessee coince respire saigne brule "
    "brulure evanoui inconscient urgence deversement tombe brulant vite pompiers explosion",
    "de": "feuer brennt brand rauch hilfe gasleck gasgeruch verletzt eingeklemmt atmet blutet "
    "bewusstlos notfall ausgelaufen gestürzt verbrannt raucht qualmt unfall stromschlag säure "
    "krankenwagen notarzt feuerwehr zusammengebrochen schnell",
}
"""Words of an emergency that mean one language; one that two languages share tells nothing."""

_EVERYDAY: Mapping[str, str] = {
    "en": "the and is are was were of to it its that this there with have has had for from been "
    "being he she they we you i my your his her their our not don't doesn't isn't it's i'm there's "
    "what where when who how why which can could should would will please yes just about into "
    "off out up down do does did me a in an am so man um er hat will also die arm water "
    "need someone something somebody everyone nobody here now",
    "es": "tres dos el los las "
    "un una unos unas es la esta estan son era fue hay de del al que en con por "
    "para como donde cuando quien cual porque se le lo me mi su sus nos y o pero si ya muy mas "
    "tengo tiene tienen hemos ha han puede puedo necesito alguien algo nadie aqui ahora esto ese "
    "eso nos casi cuanto cuando hombre compañero trabajador hola vuelve acaba voy va estaba "
    "soy somos estoy estamos sin sobre hasta desde todo todos gracias senor",
    "fr": "le la les un une des du au aux est sont etait ete il elle ils elles on nous vous je tu "
    "j'ai c'est n'est d'un d'une l'a qu'il y a dans sur avec pour par pas ne que qui quoi comment "
    "quand pourquoi et ou mais mon ma mes son sa ses notre votre ce cette ces de en avons avez ont "
    "suis etes fait faire peut besoin quelqu'un quelque personne oui merci ici maintenant tout "
    "tous bien tres plus chez",
    "de": "der die das den dem des ein eine einen einem einer ist sind war waren und oder aber "
    "nicht kein keine keiner ich du er sie es wir ihr mich mir ihm ihn uns mein meine sein seine "
    "hat habe haben hatte wird werden wurde kann muss soll will darf wie wo wann wer warum welche "
    "mit von auf für im in an am aus bei nach vor über unter zum zur vom hier da jetzt bitte ja "
    "noch schon auch nur sich gibt jemand etwas man alle ganz",
}

_ANYBODYS = frozenset(
    {"gas", "alarm", "zone", "tank", "ok", "okay", "no", "non"}
    | {"radio", "team", "test", "stop", "hallo", "sos"}
)
"""Words that pass between languages, whatever list they stand in."""

_SHAPES: Mapping[str, str] = {
    "en": r"(?:ing|ight|ness|tch|wn|ould)$|^(?:wh|kn)",
    "es": r"(?:cion|ciones|dad|mente|ando|iendo|ados?|adas?|idos?|illa|illo|ero|uela|aje)$",
    "fr": r"(?:eux|euse|ment|eaux?|ait|aient|eur|oir|elle|ette|ees?|ez|age|ois|ique)$"
    r"|^(?:l|d|j|qu|n|s|c|m)'",
    "de": r"(?:ung|ungen|keit|heit|lich|isch|cht|tzt|fen|gen|ten|sch|ckt|stoff|zeug|pf)$"
    r"|^(?:ge\w+t|sch|zw|pf)",
}


class TrainedModel:
    """py3langid's model (4 MB), restricted to the line's languages; silent until loaded."""

    def __init__(self, languages: Collection[str]) -> None:
        self._languages = list(languages)
        self._model: Any = None

    @property
    def is_loaded(self) -> bool:
        return self._model is not None

    def load(self) -> None:
        """Load it, 0.7 s with numpy: a line answers calls meanwhile, by the counts alone."""
        langid = import_module("py3langid.langid")
        model = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
        model.set_languages(self._languages)
        self._model = model

    def identify(self, text: str) -> tuple[str, float]:
        """Return the likeliest language and its probability, 0 to 1."""
        language, probability = self._model.classify(text)
        return language, float(probability)


class LanguageDetector:
    """Everyday words, words of emergencies and endings, counted; a model, if given, for the rest.

    The counts carry short cries, where a model is unsure; the model carries whole sentences.
    """

    def __init__(
        self,
        languages: Collection[str],
        common_words: Mapping[str, Collection[str]],
        model: TrainedModel | None = None,
    ) -> None:
        """languages: those the line speaks; common_words: more everyday words of each."""
        self._languages = tuple(languages)
        self._model = model
        self._everyday = {
            language: _folded(
                [*_EVERYDAY.get(language, "").split(), *common_words.get(language, ())]
            )
            for language in languages
        }
        self._telling = {
            language: _folded(_TELLING.get(language, "").split()) for language in languages
        }
        self._shapes = {
            language: re.compile(_SHAPES.get(language, r"(?!)")) for language in languages
        }

    def detect(self, text: str, current: str) -> str:
        """The language of the words; `current` unless another is clearly ahead of it."""
        scores = self.scores(text)
        counted = max(scores, key=lambda name: (scores[name], name == current), default=current)
        if scores.get(counted, 0.0) - scores.get(current, 0.0) < SWITCH_MARGIN:
            counted = current
        if self._model is None or not self._model.is_loaded or self._cries_in(text, counted):
            return counted
        likeliest, probability = self._model.identify(text.lower())
        if counted == likeliest:
            return counted
        # A sure model still does not overrule words that were understood: "fire in zone b".
        is_plausible = scores.get(likeliest, -1.0) >= scores.get(current, 0.0)
        if len(words(normalise(text))) < FEWEST_WORDS and not scores.get(likeliest):
            return current  # "hein?" is no German
        return likeliest if is_plausible and probability >= SURE else current

    def _cries_in(self, text: str, language: str) -> bool:
        return not self._telling.get(language, frozenset()).isdisjoint(words(normalise(text)))

    def scores(self, text: str) -> dict[str, float]:
        """Evidence for each language; a word counts by how few of the languages it belongs to."""
        totals = dict.fromkeys(self._languages, 0.0)
        for word in words(normalise(text))[:MAX_WORDS]:
            for language, weight in self._evidence(word).items():
                totals[language] += weight
        return totals

    def _evidence(self, word: str) -> dict[str, float]:
        if word in _ANYBODYS:
            return {}
        everyday = [language for language in self._languages if word in self._everyday[language]]
        telling = [language for language in self._languages if word in self._telling[language]]
        owners = {*everyday, *telling}
        if owners:
            if len(owners) == len(self._languages) > 1:
                return {}
            weight = TELLING_WEIGHT if telling == list(owners) else EVERYDAY_WEIGHT
            return dict.fromkeys(owners, weight / len(owners))
        if len(word) < 5 and "'" not in word:
            return {}
        shaped = [name for name in self._languages if self._shapes[name].search(word)]
        return dict.fromkeys(shaped, SHAPE_WEIGHT / len(shaped)) if shaped else {}


def _folded(raw: Iterable[str]) -> frozenset[str]:
    return frozenset(unaccented(word.lower()) for word in raw)
