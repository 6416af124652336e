"""Whether what a site draws on its plan can be drawn there."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from aurora.site.plan import Plan, Point, area, sides_cross

if TYPE_CHECKING:
    from aurora.site.model import Site


def problems(site: "Site") -> Iterator[str]:
    """Yield what is wrong, as "field.path: what; fix"."""
    drawn = list(_drawn(site))
    if site.plan is None:
        if drawn:
            field = drawn[0][0]
            yield f"plan: missing, and {field} is drawn on it; give its width and height in metres"
        return
    for field, points in drawn:
        yield from outside(field, points, site.plan)
    for zone in site.zones:
        if zone.outline is not None:
            yield from of_outline(f"zones.{zone.id}.outline", zone.outline)


def outside(field: str, points: Sequence[Point], plan: Plan) -> Iterator[str]:
    """Yield the first of the points that is not on the plan."""
    for point in points:
        if not plan.has(point):
            yield (
                f"{field}: [{point[0]:g}, {point[1]:g}] is outside the plan of {plan.width:g} by "
                f"{plan.height:g}; move it, or make the plan larger"
            )
            return


def of_outline(field: str, outline: Sequence[Point]) -> Iterator[str]:
    """Yield what is wrong with the corners of one outline."""
    if sides_cross(outline):
        yield f"{field}: its sides cross; give its corners in order round the zone"
    elif area(outline) == 0:
        yield f"{field}: it has no inside; give corners that are not in one line"


def _drawn(site: "Site") -> Iterator[tuple[str, Sequence[Point]]]:
    for zone in site.zones:
        if zone.outline is not None:
            yield f"zones.{zone.id}.outline", zone.outline
        for way_out in zone.exits:
            if way_out.at is not None:
                yield f"zones.{zone.id}.exits.{way_out.id}.at", [way_out.at]
    for point in site.muster_points:
        if point.at is not None:
            yield f"muster_points.{point.id}.at", [point.at]
