"""The true state of each part, for the health check and the start-up report."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    """Works, with less than it was set up for."""
    OFF = "off"
    """Not set up."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Component:
    """One part as it is now, with what that means for a caller."""

    name: str
    state: State
    detail: str
    is_needed_by_calls: bool = True
    """Whether callers should be sent to another machine where it failed."""


def overall(components: list[Component]) -> State:
    """Failed when a part failed, degraded when one is, else ok; parts that are off do not count."""
    states = {component.state for component in components}
    if State.FAILED in states:
        return State.FAILED
    return State.DEGRADED if State.DEGRADED in states else State.OK


def takes_calls(components: list[Component]) -> bool:
    """Whether callers can be served here, so that a proxy may send them."""
    return not any(one.state is State.FAILED and one.is_needed_by_calls for one in components)
