"""Twilio's webhooks for tests: signed for the public address, their answers read as TwiML."""

import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx2
from twilio.request_validator import RequestValidator

TOKEN = "twilio-auth-token"
PUBLIC = "https://line.example.com"
SIGNED = {"TWILIO_AUTH_TOKEN": TOKEN, "AURORA_PUBLIC_URL": PUBLIC}
CALL = {"CallSid": "CA0001", "From": "+12025550151", "To": "+12025550110", "CallStatus": "ringing"}


async def post(client: httpx2.AsyncClient, path: str, fields: Any, **options: Any):
    """Post a form as Twilio does: signed for the public address, relative actions resolved."""
    path = f"/{path.removeprefix('/')}"
    body = urlencode(fields)
    pairs = parse_qsl(body, keep_blank_values=True)
    signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}{path}", dict(pairs))
    headers = {"X-Twilio-Signature": signature, **options.pop("headers", {})}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    return await client.post(path, content=body.encode(), headers=headers, **options)


def verbs(answer: httpx2.Response) -> ET.Element:
    assert answer.status_code == 200, answer.text
    return ET.fromstring(answer.text)
