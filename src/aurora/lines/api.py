"""The JSON API: text calls, and the views and figures of all calls."""

from datetime import UTC, datetime, timedelta

import orjson
import phonenumbers
from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from aurora.accounts.person import Person, Role
from aurora.conversation.call import EndReason
from aurora.conversation.ring import Ring
from aurora.conversation.summary import summarise
from aurora.conversation.switchboard import Switchboard
from aurora.conversation.turn import Turn
from aurora.errors import UnknownCall
from aurora.lines.api_guard import ApiGuard, ApiNeeds
from aurora.lines.fields import json_response, read_fields
from aurora.lines.problems import not_found
from aurora.records.figures import emergency_stats, performance_metrics, stage_metrics
from aurora.records.history import RecordsAndHistory
from aurora.records.views import SHOWN_AFTER_END, active_view, call_view, events_view
from aurora.site.model import Site

LINE = "api"
MAX_SPEECH_CHARS = 4_000
FIGURES_SINCE = timedelta(hours=24)


class SpeechRequest(BaseModel):
    """What POST /api/process-speech takes."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    speech: str = Field(min_length=1, max_length=MAX_SPEECH_CHARS)
    ph_no: str | None = Field(None, max_length=64)
    call_id: str | None = Field(None, max_length=128)


class ApiLine:
    """Text calls over HTTP, a call per telephone number or call id."""

    def __init__(self, switchboard: Switchboard) -> None:
        self._switchboard = switchboard

    async def process_speech(self, asked: SpeechRequest) -> str:
        """Return {message, ph_no, urgency, call_id} as JSON; raises Problem 404."""
        if asked.call_id:
            name = asked.call_id
        else:
            ring = Ring(LINE, from_number=as_dialled(asked.ph_no) if asked.ph_no else None)
            name = (await self._switchboard.open(ring)).call.id

        def render(turn: Turn) -> str:
            return _render(turn, asked.ph_no)

        try:
            return await self._switchboard.hear(name, asked.speech, render)
        except UnknownCall as error:
            raise not_found(f"call {name}; leave call_id out to begin one") from error


def as_dialled(number: str) -> str:
    """Return a number as +<digits>, however it is spelled; what is no whole number as it stands."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    if parsed.extension or not phonenumbers.is_possible_number(parsed):
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _render(turn: Turn, spelled: str | None) -> str:
    call = turn.call
    is_theirs = spelled and as_dialled(spelled) == call.from_number
    return orjson.dumps(
        {
            "message": turn.message,
            "ph_no": spelled if is_theirs else call.from_number,
            "urgency": call.urgency.value,
            "call_id": call.id,
        }
    ).decode()


def api_routes(
    switchboard: Switchboard, records: RecordsAndHistory, site: Site, guard: ApiGuard
) -> APIRouter:
    """Return the JSON API; every route is behind the guard."""
    router = APIRouter(prefix="/api", dependencies=[Depends(ApiNeeds(guard, Role.VIEWER))])
    operator = Depends(ApiNeeds(guard, Role.OPERATOR))
    line = ApiLine(switchboard)

    @router.post("/process-speech", dependencies=[operator])
    async def process_speech(request: Request) -> Response:
        return json_response(await line.process_speech(await read_fields(request, SpeechRequest)))

    @router.get("/active-calls")
    async def active_calls() -> Response:
        recent = await records.recent(ended_since=datetime.now(UTC) - SHOWN_AFTER_END)
        return json_response(active_view(recent, site.timezone))

    @router.get("/call/{call_id}")
    async def call(call_id: str) -> Response:
        found = await records.find(call_id)
        if found is None:
            raise not_found(f"call {call_id}")
        view = call_view(found, await records.messages(found.id), site.timezone)
        events = events_view(await records.events(found.id), site.timezone)
        summary = summarise(found, site, datetime.now(UTC))
        return json_response({**view, "summary": summary, "events": events})

    @router.post("/call/{call_id}/end")
    async def end_call(call_id: str, asker: Person = operator) -> Response:
        try:
            ended = await switchboard.end(call_id, EndReason.ENDED_BY_API)
        except UnknownCall as error:
            raise not_found(f"call {call_id}") from error
        await guard.note(asker, asker, "call.ended", ended.id)
        return json_response({"message": f"Call {ended.id} has ended."})

    @router.get("/performance-metrics")
    async def performance() -> Response:
        since = datetime.now(UTC) - FIGURES_SINCE
        times = performance_metrics(await records.turns_since(since), since)
        times["stages"] = stage_metrics(await records.timings_since(since))
        return json_response(times)

    @router.get("/emergency-stats")
    async def emergencies() -> Response:
        return json_response(emergency_stats(await records.tally(), await records.open_calls()))

    return router
