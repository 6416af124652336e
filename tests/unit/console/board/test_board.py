"""The board as it is sent: once a language, only what changed, whatever goes wrong in one row."""

import asyncio
from typing import Any

import orjson
import pytest

from aurora.accounts.person import Role
from aurora.console.board.board import AFTER_ANSWER_S, AT_MOST_EVERY_S, GIVES_WAY_FOR_S, Board
from aurora.console.board.stream import Stream
from aurora.console.board.watch import Watch
from aurora.console.frame import Frame
from aurora.conversation.answering import Answering
from aurora.records.incidents import StoredIncident
from tests.console_door import somebody
from tests.incidents import accepts, call, incident
from tests.line import example_library, example_site
from tests.switchboard import API, Line
from tests.virtual_time import virtually

SHELVE = 'data-form="shelve"'


class Incidents:
    def __init__(self) -> None:
        self.stored: dict[str, StoredIncident] = {}

    async def shown(self, *_: Any) -> dict[str, StoredIncident]:
        return dict(self.stored)


class Showing:
    """A board over a switchboard in memory."""

    def __init__(self) -> None:
        self.line = Line()
        self.incidents = Incidents()
        site = example_site()
        talk = self.line.board
        self.watch = Watch(self.line.records, self.incidents, talk.here, self.line.clock)
        talk._exchange._observers = [self.watch]
        self.answering = Answering()
        self.board = Board(
            self.watch, site, example_library(), self.line.clock, self.answering.give_way
        )
        self.board.frame = Frame(site, somebody(Role.VIEWER))

    async def __aenter__(self) -> "Showing":
        self.running = asyncio.create_task(self.board.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)

    async def reader(self, language: Any = "en") -> "Reader":
        stream: Stream = self.board.stream(language)
        one = Reader(stream)
        await one.next()
        return one


class Reader:
    def __init__(self, stream: Stream, since: str | None = None) -> None:
        self._events = stream.follow(since)

    async def next(self) -> dict[str, Any]:
        """The next event that says anything."""
        async for event in self._events:
            if b"event: board" in event or b"event: whole" in event:
                self.bytes = event
                return dict(orjson.loads(event.split(b"data: ")[1]))
        raise AssertionError("the stream ended")


def test_a_change_is_sent_and_what_did_not_change_is_not() -> None:
    async def work() -> None:
        async with Showing() as showing:
            await showing.line.ring()
            await showing.line.ring(API)
            reader = await showing.reader()
            await showing.line.hear("fire in zone b")
            update = await reader.next()
            [row] = update["put"]
            assert "fire in zone b" in row["html"]
            assert row["alarm"]

    virtually(work())


def test_the_whole_board_has_what_was_not_sent_yet() -> None:
    async def work() -> None:
        async with Showing() as showing:
            await showing.line.ring()
            [call_id] = showing.watch.calls
            reader = await showing.reader()
            one = incident(call(call_id, zone="b"))
            showing.incidents.stored = {one.id: StoredIncident("a", one)}
            await showing.watch.look()
            await reader.next()
            accepts(one, "medic")
            showing.incidents.stored = {one.id: StoredIncident("b", one)}
            await showing.watch.look()
            shown = {item["key"]: item for item in showing.board.whole("en")["put"]}
            [sent] = (await reader.next())["put"]
            assert not sent["alarm"]
            assert shown[sent["key"]] == sent

    virtually(work())


def test_only_what_can_be_shelved_offers_it() -> None:
    async def work() -> None:
        async with Showing() as showing:
            one = incident(call("a", zone="b"))
            showing.incidents.stored = {one.id: StoredIncident("a", one)}
            await showing.watch.look()
            assert SHELVE not in _shown(showing)
            accepts(one, "medic")
            showing.incidents.stored = {one.id: StoredIncident("b", one)}
            await showing.watch.look()
            assert SHELVE in _shown(showing)

    virtually(work())


def _shown(showing: Showing) -> str:
    [item] = showing.board.whole("en")["put"]
    return str(item["html"])


def test_words_travel_without_their_row() -> None:
    async def work() -> None:
        async with Showing() as showing:
            await showing.line.ring()
            await asyncio.sleep(AT_MOST_EVERY_S)
            reader = await showing.reader()
            [key] = showing.watch.calls
            showing.line.board.hear_so_far("CA1", "there is a fi")
            update = await reader.next()
            assert update["words"] == [[f"c-{key}", "there is a fi", False]]
            assert update["put"] == []

    virtually(work())


def test_a_burst_of_words_is_sent_at_most_ten_times_a_second() -> None:
    async def work() -> None:
        async with Showing() as showing:
            await showing.line.ring()
            await asyncio.sleep(AT_MOST_EVERY_S)
            reader = await showing.reader()
            loop = asyncio.get_running_loop()
            times = []
            for count in range(3):
                for word in range(20):
                    showing.line.board.hear_so_far("CA1", f"{count} {word}")
                update = await reader.next()
                times.append(loop.time())
                assert update["words"][0][1] == f"{count} 19"
            assert times[1] - times[0] >= AT_MOST_EVERY_S
            assert times[2] - times[1] <= AT_MOST_EVERY_S * 2

    virtually(work())


def test_every_reader_of_a_language_gets_the_same_and_each_language_its_own() -> None:
    async def work() -> None:
        async with Showing() as showing:
            first, second = await showing.reader(), await showing.reader()
            german = await showing.reader("de")
            await showing.line.ring(API)
            for one in (first, second, german):
                await one.next()
            assert first.bytes == second.bytes
            assert b"Unknown" not in german.bytes
            assert first.bytes != german.bytes

    virtually(work())


def test_an_incident_takes_its_call_in_and_falls_silent_once_it_is_accepted() -> None:
    async def work() -> None:
        async with Showing() as showing:
            await showing.line.ring()
            await showing.line.hear("fire in zone b")
            [call_id] = showing.watch.calls
            reader = await showing.reader()
            one = incident(call(call_id, zone="b"))
            showing.incidents.stored = {one.id: StoredIncident("a", one)}
            await showing.watch.look()
            put = {item["key"]: item for item in (await reader.next())["put"]}
            assert put[f"c-{call_id}"]["within"] == f"i-{one.id}"
            assert [item["alarm"] for item in put.values()].count(True) == 1
            accepts(one, "medic")
            showing.incidents.stored = {one.id: StoredIncident("b", one)}
            await showing.watch.look()
            [head] = (await reader.next())["put"]
            assert not head["alarm"]

    virtually(work())


def test_what_changed_is_rendered_once_no_caller_waits() -> None:
    async def work() -> None:
        async with Showing() as showing:
            await showing.line.ring()
            reader = await showing.reader()
            await showing.line.hear("fire in zone b")
            with showing.answering.turn():
                update = asyncio.create_task(reader.next())
                await asyncio.sleep(AFTER_ANSWER_S + GIVES_WAY_FOR_S / 2)
                assert not update.done()
            await asyncio.sleep(0.001)
            assert update.done()

    virtually(work())


def test_callers_without_end_do_not_keep_the_board_from_changing() -> None:
    async def work() -> None:
        async with Showing() as showing:
            await showing.line.ring()
            reader = await showing.reader()
            await showing.line.hear("fire in zone b")
            with showing.answering.turn():
                async with asyncio.timeout(AFTER_ANSWER_S + GIVES_WAY_FOR_S * 2):
                    await reader.next()

    virtually(work())


def test_who_comes_while_a_change_is_rendered_takes_nothing_from_who_was_there() -> None:
    async def work() -> None:
        async with Showing() as showing:
            reader = await showing.reader()
            await showing.line.ring(API)
            with showing.answering.turn():
                await asyncio.sleep(AFTER_ANSWER_S + GIVES_WAY_FOR_S / 2)
                late = showing.board.whole("en")
            new = [f"c-{one}" for one in showing.watch.calls]
            assert [item["key"] for item in late["put"]] == new
            assert [item["key"] for item in (await reader.next())["put"]] == new

    virtually(work())


def test_a_page_that_does_not_follow_yet_misses_nothing_that_another_was_given() -> None:
    async def work() -> None:
        async with Showing() as showing:
            await showing.line.ring()
            await showing.reader()
            await asyncio.sleep(2 * AT_MOST_EVERY_S)
            showing.board.whole("en")
            since = showing.board.stream("en").position
            await showing.line.hear("fire in zone b")
            await showing.reader()
            page = Reader(showing.board.stream("en"), since)
            [row] = (await page.next())["put"]
            assert "fire in zone b" in row["html"]

    virtually(work())


def test_a_call_that_goes_while_it_is_rendered_is_left_out() -> None:
    async def work() -> None:
        async with Showing() as showing:
            reader = await showing.reader()
            await showing.line.ring(API)
            await showing.line.ring()
            with showing.answering.turn():
                await asyncio.sleep(AFTER_ANSWER_S + GIVES_WAY_FOR_S / 2)
                gone = next(iter(showing.watch.calls))
                del showing.watch.calls[gone]
            put = [item["key"] for item in (await reader.next())["put"]]
            assert put == [f"c-{one}" for one in showing.watch.calls]

    virtually(work())


def test_one_row_that_cannot_be_shown_does_not_end_the_board(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def work() -> None:
        async with Showing() as showing:
            reader = await showing.reader()
            render = showing.board.frame.render
            monkeypatch.setattr(showing.board.frame, "render", _broken)
            await showing.line.ring()
            await asyncio.sleep(AT_MOST_EVERY_S)
            monkeypatch.setattr(showing.board.frame, "render", render)
            whole = await reader.next()
            assert [item["key"] for item in whole["put"]] == [
                f"c-{call_id}" for call_id in showing.watch.calls
            ]

    virtually(work())


def _broken(*_: Any, **__: Any) -> str:
    raise ValueError("no such word")
