"""A channel that is counted sends as it did, and tells of what its provider did not take."""

import pytest

from aurora.errors import ChannelFault
from aurora.escalation.alert import Alert
from aurora.escalation.channels.base import Sent, Unasked
from aurora.escalation.channels.counted import CountedChannel
from aurora.escalation.plan import ChannelKind
from tests.alerts import alert
from tests.line import NOON


class Messages(Unasked):
    """Takes what it is given, or fails as it is told to."""

    kind = ChannelKind.SMS

    def __init__(self, failure: Exception | None = None) -> None:
        self._failure = failure

    async def send(self, alert: Alert) -> Sent:
        if self._failure is not None:
            raise self._failure
        return Sent("SM1", NOON)

    async def close(self) -> None: ...


@pytest.mark.parametrize("failure", [ChannelFault("rate_limited", "429"), KeyError("sid")])
async def test_a_failure_is_told_of_and_reaches_the_pager_all_the_same(failure: Exception) -> None:
    failures: list[ChannelKind] = []
    counted = CountedChannel(Messages(failure), failures.append)
    with pytest.raises(type(failure)):
        await counted.send(alert())

    assert failures == [ChannelKind.SMS]


async def test_what_is_sent_is_sent_as_it_was_and_counts_for_nothing() -> None:
    failures: list[ChannelKind] = []
    counted = CountedChannel(Messages(), failures.append)

    assert (await counted.send(alert())).provider_id == "SM1"
    assert (counted.kind, counted.can_be_asked, failures) == (ChannelKind.SMS, False, [])
