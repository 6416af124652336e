"""A channel that is counted sends as it did, and tells of what its provider did not take."""

from collections.abc import Sequence

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


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (None, []),
        (ChannelFault("rate_limited", "429"), [(ChannelKind.SMS, "rate_limited")]),
        (KeyError("sid"), [(ChannelKind.SMS, "broke")]),
    ],
)
async def test_a_failure_is_told_of_and_reaches_the_pager_all_the_same(
    failure: Exception | None, told: Sequence[tuple[ChannelKind, str]]
) -> None:
    failures: list[tuple[ChannelKind, str]] = []
    counted = CountedChannel(Messages(failure), lambda kind, why: failures.append((kind, why)))
    if failure is None:
        assert (await counted.send(alert())).provider_id == "SM1"
    else:
        with pytest.raises(type(failure)):
            await counted.send(alert())

    assert failures == told
    assert (counted.kind, counted.can_be_asked) == (ChannelKind.SMS, False)
