"""What speech must know of a site: the names callers say, by language; corrects nothing itself."""

from collections.abc import Iterator

from aurora.site.model import LocalText, Site, Zone, spoken
from aurora.speech.vocabulary import Terms


def site_terms(site: Site) -> dict[str, Terms]:
    """Return the terms of each of the site's languages."""
    return {
        language: Terms(
            zones={zone.id: _names(zone, language) for zone in site.zones},
            things=tuple(dict.fromkeys(spoken(text, language) for text in _things(site))),
        )
        for language in site.languages
    }


def _names(zone: Zone, language: str) -> tuple[str, ...]:
    return (spoken(zone.name, language), *zone.aliases.get(language, ()))  # type: ignore[call-overload]


def _things(site: Site) -> Iterator[LocalText]:
    for zone in site.zones:
        yield from (thing.name for thing in (*zone.exits, *zone.valves, *zone.equipment))
    yield from (point.name for point in site.muster_points)
