"""Callers of a line process, by JSON and by Twilio's webhooks, who note every answer."""

import asyncio
import uuid
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin

import httpx2

from aurora.lines.twilio_signature import SIGNATURE_HEADER, sign
from aurora.rehearsal.twiml_document import read_twiml
from tests.integration.line_process import LineProcess

TOKEN = "a-made-up-auth-token"
PUBLIC_URL = "https://line.example.com"
TWILIO = {"TWILIO_AUTH_TOKEN": TOKEN, "AURORA_PUBLIC_URL": PUBLIC_URL}
"""Settings of a line whose webhooks are signed, as in production."""

SENTENCES = (
    "yes",
    "two of us, nobody is hurt",
    "the alarm has not gone off",
    "I can see it from the walkway",
    "we have moved everybody back",
    "what should I do now",
    "nobody has come yet",
    "it is getting worse",
    "no",
)
"""What a caller says after the first report, again and again."""


@dataclass(slots=True)
class Exchange:
    """Words, and the answer that came back."""

    words: str
    answer: str


@dataclass
class Caller(ABC):
    """One caller; `answered` is what the line has acknowledged."""

    line: LineProcess
    client: httpx2.AsyncClient
    number: str
    zone: str
    answered: list[Exchange] = field(default_factory=list)
    doubtful: set[str] = field(default_factory=set)
    """Words sent into a line that died: they may be on the record or not."""
    is_leaving: bool = False
    _saying: str = ""

    @property
    @abstractmethod
    def name(self) -> str:
        """What the line knows this call by."""

    @abstractmethod
    async def send(self, words: str) -> str:
        """Say something; return what is heard. Raises httpx2.TransportError when the line dies."""

    @abstractmethod
    def note_loss(self) -> None:
        """Note what became doubtful when the line died."""

    def next_words(self) -> str:
        """Return words that no other turn of any caller has."""
        turn = len(self.answered)
        said = SENTENCES[turn % len(SENTENCES)] if turn else f"there is smoke in zone {self.zone}"
        return f"{said}. My badge is {self.number[-4:]}, message {turn}."

    async def take_turn(self) -> None:
        """Say the next thing; raises httpx2.TransportError with the turn still to be taken."""
        words = self.next_words()
        if words in self.doubtful:
            words += f" I say again, time {len(self.doubtful)}."
        await self.ask(words)

    async def ask(self, words: str) -> None:
        """Say these very words and note the answer."""
        self._saying = words
        self.answered.append(Exchange(words, await self.send(words)))

    async def talk(self, turns: int) -> None:
        for _ in range(turns):
            await self.take_turn()

    async def talk_on(self, is_up: asyncio.Event, heard: asyncio.Queue[None]) -> None:
        """Talk until leaving; when the line dies, wait until it is up and say it again."""
        while not self.is_leaving:
            await is_up.wait()
            try:
                await self.take_turn()
            except httpx2.TransportError:
                self.note_loss()
            else:
                heard.put_nowait(None)


@dataclass
class ApiCaller(Caller):
    """Speaks JSON. A repeat is a new turn: nothing in the request says that it is a repeat."""

    call_ids: set[str] = field(default_factory=set)
    urgencies: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        [call_id] = self.call_ids
        return call_id

    async def send(self, words: str) -> str:
        response = await self.client.post(
            f"{self.line.url}/api/process-speech", json={"speech": words, "ph_no": self.number}
        )
        assert response.status_code == 200, response.text
        body = response.json()
        assert body["ph_no"] == self.number
        self.call_ids.add(body["call_id"])
        self.urgencies.append(body["urgency"])
        return str(body["message"])

    def note_loss(self) -> None:
        self.doubtful.add(self._saying)


@dataclass(frozen=True, slots=True)
class Webhook:
    """One signed request of Twilio's, which can be sent again as it was."""

    address: str
    body: bytes
    headers: dict[str, str]


@dataclass
class TwilioCaller(Caller):
    """Speaks Twilio's webhooks. A request that failed is sent again, the very same."""

    pending: Webhook | None = None
    done: list[tuple[Webhook, str]] = field(default_factory=list)
    """Every answered webhook with its TwiML."""
    action: str = "/incoming-call"

    def __post_init__(self) -> None:
        self.call_sid = f"CA{uuid.uuid4().hex}"

    @property
    def name(self) -> str:
        return self.call_sid

    async def ring(self) -> str:
        return await self._post([("CallStatus", "ringing")])

    async def send(self, words: str) -> str:
        if self.pending is None and not self.done:
            await self.ring()
        if self.pending is not None and self.pending.address == "/incoming-call":
            await self._repeat()
        return await self._post([("SpeechResult", words), ("Confidence", "0.93")])

    def note_loss(self) -> None:
        """Nothing is doubtful: the same request goes out again and is answered once."""

    async def hang_up(self) -> None:
        webhook = self._webhook("/call-status", [("CallStatus", "completed")])
        assert (await self.request(webhook)).status_code == 204

    async def request(self, webhook: Webhook) -> httpx2.Response:
        return await self.client.post(
            self.line.url + webhook.address, content=webhook.body, headers=webhook.headers
        )

    async def _post(self, fields: Sequence[tuple[str, str]]) -> str:
        self.pending = self.pending or self._webhook(self.action, fields)
        return await self._repeat()

    async def _repeat(self) -> str:
        assert self.pending is not None
        response = await self.request(self.pending)
        assert response.status_code == 200, response.text
        self.done.append((self.pending, response.text))
        self.pending = None
        [gather, *_] = read_twiml(response.content)
        assert gather.name == "Gather", response.text
        self.action = urljoin("/incoming-call", gather.attributes["action"])
        return " ".join(verb.text for verb in gather.nested)

    def _webhook(self, address: str, fields: Sequence[tuple[str, str]]) -> Webhook:
        form = [
            ("CallSid", self.call_sid),
            ("AccountSid", "AC" + "0" * 32),
            ("From", self.number),
            ("To", "+12025550100"),
            ("Direction", "inbound"),
            ("FromCity", ""),
            *fields,
        ]
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
            SIGNATURE_HEADER: sign(TOKEN, PUBLIC_URL + address, form),
        }
        return Webhook(address, urlencode(form).encode(), headers)
