"""Walking TwiML as Twilio would, and telling the line what Twilio would."""

import asyncio
from typing import Any

import httpx2
import pytest

from aurora.rehearsal.twilio_caller import TwilioCaller
from aurora.rehearsal.twilio_webhooks import IDEMPOTENCY_HEADER
from aurora.rehearsal.twiml_document import TwimlRefused
from tests.unit.rehearsal.line import BASE, LISTEN, ScriptedLine

PUBLIC = "https://line.example.com"


def caller_of(line: ScriptedLine, **options: Any) -> TwilioCaller:
    return TwilioCaller(line.client(), BASE, **options)


async def test_ringing_hears_what_is_said_inside_gather() -> None:
    line = ScriptedLine({"/incoming-call": LISTEN})
    heard = await caller_of(line).ring()
    (said,) = heard.sentences
    assert (said.text, said.voice, said.language) == ("Go on.", "Polly.Joanna", "en-US")
    assert heard.verbs == ["Gather"]
    assert not heard.is_over
    assert line.form()["CallStatus"] == "ringing"
    assert line.form()["FromCity"] == ""


async def test_words_go_to_the_action_with_the_call_in_progress() -> None:
    line = ScriptedLine({"/incoming-call": LISTEN, "/process-speech": LISTEN})
    caller = caller_of(line)
    await caller.ring()
    await caller.say("Rauch in Halle größer drei")
    assert line.paths == ["/incoming-call", "/process-speech?turn=1"]
    assert line.form()["SpeechResult"] == "Rauch in Halle größer drei"
    assert line.form()["CallStatus"] == "in-progress"
    assert line.form()["CallSid"] == caller.call_sid


async def test_every_request_has_an_idempotency_token_of_its_own() -> None:
    line = ScriptedLine({"/incoming-call": LISTEN, "/process-speech": LISTEN})
    caller = caller_of(line)
    await caller.ring()
    await caller.say("hello")
    tokens = {request.headers[IDEMPOTENCY_HEADER] for request in line.requests}
    assert len(tokens) == 2


async def test_a_connection_that_fails_is_tried_again_with_the_same_token() -> None:
    tokens = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        tokens.append(request.headers[IDEMPOTENCY_HEADER])
        if len(tokens) == 1:
            raise httpx2.ConnectError("refused", request=request)
        return httpx2.Response(
            200, headers={"content-type": "text/xml"}, content=b"<Response><Gather/></Response>"
        )

    client = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))
    await TwilioCaller(client, BASE).ring()
    assert len(tokens) == 2
    assert len(set(tokens)) == 1


async def test_keys_are_cut_to_the_number_asked_for() -> None:
    line = ScriptedLine({"/incoming-call": LISTEN, "/process-speech": LISTEN})
    caller = caller_of(line)
    await caller.ring()
    await caller.act("#12")
    assert line.form()["Digits"] == "1"
    assert "SpeechResult" not in line.form()


async def test_silence_calls_the_action_with_empty_fields_where_asked_for() -> None:
    line = ScriptedLine({"/incoming-call": LISTEN, "/process-speech": LISTEN})
    caller = caller_of(line)
    await caller.ring()
    await caller.act("")
    assert (line.form()["SpeechResult"], line.form()["Digits"]) == ("", "")


async def test_silence_falls_through_where_it_is_not() -> None:
    gather = '<Gather input="speech" action="/process-speech"/><Say>Nobody there?</Say>'
    line = ScriptedLine({"/incoming-call": gather})
    caller = caller_of(line)
    await caller.ring()
    heard = await caller.stay_silent()
    assert heard.text == "Nobody there?"
    assert heard.is_over
    assert line.paths == ["/incoming-call", "/call-status"]


async def test_words_are_silence_to_a_line_that_takes_keys_alone() -> None:
    line = ScriptedLine({"/incoming-call": '<Gather action="/keys"/><Say>No key.</Say>'})
    caller = caller_of(line)
    await caller.ring()
    heard = await caller.say("help")
    assert heard.text == "No key."


async def test_a_gather_without_action_asks_its_own_document_again() -> None:
    line = ScriptedLine({"/incoming-call": '<Gather input="speech"/>'})
    caller = caller_of(line)
    await caller.ring()
    await caller.say("hello")
    assert line.paths == ["/incoming-call", "/incoming-call"]


async def test_a_get_action_carries_its_fields_in_the_address() -> None:
    gather = '<Gather input="speech" action="/heard?turn=1" method="GET"/>'
    line = ScriptedLine({"/incoming-call": gather, "/heard": LISTEN})
    caller = caller_of(line)
    await caller.ring()
    await caller.say("smoke")
    asked = line.requests[-1]
    assert asked.method == "GET"
    assert asked.content == b""
    assert asked.url.params["turn"] == "1"
    assert asked.url.params["SpeechResult"] == "smoke"


async def test_a_redirect_is_followed_and_a_loop_of_them_refused() -> None:
    line = ScriptedLine({"/incoming-call": "<Redirect>next</Redirect>", "/next": LISTEN})
    heard = await caller_of(line).ring()
    assert heard.verbs == ["Redirect", "Gather"]
    loop = ScriptedLine({"/incoming-call": "<Redirect>/incoming-call</Redirect>"})
    with pytest.raises(TwimlRefused, match="loop"):
        await caller_of(loop).ring()


@pytest.mark.parametrize(("answers", "status"), [(True, "completed"), (False, "no-answer")])
async def test_dial_tells_its_action_how_it_ended(answers: bool, status: str) -> None:
    dial = '<Dial action="/after"><Number>+12025550199</Number></Dial><Say>Never heard.</Say>'
    line = ScriptedLine({"/incoming-call": dial, "/after": LISTEN})
    heard = await caller_of(line, does_human_answer=answers).ring()
    assert heard.dialled == ["+12025550199"]
    assert heard.text == "Go on."
    assert [said.verb for said in heard.said] == ["Dial", "Say"]
    assert line.form()["DialCallStatus"] == status


async def test_dial_without_action_goes_on_with_the_next_verb() -> None:
    line = ScriptedLine({"/incoming-call": "<Dial>+12025550199</Dial><Say>Still here.</Say>"})
    heard = await caller_of(line).ring()
    assert (heard.dialled, heard.text) == (["+12025550199"], "Still here.")


async def test_a_hangup_ends_the_call_and_reports_it_in_sequence() -> None:
    line = ScriptedLine({"/incoming-call": "<Say>Bye.</Say><Hangup/><Say>Unheard.</Say>"})
    caller = caller_of(line)
    heard = await caller.ring()
    assert heard.text == "Bye."
    assert heard.is_over
    assert caller.is_over
    assert line.paths[-1] == "/call-status"
    status = line.form()
    assert (status["CallStatus"], status["SequenceNumber"]) == ("completed", "0")
    assert {"Timestamp", "CallbackSource", "CallDuration", "Duration"} <= status.keys()


async def test_hanging_up_twice_reports_once() -> None:
    line = ScriptedLine({"/incoming-call": LISTEN})
    caller = caller_of(line)
    await caller.ring()
    await caller.hang_up()
    await caller.hang_up()
    assert line.paths.count("/call-status") == 1


async def test_the_public_address_is_signed_and_the_local_one_asked() -> None:
    line = ScriptedLine({"/incoming-call": LISTEN, "/process-speech": LISTEN})
    caller = caller_of(line, public_url=PUBLIC + "/", auth_token="secret")
    await caller.ring()
    await caller.say("hello")
    assert {request.url.host for request in line.requests} == {"127.0.0.1"}
    assert all("X-Twilio-Signature" in request.headers for request in line.requests)


async def test_without_a_token_nothing_is_signed() -> None:
    line = ScriptedLine({"/incoming-call": LISTEN})
    await caller_of(line).ring()
    assert "X-Twilio-Signature" not in line.requests[0].headers


async def test_an_absolute_public_action_is_asked_locally_and_a_foreign_one_refused() -> None:
    gather = '<Gather input="speech" action="{}"/>'
    line = ScriptedLine({"/incoming-call": gather.format(PUBLIC + "/on"), "/on": LISTEN})
    caller = caller_of(line, public_url=PUBLIC)
    await caller.ring()
    await caller.say("hello")
    assert str(line.requests[-1].url) == BASE + "/on"
    foreign = ScriptedLine({"/incoming-call": gather.format("https://elsewhere.example/on")})
    caller = caller_of(foreign, public_url=PUBLIC)
    await caller.ring()
    with pytest.raises(TwimlRefused, match="not an address of the line"):
        await caller.say("hello")


async def test_an_action_that_leaves_the_public_path_is_refused() -> None:
    line = ScriptedLine({"/incoming-call": LISTEN})
    caller = caller_of(line, public_url=PUBLIC + "/aurora")
    await caller.ring()
    with pytest.raises(TwimlRefused, match="not an address of the line"):
        await caller.say("hello")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx2.Response(500), 11200),
        (httpx2.Response(403), 11200),
        (httpx2.Response(200, json={"ok": True}), 12300),
        (httpx2.Response(200, headers={"content-type": "text/xml"}, content=b"<Respon"), 12100),
    ],
)
async def test_a_bad_answer_ends_the_call_with_twilios_error(
    answer: httpx2.Response, code: int
) -> None:
    line = ScriptedLine({"/incoming-call": answer})
    caller = caller_of(line)
    with pytest.raises(TwimlRefused) as refused:
        await caller.ring()
    assert refused.value.code == code
    assert caller.is_over
    assert line.form()["CallStatus"] == "completed"


async def test_an_answer_that_comes_too_late_is_refused() -> None:
    async def never(request: httpx2.Request) -> httpx2.Response:
        await asyncio.get_running_loop().create_future()
        raise AssertionError("never comes")

    client = httpx2.AsyncClient(transport=httpx2.MockTransport(never))
    caller = TwilioCaller(client, BASE, answer_within_s=0.0)
    with pytest.raises(TwimlRefused, match="did not answer"):
        await caller.ring()
    assert caller.status_answer is None
