"""A line whose recogniser and voice are stand-ins that take no time, in a process of its own."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import uvicorn

from aurora.app import create_app
from aurora.arenas import bound_arenas
from aurora.cli.output import log_to_stderr
from aurora.lines.audio.fixed_lines import fixed_lines
from aurora.parts import open_parts
from aurora.rooms import open_rooms
from aurora.serve import listen, server_config
from aurora.settings import load_settings
from aurora.speech.codec import FRAME, LINE_HZ, mulaw_encode
from aurora.speech.rendered import RenderedLines
from aurora.speech.voice_process import VoiceProcess
from tests.integration.line_process import HOST, free_port
from tests.scripted_speech import ScriptedSpeech

SETTINGS = {
    "AURORA_LINE": "stream",
    "GATHER_TIMEOUT": "60",
    # What is measured is the checkout that measures, wherever the package is installed from.
    "PYTHONPATH": os.pathsep.join(str(Path(path).resolve()) for path in sys.path if path),
}


REAL_VOICE = 0.0
PREPARED_WITHIN_S = 600.0


@dataclass(frozen=True, slots=True)
class StandInLine:
    """Where it answers, and as which process."""

    url: str
    pid: int

    def cpu_s(self) -> float:
        """Return the processor time it has used."""
        after_name = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")

    def rss_mb(self) -> float:
        """Return the memory it has in use."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@asynccontextmanager
async def running_line(
    words: str, chars_per_s: float, **settings: str
) -> AsyncIterator[StandInLine]:
    """Yield a line that understands these words in whatever is said, as they come.

    chars_per_s: how fast its voice is; REAL_VOICE for the line's own. settings: by variable,
    besides those of every measured line.
    """
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="aurora-bench-") as folder:
        printed = Path(folder) / "printed"
        with printed.open("ab") as errors:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", __name__, str(port), str(chars_per_s), words),
                # Its own directory, so that no .env of the checkout is read.
                cwd=folder,
                env={
                    "PATH": os.defpath,
                    "AURORA_DATA_DIR": folder,
                    **SETTINGS,
                    **settings,
                },
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
            )
        assert process.stdout is not None
        url = f"http://{HOST}:{port}"
        try:
            listens = await process.stdout.readline()
            assert listens.decode().strip() == url, f"not started:\n{printed.read_text()}"
            yield StandInLine(url, process.pid)
        finally:
            process.kill()
            await process.wait()


class InstantSpeech(ScriptedSpeech):
    """Real ears for what is speech; words and sentences are there when asked for."""

    def __init__(self, words: str, chars_per_s: float) -> None:
        super().__init__(words, takes_s=0.0)
        self._chars_per_s = chars_per_s

    def get(self, text: str, language: str) -> bytes | None:
        return _tone(round(len(text) / self._chars_per_s * LINE_HZ / FRAME) * FRAME)


class VoicedSpeech(InstantSpeech):
    """The same with the line's own voice, whose fixed sentences are ready."""

    def __init__(self, words: str, folder: Path, fixed: Iterable[tuple[str, str]]) -> None:
        super().__init__(words, REAL_VOICE)
        self._lines = RenderedLines(VoiceProcess(), folder)
        self._lines.prepare(fixed)
        self._lines.wait_prepared(PREPARED_WITHIN_S)

    def get(self, text: str, language: str) -> bytes | None:
        return self._lines.get(text, language)

    async def render(self, text: str, language: str) -> bytes:
        return await self._lines.render(text, language)


@cache
def _tone(samples: int) -> bytes:
    tone = 8000 * np.sin(2 * np.pi * 440 * np.arange(samples) / LINE_HZ)
    return mulaw_encode(tone.astype(np.int16))


async def _serve(port: int, chars_per_s: float, words: str) -> None:
    bound_arenas()
    settings = load_settings()
    rooms = open_rooms(settings)
    rooms.triage.warm()
    rooms.handbook.warm()
    url = f"http://{HOST}:{port}"
    async with open_parts(settings, rooms, local_url=url) as parts:
        speech = InstantSpeech(words, chars_per_s)
        if chars_per_s == REAL_VOICE:
            fixed = [line for line in fixed_lines(rooms.library, rooms.site) if line[1] == "en"]
            speech = VoicedSpeech(words, settings.records.data_dir / "lines", fixed)
        await speech.transcribe(np.zeros(FRAME, np.int16), "en")
        parts.speech = speech  # type: ignore[assignment]
        with listen(HOST, port) as listener:
            server = uvicorn.Server(server_config(create_app(parts)))
            print(url, flush=True)
            await server.serve(sockets=[listener])


if __name__ == "__main__":
    # The address alone goes to standard output: whoever reads it takes the line to be listening.
    log_to_stderr()
    asyncio.run(_serve(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]))
