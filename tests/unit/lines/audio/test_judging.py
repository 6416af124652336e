"""The sound of many calls is judged together, each call's in its order, and nobody waits long."""

import asyncio

import numpy as np
import pytest

from aurora.lines.audio.call import AudioCall
from aurora.lines.audio.judging import FEW_CALLS, GATHERED_S, EachAlone, Together
from aurora.lines.audio.ports import SpeechParts
from tests.switchboard import Line
from tests.virtual_time import virtually
from tests.voice import Ear, Loudness, Readable, Recogniser, Voices, calling

LOUD, SILENT = (np.full(160, level, np.int16) for level in (1000, 0))


def unexpected(error: Exception) -> None:
    raise error


class Judge:
    """Judges by loudness, and counts how many calls came at once."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def __call__(self, heard):
        self.batches.append(len(heard))
        assert len({id(activity) for activity, _ in heard}) == len(heard)
        return [activity.feed(pcm) for activity, pcm in heard]


@pytest.mark.parametrize("calls", range(1, FEW_CALLS + 1))
def test_few_calls_are_judged_at_once(calls):
    judge = Judge()
    together = Together(judge)
    for _ in range(calls):
        together.join()
    verdicts = []

    together.hear(Loudness(), LOUD, verdicts.extend, unexpected)

    assert verdicts == [True]


async def test_calls_that_were_never_held_keep_nobody_waiting():
    judge = Judge()
    together = Together(judge)
    lines, voices = Readable(), Voices()
    parts = SpeechParts(Loudness, Recogniser(voices), lines, judging=together)
    for number in range(FEW_CALLS + 1):
        AudioCall(f"CA{number}", Ear(lines), parts, Line().board)
    together.join()
    verdicts = []

    together.hear(Loudness(), LOUD, verdicts.extend, unexpected)

    assert verdicts == [True]


def test_calls_that_are_over_keep_nobody_waiting():
    async def work() -> None:
        together = Together(Judge())
        for _ in range(FEW_CALLS + 1):
            async with calling({}, judging=together):
                pass
        together.join()
        verdicts = []

        together.hear(Loudness(), LOUD, verdicts.extend, unexpected)

        assert verdicts == [True]

    virtually(work())


def test_many_calls_share_a_run_and_each_gets_its_own_verdicts_in_order():
    async def work() -> None:
        judge = Judge()
        together = Together(judge)
        callers = [(Loudness(), []) for _ in range(FEW_CALLS + 3)]
        for _ in callers:
            together.join()
        for sound in (LOUD, SILENT):
            for activity, verdicts in callers:
                together.hear(activity, sound, verdicts.extend, unexpected)
        began = asyncio.get_running_loop().time()
        await asyncio.sleep(GATHERED_S * 1.01)

        assert asyncio.get_running_loop().time() - began < 0.02
        assert [verdicts for _, verdicts in callers] == [[True, False]] * len(callers)
        assert judge.batches == [len(callers)] * 2

    virtually(work())


def test_calls_that_ended_no_longer_count():
    together = Together(Judge())
    for _ in range(FEW_CALLS + 1):
        together.join()
    together.leave()
    verdicts = []

    together.hear(Loudness(), LOUD, verdicts.extend, unexpected)

    assert verdicts == [True]


def test_alone_means_at_once():
    verdicts = []

    EachAlone().hear(Loudness(), LOUD, verdicts.extend, unexpected)

    assert verdicts == [True]


class Deaf(Loudness):
    """Voice activity that cannot judge."""

    def feed(self, pcm):
        raise RuntimeError("no model")


def test_what_fails_for_one_call_is_told_to_it_alone():
    def judge(heard):
        raise RuntimeError("no run")

    together, verdicts, failures = Together(judge), [], []
    together.join()
    together.hear(Loudness(), LOUD, verdicts.extend, unexpected)
    together.hear(Deaf(), LOUD, verdicts.extend, failures.append)

    assert verdicts
    assert [str(error) for error in failures] == ["no model"]
