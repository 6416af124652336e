"""The plan of a site, and the geometry of what is drawn on it: metres to the right and down."""

from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

MOST_CORNERS = 100

Metres = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]
Point = tuple[Metres, Metres]
"""To the right and down from the plan's upper left corner, as a drawing is read."""
Outline = Annotated[list[Point], Field(min_length=3, max_length=MOST_CORNERS)]


class Plan(BaseModel):
    """The sheet that a site is drawn on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    width: Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)]
    height: Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)]
    north: Annotated[float, Field(ge=0, lt=360)] = 0
    """Where north is, in degrees clockwise from the upper edge."""

    def has(self, point: Point) -> bool:
        return point[0] <= self.width and point[1] <= self.height


def sides(outline: Sequence[Point]) -> list[tuple[Point, Point]]:
    """Return an outline's sides, the last one back to its first corner."""
    return [*pairwise(outline), (outline[-1], outline[0])]


def sides_cross(outline: Sequence[Point]) -> bool:
    """Whether two sides meet that do not share a corner, so that nobody knows what is inside."""
    all_sides = list(enumerate(sides(outline)))
    last = len(all_sides) - 1
    return any(
        _meet(*one, *other)
        for (i, one), (j, other) in combinations(all_sides, 2)
        if j - i > 1 and not (i == 0 and j == last)
    )


def area(outline: Sequence[Point]) -> float:
    """Return an outline's area in square metres."""
    return abs(_signed_area(outline))


def centre(outline: Sequence[Point]) -> Point:
    """Return a point within the outline, its centroid where that lies inside."""
    signed = _signed_area(outline)
    if signed:
        across = sum((a[0] + b[0]) * _cross(a, b) for a, b in sides(outline)) / (6 * signed)
        down = sum((a[1] + b[1]) * _cross(a, b) for a, b in sides(outline)) / (6 * signed)
        if is_inside((across, down), outline):
            return (across, down)
    return _middle_of_widest(outline)


def is_inside(point: Point, outline: Sequence[Point]) -> bool:
    """Whether a point lies within the outline."""
    return sum(at > point[0] for at in _crossings(point[1], outline)) % 2 == 1


def edge_towards(outline: Sequence[Point], direction: tuple[float, float]) -> Point:
    """Return where one leaves the outline going from its centre in a direction."""
    start = centre(outline)
    reach = max(abs(a - b) for corner in outline for a, b in zip(corner, start, strict=True)) * 2
    end = (start[0] + direction[0] * reach, start[1] + direction[1] * reach)
    hits = [hit for side in sides(outline) if (hit := _where(start, end, *side)) is not None]
    share = max(hits, default=0.0)
    return (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)


def _middle_of_widest(outline: Sequence[Point]) -> Point:
    """The middle of the widest stretch inside, looked for on a few levels."""
    heights = sorted({corner[1] for corner in outline})
    best: tuple[float, Point] = (-1.0, outline[0])
    for upper, lower in pairwise(heights):
        level = (upper + lower) / 2
        crossings = _crossings(level, outline)
        for left, right in zip(crossings[::2], crossings[1::2], strict=False):
            best = max(best, (right - left, ((left + right) / 2, level)))
    return best[1]


def _crossings(level: float, outline: Sequence[Point]) -> list[float]:
    return sorted(
        a[0] + (level - a[1]) * (b[0] - a[0]) / (b[1] - a[1])
        for a, b in sides(outline)
        if (a[1] > level) != (b[1] > level)
    )


def _signed_area(outline: Sequence[Point]) -> float:
    return sum(_cross(a, b) for a, b in sides(outline)) / 2


def _cross(a: Point, b: Point) -> float:
    return a[0] * b[1] - b[0] * a[1]


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    turns = (_turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b))
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    ends = ((a, b, c), (a, b, d), (c, d, a), (c, d, b))
    return any(turn == 0 and _is_between(*end) for turn, end in zip(turns, ends, strict=True))


def _is_between(a: Point, b: Point, point: Point) -> bool:
    return min(a[0], b[0]) <= point[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= point[1] <= max(
        a[1], b[1]
    )


def _where(start: Point, end: Point, a: Point, b: Point) -> float | None:
    """How far along from start to end the side is met, 0 to 1; None where it is not."""
    across = (end[0] - start[0], end[1] - start[1])
    side = (b[0] - a[0], b[1] - a[1])
    apart = across[0] * side[1] - across[1] * side[0]
    if apart == 0:
        return None
    way = (a[0] - start[0], a[1] - start[1])
    share = (way[0] * side[1] - way[1] * side[0]) / apart
    along = (way[0] * across[1] - way[1] * across[0]) / apart
    return share if 0 <= share <= 1 and 0 <= along <= 1 else None
