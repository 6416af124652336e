"""Sentences about where the caller is: reading back, asking, the zone's own exit and equipment."""

from enum import StrEnum

from aurora.guidance.cues import Cue
from aurora.guidance.phrasebook import Phrasebook
from aurora.guidance.procedure import Procedure
from aurora.guidance.spoken import Situation, Spoken
from aurora.guidance.ways_out import WaysOut
from aurora.site.model import Site, Zone, spoken

PLACE_QUESTIONS = ("ask_zone", "unknown_zone", "confirm_zone", "name_the_zone")


class ZoneTalk(StrEnum):
    """What has to be said about the place in this turn."""

    NOTHING = "nothing"
    NOTED = "noted"
    CORRECTED = "corrected"
    ASK = "ask"
    CONFIRM = "confirm"
    UNKNOWN = "unknown"

    @property
    def is_question(self) -> bool:
        return self in (ZoneTalk.ASK, ZoneTalk.CONFIRM, ZoneTalk.UNKNOWN)


class PlacesSpoken:
    """Every sentence with a zone, muster point or equipment in it comes from here."""

    def __init__(self, site: Site, phrasebook: Phrasebook) -> None:
        self._site = site
        self._phrases = phrasebook
        self._ways_out = WaysOut(phrasebook)

    def question(self, situation: Situation, talk: ZoneTalk, doubtful: Zone | None) -> list[Spoken]:
        """Ask where the caller is, or whether they meant the zone it sounded like."""
        if talk is ZoneTalk.CONFIRM and doubtful is not None:
            name = spoken(doubtful.name, situation.language)
            asked = [self._phrases.say(situation, "confirm_zone", zone=name)]
            if situation.takes_keys:
                asked.append(self._phrases.say(situation, "keypad_yes_no"))
            return asked
        phrase = "unknown_zone" if talk is ZoneTalk.UNKNOWN else "ask_zone"
        return [self._phrases.say(situation, phrase, zones=self._all_zones(situation.language))]

    def read_back(self, situation: Situation, talk: ZoneTalk) -> list[Spoken]:
        """Say the confirmed zone's name, so that a wrong one is put right at once."""
        zone, there = situation.zone, situation.incident_zone
        if zone is None or talk not in (ZoneTalk.NOTED, ZoneTalk.CORRECTED):
            return []
        if there is not None and there != zone and self._is_first(situation, f"place:{there.id}"):
            zone = there  # where people are sent to comes before where the caller is
        phrase = "zone_corrected" if talk is ZoneTalk.CORRECTED else "zone_noted"
        name = spoken(zone.name, situation.language)
        return [self._phrases.say(situation, phrase, zone=name)]

    def way_out(self, situation: Situation, procedure: Procedure) -> list[Spoken]:
        """The confirmed zone's exits, or its equipment, once each; nothing for another zone.

        No way out is told to whoever is out: it leads back to where they came from.
        """
        zone, language = situation.zone, situation.language
        if zone is None:
            return []
        is_to_leave = procedure.uses_exit and situation.facts.get("escaped") is not True
        if is_to_leave and self._is_first(situation, f"exit:{zone.id}"):
            return self._ways_out.say(situation, zone)
        kind = procedure.equipment
        place = getattr(zone, kind) if kind else None
        if place is not None and self._is_first(situation, f"{kind}:{zone.id}"):
            return [self._phrases.say(situation, f"{kind}_is", place=spoken(place, language))]
        return []

    def other_way(self, situation: Situation, zone: Zone) -> list[Spoken]:
        """What a caller is told who found an exit blocked: those that are left, or how to wait."""
        self._is_first(situation, f"exit:{zone.id}")
        if not situation.conditions.open_exits(zone):
            return [self._ways_out.wait(situation)]
        return self._ways_out.say(situation, zone)

    def muster(self, situation: Situation, procedure: Procedure) -> list[Spoken]:
        """The confirmed zone's muster point, once, for a procedure that leaves the zone."""
        zone = situation.zone
        if zone is None or not procedure.uses_exit:
            return []
        if not self._is_first(situation, f"muster:{zone.id}"):
            return []
        point = self._site.muster_point(zone.muster_point)
        name = spoken(point.name, situation.language)
        return [self._phrases.say(situation, "go_to_muster", muster_point=name)]

    def asked_for(
        self, situation: Situation, zone: Zone, cue: Cue, *, should_leave: bool
    ) -> list[Spoken]:
        """Answer where something of the confirmed zone is; every time it is asked.

        should_leave: the exit is named as the way to take, not as a fact.
        """
        language = situation.language
        name = spoken(zone.name, language)
        is_shut_in = should_leave and not situation.conditions.open_exits(zone)
        if cue is Cue.EXIT or (cue is Cue.MUSTER and is_shut_in):
            self._is_first(situation, f"exit:{zone.id}")
            say = self._ways_out.say if should_leave else self._ways_out.tell
            return say(situation, zone)
        if cue is Cue.MUSTER:
            self._is_first(situation, f"muster:{zone.id}")
            point = spoken(self._site.muster_point(zone.muster_point).name, language)
            return [self._phrases.say(situation, "muster_is", zone=name, place=point)]
        place = getattr(zone, cue.value)
        if place is None:
            is_urgent = situation.urgency.is_emergency
            phrase = f"{cue.value}_unlisted" if is_urgent else "none_listed"
            return [self._phrases.say(situation, phrase, zone=name)]
        self._is_first(situation, f"{cue.value}:{zone.id}")
        return [self._phrases.say(situation, f"{cue.value}_is", place=spoken(place, language))]

    def _is_first(self, situation: Situation, kind: str) -> bool:
        given = situation.state.site_lines
        if kind in given:
            return False
        given.append(kind)
        return True

    def _all_zones(self, language: str) -> str:
        return ", ".join(spoken(zone.name, language) for zone in self._site.zones)
