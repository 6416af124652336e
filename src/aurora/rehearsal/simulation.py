"""Place many calls at once from recordings, and note how each was answered."""

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from random import Random
from urllib.parse import urlsplit

import httpx2

from aurora.errors import AuroraError
from aurora.rehearsal.caller_speech import Utterance
from aurora.rehearsal.connections import Connections, TwilioConnections
from aurora.rehearsal.line_record import SPOKEN_AHEAD, LineRecord, LineRecords, RecordUnread
from aurora.rehearsal.media_stream import MediaStream
from aurora.rehearsal.network import Impairment
from aurora.rehearsal.relay_session import RelaySession
from aurora.rehearsal.reply import Reply
from aurora.rehearsal.socket_session import SocketSession
from aurora.rehearsal.tempo import Tempo
from aurora.rehearsal.twilio_caller import TwilioCaller
from aurora.rehearsal.twilio_webhooks import TO_NUMBER
from aurora.rehearsal.twiml_document import TwimlRefused
from aurora.settings import Settings

MOST_CALLS = 200
BRISK = Tempo(enough_s=2.0)
"""What follows the first line is not measured."""
STAGGER_S = 3.0
"""Callers do not ring in step."""
READINGS, READ_AGAIN_S = 8, 0.5
LINES: Mapping[str, type[SocketSession]] = {"stream": MediaStream, "relay": RelaySession}


class NotSimulated(AuroraError):
    """The simulation cannot be run as asked; the text says what to change."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be simulated."""

    recordings: Sequence[Utterance]
    calls_at_once: int
    line: str = "stream"
    impairment: Impairment = field(default_factory=Impairment)
    seconds: float = 120.0
    """No call is begun after so long; each recording and each caller comes once at least, if time
    allows."""
    numbers: Mapping[str, str] = field(default_factory=dict)
    """The number to dial for each language."""


@dataclass(slots=True)
class Call:
    """How one call went."""

    utterance: Utterance
    reply: Reply | None = None
    stages_ms: Mapping[str, float] = field(default_factory=dict)
    answer: str | None = None
    """What the record has as the answer."""
    understood: str | None = None
    was_ahead: bool = False
    """The first line was spoken before the turn was over."""
    lateness_s: Sequence[float] = ()
    failure: str | None = None


async def simulate(
    base_url: str, settings: Settings, plan: Plan, connections: Connections | None = None
) -> list[Call]:
    """Place the calls on a line of this machine and return them in the order they ended.

    Raises NotSimulated.
    """
    check(base_url, plan)
    connections = connections or TwilioConnections(plan.impairment, BRISK)
    async with open_client(plan.calls_at_once) as client:
        simulation = _Simulation(client, base_url, settings, plan, connections)
        async with asyncio.TaskGroup() as tasks:
            for number in range(plan.calls_at_once):
                tasks.create_task(simulation.call_again_and_again(number))
    return simulation.calls


def open_client(calls_at_once: int) -> httpx2.AsyncClient:
    """Return the client of all calls; a proxy would make this machine a stranger."""
    limits = httpx2.Limits(max_connections=calls_at_once * 2)
    return httpx2.AsyncClient(trust_env=False, limits=limits)


def check(base_url: str, plan: Plan) -> None:
    """Raise NotSimulated when the plan cannot be carried out at this address."""
    host = urlsplit(base_url).hostname or ""
    if host != "localhost" and not _is_loopback(host):
        raise NotSimulated(f"{host}: only a line on this machine is called by the dozen")
    if not 1 <= plan.calls_at_once <= MOST_CALLS:
        raise NotSimulated(f"--calls {plan.calls_at_once}: give 1 to {MOST_CALLS}")
    if plan.line == "relay" and not any(u.words for u in plan.recordings):
        raise NotSimulated("a relay line is given words: a manifest.jsonl has to say them")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class _Simulation:
    def __init__(
        self,
        client: httpx2.AsyncClient,
        base_url: str,
        settings: Settings,
        plan: Plan,
        connections: Connections,
    ) -> None:
        self.calls: list[Call] = []
        self._client = client
        self._base_url = base_url
        self._settings = settings
        self._plan = plan
        self._records = LineRecords(client, base_url, settings.access)
        self._connections = connections
        self._wanted = itertools.islice(
            itertools.cycle(plan.recordings), max(len(plan.recordings), plan.calls_at_once)
        )
        self._ends_at = asyncio.get_running_loop().time() + plan.seconds

    async def call_again_and_again(self, number: int) -> None:
        """Be one caller, until every recording was heard or time is up."""
        if self._plan.calls_at_once > 1:
            await asyncio.sleep(Random(number).random() * STAGGER_S)  # noqa: S311 - not a secret
        while asyncio.get_running_loop().time() < self._ends_at:
            utterance = next(self._wanted, None)
            if utterance is None:
                return
            self.calls.append(await self._call(utterance, number))

    async def _call(self, utterance: Utterance, number: int) -> Call:
        call = Call(utterance)
        token = self._settings.twilio.auth_token
        caller = TwilioCaller(
            self._client,
            self._base_url,
            self._settings.twilio.public_url,
            token.get_secret_value() if token else None,
            from_number=f"+12025550{100 + number % 100}",
            to_number=self._plan.numbers.get(utterance.language or "", TO_NUMBER),
            account_sid=self._settings.twilio.account_sid,
            connections=self._connections,
        )
        try:
            call.failure = await self._talk(caller, call)
            await caller.hang_up()
        except TwimlRefused as refused:
            call.failure = str(refused)
        await self._read(caller, call)
        return call

    async def _talk(self, caller: TwilioCaller, call: Call) -> str | None:
        """Be greeted, speak, listen; return what went wrong."""
        greeting = await caller.ring()
        session = caller.session
        if not isinstance(session, LINES[self._plan.line]):
            verb = "; ".join(greeting.faults) or ", ".join(greeting.verbs)
            return f"no {self._plan.line} was opened: {verb} (is AURORA_LINE={self._plan.line}?)"
        heard = await caller.speak(call.utterance)
        call.reply = next(iter(heard.replies), None)
        if isinstance(session, MediaStream):
            call.lateness_s = session.lateness_s
        if heard.faults or greeting.faults:
            return "; ".join([*greeting.faults, *heard.faults])
        if call.reply is None:
            return "the line left before the caller had spoken"
        return None if call.reply.first_frame_at is not None else "no answer was heard"

    async def _read(self, caller: TwilioCaller, call: Call) -> None:
        """Read the record; the line may still be putting the last words on it."""
        for _ in range(READINGS):
            try:
                record = await self._records.read(caller.call_sid)
            except RecordUnread as error:
                call.failure = call.failure or f"the record could not be read: {error}"
                return
            _note(record, call)
            if call.understood is not None or call.reply is None:
                return
            await asyncio.sleep(READ_AGAIN_S)


def _note(record: LineRecord, call: Call) -> None:
    call.answer = record.answer
    call.understood = next((words for role, words in record.messages if role == "user"), None)
    call.stages_ms = next(iter(record.stages_ms), {})
    call.was_ahead = any(event["kind"] == SPOKEN_AHEAD for event in record.view.get("events", ()))
