"""The whole line, served on a free port of this machine; speech is real or written down."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uvicorn

from aurora.app import create_app
from aurora.console.door import Door
from aurora.lines.audio.ports import SpeechParts
from aurora.lines.audio.speech import SpeechState
from aurora.parts import Parts, open_parts
from aurora.serve import listen, server_config
from aurora.settings import load_settings
from aurora.speech.codec import FRAME, FRAME_S, LINE_HZ, Pcm, mulaw_encode
from aurora.speech.transcribe import Transcript
from tests.application import rooms_for, set_environment


class Loud:
    """Voice activity that takes every loud frame for speech."""

    window_s = FRAME_S
    is_plain = False

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.int16)

    def feed(self, pcm: Pcm) -> list[bool]:
        sound = np.concatenate([self._rest, pcm])
        whole = len(sound) - len(sound) % FRAME
        self._rest = sound[whole:]
        return [bool(np.abs(frame).max() > 1_000) for frame in sound[:whole].reshape(-1, FRAME)]


@dataclass
class WrittenSpeech:
    """Ears that hear the same words in whatever is said, and a voice of one tone."""

    words: str = ""
    is_ready: bool = True
    is_loaded: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.is_loaded.set()

    def parts(self, **options: Any) -> SpeechParts:
        # A test that does not wait for a silent turn is not disturbed by one.
        return SpeechParts(Loud, self, self, silence_s=60.0)

    async def start(self) -> None:
        await self.is_loaded.wait()

    async def close(self) -> None: ...

    @property
    def state(self) -> SpeechState:
        return SpeechState(is_wanted=True, is_ready=self.is_ready, detail="written down")

    async def transcribe(
        self, pcm: Pcm, language: str, *, among: Sequence[str] = (), **asked: Any
    ) -> Transcript:
        reject = None if self.words else "nothing_said"
        return Transcript(
            self.words, language, -0.2, 0.05, len(pcm) / LINE_HZ, 0.01, "written", reject
        )

    def get(self, text: str, language: str) -> bytes | None:
        at = np.arange(round(len(text.split()) * 0.25 * LINE_HZ)) / LINE_HZ
        return mulaw_encode((8_000 * np.sin(2 * np.pi * 440 * at)).astype(np.int16))

    async def render(self, text: str, language: str) -> bytes:
        return self.get(text, language) or b""


@asynccontextmanager
async def served(
    monkeypatch: pytest.MonkeyPatch,
    directory: Path,
    environment: Mapping[str, str] | None = None,
    *,
    speech: WrittenSpeech | None = None,
    door: Door | None = None,
    port: int = 0,
) -> AsyncIterator[tuple[str, Parts]]:
    """Yield the line's address and what it consists of; real speech when none is given.

    port: 0 for a free one.
    """
    set_environment(monkeypatch, directory, environment or {})
    settings = load_settings()
    async with open_parts(settings, rooms_for(settings), local_url="http://127.0.0.1") as parts:
        written: Any = speech or parts.speech
        config = server_config(create_app(replace(parts, speech=written), door))
        config.lifespan = "off"
        server = uvicorn.Server(config)
        with listen("127.0.0.1", port) as listener:
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            try:
                yield f"http://127.0.0.1:{listener.getsockname()[1]}", parts
            finally:
                server.should_exit = True
                await serving
