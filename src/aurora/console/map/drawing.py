"""A map edited in the browser: what it holds, and whether it fits the site; pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from aurora.site import plan_check
from aurora.site.model import Site
from aurora.site.plan import Outline, Plan, Point

MOST_PLACES = 2_000


class Drawing(BaseModel):
    """Where zones, exits and muster points are on the plan."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    plan: Plan
    outlines: Annotated[dict[str, Outline], Field(max_length=MOST_PLACES)] = Field(
        default_factory=dict
    )
    """By zone id."""
    exits: Annotated[dict[str, Point], Field(max_length=MOST_PLACES)] = Field(default_factory=dict)
    """By "zone/exit"."""
    muster_points: Annotated[dict[str, Point], Field(max_length=MOST_PLACES)] = Field(
        default_factory=dict
    )


class SavedDrawing(BaseModel):
    """A drawing as it is kept, with who made it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    site: str
    version: Annotated[int, Field(ge=1)]
    saved_by: str
    saved_at: datetime
    drawing: Drawing | None
    """None: what the site's own file draws holds again."""


def of_site(site: Site) -> Drawing | None:
    """Return what the site's own file draws; None where it has no plan."""
    if site.plan is None:
        return None
    return Drawing(
        plan=site.plan,
        outlines={zone.id: zone.outline for zone in site.zones if zone.outline is not None},
        exits={
            f"{zone.id}/{way.id}": way.at
            for zone in site.zones
            for way in zone.exits
            if way.at is not None
        },
        muster_points={one.id: one.at for one in site.muster_points if one.at is not None},
    )


def problems(drawing: Drawing, site: Site) -> Iterator[str]:
    """Yield what in a drawing does not fit the site or its plan, as "field: what; fix"."""
    zones = {zone.id for zone in site.zones}
    ways = {f"{zone.id}/{way.id}" for zone in site.zones for way in zone.exits}
    points = {one.id for one in site.muster_points}
    for field, given, known in (
        ("outlines", drawing.outlines, zones),
        ("exits", drawing.exits, ways),
        ("muster_points", drawing.muster_points, points),
    ):
        for name in sorted(given.keys() - known):
            yield f"{field}.{name[:60]}: the site has no such place; leave it out"
    for name, outline in drawing.outlines.items():
        yield from plan_check.outside(f"outlines.{name}", outline, drawing.plan)
        yield from plan_check.of_outline(f"outlines.{name}", outline)
    for field, places in (("exits", drawing.exits), ("muster_points", drawing.muster_points)):
        for name, point in places.items():
            yield from plan_check.outside(f"{field}.{name}", [point], drawing.plan)


def fitted(drawing: Drawing, site: Site) -> Drawing:
    """Return a drawing without the places that the site has no longer."""
    zones = {zone.id for zone in site.zones}
    ways = {f"{zone.id}/{way.id}" for zone in site.zones for way in zone.exits}
    points = {one.id for one in site.muster_points}
    return Drawing(
        plan=drawing.plan,
        outlines={name: one for name, one in drawing.outlines.items() if name in zones},
        exits={name: one for name, one in drawing.exits.items() if name in ways},
        muster_points={name: one for name, one in drawing.muster_points.items() if name in points},
    )
