"""A bad network loses and delays, and is as bad the second time."""

import pytest

from aurora.rehearsal.network import Impairment, Network


def arrivals(impairment: Impairment, call: int = 0, frames: int = 2_000) -> list[float | None]:
    network = Network(impairment, call)
    return [network.arrival(number * 0.02) for number in range(frames)]


def test_a_good_network_changes_nothing() -> None:
    assert arrivals(Impairment(), frames=3) == [0.0, 0.02, 0.04]


def test_the_share_that_is_lost_is_what_was_asked_for() -> None:
    lost = arrivals(Impairment(loss=0.1)).count(None)
    assert 150 < lost < 250


def test_frames_come_late_and_in_order() -> None:
    came = arrivals(Impairment(jitter_s=0.1))
    late = [at - number * 0.02 for number, at in enumerate(came)]
    assert came == sorted(came)
    assert max(late) == pytest.approx(0.1, abs=0.01)
    assert min(late) >= 0


def test_the_same_call_is_the_same_again_and_another_is_another() -> None:
    bad = Impairment(loss=0.2, jitter_s=0.05, seed=3)
    assert arrivals(bad, 1) == arrivals(bad, 1)
    assert arrivals(bad, 1) != arrivals(bad, 2)
