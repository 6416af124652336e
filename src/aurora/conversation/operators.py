"""What people besides the caller do to a live call; each act is on its record before it counts."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from functools import partial

import structlog

from aurora.accounts.acts import Act, check_seen
from aurora.conversation import handing_off, joining, operators_words
from aurora.conversation.call import Call, OperatorsWords
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.exchange import Render
from aurora.conversation.hand_off import Leg, Stage, Way
from aurora.conversation.operator import Change, set_urgency
from aurora.conversation.overheard import overhear
from aurora.conversation.record import Event
from aurora.conversation.speaker import UNSPOKEN, Speaker
from aurora.conversation.switchboard import Switchboard
from aurora.conversation.turn import Turn
from aurora.errors import HandOffTaken, RecordsError
from aurora.levels import Urgency

log = structlog.get_logger()

MAX_WORDS_CHARS = 400
"""Of one thing an operator types: longer than that nobody takes in on a telephone."""
NEWEST_WITHIN_S = 1.5
"""Somebody is on the telephone meanwhile, and what is known here is mostly the newest."""


def render_nothing(turn: Turn) -> str:
    """For a turn that the line speaks by itself, or fetches later."""
    return ""


class Operators:
    """Every method raises UnknownCall, and RecordsError when nothing could be stored."""

    def __init__(self, switchboard: Switchboard) -> None:
        self.switchboard = switchboard
        self._dialogue = switchboard.dialogue

    async def call(self, name: str) -> Call:
        return await self.switchboard.call(name)

    async def newest(self, name: str) -> Call:
        """Return a call as it is on the record; while that cannot be read, as it is known here."""
        try:
            async with asyncio.timeout(NEWEST_WITHIN_S):
                return await self.switchboard.renew(name)
        except (RecordsError, TimeoutError) as error:
            log.warning("call_not_renewed", call=name, error=str(error) or "not in time")
            return await self.call(name)

    async def set_urgency(
        self, name: str, urgency: Urgency, by: str, reason: str, seen: int | None = None
    ) -> Call:
        """Let a named operator set a call's urgency, the only way that it falls."""

        def change(dialogue: Dialogue, call: Call, now: datetime) -> list[Event]:
            return set_urgency(dialogue, call, urgency, by, reason, now)

        return await self.act(name, urgency.value, by, change, seen)

    async def act(
        self, name: str, what: str | None, by: str, change: Change, seen: int | None = None
    ) -> Call:
        """Let a named operator change a call.

        what: a short word for those whom it overtakes; None overtakes nobody, as a note. seen: how
        many acts the operator's page showed. Raises Overtaken when another operator was first, and
        NotPossible.
        """

        def acted(call: Call, now: datetime) -> list[Event]:
            check_seen(call.acts, seen)
            events = change(self._dialogue, call, now)
            if events and what is not None:
                call.acts.append(Act(what, by, now))
            return events

        return await self.switchboard.change(name, acted)

    # Words.

    async def type(self, name: str, text: str, by: str, *, is_aurora: bool = False) -> Call:
        """Keep words for the caller: the operator's own, or a question for Aurora to ask."""

        def change(call: Call, now: datetime) -> list[Event]:
            return operators_words.keep(call, OperatorsWords(text, by, now, is_aurora))

        return await self.switchboard.change(name, change)

    async def say_kept(
        self, name: str, render: Render, key: str | None = None, speaker: Speaker = UNSPOKEN
    ) -> str:
        """Take a turn that says what is kept."""
        act = partial(operators_words.say_them, self._dialogue)
        return await self.switchboard.take(name, act, render, key, speaker)

    async def overhear(
        self,
        name: str,
        words: str,
        render: Render,
        key: str | None = None,
        speaker: Speaker = UNSPOKEN,
    ) -> str:
        """Take what the caller says to the person who joined."""

        def act(call: Call, now: datetime) -> Turn:
            return overhear(self._dialogue, call, words, now)

        return await self.switchboard.take(name, act, render, key, speaker)

    # People.

    async def request(
        self, name: str, by: str, *, contacts: Sequence[str] = (), reason: str = ""
    ) -> Call:
        """Put a call in the queue for a human."""

        def change(call: Call, now: datetime) -> list[Event]:
            return handing_off.request(call, by, now, contacts=contacts, reason=reason)

        return await self.switchboard.change(name, change)

    async def brief(
        self,
        name: str,
        person: str,
        way: Way,
        *,
        contact_id: str | None = None,
        role: str | None = None,
    ) -> Call:
        """Begin to tell one person; raises HandOffTaken."""

        def change(call: Call, now: datetime) -> list[Event]:
            return handing_off.brief(call, person, way, now, contact_id=contact_id, role=role)

        return await self.switchboard.change(name, change)

    async def note_leg(self, name: str, attempt: int, leg: str) -> Call:
        """Keep the provider's id of the telephone call to whoever is asked."""

        def change(call: Call, now: datetime) -> list[Event]:
            if call.hand_off is None or call.hand_off.attempt != attempt:
                return []
            # Who pressed a key before this was known may have left to others since.
            call.hand_off.leg = call.hand_off.leg or leg
            return [Event("hand_off_rung", now, {"attempt": attempt, "leg": leg})]

        return await self.switchboard.change(name, change)

    async def pass_on(self, name: str, reason: str, *, attempt: int | None = None) -> Call:
        """Whoever is asked does not come; an attempt that is over already changes nothing."""

        def change(call: Call, now: datetime) -> list[Event]:
            is_theirs = call.hand_off is not None and attempt in (None, call.hand_off.attempt)
            return handing_off.pass_on(call, reason, now) if is_theirs else []

        return await self.switchboard.change(name, change)

    async def pass_on_forgotten(self, calls: Sequence[Call], now: datetime) -> None:
        """Put callers back into the queue whom an operator took and has not joined."""
        for call in calls:
            if handing_off.is_forgotten(call, now) and call.hand_off is not None:
                await self.pass_on(call.id, "not_in_time", attempt=call.hand_off.attempt)

    async def put_through(self, name: str, contact_id: str, by: str) -> Call:
        """Put a caller through without a brief; raises HandOffTaken while somebody is there."""

        def change(call: Call, now: datetime) -> list[Event]:
            hand_off = call.hand_off
            if hand_off is not None and hand_off.stage is Stage.JOINED:
                raise HandOffTaken(hand_off.person or "", hand_off.stage.value)
            return handing_off.put_through(call, contact_id, by, now)

        return await self.switchboard.change(name, change)

    async def close(self, name: str, reason: str) -> Call:
        """Take a call out of the queue."""

        def change(call: Call, now: datetime) -> list[Event]:
            return handing_off.close(call, reason, now)

        return await self.switchboard.change(name, change)

    async def join(
        self,
        name: str,
        person: str,
        way: Way,
        *,
        contact_id: str | None = None,
        attempt: int | None = None,
        leg: str | None = None,
        role: str | None = None,
    ) -> Call:
        """A person speaks with the caller from here on; raises HandOffTaken.

        attempt: the one in which they were asked; when it is over they come too late. leg: the
        telephone call by which they join.
        """

        def change(call: Call, now: datetime) -> list[Event]:
            hand_off = call.hand_off
            if attempt is not None and (hand_off is None or hand_off.attempt != attempt):
                raise HandOffTaken("somebody else", "later")
            if attempt is not None and hand_off is not None and not hand_off.is_open:
                raise HandOffTaken("nobody", hand_off.stage.value)
            return handing_off.join(
                call, person, way, now, contact_id=contact_id, leg=leg, role=role
            )

        return await self.switchboard.change(name, change)

    async def add(self, name: str, leg: Leg) -> Call:
        """Somebody comes into the conference as well."""

        def change(call: Call, now: datetime) -> list[Event]:
            return handing_off.add(call, leg, now)

        return await self.switchboard.amend(name, change)

    async def regroup(self, name: str, leg: Leg, attempt: int) -> Call:
        """Somebody whose conference ended too early has the caller anew; raises HandOffTaken."""

        def change(call: Call, now: datetime) -> list[Event]:
            return handing_off.regroup(call, leg, attempt, now)

        return await self.switchboard.change(name, change)

    async def leave(self, name: str, sid: str) -> Call:
        """One of several people has left the conference, by the id of the call to them."""

        def change(call: Call, now: datetime) -> list[Event]:
            return handing_off.leave(call, sid, now)

        return await self.switchboard.amend(name, change)

    async def announce(
        self, name: str, render: Render, key: str | None = None, speaker: Speaker = UNSPOKEN
    ) -> str:
        """Tell the caller who joins, once they have."""
        act = partial(joining.announce, self._dialogue)
        return await self.switchboard.take(name, act, render, key, speaker)

    async def slip_back(self, name: str, reason: str) -> Call:
        """The person is gone before the caller heard of them: Aurora has never been away."""

        def change(call: Call, now: datetime) -> list[Event]:
            return handing_off.drop_back(call, reason, now)

        return await self.switchboard.change(name, change)

    async def drop_back(
        self,
        name: str,
        reason: str,
        render: Render,
        key: str | None = None,
        speaker: Speaker = UNSPOKEN,
    ) -> str:
        """The person is gone, and Aurora speaks again."""

        def act(call: Call, now: datetime) -> Turn:
            return joining.drop_back(self._dialogue, call, reason, now)

        return await self.switchboard.take(name, act, render, key, speaker)

    async def nobody_comes(self, name: str) -> Call:
        """Everybody was asked: the caller is told with the next turn."""

        def change(call: Call, now: datetime) -> list[Event]:
            events = handing_off.close(call, "nobody_reached", now)
            if events:
                call.phrases_due.append("human_unreachable")
            return events

        return await self.switchboard.change(name, change)
