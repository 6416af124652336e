"""Whoever vanishes from an emergency: people hear at once, the line rings back, then a search."""

import json

import pytest
from websockets.asyncio.client import connect

from aurora.escalation import finding
from aurora.lines.browser import line as browser
from aurora.rehearsal.rung_phones import OnThePhone
from aurora.rehearsal.twiml_document import read_twiml
from tests.application import application
from tests.integration.webhooks import CALL, SIGNED, post, verbs
from tests.reached_line import CALLER, LINE, ReachedLine, reached_line, until
from tests.whole_line import WrittenSpeech

FIRE = "There is a fire in zone A, I cannot get out"
LEADER = "+12025550104"
CALL_CODE = {"AURORA_CALL_CODE": "correct-horse-1"}
OUTSIDE = "+12025550103"


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a line waits for before it rings a lost caller, and between two tries."""
    monkeypatch.setattr(finding, "COMES_BACK_WITHIN_S", 0.5)
    monkeypatch.setattr(finding, "BETWEEN_TRIES_S", 0.5)
    monkeypatch.setattr(browser, "AWAY_S", 0.5)


@pytest.fixture
async def line(monkeypatch, tmp_path):
    async with reached_line(monkeypatch, tmp_path) as opened:
        yield opened


async def lost(line: ReachedLine, words: str = FIRE, number: str = CALLER) -> str:
    """Let a caller say something and vanish; return the call's id."""
    caller = line.caller(number)
    await caller.ring()
    await caller.say(words)
    call = await line.parts.switchboard.call(caller.call_sid)
    await until(lambda: len(line.twilio.calls) >= 2)
    await caller.hang_up()
    return call.id


async def called_back(line: ReachedLine, times: int = 1) -> OnThePhone:
    await until(lambda: len(line.calls_to()) == times)
    return await line.phones.pick_up(line.calls_to()[-1])


async def test_a_caller_who_vanishes_is_called_back_into_the_same_call(line: ReachedLine) -> None:
    call_id = await lost(line)
    heard = await called_back(line)

    assert heard.call.fields["From"] == LINE
    assert "We were cut off" in heard.text
    await line.phones.say(heard, "Yes, I am in zone A, the door is stuck")
    call = await line.parts.switchboard.call(call_id)
    assert call.id == (await line.parts.switchboard.call(heard.call.sid)).id
    assert call.loss is None
    assert call.ended_at is None
    await until(lambda: line.told("The caller was heard again"))
    kinds = [event.kind for event in await line.parts.records.events(call_id)]
    assert kinds.index("caller_lost") < kinds.index("called_back") < kinds.index("caller_found")


async def test_those_who_were_paged_hear_at_once_that_the_caller_is_lost(line: ReachedLine) -> None:
    await lost(line)

    [told] = await until(
        lambda: [one for one in line.read_out("CALLER LOST") if one.fields["To"] == LEADER]
    )
    assert "Caller last known: Zone A." in told.fields["Twiml"]


async def test_a_voicemail_is_not_the_caller_and_is_let_go(line: ReachedLine) -> None:
    await lost(line)
    await until(line.calls_to)
    await line.phones.pick_up(line.calls_to()[0], "machine_start")
    await line.phones.deliver()

    await until(lambda: len(line.calls_to()) == 2)
    assert line.calls_to()[0].updates == [{"Status": "completed"}]


async def test_after_three_call_backs_in_vain_the_site_searches(line: ReachedLine) -> None:
    call_id = await lost(line)
    for times in (1, 2, 3):
        await until(lambda: len(line.calls_to()) == times)  # noqa: B023 - awaited in the loop
        line.phones.end(line.calls_to()[-1], "no-answer")
        await line.phones.deliver()

    await until(lambda: LEADER in line.told("SEARCH"))
    events = await line.parts.records.events(call_id)
    [searched] = [event for event in events if event.kind == "search_requested"]
    assert (searched.details["tries"], searched.details["zone"]) == (3, "a")
    assert len(line.calls_to()) == 3


@pytest.mark.parametrize("words", ["Thank you, goodbye", "I am out, I am safe now"])
async def test_a_caller_who_took_their_leave_is_not_lost(line: ReachedLine, words: str) -> None:
    caller = line.caller()
    await caller.ring()
    await caller.say("There is a small fire in zone A")
    await caller.say(words)
    await caller.hang_up()

    call = await line.parts.switchboard.call(caller.call_sid)
    assert call.urgency.is_emergency
    assert call.loss is None


async def test_an_everyday_caller_who_hangs_up_is_not_lost(line: ReachedLine) -> None:
    caller = line.caller()
    await caller.ring()
    await caller.say("What are the canteen opening hours?")
    await caller.hang_up()

    call = await line.parts.switchboard.call(caller.call_sid)
    assert call.loss is None


async def test_whoever_rings_again_is_not_called_back(line: ReachedLine, monkeypatch) -> None:
    # On a busy machine ringing again may take longer than people need.
    monkeypatch.setattr(finding, "COMES_BACK_WITHIN_S", 10.0)
    call_id = await lost(line)
    again = line.caller()
    await again.ring()

    call = await line.parts.switchboard.call(call_id)
    await until(lambda: call.loss is None)
    assert line.calls_to() == []


async def test_in_a_drill_everybody_is_told_that_it_is_one(line: ReachedLine) -> None:
    await line.announce_drill()
    await lost(line, "This is a drill. There is a fire in zone A and people are trapped")

    await until(lambda: line.told("CALLER LOST"))
    assert line.told("CALLER LOST") <= line.told("DRILL. CALLER LOST")
    assert OUTSIDE not in line.told("")


async def test_an_address_that_was_not_given_to_twilio_is_refused(line: ReachedLine) -> None:
    call_id = await lost(line)
    await until(line.calls_to)
    form = [*line.calls_to()[0].form(), ("CallStatus", "in-progress")]
    answers = [
        (await line.phones.post(f"https://line.example.com{path}?call={call_id}~1~1.x.y", form))
        for path in ("/called-back", "/called-back/status", "/called-back/answered-by")
    ]

    assert {answer.status_code for answer in answers} == {403}


async def test_a_page_that_vanishes_is_told_of_and_nobody_is_rung_back(
    monkeypatch, tmp_path
) -> None:
    speech = WrittenSpeech(FIRE)
    async with reached_line(monkeypatch, tmp_path, CALL_CODE, speech=speech) as line:
        address = line.url.replace("http", "ws") + "/call/audio"
        async with connect(address, origin=line.url, compression=None) as socket:
            hello = {"type": "hello", "call": "a-call-of-this-test-0001", "code": "correct-horse-1"}
            await socket.send(json.dumps(hello))
            await socket.send(json.dumps({"type": "words", "words": FIRE}))
            await until(lambda: line.told("CRITICAL"))
        await until(lambda: line.told("CALLER LOST"))

        await until(lambda: line.told("connection broke off"))
        assert line.told("SEARCH") == set()
        assert line.calls_to() == []


async def test_on_the_relay_the_call_back_goes_on_in_a_session_of_its_own(
    monkeypatch, tmp_path
) -> None:
    async with reached_line(monkeypatch, tmp_path, {"AURORA_LINE": "relay"}) as line:
        await lost(line)
        await until(line.calls_to)
        [rung] = line.calls_to()
        redirect = read_twiml(rung.fields["Twiml"].encode())[0]
        answer = await line.phones.send(
            redirect.text, [*rung.form(), ("CallStatus", "in-progress")]
        )

        [relay] = read_twiml(answer.content)[0].nested
        assert relay.name == "ConversationRelay"
        assert "turn=" in read_twiml(answer.content)[0].attributes["action"]


@pytest.mark.parametrize(("dialled", "is_lost"), [("completed", False), ("no-answer", True)])
async def test_whoever_hangs_up_while_put_through_is_lost_unless_a_person_spoke_with_them(
    monkeypatch, tmp_path, dialled: str, is_lost: bool
) -> None:
    async with application(monkeypatch, tmp_path, SIGNED) as (client, parts):
        await post(client, "/incoming-call", CALL)
        speech = CALL | {"SpeechResult": f"{FIRE}, let me talk to a person"}
        answer = verbs(await post(client, "/process-speech?turn=1", speech))
        assert answer.find("Dial") is not None
        over = CALL | {"CallStatus": "completed"}
        await post(client, "/call-status", over)
        call = await parts.switchboard.call(CALL["CallSid"])
        assert call.loss is None, "a person may have them"
        await post(client, "/after-hand-off?turn=2", over | {"DialCallStatus": dialled})

        assert (call.loss is not None) is is_lost
