"""A channel whose failures are told of, for the metrics; what follows a failure is the pager's."""

from collections.abc import Callable, Sequence
from datetime import datetime

from aurora.escalation.alert import Alert
from aurora.escalation.channels.base import Channel, Sent
from aurora.escalation.plan import ChannelKind

Failed = Callable[[ChannelKind], None]
"""Told of each alert that a provider did not take; the pager logs why."""


class CountedChannel:
    """Sends as its channel does."""

    def __init__(self, channel: Channel, failed: Failed) -> None:
        self._channel = channel
        self._failed = failed

    @property
    def kind(self) -> ChannelKind:
        return self._channel.kind

    @property
    def can_be_asked(self) -> bool:
        return self._channel.can_be_asked

    async def send(self, alert: Alert) -> Sent:
        try:
            return await self._channel.send(alert)
        except Exception:
            self._failed(self.kind)
            raise

    async def taken(self, alert: Alert, since: datetime) -> Sequence[str]:
        return await self._channel.taken(alert, since)

    async def close(self) -> None:
        await self._channel.close()
