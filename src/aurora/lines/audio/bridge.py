"""Let people at the console hear a call by voice, and one of them speak in Aurora's place.

It outlives a caller's connection: whoever listens stays while a page calls again.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

import structlog

from aurora.errors import UnknownCall
from aurora.speech.codec import Pcm, mulaw_encode

log = structlog.get_logger()

ANSWER_WITHIN_S = 6.0
"""For the call to finish what it is doing, and the record to have it."""


class Ear(Protocol):
    """Somebody who listens; nothing here may wait, or the caller's sound would."""

    def hear_caller(self, mulaw: bytes) -> None: ...

    def hear_aurora(self, mulaw: bytes) -> None: ...

    def hear_person(self, mulaw: bytes) -> None:
        """Another person, who has joined the caller."""

    def clear_aurora(self) -> None:
        """Aurora fell silent: what of hers has not been played is not heard by the caller."""

    def tell(self, what: dict[str, Any]) -> None:
        """Say what changed: who has joined, that the caller is away, back or gone."""


class BridgedCall(Protocol):
    """The call as its line holds it at this moment."""

    def pass_on(self, mulaw: bytes) -> None: ...

    async def join(self, person: str) -> None: ...

    async def drop_back(self, reason: str) -> None: ...


class Bridge:
    """One call's."""

    def __init__(self) -> None:
        self._ears: list[Ear] = []
        self._call: BridgedCall | None = None
        self._is_far = False
        self._speaker: Ear | None = None
        self._person: str | None = None

    @property
    def person(self) -> str | None:
        """Who speaks with the caller in Aurora's place, by name."""
        return self._person

    @property
    def has_caller(self) -> bool:
        """Whether the caller is connected."""
        return self._call is not None

    @property
    def has_caller_here(self) -> bool:
        """Whether they are connected to this very machine."""
        return self._call is not None and not self._is_far

    def carries(self, call: BridgedCall) -> bool:
        return self._call is call

    # The call's side.

    @contextmanager
    def carrying(self, call: BridgedCall, *, is_far: bool = False) -> Iterator[None]:
        """Carry a call's sound for as long as its connection lasts.

        is_far: it comes from another machine, which is where a person joins it.
        """
        self._call, self._is_far = call, is_far
        self._tell({"type": "caller", "is_here": True})
        try:
            yield
        finally:
            if self._call is call:
                self._call = None
                self._tell({"type": "caller", "is_here": False})

    def hear_caller(self, pcm: Pcm) -> None:
        if self._ears:
            self.hear_caller_as(mulaw_encode(pcm))

    def hear_caller_as(self, mulaw: bytes) -> None:
        self._each(lambda ear: ear.hear_caller(mulaw))

    def hear_person(self, mulaw: bytes) -> None:
        """A person who has joined at another machine."""
        self._each(lambda ear: ear.hear_person(mulaw))

    def note_person(self, person: str | None) -> None:
        """Another machine says who speaks in Aurora's place; nobody here does after None."""
        if person != self._person:
            self._person = person
            if person is None:
                self._speaker = None
            self._tell(self._joined())

    def hear_aurora(self, mulaw: bytes) -> None:
        self._each(lambda ear: ear.hear_aurora(mulaw))

    def clear_aurora(self) -> None:
        self._each(lambda ear: ear.clear_aurora())

    # The console's side.

    def listen(self, ear: Ear) -> None:
        self._ears.append(ear)
        ear.tell({"type": "caller", "is_here": self.has_caller})
        ear.tell(self._joined())

    async def leave(self, ear: Ear, reason: str) -> None:
        """Stop listening; Aurora comes back where this was who spoke."""
        if ear in self._ears:
            self._ears.remove(ear)
        if ear is self._speaker:
            await self.drop_back(reason)

    async def take_over(self, ear: Ear, person: str) -> None:
        """Let somebody who listens speak; raises HandOffTaken, UnknownCall, RecordsError."""
        if self._call is None:
            raise UnknownCall("the caller's sound is not here")
        async with asyncio.timeout(ANSWER_WITHIN_S):
            await self._call.join(person)
        self._speaker, self._person = ear, person
        self._tell(self._joined())

    async def drop_back(self, reason: str) -> None:
        """Let Aurora speak again. When the caller is away it is done as they come back."""
        self._speaker = self._person = None
        self._tell(self._joined())
        if self._call is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(ANSWER_WITHIN_S):
                    await self._call.drop_back(reason)

    def is_speaker(self, ear: Ear) -> bool:
        """Whether this is who speaks in Aurora's place."""
        return ear is self._speaker

    def speak(self, ear: Ear, mulaw: bytes) -> None:
        """Pass on the sound of who has joined; nobody else's reaches the caller."""
        if ear is not self._speaker or self._call is None:
            return
        self._call.pass_on(mulaw)
        self._each(lambda other: other.hear_person(mulaw) if other is not ear else None)

    def _joined(self) -> dict[str, Any]:
        return {"type": "joined", "person": self._person}

    def _tell(self, what: dict[str, Any]) -> None:
        self._each(lambda ear: ear.tell(what))

    def _each(self, let: Callable[[Ear], None]) -> None:
        for ear in tuple(self._ears):
            try:
                let(ear)
            # Whoever listens breaks neither the caller's line nor what others hear.
            except Exception:
                log.exception("listener_lost")
                if ear in self._ears:
                    self._ears.remove(ear)
