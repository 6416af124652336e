"""The conditions in this machine's memory, readable in the middle of a turn; knows no database."""

from collections.abc import Iterable
from datetime import datetime

from aurora.conditions.change import Change
from aurora.conditions.conditions import Conditions


class Board:
    """All changes that may still hold, oldest first."""

    def __init__(self) -> None:
        self._changes: list[Change] = []

    def at(self, now: datetime) -> Conditions:
        """Return what holds now."""
        return Conditions.of(self._changes, now)

    def put(self, change: Change) -> None:
        """Add a change at once, whether it is stored yet or not."""
        self.replace([*self._changes, change])

    def replace(self, changes: Iterable[Change]) -> None:
        """Take these changes for all there are."""
        self._changes = sorted(changes, key=lambda change: change.at)
