"""What Twilio asks about a caller who is brought to a person, waits, or comes back to Aurora."""

from collections.abc import Callable

import structlog

from aurora.conversation.call import Call
from aurora.conversation.hand_off import Leg, Stage
from aurora.conversation.handing_off import is_in_conference
from aurora.conversation.operators import Operators
from aurora.conversation.turn import Action, Turn
from aurora.errors import HandOffTaken, RecordsError
from aurora.lines.hand_off import twiml
from aurora.lines.hand_off.addresses import Asked, Step, room_of
from aurora.lines.hand_off.fetching import is_joined
from aurora.lines.hand_off.transfers import Transfers, is_rung_for
from aurora.lines.twilio_webhooks import Fields
from aurora.lines.twiml import HANG_UP
from aurora.site.model import Voice

log = structlog.get_logger()

Speak = Callable[[Turn], str]
"""A turn as the telephone line speaks it, and goes on to listen."""


class CallersCall:
    """Answers with what the caller hears next."""

    def __init__(self, transfers: Transfers, operators: Operators, speak: Speak) -> None:
        self._transfers = transfers
        self._operators = operators
        self._speak = speak

    async def enter(self, fields: Fields, asked: Asked) -> str:
        """The caller is told who joins, and enters the conference."""
        call = await self._operators.call(asked.call_id)
        if not _has_joined(call, asked):
            return await self.back(fields, asked)
        addresses, voice = self._transfers.addresses, self._voice(call.language)

        def render(turn: Turn) -> str:
            return twiml.caller_enters(
                voice,
                [sentence.text for sentence in turn.sentences],
                room_of(call),
                back=addresses.of(Step.BACK, call),
                wait=addresses.of(Step.WAIT, call),
                events=addresses.of(Step.CONFERENCE, call),
            )

        return await self._operators.announce(call.id, render, f"{call.id}:enter:{asked.attempt}")

    async def wait(self, fields: Fields, asked: Asked) -> str:
        """What a caller hears who waits; it is no turn. Whoever waits for nobody is fetched."""
        return await self._waiting(asked, is_held=False)

    async def held(self, fields: Fields, asked: Asked) -> str:
        """The same on hold."""
        return await self._waiting(asked, is_held=True)

    async def _waiting(self, asked: Asked, *, is_held: bool) -> str:
        call = await self._operators.call(asked.call_id)
        self._transfers.fetching.look_after(self._operators, call, asked.attempt, is_held=is_held)
        phrases = self._transfers.library.phrases_in(call.language)
        return twiml.waiting(self._voice(call.language), phrases.on_hold)

    async def back(self, fields: Fields, asked: Asked) -> str:
        """The conference is over for the caller: Aurora goes on, unless they have hung up."""
        call = await self._operators.call(asked.call_id)
        if call.ended_at is not None or fields.get("CallStatus", "").lower() == "completed":
            return HANG_UP
        call = await self._regrouped(call, asked)
        hand_off = call.hand_off
        if hand_off is not None and is_in_conference(call) and hand_off.attempt != asked.attempt:
            return await self.enter(fields, Asked(call.id, hand_off.attempt))  # the next has joined
        key = f"{call.id}:back:{asked.attempt}"
        return await self._operators.drop_back(call.id, "person_left", self._speak, key)

    async def _regrouped(self, call: Call, asked: Asked) -> Call:
        """Give a caller to who is still there, where whoever left was to leave it open."""
        hand_off = call.hand_off
        if hand_off is None or not is_joined(call, asked.attempt) or not hand_off.added:
            return call
        try:
            return await self._operators.regroup(call.id, hand_off.added[0], asked.attempt)
        except (HandOffTaken, RecordsError) as error:
            log.warning("not_regrouped", call_id=call.id, error=str(error))
            return await self._operators.call(call.id)

    async def say(self, fields: Fields, asked: Asked) -> str:
        """Say what is kept for the caller, and listen again."""
        return await self._operators.say_kept(asked.call_id, self._speak)

    async def blind(self, fields: Fields, asked: Asked) -> str:
        """Put the caller through without a brief."""

        def render(turn: Turn) -> str:
            turn.action, turn.call.is_hand_off_due = Action.HAND_OFF, False
            return self._speak(turn)

        return await self._operators.say_kept(asked.call_id, render)

    async def conference(self, fields: Fields, asked: Asked) -> None:
        """Who comes and goes; put on the record, out of order as it may come."""
        event = fields.get("StatusCallbackEvent", "")
        who = fields.get("CallSid", "")
        if event in ("participant-join", "participant-leave"):
            details = {"event": event, "leg": who[:64], "attempt": asked.attempt}
            await self._operators.switchboard.note(asked.call_id, "conference", details)
        call = await self._operators.call(asked.call_id)
        if event == "participant-join" and _is_past(call, asked):
            await self._transfers.follow(call, who)
        elif event == "participant-join":
            await self._bring(call, asked, who)
        if event == "participant-leave" and who != call.connection_id and not _is_past(call, asked):
            await self._transfers.left(asked.call_id, who)

    async def _bring(self, call: Call, asked: Asked, who: str) -> None:
        """Bring a caller to whoever is asked by telephone and has entered, but pressed no key."""
        hand_off = call.hand_off
        if hand_off is None or not is_rung_for(call) or not hand_off.person:
            return
        # Whoever is not the caller is the person, where their call's id is still on its way here.
        if who == hand_off.leg or (hand_off.leg is None and who != call.connection_id):
            leg = Leg(who, hand_off.person, hand_off.contact_id, hand_off.role)
            await self._transfers.bring(call, leg, asked.attempt)

    def _voice(self, language: str) -> Voice:
        voices: dict[str, Voice] = {str(code): v for code, v in self._transfers.site.voices.items()}
        return voices.get(language) or next(iter(voices.values()))


def _is_past(call: Call, asked: Asked) -> bool:
    """Whether it is about the conference of an earlier attempt than the caller's present one."""
    return call.hand_off is not None and call.hand_off.attempt != asked.attempt


def _has_joined(call: Call, asked: Asked) -> bool:
    hand_off = call.hand_off
    is_there = hand_off is not None and hand_off.stage is Stage.JOINED
    return is_there and hand_off is not None and hand_off.attempt == asked.attempt
