"""What happens at the telephones that Twilio's stand-in rings and writes to: people, machines.

Status callbacks wait until they are delivered, in whatever order a rehearsal likes: Twilio's own
come late, twice and out of order.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin
from xml.etree import ElementTree

import httpx2

from aurora.lines.twilio_signature import SIGNATURE_HEADER, sign
from aurora.rehearsal.conference_routes import as_asked
from aurora.rehearsal.conferences import as_entering
from aurora.rehearsal.twilio_resources import Form, RungCall, SentMessage
from aurora.rehearsal.twilio_rest_server import TwilioRestServer
from aurora.rehearsal.twiml_document import TwimlRefused, Verb, read_twiml

ANSWER_WITHIN_S = 15.0


@dataclass(frozen=True, slots=True)
class Callback:
    """One status callback that Twilio has still to send."""

    url: str
    form: Form


@dataclass(slots=True)
class OnThePhone:
    """One answered call, as the person hears it."""

    call: RungCall
    said: list[str] = field(default_factory=list)
    """Everything since the last key, oldest first."""
    gather: Verb | None = None
    """What listens now."""
    document_url: str = ""
    """Of the TwiML that is carried out; none of what came with the request."""
    dial: Verb | None = None
    """What brought them into a conference, while they are in it."""

    @property
    def text(self) -> str:
        return " ".join(self.said)


class RungPhones:
    """The other end of a stand-in's account; webhooks are signed and sent as Twilio sends them."""

    def __init__(
        self,
        server: TwilioRestServer,
        client: httpx2.AsyncClient,
        base_url: str,
        public_url: str | None = None,
    ) -> None:
        """base_url: where the line is; public_url: what is signed, the same when not given."""
        self._server = server
        self._client = client
        self.base_url = base_url.rstrip("/")
        """Of whichever machine of the line is asked next."""
        self._public_url = (public_url or base_url).rstrip("/")
        self.waiting: list[Callback] = []
        self.on_the_phone: dict[str, OnThePhone] = {}
        """Who has picked up, by the call's id."""

    def ring(self, call: RungCall) -> None:
        """Let a call begin to ring."""
        self._become(call, "initiated")
        self._become(call, "ringing")

    async def pick_up(self, call: RungCall, answered_by: str = "human") -> OnThePhone:
        """Answer: the call's TwiML is carried out up to where it listens, or its end."""
        if call.status == "queued":
            self.ring(call)
        self._become(call, "answered")
        call.status = "in-progress"
        if url := call.fields.get("AsyncAmdStatusCallback"):
            form = [*call.form(), ("AnsweredBy", answered_by), ("MachineDetectionDuration", "2100")]
            self.waiting.append(Callback(url, form))
        heard = self.on_the_phone[call.sid] = OnThePhone(call)
        if call.enters is not None:
            self._server.conferences.enter(
                call.enters, as_asked(call.sid, list(call.fields.items()))
            )
        else:
            await self._walk(heard, call.fields["Twiml"].encode())
        return heard

    async def say(self, heard: OnThePhone, words: str) -> OnThePhone:
        """Speak where the call listens for words."""
        return await self._answer(heard, [("SpeechResult", words), ("Confidence", "0.9")])

    async def press(self, heard: OnThePhone, digits: str, *, hangs_up: bool = False) -> OnThePhone:
        """Press keys where the call listens; "" waits until its patience is over.

        hangs_up: at the first word of the answer.
        """
        return await self._answer(heard, [("Digits", digits)], hangs_up=hangs_up)

    async def _answer(
        self, heard: OnThePhone, fields: Form, *, hangs_up: bool = False
    ) -> OnThePhone:
        if heard.gather is None:
            raise RuntimeError("the call does not listen: it is over, or was never picked up")
        action = urljoin(heard.document_url, heard.gather.attributes["action"])
        response = await self.send(action, [*heard.call.form(), *fields])
        heard.said.clear()
        heard.document_url = action
        if hangs_up:
            heard.gather = None
            self.hang_up(heard.call)
            return heard
        await self._walk(heard, response.content)
        return heard

    async def conference_over(self, heard: OnThePhone) -> None:
        """Go on behind the conference, which has ended for this call."""
        dial, heard.dial = heard.dial, None
        heard.said.clear()
        if dial is None or "action" not in dial.attributes:
            self.hang_up(heard.call)
            return
        form = [*heard.call.form(), ("DialCallStatus", "answered")]
        await self._walk(heard, (await self.send(dial.attributes["action"], form)).content)

    def hang_up(self, call: RungCall) -> None:
        self._server.conferences.leave(call.sid)
        self._become(call, "completed")

    def end(self, call: RungCall, status: str) -> None:
        """Let a call end unanswered: no-answer, busy, failed or canceled."""
        if call.status == "queued":
            self.ring(call)
        self._become(call, status)

    def message_becomes(
        self, message: SentMessage, *statuses: str, error: int | None = None
    ) -> None:
        """Let a message go through these states."""
        for status in statuses:
            message.status = status
            message.error_code = error if status in ("failed", "undelivered") else None
            if message.callback_url:
                self.waiting.append(Callback(message.callback_url, message.callback()))

    async def text(
        self, from_number: str, to_number: str, body: str, *, sid: str = ""
    ) -> str | None:
        """Write to the line; return what it writes back. sid: of a message that comes again."""
        form = [
            ("MessageSid", sid or f"SM{secrets.token_hex(16)}"),
            ("AccountSid", self._server.account_sid),
            ("From", from_number),
            ("To", to_number),
            ("Body", body),
            ("NumMedia", "0"),
            ("NumSegments", "1"),
            ("ApiVersion", "2010-04-01"),
        ]
        response = await self.send(f"{self._public_url}/incoming-message", form)
        return _written_back(response.content)

    async def deliver(
        self, order: Callable[[list[Callback]], Sequence[Callback]] = list
    ) -> list[int]:
        """Send the callbacks that wait; return the line's answers. order: such as reversed."""
        callbacks, self.waiting = list(order(self.waiting)), []
        return [(await self.post(one.url, one.form)).status_code for one in callbacks]

    async def send(self, url: str, form: Form) -> httpx2.Response:
        """Post a signed webhook; raises TwimlRefused unless the line answers with success."""
        response = await self.post(url, form)
        if not response.is_success:
            raise TwimlRefused(11200, f"{url} answered {response.status_code}")
        return response

    async def post(self, url: str, form: Form) -> httpx2.Response:
        return await self._client.post(
            self.base_url + url.removeprefix(self._public_url),
            content=urlencode(form).encode(),
            headers={
                "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
                SIGNATURE_HEADER: sign(self._server.auth_token, url, form),
            },
            timeout=ANSWER_WITHIN_S,
        )

    def _become(self, call: RungCall, status: str) -> None:
        call.status = "in-progress" if status == "answered" else status
        event = status if status in ("initiated", "ringing", "answered") else "completed"
        url = call.fields.get("StatusCallback")
        if url and event in call.events:
            self.waiting.append(Callback(url, call.callback(self._server.clock())))

    async def _walk(self, heard: OnThePhone, document: bytes) -> None:
        heard.gather = None
        for verb in read_twiml(document):
            if verb.name == "Gather":
                heard.said += [inner.text for inner in verb.nested if inner.name == "Say"]
                heard.gather = verb
                return
            if verb.name == "Redirect":
                heard.document_url = urljoin(heard.document_url, verb.text)
                response = await self.send(heard.document_url, heard.call.form())
                await self._walk(heard, response.content)
                return
            if verb.name == "Dial" and verb.nested and verb.nested[0].name == "Conference":
                noun = verb.nested[0]
                heard.dial = verb
                self._server.conferences.enter(
                    noun.text,
                    as_entering(heard.call.sid, noun.attributes),
                    noun.attributes.get("statusCallback"),
                    noun.attributes.get("statusCallbackEvent", ""),
                )
                return
            if verb.name == "Say":
                heard.said.append(verb.text)
            if verb.name == "Hangup":
                break
        self.hang_up(heard.call)


def _written_back(document: bytes) -> str | None:
    """Return the one message of an answer to a text, or None."""
    root = ElementTree.fromstring(document)  # noqa: S314 - the line under rehearsal wrote it
    unknown = {element.tag for element in root} - {"Message"}
    if root.tag != "Response" or unknown or len(root) > 1:
        raise TwimlRefused(12300, "an answer to a text holds one Message at most")
    return root[0].text if len(root) else None
