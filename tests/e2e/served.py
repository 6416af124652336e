"""The whole line, served on a free port of this machine, with real ears and a real voice."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn

from aurora.app import Parts, create_app, open_parts
from aurora.lines.audio.ports import SpeechParts, Transcription
from aurora.serve import listen, server_config
from aurora.settings import load_settings
from aurora.speech.pool import TranscriptionPool
from aurora.speech.rendered import RenderedLines
from aurora.speech.speak import NanoVoice
from aurora.speech.voice_activity import SileroActivity, SileroModel
from aurora.speech.weights import choose_weights
from tests.application import rooms_for, set_environment


@asynccontextmanager
async def served(
    monkeypatch: pytest.MonkeyPatch,
    directory: Path,
    environment: Mapping[str, str] | None = None,
    *,
    ears: Transcription | None = None,
    silence_s: float = 60.0,
) -> AsyncIterator[tuple[str, Parts]]:
    """Yield the line's address and what it consists of.

    ears: puts speech into words; the real recogniser when None, which takes seconds to load.
    silence_s: a test that does not wait for it is not disturbed by a silent turn.
    """
    set_environment(monkeypatch, directory, environment or {})
    settings = load_settings()
    async with open_parts(settings, rooms_for(settings), local_url="http://127.0.0.1") as parts:
        pool = await _ears(directory) if ears is None else None
        silero = SileroModel()
        lines = RenderedLines(NanoVoice(), directory / "lines")
        parts.speech = SpeechParts(
            lambda: SileroActivity(silero), ears or pool, lines, silence_s=silence_s
        )
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
                lines.close()
                if pool is not None:
                    await pool.close()


async def _ears(directory: Path) -> TranscriptionPool:
    choice = await asyncio.to_thread(choose_weights, "tiny.en", directory / "models")
    pool = TranscriptionPool(choice)
    await pool.start()
    return pool
