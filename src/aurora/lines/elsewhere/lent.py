"""The calls that this process holds, lent to consoles of other machines: heard, joined, given back.

A console that is not heard of any more is gone, and Aurora has the caller again.
"""

import asyncio
import time
from base64 import b64decode, b64encode
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from aurora.errors import AuroraError, HandOffTaken, RecordsError, UnknownCall
from aurora.lines.audio.bridge import Bridge
from aurora.lines.elsewhere.bus import Bus, Message
from aurora.lines.open_lines import OpenLines
from aurora.lines.watch import Watch

log = structlog.get_logger()

SAY_EVERY_S = 1.0
"""Which calls are here."""
MOST_NAMED = 100
"""Calls in one message."""
GONE_AFTER_S = 3.0
"""Without a sign from a console that listens."""
SILENT_AFTER_S = 1.5
"""Without the sound of whoever has joined."""
WATCH_EVERY_S = 0.2
CALLER, AURORA, PERSON = range(3)
MOST_ANSWERS = 200


class FarEar:
    """All who listen to one call at one other machine; an `Ear` of its bridge."""

    def __init__(self, bus: Bus, call_id: str, to: str, clock: Callable[[], float]) -> None:
        self._bus = bus
        self._about = {"call": call_id, "to": to}
        self._clock = clock
        self.seen_at = self.spoke_at = clock()

    def hear_caller(self, mulaw: bytes) -> None:
        self._send(CALLER, mulaw)

    def hear_aurora(self, mulaw: bytes) -> None:
        self._send(AURORA, mulaw)

    def hear_person(self, mulaw: bytes) -> None:
        self._send(PERSON, mulaw)

    def clear_aurora(self) -> None:
        self._bus.send("cleared", **self._about)

    def tell(self, what: dict[str, Any]) -> None:
        if what["type"] == "joined":
            self._bus.send("joined", person=what["person"], **self._about)

    def _send(self, whose: int, mulaw: bytes) -> None:
        sound = b64encode(mulaw).decode()
        self._bus.send("sound", whose=whose, sound=sound, **self._about)


class LentCalls:
    """Everything that other machines do with the calls of this one."""

    def __init__(
        self,
        bus: Bus,
        open_lines: OpenLines,
        renew: Callable[[str], Awaitable[object]],
        label: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """renew: takes a call as it is on the record. label: what people call this machine."""
        self._bus = bus
        self._open_lines = open_lines
        self._renew = renew
        self._label = label
        self._clock = clock
        self._ears: dict[tuple[str, str], tuple[Bridge, FarEar]] = {}
        self._answers: OrderedDict[str, Message | None] = OrderedDict()
        """To what was asked, by its id, so that it is done once; None while it is being done."""
        self._tasks: set[asyncio.Task[None]] = set()
        bus.on("listen", self._listen)
        bus.on("leave", lambda message: self._begin(self._leave(message)))
        bus.on("voice", self._voice)
        bus.on("join", self._asked)
        bus.on("back", self._asked)
        bus.on("nudge", lambda message: self._begin(self._nudge(message)))

    async def run(self) -> None:
        """Say which calls are here, and mind who listens; ends only by being cancelled."""
        said_at, watch, is_current = -SAY_EVERY_S, Watch(WATCH_EVERY_S, self._clock), True
        while True:
            now = self._clock()
            if now - said_at >= SAY_EVERY_S:
                said_at = now
                self._say_which()
            for key, (bridge, ear) in list(self._ears.items()) if is_current else ():
                if now - ear.seen_at >= GONE_AFTER_S:
                    del self._ears[key]
                    await bridge.leave(ear, "connection_lost")
                elif bridge.is_speaker(ear) and now - ear.spoke_at >= SILENT_AFTER_S:
                    await bridge.drop_back("operator_not_heard")
            is_current = await watch.is_current()

    def _say_which(self) -> None:
        calls = self._open_lines.held()
        named = list(calls.items())
        for start in range(0, len(named), MOST_NAMED):
            part = dict(named[start : start + MOST_NAMED])
            self._bus.send("holds", calls=part, label=self._label)

    def _listen(self, message: Message) -> None:
        ear = self._ear(message)
        if ear is not None:
            ear.seen_at = self._clock()

    def _ear(self, message: Message) -> FarEar | None:
        key = (message["call"], message["from"])
        if key in self._ears:
            return self._ears[key][1]
        if not self._open_lines.held().get(message["call"]):
            return None
        bridge = self._open_lines.bridge(message["call"])
        ear = FarEar(self._bus, *key, self._clock)
        self._ears[key] = (bridge, ear)
        bridge.listen(ear)
        return ear

    async def _leave(self, message: Message) -> None:
        bridge, ear = self._ears.pop((message["call"], message["from"]), (None, None))
        if bridge is not None and ear is not None:
            await bridge.leave(ear, "connection_lost")

    def _voice(self, message: Message) -> None:
        bridge, ear = self._ears.get((message["call"], message["from"]), (None, None))
        if bridge is not None and ear is not None:
            ear.spoke_at = self._clock()
            bridge.speak(ear, b64decode(message["sound"]))

    def _asked(self, message: Message) -> None:
        name = message["id"]
        if name not in self._answers:
            self._answers[name] = None
            if len(self._answers) > MOST_ANSWERS:
                self._answers.popitem(last=False)
            self._begin(self._act(message))
        elif (answer := self._answers[name]) is not None:
            self._bus.send("answer", **answer)

    async def _act(self, message: Message) -> None:
        answer: Message = {"id": message["id"], "to": message["from"]}
        try:
            await self._done(message)
        except HandOffTaken as taken:
            answer |= {"problem": "taken", "person": taken.person, "stage": taken.stage}
        except (UnknownCall, TimeoutError):
            answer |= {"problem": "unknown"}
        except RecordsError:
            answer |= {"problem": "not_stored"}
        self._answers[message["id"]] = answer
        self._bus.send("answer", **answer)

    async def _done(self, message: Message) -> None:
        ear = self._ear(message)
        if ear is None:
            raise UnknownCall(message["call"])
        bridge = self._open_lines.bridge(message["call"])
        if message["kind"] == "join":
            ear.seen_at = ear.spoke_at = self._clock()
            await bridge.take_over(ear, message["person"])
            ear.spoke_at = self._clock()
        elif bridge.is_speaker(ear):
            await bridge.drop_back(message["reason"])

    async def _nudge(self, message: Message) -> None:
        """Say what was typed elsewhere: it is on the record, and not in what is known here."""
        if message["call"] not in self._open_lines.held():
            return
        try:
            await self._renew(message["call"])
        except AuroraError as error:
            log.error("call_not_renewed", call_id=message["call"], error=str(error))
        self._open_lines.nudge(message["call"])

    def _begin(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
