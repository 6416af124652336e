"""A line with a stand-in for its model, and callers on the telephone and on the JSON API."""

import asyncio
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx2

from aurora.conversation.call import Call
from aurora.conversation.record import Event, Message
from aurora.parts import Parts
from aurora.rehearsal.model_server import ModelServer
from aurora.rehearsal.scripted_model import REASONS, Fault, Script

HEARD_WITHIN_S = 20.0
"""A model that hangs would never be heard; the machine may be busy."""
EMERGENCY = "fire in zone b"
OPEN = "can you tell me a joke"
"""No approved words answer it, so the model is asked."""
SENTENCE = "Keep talking to me and tell me what you see."
"""Grounded: a model that is well may say it."""
GROUNDED = f"{SENTENCE} Stay low on your way out. "
LOWERING = '{"urgency": "normal", "hazard": "none", "zone": "Zone C"}\n'
MORE_KEYS = '{"urgency": "critical", "hazard": "fire", "zone": null, "confidence": 1}\n'
UNUSABLE = {
    "empty": (Script(""), "empty"),
    "only reasoning": (Script("", reasoning="Hm. " * 20, finish_reason="length"), "empty"),
    "urgency tag first": (Script(f"[URGENCY: normal] {GROUNDED}"), "bad_header"),
    "urgency tag last": (Script(f"{GROUNDED}\n{LOWERING}"), "bad_header"),
    "no header": (Script(GROUNDED), "bad_header"),
    "other spelling": (Script(f"Urgency=NORMAL\n{GROUNDED}"), "bad_header"),
    "upper case": (Script(LOWERING.replace("normal", "NORMAL") + GROUNDED), "bad_header"),
    "extra keys": (Script(MORE_KEYS + GROUNDED), "bad_header"),
    "an unknown urgency": (Script(LOWERING.replace("normal", "calm") + GROUNDED), "bad_header"),
    "fenced header": (Script(f"```json\n{LOWERING}```\n{GROUNDED}"), "bad_header"),
    "markup": (Script(f"{LOWERING}{SENTENCE} **Now** <Hangup/> go."), "bad_text"),
    "a second tag": (Script(f"{LOWERING}{SENTENCE} [URGENCY: normal] Go on."), "bad_text"),
    "filtered": (Script(LOWERING + GROUNDED, finish_reason="content_filter"), "refused"),
}
FAULTS = {fault.value: (Script(LOWERING + GROUNDED * 4, fault), REASONS[fault]) for fault in Fault}
ALL = FAULTS | UNUSABLE


@dataclass
class Stage:
    """A line, and the stand-in for its model."""

    client: httpx2.AsyncClient
    parts: Parts = field(repr=False)
    model: ModelServer
    numbers: Any = field(default_factory=lambda: count(1000))

    def script(self, *scripts: Script) -> None:
        self.model.prompter.use(scripts)
        self.model.requests.clear()

    def caller(self, line: str) -> "Caller":
        return Caller(self, line, f"+1202555{next(self.numbers)}")

    async def metric(self, name: str) -> float:
        text = (await self.client.get("/metrics")).text
        values = [row.split()[-1] for row in text.splitlines() if row.startswith(name)]
        return float(values[0]) if values else 0.0


@dataclass
class Caller:
    """Someone on the telephone or on the JSON API."""

    stage: Stage
    line: str
    number: str
    seconds: float = 0.0
    """What the last answer took, by the event loop's clock."""
    action: str = "/process-speech"
    """Where the telephone sends the next words."""

    async def say(self, words: str) -> str:
        """Speak, and return what is heard in answer."""
        clock = asyncio.get_running_loop().time
        started = clock()
        answer = await (self._telephone(words) if self.line == "gather" else self._api(words))
        self.seconds = clock() - started
        assert answer.status_code == 200, answer.text
        if self.line == "api":
            return str(answer.json()["message"])
        root = ET.fromstring(answer.text)
        assert [verb.tag for verb in root] == ["Gather", "Redirect"]
        self.action = str(root[0].get("action"))
        return str(root.findtext("Gather/Say"))

    async def _telephone(self, words: str) -> httpx2.Response:
        fields = {"CallSid": f"CA{self.number}", "From": self.number, "SpeechResult": words}
        return await self.stage.client.post(self.action, data=fields)

    async def _api(self, words: str) -> httpx2.Response:
        asked = {"speech": words, "ph_no": self.number}
        return await self.stage.client.post("/api/process-speech", json=asked)

    async def call(self) -> Call:
        records = self.stage.parts.records
        found = await records.find_open(line=self.line, from_number=self.number)
        assert found is not None
        return found

    async def spoken(self) -> list[Message]:
        messages = await self.stage.parts.records.messages((await self.call()).id)
        return [message for message in messages if message.role == "assistant"]

    async def heard(self) -> list[Message]:
        messages = await self.stage.parts.records.messages((await self.call()).id)
        return [message for message in messages if message.role == "user"]

    async def events(self, kind: str) -> list[Event]:
        events = await self.stage.parts.records.events((await self.call()).id)
        return [event for event in events if event.kind == kind]


def is_approved(message: Message) -> bool:
    """Whether every sentence came from a procedure or the phrases."""
    sources = message.details["sources"]
    return bool(sources) and not any("model" in source for source in sources)
