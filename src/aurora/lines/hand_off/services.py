"""Dial the public emergency services for a call, when a person asks for it; never in a drill.

It never stands in for a direct call to them, and whoever asks is told so.
"""

from collections.abc import Sequence

import structlog

from aurora.conversation.call import Call
from aurora.conversation.hand_off import Leg, Stage, Way
from aurora.conversation.handing_off import is_in_conference
from aurora.conversation.operators import Operators
from aurora.errors import ChannelFault, HandOffTaken
from aurora.escalation.channels.alert_call import spoken_number
from aurora.lines.hand_off.addresses import Asked, Step, room_of
from aurora.lines.hand_off.briefing import brief_for_services
from aurora.lines.hand_off.fetching import TELEPHONE_LINES
from aurora.lines.hand_off.transfers import (
    RING_S,
    RUNG_WITHIN_S,
    Transfers,
    language_of,
)
from aurora.lines.hand_off.twiml import person_enters, put_through, told_first
from aurora.lines.hand_off.words import words_in
from aurora.lines.twilio_webhooks import Fields
from aurora.lines.twiml import HANG_UP
from aurora.site.model import Contact, Voice

log = structlog.get_logger()

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
        return next((one for one in site.contacts if one.id == site.emergency_line), None)

    async def dial(self, call: Call, by: str) -> str:
        """Dial them; return with whom they will speak: caller or control_room.

        Raises HandOffTaken while somebody else is rung for the caller; ChannelFault when nobody
        could be dialled; ValueError in a drill, or where the site names no number.
        """
        contact = self.contact
        if contact is None or call.is_drill:
            raise ValueError("drill" if contact else "no number")
        if is_in_conference(call):
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
        call = await self._operators.brief(
            call.id, contact.name, Way.PHONE, contact_id=contact.id, role=contact.roles[0]
        )
        attempt = call.hand_off.attempt if call.hand_off else 0
        status = self._transfers.addresses.of(Step.STATUS, call)
        try:
            sid = await self._dial(contact, self._into_conference(call, contact), status)
        except ChannelFault as fault:
            await self._operators.pass_on(call.id, fault.reason, attempt=attempt)
            raise
        await self._operators.note_leg(call.id, attempt, sid)

    async def _add(self, call: Call, contact: Contact) -> None:
        """Bring them to whoever is with the caller, once they have answered and heard the brief."""
        of = self._transfers.addresses.of
        sentences = self._brief(call, contact)
        twiml = told_first(self._voice(contact), sentences, of(Step.ADDED, call))
        await self._dial(contact, twiml, of(Step.ADDED_STATUS, call))

    async def _bring_to_control_room(self, call: Call, contact: Contact) -> None:
        """The caller is on no telephone: the control room speaks with them."""
        await self._dial(self._desk, self._apart(call, self._desk, ends=True), None)
        await self._dial(contact, self._apart(call, contact, ends=False), None)

    # What Twilio asks about services that were added to a conference.

    async def enter(self, fields: Fields, asked: Asked) -> str:
        """They enter the conference that there is by now, else the caller is brought to them.

        Where neither can be they get the control room: nobody at an emergency number is hung up on.
        """
        call = await self._operators.call(asked.call_id)
        contact, leg = self._who(fields)
        if is_in_conference(call):
            if call.hand_off is not None and call.hand_off.leg == leg.sid:
                return self._beside_caller(call, contact)
            call = await self._operators.add(call.id, leg)
            await self._transfers.keep_open(call)
            over = self._transfers.addresses.of(Step.ADDED_OVER, call)
            return self._into_conference(call, contact, told=(), over=over, ends=False)
        if call.line in TELEPHONE_LINES and call.provider_id and call.ended_at is None:
            brought = await self._transfers.bring(call, leg)
            if brought is not None:
                return self._beside_caller(brought, contact)
        await self._dial(self._desk, self._apart(call, self._desk, ends=True), None)
        return self._apart(call, contact, told=(), ends=False)

    async def over(self, fields: Fields, asked: Asked) -> str:
        """They have left, or the caller has; else the conference ended too early for them.

        As with a person's leaving, where Twilio did not hear that it was to leave it open.
        """
        call = await self._operators.call(asked.call_id)
        contact, leg = self._who(fields)
        has_hung_up = fields.get("CallStatus", "").lower() == "completed"
        if has_hung_up or not await self._is_on_the_line(call):
            await self._transfers.left(call.id, leg.sid)
            return HANG_UP
        if call.hand_off is not None and call.hand_off.attempt == asked.attempt:
            brought = await self._transfers.bring_again(call, leg, asked.attempt)
            if brought is not None:
                return self._beside_caller(brought, contact)
        return await self.enter(fields, asked)

    async def _is_on_the_line(self, call: Call) -> bool:
        """Whether the caller is: of their end the line is told no sooner than of the conference's.

        Where Twilio does not say, they are brought to whoever has them if they can be.
        """
        if call.ended_at is not None:
            return False
        try:
            return await self._transfers.calls.is_live(call.connection_id)
        except ChannelFault as fault:
            log.error("caller_not_looked_for", call_id=call.id, reason=fault.reason)
            return True

    async def status(self, fields: Fields, asked: Asked) -> None:
        """How far the call to them is; only that it is over changes anything."""
        if fields.get("CallStatus", "").lower() == "completed":
            await self._transfers.left(asked.call_id, fields.get("CallSid", ""))

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

    def _who(self, fields: Fields) -> tuple[Contact, Leg]:
        contact = self.contact or self._desk
        return contact, Leg(fields.get("CallSid", ""), contact.name, contact.id, contact.roles[0])

    def _beside_caller(self, call: Call, contact: Contact) -> str:
        """They alone have the caller."""
        over = self._transfers.addresses.of(Step.ADDED_OVER, call)
        return self._into_conference(call, contact, told=(), over=over)

    def _into_conference(
        self,
        call: Call,
        contact: Contact,
        *,
        told: Sequence[str] | None = None,
        over: str | None = None,
        ends: bool = True,
    ) -> str:
        """told: the brief when not given. over: for whoever is asked when not given."""
        of = self._transfers.addresses.of
        return person_enters(
            self._voice(contact),
            self._brief(call, contact) if told is None else told,
            room_of(call),
            over=over or of(Step.OVER, call),
            events=of(Step.CONFERENCE, call),
            ends=ends,
        )

    def _apart(
        self, call: Call, contact: Contact, *, ends: bool, told: Sequence[str] | None = None
    ) -> str:
        """A conference without the caller: who comes and goes there changes nothing for them."""
        sentences = self._brief(call, contact) if told is None else told
        return person_enters(self._voice(contact), sentences, f"{call.id}-services", ends=ends)

    def fallback(self) -> str:
        """Return the answer for when anything fails: they get the control room's telephone.

        Rendered at start, so that nothing can fail when it is needed.
        """
        contact = self.contact or self._desk
        words = words_in(language_of(self._transfers.site, contact))
        number = self._desk.number
        said = words.not_connected.format(number=spoken_number(number))
        return put_through(self._voice(contact), said, number, self._transfers.calls.number)

    @property
    def _desk(self) -> Contact:
        return self._transfers.site.contact(self._transfers.site.control_room)

    def _voice(self, contact: Contact) -> Voice:
        site = self._transfers.site
        return site.voices[language_of(site, contact)]

    def _brief(self, call: Call, contact: Contact) -> list[str]:
        transfers = self._transfers
        language = language_of(transfers.site, contact)
        return brief_for_services(
            transfers.site, transfers.library, call, language, transfers.clock()
        )
