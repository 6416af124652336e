"""Which exit a caller is told to take: open, into the wind where it is known; else how to wait."""

from aurora.conditions.exits_heard import without_article
from aurora.conditions.wind import not_downwind, point_of, upwind
from aurora.guidance.phrasebook import Phrasebook
from aurora.guidance.spoken import Situation, Spoken
from aurora.site.model import Exit, Zone, spoken
from aurora.triage.text import normalise

TOLD = "way:"
"""Marks an exit, by id, among the site lines that this caller was given."""
LINES = (
    *(":leave_by", ":leave_by_either", ":leave_upwind", ":exit_is", ":exits_are"),
    *(":exits_blocked", ":shut_in"),
)
"""How the source of each sentence made here ends."""


class WaysOut:
    """Every sentence with an exit in it comes from here."""

    def __init__(self, phrasebook: Phrasebook) -> None:
        self._phrases = phrasebook

    def say(self, situation: Situation, zone: Zone) -> list[Spoken]:
        """Name the exit to take, or two of which one may be clear; without any, how to wait."""
        ways = right_exits(situation, zone)
        wind = situation.conditions.wind
        if not ways:
            return self._none_open(situation, zone)
        if wind is not None and upwind(ways, wind.degrees):
            return self._leave_upwind(situation, zone, ways[0], wind.degrees)
        return self._name(situation, zone, ways, "leave_by", "leave_by_either")

    def tell(self, situation: Situation, zone: Zone) -> list[Spoken]:
        """Say where the same exits are, to a caller who is not told to leave."""
        ways = right_exits(situation, zone)
        if not ways:
            return self._none_open(situation, zone)
        return self._name(situation, zone, ways, "exit_is", "exits_are")

    def wait(self, situation: Situation) -> Spoken:
        """How to hold out behind closed doors."""
        return self._phrases.say(situation, "shut_in")

    def _leave_upwind(
        self, situation: Situation, zone: Zone, way: Exit, degrees: float
    ) -> list[Spoken]:
        _tell(situation, way)
        language = situation.language
        slots = {"zone": spoken(zone.name, language), "exit": spoken(way.name, language)}
        slots["wind"] = self._phrases.wind(situation, point_of(degrees))
        return [self._phrases.say(situation, "leave_upwind", **slots)]

    def _none_open(self, situation: Situation, zone: Zone) -> list[Spoken]:
        name = spoken(zone.name, situation.language)
        reported = self._phrases.say(situation, "exits_blocked", zone=name)
        return [reported, self.wait(situation)]

    def _name(
        self, situation: Situation, zone: Zone, ways: list[Exit], one: str, two: str
    ) -> list[Spoken]:
        _tell(situation, *ways[:2])
        language = situation.language
        slots = {"zone": spoken(zone.name, language), "exit": spoken(ways[0].name, language)}
        if len(ways) == 1:
            return [self._phrases.say(situation, one, **slots)]
        slots["other_exit"] = spoken(ways[1].name, language)
        return [self._phrases.say(situation, two, **slots)]


def right_exits(situation: Situation, zone: Zone) -> list[Exit]:
    """Return the zone's exits that may be named now: open, and none downwind if there is another.

    Those that lead into the wind come first, and then alone.
    """
    ways = situation.conditions.open_exits(zone)
    wind = situation.conditions.wind
    if wind is None:
        return ways
    return upwind(ways, wind.degrees) or not_downwind(ways, wind.degrees)


def names_wrong_exit(sentence: str, situation: Situation) -> bool:
    """Whether a sentence sends a caller to an exit of their zone that they must not be sent to."""
    zone = situation.zone
    if zone is None:
        return False
    right = right_exits(situation, zone)
    said = normalise(sentence)
    return any(
        without_article(spoken(way.name, situation.language)) in said
        for way in zone.exits
        if way not in right
    )


def _tell(situation: Situation, *ways: Exit) -> None:
    given = situation.state.site_lines
    given += [f"{TOLD}{way.id}" for way in ways if f"{TOLD}{way.id}" not in given]
