"""Read a placed call's record from the line's own API, for showing and measuring it."""

from dataclasses import dataclass
from typing import Any

import httpx2

from aurora.conversation.timing import TIMED
from aurora.settings import AccessSettings

API_WITHIN_S = 5.0
SPOKEN_AHEAD = "spoken_ahead"


class RecordUnread(Exception):
    """The API did not give the record; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class LineRecord:
    """A call as GET /api/call/{sid} gives it."""

    view: dict[str, Any]

    @property
    def urgency(self) -> str:
        return str(self.view["call"]["urgency"])

    @property
    def summary(self) -> str:
        status = self.view["call"]["status"]
        count = len(self.view["conversation"]["messages"])
        plain = f"{self.urgency}, {status}, {count} messages on record"
        return str(self.view.get("summary") or plain)

    @property
    def messages(self) -> list[tuple[str, str]]:
        """(role, words), oldest first."""
        messages = self.view["conversation"]["messages"].values()
        return [(message["role"], message["content"]) for message in messages]

    @property
    def stages_ms(self) -> list[dict[str, float]]:
        """The line's own stages of every turn it timed, from the caller's last word."""
        timed = (e["details"] for e in self.view.get("events", ()) if e["kind"] == TIMED)
        return [dict(details.get("stages_ms", {})) for details in timed]

    @property
    def answer(self) -> str | None:
        """What the line said after its greeting, whatever it had understood."""
        said = [words for role, words in self.messages if role == "assistant"]
        return said[1] if len(said) > 1 else None


class LineRecords:
    """The records of a running line."""

    def __init__(self, client: httpx2.AsyncClient, base_url: str, access: AccessSettings) -> None:
        token = access.api_token
        self._headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
        self._client = client
        self._base_url = base_url.rstrip("/")

    async def read(self, call_sid: str) -> LineRecord:
        """Return a call's record; raises RecordUnread."""
        url = f"{self._base_url}/api/call/{call_sid}"
        try:
            response = await self._client.get(url, headers=self._headers, timeout=API_WITHIN_S)
        except httpx2.HTTPError as error:
            raise RecordUnread(str(error)) from error
        if not response.is_success:
            refused = response.status_code in (401, 403)
            hint = "; set the line's AURORA_API_TOKEN" if refused else ""
            raise RecordUnread(f"{url} answered {response.status_code}{hint}")
        return LineRecord(response.json())
