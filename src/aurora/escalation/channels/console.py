"""Show an alert to the operators of this machine; whoever shows it is passed in."""

from collections.abc import Callable

from aurora.escalation.alert import Alert
from aurora.escalation.channels.base import Clock, KnownById, Sent
from aurora.escalation.plan import ChannelKind

Show = Callable[[Alert], None]


class ConsoleChannel(KnownById):
    """Needs nothing but this process, and so never fails."""

    kind = ChannelKind.CONSOLE

    def __init__(self, show: Show, clock: Clock) -> None:
        self._show = show
        self._clock = clock

    async def send(self, alert: Alert) -> Sent:
        self._show(alert)
        return Sent(alert.id, self._clock())

    async def close(self) -> None:
        pass
