"""Give every zone, exit and muster point a place: as drawn, or laid out where nothing is; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, cos, radians, sin, sqrt

from aurora.console.map.drawing import Drawing
from aurora.site.model import COMPASS_POINTS, CompassPoint, Exit, Site, Zone
from aurora.site.plan import Outline, Plan, Point, centre, edge_towards

BOX = (220.0, 150.0)
GAP = 40.0


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything is on the sheet."""

    plan: Plan
    outlines: Mapping[str, Outline]
    centres: Mapping[str, Point]
    exits: Mapping[str, Point]
    """By "zone/exit"."""
    muster_points: Mapping[str, Point]
    laid_out: Sequence[str]
    """Zones that nobody has drawn: where they are here says nothing."""

    def as_drawing(self) -> Drawing:
        """Return it to be edited."""
        return Drawing(
            plan=self.plan,
            outlines=dict(self.outlines),
            exits=dict(self.exits),
            muster_points=dict(self.muster_points),
        )


def layout(site: Site, drawing: Drawing | None) -> Layout:
    """Return the place of everything the site has."""
    outlines = dict(drawing.outlines) if drawing else {}
    missing = [zone for zone in site.zones if zone.id not in outlines]
    plan = drawing.plan if drawing else _sheet(len(missing))
    if missing:
        top = plan.height if drawing else 0.0
        boxes, plan = _boxes(missing, plan, top)
        outlines |= boxes
    centres = {zone.id: centre(outlines[zone.id]) for zone in site.zones}
    exits = dict(drawing.exits) if drawing else {}
    for zone in site.zones:
        for number, way in enumerate(zone.exits):
            name = f"{zone.id}/{way.id}"
            if name not in exits:
                direction = _direction(way, plan, number, len(zone.exits))
                exits[name] = edge_towards(outlines[zone.id], direction)
    points, plan = _muster_points(site, drawing, plan)
    return Layout(plan, outlines, centres, exits, points, [zone.id for zone in missing])


def bearing(point: CompassPoint, plan: Plan) -> float:
    """Return degrees clockwise from the sheet's upper edge."""
    return (COMPASS_POINTS.index(point) * 45 + plan.north) % 360


def heading(degrees: float) -> tuple[float, float]:
    """Return the step to the right and down that such a direction is."""
    return sin(radians(degrees)), -cos(radians(degrees))


def _direction(way: Exit, plan: Plan, number: int, count: int) -> tuple[float, float]:
    if way.faces is not None:
        return heading(bearing(way.faces, plan))
    return heading(360 * number / count)


def _sheet(boxes: int) -> Plan:
    across = max(1, ceil(sqrt(boxes)))
    return Plan(width=GAP + across * (BOX[0] + GAP), height=GAP)


def _boxes(zones: Sequence[Zone], plan: Plan, top: float) -> tuple[dict[str, Outline], Plan]:
    """Put zones that nobody drew into rows of boxes below what is drawn."""
    across = max(1, int((plan.width - GAP) // (BOX[0] + GAP)))
    placed: dict[str, Outline] = {}
    for number, zone in enumerate(zones):
        left = GAP + number % across * (BOX[0] + GAP)
        upper = top + GAP + number // across * (BOX[1] + GAP)
        right, lower = left + BOX[0], upper + BOX[1]
        placed[zone.id] = [(left, upper), (right, upper), (right, lower), (left, lower)]
    rows = ceil(len(zones) / across)
    height = top + GAP + rows * (BOX[1] + GAP)
    width = max(plan.width, GAP + BOX[0] + GAP)
    return placed, plan.model_copy(update={"width": width, "height": height})


def _muster_points(
    site: Site, drawing: Drawing | None, plan: Plan
) -> tuple[dict[str, Point], Plan]:
    placed = dict(drawing.muster_points) if drawing else {}
    missing = [one.id for one in site.muster_points if one.id not in placed]
    if not missing:
        return placed, plan
    level = plan.height + GAP
    step = plan.width / (len(missing) + 1)
    placed |= {name: (step * number, level) for number, name in enumerate(missing, 1)}
    return placed, plan.model_copy(update={"height": plan.height + 2 * GAP})
