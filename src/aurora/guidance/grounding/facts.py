"""The facts of one zone: what it has, where that is, and whether a sentence says just these."""

import re
from collections.abc import Iterator, Mapping

from aurora.guidance.grounding.names import phrases_pattern
from aurora.site.model import LocalText, Site, Zone, spoken
from aurora.triage.text import normalise

PLACED = ("aed", "eyewash", "shower", "muster_point")
"""Things that a zone has one of, so that naming one and any other place is wrong."""
MARK = "§"
_COMMA = re.compile(r",(?!\d)")
_FIGURE = re.compile(r"\b\d+\b")


class ZoneFacts:
    """What may be said of one zone in one language."""

    def __init__(self, site: Site, zone: Zone, language: str) -> None:
        texts = _by_kind(site, zone)
        said = {kind: [normalise(spoken(t, language)) for t in of] for kind, of in texts.items()}
        aliases = zone.aliases.get(language, [])  # type: ignore[call-overload]
        said["zone"] += [normalise(alias) for alias in aliases]
        self._counts = {kind: str(len(of)) for kind, of in said.items()}
        self._figures = {
            figure for of in said.values() for t in of for figure in _FIGURE.findall(t)
        }
        self._has = {kind for kind, of in said.items() if of}
        kinds_of: dict[str, set[str]] = {}
        for kind, of in said.items():
            for text in of:
                kinds_of.setdefault(text, set()).add(kind)
        # Longest first: "beside the north door" is a place, "the north door" in it is an exit.
        self._named = [
            (phrases_pattern([text]), frozenset(kinds_of[text]))
            for text in sorted(kinds_of, key=len, reverse=True)
        ]

    def read(self, text: str) -> tuple[str, set[frozenset[str]]]:
        """Return the text with the zone's names blanked, and what each of them may stand for."""
        text = _COMMA.sub("", text)  # "the chemical storage, with flammable materials"
        named = set()
        for pattern, kinds in self._named:
            text, times = pattern.subn(MARK, text)
            if times:
                named.add(kinds)
        return text, named

    def is_true(
        self, named: set[frozenset[str]], spoken_of: set[str], *, is_negated: bool, is_counted: bool
    ) -> bool:
        """Whether the named things answer to the kinds of things spoken of.

        spoken_of: kinds whose common noun is in the sentence, such as "eyewash".
        """
        things = {kinds for kinds in named if "zone" not in kinds}
        if is_negated:
            return not things and len(spoken_of) == 1 and not spoken_of & self._has
        if not spoken_of:
            return len(things) <= 1
        placed = spoken_of & set(PLACED)
        is_answered = all(any(kind in kinds for kinds in things) for kind in placed)
        is_told = bool(things) or is_counted
        return (
            spoken_of <= self._has
            and is_answered
            and is_told
            and all(kinds & spoken_of for kinds in things)
        )

    def is_figure(self, figure: str, counted: set[str]) -> bool:
        """Whether the zone has so many of these kinds; without any, whether its texts say it."""
        if counted:
            return all(self._counts[kind] == figure for kind in counted)
        return figure in self._figures


def _by_kind(site: Site, zone: Zone) -> Mapping[str, list[LocalText]]:
    return {
        "zone": [zone.name, zone.description],
        "hazard": list(zone.hazards),
        "exit": [exit_.name for exit_ in zone.exits],
        "valve": [valve.name for valve in zone.valves],
        "equipment": [item.name for item in zone.equipment],
        "muster_point": [site.muster_point(zone.muster_point).name],
        **{kind: list(_given(getattr(zone, kind))) for kind in ("aed", "eyewash", "shower")},
    }


def _given(text: LocalText | None) -> Iterator[LocalText]:
    if text is not None:
        yield text
