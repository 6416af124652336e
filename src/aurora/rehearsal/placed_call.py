"""Place one call on a running line and show both sides, from ring to record."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from rich.console import Console
from rich.text import Text

from aurora.errors import AuroraError
from aurora.rehearsal.caller_speech import Utterance, Voice
from aurora.rehearsal.connections import Connections
from aurora.rehearsal.heard import Heard
from aurora.rehearsal.line_record import LineRecord, LineRecords, RecordUnread
from aurora.rehearsal.media_stream import MediaStream
from aurora.rehearsal.reply import Reply
from aurora.rehearsal.twilio_caller import TwilioCaller
from aurora.rehearsal.twilio_webhooks import FROM_NUMBER, TO_NUMBER
from aurora.rehearsal.twiml_document import TwimlRefused
from aurora.settings import Settings, load_settings
from aurora.speech.wav import write_wav

COLOURS = {"aurora": "bold cyan", "caller": "bold", "line": "dim"}

Show = Callable[[str, str], None]
"""Told (side, text) as it happens; side is "aurora", "caller" or "line"."""
Act = str | Utterance
"""A turn: "" silence, "#1" the key 1, else words; or a recording."""


class CallFailed(AuroraError):
    """The call could not be carried on; the text says why and what to do."""


@dataclass(slots=True)
class CallOutcome:
    """What came of a placed call."""

    call_sid: str
    urgency: str | None = None
    """From the record, lower case; None when the record could not be read."""
    summary: str = ""
    elapsed_ms: list[float] = field(default_factory=list)
    """The line's own time for the greeting and then each turn."""
    replies: list[Reply] = field(default_factory=list)
    record: dict[str, Any] | None = None
    """The call as GET /api/call/{sid} gives it."""


async def place(
    base_url: str,
    number: str,
    turns: Sequence[Act],
    out: Console,
    *,
    voice: Voice | None = None,
    record_to: Path | None = None,
) -> bool:
    """Place a call, print both sides and the summary; False when it left no record.

    voice: says typed words on a line that listens itself. record_to: takes Aurora's sound.
    """
    began = time.monotonic()

    def show(side: str, text: str) -> None:
        since = Text(f"{time.monotonic() - began:6.1f} s ", style="dim")
        named = Text(f"{side:>7}  ", style=COLOURS[side])
        out.print(since + named + Text(text, style=""), soft_wrap=True)

    outcome = await place_call(
        base_url, load_settings(), turns, show, number, voice=voice, record_to=record_to
    )
    times = ", ".join(f"{ms:.0f}" for ms in outcome.elapsed_ms)
    out.print(Text(f"\nsummary  {outcome.summary}"), soft_wrap=True)
    out.print(Text(f"   call  {outcome.call_sid}; its webhooks took {times} ms"), soft_wrap=True)
    return outcome.record is not None


async def place_call(
    base_url: str,
    settings: Settings,
    turns: Sequence[Act],
    show: Show,
    from_number: str = FROM_NUMBER,
    *,
    voice: Voice | None = None,
    connections: Connections | None = None,
    record_to: Path | None = None,
) -> CallOutcome:
    """Ring, take the turns, hang up, read the record.

    Signs with the settings' Twilio token for their public URL, as Twilio would. Raises CallFailed.
    """
    token = settings.twilio.auth_token
    async with open_client() as client:
        caller = TwilioCaller(
            client,
            base_url,
            settings.twilio.public_url,
            token.get_secret_value() if token else None,
            from_number=from_number,
            to_number=settings.twilio.phone_number or TO_NUMBER,
            account_sid=settings.twilio.account_sid,
            voice=voice,
            connections=connections,
        )
        call = _PlacedCall(caller, LineRecords(client, base_url, settings.access), show)
        try:
            await call.talk(turns)
        except TwimlRefused as error:
            raise CallFailed(_advice(base_url, error)) from error
        await call.read_record()
        if record_to is not None:
            call.save(record_to)
    return call.outcome


def open_client() -> httpx2.AsyncClient:
    """Return the client a call is placed with; a proxy would make this machine a stranger."""
    return httpx2.AsyncClient(trust_env=False)


class _PlacedCall:
    """One call being shown."""

    def __init__(self, caller: TwilioCaller, records: LineRecords, show: Show) -> None:
        self.outcome = CallOutcome(caller.call_sid)
        self._caller = caller
        self._records = records
        self._show = show
        self._messages_shown = 0
        self._turns_shown = 0

    async def talk(self, turns: Sequence[Act]) -> None:
        await self._show_heard(await self._caller.ring())
        for number, turn in enumerate(turns):
            if self._caller.is_over:
                left = len(turns) - number
                self._show("line", f"the call is over; {left} turns were not spoken")
                return
            self._show("caller", _described(turn))
            heard = self._caller.speak(turn) if isinstance(turn, Utterance) else None
            await self._show_heard(await (heard or self._caller.act(str(turn))))
        if not self._caller.is_over:
            self._show("caller", "(hangs up)")
            await self._caller.hang_up()

    async def read_record(self) -> None:
        try:
            record = await self._records.read(self.outcome.call_sid)
        except RecordUnread as error:
            self.outcome.summary = f"the record could not be read: {error}"
            return
        self.outcome.record = record.view
        self.outcome.urgency = record.urgency.lower()
        self.outcome.summary = record.summary

    def save(self, path: Path) -> None:
        """Write what was heard of Aurora on the last stream of the call."""
        streams = [s for s in self._caller.sessions if isinstance(s, MediaStream)]
        if not streams:
            self._show("line", f"{path} is not written: this line was read, not heard")
            return
        write_wav(path, streams[-1].playback.recording(streams[-1].began_at))

    async def _show_heard(self, heard: Heard) -> None:
        self.outcome.elapsed_ms.append(round(heard.elapsed_ms, 1))
        self.outcome.replies += heard.replies
        if self._caller.sessions:
            await self._show_from_record(with_aurora=not heard.said)
        for said in heard.said:
            if said.verb == "Dial":
                self._show("line", f"dials {said.text}: this stand-in reaches nobody")
            else:
                self._show("aurora", said.text)
        for reply in heard.replies:
            self._show("line", _timed(reply))
        for fault in heard.faults:
            self._show("line", f"Twilio would complain: {fault}")
        if heard.is_over:
            self._show("line", "the line hangs up")

    async def _show_from_record(self, *, with_aurora: bool) -> None:
        """Show what went by as sound: the words the line made out, and its own."""
        try:
            record = await self._records.read(self.outcome.call_sid)
        except RecordUnread as error:
            self._show("line", f"the words are not known: {error}")
            return
        for role, words in record.messages[self._messages_shown :]:
            if role == "user":
                self._show("line", f"understood: {words}")
            elif with_aurora:
                self._show("aurora", words)
        self._messages_shown = len(record.messages)
        self._show_stages(record)

    def _show_stages(self, record: LineRecord) -> None:
        for stages in record.stages_ms[self._turns_shown :]:
            parts = ", ".join(f"{name} {ms:.0f}" for name, ms in stages.items())
            self._show("line", f"its own stages, ms: {parts}")
        self._turns_shown = len(record.stages_ms)


def _described(turn: Act) -> str:
    if isinstance(turn, Utterance):
        words = f": {turn.words}" if turn.words else ""
        return f"(plays {turn.name}, speech until {turn.speech_s:.2f} s){words}"
    if not turn.strip():
        return "(says nothing)"
    return f"(presses {turn[1:]})" if turn.startswith("#") and len(turn) > 1 else turn


def _timed(reply: Reply) -> str:
    if reply.first_frame_ms is None or reply.first_heard_ms is None:
        return "no answer was heard"
    early = " (before the caller had finished)" if reply.was_early else ""
    return (
        f"last speech frame -> first frame of the answer {reply.first_frame_ms:.0f} ms, "
        f"in the ear {reply.first_heard_ms:.0f} ms{early}"
    )


def _advice(base_url: str, error: TwimlRefused) -> str:
    text = str(error)
    if error.code == 11205:
        return f"{text}\nNo line answers at {base_url}; start one with: aurora serve"
    if text.endswith(" answered 403"):
        return f"{text}\nUse the line's own TWILIO_AUTH_TOKEN and AURORA_PUBLIC_URL"
    return text
