"""The ConversationRelay line over real sockets: a caller's words in, approved sentences out."""

import pytest

from aurora.lines.relay import call as relay_call
from aurora.rehearsal.twilio_sockets import SocketRefused, open_socket
from tests.integration.relay_line import relayed, spoken

FIRE = "There is a fire in zone B"


async def test_an_emergency_is_answered_by_its_first_line_and_the_call_is_on_record(
    monkeypatch, tmp_path
):
    async with relayed(monkeypatch, tmp_path) as line:
        caller = line.caller()
        greeting = await caller.ring()
        answer = await caller.say(FIRE)
        timed = await line.event(caller.call_sid, "turn_timed")
        await caller.hang_up()
        said = await line.said(caller.call_sid)
        call = await line.parts.records.find(caller.call_sid)

    assert "What is happening" in greeting.text
    assert answer.text.startswith("Get out now.")
    assert "the east gate" in answer.text
    assert not greeting.faults + answer.faults
    assert said[1] == f"user: {FIRE}"
    assert said[2].startswith("assistant: Get out now.")
    assert (call.line, call.end_reason) == ("relay", "hung_up")
    stages = {"end_of_turn", "text", "triage", "first_audio_sent", "first_audio_heard"}
    assert stages <= timed["stages_ms"].keys()


async def test_the_first_line_is_spoken_before_the_turn_is_over_and_only_once(
    monkeypatch, tmp_path
):
    async with relayed(monkeypatch, tmp_path) as line, line.session() as session:
        await session.cycle()
        await session.prompt("There is a fire in", last=False)
        await session.prompt(f"{FIRE}.", last=False)
        ahead = await session.next()
        await session.send("info", name="tokensPlayed", value=ahead["token"])
        await session.prompt(f"{FIRE}.")
        rest = await session.cycle()
        spoken_ahead = await line.event(session.call_sid, "spoken_ahead")
        said = await line.said(session.call_sid)

    assert ahead["token"].startswith("Get out now.")
    assert ahead["interruptible"] is False
    assert "Get out now" not in spoken(rest)
    assert "the east gate" in spoken(rest)
    assert spoken_ahead["urgency"] == "critical"
    assert "Get out now." in said[-1]


async def test_a_zone_that_twilio_misheard_is_read_back(monkeypatch, tmp_path):
    async with relayed(monkeypatch, tmp_path) as line, line.session() as session:
        await session.cycle()
        await session.prompt("There is a fire in sown bee.")
        answer = await session.cycle()

    assert "Did you say Zone B, yes or no?" in spoken(answer)


async def test_what_follows_a_line_spoken_ahead_waits_until_that_was_heard(monkeypatch, tmp_path):
    async with relayed(monkeypatch, tmp_path) as line, line.session() as session:
        await session.cycle()
        await session.prompt(f"{FIRE}.", last=False)
        ahead = await session.next()
        await session.send("info", name="agentSpeaking", value="on")
        await session.prompt(f"{FIRE}.")
        await line.event(session.call_sid, "turn_timed")
        sent_before = len(session.messages)
        await session.send("info", name="tokensPlayed", value=ahead["token"])
        rest = await session.cycle()

    assert ahead["preemptible"] is True
    assert session.messages[sent_before - 1] is ahead
    assert "the east gate" in spoken(rest)


async def test_a_wrong_line_spoken_ahead_is_cut_off_at_once_by_the_right_one(monkeypatch, tmp_path):
    async with relayed(monkeypatch, tmp_path) as line, line.session() as session:
        await session.cycle()
        await session.prompt("There is a fire.", last=False)
        ahead = await session.next()
        await session.prompt("There is a fire extinguisher missing, and he is not breathing.")
        rest = await session.cycle()

    assert ahead["preemptible"] is True
    assert ahead["token"] not in spoken(rest)
    assert not rest[0].get("preemptible")


async def test_a_life_safety_line_cannot_be_spoken_over_and_words_come_in_all_the_same(
    monkeypatch, tmp_path
):
    async with relayed(monkeypatch, tmp_path) as line:
        noun = await line.rings(line.webhooks())
        async with line.session() as session:
            greeting = await session.cycle()
            await session.prompt(FIRE)
            answer = await session.cycle()

    assert noun.attributes["interruptible"] == "any"
    assert noun.attributes["reportInputDuringAgentSpeech"] == "any"
    assert "interruptible" not in greeting[0]
    assert [text.get("interruptible") for text in answer] == [False, None]


async def test_a_caller_who_speaks_spanish_is_answered_and_listened_to_in_spanish(
    monkeypatch, tmp_path
):
    async with relayed(monkeypatch, tmp_path) as line, line.session() as session:
        await session.cycle()
        await session.prompt("Hay un incendio en la zona B, ayuda por favor")
        texts = await session.cycle()

    switched = [m for m in session.messages if m["type"] == "language"]
    assert switched == [
        {"type": "language", "ttsLanguage": "es-US", "transcriptionLanguage": "es-US"}
    ]
    assert {text["lang"] for text in texts} == {"es-US"}
    first = session.messages.index(switched[0])
    assert session.messages[first + 1] is texts[0]


async def test_keys_work(monkeypatch, tmp_path):
    async with relayed(monkeypatch, tmp_path) as line:
        caller = line.caller()
        await caller.ring()
        menu = await caller.press("1")
        answer = await caller.press("1")
        await caller.hang_up()
        call = await line.parts.records.find(caller.call_sid)

    assert "1" in menu.text
    assert answer.text.startswith("Get out now.")
    assert call.urgency == "critical"


@pytest.mark.parametrize("wrong", [{"token": "0" * 64}, {"call_sid": "CA" + "0" * 32}])
async def test_a_socket_that_is_not_this_calls_is_closed(monkeypatch, tmp_path, wrong):
    async with relayed(monkeypatch, tmp_path) as line, line.session(**wrong) as session:
        await session.closes()

    assert session.messages == []


async def test_a_socket_that_twilio_did_not_sign_is_refused(monkeypatch, tmp_path):
    async with relayed(monkeypatch, tmp_path) as line:
        noun = await line.rings(line.webhooks())
        with pytest.raises(SocketRefused, match="403"):
            await open_socket(noun.attributes["url"], line.webhooks("another-token"))


async def test_a_silent_caller_is_spoken_to(monkeypatch, tmp_path):
    async with (
        relayed(monkeypatch, tmp_path, {"GATHER_TIMEOUT": "1"}) as line,
        line.session() as session,
    ):
        await session.cycle()
        await session.cycle()
        silence = await line.event(session.call_sid, "silence")

    assert silence == {"in_a_row": 1}


async def test_a_caller_in_the_middle_of_a_sentence_is_not_silent(monkeypatch, tmp_path):
    monkeypatch.setattr(relay_call, "UNFINISHED_S", 4.0)
    async with (
        relayed(monkeypatch, tmp_path, {"GATHER_TIMEOUT": "3"}) as line,
        line.session() as session,
    ):
        await session.cycle()
        await session.prompt("I am at the", last=False)
        answer = await session.cycle()
        said = await line.said(session.call_sid)
        events = await line.events(session.call_sid)

    assert answer
    assert said[1] == "user: I am at the"
    assert "silence" not in events


async def test_what_twilio_could_not_do_is_on_record(monkeypatch, tmp_path):
    async with relayed(monkeypatch, tmp_path) as line, line.session() as session:
        await session.send("error", description="Unable to synthesise, code: 64101")
        noted = await line.event(session.call_sid, "relay_fault")

    assert noted == {"description": "Unable to synthesise, code: 64101"}


async def test_nonsense_changes_nothing(monkeypatch, tmp_path):
    nonsense = ["", "[]", "{", '{"type":"prompt"}', '{"type":"dtmf","digit":"12"}', '{"type":1}']
    async with relayed(monkeypatch, tmp_path) as line, line.session() as session:
        await session.cycle()
        for text in nonsense:
            await session.socket.send(text)
        await session.prompt(FIRE)
        answer = await session.cycle()

    assert spoken(answer).startswith("Get out now.")


async def test_a_message_as_long_as_a_book_closes_the_socket(monkeypatch, tmp_path):
    async with relayed(monkeypatch, tmp_path) as line, line.session() as session:
        await session.cycle()
        greeted = len(session.messages)
        await session.prompt("a" * 70_000)
        await session.closes()
        said = await line.said(session.call_sid)

    assert session.messages[greeted:] == []
    assert len(said) == 1, "no word of it is on the record"
