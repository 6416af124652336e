"""Answer plain questions about the site from site.yaml: where things are, whom to ring."""

import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from aurora.guidance.phrasebook import Phrasebook
from aurora.guidance.spoken import Situation, Spoken
from aurora.guidance.ways_out import WaysOut
from aurora.site.model import Site, spoken
from aurora.site.yaml_file import read_yaml

_FILE = Path(__file__).parent / "site_words.yaml"


class SiteWords(BaseModel):
    """How one language asks for the site's facts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    where: re.Pattern[str]
    places: dict[str, re.Pattern[str]]
    """By what the site knows of a zone: muster, eyewash, shower, aed, exit."""
    emergency_number: re.Pattern[str]
    control_room: re.Pattern[str]


class AllSiteWords(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    en: SiteWords
    es: SiteWords
    fr: SiteWords
    de: SiteWords


class SiteFacts:
    """Every fact about the site that is told because somebody asked for it."""

    def __init__(self, site: Site, phrases: Phrasebook) -> None:
        self._site = site
        self._phrases = phrases
        self._ways_out = WaysOut(phrases)
        self._words = read_yaml(_FILE, AllSiteWords)

    def answer(self, situation: Situation, text: str) -> list[Spoken]:
        """Return the fact that was asked for, or nothing; `text` is the normalised utterance."""
        words: SiteWords | None = getattr(self._words, situation.language, None)
        if words is None:
            return []
        if _speaks_of(words.emergency_number, text):
            number = self._site.emergency_number
            return [self._phrases.say(situation, "emergency_number_is", number=number)]
        if _speaks_of(words.control_room, text):
            desk = self._site.contact(self._site.control_room)
            slots = {"desk": desk.name, "number": desk.number}
            return [self._phrases.say(situation, "control_room_desk_is", **slots)]
        if not _speaks_of(words.where, text):
            return []
        kind = next((k for k, names in words.places.items() if _speaks_of(names, text)), None)
        if kind == "exit" and situation.zone is not None:
            return self._ways_out.tell(situation, situation.zone)
        return [self._place(situation, kind)] if kind is not None else []

    def _place(self, situation: Situation, kind: str) -> Spoken:
        zone, language = situation.zone, situation.language
        if zone is None:
            zones = ", ".join(spoken(zone.name, language) for zone in self._site.zones)
            return self._phrases.say(situation, "name_the_zone", zones=zones)
        name = spoken(zone.name, language)
        if kind == "muster":
            point = self._site.muster_point(zone.muster_point)
            slots = {"zone": name, "place": spoken(point.name, language)}
            return self._phrases.say(situation, "muster_is", **slots)
        place = getattr(zone, kind)
        if place is None:
            return self._phrases.say(situation, "none_listed", zone=name)
        return self._phrases.say(situation, f"{kind}_is", place=spoken(place, language))


def _speaks_of(pattern: re.Pattern[str], text: str) -> bool:
    return re.search(rf"\b(?:{pattern.pattern})\b", text) is not None
