"""How many wrong codes or links one sender may try; the clock is passed in, nothing is stored."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

MOST_WRONG = 5
WITHIN = timedelta(minutes=10)
MOST_SENDERS = 10_000
"""Remembered at a time; the one quiet for longest is forgotten first."""


class GuessLimit:
    """Of this process: each machine of a line counts its own."""

    def __init__(self, most_wrong: int = MOST_WRONG) -> None:
        self._most_wrong = most_wrong
        self._wrong: OrderedDict[str, deque[datetime]] = OrderedDict()

    def may_try(self, sender: str, now: datetime) -> bool:
        """Whether the sender has tries left."""
        return len(self._recent(sender, now)) < self._most_wrong

    def note_wrong(self, sender: str, now: datetime) -> None:
        """Count a wrong try."""
        recent = self._recent(sender, now)
        recent.append(now)
        self._wrong[sender] = recent
        self._wrong.move_to_end(sender)
        if len(self._wrong) > MOST_SENDERS:
            self._wrong.popitem(last=False)

    def _recent(self, sender: str, now: datetime) -> deque[datetime]:
        wrong = self._wrong.get(sender, deque(maxlen=self._most_wrong))
        while wrong and now - wrong[0] >= WITHIN:
            wrong.popleft()
        return wrong
