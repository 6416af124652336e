"""How far an alert got: from callbacks in any order, never backwards."""

from itertools import permutations

import pytest

from aurora.escalation.delivery import (
    CALL_STATUSES,
    MESSAGE_STATUSES,
    Progress,
    is_machine,
    supersedes,
)


def end_of(stages: tuple[Progress, ...]) -> Progress | None:
    known: Progress | None = None
    for stage in stages:
        if supersedes(stage, known):
            known = stage
    return known


@pytest.mark.parametrize(
    ("course", "end"),
    [
        (("queued", "sending", "sent", "delivered"), Progress.DELIVERED),
        (("queued", "sent", "undelivered"), Progress.FAILED),
    ],
)
def test_a_message_ends_in_one_state_whatever_the_order(course, end):
    stages = [MESSAGE_STATUSES[status] for status in course]

    assert {end_of(order) for order in permutations(stages)} == {end}


@pytest.mark.parametrize(
    ("course", "end"),
    [
        (("initiated", "ringing", "answered", "completed"), Progress.ENDED),
        (("initiated", "ringing", "busy"), Progress.NO_ANSWER),
        (("initiated", "failed"), Progress.FAILED),
    ],
)
def test_a_call_ends_in_one_state_whatever_the_order(course, end):
    stages = [CALL_STATUSES[status] for status in course]

    assert {end_of(order) for order in permutations(stages)} == {end}


def test_a_machine_is_known_before_the_call_ends_even_if_the_answer_is_told_later():
    assert end_of((Progress.MACHINE, Progress.ANSWERED)) is Progress.MACHINE


def test_the_same_word_twice_changes_nothing():
    assert not any(supersedes(stage, stage) for stage in Progress)


@pytest.mark.parametrize(
    "answered_by", ["machine_start", "machine_end_beep", "machine_end_other", "fax"]
)
def test_machines(answered_by):
    assert is_machine(answered_by)


@pytest.mark.parametrize("answered_by", ["human", "unknown", ""])
def test_what_may_be_a_person(answered_by):
    assert not is_machine(answered_by)
