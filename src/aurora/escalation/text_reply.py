"""What a text message answers: one plain answer with one code; who wrote it is for others."""

import re
from dataclasses import dataclass
from unicodedata import normalize

from aurora.escalation.incident import CODE_ALPHABET, CODE_LENGTH, Answer

ACCEPTING = frozenset({"ack", "ok", "yes", "si", "sí", "oui", "ja"})
ARRIVING = frozenset({"here", "arrived", "arrivé", "llegué"})
"""Said by nobody who is still on the way: "j'arrive" and "bin gleich da" are."""
DECLINING = frozenset({"no", "nack", "non", "nein", "cannot"})
DENYING = frozenset(
    {"not", "never", "nobody", "none", "nor", "neither", "without", "unable", "impossible"}
    | {"cant", "wont", "isnt", "arent", "dont", "didnt", "havent", "couldnt", "wouldnt", "aint"}
    | {"nicht", "nie", "niemals", "niemand", "nichts", "nix", "nee", "nö", "weder", "unmöglich"}
    | {"ne", "pas", "jamais", "personne", "aucun", "aucune", "ni", "sans"}
    | {"nunca", "jamás", "nadie", "tampoco", "imposible", "sin", "ningún", "ninguno", "ninguna"}
)
"""Beside one of these no word is a yes."""
_DENYING = re.compile(r"n['’´`]t\b|\bn['’´`]|\bkein\w*", re.IGNORECASE)
NOT_YET = frozenset(
    {"will", "ll", "be", "soon", "shortly", "almost", "nearly", "coming", "way", "later", "eta"}
    | {"when", "if", "until", "till", "yet", "before", "should", "would", "could", "might"}
    | {"gleich", "bald", "fast", "unterwegs", "werde", "komme", "wenn", "wann", "sobald"}
    | {"bientôt", "presque", "serai", "route", "quand", "lorsque", "dès"}
    | {"pronto", "casi", "cuando", "cuándo", "voy", "camino", "estaré", "dentro"}
    | {"sec", "min", "mins", "mn", "minute", "minutes", "minuten", "minuto", "minutos"}
    | {"h", "hour", "hours", "stunde", "stunden", "heure", "heures", "hora", "horas"}
)
"""Beside one of these nobody is there so far: "will be here in 20 min"."""
_NOT_YET = re.compile(r"\b(?:in|en|dans)\s+\d|\?", re.IGNORECASE)
_CODE = re.compile(f"[{CODE_ALPHABET}]{{{CODE_LENGTH}}}")
_LOOKS_LIKE_CODE = re.compile(rf"[A-Z0-9]{{{CODE_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class TextReply:
    """A text message understood: one answer and one code."""

    answer: Answer
    code: str
    """Well-formed or not: a wrong one counts as a guess."""

    @property
    def is_well_formed(self) -> bool:
        return _CODE.fullmatch(self.code) is not None


def read_text_reply(text: str) -> TextReply | None:
    """Return what a text message says; None unless it has one answer and one code, whatever else.

    "ACK K7M3QF", "ack k7m3qf on my way", "K7M3QF no", "HERE K7M3QF". Yes and no in one message are
    no answer, nor is a yes beside any "not": whoever is misread is counted on, or said to be there,
    while nobody comes; whoever is asked once more loses a moment.
    """
    text = normalize("NFC", text.replace("_", " "))
    words = re.findall(r"\w+", text)
    code, answer = _code(words), _answer(text, {word.lower() for word in words})
    return TextReply(answer, code) if answer is not None and code is not None else None


def _answer(text: str, said: set[str]) -> Answer | None:
    is_yes, is_no = not said.isdisjoint(ACCEPTING), not said.isdisjoint(DECLINING)
    arrives = not said.isdisjoint(ARRIVING)
    if is_no:
        return None if is_yes or arrives else Answer.DECLINE
    if not said.isdisjoint(DENYING) or _DENYING.search(text):
        return None
    if arrives and said.isdisjoint(NOT_YET) and not _NOT_YET.search(text):
        return Answer.ARRIVED
    return Answer.ACCEPT if is_yes else None


def _code(words: list[str]) -> str | None:
    codes = {word.upper() for word in words if _LOOKS_LIKE_CODE.fullmatch(word.upper())}
    exact = {code for code in codes if _CODE.fullmatch(code)}
    # Six letters are also words ("coming"): what can be a code goes first, digits next.
    found = exact or {code for code in codes if not code.isalpha()} or _spaced_code(words)
    return found.pop() if len(found) == 1 else None


def _spaced_code(words: list[str]) -> set[str]:
    """A code typed in groups: "ACK K7M 3QF"."""
    rest = [word for word in words if word.lower() not in ACCEPTING | ARRIVING | DECLINING]
    together = "".join(rest).upper()
    return {together} if _CODE.fullmatch(together) else set()
