"""What the stand-in refuses is what Twilio refuses."""

import pytest

from aurora.rehearsal.twiml_document import TwimlRefused, Verb, read_twiml

STREAM = '<Stream url="wss://a.b/s"/>'
RELAY = '<Connect><ConversationRelay url="wss://a.b/s" {}/></Connect>'
LONG_PARAMETER = f'<Parameter name="a" value="{"x" * 499}"/>'


def read(inner: str) -> list[Verb]:
    return read_twiml(f"<Response>{inner}</Response>".encode())


def test_verbs_come_in_order_with_their_nested_ones() -> None:
    gather, redirect = read(
        '<Gather input="speech dtmf" action="/next"><Say>One.</Say><Pause/></Gather>'
        '<Redirect method="POST">/next?a=1&amp;b=2</Redirect>'
    )
    assert [inner.name for inner in gather.nested] == ["Say", "Pause"]
    assert gather.attributes["action"] == "/next"
    assert redirect.text == "/next?a=1&b=2"


def test_prosody_is_taken_off_the_words() -> None:
    (say,) = read('<Say voice="Polly.Joanna"><prosody rate="85%">Leave  now.</prosody></Say>')
    assert say.text == "Leave now."


def test_an_empty_response_has_no_verbs() -> None:
    assert read("") == []


@pytest.mark.parametrize(
    ("inner", "code"),
    [
        ("<Say>unclosed", 12100),
        ("<Shout>Hey</Shout>", 12200),
        ('<Say rate="85%">Slow.</Say>', 12200),
        ("<Gather><Gather/></Gather>", 12200),
        ("<Gather><Dial>+15555550100</Dial></Gather>", 12200),
        ("<Gather>Say something.</Gather>", 12200),
        ("<Say><Pause/></Say>", 12200),
        ('<Gather timeout="soon"/>', 12200),
        ('<Gather speechTimeout="0"/>', 12200),
        ('<Gather numDigits="0"/>', 12200),
        ('<Gather input="voice"/>', 12200),
        ('<Gather bargeIn="yes"/>', 12200),
        ('<Gather method="PUT"/>', 12200),
        ('<Gather speechModel="phone_call" speechTimeout="auto"/>', 13335),
        ('<Gather speechModel="phone_call"/>', 13335),
        (f'<Gather hints="{"x" * 101}"/>', 12200),
        (f'<Gather hints="{",".join(["x"] * 501)}"/>', 12200),
        (f"<Say>{'x' * 4_097}</Say>", 12200),
        (f"<Say>{'x' * 65_536}</Say>", 11750),
        ('<Say><prosody rate="quick">Go.</prosody></Say>', 12200),
        ("<Connect/>", 12200),
        ("<Connect>Hello</Connect>", 12200),
        ("<Connect><Say>Hello</Say></Connect>", 12200),
        ("<Connect><Stream/></Connect>", 31920),
        ('<Connect><Stream url="https://a.b/s"/></Connect>', 31920),
        ('<Connect><Stream url="ws://a.b/s"/></Connect>', 31920),
        ('<Connect><Stream url="wss://a.b/s?token=1"/></Connect>', 31920),
        ('<Connect><Stream url="wss://a.b/s" track="both_tracks"/></Connect>', 12200),
        ('<Connect><Stream url="wss://a.b/s"><Parameter name="a"/></Stream></Connect>', 12200),
        (f'<Connect><Stream url="wss://a.b/s">{LONG_PARAMETER}</Stream></Connect>', 12200),
        (f"<Connect>{STREAM}{STREAM}</Connect>", 12200),
        (RELAY.format('interruptible="perhaps"'), 12200),
        (RELAY.format('partialPrompts="yes"'), 12200),
        (RELAY.format('events="everything"'), 12200),
        (RELAY.format('rate="85%"'), 12200),
    ],
)
def test_a_document_twilio_would_not_carry_out_is_refused(inner: str, code: int) -> None:
    with pytest.raises(TwimlRefused) as refused:
        read(inner)
    assert refused.value.code == code


def test_a_speech_model_with_whole_seconds_is_accepted() -> None:
    assert read('<Gather speechModel="phone_call" speechTimeout="3"/>')


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_in_any_encoding(encoding: str) -> None:
    bomb = '<!DOCTYPE r [<!ENTITY a "aa">]><Response><Say>&a;</Say></Response>'
    with pytest.raises(TwimlRefused, match="document type"):
        read_twiml(bomb.encode(encoding))


@pytest.mark.parametrize("body", [b"", b"ok", b"<Answer/>", b"\xff\xfe\x00"])
def test_something_other_than_a_response_is_refused(body: bytes) -> None:
    with pytest.raises(TwimlRefused):
        read_twiml(body)


def test_a_stream_with_its_parameters_is_accepted() -> None:
    (connect,) = read(
        '<Connect><Stream url="wss://line.example.com/stream">'
        '<Parameter name="token" value="t"/></Stream></Connect>'
    )
    [stream] = connect.nested
    assert stream.nested[0].attributes == {"name": "token", "value": "t"}


@pytest.mark.parametrize("host", ["127.0.0.1:5000", "localhost", "[::1]:5000"])
def test_a_line_on_this_machine_needs_no_certificate(host: str) -> None:
    assert read(f'<Connect><Stream url="ws://{host}/stream"/></Connect>')


def test_a_relay_with_its_languages_is_accepted() -> None:
    (connect,) = read(
        '<Connect action="/over"><ConversationRelay url="wss://line.example.com/relay"'
        ' interruptible="any" reportInputDuringAgentSpeech="any" partialPrompts="true"'
        ' events="speaker-events tokens-played" dtmfDetection="true" hints="Zone B">'
        '<Language code="es-US" ttsProvider="Amazon" voice="Lupe-Neural"/>'
        '<Parameter name="token" value=""/></ConversationRelay></Connect>'
    )
    assert [inner.name for inner in connect.nested[0].nested] == ["Language", "Parameter"]
