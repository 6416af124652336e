"""A hand-off of which each of two machines is asked a part: both go by the record."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from aurora.lines.hand_off import fetching
from aurora.rehearsal.rung_phones import OnThePhone
from aurora.rehearsal.twilio_caller import TwilioCaller
from tests.postgres import postgres_server, postgres_url  # noqa: F401
from tests.telephones import Telephones, another_machine, telephones, until

FIRE = "There is a fire in zone B"
HUMAN = "I want to speak to a person"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits to see whether a caller comes back, and everybody may take long to enter."""
    monkeypatch.setattr(fetching, "BACK_WITHIN_S", 0.0)
    monkeypatch.setattr(fetching, "AGAIN_AFTER_S", 0.0)
    monkeypatch.setattr(fetching, "ENTERS_WITHIN", timedelta(hours=1))


@pytest.fixture
async def machines(
    monkeypatch,
    tmp_path,
    postgres_url,  # noqa: F811
    emergency_line,
) -> AsyncIterator[tuple[Telephones, Telephones]]:
    shared = emergency_line | {
        "AURORA_DATABASE_URL": postgres_url,
        "AURORA_SIGNING_KEY": "the same on all machines of it",
    }
    async with (
        telephones(monkeypatch, tmp_path, shared) as one,
        another_machine(monkeypatch, tmp_path / "other", one) as other,
    ):
        yield one, other


async def rung(one: Telephones, other: Telephones) -> tuple[TwilioCaller, OnThePhone]:
    """A caller of whom the other machine knows the first words, and whom somebody is asked for."""
    caller = await one.call()
    await caller.say(FIRE)
    await other.state(caller)
    await caller.say(HUMAN)
    return caller, await one.picks_up(await one.rings())


async def rests(one: Telephones, other: Telephones) -> None:
    for _ in range(5):
        await one.network.settle()
        await until(
            lambda: not (one.parts.transfers.is_at_work or other.parts.transfers.is_at_work)
        )


async def test_a_key_pressed_at_the_other_machine_joins(machines):
    one, other = machines
    caller, heard = await rung(one, other)
    one.phones.base_url = other.url
    await one.presses(heard, "2")

    assert one.together(caller) == {caller.call_sid, heard.call.sid}


async def test_whoever_joined_at_the_other_machine_is_not_hung_up_on_when_their_time_is_over(
    machines,
):
    one, other = machines
    caller, heard = await rung(one, other)
    one.phones.base_url = other.url
    await one.presses(heard, "2")
    one.parts.transfers.clock = lambda: datetime.now(UTC) + timedelta(hours=1)
    await until(lambda: not one.parts.transfers._driven)
    await rests(one, other)

    assert one.together(caller) == {caller.call_sid, heard.call.sid}


async def test_a_caller_whose_waiting_is_asked_of_a_machine_that_missed_the_join_waits_on(machines):
    one, other = machines
    caller, heard = await rung(one, other)
    await one.phones.press(heard, "2", hangs_up=True)  # and nothing is told of it
    one.phones.waiting.clear()
    await one.network.settle()
    one.phones.base_url = other.url
    one.server.conferences.wait_on()
    await rests(one, other)

    assert caller.is_in_conference
    assert await one.stage(caller) == "joined"


async def test_a_caller_stays_with_services_whose_coming_the_asked_machine_missed(machines):
    one, other = machines
    caller, heard = await rung(one, other)
    await one.presses(heard, "2")
    await other.parts.switchboard.renew(caller.call_sid)
    await one.act(caller, "emergency-services")
    services = await one.picks_up(await one.rings())
    one.phones.base_url = other.url
    one.phones.hang_up(heard.call)
    await rests(one, other)

    assert one.together(caller) == {caller.call_sid, services.call.sid}
    assert (await other.state(caller)).hand_off.contact_id == "emergency_desk"


async def test_an_operator_gives_a_caller_back_who_was_brought_to_a_person_elsewhere(machines):
    one, other = machines
    caller, heard = await rung(one, other)
    await one.presses(heard, "2")
    answer = await other.act(caller, "release")
    await rests(one, other)

    assert answer.is_success, answer.text
    assert heard.call.is_over
    assert await one.stage(caller) == "dropped_back"
