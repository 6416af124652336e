"""Who stays with a caller in a conference, who may leave it, and how nobody stays there alone."""

from datetime import timedelta

import pytest

from aurora.conversation.hand_off import Way
from aurora.lines.hand_off import ending, fetching
from aurora.rehearsal.rung_phones import OnThePhone
from aurora.rehearsal.twilio_caller import TwilioCaller
from aurora.rehearsal.twilio_resources import RungCall
from aurora.rehearsal.twilio_rest_server import Failure
from aurora.rehearsal.twiml_document import read_twiml
from tests.telephones import Telephones, telephones, text, until

FIRE = "There is a fire in zone B"
HUMAN = "I want to speak to a person"
DESK, SERVICES = "+12025550100", "+12025550103"


@pytest.fixture(autouse=True)
def _fetched_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits to see whether a caller comes back by themselves."""
    monkeypatch.setattr(fetching, "BACK_WITHIN_S", 0.0)
    monkeypatch.setattr(fetching, "AGAIN_AFTER_S", 0.0)
    monkeypatch.setattr(ending, "AGAIN_AFTER_S", 0.0)


async def joined(line: Telephones) -> tuple[TwilioCaller, OnThePhone]:
    """A caller with whom the control room speaks."""
    caller = await line.call()
    await caller.say(FIRE)
    await caller.say(HUMAN)
    heard = await line.picks_up(await line.rings())
    await line.presses(heard, "2")
    return caller, heard


async def joined_by_services(line: Telephones) -> tuple[TwilioCaller, OnThePhone, OnThePhone]:
    caller, person = await joined(line)
    await line.act(caller, "emergency-services")
    services = await line.picks_up(await line.rings())
    return caller, person, services


async def rests(line: Telephones) -> None:
    """Let everything happen that follows from what happened, what is done beside it included."""
    for _ in range(5):
        await line.network.settle()
        await until(lambda: not line.parts.transfers.is_at_work)


async def test_the_caller_stays_with_the_services_when_the_person_hangs_up(
    emergency_line, monkeypatch, tmp_path
):
    async with telephones(monkeypatch, tmp_path, emergency_line) as line:
        caller, person, services = await joined_by_services(line)
        line.phones.hang_up(person.call)
        await rests(line)
        left, call = line.together(caller), await line.state(caller)

    assert left == {caller.call_sid, services.call.sid}
    assert (call.hand_off.stage, call.hand_off.contact_id) == ("joined", "emergency_desk")
    assert not services.call.is_over


async def comes_first(line: Telephones, which: str) -> None:
    """Of what Twilio asks and tells when a conference ends, in no order."""
    if which == "news":
        told, line.server.conferences.callbacks = line.server.conferences.callbacks, []
        for url, form in told:
            await line.phones.post(url, form)
        await line.phones.deliver()
    if which == "services":
        line.server.conferences.left.reverse()


@pytest.mark.parametrize("first", ["caller", "services", "news"])
async def test_a_conference_that_ends_with_the_person_in_spite_of_all_is_begun_anew(
    first, emergency_line, monkeypatch, tmp_path
):
    async with telephones(monkeypatch, tmp_path, emergency_line) as line:
        caller, person = await joined(line)
        line.server.fail(Failure.REFUSED, "Participants", times=10_000)
        await line.act(caller, "emergency-services")
        services = await line.picks_up(await line.rings())
        line.phones.hang_up(person.call)
        await comes_first(line, first)
        await rests(line)
        left, hand_off = line.together(caller), (await line.state(caller)).hand_off
        joined_then = (hand_off.stage, hand_off.contact_id)
        line.server.faults.clear()
        line.phones.hang_up(services.call)
        await rests(line)
        after = await line.stage(caller)

    assert left == {caller.call_sid, services.call.sid}
    assert joined_then == ("joined", "emergency_desk")
    assert after == "dropped_back"


async def test_that_a_conference_goes_on_without_the_person_is_said_until_it_is_heard(
    emergency_line, monkeypatch, tmp_path
):
    async with telephones(monkeypatch, tmp_path, emergency_line) as line:
        caller, person = await joined(line)
        line.server.fail(Failure.REFUSED, "Participants", times=3)
        await line.act(caller, "emergency-services")
        await line.picks_up(await line.rings())
        room, at_person = line.server.conferences.of(person.call.sid)
        await until(lambda: not at_person.ends)

    assert room.status == "in-progress"


async def test_services_are_let_go_when_the_caller_hangs_up(emergency_line, monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path, emergency_line) as line:
        caller, _, services = await joined_by_services(line)
        calls = set(line.server.calls)
        # The conference is over before the line is told that the caller's call is.
        line.server.calls[caller.call_sid].status = "completed"
        line.server.conferences.leave(caller.call_sid)
        line.server.conferences.left.sort(key=lambda sid: sid != services.call.sid)
        await line.network.settle()
        events = await line.events(caller)

    assert services.call.is_over
    assert set(line.server.calls) == calls
    assert events.count("hand_off_joined") == 1


async def test_services_whom_nobody_can_be_brought_to_get_the_control_rooms_number(
    emergency_line, monkeypatch, tmp_path
):
    async with telephones(monkeypatch, tmp_path, emergency_line) as line:
        caller, _ = await joined(line)
        await line.act(caller, "emergency-services")
        ringing = await line.rings()
        await caller.hang_up()
        await rests(line)
        line.server.refused_numbers[DESK] = 21211  # so that no room can be opened with them
        enter = next(
            v.text for v in read_twiml(ringing.fields["Twiml"].encode()) if v.name == "Redirect"
        )
        answer = await line.phones.send(enter, ringing.form())

    assert f"<Number>{DESK}</Number>" in answer.text
    assert "<Hangup" not in answer.text


async def test_the_caller_stays_with_the_person_when_the_services_hang_up(
    emergency_line, monkeypatch, tmp_path
):
    async with telephones(monkeypatch, tmp_path, emergency_line) as line:
        caller, person, services = await joined_by_services(line)
        line.phones.hang_up(services.call)
        await rests(line)
        left, call = line.together(caller), await line.state(caller)

    assert left == {caller.call_sid, person.call.sid}
    assert (call.hand_off.stage, call.hand_off.contact_id) == ("joined", "control_desk")


@pytest.mark.parametrize("first", ["person", "services"])
async def test_aurora_is_back_once_both_have_hung_up(first, emergency_line, monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path, emergency_line) as line:
        caller, person, services = await joined_by_services(line)
        one, other = (person, services) if first == "person" else (services, person)
        line.phones.hang_up(one.call)
        await rests(line)
        line.phones.hang_up(other.call)
        await rests(line)
        stage, told = await line.stage(caller), text(line.last_heard())

    assert stage == "dropped_back"
    assert "I am with you again." in told
    assert line.server.breaches == []


async def test_whoever_is_left_ends_the_conference_even_if_nothing_is_told_of_it(
    emergency_line, monkeypatch, tmp_path
):
    async with telephones(monkeypatch, tmp_path, emergency_line) as line:
        caller, person, services = await joined_by_services(line)
        line.phones.hang_up(person.call)
        await rests(line)
        line.phones.hang_up(services.call)
        line.phones.waiting.clear()  # every callback is lost
        line.server.conferences.callbacks.clear()
        await rests(line)
        stage = await line.stage(caller)

    assert stage == "dropped_back"


async def test_services_that_never_answer_are_not_waited_for(emergency_line, monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path, emergency_line) as line:
        caller, person = await joined(line)
        await line.act(caller, "emergency-services")
        line.phones.end(await line.rings(), "no-answer")
        await rests(line)
        line.phones.hang_up(person.call)
        await rests(line)
        stage = await line.stage(caller)

    assert stage == "dropped_back"


async def test_services_who_answer_when_the_person_is_gone_get_the_caller(
    emergency_line, monkeypatch, tmp_path
):
    async with telephones(monkeypatch, tmp_path, emergency_line) as line:
        caller, person = await joined(line)
        await line.act(caller, "emergency-services")
        ringing = await line.rings()
        line.phones.hang_up(person.call)
        await rests(line)
        between = await line.stage(caller)
        services = await line.picks_up(ringing)
        await rests(line)
        left, stage = line.together(caller), await line.stage(caller)
        line.phones.hang_up(services.call)
        await rests(line)
        after = await line.stage(caller)

    assert (between, stage, after) == ("dropped_back", "joined", "dropped_back")
    assert left == {caller.call_sid, services.call.sid}


async def test_services_who_answer_when_the_caller_is_gone_get_the_control_room(
    emergency_line, monkeypatch, tmp_path
):
    async with telephones(monkeypatch, tmp_path, emergency_line) as line:
        caller, person = await joined(line)
        await line.act(caller, "emergency-services")
        ringing = await line.rings()
        await caller.hang_up()
        await rests(line)
        services = await line.picks_up(ringing)
        desk = await line.picks_up(await line.rings())
        room = line.server.conferences.of(services.call.sid)

    assert person.call.is_over
    assert desk.call.fields["To"] == DESK
    assert room is not None
    assert set(room[0].participants) == {services.call.sid, desk.call.sid}


async def test_a_second_hand_off_of_a_call_ends_as_the_first_did(monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        caller, first = await joined(line)
        line.phones.hang_up(first.call)
        await rests(line)
        await caller.say(HUMAN)
        second = await line.picks_up(await line.rings())
        await line.presses(second, "2")
        between = await line.stage(caller)
        line.phones.hang_up(second.call)
        await rests(line)
        after = await line.stage(caller)

    assert (between, after) == ("joined", "dropped_back")


async def asked_from_a_page(line: Telephones) -> str:
    """Return the id of a call from a page, in an emergency."""
    begun = await line.console.post("/api/process-speech", json={"speech": FIRE})
    call_id: str = begun.json()["call_id"]
    return call_id


async def dialled_for(line: Telephones, call_id: str) -> list[RungCall]:
    answer = await line.console.post(f"/console/calls/{call_id}/emergency-services", json={})
    assert answer.json()["with"] == "control_room"
    return [await until(lambda to=to: _to(line, to)) for to in (DESK, SERVICES)]


def _to(line: Telephones, number: str) -> RungCall | None:
    return next((c for c in line.server.calls.values() if c.fields.get("To") == number), None)


@pytest.mark.parametrize("is_joined", [False, True])
async def test_services_with_the_control_room_leave_an_operators_hand_off_alone(
    is_joined, emergency_line, monkeypatch, tmp_path
):
    async with telephones(monkeypatch, tmp_path, emergency_line) as line:
        call_id = await asked_from_a_page(line)
        operators = line.parts.operators
        before = (await operators.brief(call_id, "Maria", Way.CONSOLE)).hand_off.stage
        if is_joined:
            before = (await operators.join(call_id, "Maria", Way.CONSOLE)).hand_off.stage
        desk, services = await dialled_for(line, call_id)
        at_desk, at_services = await line.picks_up(desk), await line.picks_up(services)
        found = line.server.conferences.of(at_desk.call.sid)
        room = set(found[0].participants) if found else set()
        while_there = (await operators.call(call_id)).hand_off.stage
        line.phones.hang_up(at_desk.call)
        await rests(line)
        hand_off = (await operators.call(call_id)).hand_off

    assert room == {at_desk.call.sid, at_services.call.sid}
    assert (while_there, hand_off.stage) == (before, before)
    assert (hand_off.person, hand_off.way) == ("Maria", Way.CONSOLE)


async def left_alone(line: Telephones) -> TwilioCaller:
    """A caller whose person hung up before entering, and nothing is ever told of it."""
    caller = await line.call()
    await caller.say(FIRE)
    await caller.say(HUMAN)
    heard = await line.picks_up(await line.rings())
    await line.phones.press(heard, "2", hangs_up=True)
    line.phones.waiting.clear()
    await line.network.settle()
    assert caller.is_in_conference
    return caller


@pytest.mark.parametrize("has_slipped_back", [False, True])
async def test_a_caller_who_waits_for_nobody_is_fetched_by_their_own_waiting(
    has_slipped_back, monkeypatch, tmp_path
):
    async with telephones(monkeypatch, tmp_path) as line:
        caller = await left_alone(line)
        if has_slipped_back:
            await line.parts.operators.slip_back(caller.call_sid, "channel_fault")
        else:
            monkeypatch.setattr(fetching, "ENTERS_WITHIN", timedelta(0))
        line.server.conferences.wait_on()
        await rests(line)
        stage, told = await line.stage(caller), text(line.last_heard())
        after = await caller.say("the smoke is spreading")

    assert stage == "dropped_back"
    assert told
    assert not caller.is_in_conference
    assert after.said


async def test_a_person_who_is_on_their_way_is_waited_for(monkeypatch, tmp_path):
    monkeypatch.setattr(fetching, "ENTERS_WITHIN", timedelta(hours=1))
    async with telephones(monkeypatch, tmp_path) as line:
        caller = await left_alone(line)
        line.server.conferences.wait_on()
        await rests(line)
        stage = await line.stage(caller)

    assert stage == "joined"
    assert caller.is_in_conference


async def test_a_caller_on_hold_stays_on_hold(monkeypatch, tmp_path):
    monkeypatch.setattr(fetching, "ENTERS_WITHIN", timedelta(0))
    async with telephones(monkeypatch, tmp_path) as line:
        caller, person = await joined(line)
        await line.act(caller, "hold", is_on=True)
        await line.network.settle()
        line.server.conferences.wait_on()
        await rests(line)
        stage, left = await line.stage(caller), line.together(caller)

    assert stage == "joined"
    assert left == {caller.call_sid, person.call.sid}


async def test_a_caller_who_could_not_be_fetched_is_fetched_later(monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        caller = await left_alone(line)
        monkeypatch.setattr(fetching, "ENTERS_WITHIN", timedelta(0))
        line.server.fail(Failure.OVERLOADED, "Calls/", times=20)
        line.server.conferences.wait_on()
        await rests(line)
        between = await line.stage(caller)
        is_waiting = caller.is_in_conference
        line.server.faults.clear()
        line.server.conferences.wait_on()
        await rests(line)
        after = await line.stage(caller)

    assert (between, is_waiting, after) == ("joined", True, "dropped_back")
