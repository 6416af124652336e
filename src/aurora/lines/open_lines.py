"""The calls on a socket of this machine: spoken on at once, listened to, joined by a person."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from weakref import WeakValueDictionary

from aurora.lines.audio.bridge import Bridge

Nudge = Callable[[], None]
"""Has a line say at once what operators typed for its caller."""


class OpenLines:
    """By a call's own id; lines put their calls in while they hold them."""

    def __init__(self) -> None:
        self._nudges: dict[str, Nudge] = {}
        self._bridges: WeakValueDictionary[str, Bridge] = WeakValueDictionary()

    @contextmanager
    def holding(self, call_id: str, nudge: Nudge) -> Iterator[None]:
        """Hold a call; a newer connection of the same call takes its place."""
        self._nudges[call_id] = nudge
        try:
            yield
        finally:
            if self._nudges.get(call_id) is nudge:
                del self._nudges[call_id]

    def nudge(self, call_id: str) -> bool:
        """Have the line say what is kept for its caller; False when no socket here has the call."""
        nudge = self._nudges.get(call_id)
        if nudge is None:
            return False
        nudge()
        return True

    def held(self) -> dict[str, bool]:
        """Return the calls that this machine holds, each with whether their sound is here."""
        with_sound = [one for one, bridge in self._bridges.items() if bridge.has_caller_here]
        return dict.fromkeys(self._nudges, False) | dict.fromkeys(with_sound, True)

    def bridge(self, call_id: str) -> Bridge:
        """Return the way between a call's sound and the console; one as long as anybody uses it."""
        bridge = self._bridges.get(call_id)
        if bridge is None:
            bridge = self._bridges[call_id] = Bridge()
        return bridge
