"""When a caller who waits in a conference waits for nobody."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aurora.conversation import handing_off
from aurora.conversation.call import Call
from aurora.conversation.hand_off import Way
from aurora.lines.hand_off.fetching import ENTERS_WITHIN, is_joined, waits_for_nobody
from tests.line import NOON, new_call

SOON, LATE = NOON + ENTERS_WITHIN / 2, NOON + ENTERS_WITHIN


def joined(way: Way = Way.PHONE, line: str = "gather") -> Call:
    call = replace(new_call(), line=line)
    handing_off.join(call, "Medic", way, NOON, contact_id="medic")
    return call


@pytest.mark.parametrize(("now", "is_held", "in_vain"), [
    (SOON, False, False), (LATE, False, True), (LATE + timedelta(hours=1), True, False),
])  # fmt: skip
def test_a_person_has_some_seconds_to_enter_and_hold_has_no_end(now, is_held, in_vain):
    assert waits_for_nobody(joined(), 1, now, is_held=is_held) is in_vain


def test_whoever_waits_after_the_person_is_gone_waits_in_vain_on_hold_too():
    call = joined()
    handing_off.drop_back(call, "person_left", NOON)

    assert waits_for_nobody(call, 1, SOON)
    assert waits_for_nobody(call, 1, SOON, is_held=True)


def test_whoever_waits_in_the_room_of_an_earlier_attempt_waits_in_vain():
    call = joined()
    handing_off.drop_back(call, "person_left", NOON)
    handing_off.join(call, "Guard", Way.PHONE, NOON, contact_id="guard")

    assert waits_for_nobody(call, 1, SOON)
    assert not waits_for_nobody(call, 2, SOON)


def test_a_caller_who_has_hung_up_waits_for_nobody_to_fetch_them():
    assert not waits_for_nobody(replace(joined(), ended_at=NOON), 1, LATE)


@pytest.mark.parametrize(("way", "line"), [(Way.CONSOLE, "gather"), (Way.PHONE, "web")])
def test_nobody_is_fetched_from_an_operators_browser_or_on_no_telephone(way, line):
    assert not is_joined(joined(way, line), 1)
