"""What happens between callers, people who are rung and their conferences, until all is quiet.

A REST request only notes what is to happen; here it happens, in Twilio's order.
"""

from collections.abc import Mapping

from aurora.rehearsal.conferences import Conference, Participant
from aurora.rehearsal.heard import Heard
from aurora.rehearsal.rung_phones import Callback, RungPhones
from aurora.rehearsal.twilio_caller import TwilioCaller
from aurora.rehearsal.twilio_resources import RungCall
from aurora.rehearsal.twilio_rest_server import TwilioRestServer
from aurora.rehearsal.twiml_document import read_twiml

MOST_ROUNDS = 50
"""A line that always has something more to do is stuck."""


class TelephoneNetwork:
    """One account's calls in both directions."""

    def __init__(self, server: TwilioRestServer, phones: RungPhones) -> None:
        self._server = server
        self._phones = phones
        self._callers: dict[str, TwilioCaller] = {}
        self._updates_done: dict[str, int] = {}
        self.heard: list[Heard] = []
        """What callers heard because somebody else acted, oldest first."""

    def connect(self, caller: TwilioCaller, from_number: str, to_number: str) -> None:
        """Let the REST API know a call that came in."""
        self._callers[caller.call_sid] = caller
        self._server.calls[caller.call_sid] = RungCall(
            self._server.account_sid,
            {"From": from_number, "To": to_number},
            (),
            self._server.clock(),
            status="in-progress",
            sid=caller.call_sid,
            direction="inbound",
        )

    async def settle(self) -> None:
        """Carry out what was asked for and send what Twilio would, until nothing is left."""
        for _ in range(MOST_ROUNDS):
            if not await self._step():
                return
        raise RuntimeError("the line never comes to rest")

    def _end_calls(self) -> None:
        """Let the REST API know which callers have hung up."""
        for sid, caller in self._callers.items():
            if caller.is_over:
                self._server.calls[sid].status = "completed"

    async def _step(self) -> bool:
        self._end_calls()
        return (
            await self._carry_out_updates()
            or await self._fetch_announcements()
            or await self._go_on_after_conferences()
            or await self._send_callbacks()
        )

    async def _carry_out_updates(self) -> bool:
        for sid, call in list(self._server.calls.items()):
            done = self._updates_done.get(sid, 0)
            if done < len(call.updates):
                self._updates_done[sid] = done + 1
                await self._carry_out(call, call.updates[done])
                return True
        return False

    async def _carry_out(self, call: RungCall, update: Mapping[str, str]) -> None:
        caller = self._callers.get(call.sid)
        if update.get("Status") == "completed":
            self._phones.hang_up(call)
        elif caller is not None and not caller.is_over:
            left = self._server.conferences.left
            left[:] = [sid for sid in left if sid != call.sid]  # it goes on elsewhere
            self.heard.append(await caller.redirect(update))

    async def _fetch_announcements(self) -> bool:
        for conference in self._server.conferences.all:
            for who in conference.participants.values():
                if who.urls_due:
                    await self._announce(conference, who, who.urls_due.pop(0))
                    return True
        return False

    async def _announce(self, conference: Conference, who: Participant, url: str) -> None:
        form = [("CallSid", who.call_sid), ("ConferenceSid", conference.sid)]
        response = await self._phones.send(url, form)
        who.heard += [verb.text for verb in read_twiml(response.content) if verb.name == "Say"]

    async def _go_on_after_conferences(self) -> bool:
        if not self._server.conferences.left:
            return False
        sid = self._server.conferences.left.pop(0)
        if sid in self._callers and not self._callers[sid].is_over:
            self.heard.append(await self._callers[sid].conference_over())
        elif sid in self._phones.on_the_phone and not self._server.calls[sid].is_over:
            await self._phones.conference_over(self._phones.on_the_phone[sid])
        return True

    async def _send_callbacks(self) -> bool:
        told, self._server.conferences.callbacks = self._server.conferences.callbacks, []
        self._phones.waiting += [Callback(url, form) for url, form in told]
        return bool(await self._phones.deliver())
