"""Add up what strangers try at the door, so that they cannot fill a trail that keeps every row."""

from dataclasses import dataclass, field
from datetime import datetime

from aurora.accounts.network import network_of
from aurora.accounts.slowing import WITHIN

MOST_NETWORKS = 64
"""Told apart at a time; all others are added up together."""
MOST_NAMES = 5
ELSEWHERE = "other addresses"


@dataclass(slots=True)
class AddedUp:
    """What was refused to one network beyond what stands for itself, until its window ended."""

    network: str
    since: datetime
    count: int = 0
    names: list[str] = field(default_factory=list)
    """Those tried first; a row of the trail tells of each."""


class RefusedTries:
    """One window for each network, from its first refused try on."""

    def __init__(self) -> None:
        self._windows: dict[str, AddedUp] = {}

    def is_news(self, address: str, name: str, now: datetime) -> bool:
        """Count a try; True when it stands for itself: a window's first of a name, for a few."""
        network = network_of(address)
        if network not in self._windows and len(self._windows) >= MOST_NETWORKS:
            network = ELSEWHERE
        window = self._windows.setdefault(network, AddedUp(network, now))
        if name not in window.names and len(window.names) < MOST_NAMES:
            window.names.append(name)
            return True
        window.count += 1
        return False

    def take_ended(self, now: datetime) -> list[AddedUp]:
        """Return what was counted in windows that are over, and forget them."""
        ended = [one for one in self._windows.values() if now - one.since >= WITHIN]
        for one in ended:
            del self._windows[one.network]
        return [one for one in ended if one.count]
