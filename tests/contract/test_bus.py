"""Messages between the machines of a line, by both ways: they arrive, in order, and to whom."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from aurora.lines.elsewhere.bus import Bus, Message, Way, together
from aurora.lines.elsewhere.datagrams import FOLDER, Datagrams
from aurora.lines.elsewhere.notifications import Notifications
from tests.postgres import postgres_server, postgres_url  # noqa: F401
from tests.waiting import until

MakeWay = Callable[[], Way]


@pytest.fixture(params=["datagrams", "notifications"])
def make_way(request: pytest.FixtureRequest, tmp_path) -> MakeWay:
    if request.param == "datagrams":
        return lambda: Datagrams(tmp_path)
    url = request.getfixturevalue("postgres_url")
    return lambda: Notifications(url, "example")


class Machine:
    """One process on the bus."""

    def __init__(self, way: Way) -> None:
        self.bus = Bus(way)
        self.heard: list[Message] = []
        self.bus.on("word", self.heard.append)

    def words(self) -> list[str]:
        return [one["text"] for one in self.heard if one["text"] != "hello"]


@asynccontextmanager
async def machines(make_way: MakeWay, count: int) -> AsyncIterator[list[Machine]]:
    """So many machines that hear each other."""
    async with AsyncExitStack() as stack:
        found = [Machine(make_way()) for _ in range(count)]
        for one in found:
            await one.bus.start()
            stack.push_async_callback(one.bus.close)
        await until(lambda: _have_met(found))
        yield found


def _have_met(found: list[Machine]) -> bool:
    """Greet: what is sent before somebody listens is lost to them, so it is sent again."""
    for one in found:
        one.bus.send("word", text="hello")
    heard = [{message["from"] for message in one.heard} | {one.bus.me} for one in found]
    return all(names == {one.bus.me for one in found} for names in heard)


async def test_what_one_sends_all_others_hear_in_order_and_itself_does_not(make_way):
    async with machines(make_way, 3) as (one, *others):
        sent = [f"word {number}" for number in range(20)]
        for text in sent:
            one.bus.send("word", text=text)
        await until(lambda: all(len(other.words()) == len(sent) for other in others))

    assert [other.words() for other in others] == [sent, sent]
    assert one.words() == []


async def test_a_message_to_one_is_heard_by_nobody_else(make_way):
    async with machines(make_way, 3) as (one, other, third):
        one.bus.send("word", text="for you", to=other.bus.me)
        one.bus.send("word", text="for all")
        await until(lambda: bool(third.words()) and len(other.words()) == 2)

    assert third.words() == ["for all"]


async def test_what_is_too_long_is_left_out_and_holds_up_nothing(make_way):
    async with machines(make_way, 2) as (one, other):
        one.bus.send("word", text="x" * 100_000)
        one.bus.send("word", text="after it")
        await until(lambda: bool(other.words()))

    assert other.words() == ["after it"]


async def test_a_process_that_was_killed_leaves_nothing_behind(tmp_path):
    gone = Datagrams(tmp_path)
    await gone.open(lambda _: None)
    assert gone._socket is not None
    asyncio.get_running_loop().remove_reader(gone._socket)
    gone._socket.close()
    way = Datagrams(tmp_path)
    await way.open(lambda _: None)
    await way.put(b"[]")

    assert [one.name for one in (tmp_path / FOLDER).iterdir()] == [way._name]
    await way.close()


async def test_nobody_else_may_write_to_a_machines_processes(tmp_path):
    way = Datagrams(tmp_path / "data")
    await way.open(lambda _: None)

    assert (tmp_path / "data" / FOLDER).stat().st_mode & 0o077 == 0
    await way.close()


async def test_it_is_heard_again_after_the_database_was_away(postgres_server, postgres_url):  # noqa: F811
    async with machines(lambda: Notifications(postgres_url, "example"), 2) as (one, other):
        postgres_server.stop()
        postgres_server.start()

        def heard() -> bool:
            one.bus.send("word", text="again")
            return bool(other.words())

        await until(heard)

    assert set(other.words()) == {"again"}


def test_messages_travel_together_up_to_what_fits():
    sent = [b"a" * 40, b"b" * 40, b"c" * 40]

    assert list(together(sent, 100)) == [
        b"[" + sent[0] + b"," + sent[1] + b"]",
        b"[" + sent[2] + b"]",
    ]
    assert list(together([], 100)) == []
