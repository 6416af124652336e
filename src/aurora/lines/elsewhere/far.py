"""Calls that another machine or a kiosk holds, as this machine's console hears and joins them."""

import asyncio
import secrets
import time
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aurora.errors import HandOffTaken, RecordsError, UnknownCall
from aurora.lines.audio.bridge import Bridge
from aurora.lines.elsewhere.bus import Bus, Message
from aurora.lines.elsewhere.lent import AURORA, CALLER

ASK_EVERY_S = 0.5
"""A message may be lost; who was asked already does it once."""
STALE_AFTER_S = 4.0
"""Without a word from whoever holds a call."""


@dataclass(slots=True)
class Held:
    """A call that is held elsewhere."""

    by: str
    label: str
    """What people call that machine."""
    has_sound: bool
    seen_at: float


class FarCall:
    """One call's sound and acts over the bus; a `BridgedCall` of the bridge here."""

    def __init__(self, bus: Bus, call_id: str, bridge: Bridge, to: str) -> None:
        self._bus = bus
        self._about = {"call": call_id, "to": to}
        self.bridge = bridge
        self.answers: dict[str, asyncio.Future[Message]] = {}

    def pass_on(self, mulaw: bytes) -> None:
        self._bus.send("voice", sound=b64encode(mulaw).decode(), **self._about)

    async def join(self, person: str) -> None:
        await self._ask("join", person=person)

    async def drop_back(self, reason: str) -> None:
        await self._ask("back", reason=reason)

    def listen(self) -> None:
        """Say that somebody here still listens."""
        self._bus.send("listen", **self._about)

    def leave(self) -> None:
        self._bus.send("leave", **self._about)

    async def _ask(self, what: str, **fields: Any) -> None:
        name = secrets.token_hex(8)
        answer = self.answers[name] = asyncio.get_running_loop().create_future()
        try:
            # Whoever asks waits for so long and no longer: the bridge's own limit.
            while not answer.done():
                self._bus.send(what, id=name, **fields, **self._about)
                await asyncio.wait([answer], timeout=ASK_EVERY_S)
        finally:
            del self.answers[name]
        match answer.result():
            case {"problem": "taken", "person": person, "stage": stage}:
                raise HandOffTaken(person, stage)
            case {"problem": "not_stored"}:
                raise RecordsError("the machine that holds the call could not store it")
            case {"problem": _}:
                raise UnknownCall(self._about["call"])


class FarCalls:
    """What this machine knows of the calls that others hold."""

    def __init__(self, bus: Bus, clock: Callable[[], float] = time.monotonic) -> None:
        self._bus = bus
        self._clock = clock
        self._held: dict[str, Held] = {}
        self._reached: dict[str, FarCall] = {}
        self._listeners: dict[str, tuple[int, asyncio.Task[None]]] = {}
        bus.on("holds", self._holds)
        bus.on("sound", self._sound)
        bus.on("cleared", self._cleared)
        bus.on("joined", self._joined)
        bus.on("answer", self._answer)

    def holder(self, call_id: str) -> Held | None:
        """Return who holds a call, if another machine does."""
        held = self._held.get(call_id)
        if held is not None and self._clock() - held.seen_at > STALE_AFTER_S:
            del self._held[call_id]
            return None
        return held

    def nudge(self, call_id: str) -> bool:
        """Have what is kept for a caller said by whoever holds the call; False when nobody does."""
        if self.holder(call_id) is None:
            return False
        self._bus.send("nudge", call=call_id)
        return True

    @asynccontextmanager
    async def reaching(self, call_id: str, bridge: Bridge) -> AsyncIterator[None]:
        """Bring a call's sound to the bridge here while another machine holds it."""
        count, task = self._listeners.get(call_id, (0, None))
        task = task or asyncio.create_task(self._reach(call_id, bridge))
        self._listeners[call_id] = (count + 1, task)
        try:
            yield
        finally:
            count, task = self._listeners[call_id]
            if count > 1:
                self._listeners[call_id] = (count - 1, task)
            else:
                del self._listeners[call_id]
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def _reach(self, call_id: str, bridge: Bridge) -> None:
        while True:
            held = self.holder(call_id)
            if held is not None and held.has_sound and not bridge.has_caller:
                await self._carry(call_id, bridge, held.by)
            await asyncio.sleep(ASK_EVERY_S)

    async def _carry(self, call_id: str, bridge: Bridge, by: str) -> None:
        """Carry a call's sound until its holder lets go of it, or it comes here."""
        far = self._reached[call_id] = FarCall(self._bus, call_id, bridge, by)
        try:
            with bridge.carrying(far, is_far=True):
                while bridge.carries(far) and (held := self.holder(call_id)) and held.by == by:
                    far.listen()
                    await asyncio.sleep(ASK_EVERY_S)
        finally:
            del self._reached[call_id]
            far.leave()

    # What comes over the bus.

    def _holds(self, message: Message) -> None:
        now = self._clock()
        for call_id, has_sound in message["calls"].items():
            held = Held(message["from"], message["label"], bool(has_sound), now)
            self._held[call_id] = held

    def _sound(self, message: Message) -> None:
        far = self._reached.get(message["call"])
        if far is None:
            return
        mulaw = b64decode(message["sound"])
        hear = {CALLER: far.bridge.hear_caller_as, AURORA: far.bridge.hear_aurora}
        hear.get(message["whose"], far.bridge.hear_person)(mulaw)

    def _cleared(self, message: Message) -> None:
        if (far := self._reached.get(message["call"])) is not None:
            far.bridge.clear_aurora()

    def _joined(self, message: Message) -> None:
        if (far := self._reached.get(message["call"])) is not None:
            far.bridge.note_person(message["person"])

    def _answer(self, message: Message) -> None:
        for far in self._reached.values():
            answer = far.answers.get(message["id"])
            if answer is not None and not answer.done():
                answer.set_result(message)
