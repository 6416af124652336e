"""Which place was meant: the site's zones as people say them and recognisers hear them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict
from rapidfuzz import fuzz, process

from aurora.site.model import Site, spoken
from aurora.site.yaml_file import read_yaml
from aurora.triage.assessment import Place
from aurora.triage.text import unaccented, unaccented_pattern

SURE = 1.0
SOUNDS_LIKE = 0.6
"""Below `CONFIRM_BELOW`: the caller is asked whether this was meant."""
ONE_OF_SEVERAL = 0.7
BARE_LETTER = 0.9
CONFIRM_BELOW = 0.8

LONGEST_EVERYDAY_SOUND = 3
"""Letters: "see", "hey", "des"; the words people spell with ("bravo", "dora") are longer."""

FUZZY_CUTOFF = 86.0
"""Percent (rapidfuzz ratio). Misheard aliases score 86 to 95, other places under 80."""


class PlaceWords(BaseModel):
    """One language's section of places.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zone_words: list[str]
    zone_sounds: list[str]
    letters: dict[str, list[str]]
    weak_letters: list[str]
    """Letter sounds that are everyday words: they count only where the clause ends."""
    numbers: dict[str, int]
    articles: list[str]
    """Numbers that are articles too ("in der Halle ein Feuer")."""
    begins: list[str]
    """Words that no article stands before: what is said after a place, begun anew."""
    numbered: list[str]
    named: list[str]
    not_named: list[str]
    after: list[str]
    denies: list[str]
    corrects: list[str]
    caller: list[str]
    """Patterns that end right before a place where the caller says they are."""

    def unaccented(self) -> "PlaceWords":
        """The same words as normalised text has them."""
        return PlaceWords.model_validate(_unaccented(self.model_dump()))


@dataclass(frozen=True, slots=True)
class _Mention:
    place: Place
    start: int
    end: int
    is_callers: bool = False
    """The caller says that they are there, whatever happens elsewhere."""


class PlaceFinder:
    """Finds places in one language's words for one site."""

    def __init__(self, site: Site, language: str, words: PlaceWords) -> None:
        self._spelt = {unaccented(word): word for word in _literals(words) if word.isalpha()}
        self._words = words = words.unaccented()
        self._zone_of: dict[str, str] = {}
        self._aliases: dict[str, str] = {}
        for zone in site.zones:
            name = unaccented(spoken(zone.name, language).lower())
            designator = self._designator_of(name)
            if designator is None:
                self._aliases[name] = zone.id
            else:
                self._zone_of[designator] = zone.id
            for alias in zone.aliases.get(language, []):  # type: ignore[call-overload]
                self._aliases[unaccented(alias.lower())] = zone.id
        self._designators = {
            **{sound: letter for letter, sounds in words.letters.items() for sound in sounds},
            **{word: str(number) for word, number in words.numbers.items()},
        }
        self._compile()

    def _designator_of(self, name: str) -> str | None:
        head, _, tail = name.rpartition(" ")
        return tail if head in self._words.zone_words else None

    def _compile(self) -> None:
        words = self._words
        weak = rf"(?:{_any(words.weak_letters)})(?!['\w])(?! *(?:$|[,.;!?]))"
        designator = (
            rf"(?!{weak})(?P<designator>{_any(self._designators)}|\d{{1,3}}|[a-z])(?!['\w])"
        )
        article = rf"(?:{_any(words.articles)}) (?!(?:{_any(words.begins)})(?!['\w]))\w"
        self._exact = re.compile(
            rf"\b(?P<word>{_any(words.zone_words)})[ -]+(?!{article}){designator}"
        )
        self._sounds = re.compile(
            rf"(?:^|\b(?:{_any(words.after)}|here|it's|its|this is) )"
            rf"(?:{_any(words.zone_sounds)}) {designator}"
        )
        self._bare = re.compile(
            rf"(?:^|\b(?:{_any([*words.corrects, *words.after])}),? )"
            rf"(?:the )?{designator}(?=$|[ ,.!?])"
        )
        self._numbered = re.compile(
            rf"\b(?P<word>{_any(words.numbered)}) (?:number |no\.? ?(?!one\b))?(?!{article})"
            rf"(?P<designator>{_any(words.numbers)}|\d{{1,3}}|[b-h])(?!['\w])"
        )
        self._named = re.compile(rf"\b(?:{'|'.join(words.named)})\b")
        self._denied = re.compile(rf"\b(?:{_any(words.denies)})(?: \w+)? $")
        self._corrects = re.compile(rf"\b(?:{_any(words.corrects)})\b")
        self._caller = re.compile(rf"\b(?:{'|'.join(words.caller)}) $")
        self._alias = re.compile(rf"\b(?:{_any(self._aliases)})\b") if self._aliases else None

    def find(self, text: str, *, is_expected: bool = False) -> Place | None:
        """Return the place meant in normalised text, or None.

        `is_expected`: the caller was just asked where they are, or takes a place back, so a bare
        letter counts too.
        """
        mentions = self._said(text)
        if mentions:
            return self._choose(text, mentions)
        if is_expected and (bare := self._bare_designator(text)):
            return bare
        return self._fuzzy_alias(text) or self._elsewhere(text)

    def of_caller(self, text: str) -> Place | None:
        """Return the zone that the caller says they are in themselves, in normalised text."""
        theirs = [m for m in self._said(text) if m.is_callers and m.place.is_known]
        return self._choose(text, theirs) if theirs else None

    def _said(self, text: str) -> list[_Mention]:
        """The zones named and not denied, in order."""
        return [
            replace(mention, is_callers=bool(self._caller.search(text[: mention.start])))
            for mention in self._zones(text)
            if not self._denied.search(text[: mention.start])
        ]

    def _zones(self, text: str) -> list[_Mention]:
        found = [
            self._designated(match, SOUNDS_LIKE if _is_article(text, match) else SURE)
            for match in self._exact.finditer(text)
        ]
        if self._alias:
            found += [self._aliased(match) for match in self._alias.finditer(text)]
        if not found:
            found = [
                self._designated(match, SOUNDS_LIKE)
                for match in self._sounds.finditer(text)
                if self._designator(match) in self._zone_of
            ]
        return sorted(found, key=lambda mention: mention.start)

    def _choose(self, text: str, mentions: list[_Mention]) -> Place:
        """The corrected one, else the first that the caller is not in themselves; in doubt when
        there are several."""
        surest = max(mention.place.confidence for mention in mentions)
        mentions = [m for m in mentions if m.place.confidence == surest]
        known = [m for m in mentions if m.place.is_known] or mentions
        if len({m.place.zone_id or m.place.said for m in known}) == 1:
            return known[0].place
        last = known[-1]
        if self._corrects.search(text[known[0].end : last.start]):
            return last.place
        elsewhere = [m for m in known if not m.is_callers]
        if len({m.place.zone_id or m.place.said for m in elsewhere}) == 1:
            return elsewhere[0].place
        return replace(known[0].place, confidence=ONE_OF_SEVERAL)

    def _designator(self, match: re.Match[str]) -> str:
        said = match["designator"]
        return self._designators.get(said, said)

    def _designated(self, match: re.Match[str], confidence: float) -> _Mention:
        designator = self._designator(match)
        word = match.groupdict().get("word") or self._words.zone_words[0]
        place = Place(
            said=f"{self._as_spelt(word)} {designator.upper()}",
            zone_id=self._zone_of.get(designator),
            confidence=confidence,
            is_zone_name=word in self._words.zone_words,
        )
        return _Mention(place, match.start(), match.end())

    def _aliased(self, match: re.Match[str]) -> _Mention:
        place = Place(said=match[0].capitalize(), zone_id=self._aliases[match[0]])
        return _Mention(place, match.start(), match.end())

    def _bare_designator(self, text: str) -> Place | None:
        for match in reversed(list(self._bare.finditer(text))):
            if self._designator(match) in self._zone_of and not _is_everyday_word(text, match):
                return self._designated(match, BARE_LETTER).place
        return None

    def _fuzzy_alias(self, text: str) -> Place | None:
        """An alias of two words or more that was nearly heard: "loading duck"."""
        for alias, window in self._windows(text):
            if fuzz.ratio(alias, window) >= FUZZY_CUTOFF:
                return Place(alias.capitalize(), self._aliases[alias], SOUNDS_LIKE)
        return None

    def _windows(self, text: str) -> Iterator[tuple[str, str]]:
        tokens = text.split()
        for size in (2, 3, 4):
            aliases = [alias for alias in self._aliases if len(alias.split()) == size]
            for start in range(len(tokens) - size + 1):
                window = " ".join(tokens[start : start + size])
                best = process.extractOne(window, aliases, scorer=fuzz.ratio)
                if best is not None:
                    yield best[0], window

    def _elsewhere(self, text: str) -> Place | None:
        """A place of the field that is no zone of this site: "hall 7", "the boiler house"."""
        for match in self._numbered.finditer(text):
            return self._designated(match, SURE).place
        for match in self._named.finditer(text):
            said = re.sub(r"^(?:the|a|an|in|at|of|and) ", "", match[0])
            if said not in self._words.not_named and match[0] not in self._words.not_named:
                return Place(said=self._as_spelt(said))
        return None

    def _as_spelt(self, said: str) -> str:
        """The words with their accents, as far as places.yaml spells them: they may be spoken."""
        return " ".join(self._spelt.get(word, word) for word in said.split()).capitalize()


def _literals(words: PlaceWords) -> list[str]:
    return [
        word for name in (*words.zone_words, *words.numbered, *words.named) for word in name.split()
    ]


def _unaccented(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unaccented(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_unaccented(inner) for inner in value]
    return unaccented_pattern(value) if isinstance(value, str) else value


def _is_article(text: str, match: re.Match[str]) -> bool:
    """ "In the zone a man fell": the letter may be an article."""
    before_a_word = re.match(r" [a-z]", text[match.end() :]) is not None
    return match["designator"] == "a" and before_a_word and text[: match.start()].endswith("the ")


def _is_everyday_word(text: str, match: re.Match[str]) -> bool:
    """ "A man fell", "in a tank", "see for yourself": with words after it, only a letter that is no
    word ("b") or a name spelt for it ("bravo") counts."""
    said = match["designator"]
    is_distinct = len(said) > LONGEST_EVERYDAY_SOUND or (len(said) == 1 and said not in "aeiouy")
    return not is_distinct and text[match.end() :].strip(" ,.!?") != ""


def _any(words: object) -> str:
    """An alternation of literal words, longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))  # type: ignore[call-overload]


class _PlacesFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    en: PlaceWords
    es: PlaceWords
    fr: PlaceWords
    de: PlaceWords


def load_place_finders(site: Site) -> dict[str, PlaceFinder]:
    """Return a finder for each language in places.yaml."""
    words = read_yaml(Path(__file__).parent / "places.yaml", _PlacesFile)
    return {language: PlaceFinder(site, language, section) for language, section in words}
