"""Show what is watched: render each change once a language, and send it to all consoles."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import orjson
import structlog

from aurora.console.board.cards import CallRow, IncidentCard, call_row, incident_card
from aurora.console.board.layout import (
    Layout,
    Place,
    Shelf,
    call_key,
    incident_key,
    lay_out,
)
from aurora.console.board.naming import Naming
from aurora.console.board.stream import Stream
from aurora.console.board.watch import Watch
from aurora.console.frame import Frame
from aurora.escalation.incident import Incident
from aurora.guidance.library import Library
from aurora.site.model import Language, Site

log = structlog.get_logger()

AT_MOST_EVERY_S = 0.1
"""A call's row, however fast its words come."""
A_READER_S = 0.002
"""Longer between updates for each console: what is sent to fifty takes its time."""

AFTER_ANSWER_S = 0.03
"""A turn without a model is decided and on the disk by then."""

GIVES_WAY_FOR_S = 0.05
"""At most, at each thing that is rendered: callers go first, and words still arrive in time."""

GiveWay = Callable[[float], Awaitable[None]]
"""Waits until no caller does, for so many seconds at most."""

Item = dict[str, Any]
"""One thing on the board: key, within, order, classes, alarm, html."""


class Board:
    """The live board in every language that somebody reads."""

    frame: Frame
    """What renders it; set before the first reader."""

    def __init__(
        self,
        watch: Watch,
        site: Site,
        library: Library,
        clock: Callable[[], datetime],
        give_way: GiveWay,
    ) -> None:
        self.watch = watch
        self._give_way = give_way
        self._site = site
        self._library = library
        self.clock = clock
        self._epoch = secrets.token_hex(4)
        self._streams: dict[Language, Stream] = {}
        self._items: dict[Language, dict[str, Item]] = {}
        """As they were sent last, by key."""
        self._owed: set[tuple[Language, str]] = set()
        """Sent to one reader with the whole board, and not yet to those who had it before."""
        self._unsent: set[str] = set()
        """Ids of what changed and is being rendered for those who follow."""
        self._naming: dict[Language, Naming] = {}
        self._stored: dict[str, Incident] = {}
        self._open_in: Counter[str] = Counter()
        """How many calls are open in each incident's list."""

    @property
    def is_watched(self) -> bool:
        return bool(self._followers) or self.watch.is_followed

    @property
    def drafts(self) -> int:
        """How many procedures nobody has approved."""
        return len(self._library.drafts)

    async def run(self) -> None:
        """Send what changes, as it changes; ends only by being cancelled."""
        watch = self.watch
        while True:
            await watch.news.wait()
            # The caller's answer first: sending to fifty consoles would keep it waiting. What the
            # turn changes is then sent with its words, not after them.
            await asyncio.sleep(AFTER_ANSWER_S)
            try:
                await self._send()
            # The edge of the board: one thing that cannot be shown must not end it for all others.
            # Nobody has what was not sent, so everybody gets the whole board.
            except Exception:
                log.exception("board_not_sent")
                for stream in self._streams.values():
                    stream.forget()
                self._items.clear()
                self._owed.clear()
            await asyncio.sleep(AT_MOST_EVERY_S - AFTER_ANSWER_S + self._followers * A_READER_S)

    @property
    def _followers(self) -> int:
        return sum(stream.followers for stream in self._streams.values())

    def stream(self, language: Language) -> Stream:
        """Return the events of a language."""
        stream = self._streams.get(language)
        if stream is None:
            stream = Stream(
                self._epoch,
                lambda: orjson.dumps(self.whole(language)),
                lambda: self._beat(),
            )
            self._streams[language] = stream
        return stream

    def whole(self, language: Language) -> dict[str, Any]:
        """Return the whole board: what is on it now, sent or not yet, and what it adds up to."""
        layout, now = self._laid_out(), self.clock()
        is_given = language in self._items
        known = self._items.setdefault(language, {})
        unsent = self.watch.changed | self._unsent
        for key, place in layout.places.items():
            if key not in known or self._is_about(key, unsent):
                known[key] = self._item(language, place, now)
                # Also to a page that was given the board before, and does not follow it yet.
                if is_given:
                    self._owed.add((language, key))
                    self.watch.news.set()
        put = list(known.values())
        return {"at": milliseconds(now), "put": put, "sum": self._sum(language, layout)}

    async def _send(self) -> None:
        """Send what changed since the last time, in each language that somebody reads."""
        watch = self.watch
        watch.news.clear()
        changed, watch.changed = watch.changed, set()
        self._unsent = changed
        spoken, watch.spoken = watch.spoken, {}
        for name, stream in self._streams.items():
            if not stream.followers:
                stream.forget()
                self._items.pop(name, None)
        readers = [name for name, stream in self._streams.items() if stream.followers]
        if not readers:
            self._owed.clear()
        for language in readers:
            layout, now = self._laid_out(), self.clock()
            put, gone = await self._changes(language, layout, changed, now)
            rows = {item["key"] for item in put}
            words = [
                [call_key(name), seen.heard, seen.is_final]
                for name, seen in spoken.items()
                if call_key(name) not in rows
            ]
            update = {"at": milliseconds(now), "put": put, "gone": gone, "words": words}
            update["sum"] = self._sum(language, layout)
            self._streams[language].publish(orjson.dumps(update))
        self._unsent = set()

    async def _changes(
        self, language: Language, layout: Layout, changed: set[str], now: datetime
    ) -> tuple[list[Item], list[str]]:
        """Return what is not as it was sent, and what is there no more.

        Whoever asks for the whole board meanwhile gets some of it already; then it comes again.
        """
        known = self._items.setdefault(language, {})
        put = []
        loop = asyncio.get_running_loop()
        until = loop.time() + GIVES_WAY_FOR_S
        for key, place in layout.places.items():
            before = known.get(key)
            is_moved = before is None or before["within"] != place.within
            is_owed = (language, key) in self._owed
            if not is_moved and not is_owed and not self._is_about(key, changed):
                continue
            await self._give_way(until - loop.time())
            if not self._is_there(key):
                continue  # it went meanwhile; the next update says so
            item = self._item(language, place, now)
            if item != before or is_owed:
                known[key] = item
                put.append(item)
                self._owed.discard((language, key))
        gone = [key for key in known if key not in layout.places]
        for key in gone:
            del known[key]
        return put, gone

    def _is_there(self, key: str) -> bool:
        return key[2:] in (self._stored if key.startswith("i-") else self.watch.calls)

    def _is_about(self, key: str, changed: set[str]) -> bool:
        """Whether it shows any of what changed; an incident's head counts its calls."""
        if key[2:] in changed:
            return True
        incident = self._stored.get(key[2:]) if key.startswith("i-") else None
        return incident is not None and not changed.isdisjoint(incident.calls)

    def _laid_out(self) -> Layout:
        self._stored = self.watch.incidents
        layout = lay_out(self.watch.calls, self._stored, self.clock())
        self._open_in = Counter(
            place.within
            for key, place in layout.places.items()
            if key.startswith("c-") and self.watch.calls[key[2:]].call.ended_at is None
        )
        return layout

    def card_of(self, language: Language, incident_id: str) -> IncidentCard | None:
        """Return an incident that is on the board."""
        place = self._laid_out().places.get(incident_key(incident_id))
        return self.card(language, place, self.clock()) if place is not None else None

    def card(self, language: Language, place: Place, now: datetime) -> IncidentCard:
        incident = self._stored[place.key[2:]]
        naming, count = self.naming(language), self._open_in[place.key]
        return incident_card(incident, place, naming, now, open_calls=count)

    def row(self, language: Language, place: Place) -> CallRow:
        return call_row(self.watch.calls[place.key[2:]], place, self.naming(language))

    def naming(self, language: Language) -> Naming:
        if language not in self._naming:
            self._naming[language] = Naming(language, self._site, self._library)
        return self._naming[language]

    def _item(self, language: Language, place: Place, now: datetime) -> Item:
        shown: IncidentCard | CallRow
        if place.key.startswith("i-"):
            shown, template = self.card(language, place, now), "board/incident.html"
        else:
            shown, template = self.row(language, place), "board/call.html"
        return {
            "key": place.key,
            "within": place.within,
            "order": place.order,
            "classes": shown.classes,
            "alarm": shown.is_alarming,
            "html": self.frame.render(language, template, shown=shown),
        }

    def _sum(self, language: Language, layout: Layout) -> dict[str, Any]:
        html = self.frame.render(
            language, "board/sum.html", layout=layout, problem=self.watch.problem
        )
        counts = {shelf.value: 0 for shelf in Shelf}
        for place in layout.places.values():
            if place.within in counts:
                counts[place.within] += 1
        return {"html": html, "waiting": layout.waiting, "counts": counts}

    def _beat(self) -> bytes:
        return b"%d" % milliseconds(self.clock())


def milliseconds(at: datetime) -> int:
    """Milliseconds since 1970: pages count seconds from the server's time, not their own."""
    return round(at.timestamp() * 1000)
