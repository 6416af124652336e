"""Live calls and conferences over Twilio's REST API: moved, held, joined; each may be gone."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aurora.escalation.channels.twilio_rest import TwilioRest

ACT_WITHIN_S = 6.0
"""A caller waits for it."""


class TwilioCalls:
    """Every method raises ChannelFault; False means that the call or conference is over."""

    def __init__(self, twilio: "TwilioRest") -> None:
        self._twilio = twilio

    @property
    def number(self) -> str:
        """The line's own."""
        return self._twilio.number

    async def is_live(self, sid: str) -> bool:
        """Whether a call is under way, whatever the line has been told of it."""
        return await self._twilio.is_live(sid, ACT_WITHIN_S)

    async def move(self, sid: str, url: str) -> bool:
        """Have a live call go on with the TwiML at an address, whatever it was doing."""
        return await self._twilio.change(
            lambda client: client.calls(sid).update(url=url, method="POST"), ACT_WITHIN_S
        )

    async def hang_up(self, sid: str) -> bool:
        return await self._twilio.end_call(sid, ACT_WITHIN_S)

    async def hold(self, room: str, sid: str, hold_url: str | None) -> bool:
        """Hold one who is in a conference; they hear what is at the address. None: no more."""
        fields: dict[str, Any] = {"hold": hold_url is not None}
        if hold_url is not None:
            fields |= {"hold_url": hold_url, "hold_method": "POST"}
        return await self._update(room, sid, fields)

    async def keep_open_without(self, room: str, sid: str) -> bool:
        """Let a conference go on when this one leaves it: others have come."""
        return await self._update(room, sid, {"end_conference_on_exit": False})

    async def end_with(self, room: str, sid: str) -> bool:
        """Let a conference be over when this one leaves it: nobody else is with the caller."""
        return await self._update(room, sid, {"end_conference_on_exit": True})

    async def announce(self, room: str, sid: str, url: str) -> bool:
        """Let one who is in a conference hear what is at the address, and nobody else."""
        return await self._update(room, sid, {"announce_url": url, "announce_method": "POST"})

    async def add(self, room: str, to: str, *, coaches: str | None = None) -> bool:
        """Ring somebody who then listens, unheard; or is heard by one alone: `coaches`, a call."""
        fields: dict[str, Any] = {"to": to, "from_": self._twilio.number, "beep": "false"}
        if coaches is None:
            fields["muted"] = True
        else:
            fields |= {"coaching": True, "call_sid_to_coach": coaches}
        fields |= {"start_conference_on_enter": False, "end_conference_on_exit": False}
        return await self._twilio.change(
            lambda client: client.conferences(room).participants.create(**fields), ACT_WITHIN_S
        )

    async def _update(self, room: str, sid: str, fields: dict[str, Any]) -> bool:
        def update(client: Any) -> None:
            for found in client.conferences.list(friendly_name=room, status="in-progress", limit=1):
                client.conferences(found.sid).participants(sid).update(**fields)
                is_found.append(True)

        is_found: list[bool] = []
        return await self._twilio.change(update, ACT_WITHIN_S) and bool(is_found)
