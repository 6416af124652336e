"""Real workers with real weights: they hear, are replaced when killed, and hold up no one."""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE
from collections import Counter
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
import soxr
from py_nanotts import NanoTTS

from aurora.errors import SpeechUnavailable
from aurora.speech.codec import LINE_HZ, Pcm
from aurora.speech.pool import TranscriptionPool
from aurora.speech.transcribe import WhisperTranscriber
from aurora.speech.weights import WeightsChoice, choose_weights
from aurora.speech.worker_process import WorkerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

WITHIN_S = 60.0
"""These machines are shared: nothing here is about how fast."""


def say(text: str, voice: str = "en-US") -> Pcm:
    spoken = np.frombuffer(NanoTTS().speak(text, voice=voice), np.int16)
    pause = np.zeros(LINE_HZ // 4, np.int16)
    return np.concatenate([pause, soxr.resample(spoken, 16_000, LINE_HZ), pause])


@pytest.fixture(scope="module")
def choice(tmp_path_factory: pytest.TempPathFactory) -> WeightsChoice:
    return choose_weights("base", tmp_path_factory.mktemp("models"))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def pool(choice: WeightsChoice):
    pool = TranscriptionPool(choice, clock=time.monotonic)
    await pool.start()
    yield pool
    await pool.close()


async def test_english_is_put_into_words(pool: TranscriptionPool):
    transcript = await pool.transcribe(
        say("There is a chlorine smell and people are coughing."), "en", within_s=WITHIN_S
    )

    assert "chlorine smell" in transcript.text.lower()
    assert transcript.reject is None
    assert len(transcript.word_confidences) == len(transcript.text.split())


async def test_a_callers_language_is_heard_among_the_sites(pool: TranscriptionPool):
    transcript = await pool.transcribe(
        say("Hay mucho humo en el taller, vengan rápido.", "es-ES"),
        "en",
        among=("en", "es", "fr", "de"),
        within_s=WITHIN_S,
    )

    assert transcript.language == "es"
    assert 0.6 < transcript.language_confidence < 1.0
    assert "humo" in transcript.text.lower()


@pytest.mark.parametrize("level", [0, 300, 6_000])
async def test_silence_and_hiss_are_refused(pool: TranscriptionPool, level: int):
    hiss = np.random.default_rng(1).normal(0, level, 2 * LINE_HZ).astype(np.int16)

    transcript = await pool.transcribe(hiss, "en", within_s=WITHIN_S)

    assert transcript.reject in ("no_speech", "nothing_said")


async def test_no_sound_at_all_is_no_speech(pool: TranscriptionPool):
    transcript = await pool.transcribe(np.zeros(0, np.int16), "en", within_s=WITHIN_S)

    assert (transcript.text, transcript.reject) == ("", "no_speech")


async def test_the_loop_runs_on_while_a_worker_thinks(pool: TranscriptionPool):
    task = asyncio.create_task(
        pool.transcribe(say("We need help at the loading dock."), "en", within_s=WITHIN_S)
    )
    turns = 0
    while not task.done():
        turns += 1
        await asyncio.sleep(0)

    assert "loading dock" in (await task).text
    assert turns > 100


async def test_a_partial_that_is_hurried_gives_way_and_the_worker_reads_on(choice: WeightsChoice):
    worker = await WorkerProcess.started(choice, 1)
    request = {"models": ["base"], "language": "es", "is_partial": True, "among": []}
    sound = say("Hay mucho humo en el taller, vengan rápido.", "es-ES").tobytes()
    try:
        worker.hurry()  # of nothing: the next request is read all the same
        assert "humo" in (await worker.transcribe(request, sound))["text"]

        other = say("Hay un incendio en el taller.", "es-ES").tobytes()
        asked = asyncio.create_task(worker.transcribe(request, other))
        while not asked.done():
            await asyncio.sleep(0.01)
            worker.hurry()
        assert asked.result() == {"refused": "gave_way"}
        assert "incendio" in (await worker.transcribe(request, other))["text"]
    finally:
        await worker.kill()


async def test_the_same_sound_is_heard_once_and_can_be_read_in_two_languages(choice: WeightsChoice):
    [base] = [weights for weights in choice.weights if weights.name == "base"]
    whisper = WhisperTranscriber(base)
    sound = say("Hay mucho humo en el taller, vengan rápido.", "es-ES")
    model = whisper._whisper = Counting(whisper._whisper)

    spanish = whisper.transcribe(sound, "es", is_partial=False)
    assert (
        whisper.transcribe(sound, "es", is_partial=False, among=("en", "es")).text == spanish.text
    )
    assert whisper.transcribe(sound, "en", is_partial=False).text != spanish.text
    assert model.calls == {"encode": 1, "generate": 2, "align": 2, "detect_language": 1}
    assert "humo" not in whisper.transcribe(sound[: len(sound) // 4], "es", is_partial=False).text
    assert model.calls["encode"] == 2


class Counting:
    """Counts what a model is asked to do."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self.calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        self.calls[name] += 1
        return getattr(self._model, name)


async def test_a_worker_killed_in_mid_sentence_is_replaced_and_the_caller_still_heard(
    choice: WeightsChoice,
):
    workers: list[WorkerProcess] = []

    async def start(choice: WeightsChoice, threads: int) -> WorkerProcess:
        workers.append(await WorkerProcess.started(choice, threads))
        return workers[-1]

    pool = TranscriptionPool(choice, clock=time.monotonic, start_worker=start)
    await pool.start()
    os.kill(workers[0].pid, signal.SIGSTOP)
    task = asyncio.create_task(
        pool.transcribe(say("A man fell off the ladder."), "en", within_s=WITHIN_S)
    )
    await asyncio.sleep(0)
    os.kill(workers[0].pid, signal.SIGKILL)

    transcript = await task

    assert "ladder" in transcript.text.lower()
    assert len(workers) == 2
    assert pool.figures()["workers_replaced"] == 1
    await pool.close()


async def test_a_worker_ends_when_the_line_has_gone(choice: WeightsChoice):
    worker = await WorkerProcess.started(choice.without({"base"}), 1)

    worker._process.stdin.close()

    async with asyncio.timeout(WITHIN_S):
        assert await worker._process.wait() == 0


async def test_weights_that_cannot_be_loaded_are_told(choice: WeightsChoice, tmp_path):
    (tmp_path / "config.json").write_text("{}")
    broken = WeightsChoice((type(choice.weights[0])("own", tmp_path, 1, is_english_only=False),))

    with pytest.raises(SpeechUnavailable):
        await WorkerProcess.started(broken, 1)


async def test_a_worker_loads_nothing_of_the_web():
    code = (
        "import sys, aurora.speech.worker, aurora.speech.transcribe\n"
        "web = {'fastapi', 'starlette', 'uvicorn', 'pydantic', 'sqlalchemy', 'twilio'}\n"
        "print(*(web & set(sys.modules)))"
    )

    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=PIPE)

    assert await process.communicate() == (b"\n", None)
