"""Send a line the requests Twilio would: fields, signature, time limits, one retry."""

import asyncio
import secrets
import uuid
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlencode, urlsplit, urlunsplit

import httpx2

from aurora.lines.twilio_signature import SIGNATURE_HEADER, sign
from aurora.rehearsal.twiml_document import TwimlRefused

CONNECT_WITHIN_S = 5.0
ANSWER_WITHIN_S = 15.0
IDEMPOTENCY_HEADER = "I-Twilio-Idempotency-Token"
XML_TYPES = ("text/xml", "application/xml", "text/html")
PLACES = ("City", "State", "Zip", "Country")

FROM_NUMBER = "+12025550151"
TO_NUMBER = "+12025550100"
"""Numbers set aside for fiction."""

Form = list[tuple[str, str]]


class TwilioWebhooks:
    """All requests of one call."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        base_url: str,
        public_url: str | None = None,
        auth_token: str | None = None,
        *,
        account_sid: str | None = None,
        from_number: str,
        to_number: str,
        answer_within_s: float = ANSWER_WITHIN_S,
    ) -> None:
        """base_url: where requests go; public_url: what is signed, the same when not given."""
        self.call_sid = f"CA{secrets.token_hex(16)}"
        self.public_url = (public_url or base_url).rstrip("/")
        self._base_url = base_url.rstrip("/")
        self._client = client
        self.auth_token = auth_token
        self.account_sid = account_sid or f"AC{secrets.token_hex(16)}"
        self.from_number = from_number
        self.to_number = to_number
        self._answer_within_s = answer_within_s

    async def send(
        self, url: str, call_status: str, fields: Form, method: str = "POST"
    ) -> httpx2.Response:
        """Send these fields and those of every webhook to a public URL of the line.

        Raises TwimlRefused when no answer comes in time; any status is an answer.
        """
        form = self._form(call_status, fields)
        if method == "GET":
            separator = "&" if urlsplit(url).query else "?"
            url, form = f"{url}{separator}{urlencode(form)}", []
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            IDEMPOTENCY_HEADER: str(uuid.uuid4()),
        }
        if self.auth_token:
            headers[SIGNATURE_HEADER] = sign(self.auth_token, url, form)
        request = self._client.build_request(
            method,
            self._local(url),
            headers=headers,
            content=urlencode(form).encode() if form else None,
            timeout=httpx2.Timeout(self._answer_within_s, connect=CONNECT_WITHIN_S),
        )
        try:
            async with asyncio.timeout(self._answer_within_s):
                return await self._try_twice(request)
        except (TimeoutError, httpx2.TimeoutException) as error:
            late = f"{url} did not answer within {self._answer_within_s:g} s"
            raise TwimlRefused(11200, late) from error
        except httpx2.TransportError as error:
            raise TwimlRefused(11205, f"{self._local(url)} cannot be reached ({error})") from error

    async def _try_twice(self, request: httpx2.Request) -> httpx2.Response:
        """Send; when the connection fails, send again with the same token, as Twilio does."""
        try:
            return await self._client.send(request)
        except httpx2.ConnectError:
            return await self._client.send(request)

    def _local(self, url: str) -> str:
        """Return where a public address is served; an address elsewhere is not the line's."""
        bare = urlunsplit(urlsplit(url)._replace(fragment=""))
        for base in (self.public_url, self._base_url):
            if bare.startswith((base + "/", base + "?")) or bare == base:
                return self._base_url + bare[len(base) :]
        raise TwimlRefused(11200, f"{url} is not an address of the line ({self.public_url})")

    def local_socket(self, url: str) -> str:
        """Return where a public ws address is served; raises TwimlRefused for one elsewhere."""
        return _as_socket(self._local(_as_page(url)))

    def _form(self, call_status: str, fields: Form) -> Form:
        """Return the fields of every voice webhook and those of this one."""
        places = [
            (side + place, "") for side in ("From", "To", "Caller", "Called") for place in PLACES
        ]
        return [
            ("CallSid", self.call_sid),
            ("AccountSid", self.account_sid),
            ("From", self.from_number),
            ("To", self.to_number),
            ("Caller", self.from_number),
            ("Called", self.to_number),
            ("CallStatus", call_status),
            ("Direction", "inbound"),
            ("ApiVersion", "2010-04-01"),
            ("StirVerstat", "TN-Validation-Passed-A"),
            *places,
            *fields,
        ]


def check_answer(url: str, response: httpx2.Response) -> None:
    """Raise TwimlRefused for an answer in which Twilio would not look for TwiML."""
    if not response.is_success:
        raise TwimlRefused(11200, f"{url} answered {response.status_code}")
    content_type = response.headers.get("content-type", "").partition(";")[0].strip()
    if response.content and content_type not in XML_TYPES:
        raise TwimlRefused(12300, f"{url} answered {content_type or 'no type'}, not XML")


def dialled(*, is_answered: bool) -> Form:
    """Return what a Dial's action is told when that call is over."""
    if not is_answered:
        return [("DialCallStatus", "no-answer")]
    return [
        ("DialCallStatus", "completed"),
        ("DialCallSid", f"CA{secrets.token_hex(16)}"),
        ("DialCallDuration", "42"),
        ("DialBridged", "true"),
    ]


def ended(began_at: datetime, now: datetime) -> Form:
    """Return what a status callback adds when a call is over."""
    seconds = round((now - began_at).total_seconds())
    return [
        ("SequenceNumber", "0"),
        ("Timestamp", format_datetime(now)),
        ("CallbackSource", "call-progress-events"),
        ("CallDuration", str(seconds)),
        ("Duration", str(-(-seconds // 60))),
    ]


def _as_page(url: str) -> str:
    return "http" + url.removeprefix("ws") if url.startswith("ws") else url


def _as_socket(url: str) -> str:
    return "ws" + url.removeprefix("http")
