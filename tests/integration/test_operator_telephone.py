"""What an operator does with callers on the telephone: words, chosen people, hold, the services."""

import pytest

from aurora.rehearsal.rung_phones import OnThePhone
from aurora.rehearsal.twilio_caller import TwilioCaller
from tests.telephones import Telephones, telephones, text

FIRE = "There is a fire in zone B"
HUMAN = "I want to speak to a person"
MEDIC, DESK, SERVICES = "+12025550105", "+12025550100", "+12025550103"


async def joined(line: Telephones) -> tuple[TwilioCaller, OnThePhone]:
    """A caller with whom the control room speaks."""
    caller = await line.call()
    await caller.say(FIRE)
    await caller.say(HUMAN)
    heard = await line.picks_up(await line.rings())
    await line.presses(heard, "2")
    return caller, heard


async def test_typed_words_are_spoken_at_once_as_the_operators(monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        caller = await line.call()
        answer = await line.act(caller, "say", words="Help is at the <east> gate & waits.")
        told = await line.hears(caller)
        after = await caller.say(FIRE)

    assert answer.json()["is_said_now"]
    assert told == "The operator says: Help is at the <east> gate & waits."
    assert "Get out now." in text(after)


async def test_a_whisper_is_asked_as_auroras_own_question(monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        caller = await line.call()
        await caller.say("There is a gas leak in zone B")
        answer = await line.act(caller, "whisper", words="ask about valve 3")
        told = await line.hears(caller)

    assert answer.status_code == 200
    assert told == "About valve 3: what can you see from where you are?"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("Is valve 9 open?", "does not have"),
        ("Go back in and close the valve?", "say it yourself"),
        ("ask about the weather", "No approved question"),
    ],
)
async def test_a_whisper_that_aurora_may_not_ask_is_refused(words, why, monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        caller = await line.call()
        await caller.say("There is a gas leak in zone B")
        answer = await line.act(caller, "whisper", words=words)
        call = await line.state(caller)

    assert answer.status_code == 422
    assert why in answer.json()["detail"]
    assert call.operators_words == []


async def test_an_operator_chooses_who_is_rung(monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        caller = await line.call()
        await caller.say(FIRE)
        asked = await line.act(caller, "hand-off", contact="medic")
        heard = await line.picks_up(await line.rings())
        again = await line.act(caller, "hand-off")
        unknown = await line.act(caller, "hand-off", contact="nobody")
        await line.presses(heard, "2")
        told = text(line.last_heard())

    assert asked.json()["is_rung"]
    assert heard.call.fields["To"] == MEDIC
    assert (again.status_code, unknown.status_code) == (409, 409)
    assert told.startswith("Joining you now: the site medic.")


@pytest.mark.parametrize(("answers", "told"), [(True, ""), (False, "did not answer")])
async def test_a_blind_transfer_rings_and_falls_back(answers, told, monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        caller = await line.call()
        caller._does_human_answer = answers
        await caller.say(FIRE)
        await line.act(caller, "hand-off", contact="medic", is_blind=True)
        heard = await line.hears(caller)
        after = await caller.say("hello?")

    assert MEDIC in heard
    assert told in heard
    assert after.said


async def test_a_caller_on_hold_hears_that_the_line_is_open(monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        caller, _ = await joined(line)
        held = await line.act(caller, "hold", is_on=True)
        await line.network.settle()
        _, waiting = line.server.conferences.of(caller.call_sid)
        is_on_hold, heard = waiting.is_on_hold, list(waiting.heard)
        await line.act(caller, "hold", is_on=False)
        is_off = not waiting.is_on_hold

    assert held.status_code == 200
    assert (is_on_hold, is_off) == (True, True)
    assert "Stay on the line." in " ".join(heard)


@pytest.mark.parametrize("is_coaching", [False, True])
async def test_somebody_listens_in_by_telephone_and_only_a_coach_is_heard(
    is_coaching, monkeypatch, tmp_path
):
    async with telephones(monkeypatch, tmp_path) as line:
        caller, person = await joined(line)
        answer = await line.act(caller, "listen-in", contact="medic", is_coaching=is_coaching)
        await line.picks_up(await line.rings())
        conference, with_caller = line.server.conferences.of(caller.call_sid)
        with_person = conference.participants[person.call.sid]
        listener = next(
            who
            for sid, who in conference.participants.items()
            if line.server.calls[sid].fields["To"] == MEDIC
        )

    assert answer.status_code == 200
    assert not with_caller.may_hear(listener)
    assert with_person.may_hear(listener) is is_coaching
    assert line.server.breaches == []


async def test_the_public_services_hear_a_brief_and_then_the_caller(
    emergency_line, monkeypatch, tmp_path
):
    async with telephones(monkeypatch, tmp_path, emergency_line) as line:
        caller = await line.call()
        await caller.say(FIRE)
        answer = await line.act(caller, "emergency-services")
        heard = await line.picks_up(await line.rings())
        told = text(line.last_heard())
        room = line.server.conferences.of(caller.call_sid)
        stage = await line.stage(caller)

    assert answer.json()["with"] == "caller"
    assert heard.call.fields["To"] == SERVICES
    assert "does not replace a call to 112" in heard.text
    assert "Zone B" in heard.text
    assert told.startswith("Joining you now: the emergency services.")
    assert room is not None
    assert set(room[0].participants) == {caller.call_sid, heard.call.sid}
    assert stage == "joined"


async def test_services_come_to_a_conference_that_then_outlives_the_first_person(
    emergency_line, monkeypatch, tmp_path
):
    async with telephones(monkeypatch, tmp_path, emergency_line) as line:
        caller, person = await joined(line)
        await line.act(caller, "emergency-services")
        services = await line.picks_up(await line.rings())
        line.phones.hang_up(person.call)
        await line.network.settle()
        conference, _ = line.server.conferences.of(caller.call_sid)
        left = set(conference.participants)

    assert left == {caller.call_sid, services.call.sid}


async def test_the_services_are_never_dialled_in_a_drill(emergency_line, monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path, emergency_line) as line:
        caller = await line.call()
        await caller.say("This is a drill. There is a fire in zone B")
        answer = await line.act(caller, "emergency-services")

    assert answer.status_code == 409
    assert "drill" in answer.json()["detail"]
    assert all(call.fields["To"] != SERVICES for call in line.server.calls.values())


async def test_without_a_number_of_the_site_the_operator_is_told_to_dial(monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        caller = await line.call()
        await caller.say(FIRE)
        answer = await line.act(caller, "emergency-services")

    assert answer.status_code == 409
    assert "112" in answer.json()["detail"]


async def test_the_queue_serves_the_most_urgent_first_and_one_person_takes_a_caller(
    monkeypatch, tmp_path
):
    async with telephones(monkeypatch, tmp_path) as line:
        everyday, fire = await line.call(), await line.call()
        await everyday.say(HUMAN)
        await fire.say(FIRE)
        await fire.say(HUMAN)
        queue = (await line.console.get("/api/hand-offs")).json()["hand_offs"]
        one = queue[0]["call_id"]
        taken = await line.console.post(f"/api/hand-offs/{one}/take", json={"by": "Maria"})
        second = await line.console.post(f"/api/hand-offs/{one}/take", json={"by": "Paul"})
        not_his = await line.console.post(f"/api/hand-offs/{one}/release", json={"by": "Paul"})
        released = await line.console.post(f"/api/hand-offs/{one}/release", json={"by": "Maria"})

    assert [waiting["urgency"] for waiting in queue] == ["critical", "normal"]
    assert taken.json()["person"] == "Maria"
    assert (second.status_code, not_his.status_code) == (409, 409)
    assert "Maria" in second.json()["detail"]
    assert released.json()["stage"] == "requested"


async def test_the_page_of_a_call_has_the_panel_of_its_hand_off(monkeypatch, tmp_path):
    async with telephones(monkeypatch, tmp_path) as line:
        caller = await line.call()
        call = await line.state(caller)
        page = await line.console.get(f"/console/calls/{call.id}")
        panel = await line.console.get(f"/console/calls/{call.id}/hand-off")
        apart = await line.console.get(f"/console/calls/{call.id}/voice")

    assert (page.status_code, panel.status_code, apart.status_code) == (200, 200, 200)
    assert f'hx-get="/console/calls/{call.id}/hand-off"' in page.text
    assert f'data-handoff="{call.id}"' in panel.text
    assert f'data-handoff="{call.id}"' in apart.text
