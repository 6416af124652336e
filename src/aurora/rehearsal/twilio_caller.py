"""A caller through a stand-in for Twilio: walks the TwiML it gets and tells what was heard."""

import contextlib
import secrets
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urljoin

import httpx2

from aurora.rehearsal.twilio_webhooks import ANSWER_WITHIN_S, Form, TwilioWebhooks
from aurora.rehearsal.twiml_document import TwimlRefused, Verb, read_twiml

MAX_DOCUMENTS = 20
"""Fetched without listening to the caller in between; a line that goes on like that is stuck."""
XML_TYPES = ("text/xml", "application/xml", "text/html")

FROM_NUMBER = "+12025550151"
TO_NUMBER = "+12025550100"
"""Numbers set aside for fiction."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one verb let the caller notice."""

    text: str
    """The words; what Play plays; the number that Dial dials."""
    verb: str
    voice: str = ""
    language: str = ""


@dataclass(slots=True)
class Heard:
    """What happened between two actions of the caller."""

    said: list[Said] = field(default_factory=list)
    """Say, Play and Dial, in order."""
    verbs: list[str] = field(default_factory=list)
    """Every verb carried out, in order."""
    is_over: bool = False
    elapsed_ms: float = 0.0
    """The line's own time: its requests, not the speaking."""

    @property
    def sentences(self) -> list[Said]:
        return [said for said in self.said if said.verb == "Say"]

    @property
    def text(self) -> str:
        return " ".join(said.text for said in self.sentences)

    @property
    def dialled(self) -> list[str]:
        return [said.text for said in self.said if said.verb == "Dial"]


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
    ) -> None:
        """
        base_url: where requests go; public_url: what is signed, the same when not given.
        incoming_path, status_path: what the number is set to in Twilio's console.
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
        self._documents = 0
        self._heard = Heard()

    async def ring(self) -> Heard:
        """Place the call and listen to the answer."""
        return await self._go_on(self._incoming_url, [])

    async def act(self, turn: str) -> Heard:
        """Do what a turn says: "" silence, "#1" the key 1, anything else words."""
        if not turn.strip():
            return await self.stay_silent()
        if len(turn) > 1 and turn.startswith("#"):
            return await self.press(turn[1:])
        return await self.say(turn)

    async def say(self, words: str) -> Heard:
        """Speak; a line that listens for keys alone hears nothing."""
        if "speech" not in self._inputs():
            return await self.stay_silent()
        return await self._answer_gather([("SpeechResult", words), ("Confidence", "0.92")])

    async def press(self, keys: str) -> Heard:
        """Press keys: as many count as the line asked for, up to its finishing key."""
        gather = self._listening()
        digits = keys.partition(gather.attributes.get("finishOnKey", "#") or "\0")[0]
        digits = digits[: int(gather.attributes.get("numDigits", len(keys)))]
        if "dtmf" not in self._inputs() or not digits:
            return await self.stay_silent()
        return await self._answer_gather([("Digits", digits)])

    async def stay_silent(self) -> Heard:
        """Say nothing until the line's patience is over."""
        gather = self._listening()
        if not gather.flag("actionOnEmptyResult"):
            return await self._go_on(None, [])
        empty = {"dtmf": ("Digits", ""), "speech": ("SpeechResult", "")}
        return await self._answer_gather([empty[name] for name in self._inputs()])

    async def hang_up(self) -> None:
        """End the call and tell the line; a second time changes nothing."""
        if not self.is_over:
            await self._end()

    def _listening(self) -> Verb:
        if self._gather is None:
            raise RuntimeError("the line is not listening: ring first, and stop when it is over")
        return self._gather

    def _inputs(self) -> list[str]:
        return self._listening().attributes.get("input", "dtmf").split()

    async def _answer_gather(self, fields: Form) -> Heard:
        gather = self._listening()
        return await self._go_on(
            gather.attributes.get("action", ""), fields, gather.attributes.get("method", "POST")
        )

    async def _go_on(self, address: str | None, fields: Form, method: str = "POST") -> Heard:
        """Fetch a document, or None to go on in this one; walk to the next Gather or the end."""
        self._heard, self._gather, self._documents = Heard(), None, 0
        try:
            if address is not None:
                await self._fetch(address, fields, method)
            await self._walk()
        except TwimlRefused:
            # Twilio plays "an application error has occurred" and ends the call.
            await self._end()
            raise
        return self._heard

    async def _walk(self) -> None:
        while self._verbs:
            verb = self._verbs.popleft()
            self._heard.verbs.append(verb.name)
            match verb.name:
                case "Gather":
                    for inner in verb.nested:
                        self._listen_to(inner)
                    self._gather = verb
                    return
                case "Redirect":
                    await self._fetch(verb.text, [], verb.attributes.get("method", "POST"))
                case "Dial":
                    await self._dial(verb)
                case "Hangup" | "Reject":
                    break
                case _:
                    self._listen_to(verb)
        await self._end()

    def _listen_to(self, verb: Verb) -> None:
        if verb.name == "Pause":
            return
        voice, language = (verb.attributes.get(name, "") for name in ("voice", "language"))
        self._heard.said.append(Said(verb.text, verb.name, voice, language))

    async def _dial(self, verb: Verb) -> None:
        numbers = [inner.text for inner in verb.nested] or [verb.text]
        self._heard.said += [Said(number, "Dial") for number in numbers]
        if "action" not in verb.attributes:
            return
        status: Form = [("DialCallStatus", "no-answer")]
        if self._does_human_answer:
            status = [
                ("DialCallStatus", "completed"),
                ("DialCallSid", f"CA{secrets.token_hex(16)}"),
                ("DialCallDuration", "42"),
                ("DialBridged", "true"),
            ]
        method = verb.attributes.get("method", "POST")
        await self._fetch(verb.attributes["action"], status, method)

    async def _end(self) -> None:
        self.is_over = self._heard.is_over = True
        self._verbs.clear()
        self._gather = None
        self._status = "completed"
        now = datetime.now(UTC)
        seconds = round((now - self._began_at).total_seconds())
        fields = [
            ("SequenceNumber", "0"),
            ("Timestamp", format_datetime(now)),
            ("CallbackSource", "call-progress-events"),
            ("CallDuration", str(seconds)),
            ("Duration", str(-(-seconds // 60))),
        ]
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
        if not response.is_success:
            raise TwimlRefused(11200, f"{url} answered {response.status_code}")
        content_type = response.headers.get("content-type", "").partition(";")[0].strip()
        if response.content and content_type not in XML_TYPES:
            raise TwimlRefused(12300, f"{url} answered {content_type or 'no type'}, not XML")
        self._document_url = url
        self._verbs = deque(read_twiml(response.content) if response.content else [])
        self._status = "in-progress"
