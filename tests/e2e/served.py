"""The whole line, served on a free port of this machine, with real ears and a real voice."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn

from aurora.app import Parts, create_app, open_parts
from aurora.lines.audio.ports import SpeechParts
from aurora.serve import listen, server_config
from aurora.settings import load_settings
from aurora.speech.codec import mulaw_encode
from aurora.speech.pool import TranscriptionPool
from aurora.speech.speak import NanoVoice
from aurora.speech.voice_activity import SileroModel
from aurora.speech.weights import choose_weights
from tests.application import rooms_for, set_environment


class Spoken:
    def __init__(self) -> None:
        self._voice = NanoVoice()
        self._made: dict[tuple[str, str], bytes] = {}

    def get(self, text: str, language: str) -> bytes | None:
        return self._made.get((text, language))

    async def render(self, text: str, language: str) -> bytes:
        pcm = await asyncio.to_thread(self._voice.render, text, language)
        self._made[text, language] = mulaw_encode(pcm)
        return self._made[text, language]


@asynccontextmanager
async def served(
    monkeypatch: pytest.MonkeyPatch,
    directory: Path,
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[tuple[str, Parts]]:
    """Yield the line's address and what it consists of."""
    set_environment(monkeypatch, directory, environment or {})
    settings = load_settings()
    async with open_parts(settings, rooms_for(settings), local_url="http://127.0.0.1") as parts:
        choice = await asyncio.to_thread(choose_weights, "tiny.en", directory / "models")
        pool = TranscriptionPool(choice)
        await pool.start()
        silero = SileroModel()
        from aurora.speech.voice_activity import SileroActivity

        parts.speech = SpeechParts(lambda: SileroActivity(silero), pool, Spoken())
        config = server_config(create_app(parts))
        config.lifespan = "off"
        server = uvicorn.Server(config)
        with listen("127.0.0.1", 0) as listener:
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            try:
                yield f"http://127.0.0.1:{listener.getsockname()[1]}", parts
            finally:
                server.should_exit = True
                await serving
                await pool.close()
