"""Real speech over a real stream into a running line: heard, understood, answered in sound."""

import asyncio
import base64
import json
from collections import deque
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx2
import websockets

from aurora.speech.codec import FRAME, LINE_HZ, mulaw_encode
from aurora.speech.rendered import RenderedLines
from aurora.speech.speak import NanoVoice
from tests.integration.line_process import LineProcess, PatientLine
from tests.waiting import PATIENT_S, until

READY_WITHIN_S = 120.0
ANSWERED_WITHIN_S = 180.0
TURN_S = 1.5
"""Of quiet once Aurora has spoken: it is the caller's turn, and they say what they have to say."""
AGAIN_AFTER_S = 30.0
"""Of quiet from somebody who was not answered at all."""
SILENCE = b"\xff" * FRAME


async def test_a_spoken_emergency_is_answered_with_its_first_line_as_sound(tmp_path: Path):
    voice = NanoVoice()
    speech = mulaw_encode(voice.render("Help! There is a fire in the packing hall.", "en-GB"))
    async with PatientLine(tmp_path, AURORA_LINE="stream", WHISPER_MODEL="tiny.en") as line:
        await is_listening(line)
        first_line = await kept_by(tmp_path, "Get out now. Pull the alarm as you leave. No lifts.")
        call = await in_a_call(line, speech, first_line)
        record = await record_of(line)

    seen = shown(line, call, record)
    is_answered = first_line in call.heard
    assert is_answered, seen
    assert record["call"]["urgency"] == "CRITICAL", seen
    assert "fire" in str(record["conversation"]).lower(), seen
    assert "turn_timed" in kinds(record), seen


async def is_listening(line: LineProcess) -> None:
    """Wait until this machine can hear and speak."""

    async def speaks() -> bool:
        return (await read(line, "/health"))["components"]["speech"]["state"] == "ok"

    await until(speaks, READY_WITHIN_S)


async def kept_by(data_dir: Path, text: str) -> bytes:
    """Return the very sound that the line made ready, once it has."""
    lines = RenderedLines(NanoVoice(), data_dir / "lines")
    lines.prepare([(text, "en")])
    await asyncio.to_thread(lines.wait_prepared, READY_WITHIN_S)
    sound = lines.get(text, "en")
    lines.close()
    assert sound is not None
    return sound


async def read(line: LineProcess, path: str) -> Any:
    async with httpx2.AsyncClient(timeout=PATIENT_S) as client:
        return (await client.get(line.url + path)).json()


async def record_of(line: LineProcess) -> Any:
    """Return the call's record once the time of its answer, which comes later, is on it."""

    async def is_timed() -> bool:
        return "turn_timed" in kinds(await read(line, "/api/call/CA1"))

    with suppress(TimeoutError):
        await until(is_timed)
    return await read(line, "/api/call/CA1")


def kinds(record: Any) -> list[str]:
    return [event["kind"] for event in record["events"]]


def shown(line: LineProcess, call: "SpokenCall", record: Any) -> str:
    """Return everything that says why a call went as it did."""
    return (
        f"said {call.times_said} times, {len(call.heard) / LINE_HZ:.1f} s of sound came back,"
        f" closed: {call.closed}\n{json.dumps(record, indent=1)}\n{line.output}"
    )


async def in_a_call(line: LineProcess, speech: bytes, wanted: bytes) -> "SpokenCall":
    """Say this once greeted, and again when asked again; ends with the sound that is wanted."""
    async with httpx2.AsyncClient(timeout=PATIENT_S) as client:
        form = {"CallSid": "CA1", "From": "+12025550199", "CallStatus": "ringing"}
        answer = (await client.post(f"{line.url}/incoming-call", data=form)).text
    stream = ElementTree.fromstring(answer).find("./Connect/Stream")
    parameters = {"token": stream.find("Parameter").get("value")}
    started = {"streamSid": "MZ1", "callSid": "CA1", "customParameters": parameters}
    patient = {"open_timeout": PATIENT_S, "ping_timeout": PATIENT_S}
    async with websockets.connect(stream.get("url"), **patient) as socket:
        call = SpokenCall(socket, speech)
        await socket.send(json.dumps({"event": "start", "start": started}))
        speaking = asyncio.create_task(call.speak())
        try:
            async with asyncio.timeout(ANSWERED_WITHIN_S):
                await call.listen(wanted)
        except TimeoutError:
            call.closed = f"nothing of it came within {ANSWERED_WITHIN_S:g} s"
        except websockets.ConnectionClosed as error:
            call.closed = str(error)
        speaking.cancel()
        with suppress(websockets.ConnectionClosed):
            await socket.send(json.dumps({"event": "stop", "stop": {}}))
        await socket.wait_closed()
    return call


class SpokenCall:
    """A caller at the other end of a stream, who says one thing until it is answered."""

    def __init__(self, socket: websockets.ClientConnection, speech: bytes) -> None:
        self.heard = bytearray()
        self.times_said = 0
        self.closed = "by the caller, once answered"
        self._socket = socket
        self._speech = speech
        self._newest_at = 0.0
        """When, by the loop's clock, either side last made a sound."""
        self._is_asked = False
        """Aurora has spoken since the caller did."""

    async def listen(self, wanted: bytes) -> None:
        """Hear until this sound has come."""
        while wanted not in self.heard:
            message = json.loads(await self._socket.recv())
            if message["event"] == "media":
                self.heard += base64.b64decode(message["media"]["payload"])
                self._newest_at = asyncio.get_running_loop().time()
                self._is_asked = True
            elif message["event"] == "mark":
                await self._socket.send(json.dumps(message))

    async def speak(self) -> None:
        """Send Twilio's 50 frames a second: the speech when it is the caller's turn, or silence."""
        loop = asyncio.get_running_loop()
        began, saying = loop.time(), deque[bytes]()
        for number in count():
            await asyncio.sleep(max(began + number * FRAME / LINE_HZ - loop.time(), 0.0))
            if saying:
                self._newest_at = loop.time()
            elif self._is_to_speak(loop.time()):
                self.times_said += 1
                self._is_asked = False
                saying.extend(_frames(self._speech))
            payload = base64.b64encode(saying.popleft() if saying else SILENCE).decode()
            media = {"track": "inbound", "payload": payload}
            with suppress(websockets.ConnectionClosed):
                await self._socket.send(json.dumps({"event": "media", "media": media}))

    def _is_to_speak(self, now: float) -> bool:
        quiet_s = TURN_S if self._is_asked else AGAIN_AFTER_S
        return bool(self.heard) and now - self._newest_at >= quiet_s


def _frames(speech: bytes) -> list[bytes]:
    return [speech[at : at + FRAME].ljust(FRAME, b"\xff") for at in range(0, len(speech), FRAME)]
