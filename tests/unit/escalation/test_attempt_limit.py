"""Whoever guesses has few tries, and they come back with time."""

from datetime import timedelta

from aurora.escalation.attempt_limit import MOST_SENDERS, WITHIN, AttemptLimit
from tests.line import NOON

MOST = 5


def test_a_sender_has_so_many_tries_and_no_more():
    limit = AttemptLimit(MOST)
    for _ in range(MOST):
        assert limit.may_try("+1", NOON)
        limit.note("+1", NOON)

    assert not limit.may_try("+1", NOON)
    assert limit.may_try("+2", NOON)


def test_tries_come_back_when_their_time_is_over():
    limit = AttemptLimit(MOST)
    for number in range(MOST):
        limit.note("+1", NOON + timedelta(seconds=number))

    assert not limit.may_try("+1", NOON + WITHIN - timedelta(seconds=1))
    assert limit.may_try("+1", NOON + WITHIN)


def test_many_senders_take_a_bounded_memory_and_the_latest_stays_known():
    limit = AttemptLimit(most=1)
    for number in range(MOST_SENDERS + 1):
        limit.note(str(number), NOON)

    assert limit.may_try("0", NOON)
    assert not limit.may_try(str(MOST_SENDERS), NOON)
