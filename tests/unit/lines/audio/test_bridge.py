"""Whoever listens to a call at the console can break nothing of it."""

from typing import Any

import numpy as np

from aurora.lines.audio.bridge import Bridge
from tests.unit.lines.audio.test_call import FIRE, FIRST_LINE, SCRIPT
from tests.virtual_time import virtually
from tests.voice import calling


class Listener:
    """Counts what it hears; a broken one can be told things, and breaks at every sound."""

    def __init__(self, *, is_broken: bool = False) -> None:
        self.heard = 0
        self._is_broken = is_broken

    def hear_caller(self, mulaw: bytes) -> None:
        if self._is_broken:
            raise ValueError("a bug")
        self.heard += 1

    def hear_aurora(self, mulaw: bytes) -> None:
        self.hear_caller(mulaw)

    def hear_person(self, mulaw: bytes) -> None:
        self.hear_caller(mulaw)

    def clear_aurora(self) -> None:
        self.hear_caller(b"")

    def tell(self, what: dict[str, Any]) -> None: ...


def test_a_listener_who_breaks_is_left_out_and_the_caller_is_answered():
    async def work() -> None:
        bridge = Bridge()
        bridge.listen(Listener(is_broken=True))
        async with calling(SCRIPT, bridge=bridge, has_other_ears=False) as caller:
            await caller.says(FIRE)
            await caller.hears_out()

            assert any(FIRST_LINE in text for text in caller.ear.texts)
            assert not caller.ending.done()

    virtually(work())


def test_a_listener_who_breaks_takes_nothing_from_the_others():
    bridge, whole = Bridge(), Listener()
    bridge.listen(Listener(is_broken=True))
    bridge.listen(whole)
    for _ in range(3):
        bridge.hear_caller(np.zeros(160, np.int16))
        bridge.hear_aurora(bytes(160))
    assert whole.heard == 6
