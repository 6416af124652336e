"""How often one sender may do something for a while; the clock is passed in, nothing is stored."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

WITHIN = timedelta(minutes=10)
MOST_SENDERS = 10_000
"""Remembered at a time; the one quiet for longest is forgotten first."""


class AttemptLimit:
    """Of this process: each machine of a line counts its own."""

    def __init__(self, most: int) -> None:
        """most: attempts of one sender within the time that are noted before it may do no more."""
        self._most = most
        self._noted: OrderedDict[str, deque[datetime]] = OrderedDict()

    def may_try(self, sender: str, now: datetime) -> bool:
        """Whether the sender has attempts left."""
        return len(self._recent(sender, now)) < self._most

    def note(self, sender: str, now: datetime) -> None:
        """Count an attempt."""
        recent = self._recent(sender, now)
        recent.append(now)
        self._noted[sender] = recent
        self._noted.move_to_end(sender)
        if len(self._noted) > MOST_SENDERS:
            self._noted.popitem(last=False)

    def _recent(self, sender: str, now: datetime) -> deque[datetime]:
        noted = self._noted.get(sender, deque(maxlen=self._most))
        while noted and now - noted[0] >= WITHIN:
            noted.popleft()
        return noted
