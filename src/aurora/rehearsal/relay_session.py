"""The caller's end of one ConversationRelay session: words in, words out, timed like speech."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from aurora.rehearsal import relay_messages
from aurora.rehearsal.caller_speech import Utterance
from aurora.rehearsal.relay_messages import End, Language, Play, SendDigits, Text
from aurora.rehearsal.reply import Reply
from aurora.rehearsal.socket_session import LOOK_S, Clock, SocketSession
from aurora.rehearsal.spoken_queue import SpokenQueue
from aurora.rehearsal.stream_messages import MessageRefused
from aurora.rehearsal.tempo import NATURAL, Tempo
from aurora.rehearsal.twilio_sockets import Socket
from aurora.rehearsal.twilio_webhooks import Form
from aurora.rehearsal.twiml_document import Verb

MOST_MALFORMED = 10


@dataclass(frozen=True, slots=True)
class Parties:
    """Who is in the call."""

    account_sid: str
    call_sid: str
    from_number: str
    to_number: str


class RelaySession(SocketSession):
    """One <Connect><ConversationRelay>. What it cannot know of sound it takes as usual."""

    def __init__(
        self,
        socket: Socket,
        noun: Verb,
        parties: Parties,
        *,
        tempo: Tempo = NATURAL,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(socket, tempo, clock)
        self.voice = SpokenQueue(tempo.chars_per_s, tempo.voice_begins_s)
        self.locale = noun.attributes.get("language", "en-US")
        self.handoff_data: str | None = None
        self._noun = noun
        self._parties = parties
        self._session_id = f"VX{secrets.token_hex(16)}"
        self._has_ended = False
        self._was_hung_up = False
        self._malformed = 0

    async def start(self) -> None:
        """Send `setup`, speak the welcome greeting if there is one, and listen to the line."""
        parties, inner = self._parties, self._noun.nested
        parameters = [p.attributes for p in inner if p.name == "Parameter"]
        setup = relay_messages.setup(
            sessionId=self._session_id,
            accountSid=parties.account_sid,
            parentCallSid="",
            callSid=parties.call_sid,
            **{"from": parties.from_number, "to": parties.to_number},
            forwardedFrom="",
            callType="PSTN",
            callerName="",
            direction="inbound",
            callStatus="RINGING",
            customParameters={p["name"]: p["value"] for p in parameters},
        )
        if not await self._introduce(setup):
            return
        greeting = self._noun.attributes.get("welcomeGreeting")
        if greeting:
            self._say(Text(greeting, last=True))
        self._begin(self._hear, self._tell)

    async def speak(self, utterance: Utterance) -> Reply | None:
        """Say the words in the time they take; None when the line left before they were said."""
        began_at = self._clock()
        await self.cut_in("speech")
        await self._tell_of("clientSpeaking", is_on=True)
        for at_s, words in _partials(utterance, self._tempo.partial_every_s):
            await self._until(self._is_past(began_at + at_s))
            if self._noun.flag("partialPrompts") and self._is_listening():
                await self._send(relay_messages.prompt(words, self.locale, last=False))
        last_speech_at = began_at + utterance.speech_s
        await self._until(self._is_past(last_speech_at))
        await self._tell_of("clientSpeaking", is_on=False)
        await self._until(self._is_past(last_speech_at + self._tempo.final_after_s))
        if self.is_over:
            return None
        if self._is_listening():
            await self._send(relay_messages.prompt(utterance.words or "", self.locale, last=True))
        else:
            self.faults.append(f"{utterance.name}: said over words that let nothing through")
        await self.listen(began_at, self._tempo.enough_s)
        first = self.voice.first_after(began_at)
        return Reply(
            utterance=utterance,
            last_speech_at=last_speech_at,
            first_frame_at=first.came_at if first else None,
            first_heard_at=first.begins_at if first else None,
        )

    async def press(self, key: str) -> None:
        """Press one key and listen to what follows."""
        since = self._clock()
        await self.cut_in("dtmf")
        if self._noun.flag("dtmfDetection"):
            await self._send(relay_messages.dtmf(key))
        else:
            self.faults.append("a key was pressed and not reported: dtmfDetection is not set")
        await self.listen(since)

    async def cut_in(self, how: str) -> None:
        """Be heard over the voice, by "speech" or "dtmf"; a noise is taken for speech."""
        if self._noun.attributes.get("interruptible", "any") not in (how, "any", "true"):
            return
        now = self._clock()
        cut = self.voice.interrupt(now)
        if cut is not None:
            await self._send(relay_messages.interrupt(*cut))

    async def hang_up(self) -> None:
        """Close, as Twilio does when the caller is gone."""
        self._was_hung_up = not self.is_over
        await self.close()

    def callback(self) -> Form:
        seconds = max(0, round(self._clock() - self.began_at))
        status = "completed" if self._was_hung_up else "ended" if self._has_ended else "failed"
        fields = [
            ("SessionId", self._session_id),
            ("SessionStatus", status),
            ("SessionDuration", str(seconds)),
        ]
        if self.handoff_data is not None:
            fields.append(("HandoffData", self.handoff_data))
        if status == "failed":
            fields += [("ErrorCode", "64105"), ("ErrorMessage", "Websocket ended")]
        return fields

    def _answer(self, since: float) -> tuple[float, float] | None:
        first = self.voice.first_after(since)
        return (first.begins_at, self.voice.ends_at()) if first else None

    def _is_past(self, moment: float) -> Callable[[], bool]:
        return lambda: self._clock() >= moment

    def _is_listening(self) -> bool:
        """Whether the caller's words are reported just now."""
        reported = self._noun.attributes.get("reportInputDuringAgentSpeech", "none")
        return reported in ("speech", "any") or self.voice.sounding(self._clock()) is None

    async def _hear(self) -> None:
        while not self.is_over:
            text = await self._socket.receive()
            try:
                message = relay_messages.read_message(text)
            except MessageRefused as refused:
                await self._refuse(refused, text)
                continue
            self._malformed = 0
            match message:
                case Text():
                    self._say(message)
                case Language(tts=tts, transcription=transcription):
                    self.locale = tts or transcription or self.locale
                case Play() | SendDigits():
                    pass
                case End(handoff_data):
                    self._has_ended, self.handoff_data = True, handoff_data
                    self._end()

    async def _tell(self) -> None:
        """Tell of words spoken, where the line asked to be told."""
        told, was_speaking = 0, False
        while not self.is_over:
            await self._until(lambda: False, LOOK_S)
            now = self._clock()
            is_speaking = self.voice.sounding(now) is not None
            # Words may have begun and ended since the last look.
            has_begun = any(i.was_heard and i.begins_at <= now for i in self.voice.items[told:])
            if has_begun and not was_speaking:
                await self._tell_of("agentSpeaking", is_on=True)
            if (has_begun or was_speaking) and not is_speaking:
                await self._tell_of("agentSpeaking", is_on=False)
            was_speaking = is_speaking
            while told < len(self.voice.items) and self.voice.items[told].ends_at <= now:
                item, told = self.voice.items[told], told + 1
                if self._is_asked("tokens-played") and item.heard:
                    await self._send(relay_messages.info("tokensPlayed", item.heard))

    async def _tell_of(self, who: str, *, is_on: bool) -> None:
        if self._is_asked("speaker-events"):
            await self._send(relay_messages.info(who, "on" if is_on else "off"))

    def _is_asked(self, event: str) -> bool:
        return event in self._noun.attributes.get("events", "").split()

    def _say(self, text: Text) -> None:
        if not text.token:
            return
        allowed = self._noun.attributes.get("interruptible", "any") not in ("none", "false")
        interruptible = allowed if text.interruptible is None else text.interruptible
        now = self._clock()
        self.voice.add(text.token, now, interruptible=interruptible, preemptible=text.preemptible)
        self.said.append(text.token.strip())

    async def _refuse(self, refused: MessageRefused, text: str) -> None:
        self.faults.append(str(refused))
        self._malformed += 1
        await self._send(relay_messages.error(refused, text))
        if self._malformed >= MOST_MALFORMED:
            self._end()


def _partials(utterance: Utterance, every_s: float) -> Iterator[tuple[float, str]]:
    """Yield the words heard so far, again and again while they are spoken."""
    words = (utterance.words or "").split()
    at_s = every_s
    while at_s < utterance.speech_s:
        so_far = words[: round(len(words) * at_s / utterance.speech_s)]
        if so_far:
            yield at_s, " ".join(so_far)
        at_s += every_s
    if words:
        yield utterance.speech_s, " ".join(words)
