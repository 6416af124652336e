"""Back-off in virtual time: within the alert's own time, jittered, and unsure things only twice."""

from dataclasses import dataclass, field

import pytest

from aurora.errors import ChannelFault
from aurora.escalation.channels.patience import MOST_TRIES, Patience, TryAgain, Trying


@dataclass
class Clock:
    now: float = 100.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class Attempts:
    """Fails as told, then succeeds; each try takes some time."""

    clock: Clock
    failures: list[TryAgain]
    takes_s: float = 0.0
    left_s: list[float] = field(default_factory=list)

    async def __call__(self, trying: Trying) -> str:
        self.left_s.append(trying.left_s)
        self.clock.now += self.takes_s
        if self.failures:
            raise self.failures.pop(0)
        return "sent"


def patience(clock: Clock, chance: float = 1.0) -> Patience:
    return Patience(clock, clock.sleep, lambda: chance)


async def test_a_first_try_that_succeeds_waits_for_nothing_and_notes_nothing():
    clock = Clock()

    assert await patience(clock).persist(Attempts(clock, []), 10) == ("sent", ())
    assert clock.slept == []


async def test_waits_double_and_a_random_half_of_each_is_left_out():
    failures = [TryAgain("busy") for _ in range(3)]
    slow, quick = Clock(), Clock()

    await patience(slow, 1.0).persist(Attempts(slow, list(failures)), 60)
    _, notes = await patience(quick, 0.0).persist(Attempts(quick, list(failures)), 60)

    assert slow.slept == pytest.approx([0.4, 0.8, 1.6])
    assert quick.slept == pytest.approx([0.2, 0.4, 0.8])
    assert notes == ("again_after_busy",) * 3


async def test_what_the_other_side_asks_for_is_waited_and_never_less():
    clock = Clock()

    await patience(clock).persist(Attempts(clock, [TryAgain("busy", after_s=3.0)]), 60)

    assert clock.slept[0] >= 3.0


async def test_no_wait_goes_past_the_alerts_own_time():
    clock = Clock()
    attempts = Attempts(clock, [TryAgain("busy", after_s=30.0)])

    with pytest.raises(ChannelFault) as fault:
        await patience(clock).persist(attempts, 10)

    assert (fault.value.reason, fault.value.is_final) == ("busy", False)
    assert fault.value.notes == ("gave_up_after_1",)
    assert clock.slept == []


async def test_each_try_is_told_how_much_time_is_left():
    clock = Clock()
    attempts = Attempts(clock, [TryAgain("busy")], takes_s=2.0)

    await patience(clock).persist(attempts, 10)

    assert attempts.left_s == pytest.approx([10.0, 7.6])


async def test_what_may_have_been_done_is_repeated_once_and_no_more():
    clock = Clock()
    attempts = Attempts(clock, [TryAgain("http_503", is_unsure=True) for _ in range(5)])

    with pytest.raises(ChannelFault) as fault:
        await patience(clock).persist(attempts, 60)

    assert len(attempts.left_s) == 2
    assert fault.value.notes == ("again_after_http_503", "gave_up_after_2")


async def test_tries_end_even_when_time_does_not():
    clock = Clock()
    attempts = Attempts(clock, [TryAgain("busy") for _ in range(50)])

    with pytest.raises(ChannelFault):
        await patience(clock).persist(attempts, 10_000)

    assert len(attempts.left_s) == MOST_TRIES


async def test_an_alert_whose_time_is_over_is_not_sent_at_all():
    clock = Clock()
    attempts = Attempts(clock, [])

    with pytest.raises(ChannelFault, match="too_late"):
        await patience(clock).persist(attempts, 0)

    assert attempts.left_s == []


async def test_a_refusal_is_not_repeated():
    clock = Clock()

    async def refuse(trying: Trying) -> str:
        raise ChannelFault("bad_number", is_final=True)

    with pytest.raises(ChannelFault) as fault:
        await patience(clock).persist(refuse, 60)

    assert fault.value.is_final
    assert clock.slept == []
