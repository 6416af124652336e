"""Ring people for a caller on the telephone, one after another, until one of them joins.

Aurora stays with the caller meanwhile. How far each attempt is stands on the call's record, so that
whichever machine Twilio asks knows it, and a restart goes on where it was.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from aurora.conversation.call import Call
from aurora.conversation.hand_off import HandOff, Leg, Stage, Way
from aurora.conversation.handing_off import has_person, is_in_conference, legs
from aurora.conversation.observer import Observer
from aurora.conversation.operators import Operators
from aurora.errors import ChannelFault, HandOffTaken, RecordsError, UnknownCall
from aurora.escalation.channels.twilio_calls import TwilioCalls
from aurora.escalation.channels.twilio_rest import Placed
from aurora.guidance.library import Library
from aurora.lines.hand_off.addresses import Addresses, Step, room_of
from aurora.lines.hand_off.briefing import brief_of
from aurora.lines.hand_off.ending import Ending
from aurora.lines.hand_off.fetching import TELEPHONE_LINES, Fetching, is_joined
from aurora.lines.hand_off.people import next_person
from aurora.lines.hand_off.twiml import brief
from aurora.lines.hand_off.words import words_in
from aurora.lines.open_lines import OpenLines
from aurora.site.model import Contact, Language, Site

log = structlog.get_logger()

RING_S = 20
"""Most voicemails pick up after that."""
RUNG_WITHIN_S = 8.0
"""For Twilio to take the call on."""
ANSWERED_WITHIN = timedelta(seconds=150)
"""For somebody to pick up, hear the longest brief twice and press a key. Whoever does not pick up,
declines or hangs up costs none of it: the next is asked at once."""
LOOK_EVERY_S = 1.0


class Rings(Protocol):
    """What of the telephone account is used to ring somebody."""

    async def place_call(
        self,
        to: str,
        twiml: str,
        *,
        ring_s: int,
        status_callback: str | None,
        machine_callback: str | None,
        within_s: float,
    ) -> Placed: ...


class Transfers(Observer):
    """All hand-offs by telephone that this machine drives; an observer of the switchboard."""

    def __init__(
        self,
        site: Site,
        library: Library,
        rings: Rings,
        calls: TwilioCalls,
        addresses: Addresses,
        clock: Callable[[], datetime],
    ) -> None:
        self.site = site
        self.library = library
        self.calls = calls
        self.addresses = addresses
        self.clock = clock
        self.rings = rings
        self.fetching = Fetching(calls, addresses, clock)
        self.ending = Ending(calls)
        self._operators: Operators | None = None
        self._open_lines = OpenLines()
        self._driven: dict[str, asyncio.Task[None]] = {}
        self._changed: dict[str, asyncio.Event] = {}
        self._beside: set[asyncio.Task[None]] = set()

    def start(
        self, operators: Operators, open_lines: OpenLines, open_calls: Iterable[Call] = ()
    ) -> None:
        """Begin; hand-offs that were under way before a restart go on."""
        self._operators, self._open_lines = operators, open_lines
        for call in open_calls:
            self.call_changed(call)

    @property
    def operators(self) -> Operators:
        assert self._operators is not None, "not started"  # noqa: S101 - wired before any call
        return self._operators

    def take_site(self, site: Site) -> None:
        """Ring these people from here on, by these numbers and rosters."""
        self.site = site

    async def close(self) -> None:
        tasks = [*self._driven.values(), *self._beside]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.fetching.close()

    @property
    def is_at_work(self) -> bool:
        """Whether anything is done beside what anybody waits for."""
        return bool(self._beside) or self.fetching.is_at_work

    # The switchboard's observer.

    def call_changed(self, call: Call) -> None:
        if (changed := self._changed.get(call.id)) is not None:
            changed.set()
        if self._operators is not None and is_rung_for(call) and call.id not in self._driven:
            self._changed[call.id] = asyncio.Event()
            task = self._driven[call.id] = asyncio.create_task(self._drive(call.id))
            task.add_done_callback(lambda _: self._forget(call.id))

    def _forget(self, call_id: str) -> None:
        self._driven.pop(call_id, None)
        self._changed.pop(call_id, None)

    # What the console asks for.

    def push(self, call: Call) -> bool:
        """Have a caller on the telephone hear at once what is kept for them; False when not now."""
        sid = call.connection_id
        # Somebody in a conference stays there: what is kept is said when they are back.
        if call.provider_id is None or call.line not in TELEPHONE_LINES or has_person(call):
            return False
        self._beside_it(self._move(sid, self.addresses.of(Step.SAY, call)))
        return True

    async def hold(self, call: Call, *, is_on: bool) -> bool:
        """Let a caller in the conference wait, or end that; False without one."""
        held = self.addresses.of(Step.HELD, call) if is_on else None
        return await self.calls.hold(room_of(call), call.connection_id, held)

    async def listen_in(self, call: Call, contact: Contact, *, is_coaching: bool) -> bool:
        """Ring somebody into the conference, unheard, or heard by the person alone."""
        hand_off = call.hand_off
        if hand_off is None or hand_off.stage is not Stage.JOINED or not hand_off.leg:
            return False
        coaches = hand_off.leg if is_coaching else None
        return await self.calls.add(room_of(call), contact.number, coaches=coaches)

    async def let_go(self, call: Call, reason: str) -> None:
        """End the call to whoever is asked or has joined; Aurora comes back."""
        hand_off = call.hand_off
        if hand_off is None:
            return
        if hand_off.stage is Stage.BRIEFING:
            await self.operators.pass_on(call.id, reason, attempt=hand_off.attempt)
            await self.operators.close(call.id, reason)
        for leg in legs(hand_off):
            # The conference ends with them, and the caller's own TwiML leads back to Aurora.
            await self._hang_up(leg)

    async def put_through(self, call: Call) -> None:
        """Put a caller through without a brief, as an operator chose; raises ChannelFault."""
        await self.calls.move(call.connection_id, self.addresses.of(Step.BLIND, call))

    def speak(self, call: Call) -> None:
        """Have the line say at once what is kept, by whichever way it can."""
        if not self._open_lines.nudge(call.id):
            self.push(call)

    # One hand-off.

    async def _drive(self, call_id: str) -> None:
        """Ask one person after another until one joins, or nobody is left."""
        try:
            while is_rung_for(call := await self.operators.call(call_id)):
                hand_off = call.hand_off
                if hand_off is not None and hand_off.stage is Stage.BRIEFING:
                    await self._wait_for(call_id, hand_off)
                elif (person := self._next(call)) is not None:
                    await self._ask(call_id, person)
                else:
                    self.speak(await self.operators.nobody_comes(call_id))
        except (UnknownCall, HandOffTaken):
            return  # it is over, or another machine or an operator has it in hand
        # The edge of a hand-off: whatever broke, the caller is with Aurora and hears the truth.
        except Exception:
            log.exception("hand_off_failed", call_id=call_id)
            try:
                self.speak(await self.operators.nobody_comes(call_id))
            except (RecordsError, UnknownCall) as error:
                log.error("hand_off_not_closed", call_id=call_id, error=str(error))

    def _next(self, call: Call) -> Contact | None:
        return next_person(self.site, call, call.hand_off, self.clock()) if call.hand_off else None

    async def _ask(self, call_id: str, person: Contact) -> None:
        """Note whom, then ring: a crash in between asks the next, and nobody twice."""
        call = await self.operators.brief(
            call_id, person.name, Way.PHONE, contact_id=person.id, role=person.roles[0]
        )
        attempt = call.hand_off.attempt if call.hand_off else 0
        try:
            placed = await self.rings.place_call(
                person.number,
                self.brief(call, person),
                ring_s=RING_S,
                status_callback=self.addresses.of(Step.STATUS, call),
                machine_callback=self.addresses.of(Step.ANSWERED_BY, call),
                within_s=RUNG_WITHIN_S,
            )
        except ChannelFault as fault:
            log.warning("person_not_rung", call_id=call_id, reason=fault.reason)
            await self.operators.pass_on(call_id, fault.reason, attempt=attempt)
            return
        call = await self.operators.note_leg(call_id, attempt, placed.sid)
        if not (_is_attempt(call, attempt) or is_joined(call, attempt)):
            await self._hang_up(placed.sid)  # it was over before Twilio had answered

    def brief(self, call: Call, person: Contact, round_: int = 1) -> str:
        """Return what a person hears when they pick up, as TwiML."""
        language = language_of(self.site, person)
        sentences = brief_of(self.site, self.library, call, language, self.clock())
        key = self.addresses.of(Step.KEY, call, round_)
        return brief(self.site.voices[language], words_in(language), sentences, key)

    async def _wait_for(self, call_id: str, hand_off: HandOff) -> None:
        """Return once an attempt is over, one way or the other."""
        ends_at = hand_off.changed_at + ANSWERED_WITHIN
        changed = self._changed[call_id]
        attempt, leg = hand_off.attempt, hand_off.leg
        while (left_s := (ends_at - self.clock()).total_seconds()) > 0:
            call = await self.operators.newest(call_id)
            if call.hand_off is not None and call.hand_off.attempt == attempt:
                leg = call.hand_off.leg or leg
            if not _is_attempt(call, attempt):
                if leg and not is_joined(call, attempt):
                    await self._hang_up(leg)
                return
            changed.clear()
            try:
                async with asyncio.timeout(min(left_s, LOOK_EVERY_S)):
                    await changed.wait()
            except TimeoutError:
                continue
        call = await self.operators.pass_on(call_id, "not_in_time", attempt=attempt)
        if leg and not is_joined(call, attempt):
            await self._hang_up(leg)

    async def bring(self, call: Call, leg: Leg, attempt: int | None = None) -> Call | None:
        """Bring a caller to somebody who enters without a key: the public services press none.

        None when they stay where they are. attempt: as `Operators.join` has it.
        """
        try:
            call = await self.operators.join(
                call.id,
                leg.person,
                Way.PHONE,
                contact_id=leg.contact_id,
                attempt=attempt,
                leg=leg.sid,
                role=leg.role,
            )
        except HandOffTaken:
            return None
        return await self._brought(call)

    async def bring_again(self, call: Call, leg: Leg, attempt: int) -> Call | None:
        """The same for somebody whose conference, of this attempt, ended before they hung up."""
        try:
            call = await self.operators.regroup(call.id, leg, attempt)
        except HandOffTaken:
            return None
        return await self._brought(call)

    async def _brought(self, call: Call) -> Call | None:
        """Have the caller enter the conference of who has joined; None when they cannot."""
        try:
            is_there = await self.calls.move(
                call.connection_id, self.addresses.of(Step.ENTER, call)
            )
        except ChannelFault as fault:
            log.error("caller_not_moved", call_id=call.id, reason=fault.reason)
            is_there = False
        if not is_there:
            await self.operators.slip_back(call.id, "caller_not_moved")
        return call if is_there else None

    async def follow(self, call: Call, sid: str) -> None:
        """Somebody has the caller, and has entered a conference that the caller has left since."""
        if call.hand_off is not None and is_in_conference(call) and call.hand_off.leg == sid:
            self._beside_it(self._move(sid, self.addresses.of(Step.ADDED, call)))

    async def left(self, call_id: str, sid: str) -> None:
        """Somebody's call is over: whoever else is there keeps the caller, else Aurora has them."""
        before = (await self.operators.call(call_id)).hand_off
        was_there = before is not None and sid in legs(before)  # it is told up to three times
        call = await self.operators.leave(call_id, sid)
        hand_off = call.hand_off
        if hand_off is None or not is_in_conference(call):
            return
        if hand_off.leg in (None, sid):
            self.fetching.fetch_back(self.operators, call_id, hand_off.attempt, sid)
        elif was_there and not hand_off.added:
            self._beside_it(self.ending.rule(self.operators, call, is_alone=True))

    async def keep_open(self, call: Call) -> None:
        """Let whoever has a caller leave the conference without ending it for those added."""
        if not await self.ending.try_once(call, is_alone=False):
            self._beside_it(self.ending.rule(self.operators, call, is_alone=False))

    def _beside_it(self, work: Coroutine[None, None, None]) -> None:
        """Do something that nobody waits for."""
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def _move(self, sid: str, url: str) -> None:
        try:
            await self.calls.move(sid, url)
        except ChannelFault as fault:
            log.error("not_moved", call_sid=sid, reason=fault.reason)

    async def _hang_up(self, sid: str) -> None:
        try:
            await self.calls.hang_up(sid)
        except ChannelFault as fault:
            log.error("person_not_hung_up", call_sid=sid, reason=fault.reason)


def is_rung_for(call: Call) -> bool:
    """Whether somebody is to be rung, or is being rung, for this caller."""
    hand_off = call.hand_off
    is_ours = call.line in TELEPHONE_LINES and call.provider_id is not None
    if not is_ours or call.ended_at is not None or hand_off is None:
        return False
    is_being = hand_off.stage is Stage.BRIEFING and hand_off.way is Way.PHONE
    return hand_off.stage is Stage.REQUESTED or is_being


def language_of(site: Site, person: Contact) -> Language:
    """Return the language somebody is briefed in: theirs, where the site has a voice for it."""
    spoken = [language for language in person.languages if language in site.voices]
    return spoken[0] if spoken else site.languages[0]


def _is_attempt(call: Call, attempt: int) -> bool:
    hand_off = call.hand_off
    return (
        hand_off is not None
        and hand_off.stage is Stage.BRIEFING
        and hand_off.attempt == attempt
        and call.ended_at is None
    )
