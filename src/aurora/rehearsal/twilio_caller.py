"""A caller through a stand-in for Twilio: walks the TwiML it gets and tells what was heard.

What is spoken on a socket, and when, is the business of the session that <Connect> opens.
"""

import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from urllib.parse import urljoin

import httpx2

from aurora.rehearsal.caller_speech import Utterance, Voice, mere_words
from aurora.rehearsal.conferences import Conferences, as_entering
from aurora.rehearsal.connections import Connections, TwilioConnections, refused_callback
from aurora.rehearsal.gather_input import pressed, silent, spoken
from aurora.rehearsal.heard import Heard, Said, said_by
from aurora.rehearsal.socket_session import SocketSession
from aurora.rehearsal.twilio_sockets import SocketRefused
from aurora.rehearsal.twilio_webhooks import (
    ANSWER_WITHIN_S,
    FROM_NUMBER,
    TO_NUMBER,
    Form,
    TwilioWebhooks,
    check_answer,
    dialled,
    ended,
)
from aurora.rehearsal.twiml_document import TwimlRefused, Verb, read_twiml

MAX_DOCUMENTS = 20
"""Fetched without listening to the caller in between; a line that goes on like that is stuck."""


class TwilioCaller:
    """One call, from ring to hang-up. Raises TwimlRefused where Twilio would give up."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        base_url: str,
        public_url: str | None = None,
        auth_token: str | None = None,
        *,
        from_number: str = FROM_NUMBER,
        to_number: str = TO_NUMBER,
        account_sid: str | None = None,
        incoming_path: str = "/incoming-call",
        status_path: str = "/call-status",
        does_human_answer: bool = False,
        answer_within_s: float = ANSWER_WITHIN_S,
        connections: Connections | None = None,
        voice: Voice | None = None,
        conferences: Conferences | None = None,
    ) -> None:
        """
        base_url: where requests go; public_url: what is signed, the same when not given.
        incoming_path, status_path: what the number is set to in Twilio's console.
        voice: makes words into sound, for a line that listens itself; without one they are sent
        as words that take no time.
        conferences: of the account, where a line brings callers into one.
        """
        self._webhooks = TwilioWebhooks(
            client,
            base_url,
            public_url,
            auth_token,
            account_sid=account_sid,
            from_number=from_number,
            to_number=to_number,
            answer_within_s=answer_within_s,
        )
        self.call_sid = self._webhooks.call_sid
        self.is_over = False
        self.status_answer: int | None = None
        """The HTTP status that the line's /call-status gave; None when it gave none."""
        self._incoming_url = self._webhooks.public_url + incoming_path
        self._status_url = self._webhooks.public_url + status_path
        self._does_human_answer = does_human_answer
        self._status = "ringing"
        self._began_at = datetime.now(UTC)
        self._document_url = self._incoming_url
        self._verbs: deque[Verb] = deque()
        self._gather: Verb | None = None
        self.session: SocketSession | None = None
        """What <Connect> opened, while it is open."""
        self.sessions: list[SocketSession] = []
        """Everything it opened, in order."""
        self._connect = Verb("Connect")
        self._connections = connections or TwilioConnections()
        self._voice = voice or mere_words
        self._documents = 0
        self._heard = Heard()
        self._conferences = conferences
        self._dial: Verb | None = None
        """What brought the caller into a conference, while they are in it."""

    @property
    def is_in_conference(self) -> bool:
        return self._dial is not None

    async def ring(self) -> Heard:
        """Place the call and listen to the answer."""
        await self._may_act()
        return await self._go_on(self._incoming_url, [])

    async def act(self, turn: str) -> Heard:
        """Do what a turn says: "" silence, "#1" the key 1, anything else words."""
        if not turn.strip():
            return await self.stay_silent()
        if len(turn) > 1 and turn.startswith("#"):
            return await self.press(turn[1:])
        return await self.say(turn)

    async def speak(self, utterance: Utterance) -> Heard:
        """Let a recording be heard. On Gather it is what somebody wrote down of it, or silence."""
        if not await self._may_act():
            return self._heard
        if self.session is not None:
            return await self._speak(self.session, utterance)
        gather, words = self._listening(), utterance.words
        return await self._answer(spoken(gather, words) if words else silent(gather))

    async def say(self, words: str) -> Heard:
        """Speak; a line that listens for keys alone hears nothing."""
        if not await self._may_act():
            return self._heard
        if self.session is not None:
            say = self._voice if self.session.needs_sound else mere_words
            return await self._speak(self.session, say(words))
        return await self._answer(spoken(self._listening(), words))

    async def press(self, keys: str) -> Heard:
        """Press keys; Gather takes as many as the line asked for, up to its finishing key."""
        if not await self._may_act():
            return self._heard
        session = self.session
        if session is None:
            return await self._answer(pressed(self._listening(), keys))
        for key in keys:
            await session.press(key)
        return await self._after(session)

    async def stay_silent(self) -> Heard:
        """Say nothing until the line's patience is over."""
        if not await self._may_act():
            return self._heard
        if self.session is None:
            return await self._answer(silent(self._listening()))
        session = self.session
        await session.listen()
        return await self._after(session)

    async def redirect(self, update: Mapping[str, str]) -> Heard:
        """Go on with the TwiML that a REST request gave this call, whatever it was doing."""
        self._heard, self._documents, self._gather = Heard(), 0, None
        if self.session is not None:
            session, self.session = self.session, None
            await session.hang_up()  # Twilio stops a stream that its TwiML no longer has
        self._leave_conference()
        self._verbs.clear()
        async with self._until_refused():
            if twiml := update.get("Twiml"):
                self._verbs = deque(read_twiml(twiml.encode()))
            else:
                await self._fetch(update["Url"], [], update.get("Method", "POST"))
            await self._walk()
        return self._heard

    async def conference_over(self) -> Heard:
        """Go on behind the conference, which has ended for this call."""
        self._heard, self._documents = Heard(), 0
        dial, self._dial = self._dial, None
        async with self._until_refused():
            if dial is not None and "action" in dial.attributes:
                method = dial.attributes.get("method", "POST")
                fields = [("DialCallStatus", "answered"), ("DialCallDuration", "12")]
                await self._fetch(dial.attributes["action"], fields, method)
            await self._walk()
        return self._heard

    def _leave_conference(self) -> None:
        self._dial = None
        if self._conferences is not None:
            self._conferences.leave(self.call_sid)

    async def _may_act(self) -> bool:
        """Begin to listen anew; where the line left its socket meanwhile, go on without it.

        False when that was the end of the call.
        """
        self._heard, self._documents = Heard(), 0
        if self.session is not None and self.session.is_over:
            await self._after(self.session)
        return not self._heard.is_over

    async def _speak(self, session: SocketSession, utterance: Utterance) -> Heard:
        reply = await session.speak(utterance)
        if reply is not None:
            self._heard.replies.append(reply)
        return await self._after(session)

    async def hang_up(self) -> None:
        """End the call and tell the line; a second time changes nothing."""
        if self.session is not None:
            session, self.session, self._status = self.session, None, "completed"
            await session.hang_up()
            if "action" in self._connect.attributes:
                with contextlib.suppress(TwimlRefused):
                    await self._fetch_action(session.callback())
        if not self.is_over:
            await self._end()

    async def _after(self, session: SocketSession) -> Heard:
        """Note what was said on a socket; go on with the call where the line has left it."""
        noun = self._connect.nested[0].name
        self._heard.said += [Said(text, noun) for text in session.said]
        self._heard.faults += session.faults
        session.said.clear()
        session.faults.clear()
        if session.is_over and self.session is session:
            self.session = None
            await session.close()
            async with self._until_refused():
                await self._go_on_after_connect(session.callback())
        return self._heard

    async def _open(self, connect: Verb) -> None:
        """Open what a Connect names and hear it out; where it is refused, go on."""
        self._connect = connect
        noun = connect.nested[0]
        try:
            self.session = await self._connections.open(noun, self._webhooks)
        except SocketRefused as refused:
            self._heard.faults.append(str(refused))
            await self._go_on_after_connect(refused_callback(noun))
            return
        self.sessions.append(self.session)
        await self.session.start()
        await self.session.listen()
        await self._after(self.session)

    async def _go_on_after_connect(self, fields: Form) -> None:
        """Ask the Connect's action, or go on with the verb behind it."""
        if "action" in self._connect.attributes:
            await self._fetch_action(fields)
        await self._walk()

    async def _fetch_action(self, fields: Form) -> None:
        method = self._connect.attributes.get("method", "POST")
        await self._fetch(self._connect.attributes["action"], fields, method)

    def _listening(self) -> Verb:
        if self._gather is None:
            raise RuntimeError("the line is not listening: ring first, and stop when it is over")
        return self._gather

    async def _answer(self, fields: Form | None) -> Heard:
        """Send what the caller did to the Gather's action; None goes on to the verb behind it."""
        attributes = self._listening().attributes
        address = attributes.get("action", "") if fields is not None else None
        return await self._go_on(address, fields or [], attributes.get("method", "POST"))

    async def _go_on(self, address: str | None, fields: Form, method: str = "POST") -> Heard:
        """Fetch a document, or None to go on in this one; walk to the next Gather or the end."""
        self._gather = None
        async with self._until_refused():
            if address is not None:
                await self._fetch(address, fields, method)
            await self._walk()
        return self._heard

    @contextlib.asynccontextmanager
    async def _until_refused(self) -> AsyncIterator[None]:
        try:
            yield
        except TwimlRefused:
            # Twilio plays "an application error has occurred" and ends the call.
            await self._end()
            raise

    async def _walk(self) -> None:
        while self._verbs:
            verb = self._verbs.popleft()
            self._heard.verbs.append(verb.name)
            match verb.name:
                case "Gather":
                    for inner in verb.nested:
                        self._heard.said += said_by(inner)
                    self._gather = verb
                    return
                case "Redirect":
                    await self._fetch(verb.text, [], verb.attributes.get("method", "POST"))
                case "Connect":
                    await self._open(verb)
                    return
                case "Dial" if any(inner.name == "Conference" for inner in verb.nested):
                    self._enter(verb)
                    return
                case "Dial":
                    await self._ring_numbers(verb)
                case "Hangup" | "Reject":
                    break
                case _:
                    self._heard.said += said_by(verb)
        await self._end()

    def _enter(self, dial: Verb) -> None:
        """Enter a conference; the TwiML goes on when that is over for this call."""
        if self._conferences is None:
            raise TwimlRefused(13000, "this rehearsal has no conferences")
        noun = dial.nested[0]
        self._heard.said.append(Said(noun.text, "Conference"))
        self._dial = dial
        self._conferences.enter(
            noun.text,
            as_entering(self.call_sid, noun.attributes),
            noun.attributes.get("statusCallback"),
            noun.attributes.get("statusCallbackEvent", ""),
        )

    async def _ring_numbers(self, verb: Verb) -> None:
        numbers = [inner.text for inner in verb.nested] or [verb.text]
        self._heard.said += [Said(number, "Dial") for number in numbers]
        if "action" not in verb.attributes:
            return
        method = verb.attributes.get("method", "POST")
        fields = dialled(is_answered=self._does_human_answer)
        await self._fetch(verb.attributes["action"], fields, method)

    async def _end(self) -> None:
        self.is_over = self._heard.is_over = True
        self._leave_conference()
        self._verbs.clear()
        self._gather = None
        self._status = "completed"
        fields = ended(self._began_at, datetime.now(UTC))
        # A status callback that fails is noted by Twilio and changes nothing.
        with contextlib.suppress(TwimlRefused):
            response = await self._webhooks.send(self._status_url, self._status, fields)
            self.status_answer = response.status_code

    async def _fetch(self, address: str, fields: Form, method: str) -> None:
        """Replace the document by the one at this address, relative to the present one."""
        self._documents += 1
        if self._documents > MAX_DOCUMENTS:
            raise TwimlRefused(11200, f"{MAX_DOCUMENTS} documents without listening: a loop")
        url = urljoin(self._document_url, address)
        started = time.perf_counter()
        response = await self._webhooks.send(url, self._status, fields, method)
        self._heard.elapsed_ms += (time.perf_counter() - started) * 1000
        check_answer(url, response)
        self._document_url = url
        self._verbs = deque(read_twiml(response.content) if response.content else [])
        self._status = "in-progress"
