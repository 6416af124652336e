"""`aurora kiosk` as a process of its own, with recordings in place of a sound card."""

import asyncio
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from aurora.speech.codec import resample
from aurora.speech.speak import NanoVoice
from aurora.speech.wav import read_wav, write_wav
from tests.integration.line_process import PATIENT, own_code

HZ = 16_000
WITHIN_S = 180.0


async def kiosk(directory: Path, *arguments: str, **settings: str) -> tuple[int, str, str]:
    """Return the exit status and what was printed on both streams."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", PATIENT, "kiosk", *arguments),
        cwd=directory,
        env={
            "PATH": os.defpath,
            "COLUMNS": "200",
            **own_code(),
            "AURORA_DATA_DIR": str(directory / "data"),
            "WHISPER_MODEL": "tiny.en",
            **settings,
        },
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(WITHIN_S):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, out.decode(), err.decode()


@pytest.fixture
def caller(tmp_path: Path) -> Path:
    spoken = NanoVoice().render("There is a fire in the workshop. The workshop is on fire.", "en")
    sound = resample((spoken * 0.6).astype(np.int16), 8_000, HZ)
    silence = np.zeros(HZ, np.int16)
    path = tmp_path / "caller.wav"
    write_wav(path, np.concatenate([silence, sound, silence]), HZ)
    return path


async def test_a_recorded_caller_is_answered_into_a_file(caller, tmp_path):
    answer = tmp_path / "answer.wav"

    status, out, err = await kiosk(
        tmp_path, "--wav-in", str(caller), "--wav-out", str(answer), SILENCE_DURATION_MS="400"
    )

    assert status == 0, err
    assert "Get out now." in out, f"{out}\n{err}"
    assert "critical, fire" in out, f"{out}\n{err}"
    loud = np.abs(read_wav(answer, HZ).astype(np.int32)) > 1_000
    spoken_from = int(np.argmax(loud))
    assert loud.sum() > HZ // 10
    assert spoken_from > 2 * HZ


@pytest.mark.parametrize(
    ("arguments", "settings", "advice"),
    [
        (["--wav-in", "missing.wav"], {}, "missing.wav: cannot be read"),
        (["--wav-out", "out.wav"], {}, "--wav-out: give --wav-in as well"),
        (["--wav-in", "no.txt"], {}, "no.txt: not a WAV file"),
        ([], {"SAMPLE_RATE": "12345"}, "SAMPLE_RATE"),
        ([], {"AURORA_PANIC_KEY": "1"}, "AURORA_PANIC_KEY"),
    ],
)
async def test_a_mistake_is_one_plain_sentence(arguments, settings, advice, tmp_path):
    (tmp_path / "no.txt").write_text("no sound at all")

    status, _, err = await kiosk(tmp_path, *arguments, **settings)

    assert status == 1
    assert advice in err
    assert "Traceback" not in err


async def test_the_level_test_judges_a_recording(caller, tmp_path):
    status, out, err = await kiosk(tmp_path, "--level-test", "--wav-in", str(caller))

    assert status == 0, f"{out}\n{err}"
    assert "good" in out
