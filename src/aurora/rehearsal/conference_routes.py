"""The conferences of Twilio's REST API, as the stand-in answers them."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from aurora.rehearsal.conferences import Conference, Participant
from aurora.rehearsal.twilio_contract import (
    CREATE_PARTICIPANT,
    LIST_CONFERENCES,
    LIST_PARTICIPANTS,
    UPDATE_CONFERENCE,
    UPDATE_PARTICIPANT,
)
from aurora.rehearsal.twilio_resources import Form, RungCall

if TYPE_CHECKING:
    from aurora.rehearsal.twilio_rest_server import TwilioRestServer

Gone = Callable[[Request], Response]


class ConferenceRoutes:
    """Asks and changes the conferences of a stand-in."""

    def __init__(self, server: "TwilioRestServer", gone: Gone) -> None:
        self._server = server
        self._gone = gone

    def routes(self, root: str) -> Sequence[Route]:
        conferences = f"{root}/Conferences"
        one, people = f"{conferences}/{{sid}}", f"{conferences}/{{sid}}/Participants"
        return [
            Route(f"{conferences}.json", self._list),
            Route(f"{one}.json", self._fetch),
            Route(f"{one}.json", self._update, methods=["POST"]),
            Route(f"{people}.json", self._participants),
            Route(f"{people}.json", self._create_participant, methods=["POST"]),
            Route(f"{people}/{{call_sid}}.json", self._participant),
            Route(f"{people}/{{call_sid}}.json", self._update_participant, methods=["POST"]),
            Route(f"{people}/{{call_sid}}.json", self._remove_participant, methods=["DELETE"]),
        ]

    async def _list(self, request: Request) -> Response:
        wanted = self._server.asked(request, "Conferences")
        if refused := self._server.refusal(wanted, LIST_CONFERENCES):
            return refused
        fields = dict(wanted)
        found = [
            one.resource()
            for one in reversed(self._server.conferences.all)
            if fields.get("FriendlyName") in (None, one.friendly_name)
            and fields.get("Status") in (None, one.status)
        ]
        return self._server.page("conferences", found[: int(fields.get("PageSize", 50))])

    async def _fetch(self, request: Request) -> Response:
        conference = self._conference(request)
        return JSONResponse(conference.resource()) if conference else self._gone(request)

    async def _update(self, request: Request) -> Response:
        form = await self._server.form(request, "Conferences")
        if refused := self._server.refusal(form, UPDATE_CONFERENCE):
            return refused
        conference = self._conference(request)
        if conference is None:
            return self._gone(request)
        if dict(form).get("Status") == "completed":
            self._server.conferences.end(conference)
        return JSONResponse(conference.resource())

    async def _participants(self, request: Request) -> Response:
        wanted = self._server.asked(request, "Participants")
        if refused := self._server.refusal(wanted, LIST_PARTICIPANTS):
            return refused
        conference = self._conference(request)
        if conference is None:
            return self._gone(request)
        found = [conference.participant(who) for who in conference.participants.values()]
        return self._server.page("participants", found)

    async def _create_participant(self, request: Request) -> Response:
        """Ring somebody who enters the conference when they pick up."""
        form = await self._server.form(request, "Participants")
        if refused := self._server.refusal(form, CREATE_PARTICIPANT):
            return refused
        server, name = self._server, request.path_params["sid"]
        call = RungCall(server.account_sid, dict(form), (), server.clock(), enters=name)
        server.calls[call.sid] = call
        conference = server.conferences.named(name)
        shown = conference or Conference(server.account_sid, name, server.clock())
        return JSONResponse(shown.participant(as_asked(call.sid, form)), 201)

    async def _participant(self, request: Request) -> Response:
        found = self._found(request)
        return JSONResponse(found[0].participant(found[1])) if found else self._gone(request)

    async def _update_participant(self, request: Request) -> Response:
        form = await self._server.form(request, "Participants")
        if refused := self._server.refusal(form, UPDATE_PARTICIPANT):
            return refused
        found = self._found(request)
        if found is None:
            return self._gone(request)
        conference, who = found
        _change(who, dict(form))
        return JSONResponse(conference.participant(who))

    async def _remove_participant(self, request: Request) -> Response:
        found = self._found(request)
        if found is None:
            return self._gone(request)
        self._server.conferences.leave(found[1].call_sid)
        self._server.conferences.left.append(found[1].call_sid)
        return Response(status_code=204)

    def _conference(self, request: Request) -> Conference | None:
        return self._server.conferences.named(request.path_params["sid"])

    def _found(self, request: Request) -> tuple[Conference, Participant] | None:
        conference = self._conference(request)
        who = conference and conference.participants.get(request.path_params["call_sid"])
        return (conference, who) if conference and who else None


def as_asked(call_sid: str, form: Form) -> Participant:
    """Return the participant that a request to create one describes."""
    fields = dict(form)
    return Participant(
        call_sid,
        begins=fields.get("StartConferenceOnEnter", "true") == "true",
        ends=fields.get("EndConferenceOnExit") == "true",
        is_muted=fields.get("Muted") == "true",
        is_coaching=fields.get("Coaching") == "true",
        call_sid_to_coach=fields.get("CallSidToCoach"),
    )


def _change(who: Participant, fields: dict[str, Any]) -> None:
    if "Muted" in fields:
        who.is_muted = fields["Muted"] == "true"
    if "Coaching" in fields:
        who.is_coaching = fields["Coaching"] == "true"
        who.call_sid_to_coach = fields.get("CallSidToCoach")
    if "EndConferenceOnExit" in fields:
        who.ends = fields["EndConferenceOnExit"] == "true"
    if "Hold" in fields:
        who.is_on_hold = fields["Hold"] == "true"
        who.hold_url = fields.get("HoldUrl", "") if who.is_on_hold else ""
        who.urls_due += [who.hold_url] if who.hold_url else []
    if "AnnounceUrl" in fields:
        who.urls_due.append(fields["AnnounceUrl"])
