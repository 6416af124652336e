"""A server by other people is read, refused and found failing just like our own stand-in."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from llmock.pytest_plugin import LLMock
from llmock.testing import LLMockServer

from aurora.guidance.header import Header
from aurora.guidance.language_model import ModelState
from aurora.guidance.openai_model import OpenAIModel
from aurora.rehearsal.scripted_model import REASONS, Fault, Script
from tests.contract.language_model.place import (
    ANSWERS,
    ARRIVES_S,
    HEADER_LINE,
    NAME,
    PATIENT_S,
    SHORT_S,
    UNUSABLE,
    WORDS,
    Place,
    is_left_open,
    opened,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def independent_model(llmock_server: LLMockServer) -> AsyncIterator[OpenAIModel]:
    """Of a server by other people, who read the protocol for themselves."""
    async with opened(llmock_server.base_url("openai")) as model:
        yield model


@pytest.mark.parametrize(
    ("script", "parts"), [case for case in ANSWERS if case[0].finish_reason == "stop"]
)
async def test_independent_server_is_read_the_same(
    llmock: LLMock, independent_model: OpenAIModel, script: Script, parts: list[Header | str]
) -> None:
    llmock.reply(script.text)
    asked = Place(independent_model)
    await asked.ask()
    assert asked.heard == parts


@pytest.mark.parametrize(
    ("script", "reason"),
    [case for case in UNUSABLE if case[0].text and case[0].finish_reason == "stop"],
)
async def test_independent_server_is_refused_the_same(
    llmock: LLMock, independent_model: OpenAIModel, script: Script, reason: str
) -> None:
    llmock.reply(script.text)
    assert await Place(independent_model).fault() == reason


def fail_independently(independent: LLMock, fault: Fault) -> None:
    match fault:
        case Fault.RATE_LIMITED:
            independent.rate_limit()
        case Fault.OVERLOADED:
            independent.fail(503)
        case Fault.SLOW_FIRST_TOKEN:
            independent.slow_first_token(1.0)
        case Fault.STALL:
            independent.reply(HEADER_LINE + WORDS).stall(after_chunks=3, seconds=2 * ARRIVES_S)
        case Fault.TRUNCATION:
            independent.reply(HEADER_LINE + WORDS).truncate(after_chunks=3)
        case Fault.DISCONNECT:
            independent.reply(HEADER_LINE + WORDS).disconnect(after_chunks=3)
        case Fault.MALFORMED_CHUNK:
            independent.reply(HEADER_LINE + WORDS).corrupt(after_chunks=3)


@pytest.mark.parametrize(
    "fault",
    [fault for fault in Fault if fault not in (Fault.HUNG, Fault.ERROR_EVENT, Fault.WEB_PAGE)],
)
async def test_independent_server_fails_the_same(llmock: LLMock, fault: Fault) -> None:
    fail_independently(llmock, fault)
    is_slow_start = fault is Fault.SLOW_FIRST_TOKEN
    first_token_s = SHORT_S if is_slow_start else PATIENT_S
    async with opened(llmock.base_url(), first_token_s=first_token_s) as model:
        reason = await Place(model).fault(ARRIVES_S if fault is Fault.STALL else PATIENT_S)
        assert reason == REASONS[fault]
        assert not is_left_open(model)


async def test_independent_server_lists_its_models(llmock: LLMock) -> None:
    async with opened(llmock.base_url(), name="gpt-4o") as model:
        assert await model.probe() == ModelState(True, "gpt-4o")
    async with opened(llmock.base_url()) as model:
        assert f"CEREBRAS_MODEL {NAME}" in (await model.probe()).detail
