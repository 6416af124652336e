"""Where the wind comes from, and which of a zone's exits lead into it; chooses no sentence."""

import math
import re
from collections.abc import Sequence

from aurora.site.model import COMPASS_POINTS, CompassPoint, Exit

DEGREES_APART = 360 / len(COMPASS_POINTS)
CROSSWIND_DEGREES = 90.0
"""From the wind: an exit nearer to it leads upwind, one further from it downwind."""
_SIXTEENTHS = [
    *("n", "nne", "ne", "ene", "e", "ese", "se", "sse"),
    *("s", "ssw", "sw", "wsw", "w", "wnw", "nw", "nnw"),
]
_POINTS = [point.replace("_", "") for point in COMPASS_POINTS]


def degrees_of(said: str | float) -> float:
    """Return 0 to 360 of degrees, or of a compass point: "W", "WSW", "west", "north-west".

    Raises ValueError, saying what it takes.
    """
    word = re.sub(r"[\s_-]+", "", str(said).lower())
    if word in _SIXTEENTHS:
        return _SIXTEENTHS.index(word) * 22.5
    if word in _POINTS:
        return _POINTS.index(word) * DEGREES_APART
    try:
        degrees = float(str(said))
    except ValueError:
        degrees = math.nan
    if not 0 <= degrees <= 360:
        raise ValueError("give a compass point such as W or north-west, or degrees from 0 to 360")
    return degrees % 360


def point_of(degrees: float) -> CompassPoint:
    """Return the nearest of the eight compass points."""
    return COMPASS_POINTS[round(degrees / DEGREES_APART) % len(COMPASS_POINTS)]


def upwind(exits: Sequence[Exit], wind_degrees: float) -> list[Exit]:
    """Return the exits that lead into the wind, the straightest first."""
    leading = [way for way in exits if _off_wind(way, wind_degrees) < CROSSWIND_DEGREES]
    return sorted(leading, key=lambda way: _off_wind(way, wind_degrees))


def not_downwind(exits: Sequence[Exit], wind_degrees: float) -> list[Exit]:
    """Return the exits that do not lead where the wind carries to; all when every one does."""
    kept = [way for way in exits if _off_wind(way, wind_degrees) <= CROSSWIND_DEGREES]
    return kept or list(exits)


def _off_wind(way: Exit, wind_degrees: float) -> float:
    """Degrees between the way out and the wind; an exit of unknown direction counts as across."""
    if way.faces is None:
        return CROSSWIND_DEGREES
    off = abs(COMPASS_POINTS.index(way.faces) * DEGREES_APART - wind_degrees) % 360
    return min(off, 360 - off)
