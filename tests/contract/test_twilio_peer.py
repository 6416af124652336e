"""The Twilio stand-in against Twilio's own server SDKs, wherever they overlap."""

import inspect
import warnings
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl

import httpx2
import pytest
from fastapi import Depends, FastAPI
from starlette.datastructures import ImmutableMultiDict
from starlette.requests import Request
from starlette.responses import Response
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import (
    Connect,
    ConversationRelay,
    Dial,
    Say,
    Stream,
    VoiceResponse,
)

from aurora.lines import twiml
from aurora.lines.relay.twiml import connect_relay
from aurora.lines.twilio_signature import SIGNATURE_HEADER, sign
from aurora.rehearsal.heard import Heard
from aurora.rehearsal.twilio_caller import TwilioCaller
from aurora.rehearsal.twiml_document import TwimlRefused, Verb, read_twiml
from aurora.rehearsal.twiml_verbs import ATTRIBUTES
from aurora.site.load import load_site, locate
from aurora.site.model import Voice
from tests.unit.rehearsal.line import BASE

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from tac import TAC, TACConfig
    from tac.channels.voice import VoiceChannel
    from tac.models.voice import (
        CallStatusEvent,
        TwiMLRequest,
        VoiceTwiMLOptionsConversationRelay,
    )
    from tac.server import TACFastAPIServer, TACServerConfig
    from tac.server.signature_validation import build_http_signature_dependency

TOKEN = "a-token-for-tests"
ACCOUNT = "AC" + "0" * 32
URL = "https://line.example.com/process-speech?turn=3"


def client_of(app: FastAPI) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app))


# Signatures


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [("CallSid", "CA1"), ("From", "+12025550151")],
        [("SpeechResult", ""), ("Digits", ""), ("FromCity", "")],
        [("SpeechResult", "größer Rauch in Halle 3, ¡fuego! 煙")],
        [("Event", "b"), ("Event", "a"), ("Event", "b"), ("CallSid", "CA1")],
        [("b", "2"), ("A", "1"), ("a", "3"), ("Ab", "&=+ %20")],
    ],
)
def test_a_signature_is_the_one_twilio_accepts(fields: list[tuple[str, str]]) -> None:
    signature = sign(TOKEN, URL, fields)
    validator = RequestValidator(TOKEN)
    assert signature == validator.compute_signature(URL, ImmutableMultiDict(fields))
    assert validator.validate(URL, ImmutableMultiDict(fields), signature)
    assert not validator.validate(URL + "1", ImmutableMultiDict(fields), signature)


@pytest.fixture
async def sent() -> list[httpx2.Request]:
    """Every request of a call with words, keys, silence, a hand-off and an end."""
    requests: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        response = VoiceResponse()
        gather = response.gather(
            input="speech dtmf", action="/process-speech?turn=1", action_on_empty_result=True
        )
        gather.say("Go on.")
        if b"person" in request.content:
            response = VoiceResponse()
            response.dial("+12025550199", action="/after-hand-off")
        headers = {"content-type": "text/xml"}
        return httpx2.Response(200, headers=headers, content=str(response).encode())

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as client:
        caller = TwilioCaller(client, BASE, "https://line.example.com", TOKEN)
        await caller.ring()
        for turn in ("Rauch in Halle größer drei", "#1", "", "a person, please"):
            await caller.act(turn)
        await caller.hang_up()
    assert len(requests) == 7
    return requests


def test_every_request_of_a_call_carries_a_signature_twilio_accepts(
    sent: list[httpx2.Request],
) -> None:
    validator = RequestValidator(TOKEN)
    for request in sent:
        public = str(request.url).replace(BASE, "https://line.example.com")
        pairs = parse_qsl(request.content.decode(), keep_blank_values=True)
        signature = request.headers[SIGNATURE_HEADER]
        assert validator.validate(public, ImmutableMultiDict(pairs), signature), request.url


# Form fields


def test_the_form_of_a_ringing_call_is_read_whole_by_the_peer(sent: list[httpx2.Request]) -> None:
    form = dict(parse_qsl(sent[0].content.decode(), keep_blank_values=True))
    read = TwiMLRequest.from_form(form)
    assert read.call_sid == form["CallSid"]
    assert (read.from_number, read.to_number) == (form["From"], form["To"])
    assert read.direction == "inbound"
    assert {"AccountSid", "CallStatus", "ApiVersion", "Caller", "Called"} <= read.extra.keys()


def test_the_status_at_the_end_is_read_whole_by_the_peer(sent: list[httpx2.Request]) -> None:
    form = dict(parse_qsl(sent[-1].content.decode(), keep_blank_values=True))
    event = CallStatusEvent.from_form(form)
    assert (event.call_sid, event.call_status) == (form["CallSid"], "completed")
    assert event.call_duration == "0"
    assert not event.is_unreached


def peer(token: str) -> tuple[FastAPI, list[TwiMLRequest], list[CallStatusEvent]]:
    """Twilio's own agent server, in its offline mode, set to our two paths."""
    config = TACConfig(
        account_sid=ACCOUNT,
        auth_token=token,
        api_key="SK" + "0" * 32,
        api_secret="nothing",
        phone_number="+12025550100",
        voice_public_domain="127.0.0.1:5000",
        voice_call_event_path="/events",
    )
    tac = TAC(config=config)
    voice = VoiceChannel(tac)
    rings: list[TwiMLRequest] = []
    ends: list[CallStatusEvent] = []

    async def customise(request: TwiMLRequest) -> VoiceTwiMLOptionsConversationRelay:
        rings.append(request)
        return VoiceTwiMLOptionsConversationRelay()

    async def note(event: CallStatusEvent) -> None:
        ends.append(event)

    voice.on_inbound_call_twiml(customise)
    voice.on_call_status(note)
    server = TACFastAPIServer(
        tac, voice_channel=voice, config=TACServerConfig(twiml_path="/incoming-call")
    )
    return server.app, rings, ends


async def test_the_peers_own_server_takes_our_call() -> None:
    app, rings, ends = peer(TOKEN)
    async with client_of(app) as client:
        caller = TwilioCaller(
            client, BASE, auth_token=TOKEN, account_sid=ACCOUNT, status_path="/events/status"
        )
        # It answers with a socket, at an address that this application alone does not serve.
        with pytest.raises(TwimlRefused, match="/ws is not an address of the line"):
            await caller.ring()
    assert [ring.call_sid for ring in rings] == [caller.call_sid]
    assert caller.status_answer == 200
    assert [(end.call_sid, end.call_status) for end in ends] == [(caller.call_sid, "completed")]


async def test_the_peers_own_server_refuses_a_call_signed_with_another_token() -> None:
    app, rings, _ = peer(TOKEN)
    async with client_of(app) as client:
        caller = TwilioCaller(client, BASE, auth_token="another", status_path="/events/status")
        with pytest.raises(TwimlRefused, match="403"):
            await caller.ring()
    assert rings == []
    assert caller.status_answer == 403


async def test_a_call_goes_from_ring_to_status_behind_the_peers_signature_check() -> None:
    app = FastAPI()
    checked = [Depends(build_http_signature_dependency(TOKEN))]
    seen: list[str] = []

    @app.post("/{path}", dependencies=checked)
    async def webhook(path: str, request: Request) -> Response:
        seen.append(path)
        response = VoiceResponse()
        gather = response.gather(input="speech", action="/process-speech", language="de-DE")
        gather.say("Weiter.", voice="Polly.Vicki", language="de-DE")
        return Response(str(response), media_type="text/xml")

    async with client_of(app) as client:
        caller = TwilioCaller(client, BASE, auth_token=TOKEN)
        heard: Heard = await caller.ring()
        await caller.say("Säure im Auge, größer als gedacht")
        await caller.hang_up()
    assert seen == ["incoming-call", "process-speech", "call-status"]
    assert heard.sentences[0].voice == "Polly.Vicki"
    assert caller.status_answer == 200


# TwiML


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


SDK_VERBS: dict[str, Callable[..., Any]] = {
    "Say": VoiceResponse.say,
    "Play": VoiceResponse.play,
    "Pause": VoiceResponse.pause,
    "Redirect": VoiceResponse.redirect,
    "Hangup": VoiceResponse.hangup,
    "Reject": VoiceResponse.reject,
    "Gather": VoiceResponse.gather,
    "Dial": VoiceResponse.dial,
    "Number": Dial.number,
    "Connect": VoiceResponse.connect,
    "Stream": Connect.stream,
    "Parameter": Stream.parameter,
    "ConversationRelay": Connect.conversation_relay,
    "Language": ConversationRelay.language,
    "prosody": Say.prosody,
    "emphasis": Say.emphasis,
    "break": Say.break_,
}


@pytest.mark.parametrize("verb", SDK_VERBS)
def test_the_stand_in_accepts_no_attribute_the_sdk_does_not_know(verb: str) -> None:
    known = {camel(name) for name in inspect.signature(SDK_VERBS[verb]).parameters}
    assert ATTRIBUTES[verb] <= known


@pytest.fixture(scope="module")
def voice() -> Voice:
    return load_site(locate(None)).voices["de"]


@pytest.fixture
def speech(voice: Voice) -> Iterator[twiml.Speech]:
    return twiml.Speech(voice, 1.0, 5, "auto", "zone b,gas line")  # type: ignore[return-value]


SENTENCES = ['Raus & "weg" <jetzt>.', "Säure: größte Vorsicht."]


def by_sdk(response: VoiceResponse) -> list[Verb]:
    return read_twiml(str(response).encode())


def test_listening_is_the_twiml_the_sdk_would_write(speech: twiml.Speech) -> None:
    ours = read_twiml(twiml.listen(SENTENCES, speech, "/process-speech?turn=2&a=b").encode())
    response = VoiceResponse()
    attributes = ours[0].attributes
    known = {camel(name): name for name in inspect.signature(VoiceResponse.gather).parameters}
    gather = response.gather(**{known[name]: value for name, value in attributes.items()})
    gather.say(" ".join(SENTENCES), voice=speech.voice.voice, language=speech.voice.locale)
    response.redirect("/process-speech?turn=2&a=b", method="POST")
    assert ours == by_sdk(response)


def test_hanging_up_is_the_twiml_the_sdk_would_write(speech: twiml.Speech) -> None:
    response = VoiceResponse()
    response.say(" ".join(SENTENCES), voice=speech.voice.voice, language=speech.voice.locale)
    response.hangup()
    assert read_twiml(twiml.hang_up(SENTENCES, speech).encode()) == by_sdk(response)


def test_dialling_is_the_twiml_the_sdk_would_write(speech: twiml.Speech) -> None:
    ours = twiml.dial(SENTENCES, speech, "+12025550199", "/after-hand-off?turn=2")
    response = VoiceResponse()
    response.say(" ".join(SENTENCES), voice=speech.voice.voice, language=speech.voice.locale)
    dial = response.dial(
        timeout=twiml.DIAL_TIMEOUT_S,
        answer_on_bridge=True,
        action="/after-hand-off?turn=2",
        method="POST",
    )
    dial.number("+12025550199")
    assert read_twiml(ours.encode()) == by_sdk(response)


def test_a_speech_rate_is_the_prosody_the_sdk_would_write(voice: Voice) -> None:
    slow = twiml.Speech(voice, 0.85, 5, "3", "")
    response = VoiceResponse()
    say = response.say(voice=voice.voice, language=voice.locale)
    say.prosody(" ".join(SENTENCES), rate="85%")
    response.hangup()
    assert read_twiml(twiml.hang_up(SENTENCES, slow).encode()) == by_sdk(response)


def test_a_relay_session_is_the_twiml_the_sdk_would_write() -> None:
    site = load_site(locate(None))
    url = "wss://line.example.com/relay"
    ours = read_twiml(connect_relay(site, "en", url, {"token": "<&>"}, "rejoin?turn=1").encode())
    [connect, redirect] = ours
    [relay] = connect.nested
    known = {camel(name): name for name in inspect.signature(Connect.conversation_relay).parameters}
    response = VoiceResponse()
    verb = response.connect(action="rejoin?turn=1", method="POST")
    noun = verb.conversation_relay(**{known[n]: v for n, v in relay.attributes.items()})
    for language in [inner for inner in relay.nested if inner.name == "Language"]:
        noun.language(
            code=language.attributes["code"],
            tts_provider=language.attributes["ttsProvider"],
            voice=language.attributes["voice"],
            transcription_provider=language.attributes.get("transcriptionProvider"),
            speech_model=language.attributes.get("speechModel"),
        )
    noun.parameter(name="token", value="<&>")
    response.redirect("rejoin?turn=1", method="POST")
    assert ours == by_sdk(response)
    assert redirect.text == "rejoin?turn=1"


def test_the_fallback_and_the_empty_answer_are_ones_twilio_carries_out(voice: Voice) -> None:
    fallback = read_twiml(twiml.fallback("Wir verbinden Sie.", voice, "+12025550199").encode())
    assert [verb.name for verb in fallback] == ["Say", "Dial", "Say", "Dial", "Gather", "Redirect"]
    assert read_twiml(twiml.EMPTY.encode()) == []
