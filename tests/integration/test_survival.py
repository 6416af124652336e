"""What was answered is on the record: fifty callers at once, and a line killed at any moment."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import httpx2
import orjson
import pytest

from aurora.conversation.call import Call, EndReason
from aurora.conversation.record import Entry, Message
from aurora.levels import Urgency
from aurora.records.sql import SqlRecords
from aurora.rehearsal.model_server import ModelServer, serving
from aurora.rehearsal.scripted_model import CALM, Script
from tests.integration.callers import TWILIO, ApiCaller, Caller, TwilioCaller
from tests.integration.line_process import LineProcess, PatientLine
from tests.waiting import PATIENT_S

CALLERS = 50
SPEAKING = 8
"""At the same moment."""
TURNS = 10
KILLS_OF_EACH = 10
KILLED_CALLERS = 8
MOST_TURNS_BETWEEN_KILLS = 40
LONGEST_START_S = 3.0
SHARE_KILLED_WHILE_STARTING = 0.3
ZONES = "abcdef"


@pytest.fixture
def line(tmp_path: Path) -> LineProcess:
    return PatientLine(tmp_path / "data", **TWILIO)


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    limits = httpx2.Limits(max_connections=SPEAKING, max_keepalive_connections=SPEAKING)
    timeout = httpx2.Timeout(PATIENT_S, pool=None)
    async with httpx2.AsyncClient(timeout=timeout, limits=limits, trust_env=False) as client:
        yield client


def make_callers(line: LineProcess, client: httpx2.AsyncClient, count: int) -> list[Caller]:
    """Half of them on each line, in every zone."""
    kinds = (ApiCaller, TwilioCaller)
    return [
        kinds[n % 2](line, client, f"+1202555{1000 + n}", ZONES[n // 2 % len(ZONES)])
        for n in range(count)
    ]


async def test_fifty_callers_at_once_are_all_on_record_in_order_and_apart(
    line: LineProcess, client: httpx2.AsyncClient
) -> None:
    callers = make_callers(line, client, CALLERS)
    async with line:
        async with asyncio.TaskGroup() as tasks:
            for caller in callers:
                tasks.create_task(caller.talk(TURNS))
        seen = (await client.get(f"{line.url}/api/active-calls")).json()
        await line.stop()
    assert len(seen["active_calls"]) == CALLERS
    assert sum(len(caller.answered) for caller in callers) == CALLERS * TURNS
    await assert_all_on_record(line, callers)
    await assert_zones_kept_apart(line, callers)


@pytest.mark.parametrize("seed", [20261123])
async def test_a_line_killed_at_any_moment_loses_nothing_it_has_answered(
    tmp_path: Path, client: httpx2.AsyncClient, seed: int
) -> None:
    """Two lines with data of their own, so that one starts while the other one answers."""
    async with asyncio.TaskGroup() as tasks:
        for name in ("first", "second"):
            line = PatientLine(tmp_path / name, **TWILIO)
            chance = random.Random(f"{seed} {name}")  # noqa: S311 - has to be repeatable
            tasks.create_task(survive(line, client, chance))


async def survive(line: LineProcess, client: httpx2.AsyncClient, chance: random.Random) -> None:
    """Kill a line that callers talk to, again and again; then compare its record with theirs."""
    callers = make_callers(line, client, KILLED_CALLERS)
    is_up, heard = asyncio.Event(), asyncio.Queue[None]()
    async with line:
        async with asyncio.TaskGroup() as talking:
            for caller in callers:
                talking.create_task(caller.talk_on(is_up, heard))
            kills = 0
            while kills < KILLS_OF_EACH:
                is_up.set()
                for _ in range(chance.randint(1, MOST_TURNS_BETWEEN_KILLS)):
                    await next_of(heard)
                is_up.clear()
                await line.kill()
                kills += 1
                damage_mirror(line, chance)
                if kills < KILLS_OF_EACH and chance.random() < SHARE_KILLED_WHILE_STARTING:
                    await line.spawn()
                    await line.kill_after(chance.uniform(0, LONGEST_START_S))
                    kills += 1
                await line.start()
                assert_mirror_holds(line, callers)
            is_up.set()
            await everyone_is_answered_again(heard, callers)
            for caller in callers:
                caller.is_leaving = True
        await assert_repeats_get_the_first_answer(callers)
        await line.stop()
    await assert_all_on_record(line, callers)
    await assert_zones_kept_apart(line, callers)


async def test_a_webhook_repeated_after_a_kill_gets_its_first_answer_and_is_recorded_once(
    tmp_path: Path, client: httpx2.AsyncClient
) -> None:
    async with serving(ModelServer(Script(CALM + "The day shift keeps the forms."))) as address:
        model = {"CEREBRAS_API_KEY": "made-up", "CEREBRAS_BASE_URL": address}
        line = PatientLine(tmp_path / "data", **TWILIO, **model)
        caller = TwilioCaller(line, client, "+12025551200", "b")
        async with line:
            await caller.ask("where are the forms for a visitor")
            await line.kill()
            await line.start()
            await assert_repeats_get_the_first_answer([caller])
            await line.stop()
    await assert_all_on_record(line, [caller])


async def test_calls_left_open_by_a_kill_go_on_or_are_closed_with_a_reason(
    line: LineProcess, client: httpx2.AsyncClient
) -> None:
    staying = ApiCaller(line, client, "+12025551300", "c")
    leaving = TwilioCaller(line, client, "+12025551301", "d")
    async with line:
        await staying.talk(2)
        await leaving.talk(2)
        await line.kill()
        silent_for_hours = await leave_an_old_call(line)
        await line.start()
        await staying.take_turn()
        await leaving.hang_up()
        await line.stop()
    assert await reason_of_end(line, staying.name) is None
    assert await reason_of_end(line, leaving.name) is EndReason.HUNG_UP
    assert await reason_of_end(line, silent_for_hours) is EndReason.IDLE
    await assert_all_on_record(line, [staying, leaving])


async def next_of(heard: asyncio.Queue[None]) -> None:
    """Wait for the next answer of any caller."""
    async with asyncio.timeout(PATIENT_S):
        await heard.get()


async def everyone_is_answered_again(heard: asyncio.Queue[None], callers: Sequence[Caller]) -> None:
    """Wait until every caller had another answer: their calls go on."""
    before = {caller.number: len(caller.answered) for caller in callers}
    while any(len(caller.answered) == before[caller.number] for caller in callers):
        await next_of(heard)


async def assert_all_on_record(line: LineProcess, callers: Sequence[Caller]) -> None:
    """Every answered turn once, in order, with its answer beside it, and nobody else's words."""
    records = await SqlRecords.open(None, line.data_dir)
    try:
        for caller in callers:
            call = await records.find(caller.name)
            assert call is not None
            assert call.from_number == caller.number
            messages = await records.messages(call.id)
            assert exchanges_of(messages, caller) == [
                (exchange.words, folded(exchange.answer)) for exchange in caller.answered
            ]
            assert call.exchanges >= len(caller.answered)
            ranks = [Urgency(message.urgency).rank for message in messages]
            assert all(before <= after for before, after in pairwise(ranks)), "urgency fell"
            assert call.ended_at is None or call.end_reason is not None
        assert len(await records.calls()) >= len(callers)
    finally:
        await records.close()


def exchanges_of(messages: Sequence[Message], caller: Caller) -> list[tuple[str, str]]:
    """Return (heard, spoken) of a call, without those the caller never got an answer to."""
    if isinstance(caller, TwilioCaller):
        greeting, *messages = messages
        assert greeting.role == "assistant"
    assert [message.role for message in messages] == ["user", "assistant"] * (len(messages) // 2)
    pairs = [
        (heard.content, folded(spoken.content))
        for heard, spoken in zip(messages[::2], messages[1::2], strict=True)
    ]
    return [(words, answer) for words, answer in pairs if words not in caller.doubtful]


async def assert_zones_kept_apart(line: LineProcess, callers: Sequence[Caller]) -> None:
    records = await SqlRecords.open(None, line.data_dir)
    try:
        for caller in callers:
            call = await records.find(caller.name)
            assert call is not None
            assert call.place.zone_id == caller.zone
    finally:
        await records.close()


async def assert_repeats_get_the_first_answer(callers: Sequence[Caller]) -> None:
    for caller in callers:
        if isinstance(caller, TwilioCaller):
            for webhook, answer in caller.done:
                assert (await caller.request(webhook)).text == answer


def damage_mirror(line: LineProcess, chance: random.Random) -> None:
    """Leave the mirror missing, cut off, or as it was."""
    mirror = line.data_dir / "active_calls" / "total.json"
    match chance.randrange(3):
        case 0:
            mirror.unlink(missing_ok=True)
        case 1:
            mirror.parent.mkdir(exist_ok=True)
            mirror.write_bytes(b'{"active_calls": {"call_')


def assert_mirror_holds(line: LineProcess, callers: Sequence[Caller]) -> None:
    """Once the line is up the mirror is whole again and has every answered turn."""
    total = orjson.loads((line.data_dir / "active_calls" / "total.json").read_bytes())
    spoken = {
        folded(message["content"])
        for conversation in total["active_conversations"].values()
        for message in conversation["messages"].values()
    }
    for caller in callers:
        for exchange in caller.answered:
            assert exchange.words in spoken
            assert folded(exchange.answer) in spoken


async def leave_an_old_call(line: LineProcess) -> str:
    """Put a call on the record that nobody has spoken in for hours."""
    at = datetime.now(UTC) - timedelta(hours=3)
    call = Call(
        id="call_12025551399_20260101_000000",
        line="gather",
        site="example_works",
        worker_id="worker_12025551399",
        language="en",
        started_at=at,
        last_message_at=at,
        from_number="+12025551399",
    )
    records = await SqlRecords.open(None, line.data_dir)
    await records.append(Entry(call, [Message("user", "hello", at, call.urgency.value)]))
    await records.close()
    return call.id


async def reason_of_end(line: LineProcess, name: str) -> EndReason | None:
    records = await SqlRecords.open(None, line.data_dir)
    call = await records.find(name)
    await records.close()
    assert call is not None
    return call.end_reason


def folded(text: str) -> str:
    """Spaces as XML leaves them."""
    return " ".join(text.split())
