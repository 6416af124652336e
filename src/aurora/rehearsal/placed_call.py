"""Place one call on a running line and show both sides, from ring to record."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2
from rich.console import Console
from rich.text import Text

from aurora.errors import AuroraError
from aurora.rehearsal.twilio_caller import FROM_NUMBER, TO_NUMBER, Heard, TwilioCaller
from aurora.rehearsal.twiml_document import TwimlRefused
from aurora.settings import Settings, load_settings

API_WITHIN_S = 5.0
COLOURS = {"aurora": "bold cyan", "caller": "bold", "line": "dim"}

Show = Callable[[str, str], None]
"""Told (side, text) as it happens; side is "aurora", "caller" or "line"."""


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
    record: dict[str, Any] | None = None
    """The call as GET /api/call/{sid} gives it."""


async def place(base_url: str, number: str, turns: Sequence[str], out: Console) -> bool:
    """Place a call, print both sides and the summary; False when it left no record."""

    def show(side: str, text: str) -> None:
        out.print(Text(f"{side:>7}  ", style=COLOURS[side]) + Text(text, style=""), soft_wrap=True)

    outcome = await place_call(base_url, load_settings(), turns, show, number)
    times = ", ".join(f"{ms:.0f}" for ms in outcome.elapsed_ms)
    out.print(Text(f"\nsummary  {outcome.summary}"), soft_wrap=True)
    out.print(Text(f"   call  {outcome.call_sid}; the line took {times} ms"), soft_wrap=True)
    return outcome.record is not None


async def place_call(
    base_url: str,
    settings: Settings,
    turns: Sequence[str],
    show: Show,
    from_number: str = FROM_NUMBER,
) -> CallOutcome:
    """Ring, take the turns ("" silence, "#1" the key 1, else words), hang up, read the record.

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
        )
        outcome = CallOutcome(caller.call_sid)
        try:
            await _talk(caller, turns, show, outcome)
        except TwimlRefused as error:
            raise CallFailed(_advice(base_url, error)) from error
        await _read_record(client, base_url, settings, outcome)
    return outcome


def open_client() -> httpx2.AsyncClient:
    """Return the client a call is placed with; a proxy would make this machine a stranger."""
    return httpx2.AsyncClient(trust_env=False)


async def _talk(
    caller: TwilioCaller, turns: Sequence[str], show: Show, outcome: CallOutcome
) -> None:
    _show_heard(await caller.ring(), show, outcome)
    for number, turn in enumerate(turns):
        if caller.is_over:
            show("line", f"the call is over; {len(turns) - number} turns were not spoken")
            return
        show("caller", _described(turn))
        _show_heard(await caller.act(turn), show, outcome)
    if not caller.is_over:
        show("caller", "(hangs up)")
        await caller.hang_up()


def _show_heard(heard: Heard, show: Show, outcome: CallOutcome) -> None:
    outcome.elapsed_ms.append(round(heard.elapsed_ms, 1))
    for said in heard.said:
        if said.verb == "Dial":
            show("line", f"dials {said.text}: this stand-in reaches nobody")
        else:
            show("aurora", said.text)
    if heard.is_over:
        show("line", "the line hangs up")


def _described(turn: str) -> str:
    if not turn.strip():
        return "(says nothing)"
    return f"(presses {turn[1:]})" if turn.startswith("#") and len(turn) > 1 else turn


def _advice(base_url: str, error: TwimlRefused) -> str:
    text = str(error)
    if error.code == 11205:
        return f"{text}\nNo line answers at {base_url}; start one with: aurora serve"
    if text.endswith(" answered 403"):
        return f"{text}\nUse the line's own TWILIO_AUTH_TOKEN and AURORA_PUBLIC_URL"
    return text


async def _read_record(
    client: httpx2.AsyncClient, base_url: str, settings: Settings, outcome: CallOutcome
) -> None:
    token = settings.access.api_token
    headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
    url = f"{base_url.rstrip('/')}/api/call/{outcome.call_sid}"
    outcome.summary, outcome.record = "the record could not be read", None
    try:
        response = await client.get(url, headers=headers, timeout=API_WITHIN_S)
    except httpx2.HTTPError as error:
        outcome.summary += f": {error}"
        return
    if not response.is_success:
        hint = "; set the line's AURORA_API_TOKEN" if response.status_code in (401, 403) else ""
        outcome.summary += f": {url} answered {response.status_code}{hint}"
        return
    outcome.record = response.json()
    call = outcome.record["call"]
    outcome.urgency = call["urgency"].lower()
    messages = len(outcome.record["conversation"]["messages"])
    plain = f"{call['urgency']}, {call['status']}, {messages} messages on record"
    outcome.summary = str(outcome.record.get("summary") or plain)
