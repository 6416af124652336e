"""The whole line with Twilio's stand-in on its other side: telephones ring, people answer."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from aurora.parts import Parts
from aurora.rehearsal.connections import TwilioConnections
from aurora.rehearsal.loopback import serving
from aurora.rehearsal.rung_phones import RungPhones
from aurora.rehearsal.twilio_caller import TwilioCaller
from aurora.rehearsal.twilio_resources import RungCall, SentMessage
from aurora.rehearsal.twilio_rest_server import TwilioRestServer
from tests.telephones import QUICK
from tests.waiting import PATIENT_S
from tests.waiting import until as until
from tests.whole_line import WrittenSpeech, served

PUBLIC = "https://line.example.com"
LINE = "+12025550110"
CALLER = "+12025550151"
API_TOKEN = "a-token-of-the-api"


@dataclass
class ReachedLine:
    """One line and everybody it can reach."""

    url: str
    parts: Parts
    twilio: TwilioRestServer
    phones: RungPhones
    client: httpx2.AsyncClient

    def caller(self, number: str = CALLER) -> TwilioCaller:
        return TwilioCaller(
            self.client,
            self.url,
            PUBLIC,
            self.twilio.auth_token,
            from_number=number,
            to_number=LINE,
            connections=TwilioConnections(tempo=QUICK),
            answer_within_s=PATIENT_S,
        )

    async def announce_drill(self) -> None:
        """Announce a drill that runs now."""
        now = datetime.now(UTC)
        drill = {
            "by": "Ann Officer",
            "reason": "yearly drill",
            "starts_at": (now - timedelta(minutes=5)).isoformat(),
            "ends_at": (now + timedelta(hours=1)).isoformat(),
        }
        answer = await self.client.post(
            f"{self.url}/api/drills",
            json=drill,
            headers={"Authorization": f"Bearer {API_TOKEN}"},
        )
        assert answer.is_success, answer.text

    def calls_to(self, number: str = CALLER) -> list[RungCall]:
        return [call for call in self.twilio.calls.values() if call.fields["To"] == number]

    def texts(self, words: str) -> list[SentMessage]:
        return [one for one in self.twilio.messages.values() if words in one.body]

    def read_out(self, words: str) -> list[RungCall]:
        """Calls in which these words are said at once."""
        return [one for one in self.twilio.calls.values() if words in one.fields["Twiml"]]

    def told(self, words: str) -> set[str]:
        """The numbers that were told these words, by text message or call."""
        return {one.fields["To"] for one in [*self.texts(words), *self.read_out(words)]}


@asynccontextmanager
async def reached_line(
    monkeypatch: pytest.MonkeyPatch,
    directory: Path,
    environment: Mapping[str, str] | None = None,
    *,
    speech: WrittenSpeech | None = None,
) -> AsyncIterator[ReachedLine]:
    twilio = TwilioRestServer()
    patient = httpx2.AsyncClient(trust_env=False, timeout=PATIENT_S)
    async with serving(twilio) as api_url, patient as client:
        settings = {
            "TWILIO_ACCOUNT_SID": twilio.account_sid,
            "TWILIO_AUTH_TOKEN": twilio.auth_token,
            "TWILIO_PHONE_NUMBER": LINE,
            "TWILIO_API_URL": api_url,
            "AURORA_PUBLIC_URL": PUBLIC,
            "AURORA_API_TOKEN": API_TOKEN,
            **(environment or {}),
        }
        async with served(monkeypatch, directory, settings, speech=speech) as (url, parts):
            await parts.start_alerting()
            phones = RungPhones(twilio, client, url, PUBLIC)
            yield ReachedLine(url, parts, twilio, phones, client)
