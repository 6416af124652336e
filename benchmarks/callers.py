"""What the measured callers say, as webhooks signed like Twilio's and as JSON."""

import uuid
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlencode, urljoin

import orjson

from aurora.lines.twilio_signature import SIGNATURE_HEADER, sign
from benchmarks.wire import post

TOKEN = "a-made-up-auth-token"  # noqa: S105
PUBLIC_URL = "https://line.example.com"
SIGNED = {"TWILIO_AUTH_TOKEN": TOKEN, "AURORA_PUBLIC_URL": PUBLIC_URL}

CALLS = (
    (
        "there is smoke coming out of a cabinet in zone b",
        "yes",
        "three people, everybody is out",
        "I can still see flames",
        "what should I do now",
    ),
    (
        "acid went over his arm in the chemical store",
        "he is rinsing it",
        "it is sulphuric acid I think",
        "about ten minutes",
        "he says it burns less",
    ),
    (
        "how do I reset the conveyor after a jam",
        "and who signs the permit for that",
        "where is the form kept",
        "when does the night shift start",
        "where do visitors park",
    ),
    (
        "a man fell from the ladder in zone d",
        "he is awake and breathing",
        "his back hurts",
        "about three metres",
        "nobody has come yet",
    ),
)
"""Calls of five turns: three emergencies and one about everyday procedures."""


def words_of(number: int) -> tuple[str, ...]:
    """Return what the caller of this number says."""
    return CALLS[number % len(CALLS)]


class WebhookCall:
    """One call's webhooks, in the order Twilio sends them."""

    def __init__(self, number: int) -> None:
        self.words = words_of(number)
        self._from = f"+1202{5_000_000 + number}"
        self._sid = f"CA{uuid.uuid4().hex}"
        self._turn = 0

    def ring(self) -> bytes:
        return self._webhook("/incoming-call", ("CallStatus", "ringing"))

    def say(self, action: str, words: str) -> bytes:
        return self._webhook(action, ("SpeechResult", words), ("Confidence", "0.94"))

    def hang_up(self) -> bytes:
        return self._webhook("/call-status", ("CallStatus", "completed"))

    def _webhook(self, address: str, *fields: tuple[str, str]) -> bytes:
        form = [
            ("CallSid", self._sid),
            ("AccountSid", "AC" + "0" * 32),
            ("From", self._from),
            ("Caller", self._from),
            ("To", "+12025550100"),
            ("Called", "+12025550100"),
            ("Direction", "inbound"),
            ("ApiVersion", "2010-04-01"),
            ("FromCity", ""),
            *fields,
        ]
        return post(
            address,
            "application/x-www-form-urlencoded; charset=UTF-8",
            urlencode(form).encode(),
            f"I-Twilio-Idempotency-Token: {uuid.uuid4()}",
            f"{SIGNATURE_HEADER}: {sign(TOKEN, PUBLIC_URL + address, form)}",
        )


def action_of(twiml: bytes) -> str:
    """Return where the caller's next words go."""
    text = twiml.decode()
    start = text.index('action="') + 8
    return urljoin("/incoming-call", unescape(text[start : text.index('"', start)]))


def spoken_requests(number: int, phone: str, turns: int) -> Iterator[tuple[str, bytes]]:
    """Yield (words, request) for a call over the JSON API; no two turns say the same."""
    lines = words_of(number)
    for turn in range(turns):
        words = f"{lines[turn % len(lines)]}, message {turn} from badge {number}"
        body = orjson.dumps({"speech": words, "ph_no": phone})
        yield words, post("/api/process-speech", "application/json", body)
