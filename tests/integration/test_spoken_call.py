"""Real speech over a real stream into a running line: heard, understood, answered in sound."""

import asyncio
import base64
import json
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree

import httpx2
import websockets

from aurora.speech.codec import FRAME, LINE_HZ, mulaw_encode
from aurora.speech.rendered import RenderedLines
from aurora.speech.speak import NanoVoice
from tests.integration.line_process import LineProcess, PatientLine
from tests.waiting import PATIENT_S

READY_WITHIN_S = 90.0
ANSWERED_WITHIN_S = 60.0
SILENCE = b"\xff" * FRAME


async def test_a_spoken_emergency_is_answered_with_its_first_line_as_sound(tmp_path: Path):
    voice = NanoVoice()
    speech = mulaw_encode(voice.render("Help! There is a fire in the packing hall.", "en-GB"))
    async with PatientLine(tmp_path, AURORA_LINE="stream", WHISPER_MODEL="tiny.en") as line:
        await is_listening(line)
        first_line = await kept_by(tmp_path, "Get out now. Pull the alarm as you leave. No lifts.")
        answer = await in_a_call(line, speech, first_line)
        record = await read(line, "/api/call/CA1")

    assert first_line in answer, json.dumps(record)
    assert record["call"]["urgency"] == "CRITICAL"
    assert "fire" in str(record["conversation"]).lower()
    assert "turn_timed" in [event["kind"] for event in record["events"]]


async def is_listening(line: LineProcess) -> None:
    """Wait until this machine can hear and speak."""
    async with asyncio.timeout(READY_WITHIN_S):
        while (await read(line, "/health"))["components"]["speech"]["state"] != "ok":  # noqa: ASYNC110
            await asyncio.sleep(0.2)


async def kept_by(data_dir: Path, text: str) -> bytes:
    """Return the very sound that the line made ready, once it has."""
    lines = RenderedLines(NanoVoice(), data_dir / "lines")
    lines.prepare([(text, "en")])
    await asyncio.to_thread(lines.wait_prepared, READY_WITHIN_S)
    sound = lines.get(text, "en")
    lines.close()
    assert sound is not None
    return sound


async def read(line: LineProcess, path: str):
    async with httpx2.AsyncClient(timeout=PATIENT_S) as client:
        return (await client.get(line.url + path)).json()


async def in_a_call(line: LineProcess, speech: bytes, wanted: bytes) -> bytes:
    """Say this once greeted; return the sound that came back, up to the one wanted."""
    async with httpx2.AsyncClient(timeout=PATIENT_S) as client:
        form = {"CallSid": "CA1", "From": "+12025550199", "CallStatus": "ringing"}
        answer = (await client.post(f"{line.url}/incoming-call", data=form)).text
    stream = ElementTree.fromstring(answer).find("./Connect/Stream")
    parameters = {"token": stream.find("Parameter").get("value")}
    started = {"streamSid": "MZ1", "callSid": "CA1", "customParameters": parameters}
    heard = bytearray()
    async with websockets.connect(stream.get("url")) as socket:
        await socket.send(json.dumps({"event": "start", "start": started}))
        speaking = asyncio.create_task(speak(socket, speech))
        try:
            async with asyncio.timeout(ANSWERED_WITHIN_S):
                while wanted not in heard:
                    message = json.loads(await socket.recv())
                    if message["event"] == "media":
                        heard += base64.b64decode(message["media"]["payload"])
                    elif message["event"] == "mark":
                        await socket.send(json.dumps(message))
        except (TimeoutError, websockets.ConnectionClosed):
            pass
        speaking.cancel()
        with suppress(websockets.ConnectionClosed):
            await socket.send(json.dumps({"event": "stop", "stop": {}}))
        await socket.wait_closed()
    return bytes(heard)


async def speak(socket: websockets.ClientConnection, speech: bytes) -> None:
    """Send silence for the greeting, the speech, and silence, at Twilio's 50 frames a second."""
    frames = [speech[at : at + FRAME].ljust(FRAME, b"\xff") for at in range(0, len(speech), FRAME)]
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number, frame in enumerate((*[SILENCE] * 300, *frames, *[SILENCE] * 1500)):
        await asyncio.sleep(max(began + number * FRAME / LINE_HZ - loop.time(), 0.0))
        media = {"track": "inbound", "payload": base64.b64encode(frame).decode()}
        await socket.send(json.dumps({"event": "media", "media": media}))
