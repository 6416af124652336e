"""What holds at a site at one moment: wind, blocked exits, announced drills; remembers nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from aurora.conditions.change import Change, Kind
from aurora.site.model import Exit, Zone


@dataclass(frozen=True, slots=True)
class Wind:
    degrees: float
    """Where it comes from, clockwise from north."""
    by: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill that a named operator announced in advance."""

    id: str
    by: str
    reason: str
    starts_at: datetime
    ends_at: datetime
    zone_id: str | None
    """The only zone it is for; None for the whole site."""

    def is_running(self, now: datetime) -> bool:
        return self.starts_at <= now < self.ends_at

    def covers(self, zone_id: str | None) -> bool:
        """Whether it is for a caller in this zone; one for a zone is not for an unknown place."""
        return self.zone_id is None or self.zone_id == zone_id


@dataclass(frozen=True, slots=True)
class BlockedExit:
    zone_id: str
    exit_id: str
    by: str
    reason: str
    at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Conditions:
    """Everything that holds now."""

    wind: Wind | None = None
    blocked: tuple[BlockedExit, ...] = ()
    drills: tuple[Drill, ...] = ()
    """Running and to come."""
    own_blocked: frozenset[str] = field(default_factory=frozenset)
    """"zone/exit" of those that this very caller said are blocked."""

    @classmethod
    def of(cls, changes: Iterable[Change], now: datetime) -> Self:
        """Return what these changes, oldest first, come to."""
        newest: dict[tuple[Kind, str], Change] = {}
        for change in changes:
            newest[change.kind, change.key] = change
        holding = [change for change in newest.values() if change.expires_at > now]
        by_kind = {kind: [c for c in holding if c.kind is kind] for kind in Kind}
        return cls(
            wind=next((_wind(change) for change in by_kind[Kind.WIND]), None),
            blocked=tuple(
                _blocked(change) for change in by_kind[Kind.EXIT] if change.details["is_blocked"]
            ),
            drills=tuple(
                _drill(change)
                for change in by_kind[Kind.DRILL]
                if not change.details.get("is_cancelled")
            ),
        )

    def open_exits(self, zone: Zone) -> list[Exit]:
        """Return the zone's exits that nobody reports blocked."""
        shut = {(one.zone_id, one.exit_id) for one in self.blocked}
        return [
            way
            for way in zone.exits
            if (zone.id, way.id) not in shut and f"{zone.id}/{way.id}" not in self.own_blocked
        ]

    def running_drill(self, zone_id: str | None, now: datetime) -> Drill | None:
        """Return the announced drill that runs now for a caller in this zone, or None."""
        return next((d for d in self.drills if d.is_running(now) and d.covers(zone_id)), None)

    def drill(self, drill_id: str) -> Drill | None:
        return next((drill for drill in self.drills if drill.id == drill_id), None)


def _wind(change: Change) -> Wind:
    return Wind(float(change.details["degrees"]), change.details["by"], change.expires_at)


def _blocked(change: Change) -> BlockedExit:
    zone_id, _, exit_id = change.key.partition("/")
    details = change.details
    return BlockedExit(
        zone_id, exit_id, details["by"], details["reason"], change.at, change.expires_at
    )


def _drill(change: Change) -> Drill:
    details = change.details
    return Drill(
        id=change.key,
        by=details["by"],
        reason=details["reason"],
        starts_at=datetime.fromisoformat(details["starts_at"]),
        ends_at=datetime.fromisoformat(details["ends_at"]),
        zone_id=details["zone"],
    )
