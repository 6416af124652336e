"""Dial the public emergency services for a call, when a person asks for it; never in a drill.

It never stands in for a direct call to them, and whoever asks is told so.
"""

from collections.abc import Sequence

from aurora.conversation.call import Call
from aurora.conversation.hand_off import Stage, Way
from aurora.conversation.operators import Operators
from aurora.errors import ChannelFault, HandOffTaken
from aurora.lines.hand_off.addresses import Step, room_of
from aurora.lines.hand_off.briefing import brief_for_services
from aurora.lines.hand_off.transfers import (
    RING_S,
    RUNG_WITHIN_S,
    TELEPHONE_LINES,
    Transfers,
    language_of,
)
from aurora.lines.hand_off.twiml import person_enters
from aurora.site.model import Contact

LONGEST_RING_S = 60
"""Public services answer late, and have no voicemail."""


class EmergencyServices:
    """Brings the services together with the caller, or else with the control room."""

    def __init__(self, transfers: Transfers, operators: Operators) -> None:
        self._transfers = transfers
        self._operators = operators

    @property
    def contact(self) -> Contact | None:
        """Whom the site names to be dialled."""
        site = self._transfers.site
        return site.contact(site.emergency_line) if site.emergency_line else None

    async def dial(self, call: Call, by: str) -> str:
        """Dial them; return with whom they will speak: caller or control_room.

        Raises HandOffTaken while somebody else is rung for the caller; ChannelFault when nobody
        could be dialled; ValueError in a drill, or where the site names no number.
        """
        contact = self.contact
        if contact is None or call.is_drill:
            raise ValueError("drill" if contact else "no number")
        hand_off = call.hand_off
        is_in_conference = hand_off is not None and (hand_off.stage, hand_off.way) == (
            Stage.JOINED,
            Way.PHONE,
        )
        if is_in_conference:
            await self._add(call, contact)
        elif call.line in TELEPHONE_LINES and call.provider_id:
            await self._bring_to_caller(call, contact)
        else:
            await self._bring_to_control_room(call, contact)
            return await self._noted(call, by, contact, "control_room")
        return await self._noted(call, by, contact, "caller")

    async def _noted(self, call: Call, by: str, contact: Contact, whom: str) -> str:
        details = {"by": by, "contact": contact.id, "with": whom}
        await self._operators.switchboard.note(call.id, "emergency_services_dialled", details)
        return whom

    async def _bring_to_caller(self, call: Call, contact: Contact) -> None:
        """They enter the conference behind the brief, and the caller as soon as they are there."""
        hand_off = call.hand_off
        if hand_off is not None and hand_off.stage is Stage.BRIEFING:
            raise HandOffTaken(hand_off.person or "", hand_off.stage.value)
        call = await self._operators.brief(call.id, contact.name, Way.PHONE, contact_id=contact.id)
        attempt = call.hand_off.attempt if call.hand_off else 0
        status = self._transfers.addresses.of(Step.STATUS, call)
        try:
            sid = await self._dial(contact, self._twiml(call, contact, room_of(call)), status)
        except ChannelFault as fault:
            await self._operators.pass_on(call.id, fault.reason, attempt=attempt)
            raise
        await self._operators.note_leg(call.id, attempt, sid)

    async def _add(self, call: Call, contact: Contact) -> None:
        """Bring them to the conference that there is, which then outlives whoever joined first."""
        room = room_of(call)
        await self._dial(contact, self._twiml(call, contact, room, is_added=True), None)
        if call.hand_off is not None and call.hand_off.leg:
            await self._transfers.calls.keep_open_without(room, call.hand_off.leg)

    async def _bring_to_control_room(self, call: Call, contact: Contact) -> None:
        """The caller is on no telephone: the control room speaks with them."""
        site, room = self._transfers.site, f"{call.id}-services"
        desk = site.contact(site.control_room)
        for one in (desk, contact):
            await self._dial(one, self._twiml(call, one, room, is_added=one is contact), None)

    async def _dial(self, contact: Contact, twiml: str, status: str | None) -> str:
        placed = await self._transfers.rings.place_call(
            contact.number,
            twiml,
            ring_s=LONGEST_RING_S if contact.is_outside else RING_S,
            status_callback=status,
            machine_callback=None,
            within_s=RUNG_WITHIN_S,
        )
        return placed.sid

    def _twiml(self, call: Call, contact: Contact, room: str, *, is_added: bool = False) -> str:
        transfers = self._transfers
        language = language_of(transfers.site, contact)
        sentences: Sequence[str] = brief_for_services(
            transfers.site, transfers.library, call, language, transfers.clock()
        )
        return person_enters(
            transfers.site.voices[language],
            sentences,
            room,
            over=transfers.addresses.of(Step.OVER, call),
            events=transfers.addresses.of(Step.CONFERENCE, call),
            ends=not is_added,
        )
