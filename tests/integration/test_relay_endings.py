"""How relay sessions are cut short and end, and how their calls go on all the same."""

import orjson

from aurora.conversation.switchboard import Switchboard
from aurora.lines.relay import call as relay_call
from aurora.rehearsal.twilio_sockets import SocketRefused, open_socket
from tests.integration.relay_line import PUBLIC, relayed
from tests.waiting import PATIENT_S

FIRE = "There is a fire in zone B"


async def test_an_interruption_puts_on_record_what_was_heard_and_what_was_not(
    monkeypatch, tmp_path
):
    async with relayed(monkeypatch, tmp_path) as line, line.session() as session:
        greeting = await session.next()
        heard = greeting["token"][:20]
        await session.send("interrupt", utteranceUntilInterrupt=heard, durationUntilInterruptMs=684)
        noted = await line.event(session.call_sid, "interrupted")

    assert noted["heard"] == heard
    assert noted["after_ms"] == 684
    assert [source.rpartition(":")[2] for source in noted["unheard"]] == ["greeting"]


async def test_a_person_is_dialled_once_everything_was_said(monkeypatch, tmp_path):
    async with relayed(monkeypatch, tmp_path) as line:
        caller = line.caller()
        await caller.ring()
        heard = await caller.press("0")
        after = await caller.say(FIRE)
        site = line.parts.rooms.site
        desk = site.contact(site.control_room)
        await caller.hang_up()
        said = await line.said(caller.call_sid)

    assert heard.said[0].verb == "ConversationRelay"
    assert heard.verbs == ["Dial", "Gather"]
    assert heard.dialled == [desk.phone]
    assert after.text.startswith("Get out now.")
    assert "Get out now." in said[-1]


async def test_the_hand_off_data_says_why_the_session_ended(monkeypatch, tmp_path):
    async with relayed(monkeypatch, tmp_path) as line, line.session() as session:
        await session.cycle()
        await session.send("dtmf", digit="0")
        await session.cycle()
        end = await session.until("end")

    assert end["handoffData"] == '{"reason":"handed_off"}'


async def test_a_socket_that_breaks_leads_to_gather_where_the_call_goes_on(monkeypatch, tmp_path):
    async with relayed(monkeypatch, tmp_path) as line:
        caller = line.caller()
        await caller.ring()
        await caller.say(FIRE)
        caller.session._socket._connection.transport.abort()
        await caller.session._ended.wait()
        answer = await caller.say("the exit is blocked by smoke")
        await caller.hang_up()
        said = await line.said(caller.call_sid)
        call = await line.parts.records.find(caller.call_sid)

    assert "Gather" in answer.verbs
    assert "user: the exit is blocked by smoke" in said
    assert call.urgency == "critical"


async def test_what_was_not_heard_when_the_socket_broke_is_said_on_gather(monkeypatch, tmp_path):
    async with relayed(monkeypatch, tmp_path) as line:
        webhooks = line.webhooks()
        async with line.session() as session:
            await session.cycle()
            await session.prompt(FIRE)
            first = await session.next()
            await session.next()
        webhooks.call_sid = session.call_sid
        lost = [("SessionStatus", "failed"), ("ErrorCode", "64105")]
        url = "https://line.example.com/rejoin?turn=1"
        answer = await webhooks.send(url, "in-progress", lost)

    assert first["token"].strip() in answer.text
    assert "<Gather" in answer.text
    assert "the east gate" in answer.text


async def test_the_record_says_which_instruction_a_caller_who_hung_up_did_not_hear(
    monkeypatch, tmp_path
):
    async with relayed(monkeypatch, tmp_path) as line:
        webhooks = line.webhooks()
        async with line.session() as session:
            await session.cycle()
            await session.prompt(FIRE)
            first, way_out = await session.next(), await session.next()
            await session.send("info", name="tokensPlayed", value=first["token"])
        webhooks.call_sid = session.call_sid
        gone = [("SessionStatus", "completed")]
        await webhooks.send(f"{PUBLIC}/rejoin?turn=1", "completed", gone)
        noted = await line.event(session.call_sid, "spoken_over")
        call = await line.parts.records.find(session.call_sid)

    assert noted["unheard"] == [way_out["token"].strip()]
    assert call.end_reason == "hung_up"


async def test_a_socket_that_cannot_be_had_leads_to_gather(monkeypatch, tmp_path):
    async with relayed(monkeypatch, tmp_path) as line:
        caller = line.caller()

        async def refuse(*_: object) -> None:
            raise SocketRefused("no way")

        caller._connections.open = refuse
        heard = await caller.ring()
        answer = await caller.say(FIRE)

    assert heard.verbs == ["Connect", "Gather"]
    assert "What is happening" in heard.text
    assert answer.text.startswith("Get out now.")


async def test_a_second_socket_of_a_call_takes_it_over(monkeypatch, tmp_path):
    async with relayed(monkeypatch, tmp_path) as line, line.session() as session:
        await session.cycle()
        webhooks = line.webhooks()
        noun = await line.rings(webhooks)
        again = await open_socket(noun.attributes["url"], webhooks)
        token = line.token(session.call_sid)
        parameters = {"token": token}
        setup = {"type": "setup", "callSid": session.call_sid, "customParameters": parameters}
        await again.send(orjson.dumps(setup).decode())
        await session.closes()
        said = await again.receive()
        await again.close()

    assert '"type":"text"' in said


async def test_words_that_were_not_finished_when_the_caller_left_are_rated(monkeypatch, tmp_path):
    async with relayed(monkeypatch, tmp_path) as line:
        async with line.session() as session:
            await session.cycle()
            await session.prompt("he is not breathing", last=False)
        await line.event(session.call_sid, "turn_timed")
        call = await line.parts.records.find(session.call_sid)

    assert call.urgency == "critical"
    assert call.end_reason is None


async def test_goodbye_ends_the_call_after_it_was_heard(monkeypatch, tmp_path):
    async with relayed(monkeypatch, tmp_path) as line:
        caller = line.caller()
        await caller.ring()
        await caller.say("Where is the canteen?")
        heard = await caller.say("Thank you, goodbye")
        call = await line.parts.records.find(caller.call_sid)

    assert heard.is_over
    assert heard.verbs == ["Hangup"]
    assert call.end_reason == "said_goodbye"


async def test_words_that_come_while_a_goodbye_ends_the_session_are_answered_on_gather(
    monkeypatch, tmp_path
):
    monkeypatch.setattr(relay_call, "CLOSED_WITHIN_S", PATIENT_S)
    async with relayed(monkeypatch, tmp_path) as line:
        webhooks = line.webhooks()
        async with line.session() as session:
            await session.cycle()
            for words in ("Where is the canteen?", "Thank you, goodbye"):
                await session.prompt(words)
                await session.cycle()
            ended = await session.until("end")
            await session.prompt(FIRE)
        webhooks.call_sid = session.call_sid
        form = [("SessionStatus", "ended"), ("HandoffData", ended["handoffData"])]
        answer = await webhooks.send(f"{PUBLIC}/rejoin?turn=1", "in-progress", form)
        call = await line.parts.records.find(session.call_sid)

    assert "Get out now." in answer.text
    assert "<Gather" in answer.text
    assert (call.urgency, call.end_reason) == ("critical", None)


async def test_a_way_out_that_was_spoken_over_is_said_again(monkeypatch, tmp_path):
    monkeypatch.setattr(relay_call, "WORDS_WITHIN_S", PATIENT_S)
    async with relayed(monkeypatch, tmp_path) as line, line.session() as session:
        await session.cycle()
        await session.prompt(FIRE)
        first, way_out = await session.next(), await session.next()
        await session.send("info", name="tokensPlayed", value=first["token"])
        heard = way_out["token"][:12]
        await session.send("interrupt", utteranceUntilInterrupt=heard, durationUntilInterruptMs=684)
        await line.event(session.call_sid, "interrupted")
        await session.prompt("What did you say?")
        while (again := await session.next())["type"] != "text" or not again["token"]:
            pass
        noted = await line.event(session.call_sid, "spoken_over")

    assert again["token"] == way_out["token"]
    assert noted["unheard"] == [way_out["token"].strip()]


async def test_a_turn_that_fails_is_answered_by_the_safe_line_and_gather_goes_on(
    monkeypatch, tmp_path
):
    async def fail(*_: object, **__: object) -> str:
        raise RuntimeError("broken")

    async with relayed(monkeypatch, tmp_path) as line:
        caller = line.caller()
        await caller.ring()
        with monkeypatch.context() as broken:
            broken.setattr(Switchboard, "hear", fail)
            heard = await caller.say(FIRE)
        answer = await caller.say(FIRE)
        call = await line.parts.records.find(caller.call_sid)

    assert "safe" in heard.text
    assert heard.verbs[-1] == "Gather"
    assert answer.text.startswith("Get out now.")
    assert call.urgency == "critical"
