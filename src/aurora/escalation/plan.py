"""The frozen plan of whom to page, in which order, for how long; the workflow carries it out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from aurora.levels import Urgency


class ChannelKind(StrEnum):
    SMS = "sms"
    VOICE = "voice"
    APPRISE = "apprise"
    WEBHOOK = "webhook"
    CAP = "cap"
    CONSOLE = "console"
    PUSH = "push"


@dataclass(frozen=True, slots=True)
class Route:
    """One way to somebody."""

    kind: ChannelKind
    address: str
    """A telephone number for sms and voice; a URL, or its name in the settings, for apprise,
    webhook and cap; "" for the console and for push."""


@dataclass(frozen=True, slots=True)
class Page:
    """One person or desk to reach, once, whatever number of roles they hold."""

    contact_id: str
    name: str
    role: str
    """The role they are reached for first."""
    language: str
    routes: tuple[Route, ...]
    """Tried in this order; the next one when a route fails."""
    also: tuple[str, ...] = ()
    """Other roles that this page is for."""
    is_desk: bool = False
    """An acceptance means that they act on it, not that they come."""

    @property
    def channels(self) -> tuple[ChannelKind, ...]:
        return tuple(route.kind for route in self.routes)

    @property
    def roles(self) -> tuple[str, ...]:
        return (self.role, *self.also)

    def routes_in(self, round_number: int) -> tuple[Route, ...]:
        """Return the routes in the order of a round, from 1: each begins one route further on.

        Somebody who did not hear the call may read the message.
        """
        first = (round_number - 1) % len(self.routes) if self.routes else 0
        return self.routes[first:] + self.routes[:first]

    @property
    def address(self) -> str:
        """Of the first route."""
        return self.routes[0].address if self.routes else ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "contact_id": self.contact_id,
            "name": self.name,
            "role": self.role,
            "language": self.language,
            "routes": [[route.kind.value, route.address] for route in self.routes],
            "also": list(self.also),
            "is_desk": self.is_desk,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        routes = tuple(Route(ChannelKind(kind), address) for kind, address in kept["routes"])
        return cls(**{**kept, "routes": routes, "also": tuple(kept["also"])})


@dataclass(frozen=True, slots=True)
class Step:
    """Those paged at the same time, and how long to wait for one of them."""

    number: int
    """From 1."""
    pages: tuple[Page, ...]
    wait_s: float

    def as_dict(self) -> dict[str, Any]:
        pages = [page.as_dict() for page in self.pages]
        return {"number": self.number, "pages": pages, "wait_s": self.wait_s}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        pages = tuple(Page.from_dict(page) for page in kept["pages"])
        return cls(kept["number"], pages, kept["wait_s"])


@dataclass(frozen=True, slots=True)
class Plan:
    """An incident's escalation, frozen when it is made."""

    incident_id: str
    urgency: Urgency
    is_drill: bool
    steps: tuple[Step, ...]
    repeats: int
    """How often all steps are gone through again after the first time."""
    fallback: tuple[Page, ...]
    """Everyone, once, when nobody accepted."""
    made_at: datetime
    reasons: tuple[str, ...] = ()
    """Why the plan is as it is, in plain English for the record."""
    is_again: bool = False
    """An operator had people alerted once more: only answers given since it was made count."""
    is_notice: bool = False
    """People are told something, and nobody is looked for: it fills none of their roles."""

    def again(self, reason: str) -> Self:
        """Return the plan as one that an operator asked for: answers before it do not count."""
        return replace(self, is_again=True, reasons=(*self.reasons, reason))

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role that the steps reach somebody for, first to last."""
        pages = (page for step in self.steps for page in step.pages)
        return tuple(dict.fromkeys(role for page in pages for role in page.roles))

    def step(self, number: int) -> Step:
        return next(step for step in self.steps if step.number == number)

    def everyone(self) -> Iterator[Page]:
        """Every page of the plan, those of the fallback last."""
        for step in self.steps:
            yield from step.pages
        yield from self.fallback

    def rounds(self) -> Iterator[tuple[int, Step]]:
        """Every step in the order it is carried out, with its round from 1."""
        for number in range(self.repeats + 1):
            for step in self.steps:
                yield number + 1, step

    def as_dict(self) -> dict[str, Any]:
        """Return the plan as JSON types; `from_dict` gives the same plan back."""
        return {
            "incident_id": self.incident_id,
            "urgency": self.urgency.value,
            "is_drill": self.is_drill,
            "steps": [step.as_dict() for step in self.steps],
            "repeats": self.repeats,
            "fallback": [page.as_dict() for page in self.fallback],
            "made_at": self.made_at.isoformat(),
            "reasons": list(self.reasons),
            "is_again": self.is_again,
            "is_notice": self.is_notice,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        return cls(
            incident_id=kept["incident_id"],
            urgency=Urgency(kept["urgency"]),
            is_drill=kept["is_drill"],
            steps=tuple(Step.from_dict(step) for step in kept["steps"]),
            repeats=kept["repeats"],
            fallback=tuple(Page.from_dict(page) for page in kept["fallback"]),
            made_at=datetime.fromisoformat(kept["made_at"]),
            reasons=tuple(kept["reasons"]),
            is_again=kept.get("is_again", False),
            is_notice=kept.get("is_notice", False),
        )
