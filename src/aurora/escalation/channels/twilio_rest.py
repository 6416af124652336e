"""Twilio's REST API through its own SDK; the only file that imports it for that.

The SDK blocks and sets neither time limit nor retries. Here each request runs in a small pool of
threads with both limits set, and what it may have done is told apart from what it surely did not.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from requests import Session, exceptions
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from aurora.errors import ChannelFault
from aurora.escalation.channels.patience import Patience, TryAgain, Trying
from aurora.escalation.channels.threads import NotInTime, Threads

API_URL = "https://api.twilio.com"
THREADS = 8
CONNECT_WITHIN_S = 3.05
READ_WITHIN_S = 8.0
"""Between two pieces of an answer; a request as a whole ends with its alert's time."""
VALID_FOR_S = 900
"""A message that Twilio could not pass on for so long is stale: the plan has gone on."""
CLOCK_SKEW = timedelta(seconds=60)
SMALL_SKEW = timedelta(seconds=2)
"""Where somebody else's call must not pass for an alert: too little has a page come twice."""
REMEMBERED_CALLS = 1_000

UNDER_WAY = frozenset({"queued", "initiated", "ringing", "in-progress"})
GONE = 20404
"""No such call any more: whoever was to be hung up has hung up."""
NEVER_PROCESSED = frozenset({20429, 10004})
"""Too many requests, too many calls at once: Twilio did nothing, and says so."""
NEVER_CONNECTED = ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "SSLError")
"""What urllib3 raises before a byte of the request has left."""
REASONS = {
    20003: "credentials_refused",
    21211: "bad_number",
    21212: "bad_from_number",
    21214: "number_unreachable",
    21215: "region_not_allowed",
    21217: "bad_number",
    21408: "region_not_allowed",
    21606: "bad_from_number",
    21610: "unsubscribed",
    21614: "not_a_mobile",
    13224: "bad_number",
}
"""Twilio's codes as words of the record; any other is twilio_<code>."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Placed:
    """What Twilio took on: a message or a call."""

    sid: str
    status: str
    notes: tuple[str, ...] = ()
    segments: int | None = None


class TwilioRest:
    """One account, seen from one number. Every method raises ChannelFault."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        from_number: str,
        *,
        api_url: str = API_URL,
        patience: Patience = Patience(),
        read_within_s: float = READ_WITHIN_S,
    ) -> None:
        self._from = from_number
        self._patience = patience
        self._threads = Threads(THREADS, "twilio")
        self._http = _BoundedHttp(read_within_s)
        # A mapping that is not empty keeps the SDK from reading the environment itself.
        self._client = Client(
            account_sid, auth_token, http_client=self._http, environment={"read": "no"}
        )
        self._client.api.base_url = api_url.rstrip("/")
        self._calls_placed: dict[str, None] = {}

    @property
    def number(self) -> str:
        """Whom those who are rung see calling."""
        return self._from

    async def close(self) -> None:
        """Let go of connections; a request under way ends by its own time limit."""
        self._threads.close()
        self._http.close()

    async def send_message(
        self, to: str, body: str, *, status_callback: str | None, within_s: float
    ) -> Placed:
        """Hand a message to Twilio; that it arrives is told by the status callback."""
        fields = {"to": to, "from_": self._from, "body": body, "validity_period": VALID_FOR_S}
        if status_callback:
            fields["status_callback"] = status_callback
        since = datetime.now(UTC) - CLOCK_SKEW

        def create(client: Client) -> Placed:
            return _message(client.messages.create(**fields))

        def search(client: Client) -> Placed | None:
            sent = client.messages.list(to=to, from_=self._from, limit=20)
            same = (m for m in sent if m.body == body and _is_since(m, since))
            return next(map(_message, same), None)

        return await self._place(create, search, within_s)

    async def place_call(
        self,
        to: str,
        twiml: str,
        *,
        ring_s: int,
        status_callback: str | None,
        machine_callback: str | None,
        within_s: float,
    ) -> Placed:
        """Ring somebody and carry out the TwiML when they answer.

        machine_callback: told who answered while the TwiML already runs: nobody waits in silence.
        """
        fields: dict[str, Any] = {"to": to, "from_": self._from, "twiml": twiml, "timeout": ring_s}
        if status_callback:
            fields["status_callback"] = status_callback
            fields["status_callback_event"] = ["initiated", "ringing", "answered", "completed"]
        if machine_callback:
            fields |= {"machine_detection": "Enable", "async_amd": "true"}
            fields["async_amd_status_callback"] = machine_callback
        since = datetime.now(UTC) - CLOCK_SKEW

        def create(client: Client) -> Placed:
            return _call(client.calls.create(**fields))

        def search(client: Client) -> Placed | None:
            placed = client.calls.list(to=to, from_=self._from, limit=20)
            new = (c for c in placed if c.sid not in self._calls_placed and _is_since(c, since))
            return next(map(_call, new), None)

        call = await self._place(create, search, within_s)
        self._calls_placed[call.sid] = None
        if len(self._calls_placed) > REMEMBERED_CALLS:
            del self._calls_placed[next(iter(self._calls_placed))]
        return call

    async def messages_to(self, to: str, since: datetime, within_s: float) -> list[tuple[str, str]]:
        """Return (id, text) of this line's messages to a number since then, newest first."""

        def look(client: Client) -> list[tuple[str, str]]:
            begun = since - SMALL_SKEW
            sent = client.messages.list(to=to, from_=self._from, limit=20)
            return [(one.sid, one.body) for one in sent if _is_since(one, begun)]

        return await self._ask(look, within_s)

    async def calls_to(self, to: str, since: datetime, within_s: float) -> list[str]:
        """Return the ids of this line's calls to a number since then, newest first."""

        def look(client: Client) -> list[str]:
            begun = since - SMALL_SKEW
            placed = client.calls.list(to=to, from_=self._from, limit=20)
            return [one.sid for one in placed if _is_since(one, begun)]

        return await self._ask(look, within_s)

    async def _ask(self, look: Callable[[Client], Result], within_s: float) -> Result:
        async def attempt(trying: Trying) -> Result:
            return await self._run(look, trying.left_s)

        return (await self._patience.persist(attempt, within_s))[0]

    async def is_ringing(self, to: str, within_s: float) -> bool:
        """Whether a call of this line to a number is under way."""

        def look(client: Client) -> bool:
            calls = client.calls.list(to=to, from_=self._from, limit=20)
            return any(call.status in UNDER_WAY for call in calls)

        return await self._ask(look, within_s)

    async def is_live(self, sid: str, within_s: float) -> bool:
        """Whether a call is under way."""
        seen: list[str] = []
        is_known = await self.change(
            lambda client: seen.append(client.calls(sid).fetch().status), within_s
        )
        return is_known and seen[-1] in UNDER_WAY

    async def end_call(self, sid: str, within_s: float) -> bool:
        """Hang up; False when the call had ended already. May be repeated without harm."""
        return await self.change(
            lambda client: client.calls(sid).update(status="completed"), within_s
        )

    async def change(self, work: Callable[[Client], object], within_s: float) -> bool:
        """Do what may be repeated without harm; False when what it is done to is gone."""

        async def attempt(trying: Trying) -> bool:
            try:
                await self._run(work, trying.left_s)
            except ChannelFault as fault:
                if fault.reason != f"twilio_{GONE}":
                    raise
                return False
            return True

        return (await self._patience.persist(attempt, within_s))[0]

    async def _place(
        self,
        create: Callable[[Client], Placed],
        search: Callable[[Client], Placed | None],
        within_s: float,
    ) -> Placed:
        """Create once; what may have been created all the same is looked for before another try."""

        async def attempt(trying: Trying) -> Placed:
            try:
                return await self._run(create, trying.left_s)
            except TryAgain as failed:
                if not failed.is_unsure:
                    raise
                # When the search fails too, a page that comes twice costs less than none.
                with suppress(TryAgain, ChannelFault):
                    found = await self._run(search, trying.left_s)
                    if found is not None:
                        trying.notes.append(f"found_after_{failed.reason}")
                        return found
                trying.notes.append("may_come_twice")
                raise

        placed, notes = await self._patience.persist(attempt, within_s)
        return Placed(placed.sid, placed.status, notes, placed.segments)

    async def _run(self, work: Callable[[Client], Result], within_s: float) -> Result:
        """Run one request in the pool; raises TryAgain or ChannelFault."""

        def in_thread() -> Result:
            try:
                return work(self._client)
            except TwilioException as error:
                raise _refusal(error, self._http.asked_wait_s) from error
            except exceptions.RequestException as error:
                raise _no_answer(error) from error
            except ValueError as error:  # an answer that is no JSON: from a proxy in between
                raise TryAgain("twilio_unreadable", str(error), is_unsure=True) from error

        try:
            return await self._threads.run(in_thread, within_s)
        except NotInTime as late:
            raise TryAgain("twilio_too_slow", is_unsure=late.is_begun) from late


class _BoundedHttp(TwilioHttpClient):  # type: ignore[misc]
    """The SDK's own client with both time limits, and no tries that nobody hears of."""

    def __init__(self, read_within_s: float) -> None:
        super().__init__()
        self.timeout = (CONNECT_WITHIN_S, read_within_s)
        self.session: Session = Session()
        for scheme in ("https://", "http://"):
            self.session.mount(scheme, HTTPAdapter(max_retries=0, pool_maxsize=THREADS))
        self._of_thread = threading.local()

    @property
    def asked_wait_s(self) -> float:
        """What Retry-After said in this thread's last answer, in seconds."""
        asked = str(getattr(self._of_thread, "retry_after", ""))
        return float(asked) if asked.isdecimal() else 0.0

    def request(self, *args: Any, **kwargs: Any) -> Response:
        response: Response = super().request(*args, **kwargs)
        self._of_thread.retry_after = response.headers.get("Retry-After", "")
        return response

    def close(self) -> None:
        self.session.close()


def _refusal(error: TwilioException, asked_wait_s: float) -> Exception:
    """Return TryAgain or ChannelFault for an answer of Twilio's that is no success."""
    status = getattr(error, "status", None)
    code = getattr(error, "code", None)
    detail = str(getattr(error, "msg", "") or getattr(error, "title", ""))
    if status == 429 or code in NEVER_PROCESSED:
        return TryAgain("twilio_too_many_requests", detail, after_s=asked_wait_s)
    if status is None or status >= 500:
        return TryAgain(f"twilio_{status or 'unclear'}", detail, is_unsure=True)
    reason = REASONS.get(code or 0, f"twilio_{code or status}")
    return ChannelFault(reason, detail, is_final=True)


def _no_answer(error: exceptions.RequestException) -> TryAgain:
    """Return how a request went wrong on its way: unsure unless it surely never left."""
    cause = error.args[0] if error.args else None
    inner = type(getattr(cause, "reason", cause)).__name__
    if isinstance(error, exceptions.ReadTimeout):
        return TryAgain("twilio_too_slow", inner, is_unsure=True)
    return TryAgain("twilio_unreachable", inner, is_unsure=inner not in NEVER_CONNECTED)


def _is_since(resource: Any, since: datetime) -> bool:
    created: datetime | None = resource.date_created
    return created is None or created.replace(tzinfo=created.tzinfo or UTC) >= since


def _message(created: Any) -> Placed:
    segments = str(created.num_segments or "")
    return Placed(created.sid, created.status, (), int(segments) if segments.isdigit() else None)


def _call(created: Any) -> Placed:
    return Placed(created.sid, created.status)
