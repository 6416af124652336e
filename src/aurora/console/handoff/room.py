"""What an operator does with a caller from the console: listen, speak, type, take over, let go."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from aurora.accounts.person import Person
from aurora.console.handoff.ear import OperatorsEar
from aurora.console.handoff.view import Panel, panel_of
from aurora.console.words import _
from aurora.conversation.call import Call
from aurora.conversation.hand_off import Stage, Way
from aurora.conversation.operators import Operators, render_nothing
from aurora.conversation.whisper import Whispers
from aurora.lines.elsewhere.far import FarCalls
from aurora.lines.hand_off.fetching import TELEPHONE_LINES
from aurora.lines.hand_off.services import EmergencyServices
from aurora.lines.hand_off.transfers import Transfers
from aurora.lines.open_lines import OpenLines
from aurora.lines.problems import Problem, unprocessable
from aurora.site.model import Contact, Site


class HandOffRoom:
    """All operators of this machine."""

    def __init__(
        self,
        operators: Operators,
        open_lines: OpenLines,
        whispers: Whispers,
        transfers: Transfers | None,
        clock: Callable[[], datetime],
        far: FarCalls,
        site: Callable[[], Site],
    ) -> None:
        """transfers: None without a telephone account. far: calls that other machines hold.

        site: with the contacts of now.
        """
        self.operators = operators
        self._whispers = whispers
        self._site_of_now = site
        self._clock = clock
        self._open_lines = open_lines
        self.far = far
        self._transfers = transfers
        self._services = EmergencyServices(transfers, operators) if transfers else None
        self._ears: dict[str, OperatorsEar] = {}

    @property
    def _site(self) -> Site:
        return self._site_of_now()

    @contextmanager
    def listening(self, ear_id: str, ear: OperatorsEar) -> Iterator[None]:
        """Know an ear by the id that its page chose, while it is open."""
        self._ears[ear_id] = ear
        try:
            yield
        finally:
            if self._ears.get(ear_id) is ear:
                del self._ears[ear_id]

    async def type(self, name: str, text: str, by: str, *, is_aurora: bool = False) -> bool:
        """Have words said to the caller; True when the line says them at once.

        Else they are said with the next turn; they are on the record either way.
        """
        call = await self.operators.type(name, text, by, is_aurora=is_aurora)
        if self._open_lines.nudge(call.id) or self.far.nudge(call.id):
            return True
        return self._transfers is not None and self._transfers.push(call)

    async def whisper(self, name: str, text: str, by: str) -> tuple[str, bool]:
        """Have Aurora ask something; return the question, and whether it is asked at once.

        Raises WhisperRefused.
        """
        question = self._whispers.question(await self.operators.call(name), text, self._clock())
        return question, await self.type(name, question, by, is_aurora=True)

    def people(self, call: Call) -> list[Contact]:
        """Return who may be asked to speak with a caller; in a drill nobody outside."""
        return [
            one
            for one in self._site.contacts
            if one.phone is not None and not (call.is_drill and one.is_outside)
        ]

    async def panel(self, name: str, person: Person) -> Panel:
        """Return what one person sees of a call's hand-off; raises UnknownCall."""
        call = await self._newest(name)
        held = self.far.holder(call.id)
        return panel_of(
            call,
            person,
            has_sound=self._open_lines.bridge(call.id).has_caller
            or (held is not None and held.has_sound),
            held_by=held.label if held else None,
            can_ring=self.can_ring(call),
            questions=self._whispers.approved(call),
            people=self.people(call),
            services=self._services.contact if self._services else None,
            emergency_number=self._site.emergency_number,
        )

    async def _newest(self, name: str) -> Call:
        """Return a call; one that another machine holds as it is on the record."""
        call = await self.operators.call(name)
        if self.far.holder(call.id) is not None:
            call = await self.operators.switchboard.renew(call.id)
        return call

    def can_ring(self, call: Call) -> bool:
        """Whether a person can be brought to this caller by telephone."""
        return self._transfers is not None and call.line in TELEPHONE_LINES

    async def hand_off(self, name: str, by: str, contact_id: str | None) -> tuple[Call, bool]:
        """Ask for a human, one chosen or whoever is next; return whether anybody is rung.

        Where nobody can be rung the call stands in the queue. Raises Problem.
        """
        call = await self.operators.newest(name)
        if call.hand_off is not None and call.hand_off.is_open:
            raise Problem(
                409, "It is under way", "A person is asked for already: release it first."
            )
        contacts = [self._contact(call, contact_id).id] if contact_id else []
        call = await self.operators.request(call.id, by, contacts=contacts)
        return call, self.can_ring(call)

    async def put_through(self, name: str, by: str, contact_id: str) -> Call:
        """Put a caller on the telephone through, with no brief; raises Problem, HandOffTaken."""
        call = await self.operators.newest(name)
        transfers = self._on_telephone(call)
        contact = self._contact(call, contact_id)
        call = await self.operators.put_through(call.id, contact.id, by)
        await transfers.put_through(call)
        return call

    async def take(self, name: str, by: str) -> Call:
        """Take a waiting call: nobody else is asked for it; raises HandOffTaken."""
        return await self.operators.brief(name, by, Way.CONSOLE)

    async def hold(self, name: str, by: str, *, is_on: bool) -> Call:
        """Let a caller in a conference wait with Aurora's words, or end that; raises Problem."""
        call = await self.operators.newest(name)
        if not await self._on_telephone(call).hold(call, is_on=is_on):
            raise Problem(409, "Nobody has joined", "Only a caller in a conference can be held.")
        await self.operators.switchboard.note(call.id, "held", {"by": by, "is_on": is_on})
        return call

    async def listen_by_telephone(
        self, name: str, by: str, contact_id: str, *, is_coaching: bool
    ) -> Call:
        """Ring somebody who hears the conference, or is heard in it by the person alone."""
        call = await self.operators.newest(name)
        contact = self._contact(call, contact_id)
        if not await self._on_telephone(call).listen_in(call, contact, is_coaching=is_coaching):
            raise Problem(409, "Nobody has joined", "There is no conference to listen to yet.")
        details = {"by": by, "contact": contact.id, "is_coaching": is_coaching}
        await self.operators.switchboard.note(call.id, "listened_to", details)
        return call

    async def dial_emergency_services(self, name: str, by: str) -> str:
        """Return with whom they will speak; raises Problem, HandOffTaken, ChannelFault."""
        call = await self.operators.newest(name)
        number = self._site.emergency_number
        if call.is_drill:
            raise Problem(409, "A drill", "No public service is dialled in a drill.")
        if self._services is None or self._services.contact is None:
            detail = _(
                "Dial %(number)s yourself. To let Aurora dial, name a contact as emergency_line."
            )
            raise Problem(409, "No line to them", detail, number=number)
        return await self._services.dial(call, by)

    def _on_telephone(self, call: Call) -> Transfers:
        if self._transfers is None or not self.can_ring(call):
            raise Problem(
                409, "Not on a telephone", "This caller cannot be brought to a telephone."
            )
        return self._transfers

    def _contact(self, call: Call, contact_id: str) -> Contact:
        found = next((one for one in self.people(call) if one.id == contact_id), None)
        if found is None:
            known = ", ".join(one.id for one in self.people(call))
            detail = _("No such person can be rung; choose one of these: %(known)s.")
            raise unprocessable(detail, "contact", known=known)
        return found

    async def take_over(self, name: str, ear_id: str, by: str) -> Call:
        """Let an operator who listens speak in Aurora's place; raises Problem, HandOffTaken."""
        call = await self.operators.call(name)
        ear = self._ears.get(ear_id)
        if ear is None or (ear.call_id, ear.person) != (call.id, by):
            detail = _("Listen to the call first, on this page: your sound is not open.")
            raise Problem(409, "Not listening", detail, "ear")
        if not ear.has_microphone:
            raise Problem(409, "No microphone", "Allow the microphone: nothing is heard of it.")
        await ear.take_over()
        return await self.operators.call(name)

    async def release(self, name: str, by: str) -> Call:
        """Give a caller back to Aurora, or back into the queue; the act of whoever has them."""
        call = await self.operators.newest(name)
        hand_off = call.hand_off
        if hand_off is None or not hand_off.is_open:
            raise Problem(409, "Nobody has joined", "Aurora has this caller already.")
        if hand_off.way is Way.CONSOLE and hand_off.person != by:
            detail = _("%(person)s has this caller; only they give them back.")
            raise Problem(409, "Somebody else's", detail, person=hand_off.person)
        if hand_off.way is Way.PHONE and self._transfers is not None:
            await self._transfers.let_go(call, f"released by {by}")
        elif hand_off.stage is Stage.JOINED:
            bridge = self._open_lines.bridge(call.id)
            if bridge.person is not None:
                await bridge.drop_back(f"released by {by}")
            else:
                await self.operators.drop_back(name, f"released by {by}", render_nothing)
        elif hand_off.stage is Stage.BRIEFING:
            await self.operators.pass_on(name, f"released by {by}")
        else:
            await self.operators.close(name, f"closed by {by}")
        return await self._newest(name)
