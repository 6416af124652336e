"""A caller through a stand-in for Twilio: signs webhooks, walks TwiML, says what was heard."""

import asyncio
import secrets
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

import httpx2

from aurora.lines.twilio_signature import SIGNATURE_HEADER, sign
from aurora.rehearsal.twiml_document import TwimlRefused, Verb, read_twiml

CONNECT_WITHIN_S = 5.0
ANSWER_WITHIN_S = 15.0
MAX_REDIRECTS = 20
"""Without a word from the caller in between; a line that goes on like that is stuck."""
GATHER_TIMEOUT_S = 5
IDEMPOTENCY_HEADER = "I-Twilio-Idempotency-Token"
PLACES = ("City", "State", "Zip", "Country")
XML_TYPES = ("text/xml", "application/xml", "text/html")

Form = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Said:
    """What one verb let the caller hear."""

    text: str
    verb: str
    """Say or Play."""
    voice: str = ""
    language: str = ""


@dataclass(slots=True)
class Heard:
    """What happened between two actions of the caller."""

    sentences: list[Said] = field(default_factory=list)
    verbs: list[str] = field(default_factory=list)
    """Every verb carried out, in order."""
    dialled: list[str] = field(default_factory=list)
    is_over: bool = False
    elapsed_ms: float = 0.0
    """The line's own time: its requests, not the speaking."""

    @property
    def text(self) -> str:
        return " ".join(said.text for said in self.sentences)


class TwilioCaller:
    """One call, from ring to hang-up. Raises TwimlRefused where Twilio would give up."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        base_url: str,
        public_url: str | None = None,
        auth_token: str | None = None,
        *,
        from_number: str = "+15555550123",
        to_number: str = "+15555550100",
        does_human_answer: bool = False,
        answer_within_s: float = ANSWER_WITHIN_S,
    ) -> None:
        """base_url: where requests go; public_url: what is signed, the same when not given."""
        self.call_sid = f"CA{secrets.token_hex(16)}"
        self.is_over = False
        self._client = client
        self._base_url = base_url.rstrip("/")
        self._public_url = (public_url or base_url).rstrip("/")
        self._auth_token = auth_token
        self._numbers = (from_number, to_number)
        self._account_sid = f"AC{secrets.token_hex(16)}"
        self._does_human_answer = does_human_answer
        self._answer_within_s = answer_within_s
        self._status = "ringing"
        self._began_at = datetime.now(UTC)
        self._document_url = self._public_url
        self._verbs: deque[Verb] = deque()
        self._gather: Verb | None = None
        self._heard = Heard()

    async def ring(self) -> Heard:
        """Place the call and listen to the answer."""
        return await self._go_on("/incoming-call", [])

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
        """Fetch a document, or none to go on in this one, and walk to the next Gather or the end."""
        self._heard, self._gather = Heard(), None
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
        redirects = 0
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
                    redirects += 1
                    if redirects > MAX_REDIRECTS:
                        raise TwimlRefused(11200, f"more than {MAX_REDIRECTS} redirects in a row")
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
        self._heard.sentences.append(Said(verb.text, verb.name, voice, language))

    async def _dial(self, verb: Verb) -> None:
        self._heard.dialled += [inner.text for inner in verb.nested] or [verb.text]
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
        await self._post(self._public_url + "/call-status", fields, "POST")

    async def _fetch(self, address: str, fields: Form, method: str) -> None:
        """Replace the document by the one at this address, relative to the present one."""
        if address.startswith("/") and self._document_url == self._public_url:
            url = self._public_url + address
        else:
            url = urljoin(self._document_url, address)
        started = time.perf_counter()
        response = await self._post(url, fields, method)
        self._heard.elapsed_ms += (time.perf_counter() - started) * 1000
        if not response.is_success:
            raise TwimlRefused(11200, f"{url} answered {response.status_code}")
        content_type = response.headers.get("content-type", "").partition(";")[0].strip()
        if response.content and content_type not in XML_TYPES:
            raise TwimlRefused(12300, f"{url} answered {content_type or 'no type'}, not XML")
        self._document_url = url
        self._verbs = deque(read_twiml(response.content) if response.content else [])
        self._status = "in-progress"

    async def _post(self, url: str, fields: Form, method: str) -> httpx2.Response:
        form = self._form(fields)
        if method == "GET":
            separator = "&" if urlsplit(url).query else "?"
            url, form = f"{url}{separator}{urlencode(form)}", []
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            IDEMPOTENCY_HEADER: str(uuid.uuid4()),
        }
        if self._auth_token:
            headers[SIGNATURE_HEADER] = sign(self._auth_token, url, form)
        request = self._client.build_request(
            method,
            self._local(url),
            headers=headers,
            content=urlencode(form).encode() if form else None,
            timeout=httpx2.Timeout(self._answer_within_s, connect=CONNECT_WITHIN_S),
        )
        try:
            async with asyncio.timeout(self._answer_within_s):
                return await self._send(request)
        except (TimeoutError, httpx2.TimeoutException) as error:
            late = f"{url} did not answer within {self._answer_within_s:g} s"
            raise TwimlRefused(11200, late) from error
        except httpx2.TransportError as error:
            raise TwimlRefused(11205, f"{self._local(url)} cannot be reached ({error})") from error

    async def _send(self, request: httpx2.Request) -> httpx2.Response:
        """Send once, and once more with the same token when the connection fails, as Twilio does."""
        try:
            return await self._client.send(request)
        except httpx2.ConnectError:
            return await self._client.send(request)

    def _local(self, url: str) -> str:
        """Return where a public address is served; an address elsewhere is not the line's."""
        bare = urlunsplit(urlsplit(url)._replace(fragment=""))
        for base in (self._public_url, self._base_url):
            if bare.startswith((base + "/", base + "?")) or bare == base:
                return self._base_url + bare[len(base) :]
        raise TwimlRefused(11200, f"{url} is not an address of the line ({self._public_url})")

    def _form(self, fields: Form) -> Form:
        """Return the fields of every voice webhook and those of this one."""
        caller, called = self._numbers
        places = [
            (side + place, "") for side in ("From", "To", "Caller", "Called") for place in PLACES
        ]
        return [
            ("CallSid", self.call_sid),
            ("AccountSid", self._account_sid),
            ("From", caller),
            ("To", called),
            ("Caller", caller),
            ("Called", called),
            ("CallStatus", self._status),
            ("Direction", "inbound"),
            ("ApiVersion", "2010-04-01"),
            ("StirVerstat", "TN-Validation-Passed-A"),
            *places,
            *fields,
        ]
