"""Places, substances and persons named in a sentence, held against what this call may hear."""

import re
from collections.abc import Iterable, Iterator

from pydantic import BaseModel, ConfigDict

from aurora.guidance.grounding.sentence import Sentence
from aurora.site.model import LocalText, Site, Zone, spoken
from aurora.triage.text import normalise

_ARTICLE = re.compile(r"^(?:(?:the|el|la|los|las|le|les|der|die|das|dem|den) |l' ?)")
_CAPITALISED = re.compile(r"(?<![\w'’-])[A-ZÄÖÜÁÉÍÓÚÑÇÀÈÊÂÎÔÛŒ][\w’'-]*")
_BEGINS = re.compile(r"(?:^|[.!?:;¿¡\"“„«]\s*)[\"“„«¿¡(]*$")


class ExitWords(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    nouns: str
    """Things with a place, of which only those of the site may be told apart."""
    before: list[str] | None = None
    """Words that may stand before one without telling it apart, where adjectives come first."""
    located: str
    """Ways to tell one apart, or to say where it is."""
    rooms: list[str]
    numbered: str


class NameWords(BaseModel):
    """names.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zone_words: str
    zone_reversed: str
    exits: dict[str, ExitWords]
    designator: str
    moving: dict[str, str]
    """What stands before a one-word place name, so that a trade ("maintenance") is none."""
    not_alias_before: str
    chemicals: list[str]
    formula: str
    titles: str
    first_names: str
    capitals: list[str]


class Names:
    """Checks names in one language for one site."""

    def __init__(self, site: Site, language: str, words: NameWords) -> None:
        self._site, self._language = site, language
        exits = words.exits.get(language, words.exits["en"])
        zone = words.zone_words
        self._zone = re.compile(
            rf"\b{zone}[ -](?:(?:number|numero|nummer|no\.?|nr\.?) )?"
            rf"(?P<id>{words.designator}|a(?=[.,;:!?]|$| (?:by|through|via|now|and|or|y|et|und)\b))"
        )
        self._zone_raw = re.compile(
            rf"\b{zone}[ -](?!Sie\b|Ihr)(?P<id>[A-Z]\d?|[A-Z][\w]+)\b(?!')", re.IGNORECASE
        )
        self._reversed = re.compile(rf"\b(?P<id>[b-z]|\d+)[ -]{words.zone_reversed}\b")
        self._located = re.compile(exits.located)
        self._nouns = re.compile(rf"(?P<before>[\w'-]+)[ -](?P<noun>{exits.nouns})\b")
        self._before = set(exits.before or ())
        self._rooms = _whole(exits.rooms)
        self._numbered = re.compile(rf"\b{exits.numbered}s?[ -]{words.designator}")
        self._chemicals = [re.compile(rf"\b{pattern}\b") for pattern in words.chemicals]
        self._formula = re.compile(words.formula)
        self._titles = re.compile(words.titles)
        self._first_names = re.compile(words.first_names)
        self._capitals = set(words.capitals)
        moving = words.moving.get(language, words.moving["en"])
        self._others = {
            zone.id: self._naming(zone, moving, words.not_alias_before) for zone in site.zones
        }
        self._features = {zone.id: phrases_pattern(self._phrases_of(zone)) for zone in site.zones}
        self._all_features = phrases_pattern(p for zone in site.zones for p in self._exits_of(zone))
        self._everywhere = phrases_pattern(
            [site.name, *(contact.name for contact in site.contacts)]
            + [spoken(role, language) for role in site.roles.values()]
        )
        self._known_capitals = {
            word
            for text in [site.name, *(contact.name for contact in site.contacts)]
            + [spoken(role, language) for role in site.roles.values()]
            + [phrase for zone in site.zones for phrase in self._phrases_of(zone)]
            for word in _CAPITALISED.findall(text)
        }

    def without_own(self, text: str, zone: Zone | None) -> str:
        """Return the text with the confirmed zone's names and the site's roles blanked."""
        if zone is not None:
            text = self._features[zone.id].sub("§", text)
        return self._everywhere.sub("§", text)

    def without_any(self, text: str) -> str:
        """Return the text with the names of every zone blanked, and the site's roles."""
        for features in self._features.values():
            text = features.sub("§", text)
        return self._everywhere.sub("§", text)

    def place(self, rest: str, sentence: Sentence, zone: Zone | None, told: str) -> str | None:
        """Return why a place in the sentence may not be named. `rest` lacks the own names."""
        for zone_id, naming in self._others.items():
            if (zone is None or zone.id != zone_id) and naming.search(rest):
                return "other_zone"
        if self._is_zone_named(rest, sentence, zone):
            return "unknown_zone"
        if self._all_features.search(rest):
            return "unknown_exit"
        for found in self._located.finditer(rest):
            if found.group() not in told:
                return "unknown_exit"
        if self._before:
            for found in self._nouns.finditer(rest):
                if found["before"] not in self._before and found.group() not in told:
                    return "unknown_exit"
        for pattern in (self._numbered, self._rooms):
            for found in pattern.finditer(rest):
                if found.group() not in told:
                    return "unknown_place"
        return None

    def substance(self, sentence: Sentence, allowed: str) -> bool:
        """Whether a substance is named that neither procedure, zone nor caller named."""
        named = [found.group() for p in self._chemicals for found in p.finditer(sentence.text)]
        named += [normalise(found.group()) for found in self._formula.finditer(sentence.raw)]
        return any(re.search(rf"\b{re.escape(name)}", allowed) is None for name in named)

    def person(self, sentence: Sentence, told: set[str]) -> bool:
        """Whether somebody is named who is no contact of the site."""
        known = self._known_capitals | self._capitals | told
        if any(found.group() not in known for found in self._first_names.finditer(sentence.raw)):
            return True
        if any(
            (found["name"] not in known and self._language != "de")
            or (
                found["name"] not in known
                and found.group().split()[0].rstrip(".")
                in ("Herr", "Herrn", "Frau", "Dr", "Prof", "Doktor", "namens")
            )
            for found in self._titles.finditer(sentence.raw)
        ):
            return True
        if self._language == "de":  # every noun has a capital
            return False
        return any(
            self._is_name(found, sentence.raw, known)
            for found in _CAPITALISED.finditer(sentence.raw)
        )

    def _is_name(self, found: re.Match[str], raw: str, known: set[str]) -> bool:
        word = re.split(r"['’]", found.group())[0]
        if _BEGINS.search(raw[: found.start()]) or len(word) < 2:
            return False
        return not {word, found.group()} & known

    def _is_zone_named(self, rest: str, sentence: Sentence, zone: Zone | None) -> bool:
        if self._zone.search(rest) or self._reversed.search(rest):
            return True
        for found in self._zone_raw.finditer(sentence.raw):
            named = found["id"]
            if named[0].isupper() and normalise(found.group()) not in self._own_zone(zone):
                return True
        return False

    def _own_zone(self, zone: Zone | None) -> str:
        return normalise(spoken(zone.name, self._language)) if zone else ""

    def _naming(self, zone: Zone, moving: str, not_before: str) -> re.Pattern[str]:
        aliases = [normalise(a) for a in zone.aliases.get(self._language, [])]  # type: ignore[call-overload]
        single = [re.escape(a) for a in aliases if " " not in a]
        several = [re.escape(a) for a in aliases if " " in a]
        name = re.escape(normalise(spoken(zone.name, self._language)))
        options = [rf"{name}(?! (?:lot|few|bit)\b)", *several]
        if single:
            options.append(rf"{moving}(?:{'|'.join(single)})(?!{not_before})")
        return re.compile(rf"\b(?:{'|'.join(options)})\b")

    def _phrases_of(self, zone: Zone) -> Iterator[str]:
        own: list[LocalText | None] = [zone.name, zone.description, *zone.hazards]
        own += [feature.name for feature in (*zone.valves, *zone.equipment)]
        yield from (spoken(text, self._language) for text in own if text)
        yield from zone.aliases.get(self._language, [])  # type: ignore[call-overload]
        yield from self._exits_of(zone)

    def _exits_of(self, zone: Zone) -> Iterator[str]:
        places: list[LocalText | None] = [exit_.name for exit_ in zone.exits]
        places += [zone.aed, zone.eyewash, zone.shower]
        places.append(self._site.muster_point(zone.muster_point).name)
        yield from (spoken(text, self._language) for text in places if text)


def _whole(names: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(re.escape(normalise(name)) for name in names)})s?\b")


def without_article(name: str) -> str:
    """Return a name normalised and without its article."""
    return _ARTICLE.sub("", normalise(name))


def phrases_pattern(texts: Iterable[str]) -> re.Pattern[str]:
    """Any of these names, longest first, articles left out, German endings free."""
    bare = {without_article(text) for text in texts}
    options = [
        " ".join(
            rf"{re.escape(word.removesuffix('e'))}(?:e[nrsm]?|s|n)?"
            if len(word) > 4
            else re.escape(word)
            for word in name.split()
        )
        for name in sorted(bare, key=len, reverse=True)
    ]
    return re.compile(rf"\b(?:{'|'.join(options)})\b")
