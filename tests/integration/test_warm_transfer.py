"""A caller on the telephone and a person are brought together; Aurora is there before and after."""

import pytest

from aurora.rehearsal.twilio_rest_server import Failure
from tests.telephones import telephones, text

FIRE = "There is a fire in zone B"
HUMAN = "I want to speak to a person"


async def test_a_person_is_briefed_joins_and_aurora_comes_back(monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        caller = await line.call()
        await caller.say(FIRE)
        asked = await caller.say(HUMAN)
        heard = await line.picks_up(await line.rings())
        brief, stage_before = heard.text, await line.stage(caller)
        meanwhile = await caller.say("it is getting worse")
        await line.presses(heard, "1")
        again = heard.text
        await line.presses(heard, "2")
        told = text(line.last_heard())
        joined = await line.stage(caller)
        room = line.server.conferences.of(caller.call_sid)
        together = room is not None and list(room[0].participants)
        line.phones.hang_up(heard.call)
        await line.network.settle()
        back = text(line.last_heard())
        after = await caller.say("the smoke is spreading")
        events = await line.events(caller)

    assert "Dial" not in asked.verbs
    assert "Zone B" in brief
    assert HUMAN in brief
    assert "It is spreading." in again
    assert "it is getting worse" in again
    assert stage_before == "briefing"
    assert meanwhile.said  # Aurora guides while somebody is rung
    assert told.startswith("Joining you now: the control room.")
    assert joined == "joined"
    assert set(together or ()) == {heard.call.sid, caller.call_sid}
    assert "I am with you again." in back
    assert after.said
    assert not after.is_over
    assert [e for e in events if e.startswith("hand_off")] == [
        "hand_off_requested",
        "hand_off_briefing",
        "hand_off_rung",
        "hand_off_joined",
        "hand_off_dropped_back",
    ]
    assert line.server.breaches == []


@pytest.mark.parametrize("how", ["no-answer", "busy", "failed", "canceled"])
async def test_who_does_not_answer_is_followed_by_the_next(how, monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        caller = await line.call()
        await caller.say(FIRE)
        await caller.say(HUMAN)
        line.phones.end(await line.rings(), how)
        await line.network.settle()
        heard = await line.picks_up(await line.rings())
        await line.presses(heard, "2")
        told = text(line.last_heard())

    assert told.startswith("Joining you now: the shift supervisor.")


async def test_three_means_cannot_and_the_next_is_asked(monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        caller = await line.call()
        await caller.say(FIRE)
        await caller.say(HUMAN)
        heard = await line.picks_up(await line.rings())
        await line.presses(heard, "3")
        said = heard.text
        await line.rings()

    assert said == "Recorded: you cannot. Aurora asks somebody else."


async def test_a_voicemail_never_joins(monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        caller = await line.call()
        await caller.say(FIRE)
        await caller.say(HUMAN)
        heard = await line.picks_up(await line.rings(), "machine_start")
        await line.rings()
        if not heard.call.is_over:
            await line.presses(heard, "2")
        said, stage = heard.text, await line.stage(caller)

    assert "You are being connected" not in said
    assert stage == "briefing"


async def test_when_nobody_comes_the_caller_is_told_and_not_left(monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        caller = await line.call()
        await caller.say(HUMAN)
        for _ in range(3):  # the control room and both supervisors
            line.phones.end(await line.rings(), "no-answer")
            await line.network.settle()
        told = await line.hears(caller)
        after = await caller.say(FIRE)
        stage = await line.stage(caller)

    assert "did not answer" in told
    assert "Get out now." in text(after)
    assert stage == "ended"


async def test_nobody_is_promised_before_a_key(monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        caller = await line.call()
        await caller.say(FIRE)
        first = await caller.say(HUMAN)
        await line.picks_up(await line.rings())
        then = await caller.say("is somebody coming?")

    assert "Joining" not in text(first) + text(then)


async def test_who_presses_too_late_is_told_so(monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        caller = await line.call()
        await caller.say(FIRE)
        await caller.say(HUMAN)
        heard = await line.picks_up(await line.rings())
        await caller.hang_up()
        await line.presses(heard, "2")
        said = heard.text

    assert said.startswith("This caller is with somebody else by now, or has hung up.")


async def test_a_caller_who_cannot_be_moved_stays_with_aurora(monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        caller = await line.call()
        await caller.say(FIRE)
        await caller.say(HUMAN)
        heard = await line.picks_up(await line.rings())
        line.server.fail(Failure.OVERLOADED, "Calls/", times=20)
        await line.presses(heard, "2")
        said, stage = heard.text, await line.stage(caller)
        after = await caller.say("are you there?")

    assert said.startswith("The caller could not be connected.")
    assert stage == "dropped_back"
    assert after.said


async def test_the_caller_hangs_up_and_the_person_is_let_go(monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        caller = await line.call()
        await caller.say(HUMAN)
        heard = await line.picks_up(await line.rings())
        await line.presses(heard, "2")
        await caller.hang_up()
        await line.network.settle()
        call = await line.state(caller)

    assert heard.call.is_over
    assert call.end_reason == "hung_up"
    assert call.hand_off.stage == "ended"


async def test_forged_addresses_are_refused(monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        caller = await line.call()
        await caller.say(HUMAN)
        ringing = await line.rings()
        key = ringing.fields["StatusCallback"].replace("status", "key")
        forged = await line.phones.post(key[:-4] + "AAAA", ringing.form())
        unsigned = await line.client.post(key.replace("https://line.example.com", line.url))

    assert (forged.status_code, unsigned.status_code) == (403, 403)


async def test_after_a_restart_the_next_person_is_rung_and_nobody_is_forgotten(
    monkeypatch, tmp_path
):
    async with telephones(monkeypatch, tmp_path) as line:
        caller = await line.call()
        await caller.say(FIRE)
        await caller.say(HUMAN)
        ringing = await line.rings()
    async with telephones(monkeypatch, tmp_path) as line:
        await line.parts.start_alerting()
        stage_before = await line.stage(caller)
        line.server.calls[ringing.sid] = ringing
        line.phones.end(ringing, "no-answer")
        await line.phones.deliver()
        await line.rings()
        person = (await line.state(caller)).hand_off.person

    assert stage_before == "briefing"
    assert person != "Control room desk"


async def test_a_turn_that_fails_inside_puts_the_caller_through_at_once(monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        caller = await line.call()

        def broken(*_: object, **__: object) -> None:
            raise RuntimeError("broken inside")

        monkeypatch.setattr(line.parts.rooms.dialogue, "take_words", broken)
        heard = await caller.say(FIRE)

    assert "Dial" in [said.verb for said in heard.said]
    assert [c for c in line.server.calls.values() if c.fields["To"] == "+12025550100"] == []
