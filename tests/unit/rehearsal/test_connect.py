"""A caller whose call is connected to a socket: what is heard there, and where the call goes on."""

from collections.abc import Callable
from typing import Any

import pytest

from aurora.rehearsal.caller_speech import Utterance
from aurora.rehearsal.reply import Reply
from aurora.rehearsal.twilio_caller import TwilioCaller
from aurora.rehearsal.twilio_sockets import SocketRefused
from aurora.rehearsal.twiml_document import TwimlRefused, Verb
from tests.unit.rehearsal.line import BASE, LISTEN, ScriptedLine

RELAY = (
    '<Connect action="/over"><ConversationRelay url="wss://line.example.com/relay"/></Connect>'
    "<Say>Behind.</Say>"
)
STREAM = (
    '<Connect><Stream url="wss://line.example.com/stream"><Parameter name="token" value="t"/>'
    '</Stream></Connect><Redirect method="POST">/rejoin</Redirect>'
)
RECORDING = Utterance("fire.wav", (b"",), 0, "Fire in zone B.")


class Session:
    """A socket that is scripted: says so at the start, and does what `acts` say."""

    needs_sound = True

    def __init__(self, said: str = "Hello.", acts: Callable[["Session"], None] | None = None):
        self.is_over = False
        self.said = [said]
        self.faults: list[str] = []
        self.done: list[str] = []
        self._acts = acts or (lambda session: session.said.append("Go on."))

    async def start(self) -> None:
        self.done.append("start")

    async def listen(self, since: float | None = None) -> None:
        self.done.append("listen")

    async def speak(self, utterance: Utterance) -> Reply:
        self.done.append(f"speak {utterance.name}")
        self._acts(self)
        return Reply(utterance, 1.0, 1.2, 1.3)

    async def press(self, key: str) -> None:
        self.done.append(f"press {key}")
        self._acts(self)

    async def hang_up(self) -> None:
        self.done.append("hang up")
        self.is_over = True

    async def close(self) -> None:
        self.done.append("close")

    def callback(self) -> list[tuple[str, str]]:
        return [("SessionStatus", "ended")]

    def leave(self) -> None:
        self.is_over = True


class Connections:
    def __init__(self, *sessions: Session) -> None:
        self._sessions = list(sessions)
        self.opened: list[Verb] = []

    async def open(self, noun: Verb, webhooks: Any) -> Session:
        self.opened.append(noun)
        if not self._sessions:
            raise SocketRefused("nobody there")
        return self._sessions.pop(0)


def caller_of(line: ScriptedLine, *sessions: Session, **options: Any) -> TwilioCaller:
    return TwilioCaller(line.client(), BASE, connections=Connections(*sessions), **options)


async def test_a_connected_caller_speaks_on_the_socket() -> None:
    line, session = ScriptedLine({"/incoming-call": STREAM}), Session()
    caller = caller_of(line, session)
    greeting = await caller.ring()
    heard = await caller.speak(RECORDING)
    assert (greeting.verbs, greeting.said[0].text) == (["Connect"], "Hello.")
    assert [said.text for said in heard.said] == ["Go on."]
    assert heard.replies[0].first_frame_ms == pytest.approx(200)
    assert session.done == ["start", "listen", "speak fire.wav"]
    assert line.paths == ["/incoming-call"]


async def test_keys_silence_and_words_go_to_the_socket_too() -> None:
    session = Session()
    caller = caller_of(
        ScriptedLine({"/incoming-call": STREAM}),
        session,
        voice=lambda words: Utterance(f"voice of {words}", (b"",), 0),
    )
    await caller.ring()
    for turn in ("#12", "", "help"):
        await caller.act(turn)
    assert session.done[2:] == ["press 1", "press 2", "listen", "speak voice of help"]


async def test_where_the_line_leaves_the_next_verb_is_carried_out() -> None:
    line = ScriptedLine({"/incoming-call": STREAM, "/rejoin": LISTEN, "/process-speech": LISTEN})
    session = Session(acts=Session.leave)
    caller = caller_of(line, session)
    await caller.ring()
    heard = await caller.speak(RECORDING)
    assert heard.verbs == ["Redirect", "Gather"]
    assert heard.text == "Go on."
    assert session.done[-1] == "close"
    assert caller.session is None
    await caller.say("hello")
    assert line.paths == ["/incoming-call", "/rejoin", "/process-speech?turn=1"]


async def test_an_action_is_asked_in_place_of_the_next_verb() -> None:
    line = ScriptedLine({"/incoming-call": RELAY, "/over": LISTEN})
    caller = caller_of(line, Session(acts=Session.leave))
    await caller.ring()
    heard = await caller.speak(RECORDING)
    assert "Behind." not in heard.text
    assert heard.verbs == ["Gather"]
    assert line.form(1)["SessionStatus"] == "ended"
    assert line.form(1)["CallStatus"] == "in-progress"


async def test_a_socket_that_broke_between_two_turns_is_noticed_before_the_next() -> None:
    line = ScriptedLine({"/incoming-call": STREAM, "/rejoin": LISTEN, "/process-speech": LISTEN})
    session = Session()
    caller = caller_of(line, session)
    await caller.ring()
    session.leave()
    heard = await caller.say("the exit is blocked")
    assert line.form()["SpeechResult"] == "the exit is blocked"
    assert heard.verbs == ["Redirect", "Gather", "Gather"]


async def test_a_call_that_ended_with_its_socket_takes_no_more_turns() -> None:
    session = Session()
    caller = caller_of(ScriptedLine({"/incoming-call": STREAM, "/rejoin": "<Hangup/>"}), session)
    await caller.ring()
    session.leave()
    heard = await caller.say("are you there?")
    assert heard.is_over
    assert caller.is_over


async def test_a_socket_that_is_refused_leads_to_the_next_verb() -> None:
    line = ScriptedLine({"/incoming-call": STREAM, "/rejoin": LISTEN})
    heard = await caller_of(line).ring()
    assert heard.verbs == ["Connect", "Redirect", "Gather"]
    assert heard.faults == ["nobody there"]


async def test_a_relay_that_is_refused_tells_the_action_why() -> None:
    line = ScriptedLine({"/incoming-call": RELAY, "/over": LISTEN})
    await caller_of(line).ring()
    assert (line.form()["SessionStatus"], line.form()["ErrorCode"]) == ("failed", "64102")


async def test_hanging_up_leaves_the_socket_tells_the_action_and_ends_the_call() -> None:
    line, session = ScriptedLine({"/incoming-call": RELAY}), Session()
    caller = caller_of(line, session)
    await caller.ring()
    await caller.hang_up()
    assert session.done[-1] == "hang up"
    assert line.paths == ["/incoming-call", "/over", "/call-status"]
    assert [line.form(n)["CallStatus"] for n in (1, 2)] == ["completed", "completed"]


async def test_a_recording_on_gather_is_what_was_written_down_of_it_or_silence() -> None:
    line = ScriptedLine({"/incoming-call": LISTEN, "/process-speech": LISTEN})
    caller = caller_of(line)
    await caller.ring()
    await caller.speak(RECORDING)
    assert line.form()["SpeechResult"] == "Fire in zone B."
    await caller.speak(Utterance("unknown.wav", (b"",), 0))
    assert line.form()["SpeechResult"] == ""


async def test_a_line_that_connects_again_and_again_is_stuck() -> None:
    line = ScriptedLine({"/incoming-call": STREAM, "/rejoin": STREAM})
    with pytest.raises(TwimlRefused, match="without listening"):
        await caller_of(line).ring()
    assert line.paths[-1] == "/call-status"
