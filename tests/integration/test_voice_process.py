"""A voice that dies, hangs or starts slowly costs one sentence at most."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

from aurora.errors import VoiceUnavailable
from aurora.guidance.spoken import Spoken
from aurora.lines.audio.mouth import Mouth
from aurora.speech.codec import LINE_HZ
from aurora.speech.rendered import RenderedLines
from aurora.speech.voice_process import VoiceProcess
from tests.waiting import PATIENT_S


@pytest.fixture
def start():
    started = []

    def voice(script=None, deadline_s=PATIENT_S):
        command = (sys.executable, "-c", textwrap.dedent(script)) if script else None
        extra = {"command": command} if command else {}
        started.append(VoiceProcess(1.0, deadline_s=deadline_s, **extra))
        return started[-1]

    yield voice
    for one in started:
        one.close()


def pid(voice):
    return voice._process.pid


def test_a_sentence_comes_back_as_it_was_spoken(start):
    sound = start().render("Leave the building now.", "en")
    assert sound.dtype == np.int16
    assert 1.0 < len(sound) / LINE_HZ < 3.0


def test_nothing_to_say_is_no_sound(start):
    assert len(start().render("...", "en")) == 0


def test_a_killed_voice_costs_one_sentence(start):
    voice = start()
    voice.render("Leave now.", "en")
    os.kill(pid(voice), signal.SIGKILL)
    with pytest.raises(VoiceUnavailable, match="died"):
        voice.render("Leave now.", "en")
    assert len(voice.render("Leave now.", "en")) > 0


async def test_a_caller_hears_the_sentence_at_which_the_voice_died(start, tmp_path):
    voice, made, failed = start(), asyncio.Event(), []
    lines = RenderedLines(voice, tmp_path)
    voice.render("Leave now.", "en")
    os.kill(pid(voice), signal.SIGKILL)
    mouth = Mouth(lines, time.monotonic, made.set, failed.append)

    line = mouth.say(Spoken("Leave Zone B by the north door.", "test"), "en")
    async with asyncio.timeout(PATIENT_S):
        await made.wait()

    assert failed == []
    assert line.mulaw
    lines.close()


HANGS = """
    import sys, time
    sys.stdout.buffer.write(b"R"); sys.stdout.flush()
    sys.stdin.readline(); time.sleep(60)
"""


def test_a_voice_that_hangs_on_a_text_is_replaced_at_the_deadline(start):
    voice = start(HANGS, deadline_s=0.5)
    first = pid(voice)
    for _ in range(40):  # the first may still find it starting
        with pytest.raises(VoiceUnavailable, match="late"):
            voice.render("Leave now.", "en")
        if pid(voice) != first:
            return
    pytest.fail("the hanging process was kept")


def test_a_voice_that_is_slow_to_start_is_not_killed_for_it(start):
    voice = start("import time; time.sleep(60)", deadline_s=0.05)
    first = pid(voice)
    for _ in range(3):
        with pytest.raises(VoiceUnavailable, match="late"):
            voice.render("Leave now.", "en")
    assert pid(voice) == first


def test_a_voice_that_cannot_start_fails_at_once_every_time(start):
    voice = start("raise SystemExit(1)")
    for _ in range(3):
        with pytest.raises(VoiceUnavailable, match="died"):
            voice.render("Leave now.", "en")


def test_a_closed_voice_leaves_no_process_and_speaks_no_more(start):
    voice = start()
    process = voice._process
    voice.close()
    assert process.poll() is not None
    with pytest.raises(VoiceUnavailable, match="closed"):
        voice.render("Leave now.", "en")
    voice.close()


def test_the_voice_ends_with_a_line_that_is_killed():
    line = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from aurora.speech.voice_process import VoiceProcess;"
            f"v = VoiceProcess(deadline_s={PATIENT_S});"
            "v.render('Yes.', 'en'); print(v._process.pid, flush=True); input()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    child = int(line.stdout.readline())
    line.kill()
    line.wait()
    line.stdin.close()
    line.stdout.close()
    until = time.monotonic() + PATIENT_S
    while is_running(child) and time.monotonic() < until:
        os.sched_yield()
    assert not is_running(child)


def is_running(process_id):
    try:
        with open(f"/proc/{process_id}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
