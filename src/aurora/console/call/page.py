"""The parts of a call's page, rendered from the record and from what is watched of it."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress

import orjson
import structlog

from aurora.console.board.board import Board, milliseconds
from aurora.console.board.cards import IncidentCard, incident_card
from aurora.console.board.layout import Place, Shelf, incident_key
from aurora.console.board.seen import SeenCall
from aurora.console.board.stream import BEAT_S, RETRY_MS, event
from aurora.console.call.story import incident_of, story_of
from aurora.console.frame import Frame
from aurora.console.words import words_in
from aurora.conversation.call import Call
from aurora.conversation.record import Event, Records
from aurora.errors import RecordsError
from aurora.escalation.answer_desk import IncidentAnswers
from aurora.site.model import Language

log = structlog.get_logger()

PARTS = ("head", "transcript", "side")
AT_MOST_EVERY_S = 0.15


class CallPage:
    """Every call's page."""

    def __init__(
        self, board: Board, records: Records, answers: IncidentAnswers, frame: Frame
    ) -> None:
        self._board = board
        self._records = records
        self._answers = answers
        self._frame = frame

    async def parts(self, call: Call, language: Language) -> dict[str, str]:
        """Return the parts of a call's page as HTML, by name; raises RecordsError."""
        messages = await self._records.messages(call.id)
        events = await self._records.events(call.id)
        naming = self._board.naming(language)
        seen = self._seen(call)
        values = {
            "call": call,
            "partial": seen.heard if seen is not None and not seen.is_final else "",
            "story": story_of(messages, events, words_in(language).gettext, naming),
            "zone": naming.zone(call.place.zone_id),
            "zone_heard": naming.zone(call.place.unconfirmed_zone_id),
            "matter": naming.matter(call),
            "procedure": naming.procedure(call),
            "step": naming.step(call),
            "facts": naming.facts(call.facts),
            "card": await self._card(call, events, language),
        }
        render = self._frame.render
        return {name: render(language, f"call/{name}.html", **values) for name in PARTS}

    async def _card(
        self, call: Call, events: list[Event], language: Language
    ) -> IncidentCard | None:
        incident = self._board.watch.incident_of(call.id)
        if incident is None and (name := incident_of(events)) is not None:
            incident = await self._answers.incident(name)
        if incident is None:
            return None
        place = Place(incident_key(incident.id), Shelf.LIVE, "")
        calls = self._board.watch.calls
        still = [one for one in incident.calls if one in calls and not calls[one].call.ended_at]
        naming, now = self._board.naming(language), self._board.clock()
        return incident_card(incident, place, naming, now, open_calls=len(still))

    async def follow(self, call: Call, language: Language) -> AsyncGenerator[bytes]:
        """Yield words as they are recognised, parts that changed, and beats.

        While the record cannot be read it is "behind": a beat would say that the page is current.
        """
        yield b"retry: %d\n\n" % RETRY_MS
        shown: Mapping[str, str] = {}
        heard: tuple[str, bool] | None = None
        with self._board.watch.following(call.id) as news:
            news.set()
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(BEAT_S):
                        await news.wait()
                if not news.is_set():
                    yield event(b"beat", self._now())
                    continue
                news.clear()
                if (now_heard := _heard(self._seen(call))) != heard and now_heard is not None:
                    heard = now_heard
                    yield event(b"words", orjson.dumps(heard))
                try:
                    parts = await self._newest_parts(call, language)
                except RecordsError as error:
                    log.error("call_page_not_read", call_id=call.id, error=str(error))
                    yield event(b"behind", self._now())
                    news.set()
                    await asyncio.sleep(BEAT_S)
                    continue
                put = {name: html for name, html in parts.items() if shown.get(name) != html}
                shown = parts
                yield self._put(put) if put else event(b"beat", self._now())
                await asyncio.sleep(AT_MOST_EVERY_S)

    def _put(self, parts: Mapping[str, str]) -> bytes:
        at = milliseconds(self._board.clock())
        return event(b"parts", orjson.dumps({"at": at, "put": parts}))

    def _now(self) -> bytes:
        return b"%d" % milliseconds(self._board.clock())

    def _seen(self, call: Call) -> SeenCall | None:
        return self._board.watch.calls.get(call.id)

    async def _newest_parts(self, call: Call, language: Language) -> dict[str, str]:
        seen = self._seen(call)
        current = seen.call if seen else await self._records.find(call.id) or call
        return await self.parts(current, language)


def _heard(seen: SeenCall | None) -> tuple[str, bool] | None:
    return (seen.heard, seen.is_final) if seen is not None else None
